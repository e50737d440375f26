"""Time as a plain number of years, so that months, quarters, years and single days share one axis."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def fraction(date: object) -> float:
    """A day as a number of years; a month or a year stands for its first day.

    Examples
    --------
    >>> round(fraction("2022-07-02"), 2), fraction("2022")
    (2022.5, 2022.0)
    """
    if isinstance(date, pd.Period):
        date = date.start_time
    text = str(date)
    stamp = pd.Timestamp(text if len(text) > 7 else f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01")
    return stamp.year + (stamp.day_of_year - 1) / (366 if stamp.is_leap_year else 365)


def positions(index: pd.Index[Any]) -> npt.NDArray[np.float64]:
    """Where the rows of an index stand: periods at their middle, days at their day, numbers as they are."""
    if isinstance(index, pd.PeriodIndex):
        starts, ends = index.to_timestamp(how="start"), index.to_timestamp(how="end")
        return (_years(starts) + _years(ends)) / 2
    if isinstance(index, pd.DatetimeIndex):
        return _years(index)
    return np.asarray(index, dtype=float)


def _years(days: pd.DatetimeIndex) -> npt.NDArray[np.float64]:
    length = np.where(days.is_leap_year, 366, 365)
    return np.asarray(days.year + (days.day_of_year - 1 + (days.hour > 12)) / length, dtype=float)


def is_time(index: pd.Index[Any]) -> bool:
    return isinstance(index, pd.PeriodIndex | pd.DatetimeIndex)


def ticks(ax: Axes, index: pd.Index[Any], narrow: bool = False) -> None:
    """Ticks at years, or at months where the chart covers less than three years."""
    x = positions(index)
    x = x[np.isfinite(x)]
    if not len(x):
        return
    low, high = float(x.min()), float(x.max())
    room = 7 if narrow else 13
    if isinstance(index, pd.PeriodIndex) and index.freqstr.startswith(("Y", "A")):
        years = np.arange(int(low), int(high) + 1)
        step = -(-len(years) // room)
        chosen = years[::-1][::step][::-1]
        ax.set_xticks(chosen + 0.5, [str(y) for y in chosen])
        ax.set_xlim(low - 0.4, high + 0.4)
        return
    span = high - low
    ax.set_xlim(low - span * 0.01, high + span * 0.01)
    if span < 2.6:
        months = np.arange(int(np.floor(low * 12)), int(np.ceil(high * 12)) + 1)
        step = next(s for s in (1, 2, 3, 6, 12) if len(months) / s <= (5 if narrow else 9))
        shown = [m for m in months if m % step == 0 and low - 0.05 <= m / 12 <= high + 0.05]
        first = {m // 12: m for m in reversed(shown)}
        text = [MONTHS[m % 12] + (f"\n{m // 12}" if first[m // 12] == m else "") for m in shown]
        ax.set_xticks([m / 12 for m in shown], text)
        return
    years = np.arange(int(np.ceil(low - 0.02)), int(high) + 1)
    step = next(s for s in (1, 2, 5, 10, 20) if len(years) / s <= room)
    round_years = [y for y in years if y % step == 0]
    ax.set_xticks(round_years, [str(y) for y in round_years])
