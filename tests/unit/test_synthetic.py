from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalface.models.placebos import calibrate, placebos
from coalface.models.synthetic import METHODS, estimate, obstacle, simplex_weights, synthetic_control

YEARS = pd.RangeIndex(2000, 2026)


def world(seed: int, units: int = 6, effect: float = 0.0, noise: float = 0.2) -> pd.DataFrame:
    """Two common factors with convex loadings; unit u0 gets the effect from 2018."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(0, 1, (len(YEARS), 2)).cumsum(axis=0) + 10
    loads = rng.dirichlet([1, 1], units)
    loads[0] = loads[1:].mean(axis=0)
    table = pd.DataFrame(
        factors @ loads.T + rng.normal(0, noise, (len(YEARS), units)), YEARS, [f"u{i}" for i in range(units)]
    )
    table.loc[2018:, "u0"] += effect
    return table


@given(st.integers(0, 10_000), st.sampled_from(METHODS))
@settings(max_examples=40)
def test_weights_are_non_negative_and_add_up_to_one(seed, method):
    found = estimate(world(seed), "u0", 2018, method)
    for weights in (found.weights, found.time_weights):
        assert (weights >= 0).all()
        assert weights.sum() == pytest.approx(1)


@given(st.integers(0, 10_000), st.sampled_from(METHODS), st.floats(1e-3, 1e4))
@settings(max_examples=30)
def test_estimates_scale_with_the_unit_and_ignore_the_order_of_donors(seed, method, factor):
    panel = world(seed)
    found = estimate(panel, "u0", 2018, method)
    scaled = estimate(panel * factor, "u0", 2018, method)
    turned = estimate(panel[panel.columns[::-1]], "u0", 2018, method)
    assert scaled.effect == pytest.approx(found.effect * factor, rel=1e-6, abs=1e-6 * factor)
    assert turned.effect == pytest.approx(found.effect, rel=1e-6, abs=1e-6)


@given(st.integers(0, 10_000), st.floats(-50, 50))
@settings(max_examples=20)
def test_intercept_methods_ignore_a_constant_added_to_one_unit(seed, constant):
    panel = world(seed)
    moved = panel.assign(u0=panel["u0"] + constant)
    for method in ("demeaned", "sdid", "did"):
        assert estimate(moved, "u0", 2018, method).effect == pytest.approx(
            estimate(panel, "u0", 2018, method).effect, abs=1e-6
        )


def test_no_other_convex_weights_fit_better():
    rng = np.random.default_rng(3)
    gaps = rng.normal(size=(12, 5))
    best = np.linalg.norm(gaps @ simplex_weights(gaps))
    rivals = rng.dirichlet(np.ones(5), size=20_000)
    assert best <= np.linalg.norm(gaps @ rivals.T, axis=0).min() + 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_a_known_effect_is_recovered_on_average(method):
    errors = [estimate(world(s, effect=-3.0), "u0", 2018, method).effect + 3.0 for s in range(200)]
    assert abs(np.mean(errors)) < 0.1


def test_the_placebo_test_holds_its_size_and_sees_a_large_effect():
    quiet = [placebos(world(s, units=10), "u0", 2018).p <= 0.1 for s in range(80)]
    loud = [placebos(world(s, units=10, effect=-6.0), "u0", 2018).p <= 0.1 for s in range(80)]
    assert np.mean(quiet) <= 0.2
    assert np.mean(loud) >= 0.8


def test_placebos_report_space_time_and_donors_left_out():
    panel = world(5, effect=-6.0)
    found = placebos(panel, "u0", 2018, false_starts=(2010, 2014))
    assert list(found.space.index) == list(panel.columns)
    assert found.floor == pytest.approx(1 / 6)
    assert list(found.time.index) == [2010, 2014]
    assert set(found.leave_one_out.index) <= set(panel.columns[1:])
    assert (found.leave_one_out < -3).all()


def test_calibration_finds_size_near_alpha_and_power_that_grows():
    panel = np.exp(world(1, units=12) / 10)
    found = calibrate(panel, "u0", 2018, rng=np.random.default_rng(1), effects_pct=(-10, -90), draws=150)
    assert found.size <= 0.2
    assert found.power[-90] >= found.power[-10]
    again = calibrate(panel, "u0", 2018, rng=np.random.default_rng(1), effects_pct=(-10, -90), draws=150)
    assert again.size == found.size


def test_a_unit_above_every_donor_is_called_outside():
    panel = world(2)
    found = synthetic_control(panel.assign(u0=panel["u0"] + 100), "u0", 2018)
    assert found.outside == 1.0
    assert found.is_poor


def test_effect_in_percent_is_of_what_would_have_been():
    panel = world(2, effect=-3.0, noise=0.0)
    found = synthetic_control(panel, "u0", 2018)
    assert found.effect_pct == pytest.approx(100 * found.effect / found.synthetic.loc[2018:].mean())
    assert found.gap.loc[2018:].mean() == pytest.approx(found.effect)


@pytest.mark.parametrize(
    ("change", "start", "message"),
    [
        (lambda p: p.rename(columns={"u0": "russia"}), 2018, "no unit 'u0' in the panel"),
        (lambda p: p[["u0", "u1"]], 2018, "1 donor left"),
        (lambda p: p.mask(p == p.loc[2005, "u2"]), 2018, "'u2' has no figure in 2005"),
        (lambda p: p, 2003, "leaves 3 periods before"),
        (lambda p: p, 2050, "leaves 26 periods before and 0 after"),
        (lambda p: p.mul(0).assign(u0=1.0), 2018, "all donors are zero before 2018"),
        (lambda p: p[::-1], 2018, "not ascending"),
        (lambda p: p.replace(p.loc[2004, "u1"], np.inf), 2018, "infinite"),
    ],
)
def test_bad_panels_are_refused_with_one_clear_sentence(change, start, message):
    with pytest.raises(ValueError, match=message):
        estimate(change(world(0)), "u0", start)


def test_an_obstacle_is_a_clause_and_none_is_empty():
    assert obstacle(world(0), "u0", 2018) == ""
    assert "no unit 'u0'" in obstacle(world(0)[[]], "u0", 2018)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="no method 'scm'"):
        estimate(world(0), "u0", 2018, "scm")


def test_too_few_donors_for_a_placebo_test_are_refused():
    with pytest.raises(ValueError, match="too few for a placebo test"):
        placebos(world(0)[["u0", "u1", "u2"]], "u0", 2018)
