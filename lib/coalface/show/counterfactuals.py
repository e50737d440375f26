"""Figures and tables of counterfactuals and of the tests that could refute them."""

from __future__ import annotations

import pandas as pd

from coalface.models.counterfactual import Counterfactual
from coalface.models.placebos import Calibration, Placebos
from coalface.models.synthetic import Synthetic
from coalface.show import charts
from coalface.show.block import Block, Trace
from coalface.show.exporttables import named
from coalface.show.exportwords import pct
from coalface.show.figure import figure
from coalface.show.style import month, num
from coalface.show.words import say, switch

METHODS = {
    "sc": "synthetic control",
    "demeaned": "synthetic control with an intercept",
    "sdid": "synthetic difference-in-differences",
    "did": "equal weights",
}


def gap_figure(
    id: str,
    found: Counterfactual | None,
    history: pd.Series,
    what: str,
    trace: Trace,
    events: pd.DataFrame,
    color: str,
    why: str = "",
) -> Block:
    """What happened after the start over the fan of what its own past leads one to expect, Mt a month."""
    if found is None:
        return say(f"No counterfactual for {what}: {why or 'too little is known'}.")
    seen = pd.concat([history[history.index < found.start][-1:], found.path["observed"]])
    direction = "below" if found.effect < 0 else "above"
    title = f"{what} ran {num(abs(found.effect_pct), 0)} % {direction} what their past leads one to expect"
    if not found.is_clear:
        title += ", which its usual swings may also give"
    data = found.path.join(found.quantiles.drop(columns=0.5).rename(columns="q{:.2f}".format))
    last = found.path.iloc[-1]
    return figure(
        id,
        charts.fan,
        found.quantiles,
        history=history[history.index < found.start],
        color=color,
        digits=1,
        label="expected",
        lines=seen.to_frame("observed"),
        colors={"observed": color},
        zero=True,
        labels={"observed": "observed"},
        events=events,
        title=title,
        data=data,
        unit=f"{what} of coal from Russia, million tonnes a month (Mt)",
        trace=trace,
        alt=f"In {month(seen.index[-1])} {num(last['observed'], 1)} Mt were observed against "
        f"{num(last['expected'], 1)} Mt "
        f"expected; the effect is {num(found.effect_pct, 0)} %.",
        note=f"Fan: 50, 80 and 90 % of what a local level with seasons, fitted before "
        f"{month(found.start)}, expects.",
    )


def tests_figure(dates: pd.DataFrame, found: Counterfactual | None, what: str, trace: Trace) -> Block:
    """Effects at dates without an event beside the one claimed, percent, with intervals."""
    if found is None or dates.empty:
        return say(f"No false date can be tried for {what}.")
    rows = pd.DataFrame(
        {
            "label": [month(d) for d in dates.index],
            "value": dates["effect_pct"].to_numpy(),
            "low": dates["low"].to_numpy(),
            "high": dates["high"].to_numpy(),
        }
    )
    own = {"label": f"{month(found.judged_from)}, the embargo", "value": found.effect_pct}
    own |= {"low": found.pct_interval[0], "high": found.pct_interval[1]}
    rows = pd.concat([rows, pd.DataFrame([own])], ignore_index=True)
    held = int(dates["covers"].sum())
    return figure(
        "false_dates",
        charts.dots,
        rows,
        color={own["label"]: "russia"},
        digits=0,
        zero=True,
        title=f"{held} of {len(dates)} false dates hold zero, and none comes near the embargo"
        if dates["effect_pct"].abs().max() < abs(found.effect_pct)
        else f"{held} of {len(dates)} false dates hold zero, but one is as large as the embargo",
        unit=f"{what}: effect found at each date, %",
        trace=trace,
        alt=f"Effects in % with intervals: false dates from {num(dates['effect_pct'].min(), 0)} to "
        f"{num(dates['effect_pct'].max(), 0)}, the embargo {num(found.effect_pct, 0)}.",
        height=(0.27 * len(rows) + 0.7, 0.34 * len(rows) + 0.7),
        note="Bars are 90 % intervals. Each false date sees only its own past.",
    )


def controls_table(
    found: dict[str, tuple[pd.DataFrame | None, Counterfactual | None]], trace: Trace
) -> Block:
    """Effect with benchmark prices as controls, without each, and without any (the page's own result)."""
    parts = []
    for name, (frame, own) in found.items():
        if frame is not None and own is not None:
            rows = frame.copy()
            rows.loc["no control"] = [own.effect_pct, *own.pct_interval, own.fit_pct]
            parts.append(rows.assign(trade=name))
    if not parts:
        return say("No counterfactual with controls can be run on that day.")
    table = pd.concat(parts).rename_axis("controls").reset_index()
    table["controls"] = (
        table["controls"].str.replace("newcastle", "Newcastle").str.replace("richards_bay", "Richards Bay")
    )
    return named(
        table[["trade", "controls", "effect_pct", "low", "high", "fit_pct"]],
        "The effect with each control dropped in turn",
        "Prices at Newcastle and Richards Bay, in logarithms. The war moved them too, so the page's figure "
        "uses no control; they show how little, or how much, hangs on that.",
        trace,
    )


def twin_figure(found: Synthetic | None, trace: Trace, events: pd.DataFrame, why: str = "") -> Block:
    """Exports and their synthetic twin over the years, EJ."""
    if found is None:
        return say(f"No synthetic twin: {why or 'too little is known'}.")
    frame = pd.DataFrame({"russia": found.observed, "twin": found.synthetic})
    last = frame.iloc[-1]
    return figure(
        "twin",
        charts.lines,
        frame,
        colors={"twin": "other"},
        styles={"twin": "dashed"},
        zero=True,
        digits=1,
        labels={"russia": "Russia", "twin": "its twin"},
        events=events,
        trace=trace,
        title=f"The twin misses Russia by {num(found.fit_pct, 0)} % before the start, so its later gap "
        f"says little"
        if found.is_poor
        else f"After the start Russia runs {pct(found.effect_pct)} against its twin",
        unit="Coal exports, exajoules a year (EJ)",
        alt=f"Russia {num(last['russia'], 2)} EJ and its twin {num(last['twin'], 2)} EJ in "
        f"{frame.index[-1]}.",
        note="Twin: the convex mix of other exporters that tracked Russia best before the start.",
    )


def ratio_figure(tests: Placebos | None, trace: Trace) -> Block:
    """Ratio of gaps after and before the start for every exporter treated in turn."""
    if tests is None:
        return say("No placebo test can be run on that day.")
    ranked = tests.space["ratio"].sort_values(ascending=False)
    rows = pd.DataFrame({"label": ranked.index, "value": ranked.to_numpy()})
    place = int((ranked > ranked["Russia"]).sum()) + 1
    return figure(
        "ratios",
        charts.dots,
        rows,
        color={"Russia": "russia"},
        digits=1,
        trace=trace,
        title=f"Russia ranks {place} of {len(ranked)} by how far it left its twin",
        unit="Gap after the start over the gap before, ratio",
        alt=f"Ratio by exporter from {num(ranked.iloc[0], 1)} for {ranked.index[0]} to "
        f"{num(ranked.iloc[-1], 1)}; "
        f"Russia {num(ranked['Russia'], 1)}.",
        height=(0.28 * len(rows) + 0.7, 0.36 * len(rows) + 0.7),
        note=f"Share of exporters with a ratio at least as large: p = {num(tests.p, 2)}; so few allow no "
        f"p under "
        f"{num(tests.floor, 2)}.",
    )


def twin_tables(
    found: Synthetic | None,
    tests: Placebos | None,
    power: Calibration | None,
    others: dict[str, Synthetic],
    trace: Trace,
) -> Block:
    """Donors, methods, placebos in time, leave-one-out and the measured size and power, one panel each."""
    if found is None or tests is None or power is None:
        return say("Without a panel of exporters there is nothing to test.")
    methods = pd.DataFrame(
        {
            "effect": {METHODS[m]: r.effect for m, r in others.items()},
            "effect_pct": {METHODS[m]: r.effect_pct for m, r in others.items()},
            "fit_pct": {METHODS[m]: r.fit_pct for m, r in others.items()},
        }
    ).rename_axis("method")
    weights = (
        found.weights[found.weights > 0.005].sort_values(ascending=False).to_frame().rename_axis("donor")
    )
    weights["effect_without"] = tests.leave_one_out.reindex(weights.index)
    times = tests.time.rename(index=str).rename_axis("false start")
    return switch(
        "Which test",
        {
            "Size and power": named(
                calibration_table(power),
                "How often the placebo test rejects at ten percent",
                f"{power.draws} simulated panels of {power.units} exporters with the shocks of the years "
                f"before. "
                "The first row should be near ten; the others should be near one hundred.",
                trace,
            ),
            "Methods": named(
                methods,
                "Four ways to build the twin",
                "Where donors differ from Russia by level and trend, the method decides.",
                trace,
            ),
            "Donors": named(weights, "Donors and the effect without each", "Weights add up to one.", trace),
            "False starts": named(
                times,
                "Effects at starts where nothing happened",
                "Only years before the true start are used. A gap as large as the true one is a warning.",
                trace,
            ),
        },
    )


def calibration_table(power: Calibration) -> pd.DataFrame:
    """Rejection rates of the placebo test, percent, under no effect and under effects of known size."""
    effects = [pct(float(e)) for e in power.power.index.to_numpy(dtype=float)]
    rows = {"none (size)": power.size} | dict(zip(effects, power.power.astype(float), strict=True))
    return pd.DataFrame({"rejected_pct": {k: 100 * v for k, v in rows.items()}}).rename_axis("true effect")
