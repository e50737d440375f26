"""Headline cards: one number with unit, interval or the words "no interval", document and grade."""

from __future__ import annotations

import math
import re
from typing import Any

from coalface.show.block import (
    Block,
    Trace,
    documents,
    escape,
    facts,
    inline,
    plain,
    slug,
    source_ids,
    together,
)
from coalface.show.style import colour, num, places
from coalface.show.style import interval as span_text

GRADES = {
    "A": "original publisher",
    "B": "agency or trade press that cites the original",
    "C": "secondary data set",
    "D": "copy or social post",
}


def badge(grade: str) -> str:
    """The grade of a document as a small letter with a border: solid A, line B, dashed C, dotted D."""
    meaning, letter = GRADES.get(grade, "grade unknown"), escape(grade)
    return f'<abbr class="grade g{letter}" title="Grade {letter}: {meaning}">{letter}</abbr>'


def headline(
    id: str,
    value: float | None,
    unit: str,
    *,
    label: str,
    interval: tuple[float, float] | None = None,
    level: float | None = None,
    trace: Trace,
    model: str = "",
    digits: int | None = None,
    note: str = "",
    before: str = "",
    color: str = "russia",
    top: float | None = None,
) -> Block:
    """A card with one number that the page claims; it also lands in the table of headlines.

    Parameters
    ----------
    id : str
        Name of the number, unique in its notebook and stable over time.
    value : float or None
        The number; None or NaN prints "not known".
    unit : str
        Its unit.
    label : str
        What it is and for which period.
    interval : tuple of float, optional
        Low and high end; without one the card says "no interval".
    level : float, optional
        Probability that the interval is built for, such as 0.9; without one it is a range between sources.
    trace : Trace
        Where it comes from.
    model : str
        Name of the model, where one was used.
    note, before : str
        One line of scope; one line on the value before.
    color : str
        Palette token of the card's edge and bar.
    top : float, optional
        End of the bar, such as the largest value on record.
    """
    slug(id)
    colour(color)
    known = value is not None and math.isfinite(value)
    low, high = (float(v) for v in interval) if interval is not None else (math.nan, math.nan)
    ranged = math.isfinite(low) and math.isfinite(high)
    if ranged and low > high:
        raise ValueError(f"headline {id}: the interval runs from {low:g} to {high:g}; give the low end first")
    if level is not None and not 0 < level < 1:
        raise ValueError(f"headline {id}: level {level:g} must be a probability such as 0.9")
    digits = places([v for v in (value, low, high) if v is not None]) if digits is None else digits
    big = num(value, digits) if known else "not known"
    counted = re.sub(r"(?<=[^s])s$", "", unit) if big == "1" else unit
    if ranged and level is None:
        span = f"Range between sources: {span_text(low, high, digits, unit)}"
    elif ranged:
        span = f"{num(100 * (level or 0), 0)} percent interval: {span_text(low, high, digits, unit)}"
    else:
        span = "no interval"
    lines = [f'<p class="span">{escape(span)}</p>']
    lines += [f'<p class="before">{inline(t)}</p>' for t in (note, before) if t]
    where = f"{'Model: ' + escape(model) + '. ' if model else ''}{_document(trace)}"
    exact = f"{value:.12g}" if known else ""
    number = f'<data value="{exact}" data-id="{escape(source_ids(trace))}">{big}</data>'
    unit_text = escape(counted) if known else ""
    html = (
        f'<li class="card c-{color}" id="h-{id}"><h3>{inline(label)}</h3>'
        f'<p class="big{"" if known else " unknown"}">{number} <span>{unit_text}</span></p>'
        f"{_bar(value if known else None, low, high, top)}<div>{''.join(lines)}</div>"
        f'<p class="vint">{where}</p></li>'
    )
    said = f"{big} {counted}" if known else big
    claim: dict[str, Any] = {
        "kind": "headline",
        "id": id,
        "label": plain(label),
        "value": float(value) if known and value is not None else None,
        "low": low if ranged else None,
        "high": high if ranged else None,
        "unit": unit,
        "level": level,
        "model": model,
        "vintage": trace.vintage,
        "text": said,
        "quote": f"{plain(label)}: {said} ({span}; {trace.vintage or 'undated'})",
    }
    text = f"{plain(label)}: {said} ({span})"
    return Block("headline", f'<ul class="cards">{html}</ul>', text, facts(trace, headlines=[claim]))


def cards(*headlines: Block) -> Block:
    """Headlines side by side, in the order given."""
    strange = [b.kind for b in headlines if b.kind != "headline"]
    if strange or not headlines:
        raise ValueError(f"cards() takes headlines, not {', '.join(strange) or 'nothing'}")
    items = "".join(b.html.removeprefix('<ul class="cards">').removesuffix("</ul>") for b in headlines)
    return together("cards", f'<ul class="cards">{items}</ul>', headlines)


def _document(trace: Trace) -> str:
    rows = documents(trace)
    grades = "".join(badge(g) for g in sorted(set(trace.grades)))
    if not rows:
        return f"No document {grades}"
    newest = max(rows, key=lambda r: (r[4] if len(r) > 4 else "", r[0]))
    date = trace.vintage or "undated"
    words = "Document" if len(rows) == 1 else f"{len(rows)} documents, newest"
    link = f'{words} <span class="nb">{escape(date)}</span>'
    return f'<a href="#src-{escape(newest[0])}">{link}</a> {grades}'


def _bar(value: float | None, low: float, high: float, top: float | None) -> str:
    """A strip from zero to `top`, or wide enough for the interval, with the value as a mark in it."""
    reach = [v for v in (value, low, high, top) if v is not None and math.isfinite(v)]
    if value is None or (top is None and not math.isfinite(low)):
        return '<div class="strip none"></div>'
    start, stop = min(0.0, *reach), max(0.0, *reach)
    if stop <= start:
        return '<div class="strip none"></div>'

    def place(a: float, b: float) -> str:
        left, right = sorted(((a - start) / (stop - start) * 100, (b - start) / (stop - start) * 100))
        return f"left:{left:.1f}%;width:{max(right - left, 0.8):.1f}%"

    if math.isfinite(low):
        inner = f'<i class="range" style="{place(low, high)}"></i><i style="{place(value, value)}"></i>'
    else:
        inner = f'<i style="{place(0, value)}"></i>'
    return f'<div class="strip" aria-hidden="true">{inner}</div>'
