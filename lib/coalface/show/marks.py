"""Labels, event marks and the zero line; `layout` moves what may be moved."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text

from coalface.show.style import colour
from coalface.show.timeaxis import fraction

SMALL = 8
# What a mark is, written in its label, where the layout finds it.
END, EVENT, RULE, FREE, LEFT = "_end", "_event", "_rule", "_free", "_left"


def label(ax: Axes, x: Any, y: Any, text: str, color: str = "ink", **style: Any) -> Text:
    """A text at a place in data units, left-aligned and centred on it unless told otherwise."""
    options = {"va": "center", "ha": "left", "clip_on": False, **style}
    return ax.text(x, y, text, color=colour(color), **options)


def end(ax: Axes, x: Any, y: Any, text: str, color: str, narrow: bool = False) -> Annotation:
    """A bold label after the last point of a line; the layout moves it until it is clear of everything."""
    text = "\n".join(textwrap.wrap(text, 13 if narrow else 20, break_long_words=False)[:3])
    note = ax.annotate(
        text,
        (x, y),
        xytext=(6, 0),
        textcoords="offset points",
        color=colour(color),
        weight="bold",
        va="center",
        ha="left",
        annotation_clip=False,
        linespacing=1.15,
    )
    note.set_label(END)
    return note


def free(ax: Axes, x: Any, y: Any, text: str, color: str = "muted", **style: Any) -> Annotation:
    """A label beside a point, moved by the layout to the clearest of eight places around it."""
    options = {"va": "center", "ha": "left", "annotation_clip": False, "fontsize": SMALL, **style}
    note = ax.annotate(
        text, (x, y), xytext=(6, 0), textcoords="offset points", color=colour(color), **options
    )
    note.set_label(FREE)
    return note


def rule(ax: Axes, y: float = 0.0) -> None:
    """The zero line, in ink."""
    ax.axhline(y, color=colour("ink"), lw=1, zorder=1.5).set_label(RULE)


def events(ax: Axes, table: pd.DataFrame | None, narrow: bool = False) -> None:
    """Dashed verticals for at most three events (`date`, `label`) that fall inside the axes."""
    if table is None or table.empty:
        return
    if len(table) > 3:
        raise ValueError(
            f"a chart carries at most three events, not {len(table)}; choose those that the title speaks of"
        )
    low, high = ax.get_xlim()
    for date, what in zip(table["date"], table["label"], strict=True):
        x = fraction(date)
        if not low < x < high:
            continue
        ax.axvline(x, color=colour("muted"), lw=0.9, ls=(0, (3, 2)), zorder=1).set_label(EVENT)
        lines = textwrap.wrap(str(what), 13 if narrow else 22)[:3]
        note = ax.annotate(
            "\n".join([*lines, when(date)]),
            (x, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -8),
            textcoords="offset points",
            color=colour("muted"),
            fontsize=SMALL,
            va="center",
            ha="left",
            linespacing=1.3,
        )
        note.set_label(EVENT)


def when(date: object) -> str:
    """A date as an event mark prints it: "Aug 2022", or the year alone."""
    text = str(date)[:10]
    return text if len(text) == 4 else f"{pd.Timestamp(text):%b %Y}"
