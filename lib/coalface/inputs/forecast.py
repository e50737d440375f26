"""Shelves of the forecasts: unbroken runs, how much of a broken record is known, and what came after."""

from __future__ import annotations

import pandas as pd

from coalface.data import Catalogue, Shelf, Trace, periods, units
from coalface.inputs import reading
from coalface.inputs.exports import ENERGY, PARTNERS

RECORDS = {
    "China's imports from Russia": PARTNERS["china"],
    "Rosstat output": "coal.output.ru.rosstat.monthly",
}
RAIL = "coal.rail.ru.total"


def longest_run(series: pd.Series) -> pd.Series:
    """The longest stretch of a regular series without a missing period; the later one if two tie."""
    known = series.dropna()
    if known.empty:
        return known
    block = (known.index.astype("int64").to_series(index=known.index).diff() != 1).cumsum()
    sizes = block.value_counts().sort_index()
    best = sizes[sizes == sizes.max()].index[-1]
    run: pd.Series = known[(block == best).to_numpy()]
    return run


def china(cat: Catalogue) -> Shelf:
    """China's monthly imports of hard coal from Russia, Mt: its last unbroken run."""
    return _run(cat, PARTNERS["china"])


def output(cat: Catalogue) -> Shelf:
    """Russian coal output by month as Rosstat counts it, Mt: its longest unbroken run."""
    return _run(cat, RECORDS["Rosstat output"])


def energy(cat: Catalogue) -> Shelf:
    """Russia's annual coal exports, EJ, newest edition."""
    found = longest_run(reading.load(cat, ENERGY))
    return Shelf(found.rename("exports"), reading.trace(cat, ENERGY))


def record(cat: Catalogue, start: str = "2017-01") -> Shelf:
    """What is known of the monthly records since `start`: months known, months passed, last month.

    Rows: China's imports, Rosstat output, railway loadings (printed months and steps between running totals).
    """
    rows = {name: reading.load(cat, series) for name, series in RECORDS.items()}
    printed = reading.load(cat, f"{RAIL}.monthly")
    steps = reading.rows_of(cat, f"{RAIL}.window")
    if len(steps):
        found = periods.increments(steps)
        found = found[found["months"] == 1]
        months = pd.PeriodIndex(found["start"], freq="M")
        printed = pd.concat([printed, pd.Series(found["value"].to_numpy(), months)])
    rows["Railway loadings"] = printed[~printed.index.duplicated()].sort_index() if len(printed) else printed
    last = max((s.index[-1] for s in rows.values() if len(s)), default=None)
    table = {}
    for name, series in rows.items():
        if not len(series) or last is None:
            continue
        recent = series[series.index >= pd.Period(start, freq="M")]
        run = longest_run(series)
        table[name] = {
            "known": len(recent),
            "passed": len(pd.period_range(start, last, freq="M")),
            "last": str(series.index[-1]),
            "longest_run": f"{run.index[0]} to {run.index[-1]}",
            "run_months": len(run),
        }
    names = [*RECORDS.values(), f"{RAIL}.monthly", f"{RAIL}.window"]
    return Shelf(
        pd.DataFrame.from_dict(table, orient="index").rename_axis("series"), reading.trace(cat, *names)
    )


def china_after(cat: Catalogue) -> Shelf:
    """Single months of China's imports from Russia that the press printed after the customs series ends, Mt.

    Mostly with lignite, which the customs series leaves out: a look, not a score.
    """
    series = "coal.imports.cn.from_ru.press.monthly"
    found, known = reading.load(cat, series), reading.load(cat, PARTNERS["china"])
    later = found[found.index > known.index[-1]] if len(found) and len(known) else found[:0]
    return Shelf(later.rename("printed later"), reading.trace(cat, series) if len(later) else Trace())


def _run(cat: Catalogue, series: str) -> Shelf:
    found = longest_run(reading.load(cat, series))
    if found.empty:
        return Shelf(found.rename(series), Trace())
    values = units.convert(found.to_numpy(), cat.unit(series), "Mt")
    return Shelf(
        pd.Series(values, found.index, name="imports" if "imports" in series else "output"), cat.trace(series)
    )
