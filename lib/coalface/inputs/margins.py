"""Shelves of the margin room: prices, costs on the way, duties and volumes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf, Trace
from coalface.errors import CoverageError
from coalface.inputs.margin_assumptions import (
    ASSUMPTIONS,
    EAST,
    ON_BOARD,
    PORT_QUOTE,
    PRICES,
    RAIL_QUOTE,
    STEAM,
    assumptions,
    customs_thermal,
    freight_pairs,
    price_level,
)
from coalface.inputs.reading import trace
from coalface.inputs.rows import rows

START: Final = "2022-01"
BASE_YEAR: Final = 2023
BENCHMARK: Final = "price.coal.newcastle"
COKING: Final = ("coal.imports_value.cn.from_ru.coking", "coal.imports.cn.from_ru.coking")
RATE, RATE_END = "fx.rub_usd", "fx.rub_usd.eom"
LENDING: Final = ("rate.lending.ru.corp_upto1y", "rate.lending.ru.corp_over1y")
LOANS: Final = "credit.coal_sector_loans.ru"
TARIFF: Final = ("policy.rail_tariff.indexation.ru", "policy.rail_tariff.security_surcharge.ru")
RAIL_MONTH: Final = "2025-08"
TIERS: Final = {
    0.0: "policy.export_duty.ru.usdrub_below_80",
    80.0: "policy.export_duty.ru.usdrub_80_85",
    85.0: "policy.export_duty.ru.usdrub_85_90",
    90.0: "policy.export_duty.ru.usdrub_90_95",
    95.0: "policy.export_duty.ru.usdrub_95_plus",
}
DISPUTE: Final = TIERS[80.0]
SURCHARGE: Final = "policy.extraction_tax.ru.surcharge"
TAMAN: Final = "price.coal.ru.fob_taman_6000"
FAR_EAST: Final = "cost.price_fob.fareast"
EXPORTS: Final = "coal.exports.ru.total"
PORTS: Final = (
    "coal.ports.ru.export_coal_coke.azov_black_sea.window",
    "coal.ports.ru.export_coal_coke.window",
)
# Name of the path, the series that read it, and how far a reading may lie from the month's mean, percent.
READINGS: Final = (
    ("fob_east_thermal", FAR_EAST, 6.0),
    ("fob_east_thermal", "price.coal.ru.fob_far_east_5500", 6.0),
    ("fob_east_thermal", "cost.price_ports.low", 10.0),
    ("fob_east_thermal", "cost.price_ports.high", 10.0),
    ("fob_coking", "price.coal.ru.fob_far_east_coking_zh", 8.0),
    ("fob_coking", "price.coal.ru.fob_azov_black_sea_coking_zh", 8.0),
    ("premium_coking", "price.coal.phcc.daily", 5.0),
    ("premium_coking", "price.coal.phcc.weekly", 8.0),
    ("gondola_rent", "policy.cost.gondola_rent.ru.average", 10.0),
    ("gondola_rent", "policy.cost.gondola_rent.ru.longterm", 10.0),
    ("gondola_rent", "policy.cost.gondola_rent.ru.spot", 25.0),
    ("port_south", "cost.transshipment.taman.low", 10.0),
    ("port_south", "cost.transshipment.taman.high", 10.0),
    ("port_south", "policy.cost.transshipment_taman.ru", 15.0),
)
BOUNDS: Final = ("above", "below", "more than", "nearly")

__all__ = [
    "ASSUMPTIONS", "assumptions", "duty_spells", "duty_tiers", "freight_pairs", "market", "rail_steps",
    "readings", "stack", "surcharge", "volumes", "way",
]  # fmt: skip


def stack(cat: Catalogue) -> Shelf:
    """Everything that `models.netbacks.simulate` takes, as a dictionary of its arguments, with one trace."""
    parts = {
        "market": market(cat), "rail_steps": rail_steps(cat), "readings": readings(cat),
        "assumptions": assumptions(cat), "volumes": volumes(cat), "tiers": duty_tiers(cat),
        "spells": duty_spells(cat), "surcharge": surcharge(cat),
    }  # fmt: skip
    whole = parts["market"].trace
    for shelf in parts.values():
        whole |= shelf.trace
    frames: dict[str, Any] = {name: shelf.frame for name, shelf in parts.items()}
    return Shelf(frames | {"rail_base": RAIL_MONTH}, whole)


def way(cat: Catalogue, grade: str) -> Trace:
    """Where the netback of a grade comes from, thermal or coking: its price and what the way takes of it.

    Left out of `stack` are the price of the other grade, the volumes of exports, and the sector's debt with
    its rates.

    Examples
    --------
    >>> from coalface import data
    >>> thermal, coking = (way(data.read(), grade).series for grade in ("thermal", "coking"))
    >>> BENCHMARK in thermal, BENCHMARK in coking, LOANS in thermal + coking
    (True, False, False)
    """
    price = {
        "thermal": (BENCHMARK, *STEAM, *ON_BOARD, TAMAN, f"{TAMAN}.yoy"),
        "coking": COKING,
    }
    others = {"thermal": ("fob_coking", "premium_coking"), "coking": ("fob_east_thermal", "west_to_east")}
    read = [series_id for name, series_id, _ in READINGS if name not in others[grade]]
    steps = (RATE, PRICES, RAIL_QUOTE, PORT_QUOTE, *EAST.values(), *TARIFF, *TIERS.values(), SURCHARGE)
    return trace(cat, *price[grade], *read, *steps)


def market(cat: Catalogue) -> Shelf:
    """Months from 2022 with prices (USD/t), exchange rates (RUB/USD), costs, lending rates and debt.

    Columns: ``benchmark_thermal``; ``customs_thermal`` and ``customs_coking``, Chinese customs value over
    tonnes; ``rub_per_usd``, ``rub_per_usd_end``; ``cost_index``, consumer prices, 2023 = 1;
    ``lending_rate_pct``, ``lending_rate_3y_pct``; ``debt_bn_rub``. Lending rates and debt are carried
    forward from their last month.
    """
    newcastle, rate, prices = cat.load(BENCHMARK), cat.load(RATE), price_level(cat, BASE_YEAR)
    end = min(newcastle.index[-1], rate.index[-1], prices.index[-1])
    if end < pd.Period(f"{BASE_YEAR}-03", freq="M"):
        raise CoverageError(
            f"margins are measured against {BASE_YEAR}, and the day shows prices to {end}; take a later as_of"
        )
    months = pd.period_range(START, end, freq="M", name="period")
    lending = cat.frame({name: name for name in LENDING}).mean(axis=1)
    lending = lending.reindex(pd.period_range(lending.index[0], end, freq="M")).ffill()
    owed = {row.start.to_period("M"): row.value for row in rows(cat, LOANS)}
    debt = pd.Series(owed, dtype=float) if owed else pd.Series({months[0]: np.nan})
    columns = {
        "benchmark_thermal": newcastle,
        "customs_thermal": customs_thermal(cat),
        "customs_coking": cat.load(COKING[0]) / cat.load(COKING[1]),
        "rub_per_usd": rate,
        "rub_per_usd_end": cat.load(RATE_END),
        "cost_index": prices,
        "lending_rate_pct": lending,
        "lending_rate_3y_pct": lending.rolling(36).mean(),
        "debt_bn_rub": debt.reindex(months).ffill().bfill().fillna(UNSEEN_DEBT_BN_RUB),
    }
    frame = pd.DataFrame({name: values.reindex(months) for name, values in columns.items()})
    return Shelf(frame, trace(cat, BENCHMARK, *STEAM, *COKING, RATE, RATE_END, PRICES, *LENDING, LOANS))


UNSEEN_DEBT_BN_RUB: Final = 1000.0
"""Debt of the sector where no document of the day gives one: an assumption, of the order of yearly sales."""


def rail_steps(cat: Catalogue) -> Shelf:
    """Rises of the rail tariff: ``date`` (first day in force) and ``rise_pct``; they compound."""
    steps = {row.period: row for row in rows(cat, *TARIFF)}
    ordered = sorted(steps.values(), key=lambda row: row.start)
    frame = pd.DataFrame({"date": [row.start for row in ordered], "rise_pct": [row.value for row in ordered]})
    return Shelf(frame, trace(cat, *TARIFF))


def readings(cat: Catalogue) -> Shelf:
    """Scattered readings of prices and costs: ``name``, ``month``, ``value``, ``noise_pct``, ``series_id``.

    A printed bound ("above", "below") counts as a reading with twice the noise. The ratio of western to
    eastern prices comes from Taman and the Far East in the same month.
    """
    found = [
        (
            name,
            row.month,
            row.value,
            2 * noise if any(word in row.note for word in BOUNDS) else noise,
            series_id,
        )
        for name, series_id, noise in READINGS
        for row in rows(cat, series_id)
    ]
    east = {row.month: row.value for row in rows(cat, FAR_EAST)}
    customs, freight = customs_thermal(cat), freight_pairs(cat)["usd_t"].mean()
    changes = {row.month: row.value for row in rows(cat, f"{TAMAN}.yoy")}
    for row in rows(cat, TAMAN):
        if row.month in east:
            found.append(("west_to_east", row.month, row.value / east[row.month], 8.0, TAMAN))
        then, on_board = row.month - 12, customs.get(row.month - 12, np.nan) - freight
        if row.month in changes and np.isfinite(on_board):
            before = row.value / (1 + changes[row.month] / 100)
            found.append(("west_to_east", then, before / on_board, 8.0, TAMAN))
    table = pd.DataFrame(found, columns=["name", "month", "value", "noise_pct", "series_id"])
    return Shelf(table, trace(cat, *table["series_id"].unique(), f"{TAMAN}.yoy"))


def duty_tiers(cat: Catalogue) -> Shelf:
    """Duty by exchange rate: ``from_rub_per_usd`` and ``rate_pct``; no duty where no document is visible."""
    found = [(edge, row.value) for edge, series_id in TIERS.items() for row in rows(cat, series_id)[-1:]]
    table = pd.DataFrame(found or [(0.0, 0.0)], columns=["from_rub_per_usd", "rate_pct"])
    return Shelf(table, trace(cat, *TIERS.values()))


def duty_spells(cat: Catalogue) -> Shelf:
    """When the duty bound each grade: ``grade``, ``start``, ``end``, ``chance`` and ``basis`` (the events).

    The chance is below 1 where two documents disagree: whether coking coal was freed in January and
    February 2024.
    """
    known = cat.table("events", where={"category": "duty"}).set_index("event_id")
    day = {str(name): pd.Timestamp(str(date)) for name, date in known["date"].items()}
    start, drop, back, freed = (
        day.get(f"b_duty_{d}") for d in ("20231001", "20231227", "20240301", "20240501")
    )
    never, one = pd.Timestamp("2100-01-01"), pd.Timedelta(days=1)
    disputed = (cat.conflicts(DISPUTE)["conflict_id"] == "A28").any()
    found: list[tuple[str, pd.Timestamp, pd.Timestamp, float, str]] = []
    if start is not None:
        until = never if drop is None else drop + pd.offsets.MonthEnd(0)
        found += [(grade, start, until, 1.0, "b_duty_20231001") for grade in ("thermal", "coking")]
        if drop is not None and back is not None:
            chance = 0.5 if disputed else 0.0
            found.append(("coking", until + one, back - one, chance, "b_duty_20231227, conflict A28"))
    if back is not None:
        year = back + pd.DateOffset(years=1) - one
        found.append(("thermal", back, year if freed is None else freed - one, 1.0, "b_duty_20240301"))
        found.append(("coking", back, year, 1.0, "b_duty_20240301"))
    frame = pd.DataFrame(found, columns=["grade", "start", "end", "chance", "basis"])
    return Shelf(frame, trace(cat, *TIERS.values()) | cat.trace(sources=known["source_id"]))


def surcharge(cat: Catalogue) -> Shelf:
    """Temporary surcharge of the extraction tax by month, RUB/t."""
    months = {
        month: row.value
        for row in rows(cat, SURCHARGE)
        for month in pd.period_range(row.start, row.end, freq="M")
    }
    frame = pd.Series(list(months.values()), index=pd.PeriodIndex(list(months), freq="M"), dtype=float)
    return Shelf(frame.rename("surcharge_rub_t"), trace(cat, SURCHARGE))


def volumes(cat: Catalogue) -> Shelf:
    """Years by ``exports_low_mt``, ``exports_high_mt`` and the shares of corridors (NaN: not read).

    The eastern share of 2022 is rail loadings over exports, the southern one coal and coke through ports;
    both are the nearest scopes. The last year stands for the running one.
    """
    first = int(START[:4])
    by_year: dict[int, list[float]] = {}
    for row in rows(cat, EXPORTS):
        by_year.setdefault(row.start.year, []).append(row.value)
    years = sorted(year for year in by_year if year >= first) or [max(by_year)]
    frame = pd.DataFrame(
        {
            "exports_low_mt": [min(by_year[y]) for y in years],
            "exports_high_mt": [max(by_year[y]) for y in years],
        },
        index=pd.Index(years, name="year"),
    )
    middle = frame.mean(axis=1)
    east = ("coal.rail.ru.export_east", "coal.exports.ru.direction_east")
    south = ("coal.exports.ru.direction_south",)
    for name, series_ids in (("east_share", east), ("south_share", south)):
        read = {row.start.year: row.value for row in rows(cat, *series_ids)}
        frame[name] = pd.Series(read, dtype=float).reindex(frame.index) / middle
    azov, every = ({row.period: row for row in rows(cat, series_id)} for series_id in PORTS)
    for period in azov.keys() & every.keys():
        year = azov[period].start.year
        if frame["south_share"].isna().get(year, False):
            frame.loc[year, "south_share"] = azov[period].value / every[period].value
    running = frame.iloc[[-1]].assign(east_share=np.nan, south_share=np.nan)
    running.index = running.index + 1
    return Shelf(pd.concat([frame, running]), trace(cat, EXPORTS, *east, *south, *PORTS))
