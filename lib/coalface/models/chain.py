"""From a change in the market to jobs in towns, link by link, with luck drawn once for every scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models.jobs import JobLuck, lost_jobs

Array = npt.NDArray[np.float64]

LINKS: Final = {
    "under_water": "Market to tonnes under water",
    "stop_share": "Tonnes under water to tonnes stopped",
    "elasticity": "Tonnes stopped to mining jobs",
    "extra_jobs": "Mining jobs to other local jobs",
    "mining_jobs": "Where the mining jobs are",
}


@dataclass(frozen=True)
class Luck:
    """Random inputs of the chain beside the market's, drawn once, one value a draw."""

    stop_share: Array
    """Share of the tonnes newly under water that stop within the horizon, 0 to 1."""
    jobs: JobLuck


@dataclass(frozen=True)
class Outcome:
    """What a scenario does along the chain; arrays hold one value a draw (and a town)."""

    towns: tuple[str, ...]
    under_water_change: Array
    """Change of the share of export tonnes under water, from -1 to 1."""
    output_fall: Array
    """Share of output that stops, 0 to 1."""
    direct: Array
    indirect: Array
    """Jobs lost in mining and in other local work, persons, draws by towns."""

    @property
    def jobs(self) -> Array:
        """Jobs lost in all towns together, persons, one value a draw."""
        total: Array = (self.direct + self.indirect).sum(axis=1)
        return total

    def by_town(self, level: float = 0.9) -> pd.DataFrame:
        """Low, median and high of jobs lost by town, persons; the interval holds that share of the draws."""
        cuts = np.quantile(self.direct + self.indirect, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0)
        return pd.DataFrame(
            cuts.T, index=pd.Index(self.towns, name="town_id"), columns=["low", "median", "high"]
        )


def stop_share(
    stopped: int, losing: float, draws: int, rng: np.random.Generator, *, size_ratio: tuple[float, float]
) -> Array:
    """Draws of the share of tonnes under water that stop, 0 to 1.

    Parameters
    ----------
    stopped : int
        Enterprises that stand still.
    losing : float
        Enterprises with a loss, stopped ones among them.
    draws : int
    rng : numpy.random.Generator
    size_ratio : tuple of float
        Tonnes of a stopped enterprise over tonnes of a losing one, least and most; uniform between.

    Raises
    ------
    ValueError
        If more stand still than lose, or a count is below zero.

    Notes
    -----
    The share of losing enterprises that stop is Beta(stopped + 1/2, losing − stopped + 1/2), the posterior
    under Jeffreys' prior; times the size ratio, since small mines stop first.

    Examples
    --------
    >>> drawn = stop_share(18, 100.0, 4000, np.random.default_rng(1), size_ratio=(1.0, 1.0))
    >>> round(float(drawn.mean()), 2)
    0.18
    """
    if not 0 <= stopped <= losing:  # none counted is no knowledge: Beta(1/2, 1/2) on the whole range
        raise ValueError(f"{stopped} stopped of {losing:g} losing: counts must run 0 <= stopped <= losing")
    low, high = size_ratio
    share = rng.beta(stopped + 0.5, losing - stopped + 0.5, draws)
    return np.clip(share * rng.uniform(low, high, draws), 0.0, 1.0)


def follow(
    base: Array,
    case: Array,
    luck: Luck,
    towns: tuple[str, ...],
    headcount: Array | None = None,
    *,
    tonnes_fall: float = 0.0,
) -> Outcome:
    """Jobs lost by town when tonnes under water go from a base to a case, persons.

    Parameters
    ----------
    base, case : array
        Share of export tonnes under water, 0 to 1, one value a draw, from the same draws of the market model.
    luck : Luck
    towns : tuple of str
        Names of the columns of `luck.jobs.mining_jobs`.
    headcount : array, optional
        Jobs of each town in all; other jobs lost cannot exceed those that are not in mining.
    tonnes_fall : float
        Share of output that falls away for want of buyers, whatever its margin, 0 to 1.

    Notes
    -----
    output fall = 1 − (1 − stop share × max(0, case − base)) × (1 − tonnes fall); jobs by
    `coalface.models.jobs.lost_jobs`. A case that lifts tonnes above water costs no jobs; the model does not
    bring stopped mines back.
    """
    if not 0 <= tonnes_fall <= 1:
        raise ValueError(f"tonnes_fall is {tonnes_fall:g}; it is a share of output from 0 to 1")
    if base.shape != case.shape or base.shape != luck.stop_share.shape:
        raise ValueError("base, case and luck must hold the same draws; draw them with one generator")
    change = case - base
    fall = 1 - (1 - luck.stop_share * np.clip(change, 0, None)) * (1 - tonnes_fall)
    direct, indirect = lost_jobs(luck.jobs, fall, headcount)
    return Outcome(towns, change, fall, direct, indirect)


def compare(outcomes: Mapping[str, Outcome], *, level: float = 0.9) -> pd.DataFrame:
    """Jobs lost by scenario, persons: `value` (median), `low` and `high`, most jobs first.

    All outcomes must come from the same luck, so that a difference between two is never chance.
    """
    cuts = [0.5, (1 - level) / 2, (1 + level) / 2]
    rows = {name: np.quantile(found.jobs, cuts) for name, found in outcomes.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])
    return table.sort_values("value", ascending=False, kind="stable")


def link_shares(
    base: Array,
    case: Array,
    luck: Luck,
    towns: tuple[str, ...],
    headcount: Array | None = None,
    *,
    tonnes_fall: float = 0.0,
) -> pd.DataFrame:
    """Share of the variance of jobs lost that each link of the chain brings: `first` and `total`, 0 to 1.

    Notes
    -----
    The draws are split in two halves that serve as independent samples (see `variance_shares`).
    """
    half = len(base) // 2
    parts = {
        "under_water": np.column_stack([base, case]),
        "stop_share": luck.stop_share,
        "elasticity": luck.jobs.elasticity,
        "extra_jobs": luck.jobs.extra_jobs,
        "mining_jobs": luck.jobs.mining_jobs,
    }

    def total(part: Mapping[str, Array]) -> Array:
        jobs = replace(
            luck.jobs, **{name: part[name] for name in ("elasticity", "extra_jobs", "mining_jobs")}
        )
        own = Luck(part["stop_share"], jobs)
        before, after = part["under_water"].T
        return follow(before, after, own, towns, headcount, tonnes_fall=tonnes_fall).jobs

    first = {name: values[:half] for name, values in parts.items()}
    second = {name: values[half : 2 * half] for name, values in parts.items()}
    return variance_shares(total, first, second).rename(index=LINKS)


def variance_shares(
    f: Callable[[Mapping[str, Array]], Array], first: Mapping[str, Array], second: Mapping[str, Array]
) -> pd.DataFrame:
    """First-order and total shares of the variance of `f` by group of inputs, 0 to 1 up to sampling error.

    Parameters
    ----------
    f : callable
        Takes one array for each group (draws along the first axis), returns one value a draw.
    first, second : mapping
        Two independent samples of the groups.

    Notes
    -----
    With A and B the samples and A_i the first with group i from the second:
    S_i = mean(f(B) (f(A_i) − f(A))) / V, T_i = mean((f(A) − f(A_i))²) / 2V, V the variance over both.
    What the first-order shares leave of 1 is interaction.

    References
    ----------
    Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Variance based sensitivity analysis of
    model output, Computer Physics Communications 181, table 2 (b) and (f).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b = ({"x": rng.normal(size=20000), "y": 2 * rng.normal(size=20000)} for _ in range(2))
    >>> variance_shares(lambda part: part["x"] + part["y"], a, b).round(1).to_numpy().tolist()
    [[0.2, 0.2], [0.8, 0.8]]
    """
    at, other = f(first), f(second)
    both = np.concatenate([at, other])
    centre, variance = both.mean(), both.var()
    rows = {}
    for name in first:
        mixed = f({**first, name: second[name]})
        rows[name] = (
            float(((other - centre) * (mixed - at)).mean() / variance) if variance else 0.0,
            float(((at - mixed) ** 2).mean() / 2 / variance) if variance else 0.0,
        )
    return pd.DataFrame.from_dict(rows, orient="index", columns=["first", "total"])
