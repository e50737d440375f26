"""Labels keep clear of each other, of lines and of the edge; pictures stay small."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from coalface.show import charts, layout
from coalface.show.compact import path

MONTHS = pd.period_range("2019-01", "2026-05", freq="M", name="period")
RATE = pd.DataFrame({"rate": [7 + (k % 17) for k in range(len(MONTHS))]}, index=MONTHS, dtype=float)


def drawn(draw, *args, size=(3.65, 3.6), **options):
    figure = Figure(figsize=size, dpi=72)
    axes = figure.subplots()
    draw(*args, ax=axes, narrow=size[0] < 4, **options)
    layout.fit(figure)
    return axes


def boxes(texts):
    return [t.get_window_extent() for t in texts if t.get_text() and t.get_visible()]


places = st.lists(st.floats(-100, 100), min_size=1, max_size=12).map(sorted)


@given(places, st.floats(1, 20))
def test_parted_labels_keep_their_order_and_never_overlap(wanted, size):
    found = layout.apart(wanted, [size] * len(wanted))
    assert all(b - a >= size - 1e-6 for a, b in pairwise(found))
    assert sum(found) == pytest.approx(sum(wanted), abs=1e-6)  # as a whole they stay where they want to be


def test_labels_far_apart_stay_where_they_are():
    assert layout.apart([0.0, 50.0], [10.0, 10.0]) == [0.0, 50.0]


def test_names_under_a_narrow_axis_do_not_touch():
    axes = drawn(charts.lines, RATE, labels={"rate": "Key rate with a long name"})
    found = boxes(axes.get_xticklabels())
    assert len(found) >= 3 and all(a.x1 < b.x0 for a, b in pairwise(found))


def test_everything_written_lies_inside_the_picture():
    events = pd.DataFrame({"date": ["2022-08-10", "2024-01-01"], "label": ["EU embargo", "China tariff"]})
    for size in ((7.5, 3.2), (3.65, 3.6)):
        axes = drawn(charts.lines, RATE, size=size, events=events)
        width, height = axes.figure.bbox.width, axes.figure.bbox.height
        low, high = axes.get_ylim()
        levels = [t for t in axes.get_yticklabels() if low <= t.get_position()[1] <= high]
        for box in boxes([*axes.texts, *axes.get_xticklabels(), *levels]):
            assert box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 and box.y1 <= height + 1


def test_event_labels_stand_where_no_line_runs():
    events = pd.DataFrame({"date": ["2022-08-10"], "label": ["EU embargo"]})
    level = pd.DataFrame({"low": 1.0, "high": 10.0}, index=MONTHS)
    axes = drawn(charts.lines, level, size=(7.5, 3.2), events=events)
    (note,) = [t for t in axes.texts if t.get_label() == "_event"]
    box = note.get_window_extent()
    for line in (1.0, 10.0):
        y = axes.transData.transform((0, line))[1]
        assert not box.y0 < y < box.y1


def test_a_chart_refuses_a_fourth_event():
    events = pd.DataFrame({"date": ["2020", "2021", "2022", "2023"], "label": list("abcd")})
    with pytest.raises(ValueError, match="at most three"):
        drawn(charts.lines, RATE, events=events)


def test_a_waterfall_that_does_not_add_up_is_refused():
    with pytest.raises(ValueError, match="miss the last total by 1"):
        drawn(charts.waterfall, pd.Series({"a": 10.0, "b": -3.0, "c": 6.0}))


def test_a_label_of_a_value_below_zero_stands_left_of_its_bar():
    axes = drawn(charts.dots, pd.DataFrame({"label": ["a", "b"], "value": [-5.0, 3.0]}), size=(7.5, 3))
    found = {t.get_text(): t.get_window_extent() for t in axes.texts}
    assert found["−5.00"].x1 < axes.transData.transform((-5, 0))[0]
    assert found["3.00"].x0 > axes.transData.transform((3, 0))[0]


@given(st.lists(st.tuples(st.floats(0, 540), st.floats(0, 300)), min_size=2, max_size=25))
def test_a_short_path_keeps_every_corner_within_a_twentieth_of_a_point(points):
    data = "M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in points)
    assert corners(path(data)) >= {(round(x * 10), round(y * 10)) for x, y in points}


def corners(data: str) -> set[tuple[int, int]]:
    """Every corner of path data in tenths, read as the SVG grammar says: capitals are absolute."""
    at, start, found = (0, 0), (0, 0), set()
    for letter, words in re.findall(r"([MmLlhvz])([^MmLlhvz]*)", data):
        if letter == "z":
            at = start
        numbers = [round(float(n) * 10) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", words)]
        if letter in "hv":
            numbers = [n for step in numbers for n in ((step, 0) if letter == "h" else (0, step))]
        for k, (x, y) in enumerate(zip(numbers[::2], numbers[1::2], strict=True)):
            at = (x, y) if letter.isupper() else (at[0] + x, at[1] + y)
            start = at if letter in "Mm" and k == 0 else start
            found.add(at)
    return found


def test_two_paths_joined_into_one_keep_their_places():
    one, two = "M 10 10 L 20 10 L 20 20 z", "M 50 50 L 60 50 L 60 60 z"
    assert corners(path(one) + path(two)) == corners(path(one)) | corners(path(two))
    assert corners(path(f"{one} {two}")) == corners(path(one) + path(two))
    assert corners(path(one)) == {(100, 100), (200, 100), (200, 200)}


def test_a_long_path_drops_only_what_cannot_be_seen():
    data = "M " + " L ".join(f"{k * 0.1:.3f} 5.0" for k in range(1000))
    assert path(data).startswith("M0 5h") and len(path(data)) < 1000


def test_small_multiples_share_limits_that_hold_every_panel():
    figure = Figure(figsize=(7.5, 3.2), dpi=72)
    panels = {"low": RATE["rate"], "high": RATE["rate"] + 100}
    charts.grid(panels, charts.lines, fig=figure)
    low, high = (ax.get_ylim() for ax in figure.axes)
    assert low == high and low[0] <= 7 and low[1] >= 123


def test_an_island_too_small_to_see_is_left_out_but_a_small_triangle_with_few_digits_stays():
    speck = "M 10.000000 10.000000 L 10.200000 10.100000 L 10.100000 10.300000 L 10.000000 10.000000 z"
    assert path(speck) == "" and path(speck + " M 0 0 L 9 9 L 9 0 z").startswith("M0 0l9 9")
