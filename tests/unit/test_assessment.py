"""The assessment as a whole: who is ranked, why, and whether it fits what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coalface.models import assessment, towns

SHORT = (1.2, 1.3)
EQUAL = [0.2] * 5
SHARES = [*towns.SECTIONS, "undistributed"]


def place(seed: int, count: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        rng.dirichlet(np.ones(6), count),
        columns=[*towns.SECTIONS, "undistributed"],
        index=[f"t{i}" for i in range(count)],
    )
    return frame.assign(
        lat=54 + rng.random(count),
        lon=86 + rng.random(count),
        population=rng.integers(5_000, 90_000, count).astype(float),
        headcount=rng.integers(2_000, 9_000, count).astype(float),
        wage=60_000 + 20_000 * rng.random(count),
        coal_wage=110_000.0,
        coal_wage_low=95_000.0,
        population_fall_pct=rng.normal(size=count),
        is_coal_town="yes",
        kind="town",
        panel_kind="town",
    )


def mine(seed: int, count: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "lat": 54 + rng.random(count),
            "lon": 86 + rng.random(count),
            "owner": rng.choice(["A", "B", "C"], count),
            "operator": "x",
            "tonnes_mt": 1.0,
            "workforce": rng.integers(200, 1500, count).astype(float),
        }
    )


def assess(frame: pd.DataFrame, draws: int = 300) -> assessment.Assessment:
    return assessment.assess(
        frame,
        mine(1),
        frame.index,
        radius_km=15,
        weights=EQUAL,
        tracker_short=SHORT,
        draws=draws,
        rng=np.random.default_rng(5),
    )


@pytest.mark.parametrize("seed", range(4))
def test_no_town_is_less_exposed_when_only_its_mining_share_rises(seed):
    """From the printed shares to the score: the rise comes out of market services, nothing else moves."""
    frame = place(seed)
    higher = frame.copy()
    rise = 0.9 * frame.loc["t3", "market_services"]
    higher.loc["t3", "primary_ab"] += rise
    higher.loc["t3", "market_services"] -= rise
    before, after = assess(frame), assess(higher)
    assert before.ranking is not None and after.ranking is not None
    assert (after.ranking.scores[:, 3] >= before.ranking.scores[:, 3] - 1e-12).all()


def test_a_town_with_too_few_figures_is_listed_and_not_ranked():
    frame = place(0)
    frame.loc["t5", [*SHARES, "population", "wage", "population_fall_pct"]] = np.nan
    found = assess(frame)
    assert "t5" not in found.ranked.index
    assert found.left_out.to_dict() == {"t5": 1}
    assert "t5" in found.table.index


def test_nothing_known_gives_an_empty_ranking_and_no_crash():
    frame = place(0)
    frame[["lat", "lon", "population", "wage", "population_fall_pct", *towns.SECTIONS, "undistributed"]] = (
        np.nan
    )
    found = assess(frame)
    assert found.ranking is None
    assert found.ranked.empty
    assert assessment.reasons(found).empty
    assert len(found.left_out) == len(frame)


def test_a_hidden_share_keeps_the_town_in_the_ranking_with_bounds():
    frame = place(2)
    frame.loc["t1", "undistributed"] += frame.loc["t1", "primary_ab"]
    truth = frame.loc["t1", "primary_ab"]
    frame.loc["t1", "primary_ab"] = np.nan
    found = assess(frame)
    assert "t1" in found.ranked.index
    assert found.table.loc["t1", "mining_share_low"] <= truth <= found.table.loc["t1", "mining_share_high"]


def test_every_ranked_town_has_a_reason_with_a_number_in_it():
    lines = assessment.reasons(assess(place(3)))
    assert lines.str.contains(r"\d").all()
    assert len(lines) == 12


def test_reasons_count_what_is_not_known():
    frame = place(3)
    frame.loc["t2", "population_fall_pct"] = np.nan
    assert assessment.reasons(assess(frame))["t2"].endswith("1 of 5 not known")


def test_peers_are_the_nearest_in_population_without_the_town_itself():
    frame = place(4)
    found = assess(frame)
    near = assessment.peers(found, "t0", count=3)
    gaps = (np.log(frame["population"]) - np.log(frame.loc["t0", "population"])).abs().drop("t0")
    assert list(near.index) == list(gaps.sort_values().index[:3])


def test_a_town_without_population_has_no_peers():
    frame = place(4)
    frame.loc["t0", "population"] = np.nan
    assert assessment.peers(assess(frame), "t0").empty


def test_hiding_every_printed_share_in_turn_never_breaks_the_logical_bounds():
    found = assessment.hidden_test(place(6, 20))
    assert found.loc["logical", "held"] == found.loc["logical", "of"] == 20
    assert found.loc["peers", "width"] <= found.loc["logical", "width"]


def test_the_back_check_counts_only_ranked_towns_and_says_how_many_it_left_out():
    found = assess(place(7))
    top = list(found.ranked.index[:2])
    cases = pd.DataFrame({"group": "stops", "town_id": [*top, found.ranked.index[-1], "elsewhere", ""]})
    row = assessment.back_check(found, cases).loc["stops"]
    assert (row["hits"], row["cases"], row["left_out"]) == (2, 3, 2)
    assert row["expected"] == pytest.approx(1.0)
    assert 0 < row["p_value"] <= 1


def test_weights_are_checked_before_anything_is_drawn():
    with pytest.raises(ValueError, match="add up to"):
        assessment.assess(
            place(0),
            mine(0),
            place(0).index,
            radius_km=15,
            weights=[0.5] * 5,
            tracker_short=SHORT,
            draws=10,
            rng=np.random.default_rng(0),
        )


def test_what_is_known_at_the_given_radius_is_known_at_every_radius():
    """A short reach finds no mine and so no owners; the ranking must not throw the known figure away."""
    frame = place(9)
    layers = towns.readings(frame, mine(1), radius_km=4, tracker_short=SHORT)
    known = {key: high.notna() for key, (_, high) in layers.items()}
    for key, seen in known.items():
        assert seen.equals(known[1, 0]), key
    assert all((low.fillna(0) <= high.fillna(0)).all(axis=None) for low, high in layers.values())
