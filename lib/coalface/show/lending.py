"""Blocks on lending: how much of the key rate reaches borrowers, by maturity and over time."""

from __future__ import annotations

import pandas as pd

from coalface.models.passthrough import PassThrough, Stability
from coalface.models.passthrough import table as pass_through_table
from coalface.show import charts
from coalface.show.block import Block, Trace
from coalface.show.cards import headline
from coalface.show.figure import figure
from coalface.show.style import month, num
from coalface.show.tables import table
from coalface.show.words import say


def lending(rates: pd.DataFrame, trace: Trace) -> Block:
    """Figure of lending rates beside the key rate."""
    last = rates.iloc[-1]
    gap = last["key_rate_pct"] - last["over_1y_pct"]
    place = f"{num(abs(gap), 1)} points {'below' if gap > 0 else 'above'} it"
    return figure(
        "lending_rates",
        charts.lines,
        rates[["key_rate_pct", "up_to_1y_pct", "over_1y_pct"]],
        colors={"key_rate_pct": "rate", "up_to_1y_pct": "other", "over_1y_pct": "other"},
        styles={"over_1y_pct": "dashed"},
        labels={"key_rate_pct": "key rate", "up_to_1y_pct": "up to one year", "over_1y_pct": "over one year"},
        title=f"Short loans follow the key rate; long loans stood {place} in {month(rates.index[-1])}",
        unit="Rates on rouble loans to firms and the key rate, percent",
        alt=f"Three lines since {str(rates.index[0])[:4]}; in {month(rates.index[-1])} loans up to "
        f"one year cost {num(last['up_to_1y_pct'], 1)} percent and loans over one year "
        f"{num(last['over_1y_pct'], 1)} percent.",
        note="Means over new loans to non-financial firms by month of the loan; mean key rate of the month.",
        trace=trace,
        digits=1,
    )


def pass_through_cards(
    whole: dict[str, PassThrough], halves: dict[str, Stability], trace: Trace
) -> list[Block]:
    """Cards on the part of the key rate that reaches loans: short ones, long ones before and from 2022."""
    short, broken = whole["up to one year"], halves["over one year"]
    found = {
        "short": ("up to one year", short),
        "long_before": ("over one year, before 2022", broken.before),
        "long_after": ("over one year, from 2022", broken.after),
    }
    return [
        headline(
            f"pass_through_{id}",
            p.long_run.value,
            "points a point",
            label=f"Key rate that reaches loans {words}",
            digits=2,
            interval=(p.long_run.low, p.long_run.high),
            level=0.9,
            trace=trace,
            color="rate",
            model="error correction (ARDL)",
            note=f"In the end; {num(p.impact.value, 2)} in the same month.",
        )
        for id, (words, p) in found.items()
    ]


def pass_through(whole: dict[str, PassThrough], halves: dict[str, Stability], trace: Trace) -> Block:
    """Table of pass-through by maturity, for the whole sample and, where known, for both sides of 2022."""
    lined = {}
    for name, p in whole.items():
        lined[name] = p
        if name in halves:
            lined[f"{name}, before 2022"] = halves[name].before
            lined[f"{name}, from 2022"] = halves[name].after
    shown = pass_through_table(lined).rename_axis("loans").reset_index()
    names = {
        "impact": "same month",
        "long_run": "in the end",
        "half_life": "half-life",
        "bounds_f": "Bounds F",
        "verdict": "move together",
    }
    words = {"levels move together": "yes", "not shown": "not shown", "undecided": "undecided"}
    shown = shown.assign(verdict=shown["verdict"].map(words)).drop(columns=["first", "last"])
    return table(
        shown.rename(columns=names),
        caption="How much of one point of key rate reaches new loans",
        note="Points; low and high bound the effect in the end, 90 percent. Half-life: months until "
        "half of it has arrived, 0 if in the same month. Bounds test at 5 percent: do the two "
        "rates move together at all?",
        units={"half-life": "months"},
        digits={"same month": 2, "in the end": 2, "low": 2, "high": 2, "half-life": 1, "Bounds F": 1},
        trace=trace,
    )


def _chance(p: float) -> str:
    """A p-value after the letter: "= 0.052", or "below 0.001"."""
    return "below 0.001" if p < 0.001 else f"= {num(p, 3)}"


def pass_through_words(whole: dict[str, PassThrough], halves: dict[str, Stability], trace: Trace) -> Block:
    """Sentences on speed, on the break in 2022 and on subsidised credit."""
    (short, long), (calm, broken) = whole.values(), halves.values()
    after = (
        f"{num(broken.after.long_run.value, 2)} since"
        if broken.after.long_run.value == broken.after.long_run.value
        else "cannot be measured since, because the gap to the key rate does not close"
    )
    if broken.after.model.verdict != "levels move together":
        after += ", if there is a lasting relation: the bounds test does not show one"
    noise = [p.model.sse / p.model.n for p in (broken.before, broken.after)]
    caution = ", too small where errors grew, as they did from 2022" if noise[1] > noise[0] else ""
    return say(
        f"Of one point, **{num(short.long_run.value, 2)}** reaches loans up to one year in the end "
        f"and {num(short.impact.value, 2)} in the same month; loans over one year take "
        f"{num(long.long_run.value, 2)}. For these it was {num(broken.before.long_run.value, 2)} "
        f"before 2022 and {after}. A Chow test of equal coefficients has p {_chance(broken.p_value)} "
        f"(short loans: p {_chance(calm.p_value)}){caution}. Subsidised credit, whose rates do not follow "
        "the key rate, is counted in the long loans; the record has no volumes of it, so its part in "
        "any break is not tested here.",
        trace,
    )
