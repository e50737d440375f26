"""Every number on a page leads to its documents."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from coalface.report import jobs, pieces, suite

pytestmark = pytest.mark.notebook
ROOT = Path(__file__).parents[2]
PAGES = [job.stem for job in jobs.planned(suite.read(ROOT))]

VOID = {"br", "col", "hr", "img", "input", "source"}
SENTENCES = {"p", "li"}
# Cards, figures and tables name their documents themselves; `which` repeats the name of a switch's panel.
FURNITURE_TAGS = {"figure", "table", "details"}
FURNITURE_CLASSES = {"cards", "src", "which"}
MONTH = "(January|February|March|April|May|June|July|August|September|October|November|December)"
# Digits that are years, dates and names, not figures.
NAMES = re.compile(
    r"(?<![\d.,\u2212])(19|20)\d\d(-\d\d){0,2}(?!\d|[.,]\d)"
    rf"|\b[0-3]?\d {MONTH}\b"
    r"|\bHS \d{4,6}\b|\b\d\d-[a-z][a-z-]+|\b[A-Za-z]+[-\u2013]?\d+\b"  # codes, notebooks, CO2, nw17
)
EXCEPTIONS = {
    "Warnings on the series used, with their number": "counts the marks of the page itself",
}
"""Openings of sentences that may stand without documents, each with its reason."""


class Sources(HTMLParser):
    """Documents that numbers name, and documents that the list of sources holds."""

    def __init__(self) -> None:
        super().__init__()
        self.named: set[str] = set()
        self.listed: set[str] = set()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.named.update((attributes.get("data-id") or "").split())
        if tag == "li" and (attributes.get("id") or "").startswith("src-"):
            self.listed.add(attributes["id"].removeprefix("src-"))


class Untraced(HTMLParser):
    """Sentences of a block that hold a figure, while neither they nor what is around them name documents."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.text: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        settled = (
            bool(attributes.get("data-id")) or tag in FURNITURE_TAGS or bool(classes & FURNITURE_CLASSES)
        )
        self.open.append((tag, settled))
        if tag in SENTENCES:
            self.text.clear()

    def handle_data(self, data):
        self.text.append(data)

    def handle_endtag(self, tag):
        said = " ".join("".join(self.text).split())
        if tag in SENTENCES and not any(settled for _, settled in self.open) and has_figure(said):
            self.found.append(said)
        self.open.pop()


def has_figure(said):
    return bool(re.search(r"\d", NAMES.sub("", said)))


def blocks(path):
    """HTML of what the code cells of an executed notebook show; its own Markdown is not among it."""
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            block = output.get("data", {}).get(pieces.MIME, {})
            if block.get("kind") != "sources":
                yield block.get("html", "")


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        ("Exports were 203 Mt in 2025.", True),
        ("Steel fell by 2.3 percent.", True),
        ("Losses came to 2,021 and to \u22122021 bn RUB.", True),
        ("It was 2024.5 at most.", True),
        ("From 2021 to 2024-12-31, and on 14 February 2025.", False),
        ("HS 2701 as in 05-town-profile; nw17.", False),
    ],
)
def test_years_dates_and_names_are_no_figures(said, figure):
    assert has_figure(said) == figure


def test_a_sentence_is_traced_by_itself_or_by_its_list():
    found = Untraced()
    found.feed(
        '<p data-id="a">1 Mt</p><ul data-id="a"><li>2 Mt</li></ul><ul><li>In <b>3</b> cases.</li></ul>'
        '<p>4 Mt</p><aside class="note"><p>5 Mt</p></aside>'
        '<p class="src">6 Mt</p><figure><p>7 Mt</p></figure><p>2025</p>'
    )
    assert found.found == ["In 3 cases.", "4 Mt", "5 Mt"]


def untraced(path):
    found = Untraced()
    for html in blocks(path):
        found.feed(html)
    return found.found


@pytest.mark.parametrize("page", PAGES)
def test_every_sentence_with_a_figure_leads_to_its_documents(rendered, page):
    bare = untraced(rendered[0] / f"{page}.ipynb")
    assert [said for said in bare if not said.startswith(tuple(EXCEPTIONS))] == []


def test_no_exception_outlives_its_sentence(rendered):
    bare = [said for page in PAGES for said in untraced(rendered[0] / f"{page}.ipynb")]
    assert [opening for opening in EXCEPTIONS if not any(said.startswith(opening) for said in bare)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_document_that_a_number_names_stands_in_the_sources_of_its_page(rendered, page):
    found = Sources()
    found.feed((rendered[0] / f"{page}.html").read_text(encoding="utf-8"))
    assert found.named
    assert found.named <= found.listed
