"""Rules of the single tables: what must hold between the figures of a row, of a series and of two tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from coalface.data import periods, rules, units
from coalface.data.sheets import Fault, Sheet
from coalface.errors import DataError, near

SUFFIX = {"quarterly": "Q", "monthly": "M", "daily": "D", "window": "W", "weekly": "W"}
MONEY = ("RUB", "USD", "EUR")
JUMP_UP, JUMP_DOWN = 30.0, 1 / 200
"""A slip of a unit is a factor of a thousand; the true jumps of the shipped figures stay within these."""


def obs(sheet: Sheet, series: pd.DataFrame, published: Mapping[str, str]) -> Iterator[Fault]:
    """Observations: unit and precision of the series, sign, share, publication after the period, order."""
    frame = sheet.frame
    here = frame["series_id"].isin(series.index).to_numpy()
    entry = series.reindex(frame["series_id"])
    unit, freq, kind, basis = (
        entry[name].fillna("").to_numpy(dtype=object) for name in ("unit", "freq", "kind", "basis")
    )
    yield from sheet.faults(
        here & (frame["unit"].to_numpy() != unit), "unit {unit} is not that of {series_id} in series.csv",
        "correct the unit, or convert the figure in lib/, not here",
    )  # fmt: skip
    span = pd.DataFrame({"period": frame["period"], "freq": freq}).drop_duplicates()
    off = {pair for pair in zip(span["period"], span["freq"], strict=True) if not _fits(*pair)}
    wrong = np.array([pair in off for pair in zip(frame["period"], freq, strict=True)], dtype=bool)
    yield from sheet.faults(
        here & wrong, "period {period} does not have the precision of {series_id}",
        "give it the precision of freq, or put it into a series of windows (freq W)",
    )  # fmt: skip
    value = pd.to_numeric(frame["value"], errors="coerce").to_numpy(dtype=float)
    ids = frame["series_id"]
    money = (
        pd.Series(unit).str.endswith(MONEY).to_numpy() & ids.str.match(r"(firm|sector|kuzbass)\.").to_numpy()
    )
    signed = money | (kind == "rate") | ids.str.contains("margin|change").to_numpy()
    yield from sheet.faults(
        here & (value < 0) & ~signed,
        "{value} {unit} of {series_id} is negative",
        "check the sign against the document",
    )
    top = np.select([kind == "share"], [np.where(unit == "share", 1.0, 100.0)], np.inf)
    yield from sheet.faults(
        here & ((value > top) | ((unit == "percent") & (value < -100))),
        "{value} {unit} of {series_id} is more than a whole", "check the unit and the digits",
    )  # fmt: skip
    yield from _too_early(sheet, here, basis, published)
    order = list(zip(ids, frame["period"], frame["source_id"], strict=True))
    loose = np.array([False, *(b < a for a, b in pairwise(order))], dtype=bool)[: len(frame)]
    yield from sheet.faults(
        loose, "the row ({series_id}, {period}) stands out of order", "sort by series_id, period, source_id"
    )
    yield from sheet.faults(
        _slips(ids, value), "{value} {unit} of {series_id} is far from all other figures of the series",
        "check the unit and the decimal point; a true break deserves a series of its own",
    )  # fmt: skip


def _fits(period: str, freq: str) -> bool:
    try:
        periods.window(period)
        return freq == "W" or ("/" not in period and periods.precision(period) == freq)
    except DataError:
        return True  # rules.dates names it


def _too_early(
    sheet: Sheet, here: np.ndarray, basis: np.ndarray, published: Mapping[str, str]
) -> Iterator[Fault]:
    """A document cannot report a period that begins after it, unless it is a plan."""
    start = _days(sheet.frame["period"], 0)
    out = _days(sheet.frame["source_id"].map(published).fillna(""), 1)
    text = pd.Series(basis.astype(str)).str
    plan = (
        sheet.frame["series_id"].str.match(r"policy\.|cost\.").to_numpy()
        | text.contains("plan|estimate").to_numpy()
    )
    yield from sheet.faults(
        here & ~plan & (start > out),
        "{source_id} was published before {period} began",
        "correct the period, the document or its date",
    )


def _days(texts: pd.Series, side: int) -> np.ndarray:
    day: dict[str, Any] = {}
    for text in texts.unique():
        try:
            day[text] = periods.days(text)[side] if text else pd.NaT
        except DataError:
            day[text] = pd.NaT
    return pd.to_datetime(texts.map(day)).to_numpy(dtype="datetime64[s]")


def _slips(ids: pd.Series, value: np.ndarray) -> np.ndarray:
    """Rows beyond JUMP_UP or JUMP_DOWN of every other positive figure of their series, given two others."""
    slip = np.zeros(len(value), dtype=bool)
    code = pd.factorize(ids)[0]
    mixed = np.bincount(code, weights=value < 0)[code] > 0
    rows = np.flatnonzero((value > 0) & ~mixed)
    rows = rows[np.lexsort((value[rows], code[rows]))]
    start = np.flatnonzero(np.diff(code[rows], prepend=-1))
    end = np.append(start[1:], len(rows)) - 1
    start, end = start[end - start >= 2], end[end - start >= 2]
    ranked = value[rows]
    slip[rows[end[ranked[end] > JUMP_UP * ranked[end - 1]]]] = True
    slip[rows[start[ranked[start] < JUMP_DOWN * ranked[start + 1]]]] = True
    return slip


def series(sheet: Sheet, observed: set[str]) -> Iterator[Fault]:
    """Series: known unit, lag where it belongs, name and warnings that agree with freq, rows behind it."""
    frame = sheet.frame
    off = rules.marked(frame["unit"], lambda unit: bool(unit) and unit not in units.UNITS)
    for place in np.flatnonzero(off):
        unit = frame["unit"].iloc[place]
        yield Fault(
            sheet.file, int(sheet.lines[place]), f"no unit {unit!r}{near(unit, units.UNITS)}",
            "spell it as units.UNITS does",
        )  # fmt: skip
    yield from sheet.faults(
        (frame["lag_days"] != "") != (frame["revised"] != "often"),
        "revised {revised} and lag_days '{lag_days}' do not go together",
        "give lag_days for never and rarely revised series, and only for them",
    )
    parts = frame["series_id"].str.split(".")
    wants = parts.map(lambda names: next((SUFFIX[name] for name in names[1:] if name in SUFFIX), ""))
    yield from sheet.faults(
        (wants != "") & (wants != frame["freq"]),
        "the name {series_id} does not go with freq {freq}",
        "correct the freq",
    )
    yield from sheet.faults(
        frame["warnings"].str.split(";").map(lambda words: "cumulative" in words) & (frame["freq"] != "W"),
        "{series_id} is cumulative and has freq {freq}",
        "cumulated figures are windows, freq W",
    )
    yield from sheet.faults(
        parts.map(lambda names: names[-1] == "yoy") & (frame["unit"] != "percent"),
        "{series_id} is a change on a year earlier in {unit}",
        "changes are in percent",
    )
    yield from sheet.faults(
        (frame["kind"] == "share") & ~frame["unit"].isin(["share", "percent"]),
        "{series_id} is a share in {unit}",
        "shares are in share or percent",
    )
    yield from sheet.faults(
        ~frame["series_id"].isin(observed),
        "{series_id} has no observation",
        "add its rows to obs/ or remove it",
    )
    ordered = frame["series_id"].to_numpy()
    yield from sheet.faults(
        np.append(False, ordered[1:] < ordered[:-1])[: len(frame)],
        "{series_id} stands out of order",
        "sort by series_id",
    )


def sources(sheet: Sheet, used: set[str]) -> Iterator[Fault]:
    """Documents: a web address, and something in the tables that comes from them."""
    yield from rules.dates(sheet, "published")
    frame = sheet.frame
    yield from sheet.faults(
        (frame["url"] != "") & ~frame["url"].str.match("https?://"),
        "the address {url} is no web address",
        "correct it",
    )
    yield from sheet.faults(
        ~frame["source_id"].isin(used),
        "nothing in the tables comes from {source_id}",
        "correct the id or remove the row",
    )


def events(sheet: Sheet) -> Iterator[Fault]:
    """Events: date as precise as said, id made of category and date, in time order."""
    yield from rules.dates(sheet, "date")
    frame = sheet.frame
    yield from sheet.faults(
        frame["date"].str.len().map({4: "year", 7: "month", 10: "day"}) != frame["precision"],
        "the date {date} is not of precision {precision}",
        "write the date as precise as it is known, and say so",
    )
    stem = "b_" + frame["category"] + "_" + frame["date"].str.replace("-", "")
    fits = [event.startswith(start) for event, start in zip(frame["event_id"], stem, strict=True)]
    yield from sheet.faults(
        ~np.array(fits, dtype=bool), "the id {event_id} does not begin with its category and date",
        "write b_, the category, _ and the date without hyphens",
    )  # fmt: skip
    date = frame["date"].to_numpy()
    yield from sheet.faults(
        np.append(False, date[1:] < date[:-1])[: len(frame)], "{event_id} stands out of order", "sort by date"
    )


def ranges(sheet: Sheet, middle: str) -> Iterator[Fault]:
    """Rows whose bounds do not hold their central value, or that hold no figure at all."""
    low, value, high = (pd.to_numeric(sheet.frame[name], errors="coerce") for name in ("low", middle, "high"))
    yield from sheet.faults(
        (low > value) | (value > high) | (low > high),
        "low, value and high are not in order",
        "swap or correct them",
    )
    empty = (sheet.frame[["low", middle, "high"]] == "").all(axis=1)
    yield from sheet.faults(
        empty & (sheet.frame["note"] == ""),
        "the row has no figure and no note on why",
        "give low, high or the central value, or say what was read",
    )


def forecasts(sheet: Sheet, published: Mapping[str, str]) -> Iterator[Fault]:
    """Forecasts: known unit, figures in order, made before the document was out."""
    yield from rules.dates(sheet, "made")
    yield from rules.dates(sheet, "period")
    yield from ranges(sheet, "value")
    frame = sheet.frame
    yield from sheet.faults(
        rules.marked(frame["unit"], lambda unit: unit not in units.UNITS),
        "no unit '{unit}'",
        "spell it as units.UNITS does",
    )
    made, out = _days(frame["made"], 0), _days(frame["source_id"].map(published).fillna(""), 1)
    yield from sheet.faults(
        made > out,
        "made {made}, after {source_id} was published",
        "correct the date of the forecast or of the document",
    )


def corrections(sheet: Sheet, printed: Mapping[tuple[str, str, str], str]) -> Iterator[Fault]:
    """Corrections: a value to replace with or none to drop, and an error that is still there."""
    frame = sheet.frame
    yield from sheet.faults(
        (frame["action"] == "replace") != (frame["value"] != ""),
        "the action {action} does not go with the value '{value}'",
        "give a value to replace with, none to drop",
    )
    keys = zip(frame["series_id"], frame["period"], frame["source_id"], strict=True)
    found = pd.Series([printed.get(key, "") for key in keys], dtype=object)
    yield from sheet.faults(
        (frame["status"] == "open") & (found != frame["expect"]),
        "{series_id} {period} of {source_id} is not {expect} any more",
        "the source may have mended it: review the correction, then set its status to fixed",
    )
