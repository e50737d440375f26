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
    alone ("more than 10") has no interval: its score is missing. `error` is forecast less outcome;
    `band_error` is measured from the nearer end of what the documents print of it (columns outcome_low and
    outcome_high), so it is 0 where the sources' own range holds the point. `miss` is
    its size in percent of the outcome, or in points where the unit is percent, so that units can be mixed;
    without a column `unit` it is in the unit of the row.
    """
    table = forecasts.copy()
    middle = table[["low", "high"]].mean(axis=1)
    table["point"] = table["value"].fillna(middle)
    table["one_sided"] = table["value"].isna() & (table["low"].isna() ^ table["high"].isna())
    table["error"] = table["point"] - table["outcome"]
    ends = [table.get(f"outcome_{end}", table["outcome"]).fillna(table["outcome"]) for end in ("low", "high")]
    table["band_error"] = table["point"] - table["point"].clip(*ends)
    table["naive_error"] = table["naive"] - table["outcome"]
    scale = (
        np.where(table["unit"] == "percent", 1.0, 100 / table["outcome"].abs()) if "unit" in table else 1.0
    )
    table["miss"], table["naive_miss"] = table["error"].abs() * scale, table["naive_error"].abs() * scale
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
    skill = 1 - mean miss / mean naive miss over the forecasts of the group that have both; one-sided bounds
    are left out. `ranges` counts the forecasts that stated a range and `inside` those whose range held the
    outcome.
    """
    both = scored[scored["miss"].notna() & scored["naive_miss"].notna() & ~scored["one_sided"]]
    groups = both.groupby(by, sort=True)
    table = groups[["miss", "naive_miss"]].mean()
    table.insert(0, "n", groups.size())
    table["skill"] = (1 - table["miss"] / table["naive_miss"]).where(table["naive_miss"] > 0)
    table["ranges"] = groups["inside"].count()
    table["inside"] = groups["inside"].sum().astype(int)
    return table.reset_index()


SERIES = {"key_rate": ("key rate", "rate.key.ru.avg_annual"), "cpi": ("inflation", "cpi.dec_dec.ru.all")}
OURS = "coalface"


def ours(record: pd.DataFrame) -> pd.DataFrame:
    """Our forecasts of a contest as ledger rows, one a day, target and year, in percent.

    Parameters
    ----------
    record
        Rows of `contest.against`: our forecasts made on the day of somebody else's, from that day's figures.
    """
    own = record.drop_duplicates(["day", "target", "year"]).astype({"day": "M8[s]", "year": int})
    return pd.DataFrame(
        {
            "forecast_id": "own_"
            + own["target"]
            + own["day"].dt.strftime("_%Y%m%d_")
            + own["year"].astype(str),
            "made": own["day"].dt.strftime("%Y-%m-%d"),
            "issuer": OURS,
            "kind": "forecast",
            "condition": "figures of that day",
            "topic": [SERIES[target][0] for target in own["target"]],
            "target": [SERIES[target][0] for target in own["target"]],
            "series_id": [SERIES[target][1] for target in own["target"]],
            "period": own["year"].astype(str),
            "horizon": (own["year"] - own["day"].dt.year).astype(float),
            "unit": "percent",
            "low": own["ours_low"],
            "value": own["ours"],
            "high": own["ours_high"],
            "outcome": own["outcome"],
            "naive": own["no_change"],
        }
    ).reset_index(drop=True)


def entry(
    made: str,
    series_id: str,
    period: str,
    unit: str,
    draws: npt.ArrayLike,
    *,
    outcome: float,
    naive: float,
    topic: str,
) -> pd.DataFrame:
    """One forecast of ours as a ledger row in its unit: median and nine in ten of the draws."""
    low, middle, high = np.quantile(np.asarray(draws, float), [0.05, 0.5, 0.95])
    row = {
        "forecast_id": f"own_{series_id}_{period}",
        "made": made,
        "issuer": OURS,
        "kind": "forecast",
        "condition": "figures of that day",
        "topic": topic,
        "target": topic,
        "series_id": series_id,
        "period": period,
        "horizon": float(int(period[:4]) - int(made[:4])),
        "unit": unit,
        "low": low,
        "value": middle,
        "high": high,
        "outcome": outcome,
        "naive": naive,
    }
    return pd.DataFrame([row])


def with_no_change(published: pd.DataFrame, record: pd.DataFrame) -> pd.DataFrame:
    """The published forecasts with the contest's naive forecast, no change from the newest month, in percent.

    Rows outside the contest keep the naive forecast that they have.
    """
    names = {target: topic for target, (topic, _) in SERIES.items()}
    found = record.assign(topic=record["target"].map(names), period=record["year"].astype(str))
    keys = ["made", "topic", "period"]
    newest = found.drop_duplicates(keys).set_index(keys)["no_change"]
    better = newest.reindex(pd.MultiIndex.from_frame(published[keys])).to_numpy(dtype=float)
    return published.assign(naive=np.where(np.isnan(better), published["naive"], better))


@dataclass(frozen=True)
class Share:
    """How many of few cases, as a share of 1 with its exact interval, and the p-value against a coin."""

    count: int
    n: int
    share: float
    low: float
    high: float
    p_value: float

    @property
    def pct(self) -> float:
        """The share in percent."""
        return 100 * self.share

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of the interval in percent."""
        return 100 * self.low, 100 * self.high


def share_of(count: int, n: int, level: float = 0.9) -> Share:
    """A share of 1 with its Clopper-Pearson interval; missing where there is no case."""
    if not n:
        return Share(0, 0, np.nan, np.nan, np.nan, np.nan)
    test = stats.binomtest(count, n)
    ends = test.proportion_ci(level, method="exact")
    return Share(count, n, count / n, float(ends.low), float(ends.high), float(test.pvalue))


def share_inside(scored: pd.DataFrame, level: float = 0.9) -> Share:
    """Share of stated ranges that held the outcome, with its interval."""
    known = scored["inside"].dropna()
    return share_of(int(known.sum()), len(known), level)


def too_low(errors: npt.ArrayLike, level: float = 0.9) -> Share:
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
    return share_of(int((error < 0).sum()), len(error), level)
