"""The ledger of headline numbers: read from executed notebooks, kept as CSV, compared with the expected."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from coalface.errors import RenderError

MIME = "application/vnd.coalface.v1+json"
UNSEALED = "0" * 64
TOLERANCE = 1e-5  # relative; below it two machines' last digits differ


@dataclass(frozen=True, order=True)
class Headline:
    """One row of headlines.csv; numbers are texts of six significant digits, empty if there is none."""

    notebook: str
    parameters: str
    id: str
    value: str
    low: str
    high: str
    unit: str
    vintage: str


COLUMNS = tuple(field.name for field in fields(Headline))


def sealed(page: str) -> str:
    """The page with its own sha256 where it left room for it.

    Notes
    -----
    The hash is that of the page with 64 zeros in its place, so a reader can take it again.
    """
    return page.replace(UNSEALED, hashlib.sha256(page.encode()).hexdigest())


def headlines(notebook: Any, name: str) -> Iterator[dict[str, Any]]:
    """The headline numbers that an executed notebook shows, in their order, as its blocks tell them.

    Raises
    ------
    RenderError
        If an id stands twice in one notebook with different values.
    """
    seen: dict[str, Any] = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            for found in output.get("data", {}).get(MIME, {}).get("headlines", []):
                if found["id"] not in seen:
                    yield found
                elif seen[found["id"]] != found:
                    raise RenderError(
                        f"{name}: headline {found['id']!r} is shown twice with different values"
                    )
                seen[found["id"]] = found


def row(found: Mapping[str, Any], name: str, label: str) -> Headline:
    """The ledger's row of one headline number."""
    value, low, high = (number(found.get(key)) for key in ("value", "low", "high"))
    return Headline(
        name, label, str(found["id"]), value, low, high, str(found["unit"]), str(found["vintage"])
    )


def number(value: object) -> str:
    """A number with six significant digits, a text as it is, empty for None.

    Examples
    --------
    >>> number(195.9), number(1234567.8), number(None), number(0.1 + 0.2)
    ('195.9', '1234570', '', '0.3')
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    rounded = float(f"{value:.6g}")
    return f"{rounded:.0f}" if rounded.is_integer() and abs(rounded) < 1e15 else repr(rounded)


def as_csv(rows: Iterable[Headline]) -> str:
    """The rows, sorted, as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in sorted(rows))
    return text.getvalue()


def read_csv(path: Path) -> list[Headline]:
    """The rows of a headlines.csv; none if there is no file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        if tuple(next(reader, ())) != COLUMNS:
            raise RenderError(f"{path} wants the columns {', '.join(COLUMNS)}")
        return [Headline(*row) for row in reader]


def changes(expected: Iterable[Headline], actual: Iterable[Headline]) -> list[str]:
    """What is new, gone or different, one line each, empty if nothing is."""
    before, after = _by_key(expected), _by_key(actual)
    lines = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        name = f"{key[0]} [{key[1]}] {key[2]}"
        if old is None and new is not None:
            lines.append(f"+ {name}: {_said(new)}")
        elif new is None and old is not None:
            lines.append(f"- {name}: {_said(old)} (no longer shown)")
        elif old is not None and new is not None and not _same(old, new):
            lines.append(f"~ {name}: {_said(old)} -> {_said(new)}")
    return lines


def _by_key(rows: Iterable[Headline]) -> dict[tuple[str, str, str], Headline]:
    return {(row.notebook, row.parameters, row.id): row for row in rows}


def _said(row: Headline) -> str:
    interval = f" ({row.low} to {row.high})" if row.low or row.high else ""
    return f"{row.value}{interval} {row.unit}, vintage {row.vintage or 'none'}"


def _same(old: Headline, new: Headline) -> bool:
    texts = old.unit == new.unit and old.vintage == new.vintage
    return texts and all(_near(getattr(old, key), getattr(new, key)) for key in ("value", "low", "high"))


def _near(old: str, new: str) -> bool:
    if old == new:
        return True
    try:
        one, two = float(old), float(new)
    except ValueError:
        return False
    return abs(one - two) <= TOLERANCE * max(abs(one), abs(two))
