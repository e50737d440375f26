"""Exact attribution of a change to its drivers, free of the order in which they are named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from math import factorial

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]


def shapley(value: Callable[[Collection[str]], npt.ArrayLike], drivers: Sequence[str]) -> pd.DataFrame:
    """Contribution of each driver to the whole change, in the unit of `value`; one row a draw.

    Parameters
    ----------
    value : callable
        Takes the drivers that stand at their new level (all others at the old one) and returns the outcome: a
        number, or one number a draw.
    drivers : sequence of str
        Names, at most 12 (2ⁿ outcomes are computed, each once).

    Raises
    ------
    ValueError
        If a name comes twice, or there are no or too many drivers.

    Notes
    -----
    φᵢ = Σ over sets S without i of |S|! (n − |S| − 1)! / n! × (v(S ∪ {i}) − v(S)). The contributions add up
    to v(all) − v(none), a driver without effect gets zero, and the result does not depend on the order of
    `drivers`.

    References
    ----------
    Shapley (1953), A value for n-person games, Contributions to the Theory of Games II, 307-317.

    Examples
    --------
    >>> def revenue(new):
    ...     return (6.0 if "price" in new else 10.0) * (3.0 if "volume" in new else 2.0)
    >>> shapley(revenue, ["price", "volume"]).iloc[0].to_dict()
    {'price': -10.0, 'volume': 8.0}
    """
    names = list(drivers)
    if not 1 <= len(names) <= 12:
        raise ValueError(f"{len(names)} drivers: give 1 to 12, or merge some (2ⁿ outcomes are computed)")
    if len(set(names)) < len(names):
        raise ValueError(f"a driver comes twice in {names}; name each once")
    n = len(names)
    outcomes = [
        np.atleast_1d(np.asarray(value([d for i, d in enumerate(names) if mask >> i & 1]), dtype=float))
        for mask in range(1 << n)
    ]
    weight = [factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)]
    shares: dict[str, Array] = {}
    for i, name in enumerate(names):
        total = np.zeros_like(outcomes[-1])
        for mask in range(1 << n):
            if not mask >> i & 1:
                total = total + weight[mask.bit_count()] * (outcomes[mask | 1 << i] - outcomes[mask])
        shares[name] = total
    return pd.DataFrame(shares)
