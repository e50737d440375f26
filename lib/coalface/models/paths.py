"""Paths of the key rate and of inflation: fans under a stated path, and the record of such fans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coalface.models import vars as bvar

Array = np.ndarray
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
PATH_MONTHS = (3, 6, 12, 24)
ORDER = ("cpi_mom_pct", "rub_per_usd_mom_pct", "key_rate_pct")
PRIOR = bvar.Minnesota(tightness=0.2, own_lag=(0.5, 0.0, 1.0))
LAGS = 6


def monthly_path(known_pct: pd.Series, levels_pct: Iterable[float], *, horizon: int) -> pd.Series:
    """Key rate by month, percent: straight lines from the last month to its levels in 3, 6, 12, 24 months.

    Examples
    --------
    >>> known = pd.Series([15.0], index=pd.PeriodIndex(["2026-05"], freq="M"))
    >>> monthly_path(known, [12.0, 12.0, 9.0, 9.0], horizon=4).to_list()
    [14.0, 13.0, 12.0, 12.0]
    """
    levels = [float(v) for v in levels_pct]
    if len(levels) != len(PATH_MONTHS):
        raise ValueError(
            f"a rate path needs {len(PATH_MONTHS)} levels, in {PATH_MONTHS} months; got {len(levels)}"
        )
    index = pd.period_range(known_pct.index[-1] + 1, periods=horizon, freq="M", name="period")
    line = np.interp(range(1, horizon + 1), (0, *PATH_MONTHS), (float(known_pct.iloc[-1]), *levels))
    return pd.Series(line, index=index, name="key_rate_pct")


def quantiles(samples: Array, index: pd.Index) -> pd.DataFrame:
    """Quantiles of draws (draw, month): one row a month, one column a quantile level."""
    return pd.DataFrame(np.quantile(samples, QUANTILES, axis=0).T, index=index, columns=list(QUANTILES))


def yoy_pct(history_mom_pct: pd.Series, mom_pct: Array) -> Array:
    """Change on a year earlier, percent (draw, month), chained over known and simulated months."""
    past = np.log1p(history_mom_pct.iloc[-12:].to_numpy(float) / 100)
    logs = np.hstack([np.broadcast_to(past, (len(mom_pct), 12)), np.log1p(np.maximum(mom_pct, -99.0) / 100)])
    total = logs.cumsum(axis=1)
    return np.asarray(np.expm1(total[:, 12:] - total[:, :-12]) * 100)


@dataclass(frozen=True)
class Outlook:
    """Draws of the future by month: `key_rate_pct` and `cpi_yoy_pct` (draw, month), with their fans.

    `policy_shock_sd` is the mean size of the surprises that the path needs, in standard deviations.
    """

    index: pd.PeriodIndex
    key_rate_pct: Array
    cpi_mom_pct: Array
    cpi_yoy_pct: Array
    policy_shock_sd: float

    @property
    def key_fan(self) -> pd.DataFrame:
        """Quantiles of the key rate by month, percent."""
        return quantiles(self.key_rate_pct, self.index)

    @property
    def cpi_fan(self) -> pd.DataFrame:
        """Quantiles of the change of consumer prices on a year earlier by month, percent."""
        return quantiles(self.cpi_yoy_pct, self.index)


@dataclass(frozen=True)
class Model:
    """A drawn vector autoregression, its data and the key rates known beyond them, in percent."""

    draws: bvar.Draws
    data: pd.DataFrame
    known_key_pct: pd.Series

    def ahead(self, horizon: int) -> pd.PeriodIndex:
        """The months to simulate, so that `horizon` of them follow the last known key rate."""
        extra = len(self.known_key_pct)
        return pd.period_range(self.data.index[-1] + 1, periods=extra + horizon, freq="M", name="period")


def estimate(
    data: pd.DataFrame,
    *,
    draws: int,
    rng: np.random.Generator,
    prior: bvar.Minnesota = PRIOR,
    lags: int = LAGS,
) -> Model:
    """Estimate and draw the small vector autoregression of inflation, rouble and key rate.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns cpi_mom_pct, rub_per_usd_mom_pct, key_rate_pct, in this order. At the end, months may
        follow of which only the key rate is known yet; the model stands on the months before and keeps
        those rates.
    """
    if tuple(data.columns) != ORDER:
        raise ValueError(
            f"the columns must be {', '.join(ORDER)} in this order; got {', '.join(data.columns)}"
        )
    full, later = complete(data)
    posterior = bvar.fit(full, lags=lags, prior=prior, season=True)
    return Model(bvar.draw(posterior, draws=draws, rng=rng), full, later)


def complete(data: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The months of which everything is known, and the key rates (percent) known beyond them."""
    full = data.dropna()
    if full.empty:
        raise ValueError("there is no month in which prices, rouble and key rate are all known")
    key = data[ORDER[-1]].dropna()
    return full, key[key.index > full.index[-1]]


def outlook(model: Model, noise: Array, *, path_pct: pd.Series | None = None) -> Outlook:
    """Simulate key rate and inflation, with the key rate's median moved onto `path_pct` where one is given.

    Notes
    -----
    The shocks are the same with and without a path. The path shifts every draw by one amount a month, the
    path less the median without it, so the fan keeps the model's own width and the shift is a sequence of
    policy surprises. A path equal to the model's median changes nothing.
    """
    index = pd.period_range(model.data.index[-1] + 1, periods=noise.shape[1], freq="M", name="period")
    known = model.known_key_pct.reindex(index).to_numpy(float)
    free, surprise = bvar.simulate(model.draws, noise, path=known)
    if path_pct is not None:
        shift = path_pct.reindex(index).to_numpy(float) - np.median(free[:, :, -1], axis=0)
        shift = np.where(np.isnan(shift) | ~np.isnan(known), 0.0, shift)
        moved = np.where(np.isnan(known), free[:, :, -1] + shift, known)
        free, shocked = bvar.simulate(model.draws, noise, path=moved)
        surprise = shocked - surprise
    else:
        surprise = np.zeros_like(surprise)
    inside = np.isnan(known)
    return Outlook(
        index=index,
        key_rate_pct=free[:, :, -1],
        cpi_mom_pct=free[:, :, 0],
        cpi_yoy_pct=yoy_pct(model.data[ORDER[0]], free[:, :, 0]),
        policy_shock_sd=float(np.abs(surprise[:, inside].mean(axis=0)).mean()),
    )


def year_mean_pct(known_pct: pd.Series, view: Outlook, year: int) -> Array:
    """Mean of the monthly key rate over a calendar year, percent, one value a draw."""
    return np.asarray(_year(known_pct, view.key_rate_pct, view.index, year).mean(axis=1))


def year_change_pct(known_mom_pct: pd.Series, view: Outlook, year: int) -> Array:
    """Change of consumer prices from December to December of a year, percent, one value a draw."""
    months = _year(known_mom_pct, view.cpi_mom_pct, view.index, year)
    return np.asarray(np.expm1(np.log1p(months / 100).sum(axis=1)) * 100)


def _year(known: pd.Series, ahead: Array, index: pd.PeriodIndex, year: int) -> Array:
    """Return the twelve months of a year (draw, month), known ones first."""
    past = known[(pd.PeriodIndex(known.index).year == year) & (known.index < index[0])].to_numpy(float)
    future = ahead[:, index.year == year]
    if len(past) + future.shape[1] != 12:
        raise ValueError(f"{year} needs 12 months; {len(past)} are known and {future.shape[1]} simulated")
    return np.hstack([np.broadcast_to(past, (len(ahead), len(past))), future])


def compare(futures: Mapping[str, Outlook], *, months: Sequence[int], start: pd.Period) -> pd.DataFrame:
    """Medians of key rate and inflation under several paths, percent, and the surprises that each path needs.

    Parameters
    ----------
    months : sequence of int
        Months after `start`, the month of the newest key rate.

    Returns
    -------
    pandas.DataFrame
        Indexed by path and month; columns key_rate, inflation, low, high (90 percent, inflation) and surprise
        (mean size of the policy shocks that the path adds, in standard deviations).
    """
    rows = {}
    for name, view in futures.items():
        for month in months:
            at = (start + month - view.index[0]).n
            key, prices = view.key_fan[0.5].iloc[at], view.cpi_fan[[0.5, 0.05, 0.95]].iloc[at]
            rows[(name, month)] = (key, *prices, view.policy_shock_sd)
    index = pd.MultiIndex.from_tuples(list(rows), names=["path", "month"])
    columns = ["key_rate", "inflation", "low", "high", "surprise"]
    return pd.DataFrame(list(rows.values()), index=index, columns=columns)


def year_means_pct(known_pct: pd.Series, view: Outlook) -> pd.Series:
    """Median of the mean key rate of each calendar year that the future completes, percent, by year."""
    years = sorted({int(y) for y in view.index.year if pd.Period(f"{y}-12", "M") <= view.index[-1]})
    return pd.Series({y: float(np.median(year_mean_pct(known_pct, view, y))) for y in years}, dtype=float)
