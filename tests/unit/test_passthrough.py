import numpy as np
import pandas as pd
import pytest

from coalface.models import passthrough as pt


def series(values, name):
    return pd.Series(values, index=pd.period_range("2000-01", periods=len(values), freq="M"), name=name)


@pytest.fixture(scope="module")
def world():
    """A policy rate that wanders; a lending rate that closes a quarter of its gap to 0.8 of it a month."""
    rng = np.random.default_rng(11)
    policy = 10 + rng.standard_normal(400).cumsum() * 0.5
    lending = np.empty(400)
    lending[0] = 2 + 0.8 * policy[0]
    for t in range(1, 400):
        gap = lending[t - 1] - 2 - 0.8 * policy[t - 1]
        step = -0.25 * gap + 0.3 * (policy[t] - policy[t - 1])
        lending[t] = lending[t - 1] + step + 0.05 * rng.standard_normal()
    return series(lending, "lending"), series(policy, "policy")


def test_pass_through_finds_what_made_the_data(world):
    found = pt.pass_through(*world, rng=np.random.default_rng(1))
    assert found.impact.low < 0.3 < found.impact.high
    assert found.long_run.low < 0.8 < found.long_run.high
    assert found.model.adjustment.low < -0.25 < found.model.adjustment.high
    assert found.model.verdict == "levels move together"


def test_half_life_is_that_of_the_closing_gap(world):
    """The effect after h months is 0.8 - 0.5 * 0.75^h, which reaches 0.4 between months 0 and 1."""
    found = pt.pass_through(*world, rng=np.random.default_rng(1), order=(1, 1))
    assert found.half_life.value == pytest.approx((0.4 - 0.3) / (0.425 - 0.3), abs=0.15)
    np.testing.assert_allclose(found.path["value"].iloc[-1], found.long_run.value, rtol=1e-6)


def test_the_same_generator_gives_the_same_intervals(world):
    one = pt.pass_through(*world, rng=np.random.default_rng(4))
    two = pt.pass_through(*world, rng=np.random.default_rng(4))
    pd.testing.assert_frame_equal(one.path, two.path)


def test_unrelated_walks_are_not_said_to_move_together():
    """At 5 percent, false findings on 40 pairs of unrelated walks stay rare."""
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(40):
        y, x = rng.standard_normal((2, 150)).cumsum(axis=1)
        fit = pt.error_correction(series(y, "y"), series(x, "x").to_frame(), lags=1, order={"x": 1})
        found += fit.verdict == "levels move together"
    assert found <= 6


def test_chow_sees_a_break_and_none_where_there_is_none(world):
    lending, policy = world
    calm = pt.stability(lending, policy, first_after="2017-01", rng=np.random.default_rng(2))
    broken = lending.where(lending.index < pd.Period("2017-01", "M"), 12 - 0.2 * policy)
    broken = broken + np.random.default_rng(0).standard_normal(400) * 0.01
    shift = pt.stability(broken, policy, first_after="2017-01", rng=np.random.default_rng(2))
    assert shift.p_value < 1e-6 < 0.01 < calm.p_value


def test_a_short_or_broken_sample_is_refused(world):
    lending, policy = world
    with pytest.raises(ValueError, match="common periods"):
        pt.pass_through(lending.iloc[:10], policy, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="no value for 2000-06"):
        pt.pass_through(lending.drop(lending.index[5]), policy, rng=np.random.default_rng(0))


def test_a_gap_that_widens_has_no_long_run():
    """A lending rate that leaves a fixed policy rate ever faster never comes to rest."""
    rng = np.random.default_rng(0)
    policy = 8 + rng.standard_normal(80).cumsum() * 0.02
    lending = 8 + np.exp(np.arange(80) / 20) + rng.standard_normal(80) * 0.01
    found = pt.pass_through(series(lending, "lending"), series(policy, "policy"), rng=rng, order=(1, 1))
    assert found.model.adjustment.value > 0
    assert np.isnan([found.long_run.value, found.half_life.value]).all()
    assert np.isfinite(found.impact.value)
    assert pt.table({"x": found})["long_run"].isna().all()
