"""Cards, tables, sentences and switches as HTML."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from coalface import show

TRACE = SimpleNamespace(
    series=("coal.exports.ru.total",),
    documents=(
        ("ministry_2026", "Energy Ministry", "Coal in 2025", "https://example.org/a", "2026-03-10", "B"),
    ),
    vintage="2026-03-10",
    grades=("B",),
    warnings=(),
)


def card(**changes):
    return show.headline(
        "exports_2025",
        **{"value": 207.0, "unit": "Mt", "label": "Coal exports, 2025", "trace": TRACE, **changes},
    )


def test_a_card_without_an_interval_says_so():
    assert "no interval" in card().html


def test_a_card_says_whether_its_interval_is_a_range_of_sources_or_a_probability():
    assert "Range between sources: 203 to 211 Mt" in card(interval=(203, 211), digits=0).html
    assert "90 percent interval: 203 to 211 Mt" in card(interval=(203, 211), level=0.9, digits=0).html


def test_a_card_lands_in_the_headlines_with_value_ends_unit_and_vintage():
    claim = card(interval=(203, 211), level=0.9).data["headlines"][0]
    assert (claim["id"], claim["value"], claim["low"], claim["high"]) == ("exports_2025", 207.0, 203.0, 211.0)
    assert (claim["unit"], claim["vintage"]) == ("Mt", "2026-03-10")


@pytest.mark.parametrize(
    ("value", "unit", "said"), [(1, "claims", "1 claim"), (2, "claims", "2 claims"), (1, "Mt", "1 Mt")]
)
def test_a_card_counts_one_in_the_singular_and_keeps_the_unit_of_its_headline(value, unit, said):
    made = card(value=value, unit=unit, digits=0)
    assert f"Coal exports, 2025: {said} (no interval)" == made.text
    assert made.data["headlines"][0]["unit"] == unit


def test_an_unknown_value_is_printed_as_not_known():
    assert "not known" in card(value=math.nan).html
    assert card(value=None).data["headlines"][0]["value"] is None


@pytest.mark.parametrize("change", [{"interval": (211, 203)}, {"level": 90}, {"color": "pink"}])
def test_a_card_with_a_nonsensical_option_is_refused(change):
    with pytest.raises(ValueError, match=r"exports_2025|pink"):
        card(**change)


def test_an_id_must_be_fit_for_an_anchor():
    with pytest.raises(ValueError, match="lower-case"):
        show.headline("Exports 2025", 1.0, "Mt", label="x", trace=TRACE)


def test_cards_keep_the_claims_of_every_headline():
    both = show.cards(card(), show.headline("share", 5.0, "percent", label="Share", trace=TRACE))
    assert [h["id"] for h in both.data["headlines"]] == ["exports_2025", "share"]
    assert both.html.count("<li") == 2 and both.html.count("<ul") == 1


@pytest.mark.parametrize("kind", [show.say, show.points, show.limits, show.note])
def test_a_sentence_names_its_documents_only_if_told(kind):
    told = kind("Exports were **203 Mt**.", trace=TRACE)
    assert 'data-id="ministry_2026"' in told.html
    assert told.data["documents"][0][0] == "ministry_2026"
    assert "data-id" not in kind("Nothing was known.").html


def test_a_table_has_caption_scopes_units_and_dashes_for_the_unknown():
    frame = pd.DataFrame({"town": ["Myski", "Kaltan"], "share": [21.25, None], "headcount": [9258.0, 6230.0]})
    html = show.table(frame, caption="Two towns", units={"share": "percent"}, trace=TRACE).html
    assert "<caption>" in html and html.count('scope="col"') == 3 and html.count('scope="row"') == 2
    assert "<small>percent</small>" in html and ">–</td>" in html and ">9,258</td>" in html
    assert 'data-id="ministry_2026"' in html


def test_a_table_that_is_cut_says_of_how_many_rows():
    html = show.table(pd.DataFrame({"a": ["x"] * 9, "b": range(9)}), caption="Nine rows", rows=4).html
    assert "first 4 of 9 rows" in html and html.count("<tr>") == 5


def test_a_table_names_the_column_that_it_does_not_have():
    with pytest.raises(ValueError, match="shares"):
        show.table(pd.DataFrame({"share": [1]}), caption="x y", units={"shares": "percent"})


def test_sentences_escape_everything_but_their_few_marks():
    html = show.say("**203** <script>alert(1)</script> [x](javascript:alert(1)) [y](#fig-a)").html
    assert "<script" not in html and 'href="javascript' not in html and '<a href="#fig-a">y</a>' in html


def test_a_switch_has_one_radio_a_panel_and_keeps_claims():
    block = show.switch(
        "Scenario", {"Baseline": card(), "Slump": (show.say("Lower."), show.points("one", "two"))}
    )
    assert block.html.count('type="radio"') == 2 and block.html.count('class="panel"') == 2
    assert block.html.count(" checked") == 1 and len(block.data["headlines"]) == 1


def test_a_formula_becomes_mathml():
    assert "<math" in show.formula(r"\pi = p q - c").html


def test_sources_are_anchors_and_only_web_addresses_become_links():
    cited = pd.DataFrame(
        [
            ["a_2024", "A", "First", "javascript:alert(1)", "2024-01", "A"],
            ["b", "B", "Second", "https://b.org", None, "D"],
        ],
        columns=["source_id", "publisher", "title", "url", "published", "grade"],
    )
    html = show.sources(cited).html
    assert (
        'id="src-a_2024"' in html
        and "javascript" not in html
        and "no date" in html
        and "https://b.org" in html
    )


def test_numbers_wear_a_true_minus_and_thousands_and_never_a_negative_zero():
    assert show.num(-1234.5, 1) == "−1,234.5" and show.num(-0.04, 1) == "0.0" and show.num(None) == "–"
    assert show.interval(195.9, 196.2, 1, "Mt") == "195.9 to 196.2 Mt"
