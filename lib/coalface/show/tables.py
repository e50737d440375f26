"""Tables: caption, unit under each head, row headers, one precision a column, a dash for the unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coalface.show.block import SLOT, Block, Trace, cited, escape, facts, inline, plain, source_ids
from coalface.show.style import DASH, num, places


def tidy(frame: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    """A frame with its index as first columns and periods as text, as tables and CSV print it.

    Examples
    --------
    >>> s = pd.Series([1.0], index=pd.PeriodIndex(["2024-01"], freq="M", name="period"), name="price")
    >>> tidy(s).to_dict("records")
    [{'period': '2024-01', 'price': 1.0}]
    """
    out = frame.to_frame(str(frame.name or "value")) if isinstance(frame, pd.Series) else frame
    keep = not (isinstance(out.index, pd.RangeIndex) and out.index.name is None)
    if keep:
        names = [str(n) if n is not None else ("" if k else "item") for k, n in enumerate(out.index.names)]
        if isinstance(out.index, pd.PeriodIndex | pd.DatetimeIndex):
            names = [str(out.index.name or "period")]
        taken = set(map(str, out.columns))
        out = out.rename_axis(index=[n if n not in taken else f"{n}_" for n in names]).reset_index()
    out = out.copy()
    out.columns = [str(c) for c in out.columns]
    for column in out.columns:
        kind = out[column].dtype
        if isinstance(kind, pd.PeriodDtype):
            out[column] = out[column].astype(str)
        elif isinstance(kind, pd.DatetimeTZDtype) or np.issubdtype(
            getattr(kind, "type", object), np.datetime64
        ):
            out[column] = out[column].dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_bool_dtype(kind):
            out[column] = out[column].map({True: "yes", False: "no"})
    return out


def table(
    frame: pd.DataFrame,
    *,
    caption: str,
    note: str = "",
    units: Mapping[str, str] | None = None,
    digits: Mapping[str, int] | None = None,
    trace: Trace | None = None,
    rows: int | None = None,
) -> Block:
    """A table with caption, a unit row, row headers and right-aligned numbers of one precision a column.

    Parameters
    ----------
    frame : pandas.DataFrame
        What to show; a named index becomes the first column, the first column heads the rows.
    caption : str
        What the table says, in bold; `note` is the plain line under it.
    units, digits : mapping, optional
        By column: unit under its head; decimals.
    trace : Trace, optional
        Where the numbers come from.
    rows : int, optional
        Show only so many rows; the caption then says of how many.
    """
    data = tidy(frame)
    unknown = sorted({*(units or {}), *(digits or {})} - set(data.columns))
    if unknown:
        raise ValueError(
            f"table {caption!r} has no column {', '.join(unknown)}; it has {', '.join(data.columns)}"
        )
    shown = data if rows is None or len(data) <= rows else data.head(rows)
    if len(shown) < len(data):
        note = f"{note} The first {len(shown)} of {len(data)} rows.".strip()
    html = body(
        shown, caption=caption, note=note, units=units, digits=digits, number=True, ids=source_ids(trace)
    )
    source = f'<p class="src">{cited(trace)}</p>' if cited(trace) else ""
    text = f"{plain(caption)}\n{shown.to_string(index=False)}"
    return Block("table", html + source, text, facts(trace))


def body(
    frame: pd.DataFrame,
    *,
    caption: str,
    note: str = "",
    units: Mapping[str, str] | None = None,
    digits: Mapping[str, int] | None = None,
    small: bool = False,
    number: bool = False,
    ids: str = "",
) -> str:
    """The HTML of a table inside its own scrollable, focusable region."""
    numeric = [bool(pd.api.types.is_numeric_dtype(frame[c])) for c in frame.columns]
    decimals = [
        _decimals(frame[c], (digits or {}).get(c)) if n else 0
        for c, n in zip(frame.columns, numeric, strict=True)
    ]
    head = []
    for k, column in enumerate(frame.columns):
        unit = (units or {}).get(column, "")
        name = escape(_head(column)) or "Item"
        small_unit = f"<small>{escape(unit)}</small>" if unit else ""
        head.append(f'<th scope="col"{_class(numeric[k] and k > 0)}>{name}{small_unit}</th>')
    lines = []
    for row in frame.itertuples(index=False):
        cells = [_text(value, numeric[k], decimals[k], k == 0) for k, value in enumerate(row)]
        first = f'<th scope="row"{_class(False, cells[0])}>{cells[0]}</th>' if cells else ""
        rest = (f"<td{_class(numeric[k], cells[k])}>{cells[k]}</td>" for k in range(1, len(cells)))
        lines.append(f"<tr>{first}{''.join(rest)}</tr>")
    name = f"Table {SLOT}. " if number else ""
    second = f"<small>{inline(note)}</small>" if note else ""
    title = f"<caption><span>{name}{inline(caption)}{second}</span></caption>"
    region = escape(f"{name}{plain(caption)}")
    classes = ' class="data"' if small else ""
    traced = f' data-id="{escape(ids)}"' if ids else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{region}">'
        f"<table{classes}{traced}>{title}<thead><tr>{''.join(head)}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _class(right: bool, text: str = "") -> str:
    """Numbers stand at the right, dates stay on one line."""
    if right:
        return ' class="n"'
    return ' class="nb"' if re.fullmatch(r"\d{4}-[\dQ-]+", text) else ""


def _head(column: str) -> str:
    """A column name as a head: identifiers lose their underscores, words stay as written."""
    return column.replace("_", " ").strip().capitalize() if column.islower() or "_" in column else column


def _decimals(values: pd.Series[Any], wanted: int | None) -> int:
    if wanted is not None:
        return wanted
    known = values.dropna().astype(float)
    return 0 if len(known) and bool((known == known.round()).all()) else places(known)


def _text(value: Any, numeric: bool, digits: int, first: bool) -> str:
    if (
        value is None
        or value is pd.NaT
        or value is pd.NA
        or (isinstance(value, float) and np.isnan(value))
        or value == ""
    ):
        return DASH
    if numeric:
        # The first column holds names: a year or a code is not a quantity and takes no thousands mark.
        return str(int(value)) if first and float(value).is_integer() else num(float(value), digits)
    return inline(str(value))
