"""Periods as the tables write them, windows, and cumulated figures turned into increments.

A period is `2024`, `2024-Q1`, `2024-03` or `2024-03-17`; a window is `START/END` of equal precision with both
ends included. Nothing here invents a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from coalface.errors import CoverageError, DataError

Precision = Literal["A", "Q", "M", "D"]
FREQ: dict[Precision, str] = {"A": "Y-DEC", "Q": "Q-DEC", "M": "M", "D": "D"}
"""The pandas period frequency of each precision."""
SIDES: dict[str, Literal["S", "E"]] = {"start": "S", "end": "E"}
"""The side of a period that pandas takes for each end."""

_PLAIN = re.compile(r"[0-9]{4}(?:-(?:(?P<Q>Q[1-4])|(?P<M>(?:0[1-9]|1[0-2]))(?P<D>-[0-9]{2})?))?")


class Window(NamedTuple):
    """First and last period of a span, both included."""

    start: pd.Period
    end: pd.Period


def precision(text: str) -> Precision:
    """Precision of a plain period: "A", "Q", "M" or "D".

    Raises
    ------
    DataError
        If the text is not a plain period.

    Examples
    --------
    >>> precision("2024-Q1"), precision("2024-03")
    ('Q', 'M')
    """
    found = _PLAIN.fullmatch(text)
    if found is None:
        raise DataError(
            f"{text!r} is not a period; write 2024, 2024-Q1, 2024-03 or 2024-03-17"
            + (" (a window START/END is read with periods.window)" if "/" in text else "")
        )
    return "Q" if found["Q"] else "D" if found["D"] else "M" if found["M"] else "A"


@lru_cache(maxsize=65_536)
def parse(text: str) -> pd.Period:
    """Period of a plain text such as "2024", "2024-Q1", "2024-03" or "2024-03-17".

    Raises
    ------
    DataError
        If the text is a window, is not a period, or names a day that does not exist.

    Examples
    --------
    >>> parse("2024-Q1")
    Period('2024Q1', 'Q-DEC')
    """
    freq = FREQ[precision(text)]
    try:
        return pd.Period(text, freq=freq)
    except ValueError:
        raise DataError(f"{text!r} is not a day of the calendar; correct the day") from None


@lru_cache(maxsize=65_536)
def window(text: str) -> Window:
    """First and last period of a window START/END; a plain period is its own start and end.

    Raises
    ------
    DataError
        If an end is not a period, the two differ in precision, or the end lies before the start.

    Examples
    --------
    >>> window("2025-01/2025-06").end
    Period('2025-06', 'M')
    """
    first, slash, last = text.partition("/")
    start = parse(first)
    end = parse(last) if slash else start
    if start.freqstr != end.freqstr:
        raise DataError(f"the window {text!r} joins two precisions; write both ends alike")
    if end < start:
        raise DataError(f"the window {text!r} ends before it starts; swap the ends")
    return Window(start, end)


@lru_cache(maxsize=65_536)
def days(text: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a period or window, as midnight timestamps.

    Examples
    --------
    >>> [str(day.date()) for day in days("2024-Q1")]
    ['2024-01-01', '2024-03-31']
    """
    span = window(text)
    return (
        span.start.start_time.normalize().as_unit("s"),
        span.end.end_time.normalize().as_unit("s"),
    )


def bounds(texts: Iterable[str]) -> pd.DataFrame:
    """First and last day of many periods, in columns start and end; an empty text gives NaT.

    Examples
    --------
    >>> bounds(["2024-02", ""])["end"].tolist()
    [Timestamp('2024-02-29 00:00:00'), NaT]
    """
    listed = list(texts)
    unique = {text: place for place, text in enumerate(dict.fromkeys(listed))}
    place = [unique[text] for text in listed]
    spans = [(place, window(text)) for text, place in unique.items() if text]
    frame = {}
    for name, how in SIDES.items():
        found = np.full(len(unique), "NaT", dtype="datetime64[s]")
        for freq in FREQ.values():
            ends = [(at, getattr(span, name)) for at, span in spans if span.start.freqstr == freq]
            numbers = _periods([period.ordinal for _, period in ends], freq).asfreq("D", how=how).asi8
            found[[at for at, _ in ends]] = numbers.astype("datetime64[D]")
        frame[name] = pd.DatetimeIndex(found)[place]
    return pd.DataFrame(frame)


def index(texts: Iterable[str], freq: Precision) -> pd.PeriodIndex:
    """PeriodIndex named "period" of plain periods of one precision.

    Raises
    ------
    DataError
        If a text is a window, no period, or of another precision.
    """
    places = [(text, *_place(text)) for text in texts]
    for text, found, _ in places:
        if found != freq:
            raise DataError(
                f"the period {text!r} is not of precision {freq}; correct the period or the series"
            )
    return _periods([n for *_, n in places], FREQ[freq])


def _periods(ordinals: list[int], freq: str) -> pd.PeriodIndex:
    made: Any = pd.PeriodIndex  # the stubs do not know `from_ordinals`
    index: pd.PeriodIndex = made.from_ordinals(ordinals, freq=freq, name="period")
    return index


@lru_cache(maxsize=65_536)
def _place(text: str) -> tuple[Precision, int]:
    """Precision of a period, and its number on the calendar of that precision."""
    return precision(text), parse(text).ordinal


def write(period: pd.Period) -> str:
    """Text of a period as the tables write it, the inverse of `parse`.

    Examples
    --------
    >>> write(pd.Period("2024Q1"))
    '2024-Q1'
    """
    return str(period).replace("Q", "-Q")


def cut(values: pd.Series, start: str | None = None, end: str | None = None) -> pd.Series:
    """The part of a regular series from `start` to `end`, both included, in the series' own unit.

    Parameters
    ----------
    values : pandas.Series
        With a PeriodIndex.
    start, end : str, optional
        Periods of any precision; a coarser one counts from its first day and to its last day.

    Raises
    ------
    CoverageError
        If the series starts after `start`, ends before `end`, or is empty. The message gives both dates.
    """
    if not isinstance(values.index, pd.PeriodIndex):
        raise DataError("cut needs a series with a PeriodIndex; load it with Catalogue.load")
    name = values.name or "the series"
    known = values.dropna()
    if known.empty:
        raise CoverageError(f"{name} has no figure; choose another series or a later as_of")
    first, last = known.index.min(), known.index.max()
    lower = first if start is None else pd.Period(days(start)[0], freq=values.index.freqstr)
    upper = last if end is None else pd.Period(days(end)[1], freq=values.index.freqstr)
    if first > lower:
        raise CoverageError(f"{name} starts in {write(first)}, after {start}; ask from {write(first)} on")
    if last < upper:
        raise CoverageError(f"{name} ends in {write(last)}, before {end}; ask up to {write(last)}")
    return values[(values.index >= lower) & (values.index <= upper)]


def increments(frame: pd.DataFrame) -> pd.DataFrame:
    """Flows between the cumulated figures of each year, in the unit of the figures.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `Catalogue.load_windows`: columns period and value; published and grade where there.
        Every row that runs from 1 January counts as cumulated: `2025-01/2025-06`, `2025-01`, `2025`.
        Other rows have no place in the run and are left out.

    Returns
    -------
    pandas.DataFrame
        One row between two readings next to each other, in time order, with period (the span that the flow
        covers), start, end, months, value, low, high and n_sources. A missing month gives a longer span,
        never a guess. A fall of the cumulated figure stays, as a negative flow.

    Raises
    ------
    DataError
        If no row starts with the year.

    Notes
    -----
    value = x(newest document, to b) - x(newest document, to a). Where documents disagree, low and high are
    the smallest and the largest difference that any two of them allow.

    Examples
    --------
    >>> ytd = pd.DataFrame({"period": ["2025-01/2025-03", "2025-01/2025-05"], "value": [30.0, 52.0]})
    >>> print(increments(ytd)[["period", "months", "value"]].to_string(index=False))
             period  months  value
    2025-01/2025-03       3   30.0
    2025-04/2025-05       2   22.0
    """
    span = bounds(frame["period"])
    rows = frame.reset_index(drop=True).assign(start=span["start"], end=span["end"])
    january = (rows["start"].dt.month == 1) & (rows["start"].dt.day == 1)
    rows = rows[january & (rows["start"].dt.year == rows["end"].dt.year) & rows["end"].dt.is_month_end]
    if rows.empty:
        raise DataError(
            "no window starts with the year, so there is nothing cumulated; use the rows as they are"
        )
    if {"published", "grade"} <= set(rows.columns):
        rows = rows.assign(known=bounds(rows["published"])["end"].to_numpy())
        rows = rows[::-1].sort_values(
            ["known", "grade"], ascending=[True, False], kind="stable", na_position="first"
        )
    level = rows.groupby("end").agg(
        start=("start", "first"),
        newest=("value", "last"),
        low=("value", "min"),
        high=("value", "max"),
        n=("value", "size"),
    )
    before = level.groupby("start")[["newest", "low", "high"]].shift(1)
    since = pd.Series(level.index, index=level.index).groupby(level["start"]).shift(1) + pd.Timedelta(days=1)
    start = since.fillna(level["start"])
    zero = before.fillna(0.0)
    months = 12 * (level.index.year - start.dt.year) + level.index.month - start.dt.month + 1
    return pd.DataFrame(
        {
            "period": [_months(a, b) for a, b in zip(start, level.index, strict=True)],
            "start": start.to_numpy(),
            "end": level.index,
            "months": months.to_numpy(),
            "value": (level["newest"] - zero["newest"]).to_numpy(),
            "low": (level["low"] - zero["high"]).to_numpy(),
            "high": (level["high"] - zero["low"]).to_numpy(),
            "n_sources": level["n"].to_numpy(),
        }
    )


def _months(start: pd.Timestamp, end: pd.Timestamp) -> str:
    first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
    return first if first == last else f"{first}/{last}"
