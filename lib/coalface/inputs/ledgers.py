"""Shelves of the forecast ledger: forecasts with outcome and naive forecast, editions, conflicts."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf, Trace, periods, units
from coalface.errors import CoverageError, UnitError
from coalface.inputs import reading

PLAIN = frozenset(
    {
        "", "none stated", "baseline", "baseline scenario", "median of the survey", "expectation", "preview",
        "proposal", "company plan", "company expectation", "company target", "risk weighted",
    }
)  # fmt: skip
"""Conditions that leave a forecast unconditional; every other one makes it a scenario."""

TOPICS = {
    "coal.": "volume", "coking": "volume", "steel.output": "volume", "firm.coal_mined": "volume",
    "sector.balance": "loss", "firm.": "company results", "rate.key": "key rate", "cpi.": "inflation",
    "gdp.": "output of the economy", "fx.": "rouble", "sector.credit": "debt", "credit.": "debt",
    "price.": "coal price", "policy.": "rail tariff", "kuzbass.": "regional budget", "wage.": "wages",
    "labour.": "unemployment",
}  # fmt: skip
ISSUERS = {
    "Energy ministry": "Energy Ministry of Russia",
    "Economy Ministry": "Economy Ministry of Russia",
    "Ukrmetalurgprom through Reuters": "Ukrmetalurgprom",
    "Government of Kemerovo oblast": "Kemerovo region",
    "Kuzbass coal ministry": "Kemerovo region",
    "Survey of economists": "Survey of economists",
}
SHORT = {
    "Bank of Russia": "central bank",
    "Survey of economists": "economists",
    "Energy Ministry of Russia": "Energy Ministry",
    "Economy Ministry of Russia": "Economy Ministry",
    "International Energy Agency": "IEA",
}
"""Names of issuers that fit beside a chart."""

WHAT = {
    r"crude steel output.*": "steel",
    r"coal loaded on Russian railways": "rail",
    r"consumer prices.*": "inflation",
    r"net result.*|coal industry balance.*": "net result",
    r" of Russia|,.*| in the year.*| \(.*": "",
}
"""Targets in a word or two, by regular expression."""

EDITIONS = {
    "Coal exports in energy, Energy Institute and bp": "coal.exports_energy.ru.ei",
    "Coal exports in tonnes, press and officials": "coal.exports.ru.total",
    "Newcastle coal, World Bank": "price.coal.newcastle",
}
COLUMNS = [
    "forecast_id", "made", "issuer", "kind", "condition", "topic", "target", "series_id", "period", "horizon",
    "unit", "low", "value", "high", "outcome", "outcome_low", "outcome_high", "naive", "naive_known",
]  # fmt: skip
NOTHING = pd.DataFrame(
    {"source_id": "", "period": "", "start": pd.NaT, "end": pd.NaT, "out": pd.NaT, "value": 0.0}, index=[]
).astype({"start": "M8[s]", "end": "M8[s]", "out": "M8[s]"})
LEAP = 2


def forecasts(cat: Catalogue) -> Shelf:
    """Published forecasts, one row each, with what came and the naive forecast, in the forecast's unit.

    Notes
    -----
    The outcome is the newest figure of the target's whole period from a document that came out after the
    period and is not the forecast's own; `outcome_low` and `outcome_high` are the ends of what such documents
    print. A year of which only eleven months are known is not due. Naive: the figure of the newest period of
    the same length that had ended when the forecast was made, as known then where the record shows it
    (`naive_known`), else as known now. A change in percent is compared with the change of the series, and its
    naive forecast is no change.
    """
    table = cat.table("forecasts")
    seen = {series: _seen(cat, series) for series in sorted(set(table["series_id"]) - {""})}
    rows = [_row(cat, row, seen.get(row["series_id"], NOTHING)) for row in table.to_dict("records")]
    return Shelf(pd.DataFrame(rows, columns=COLUMNS), behind(cat, table))


def behind(cat: Catalogue, rows: pd.DataFrame) -> Trace:
    """Documents of some forecasts, by forecast_id, and of the series that say what came."""
    table = cat.table("forecasts", where={"forecast_id": list(rows["forecast_id"])})
    series = sorted(set(rows["series_id"]) - {""})
    return reading.every(cat, *series) | cat.trace(sources=table["source_id"])


def issuer(name: str) -> str:
    """Name of an issuer without the speaker, one spelling for each.

    Examples
    --------
    >>> issuer("Energy ministry (Lopatin)"), issuer("Bank of Russia")
    ('Energy Ministry of Russia', 'Bank of Russia')
    """
    bare = re.sub(r"\s*\([^)]*\)", "", name).strip()
    return ISSUERS.get(bare, bare)


def editions(cat: Catalogue, series: str) -> Shelf:
    """Revision triangle of a series in its unit: periods down, documents by date across; empty if unknown."""
    try:
        return Shelf(cat.vintages(series), reading.every(cat, series))
    except CoverageError:
        return Shelf(pd.DataFrame(), cat.trace())


def newest(triangle: pd.DataFrame, rows: int) -> pd.DataFrame:
    """The last periods of a triangle with the documents that print one of them, in its unit."""
    return triangle.tail(rows).dropna(axis=1, how="all")


def band(cat: Catalogue, series: str) -> Shelf:
    """Lowest and highest figure in print by period, in the unit of the series; empty if unknown."""
    try:
        return Shelf(cat.spread(series)[["low", "high"]], reading.every(cat, series))
    except CoverageError:
        empty = pd.DataFrame({"low": [], "high": []}, index=pd.PeriodIndex([], freq="Y", name="period"))
        return Shelf(empty, cat.trace())


def known(cat: Catalogue, series: str) -> pd.DataFrame:
    """The newest figure of each period, in a column named by its unit, with the range in print."""
    try:
        spread = cat.spread(series)
    except CoverageError:
        spread = pd.DataFrame({"newest": [], "low": [], "high": [], "n_sources": []}, dtype=float)
        spread.index = pd.PeriodIndex([], freq="Y", name="period")
    names = {"newest": cat.unit(series), "low": "lowest", "high": "highest", "n_sources": "documents"}
    return spread[list(names)].rename(columns=names)


def so_far(cat: Catalogue, series: str, year: int) -> tuple[float, int]:
    """The newest running total of a year in the unit of the series, and the months that it covers."""
    rows = reading.rows_of(cat, series)
    first = rows["start"] == pd.Timestamp(year, 1, 1)
    rows = rows[first & rows["end"].dt.is_month_end & (rows["end"].dt.year == year)]
    return (float(rows["value"].iloc[-1]), int(rows["end"].iloc[-1].month)) if len(rows) else (np.nan, 0)


def printed(cat: Catalogue, series: str) -> pd.DataFrame:
    """Every figure in print with its period and grade, in the unit of the series; empty if unknown."""
    try:
        return cat.rows(series)[["period", "value", "grade"]]
    except CoverageError:
        return pd.DataFrame({"period": [], "value": [], "grade": []})


def conflicts(cat: Catalogue) -> Shelf:
    """The register of disagreements between sources: id, series, period, values, explanation, year."""
    rows = cat.conflicts()
    frame = rows[["conflict_id", "series_id", "period", "values", "explanation"]]
    return Shelf(frame, cat.trace(sources={i for ids in rows["source_ids"] for i in ids.split(";") if i}))


def spreads(cat: Catalogue) -> Shelf:
    """Series in the register with the measurement error that their documents show, widest first.

    Columns n (periods with two documents or more), pooled_sd (unit of the series), pooled_sd_pct and
    widest_pct (half of the widest range), in percent of the mean, and unit.
    """
    named = {name for ids in cat.conflicts()["series_id"] for name in ids.split(";") if name}
    found = {}
    for series in sorted(named):
        try:
            gap = cat.conflict_spread(series)
        except CoverageError:
            continue
        if len(gap.periods) and not series.endswith(".yoy"):
            found[series] = {
                "n": len(gap.periods),
                "pooled_sd": gap.pooled_sd,
                "pooled_sd_pct": 100 * gap.pooled_sd_share,
                "widest_pct": 100 * gap.periods["half_range_share"].abs().max(),
                "unit": cat.unit(series),
            }
    columns = ["n", "pooled_sd", "pooled_sd_pct", "widest_pct", "unit"]
    frame = pd.DataFrame.from_dict(found, orient="index", columns=columns).rename_axis("series")
    frame = frame.sort_values("pooled_sd_pct", ascending=False, kind="stable")
    return Shelf(frame, reading.every(cat, *found))


def _row(cat: Catalogue, row: Mapping[Hashable, Any], seen: pd.DataFrame) -> dict[str, Any]:
    start, end = periods.days(row["period"])
    made = periods.days(row["made"])[1] if row["made"] else None
    unit = cat.unit(row["series_id"]) if row["series_id"] else ""
    outcome, lowest, highest = _outcome(row, seen, unit, start, end)
    naive, known = _naive(row, seen, unit, start, end, made) if made is not None else (np.nan, False)
    return {
        **{name: row[name] for name in COLUMNS if name in row},
        "issuer": issuer(row["issuer"]),
        "kind": "forecast" if row["condition"] in PLAIN else "scenario",
        "topic": next(
            (topic for prefix, topic in TOPICS.items() if row["series_id"].startswith(prefix)), "other"
        ),
        "horizon": end.year - made.year if made is not None else np.nan,
        "outcome": outcome,
        "outcome_low": lowest,
        "outcome_high": highest,
        "naive": naive,
        "naive_known": known,
    }


def _seen(cat: Catalogue, series: str) -> pd.DataFrame:
    """Rows of a series from documents that came out after their period, newest last."""
    try:
        rows = cat.rows(series)
    except CoverageError:
        return NOTHING
    rows = rows.assign(out=periods.bounds(rows["published"])["end"].to_numpy())
    rows = rows[rows["out"] >= rows["end"]]
    return rows.sort_values(["out", "grade"], ascending=[True, False], kind="stable")


def _outcome(
    row: Mapping[Hashable, Any], seen: pd.DataFrame, unit: str, start: pd.Timestamp, end: pd.Timestamp
) -> tuple[float, float, float]:
    """Newest, lowest and highest figure of the whole period in the forecast's unit; missing if none."""
    rows = seen[(seen["source_id"] != row["source_id"]) & (seen["start"] == start) & (seen["end"] == end)]
    if rows.empty:
        return np.nan, np.nan, np.nan
    values = rows["value"]
    if row["unit"] == "percent" and unit != "percent":
        before = seen[(seen["start"] == start - pd.DateOffset(years=1)) & (seen["end"] < start)]
        values = 100 * (values / float(before["value"].iloc[-1]) - 1) if len(before) else values * np.nan
    elif unit != row["unit"]:
        values = units.convert(values, unit, row["unit"]) if _alike(unit, row["unit"]) else values * np.nan
    return float(values.iloc[-1]), float(values.min()), float(values.max())


def _alike(unit: str, other: str) -> bool:
    try:
        units.factor(unit, other)
    except UnitError:
        return False
    return True


def _naive(
    row: Mapping[Hashable, Any],
    seen: pd.DataFrame,
    unit: str,
    start: pd.Timestamp,
    end: pd.Timestamp,
    made: pd.Timestamp,
) -> tuple[float, bool]:
    """Figure of the newest period of the same length that had ended when the forecast was made."""
    if row["unit"] == "percent" and unit != "percent":
        return 0.0, True
    days = (seen["end"] - seen["start"]).dt.days
    ended = seen[((days - (end - start).days).abs() <= LEAP) & (seen["end"] < min(start, made))]
    if ended.empty or unit != row["unit"]:
        return np.nan, False
    last = ended[ended["end"] == ended["end"].max()]
    then = last[last["out"] <= made]
    return float((then if len(then) else last)["value"].iloc[-1]), bool(len(then))
