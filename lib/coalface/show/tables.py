"""Tables: caption, unit under each head, row headers, one precision a column, a dash for the unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coalface.show.block import SLOT, Block, Trace, cited, escape, facts, inline, plain, traced
from coalface.show.style import DASH, MINUS, num, places

# Letters that fit into the column of text; a wider table takes the margin too, the widest in smaller type.
_COLUMN, _MARGIN = 84, 118


def tidy(frame: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    """A frame with its index as first columns and periods as text, as tables and CSV print it.

    Examples
    --------
    >>> s = pd.Series([1.0], index=pd.PeriodIndex(["2024-01"], freq="M", name="period"), name="price")
    >>> tidy(s).to_dict("records")
    [{'period': '2024-01', 'price': 1.0}]
    """
    out = frame.to_frame(str(frame.name or "value")) if isinstance(frame, pd.Series) else frame
    # Row numbers without a name say nothing, also after sorting or filtering.
    keep = (
        out.index.name is not None
        or out.index.nlevels > 1
        or not pd.api.types.is_integer_dtype(out.index.dtype)
    )
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
    html = body(shown, caption=caption, note=note, units=units, digits=digits, number=True, trace=trace)
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
    trace: Trace | None = None,
) -> str:
    """The HTML of a table inside its own scrollable, focusable region."""
    numeric = [bool(pd.api.types.is_numeric_dtype(frame[c])) for c in frame.columns]
    right = [n or _reads_as_numbers(frame[c]) for c, n in zip(frame.columns, numeric, strict=True)]
    codes = [
        k == 0 or (n and _are_years(frame[c])) for k, (c, n) in enumerate(zip(frame, numeric, strict=True))
    ]
    decimals = [
        _decimals(frame[c], (digits or {}).get(c)) if n else 0
        for c, n in zip(frame.columns, numeric, strict=True)
    ]
    head = []
    for k, column in enumerate(frame.columns):
        unit = (units or {}).get(column, "")
        name = inline(_head(column, unit)) or "Item"
        small_unit = f"<small>{escape(unit)}</small>" if unit else ""
        head.append(f'<th scope="col"{_class(right[k] and k > 0)}>{name}{small_unit}</th>')
    lines, cells_by_row = [], []
    for row in frame.itertuples(index=False):
        cells = [_text(value, numeric[k], decimals[k], codes[k]) for k, value in enumerate(row)]
        cells_by_row.append(cells)
        first = f'<th scope="row">{cells[0]}</th>' if cells else ""
        first = re.sub(r'><span( class="nb")>([^<]*)</span></th>', r"\1>\2</th>", first)
        rest = (f"<td{_class(right[k])}>{cells[k]}</td>" for k in range(1, len(cells)))
        lines.append(f"<tr>{first}{''.join(rest)}</tr>")
    name = f"Table {SLOT}. " if number else ""
    second = f"<small>{inline(note)}</small>" if note else ""
    title = f"<caption><span>{name}{inline(caption)}{second}</span></caption>"
    region = escape(f"{name}{plain(caption)}")
    classes = ' class="data"' if small else ""
    width = _width(frame, cells_by_row) if number else 0
    wide = " wide dense" if width > _MARGIN else " wide" if width > _COLUMN else ""
    return (
        f'<div class="scroll{wide}" tabindex="0" role="region" aria-label="{region}">'
        f"<table{classes}{traced(trace)}>{title}<thead><tr>{''.join(head)}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _width(frame: pd.DataFrame, rows: list[list[str]]) -> int:
    """Letters that the table wants side by side, a text of more than thirty wrapped once."""
    total = 0
    for k, column in enumerate(frame.columns):
        longest = max((len(re.sub(r"<[^>]*>", "", row[k])) for row in rows), default=0)
        heads = max((len(word) for word in column.replace("_", " ").split()), default=0)
        total += max(longest if longest <= 30 else max(30, longest // 2), heads) + 3
    return total


def _class(right: bool) -> str:
    return ' class="n"' if right else ""


# Endings of column names that say the unit; where the unit stands under the head, they need not.
_SUFFIXES = {"pct", "mt", "kt", "t", "usd", "rub", "cny", "bn", "mn", "th", "km", "mwh"}
_CAPITALS = {
    w.lower(): w
    for w in ("USD", "RUB", "CNY", "EUR", "EU", "US", "FOB", "Mt", "CPI", "GDP", "HHI", "IEA", "MASE")
}
_CAPITALS |= {w.lower(): w for w in ("CRPS", "RMSE", "EBITDA")}


def _head(column: str, unit: str = "") -> str:
    """A column name as a head: identifiers lose underscores and unit endings, words stay as written.

    Examples
    --------
    >>> _head("value_bn_usd", "bn USD"), _head("price_usd_t"), _head("Share of pay")
    ('Value', 'Price USD t', 'Share of pay')
    """
    if not (column.islower() or "_" in column):
        return column
    words = column.replace("_", " ").split()
    while unit and len(words) > 1 and words[-1].lower() in _SUFFIXES:
        words.pop()
    shown = " ".join(_CAPITALS.get(w.lower(), w) for w in words)
    return shown[:1].upper() + shown[1:]


def _are_years(values: pd.Series[Any]) -> bool:
    """Whether a column holds years: whole numbers of this age under a name that says so."""
    known = values.dropna().astype(float)
    named = any(word in str(values.name).lower() for word in ("year", "period", "edition", "made", "for"))
    return named and len(known) > 0 and bool(((known % 1 == 0) & known.between(1900, 2100)).all())


def _reads_as_numbers(values: pd.Series[Any]) -> bool:
    """Whether a column of text holds numbers that the notebook has printed itself."""
    texts = [str(v) for v in values.dropna()]
    return bool(texts) and all(re.fullmatch(rf"[{MINUS}+-]?[\d,.]+ ?%?|{DASH}", t) for t in texts)


def _decimals(values: pd.Series[Any], wanted: int | None) -> int:
    if wanted is not None:
        return wanted
    known = values.dropna().astype(float)
    return 0 if len(known) and bool((known == known.round()).all()) else places(known)


def _text(value: Any, numeric: bool, digits: int, code: bool) -> str:
    if (
        value is None
        or value is pd.NaT
        or value is pd.NA
        or (isinstance(value, float) and np.isnan(value))
        or value == ""
    ):
        return DASH
    if numeric:
        # A year or a code is not a quantity and takes no thousands mark; the first column holds such names.
        return str(int(value)) if code and float(value).is_integer() else num(float(value), digits)
    text = str(value)
    # A name from the models, such as price_slump, reads as words; a source's id, which has digits, stays.
    return inline(text.replace("_", " ") if re.fullmatch(r"[a-z]+(_[a-z]+)+", text) else text)
