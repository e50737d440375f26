import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.models import rates


def months(values, start="2015-01", name="x"):
    return pd.Series(
        values, index=pd.period_range(start, periods=len(values), freq="M"), name=name, dtype=float
    )


@given(st.lists(st.floats(-5, 10), min_size=12, max_size=30))
def test_chaining_twelve_changes_is_the_ratio_of_price_levels(changes):
    mom = months(changes)
    level = (1 + mom / 100).cumprod()
    before = level.shift(12).fillna(1.0)
    expected = ((level / before - 1) * 100).iloc[11:]
    np.testing.assert_allclose(rates.chained_yoy_pct(mom), expected, rtol=1e-9, atol=1e-9)


def test_a_missing_month_is_refused_by_name():
    with pytest.raises(ValueError, match="a month is missing after 2015-03"):
        rates.chained_yoy_pct(months([1.0] * 20).drop(pd.Period("2015-04", "M")))


@given(st.floats(-5, 40), st.floats(-5, 40))
def test_a_real_rate_compounds_with_inflation_to_the_nominal_rate(nominal, inflation):
    real = rates.real_rate_pct(months([nominal]), months([inflation])).iloc[0]
    assert (1 + real / 100) * (1 + inflation / 100) == pytest.approx(1 + nominal / 100)


def test_next_twelve_months_from_december_are_the_forecast_of_the_next_year():
    assert rates.next_12m_pct(months([0.5] * 12), 6.3, 4.0) == pytest.approx(6.3)


def test_a_forecast_that_comes_true_leaves_the_part_of_the_next_year():
    known = months([0.5] * 6)
    first = (1.005**12 - 1) * 100
    expected = (1.005**6 * 1.04**0.5 - 1) * 100
    assert rates.next_12m_pct(known, first, 4.0) == pytest.approx(expected)


def test_a_known_season_decides_how_much_of_the_next_year_counts():
    """Prices that rise in the first half of the year only: in June, the next half brings all of a year."""
    pattern = [1.0] * 6 + [0.0] * 6
    known = months(pattern * 6 + [1.0] * 6, start="2010-01")
    whole = (1.01**6 - 1) * 100
    assert rates.next_12m_pct(known, whole, 8.0) == pytest.approx(8.0)


def test_tightness_counts_the_lower_months():
    found = rates.tightness(months([*range(30), 15.5]))
    assert found.share_below == pytest.approx(16 / 30)
    assert (found.highest, found.highest_period) == (29.0, "2017-06")


def test_tightness_needs_two_years():
    with pytest.raises(ValueError, match="24"):
        rates.tightness(months(range(20)))


def test_the_policy_rule_finds_the_rule_that_made_the_data():
    rng = np.random.default_rng(3)
    inflation = months(6 + np.convolve(rng.standard_normal(600), np.ones(12) / 4, mode="same"))
    rate = np.empty(600)
    rate[0] = 10
    for t in range(1, 600):
        rate[t] = 0.8 * rate[t - 1] + 0.2 * (2 + 1.5 * inflation.iloc[t]) + 0.05 * rng.standard_normal()
    rule = rates.policy_rule(months(rate), inflation.to_frame("inflation"))
    assert rule.smoothing == pytest.approx(0.8, abs=0.02)
    assert rule.long_run.loc["inflation", "low"] < 1.5 < rule.long_run.loc["inflation", "high"]
    np.testing.assert_allclose(rule.prescribed + rule.residual, months(rate).iloc[1:], rtol=1e-10)


def test_a_rate_that_never_returns_has_no_rule():
    rate = months(np.exp(np.arange(80) / 20))
    noise = months(np.random.default_rng(0).standard_normal(80))
    with pytest.raises(ValueError, match="no resting point"):
        rates.policy_rule(rate, noise.to_frame("noise"))


def test_regimes_find_two_plateaus_in_order():
    rng = np.random.default_rng(5)
    level = np.repeat([1.0, 9.0, 1.0], 40)
    found = rates.regimes(months(level + rng.standard_normal(120)), states=2)
    assert found.means == pytest.approx((1.0, 9.0), abs=0.5)
    assert found.probability[1].iloc[60] > 0.99 > 0.01 > found.probability[1].iloc[10]
    assert found.converged
    np.testing.assert_allclose(found.probability.sum(axis=1), 1.0)
