"""The blocks of the money notebook: cards, figures, tables and sentences on rates and inflation."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coalface.models.passthrough import PassThrough, Stability
from coalface.models.passthrough import table as pass_through_table
from coalface.models.rates import PolicyRule, Regimes, Tightness
from coalface.show import charts, money
from coalface.show.block import Block, Trace
from coalface.show.cards import headline
from coalface.show.figure import figure
from coalface.show.style import interval, month, num
from coalface.show.tables import table
from coalface.show.words import say

Series = pd.Series  # of floats, by period
OUR_MODEL = "This page's model"
VAR = "Bayesian VAR"


def now_cards(
    key: Series[Any], yoy: Series[Any], tight: Tightness, traces: tuple[Trace, Trace]
) -> list[Block]:
    """Cards on the present: key rate, inflation, real rate ex post; traces of key rate and of prices."""
    rate, prices = traces
    return [
        headline(
            "key_rate",
            float(key.iloc[-1]),
            "percent",
            label=f"Key rate since {month(key.index[-1])}",
            digits=1,
            trace=rate,
            color="rate",
            top=float(key.max()),
            before=f"Before: {num(float(key.iloc[-2]), 1)} percent.",
        ),
        headline(
            "inflation_yoy",
            float(yoy.iloc[-1]),
            "percent",
            label=f"Inflation on a year earlier, {month(yoy.index[-1])}",
            digits=1,
            trace=prices,
            color="other",
            top=float(yoy.iloc[-120:].max()),
            before=f"A year before: {num(float(yoy.iloc[-13]), 1)} percent.",
        ),
        headline(
            "real_rate_ex_post",
            tight.value,
            "percent",
            label=f"Real key rate by past inflation, {month(tight.period)}",
            digits=1,
            trace=prices,
            color="rate",
            top=tight.highest,
            note=f"Higher than in {tight.share_below:.0%} of months since {tight.since[:4]}.",
        ),
    ]


def real_ahead_card(views: pd.DataFrame, trace: Trace) -> Block:
    """Card on the real key rate by expected inflation, with the range over whose expectation one takes."""
    real = views["real_rate_pct"]
    return headline(
        "real_rate_ex_ante",
        float(real[OUR_MODEL]) if OUR_MODEL in real.index else None,
        "percent",
        label="Real key rate by our model's forecast of inflation",
        digits=1,
        interval=(float(real.min()), float(real.max())),
        trace=trace,
        color="rate",
        model=VAR,
        note=f"The range is over {len(real)} forecasts of inflation.",
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


def year_cards(fans: dict[str, Series[Any]], scores: pd.DataFrame, name: str, trace: Trace) -> list[Block]:
    """Cards on key rate and inflation in a year; `fans` holds widened quantiles named by their month."""
    words = {
        "key_rate_pct": ("key_rate", "Key rate", "rate"),
        "cpi_yoy_pct": ("inflation", "Inflation", "other"),
    }
    factor = scores["factor"].to_dict()
    return [
        headline(
            f"{words[target][0]}_in_a_year",
            float(fan[0.5]),
            "percent",
            label=f"{words[target][1]} in {month(fan.name)} under {name}",
            digits=1,
            interval=(float(fan[0.05]), float(fan[0.95])),
            level=0.9,
            trace=trace,
            color=words[target][2],
            model=VAR,
            note=_widened(factor[target, 12]),
        )
        for target, fan in fans.items()
    ]


def _widened(factor: float) -> str:
    """What was done to an interval because of past misses."""
    if factor < 1.05:
        return "Past intervals held as often as they claim; not widened."
    return f"Interval widened {num(factor, 1)} times to cover past misses."


def real_rates(history: pd.DataFrame, households: Series[Any], tight: Tightness, trace: Trace) -> Block:
    """Figure of the real key rate by past and by expected inflation."""
    return figure(
        "real_rate",
        money.real_rates,
        history,
        households=households,
        labels={"ex_post": "by past inflation", "ex_ante": "by our forecast"},
        title=f"The real key rate is {num(tight.value, 1)} percent, above {tight.share_below:.0%} of "
        "its record",
        unit="Key rate less inflation, compounded, percent",
        alt=f"Lines since {tight.since[:4]}: the real key rate by past inflation ends at "
        f"{num(tight.value, 1)} percent; its highest month was {month(tight.highest_period)} with "
        f"{num(tight.highest, 1)} percent.",
        note="Solid: by inflation of the past year. Dashed: by the inflation that our model expected in that "
        "month for the next twelve. Dots: by the inflation that households expected.",
        trace=trace,
        digits=2,
    )


def expectations(views: pd.DataFrame, key: float, trace: Trace) -> Block:
    """Table of the real key rate by whose forecast of inflation."""
    shown = views.assign(made=[month(m) for m in views["made"]]).reset_index()
    return table(
        shown.rename(
            columns={"by": "forecast by", "inflation_pct": "inflation", "real_rate_pct": "real rate"}
        ),
        caption="The real key rate depends on whose forecast of inflation one takes",
        note=f"Key rate of {num(key, 1)} percent; inflation of the next twelve months. December "
        "forecasts are turned into twelve months by what is known of the year and by the usual "
        "season. Households answer far above later outcomes.",
        units={"inflation": "percent", "real rate": "percent"},
        digits={"inflation": 1, "real rate": 1},
        trace=trace,
    )


def tightness_words(tight: Tightness, states: Regimes, views: pd.DataFrame) -> Block:
    """Sentence on how tight money is against its record."""
    real = views["real_rate_pct"]
    chance = 100 * states.probability.to_numpy()[-1, -1]
    return say(
        f"By past inflation the real rate is **{num(tight.value, 1)} percent**; its median since "
        f"{tight.since[:4]} is {num(tight.median, 1)}, its highest {num(tight.highest, 1)} in "
        f"{month(tight.highest_period)}. A model with three levels puts the present into the tightest "
        f"one (mean {num(states.means[-1], 1)} percent) with a probability of {num(chance, 0)} "
        "percent. By forecasts of inflation the real rate is "
        f"{interval(real.min(), real.max(), 1, 'percent')}."
    )


def rule(found: PolicyRule, trace: Trace) -> Block:
    """Table of the policy rule."""
    shown = found.long_run.assign(at_once=found.short_run).rename_axis("driver").reset_index()
    shown = shown.rename(columns={"at_once": "same month", "value": "in the end"})
    return table(
        shown[["driver", "same month", "in the end", "low", "high"]],
        caption="What one point of each driver does to the key rate",
        note=f"Points. A rule with smoothing: each month keeps {num(found.smoothing, 2)} of the last "
        f"one's rate; {found.n} months. Low and high bound the effect in the end, 90 percent.",
        digits={"same month": 3, "in the end": 2, "low": 2, "high": 2},
        trace=trace,
    )


def rule_words(found: PolicyRule) -> Block:
    """Sentence on the answer to inflation and on the last year's residuals."""
    answer = found.long_run.iloc[0]
    certain = (
        "more than one for one"
        if answer["low"] > 1
        else "less than one for one"
        if answer["high"] < 1
        else "not told apart from one for one"
    )
    gap = float(found.residual.iloc[-12:].sum())
    noise = 2 * found.residual_sd * 12**0.5
    side = "above" if gap > 0 else "below"
    verdict = (
        f"That is {'tighter' if gap > 0 else 'easier'} than the record of the central bank's own behaviour"
        if abs(gap) > noise
        else f"Noise alone makes up to {num(noise, 1)}, so policy is not told apart from its own habit"
    )
    return say(
        f"The key rate's answer to inflation in the end is {certain} ({num(answer['value'], 2)}, "
        f"interval {interval(answer['low'], answer['high'], 2)}). Over the last twelve months the "
        f"surprises against the rule add up to {num(abs(gap), 1)} points {side} it. {verdict}."
    )


def lending(rates: pd.DataFrame, trace: Trace) -> Block:
    """Figure of lending rates beside the key rate."""
    last = rates.iloc[-1]
    gap = last["key_rate_pct"] - last["over_1y_pct"]
    place = f"{num(abs(gap), 1)} points {'below' if gap > 0 else 'above'} it"
    return figure(
        "lending_rates",
        charts.lines,
        rates[["key_rate_pct", "up_to_1y_pct", "over_1y_pct"]],
        colors={"key_rate_pct": "rate", "up_to_1y_pct": "russia", "over_1y_pct": "other"},
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


def pass_through(whole: dict[str, PassThrough], halves: dict[str, Stability], trace: Trace) -> Block:
    """Table of pass-through by maturity, for the whole sample and for both sides of 2022."""
    lined = {
        label: p
        for name in whole
        for label, p in (
            (name, whole[name]),
            (f"{name}, before 2022", halves[name].before),
            (f"{name}, from 2022", halves[name].after),
        )
    }
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


def pass_through_words(whole: dict[str, PassThrough], halves: dict[str, Stability]) -> Block:
    """Sentences on speed, on the break in 2022 and on subsidised credit."""
    (short, long), (calm, broken) = whole.values(), halves.values()
    after = (
        f"{num(broken.after.long_run.value, 2)} since"
        if broken.after.long_run.value == broken.after.long_run.value
        else "cannot be measured since, because the gap to the key rate does not close"
    )
    noise = [p.model.sse / p.model.n for p in (broken.before, broken.after)]
    caution = ", too small where errors grew, as they did from 2022" if noise[1] > noise[0] else ""
    return say(
        f"Of one point, **{num(short.long_run.value, 2)}** reaches loans up to one year in the end "
        f"and {num(short.impact.value, 2)} in the same month; loans over one year take "
        f"{num(long.long_run.value, 2)}. For these it was {num(broken.before.long_run.value, 2)} "
        f"before 2022 and {after}. A Chow test of equal coefficients has p = {num(broken.p_value, 3)} "
        f"(short loans: {num(calm.p_value, 3)}){caution}. Subsidised credit, whose rates do not follow "
        "the key rate, is counted in the long loans; the record has no volumes of it, so its part in "
        "any break is not tested here."
    )
