"""Rules that hold in every table: header, cells, keys, references and the codebook."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from coalface.data import periods
from coalface.data.schema import DATE, TABLES
from coalface.data.sheets import Fault, Sheet, hygiene
from coalface.errors import DataError, near

NUMBER = {"number": re.compile(r"-?[0-9]+(\.[0-9]+)?"), "integer": re.compile(r"-?[0-9]+")}
Codebook = Mapping[str, str]
"""Column to type, of one table."""


def marked(column: pd.Series, wrong: Callable[[str], bool]) -> np.ndarray:
    """Rows whose value is wrong; each different value is asked once."""
    bad = [value for value in column.unique() if wrong(value)]
    return column.isin(bad).to_numpy() if bad else np.zeros(len(column), dtype=bool)


def header(sheet: Sheet, codebook: Codebook) -> list[Fault]:
    """Columns that the codebook does not have, and the reverse."""
    have, want = set(sheet.frame.columns), {*codebook, *TABLES[sheet.table].key}
    say = {
        **{name: f"column {name!r} is not in the codebook{near(name, want - have)}" for name in have - want},
        **{name: f"column {name!r} of the codebook is missing" for name in want - have},
    }
    return [
        Fault(sheet.file, 1, say[name], "bring the header and tables.csv together") for name in sorted(say)
    ]


def cells(sheet: Sheet, codebook: Codebook) -> Iterator[Fault]:
    """Cells that are empty, ill-formed, of the wrong type, off their closed list or out of their limits."""
    rules = TABLES[sheet.table]
    for name in codebook:
        column = sheet.frame[name]
        for value in column.unique():
            if what := hygiene(value):
                yield from sheet.faults(
                    column == value,
                    f"{name} {{{name}!r}} {what}",
                    "write the value alone, or leave the cell empty",
                )
        if name not in rules.optional:
            yield from sheet.faults(column == "", f"{name} is empty", "fill it from the document")
        kind = codebook.get(name, "text")
        if kind in NUMBER:
            yield from _numbers(sheet, name, kind)
        if name in rules.pattern:
            form = re.compile(rules.pattern[name])
            off = marked(column, lambda value, form=form: bool(value) and form.fullmatch(value) is None)  # type: ignore[misc]
            what = "a calendar date" if rules.pattern[name] == DATE else "of the form that its column asks"
            yield from sheet.faults(off, f"{name} '{{{name}}}' is not {what}", "see the schema in README.md")
        if name in rules.listed:
            yield from sheet.faults(
                marked(column, lambda value: bool(value) and _ill_listed(value)),
                f"{name} '{{{name}}}' is not a list with `;` between different items",
                "write a;b without blanks or repeats",
            )
        if name in rules.closed:
            allowed = rules.closed[name]
            split = name in rules.listed
            off = marked(column, lambda v, a=allowed, s=split: any(i not in a for i in _items(v, s)))  # type: ignore[misc]
            yield from sheet.faults(
                off, f"{name} '{{{name}}}' is not on the closed list", f"use {', '.join(allowed)}"
            )


def _numbers(sheet: Sheet, name: str, kind: str) -> Iterator[Fault]:
    column, form = sheet.frame[name], NUMBER[kind]
    low, high = TABLES[sheet.table].limits.get(name, (-math.inf, math.inf))
    off = marked(column, lambda value: bool(value) and form.fullmatch(value) is None)
    yield from sheet.faults(
        off,
        f"{name} '{{{name}}}' is not a plain {kind}",
        "write it with a decimal point, without blanks, signs of thousands or a unit",
    )
    far = marked(
        column, lambda value: form.fullmatch(value) is not None and not low <= float(value) <= high
    )  # an overlong row of digits is infinite, and so beyond every limit
    endless = marked(column, lambda value: form.fullmatch(value) is not None and math.isinf(float(value)))
    yield from sheet.faults(
        far | endless,
        f"{name} '{{{name}}}' is outside {low:g} to {high:g}",
        "check the unit, the sign and the digits",
    )


def _items(value: str, split: bool) -> list[str]:
    return [item for item in (value.split(";") if split else [value]) if item]


def _ill_listed(value: str) -> bool:
    items = value.split(";")
    return len(set(items)) < len(items) or any(item != item.strip() or not item for item in items)


def keys(sheet: Sheet) -> Iterator[Fault]:
    """Rows that repeat the key of an earlier row of the sheet."""
    key = list(TABLES[sheet.table].key)
    yield from sheet.faults(
        sheet.frame.duplicated(key).to_numpy(),
        f"the key {' + '.join(key)} ({', '.join(f'{{{name}}}' for name in key)}) is already taken",
        "remove the repeat, or name the document that differs",
    )


def references(sheet: Sheet, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    """Cells that name a row which the other table does not have; a table that cannot be read is not asked."""
    rules = TABLES[sheet.table]
    for name, target in rules.refers.items():
        if target not in known:
            continue
        ids, split = known[target], name in rules.listed
        lost = marked(sheet.frame[name], lambda v, i=ids, s=split: any(x not in i for x in _items(v, s)))  # type: ignore[misc]
        for place in np.flatnonzero(lost):
            missing = next(i for i in _items(sheet.frame[name].iloc[place], split) if i not in ids)
            yield Fault(
                sheet.file,
                int(sheet.lines[place]),
                f"{name} {missing!r} is not in {target}.csv{near(missing, ids)}",
                f"correct it, or add its row to {target}.csv",
            )


def dates(sheet: Sheet, name: str) -> Iterator[Fault]:
    """Cells with a day or a window that the calendar does not have."""
    for value in sheet.frame[name].unique():
        try:
            if value:
                periods.days(value)
        except DataError as error:
            what, _, repair = str(error).partition("; ")
            what = what.replace("{", "{{").replace("}", "}}")
            yield from sheet.faults(sheet.frame[name] == value, f"{name}: {what}", repair)


def books(codebook: Sheet, files: set[str]) -> Iterator[Fault]:
    """Entries of the codebook that describe no table or layer, and tables that it does not describe."""
    named = codebook.frame["table"]
    yield from codebook.faults(
        ~named.isin(files),
        "the codebook describes {table!r}, which is not there",
        "correct the name or remove the row",
    )
    for table in sorted(files - set(named) - {"tables"}):
        yield Fault(codebook.file, 0, f"the codebook lacks {table}", "add a row for each of its columns")
