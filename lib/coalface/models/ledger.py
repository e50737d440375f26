"""Scores of forecasts: error, interval score, skill against a naive forecast, and what few cases can tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

Array = npt.NDArray[np.float64]


def interval_score(
    low: npt.ArrayLike, high: npt.ArrayLike, outcome: npt.ArrayLike, level: float = 0.9
) -> Array:
    """Interval score in the unit of the outcome, lower is better; a point scores as an interval of width 0.

    Notes
    -----
    (u - l) + 2/a (l - y)+ + 2/a (y - u)+ with a = 1 - level: width plus a fine for missing.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007), "Strictly proper scoring rules, prediction, and estimation",
    *Journal of the American Statistical Association* 102(477).

    Examples
    --------
    >>> interval_score([2.0, 2.0], [3.0, 8.0], 7.0, level=0.5).tolist()
    [17.0, 6.0]
    """
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not {level}")
    lower, upper, y = (np.asarray(value, float) for value in (low, high, outcome))
    if (lower > upper).any():
        raise ValueError(f"the lower end exceeds the upper end in {int((lower > upper).sum())} intervals")
    missed = np.maximum(lower - y, 0) + np.maximum(y - upper, 0)
    return np.asarray(upper - lower + 2 / (1 - level) * missed)


def score(forecasts: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Forecasts with point, error, interval score and the naive forecast's error, in the unit of each row.

    Parameters
    ----------
    forecasts
        Columns low, value, high (what is not stated is missing), outcome and naive (the last value known when
        the forecast was made).
    level
        Level that a stated range is read as, since none of the issuers gave one.

    Notes
    -----
    The point is the stated value, else the middle of the range, else the one bound that was given. A bound
    alone ("more than 10") has no interval: its score is missing. `error` is forecast less outcome.
    """
    table = forecasts.copy()
    middle = table[["low", "high"]].mean(axis=1)
    table["point"] = table["value"].fillna(middle)
    table["one_sided"] = table["value"].isna() & (table["low"].isna() ^ table["high"].isna())
    table["error"] = table["point"] - table["outcome"]
    table["naive_error"] = table["naive"] - table["outcome"]
    low, high = (table[side].fillna(table["value"]) for side in ("low", "high"))
    known = low.notna() & high.notna() & table["outcome"].notna()
    table["interval_score"] = np.nan
    table.loc[known, "interval_score"] = interval_score(
        low[known], high[known], table["outcome"][known], level
    )
    ranged = table["low"].notna() & table["high"].notna()
    inside = table["outcome"].between(table["low"], table["high"])
    table["inside"] = inside.astype("boolean").where(ranged & table["outcome"].notna())
    return table


def skill(scored: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Skill against the naive forecast by group (1 = perfect, 0 = no better, negative = worse), with n.

    Notes
    -----
    skill = 1 - sum|e| / sum|e naive| over the forecasts of the group that have both errors; one-sided bounds
    are left out. Ratios of sums need one unit in a group: give the series or the unit as a key. `ranges`
    counts the forecasts that stated a range and `inside` those whose range held the outcome.
    """
    both = scored[scored["error"].notna() & scored["naive_error"].notna() & ~scored["one_sided"]]
    rows = []
    for key, group in both.groupby(by, sort=True):
        own, naive = group["error"].abs().sum(), group["naive_error"].abs().sum()
        rows.append(
            {
                **dict(zip(by, key, strict=True)),
                "n": len(group),
                "mean_abs_error": own / len(group),
                "naive_abs_error": naive / len(group),
                "skill": 1 - own / naive if naive > 0 else np.nan,
                "ranges": int(group["inside"].notna().sum()),
                "inside": int(group["inside"].fillna(False).sum()),
            }
        )
    columns = [*by, "n", "mean_abs_error", "naive_abs_error", "skill", "ranges", "inside"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class Sign:
    """A count of cases against a coin: how often the forecast lay below the outcome."""

    below: int
    n: int
    share: float
    low: float
    high: float
    p_value: float


def too_low(errors: npt.ArrayLike, level: float = 0.9) -> Sign:
    """How often forecasts lay below the outcome, with the exact interval of that share and the sign test.

    Notes
    -----
    Clopper-Pearson interval; two-sided p-value of "below as often as above"; an error of zero is left out.

    Examples
    --------
    >>> round(too_low([-1.0, -2.0, -0.5]).p_value, 3)
    0.25
    """
    error = np.asarray(errors, float)
    error = error[np.isfinite(error) & (error != 0)]
    if not len(error):
        return Sign(0, 0, np.nan, np.nan, np.nan, np.nan)
    below = int((error < 0).sum())
    test = stats.binomtest(below, len(error))
    ends = test.proportion_ci(level, method="exact")
    return Sign(below, len(error), below / len(error), float(ends.low), float(ends.high), float(test.pvalue))
