"""The check of a data folder: every rule of its README, each fault with file, line and repair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import pandas as pd

from coalface.data import facts, package, places, rules, sheets
from coalface.data.schema import OPTIONAL, TABLES
from coalface.data.sheets import Fault, Sheet

__all__ = ["Fault", "run"]

BESIDE = ("datapackage.json", "README.md")


def run(folder: str | Path) -> list[Fault]:
    """Every fault of a data folder, by file and line; empty if there is none."""
    folder = Path(folder)
    if not folder.is_dir():
        return [Fault(str(folder), 0, "there is no such folder", "give the folder of the tables")]
    read, faults = read_sheets(folder)
    faults += rule_faults(read)
    faults += book_faults(folder, read)
    faults += _layers(folder, read)
    faults += package.faults(folder)
    return sorted(set(faults))


def rule_faults(read: Mapping[str, Sheet], only: Iterable[str] | None = None) -> list[Fault]:
    """Faults of sheets that have been read, by file name; `only` checks some of them against all."""
    books = _codebooks(read)
    headers = {file: rules.header(sheet, books[sheet.table]) for file, sheet in read.items()}
    sound = {file: sheet for file, sheet in read.items() if not headers[file]}
    chosen = set(read) if only is None else set(only)
    faults = [fault for file in chosen for fault in headers[file]]
    for file in sorted(chosen & set(sound)):
        faults += _sheet(sound[file], sound, books[sound[file].table])
    if only is None:
        faults += _repeats(sound)
        towns, mines = sound.get("towns.csv"), sound.get("mines.csv")
        if towns and mines and len(towns.frame) and len(mines.frame):
            faults += places.neighbours(towns, mines)
    return faults


def read_sheets(folder: Path) -> tuple[dict[str, Sheet], list[Fault]]:
    """Sheets of a data folder by file name, and the faults of its files and their text."""
    files = {f"{name}.csv": name for name in TABLES if name != "obs"}
    observed = {path.relative_to(folder).as_posix(): "obs" for path in (folder / "obs").glob("*.csv")}
    faults = [
        Fault(file, 0, "the table is missing", "restore it from the repository")
        for file, name in files.items()
        if name not in OPTIONAL and not (folder / file).is_file()
    ]
    if not observed:
        faults.append(Fault("obs", 0, "there is no table of observations", "restore it from the repository"))
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder).as_posix()
        layer = path.parent.name == "geo" and path.suffix == ".geojson"
        if path.is_file() and file not in {*files, *observed, *BESIDE} and not layer:
            faults.append(Fault(file, 0, "no rule knows this file", "move it out of the data folder"))
    read: dict[str, Sheet] = {}
    for file, table in sorted({**files, **observed}.items()):
        if (folder / file).is_file():
            sheet, found = sheets.parse((folder / file).read_bytes(), file, table)
            faults += found
            if sheet is not None:
                read[file] = sheet
    return read, faults


def _codebooks(read: Mapping[str, Sheet]) -> dict[str, dict[str, str]]:
    """Column to type for each table; without a codebook the columns are taken as they are, as text."""
    own = dict.fromkeys(("table", "column", "type", "unit", "description"), "text")
    book = read.get("tables.csv")
    if book is None or not set(own) <= set(book.frame.columns):
        return {sheet.table: dict.fromkeys(sheet.frame.columns, "text") for sheet in read.values()} | {
            "tables": own
        }
    groups: dict[str, dict[str, str]] = {name: {} for name in TABLES}
    for table, column, kind in zip(*(book.frame[name] for name in ("table", "column", "type")), strict=True):
        groups.setdefault(table, {})[column] = kind
    return groups | {"tables": own}


def _sheet(sheet: Sheet, read: Mapping[str, Sheet], codebook: Mapping[str, str]) -> Iterator[Fault]:
    yield from rules.cells(sheet, codebook)
    yield from rules.keys(sheet)
    known = {
        name: set(read[f"{name}.csv"].frame[TABLES[name].key[0]])
        for name in ("series", "sources", "towns", "events", "claims")
        if f"{name}.csv" in read
    }
    yield from rules.references(sheet, known)
    published: dict[str, str] = {}
    if "sources.csv" in read:
        documents = read["sources.csv"].frame
        published = dict(zip(documents["source_id"], documents["published"], strict=True))
    if sheet.table == "obs":
        yield from rules.dates(sheet, "period")
        if "series.csv" in read:
            entries = read["series.csv"].frame.drop_duplicates("series_id").set_index("series_id")
            yield from facts.obs(sheet, entries, published)
    elif sheet.table == "series":
        yield from facts.series(sheet, {i for other in _obs(read) for i in other.frame["series_id"].unique()})
    elif sheet.table == "sources":
        yield from facts.sources(sheet, _used(read))
    elif sheet.table == "events":
        yield from facts.events(sheet)
    elif sheet.table == "claims":
        yield from rules.dates(sheet, "period")
    elif sheet.table == "claim_rules":
        yield from rules.dates(sheet, "period")
        yield from rules.dates(sheet, "base_period")
    elif sheet.table == "forecasts":
        yield from facts.forecasts(sheet, published)
    elif sheet.table == "multipliers":
        yield from facts.ranges(sheet, "estimate")
    elif sheet.table == "corrections":
        yield from rules.dates(sheet, "period")
        key = list(TABLES["obs"].key)
        pairs = (zip(map(tuple, o.frame[key].to_numpy()), o.frame["value"], strict=True) for o in _obs(read))
        yield from facts.corrections(sheet, dict(chain.from_iterable(pairs)))
    elif sheet.table == "towns":
        yield from places.towns(sheet, known.get("series", set()))


def _obs(read: Mapping[str, Sheet]) -> list[Sheet]:
    return [sheet for sheet in read.values() if sheet.table == "obs"]


def _used(read: Mapping[str, Sheet]) -> set[str]:
    """Documents that a row or a map layer comes from."""
    named: set[str] = set()
    for sheet in read.values():
        for column, target in TABLES[sheet.table].refers.items():
            if target == "sources":
                named.update(item for cell in sheet.frame[column].unique() for item in cell.split(";"))
    if "tables.csv" in read:
        named.update(" ".join(read["tables.csv"].frame["description"]).replace(",", " ").split())
    return named


def _repeats(read: Mapping[str, Sheet]) -> Iterator[Fault]:
    """Observations that stand in two files."""
    key = list(TABLES["obs"].key)
    files = _obs(read)
    if not files:
        return
    every = pd.concat([sheet.frame[key].drop_duplicates() for sheet in files], keys=range(len(files)))
    twice = every.duplicated(keep="first")
    for number, sheet in enumerate(files):
        mine = (
            set(map(tuple, every[twice].loc[[number]].to_numpy())) if number in every[twice].index else set()
        )
        if mine:
            bad = [row in mine for row in map(tuple, sheet.frame[key].to_numpy())]
            yield from sheet.faults(
                pd.Series(bad),
                "{series_id} {period} of {source_id} stands in another file too",
                "keep it in one file",
            )


def book_faults(folder: Path, read: Mapping[str, Sheet]) -> list[Fault]:
    """Tables and map layers that the codebook does not describe, and the reverse."""
    book = read.get("tables.csv")
    if book is None or "table" not in book.frame:
        return []
    layers = {path.relative_to(folder).as_posix() for path in (folder / "geo").glob("*.geojson")}
    return list(rules.books(book, {*(sheet.table for sheet in read.values()), *layers}))


def _layers(folder: Path, read: Mapping[str, Sheet]) -> Iterator[Fault]:
    files = [path.relative_to(folder).as_posix() for path in sorted((folder / "geo").glob("*.geojson"))]
    ids = {
        name: set(read[name].frame.iloc[:, 0]) if name in read else set()
        for name in ("sources.csv", "mines.csv")
    }
    for file in files:
        yield from places.layer(folder, file, ids["sources.csv"], ids["mines.csv"])
