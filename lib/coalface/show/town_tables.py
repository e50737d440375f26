"""Tables and sentences of coal towns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coalface.models import assessment
from coalface.models.assessment import Assessment
from coalface.show.block import Block, Trace
from coalface.show.style import interval
from coalface.show.tables import table
from coalface.show.towns import names
from coalface.show.words import points, say


def dependence(found: Assessment, shown: list[str], radius_km: float, trace: Trace) -> Block:
    """Table of payroll share, location quotient, mine work in reach, owners, tonnes and pay gap."""
    rows = found.table.loc[shown]
    if rows.empty:
        return say("No coal town was known on this day.")
    pairs = zip(100 * rows["payroll_share_low"], 100 * rows["payroll_share_high"], strict=True)
    frame = pd.DataFrame(
        {
            "Town": names(found).reindex(rows.index),
            "Payroll": [interval(low, high, 0).replace(" ", "\u00a0") for low, high in pairs],
            "Quotient": rows["location_quotient"],
            "Miners": rows["miners_per_1000"],
            "Owners": rows["owner_hhi"],
            "Tonnes": rows["tonnes_mt"],
            "Pay gap": rows["wage_gap_pct"],
        }
    )
    return table(
        frame.reset_index(drop=True),
        caption="What each town depends on",
        note="Payroll: mining's share. Quotient: farming and mining against all municipalities known. "
        f"Miners: mine work in reach. Owners: concentration. Tonnes: working mines within {radius_km:g} km. "
        "Pay gap: coal pay above the town's, Kuzbass only. A dash is not known.",
        units={"Payroll": "percent", "Quotient": "average is one", "Miners": "per thousand"}
        | {"Owners": "up to one", "Tonnes": "Mt a year", "Pay gap": "percent"},
        digits={"Quotient": 1, "Miners": 0, "Owners": 2, "Tonnes": 1, "Pay gap": 0},
        trace=trace,
    )


def coverage(found: Assessment, trace: Trace) -> Block:
    """Table of how many coal towns have each indicator."""
    known = found.known()
    frame = (
        known.assign(share=100 * known["share"])
        .rename_axis("Indicator")
        .rename(columns={"share": "Coverage"})
    )
    return table(
        frame,
        caption="How many coal towns have each indicator",
        units={"Coverage": "percent"},
        digits={"known": 0, "of": 0, "Coverage": 0},
        note="As a figure or as bounds. What is missing is lent by another town, a different one each draw.",
        trace=trace,
    )


def hidden(shares: pd.DataFrame, trace: Trace) -> Block:
    """One sentence on how bounds did when printed shares were hidden on purpose."""
    test = assessment.hidden_test(shares)
    logical, peers = test.loc["logical"], test.loc["peers"]
    if not logical["of"]:
        return say("No municipality printed every section on this day, so the bounds could not be tried.")
    return say(
        f"The bounds were tried on the {logical['of']:.0f} municipalities that print every section. With "
        f"their share hidden on purpose, the logical bounds held it in **{logical['held']:.0f}** and the "
        f"narrow ones, which borrow from peers, in **{peers['held']:.0f}**; their mean width is "
        f"{100 * logical['width']:.0f} and {100 * peers['width']:.0f} percentage points. Ranks draw on both "
        "kinds, jobs on the narrow ones.",
        trace=trace,
    )


def reasons(found: Assessment, shown: list[str], trace: Trace) -> Block:
    """Table of rank interval and computed reason of each town."""
    ranked = found.ranked
    rows = ranked.loc[[t for t in ranked.index if t in shown]]
    if rows.empty:
        return say("No rank, so no reason.")
    pairs = zip(rows["rank_low"], rows["rank_high"], strict=True)
    frame = pd.DataFrame(
        {
            "Town": names(found).reindex(rows.index),
            "Rank": [interval(low, high, 0).replace(" ", "\u00a0") for low, high in pairs],
            "Why": assessment.reasons(found).reindex(rows.index),
        }
    )
    return table(
        frame.reset_index(drop=True),
        caption="Why each town stands where it stands",
        note="What lifts a town most against the mean town, then what lowers it most; computed from the "
        "index. Population: from January 2022 to January 2024.",
        trace=trace,
    )


def not_ranked(found: Assessment, trace: Trace) -> Block:
    """One sentence that names the towns of which too little is known."""
    if found.left_out.empty:
        return say("Every coal town of the table is ranked.")
    few, all_ = assessment.ENOUGH, len(assessment.INDICATORS)
    listed = ", ".join(names(found).reindex(found.left_out.index))
    return say(
        f"Not ranked, because fewer than {few} of {all_} indicators are known: {listed}. No rank does not "
        "mean no risk.",
        trace=trace,
    )


def losses(found: Assessment, loss: pd.DataFrame, towns: list[str], trace: Trace) -> Block:
    """Table of jobs, pay and arrears at risk, median of the draws."""
    rows = loss.loc[towns].dropna(subset=["jobs"]).sort_values("jobs", ascending=False, kind="stable")
    if rows.empty:
        return say("What a fall would cost cannot be said either.")
    frame = pd.DataFrame(
        {
            "Town": names(found).reindex(rows.index),
            "Direct": rows["direct"],
            "Indirect": rows["indirect"],
            "Pay lost": rows["payroll_mn_rub"],
            "Share of pay": 100 * rows["income_share"],
            "Arrears": rows["arrears_mn_rub"],
        }
    )
    return table(
        frame.reset_index(drop=True),
        caption="What the fall would cost each town, median of the draws",
        note="Pay is known for Kuzbass only. Arrears: wages owed to those out of work, at the rates of known "
        "cases. Medians do not add up.",
        units={"Direct": "jobs", "Indirect": "jobs", "Pay lost": "mn RUB a month", "Share of pay": "percent"}
        | {"Arrears": "mn RUB"},
        digits={"Direct": 0, "Indirect": 0, "Pay lost": 0, "Share of pay": 1, "Arrears": 0},
        trace=trace,
    )


def assumptions(
    speed: pd.Series, studies: pd.DataFrame, owed: pd.Series, later: pd.Series, trace: Trace
) -> Block:
    """The distributions behind the jobs at risk, one point each."""
    if pd.isna(speed["low"]):
        return say("How jobs follow output in Kuzbass was not known on this day, so no job is counted.")
    texts = [
        f"**Elasticity**: {interval(speed['low'], speed['high'], 2)} percent of mining jobs per percent of "
        "output, any value as likely as any other; from what Kuzbass did in 2025 to fixed proportions."
    ]
    for study, reading, low, high in zip(
        *(studies[c] for c in ("study", "reading", "low", "high")), strict=True
    ):
        texts.append(
            f"**{study}**: {interval(low, high, 2)} other local jobs lost per mining job ({reading})."
        )
    texts.append("Every draw picks one study, each as likely as the others, then a value in its range.")
    texts += [
        f"Decades later, {share:.0f} percent of the pit jobs lost in England and Wales had been replaced by "
        "other jobs; no draw counts on that."
        for share in later
    ]
    if len(owed):
        thousand = interval(owed.min() / 1e3, owed.max() / 1e3, 0)
        texts.append(f"**Arrears**: {thousand} thousand RUB per worker, from {len(owed)} cases of 2025.")
    return points(*texts, trace=trace)


def added_up(found: Assessment, heads: pd.Series, trace: Trace) -> Block:
    """One paragraph: mining jobs of the coal places of Kuzbass beside the regional count, thousands."""
    kuzbass = found.table[found.table["region_iso"] == "RU-KEM"]
    low, high = (float(kuzbass[f"mining_jobs_{end}"].sum(min_count=1)) / 1e3 for end in ("low", "high"))
    least, most = (float(heads[end]) / 1e3 for end in ("low", "high"))
    if np.isnan([low, high, least, most]).any():
        return say("How many mining jobs Kuzbass holds was not known on this day.")
    return say(
        f"Added up, the coal places of Kuzbass hold {interval(low, high, 0)} thousand mining jobs; readings "
        f"of the regional count since 2024 run from {interval(least, most, 1)} thousand. Whether the rest is "
        "work in other places, in small firms or another definition, these data do not say.",
        trace=trace,
    )


def rivals(found: Assessment, agreement: pd.DataFrame, trace: Trace) -> Block:
    """Table of how simpler rules agree with the ranking."""
    if found.ranking is None:
        return say("Without a ranking there is nothing to compare simpler rules with.")
    frame = agreement.rename_axis("Rule").rename(
        columns={"rho": "Correlation", "both": "In both tops", "top": "Size of the top", "towns": "Towns"}
    )
    return table(
        frame,
        caption="Simpler rules rank the towns otherwise",
        note="Spearman's correlation with our median ranks; towns that a rule ties share the seats of its "
        "top. The official list is the edition of about 2015, not the current one.",
        digits={"Correlation": 2, "In both tops": 1, "Size of the top": 0, "Towns": 0},
        trace=trace,
    )


def back_check(checks: pd.DataFrame, trace: Trace) -> Block:
    """Table of known cases against the top third of the ranking."""
    if checks.empty:
        return say("No stop, closure or arrears with a place was known on this day.")
    frame = checks[["cases", "hits", "expected_by_mines", "p_value", "left_out"]].rename_axis("Event")
    frame.columns = pd.Index(["Cases", "In the top third", "By luck", "Chance", "Left out"])
    return table(
        frame,
        caption="Known stops, closures and arrears against the top third of the ranking",
        note="By luck: if every working mine were as likely to be hit. Chance: of as many hits or more by "
        "luck. Left out: no place known, or the place is not ranked.",
        digits={"Cases": 0, "In the top third": 0, "By luck": 1, "Chance": 2, "Left out": 0},
        trace=trace,
    )


def back_check_reading(stops: pd.Series, trace: Trace) -> Block:
    """One paragraph on what the back-check can and cannot say."""
    if stops.isna().any():
        return say("Of the stops since 2024 too few are known by place to try the ranking on them.")
    more = stops["hits"] > stops["expected_by_mines"]
    verdict = "no fewer than" if more else "no more than"
    return say(
        f"Of the **{stops['cases']:.0f}** stops since 2024 that name a mine with a known place, "
        f"**{stops['hits']:.0f}** fell on the top third, {verdict} the {stops['expected_by_mines']:.1f} that "
        "luck would put there. The cases are few and refute little, but they give no ground to read the "
        "ranking as a forecast of stops: it weighs what a stop would cost. Of the slumps of 2015-16 and "
        "2019-20 only closures are known by place.",
        trace=trace,
    )
