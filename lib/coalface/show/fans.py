"""Charts of what comes, and of one year against another: fans of a model, running totals by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coalface.show import marks, timeaxis
from coalface.show.style import colour, num, places
from coalface.show.timelines import DASHES, draw_lines, in_order, y_ticks

FAN = ((0.05, 0.95, 0.14), (0.1, 0.9, 0.26), (0.25, 0.75, 0.42))


def fan(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    history: pd.Series[Any] | None = None,
    color: str = "russia",
    label: str = "",
    events: pd.DataFrame | None = None,
    zero: bool = False,
    digits: int | None = None,
    lines: pd.DataFrame | None = None,
    colors: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """A model's interval: 50, 80 and 90 percent around the median, without edge lines, after the history.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a period; columns are quantiles between 0 and 1, of which 0.5 is the line.
    history : pandas.Series, optional
        What happened before, drawn solid and joined to the fan.
    lines : pandas.DataFrame, optional
        Other paths to compare with, such as what happened or what others forecast.
    """
    data = in_order(frame)
    quantiles = {round(float(q), 4): data[q].to_numpy(dtype=float) for q in data.columns}
    x = timeaxis.positions(data.index)
    tone = colour(color)
    past = None if history is None else history.dropna().sort_index()
    joint = past is not None and len(past) > 0 and timeaxis.positions(past.index)[-1] < x[0]
    if past is not None and joint:
        x = np.concatenate([timeaxis.positions(past.index)[-1:], x])
        quantiles = {q: np.concatenate([[float(past.iloc[-1])], v]) for q, v in quantiles.items()}
    for low, high, alpha in FAN:
        if low in quantiles and high in quantiles:
            ax.fill_between(x, quantiles[low], quantiles[high], color=tone, alpha=alpha, lw=0, zorder=2)
    middle = quantiles.get(0.5)
    if middle is not None:
        ax.plot(x, middle, color=tone, ls="-" if past is None else (0, (4, 1.6)), zorder=3)
        digits = places([middle[-1]]) if digits is None else digits
        marks.end(ax, x[-1], middle[-1], f"{num(middle[-1], digits)} {label}".strip(), color, narrow)
    index = data.index
    if past is not None:
        ax.plot(timeaxis.positions(past.index), past.to_numpy(dtype=float), color=tone, zorder=3)
        index = index.union(past.index)
    if lines is not None:
        draw_lines(
            lines,
            ax,
            narrow,
            colors,
            labels,
            None,
            None,
            False,
            False,
            digits,
            dots=len(lines) <= 8,
            steps=False,
        )
        index = index.union(lines.index)
    if timeaxis.is_time(index):
        timeaxis.ticks(ax, index, narrow)
    y_ticks(ax, zero)
    marks.events(ax, events, narrow)
    return ax


def years(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    colors: Mapping[Any, str] | None = None,
    styles: Mapping[Any, str] | None = None,
    zero: bool = True,
    digits: int | None = None,
    spans: pd.DataFrame | None = None,
) -> Axes:
    """Running totals by month, one line a year, labelled with year and last value.

    Parameters
    ----------
    frame : pandas.DataFrame
        Index 1 to 12 (months), one column a year; the line bridges months that were not published.
    spans : pandas.DataFrame, optional
        Where sources differ for a month: columns `year`, `month`, `low`, `high`, drawn as a pale bar.
    """
    digits = places(frame.abs().max()) if digits is None else digits
    newest = frame.columns[-1] if len(frame.columns) else None
    for column in frame.columns:
        values = frame[column].dropna().sort_index()
        if values.empty:
            continue
        token = (colors or {}).get(column, "loss" if column == newest else "other")
        dash = DASHES[(styles or {}).get(column, "solid")]
        ax.plot(
            values.index,
            values,
            marker="o",
            color=colour(token),
            ls=dash,
            lw=2 if column == newest else 1.5,
            mec=colour("paper"),
            mew=0.8,
            ms=5,
            zorder=3,
        )
        marks.free(
            ax,
            values.index[-1],
            values.iloc[-1],
            f"{column}: {num(values.iloc[-1], digits)}",
            token,
            weight="bold",
            fontsize=9,
        )
    if spans is not None:
        for row in spans.to_dict("records"):
            token = (colors or {}).get(row["year"], "loss" if row["year"] == newest else "other")
            ax.vlines(row["month"], row["low"], row["high"], color=colour(token), lw=5, alpha=0.35, zorder=2)
    names = [name if not narrow or k in (0, 2, 5, 8, 11) else "" for k, name in enumerate(timeaxis.MONTHS)]
    ax.set(xlim=(0.6, 12.6), xticks=range(1, 13), xticklabels=names)
    y_ticks(ax, zero)
    return ax
