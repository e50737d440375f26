"""Scores of forecasts."""

import numpy as np
import pandas as pd
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st

from coalface.models import ledger

ends = st.tuples(st.floats(-50, 50), st.floats(-50, 50)).map(sorted)


@given(ends, st.floats(-80, 80), st.floats(0.1, 0.99))
def test_interval_score_agrees_with_an_independent_program(interval, outcome, level):
    low, high = interval
    ours = ledger.interval_score(low, high, outcome, level)
    theirs = scoringrules.interval_score(outcome, low, high, 1 - level)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_interval_score_is_the_width_at_both_edges_and_dearer_just_outside():
    at_low, at_high = ledger.interval_score([2, 2], [3, 3], [2, 3])
    assert at_low == at_high == 1
    below, above = ledger.interval_score([2, 2], [3, 3], [1.99, 3.01])
    assert below == pytest.approx(1.2)
    assert above == pytest.approx(1.2)


def test_interval_score_refuses_a_level_or_ends_that_make_no_sense():
    with pytest.raises(ValueError, match="level"):
        ledger.interval_score(1, 2, 3, level=1)
    with pytest.raises(ValueError, match="lower end"):
        ledger.interval_score(2, 1, 3)


def forecasts():
    return pd.DataFrame(
        {
            "issuer": ["a", "a", "b", "b"],
            "low": [2.0, np.nan, 10.0, np.nan],
            "value": [np.nan, 7.5, np.nan, 8.0],
            "high": [3.0, np.nan, np.nan, np.nan],
            "outcome": [7.4, 7.4, 7.4, np.nan],
            "naive": [7.6, 7.6, 7.6, 7.4],
        }
    )


def test_score_takes_the_middle_of_a_range_the_value_or_the_bound():
    table = ledger.score(forecasts())
    assert table["point"].tolist() == [2.5, 7.5, 10.0, 8.0]
    assert table["one_sided"].tolist() == [False, False, True, False]
    assert table["error"][:3].tolist() == pytest.approx([-4.9, 0.1, 2.6])
    assert table["interval_score"][:2].tolist() == pytest.approx([1 + 20 * 4.4, 20 * 0.1])
    assert table["interval_score"][2:].isna().all()
    assert table["inside"].tolist() == [False, pd.NA, pd.NA, pd.NA]


def test_skill_counts_cases_and_leaves_bounds_and_open_outcomes_out():
    table = ledger.skill(ledger.score(forecasts()), ["issuer"])
    assert table["issuer"].tolist() == ["a"]
    row = table.iloc[0]
    assert (row["n"], row["ranges"], row["inside"]) == (2, 1, 0)
    assert row["skill"] == pytest.approx(1 - (4.9 + 0.1) / (0.2 + 0.2))


def test_an_error_within_the_range_of_the_sources_is_none():
    table = ledger.score(forecasts().assign(outcome_low=7.4, outcome_high=7.6))
    assert table["band_error"][:3].tolist() == pytest.approx([2.5 - 7.4, 0.0, 10 - 7.6])


def test_misses_are_percent_of_the_outcome_or_points_of_a_rate():
    table = ledger.score(forecasts().assign(unit=["Mt", "percent", "Mt", "Mt"]))
    assert table["miss"][0] == pytest.approx(100 * 4.9 / 7.4)
    assert table["miss"][1] == pytest.approx(0.1)
    assert table["naive_miss"][1] == pytest.approx(0.2)


def test_a_naive_forecast_without_error_leaves_skill_unknown():
    exact = forecasts().assign(naive=7.4)
    assert np.isnan(ledger.skill(ledger.score(exact), ["issuer"])["skill"]).all()


def contest():
    day = pd.Timestamp("2024-10-25")
    return pd.DataFrame(
        {
            "day": [day, day],
            "target": "key_rate",
            "made": "2024-10-25",
            "issuer": ["Bank of Russia", "Survey"],
            "year": 2025,
            "ours": 16.4,
            "ours_low": 11.2,
            "ours_high": 23.1,
            "no_change": 18.5,
            "outcome": 19.2,
        }
    )


def test_our_forecast_enters_once_with_the_day_on_which_it_was_made():
    rows = ledger.ours(contest())
    assert len(rows) == 1
    row = ledger.score(rows).iloc[0]
    assert (row["made"], row["period"], row["horizon"], row["issuer"]) == (
        "2024-10-25",
        "2025",
        1,
        "coalface",
    )
    assert row["miss"] == pytest.approx(2.8)
    assert row["inside"]


def test_a_contest_that_has_not_begun_adds_no_row():
    assert ledger.ours(contest().head(0)).empty


def test_the_naive_forecast_of_the_contest_replaces_only_its_own_rows():
    published = pd.DataFrame(
        {
            "made": ["2024-10-25", "2024-10-25"],
            "topic": ["key rate", "volume"],
            "period": "2025",
            "naive": 9.95,
        }
    )
    assert ledger.with_no_change(published, contest())["naive"].tolist() == [18.5, 9.95]


def test_signs_of_few_errors_do_not_convince():
    few = ledger.too_low([-1, -2, -3])
    assert (few.count, few.n, few.share) == (3, 3, 1.0)
    assert few.low < 0.5
    assert few.p_value == pytest.approx(0.25)
    many = ledger.too_low([-1] * 12)
    assert many.p_value < 0.001
    none = ledger.too_low([0.0, np.nan])
    assert none.n == 0
    assert np.isnan(none.p_value)


def test_ranges_that_held_are_counted_among_those_that_were_stated():
    held = ledger.share_inside(ledger.score(forecasts()))
    assert (held.count, held.n, held.share) == (0, 1, 0.0)


def test_an_entry_of_ours_carries_its_interval_and_origin():
    made = ledger.entry(
        "2025-01-31",
        "steel.output.ua",
        "2025",
        "Mt",
        np.arange(101.0),
        outcome=7.4,
        naive=7.58,
        topic="volume",
    )
    row = made.iloc[0]
    assert (row["low"], row["value"], row["high"]) == (5, 50, 95)
    assert (row["horizon"], row["issuer"]) == (0, "coalface")
