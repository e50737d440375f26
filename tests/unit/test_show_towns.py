"""Figures, tables and sentences of towns: they say what is not known and print no markup of names."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from coalface import data
from coalface.inputs import towns as figures
from coalface.models import assessment, jobs
from coalface.models import towns as around
from coalface.show import town_profile as profile
from coalface.show import town_tables as tables
from coalface.show import towns as pictures

WEIGHTS = [0.4, 0.2, 0.1, 0.15, 0.15]


def assess(places, mines, chosen):
    rng = np.random.default_rng(1)
    how = {"radius_km": 15, "weights": WEIGHTS, "tracker_short": (1.2, 1.3), "draws": 200}
    return assessment.assess(places, figures.operating(mines), chosen, **how, rng=rng)


@pytest.fixture(scope="module")
def world():
    """Everything that a page needs: catalogue, mines, trace, assessment with a doubtful place, losses."""
    cat = data.read()
    shelf, mines = figures.places(cat), figures.mines(cat)
    chosen = figures.coal_towns(shelf.frame, also=["armyansk", "novokuznetsk"]).index
    found = assess(shelf.frame, mines.frame, chosen)
    luck = jobs.draw_luck(
        found.table,
        elasticity=(0.3, 1.0),
        studies=figures.multipliers(cat).frame,
        arrears_rub=(2e5, 4e5),
        draws=200,
        rng=np.random.default_rng(1),
    )
    loss = jobs.jobs_at_risk(found.table, luck, 0.2).table()
    return cat, mines.frame, shelf.trace, found, loss


@pytest.fixture(scope="module")
def nothing(world):
    """The same places with no figure at all."""
    cat, mines, trace, found, loss = world
    bare = dataclasses.replace(found, evidence=None, ranking=None, left_out=found.table["mines"].fillna(0))
    table = bare.table.copy()
    numbers = table.select_dtypes("number").columns
    table[numbers] = np.nan
    return cat, mines, trace, dataclasses.replace(bare, table=table), loss * np.nan


def every_block(cat, mines, trace, found, loss, town):
    row = found.table.loc[town]
    close = around.mines_near(row, mines, radius_km=15)
    shown = [town, *assessment.peers(found, town).index]
    layer = cat.geo("kuzbass_regions")
    return [
        pictures.shares(found, shown, trace, mark=town),
        pictures.ranks(found, profile.window(found, town), trace, mark=town),
        pictures.kuzbass_map(found, mines, layer, trace),
        pictures.russia_map(found, mines, cat.geo("russia_regions_simplified"), trace),
        pictures.jobs(found, loss, shown, 0.2, trace),
        profile.intro(found, town, trace),
        profile.standing(found, town, trace),
        profile.facts(found, town, trace),
        profile.local_map(found, town, mines, layer, 45.0, trace),
        profile.mines_table(close, town, trace),
        profile.cost(loss, town, 0.2, trace),
        profile.missing(found, town),
        tables.dependence(found, shown, 15.0, trace),
        tables.coverage(found, trace),
        tables.reasons(found, shown, trace),
        tables.not_ranked(found, trace),
        tables.losses(found, loss, shown, trace),
        tables.rivals(found, assessment.rivals(found), trace),
    ]


@pytest.mark.parametrize("town", ["belovsky_okrug", "borodino", "luchegorsk", "armyansk"])
def test_every_block_of_a_town_is_made_however_little_is_known(world, town):
    blocks = every_block(*world, town)
    assert all(block.text for block in blocks)
    assert all("nan" not in block.text.split() for block in blocks if block.kind == "say")


@pytest.mark.parametrize("town", ["berezovsky"])
def test_with_no_figure_at_all_every_block_is_a_sentence_or_a_table(nothing, town):
    kinds = {block.kind for block in every_block(*nothing, town)}
    assert kinds <= {"say", "table", "points"}


def test_a_town_without_a_rank_says_how_much_is_known_and_that_it_is_not_safe(world):
    _, _, trace, found, _ = world
    text = profile.standing(found, "luchegorsk", trace).text
    assert "not ranked" in text
    assert "No rank does not mean no risk" in text


def test_a_place_that_is_no_coal_town_would_rank(world):
    _, _, trace, found, _ = world
    assert "would rank" in profile.standing(found, "novokuznetsk", trace).text


def test_a_name_with_markup_is_printed_and_never_runs(world):
    cat, mines, trace, found, loss = world
    evil = '<script>alert("x")</script>'
    table = found.table.copy()
    table.loc["belovo", ["name", "name_ru", "coal_basis", "note"]] = evil
    poisoned = dataclasses.replace(found, table=table)
    for block in every_block(cat, mines, trace, poisoned, loss, "belovo"):
        assert "<script" not in block.html.lower()


def test_one_mine_lies_and_several_lie(world):
    cat, mines, trace, found, _ = world
    layer = cat.geo("russia_regions_simplified")
    assert "1 working mine lies" in profile.local_map(found, "luchegorsk", mines, layer, 45.0, trace).text
    assert "working mines lie " in profile.local_map(found, "belovo", mines, layer, 45.0, trace).text


def test_the_back_check_says_when_luck_does_as_well(world):
    cat, _, trace, found, _ = world
    checks = assessment.back_check(found, figures.cases(cat).frame)
    text = tables.back_check_reading(checks.loc["stopped 2024-2026"], trace).text
    assert ("no more than" in text) == bool(
        checks.loc["stopped 2024-2026", "hits"] <= checks.loc["stopped 2024-2026", "expected_by_mines"]
    )
    assert tables.back_check(checks, trace).kind == "table"


def test_the_map_of_russia_counts_places_that_have_no_mark_too(world):
    """Three coal places have no coordinates; a title that counts marks would leave them out."""
    cat, mines, trace, found, _ = world
    about = pictures.russia_map(found, mines, cat.geo("russia_regions_simplified"), trace).data["figures"][0]
    outside = found.table["region_iso"] != "RU-KEM"
    ranked = found.ranked.index.isin(found.table.index[outside]).sum()
    assert about["title"].startswith(f"{ranked} of {outside.sum()} coal places")
    assert "score of exposure; " in about["alt"]


def test_no_name_of_a_column_reaches_the_sentences_on_a_town(world):
    """The table of towns writes for its maintainers: "1 operating mine(s)", "construction_f", "panel_id"."""
    cat, _, trace, _, _ = world
    shelf, mines = figures.places(cat), figures.mines(cat)
    found = assess(shelf.frame, mines.frame, shelf.frame.index[shelf.frame["is_coal_town"] != "no"])
    for town in found.table.index:
        told = profile.intro(found, town, trace).text + profile.missing(found, town).text
        assert not [w for w in ("_", "(s)", "A+B", "panel") if w in told], told
    assert "Leninsk-Kuznetsky okrug" not in profile.missing(found, "leninsk_kuznetsky").text
    assert "Verkhnebureinsky district" in profile.missing(found, "chegdomyn").text


def test_the_ground_of_a_town_leads_to_the_documents_of_its_own_row(world):
    cat, _, _, found, _ = world
    row = figures.listing(cat, ["berezovsky"])
    block = profile.intro(found, "berezovsky", row.trace)
    wanted = set(row.frame["source_id"].str.split(";").sum())
    assert {d[0] for d in block.data["documents"]} == wanted
    assert "8 operating mines," in block.text
