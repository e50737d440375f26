"""What was printed about results: net result and loss-makers, stopped mines, analysts' margins."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf
from coalface.errors import ParameterError
from coalface.inputs.margins import RATE, START
from coalface.inputs.reading import trace
from coalface.inputs.rows import rows

MOMENTS: Final = {"share": "sector.share_lossmaking.ru", "balance": "sector.balance.ru"}
STOPPED: Final = {
    "Kuzbass": ("kuzbass.enterprises_stopped", "kuzbass.enterprises_total"),
    "Russia": ("sector.firms_stopped.ru", "sector.coal_producers.ru"),
}
PRINTED: Final = {
    "cost.margin_pct.fareast.low": ("Far East, low end", "east"),
    "cost.margin_pct.fareast.high": ("Far East, high end", "east"),
    "cost.margin_pct.taman.low": ("Taman, low end", "west"),
    "cost.margin_pct.taman.high": ("Taman, high end", "west"),
    "cost.margin_pct.ustluga.low": ("Ust-Luga, low end", "west"),
    "cost.margin_pct.ustluga.high": ("Ust-Luga, high end", "west"),
    "cost.margin.fareast_china": ("Far East, to China", "east"),
    "cost.margin.east_thermal.window": ("East, some thermal grades", "east"),
    "cost.margin.fareast_5500.low": ("Far East, low end", "east"),
    "cost.margin.fareast_5500.high": ("Far East, high end", "east"),
    "cost.margin.fareast_integrated": ("Far East, own port", "east"),
    "cost.margin.south_northwest.low": ("South and north-west, low end", "west"),
    "cost.margin.south_northwest.high": ("South and north-west, high end", "west"),
}


def moments(cat: Catalogue) -> Shelf:
    """Printed results since January: ``kind``, ``start``, ``end``, ``value``, ``low``, ``high``, and more.

    Where documents disagree the value is the one printed with most digits, of these the newest: round figures
    were printed as "about". ``reading_sd`` is half their range, at least one point of a share, and of a
    balance 5 bn RUB and 4 percent. Bounds with a day ("exceeded") are left out.
    """
    found: dict[tuple[str, str], list[float]] = {}
    for kind, series_id in MOMENTS.items():
        for row in rows(cat, series_id):
            if re.fullmatch(r"\d{4}-01/\d{4}-\d{2}", row.period) and row.period >= START:
                found.setdefault((kind, row.period), []).append(row.value)
    frame = pd.DataFrame(
        [(kind, *period.split("/"), _printed(v), min(v), max(v)) for (kind, period), v in found.items()],
        columns=["kind", "start", "end", "value", "low", "high"],
    )
    frame = frame.assign(
        year=frame["start"].str[:4].astype(int),
        months=frame["end"].str[5:].astype(int),
    )
    floor = np.where(frame["kind"] == "share", 1.0, np.maximum(5.0, 0.04 * frame["value"].abs()))
    frame["reading_sd"] = np.maximum((frame["high"] - frame["low"]) / 2, floor)
    frame = frame.sort_values(["kind", "year", "months"], ignore_index=True)
    return Shelf(frame, trace(cat, *MOMENTS.values()))


def _printed(values: list[float]) -> float:
    """The value with most decimals, of these the last."""
    return max(enumerate(values), key=lambda item: (len(f"{item[1]:g}".partition(".")[2]), item[0]))[1]


def suspensions(cat: Catalogue, region: str = "Kuzbass") -> Shelf:
    """Enterprises standing still (``stopped``) by day, and how many are counted (``total``), of a region.

    A document of a whole year is left out: it does not say when. The total of Russia is that of early 2024.
    """
    if region not in STOPPED:
        raise ParameterError(f"no region {region!r}; there are {' and '.join(STOPPED)}")
    still, every = STOPPED[region]
    days = {
        row.start + (row.end - row.start) / 2: row.value for row in rows(cat, still) if len(row.period) > 4
    }
    counted = [row.value for row in rows(cat, every)]
    index = pd.DatetimeIndex(list(days), name="day").normalize()
    frame = pd.DataFrame({"stopped": list(days.values())}, index=index, dtype=float).sort_index()
    frame = frame[~frame.index.duplicated(keep="last")]
    return Shelf(frame.assign(total=counted[-1] if counted else np.nan), trace(cat, still, every))


def printed_margins(cat: Catalogue) -> Shelf:
    """Export margins as analysts printed them: ``what``, ``way``, ``month``, ``value``, ``unit`` and more.

    ``rub_t`` is the margin in roubles at the month's mean rate; missing for a margin in percent of the price.
    """
    rate, found = cat.load(RATE), []
    for row in rows(cat, *PRINTED):
        factor = {"RUB/t": 1.0, "USD/t": float(rate.get(row.month, np.nan))}.get(row.unit, np.nan)
        found.append(
            (*PRINTED[row.series_id], row.month, row.value, row.unit, row.value * factor, row.series_id)
        )
    frame = pd.DataFrame(found, columns=["what", "way", "month", "value", "unit", "rub_t", "series_id"])
    return Shelf(frame.sort_values("month", ignore_index=True), trace(cat, *PRINTED, RATE))


def route_cost(cat: Catalogue) -> Shelf:
    """Printed cost of digging and moving a thermal tonne by the east, RUB/t: ``month``, ``low``, ``high``."""
    ends = [{row.month: row.value for row in rows(cat, f"cost.total_east.{end}")} for end in ("low", "high")]
    found = [(month, ends[0][month], ends[1][month]) for month in sorted(ends[0].keys() & ends[1].keys())]
    frame = pd.DataFrame(found, columns=["month", "low", "high"])
    return Shelf(frame, trace(cat, "cost.total_east.low", "cost.total_east.high"))
