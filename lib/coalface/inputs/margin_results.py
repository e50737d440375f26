"""What was printed about results: net result and loss-makers, stopped mines, analysts' margins."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf
from coalface.inputs.margins import RATE, START
from coalface.inputs.reading import trace
from coalface.inputs.rows import rows

MOMENTS: Final = {"share": "sector.share_lossmaking.ru", "balance": "sector.balance.ru"}
STOPPED, ENTERPRISES = "kuzbass.enterprises_stopped", "kuzbass.enterprises_total"
PRINTED: Final = {
    "cost.margin.fareast_china": "Far East, to China",
    "cost.margin.east_thermal.window": "East, some thermal grades",
    "cost.margin.fareast_5500.low": "Far East, low end",
    "cost.margin.fareast_5500.high": "Far East, high end",
    "cost.margin.fareast_integrated": "Far East, own port",
    "cost.margin.south_northwest.low": "South and north-west, low end",
    "cost.margin.south_northwest.high": "South and north-west, high end",
}


def moments(cat: Catalogue) -> Shelf:
    """Printed results since January: ``kind``, ``start``, ``end``, ``value``, ``low``, ``high``, and more.

    Where documents disagree the value is the middle of their range. ``reading_sd`` is half that range, at
    least one point of a share, and 5 bn RUB and 4 percent of a balance. Bounds with a day ("exceeded") are
    left out.
    """
    found: dict[tuple[str, str], list[float]] = {}
    for kind, series_id in MOMENTS.items():
        for row in rows(cat, series_id):
            if re.fullmatch(r"\d{4}-01/\d{4}-\d{2}", row.period) and row.period >= START:
                found.setdefault((kind, row.period), []).append(row.value)
    frame = pd.DataFrame(
        [(kind, *period.split("/"), min(read), max(read)) for (kind, period), read in found.items()],
        columns=["kind", "start", "end", "low", "high"],
    )
    frame = frame.assign(
        year=frame["start"].str[:4].astype(int),
        months=frame["end"].str[5:].astype(int),
        value=(frame["low"] + frame["high"]) / 2,
    )
    floor = np.where(frame["kind"] == "share", 1.0, np.maximum(5.0, 0.04 * frame["value"].abs()))
    frame["reading_sd"] = np.maximum((frame["high"] - frame["low"]) / 2, floor)
    frame = frame.sort_values(["kind", "year", "months"], ignore_index=True)
    return Shelf(frame, trace(cat, *MOMENTS.values()))


def suspensions(cat: Catalogue) -> Shelf:
    """Kuzbass enterprises standing still (``stopped``) by day, and how many are counted (``total``).

    A document of a whole year is left out: it does not say when.
    """
    days = {
        row.start + (row.end - row.start) / 2: row.value for row in rows(cat, STOPPED) if len(row.period) > 4
    }
    counted = [row.value for row in rows(cat, ENTERPRISES)]
    index = pd.DatetimeIndex(list(days), name="day").normalize()
    frame = pd.DataFrame({"stopped": list(days.values())}, index=index, dtype=float).sort_index()
    return Shelf(frame.assign(total=counted[-1] if counted else np.nan), trace(cat, STOPPED, ENTERPRISES))


def printed_margins(cat: Catalogue) -> Shelf:
    """Export margins as analysts printed them: ``what``, ``month``, ``value``, ``unit`` and ``rub_t``."""
    rate = cat.load(RATE)
    found = [
        (PRINTED[row.series_id], row.month, row.value, row.unit,
         row.value * (1.0 if row.unit == "RUB/t" else float(rate.get(row.month, np.nan))), row.series_id)
        for row in rows(cat, *PRINTED)
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=["what", "month", "value", "unit", "rub_t", "series_id"])
    return Shelf(frame.sort_values("month", ignore_index=True), trace(cat, *PRINTED, RATE))
