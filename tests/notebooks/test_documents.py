"""Every number on a page leads to its documents."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from coalface.report import jobs, suite

pytestmark = pytest.mark.notebook
ROOT = Path(__file__).parents[2]
PAGES = [job.stem for job in jobs.planned(suite.read(ROOT))]


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


@pytest.mark.parametrize("page", PAGES)
def test_every_document_that_a_number_names_stands_in_the_sources_of_its_page(rendered, page):
    found = Sources()
    found.feed((rendered[0] / f"{page}.html").read_text(encoding="utf-8"))
    assert found.named
    assert found.named <= found.listed
