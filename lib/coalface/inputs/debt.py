"""Shelves of the debt sections: accounts of two firms, what they owe and at what cost, sector loans."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf, Trace, units
from coalface.errors import ParameterError, near
from coalface.inputs import rates, reading

FIRMS = {"mechel": "Mechel", "raspadskaya": "Raspadskaya"}
ITEMS = {
    "ebitda_bn_rub": ("firm.ebitda.{}", "firm.ebitda.{}.window"),
    "operating_bn_rub": ("firm.operating_income.{}", "firm.operating_income.{}.window"),
    "net_result_bn_rub": ("firm.net_profit.{}", "firm.net_profit.{}.window"),
    "interest_wide_bn_rub": ("firm.interest_expense.{}", "firm.finance_expense.{}"),
    "interest_narrow_bn_rub": ("firm.interest_expense.{}", "firm.interest_loans.{}"),
}
EMPTY = {
    "period": "str",
    "start": "M8[s]",
    "end": "M8[s]",
    "value": "f8",
    "grade": "str",
    "year": "period[Y]",
}
ROUBLE_END = "fx.rub_usd.eom"
LAST_WIDE = pd.Period("2023", "Y")  # the yearly interest series changes its definition after this year
IN_DOLLARS = {"net_result_bn_rub": "firm.net_profit_usd.{}.window", "ebitda_bn_rub": "firm.ebitda_usd.{}"}
SECTOR = {
    "credit": "sector.credit.ru",
    "ratio": "sector.net_debt_to_ebitda.ru",
    "all": "sector.net_debt_to_ebitda.ru.large_nonfinancial",
    "balance": "sector.balance.ru",
}


def check(firms: Iterable[str]) -> list[str]:
    """The firms by their id, refused with the nearest known name if one is not covered."""
    named = list(firms)
    unknown = [f for f in named if f not in FIRMS]
    if unknown or not named:
        word = repr(unknown[0]) if unknown else "nothing"
        offer = near(unknown[0], FIRMS) if unknown else ""
        raise ParameterError(f"firms names {word}{offer}; accounts are there for {', '.join(FIRMS)}")
    return named


def _rows(cat: Catalogue, series: str) -> pd.DataFrame:
    """All known rows of a series; none if it does not exist or nothing was known."""
    if series in cat.series.index:
        return reading.rows_of(cat, series)
    return pd.DataFrame(columns=["period", "start", "end", "value", "grade", "year"]).astype(EMPTY)


def _trace(cat: Catalogue, *series: str) -> Trace:
    """Where the series come from; those that do not exist for the firm add nothing."""
    return reading.trace(cat, *(name for name in series if name in cat.series.index))


def _items(cat: Catalogue, firm: str) -> tuple[pd.DataFrame, Trace]:
    """Return one row a printed figure (item, period, start, end, value), and where they come from."""
    found, trace = [], Trace()
    for item, patterns in ITEMS.items():
        for k, series in enumerate(p.format(firm) for p in patterns):
            rows = _rows(cat, series).assign(item=item)
            if k == 0 and item.startswith("interest"):
                wide = rows["year"] <= LAST_WIDE
                rows = rows[wide if item == "interest_wide_bn_rub" else ~wide]
            found.append(rows)
            trace |= _trace(cat, series)
    return pd.concat(found, ignore_index=True), trace


def _in_roubles(cat: Catalogue, firm: str) -> tuple[pd.DataFrame, Trace]:
    """Return windows printed in dollars, in bn RUB at the mean rate of their months."""
    found, trace, rate = [], Trace(), cat.load(rates.ROUBLE)
    for item, pattern in IN_DOLLARS.items():
        rows = _rows(cat, series := pattern.format(firm))
        first, last = (pd.PeriodIndex(rows[edge], freq="M") for edge in ("start", "end"))
        mean = [rate[(rate.index >= a) & (rate.index <= b)].mean() for a, b in zip(first, last, strict=True)]
        found.append(rows.assign(item=item, value=rows["value"] * np.array(mean, dtype=float) / 1000))
        trace |= _trace(cat, series, *([rates.ROUBLE] if len(rows) else []))
    return pd.concat(found, ignore_index=True), trace


def accounts(cat: Catalogue, firms: Iterable[str]) -> Shelf:
    """Earnings, net result and interest by firm and period, bn RUB: years and first halves.

    Indexed by firm and period; column months, then the columns of `ITEMS`. Wide interest is the finance
    cost of the accounts (the aggregator's yearly row to 2023, the press for halves), narrow is interest on
    loans (the press). Windows printed in dollars are turned at the mean rate of their months and preferred
    to rouble copies of grade D.
    """
    parts, trace = [], Trace()
    for firm in check(firms):
        own, where = _items(cat, firm)
        dollars, also = _in_roubles(cat, firm)
        if len(dollars):
            own = own[~((own["grade"] == "D") & own["period"].isin(dollars["period"]))]
        parts.append(pd.concat([own, dollars], ignore_index=True).assign(firm=firm))
        trace |= where | also
    rows = pd.concat(parts, ignore_index=True)
    first, last = (pd.PeriodIndex(rows[edge], freq="M").astype("int64") for edge in ("start", "end"))
    rows = rows.assign(months=np.asarray(last - first) + 1)
    rows = rows[(pd.DatetimeIndex(rows["start"]).month == 1) & rows["months"].isin([6, 12])]
    rows = rows.drop_duplicates(["firm", "end", "months", "item"], keep="last")
    frame = rows.pivot_table(index=["firm", "end", "months"], columns="item", values="value", aggfunc="last")
    frame = frame.reindex(columns=list(ITEMS)).reset_index(["end", "months"])
    label = np.where(
        frame["months"] == 12,
        frame["end"].dt.strftime("%Y"),
        "first half of " + frame["end"].dt.strftime("%Y"),
    )
    return Shelf(frame.assign(period=label).set_index("period", append=True), trace)


def gross_debt(cat: Catalogue, firms: Iterable[str]) -> Shelf:
    """Debt before cash at a date, bn RUB: columns firm, date, gross_debt_bn_rub.

    Where only cash and net debt are printed, in dollars, they are added up at the rate of the end of the
    month.
    """
    rows, trace = [], Trace()
    for firm in check(firms):
        total = _rows(cat, f"firm.debt_total.{firm}")
        rows += [(firm, row.end, row.value) for row in total.itertuples()]
        net, cash = (
            _rows(cat, f"firm.{name}_usd.{firm}").set_index("period") for name in ("net_debt", "cash")
        )
        days = net.index.intersection(cash.index)
        at = cat.load(ROUBLE_END).reindex(pd.PeriodIndex(net.loc[days, "end"], freq="M")).to_numpy()
        dollars = (net.loc[days, "value"] + cash.loc[days, "value"]).to_numpy()
        rows += zip([firm] * len(days), net.loc[days, "end"], dollars * at / 1000, strict=True)
        named = [f"firm.{n}.{firm}" for n in ("debt_total", "net_debt_usd", "cash_usd")]
        trace |= _trace(cat, *named, *([ROUBLE_END] if len(days) else []))
    return Shelf(pd.DataFrame(rows, columns=["firm", "date", "gross_debt_bn_rub"]), trace)


def borrower(cat: Catalogue, firm: str) -> Shelf:
    """What a firm owes and what it costs, as a Series; empty where not known or where there is net cash.

    Entries net_debt_bn_rub, debt_date, cost_pct, cost_date, key_then_pct and cost_basis. Where the firm
    does not state its cost of debt, interest over debt of the last year with both stands in.
    """
    check([firm])
    names = [f"firm.{n}.{firm}" for n in ("net_debt", "cost_of_debt", "debt_total", "interest_expense")]
    net, cost, total, interest = (_rows(cat, name) for name in names)
    trace = _trace(cat, *names, rates.KEY_DAY)
    debt = net if len(net) else total
    if debt.empty or debt["value"].iloc[-1] <= 0:
        return Shelf(pd.Series(dtype=object), trace)
    if len(cost):
        day, price, basis = cost["end"].iloc[-1], cost["value"].iloc[-1], "as the firm states it"
        key = cat.load(rates.KEY_DAY)
        then = key[key.index <= pd.Period(day, "D")].iloc[-1]
    else:
        both = interest.set_index("year")["value"] / total.set_index("year")["value"]
        year = both.dropna().index[-1]
        day, price, basis = year.end_time.normalize(), both[year] * 100, "interest of the year over debt"
        then = cat.load(rates.KEY).loc[str(year)].mean()
    values = {
        "net_debt_bn_rub": float(debt["value"].iloc[-1]),
        "debt_date": f"{debt['end'].iloc[-1]:%Y-%m-%d}",
        "cost_pct": float(price),
        "cost_date": f"{day:%Y-%m-%d}",
        "key_then_pct": float(then),
        "cost_basis": basis,
    }
    return Shelf(pd.Series(values), trace)


def implied_cost(cat: Catalogue, firm: str) -> Shelf:
    """Wide interest over debt at the end of the year, percent, beside the year's mean key rate, by year."""
    check([firm])
    names = [f"firm.interest_expense.{firm}", f"firm.debt_total.{firm}"]
    interest, debt = (
        _rows(cat, n).drop_duplicates("year", keep="last").set_index("year")["value"] for n in names
    )
    key = cat.load(rates.KEY)
    years = key.groupby(pd.PeriodIndex(key.index).asfreq("Y"))
    mean = years.mean()[years.size() == 12]
    cost = (interest / debt.where(debt > 0) * 100).dropna()
    frame = pd.DataFrame({"cost_pct": cost[cost.index <= LAST_WIDE], "key_rate_pct": mean}).dropna()
    return Shelf(frame, _trace(cat, *names, rates.KEY))


def sector(cat: Catalogue) -> Shelf:
    """Loans of the coal industry (bn RUB), its net debt ratio and the result of that half year, as a Series.

    Entries credit_low, credit_high, credit_forecast_low, credit_forecast_high, ratio, ratio_all, half,
    loss; missing ones are NaN.
    """
    credit = reading.rows_of(cat, SECTOR["credit"])
    table = cat.table("forecasts", where={"series_id": [SECTOR["credit"], "credit.coal_sector_loans.ru"]})
    ahead = units.convert(table["value"].to_numpy(dtype=float), "bn RUB", "bn RUB")
    ratio = {name: rates.latest(reading.load(cat, SECTOR[name])) for name in ("ratio", "all")}
    half = ratio["ratio"][1][:4]
    values = {
        "credit_low": credit["value"].min(),
        "credit_high": credit["value"].max(),
        "credit_forecast_low": np.min(ahead) if len(ahead) else np.nan,
        "credit_forecast_high": np.max(ahead) if len(ahead) else np.nan,
        "ratio": ratio["ratio"][0],
        "ratio_all": ratio["all"][0],
        "half": half,
        "loss": reading.span(cat, SECTOR["balance"], f"{half}-01", f"{half}-06") if half else np.nan,
    }
    documents = cat.trace(sources=table["source_id"]) if len(table) else Trace()
    return Shelf(pd.Series(values), reading.trace(cat, *SECTOR.values()) | documents)
