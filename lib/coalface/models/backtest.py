"""How good such forecasts were: rolling origins, scores, coverage, and the test against a naive floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from coalface.models.forecast import (
    FLOOR,
    MODELS,
    QUANTILES,
    Array,
    Forecast,
    checked,
    members,
    seasons,
    simulate,
)

COMBINED = "combination"


@dataclass(frozen=True)
class Backtest:
    """The record of a forecasting rule on one series.

    `scores` has a row a model: mase (1 is the naive rule's error inside the sample), crps and bias in percent
    of the level. `by_horizon` has mase, naive_mase, coverage of simulated and of conformal intervals at
    `level` (shares of 1) and the Diebold-Mariano p of each horizon. `errors` has origins by horizon on the
    modelled scale, which is the logarithm if `logs`.
    """

    scores: pd.DataFrame
    by_horizon: pd.DataFrame
    errors: pd.DataFrame
    level: float
    origins: int
    logs: bool

    @property
    def coverage(self) -> pd.Series:
        """Mean coverage of both kinds of interval (shares of 1)."""
        return self.by_horizon[["simulated", "conformal"]].mean()

    @property
    def better_interval(self) -> str:
        """The kind of interval whose measured coverage came nearer to the stated level."""
        gap = (self.coverage - self.level).abs()
        return "conformal" if gap["conformal"] < gap["simulated"] else "simulated"


def backtest(
    y: pd.Series,
    horizon: int,
    origins: int | Sequence[int],
    *,
    rng: np.random.Generator,
    season: int | None = None,
    models: Sequence[str] = MODELS,
    level: float = 0.8,
    draws: int = 400,
) -> Backtest:
    """Rolling-origin record of `combine` and of the seasonal-naive floor, on scales without unit.

    Parameters
    ----------
    y : pandas.Series
        Regular series, no gap.
    horizon : int
        Periods ahead at each origin.
    origins : int or sequence of int
        How many last origins one period apart, or the lengths of the samples to fit, ascending.
    level : float
        Stated level of the intervals, between 0 and 1.

    Notes
    -----
    Each origin sees only its own past. MASE divides the mean absolute error by that of the seasonal-naive
    rule inside the sample; CRPS comes from the draws. The conformal interval at an origin takes the empirical
    quantile of the absolute errors that were known by then at that horizon, so its coverage is measured on
    later origins only. Diebold-Mariano compares absolute errors with those of the floor, with the correction
    of Harvey, Leybourne and Newbold for small samples.

    References
    ----------
    Hyndman, R. J., Koehler, A. B. (2006). Another look at measures of forecast accuracy. IJF 22, 679-688.
    Harvey, D., Leybourne, S., Newbold, P. (1997). Testing the equality of prediction mean squared errors.
    IJF 13, 281-291.
    """
    if not 0 < level < 1:
        raise ValueError(f"level {level} must lie between 0 and 1")
    season = seasons(y) if season is None else season
    z, logs = checked(y, season)
    least = max(3 * season, 10)
    cuts = (
        list(range(len(z) - horizon - origins + 1, len(z) - horizon + 1))
        if isinstance(origins, int)
        else list(origins)
    )
    if len(cuts) < 3 or min(cuts) < least or max(cuts) + horizon > len(z):
        raise ValueError(
            f"{y.name} has {len(z)} periods: too few for {len(cuts)} origins and {horizon} periods ahead; "
            f"each origin needs {least} periods before it and a back-test three origins"
        )
    names = [*models, COMBINED, FLOOR]
    apart = max(int(np.median(np.diff(cuts))), 1)
    errors = {n: np.empty((len(cuts), horizon)) for n in names}
    crps = {n: np.empty((len(cuts), horizon)) for n in names}
    scale, inside = np.empty(len(cuts)), np.empty((len(cuts), horizon), dtype=bool)
    tails = ((1 - level) / 2, (1 + level) / 2)
    for k, cut in enumerate(cuts):
        past, future = z[:cut], z[cut : cut + horizon]
        paths = simulate(members(past, horizon, season, [*models, FLOOR]), rng, draws)
        paths[COMBINED] = np.mean([paths[m] for m in models], axis=0)
        scale[k] = np.abs(past[season:] - past[:-season]).mean()
        for n in names:
            errors[n][k] = future - np.median(paths[n], axis=0)
            crps[n][k] = sample_crps(paths[n], future)
        low, high = np.quantile(paths[COMBINED], tails, axis=0)
        inside[k] = (low <= future) & (future <= high)
    unit = 100.0 if logs else 100 / abs(float(z.mean()))
    scores = pd.DataFrame(
        {
            "mase": {n: float((np.abs(errors[n]) / scale[:, None]).mean()) for n in names},
            "crps": {n: unit * float(crps[n].mean()) for n in names},
            "bias": {n: unit * float(errors[n].mean()) for n in names},
        }
    )
    steps = pd.RangeIndex(1, horizon + 1, name="horizon")
    by_horizon = pd.DataFrame(
        {
            "mase": (np.abs(errors[COMBINED]) / scale[:, None]).mean(axis=0),
            "naive_mase": (np.abs(errors[FLOOR]) / scale[:, None]).mean(axis=0),
            "simulated": inside.mean(axis=0),
            "conformal": _conformal_coverage(np.abs(errors[COMBINED]), np.array(cuts), level),
            "dm_p": [
                diebold_mariano(
                    np.abs(errors[COMBINED][:, h]), np.abs(errors[FLOOR][:, h]), -(-(h + 1) // apart)
                )[1]
                for h in range(horizon)
            ],
        },
        index=steps,
    )
    table = pd.DataFrame(errors[COMBINED], index=y.index[np.array(cuts) - 1], columns=steps)
    return Backtest(scores, by_horizon, table, level, len(cuts), logs)


def sample_crps(draws: Array, seen: Array) -> Array:
    """Continuous ranked probability score of draws (draws by period), in the unit of the draws; 0 is best.

    Notes
    -----
    ``E|X - y| - E|X - X'| / 2`` over the empirical law, the second mean from the sorted draws.
    """
    n = len(draws)
    ranks = 2 * np.arange(1, n + 1) - n - 1
    spread = (ranks[:, None] * np.sort(draws, axis=0)).sum(axis=0) / n**2
    return np.asarray(np.abs(draws - seen).mean(axis=0) - spread)


def diebold_mariano(loss: Array, rival: Array, horizon: int = 1) -> tuple[float, float]:
    """Diebold-Mariano statistic (negative: `loss` is smaller) and two-sided p-value of equal accuracy.

    Notes
    -----
    Long-run variance with ``horizon - 1`` autocovariances (Bartlett weights where the plain sum is not
    positive), times the small-sample factor of Harvey, Leybourne and Newbold; Student's t with n - 1.
    """
    d = np.asarray(loss, dtype=float) - np.asarray(rival, dtype=float)
    n = len(d)
    if n < 3 or np.ptp(d) == 0:
        return 0.0, 1.0
    c = d - d.mean()
    lags = np.array([(c[k:] * c[: n - k]).sum() / n for k in range(min(horizon, n - 1))])
    variance = float(lags[0] + 2 * lags[1:].sum())
    if variance <= 0:
        weights = 1 - np.arange(1, len(lags)) / len(lags)
        variance = float(lags[0] + 2 * (weights * lags[1:]).sum())
    factor = max((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n, 1 / n)
    value = float(d.mean() / np.sqrt(variance / n) * np.sqrt(factor))
    return value, float(2 * stats.t.sf(abs(value), n - 1))


def _conformal_coverage(errors: Array, cuts: NDArray[np.int64], level: float) -> Array:
    """Share of later origins inside the quantile of the errors known by then, once five are known."""
    count, horizon = errors.shape
    out = np.full(horizon, np.nan)
    for h in range(horizon):
        # An error h + 1 periods ahead is known only h + 1 periods later.
        known = [int((cuts + h + 1 <= cut).sum()) for cut in cuts]
        hits = [errors[k, h] <= _reach(errors[: known[k], h], level) for k in range(count) if known[k] >= 5]
        out[h] = np.mean(hits) if hits else np.nan
    return out


def _reach(errors: Array, level: float) -> float:
    rank = int(np.ceil((len(errors) + 1) * level))
    return float(np.sort(errors)[min(rank, len(errors)) - 1])


def conformal(forecast: Forecast, record: Backtest) -> Forecast:
    """The forecast with quantiles from the errors of its own back-test, in the unit of the series.

    Notes
    -----
    Split conformal bands around the median, by horizon, from absolute errors and so symmetric on the modelled
    scale; horizons beyond the back-test take the widest known band.

    References
    ----------
    Lei, J. et al. (2018). Distribution-free predictive inference for regression. JASA 113, 1094-1111.
    """
    centre = forecast.median.to_numpy(dtype=float)
    centre = np.log(centre) if record.logs else centre
    past = np.abs(record.errors.to_numpy())
    steps = np.minimum(np.arange(len(centre)), past.shape[1] - 1)
    table = {}
    for q in QUANTILES:
        reach = np.array(
            [_reach(past[:, h], abs(2 * q - 1)) if q != 0.5 else 0.0 for h in range(past.shape[1])]
        )
        shift = np.sign(q - 0.5) * np.maximum.accumulate(reach)[steps]
        table[q] = np.exp(centre + shift) if record.logs else centre + shift
    return replace(
        forecast, quantiles=pd.DataFrame(table, index=forecast.quantiles.index), interval="conformal"
    )
