"""Dependence on mining: bounds under suppression, distances, shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.models import towns

PLACES = pd.DataFrame(
    {"lat": [54.0, 54.0, np.nan], "lon": [86.0, 87.0, np.nan], "population": [1000.0, np.nan, 500.0]},
    index=["a", "b", "c"],
)
MINES = pd.DataFrame(
    {
        "lat": [54.0, 54.0, 54.1],
        "lon": [86.1, 86.9, 86.1],
        "owner": ["X", "Y", None],
        "operator": ["x", "y", "z"],
        "tonnes_mt": [1.0, 2.0, np.nan],
        "workforce": [100.0, 300.0, np.nan],
    }
)


def composition(size: int):
    """Random shares of the five sections plus what stays undistributed, one municipality."""
    parts = st.lists(st.floats(0.001, 1.0), min_size=size, max_size=size)
    return parts.map(lambda raw: np.array(raw) / sum(raw))


@given(st.lists(composition(6), min_size=1, max_size=12), st.integers(0, 2**12 - 1), st.booleans())
def test_logical_bounds_contain_every_share_that_is_hidden(rows, mask, building_too):
    """Suppression moves the hidden share into the undistributed one, so the bound must hold it."""
    truth = pd.DataFrame(rows, columns=[*towns.SECTIONS, "undistributed"])
    seen = truth.copy()
    hidden = np.array([bool(mask >> i & 1) for i in range(len(rows))])
    columns = ["primary_ab", "construction_f"] if building_too else ["primary_ab"]
    seen.loc[hidden, "undistributed"] += truth.loc[hidden, columns].sum(axis=1)
    seen.loc[hidden, columns] = np.nan
    bounds = towns.section_bounds(seen)
    assert (bounds["low"] <= truth["primary_ab"] + 1e-12).all()
    assert (truth["primary_ab"] <= bounds["high"] + 1e-12).all()
    assert np.allclose(bounds["low"][~hidden], bounds["high"][~hidden])


@given(st.lists(composition(6), min_size=2, max_size=12), st.integers(0, 11))
def test_peer_bounds_are_never_wider_than_logical_ones(rows, which):
    seen = pd.DataFrame(rows, columns=[*towns.SECTIONS, "undistributed"])
    which %= len(rows)
    seen.loc[which, "undistributed"] += seen.loc[which, "primary_ab"]
    seen.loc[which, "primary_ab"] = np.nan
    logical, peers = towns.section_bounds(seen), towns.section_bounds(seen, rule="peers")
    assert (peers["low"] >= logical["low"]).all()
    assert np.allclose(peers["high"], logical["high"])


def test_a_municipality_without_any_section_stays_unknown():
    nothing = pd.DataFrame(np.nan, index=["x"], columns=[*towns.SECTIONS, "undistributed"])
    assert towns.section_bounds(nothing).isna().all(axis=None)
    assert towns.section_bounds(nothing, rule="peers").isna().all(axis=None)


def test_coal_alone_never_exceeds_farming_and_mining_together():
    primary = pd.DataFrame({"low": [0.4, 0.0], "high": [0.4, 0.2]}, index=["seen", "hidden"])
    coal = towns.coal_bounds(primary, pd.Series({"seen": 0.1, "hidden": 0.1}))
    assert coal["low"].tolist() == pytest.approx([0.3, 0.0])
    assert coal["high"].tolist() == [0.4, 0.2]


def test_distance_matches_the_ellipsoid_to_one_part_in_two_hundred():
    pyproj = pytest.importorskip("pyproj")
    geod = pyproj.Geod(ellps="WGS84")
    ours = towns.great_circle_km([53.76], [87.12], [67.5, 43.1], [64.0, 131.9])[0]
    theirs = [geod.inv(87.12, 53.76, lon, lat)[2] / 1000 for lat, lon in ((67.5, 64.0), (43.1, 131.9))]
    assert ours == pytest.approx(theirs, rel=0.005)


def test_a_place_without_coordinates_gets_missing_values_not_zeros():
    near = towns.catchment(PLACES, MINES, radius_km=15).near
    assert near.loc["c"].isna().all()
    assert near.loc["a", "mines"] == 2


def test_an_empty_list_of_mines_means_not_known_rather_than_no_mine():
    assert towns.catchment(PLACES, MINES.iloc[:0], radius_km=15).near.isna().all(axis=None)


def test_owner_concentration_is_one_where_one_owner_has_all_the_workforce():
    near = towns.catchment(PLACES, MINES, radius_km=10).near
    assert near.loc["a", "owner_hhi"] == pytest.approx(1.0)
    assert near.loc["b", "owner_hhi"] == pytest.approx(1.0)


def test_no_mine_within_reach_means_concentration_is_unknown():
    far = PLACES.assign(lat=[10.0, 10.0, np.nan])
    near = towns.catchment(far, MINES, radius_km=15).near
    assert near.loc["a", "workforce"] == 0
    assert np.isnan(near.loc["a", "owner_hhi"])


@given(st.floats(1, 500))
def test_the_workforce_shared_among_towns_never_exceeds_the_mines_own(radius):
    near = towns.catchment(PLACES, MINES, radius_km=radius).near
    assert near["tracker_jobs"].sum() <= MINES["workforce"].sum() + 1e-6


def test_mine_work_in_reach_adds_up_to_the_workforce_when_weighed_by_residents():
    """The second step of the floating catchment undoes the first: sum of P_i A_i is the sum of W_j."""
    both = PLACES.assign(population=[1000.0, 3000.0, 500.0])
    near = towns.catchment(both, MINES, radius_km=30).near
    assert (near["miners_per_1000"] * both["population"]).sum() / 1000 == pytest.approx(400.0)


@pytest.mark.parametrize("radius", [0, -1, float("nan"), float("inf")])
def test_a_radius_that_is_not_positive_is_refused_with_its_name(radius):
    with pytest.raises(ValueError, match=r"radius_km is .*above 0"):
        towns.catchment(PLACES, MINES, radius_km=radius)


def test_location_quotients_average_to_one_when_weighted_by_headcount():
    share, head = pd.Series([0.1, 0.3, np.nan]), pd.Series([100.0, 300.0, 50.0])
    quotient = towns.location_quotient(share, head)
    assert (quotient * head)[:2].sum() / head[:2].sum() == pytest.approx(1.0)
    assert np.isnan(quotient[2])


def test_payroll_share_cannot_pass_the_whole_payroll():
    assert towns.payroll_share(pd.Series([0.9]), 200.0, pd.Series([50.0])).tolist() == [1.0]
