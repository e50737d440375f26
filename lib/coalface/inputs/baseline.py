"""The baseline of all scenarios, built from the newest figures that the catalogue has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Trace
from coalface.errors import CoverageError
from coalface.scenarios import PATH_MONTHS, Scenario

ROUBLE: Final = "fx.rub_usd.eom"
KEY_RATE: Final = "rate.key.ru.eom"
KEY_RATE_FORECAST: Final = "rate.key.ru.avg_annual"
# newest first choice: the yearly reading, else the government's lower bound of October 2022
DISCOUNTS: Final = ("cost.discount.russian_coal", "cost.discount.russian_coal.low")
# published forecasts that describe one future, not a what-if
PLAIN_FORECASTS: Final = ("median of the survey", "baseline scenario")


@dataclass(frozen=True)
class Baseline:
    """The baseline scenario, where its figures come from, and the month that it starts from.

    `missing` says in words what was not known by then and what stands in for it.
    """

    scenario: Scenario
    trace: Trace
    start: pd.Period
    forecast_made: str
    missing: tuple[str, ...] = ()


def key_rate_path(now: float, start: pd.Period, forecast: pd.Series) -> tuple[float, ...]:
    """Key rate in 3, 6, 12 and 24 months, percent a year, from today's rate and forecasts of annual means.

    Parameters
    ----------
    now : float
        Key rate at the end of `start`, percent a year.
    start : pandas.Period
        Month of the newest rate.
    forecast : pandas.Series
        Forecast annual means, percent a year, indexed by year (int).

    Notes
    -----
    A forecast of a year's mean is read as the level at the middle of that year; levels between are linear,
    and flat after the last one. Means of a year whose middle has passed are not used.

    Examples
    --------
    >>> means = pd.Series({2026: 14.0, 2027: 10.0, 2028: 9.0})
    >>> key_rate_path(14.5, pd.Period("2026-06", "M"), means)
    (13.375, 12.25, 10.0, 9.0)
    """
    middle = [pd.Period(f"{year}-06", "M") for year in forecast.index]
    ahead = np.array([(month - start).n for month in middle])
    later = ahead > 0
    months = np.concatenate([[0], ahead[later]])
    levels = np.concatenate([[now], forecast.to_numpy(dtype=float)[later]])
    return tuple(float(np.interp(month, months, levels)) for month in PATH_MONTHS)


def _known(cat: Catalogue, series_ids: tuple[str, ...]) -> tuple[str, float] | None:
    for series_id in series_ids:
        try:
            return series_id, float(cat.load(series_id).dropna().iloc[-1])
        except CoverageError:
            continue
    return None


def _newest_forecast(cat: Catalogue) -> pd.DataFrame:
    table = cat.table(
        "forecasts", where={"series_id": [KEY_RATE_FORECAST], "condition": list(PLAIN_FORECASTS)}
    )
    table = table[table["made"] == table["made"].max()]
    centre = table["value"].fillna((table["low"] + table["high"]) / 2)
    newest: pd.DataFrame = table.assign(year=table["period"].astype(int), centre=centre)
    return newest.set_index("year").sort_index()


def baseline(cat: Catalogue) -> Baseline:
    """Baseline scenario in the units of `Scenario`, with its documents.

    The rouble and the key rate are the newest month-ends; the rate's path follows the newest published
    forecast (central bank or survey, no what-if), or stays flat where none was known; the discount is the
    newest known, or zero; nothing else departs.

    Raises
    ------
    CoverageError
        If the catalogue, as of its day, lacks the rouble or the key rate.

    Examples
    --------
    >>> from coalface import data
    >>> known = baseline(data.read().as_of("2025-03-10"))
    >>> known.scenario.rate_at(0) > 15, str(known.start)
    (True, '2025-02')
    """
    rouble, rate = cat.load(ROUBLE).dropna(), cat.load(KEY_RATE).dropna()
    forecast = _newest_forecast(cat)
    discount = _known(cat, DISCOUNTS)
    start = rate.index[-1]
    scenario = Scenario(
        name="baseline",
        rub_per_usd=float(rouble.iloc[-1]),
        key_rate_path_pct=key_rate_path(float(rate.iloc[-1]), start, forecast["centre"]),
        discount_pct=discount[1] if discount else 0.0,
    )
    missing = [] if discount else ["No discount of Russian coal was known; the baseline takes none."]
    if forecast.empty:
        missing.append("No forecast of the key rate was known; the baseline keeps it where it is.")
    trace = cat.trace(
        ROUBLE, KEY_RATE, *([discount[0]] if discount else []), sources=tuple(forecast["source_id"].unique())
    )
    made = str(forecast["made"].iloc[0]) if len(forecast) else ""
    return Baseline(scenario, trace, start, made, tuple(missing))
