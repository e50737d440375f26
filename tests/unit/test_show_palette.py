"""The palette: legible in both themes and apart for readers who see fewer colours."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest

PALETTE = json.loads(files("coalface").joinpath("look", "palette.json").read_text(encoding="utf-8"))
SERIES = ("russia", "china", "eu", "ukraine", "loss", "rate", "other")
PAPER = {"light": ("#ffffff", "#fbfaf8"), "dark": ("#121212", "#1d1e20")}

# Full protanopia, deuteranopia and tritanopia on linear RGB: Machado, Oliveira and Fernandes (2009),
# "A Physiologically-based Model for Simulation of Color Vision Deficiency", doi:10.1109/TVCG.2009.113.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)
SMALLEST = {"light": 19.0, "dark": 14.0}


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, two: str) -> float:
    dark, light = sorted(float(TO_XYZ[1] @ linear(c)) for c in (one, two))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ rgb / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: str, deficiency: str) -> np.ndarray:
    return lab(np.clip(np.asarray(DEFICIENCIES[deficiency]) @ linear(colour), 0, 1))


def test_contrast_agrees_with_its_definition_for_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("token", [*SERIES, "ink", "muted"])
def test_every_colour_that_labels_wear_reads_on_page_and_card(token, theme):
    assert all(contrast(PALETTE[token][theme], paper) >= 4.5 for paper in PAPER[theme])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_series_colours_stay_apart_under_every_colour_deficiency(theme, deficiency):
    for one, two in combinations(SERIES, 2):
        gap = np.linalg.norm(seen(PALETTE[one][theme], deficiency) - seen(PALETTE[two][theme], deficiency))
        assert gap >= SMALLEST[theme], (one, two, gap)


def test_light_values_are_unlike_so_that_the_picture_writer_can_tell_them_apart():
    values = [tone["light"] for tone in PALETTE.values()]
    assert len(values) == len(set(values))
