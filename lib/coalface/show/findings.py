"""Sentences that a test allows: each takes itself back as far as fit, coverage and power demand."""

from __future__ import annotations

import pandas as pd

from coalface.models.backtest import COMBINED, Backtest
from coalface.models.counterfactual import Counterfactual
from coalface.models.forecast import FLOOR
from coalface.models.placebos import Calibration, Placebos
from coalface.models.synthetic import Synthetic
from coalface.scenarios import Scenario
from coalface.show.exportwords import pct, span_pct, spell
from coalface.show.style import interval, month, num

# A placebo test that finds an effect of this size less often than a coin is no evidence of none.
FAIR_POWER = 0.5


def gap_words(found: Counterfactual | None, what: str, why: str = "") -> str:
    """What a structural counterfactual says of one series, with its interval; or why it says nothing."""
    if found is None:
        return f"No counterfactual for {what}: {why or 'too little is known'}."
    direction = "below" if found.effect < 0 else "above"
    size = (
        f"{what} ran **{num(abs(found.effect_pct), 0)} % {direction}** what their own past leads one to "
        f"expect ({100 * found.level:.0f} % interval {span_pct(found.pct_interval)}), {spell(found)}: "
        f"{num(abs(found.total), 1)} Mt {'less' if found.total < 0 else 'more'} in all "
        f"({interval(*found.total_interval, 1, 'Mt')})."
    )
    if not found.is_clear:
        size += " The interval holds zero: the series alone does not tell this from its usual swings."
    if found.fit_pct > 20:
        size += (
            f" One-month errors before that were {num(found.fit_pct, 0)} % of the level: read it as rough."
        )
    return size


def gap_points(
    found: Counterfactual | None, dates: pd.DataFrame, what: str, aside: str, why: str = ""
) -> list[str]:
    """What a counterfactual says, how its interval did where nothing happened, and what else it may hold."""
    said = gap_words(found, what, why)
    return [said] if found is None else [said, coverage_words(dates, found.level), aside]


def coverage_words(dates: pd.DataFrame, level: float) -> str:
    """How often the interval held zero at dates without an event, beside its stated level."""
    if dates.empty:
        return "No false date leaves enough past for a test."
    share = float(dates["covers"].mean())
    near = abs(share - level) <= 0.1
    verdict = "about as it should" if near else "too often" if share > level else "too rarely"
    return (
        f"The {100 * level:.0f} % interval held zero at {dates['covers'].sum()} of {len(dates)} dates "
        f"without an event ({num(100 * share, 0)} %, {verdict}); the largest false effect was "
        f"{pct(float(dates['effect_pct'].iloc[int(dates['effect_pct'].abs().argmax())]))}."
    )


def synthetic_words(
    found: Synthetic | None,
    tests: Placebos | None,
    power: Calibration | None,
    why: str = "",
    unit: str = "EJ",
) -> str:
    """What a synthetic control says, taken back as far as fit, hull, placebos and power demand."""
    if found is None or tests is None:
        return f"No synthetic twin: {why or 'too little is known'}."
    side = "below" if found.effect < 0 else "above"
    head = (
        f"{found.treated}'s exports came out {num(abs(found.effect), 2)} {unit} a year "
        f"({num(abs(found.effect_pct), 0)} %) {side} their synthetic twin."
    )
    doubts = []
    if found.fit_pct > 10:
        doubts.append(f"the twin missed by {num(found.fit_pct, 0)} % of the level before the start")
    if found.outside > 0:
        doubts.append(
            f"{found.treated} lay outside its donors in {num(100 * found.outside, 0)} % of those years"
        )
    if tests.p > 0.1:
        doubts.append(
            f"{num(tests.p * len(tests.space), 0)} of {len(tests.space)} exporters, itself among them, "
            f"show a gap at least as unusual (p = {num(tests.p, 2)})"
        )
    if not doubts:
        return f"{head} No placebo comes near it (p = {num(tests.p, 2)})."
    weak = ""
    if power is not None and power.at_largest < FAIR_POWER:
        weak = (
            f" Nor is that a proof of no effect: with this panel the test would notice a fall of "
            f"{num(-power.largest_pct, 0)} % only {num(100 * power.at_largest, 0)} % of the time."
        )
    return f"{head} **This is not evidence of an effect**: {'; '.join(doubts)}.{weak}"


def record_words(record: Backtest, what: str) -> str:
    """The forecasting record of one series in one or two sentences, also where it is bad."""
    mase = record.scores["mase"].astype(float)
    ours, floor = mase[COMBINED], mase[FLOOR]
    clear = record.by_horizon.index[record.by_horizon["dm_p"] < 0.1]
    better = round(100 * (1 - ours / floor))
    size = f"with an error {abs(better)} % {'smaller' if better > 0 else 'larger'}"
    verdict = (
        f"{'beat' if better > 0 else 'lost to'} the naive rule, {size}"
        if better
        else "matched the naive rule"
    )
    shown = record.coverage
    tested = (
        f"the two differ clearly (Diebold-Mariano, ten percent) at {len(clear)} of "
        f"{len(record.by_horizon)} horizons"
        if len(clear)
        else "at no horizon do the two differ clearly (Diebold-Mariano, ten percent)"
    )
    return (
        f"{what}: over {record.origins} origins the combination {verdict}; {tested}. Its "
        f"{100 * record.level:.0f} % band held {num(100 * float(shown['simulated']), 0)} % of outcomes when "
        f"simulated and {num(100 * float(shown['conformal']), 0)} % when conformal; the "
        f"{record.better_interval} one comes nearer, judged on these same outcomes."
    )


def unknowns(
    known: pd.DataFrame, gone: pd.Series, energy: pd.DataFrame, power: Calibration | None, case: Scenario
) -> list[str]:
    """What the data cannot answer, one sentence each, from what they hold."""
    text = []
    for name, row in known.iterrows():
        if row["known"] < row["passed"]:
            first, last = str(row["longest_run"]).split(" to ")
            text.append(
                f"{name}: {row['known']:.0f} of {row['passed']:.0f} months since 2017 are known, the last is "
                f"{month(row['last'])}; the longest unbroken run is {month(first)} to {month(last)}."
            )
    if len(gone) > 3 and gone.iloc[-1] < gone.max():
        full = gone.index[gone >= gone.max() - 1][-1]
        text.append(
            f"The EU under its embargo: after {month(full)} members drop out of the compilation, and in "
            f"{month(gone.index[-1])} of the {gone.max():.0f} kept apart {gone.iloc[-1]:.0f} "
            f"{'has' if gone.iloc[-1] == 1 else 'have'} a row. Nothing filed is not nothing bought, so the "
            "EU's sum is cut there and the embargo is judged on Germany alone, which has one in every month."
        )
    if len(energy):
        wide = 100 * ((energy["high"] - energy["low"]) / energy["newest"]).max()
        text.append(
            f"Editions of the energy review differ by up to {num(wide, 0)} % on the same year of exports."
        )
    if power is not None:
        text.append(
            f"The placebo test on {power.units} exporters rejects {num(100 * power.size, 0)} % of the time "
            f"where nothing happened, and only {num(100 * power.at_largest, 0)} % where exports fell by "
            f"{num(-power.largest_pct, 0)} %: it cannot settle the total."
        )
    text += [
        "No month-by-month total of Russian exports is public; what exists are windows, printed by "
        "several counters.",
        "Donors and benchmark prices were themselves moved by the war: other exporters filled Europe's "
        "gap, so a "
        "fall against them counts Russia's loss and their gain together.",
        "Land borders, transit and coal sold by traders in third countries are counted by contract or by "
        "destination as each speaker likes; discounts are not in tonnes.",
    ]
    if case.name == "baseline":
        text.append("The baseline departs in nothing: no change of tonnes or of China's demand is assumed.")
    return text
