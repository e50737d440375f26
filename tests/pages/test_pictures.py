"""A small SVG shows what matplotlib's own shows: both are drawn by Chromium and compared by pixel."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from coalface.show import charts, svg

pytestmark = pytest.mark.browser

MONTHS = pd.period_range("2023-01", "2025-12", freq="M", name="period")
WAVE = 10 + 4 * np.sin(np.arange(len(MONTHS)) / 3)
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
DRAWN = {
    "lines": (charts.lines, pd.DataFrame({"a": WAVE, "b": WAVE[::-1] + 3}, index=MONTHS)),
    "band": (charts.band, pd.DataFrame({"low": WAVE - 1, "high": WAVE + 1}, index=MONTHS)),
    "fan": (charts.fan, pd.DataFrame({q: WAVE + 6 * (q - 0.5) for q in QUANTILES}, index=MONTHS)),
    "waterfall": (charts.waterfall, pd.Series({"a": 5.0, "b": -8.0, "c": 2.0, "d": -1.0})),
    "dots": (charts.dots, pd.DataFrame({"label": ["a", "b"], "value": [2.0, np.nan], "high": [3.0, 4.0]})),
    "contour": (charts.contour, pd.DataFrame(np.add.outer(range(-5, 6), range(9)), range(11), range(9))),
}


def picture(browser, text: str, folder) -> np.ndarray:
    """Pixels of an SVG without its words, whose font differs."""
    bare = re.sub(r"<text.*?</text>", "", text, flags=re.S)
    page = folder / "picture.html"
    page.write_text(
        f'<body style="margin:0"><img src="{svg.data_uri(bare)}" width="720"></body>', encoding="utf-8"
    )
    browser.open(page, 720)
    shot = base64.b64decode(browser.call("Page.captureScreenshot")["data"])
    return np.asarray(Image.open(io.BytesIO(shot)).convert("L"), dtype=float)


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_made_small_looks_the_same(browser, tmp_path, monkeypatch, name):
    draw, data = DRAWN[name]
    small = svg.draw_svg(draw, (data,), (7.5, 3.2), False, {})
    monkeypatch.setattr(svg, "compact", lambda text: text[text.index("<svg") :])
    full = svg.draw_svg(draw, (data,), (7.5, 3.2), False, {})
    assert len(small) < 0.6 * len(full)
    one, two = (picture(browser, text, tmp_path) for text in (small, full))
    assert apart(one, two) < 0.03
    # The comparison itself must see what it is for: the same path read as absolute.
    broken = re.sub(r' d="([^"]*)"', lambda m: f' d="{re.sub("[lhv]", _absolute, m[1])}"', small)
    assert apart(picture(browser, broken, tmp_path), two) > 0.1


def _absolute(match: re.Match) -> str:
    return match[0].upper()


def apart(one: np.ndarray, two: np.ndarray) -> float:
    """Difference of two pictures, as a share of the ink of the second."""
    ink = float((two < 250).mean())
    assert ink > 0.005
    return float(np.abs(one - two).mean() / 255 / ink)
