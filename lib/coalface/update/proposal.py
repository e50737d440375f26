"""Proposed rows: what a downloaded document adds to data/, and how it is put there beside the old rows."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coalface.data import Catalogue, checks, package, periods, sheets
from coalface.errors import CoverageError, DataError

ROUNDING = 5e-5
"""Two figures within this share are one figure, printed with more or fewer digits."""
COLUMNS = ["series_id", "period", "value", "unit", "source_id", "note"]


@dataclass(frozen=True)
class Document:
    """A downloaded document, described as a row of sources.csv without its id."""

    stem: str
    """Start of the source_id; the date follows."""
    publisher: str
    title: str
    url: str
    licence: str
    how_obtained: str
    grade: str = "A"

    def row(self, published: str) -> dict[str, str]:
        """The row of sources.csv for the edition of a date."""
        return {
            "source_id": f"{self.stem}_{published.replace('-', '')}",
            "publisher": self.publisher,
            "title": f"{self.title}, {published}",
            "url": self.url,
            "published": published,
            "licence": self.licence,
            "grade": self.grade,
            "how_obtained": self.how_obtained,
            "note": "",
        }


@dataclass(frozen=True)
class Proposal:
    """A document and the rows that it would add; `rows` is empty if it says nothing new."""

    source: dict[str, str]
    rows: pd.DataFrame


def gather(cat: Catalogue, document: Document, published: str, readings: pd.DataFrame) -> Proposal:
    """The readings that the catalogue does not have yet, or has with another newest value.

    Parameters
    ----------
    readings : pandas.DataFrame
        Columns series_id, period, value in the unit of the series, and note.
    published : str
        Date of the document.
    """
    if not published:
        raise DataError("the document does not say its date; give it with --published, as 2026-11-22")
    periods.parse(published)
    source = document.row(published)
    if source["source_id"] in cat.sources.index:
        raise DataError(f"the edition {source['source_id']} is in sources.csv already; nothing to propose")
    news = []
    for series_id, part in readings.groupby("series_id", sort=True):
        name = str(series_id)
        unit = cat.unit(name)
        try:
            newest = cat.spread(name)["newest"]
            known = {periods.write(at): value for at, value in newest.items()}  # type: ignore[arg-type]
        except CoverageError:
            known = {}
        last = part["period"].map(known).to_numpy(dtype=float)
        fresh = ~np.isclose(last, part["value"].to_numpy(dtype=float), rtol=ROUNDING, atol=0)
        news.append(part[fresh].assign(unit=unit, source_id=source["source_id"]))
    rows = pd.concat(news, ignore_index=True) if news else readings.assign(unit="", source_id="")
    return Proposal(source, rows.sort_values(["series_id", "period"], ignore_index=True)[COLUMNS])


def write(proposal: Proposal, folder: Path) -> list[Path]:
    """Add a proposal to a data folder beside the old rows, and describe the edit; the files that changed.

    Raises
    ------
    DataError
        If the rows would break a rule; then nothing is written.
    """
    if proposal.rows.empty:
        return []
    read, _ = checks.read_sheets(folder)
    changed = {"sources.csv": _append(folder / "sources.csv", list(proposal.source.values()))}
    homes = {
        series_id: sheet.file
        for sheet in read.values()
        if sheet.table == "obs"
        for series_id in sheet.frame["series_id"].unique()
    }
    for file, part in proposal.rows.groupby(proposal.rows["series_id"].map(homes)):
        changed[str(file)] = _insert(folder / str(file), part)
    for file, content in changed.items():
        sheet, faults = sheets.parse(content, file, read[file].table)
        if sheet is None or faults:
            raise DataError(f"{file} would no longer be a table: {faults[0]}")
        read[file] = sheet
    if faults := checks.rule_faults(read, only=changed):
        raise DataError(f"nothing was written, as the rows would break a rule: {faults[0]}")
    for file, content in changed.items():
        (folder / file).write_bytes(content)
    package.write(folder)
    return [folder / file for file in changed]


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _append(path: Path, cells: list[str]) -> bytes:
    return path.read_bytes() + _line(cells).encode("utf-8")


def _insert(path: Path, rows: pd.DataFrame) -> bytes:
    """The file with the rows put where series, period and source order them; old lines stay as they are."""
    head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    new = [_line([_plain(value) for value in row]) for row in rows.itertuples(index=False)]
    body = sorted([*lines, *new], key=lambda text: _key(next(csv.reader([text]))))
    return "".join([head, *body]).encode("utf-8")


def _key(cells: list[str]) -> tuple[str, str, str]:
    return cells[0], cells[1], cells[4]


def _plain(value: object) -> str:
    return format(value, ".10g") if isinstance(value, float) else str(value)
