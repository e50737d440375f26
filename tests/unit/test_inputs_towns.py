"""Town figures from the real tables: who counts, which names are known, what an early day shows."""

from __future__ import annotations

import pytest

from coalface import data
from coalface.errors import ParameterError
from coalface.inputs import towns


@pytest.fixture(scope="module")
def cat():
    return data.read()


@pytest.fixture(scope="module")
def places(cat):
    return towns.places(cat).frame


def test_no_coal_town_is_counted_twice_through_its_municipality(places):
    chosen = towns.coal_towns(places)
    listed = chosen[chosen["panel_id"] != ""]
    assert not listed["panel_id"].duplicated().any()
    assert {"neryungri", "chegdomyn"} <= set(chosen.index)
    assert not {"neryungrinsky_district", "verkhnebureinsky_district"} & set(chosen.index)


def test_further_towns_come_last_so_that_the_luck_of_the_others_stays(places):
    plain, more = towns.coal_towns(places).index, towns.coal_towns(places, also=["novokuznetsk"]).index
    assert list(more) == [*plain, "novokuznetsk"]
    assert list(towns.coal_towns(places, also=["belovo"]).index) == list(plain)


def test_a_hidden_section_stays_missing_and_its_undistributed_share_is_there(places):
    row = places.loc["leninsk_kuznetsky"]
    assert row.isna()["primary_ab"]
    assert 0 < row["undistributed"] < 1


def test_a_municipality_without_a_place_lies_at_its_seat(places):
    okrug, seat = places.loc["belovsky_okrug"], places.loc["belovo"]
    assert okrug["seat"] and not seat["seat"]
    assert (okrug["lat"], okrug["lon"]) == (seat["lat"], seat["lon"])


def test_a_series_that_jumps_gives_no_fall_of_population(places):
    assert places.loc[["krasnobrodskiy", "prokopyevsky_okrug"], "population_fall_pct"].isna().all()


def test_coal_pay_is_known_for_kuzbass_only(places):
    known = places["coal_wage"].notna()
    assert set(places.loc[known, "region_iso"]) == {"RU-KEM"}
    assert (places.loc[known, "coal_wage_low"] < places.loc[known, "coal_wage"]).all()


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("berezovsky", "berezovsky"),
        ("Берёзовский", "berezovsky"),
        ("березовский", "berezovsky"),
        ("Leninsk-Kuznetsky", "leninsk_kuznetsky"),
        (" Воркута ", "vorkuta"),
    ],
)
def test_a_town_is_found_by_id_or_by_name_in_either_script(places, name, town):
    assert towns.find(places, name) == town


@pytest.mark.parametrize(
    ("name", "offer"),
    [
        ("prokopievsk", "prokopyevsk (Прокопьевск)"),
        ("Кисилевск", "kiselyovsk (Киселевск)"),
        ("vorkutta", "vorkuta"),
    ],
)
def test_an_unknown_town_gets_near_matches_in_both_scripts(places, name, offer):
    with pytest.raises(ParameterError, match="did you mean") as fault:
        towns.find(places, name)
    assert offer in str(fault.value)


def test_a_name_of_two_places_is_refused_with_both_ids(places):
    with pytest.raises(ParameterError, match="pervomayskiy_zab, pervomayskiy_tul"):
        towns.find(places, "Первомайский")


def test_a_name_like_no_other_says_where_the_list_is(places):
    with pytest.raises(ParameterError, match=r"data/towns\.csv"):
        towns.find(places, "zzzzzz")


def test_owners_are_named_without_their_shares_and_an_unknown_one_is_missing(cat):
    owners = towns.mines(cat).frame["owner"].dropna()
    assert not owners.str.contains(r"\[|unknown").any()
    assert len(owners) > 200


def test_multipliers_come_from_three_studies_and_say_how_they_were_read(cat):
    """2.0 with or without the miner, 17 over 7.5 percent, and "modest" below both."""
    found = towns.multipliers(cat).frame
    assert found["low"].tolist() == pytest.approx([1.0, 17 / 7.5 - 1, 0.0])
    assert found["high"].tolist() == pytest.approx([2.0, 17 / 7.5 - 1, 1.0])
    assert found["reading"].str.len().gt(0).all()


def test_the_elasticity_runs_from_what_was_seen_to_fixed_proportions(cat):
    found = towns.elasticity(cat).frame
    assert 0 < found["low"] < found["high"] == 1


def test_the_tracker_counts_fewer_people_than_the_region_does(cat):
    low, high = towns.tracker_short(cat)
    assert 1 < low < high < 2


def test_only_stops_of_a_known_mine_get_a_place(cat):
    found = towns.cases(cat).frame
    stops = found[found["group"] == "stopped 2024-2026"].set_index("case")["town_id"]
    assert stops["Chertinskaya-Koksovaya"] == "belovo"
    assert stops["Spiridonovskaya"] == ""


def test_a_day_before_every_figure_gives_empty_shelves_and_no_crash(cat):
    early = cat.as_of("2013-01-01")
    assert towns.places(early).frame.empty
    assert towns.elasticity(early).frame.isna().all()
    assert towns.headcount(early).frame.isna().all()
    assert towns.arrears(early).frame.empty
    assert towns.export_share(early).frame.empty
    assert towns.cases(early).frame.empty
    assert towns.tracker_short(early) == (1.0, 1.0)


def test_figures_of_places_trace_to_their_documents(cat):
    trace = towns.places(cat).trace
    assert {"towns_bdmo_shko", "towns_bdmo_ecotypes"} <= set(trace.sources)
    assert len(trace.series) < 20
