"""The tables of a data folder in memory, read once for each state of the files."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from coalface.data import periods
from coalface.data.schema import TABLES
from coalface.errors import DataError, near

NUMBERS = ("number", "integer")


@dataclass(frozen=True)
class Shelves:
    """Rows in the order of their series, so that those of one series are a slice."""

    rows: pd.DataFrame
    spans: dict[str, tuple[int, int]]

    @classmethod
    def of_rows(cls, rows: pd.DataFrame) -> Shelves:
        """The rows by series, each series in the order that it had."""
        codes, names = pd.factorize(rows["series_id"])
        ends = np.cumsum(np.bincount(codes)).tolist()
        spans = dict(zip(names, pairwise([0, *ends]), strict=True))
        return cls(rows.take(np.argsort(codes, kind="stable")).reset_index(drop=True), spans)

    def of(self, *series_ids: str) -> pd.DataFrame:
        """The rows of these series, one series after the other."""
        spans = [self.spans.get(series_id, (0, 0)) for series_id in series_ids]
        if len(spans) == 1:
            return self.rows.iloc[slice(*spans[0])]
        return self.rows.take(np.concatenate([np.arange(*span) for span in [(0, 0), *spans]]))


@dataclass(frozen=True)
class Store:
    """Frames of one data folder; whoever gets one gets a shallow copy, which pandas copies on write."""

    folder: Path
    _tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def codebook(self) -> pd.DataFrame:
        """The codebook: table, column, type, unit, description."""
        return raw(self.folder / "tables.csv")

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Documents by source_id."""
        return raw(self.folder / "sources.csv").set_index("source_id")

    @cached_property
    def series(self) -> pd.DataFrame:
        """Series by series_id; lag_days is a number."""
        table = raw(self.folder / "series.csv").set_index("series_id")
        return table.assign(lag_days=pd.to_numeric(table["lag_days"].replace("", np.nan)))

    @cached_property
    def entries(self) -> dict[str, dict[str, str]]:
        """Rows of series.csv as text, by series_id."""
        table = raw(self.folder / "series.csv")
        return dict(zip(table["series_id"], table.to_dict("records"), strict=True))

    @cached_property
    def document_day(self) -> dict[str, pd.Timestamp]:
        """Day from which a document counts: the end of its date, month or year; NaT if it carries none."""
        return dict(zip(self.sources.index, periods.bounds(self.sources["published"])["end"], strict=True))

    @cached_property
    def obs(self) -> pd.DataFrame:
        """Every observation with its document, the days that it spans and the day on which it was known.

        The column `assumed` is for a catalogue of a day; of all that is known nothing is assumed.
        """
        files = sorted((self.folder / "obs").glob("*.csv"))
        if not files:
            raise DataError(f"no observations in {self.folder / 'obs'}; give the data folder to read()")
        rows = self._correct(pd.concat([raw(path) for path in files], ignore_index=True))
        values = pd.to_numeric(rows["value"], errors="coerce")
        if values.isna().any():
            raise DataError(f"a value is not a number; run `coalface check`\n{rows[values.isna()].head()}")
        for column, table in (("series_id", self.series), ("source_id", self.sources)):
            lost = ~rows[column].isin(table.index)
            if lost.any():
                raise DataError(f"a {column} is not in its table; run `coalface check`\n{rows[lost].head()}")
        about = self.sources[["publisher", "published", "grade"]].reindex(rows["source_id"])
        entry = self.series[["revised", "lag_days"]].reindex(rows["series_id"])
        span = periods.bounds(rows["period"])
        document_day = rows["source_id"].map(self.document_day)
        lag = pd.to_timedelta(entry["lag_days"].to_numpy(), unit="D").as_unit("s")
        early = (span["end"] + lag).where(
            entry["revised"].isin(["never", "rarely"]).to_numpy() & document_day.notna()
        )
        return rows.assign(
            value=values,
            start=span["start"],
            end=span["end"],
            publisher=about["publisher"].to_numpy(),
            published=about["published"].to_numpy(),
            grade=about["grade"].to_numpy(),
            revised=entry["revised"].to_numpy(),
            document_day=document_day,
            known=np.fmin(document_day.to_numpy(), early.to_numpy()),
            assumed=False,
        )

    @cached_property
    def all_rows(self) -> Shelves:
        """Every observation by series, in file order."""
        return Shelves.of_rows(self.obs)

    @cached_property
    def ranked_rows(self) -> Shelves:
        """Every observation by series and period; in a period the one that counts comes first."""
        return Shelves.of_rows(ranked(self.obs))

    @cached_property
    def newest_rows(self) -> Shelves:
        """The observation that counts, of every period of every series."""
        return Shelves.of_rows(self.ranked_rows.rows.drop_duplicates(["series_id", "period"]))

    def known_by(self, name: str) -> str:
        """How `as_of` dates the rows of a table."""
        return TABLES[name].known_by

    def table(self, name: str) -> pd.DataFrame:
        """A typed table with the documents of each row in the column _sources."""
        names = [other for other, rules in TABLES.items() if rules.known_by]
        if name not in names:
            raise DataError(f"no table {name!r}{near(name, names)}; there are {', '.join(names)}")
        if name not in self._tables:
            frame = raw(self.folder / f"{name}.csv")
            types = self.codebook[self.codebook["table"] == name].set_index("column")["type"]
            for column in frame.columns.intersection(types.index[types.isin(NUMBERS)]):
                frame[column] = pd.to_numeric(frame[column].replace("", np.nan)).astype(float)
            cited = [column for column, target in TABLES[name].refers.items() if target == "sources"]
            joined = frame[cited].agg(";".join, axis=1)
            frame["_sources"] = [tuple(i for i in text.split(";") if i) for text in joined]
            self._tables[name] = frame
        return self._tables[name].copy(deep=False)

    def _correct(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Mend the publishers' errors of corrections.csv; the file itself keeps what was printed."""
        path = self.folder / "corrections.csv"
        if not path.is_file():
            return rows
        known = raw(path)
        for fix in known[known["status"] == "open"].to_dict("records"):
            at = (
                rows[["series_id", "period", "source_id"]]
                == [fix["series_id"], fix["period"], fix["source_id"]]
            ).all(axis=1)
            if list(rows.loc[at, "value"]) != [fix["expect"]]:
                raise DataError(
                    f"the correction of {fix['series_id']} {fix['period']} expects the value {fix['expect']} "
                    f"but finds {list(rows.loc[at, 'value'])}; the source may have mended it, so review it"
                )
            if fix["action"] == "drop":
                rows = rows[~at].reset_index(drop=True)
            else:
                rows.loc[at, ["value", "note"]] = [fix["value"], f"corrected: {fix['reason']}"]
        return rows


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by period; in it documents that were out first, then the newest, the best grade, file order."""
    day = rows["document_day"].to_numpy()
    age = np.where(np.isnat(day), np.iinfo("int64").max, -day.astype("int64"))
    grade = pd.factorize(rows["grade"], sort=True)[0]
    keys = (grade, age, rows["assumed"], rows["start"], rows["end"])  # the last counts most
    return rows.take(np.lexsort(keys))


def raw(path: Path) -> pd.DataFrame:
    """A CSV table as text, with nothing read as missing."""
    if not path.is_file():
        raise DataError(f"no table {path.name} in {path.parent}; restore it from the repository")
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8")


def geo_source(codebook: pd.DataFrame, name: str) -> str:
    """Document of a map layer, as the codebook names it."""
    text = " ".join(codebook.loc[codebook["table"] == f"geo/{name}.geojson", "description"])
    found = re.search(r"source (\w+)", text)
    if found is None:
        raise DataError(f"tables.csv names no source for the map layer {name}; add `source SOURCE_ID` there")
    return found[1]


def open_store(folder: Path) -> Store:
    """The store of a folder, the same object as long as no file has changed."""
    return _open(folder, _stamps(folder))


def digest(folder: Path) -> str:
    """Sha256 over the names and contents of all tables and map layers of a folder."""
    return _digest(folder, _stamps(folder))


Stamps = tuple[tuple[str, int, int], ...]


def _stamps(folder: Path) -> Stamps:
    found = [path for kind in ("*.csv", "obs/*.csv", "geo/*.geojson") for path in folder.glob(kind)]
    named = sorted((path.relative_to(folder).as_posix(), path.stat()) for path in found)
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in named)


@lru_cache(maxsize=4)
def _open(folder: Path, stamps: Stamps) -> Store:
    return Store(folder)


@lru_cache(maxsize=4)
def _digest(folder: Path, stamps: Stamps) -> str:
    whole = hashlib.sha256()
    for name, _, _ in stamps:
        content = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        whole.update(f"{name} {content}\n".encode())
    return whole.hexdigest()
