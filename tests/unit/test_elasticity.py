"""The inferred elasticity: prior, evidence before the stop, forecast and outcome."""

import numpy as np
import pandas as pd
import pytest

from coalface.models import elasticity, steel


def rng():
    return np.random.default_rng(20261122)


@pytest.fixture(scope="module")
def prior():
    return elasticity.Prior().draw(4_000, rng())


def simulated_pairs(sigma, count, noise=0.02):
    draw = rng()
    coal = draw.uniform(0.4, 1.3, count)
    made = steel.coal_stop(coal, share=0.6, elasticity=sigma, cost_share=0.35, output_response=0.6).output
    output = made * np.exp(draw.normal(0, noise, count))
    return pd.DataFrame({"coal": coal, "output": output, "share": 0.6})


def test_prior_ranges_hold_nine_draws_in_ten(prior):
    for name in ("elasticity", "output_response", "noise"):
        low, high = getattr(elasticity.Prior(), name)
        assert prior[name].between(low, high).mean() == pytest.approx(0.9, abs=0.02)


def test_every_assumption_has_a_range_and_a_reason():
    table = elasticity.Prior().table()
    assert list(table.index) == list(elasticity.PARAMETERS)
    assert (table["low"] < table["high"]).all()
    assert (table["reason"].str.len() > 20).all()


def test_evidence_moves_the_elasticity_towards_the_truth(prior):
    low = elasticity.calibrate(simulated_pairs(0.3, 12), prior, rng())
    high = elasticity.calibrate(simulated_pairs(6.0, 12), prior, rng())
    assert low.interval("elasticity")[0] < 1 < high.interval("elasticity")[0]
    assert low.effective < len(prior)
    table = elasticity.compare({"low": low, "high": high}, "elasticity")
    assert table.loc["low", "median"] == low.interval("elasticity")[0]
    assert table.loc["high", "draws"] == high.effective


def test_inference_takes_its_ranges_from_the_setting():
    setting = pd.DataFrame({"low": [0.55, 0.3], "high": [0.65, 0.4]}, index=["share", "cost_share"])
    found, drawn, learnt = elasticity.infer(simulated_pairs(2.0, 4), setting, 2_000, rng())
    assert found.share == (0.55, 0.65)
    assert drawn["cost_share"].between(0.3, 0.4).all()
    assert len(learnt.draws) == 2_000


def test_no_evidence_leaves_the_prior_untouched(prior):
    none = elasticity.calibrate(pd.DataFrame(columns=["coal", "output", "share"]), prior, rng())
    pd.testing.assert_frame_equal(none.draws, prior)


def test_forecast_without_loss_equals_no_stop_and_orders_the_columns(prior):
    kept = elasticity.forecast(7.5, 1.0, prior, rng())
    assert np.allclose(kept["substitution"], kept["no_stop"])
    lost = elasticity.forecast(7.5, 0.1, prior, rng())
    assert (lost["substitution"] <= lost["no_stop"] + 1e-9).all()
    assert (lost["fixed_proportions"] <= lost["no_stop"]).all()


def test_a_mild_outcome_implies_more_substitution_than_a_deep_fall(prior):
    mild = elasticity.implied(0.97, 0.1, prior, rng())
    deep = elasticity.implied(0.25, 0.1, prior, rng())
    assert mild.interval("elasticity")[0] > 2 * deep.interval("elasticity")[0]


def test_an_outcome_that_is_not_known_leaves_the_draws_alone(prior):
    pd.testing.assert_frame_equal(elasticity.implied(np.nan, 0.1, prior, rng()).draws, prior)


def test_the_same_generator_gives_the_same_draws(prior):
    pairs = simulated_pairs(2.0, 4)
    first, second = (elasticity.calibrate(pairs, prior, rng()).draws for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_bad_input_is_refused_in_words(prior):
    with pytest.raises(ValueError, match="ratios must be above 0"):
        elasticity.calibrate(pd.DataFrame({"coal": [0.0], "output": [1.0], "share": [0.5]}), prior, rng())
    with pytest.raises(ValueError, match="above 0"):
        elasticity.implied(0.0, 0.1, prior, rng())
    with pytest.raises(ValueError, match="0 < low < high"):
        elasticity.Prior(noise=(0.3, 0.03)).draw(10, rng())


def test_leaving_out_the_odd_change_moves_the_elasticity_most(prior):
    pairs = simulated_pairs(4.0, 6)
    pairs.loc[6] = {"coal": 0.5, "output": 0.5, "share": 0.6}
    found = elasticity.leave_one_out(pairs, prior, rng())
    assert list(found.index) == list(pairs.index)
    assert found["value"].idxmax() == 6


def test_output_rises_along_the_curve_of_elasticities(prior):
    table = elasticity.curve([0.2, 1, 5, 20], 7.5, 0.1, prior, premium=0.2)
    assert table["median"].is_monotonic_increasing
    assert (table["low"] <= table["median"]).all()
    assert (table["median"] <= table["high"]).all()


def test_supply_left_counts_days_and_stock_and_never_exceeds_a_year():
    assert elasticity.remaining_supply("2024-06-01", 0, 2025) == 0.01
    assert elasticity.remaining_supply("2026-06-01", 8, 2025) == 1
    assert elasticity.remaining_supply("2025-01-01", 13, 2025) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="stock_weeks"):
        elasticity.remaining_supply("2025-01-01", -1, 2025)
    with pytest.raises(ValueError, match="write it as"):
        elasticity.remaining_supply("after the winter", 4, 2025)
