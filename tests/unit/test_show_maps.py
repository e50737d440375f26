"""Maps: the projection against PROJ, labels that keep clear, the same bytes twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coalface.show import maps
from coalface.show.svg import draw_svg

SQUARE = {
    "features": [
        {
            "properties": {"name": "Here"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[80, 50], [95, 50], [95, 58], [80, 58], [80, 50]]],
            },
        },
        {
            "properties": {"name": "Cut"},
            "geometry": {"type": "Polygon", "coordinates": [[[-180, 65], [170, 66], [170, 64], [-180, 65]]]},
        },
    ]
}
TOWNS = pd.DataFrame(
    {
        "label": ["One", "Two", "Three", ""],
        "lon": [86.0, 86.05, 90.0, 91.0],
        "lat": [54.0, 54.02, 55.0, 55.0],
        "score": [0.8, 0.5, np.nan, 0.2],
        "sure": [True, False, False, False],
        "seat": [False, True, False, False],
    }
)
MINES = pd.DataFrame({"lon": [86.2, 87.0], "lat": [54.1, 54.2], "status": ["operating", "retired"]})


@pytest.mark.parametrize("cone", [maps.RUSSIA, maps.KUZBASS], ids=["Russia", "Kuzbass"])
def test_the_projection_is_the_one_that_proj_computes(cone):
    """Albers' equal-area cone on a sphere, over all of Russia, Chukotka beyond 180 degrees included."""
    pyproj = pytest.importorskip("pyproj")
    proj = pyproj.Proj(
        proj="aea",
        lat_1=cone.lat_1,
        lat_2=cone.lat_2,
        lat_0=cone.lat_0,
        lon_0=cone.lon_0,
        R=6371008.8,
        units="km",
    )
    lon, lat = (
        a.ravel() for a in np.meshgrid(np.r_[np.arange(20, 180, 7.0), -175.0, -170.0], np.arange(41, 82, 5.0))
    )
    ours, theirs = cone(lon, lat), proj(lon, lat)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@given(st.floats(41, 75), st.floats(25, 175))
def test_a_square_of_one_degree_keeps_its_area_wherever_it_lies(lat, lon):
    edge = np.linspace(0, 1, 50)
    west, south = np.full(50, lon), np.full(50, lat)
    ring_lon = np.r_[lon + edge, west + 1, lon + 1 - edge, west]
    ring_lat = np.r_[south, lat + edge, south + 1, lat + 1 - edge]
    x, y = maps.RUSSIA(ring_lon, ring_lat)
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    exact = maps.EARTH_RADIUS_KM**2 * np.radians(1) * (np.sin(np.radians(lat + 1)) - np.sin(np.radians(lat)))
    assert area == pytest.approx(exact, rel=1e-3)


def test_the_centre_of_the_map_is_zero():
    assert np.allclose(maps.RUSSIA(100, 56), (0, 0))


def test_a_ring_that_is_cut_at_180_degrees_is_left_out():
    assert len(list(maps.rings(SQUARE))) == 1
    assert len(list(maps.rings(SQUARE, {"Cut"}))) == 0


@settings(max_examples=20)
@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=1, max_size=25))
def test_placed_labels_touch_neither_each_other_nor_a_mark(spots):
    fig = Figure(figsize=(5, 4))
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set_xlim(0, 10)
    ax.set_ylim(0, 10)
    x, y = np.array(spots, float).T
    size = np.full(len(x), 8.0)
    taken = maps.place_labels(ax, x, y, [f"Town {i}" for i in range(len(x))], size, most=99)
    boxes = [t.get_window_extent() for t in ax.texts]
    assert len(boxes) <= len(taken)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    points = ax.transData.transform(np.column_stack([x, y]))
    inside = [(px, py) for px, py in points if ax.bbox.contains(px, py)]
    assert not any(box.contains(*point) for box in boxes for point in inside)


def test_a_blank_label_takes_no_place_and_the_marked_town_comes_first():
    fig = Figure(figsize=(5, 4))
    FigureCanvasAgg(fig)
    maps.towns(TOWNS, MINES, SQUARE, fig=fig, cone=maps.KUZBASS, labels=(1, 1), mark="Three")
    names = [t.get_text() for t in fig.axes[0].texts if "km" not in t.get_text()]
    assert names == ["Three"]


@pytest.mark.parametrize("narrow", [False, True])
def test_two_drawings_of_one_map_are_the_same_bytes(narrow):
    options = {"cone": maps.KUZBASS, "highlight": "Here"}
    once, again = (draw_svg(maps.towns, (TOWNS, MINES, SQUARE), (4, 3), narrow, options) for _ in range(2))
    assert once == again
    assert "One" in once


def test_a_kilometre_is_as_long_both_ways():
    fig = Figure(figsize=(6, 2))
    FigureCanvasAgg(fig)
    ax = maps.towns(TOWNS, MINES, SQUARE, fig=fig, cone=maps.KUZBASS, window=(-100, 100, -100, 100))
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert (right - left) / 6 == pytest.approx((top - bottom) / 2)
    assert left <= -100 and right >= 100 and top >= 100
