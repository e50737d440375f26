"""The rendered reports of the folder $COALFACE_REPORTS: quiet, within the screen and clean by axe."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("COALFACE_REPORTS", "")
PAGES = sorted(p for p in Path(FOLDER).glob("*.html") if "__" not in p.name) if FOLDER else []

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not PAGES, reason="no folder of rendered reports in $COALFACE_REPORTS"),
]


@pytest.fixture(params=PAGES or [None], ids=lambda page: page.stem if page else "none")
def report(request):
    return request.param


def test_a_report_asks_for_nothing_and_fits_every_screen(browser, report):
    for width in (1280, 390, 320):
        browser.open(report, width)
        assert browser.requests() == [] and browser.console() == []
        browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browser.run("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("width", "theme", "medium"),
    [(1280, "light", ""), (1280, "dark", ""), (320, "light", ""), (1280, "light", "print")],
)
def test_axe_finds_nothing_in_a_report(browser, report, width, theme, medium):
    browser.open(report, width, theme, medium)
    assert browser.axe() == []


def test_every_picture_of_a_report_has_words_and_every_anchor_resolves(browser, report):
    browser.open(report)
    assert browser.run("return [...document.images].filter(i => i.alt.length < 20).length") == 0
    lost = browser.run(
        "return [...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
        ".filter(id => !document.getElementById(id))"
    )
    assert lost == []


def test_a_report_stays_within_its_budget_of_bytes(report):
    # Maps of a whole country and twelve figures are the largest pages there are.
    assert report.stat().st_size < 500_000
