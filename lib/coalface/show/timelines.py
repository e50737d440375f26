"""Charts over time: lines, steps, and the band between sources that disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from coalface.show import marks, timeaxis
from coalface.show.style import MINUS, colour, num, places

ORDER = ("russia", "china", "eu", "rate", "loss", "other", "ukraine")
DASHES: Mapping[str, Any] = {"solid": "-", "dashed": (0, (4, 1.6)), "dotted": (0, (1, 1.6))}


def own_token(column: object, k: int) -> str:
    """The colour of a column without one: the token of its own name, or the k-th of the palette."""
    return str(column) if column in ORDER else ORDER[k % len(ORDER)]


def as_frame(frame: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    """A frame, also from a single series."""
    return frame.to_frame(str(frame.name or "value")) if isinstance(frame, pd.Series) else frame


def plain(value: float, _: object = None) -> str:
    """A tick as short as it can be: thousands apart, no trailing zeros, true minus."""
    return f"{value:,.10g}".replace("-", MINUS)


def y_ticks(ax: Axes, zero: bool = False) -> None:
    """Four to six round steps, thousands apart, true minus; a zero line where the axis crosses zero."""
    low, high = ax.get_ylim()
    least, most = ax.dataLim.intervaly
    if zero:
        low, high = min(low, 0), max(high, 0)
    if ax.get_yscale() == "linear":  # the margin around the data never crosses zero by itself
        ax.set_ylim(0 if low < 0 <= least else low, 0 if most <= 0 < high else high)
    if ax.get_yscale() == "linear":
        ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(plain)
    low, high = ax.get_ylim()
    if ax.get_yscale() == "linear" and low <= 0 <= high:
        marks.rule(ax)


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_index() if timeaxis.is_time(frame.index) else frame


def _end_text(name: str, value: float, digits: int | None) -> str:
    """Value first, unless the label says itself where the value goes: "Key rate {}"."""
    shown = num(value, digits)
    return name.replace("{}", shown) if "{}" in name else f"{shown} {name}".strip()


def draw_lines(
    frame: pd.DataFrame | pd.Series[Any],
    ax: Axes,
    narrow: bool,
    colors: Mapping[str, str] | None,
    labels: Mapping[str, str] | None,
    styles: Mapping[str, str] | None,
    events: pd.DataFrame | None,
    zero: bool,
    log: bool,
    digits: int | None,
    dots: bool,
    steps: bool,
) -> Axes:
    data = in_order(as_frame(frame))
    x = timeaxis.positions(data.index)
    if log:
        ax.set_yscale("log")
    digits = places(data.ffill().iloc[-1]) if digits is None and len(data) else digits
    for k, column in enumerate(data.columns):
        y = data[column].to_numpy(dtype=float)
        known = np.flatnonzero(np.isfinite(y))
        if not len(known):
            continue
        token = (colors or {}).get(str(column), own_token(column, k))
        dash = DASHES.get((styles or {}).get(str(column), "solid"), "-")
        lone = len(known) == 1 or (dots and len(known) <= 40)
        draw: dict[str, Any] = {"marker": "o" if lone else None, "mec": colour("paper"), "mew": 0.8, "ms": 5}
        ax.plot(
            x,
            y,
            color=colour(token),
            ls=dash,
            drawstyle="steps-post" if steps else "default",
            zorder=3,
            **draw,
        )
        marks.end(
            ax,
            x[known[-1]],
            y[known[-1]],
            _end_text((labels or {}).get(str(column), str(column)), y[known[-1]], digits),
            token,
            narrow,
        )
    if timeaxis.is_time(data.index):
        timeaxis.ticks(ax, data.index, narrow)
    y_ticks(ax, zero)
    marks.events(ax, events, narrow)
    return ax


def lines(
    frame: pd.DataFrame | pd.Series[Any],
    *,
    ax: Axes,
    narrow: bool = False,
    colors: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    styles: Mapping[str, str] | None = None,
    events: pd.DataFrame | None = None,
    zero: bool = False,
    log: bool = False,
    digits: int | None = None,
    dots: bool = False,
    x_name: str = "",
) -> Axes:
    """One line a column, labelled at its end with its last value; a missing value is a gap.

    Parameters
    ----------
    frame : pandas.DataFrame
        Periods, days or numbers as index; one column a line.
    colors, labels, styles : mapping, optional
        By column: palette token; text after the value, or with "{}" where it goes; solid, dashed or dotted.
    events : pandas.DataFrame, optional
        At most three rows with `date` and `label`.
    zero : bool
        Whether the axis must reach zero: true for volumes and shares.
    log : bool
        Whether the axis is logarithmic.
    digits : int, optional
        Decimals of the end labels.
    dots : bool
        Whether each value is marked, for series of few points.
    x_name : str
        What runs along the axis, where it is not time.
    """
    if x_name:
        ax.set_xlabel(x_name, loc="right", fontsize=marks.SMALL)
    return draw_lines(frame, ax, narrow, colors, labels, styles, events, zero, log, digits, dots, steps=False)


def step(
    frame: pd.DataFrame | pd.Series[Any],
    *,
    ax: Axes,
    narrow: bool = False,
    colors: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    styles: Mapping[str, str] | None = None,
    events: pd.DataFrame | None = None,
    zero: bool = False,
    log: bool = False,
    digits: int | None = None,
) -> Axes:
    """The same as `lines`, but each value holds until the next: for rates that are set, not measured."""
    return draw_lines(
        frame, ax, narrow, colors, labels, styles, events, zero, log, digits, dots=False, steps=True
    )


def band(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    color: str = "russia",
    dots: pd.DataFrame | None = None,
    label: str = "",
    events: pd.DataFrame | None = None,
    zero: bool = True,
    digits: int | None = None,
    lines: pd.DataFrame | None = None,
    colors: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """A conflict between sources: lowest to highest printed value, with edge lines and the values as dots.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `low` and `high`, one row a period.
    dots : pandas.DataFrame, optional
        Every printed value: columns `period` and `value`, and `grade` (D is drawn open).
    label : str
        What the band is; stands after the values at its end.
    lines : pandas.DataFrame, optional
        Further columns drawn as plain lines over the same axis, with `colors` and `labels` as in `lines`.
    """
    data = in_order(frame)
    x = timeaxis.positions(data.index)
    low, high = data["low"].to_numpy(dtype=float), data["high"].to_numpy(dtype=float)
    tone = colour(color)
    ax.fill_between(x, low, high, color=tone, alpha=0.22, lw=0, zorder=2)
    for edge in (low, high):
        ax.plot(x, edge, color=tone, lw=1.2, zorder=3)
    if dots is not None and len(dots):
        at = timeaxis.positions(pd.PeriodIndex(dots["period"], freq=getattr(data.index, "freq", None)))
        weak = dots["grade"].eq("D").to_numpy() if "grade" in dots else np.zeros(len(dots), dtype=bool)
        value = dots["value"].to_numpy(dtype=float)
        ax.plot(at[~weak], value[~weak], "o", color=tone, mec=colour("paper"), mew=0.8, ms=5, zorder=4)
        ax.plot(at[weak], value[weak], "o", color=colour("paper"), mec=tone, mew=1.2, ms=5, zorder=4)
    known = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    if len(known):
        last = known[-1]
        digits = places([high[last]]) if digits is None else digits
        same = num(low[last], digits) == num(high[last], digits)
        text = num(high[last], digits) if same else f"{num(low[last], digits)} to {num(high[last], digits)}"
        marks.end(ax, x[last], (low[last] + high[last]) / 2, f"{text} {label}", color, narrow)
    if lines is not None:
        draw_lines(
            lines, ax, narrow, colors, labels, None, None, False, False, digits, dots=True, steps=False
        )
    if timeaxis.is_time(data.index):
        timeaxis.ticks(ax, data.index if lines is None else data.index.union(lines.index), narrow)
    y_ticks(ax, zero)
    marks.events(ax, events, narrow)
    return ax
