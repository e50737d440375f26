"""Charts of parts: stacks of a total, and the steps from one total to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coalface.show import marks, timeaxis
from coalface.show.ranks import beside, rows, value_axis, wrapped
from coalface.show.style import colour, num, places
from coalface.show.timelines import as_frame, own_token, y_ticks


def stacked(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    colors: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    events: pd.DataFrame | None = None,
    digits: int | None = None,
) -> Axes:
    """Parts of a total over time or by name: first column lowest, each named with its last value."""
    data = frame.astype(float)
    time = timeaxis.is_time(data.index)
    x = timeaxis.positions(data.index) if time else np.arange(len(data), dtype=float)
    width = 0.78 * (float(np.min(np.diff(x))) if len(x) > 1 else 1.0)
    digits = places(data.iloc[-1]) if digits is None else digits
    up, down = np.zeros(len(data)), np.zeros(len(data))
    tints: dict[str, int] = {}
    for k, column in enumerate(data.columns):
        values = data[column].fillna(0).to_numpy()
        base = np.where(values >= 0, up, down)
        token = (colors or {}).get(str(column), own_token(column, k))
        alpha = (1.0, 0.62, 0.36, 0.2)[tints.get(token, 0) % 4]
        tints[token] = tints.get(token, 0) + 1
        ax.bar(x, values, bottom=base, width=width, color=colour(token), alpha=alpha, zorder=2)
        if values[-1] != 0:
            text = f"{num(values[-1], digits)} {(labels or {}).get(str(column), column)}"
            marks.end(ax, x[-1] + width / 2, base[-1] + values[-1] / 2, text, token, narrow)
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    if time:
        timeaxis.ticks(ax, data.index, narrow)
    else:
        ax.set_xticks(x, [wrapped(i, 12) for i in data.index])
    ax.set_xlim(x.min() - width * 0.7, x.max() + width * 0.55)
    y_ticks(ax, zero=True)
    marks.events(ax, events, narrow)
    return ax


def waterfall(
    series: pd.Series[Any] | pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    digits: int | None = None,
    color: str = "russia",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """The way from a first total to a last one: index names the steps, first and last values are totals.

    The steps between must add up to the difference of both totals; anything else raises.
    A frame may carry columns `low` and `high` with the interval of each step.
    """
    data = as_frame(series)
    values = data.iloc[:, 0].to_numpy(dtype=float)
    names = [str((labels or {}).get(str(i), i)) for i in data.index]
    gap = values[0] + values[1:-1].sum() - values[-1]
    if abs(gap) > 1e-6 * max(1.0, float(np.abs(values).max())):
        raise ValueError(
            f"the steps of the waterfall miss the last total by {gap:g}; add a step that names the rest"
        )
    digits = places(values) if digits is None else digits
    starts = np.concatenate([[0.0], values[0] + np.concatenate([[0.0], np.cumsum(values[1:-1])[:-1]]), [0.0]])
    stops = starts + values
    ranged = "low" in data and "high" in data and not narrow
    texts = []
    for y, value in enumerate(values):
        step = 0 < y < len(values) - 1
        text = ("+" if step and value > 0 else "") + num(value, digits)
        if step and ranged and pd.notna(data["low"].iloc[y]):
            text += f" ({num(data['low'].iloc[y], digits)} to {num(data['high'].iloc[y], digits)})"
        texts.append(text)
    value_axis(ax, np.concatenate([starts, stops]))
    rows(ax, names, narrow)
    for y, (start, stop, value) in enumerate(zip(starts, stops, values, strict=True)):
        total = y in (0, len(values) - 1)
        token = ("loss" if value < 0 else color) if total else ("loss" if value < 0 else "eu")
        ax.barh(y, value, left=start, height=0.6, color=colour(token), alpha=1 if total else 0.75, zorder=2)
        if y < len(values) - 1:
            ax.plot([stop, stop], [y - 0.3, y + 1.3], color=colour("muted"), lw=0.8, zorder=3)
        falls = value < 0 and not total
        beside(ax, min(start, stop) if falls else max(start, stop), y, texts[y], token, narrow, left=falls)
    return ax
