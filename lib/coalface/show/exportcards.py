"""Cards of the export notebook; a card whose number was not known is left out."""

from __future__ import annotations

import pandas as pd

from coalface.models.backtest import COMBINED, Backtest, conformal
from coalface.models.counterfactual import Counterfactual
from coalface.models.forecast import FLOOR, Forecast
from coalface.models.placebos import Placebos
from coalface.models.synthetic import Synthetic
from coalface.show.block import Block, Trace
from coalface.show.cards import headline
from coalface.show.style import interval, month, num


def total_card(band: pd.DataFrame, trace: Trace) -> list[Block]:
    """Last annual total with the range of its counts, Mt."""
    if band.empty:
        return [headline("exports_total", None, "Mt", label="Coal exports, no count known", trace=trace)]
    last, year = band.iloc[-1], band.index[-1]
    before = ""
    if len(band) > 1:
        old = band.iloc[-2]
        before = f"{band.index[-2]}: {interval(old['low'], old['high'], 1, 'Mt')}"
    return [
        headline(
            "exports_total",
            float(last["newest"]),
            "Mt",
            label=f"Coal exports in {year}, newest count",
            trace=trace,
            interval=(float(last["low"]), float(last["high"])),
            digits=0,
            before=before,
            note="range of all printed counts",
            top=float(band["high"].max()),
        )
    ]


def share_card(areas: pd.DataFrame, trace: Trace) -> list[Block]:
    """China's share of exports in energy in the last year known, percent."""
    if areas.empty:
        return []
    shares = 100 * areas["china"] / areas.sum(axis=1)
    old = shares[shares.index < pd.Period("2022", "Y")]
    before = f"{old.index[-1]}: {num(old.iloc[-1], 0)} %" if len(old) and len(old) < len(shares) else ""
    return [
        headline(
            "china_share",
            float(shares.iloc[-1]),
            "%",
            label=f"China's share of exports in energy, {shares.index[-1]}",
            trace=trace,
            digits=0,
            before=before,
            color="china",
            top=100.0,
            note="one publisher, no interval",
        )
    ]


def gap_card(
    id: str, found: Counterfactual | None, dates: pd.DataFrame, label: str, trace: Trace, color: str
) -> list[Block]:
    """Effect of a structural counterfactual in percent, with its interval and how such intervals did."""
    if found is None:
        return []
    note = f"against its own past, {month(found.judged_from)} to {month(found.path.index[-1])}"
    if len(dates):
        note += f"; such intervals held zero at {dates['covers'].sum()} of {len(dates)} false dates"
    return [
        headline(
            f"{id}_pct",
            found.effect_pct,
            "%",
            label=label,
            interval=found.pct_interval,
            level=found.level,
            trace=trace,
            digits=0,
            model="unobserved components",
            color=color,
            note=note,
        )
    ]


def twin_card(found: Synthetic | None, tests: Placebos | None, trace: Trace) -> list[Block]:
    """Gap to the synthetic twin in percent, with the placebo p-value in place of an interval."""
    if found is None or tests is None:
        return []
    verdict = "not evidence of an effect" if tests.p > 0.1 or found.is_poor else "no placebo comes near"
    return [
        headline(
            "twin_gap_pct",
            found.effect_pct,
            "%",
            label="Exports against their synthetic twin",
            trace=trace,
            digits=0,
            model="synthetic control",
            note=f"placebo p = {num(tests.p, 2)}: {verdict}",
            color="other",
        )
    ]


def fan_card(
    id: str, ahead: Forecast | None, factor: float, record: Backtest | None, trace: Trace
) -> list[Block]:
    """First year of a fan with its 80 percent band and the measured coverage of such bands."""
    if ahead is None:
        return []
    first = shown(ahead, record).scaled(factor).quantiles.iloc[0]
    note = ""
    if record is not None:
        held = 100 * float(record.coverage[record.better_interval])
        error = 100 * (record.scores["mase"][COMBINED] / record.scores["mase"][FLOOR] - 1)
        note = f"such bands held {num(held, 0)} % over {record.origins} past origins; the error was "
        note += f"{num(abs(error), 0)} % {'above' if error > 0 else 'below'} that of no change"
    return [
        headline(
            id,
            float(first[0.5]),
            "EJ",
            label=f"Exports in {ahead.quantiles.index[0]}, forecast",
            trace=trace,
            interval=(float(first[0.1]), float(first[0.9])),
            level=0.8,
            model="combination",
            digits=2,
            note=note,
        )
    ]


def shown(ahead: Forecast, record: Backtest | None) -> Forecast:
    """The forecast with the kind of interval that covered better in its back-test."""
    return conformal(ahead, record) if record is not None and record.better_interval == "conformal" else ahead
