"""From an executed notebook to one HTML file: no script, no request, the same bytes for the same inputs."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from coalface.report import clean, pieces
from coalface.report.ledger import UNSEALED
from coalface.report.meta import Meta

POLICY = Markup(
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_WORDS = tuple("no one two three four five six seven eight nine ten eleven twelve".split())  # noqa: SIM905
_GRADES = {"A": "original publisher", "B": "press that cites it", "C": "secondary data", "D": "copy"}


class PageExporter(TemplateExporter):
    """nbconvert exporter for the page; it runs no preprocessor and knows one template."""

    export_from_notebook = "coalface page"
    output_mimetype = "text/html"
    _template_extension = ".j2"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_file")
    def _template_file_default(self) -> str:
        return "page.html.j2"

    @default("preprocessors")
    def _preprocessors_default(self) -> list[str]:
        return []

    @default("default_preprocessors")
    def _default_preprocessors_default(self) -> list[str]:
        return []

    def _create_environment(self) -> jinja2.Environment:
        return _environment()


@cache
def _environment() -> jinja2.Environment:
    folder = files("coalface.report").joinpath("template")
    sources = {p.name: p.read_text(encoding="utf-8") for p in folder.iterdir() if p.name.endswith(".j2")}
    found = jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(css=Markup(_css()), policy=POLICY, seal=UNSEALED, safe=Markup, highlight=_highlight)
    found.filters.update(badge=_badge, words=lambda n: _WORDS[n] if n < len(_WORDS) else str(n))
    return found


@cache
def _css() -> str:
    """The style sheet with the palette in it, light and dark."""
    look: dict[str, dict[str, str]] = json.loads(
        files("coalface").joinpath("look", "palette.json").read_text(encoding="utf-8")
    )
    sheet = files("coalface.report").joinpath("template", "page.css").read_text(encoding="utf-8")
    for side in ("light", "dark"):
        sheet = sheet.replace(f"/* {side} palette */", "".join(f"--{k}:{v[side]};" for k, v in look.items()))
    panels = ",".join(f".switch input:nth-of-type({k}):checked~.panel:nth-of-type({k})" for k in range(1, 13))
    sheet = sheet.replace("/* switch rules */", f"{panels}{{display:block}}")
    sheet += "".join(f".c-{k}{{--c:var(--{k})}}" for k in look)
    return re.sub(r"\s*([{};,])\s*", r"\1", sheet).replace(": ", ":").replace(";}", "}")


def _badge(grade: str) -> Markup:
    letter = grade if grade in _GRADES else "?"
    meaning = _GRADES.get(grade, "unknown")
    return Markup('<abbr class="grade g{0}" title="Grade {0}: {1}">{0}</abbr>').format(letter, meaning)


def _highlight(source: str) -> Markup:
    return Markup(pieces.code(source))


def page(notebook: Any, meta: Meta) -> str:
    """The page of an executed notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed without error.
    meta : Meta
        What the page says of its own making.

    Notes
    -----
    Pure: no clock, no file, no machine; the place of the page's own hash holds 64 zeros.
    """
    found = pieces.take_apart(notebook)
    found.title = found.title or meta.title
    lead = found.sections[0] if found.sections and not found.sections[0].title else None
    if lead is not None:
        n = sum(item.count('<li class="card') for item in lead.items)
        count = _WORDS[n] if n < len(_WORDS) else str(n)
        lead.title = f"The answer in {count} number{'s' if n != 1 else ''}" if n else "The answer"
    if all(s.kind != "sources" for s in found.sections) and found.documents:
        found.sections.append(pieces.Section(pieces.SOURCES, "sources"))
    exporter = PageExporter()  # type: ignore[no-untyped-call]
    body, _ = exporter.from_notebook_node(
        notebook, resources={"page": found, "meta": meta, "explain": _explained(found.warnings)}
    )
    return str(body)


def _explained(warnings: Iterable[str]) -> list[tuple[str, str]]:
    """The warnings of the series used, in words, in the order of the closed list."""
    seen = set(warnings)
    return [(w.replace("_", " "), text) for w, text in pieces.WARNINGS.items() if w in seen]


def failure(meta: Meta, *, cell: int | None, source: str, cause: str) -> str:
    """The page that stands beside a report that could not be made: which cell, what it says, why."""
    template = _environment().get_template("failure.html.j2")
    return template.render(
        meta=meta, cell=cell, source=source, cause=pieces.plain(cause), title=f"Not made: {meta.title}"
    )


@dataclass(frozen=True)
class Listed:
    """One report of the index: where it is, what it claims, and its picture."""

    notebook: str
    title: str
    question: str
    stem: str
    label: str
    headlines: Sequence[Mapping[str, Any]] = ()
    preview: str = ""
    preview_alt: str = ""
    failed: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def index_page(entries: Sequence[Listed], commit: str = "", data_hash: str = "") -> str:
    """The page that lists all reports, grouped by notebook; a failed one is listed with its reason."""
    groups: dict[str, list[Listed]] = {}
    for entry in entries:
        groups.setdefault(entry.notebook, []).append(entry)
    template = _environment().get_template("index.html.j2")
    return template.render(
        groups=groups, commit=commit, data_hash=data_hash, title="Reports", picture=_picture, columns=_columns
    )


def preview(notebook: Any) -> tuple[str, str]:
    """The first figure of an executed notebook as image address and alt text; empty if it has none."""
    figures = pieces.take_apart(notebook).figures
    if not figures:
        return "", ""
    return pieces.image(str(figures[0].get("svg", ""))), str(figures[0].get("alt", ""))


def _columns(entries: Sequence[Listed]) -> list[str]:
    """Ids of the headlines of several reports, in the order in which they first stand there."""
    return list(dict.fromkeys(str(h["id"]) for entry in entries for h in entry.headlines))


def _picture(entry: Listed) -> Markup:
    shown = f'<img src="{html.escape(entry.preview)}" alt="{html.escape(entry.preview_alt)}">'
    return Markup(clean.fragment(shown) if entry.preview else "")
