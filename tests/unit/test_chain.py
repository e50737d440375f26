"""The chain from market to towns: signs, bounds, common luck and shares of variance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface import data
from coalface.inputs.chain import stops
from coalface.models.chain import LINKS, Luck, compare, follow, link_shares, stop_share, variance_shares
from coalface.models.jobs import JobLuck

TOWNS = ("anna", "berta")


def make_luck(draws, seed=1):
    rng = np.random.default_rng(seed)
    jobs = JobLuck(
        mining_jobs=rng.uniform(1000, 3000, (draws, len(TOWNS))),
        elasticity=rng.uniform(0.5, 1.0, draws),
        extra_jobs=rng.uniform(0.5, 2.0, draws),
        arrears_rub=np.zeros(draws),
    )
    return Luck(rng.uniform(0.1, 0.3, draws), jobs)


@given(st.floats(0, 1), st.floats(0, 1))
def test_no_worse_market_costs_no_job_and_a_worse_one_never_creates_any(base, case):
    luck = make_luck(50)
    found = follow(np.full(50, base), np.full(50, case), luck, TOWNS)
    assert (found.jobs >= 0).all()
    if case <= base:
        assert found.jobs.sum() == 0
    assert (found.direct <= luck.jobs.mining_jobs + 1e-9).all()


def test_more_tonnes_under_water_cost_more_jobs_in_every_draw_and_town():
    luck, base = make_luck(200), np.full(200, 0.3)
    mild, hard = (follow(base, np.full(200, case), luck, TOWNS) for case in (0.4, 0.5))
    assert (hard.direct > mild.direct).all() and (hard.indirect > mild.indirect).all()


def test_the_numbers_of_a_hand_worked_draw():
    jobs = JobLuck(np.array([[1000.0]]), np.array([0.5]), np.array([1.5]), np.zeros(1))
    found = follow(np.array([0.2]), np.array([0.6]), Luck(np.array([0.25]), jobs), ("anna",))
    assert found.output_fall == pytest.approx([0.1])
    assert found.direct.item() == pytest.approx(50) and found.indirect.item() == pytest.approx(75)
    assert found.by_town().loc["anna", "median"] == pytest.approx(125)


def test_tonnes_without_a_buyer_add_to_those_that_stop_and_never_pass_the_whole():
    luck, base = make_luck(20), np.full(20, 0.3)
    both = follow(base, base + 0.4, luck, TOWNS, tonnes_fall=0.5)
    assert both.output_fall == pytest.approx(1 - (1 - 0.4 * luck.stop_share) * 0.5)
    assert follow(base, base, luck, TOWNS, tonnes_fall=1.0).output_fall == pytest.approx(np.ones(20))
    with pytest.raises(ValueError, match="share of output from 0 to 1"):
        follow(base, base, luck, TOWNS, tonnes_fall=-0.1)


def test_scenarios_compare_on_the_same_draws_with_most_jobs_first():
    luck, base = make_luck(200), np.full(200, 0.3)
    cases = {"mild": follow(base, base + 0.1, luck, TOWNS), "hard": follow(base, base + 0.2, luck, TOWNS)}
    table = compare(cases)
    assert list(table.index) == ["hard", "mild"]
    assert table.loc["hard"].to_numpy() == pytest.approx(2 * table.loc["mild"].to_numpy())
    assert (table["low"] < table["value"]).all() and (table["value"] < table["high"]).all()


def test_no_count_of_stopped_mines_means_any_share():
    drawn = stop_share(0, 0.0, 4000, np.random.default_rng(1), size_ratio=(1.0, 1.0))
    assert drawn.min() < 0.01 and drawn.max() > 0.99


def test_draws_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="must hold the same draws"):
        follow(np.zeros(3), np.zeros(4), make_luck(3), TOWNS)


@pytest.mark.parametrize(("stopped", "losing"), [(5, 4.0), (-1, 4.0)])
def test_impossible_counts_of_stopped_mines_are_refused(stopped, losing):
    with pytest.raises(ValueError, match="0 <= stopped <= losing"):
        stop_share(stopped, losing, 10, np.random.default_rng(1), size_ratio=(0.5, 1.0))


def test_shares_of_variance_name_every_link_and_the_frozen_ones_bring_nothing():
    draws = 20_000
    luck = make_luck(draws)
    base, case = np.full(draws, 0.3), np.full(draws, 0.5)
    shares = link_shares(base, case, luck, TOWNS)
    assert list(shares.index) == list(LINKS.values())
    market = shares.loc[LINKS["under_water"]]
    assert market["first"] == pytest.approx(0, abs=1e-12) and market["total"] == 0
    assert 0.9 < shares["first"].sum() <= 1.05
    assert (shares["total"] >= shares["first"] - 0.03).all()


def test_ishigami_shares_of_variance():
    """Ishigami and Homma (1990) with a = 7, b = 0.1: first-order shares 0.3139, 0.4424 and 0."""

    def ishigami(part):
        x, y, z = part["x"], part["y"], part["z"]
        return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)

    rng = np.random.default_rng(20261122)
    first, second = ({name: rng.uniform(-np.pi, np.pi, 200_000) for name in "xyz"} for _ in range(2))
    shares = variance_shares(ishigami, first, second)
    assert shares["first"].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert shares["total"].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_counts_of_stopped_mines_are_those_known_on_the_day():
    cat = data.read()
    now, then = stops(cat).frame, stops(cat.as_of("2025-03-10")).frame
    assert 0 < now["stopped"] < now["losing"] < now["total"] and now["day"]
    assert then["losing"] == 0 and then["day"] == ""
