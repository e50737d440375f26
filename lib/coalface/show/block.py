"""What a notebook cell shows: a frozen block that knows its HTML, its text and its sources."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol, runtime_checkable

MIME = "application/vnd.coalface.v1+json"
# Stands for the running number of a figure or table; only the page that holds all of them can fill it in.
SLOT = "\ue000"


@runtime_checkable
class Trace(Protocol):
    """Where a number comes from, as `coalface.data` returns it."""

    @property
    def series(self) -> tuple[str, ...]: ...
    @property
    def documents(self) -> tuple[Any, ...]: ...
    @property
    def vintage(self) -> str: ...
    @property
    def grades(self) -> tuple[str, ...]: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


@cache
def _preview_style() -> str:
    return files("coalface").joinpath("look", "preview.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Block:
    """One thing shown in a notebook: a card, a figure, a table, a sentence.

    `data` is plain JSON: `documents` lists the sources behind the block, `headlines` the figures it claims,
    `figures` the pictures it holds. A page is built from `html` and `data`, never from other HTML of a cell.
    """

    kind: str
    html: str
    text: str
    data: Mapping[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        """The block as plain JSON, the only output of a cell that reaches a page."""
        return {"kind": self.kind, "html": self.html, **self.data}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        preview = f'<style>{_preview_style()}</style><div class="cfp">{self.html.replace(SLOT, "")}</div>'
        return {MIME: self.payload, "text/html": preview, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def escape(text: object) -> str:
    """Text that is safe between tags and inside a quoted attribute."""
    return html.escape(str(text), quote=True)


# An anchor, a page of the web, or another report beside this one.
_ADDRESS = r"#[\w-]+|https?://[^)\s]+|[\w-]+\.html(?:#[\w-]+)?"


def inline(text: str) -> str:
    """HTML of one line of Markdown: bold, italics, code and links; everything else is plain text.

    Examples
    --------
    >>> inline("**203** to *211* Mt, see [below](#fig-a) & `x`")
    '<strong>203</strong> to <em>211</em> Mt, see <a href="#fig-a">below</a> &amp; <code>x</code>'
    """
    out = escape(text)
    out = re.sub(r"`([^`]+)`", r"<code>\1</code>", out)
    out = re.sub(rf"\[([^\]]+)\]\(({_ADDRESS})\)", r'<a href="\2">\1</a>', out)
    out = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", out)
    out = re.sub(r"(?<![*\w])\*(?!\s)(.+?)(?<!\s)\*(?![*\w])", r"<em>\1</em>", out)
    # A date is one word: never broken at its hyphens. Tags, and so addresses, stay as they are.
    return re.sub(r"(<[^>]*>)|(\b\d{4}-\d\d(?:-\d\d)?(?:/\d{4}-\d\d(?:-\d\d)?)?\b)", _one_word, out)


def _one_word(match: re.Match[str]) -> str:
    return match[1] or f'<span class="nb">{match[2]}</span>'


def plain(text: str) -> str:
    """The same line without its Markdown marks, for terminals and labels."""
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return re.sub(r"(\*\*|`)", "", text)


def slug(name: str) -> str:
    """A checked identifier for an anchor: lower-case letters, digits and underscores."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(
            f"the id {name!r} must be lower-case letters, digits and underscores, such as exports_2025"
        )
    return name


def documents(trace: Trace | None) -> list[list[str]]:
    """The documents behind a trace as plain lists: source_id, publisher, title, url, published, grade."""
    return [] if trace is None else [["" if v is None else str(v) for v in d] for d in trace.documents]


def source_ids(trace: Trace | None) -> str:
    """The source ids of a trace with a space between; they resolve to entries of the page's source list."""
    return " ".join(row[0] for row in documents(trace))


def traced(trace: Trace | None) -> str:
    """The attribute that leads from an element to its documents in the page's list of sources."""
    ids = source_ids(trace)
    return f' data-id="{escape(ids)}"' if ids else ""


def cited(trace: Trace | None, most: int = 4) -> str:
    """One sentence of HTML: the publishers, linked to the list of sources, and the newest document's date."""
    rows = [row for row in documents(trace) if row[1]]
    if trace is None or not rows:
        return ""
    first = {row[1]: row[0] for row in reversed(rows)}
    names = list(dict.fromkeys(row[1] for row in rows))
    links = [f'<a href="#src-{escape(first[name])}">{escape(name)}</a>' for name in names[:most]]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    newest = f'<span class="nb">{escape(trace.vintage or "without a date")}</span>'
    return f"Source: {', '.join(links)}{more}; newest document {newest}."


def facts(trace: Trace | None, **also: list[Any]) -> dict[str, Any]:
    """The data of a block: what it cites, and whatever else it claims or draws."""
    warnings = list(trace.warnings) if trace is not None else []
    return {"headlines": [], "figures": [], "documents": documents(trace), "warnings": warnings, **also}


def together(kind: str, html_: str, blocks: Iterable[Block]) -> Block:
    """One block out of several; what they claim and cite is kept, in order."""
    parts = list(blocks)
    data = facts(None)
    for part in parts:
        for key, found in data.items():
            found.extend(v for v in part.data.get(key, []) if v not in found)
    return Block(kind, html_, "\n".join(p.text for p in parts), data)
