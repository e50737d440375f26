"""The blocks of the money notebook: cards, figures, tables and sentences on rates and inflation."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coalface.models.rates import PolicyRule, Regimes, Tightness
from coalface.show import money
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
            note=f"Higher than in {num(100 * tight.share_below, 0)} percent of months since "
            f"{tight.since[:4]}.",
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
        title=f"The real key rate is {num(tight.value, 1)} percent, higher than in "
        f"{num(100 * tight.share_below, 0)} percent of months since {tight.since[:4]}",
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


def tightness_words(tight: Tightness, states: Regimes, views: pd.DataFrame, trace: Trace) -> Block:
    """Sentence on how tight money is against its record."""
    real = views["real_rate_pct"]
    chance = 100 * states.probability.to_numpy()[-1, -1]
    likely = "above 99" if chance > 99 else "below 1" if chance < 1 else num(chance, 0)
    return say(
        f"By past inflation the real rate is **{num(tight.value, 1)} percent**; its median since "
        f"{tight.since[:4]} is {num(tight.median, 1)}, its highest {num(tight.highest, 1)} in "
        f"{month(tight.highest_period)}. A model with three levels puts the present into the tightest "
        f"one (mean {num(states.means[-1], 1)} percent) with a probability {likely} "
        "percent, its estimated parameters taken as known. By forecasts of inflation the real rate is "
        f"{interval(real.min(), real.max(), 1, 'percent')}.",
        trace,
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


def rule_figure(found: PolicyRule, trace: Trace) -> Block:
    """Figure of tightness against the rule: its residuals over twelve months, added up."""
    gaps = found.residual.rolling(12).sum().dropna().rename("gap").to_frame()
    last, high = float(gaps["gap"].iloc[-1]), gaps["gap"].idxmax()
    side = "above" if last > 0 else "below"
    return figure(
        "rule_residuals",
        money.gaps,
        gaps,
        title=f"Over twelve months the key rate moved {num(abs(last), 1)} points {side} its own rule",
        unit="Surprises against the rule, summed over twelve months, percentage points",
        alt=f"A line since {str(gaps.index[0])[:4]} around zero; it ends at {num(last, 1)} points and "
        f"was highest in {month(high)} with {num(float(gaps['gap'].max()), 1)} points.",
        note="Above zero money is tighter than the record of the central bank's own behaviour, below "
        "it is easier.",
        trace=trace,
        height=(2.6, 3.0),
        digits=2,
    )


def rule_words(found: PolicyRule, trace: Trace) -> Block:
    """Sentence on the answer to inflation and on the last year's residuals."""
    answer = found.long_run.iloc[0]
    also = ", nor from zero" if answer["low"] < 0 < answer["high"] else ""
    certain = (
        "is more than one for one"
        if answer["low"] > 1
        else "is less than one for one"
        if answer["high"] < 1
        else "cannot be told from one for one"
    )
    gap = float(found.residual.iloc[-12:].sum())
    noise = 2 * found.residual_sd * 12**0.5
    side = "above" if gap > 0 else "below"
    verdict = (
        f"That is {'tighter' if gap > 0 else 'easier'} than the record of the central bank's own behaviour"
        if abs(gap) > noise
        else f"Noise alone makes up to {num(noise, 1)} points, so policy cannot be told from its own habit"
    )
    return say(
        f"The key rate's answer to inflation in the end {certain}{also} ({num(answer['value'], 2)}, "
        f"90 percent interval {interval(answer['low'], answer['high'], 2)}). Over the last twelve months the "
        f"surprises against the rule add up to {num(abs(gap), 1)} points {side} it. {verdict}.",
        trace,
    )
