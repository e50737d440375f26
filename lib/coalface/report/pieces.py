"""An executed notebook taken apart: title, standfirst and sections, ready for the template."""

from __future__ import annotations

import base64
import html
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

import mistune
from latex2mathml.converter import convert
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, String

from coalface.report import clean

MIME = "application/vnd.coalface.v1+json"
SLOT = "\ue000"  # where a figure or table wants its running number
FORMULA = '<div class="formula" tabindex="0" role="group" aria-label="Formula">{}</div>'
UNKNOWN, SOURCES = "What we do not know", "Sources"
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STYLED = ((Keyword, "k"), (String, "s"), (Comment, "c"))

_LISTED = re.compile(
    r'(?P<before><figure id="(?P<id>[^"]+)"(?:(?!</figure>).)*? of figure (?P<number>\d+)</summary>)'
    r"<p>Series: <code>(?P<series>[^<]{300,})</code></p>",
    re.S,
)

WARNINGS = {
    "estimated": "estimated by its publisher",
    "derived": "derived from other figures",
    "preliminary": "preliminary, will be revised",
    "partial_coverage": "covers a part only",
    "definition_break": "its definition changed",
    "discontinued": "no longer published",
    "conflicting_sources": "sources disagree",
    "subtotal_hazard": "a part may be counted in a total too",
    "cumulative": "summed from the start of the year",
    "secondary_source": "quoted, not from the original publisher",
}


@dataclass
class Section:
    """One part of the page: what it shows, in order, and the code behind it."""

    title: str
    anchor: str
    items: list[str] = field(default_factory=list)
    code: list[tuple[int, str]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """How the section is set: a box for what is not known, a list for sources."""
        return {UNKNOWN: "unknown", SOURCES: "sources"}.get(self.title, "plain")


@dataclass
class Pieces:
    """Everything that the page says, safe to print."""

    title: str = ""
    standfirst: str = ""
    sections: list[Section] = field(default_factory=list)
    documents: list[list[str]] = field(default_factory=list)
    headlines: list[dict[str, Any]] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def latest(self) -> str:
        """Newest vintage that a number of the page claims, else the date of the newest document.

        As of a past day the two differ: a later document may stand for figures known before it.
        """
        vintages = [str(claim.get("vintage") or "") for claim in self.headlines]
        return max(vintages, default="") or max((r[4] for r in self.documents if len(r) > 4), default="")


def take_apart(notebook: Any) -> Pieces:
    """The sections of an executed notebook, with figures and tables numbered through the page."""
    page = Pieces()
    numbers = {"figure": itertools.count(1), "table": itertools.count(1)}
    listed: dict[str, str] = {}
    section = Section("", "answer")
    page.sections.append(section)
    code_cells = itertools.count(1)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for title, text in _split(source):
                if title is not None and not page.title and title.startswith("# "):
                    page.title, page.standfirst = title[2:].strip(), markdown(text)
                    continue
                if title is not None:
                    section = Section(title[3:].strip(), _anchor(title[3:], page.sections))
                    page.sections.append(section)
                if text.strip():
                    section.items.append(markdown(text))
        elif cell["cell_type"] == "code":
            section.code.append((next(code_cells), source))
            for output in cell.get("outputs", []):
                if shown := _output(output, page):
                    section.items.append(listed_once(numbered(shown, numbers), listed))
    page.sections = [s for s in page.sections if s.items or s.code or s.title]
    return page


def _split(source: str) -> Iterator[tuple[str | None, str]]:
    """Headings of the first two levels with the text under each; text before any heading comes with None."""
    head: str | None = None
    lines: list[str] = []
    for line in source.splitlines():
        if re.match(r"##? +\S", line):
            if head is not None or "".join(lines).strip():
                yield head, "\n".join(lines)
            head, lines = line, []
        else:
            lines.append(line)
    if head is not None or "".join(lines).strip():
        yield head, "\n".join(lines)


def _anchor(title: str, before: list[Section]) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"
    taken = {s.anchor for s in before}
    return next(
        n for n in itertools.chain([name], (f"{name}-{k}" for k in itertools.count(2))) if n not in taken
    )


def _output(output: Mapping[str, Any], page: Pieces) -> str:
    """What a page keeps of one output: our blocks, and plain text; every other type is dropped."""
    kind = output.get("output_type")
    if kind == "stream":
        return plain("".join(output.get("text", "")))
    if kind == "error":
        return plain("\n".join([f"{output.get('ename')}: {output.get('evalue')}"]))
    data = output.get("data", {})
    block = data.get(MIME)
    if not isinstance(block, Mapping):
        return plain("".join(data.get("text/plain", "")))
    for row in _rows(block.get("documents")):
        if row not in page.documents:
            page.documents.append(row)
    for claim in block.get("headlines") or []:
        if isinstance(claim, Mapping) and claim not in page.headlines:
            page.headlines.append(dict(claim))
    page.figures.extend(dict(f) for f in block.get("figures") or [] if isinstance(f, Mapping))
    page.warnings.extend(w for w in block.get("warnings") or [] if w not in page.warnings)
    if block.get("kind") == "sources":
        return ""  # the template sets the list, from the documents of all blocks
    wide = block.get("kind") in ("cards", "headline")
    shown = clean.fragment(str(block.get("html", "")))
    return shown.replace('<ul class="cards">', f'<ul class="cards{_abreast(shown)}">', 1) if wide else shown


def _abreast(cards: str) -> str:
    """How many cards stand side by side on a wide page, so that no row is left with one."""
    n = cards.count("<li")
    return " wide" + (" by2" if n == 2 else " by3" if n in (3, 5, 6, 9) else "")


def _rows(found: Any) -> Iterator[list[str]]:
    for row in found or []:
        if isinstance(row, list | tuple) and len(row) >= 6:
            yield [str(v) for v in row[:6]]


def numbered(shown: str, numbers: Mapping[str, Iterator[int]]) -> str:
    """Running numbers where a block left room: one a figure, one a table outside figures."""

    def figure(match: re.Match[str]) -> str:
        return match[0].replace(SLOT, str(next(numbers["figure"])))

    def table(match: re.Match[str]) -> str:
        return match[0].replace(SLOT, str(next(numbers["table"]))) if SLOT in match[0] else match[0]

    shown = re.sub(r"<figure\b.*?</figure>", figure, shown, flags=re.S)
    shown = re.sub(r'<div class="scroll[^"]*".*?</table>', table, shown, flags=re.S)
    return shown.replace(SLOT, "")


def listed_once(shown: str, listed: dict[str, str]) -> str:
    """Figures whose long list of series stands at a figure before point there instead of repeating it.

    `listed` is filled in: by list of series, the link to the figure that has it.
    """

    def short(match: re.Match[str]) -> str:
        here = f'<a href="#{match["id"]}">figure {match["number"]}</a>'
        there = listed.setdefault(match["series"], here)
        return match[0] if there == here else f"{match['before']}<p>Series: those of {there}</p>"

    return _LISTED.sub(short, shown)


@cache
def _markdown() -> Any:
    made: Any = mistune.create_markdown(escape=True, plugins=["table", "math"])
    made.renderer.register("inline_math", lambda _, text: convert(text))
    made.renderer.register("block_math", lambda _, text: FORMULA.format(convert(text, display="block")))
    return made


def markdown(text: str) -> str:
    """A Markdown cell as HTML with formulas as MathML; raw HTML in it is printed as the text that it is."""
    return clean.fragment(str(_markdown()(text)))


def plain(text: str) -> str:
    """Printed text as it came, without terminal colours."""
    text = _ANSI.sub("", text).strip("\n")
    return f'<pre class="plain" tabindex="0">{html.escape(text)}</pre>' if text.strip() else ""


def code(source: str) -> str:
    """Python source as HTML with three kinds of words marked: keywords, texts, comments."""
    tokens = PythonLexer(stripnl=False).get_tokens(source.strip("\n"))
    named = ((next((name for among, name in _STYLED if kind in among), ""), text) for kind, text in tokens)
    parts = []
    for name, group in itertools.groupby(named, key=itemgetter(0)):
        words = html.escape("".join(text for _, text in group), quote=False)
        parts.append(f'<span class="{name}">{words}</span>' if name else words)
    return "".join(parts).rstrip("\n")


def image(svg: str) -> str:
    """An SVG as the address of an image; inside an image no script of it can run."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode() if svg else ""
