"""Charts by name: ranked dots with intervals, and bars."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from coalface.show import marks, timeaxis
from coalface.show.style import colour, num, places
from coalface.show.timelines import as_frame, plain, y_ticks


def wrapped(text: object, width: int) -> str:
    return "\n".join(textwrap.wrap(str(text), width, break_long_words=False)[:2])


def rows(ax: Axes, names: list[str], narrow: bool) -> None:
    """Row names at the left, first row at the top, vertical grid only."""
    ax.set_yticks(
        range(len(names)), [wrapped(n, 17 if narrow else 34 if len(names) < 11 else 50) for n in names]
    )
    ax.set_ylim(len(names) - 0.4, -0.7)
    ax.tick_params(axis="y", labelcolor=colour("ink"))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["bottom"].set_visible(False)


def value_axis(ax: Axes, values: Any, zero: bool = True) -> None:
    """Limits and ticks of the values' axis, with a zero line where it crosses zero."""
    known = np.asarray(pd.Series(np.ravel(values)).dropna(), dtype=float)
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    span = (high - low) or 1.0
    ax.set_xlim(low - (0 if low == 0 and zero else 0.02 * span), high + 0.02 * span)
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(plain)
    if low < 0 < high:
        ax.axvline(0, color=colour("ink"), lw=1, zorder=1.5)


def dots(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    color: str | Mapping[str, str] = "russia",
    digits: int | None = None,
    zero: bool = True,
    stems: bool | None = None,
    reference: float | None = None,
    below: str = "",
) -> Axes:
    """A ranked dot a row, with its interval and a reason; a missing value says why in words.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `label` and `value`; optional `low` and `high` (interval), `reason` (words after the value,
        or instead of a missing one), `suppressed` (hidden by its publisher; `high` is the logical bound).
    color : str or mapping
        One palette token, or a token by label.
    reference : float, optional
        A value to compare with, drawn as a dashed line.
    below : str
        Palette token of values below zero, where they differ in meaning from those above.
    """
    data = frame.reset_index(drop=True)
    digits = places(data["value"]) if digits is None else digits
    ranged = "low" in data and "high" in data and bool(data["low"].notna().any())
    names = [str(v) for v in data["label"]]
    spread = [data[c].dropna().to_numpy(dtype=float) for c in ("value", "low", "high") if c in data]
    reach = np.concatenate([*spread, [reference] if reference is not None else []])
    value_axis(ax, reach, zero)
    rows(ax, names, narrow)
    for y, row in enumerate(data.to_dict("records")):
        token = color if isinstance(color, str) else color.get(names[y], "other")
        value = row["value"]
        token = below if below and pd.notna(value) and value < 0 else token
        tone = colour(token)
        low, high = row.get("low", np.nan), row.get("high", np.nan)
        reason = "" if pd.isna(row.get("reason", "")) else str(row.get("reason", ""))
        if row.get("suppressed") is True or (pd.isna(value) and pd.notna(high)):
            start = 0.0 if pd.isna(low) else low
            ax.barh(
                y,
                high - start,
                left=start,
                height=0.5,
                facecolor="none",
                edgecolor=colour("other"),
                hatch="/////",
                lw=0.9,
            )
            words = reason or f"suppressed: {num(start, 0)} to {num(high, digits)}"
            beside(ax, high, y, words, "muted", narrow, weight="normal", fontsize=marks.SMALL)
        elif pd.isna(value):
            beside(
                ax,
                max(ax.get_xlim()[0], 0),
                y,
                reason or "no figure published",
                "muted",
                narrow,
                weight="normal",
                fontsize=marks.SMALL,
            )
        else:
            left, right = value, value
            if ranged and pd.notna(low) and pd.notna(high):
                ax.plot([low, high], [y, y], color=tone, lw=5, alpha=0.35, solid_capstyle="butt", zorder=2)
                left, right = min(value, low), max(value, high)
            elif stems if stems is not None else (zero and not ranged):
                ax.plot([0, value], [y, y], color=tone, lw=2, zorder=2)
            ax.plot(value, y, "o", color=tone, ms=7.5, mec=colour("paper"), mew=1, zorder=3)
            ends = zero and right < 0  # a label at its right would run across the zero line
            beside(ax, left if ends else right, y, num(value, digits), token, narrow, left=bool(ends))
            if reason and not narrow:
                after = 12 + 6.3 * len(num(value, digits))  # points that the bold number takes
                beside(
                    ax, right, y, reason, "muted", True, shift=after, weight="normal", fontsize=marks.SMALL
                )
    if reference is not None:
        ax.axvline(reference, color=colour("muted"), lw=0.9, ls=(0, (3, 2)), zorder=1)
    return ax


def beside(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    color: str,
    narrow: bool,
    left: bool = False,
    shift: float = 7,
    **style: Any,
) -> None:
    """A label right of a mark, or left of it, `shift` points away; outside the axes if need be."""
    ax.annotate(
        wrapped(text, 28) if narrow else text,
        (x, y),
        xytext=(-shift if left else shift, 0),
        textcoords="offset points",
        va="center",
        ha="right" if left else "left",
        annotation_clip=False,
        **{"color": colour(color), "weight": "bold", **style},
    ).set_label(marks.LEFT if left else "")


def bars(
    frame: pd.DataFrame | pd.Series[Any],
    *,
    ax: Axes,
    narrow: bool = False,
    color: str = "russia",
    colors: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    digits: int | None = None,
    low: str | None = None,
    high: str | None = None,
    events: pd.DataFrame | None = None,
) -> Axes:
    """Bars with their values: standing over time, lying for names; below zero in the colour of loss.

    Parameters
    ----------
    frame : pandas.DataFrame or Series
        Periods or names as index; the first column is drawn, `low` and `high` name columns of an interval.
    colors : mapping, optional
        Palette token by index label, instead of one `color`.
    """
    data = as_frame(frame)
    column = next(c for c in data.columns if c not in (low, high))
    values = data[column].astype(float)
    digits = places(values) if digits is None else digits
    names = [str((labels or {}).get(str(i), i)) for i in data.index]

    def token(key: object, value: float) -> str:
        return (colors or {}).get(str(key), "loss" if value < 0 else color)

    tones = [colour(token(k, v)) for k, v in values.items()]
    ends = data[[low, high]].to_numpy(dtype=float) if low and high else None
    reach = np.concatenate([values.dropna().to_numpy(), ends[np.isfinite(ends)] if ends is not None else []])
    if timeaxis.is_time(data.index):
        x = timeaxis.positions(data.index)
        width = 0.72 * (float(np.min(np.diff(x))) if len(x) > 1 else 1.0)
        ax.bar(x, values, width=width, color=tones, zorder=2)
        if ends is not None:
            ax.vlines(x, ends[:, 0], ends[:, 1], color=colour("ink"), lw=1.4, zorder=3)
        timeaxis.ticks(ax, data.index, narrow)
        ax.set_xlim(x.min() - width, x.max() + width)
        y_ticks(ax, zero=True)
        if len(values) <= (8 if narrow else 14):
            for k, v in enumerate(values):
                if np.isfinite(v):
                    top = v if ends is None else (ends[k, 1] if v >= 0 else ends[k, 0])
                    ax.annotate(
                        num(v, digits),
                        (x[k], top),
                        xytext=(0, 8 if v >= 0 else -8),
                        textcoords="offset points",
                        ha="center",
                        va="center",
                        color=tones[k],
                        weight="bold",
                        annotation_clip=False,
                        fontsize=8 if narrow else 9,
                    )
        marks.events(ax, events, narrow)
        return ax
    value_axis(ax, reach)
    rows(ax, names, narrow)
    ax.barh(range(len(values)), values, height=0.62, color=tones, zorder=2)
    for y, (key, v) in enumerate(values.items()):
        if not np.isfinite(v):
            beside(ax, 0, y, "no figure published", "muted", narrow, weight="normal", fontsize=marks.SMALL)
            continue
        right = v
        if ends is not None and np.isfinite(ends[y]).all():
            ax.hlines(y, ends[y, 0], ends[y, 1], color=colour("ink"), lw=1.4, zorder=3)
            right = max(v, ends[y, 1])
        left = v < 0 and (ends is None or ends[y, 1] <= 0)
        at = (
            min(v, ends[y, 0])
            if left and ends is not None and np.isfinite(ends[y]).all()
            else v
            if left
            else max(right, 0)
        )
        beside(ax, at, y, num(v, digits), token(key, v), narrow, left=left)
    return ax
