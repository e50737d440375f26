"""Fans, scorecards and destinations of the forecasts."""

from __future__ import annotations

import pandas as pd

from coalface.models.backtest import COMBINED, Backtest, conformal
from coalface.models.destinations import Destinations, under_scenario
from coalface.models.forecast import FLOOR, Forecast
from coalface.scenarios import Scenario
from coalface.show import charts
from coalface.show.block import Block, Trace
from coalface.show.exportcards import shown
from coalface.show.exporttables import named
from coalface.show.exportwords import pct
from coalface.show.figure import figure
from coalface.show.style import interval, month, num
from coalface.show.tables import table
from coalface.show.words import say, switch


def both_fans(
    id: str,
    ahead: Forecast | None,
    record: Backtest | None,
    what: str,
    unit: str,
    trace: Trace,
    after: pd.Series,
    events: pd.DataFrame,
    why: str = "",
) -> Block:
    """The same forecast with simulated and with conformal intervals; the better covering one comes first."""
    if ahead is None:
        return say(f"No forecast of {what}: {why or 'too little is known'}.")
    kinds = {"simulated": ahead}
    if record is not None:
        kinds["conformal"] = conformal(ahead, record)
        kinds = {record.better_interval: kinds[record.better_interval], **kinds}
    panels: dict[str, Block | tuple[Block, ...]] = {}
    for kind, fan in kinds.items():
        last, held = fan.quantiles.iloc[-1], ""
        if record is not None:
            held = f" Such 80 % bands held {num(100 * float(record.coverage[kind]), 0)} % of past outcomes."
        panels[f"{kind.capitalize()} interval"] = drawn = figure(
            f"{id}_{kind}",
            charts.fan,
            fan.quantiles,
            history=ahead.history[-60:],
            color="china",
            zero=True,
            digits=1,
            label="median",
            events=events,
            lines=after.reindex(fan.quantiles.index).to_frame() if len(after) else None,
            colors={str(after.name): "other"},
            labels={str(after.name): "with lignite"},
            data=fan.quantiles.rename(columns="q{:.2f}".format),
            trace=trace,
            title=f"{what}: {interval(last[0.1], last[0.9], 0, unit)} in {month(fan.quantiles.index[-1])}, "
            "eighty times in a hundred",
            unit=f"{what} by month, million tonnes ({unit})",
            alt=_fan_alt(fan, unit, 1),
            note=f"Fan: 50, 80 and 90 %, {kind}.{held} A grey dot: a month printed later, on a wider count.",
        )
    if len(panels) == 1:
        return drawn
    return switch("Interval", panels)


def _fan_alt(fan: Forecast, unit: str, digits: int) -> str:
    last = fan.quantiles.iloc[-1]
    ends = interval(last[0.1], last[0.9], digits, unit)
    when = month(fan.quantiles.index[-1])
    return f"Median {num(last[0.5], digits)} {unit} in {when}, eighty percent band {ends}."


def fan_figure(
    id: str,
    ahead: Forecast | None,
    factor: float,
    record: Backtest | None,
    trace: Trace,
    events: pd.DataFrame,
    why: str = "",
) -> Block:
    """Annual exports and their forecast, EJ."""
    if ahead is None:
        return say(f"No forecast of annual exports: {why or 'too little is known'}.")
    fan = shown(ahead, record).scaled(factor)
    last = fan.quantiles.iloc[-1]
    now, end = float(ahead.history.iloc[-1]), fan.quantiles.index[-1]
    side = "holds" if last[0.1] <= now <= last[0.9] else "leaves out"
    return figure(
        id,
        charts.fan,
        fan.quantiles,
        history=ahead.history,
        color="russia",
        zero=True,
        digits=1,
        label="median",
        events=events,
        data=fan.quantiles.rename(columns="q{:.2f}".format),
        trace=trace,
        title=f"The eighty percent band for {end} {side} the level of {ahead.history.index[-1]}",
        unit="Coal exports of Russia, exajoules a year (EJ)",
        alt=_fan_alt(fan, "EJ", 2),
        note=f"Fan: 50, 80 and 90 %, {fan.interval}. Models: {'; '.join(ahead.specs.values())}.",
    )


def score_table(records: dict[str, Backtest], trace: Trace) -> Block:
    """The scorecards of all back-tests and coverage by horizon of the first."""
    if not records:
        return say("No back-test can be run on that day.")
    whole = named(
        scorecard(records),
        "The record of these forecasts",
        "MASE: mean absolute error over that of the naive rule in sample; one is no better. CRPS and bias in "
        "percent of the level. Coverage of bands that promise eighty percent.",
        trace,
    )
    panels: dict[str, Block | tuple[Block, ...]] = {"All series": whole}
    for name, record in records.items():
        frame = record.by_horizon.assign(
            simulated=100 * record.by_horizon["simulated"], conformal=100 * record.by_horizon["conformal"]
        )
        panels[name.split(",")[0]] = named(
            frame,
            f"{name}: by periods ahead",
            "The last column is the Diebold-Mariano p-value of no difference from the naive rule.",
            trace,
        )
    return switch("Record of", panels)


def destinations_switch(
    base: Destinations | None, sets: dict[str, Scenario], first: str, trace: Trace
) -> Block:
    """Destinations of the last year ahead under each scenario, EJ; the means add up to the total."""
    if base is None:
        return say("Destinations cannot be forecast: too few years of them were known.")
    period = base.periods[-1]
    start = base.table(period)
    panels: dict[str, Block | tuple[Block, ...]] = {}
    for name in [first, *(n for n in sets if n != first)]:
        case = sets[name]
        moved = under_scenario(
            base,
            china_demand_change_pct=case.china_demand_change_pct,
            export_volume_change_pct=case.export_volume_change_pct,
        )
        frame = moved.table(period).rename(str.capitalize)
        frame["change"] = frame["mean"] - start["mean"].rename(str.capitalize)
        ends = (case.export_volume_change_pct, case.china_demand_change_pct)
        title = name.replace("_", " ").capitalize()
        panels[title] = table(
            frame,
            caption=f"Exports by destination in {period}: {title}",
            note=f"All exports {pct(ends[0], 1) if ends[0] else 'unchanged'}, China's purchases "
            f"{pct(ends[1], 1) if ends[1] else 'unchanged'}; other buyers take what is left. Means add up "
            f"to the "
            "total in every draw, ends of eighty percent bands do not.",
            units=dict.fromkeys(frame.columns, "EJ"),
            digits=dict.fromkeys(frame.columns, 2),
            trace=trace,
        )
    return switch("Scenario", panels)


def scorecard(records: dict[str, Backtest]) -> pd.DataFrame:
    """MASE, CRPS, bias and coverage by series, one row a series, for the page's table."""
    rows = {}
    for name, record in records.items():
        ours, cover = record.scores.loc[COMBINED], record.coverage
        rows[name] = {
            "mase": ours["mase"],
            "naive_mase": record.scores.loc[FLOOR, "mase"],
            "crps": ours["crps"],
            "bias": ours["bias"],
            "simulated": 100 * cover["simulated"],
            "conformal": 100 * cover["conformal"],
            "origins": record.origins,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("series")
