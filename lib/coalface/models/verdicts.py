"""Verdicts on claims, computed by a small rule a number: near, above or below, with stated edges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

Verdict = Literal[
    "confirmed", "partly", "contradicted", "not_confirmed", "overstated", "superseded", "opinion"
]
VERDICTS: tuple[str, ...] = get_args(Verdict)
TESTS = ("near", "above", "below")
UNKNOWN = "not known"
SLACK = 1e-9


@dataclass(frozen=True)
class Rule:
    """When a number meets a claim, comes close to it, or is far from it, and what is said then.

    Parameters
    ----------
    test
        near: within `tolerance` of `expected`; above, below: not short of it by more than `tolerance`.
    expected, tolerance, margin
        In the unit of the number. What misses by more than `tolerance` but no more than `margin` is close.
    if_met, if_close, if_far
        Verdicts of the closed list.
    """

    test: str
    expected: float
    tolerance: float = 0.0
    margin: float = 0.0
    if_met: str = "confirmed"
    if_close: str = "partly"
    if_far: str = "contradicted"

    def __post_init__(self) -> None:
        if self.test not in TESTS:
            raise ValueError(f"no test {self.test!r}; there are {', '.join(TESTS)}")
        if not 0 <= self.tolerance <= self.margin:
            raise ValueError(f"a rule needs 0 <= tolerance <= margin, not {self.tolerance} and {self.margin}")
        strange = {self.if_met, self.if_close, self.if_far} - set(VERDICTS)
        if strange:
            raise ValueError(f"no verdict {sorted(strange)[0]!r}; there are {', '.join(VERDICTS)}")


def miss(rule: Rule, found: float) -> float:
    """By how much a number misses the claim, in its unit; 0 if it does not, missing if it is not known."""
    gap = found - rule.expected
    if rule.test == "near":
        return abs(gap)
    return float(np.maximum(-gap if rule.test == "above" else gap, 0.0)) if not np.isnan(gap) else np.nan


def judge(rule: Rule, found: float) -> str:
    """Verdict of a rule on a number, or "not known" if there is none; both edges belong to the better side.

    Examples
    --------
    >>> rule = Rule("near", expected=21.0, tolerance=0.0, margin=1.0)
    >>> [judge(rule, rate) for rate in (21.0, 20.0, 18.0, float("nan"))]
    ['confirmed', 'partly', 'contradicted', 'not known']
    """
    gap = miss(rule, found)
    if np.isnan(gap):
        return UNKNOWN
    slack = SLACK * max(1.0, abs(rule.expected))
    if gap <= rule.tolerance + slack:
        return rule.if_met
    return rule.if_close if gap <= rule.margin + slack else rule.if_far


def combine(verdicts: Iterable[str]) -> str:
    """One verdict for a claim of several parts: the common one, or "partly"; unknown parts are left out.

    Examples
    --------
    >>> combine(["confirmed", "contradicted"]), combine(["confirmed", "not known"]), combine([])
    ('partly', 'confirmed', 'no rule')
    """
    every = list(verdicts)
    known = {verdict for verdict in every if verdict != UNKNOWN}
    if not known:
        return UNKNOWN if every else "no rule"
    return known.pop() if len(known) == 1 else "partly"


def apply(rules: pd.DataFrame, found: pd.Series) -> pd.DataFrame:
    """Verdict and miss of every rule, in columns verdict and miss (unit of the number).

    Parameters
    ----------
    rules
        One row a rule with the fields of `Rule`; empty texts take the defaults.
    found
        The number of each rule, same index; missing if it was not known.
    """
    rows = []
    for row, number in zip(rules.to_dict("records"), found, strict=True):
        words = {name: row[name] for name in ("if_met", "if_close", "if_far") if row.get(name)}
        edges = {name: 0.0 if pd.isna(row[name]) else float(row[name]) for name in ("tolerance", "margin")}
        rule = Rule(
            str(row["test"]),
            float(row["expected"]),
            edges["tolerance"],
            max(edges["margin"], edges["tolerance"]),
            **words,
        )
        rows.append({"verdict": judge(rule, float(number)), "miss": miss(rule, float(number))})
    return pd.DataFrame(rows, index=rules.index, columns=["verdict", "miss"])


def agreement(human: pd.Series, computed: pd.Series) -> pd.Series:
    """How the computed verdict stands to the human one: agree, differ, no rule or not known."""
    state = pd.Series(np.where(human == computed, "agree", "differ"), index=human.index)
    return state.where(~computed.isin([UNKNOWN, "no rule"]), computed)


def ledger(claims: pd.DataFrame, rules: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The claims with their computed verdicts, and the rules with theirs: two tables, none of them shorter.

    Parameters
    ----------
    claims
        One row a claim: claim_id, verdict (human) and whatever describes it.
    rules
        One row a part, with the fields of `Rule`, claim_id, and the numbers `then` and `now`.

    Returns
    -------
    tuple of pandas.DataFrame
        Claims with columns by_rule_then, by_rule_now, agreement and surprise; rules with verdict_then,
        verdict_now and surprise: the miss of today's number in margins of the rule, or in its own
        unit where the margin is 0, and missing where the number meets the claim.
    """
    parts = rules.copy()
    for when in ("then", "now"):
        parts[f"verdict_{when}"] = apply(parts, parts[when])["verdict"]
    width = parts["margin"].fillna(0.0).replace(0.0, 1.0)
    missed = apply(parts, parts["now"])["miss"]
    parts["surprise"] = (missed / width).where(
        parts["verdict_now"] != parts["if_met"].replace("", "confirmed")
    )
    table = claims.set_index("claim_id")
    for when in ("then", "now"):
        combined = parts.groupby("claim_id")[f"verdict_{when}"].agg(combine)
        table[f"by_rule_{when}"] = combined.reindex(table.index).fillna("no rule")
    table["agreement"] = agreement(table["verdict"], table["by_rule_now"])
    table["surprise"] = parts.groupby("claim_id")["surprise"].max().reindex(table.index)
    return table.reset_index(), parts


def surprises(table: pd.DataFrame, count: int = 3) -> pd.DataFrame:
    """The claims that the figures miss by most margins of their rule, farthest first."""
    return (
        table.dropna(subset=["surprise"]).sort_values("surprise", ascending=False, kind="stable").head(count)
    )
