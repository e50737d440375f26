"""The composite index: units do not matter, more coal never helps, more figures narrow the ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalface.models import exposure

NAMES = ("share", "mines", "owners")


def block(values: np.ndarray, high: np.ndarray | None = None) -> exposure.Evidence:
    """One reading of the data as evidence, with the first column as likeness."""
    low = values[None, None]
    top = low if high is None else high[None, None]
    names = tuple(f"t{i}" for i in range(len(values)))
    return exposure.Evidence(names, NAMES, low, top, np.nan_to_num(values[:, 1]))


def grid(seed: int, towns: int = 12) -> np.ndarray:
    return np.random.default_rng(seed).random((towns, 3))


def rank(facts: exposure.Evidence, **kwargs: object) -> exposure.Ranking:
    return exposure.rank_towns(facts, draws=300, top=3, rng=np.random.default_rng(7), **kwargs)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.01, 1e4), st.integers(0, 2))
def test_ranks_do_not_depend_on_the_unit_of_an_indicator(seed, factor, column):
    values = grid(seed)
    scaled = values.copy()
    scaled[:, column] *= factor
    likeness = values[:, 1]
    ours = exposure.Evidence(
        tuple(f"t{i}" for i in range(12)), NAMES, scaled[None, None], scaled[None, None], likeness
    )
    theirs = exposure.Evidence(ours.towns, NAMES, values[None, None], values[None, None], likeness)
    np.testing.assert_allclose(rank(ours).scores, rank(theirs).scores, rtol=1e-6)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 11), st.floats(0.0, 2.0), st.booleans())
def test_no_town_is_less_exposed_when_its_mining_share_rises(seed, town, rise, gappy):
    """In every single draw: any radius, rule, donor, scale, mean and weight."""
    values = grid(seed)
    if gappy:
        holes = np.random.default_rng(seed + 1).random(values.shape) < 0.2
        holes[:, 0] = False
        values[holes] = np.nan
    higher = values.copy()
    higher[town, 0] += rise
    before, after = rank(block(values)), rank(block(higher))
    assert (after.scores[:, town] >= before.scores[:, town] - 1e-12).all()


@pytest.mark.parametrize("seed", range(5))
def test_rank_intervals_shrink_when_hidden_shares_become_known(seed):
    values = grid(seed, 20)
    low, high = values.copy(), values.copy()
    low[:, 0], high[:, 0] = 0.0, 1.0
    wide, narrow = rank(block(low, high)).table, rank(block(values)).table
    width = [(t["rank_high"] - t["rank_low"]).mean() for t in (wide, narrow)]
    assert width[0] > width[1]


@pytest.mark.parametrize("seed", range(5))
def test_rank_intervals_shrink_when_missing_values_become_known(seed):
    values = grid(seed, 20)
    gappy = values.copy()
    gappy[np.random.default_rng(seed).random(values.shape) < 0.4] = np.nan
    width = [
        (t["rank_high"] - t["rank_low"]).mean() for t in (rank(block(gappy)).table, rank(block(values)).table)
    ]
    assert width[0] > width[1]


def test_a_town_added_at_the_end_leaves_the_order_of_the_others_in_place():
    values = np.vstack([np.linspace(0, 1, 10)[:, None].repeat(3, axis=1), [[0.55, 0.55, 0.55]]])
    few, more = rank(block(values[:10])).table, rank(block(values)).table
    kept = [t for t in more.index if t != "t10"]
    assert kept == list(few.index)


def test_the_same_seed_gives_the_same_ranks_and_another_seed_does_not():
    facts = block(grid(3))
    again = rank(facts).table
    pd.testing.assert_frame_equal(rank(facts).table, again)
    other = exposure.rank_towns(facts, draws=300, rng=np.random.default_rng(8))
    assert not np.allclose(other.table["score"], again["score"].reindex(other.table.index))


def test_ranks_add_up_in_every_draw():
    ranks = rank(block(grid(1))).ranks
    np.testing.assert_allclose(ranks.sum(axis=1), 12 * 13 / 2)


def test_a_certain_leader_is_first_with_no_width():
    values = grid(2)
    values[4] = 5.0
    table = rank(block(values)).table
    assert table.index[0] == "t4"
    assert table.loc["t4", ["rank_low", "rank_high", "top_share"]].tolist() == [1.0, 1.0, 1.0]


def test_an_indicator_that_nobody_has_is_left_out():
    values = grid(5)
    values[:, 2] = np.nan
    assert np.isfinite(rank(block(values)).scores).all()


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([0.5, 0.2, 0.2], "add up to 0.9"),
        ([0.5, 0.5], "2 weights for 3 indicators"),
        ([1.5, -0.5, 0.0], "from 0 to 1"),
        ([float("nan"), 0.5, 0.5], "from 0 to 1"),
    ],
)
def test_weights_that_do_not_fit_are_refused_and_the_order_is_named(weights, words):
    with pytest.raises(ValueError, match=words) as fault:
        rank(block(grid(0)), weights=weights)
    assert "share, mines, owners" in str(fault.value)


def test_all_weight_on_one_indicator_ranks_by_that_indicator():
    values = grid(9)
    table = rank(block(values), weights=[0.0, 1.0, 0.0]).table
    expected = [f"t{i}" for i in np.argsort(-values[:, 1])]
    assert list(table.index) == expected


def test_one_town_cannot_be_ranked():
    with pytest.raises(ValueError, match="at least two"):
        rank(block(grid(0, 1)))


def test_bounds_that_cross_are_refused():
    with pytest.raises(ValueError, match="above its upper"):
        block(np.ones((2, 3)), np.zeros((2, 3)))


def test_sobol_shares_name_the_only_choice_that_moves_ranks():
    """Printed figures and one reading leave weights, scale and mean as the only doubts."""
    shares = exposure.drivers(block(grid(4)), rng=np.random.default_rng(1))
    assert shares.loc[["radius", "suppression", "hidden", "method", "donors"], "total"].abs().max() < 1e-9
    assert shares["total"].idxmax() == "weights"


def test_sobol_shares_find_suppression_where_bounds_are_wide():
    values = grid(6)
    low, high = values.copy(), values.copy()
    low[:, 0], high[:, 0] = 0.0, 3.0
    shares = exposure.drivers(block(low, high), rng=np.random.default_rng(1))
    assert shares["total"].idxmax() == "hidden"


def test_a_rule_that_copies_the_median_rank_agrees_fully():
    ranking = rank(block(grid(8)))
    rules = pd.DataFrame({"copy": -ranking.table["median_rank"], "opposite": ranking.table["median_rank"]})
    found = exposure.rivals(ranking, rules)
    assert found.loc["copy", "rho"] == pytest.approx(1.0)
    assert found.loc["opposite", "rho"] == pytest.approx(-1.0)
    assert found.loc["copy", "both"] == 3


def test_a_rule_without_spread_has_no_correlation_rather_than_a_warning():
    ranking = rank(block(grid(8)))
    found = exposure.rivals(ranking, pd.DataFrame({"flat": 1.0}, index=ranking.table.index))
    assert np.isnan(found.loc["flat", "rho"])


def test_ties_at_the_edge_of_a_rival_top_share_its_seats():
    """A rule that cannot tell towns apart overlaps by as much as a lottery would."""
    ranking = rank(block(grid(8)))
    found = exposure.rivals(ranking, pd.DataFrame({"flat": 1.0}, index=ranking.table.index))
    assert found.loc["flat", "both"] == pytest.approx(3 * 3 / 12)
