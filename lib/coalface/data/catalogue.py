"""The catalogue: every figure with its document, and what was known on a day."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coalface.data import periods
from coalface.data.store import Shelves, Store, digest, geo_source, open_store, ranked
from coalface.data.trace import Trace, newest
from coalface.data.vintages import Disagreement, disagreement, triangle
from coalface.errors import CoverageError, DataError, UnknownSeriesError, near

LATEST = ("", "latest")
DOCUMENT = ["publisher", "title", "url", "published", "grade", "licence"]


@dataclass(frozen=True)
class _Log:
    """What a run has loaded; shared by a catalogue and its `as_of` children."""

    used: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    warnings: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, repr=False)
class Catalogue:
    """The tables of data/, read once and never changed.

    A catalogue of a day (`as_of`) shows only what was known on that day. It remembers which documents a run
    has loaded (`cite`) and which warnings go with them (`used_warnings`); its `as_of` children share that.
    """

    folder: Path
    day: pd.Timestamp | None = None
    _store: Store = field(kw_only=True, compare=False)
    _log: _Log = field(default_factory=_Log, kw_only=True, compare=False)

    def __repr__(self) -> str:
        day = "latest" if self.day is None else f"as of {self.day:%Y-%m-%d}"
        return (
            f"<Catalogue {self.folder.name}: {len(self.series)} series, {len(self.sources)} documents, {day}>"
        )

    @property
    def sources(self) -> pd.DataFrame:
        """Every document, by source_id."""
        return self._store.sources.copy(deep=False)

    @property
    def series(self) -> pd.DataFrame:
        """Every series, by series_id."""
        return self._store.series.copy(deep=False)

    @property
    def digest(self) -> str:
        """Sha256 of the data package: the names and contents of all its tables."""
        return digest(self.folder)

    def as_of(self, day: str) -> Catalogue:
        """A catalogue that sees only what was known on `day`; "" and "latest" see everything.

        Parameters
        ----------
        day : str
            A period; a month or a year means its last day. A catalogue of a day never sees past that day.
        """
        return replace(self, day=self._day(day))

    def table(self, name: str, *, where: Mapping[str, object] | None = None) -> pd.DataFrame:
        """A table other than the observations, one row a record, numbers as float and empty text as "".

        Parameters
        ----------
        name : str
            events, claims, forecasts, conflicts, towns, mines or multipliers.
        where : mapping, optional
            Column to a value or a list of values; only these rows are returned and cited.

        Notes
        -----
        On a day, a row shows once all its documents were out; a town once the first one named was.
        """
        rows = self._store.table(name)
        rule = self._store.known_by(name)
        if self.day is not None and rule:
            documents = rows["_sources"].map(lambda ids: ids[:1] if rule == "first" else ids)
            out = self._store.document_day
            known = [bool(ids) and all(out[i] <= self.day for i in ids) for ids in documents]
            rows = rows[np.array(known, dtype=bool)]
        for column, wanted in (where or {}).items():
            if column not in rows.columns:
                raise DataError(f"the table {name} has no column {column!r}{near(column, rows.columns)}")
            among = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Iterable) else list(wanted)
            rows = rows[rows[column].isin(among)]
        self._log.used.add(f"table:{name}")
        self._log.sources.update(i for ids in rows["_sources"] for i in ids)
        return rows.drop(columns="_sources").reset_index(drop=True)

    def geo(self, name: str) -> dict[str, Any]:
        """A map layer as GeoJSON, by its file name without ending."""
        layers = {path.stem: path for path in sorted((self.folder / "geo").glob("*.geojson"))}
        if name not in layers:
            raise DataError(f"no map layer {name!r}{near(name, layers)}; there are {', '.join(layers)}")
        self._log.used.add(f"geo:{name}")
        self._log.sources.add(geo_source(self._store.codebook, name))
        loaded: dict[str, Any] = json.loads(layers[name].read_text(encoding="utf-8"))
        return loaded

    def load(self, series_id: str, *, as_of: str | None = None) -> pd.Series:
        """One series in its own unit, with a PeriodIndex named "period": the newest document of each period.

        Parameters
        ----------
        series_id : str
            A series of frequency A, Q, M or D.
        as_of : str, optional
            See only what was known on this day (and on the catalogue's own day).

        Raises
        ------
        UnknownSeriesError
            If there is no such series; the message names the nearest.
        DataError
            If the series holds windows; read it with `load_windows`.
        CoverageError
            If nothing of the series was known on the day.

        Notes
        -----
        Documents of one day go by grade, then by their order in the file. On a day, a document that was out
        goes before a later one whose figure is only assumed to have been known (`revised` rarely or never).
        """
        if self._freq(series_id) == "W":
            raise DataError(f"{series_id} holds windows and uneven dates; read it with load_windows")
        rows = self._newest(series_id, as_of=as_of)
        self._record(rows)
        index = periods.index(rows["period"], self._freq(series_id))
        return pd.Series(rows["value"].to_numpy(), index=index, name=series_id)

    def load_windows(self, series_id: str, *, as_of: str | None = None) -> pd.DataFrame:
        """All rows of any series in its unit and in time order, with first and last day and document.

        Of several documents of one period the last row is the one that `load` would choose.
        """
        rows = ranked(self._known(series_id, as_of=as_of))[::-1]
        self._record(rows)
        rows = rows.sort_values(["end", "start"], kind="stable")
        columns = [
            "period",
            "start",
            "end",
            "value",
            "unit",
            "source_id",
            "published",
            "grade",
            "note",
            "assumed",
        ]
        return rows[columns].reset_index(drop=True)

    def rows(self, *series_ids: str, as_of: str | None = None) -> pd.DataFrame:
        """Every visible observation of the series with its document.

        `assumed` marks a row whose document is later than the day, see `load`.
        """
        if not series_ids:
            raise DataError("rows needs at least one series; name it, or look for it with search")
        rows = self._known(*series_ids, as_of=as_of).reset_index(drop=True)
        self._record(rows)
        columns = ["series_id", "period", "start", "end", "value", "unit", "source_id", "publisher"]
        return rows[[*columns, "published", "grade", "note", "assumed"]]

    def spread(self, series_id: str, *, as_of: str | None = None) -> pd.DataFrame:
        """What the documents say of each period, in the series' unit: low, high, newest and n_sources."""
        rows = self._known(series_id, as_of=as_of)
        self._record(rows)
        newest = _winners(ranked(rows)).set_index("period")["value"]
        by = rows.groupby("period")["value"]
        table = pd.DataFrame({"low": by.min(), "high": by.max(), "newest": newest, "n_sources": by.size()})
        table = table.loc[newest.index]
        freq = self._freq(series_id)
        table.index = (
            pd.Index(newest.index, name="period") if freq == "W" else periods.index(newest.index, freq)
        )
        return table

    def vintages(self, series_id: str, *, as_of: str | None = None) -> pd.DataFrame:
        """Revision triangle in the series' unit: periods down, publication dates across."""
        rows = self._known(series_id, as_of=as_of)
        self._record(rows)
        return triangle(rows)

    def conflict_spread(self, series_id: str, *, as_of: str | None = None) -> Disagreement:
        """How far the documents of a series are apart, in its unit, see `vintages.disagreement`."""
        rows = self._known(series_id, as_of=as_of)
        self._record(rows)
        return disagreement(rows)

    def frame(self, columns: Mapping[str, str], *, as_of: str | None = None) -> pd.DataFrame:
        """Several regular series of one frequency side by side; periods that one of them lacks are NaN."""
        freqs = {series_id: self._freq(series_id) for series_id in columns.values()}
        if len(set(freqs.values())) > 1:
            listed = ", ".join(f"{series_id} ({freq})" for series_id, freq in freqs.items())
            raise DataError(f"a frame needs series of one frequency, not {listed}; bring them to one first")
        return pd.DataFrame({name: self.load(series_id, as_of=as_of) for name, series_id in columns.items()})

    def unit(self, series_id: str) -> str:
        """Unit of a series as the tables spell it."""
        return self._entry(series_id)["unit"]

    def conflicts(self, series_id: str | None = None) -> pd.DataFrame:
        """Explained disagreements between sources, all of them or those of one series."""
        if series_id is None:
            return self.table("conflicts")
        self._entry(series_id)
        ids = self._store.table("conflicts")["series_id"].str.split(";")
        mine = self._store.table("conflicts").loc[[series_id in named for named in ids], "conflict_id"]
        return self.table("conflicts", where={"conflict_id": list(mine)})

    def sources_of(self, series_id: str, *, as_of: str | None = None) -> pd.DataFrame:
        """Documents of a series, newest first, with the number of rows and the days that they span."""
        rows = self._known(series_id, as_of=as_of)
        about = rows.groupby("source_id").agg(
            rows=("value", "size"),
            start=("start", "min"),
            end=("end", "max"),
            document_day=("document_day", "first"),
        )
        table = self._store.sources[DOCUMENT].join(about, how="inner")
        return table.sort_values("document_day", ascending=False, kind="stable").drop(columns="document_day")

    def trace(self, *series_ids: str, sources: Iterable[str] = ()) -> Trace:
        """Where the figures of these series come from, with more documents if `sources` names them."""
        named = set(sources)
        unknown = sorted(named - set(self._store.sources.index))
        if unknown:
            raise DataError(f"no source {unknown[0]!r}{near(unknown[0], self._store.sources.index)}")
        dates = list(self._store.sources.loc[sorted(named), "published"])
        warnings: set[str] = set()
        windows = [series_id for series_id in series_ids if self._freq(series_id) == "W"]
        regular = [series_id for series_id in series_ids if self._freq(series_id) != "W"]
        for rows in (self._known(*windows), self._newest(*regular)):
            named.update(rows["source_id"])
            dates += rows.loc[~rows["assumed"], "published"].unique().tolist()
            dates += [f"{day:%Y-%m-%d}" for day in rows.loc[rows["assumed"], "known"].unique()]
            warnings.update(word for _, word in self._warn(rows))
        table = self._store.sources.loc[sorted(named)]
        return Trace(
            series=tuple(sorted(set(series_ids))),
            sources=tuple(table.index),
            documents=tuple(
                (str(i), *(str(row[c]) for c in ("publisher", "title", "url", "published", "grade")))  # type: ignore[misc]
                for i, row in table.iterrows()
            ),
            vintage=max(dates, key=newest, default=""),
            grades=tuple(sorted(set(table["grade"]))),
            warnings=tuple(sorted(warnings)),
        )

    def cite(self) -> pd.DataFrame:
        """The documents that this catalogue and its `as_of` children have loaded, by publisher and date."""
        table = self._store.sources.loc[sorted(self._log.sources), DOCUMENT]
        return table.sort_values(["publisher", "published"], kind="stable").reset_index()

    @property
    def used(self) -> tuple[str, ...]:
        """What this catalogue and its `as_of` children have read, as series:ID, table:NAME and geo:NAME."""
        return tuple(sorted(self._log.used))

    def used_warnings(self) -> pd.DataFrame:
        """Warnings of the series that have been loaded, in columns series_id and warning."""
        return pd.DataFrame(sorted(self._log.warnings), columns=["series_id", "warning"])

    def search(self, text: str) -> pd.DataFrame:
        """Series whose id, title or description holds every word of `text`, with unit and coverage."""
        table = self._store.series
        hay = (table.index + " " + table["title"] + " " + table["description"]).str.lower()
        hit = np.logical_and.reduce(
            [hay.str.contains(word, regex=False) for word in text.lower().split()] or [hay != ""]
        )
        rows = self._visible(self._store.obs, self.day)
        seen = rows.groupby("series_id").agg(
            start=("start", "min"), end=("end", "max"), rows=("value", "size")
        )
        found = table.loc[hit, ["title", "unit", "freq", "geo", "warnings"]].join(seen, how="left")
        return found.assign(rows=found["rows"].fillna(0).astype(int))

    def _entry(self, series_id: str) -> dict[str, str]:
        if series_id not in self._store.entries:
            raise UnknownSeriesError(series_id, self._store.entries)
        return self._store.entries[series_id]

    def _freq(self, series_id: str) -> Any:
        return self._entry(series_id)["freq"]

    def _day(self, as_of: str | None) -> pd.Timestamp | None:
        if as_of is None or as_of in LATEST:
            return self.day
        try:
            day = periods.days(as_of)[1]
        except DataError:
            raise DataError(f'as_of {as_of!r} is not a day; write it as 2025-03-10, or "latest"') from None
        return day if self.day is None else min(day, self.day)

    def _known(self, *series_ids: str, as_of: str | None = None) -> pd.DataFrame:
        """What was known of the series; an error names the first of which nothing was."""
        return self._seen(self._store.all_rows, series_ids, as_of)

    def _newest(self, *series_ids: str, as_of: str | None = None) -> pd.DataFrame:
        """The row of each period of the series that counts, in time order."""
        if self._day(as_of) is None:
            return self._seen(self._store.newest_rows, series_ids, as_of)
        rows = self._seen(self._store.ranked_rows, series_ids, as_of)
        return _winners(ranked(rows) if rows["assumed"].any() else rows)

    def _seen(self, shelves: Shelves, series_ids: Iterable[str], as_of: str | None) -> pd.DataFrame:
        names = list(dict.fromkeys(series_ids))
        for series_id in names:
            self._entry(series_id)
        every, day = shelves.of(*names), self._day(as_of)
        if day is None:
            return every
        rows = self._visible(every, day)
        for series_id in sorted(set(names) - set(rows["series_id"]), key=names.index):
            first = every.loc[every["series_id"] == series_id, "known"].min()
            when = (
                "its documents carry no date"
                if pd.isna(first)
                else f"its first figure was known on {first:%Y-%m-%d}"
            )
            raise CoverageError(f"nothing of {series_id} was known on {day:%Y-%m-%d}; {when}")
        return rows

    @staticmethod
    def _visible(rows: pd.DataFrame, day: pd.Timestamp | None) -> pd.DataFrame:
        if day is None:
            return rows
        seen = rows[rows["known"] <= day]
        return seen.assign(assumed=~(seen["document_day"] <= day))

    def _warn(self, rows: pd.DataFrame) -> set[tuple[str, str]]:
        pairs = {
            (series_id, word)
            for series_id in rows["series_id"].unique()
            for word in self._entry(series_id)["warnings"].split(";")
            if word
        }
        if rows["assumed"].any():
            rarely = rows["assumed"] & (rows["revised"] == "rarely")
            pairs |= {(name, "assumed unrevised") for name in rows.loc[rarely, "series_id"].unique()}
        return pairs

    def _record(self, rows: pd.DataFrame) -> None:
        self._log.used.update(f"series:{series_id}" for series_id in rows["series_id"].unique())
        self._log.sources.update(rows["source_id"].unique())
        self._log.warnings.update(self._warn(rows))


def default_folder() -> Path:
    """The data folder of $COALFACE_DATA, else data/ of the checkout."""
    named = os.environ.get("COALFACE_DATA")
    return Path(named).resolve() if named else Path(__file__).parents[3] / "data"


def read(path: str | Path | None = None) -> Catalogue:
    """The catalogue of a data folder; by default that of $COALFACE_DATA, else data/ of the checkout.

    Raises
    ------
    DataError
        If the folder or one of its tables is not there.
    """
    folder = Path(path).resolve() if path else default_folder()
    if not (folder / "series.csv").is_file():
        raise DataError(f"no series.csv in {folder}; give the data folder to read(), or set COALFACE_DATA")
    return Catalogue(folder, _store=open_store(folder))


def _winners(rows: pd.DataFrame) -> pd.DataFrame:
    """The first row of each period of each series, of ranked rows."""
    return rows.drop_duplicates(["series_id", "period"], keep="first")
