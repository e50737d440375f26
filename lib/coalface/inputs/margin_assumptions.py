"""What the record does not say about the way from the mine to the ship: ranges, each with its reason.

A row is a triangular distribution from `low` by `mode` to `high`. Rows of the role "given" are drawn as they
stand; rows of the role "learnt" are priors, which the calibration narrows. No row of the table below is a
figure of the record; where the record has one, `assumptions` puts it beside them with the basis "sourced".
"""

from __future__ import annotations

from typing import Final, NamedTuple

import pandas as pd

from coalface.data import Catalogue, Shelf
from coalface.inputs.reading import trace
from coalface.inputs.rows import rows


class Assumption(NamedTuple):
    """One assumed range with the reason for it."""

    name: str
    low: float
    mode: float
    high: float
    unit: str
    role: str
    what: str
    reason: str
    basis: str = "assumed"


ASSUMPTIONS: Final = (
    Assumption("freight_coking", 5, 12, 20, "USD/t", "given",
        "sea freight, coking coal to China",
        "no pair of prices for coking coal; a little above the thermal pairs"),
    Assumption("rail_before_june_2022", 0.7, 0.82, 0.895, "ratio", "given",
        "rail, before the coefficients ended",
        "coefficients of 0.895 (thermal coal) and 0.4 (long hauls, of unknown weight) ended in June 2022"),
    Assumption("rail_west", 0.75, 0.9, 1.05, "ratio", "given",
        "rail to the west over rail to the east",
        "no rate to the west in the record; shorter by about a fifth, but emptier on the way back"),
    Assumption("rail_coking", 1, 1.3, 2.4, "ratio", "given",
        "rail, coking over thermal coal",
        "one opinion article prints 2.4 as the ratio; a printed rate would be lower"),
    Assumption("haul_far_east", 0.35, 0.5, 0.65, "ratio", "given",
        "haul of Yakutia and Buryatia over Kuzbass",
        "distance to the Pacific ports against that of Kuzbass"),
    Assumption("port_north_west", 700, 950, 1400, "RUB/t of 2023", "given",
        "transshipment, north-west",
        "no rate in the record; between Vostochny and Taman after its cut"),
    Assumption("turn_days_east", 22, 28, 38, "days", "given",
        "wagon round trip, Kuzbass to the east",
        "no figure in the record; distance at the usual speed, with queues"),
    Assumption("turn_days_west", 18, 24, 34, "days", "given",
        "wagon round trip to the west",
        "as to the east, on a shorter and freer line"),
    Assumption("load_t", 67, 69, 71, "t", "given",
        "load of a gondola",
        "ordinary gondola of 69 to 71 t"),
    Assumption("tax_thermal", 10, 25, 57, "RUB/t of 2023", "given",
        "extraction tax, thermal coal",
        "no rate in the record; the old rate of coking coal is the upper end"),
    Assumption("tax_coking_pct", 0.75, 1.2, 1.5, "percent", "given",
        "extraction tax, coking coal",
        "the record has the ceiling of the formula, not the rate paid"),
    Assumption("coking_east", 0.15, 0.22, 0.3, "share", "given",
        "coking coal in eastern exports",
        "Chinese customs give the lower end; coking exports by corridor are not published"),
    Assumption("coking_west", 0.05, 0.12, 0.2, "share", "given",
        "coking coal in western exports",
        "Turkey and India buy some; not published by corridor"),
    Assumption("floating_debt", 0.3, 0.5, 0.7, "share", "given",
        "debt at the rate of the month",
        "no split of the sector's loans in the record"),
    Assumption("debt_before_2024", 0.75, 0.9, 1, "ratio", "given",
        "debt in 2022-2023 over 2024",
        "the record starts in 2024; debt had grown"),
    Assumption("fob_east_thermal_step", 0.06, 0.06, 0.06, "log/month", "given",
        "monthly step of the thermal discount",
        "typical month of the customs value against the benchmark in 2024"),
    Assumption("fob_coking_step", 0.05, 0.05, 0.05, "log/month", "given",
        "monthly step of the coking discount",
        "typical month of the customs value in 2024"),
    Assumption("west_to_east_step", 0.03, 0.03, 0.03, "log/month", "given",
        "monthly step of western over eastern price",
        "two readings a year apart differ little; older ratios are open"),
    Assumption("west_to_east_unread", 0.75, 0.9, 1, "ratio", "given",
        "western over eastern price, if unread",
        "used only where no reading is visible"),
    Assumption("premium_coking_step", 0.09, 0.09, 0.09, "log/month", "given",
        "monthly step of the premium benchmark",
        "readings a month apart moved by about a tenth"),
    Assumption("premium_coking_unread", 150, 230, 350, "USD/t", "given",
        "premium coking coal, if unread",
        "used only where no reading is visible"),
    Assumption("gondola_rent_step", 0.1, 0.1, 0.1, "log/month", "given",
        "monthly step of wagon hire",
        "monitors print falls of a quarter in one month, and flat months"),
    Assumption("gondola_rent_unread", 700, 1800, 3000, "RUB/wagon-day", "given",
        "wagon hire, if unread",
        "used only where no reading is visible"),
    Assumption("port_south_step", 0.05, 0.05, 0.05, "log/month", "given",
        "monthly step of the Taman rate",
        "the rate is set by one terminal and moves in steps"),
    Assumption("port_south_unread", 15, 28, 40, "USD/t", "given",
        "transshipment, Taman, if unread",
        "used only where no reading is visible"),
    Assumption("east_share_step", 0.05, 0.05, 0.05, "log/year", "given",
        "yearly step of the eastern share",
        "the share moved by a fifth in two years"),
    Assumption("south_share_step", 0.25, 0.25, 0.25, "log/year", "given",
        "yearly step of the southern share",
        "the south halved within two years"),
    Assumption("median_cost_rub_t", 1000, 2200, 4500, "RUB/t of 2023", "learnt",
        "cost of the middle thermal tonne",
        "wide on purpose: route costs imply little more than a thousand, company reports several"),
    Assumption("cost_sigma", 0.2, 0.6, 1.2, "log", "learnt",
        "spread of cost over tonnes",
        "open pits and deep mines side by side"),
    Assumption("coking_cost", 1.2, 1.8, 3, "ratio", "learnt",
        "cost, coking concentrate over thermal",
        "washing takes a third of the tonnes; mines are deeper"),
    Assumption("cost_growth", -0.06, 0.02, 0.12, "per year", "learnt",
        "mining cost above consumer prices",
        "wages rose faster than prices, savings are possible"),
    Assumption("other_result_bn_rub", -100, 60, 250, "bn RUB of 2023", "learnt",
        "domestic sales and other income, a year",
        "half of the tonnes are sold at home; no price in the record"),
    Assumption("pass_through", 0.4, 0.85, 1, "share", "learnt",
        "part of a netback change that reaches the miners",
        "contracts, traders and parent groups take some of it before Rosstat counts"),
    Assumption("fx_debt_bn_usd", 0, 2, 6, "bn USD", "learnt",
        "foreign debt less foreign claims",
        "the net result includes revaluation; at most half of the sector's loans"),
    Assumption("small_firm_tilt", 0.8, 1.2, 2, "exponent", "learnt",
        "how much smaller the dear producers are",
        "one when size and cost are unrelated"),
    Assumption("always_losing", 0.02, 0.12, 0.25, "share", "learnt",
        "organisations with a loss in any year",
        "developers, idle pits, service firms in the count"),
    Assumption("never_losing", 0, 0.05, 0.3, "share", "learnt",
        "organisations that never show a loss",
        "home suppliers at regulated prices, processing at cost plus"),
    Assumption("share_sd_pct", 2, 4, 8, "points", "learnt",
        "model error of the share of loss-makers",
        "learnt from the misses of the calibration years"),
    Assumption("balance_sd_bn_rub", 6, 12, 30, "bn RUB", "learnt",
        "model error of the net result, a month",
        "learnt from the misses of the calibration years"),
)  # fmt: skip
STEAM: Final = ("coal.imports_value.cn.from_ru.steam", "coal.imports.cn.from_ru.steam")
ON_BOARD: Final = ("price.coal.ru.fob_vostochny", "price.coal.ru.fob_vostochny_6000")
RAIL_QUOTE: Final = "cost.rail.kuzbass_fareast"
PORT_QUOTE: Final = "cost.transshipment.vostochny"
PRICES: Final = "cpi.mom.ru.all"
BASINS: Final = ("kuzbass", "yakutia", "buryatia", "khakassia", "irkutsk", "tuva")
EAST: Final = {name: f"coal.rail.ru.export_east.{name}.window" for name in BASINS}


def assumptions(cat: Catalogue) -> Shelf:
    """Every uncertain part of the cost stack by name: ``low``, ``mode``, ``high``, ``unit``, ``role``.

    ``basis`` is "sourced" where the range stands on printed figures, else "assumed"; ``reason`` says why.
    """
    sourced = [_freight(cat), _rail(cat), _port(cat), _near_basins(cat)]
    table = pd.DataFrame([*sourced, *ASSUMPTIONS]).set_index("name")
    used = (*STEAM, *ON_BOARD, RAIL_QUOTE, PORT_QUOTE, PRICES, *EAST.values())
    return Shelf(table, trace(cat, *used))


def customs_thermal(cat: Catalogue) -> pd.Series:
    """Value of Russian thermal coal at the Chinese border by month, USD per tonne."""
    return cat.load(STEAM[0]) / cat.load(STEAM[1])


def freight_pairs(cat: Catalogue) -> pd.DataFrame:
    """Chinese customs value of Russian thermal coal less price on board at Vostochny, USD/t, by period."""
    customs, found = customs_thermal(cat), []
    for row in rows(cat, *ON_BOARD):
        span = customs[
            (customs.index >= row.start.to_period("M")) & (customs.index <= row.end.to_period("M"))
        ]
        if len(span):
            found.append((row.period, float(span.mean()), row.value))
    table = pd.DataFrame(found, columns=["period", "customs_usd_t", "fob_usd_t"])
    return table.assign(usd_t=table["customs_usd_t"] - table["fob_usd_t"])


def price_level(cat: Catalogue, base_year: int) -> pd.Series:
    """Consumer prices by month, mean of the base year = 1."""
    prices = (1 + cat.load(PRICES) / 100).cumprod()
    return prices / prices[pd.PeriodIndex(prices.index).year == base_year].mean()


def _freight(cat: Catalogue) -> Assumption:
    what, pairs = "sea freight, thermal coal to China", freight_pairs(cat)["usd_t"]
    if len(pairs) < 2:
        return Assumption("freight_thermal", 4, 10, 18, "USD/t", "given", what, "no pair of prices visible")
    reason = f"customs value less price on board at Vostochny, {len(pairs)} pairs"
    low, mode, high = float(pairs.min()), float(pairs.mean()), float(pairs.max())
    return Assumption("freight_thermal", low, mode, high, "USD/t", "given", what, reason, "sourced")


def _rail(cat: Catalogue) -> Assumption:
    what, unit = "rail, Kuzbass to the Far East", "RUB/t of August 2025"
    quotes = [row.value for row in rows(cat, RAIL_QUOTE)]
    if not quotes:
        return Assumption("rail_kuzbass_east", 1800, 2800, 3800, unit, "given", what, "no quote visible")
    middle = sum(quotes) / len(quotes)
    reason = "one quote, from a twelfth below (it may hold the wagon) to a tenth above"
    return Assumption(
        "rail_kuzbass_east", 0.88 * middle, middle, 1.1 * middle, unit, "given", what, reason, "sourced"
    )


def _port(cat: Catalogue) -> Assumption:
    what, unit, level = "transshipment, Vostochny", "RUB/t of 2023", price_level(cat, 2023)
    rates = [row.value / level.get(row.start.to_period("M"), level.iloc[-1]) for row in rows(cat, PORT_QUOTE)]
    if not rates:
        return Assumption("port_east", 650, 800, 950, unit, "given", what, "no figure visible")
    middle = sum(rates) / len(rates)
    reason = "one figure of September 2025, moved by consumer prices"
    return Assumption(
        "port_east", 0.85 * middle, middle, 1.2 * middle, unit, "given", what, reason, "sourced"
    )


def _near_basins(cat: Catalogue) -> Assumption:
    what = "Yakutia and Buryatia in eastern exports"
    loads = {
        name: [row.value for row in rows(cat, series_id) if row.period == "2024-01/2024-09"]
        for name, series_id in EAST.items()
    }
    if not all(loads.values()):
        return Assumption("far_east_basins", 0.25, 0.35, 0.45, "share", "given", what, "no loadings visible")
    total = sum(found[-1] for found in loads.values())
    share = (loads["yakutia"][-1] + loads["buryatia"][-1]) / total
    reason = "loadings under the agreements of January to September 2024, a tenth to either side"
    return Assumption(
        "far_east_basins", 0.9 * share, share, 1.1 * share, "share", "given", what, reason, "sourced"
    )
