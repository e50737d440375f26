"""Verdict rules on both sides of every edge."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.data import read
from coalface.models import verdicts
from coalface.models.verdicts import Rule

STEP = 1e-6
WORDS = {"if_met": "confirmed", "if_close": "partly", "if_far": "contradicted"}
numbers = st.floats(-1e3, 1e3)
widths = st.floats(0.01, 1e3)


def rule(test, expected, tolerance, margin):
    return Rule(test, expected, tolerance, margin, **WORDS)


@given(numbers, widths, widths)
def test_near_changes_its_verdict_at_both_edges_on_both_sides(expected, tolerance, more):
    one = rule("near", expected, tolerance, tolerance + more)
    step = max(abs(expected), tolerance + more, 1) * STEP
    for side in (-1, 1):
        assert verdicts.judge(one, expected + side * tolerance) == "confirmed"
        assert verdicts.judge(one, expected + side * (tolerance + min(step, more / 2))) == "partly"
        assert verdicts.judge(one, expected + side * (tolerance + more)) == "partly"
        assert verdicts.judge(one, expected + side * (tolerance + more + step)) == "contradicted"


@given(numbers, widths, widths, st.sampled_from([("above", -1), ("below", 1)]))
def test_a_bound_changes_its_verdict_at_both_edges_and_never_on_the_good_side(expected, tolerance, more, how):
    test, side = how
    one = rule(test, expected, tolerance, tolerance + more)
    step = max(abs(expected), tolerance + more, 1) * STEP
    assert verdicts.judge(one, expected - side * 1e6) == "confirmed"
    assert verdicts.judge(one, expected + side * tolerance) == "confirmed"
    assert verdicts.judge(one, expected + side * (tolerance + min(step, more / 2))) == "partly"
    assert verdicts.judge(one, expected + side * (tolerance + more)) == "partly"
    assert verdicts.judge(one, expected + side * (tolerance + more + step)) == "contradicted"


def shipped():
    return read().table("claim_rules").to_dict("records")


@pytest.mark.parametrize("row", shipped(), ids=lambda row: f"{row['claim_id']}-{row['part']:.0f}")
def test_every_shipped_rule_turns_at_the_edges_that_it_states(row):
    one = Rule(*(row[name] for name in ("test", "expected", "tolerance", "margin", *WORDS)))
    side = {"near": 1, "above": -1, "below": 1}[one.test]
    step = max(abs(one.expected), 1) * STEP
    assert verdicts.judge(one, one.expected) == one.if_met
    assert verdicts.judge(one, one.expected + side * one.tolerance) == one.if_met
    if one.margin > one.tolerance:
        assert verdicts.judge(one, one.expected + side * (one.tolerance + step)) == one.if_close
        assert verdicts.judge(one, one.expected + side * one.margin) == one.if_close
    assert verdicts.judge(one, one.expected + side * (one.margin + step)) == one.if_far


def test_a_number_that_is_not_known_gets_no_verdict():
    for test in verdicts.TESTS:
        one = rule(test, 1.0, 0.0, 1.0)
        assert verdicts.judge(one, np.nan) == "not known"
        assert np.isnan(verdicts.miss(one, np.nan))


def test_rounding_of_binary_fractions_does_not_cross_an_edge():
    assert verdicts.judge(rule("near", 9.5, 0.4, 1.0), 9.9) == "confirmed"


def test_parts_combine_to_one_verdict():
    assert verdicts.combine(["overstated", "overstated"]) == "overstated"
    assert verdicts.combine(["confirmed", "contradicted", "not known"]) == "partly"
    assert verdicts.combine(["not known", "not known"]) == "not known"


def test_agreement_has_four_states():
    human = pd.Series(["confirmed", "confirmed", "opinion", "partly"])
    computed = pd.Series(["confirmed", "partly", "no rule", "not known"])
    assert verdicts.agreement(human, computed).tolist() == ["agree", "differ", "no rule", "not known"]


def test_rules_that_make_no_sense_are_refused_in_words():
    with pytest.raises(ValueError, match="no test 'over'"):
        Rule("over", 1.0)
    with pytest.raises(ValueError, match="tolerance"):
        Rule("near", 1.0, 2.0, 1.0)
    with pytest.raises(ValueError, match="no verdict 'true'"):
        Rule("near", 1.0, if_met="true")


def test_the_ledger_keeps_every_claim_and_ranks_surprises():
    claims = pd.DataFrame({"claim_id": ["a", "b", "c"], "verdict": ["confirmed", "contradicted", "opinion"]})
    rules = pd.DataFrame(
        {
            "claim_id": ["a", "b"],
            "test": "near",
            "expected": [10.0, 10.0],
            "tolerance": 1.0,
            "margin": 2.0,
            **dict.fromkeys(WORDS, ""),
            "then": [np.nan, 10.0],
            "now": [10.5, 16.0],
        }
    )
    table, parts = verdicts.ledger(claims, rules)
    assert table["claim_id"].tolist() == ["a", "b", "c"]
    assert table["by_rule_then"].tolist() == ["not known", "confirmed", "no rule"]
    assert table["by_rule_now"].tolist() == ["confirmed", "contradicted", "no rule"]
    assert table["agreement"].tolist() == ["agree", "agree", "no rule"]
    assert len(parts) == 2
    found = verdicts.surprises(table)
    assert found["claim_id"].tolist() == ["b"]
    assert found["surprise"].iloc[0] == 3.0
