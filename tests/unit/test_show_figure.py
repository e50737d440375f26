"""What a figure must carry, and what it refuses."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import pytest

from coalface import show
from coalface.show import charts
from coalface.show.block import SLOT

YEARS = pd.period_range("2020", "2025", freq="Y", name="period")
EXPORTS = pd.DataFrame({"russia": [195.1, 223.0, 210.9, 213.0, 195.9, 203.0]}, index=YEARS)


@dataclass(frozen=True)
class Trace:
    series: tuple[str, ...] = ("coal.exports.ru.total",)
    sources: tuple[str, ...] = ("ministry_2026",)
    documents: tuple[tuple[str, ...], ...] = (
        ("ministry_2026", "Energy Ministry", "Coal in 2025", "https://example.org/a", "2026-03-10", "B"),
    )
    vintage: str = "2026-03-10"
    grades: tuple[str, ...] = ("B",)
    warnings: tuple[str, ...] = ("estimated",)


def figure(**changes):
    options = {
        "title": "Exports came back in 2025",
        "unit": "Coal exports, Mt a year",
        "alt": "Line chart. Exports rose to 203.0 Mt in 2025.",
        "trace": Trace(),
    }
    return show.figure("exports", charts.lines, EXPORTS, **{**options, **changes})


def pictures(html: str) -> list[str]:
    return [base64.b64decode(b).decode() for b in re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", html)]


def test_a_figure_holds_two_pictures_the_table_the_csv_and_its_source():
    html = figure().html
    narrow, wide = pictures(html)
    assert "540" in wide[:200] and "262" in narrow[:200]
    assert "<caption>" in html and 'scope="row"' in html
    assert 'href="#src-ministry_2026"' in html and "2026-03-10" in html and "Mind: estimated" in html
    csv = base64.b64decode(re.search(r"data:text/csv;base64,([\w+/=]+)", html)[1]).decode()
    assert csv.splitlines()[0] == "period,russia" and csv.splitlines()[-1] == "2025,203.0"


def test_the_same_figure_drawn_twice_is_equal_byte_for_byte():
    assert figure().payload == figure().payload


def test_pictures_follow_the_theme_and_keep_text_as_text():
    for svg in pictures(figure().html):
        assert "var(--russia)" in svg and "#056af7" in svg  # the variable and its light value
        assert "prefers-color-scheme:dark" in svg and "<text" in svg and "<metadata" not in svg
        assert not re.search(r"<g id=|\d\.\d{3,}", svg)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"alt": "short"}, "20 to 300"),
        ({"alt": "x" * 301}, "20 to 300"),
        ({"alt": "No description has been provided for this image: 203.0 Mt"}, "placeholder"),
        ({"alt": "Line chart of exports that reached 203.0 in 2025"}, "unit"),
        ({"alt": "Line chart of exports in Mt that rose to a level never seen"}, "number"),
        ({"alt": "Line chart of exports that reached 204.9 Mt"}, "number"),
        ({"title": "Exports"}, "sentence"),
        ({"title": "Coal exports, Mt a year"}, "sentence"),
        ({"title": "We plot the series coal.exports.ru.total"}, "series id"),
        ({"title": "Did exports come back?"}, "question"),
    ],
)
def test_a_figure_that_says_nothing_is_refused(change, fault):
    with pytest.raises(ValueError, match=fault):
        figure(**change)


def test_alt_numbers_may_be_rounded_and_wear_the_true_minus():
    loss = pd.DataFrame({"loss": [-334.94, -112.61]}, index=YEARS[-2:])
    block = show.figure(
        "loss",
        charts.bars,
        loss,
        title="Losses grew again in 2025",
        unit="Profits less losses, bn RUB",
        alt="Bars. The result was −335 bn RUB in the first year shown.",
        trace=Trace(),
    )
    assert "−334.9" in block.html


def test_every_block_becomes_one_mime_bundle_with_our_type_first():
    bundle = figure()._repr_mimebundle_()
    assert bundle[show.MIME]["kind"] == "figure" and bundle["text/plain"].startswith("Exports came back")
    assert SLOT not in bundle["text/html"]


def test_a_draw_function_with_a_fig_parameter_gets_the_whole_figure():
    panels = dict.fromkeys(("one", "two", "three", "four"), EXPORTS["russia"])
    block = show.figure(
        "panels",
        charts.grid,
        panels,
        charts.lines,
        data=EXPORTS,
        title="Four panels show the same exports",
        unit="Coal exports, Mt a year",
        alt="Four line charts; each ends at 203.0 Mt.",
        trace=Trace(),
    )
    assert all("three" in svg for svg in pictures(block.html))


def test_end_labels_are_moved_apart_and_stay_inside_the_picture():
    frame = pd.DataFrame({f"name {k}": [100.0, 103.0, 104 + 0.1 * k] for k in range(5)}, index=YEARS[-3:])
    block = show.figure(
        "many",
        charts.lines,
        frame,
        title="Five lines end at one level",
        unit="Coal exports, Mt a year",
        alt="Five lines end near 104.0 Mt, one above the other.",
        trace=Trace(),
    )
    for svg in pictures(block.html):
        width = float(re.search(r'viewBox="0 0 (\S+)', svg)[1])
        places = re.findall(r'<text style="[^"]*weight[^>]* x="(\S+)" y="(\S+)"', svg)
        assert len(places) == 5
        heights = sorted(float(y) for _, y in places)
        assert all(b - a > 9 for a, b in pairwise(heights))
        assert all(0 < float(x) < width - 30 for x, _ in places)
