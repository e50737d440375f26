"""Periods, windows and increments."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.data import periods
from coalface.errors import CoverageError, DataError

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
PLAIN = st.builds(
    lambda day, form: {
        "A": f"{day:%Y}",
        "Q": f"{day:%Y}-Q{(day.month + 2) // 3}",
        "M": f"{day:%Y-%m}",
        "D": f"{day:%Y-%m-%d}",
    }[form],
    DAYS,
    st.sampled_from("AQMD"),
)


@given(PLAIN)
def test_a_period_survives_writing_and_parsing(text: str) -> None:
    assert periods.write(periods.parse(text)) == text


@given(PLAIN)
def test_a_plain_period_is_a_window_of_itself(text: str) -> None:
    start, end = periods.window(text)
    assert start == end == periods.parse(text)
    assert periods.days(f"{text}/{text}") == periods.days(text)


@given(DAYS, DAYS, st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"]))
def test_a_window_runs_from_the_first_to_the_last_day(one: date, other: date, form: str) -> None:
    early, late = sorted((one, other))
    first, last = periods.days(f"{early:{form}}/{late:{form}}")
    assert first <= pd.Timestamp(early) and pd.Timestamp(late) <= last
    assert f"{first:{form}}" == f"{early:{form}}" and f"{last:{form}}" == f"{late:{form}}"


@given(st.text(max_size=12))
def test_any_other_text_is_refused_in_one_sentence(text: str) -> None:
    try:
        periods.window(text)
    except DataError as error:
        assert "\n" not in str(error).replace(repr(text), "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-13", "not a period"),
        ("2024-Q5", "not a period"),
        ("2024-1", "not a period"),
        ("24", "not a period"),
        ("", "not a period"),
        ("2024-03-17T00", "not a period"),
        ("٢٠٢٤", "not a period"),
        ("2023-02-29", "not a day of the calendar"),
        ("2024/2024-06", "two precisions"),
        ("2024-06/2024-01", "ends before it starts"),
        ("2024/2025/2026", "not a period"),
        ("2024/", "not a period"),
    ],
)
def test_what_is_wrong_with_a_period_is_said(text: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        periods.window(text)


def test_a_window_is_no_plain_period() -> None:
    with pytest.raises(DataError, match=r"read with periods\.window"):
        periods.parse("2024-01/2024-06")


def test_an_index_takes_one_precision() -> None:
    assert periods.index(["2024-Q1", "2024-Q3"], "Q").to_list() == [pd.Period("2024Q1"), pd.Period("2024Q3")]
    assert periods.index([], "M").empty
    with pytest.raises(DataError, match="not of precision M"):
        periods.index(["2024-01", "2024"], "M")


def test_bounds_leave_an_empty_date_open() -> None:
    found = periods.bounds(["2024-02", "", "2023"])
    assert found["end"].to_list() == [pd.Timestamp("2024-02-29"), pd.NaT, pd.Timestamp("2023-12-31")]
    assert periods.bounds([]).empty


def series() -> pd.Series:
    return pd.Series(range(24), index=pd.period_range("2023-01", periods=24, freq="M"), name="x", dtype=float)


def test_cut_takes_both_ends_and_coarser_periods() -> None:
    assert len(periods.cut(series(), "2023-06", "2024-01")) == 8
    assert len(periods.cut(series(), "2024")) == 12
    assert len(periods.cut(series(), end="2023-Q2")) == 6


def test_cut_says_where_the_series_ends() -> None:
    with pytest.raises(CoverageError, match="x ends in 2024-12, before 2025-06; ask up to 2024-12"):
        periods.cut(series(), "2024-01", "2025-06")
    with pytest.raises(CoverageError, match="x starts in 2023-01, after 2022-12"):
        periods.cut(series(), "2022-12")
    with pytest.raises(CoverageError, match="has no figure"):
        periods.cut(series() * float("nan"))
    with pytest.raises(DataError, match="PeriodIndex"):
        periods.cut(series().reset_index(drop=True))


def ytd(values: dict[str, float], **columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"period": list(values), "value": list(values.values()), **columns})


@given(st.lists(st.floats(-1e6, 1e6), min_size=12, max_size=12), st.sets(st.integers(1, 12), min_size=1))
def test_increments_add_up_to_what_was_cumulated(flows: list[float], published: set[int]) -> None:
    total = pd.Series(flows, index=range(1, 13)).cumsum()
    frame = ytd({"2025-01" if m == 1 else f"2025-01/2025-{m:02}": float(total[m]) for m in sorted(published)})
    found = periods.increments(frame.sample(frac=1, random_state=1))
    assert found["value"].sum() == pytest.approx(total[max(published)], abs=1e-6)
    assert found["months"].sum() == max(published)
    ends = [periods.days(text) for text in found["period"]]
    assert all(b[0] == a[1] + pd.Timedelta(days=1) for a, b in pairwise(ends))


def test_a_missing_month_gives_a_longer_span() -> None:
    found = periods.increments(ytd({"2025-01/2025-03": 30.0, "2025-01/2025-05": 52.0, "2025": 130.0}))
    assert found["period"].to_list() == ["2025-01/2025-03", "2025-04/2025-05", "2025-06/2025-12"]
    assert found["value"].to_list() == [30.0, 22.0, 78.0]
    assert found["months"].to_list() == [3, 2, 7]


def test_years_are_not_joined() -> None:
    found = periods.increments(ytd({"2024-01/2024-11": 110.0, "2025-01/2025-02": 20.0}))
    assert found["value"].to_list() == [110.0, 20.0]
    assert found["period"].to_list() == ["2024-01/2024-11", "2025-01/2025-02"]


def test_of_documents_that_disagree_the_newest_counts_and_the_bounds_hold_all() -> None:
    frame = pd.DataFrame(
        {
            "period": ["2025-01/2025-05", "2025-01/2025-05", "2025-01/2025-06", "2025-01/2025-05"],
            "value": [-128.6, -112.0, -185.2, -100.0],
            "published": ["2025-08-28", "2025-07-02", "2025-08-28", ""],
            "grade": ["B", "B", "C", "A"],
        }
    )
    found = periods.increments(frame)
    assert found["value"].to_list() == pytest.approx([-128.6, -56.6])
    assert found[["low", "high"]].to_numpy().tolist() == [
        pytest.approx([-128.6, -100.0]),
        pytest.approx([-85.2, -56.6]),
    ]
    assert found["n_sources"].to_list() == [3, 1]


def test_of_documents_of_one_day_the_better_grade_counts() -> None:
    same = {"published": ["2025-08-28"] * 2, "grade": ["A", "C"]}
    frame = pd.DataFrame({"period": ["2025-01/2025-05"] * 2, "value": [1.0, 2.0], **same})
    assert periods.increments(frame)["value"].to_list() == [1.0]
    assert periods.increments(frame.iloc[::-1])["value"].to_list() == [1.0]


def test_of_equal_documents_the_earlier_row_counts_as_in_load() -> None:
    same = {"published": ["2025-08-28"] * 2, "grade": ["B", "B"]}
    frame = pd.DataFrame({"period": ["2025-01/2025-05"] * 2, "value": [1.0, 2.0], **same})
    assert periods.increments(frame)["value"].to_list() == [1.0]


def test_windows_that_do_not_start_the_year_have_no_place_in_the_run() -> None:
    frame = ytd(
        {"2025-01/2025-03": 3.0, "2025-04/2025-06": 5.0, "2025-01-01/2025-05-11": 4.0, "2024/2025": 9.0}
    )
    assert periods.increments(frame)["period"].to_list() == ["2025-01/2025-03"]
    with pytest.raises(DataError, match="nothing cumulated"):
        periods.increments(ytd({"2025-04/2025-06": 5.0}))


def test_a_day_window_to_the_end_of_a_month_counts() -> None:
    assert periods.increments(ytd({"2025-01-01/2025-05-31": 4.0}))["months"].to_list() == [5]
