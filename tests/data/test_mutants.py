"""Random slips of a single observation: how many the rules catch when the hash has been accepted again.

With the hash of datapackage.json every one of them is caught, as any other byte is. Run as a script, it
prints the table that data/README.md quotes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from coalface.data import checks, units

DATA = Path(__file__).parents[2] / "data"
SEED, EACH = 20261122, 32
Slip = Callable[[pd.DataFrame, int, np.random.Generator], pd.DataFrame | None]
"""Rows of one series, place of the row and a generator to damaged rows; None where it cannot be done."""


def cell(column: str, new: Callable[[str, np.random.Generator], str | None]) -> Slip:
    def slip(rows: pd.DataFrame, place: int, rng: np.random.Generator) -> pd.DataFrame | None:
        old = rows[column].iloc[place]
        value = new(old, rng)
        if value is None or value == old:
            return None
        return rows.assign(**{column: [*rows[column].iloc[:place], value, *rows[column].iloc[place + 1 :]]})

    return slip


def transposed(value: str, rng: np.random.Generator) -> str | None:
    pairs = [i for i in range(len(value) - 1) if value[i : i + 2].isdigit() and value[i] != value[i + 1]]
    if not pairs:
        return None
    i = int(rng.choice(pairs))
    return value[:i] + value[i + 1] + value[i] + value[i + 2 :]


def typo(text: str, rng: np.random.Generator) -> str:
    i = int(rng.integers(len(text)))
    return text[:i] + text[i + 1 :]


def later_year(period: str, rng: np.random.Generator) -> str | None:
    return None if "/" in period else f"{int(period[:4]) + 1}{period[4:]}"


def neighbour(column: str) -> Slip:
    """Exchange a cell with that of the next row of the series."""

    def slip(rows: pd.DataFrame, place: int, rng: np.random.Generator) -> pd.DataFrame | None:
        if place + 1 >= len(rows) or rows[column].iloc[place] == rows[column].iloc[place + 1]:
            return None
        values = rows[column].to_list()
        values[place], values[place + 1] = values[place + 1], values[place]
        return rows.assign(**{column: values})

    return slip


def next_period(rows: pd.DataFrame, place: int, rng: np.random.Generator) -> pd.DataFrame | None:
    """Give a row the period of the next row."""
    if place + 1 >= len(rows) or rows["period"].iloc[place] == rows["period"].iloc[place + 1]:
        return None
    return cell("period", lambda _, __: rows["period"].iloc[place + 1])(rows, place, rng)


def gone(rows: pd.DataFrame, place: int, rng: np.random.Generator) -> pd.DataFrame | None:
    return None if len(rows) < 2 else rows.drop(index=rows.index[place])


def kinds(documents: list[str]) -> dict[str, Slip]:
    spelled = list(units.UNITS)
    return {
        "decimal comma": cell("value", lambda v, _: v.replace(".", ",")),
        "empty value": cell("value", lambda v, _: ""),
        "other unit": cell("unit", lambda v, rng: str(rng.choice(spelled))),
        "typing error in the series": cell("series_id", typo),
        "typing error in the document": cell("source_id", typo),
        "year for a shorter period": cell("period", lambda v, _: v[:4]),
        "period of the next row": next_period,
        "periods of two rows swapped": neighbour("period"),
        "period a year later": cell("period", later_year),
        "row of another document": cell("source_id", lambda v, rng: str(rng.choice(documents))),
        "sign": cell("value", lambda v, _: v.removeprefix("-") if v.startswith("-") else f"-{v}"),
        "thousand times too large": cell("value", lambda v, _: f"{float(v) * 1000:.6f}"),
        "thousand times too small": cell("value", lambda v, _: f"{float(v) / 1000:.9f}"),
        "values of two rows swapped": neighbour("value"),
        "two digits swapped": cell("value", transposed),
        "missing row": gone,
    }


def campaign(seed: int = SEED, each: int = EACH) -> pd.DataFrame:
    """Mutants and the share of them that the rules alone catch, by kind."""
    read, faults = checks.read_sheets(DATA)
    assert not faults
    rng = np.random.default_rng(seed)
    observed = [sheet for sheet in read.values() if sheet.table == "obs"]
    sizes = np.array([len(sheet.frame) for sheet in observed])
    counts = {}
    for kind, slip in kinds(read["sources.csv"].frame["source_id"].to_list()).items():
        caught = made = 0
        while made < each:
            sheet = observed[int(rng.choice(len(observed), p=sizes / sizes.sum()))]
            row = int(rng.integers(len(sheet.frame)))
            mine = np.flatnonzero((sheet.frame["series_id"] == sheet.frame["series_id"].iloc[row]).to_numpy())
            rows = slip(sheet.frame.iloc[mine], int(np.searchsorted(mine, row)), rng)
            if rows is None:
                continue
            # rules look at a row, at its neighbours in the file and at its series, so this part is enough
            around = [sheet.frame.iloc[: mine[0]].tail(1), rows, sheet.frame.iloc[mine[-1] + 1 :].head(1)]
            frame = pd.concat(around, ignore_index=True)
            part = replace(sheet, frame=frame, lines=np.arange(len(frame)) + 2)
            made += 1
            caught += bool(checks.rule_faults({**read, sheet.file: part}, only={sheet.file}))
        counts[kind] = (made, caught)
    table = pd.DataFrame(counts, index=["mutants", "caught"]).T
    return table.assign(share=table["caught"] / table["mutants"])


FLOOR = {
    "decimal comma": 1.0,
    "empty value": 1.0,
    "other unit": 1.0,
    "typing error in the series": 1.0,
    "typing error in the document": 1.0,
    "year for a shorter period": 0.9,
    "period of the next row": 0.9,
    "periods of two rows swapped": 0.9,
    "period a year later": 0.8,
    "sign": 0.6,
    "thousand times too large": 0.6,
    "thousand times too small": 0.4,
}
"""What the rules must catch at least; a plausible wrong number or a missing row only the hash can tell."""


def test_slips_that_a_rule_can_see_are_caught() -> None:
    share = campaign()["share"]
    assert (share[list(FLOOR)] >= pd.Series(FLOOR)).all(), share


def test_the_part_of_a_file_that_the_campaign_checks_is_without_fault_when_undamaged() -> None:
    read, _ = checks.read_sheets(DATA)
    sheet = read["obs/firms.csv"]
    part = replace(sheet, frame=sheet.frame.iloc[10:40], lines=sheet.lines[10:40])
    assert checks.rule_faults({**read, sheet.file: part}, only={sheet.file}) == []


if __name__ == "__main__":
    found = campaign()
    print(found.to_string(formatters={"share": "{:.0%}".format}))
    print(f"all: {found['caught'].sum() / found['mutants'].sum():.0%} of {found['mutants'].sum()}")
