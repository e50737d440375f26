"""Stamps: a hash of all that a report is made of, so that nothing up to date is made again.

A report is made of its notebook, its parameters, the figures that it read, the modules that it imports, the
page template, the named scenarios and the pinned environment. The commit is not among them: a commit that
changes none of these leaves the page as it is.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from coalface.report.jobs import Job
from coalface.report.suite import Suite, data_folder

EVERYTHING = "all"  # what a report has read if its engine cannot tell
OURS = "coalface"
# Libraries that a notebook may name and the fork server may hold ready: they start no thread when imported.
LIBRARIES = ("matplotlib", "numpy", "pandas", "scipy", "statsmodels")
PAPER = ("export", "clean", "pieces", "execute", "engine", "kernel", "ledger", "meta")


class Stamps:
    """The stamps of one checkout at one moment; every file is read at most once."""

    def __init__(self, suite: Suite) -> None:
        self.root = suite.root
        self.library = Path(__file__).resolve().parents[1]
        self._files: dict[Path, str] = {}
        self._closures: dict[str, tuple[str, ...]] = {}

    def of(self, job: Job, reads: Iterable[str], code: Iterable[str]) -> str:
        """The stamp of a report that has read these figures with this code."""
        entry = job.entry
        parts = {
            "notebook": hashlib.sha256(entry.source).hexdigest(),
            "title": [entry.title, entry.question],
            "parameters": dict(job.values),
            "reads": {item: self.item(item) for item in sorted(reads)},
            "code": {name: self.file(self.library / name) for name in sorted(code)},
            "scenarios": self.file(self.root / "notebooks" / "scenarios.yml"),
            "lock": self.file(self.root / "requirements.lock"),
            "python": list(sys.version_info[:3]),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def file(self, path: Path) -> str:
        """Hash of one file, `none` if it is not there."""
        if path not in self._files:
            try:
                self._files[path] = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError:
                self._files[path] = "none"
        return self._files[path]

    def code(self, job: Job) -> tuple[str, ...]:
        """Files of the library that the notebook imports, directly or not, and those that make the page."""
        name = job.entry.name
        if name not in self._closures:
            wanted = {module for module in _named(job.entry.source) if module.split(".")[0] == OURS}
            wanted |= {f"coalface.report.{module}" for module in PAPER}
            found = sorted(self._closure(wanted))
            template = sorted((self.library / "report" / "template").glob("*"))
            look = sorted((self.library / "look").glob("*"))
            extra = [
                path.relative_to(self.library).as_posix() for path in (*template, *look) if path.is_file()
            ]
            self._closures[name] = (*found, *extra)
        return self._closures[name]

    def modules(self, jobs: Iterable[Job]) -> list[str]:
        """Modules of the suite that the notebooks import, directly or not, and libraries that they name."""
        found: set[str] = set()
        for job in {job.entry.name: job for job in jobs}.values():
            for path in (Path(name) for name in self.code(job) if name.endswith(".py")):
                parts = path.parent.parts if path.name == "__init__.py" else path.with_suffix("").parts
                found.add(".".join((OURS, *parts)))
            found |= {module for module in _named(job.entry.source) if module.split(".")[0] in LIBRARIES}
        return sorted(found)

    def _closure(self, wanted: set[str]) -> set[str]:
        found: set[str] = set()
        seen: set[str] = set()
        while wanted:
            module = wanted.pop()
            if module in seen:
                continue
            seen.add(module)
            path = self._path(module)
            if path is None:
                continue
            found.add(path.relative_to(self.library).as_posix())
            wanted |= (
                set(_imported(path.read_text(encoding="utf-8"), module, path.name == "__init__.py")) - seen
            )
        return found

    def _path(self, module: str) -> Path | None:
        parts = module.split(".")
        if parts[0] != OURS:
            return None
        base = self.library.joinpath(*parts[1:])
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                return path
        return None  # a name in a module, not a module

    def item(self, name: str) -> str:
        """Hash of one thing that a run has read: series:ID, table:NAME, geo:NAME, or all figures."""
        kind, _, key = name.partition(":")
        if kind == "series":
            return self._series.get(key, "none")
        if kind == "table":
            return self._table(key)
        if kind == "geo":
            return self.file(self.folder / "geo" / f"{key}.geojson")
        paths = [p for p in self.folder.rglob("*") if p.suffix in (".csv", ".geojson")]
        return _digest(self.file(path) for path in sorted(paths))

    @cached_property
    def folder(self) -> Path:
        """The data folder."""
        return data_folder(self.root)

    @cached_property
    def _sources(self) -> dict[str, str]:
        return {row[0]: _digest(row) for row in _rows(self.folder / "sources.csv")}

    @cached_property
    def _series(self) -> dict[str, str]:
        """Hash by series of its entry, its observations, their documents, and the list of all ids."""
        about = {row[0]: row for row in _rows(self.folder / "series.csv")}
        rules = [
            _digest(sorted(about)),
            *(self.file(self.folder / f"{n}.csv") for n in ("corrections", "tables")),
        ]
        lines: dict[str, list[str]] = {}
        for path in sorted((self.folder / "obs").glob("*.csv")):
            names = _header(path)
            key, document = names.index("series_id"), names.index("source_id")
            for row in _rows(path):
                told = lines.setdefault(row[key], [])
                told.append("\x1f".join(row))
                told.append(self._sources.get(row[document], "none"))
        return {name: _digest([*rules, *row, *lines.get(name, ())]) for name, row in about.items()}

    def _table(self, name: str) -> str:
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            return "none"
        cells = {part for row in _rows(path) for cell in row for part in cell.split(";")}
        documents = [self._sources[cell] for cell in sorted(cells & self._sources.keys())]
        return _digest([self.file(path), self.file(self.folder / "tables.csv"), *documents])


def _digest(parts: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode())
        whole.update(b"\x1e")
    return whole.hexdigest()


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines), [])


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return [row for row in csv.reader(lines) if row][1:]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


@lru_cache(maxsize=64)
def _named(notebook: bytes) -> frozenset[str]:
    """Modules that the notebook's own cells may import."""
    cells = json.loads(notebook)["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return frozenset(module for source in sources for module in _imported(source))


def _imported(source: str, module: str = "", is_package: bool = False) -> Iterable[str]:
    """Modules that a source may import, with the packages that hold them."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                kept = parts[: len(parts) - node.level + is_package]
                base = ".".join([*kept, *([base] if base else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:n]) for n in range(1, len(parts) + 1))


def fresh(record: Mapping[str, object], stamps: Stamps, job: Job) -> bool:
    """Whether the record's report would come out the same."""
    reads, code = record.get("reads"), record.get("code")
    if not isinstance(reads, list) or not isinstance(code, list):
        return False
    return record.get("stamp") == stamps.of(job, reads, code)
