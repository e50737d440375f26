"""Chain, substitution, bounds and earnings of Ukrainian steel."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.models import steel
from coalface.models.steel import Chain

CHAIN = Chain(coal_per_coke=1.4, coke_per_iron=0.5, iron_per_steel=0.9)
MINE = {"share": 0.65, "cost_share": 0.35, "output_response": 0.7}

two_inputs = st.tuples(st.floats(0.05, 5), st.floats(0.05, 5))
shares = st.floats(0.05, 0.95)
elasticities = st.one_of(st.floats(0.01, 0.99), st.floats(1.01, 50))


def bundle(x, share, elasticity):
    return float(steel.ces(list(x), [share, 1 - share], elasticity))


# ---- CES ----


@given(two_inputs, shares)
def test_elasticity_towards_zero_gives_leontief_to_eight_digits(x, share):
    assert bundle(x, share, 0) == min(x)
    assert bundle(x, share, 1e-10) == pytest.approx(min(x), rel=1e-8)


@given(two_inputs, shares)
def test_elasticity_towards_one_gives_cobb_douglas_to_eight_digits(x, share):
    douglas = x[0] ** share * x[1] ** (1 - share)
    assert bundle(x, share, 1) == pytest.approx(douglas, rel=1e-12)
    for near in (1 - 1e-9, 1 + 1e-9):
        assert bundle(x, share, near) == pytest.approx(douglas, rel=1e-8)


@given(two_inputs, shares, elasticities)
def test_ces_equals_its_textbook_formula(x, share, elasticity):
    rho = (elasticity - 1) / elasticity
    logs = np.log([share, 1 - share]) + rho * np.log(x)
    textbook = np.exp(np.logaddexp(*logs) / rho)
    assert bundle(x, share, elasticity) == pytest.approx(textbook, rel=1e-8)


@given(two_inputs, shares, elasticities, st.floats(0.1, 10))
def test_ces_has_constant_returns_to_scale(x, share, elasticity, scale):
    bigger = bundle((scale * x[0], scale * x[1]), share, elasticity)
    assert bigger == pytest.approx(scale * bundle(x, share, elasticity), rel=1e-9)


@given(two_inputs, shares, st.tuples(elasticities, elasticities))
def test_output_rises_with_the_elasticity(x, share, pair):
    low, high = sorted(pair)
    assert bundle(x, share, low) <= bundle(x, share, high) * (1 + 1e-9)


def test_a_lost_input_stops_complements_and_not_substitutes():
    assert [bundle((0, 1), 0.5, s) for s in (0, 0.5, 1)] == [0, 0, 0]
    assert bundle((0, 1), 0.5, 2) == pytest.approx(0.25)
    assert bundle((0, 0), 0.5, 2) == 0


def test_ces_takes_arrays_of_draws():
    many = steel.ces([[0.5, 1], [1, 1]], [0.5, 0.5], [0.5, 2])
    assert many.shape == (2,)
    assert many[1] == 1


@pytest.mark.parametrize(
    ("inputs", "weights", "elasticity", "words"),
    [
        ([-1, 1], [0.5, 0.5], 1, "inputs"),
        ([1, 1], [0.5, 0.6], 1, "shares"),
        ([1, 1], [0.5, 0.5], -0.1, "elasticity"),
    ],
)
def test_ces_refuses_bad_input_in_words(inputs, weights, elasticity, words):
    with pytest.raises(ValueError, match=words):
        steel.ces(inputs, weights, elasticity)


@given(st.floats(-0.05, 0.05), shares, st.floats(0.2, 5))
def test_second_order_error_is_of_third_order(log_change, share, elasticity):
    exact = np.log(bundle((np.exp(log_change), 1), share, elasticity))
    rho = (elasticity - 1) / elasticity
    error = abs(exact - steel.second_order(log_change, share, elasticity))
    assert error <= abs(log_change) ** 3 * max(1, rho**2) + 1e-12


# ---- fixed proportions ----


def test_fixed_proportions_multiply_along_the_chain():
    assert CHAIN.coal_per_steel() == pytest.approx(1.4 * 0.5 * 0.9)
    made = steel.leontief(CHAIN, coal_mt=6.3, usd_t=500)
    assert made.steel_mt == pytest.approx(10)
    assert made.coke_mt == pytest.approx(4.5)
    assert made.earnings_bn_usd == pytest.approx(5)


@given(st.floats(0.1, 20), st.floats(0, 5), st.floats(0.1, 3))
def test_fixed_proportions_scale_with_their_inputs(coal, coke, scale):
    small = steel.leontief(CHAIN, coal_mt=coal, coke_imports_mt=coke)
    large = steel.leontief(CHAIN, coal_mt=scale * coal, coke_imports_mt=scale * coke)
    assert large.steel_mt == pytest.approx(scale * small.steel_mt)


def test_injected_coal_stretches_the_coke_and_capacity_caps_output():
    plain = steel.leontief(CHAIN, coal_mt=5)
    stretched = steel.leontief(CHAIN, coal_mt=5, injected_coal_t=0.1, replacement=0.8)
    assert stretched.steel_mt == pytest.approx(plain.steel_mt * 0.5 / 0.42)
    assert steel.leontief(CHAIN, coal_mt=5, capacity_mt=3).steel_mt == 3


def test_bad_coefficients_are_refused_in_words():
    with pytest.raises(ValueError, match="coke_per_iron"):
        Chain(1.4, 0, 0.9)
    with pytest.raises(ValueError, match="coal_mt"):
        steel.leontief(CHAIN, coal_mt=-1)
    with pytest.raises(ValueError, match="no coke"):
        steel.leontief(CHAIN, coal_mt=5, injected_coal_t=1)


@pytest.mark.parametrize(
    ("cells", "words"),
    [([[0.5, 0.6], [0.6, 0.5]], "eigenvalue"), ([[0.1, -0.1], [0, 0]], "negative")],
)
def test_requirements_that_cannot_be_met_are_refused(cells, words):
    with pytest.raises(ValueError, match=words):
        steel.leontief_inverse(pd.DataFrame(cells))
    with pytest.raises(ValueError, match="same goods"):
        steel.leontief_inverse(pd.DataFrame(cells, index=["a", "b"], columns=["b", "a"]))


# ---- the stop ----


def test_nothing_changes_when_nothing_is_lost():
    shock = steel.coal_stop(1.0, elasticity=2.0, **MINE)
    assert shock.output == pytest.approx(1, abs=1e-9)
    assert shock.other_coal == pytest.approx(1, abs=1e-8)
    assert shock.unit_cost == pytest.approx(1, abs=1e-9)


@given(st.floats(0.02, 0.9), st.floats(0.05, 0.9))
def test_small_elasticity_tends_to_strict_complements(remaining, share):
    shock = steel.coal_stop(remaining, elasticity=1e-6, **{**MINE, "share": share})
    assert shock.output == pytest.approx(remaining, rel=1e-4)


@given(st.floats(0.02, 0.5), st.floats(0.0, 0.5))
def test_large_elasticity_leaves_only_the_cost_of_imports(remaining, premium):
    shock = steel.coal_stop(remaining, elasticity=1e7, premium=premium, **MINE)
    limit = steel.bounds(remaining, premium=premium, **MINE)["substitutes"].iloc[0]
    assert shock.output == pytest.approx(limit, rel=1e-5)


@given(st.floats(0.02, 0.95), st.floats(0.05, 20), st.floats(0, 0.5))
def test_the_solution_satisfies_the_model_and_lies_within_the_bounds(remaining, elasticity, premium):
    shock = steel.coal_stop(remaining, elasticity=elasticity, premium=premium, **MINE)
    y, m = float(shock.output), float(shock.other_coal)
    # Deep in the complements the powers of the definition lose digits, not the solution.
    assert bundle((remaining, m), MINE["share"], elasticity) == pytest.approx(y, rel=1e-5)
    assert float(shock.unit_cost) ** -MINE["output_response"] == pytest.approx(y, rel=1e-6)
    limits = steel.bounds(remaining, premium=premium, **MINE).iloc[0]
    assert y <= 1 + 1e-9
    assert y >= min(limits["complements"], limits["substitutes"]) - 1e-6


@given(st.floats(0.05, 0.9), st.floats(0.1, 10), st.floats(0, 0.4))
def test_dearer_imports_and_less_coal_never_raise_output(remaining, elasticity, premium):
    base = steel.coal_stop(remaining, elasticity=elasticity, premium=premium, **MINE)
    dearer = steel.coal_stop(remaining, elasticity=elasticity, premium=premium + 0.1, **MINE)
    less = steel.coal_stop(remaining / 2, elasticity=elasticity, premium=premium, **MINE)
    assert dearer.output <= base.output + 1e-9
    assert less.output <= base.output + 1e-9


@pytest.mark.parametrize(
    "bad", [{"share": 1.0}, {"elasticity": 0.0}, {"cost_share": 0.0}, {"output_response": -1.0}]
)
def test_the_stop_names_the_parameter_out_of_bounds(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        steel.coal_stop(0.1, **{**MINE, "elasticity": 1.0, **bad})


# ---- earnings ----


@given(st.lists(st.floats(0, 5), min_size=2, max_size=30), st.floats(0, 2))
def test_earnings_parts_add_up_for_every_definition(lost, bill):
    table = steel.earnings(np.array(lost), {"wide": 600.0, "narrow": 400.0}, bill)
    assert np.allclose(table["sales_mean"] + table["coal_mean"], table["total_mean"], atol=1e-12)
    sales = table["sales_mean"]
    assert sales["wide"] == pytest.approx(sales["narrow"] * 1.5, abs=1e-9)
    assert (table["total_low"] <= table["total"]).all()
