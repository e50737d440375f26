"""A figure: the answer as title, one picture for every screen and theme, the same in words, and its data."""

from __future__ import annotations

import base64
import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from coalface.show.block import SLOT, Block, Trace, cited, escape, facts, inline, plain, slug, source_ids
from coalface.show.style import MINUS, places
from coalface.show.svg import NARROW, WIDE, data_uri, draw_svg
from coalface.show.tables import body, tidy

ROWS_SHOWN = 120
_PLACEHOLDERS = re.compile(
    r"no description|placeholder|todo|tbd|lorem|\.(png|svg|jpg)\b|^(figure|chart|image|plot)\b\W*\d*\W*$",
    re.I,
)
# Words that name a unit; the first of them in a figure's unit line must come back in its alt text.
_UNIT = re.compile(
    r"(?<!\w)(Mt|kt|EJ|USD|RUB|CNY|percent|percentage|points?|bn|mn|persons|people|jobs|rank|index|years|months|km|"
    r"share|tonnes|t|ratio|times|score|probability)(?!\w)"
)


def figure(
    id: str,
    draw: Callable[..., Any],
    *args: Any,
    title: str,
    unit: str,
    alt: str,
    note: str = "",
    trace: Trace | None,
    data: pd.DataFrame | pd.Series[Any] | None = None,
    height: tuple[float, float] = (3.2, 3.6),
    digits: int | None = None,
    **kwargs: Any,
) -> Block:
    """A figure with caption, unit, alternative text, source line, and the table and CSV of what it draws.

    Parameters
    ----------
    id : str
        Name of the figure, unique in its notebook.
    draw : callable
        Drawing function, called twice as `draw(*args, ax=ax, narrow=bool, **kwargs)`; one with a parameter
        `fig` gets the figure instead of axes.
    title : str
        The answer, as a sentence computed from the data.
    unit : str
        What is drawn, and in which unit; stands under the title.
    alt : str
        The picture in words: 20 to 300 characters, with the unit and a number of the data.
    note : str
        Scope, definition, what the marks mean.
    trace : Trace
        Where the numbers come from.
    data : pandas.DataFrame, optional
        What is drawn, for the table and the CSV; the first argument if it is a frame.
    height : tuple of float
        Inches of the wide and of the narrow picture.
    digits : int, optional
        Decimals of the labels, the table and the CSV.
    """
    slug(id)
    if data is None:
        if not args or not isinstance(args[0], pd.DataFrame | pd.Series):
            raise ValueError(
                f"figure {id}: say data=, the frame that is drawn; the first argument is not a frame"
            )
        data = args[0]
    frame = tidy(data)
    check_title(id, title, unit)
    check_alt(id, alt, unit, frame)
    if digits is not None and "digits" in inspect.signature(draw).parameters:
        kwargs.setdefault("digits", digits)
    wide = draw_svg(draw, args, (WIDE, height[0]), False, kwargs)
    thin = draw_svg(draw, args, (NARROW, height[1]), True, kwargs)
    html = (
        f'<figure id="fig-{id}" data-id="{escape(source_ids(trace))}"><figcaption>'
        f'<span class="no">Figure {SLOT}</span><h3>{inline(title)}</h3>'
        f'<p class="unit">{inline(unit)}</p></figcaption><picture>'
        f'<source media="(max-width:600px)" srcset="{data_uri(thin)}" {_pixels(NARROW, height[1])}>'
        f'<img src="{data_uri(wide)}" alt="{escape(alt)}" {_pixels(WIDE, height[0])}></picture>'
        f"{_source_line(note, trace)}{_details(id, frame, trace, digits)}</figure>"
    )
    about = {"id": id, "title": plain(title), "unit": unit, "alt": alt, "svg": wide}
    return Block("figure", html, f"{plain(title)} ({unit})", facts(trace, figures=[about]))


def _pixels(width: float, height: float) -> str:
    return f'width="{width * 96:.0f}" height="{height * 96:.0f}"'


def check_title(id: str, title: str, unit: str) -> None:
    """Refuse a title that does not answer: too short, a series id, the unit again, a question."""
    words = plain(title).split()
    if len(words) < 3 or plain(title).strip().lower() == unit.strip().lower():
        raise ValueError(
            f"figure {id}: the title {title!r} must be a sentence that says what the figure shows"
        )
    if re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", words[-1]) or title.rstrip().endswith("?"):
        raise ValueError(
            f"figure {id}: the title {title!r} must answer in words, not end in a series id or a question"
        )
    if len(title) > 140:
        raise ValueError(f"figure {id}: the title has {len(title)} characters; 140 are enough for one answer")


def check_alt(id: str, alt: str, unit: str, frame: pd.DataFrame) -> None:
    """Refuse an alt text that says nothing: wrong length, a placeholder, no unit, no number of the data."""
    if not 20 <= len(alt) <= 300:
        raise ValueError(f"figure {id}: the alt text has {len(alt)} characters; it needs 20 to 300")
    if _PLACEHOLDERS.search(alt):
        raise ValueError(f"figure {id}: the alt text {alt!r} is a placeholder; say what the picture shows")
    wanted = _UNIT.findall(unit) or re.findall(r"[^\W\d_]{4,}", unit)
    if wanted and not any(
        re.search(rf"(?<!\w){re.escape(w)}", alt, re.I if len(w) > 3 else 0) for w in wanted
    ):
        raise ValueError(
            f"figure {id}: the alt text names no unit; one of {', '.join(wanted[:6])} must be in it"
        )
    if not frame.empty and not _has_number(alt, frame):
        raise ValueError(
            f"figure {id}: no number in the alt text is a value that the figure draws, as printed"
        )


def _has_number(alt: str, frame: pd.DataFrame) -> bool:
    values = frame.select_dtypes("number").to_numpy(dtype=float).ravel()
    values = values[np.isfinite(values)]
    if not len(values):
        return True  # a figure of words alone has no number to repeat
    for found in re.findall(r"[-\u2212]?\d[\d,]*(?:\.\d+)?", alt):
        text = found.replace(MINUS, "-").replace(",", "")
        digits = len(text.partition(".")[2])
        # Half a unit of the last printed digit; a share may be printed as percent, a loss without its sign.
        slack = 0.5 * 10.0**-digits * (1 + 1e-9)
        number = abs(float(text))
        if any(bool((np.abs(np.abs(values) * scale - number) <= slack).any()) for scale in (1, 100)):
            return True
    return False


def _source_line(note: str, trace: Trace | None) -> str:
    parts = [inline(note), cited(trace)]
    if trace is not None and trace.warnings:
        words = list(dict.fromkeys(w.replace("_", " ") for w in trace.warnings))
        parts.append(f"Mind: {escape(', '.join(words))}.")
    text = " ".join(p for p in parts if p)
    return f'<p class="src">{text}</p>' if text else ""


def _details(id: str, frame: pd.DataFrame, trace: Trace | None, digits: int | None) -> str:
    series = escape(", ".join(trace.series if trace else ()))
    shown = frame.tail(ROWS_SHOWN)
    left_out = len(frame) - len(shown)
    caption = f"Data drawn in figure {SLOT}" + (
        f", last {len(shown)} of {len(frame)} rows" if left_out else ""
    )
    table = body(
        shown,
        caption=caption,
        digits={} if digits is None else dict.fromkeys(map(str, frame.columns), digits),
        small=True,
    )
    return (
        f"<details><summary>Data, series and sources of figure {SLOT}</summary>"
        + (f"<p>Series: <code>{series}</code></p>" if series else "")
        + table
        + f"<p>{csv_link(frame, id, digits)}</p></details>"
    )


def csv_link(frame: pd.DataFrame, name: str, digits: int | None = None) -> str:
    """A link that holds the frame as CSV; values keep six significant figures, or `digits` decimals."""
    out = frame.copy()
    for column in out.select_dtypes("number").columns:
        keep = digits if digits is not None else max(places(out[column]), 1) + 3
        out[column] = out[column].round(keep)
    coded = base64.b64encode(out.to_csv(index=False, lineterminator="\n").encode()).decode()
    address = f"data:text/csv;base64,{coded}"
    size = "1 row" if len(out) == 1 else f"{len(out)} rows"
    return f'<a class="csv" download="{name}.csv" href="{address}">Download the data (CSV, {size})</a>'
