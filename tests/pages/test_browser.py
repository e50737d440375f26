"""The page in Chromium: quiet, within the screen, usable by keyboard, legible on paper, and clean by axe."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from coalface.report import export

WIDE, PHONE, NARROW = 1280, 390, 320

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory, html, sample, meta) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    picture, alt = export.preview(sample)
    listed = export.Listed(
        "09-sample", "Exports", "Did they fall?", "page", "default", preview=picture, preview_alt=alt
    )
    texts = {
        "page": html,
        "failure": export.failure(meta, cell=4, source="1 / 0", cause="ZeroDivisionError: division by zero"),
        "index": export.index_page([listed], "0123456789ab", "fedcba9876543210"),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize("name", ["page", "failure", "index"])
def test_a_page_asks_for_nothing_and_the_console_stays_empty(browser, pages, name):
    browser.open(pages[name])
    assert browser.requests() == [] and browser.console() == []


@pytest.mark.parametrize("width", [WIDE, PHONE, NARROW])
@pytest.mark.parametrize("name", ["page", "failure", "index"])
def test_no_page_scrolls_sideways(browser, pages, name, width):
    browser.open(pages[name], width)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.run("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("width", "theme", "medium"),
    [
        (WIDE, "light", ""),
        (WIDE, "dark", ""),
        (NARROW, "light", ""),
        (WIDE, "light", "print"),
    ],
)
@pytest.mark.parametrize("name", ["page", "failure", "index"])
def test_axe_finds_nothing(browser, pages, name, width, theme, medium):
    browser.open(pages[name], width, theme, medium)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.axe() == []


def test_the_picture_follows_the_theme(browser, pages):
    shots = []
    for theme in ("light", "dark"):
        browser.open(pages["page"], theme=theme)
        browser.run("document.querySelector('figure').scrollIntoView()")
        shots.append(browser.call("Page.captureScreenshot")["data"])
    assert shots[0] != shots[1]


def test_a_phone_gets_the_narrow_picture(browser, pages):
    sources = []
    for width in (WIDE, PHONE):
        browser.open(pages["page"], width)
        browser.run("document.querySelector('figure').scrollIntoView()")
        sources.append(browser.run("return document.querySelector('figure img').currentSrc"))
    assert sources[0] != sources[1]


def test_arrow_keys_switch_the_scenario(browser, pages):
    from selenium.webdriver.common.keys import Keys

    browser.open(pages["page"])
    shown = "return [...document.querySelectorAll('.panel')].map(p => getComputedStyle(p).display != 'none')"
    assert browser.run(shown) == [True, False, False]
    first = browser.driver.find_element("css selector", ".switch input")
    browser.run("document.querySelector('.switch input').focus()")
    first.send_keys(Keys.ARROW_RIGHT)
    assert browser.run(shown) == [False, True, False]


def test_the_tab_key_reaches_everything_and_leaves_again_with_a_visible_focus(browser, pages):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.open(pages["page"])
    seen, hidden = [], []
    for _ in range(80):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        tag, outline = browser.run(
            "const e = document.activeElement, radio = e.matches('.switch input');"
            "const s = getComputedStyle(radio ? e.nextSibling : e);"
            "return [e.tagName, s.outlineStyle]"
        )
        if tag == "BODY":
            break
        seen.append(tag)
        if outline == "none":
            hidden.append(tag)
    assert {"A", "SUMMARY", "INPUT", "DIV"} <= set(seen) and hidden == []
    assert tag == "BODY"


def test_folded_code_and_every_scenario_stand_in_the_printed_pdf(browser, pages, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext to read the PDF with")
    browser.open(pages["page"])
    made = browser.call("Page.printToPDF", printBackground=True)["data"]
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(made))
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    for words in (
        "import pandas as pd",
        "charts.waterfall",
        "Rail relief",
        "Another point.",
        "Series: coal.exports.ru.total",
    ):
        assert words in text, words
