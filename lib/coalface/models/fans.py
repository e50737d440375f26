"""The record of our fans over past origins: how often they held, and how much wider they had to be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coalface.models import paths
from coalface.models import vars as bvar

Array = np.ndarray


def rolling_record(
    data: pd.DataFrame,
    *,
    first: str,
    every: int,
    horizons: tuple[int, ...],
    draws: int,
    rng: np.random.Generator,
    prior: bvar.Minnesota = paths.PRIOR,
    lags: int = paths.LAGS,
) -> pd.DataFrame:
    """Fans made at past origins against what came: one row an origin, target and horizon, values in percent.

    Columns: origin, target, horizon, low_90, low_50, median, high_50, high_90, outcome, naive (the last
    value). Each origin sees only the months before it; data are as known now, which for series that are
    never or rarely revised is what was known then.
    """
    yoy = (np.expm1(np.log1p(data[paths.ORDER[0]] / 100).rolling(12).sum()) * 100).rename("cpi_yoy_pct")
    actual = {"key_rate_pct": data[paths.ORDER[-1]], "cpi_yoy_pct": yoy}
    start = int((data.index < pd.Period(first, "M")).sum())
    rows = []
    for end in range(start, len(data) - min(horizons), every):
        seen = data.iloc[: end + 1]
        model = paths.estimate(seen, draws=draws, rng=rng, prior=prior, lags=lags)
        view = paths.outlook(model, bvar.shocks(model.draws, horizon=max(horizons), rng=rng))
        for target, known in actual.items():
            table = paths.quantiles(getattr(view, target), view.index)
            for h in (h for h in horizons if end + h < len(data)):
                q = table.iloc[h - 1]
                rows.append(
                    (seen.index[-1], target, h, q[0.05], q[0.25], q[0.5], q[0.75], q[0.95],
                     known.iloc[end + h], known.iloc[end])
                )  # fmt: skip
    names = [
        "origin",
        "target",
        "horizon",
        "low_90",
        "low_50",
        "median",
        "high_50",
        "high_90",
        "outcome",
        "naive",
    ]
    return pd.DataFrame(rows, columns=names)


def coverage(record: pd.DataFrame) -> pd.DataFrame:
    """How the fans did, by target and horizon: shares inside 50 and 90 percent (0 to 1), errors in points.

    Columns inside_50, inside_90, error (mean absolute, of the median), error_naive (of no change) and n.
    """
    r = record
    scored = pd.DataFrame(
        {
            "inside_50": ((r["outcome"] >= r["low_50"]) & (r["outcome"] <= r["high_50"])).astype(float),
            "inside_90": ((r["outcome"] >= r["low_90"]) & (r["outcome"] <= r["high_90"])).astype(float),
            "error": (r["outcome"] - r["median"]).abs(),
            "error_naive": (r["outcome"] - r["naive"]).abs(),
        }
    )
    groups = scored.groupby([r["target"], r["horizon"]])
    return groups.mean().assign(n=groups.size())


def widening(record: pd.DataFrame, *, inside: float = 0.9) -> pd.DataFrame:
    """How many times wider the 90 percent fans had to be, by target and horizon, and how that had done.

    Columns factor (at least 1), covered (0 to 1: outcomes inside when each origin is widened only by what
    earlier outcomes had shown by then) and tested (origins behind that share).

    Notes
    -----
    An outcome's score is its distance from the median over the fan's half-width on that side; the factor is
    the empirical quantile of the scores with the small-sample correction of split conformal prediction.
    Fans of neighbouring origins overlap, so the promise of that method does not hold exactly.

    References
    ----------
    Lei and others (2018), Distribution-free predictive inference for regression, Journal of the American
    Statistical Association 113(523).
    """
    side = np.where(record["outcome"] >= record["median"], record["high_90"], record["low_90"])
    score = ((record["outcome"] - record["median"]) / (side - record["median"])).abs()
    rows = {}
    for key, part in record.assign(score=score).groupby(["target", "horizon"]):
        known = part["origin"] + int(part["horizon"].iloc[0])
        hits = []
        for at, value in zip(part["origin"], part["score"], strict=True):
            before = part.loc[known <= at, "score"].to_numpy()
            if len(before) >= 8:
                hits.append(value <= _factor(before, inside))
        rows[key] = (_factor(part["score"].to_numpy(), inside), float(np.mean(hits or [np.nan])), len(hits))
    index = pd.MultiIndex.from_tuples(list(rows), names=["target", "horizon"])
    return pd.DataFrame(list(rows.values()), index=index, columns=["factor", "covered", "tested"])


def _factor(scores: Array, inside: float) -> float:
    """Return the corrected quantile of the scores, at least 1: fans are widened, never narrowed."""
    rank = min(int(np.ceil((len(scores) + 1) * inside)), len(scores))
    return max(1.0, float(np.sort(scores)[rank - 1]))


def widened(fan: pd.DataFrame, factor: float) -> pd.DataFrame:
    """A fan of quantiles with every distance from its median multiplied by `factor`."""
    away = fan.sub(fan[0.5], axis=0)
    return away.mul(factor).add(fan[0.5], axis=0)


def year_ahead(view: paths.Outlook, scores: pd.DataFrame, start: pd.Period) -> dict[str, pd.Series]:
    """Quantiles of key rate and inflation twelve months after `start`, percent, widened as past misses ask.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `widening`: column factor by target and horizon.
    """
    at = (start + 12 - view.index[0]).n
    fans = {"key_rate_pct": view.key_fan, "cpi_yoy_pct": view.cpi_fan}
    factor = scores["factor"]
    return {t: widened(fan, float(factor[(t, 12)])).iloc[at] for t, fan in fans.items()}
