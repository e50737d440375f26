from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalface.models.counterfactual import (
    _joint,
    components,
    intervention,
    obstacle,
    structural,
)
from coalface.models.refutations import drop_controls, false_starts, placebo_dates


def series(
    seed: int, effect: float = 0.0, n: int = 72, seasonal: bool = False
) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    index = pd.period_range("2017-01", periods=n, freq="M")
    control = pd.DataFrame({"price": rng.normal(0, 1, n)}, index=index)
    y = 50 + rng.normal(0, 0.3, n).cumsum() + rng.normal(0, 1.0, n) + 2 * control["price"].to_numpy()
    if seasonal:
        y = y + 3 * np.sin(2 * np.pi * np.arange(n) / 12)
    out = pd.Series(y, index, name="imports")
    out[out.index >= pd.Period("2022-06", "M")] += effect
    return out, control


def test_the_interval_covers_a_known_effect_at_about_its_level():
    hits = []
    for seed in range(60):
        y, control = series(seed, effect=-8.0)
        found = structural(y, "2022-06", control, rng=np.random.default_rng(seed), draws=500)
        hits.append(found.interval[0] <= -8.0 <= found.interval[1])
    assert 0.78 <= np.mean(hits) <= 1.0


@given(st.integers(0, 1000), st.floats(0.01, 1000))
@settings(max_examples=10)
def test_a_change_of_unit_changes_nothing_but_the_unit(seed, factor):
    y, _ = series(seed, effect=-8.0)
    one = structural(y, "2022-06", rng=np.random.default_rng(0), draws=300)
    two = structural(y * factor, "2022-06", rng=np.random.default_rng(0), draws=300)
    assert two.effect_pct == pytest.approx(one.effect_pct, abs=0.5)
    assert two.effect == pytest.approx(one.effect * factor, rel=0.05, abs=0.05 * factor)


def test_total_is_the_sum_of_the_gaps_and_bands_hold_the_expected_path():
    y, control = series(4, effect=-8.0, seasonal=True)
    found = structural(y, "2022-06", control, rng=np.random.default_rng(1), seasonal=12)
    gap = found.path["observed"] - found.path["expected"]
    assert found.total == pytest.approx(gap.sum())
    assert found.effect == pytest.approx(gap.mean())
    assert (found.quantiles[0.05] < found.path["expected"]).all()
    assert (found.path["expected"] < found.quantiles[0.95]).all()
    assert found.is_clear
    assert found.controls == ("price",)


def test_joint_paths_have_the_variance_that_statsmodels_prints():
    y, control = series(2, seasonal=True)
    result = components(y, control, seasonal=12)
    ahead = np.zeros((9, 1))
    mean, cov = _joint(result, 9, ahead)
    printed = result.get_forecast(9, exog=ahead)
    assert mean == pytest.approx(printed.predicted_mean)
    assert np.diag(cov) == pytest.approx(printed.var_pred_mean)
    assert (np.linalg.eigvalsh(cov) > 0).all()


def test_logarithms_give_a_share_that_cannot_fall_under_minus_one_hundred():
    y, _ = series(3, effect=-40.0)
    found = structural(y.clip(lower=1.0), "2022-06", rng=np.random.default_rng(1), log=True)
    assert -100 < found.pct_interval[0] < found.pct_interval[1] < -40


def test_false_dates_mostly_cover_zero_and_controls_are_dropped_in_turn():
    y, control = series(11)
    dates = placebo_dates(
        y, ["2020-01", "2020-07", "2021-01", "2021-07"], 6, control, rng=np.random.default_rng(1)
    )
    assert dates["covers"].mean() >= 0.5
    two = control.assign(noise=np.random.default_rng(9).normal(size=len(y)))
    table = drop_controls(y, "2022-06", two, rng=np.random.default_rng(1))
    assert list(table.index) == ["all controls", "without price", "without noise", "no control"]
    assert table.loc["without price", "fit_pct"] > table.loc["all controls", "fit_pct"]


def test_false_starts_leave_three_years_before_and_end_before_the_event():
    y, _ = series(0)
    starts = false_starts(y, pd.Period("2022-06", "M"), 6, most=5)
    assert 1 <= len(starts) <= 5
    assert starts[0] >= y.index[36]
    assert starts[-1] + 6 <= pd.Period("2022-06", "M")
    assert false_starts(y[:30], pd.Period("2022-06", "M"), 6) == []


def test_the_shadow_of_an_event_can_be_skipped():
    y, _ = series(6, effect=-8.0)
    whole = structural(y, "2022-03", rng=np.random.default_rng(1))
    judged = structural(y, "2022-03", rng=np.random.default_rng(1), skip=3)
    assert judged.judged_from == pd.Period("2022-06", "M")
    assert judged.effect < whole.effect
    gap = judged.path["observed"] - judged.path["expected"]
    assert judged.total == pytest.approx(gap["2022-06":].sum())
    with pytest.raises(ValueError, match="leaves nothing to judge"):
        structural(y, "2022-06", rng=np.random.default_rng(1), skip=7)


def test_an_obstacle_is_a_clause_and_none_is_empty():
    y, control = series(0)
    assert obstacle(y, "2022-06", control, seasonal=12) == ""
    assert "lies outside" in obstacle(y, "2030-01")
    assert "nothing is known of imports" in obstacle(y[:0], "2022-06")


def test_a_step_is_recovered_with_its_error():
    y, control = series(8, effect=-8.0)
    found = intervention(y, "2022-06", control)
    assert abs(found.coefficient + 8.0) < 3 * found.std_error
    assert found.interval[1] < 0


@pytest.mark.parametrize(
    ("change", "start", "options", "message"),
    [
        (lambda y: y.drop(y.index[5]), "2022-06", {}, "no figure for 2017-06"),
        (lambda y: y.mask(y.index == y.index[7]), "2022-06", {}, "no number in 2017-08"),
        (lambda y: y, "2030-01", {}, "lies outside imports, which runs 2017-01 to 2022-12"),
        (lambda y: y, "2018-01", {"seasonal": 12}, "has 12 periods before 2018-01; the model needs 24"),
        (lambda y: y - 100, "2022-06", {"log": True}, "not positive in 2017-01"),
        (lambda y: y, "2022-06", {"level": 1.5}, "level 1.5"),
        (lambda y: y.reset_index(drop=True), "2022-06", {}, "PeriodIndex"),
    ],
)
def test_bad_series_are_refused_with_one_clear_sentence(change, start, options, message):
    y, _ = series(0)
    with pytest.raises(ValueError, match=message):
        structural(change(y), start, rng=np.random.default_rng(0), **options)


def test_controls_with_a_hole_or_too_short_are_refused():
    y, control = series(0)
    holed = control.copy()
    holed.iloc[3] = np.nan
    with pytest.raises(ValueError, match="'price' has a gap"):
        structural(y, "2022-06", holed, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="no row for 2022-12"):
        structural(y, "2022-06", control[:-1], rng=np.random.default_rng(0))
