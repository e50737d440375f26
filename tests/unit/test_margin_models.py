"""Bridges, cost curve, sector, calibration, attribution, break-even and closures."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalface.models import breakeven, closures, fit, netbacks, readout, rivals, sector, swing
from coalface.models.attribution import shapley
from coalface.models.bridge import bridge
from coalface.models.calibration import Moments, calibrate, crps, rank_test
from coalface.models.costs import CostCurve
from coalface.models.stack import SEGMENTS

MONTHS = pd.period_range("2022-01", "2025-12", freq="M", name="period")
GIVEN = {
    "freight_thermal": 10.0, "freight_coking": 12.0, "rail_kuzbass_east": 3400.0,
    "rail_before_june_2022": 0.9, "rail_west": 0.9, "rail_coking": 1.3, "haul_far_east": 0.5,
    "port_east": 800.0, "port_north_west": 950.0, "turn_days_east": 28.0, "turn_days_west": 24.0,
    "load_t": 69.0, "tax_thermal": 25.0, "tax_coking_pct": 1.2, "coking_east": 0.2, "coking_west": 0.1,
    "floating_debt": 0.5, "debt_before_2024": 0.9, "far_east_basins": 0.35, "fob_east_thermal_step": 0.05,
    "fob_coking_step": 0.05, "west_to_east_step": 0.03, "west_to_east_unread": 0.9,
    "premium_coking_step": 0.08, "premium_coking_unread": 230.0, "gondola_rent_step": 0.1,
    "gondola_rent_unread": 1500.0, "port_south_step": 0.05, "port_south_unread": 25.0,
    "east_share_step": 0.05, "south_share_step": 0.2,
}  # fmt: skip
LEARNT = {
    "median_cost_rub_t": (1000, 2200, 4500), "cost_sigma": (0.2, 0.6, 1.2), "coking_cost": (1.2, 1.8, 3.0),
    "cost_growth": (-0.06, 0.02, 0.12), "other_result_bn_rub": (-100, 60, 250),
    "pass_through": (0.4, 0.85, 1.0), "fx_debt_bn_usd": (0, 2, 6), "small_firm_tilt": (0.8, 1.2, 2.0),
    "always_losing": (0.02, 0.12, 0.25), "never_losing": (0.0, 0.05, 0.3), "share_sd_pct": (2, 4, 8),
    "balance_sd_bn_rub": (6, 12, 30),
}  # fmt: skip


def assumptions():
    rows = {name: (0.95 * v, v, 1.05 * v, "given") for name, v in GIVEN.items()}
    rows |= {name: (*v, "learnt") for name, v in LEARNT.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "mode", "high", "role"])


def arguments():
    falling = np.linspace(0, 1, len(MONTHS))
    market = pd.DataFrame(
        {
            "benchmark_thermal": 200 - 100 * falling,
            "customs_thermal": np.where(pd.Period("2025-01") > MONTHS, 140 - 50 * falling, np.nan),
            "customs_coking": np.where(pd.Period("2025-01") > MONTHS, 210 - 80 * falling, np.nan),
            "rub_per_usd": 75 + 15 * falling,
            "rub_per_usd_end": 75.2 + 15 * falling,
            "cost_index": 0.9 + 0.3 * falling,
            "lending_rate_pct": 9 + 9 * falling,
            "lending_rate_3y_pct": 8 + 6 * falling,
            "debt_bn_rub": 1200.0,
        },
        index=MONTHS,
    )
    read = [
        ("fob_east_thermal", "2025-06", 70.0),
        ("gondola_rent", "2024-12", 2600.0),
        ("premium_coking", "2024-01", 300.0),
    ]
    readings = pd.DataFrame(read, columns=["name", "month", "value"]).assign(noise_pct=6.0)
    readings["month"] = pd.PeriodIndex(readings["month"], freq="M")
    volumes = pd.DataFrame(
        {
            "exports_low_mt": [210.0, 213.0, 195.0, 203.0],
            "exports_high_mt": [221.0, 213.0, 196.0, 211.0],
            "east_share": [0.47, np.nan, 0.57, 0.57],
            "south_share": [0.2, np.nan, 0.09, 0.1],
        },
        index=[2022, 2023, 2024, 2025],
    )
    spells = pd.DataFrame(
        {
            "grade": ["thermal", "coking"],
            "start": "2023-10-01",
            "end": ["2023-12-31", "2025-02-28"],
            "chance": [1.0, 0.5],
        }
    )
    return {
        "market": market,
        "rail_steps": pd.DataFrame({"date": ["2023-01-01", "2024-12-01"], "rise_pct": [10.0, 13.8]}),
        "rail_base": "2025-08",
        "readings": readings,
        "assumptions": assumptions(),
        "volumes": volumes,
        "tiers": pd.DataFrame({"from_rub_per_usd": [0.0, 80.0], "rate_pct": [0.0, 4.0]}),
        "spells": spells,
        "surcharge": pd.Series([380.0], index=pd.PeriodIndex(["2023-01"], freq="M")),
    }


@pytest.fixture(scope="module")
def stack():
    return netbacks.simulate(**arguments(), draws=400, rng=np.random.default_rng(7))


@pytest.fixture(scope="module")
def moments():
    rows = [("share", 2022, 4), ("share", 2023, 12), ("share", 2024, 3), ("share", 2024, 12),
            ("balance", 2023, 5), ("balance", 2023, 12), ("balance", 2024, 6),
            ("balance", 2024, 12)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["kind", "year", "months"])
    table["start"] = table["year"].astype(str) + "-01"
    table["end"] = table["year"].astype(str) + "-" + table["months"].astype(str).str.zfill(2)
    value = [20.0, 31.0, 48.0, 53.0, 250.0, 375.0, 0.0, -112.0]
    return table.assign(value=value, reading_sd=np.where(table["kind"] == "share", 1.0, 6.0))


@pytest.fixture(scope="module")
def fitted(stack, moments):
    rng = np.random.default_rng(11)
    return fit.fit(stack, assumptions(), moments, draws=600, rng=rng, pairs=400)


# --- bridges ------------------------------------------------------------------------------------------------


def test_a_bridge_passes_through_exact_readings_and_widens_between_them():
    paths = bridge(
        [2, 8], [1.0, 4.0], 12, step_sd=0.3, noise_sd=0.0, draws=20_000, rng=np.random.default_rng(3)
    )
    assert np.allclose(paths[:, 2], 1.0, atol=1e-6)
    assert np.allclose(paths[:, 8], 4.0, atol=1e-6)
    assert paths[:, 5].mean() == pytest.approx(2.5, abs=0.02)
    # Brownian bridge, half way of six steps: variance 6/4 of a step's.
    assert paths[:, 5].var() == pytest.approx(1.5 * 0.09, rel=0.05)
    # Outside the readings a walk: its variance grows by one step's a month.
    assert paths[:, 11].var() == pytest.approx(3 * 0.09, rel=0.05)
    assert paths[:, 0].var() == pytest.approx(2 * 0.09, rel=0.05)


def test_readings_of_one_month_are_weighed_by_their_noise():
    paths = bridge(
        [1, 1], [0.0, 3.0], 3, step_sd=0.1, noise_sd=[1.0, 2.0], draws=20_000, rng=np.random.default_rng(4)
    )
    assert paths[:, 1].mean() == pytest.approx(3.0 / 5, abs=0.03)
    assert paths[:, 1].var() == pytest.approx(1 / (1 + 1 / 4), rel=0.05)


def test_each_draw_can_have_its_own_readings():
    starts = np.arange(50.0)[:, None]
    paths = bridge([0], starts, 4, step_sd=0.1, noise_sd=0.0, draws=50, rng=np.random.default_rng(5))
    assert np.allclose(paths[:, 0], starts[:, 0], atol=1e-6)


@pytest.mark.parametrize(("where", "message"), [([], "at least one reading"), ([9], "off the path")])
def test_a_bridge_refuses_to_invent_a_path(where, message):
    with pytest.raises(ValueError, match=message):
        bridge(where, [1.0] * len(where), 5, step_sd=1.0, noise_sd=0.1, draws=2, rng=np.random.default_rng(0))


# --- cost curve ---------------------------------------------------------------------------------------------


@given(share=st.floats(0.01, 0.99), median=st.floats(500, 5000), sigma=st.floats(0.1, 1.5))
def test_the_marginal_tonne_is_exactly_its_share_of_the_curve(share, median, sigma):
    curve = CostCurve(np.array([median]), np.array([sigma]))
    assert curve.under_water(curve.cost_at(share))[0] == pytest.approx(1 - share, abs=1e-9)


def test_dearer_costs_or_a_lower_netback_never_float_a_tonne():
    curve = CostCurve(np.array([2000.0]), np.array([0.6]))
    room = np.linspace(-1000, 8000, 200)
    share = curve.under_water(room)
    assert (np.diff(share) <= 0).all()
    assert (curve.under_water(room, factor=1.2) >= share).all()
    assert (share[room <= 0] == 1).all()


def test_a_curve_without_cost_is_refused():
    with pytest.raises(ValueError, match="positive median"):
        CostCurve(np.array([0.0]), np.array([0.5]))


# --- stack and sector ---------------------------------------------------------------------------------------


def test_the_stack_adds_up_in_every_draw_month_and_segment(stack):
    left = stack.netback()
    road = stack.rail_rub_t + stack.gondola_rub_t + stack.transshipment_rub_t + stack.extraction_tax_rub_t
    fob = stack.fob_usd_t * stack.rub_per_usd[None, :, None]
    duty = fob * stack.duty_pct / 100
    assert np.allclose(left.netback_rub_t, fob - road - duty, atol=1e-8)


def test_tonnes_of_the_segments_add_up_to_the_exports_of_the_year(stack):
    for year, low, high in ((2023, 213.0, 213.0), (2025, 203.0, 211.0)):
        total = stack.cut(f"{year}-01", f"{year}-12").tonnes_mt.sum(axis=(1, 2))
        assert (total > low - 1e-6).all()
        assert (total < high + 1e-6).all()


def test_a_disputed_duty_binds_whole_in_half_of_the_draws(stack):
    coking = [segment.grade == "coking" for segment in SEGMENTS]
    rate = stack.cut("2024-06", "2024-06").duty_pct[:, 0, coking]
    assert set(np.unique(rate)) <= {0.0, 4.0}
    assert (rate.max(axis=1) == 4.0).mean() == pytest.approx(0.5, abs=0.1)
    assert (rate == rate[:, :1]).all()


def test_uncertainty_grows_where_customs_stop(stack):
    width = stack.fob_usd_t[:, :, 0].std(axis=0) / stack.fob_usd_t[:, :, 0].mean(axis=0)
    assert width[MONTHS.get_loc(pd.Period("2025-12"))] > 2 * width[MONTHS.get_loc(pd.Period("2024-11"))]


def test_the_same_seed_gives_the_same_stack(stack):
    again = netbacks.simulate(**arguments(), draws=400, rng=np.random.default_rng(7))
    assert np.array_equal(again.netback().netback_rub_t, stack.netback().netback_rub_t)


def test_a_month_off_the_stack_is_named(stack):
    with pytest.raises(ValueError, match="the stack runs 2022-01 to 2025-12"):
        stack.cut("2031-01", "2031-12")


def test_an_assumption_out_of_order_is_named():
    table = pd.DataFrame({"low": [3.0], "mode": [2.0], "high": [4.0]}, index=["load_t"])
    with pytest.raises(ValueError, match="load_t"):
        netbacks.sample(table, 3, np.random.default_rng(0))


def test_the_net_result_is_margins_times_tonnes_plus_other_money(fitted):
    span = sector.window(fitted.stack, "2024-01", "2024-12")
    found = sector.outcome(span, fitted.base_netback_rub_t, fitted.theta)
    tonnes = span.tonnes_mt.sum(axis=1)
    assert np.allclose(
        found.net_bn_rub, found.margin_rub_t * tonnes / 1000 + sector.money(span, fitted.theta)
    )
    assert ((found.under_water >= 0) & (found.under_water <= 1)).all()


# --- calibration --------------------------------------------------------------------------------------------


def test_calibration_moves_predictions_to_the_moments_and_says_what_it_learnt(fitted, moments):
    card = fit.scorecard(fit.predict(fitted, moments, np.random.default_rng(1)), moments)
    assert card["inside"].mean() >= 0.75
    assert fitted.posterior.table.loc["median_cost_rub_t", "learnt"] > 0.3
    assert fitted.posterior.effective > 30


def test_calibration_sees_no_moment_but_those_given(stack, moments):
    later = moments.assign(value=np.where(moments["year"] == 2024, 99.0, moments["value"]))
    early = []
    for told in (moments, later):
        known, rng = told[told["year"] < 2024], np.random.default_rng(2)
        early.append(fit.fit(stack, assumptions(), known, draws=50, rng=rng, pairs=5))
    pd.testing.assert_frame_equal(early[0].theta, early[1].theta)


def test_without_moments_the_posterior_is_the_prior(stack, moments):
    found = fit.fit(
        stack, assumptions(), moments.iloc[:0], draws=4000, rng=np.random.default_rng(2), pairs=20
    )
    assert found.posterior.table["learnt"].abs().max() < 0.15


def test_ranks_of_synthetic_truths_are_uniform_chi_square_at_five_percent_over_all_parameters(fitted):
    _, p, _ = rank_test(
        fitted.predicted, fitted.parameters, fitted.moments, repeats=240, rng=np.random.default_rng(20261122)
    )
    assert p.min() > 0.05 / len(p)


def test_the_rank_test_notices_a_likelihood_that_is_too_sure(fitted):
    # A fifth of the bank is enough to see it.
    predicted, parameters = fitted.predicted[::5], fitted.parameters.iloc[::5]
    sure = parameters.assign(**{name: parameters[name] / 4 for name in ("share_sd_pct", "balance_sd_bn_rub")})
    rng = np.random.default_rng(3)
    truths = rng.choice(len(sure), 80, replace=False)
    seen = predicted[truths] + fitted.moments.errors(parameters.iloc[truths], rng)
    cost = sure["median_cost_rub_t"].to_numpy()
    low = []
    for truth, values in zip(truths, seen, strict=True):
        told = Moments(fitted.moments.table.assign(value=values))
        kept = calibrate(predicted, sure, told, draws=31, rng=rng).rows
        low.append((cost[kept] < cost[truth]).sum())
    edges = np.histogram(low, np.arange(9) * 4 - 0.5)[0]
    # Too sure: truths fall outside, into the first and last bin, far more often than a quarter of the time.
    assert (edges[0] + edges[-1]) / edges.sum() > 0.35


def test_model_errors_have_the_covariance_that_the_likelihood_assumes(moments):
    table = Moments(moments)
    scale = pd.DataFrame({"share_sd_pct": np.full(40_000, 4.0), "balance_sd_bn_rub": 10.0})
    drawn = table.errors(scale, np.random.default_rng(8), reading=False)
    share, balance = table.of("share"), table.of("balance")
    assert np.cov(drawn[:, share].T) == pytest.approx(16 * table.covariance("share"), abs=0.6)
    assert np.cov(drawn[:, balance].T) == pytest.approx(100 * table.covariance("balance"), abs=40)


def test_moments_of_an_unknown_kind_are_refused(moments):
    with pytest.raises(ValueError, match="share or balance"):
        Moments(moments.assign(kind="price"))
    with pytest.raises(ValueError, match="reading_sd"):
        Moments(moments.drop(columns="reading_sd"))


# --- attribution --------------------------------------------------------------------------------------------

games = st.integers(2, 5).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.floats(-1e3, 1e3), min_size=2**n, max_size=2**n))
)


@given(games)
@settings(max_examples=40)
def test_shapley_equals_the_mean_over_all_orders_and_adds_up(game):
    n, worth = game
    names = [f"d{i}" for i in range(n)]

    def value(moved):
        return worth[sum(1 << names.index(d) for d in moved)]

    found = shapley(value, names).iloc[0]
    orders = list(permutations(names))
    mean = dict.fromkeys(names, 0.0)
    for order in orders:
        for i, driver in enumerate(order):
            mean[driver] += (value(order[: i + 1]) - value(order[:i])) / len(orders)
    assert found.sum() == pytest.approx(worth[-1] - worth[0], abs=1e-6)
    assert found.to_dict() == pytest.approx(mean, abs=1e-6)
    assert shapley(value, names[::-1]).iloc[0].to_dict() == pytest.approx(found.to_dict(), abs=1e-6)


@pytest.mark.parametrize(
    ("names", "message"), [(["a", "a"], "twice"), ([], "1 to 12"), ([str(i) for i in range(13)], "1 to 12")]
)
def test_shapley_refuses_names_it_cannot_use(names, message):
    with pytest.raises(ValueError, match=message):
        shapley(lambda moved: 0.0, names)


def test_the_swing_adds_up_in_every_draw_and_a_still_driver_gets_nothing(fitted):
    parts = swing.attribute(fitted.stack, fitted.theta, old=2023, new=2025)
    modelled = (
        fitted.outcome("2025-01", "2025-12").net_bn_rub - fitted.outcome("2023-01", "2023-12").net_bn_rub
    )
    assert np.abs(parts.sum(axis=1) - modelled).max() < 1e-6
    same = swing.attribute(fitted.stack, fitted.theta, old=2024, new=2024)
    assert same.abs().to_numpy().max() < 1e-9


def test_the_swing_needs_both_years_whole(fitted):
    with pytest.raises(ValueError, match="no month from 2026-01"):
        swing.attribute(fitted.stack, fitted.theta, old=2023, new=2026)


# --- break-even ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def here(fitted):
    return breakeven.position(fitted.stack, fitted.theta, start="2025-10", end="2025-12")


def test_no_change_gives_the_netback_of_the_position(here, fitted):
    still = breakeven.response(here)
    part = fitted.stack.cut("2025-10", "2025-12").netback().netback_rub_t.mean(axis=1)
    # Means of products and products of means differ a little over three months.
    assert np.abs(still.netback_rub_t - part).max() < 0.01 * np.abs(part).mean()
    assert still.margin_rub_t.shape == still.under_water.shape == (len(fitted.theta),)


def test_better_terms_never_put_more_tonnes_under_water(here):
    base = breakeven.response(here).under_water
    assert (breakeven.response(here, price_change_pct=10.0).under_water <= base).all()
    assert (breakeven.response(here, rub_per_usd=here.rub_per_usd + 10).under_water <= base).all()
    assert (breakeven.response(here, rail_tariff_change_pct=10.0).under_water >= base).all()
    assert (breakeven.response(here, discount_points=5.0).under_water >= base).all()


def test_a_grid_comes_first_in_the_shape(here):
    price, rate = np.meshgrid(np.linspace(-30, 30, 4), np.linspace(70, 110, 3))
    found = breakeven.response(here, price_change_pct=price, rub_per_usd=rate)
    assert found.under_water.shape == (3, 4, len(here.theta))
    one = breakeven.response(here, price_change_pct=float(price[2, 1]), rub_per_usd=float(rate[2, 1]))
    assert np.allclose(found.margin_rub_t[2, 1], one.margin_rub_t)


# --- closures and scores ------------------------------------------------------------------------------------


def test_a_longer_record_narrows_the_hazard_and_restarts_add_no_stop():
    days = pd.to_datetime(["2025-01-01", "2026-01-01"])
    short = closures.closure_hazard(pd.Series([2, 12], index=days), total=150)
    long = closures.closure_hazard(pd.Series([2, 42], index=[days[0], pd.Timestamp("2029-01-01")]), total=150)
    assert (long.high - long.low) / long.pct_per_month < (short.high - short.low) / short.pct_per_month
    fall = closures.closure_hazard(pd.Series([12, 10], index=days), total=150)
    assert fall.stops == 0
    assert 0 < fall.pct_per_month < short.pct_per_month


def test_pressure_scales_the_hazard():
    record = pd.Series([8, 18], index=pd.to_datetime(["2025-02-15", "2025-09-15"]))
    calm, tense = (closures.closure_hazard(record, total=151, pressure=p) for p in (1.0, 1.5))
    assert tense.pct_per_month == pytest.approx(1.5 * calm.pct_per_month)
    assert tense.expected_stops > calm.expected_stops


@pytest.mark.parametrize(
    ("counts", "total", "message"),
    [([3.0], 10, "at least two"), ([3.0, 12.0], 10, "larger than every count")],
)
def test_a_hazard_needs_a_record(counts, total, message):
    record = pd.Series(counts, index=pd.date_range("2025-01-01", periods=len(counts), freq="MS"))
    with pytest.raises(ValueError, match=message):
        closures.closure_hazard(record, total=total)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30), st.floats(-100, 100))
def test_crps_equals_its_definition(sample, value):
    x = np.array(sample)
    plain = np.abs(x - value).mean() - np.abs(x[:, None] - x).mean() / 2
    assert crps(x, value) == pytest.approx(plain, abs=1e-9)


# --- what the page reads ------------------------------------------------------------------------------------


def test_the_parts_of_a_tonne_add_up_to_its_netback(here):
    way = readout.parts(here, breakeven.response(here, rub_per_usd=90.0), "south", "thermal")["value"]
    assert way.iloc[:-1].sum() == pytest.approx(way["netback"], abs=1e-6)
    with pytest.raises(ValueError, match="no stream north, thermal"):
        readout.parts(here, breakeven.response(here), "north", "thermal")


def test_streams_convert_at_the_rate_of_the_answer(here):
    found = readout.streams(breakeven.response(here, rub_per_usd=100.0))
    assert found["netback_usd"].to_numpy() == pytest.approx(found["netback"].to_numpy() / 100)


def test_rounded_drivers_still_add_up_and_lie_within_one_billion_of_the_exact_ones(fitted):
    steps = readout.turned(fitted, old=2023, new=2025, draws=200)["value"]
    assert steps.iloc[:-1].sum() == steps.iloc[-1]
    exact = swing.attribute(
        fitted.stack.take(np.arange(200)), fitted.theta.iloc[:200], old=2023, new=2025
    ).mean()
    assert (steps.iloc[1:-1] - exact).abs().max() <= 1.0
    assert readout.turned(fitted, old=2023, new=2030).empty


def test_the_share_under_water_on_the_curve_is_where_cost_crosses_netback(here):
    line = readout.curve(here, breakeven.response(here))
    assert (line["cost_mid"].diff().dropna() >= 0).all()
    assert (line["netback_mid"].diff().dropna() <= 1e-9).all()


def test_the_map_agrees_with_single_answers(here):
    plane = readout.grid(
        here, x=("price_change_pct", [-20.0, 0.0]), y=("rub_per_usd", [80.0, 95.0]), draws=len(here.theta)
    )
    one = breakeven.response(here, price_change_pct=-20.0, rub_per_usd=95.0)
    assert plane.loc[95.0, -20.0] == pytest.approx(100 * one.under_water.mean())


def test_scenarios_name_their_place_and_spots_leave_out_those_that_do_not_move(here):
    cases = pd.DataFrame(
        {
            "price_change_pct": [0.0, -20.0, 0.0],
            "rub_per_usd": [90.0, 90.0, 90.0],
            "rail_tariff_change_pct": [0.0, 0.0, -10.0],
            "discount_points": 0.0,
        },
        index=["baseline", "price_slump", "rail_relief"],
    )
    named = readout.scenarios(here, cases)
    assert named.loc["price_slump", "price_usd_t"] == pytest.approx(
        0.8 * named.loc["baseline", "price_usd_t"]
    )
    assert named.loc["rail_relief", "under_water"] < named.loc["baseline", "under_water"]
    found = readout.spots(named, "price_usd_t", "rub_per_usd", base="baseline")
    assert list(found["label"]) == ["baseline", "price slump"]


def test_influence_ranks_what_truly_moves_the_outcome_first(fitted):
    reasons = assumptions().assign(what="", basis="assumed", reason="")
    outcome = -(fitted.theta["pass_through"].to_numpy() ** 3)
    found = readout.influence(fitted, outcome, reasons)
    assert found.index[0] == "pass_through"
    assert found["correlation"].iloc[0] == pytest.approx(-1.0)


def test_rival_accounts_are_scored_on_the_same_late_moments(stack, moments):
    simulated = fit.bank(stack, assumptions(), moments, rng=np.random.default_rng(5), pairs=20)
    early = fit.condition(simulated, until=2023, draws=200, rng=np.random.default_rng(6))
    rng = np.random.default_rng(7)
    late = moments[moments["year"] > 2023]
    card = fit.scorecard(fit.predict(early, late, rng), late)
    rows = rivals.variants(simulated, assumptions(), card, until=2023, rng=rng, draws=200, pairs=5)
    assert rows.index[0] == "both channels (this page)"
    assert rows["crps_balance"].notna().all()
    # Carried forward: 375 bn RUB in twelve months of 2023 is 187.5 by June 2024, where the record says 0.
    assert rows.loc["last values carried forward", "last_balance"] == pytest.approx(375.0)


def test_conditioning_a_bank_uses_only_the_years_asked_for(stack, moments):
    simulated = fit.bank(stack, assumptions(), moments, rng=np.random.default_rng(5), pairs=5)
    early = fit.condition(simulated, until=2023, draws=100, rng=np.random.default_rng(6))
    assert set(early.moments.table["year"]) == {2022, 2023}
    assert early.predicted.shape[1] == 4


def test_margins_of_others_stand_beside_the_model_of_the_same_month_and_way(fitted):
    months = pd.PeriodIndex(["2025-08", "2025-08", "2031-01", "2025-08"], freq="M")
    printed = pd.DataFrame({"month": months, "way": ["east", "west", "east", "east"]})
    printed = printed.assign(value=[100.0, 50.0, 0.0, 10.0], unit=["RUB/t"] * 3 + ["percent"])
    found = readout.beside(fitted, printed.assign(rub_t=[100.0, 50.0, 0.0, np.nan]))
    assert found["model"].iloc[0] > found["model"].iloc[1]
    assert found["model"].isna().tolist() == [False, False, True, False]
    assert (found["model_low"] <= found["model"]).iloc[:2].all()
    # Ten percent of a price on board of some 70 dollars at some 88 roubles.
    assert 450 < found["rub_t"].iloc[3] < 750


def test_the_cost_of_the_way_and_of_digging_are_those_of_the_stack(fitted):
    found = readout.digging(fitted, pd.Period("2023-06", freq="M"))
    part = fitted.stack.cut("2023-06", "2023-06")
    way = (part.rail_rub_t + part.gondola_rub_t + part.transshipment_rub_t)[:, 0, 0]
    assert found.loc["way", "mid"] == pytest.approx(np.median(way))
    assert found.loc["digging", "low"] < found.loc["digging", "mid"] < found.loc["digging", "high"]


def test_yearly_pressure_rises_as_the_price_falls(fitted):
    found = readout.pressure(fitted, [2023, 2025, 2031])
    assert list(found.index) == ["2023", "2025"]
    assert found.loc["2025", "value"] > found.loc["2023", "value"]


def test_predicted_paths_start_near_zero_and_widen(fitted):
    drawn = readout.ahead(fitted, 2025, np.random.default_rng(4))
    found = readout.path(drawn, "balance")
    width = found[0.95] - found[0.05]
    assert width.iloc[-1] > 2 * width.iloc[0]
    assert len(found) == 12
    assert readout.path(drawn, "share").to_numpy().max() < 110


def test_the_denser_bank_has_the_same_posterior_and_more_effective_draws(stack, moments):
    simulated = fit.bank(stack, assumptions(), moments, rng=np.random.default_rng(5), pairs=200)
    found = fit.condition(simulated, until=2024, draws=4000, rng=np.random.default_rng(6)).posterior
    plain = calibrate(
        simulated.predicted,
        simulated.parameters,
        simulated.moments,
        draws=4000,
        rng=np.random.default_rng(7),
    )
    scale = simulated.parameters.std()
    assert ((found.table["median"] - plain.table["median"]).abs() / scale).max() < 0.3
    assert found.effective / (len(simulated.predicted) // 4) > 2 * plain.effective / len(simulated.predicted)
