"""How fast mines stop, from a short record of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True)
class Hazard:
    """Monthly hazard that a running enterprise stops, with the record it rests on.

    Attributes
    ----------
    stops : int
        Net new stoppages in the record.
    exposure : float
        Enterprise-months at risk.
    pct_per_month : float
        Mean of the posterior, percent a month.
    low, high : float
        Bounds of the central interval, percent a month.
    level : float
        Probability inside the bounds.
    expected_stops, stops_low, stops_high : float
        Predicted further stops over the horizon among those still running, with a predictive interval.
    """

    stops: int
    exposure: float
    pct_per_month: float
    low: float
    high: float
    level: float
    expected_stops: float
    stops_low: float
    stops_high: float


def closure_hazard(
    stopped: pd.Series, *, total: int, horizon_months: int = 12, level: float = 0.9, pressure: float = 1.0
) -> Hazard:
    """Monthly hazard of a stoppage, percent, with its interval and the stops it implies over a horizon.

    Parameters
    ----------
    stopped : pandas.Series
        Number of enterprises standing still, indexed by day (DatetimeIndex), rising in time order.
    total : int
        Enterprises in the count, running and stopped.
    horizon_months : int
        Months ahead for the expected stops.
    level : float
        Probability of the intervals.
    pressure : float
        Factor on the hazard, for instance the tonnes under water in a scenario over those of the record.

    Raises
    ------
    ValueError
        If there are fewer than two readings, or the total does not hold them.

    Notes
    -----
    Net new stops are Poisson in the enterprise-months at risk; with Jeffreys' prior the hazard is
    Gamma(stops + 1/2, exposure), and the further stops are negative binomial. A fall of the count
    (restarts) adds exposure and no stop, so the hazard is one of net stopping and a lower bound of gross
    stopping.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 2.6 (Poisson with exposure).

    Examples
    --------
    >>> record = pd.Series([8, 18], index=pd.to_datetime(["2025-02-15", "2025-09-15"]))
    >>> found = closure_hazard(record, total=151)
    >>> found.stops, round(found.pct_per_month, 2)
    (10, 1.09)
    """
    record = stopped.sort_index()
    if len(record) < 2:
        raise ValueError("a hazard needs at least two readings of the count; the record has fewer")
    if record.max() >= total or record.min() < 0:
        raise ValueError(f"{record.max():.0f} stopped of {total}: the total must be larger than every count")
    months = np.diff(record.index.to_numpy()).astype("timedelta64[D]").astype(float) / 30.4375
    counts = record.to_numpy(dtype=float)
    running = total - (counts[1:] + counts[:-1]) / 2
    exposure = float((running * months).sum())
    stops = int(np.clip(np.diff(counts), 0, None).sum())
    posterior = stats.gamma(stops + 0.5, scale=pressure / exposure)
    ahead = (total - counts[-1]) * horizon_months
    further = stats.nbinom(stops + 0.5, exposure / (exposure + pressure * ahead))
    tail = (1 - level) / 2
    return Hazard(
        stops=stops,
        exposure=exposure,
        pct_per_month=100 * float(posterior.mean()),
        low=100 * float(posterior.ppf(tail)),
        high=100 * float(posterior.ppf(1 - tail)),
        level=level,
        expected_stops=float(further.mean()),
        stops_low=float(further.ppf(tail)),
        stops_high=float(further.ppf(1 - tail)),
    )
