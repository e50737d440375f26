"""Shelves of the money notebook: key rate, prices, rouble, activity, lending rates, forecasts of others."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf, periods
from coalface.errors import CoverageError
from coalface.inputs import reading

KEY_DAY = "rate.key.ru"
KEY = "rate.key.ru.avg_month"
KEY_YEAR = "rate.key.ru.avg_annual"
CPI = "cpi.mom.ru.all"
CPI_YEAR = "cpi.dec_dec.ru.all"
ROUBLE = "fx.rub_usd"
ACTIVITY = "ip.mom_sa.ru.mining"
LENDING = {"up_to_1y_pct": "rate.lending.ru.corp_upto1y", "over_1y_pct": "rate.lending.ru.corp_over1y"}
EXPECTED = "inflation.expected_12m.ru"
FIRST = pd.Period("2013-09", "M")  # the key rate exists since then
BANK, SURVEY = "Bank of Russia", "Survey of economists"
BASELINE = ("baseline scenario", "median of the survey")


def key_rate(cat: Catalogue) -> Shelf:
    """Key rate in percent, by the day from which it holds."""
    return Shelf(cat.load(KEY_DAY).rename("key_rate_pct"), cat.trace(KEY_DAY))


def money(cat: Catalogue, *, as_of: str | None = None) -> Shelf:
    """Prices and rouble (percent a month) and key rate (percent, mean of the month), from 2012 on, by month.

    Columns cpi_mom_pct, rub_per_usd_mom_pct (a fall of the rouble is a plus), key_rate_pct; the last months
    may lack what was not known yet. Months before the key rate existed serve the change on a year earlier.
    """
    prices = cat.load(CPI, as_of=as_of)
    rouble = cat.load(ROUBLE, as_of=as_of)
    frame = pd.DataFrame(
        {
            "cpi_mom_pct": prices,
            "rub_per_usd_mom_pct": (rouble / rouble.shift(1) - 1) * 100,
            "key_rate_pct": cat.load(KEY, as_of=as_of),
        }
    )
    return Shelf(frame[frame.index >= FIRST - 20], cat.trace(CPI, ROUBLE, KEY))


def activity(cat: Catalogue) -> Shelf:
    """Output of mining and quarrying, percent on the month before, seasonally adjusted by its compiler.

    Empty where not known on the day: the data set is of one late date and its past is revised.
    """
    return Shelf(reading.load(cat, ACTIVITY).rename("mining_mom_pct"), reading.trace(cat, ACTIVITY))


def lending(cat: Catalogue) -> Shelf:
    """Rates on rouble loans to firms by maturity, beside the key rate, percent, by month of the loan."""
    frame = cat.frame({**LENDING, "key_rate_pct": KEY}).dropna()
    return Shelf(frame, cat.trace(*LENDING.values(), KEY))


def households(cat: Catalogue) -> Shelf:
    """Inflation that households expect over twelve months, percent, by month; some are missing."""
    return Shelf(reading.load(cat, EXPECTED).rename("expected_pct"), reading.trace(cat, EXPECTED))


def _issuer(name: str) -> str:
    return SURVEY if name.startswith("Survey") else name


def forecasts(cat: Catalogue, target: str, *, conditions: Iterable[str] = BASELINE) -> Shelf:
    """Published forecasts of `key_rate` or `cpi` by the central bank and the survey, oldest first, percent.

    Columns made (as printed), known (first day of that day, month or year), issuer, condition, year, low,
    centre, high. The centre of a range is its middle; a single value has no low and high.

    Parameters
    ----------
    target : str
        key_rate (mean of the year) or cpi (December on December).
    conditions : iterable of str
        Which futures; the central bank's alternative scenarios have names of their own.
    """
    series = {"key_rate": KEY_YEAR, "cpi": CPI_YEAR}[target]
    table = cat.table("forecasts", where={"series_id": series, "condition": list(conditions)})
    table = table[table["issuer"].map(_issuer).isin([BANK, SURVEY])]
    frame = pd.DataFrame(
        {
            "made": table["made"],
            "known": pd.DatetimeIndex([periods.days(made)[0] for made in table["made"]]),
            "issuer": table["issuer"].map(_issuer),
            "condition": table["condition"],
            "year": table["period"].astype(int),
            "low": table["low"],
            "centre": table["value"].fillna((table["low"] + table["high"]) / 2),
            "high": table["high"],
        }
    )
    order = frame.sort_values(["known", "issuer", "year"], kind="stable").index
    return Shelf(frame.loc[order].reset_index(drop=True), cat.trace(sources=table["source_id"]))


def scenarios_of_the_bank(cat: Catalogue) -> Shelf:
    """The central bank's alternative scenarios of the newest round that was known, as in `forecasts`."""
    table = cat.table("forecasts", where={"series_id": KEY_YEAR, "issuer": BANK})
    names = [c for c in dict.fromkeys(table["condition"]) if c not in BASELINE]
    found = forecasts(cat, "key_rate", conditions=names)
    frame = found.frame
    return Shelf(frame[frame["known"] == frame["known"].max()].reset_index(drop=True), found.trace)


def ahead(forecasts: pd.DataFrame, now: pd.Period, *, month: int) -> pd.DataFrame:
    """The newest forecast of each issuer for each year still ahead, percent, set at a month of that year.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        From `forecasts`, oldest first.
    now : pandas.Period
        Month of the newest figure; targets up to it are left out.
    month : int
        Where in the year the target lies: 6 for a mean of the year, 12 for December on December.
    """
    newest = forecasts.drop_duplicates(["issuer", "year"], keep="last")
    when = pd.PeriodIndex([f"{year}-{month:02d}" for year in newest["year"]], freq="M")
    table = newest.assign(period=when)[np.asarray(when > now)]
    return table.pivot_table(index="period", columns="issuer", values="centre", aggfunc="last")


def rounds(forecasts: pd.DataFrame, alternatives: pd.DataFrame) -> pd.DataFrame:
    """Published paths, percent: all rounds of the central bank, the survey's newest, the bank's alternatives.

    Columns path (who or which scenario), made, year, low, centre, high, in that order of paths.
    """
    bank = forecasts[forecasts["issuer"] == BANK].assign(path=BANK)
    survey = forecasts[forecasts["issuer"] == SURVEY]
    survey = survey[survey["known"] == survey["known"].max()].assign(path=SURVEY)
    others = alternatives.assign(path=BANK + ", " + alternatives["condition"])
    table: pd.DataFrame = pd.concat([bank, survey, others], ignore_index=True)
    return table[["path", "made", "year", "low", "centre", "high"]]


def vintages(cat: Catalogue, days: Iterable[pd.Timestamp]) -> dict[pd.Timestamp, pd.DataFrame]:
    """What `money` held on each of the days, so that our forecasts know no more than theirs did.

    A forecast dated by month counts from the first day of it: ours then knows less, never more. Days on
    which too little was known are left out.
    """
    found = {}
    for day in sorted(set(days)):
        try:
            found[day] = money(cat, as_of=f"{day:%Y-%m-%d}").frame
        except CoverageError:
            continue
    return found


def latest(series: pd.Series) -> tuple[float, str]:
    """Last known value and its period; a missing value and no period if there is none."""
    known = series.dropna()
    return (float(known.iloc[-1]), str(known.index[-1])) if len(known) else (float(np.nan), "")
