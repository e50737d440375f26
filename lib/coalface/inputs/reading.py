"""Reading with gaps: what was not known on the day of a run is missing, not an error."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Trace, periods, units
from coalface.errors import CoverageError


def load(cat: Catalogue, series: str) -> pd.Series:
    """A regular series; empty if nothing of it was known."""
    try:
        return cat.load(series)
    except CoverageError:
        return pd.Series(dtype=float, name=series, index=pd.PeriodIndex([], freq="Y", name="period"))


def rows_of(cat: Catalogue, series: str) -> pd.DataFrame:
    """All rows of a series with the year in which they end; none if nothing of it was known."""
    try:
        rows = cat.load_windows(series)
    except CoverageError:
        names = {"period": "str", "start": "M8[s]", "end": "M8[s]", "value": "f8", "note": "str"}
        rows = pd.DataFrame(columns=list(names)).astype(names)
    return rows.assign(year=pd.PeriodIndex(rows["end"], freq="Y"))


def trace(cat: Catalogue, *series: str) -> Trace:
    """Where the series come from; those that were not known add nothing."""
    found = Trace()
    for name in series:
        try:
            found |= cat.trace(name)
        except CoverageError:
            continue
    return found


def every(cat: Catalogue, *series: str) -> Trace:
    """Where the series come from, with the documents of older and of other figures for the same periods."""
    found = trace(cat, *series)
    if not found.series:
        return found
    rows = cat.rows(*found.series)
    return found | cat.trace(sources=rows.loc[~rows["assumed"], "source_id"])


def span(cat: Catalogue, series: str, start: str, end: str) -> float:
    """Value of one window of months; missing if not known."""
    rows = rows_of(cat, series)
    rows = rows[rows["period"] == f"{start}/{end}"]
    return float(rows["value"].iloc[-1]) if len(rows) else np.nan


def between(cat: Catalogue, series: str) -> pd.Series:
    """Single months between running totals, kt."""
    rows = rows_of(cat, series)
    if rows.empty:
        return pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M", name="period"))
    steps = periods.increments(rows)
    steps = steps[steps["months"] == 1]
    values = units.convert(steps["value"].to_numpy(), "Mt", "kt")
    return pd.Series(values, index=pd.PeriodIndex(steps["start"], freq="M", name="period"))


def yearly(cat: Catalogue, series: str, year: str, months: int | None = None) -> float:
    """Yearly rate of the longest window from January of a year (of `months` months if given)."""
    rows = rows_of(cat, series)
    rows = rows[(rows["year"] == pd.Period(year)) & rows["period"].str.startswith(f"{year}-01/")]
    if rows.empty:
        return np.nan
    count = pd.PeriodIndex(rows["end"], freq="M").month
    rows = rows.assign(months=count)
    rows = rows[rows["months"] == (months or rows["months"].max())]
    return float(rows["value"].iloc[-1] * 12 / rows["months"].iloc[-1]) if len(rows) else np.nan


def rates(cat: Catalogue, series: str) -> pd.Series:
    """Yearly figures; where no year is printed, the yearly rate of its longest window from January."""
    whole = load(cat, series)
    windows = rows_of(cat, f"{series}.window")
    windows = windows[windows["period"].str.contains("-01/")]
    years = [year for year in windows["year"].unique() if year not in whole.index]
    filled = pd.Series(
        [yearly(cat, f"{series}.window", str(year)) for year in years], index=years, dtype=float
    )
    every: pd.Series = pd.concat([whole, filled]).sort_index()
    return every
