"""Figures that follow from each other still do: a second reading, which no rule on a single row can give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from coalface import data
from coalface.data import Catalogue, periods, units
from coalface.errors import DataError

ROUNDING = 0.005 + 1e-9
"""Half of the last digit of a figure printed with two decimals."""
TONNES = ("t", "kt", "Mt")


@pytest.fixture(scope="module")
def cat() -> Catalogue:
    return data.read()


def test_yearly_inflation_is_the_product_of_twelve_months(cat: Catalogue) -> None:
    monthly, yearly = cat.load("cpi.mom.ru.all"), cat.load("cpi.yoy.ru.all")
    product = ((1 + monthly / 100).rolling(12).apply(np.prod) - 1) * 100
    gap = (product - yearly).dropna().abs()
    assert len(gap) > 400 and gap.max() <= ROUNDING
    december = yearly[yearly.index.month == 12]  # type: ignore[attr-defined]
    december.index = december.index.asfreq("Y")  # type: ignore[attr-defined]
    assert (december - cat.load("cpi.dec_dec.ru.all")).dropna().abs().max() <= 0.02 + 1e-9


def test_means_and_ends_of_the_key_rate_follow_from_its_changes(cat: Catalogue) -> None:
    changes = cat.load("rate.key.ru")
    days = pd.period_range(changes.index[0], "2026-05-31", freq="D")
    daily = changes.reindex(days).ffill()
    months, years = days.asfreq("M"), days.asfreq("Y")
    assert (daily.groupby(months).last() - cat.load("rate.key.ru.eom")).dropna().abs().max() == 0
    assert (daily.groupby(months).mean() - cat.load("rate.key.ru.avg_month")).dropna().abs().max() < 1e-4
    assert (daily.groupby(years).mean() - cat.load("rate.key.ru.avg_annual")).dropna().abs().max() <= ROUNDING


def test_members_of_the_eu_import_no_more_than_the_whole(cat: Catalogue) -> None:
    whole = cat.load("coal.imports.eu27.from_ru.comext")
    members = ["be", "de", "es", "fi", "fr", "it", "nl", "pl", "ro", "sk"]
    table = cat.frame({name: f"coal.imports.{name}.from_ru.comext" for name in members})
    share = table.sum(axis=1) / whole
    assert share.between(0.85, 1).all()


def test_unit_values_of_imports_are_prices_of_coal(cat: Catalogue) -> None:
    """A slip in a tonnage or in a value shows in the money paid for a tonne."""
    seen = 0
    for value in cat.series.index[cat.series["unit"].isin(["EUR", "USD"]) & (cat.series["freq"] == "M")]:
        tonnes = value.replace("imports_value", "imports")
        if "imports_value" in value and tonnes in cat.series.index and cat.unit(tonnes) == "t":
            paid = (cat.load(value) / cat.load(tonnes)).replace(np.inf, np.nan).dropna()
            assert paid.between(35, 600).all(), paid[~paid.between(35, 600)]
            seen += len(paid)
    assert seen > 2_000


def windows(cat: Catalogue) -> Iterator[tuple[str, pd.DataFrame]]:
    """Series of windows in tonnes that are cumulated from January."""
    table = cat.series[cat.series["unit"].isin(TONNES) & cat.series["warnings"].str.contains("cumulative")]
    for name in table.index:
        try:
            yield name, periods.increments(cat.load_windows(name))
        except DataError:
            continue


def test_cumulated_tonnes_do_not_fall(cat: Catalogue) -> None:
    found = pd.concat([steps.assign(series_id=name) for name, steps in windows(cat)])
    assert len(found) > 300
    fall = found[found["low"] < 0]
    assert fall.empty, fall


NINE_MONTHS_ABOVE_THE_YEAR = {"coal.exports.ru.to_tr.window"}
"""Explained in conflicts.csv (audit_turkey_2024)."""


def test_no_part_of_a_year_exceeds_the_year(cat: Catalogue) -> None:
    seen, above = 0, []
    for name in cat.series.index[cat.series["unit"].isin(TONNES)]:
        year, _, kind = name.rpartition(".")
        if kind not in ("window", "monthly", "quarterly") or year not in cat.series.index:
            continue
        if cat.series.loc[year, "freq"] != "A" or cat.unit(year) not in TONNES:
            continue
        whole = cat.spread(year)["high"]
        parts = cat.load_windows(name).drop_duplicates("period", keep="last")
        if kind == "window":
            parts = parts[parts["start"].dt.year == parts["end"].dt.year]
            part = parts.groupby(parts["end"].dt.year)["value"].max()
        else:
            part = parts.groupby(parts["end"].dt.year)["value"].sum()
        part = units.convert(part, cat.unit(name), cat.unit(year))
        part.index = pd.PeriodIndex(part.index.astype(str), freq="Y")
        both = pd.DataFrame({"part": part, "whole": whole}).dropna()
        seen += len(both)
        above += [name for ratio in both["part"] / both["whole"] if ratio > 1.005]
    assert seen > 120
    assert set(above) == NINE_MONTHS_ABOVE_THE_YEAR


BASE_REVISED = {("coal.exports.ru.total.yoy", "2021")}
"""Explained in conflicts.csv (A01): the change was printed on a base of another scope."""


def test_printed_changes_fit_the_levels_that_stand_beside_them(cat: Catalogue) -> None:
    seen, off = 0, set()
    for name in cat.series.index[cat.series.index.str.endswith(".yoy")]:
        level = name.removesuffix(".yoy")
        if level not in cat.series.index:
            continue
        band = cat.spread(level)
        band.index = [str(at) if isinstance(at, str) else periods.write(at) for at in band.index]
        for row in cat.load_windows(name).itertuples():
            before = "/".join(f"{int(part[:4]) - 1}{part[4:]}" for part in row.period.split("/"))
            if row.period in band.index and before in band.index and band.loc[before, "low"] > 0:
                seen += 1
                least = (band.loc[row.period, "low"] / band.loc[before, "high"] - 1) * 100
                most = (band.loc[row.period, "high"] / band.loc[before, "low"] - 1) * 100
                if not least - 5.5 <= row.value <= most + 5.5:
                    off.add((name, row.period))
    assert seen > 120
    assert off == BASE_REVISED
