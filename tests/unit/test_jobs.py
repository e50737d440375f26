"""Jobs at risk: signs, caps, common random numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.models import jobs

PLACES = pd.DataFrame(
    {
        "mining_jobs_low": [900.0, 0.0],
        "mining_jobs_high": [1000.0, 500.0],
        "headcount": [3000.0, np.nan],
        "wage": [70_000.0, np.nan],
        "coal_wage": [110_000.0, 110_000.0],
    },
    index=["known", "dark"],
)
STUDIES = pd.DataFrame({"low": [1.0, 1.27, 0.0], "high": [2.0, 1.27, 1.0]})


def luck(draws: int = 500, places: pd.DataFrame = PLACES, seed: int = 1) -> jobs.JobLuck:
    return jobs.draw_luck(
        places,
        elasticity=(0.4, 1.0),
        studies=STUDIES,
        arrears_rub=(2e5, 4e5),
        draws=draws,
        rng=np.random.default_rng(seed),
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_deeper_fall_never_costs_fewer_jobs_in_any_draw(one, other):
    """Common random numbers: the same luck is used for both falls."""
    small, large = sorted((one, other))
    chance = luck(50)
    assert (jobs.lost_jobs(chance, large) >= jobs.lost_jobs(chance, small) - 1e-9).all()


def test_no_fall_costs_nothing():
    assert jobs.lost_jobs(luck(), 0.0).sum() == 0


def test_direct_jobs_never_exceed_the_mining_jobs_of_the_town():
    chance = luck()
    direct, _ = jobs.lost_jobs(chance, 1.0)
    assert (direct <= chance.mining_jobs + 1e-9).all()


def test_all_jobs_lost_never_exceed_the_headcount_where_it_is_known():
    direct, indirect = jobs.lost_jobs(luck(), 1.0, PLACES["headcount"].to_numpy())
    assert ((direct + indirect)[:, 0] <= 3000 + 1e-9).all()


def test_every_multiplier_drawn_lies_within_a_study():
    extra = luck(2000).extra_jobs
    assert extra.min() >= 0
    assert extra.max() <= 2
    assert np.isclose(extra, 1.27).mean() == pytest.approx(1 / 3, abs=0.05)


def test_a_town_without_wage_has_unknown_income_share_and_known_jobs():
    result = jobs.jobs_at_risk(PLACES, luck(), 0.2).table()
    assert np.isnan(result.loc["dark", "income_share"])
    assert result.loc["dark", "direct"] > 0
    assert 0 < result.loc["known", "income_share"] < 1


def test_intervals_are_ordered_and_totals_are_taken_draw_by_draw():
    result = jobs.jobs_at_risk(PLACES, luck(), 0.2)
    table, total = result.table(), result.total()
    assert (table["jobs_low"] <= table["jobs"]).all()
    assert (table["jobs"] <= table["jobs_high"]).all()
    assert total["low"] <= total["median"] <= total["high"]


def test_a_town_added_at_the_end_keeps_the_luck_of_the_others():
    one, both = luck(100, PLACES.iloc[:1]), luck(100)
    np.testing.assert_array_equal(one.mining_jobs[:, 0], both.mining_jobs[:, 0])
    np.testing.assert_array_equal(one.elasticity, both.elasticity)


def test_all_towns_lie_at_the_same_point_of_their_bounds_so_that_luck_does_not_cancel_out():
    """With a point of its own for each town the total of thirty towns would look far too sure."""
    many = pd.concat([PLACES.iloc[1:]] * 30, ignore_index=True)
    chance = luck(400, many)
    width = np.ptp(chance.mining_jobs.sum(axis=1))
    assert width == pytest.approx(30 * np.ptp(chance.mining_jobs[:, 0]))


def test_falls_may_differ_by_draw_and_town():
    chance = luck(4)
    by_draw = jobs.lost_jobs(chance, np.array([0.0, 0.1, 0.2, 1.0]))
    assert by_draw.shape == (2, 4, 2)
    by_town = jobs.lost_jobs(chance, np.full((4, 2), 0.1))
    np.testing.assert_allclose(by_town[:, 1], by_draw[:, 1])


@pytest.mark.parametrize("shock", [5, 0.01, 200])
def test_a_positive_shock_is_refused_and_the_right_sign_is_shown(shock):
    with pytest.raises(ValueError, match=rf"rise of output by {shock:g} percent.*shock_pct=-{shock:g}"):
        jobs.output_fall(shock)


@pytest.mark.parametrize("shock", [-101, float("nan"), float("-inf")])
def test_a_shock_beyond_everything_is_refused(shock):
    with pytest.raises(ValueError, match="100 percent"):
        jobs.output_fall(shock)


def test_a_rise_of_output_is_refused_by_the_chain_entry_too():
    with pytest.raises(ValueError, match="share from 0 to 1"):
        jobs.lost_jobs(luck(10), -0.2)


def test_without_a_study_indirect_jobs_are_missing_not_zero():
    chance = jobs.draw_luck(
        PLACES,
        elasticity=(0.4, 1),
        studies=STUDIES.iloc[:0],
        arrears_rub=(np.nan, np.nan),
        draws=5,
        rng=np.random.default_rng(0),
    )
    table = jobs.jobs_at_risk(PLACES, chance, 0.2).table()
    assert table["direct"].notna().all()
    assert table[["indirect", "jobs", "arrears_mn_rub"]].isna().all(axis=None)


def test_a_study_with_crossed_bounds_is_refused():
    with pytest.raises(ValueError, match="0 <= low <= high"):
        jobs.draw_luck(
            PLACES,
            elasticity=(0.4, 1),
            studies=pd.DataFrame({"low": [2.0], "high": [1.0]}),
            arrears_rub=(0, 1),
            draws=5,
            rng=np.random.default_rng(0),
        )


def test_a_scenario_that_lifts_exports_can_cancel_a_fall_but_not_turn_it_round():
    assert jobs.output_fall(-5, exports_pct=20, export_share=0.5) == 0


def test_an_elasticity_that_falls_is_refused():
    with pytest.raises(ValueError, match=r"elasticity runs from 1 to 0\.4"):
        jobs.draw_luck(
            PLACES,
            elasticity=(1, 0.4),
            studies=STUDIES,
            arrears_rub=(0, 1),
            draws=5,
            rng=np.random.default_rng(0),
        )
