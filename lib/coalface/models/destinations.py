"""A total and its destinations that always add up, and what a scenario does to both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Destinations:
    """Joint draws of exports by destination (draws, periods, destinations) in the unit of the total."""

    paths: Array
    periods: pd.PeriodIndex
    names: tuple[str, ...]

    @property
    def total(self) -> Array:
        """Draws of the total: the sum over destinations, draw by draw."""
        return np.asarray(self.paths.sum(axis=2))

    def table(self, period: pd.Period, level: float = 0.8) -> pd.DataFrame:
        """Mean, low and high of every destination and of the total; the means add up, quantiles need not."""
        at = self.periods.get_loc(period)
        draws = np.column_stack([self.paths[:, at, :], self.total[:, at]])
        low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return pd.DataFrame(
            {"mean": draws.mean(axis=0), "low": low, "high": high}, index=[*self.names, "total"]
        ).rename_axis("destination")


def coherent(
    total: Array, shares: pd.DataFrame, periods: pd.PeriodIndex, *, rng: np.random.Generator
) -> Destinations:
    """Destinations that add up to every draw of the total, in its unit.

    Parameters
    ----------
    total : array
        Draws by period of the total.
    shares : pandas.DataFrame
        Past amounts or shares, years by destination (annual PeriodIndex, gaps in the years are fine).
    periods : pandas.PeriodIndex
        Years of the draws.

    Notes
    -----
    Shares follow a random walk of centred log-ratios from the last year known, with the covariance of the
    past steps (each divided by the root of the years that it spans); zeros are raised to a thousandth.
    Amounts are total times share, so adding up is exact by construction, as in top-down reconciliation.

    References
    ----------
    Aitchison, J. (1986). The statistical analysis of compositional data. Chapman and Hall.
    Hyndman, R. J. et al. (2011). Optimal combination forecasts for hierarchical time series.
    Computational Statistics and Data Analysis 55, 2579-2589.
    """
    if len(shares) < 3:
        raise ValueError(f"{len(shares)} years of destinations are too few; three are the least")
    if shares.isna().any().any() or (shares < 0).any().any() or not (shares.sum(axis=1) > 0).all():
        raise ValueError("destinations have a gap, a negative figure or an empty year")
    if total.shape[1] != len(periods):
        raise ValueError(f"the total has {total.shape[1]} periods and {len(periods)} are named")
    part = shares.div(shares.sum(axis=1), axis=0).clip(lower=1e-3)
    logs = np.log(part.to_numpy(dtype=float))
    logs -= logs.mean(axis=1, keepdims=True)
    years = np.array([p.year for p in shares.index])
    steps = np.diff(logs, axis=0) / np.sqrt(np.diff(years))[:, None]
    lead = periods[0].year - years[-1]
    if lead < 1:
        raise ValueError(f"the first year ahead, {periods[0]}, is not after the last known year, {years[-1]}")
    draws, horizon = total.shape
    shocks = rng.standard_normal((draws, lead + horizon - 1, len(steps))) / np.sqrt(len(steps))
    walk = logs[-1] + (shocks @ steps).cumsum(axis=1)[:, lead - 1 :]
    weight = np.exp(walk)
    weight /= weight.sum(axis=2, keepdims=True)
    return Destinations(total[:, :, None] * weight, periods, tuple(map(str, shares.columns)))


def under_scenario(
    base: Destinations,
    *,
    china_demand_change_pct: float = 0.0,
    export_volume_change_pct: float = 0.0,
    china: str = "china",
) -> Destinations:
    """Destinations under a scenario, in the same unit; they add up to its total in every draw.

    Parameters
    ----------
    base : Destinations
        The baseline draws.
    china_demand_change_pct : float
        Change of what China buys, percent of the baseline, -100 or more.
    export_volume_change_pct : float
        Change of all exports, percent of the baseline, -100 or more.

    Notes
    -----
    Both changes are taken at their word: the total moves by the one, China by the other, and the other buyers
    take what is left, each in proportion to its baseline. A fall of China's demand alone is thus diverted in
    full, and a fall of the total alone is borne by the others. China never buys more than there is.
    """
    for name, value in (
        ("china_demand_change_pct", china_demand_change_pct),
        ("export_volume_change_pct", export_volume_change_pct),
    ):
        if not (np.isfinite(value) and value >= -100):
            raise ValueError(f"{name} is {value}; it must be -100 or more")
    if china not in base.names:
        raise ValueError(f"no destination {china!r}; there are {', '.join(base.names)}")
    at = base.names.index(china)
    total = base.total * (1 + export_volume_change_pct / 100)
    bought = np.minimum(base.paths[:, :, at] * (1 + china_demand_change_pct / 100), total)
    others = np.delete(np.arange(len(base.names)), at)
    rest = base.paths[:, :, others]
    paths = np.empty_like(base.paths)
    paths[:, :, at] = bought
    paths[:, :, others] = rest * ((total - bought) / rest.sum(axis=2))[:, :, None]
    return Destinations(paths, base.periods, base.names)
