"""Scattered readings as a path with honest width: a random walk tied to the readings, never a joined line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def bridge(
    where: npt.ArrayLike,
    readings: npt.ArrayLike,
    length: int,
    *,
    step_sd: float,
    noise_sd: npt.ArrayLike,
    draws: int,
    rng: np.random.Generator,
) -> Array:
    """Paths of a random walk through scattered noisy readings, in their unit; shape (draws, length).

    Parameters
    ----------
    where : array of int
        Place of each reading on the path, 0 to `length` − 1. A place may hold several readings.
    readings : array of float
        What was read, one value a place, or one row of values for each draw; give logarithms for a price.
    length : int
        Steps on the path.
    step_sd : float
        Standard deviation of one step of the walk.
    noise_sd : float or array
        Standard deviation of a reading around the path.
    draws : int
        Number of paths.
    rng : numpy.random.Generator
        Source of randomness.

    Raises
    ------
    ValueError
        If there is no reading, or one lies off the path: a path without a reading would be invented.

    Notes
    -----
    The walk starts from a flat prior; paths are exact draws of the Gaussian posterior
    x | y ~ N(K H'(H K H' + N)⁻¹ y, K − K H'(H K H' + N)⁻¹ H K). Between two exact readings this is the
    Brownian bridge: the variance at a fraction f of the way is f(1 − f) × steps × `step_sd`².

    References
    ----------
    Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, section 2.7 (flat prior on the
    level).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> paths = bridge([0, 4], [1.0, 3.0], 5, step_sd=0.5, noise_sd=0.0, draws=2000, rng=rng)
    >>> paths[:, [0, 4]].std(axis=0).round(6).tolist(), round(float(paths[:, 2].mean()), 1)
    ([0.0, 0.0], 2.0)
    """
    place, value = np.asarray(where, dtype=int), np.asarray(readings, dtype=float)
    if place.size == 0:
        raise ValueError("a path needs at least one reading; give one or carry the figure as an assumption")
    if place.min() < 0 or place.max() >= length:
        raise ValueError(f"a reading lies off the path of {length} steps; cut the readings to the path")
    noise = np.broadcast_to(np.asarray(noise_sd, dtype=float), place.shape)
    steps = np.arange(1.0, length + 1)
    walk = step_sd**2 * np.minimum.outer(steps, steps)
    cross = walk[:, place]
    inverse = np.linalg.pinv(walk[np.ix_(place, place)] + np.diag(noise**2), hermitian=True)
    # Where the walk starts is known only through the readings: a flat prior on its level.
    ones = np.ones(len(place))
    level_var = 1 / (ones @ inverse @ ones)
    level = level_var * np.atleast_2d(value) @ inverse @ ones
    gain = cross @ inverse
    slack = 1 - gain @ ones
    mean = level[:, None] + (np.atleast_2d(value) - level[:, None]) @ gain.T
    cov = walk - gain @ cross.T + level_var * np.outer(slack, slack)
    size, axes = np.linalg.eigh((cov + cov.T) / 2)
    root = axes * np.sqrt(np.clip(size, 0, None))
    paths: Array = mean + rng.standard_normal((draws, length)) @ root.T
    return paths
