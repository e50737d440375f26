"""The suite of notebooks: where the checkout is and what `notebooks/index.yml` says."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from coalface.errors import ParameterError, RenderError, near
from coalface.report import parameters
from coalface.report.parameters import Parameter, Value

INDEX = Path("notebooks", "index.yml")
ENTRY_KEYS = ("file", "title", "question", "sets", "bounds", "choices")
LOOKUP_KEYS = ("table", "column", "where", "aliases")


def find_root(start: Path | None = None) -> Path:
    """Folder of the checkout: $COALFACE_ROOT, else that of the package, else the current one or a parent."""
    if said := os.environ.get("COALFACE_ROOT"):
        places = [Path(said).resolve()]
    else:
        here = (start or Path.cwd()).resolve()
        places = [Path(__file__).resolve().parents[3], here, *here.parents]
    for place in places:
        if (place / INDEX).is_file():
            return place
    raise RenderError(
        f"no {INDEX.as_posix()} in {places[0]}: run coalface in a checkout, or name one in COALFACE_ROOT"
    )


@dataclass(frozen=True)
class Entry:
    """One notebook of the suite, with what its parameters may be."""

    name: str
    path: Path
    title: str
    question: str
    sets: Mapping[str, Mapping[str, Value]]
    bounds: Mapping[str, tuple[float, float]]
    choices: Mapping[str, tuple[Value, ...]]
    aliases: Mapping[str, Mapping[str, str]]  # by parameter: other names of a choice

    @cached_property
    def source(self) -> bytes:
        """The notebook file as it is on disk."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise RenderError(f"cannot read {self.path}: {error.strerror}") from error

    @cached_property
    def declared(self) -> dict[str, Parameter]:
        """The parameters that the notebook declares, in its own order."""
        try:
            notebook = json.loads(self.source)
        except ValueError as error:
            raise RenderError(f"{self.path.name} is not a notebook (no valid JSON): {error}") from error
        return parameters.declared(notebook, self.path.name)

    def complete(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Every parameter's value: the default, or the checked given one."""
        for name in given:
            if name not in self.declared:
                known = ", ".join(self.declared) or "none"
                tail = f"{near(str(name), self.declared)} (it declares {known})"
                raise ParameterError(f"{self.name} declares no parameter {name!r}{tail}")
        values: dict[str, Value] = {}
        for name, parameter in self.declared.items():
            aliases = self.aliases.get(name, {})
            value = parameters.known_as(given.get(name, parameter.default), self.choices.get(name), aliases)
            values[name] = parameters.check(
                parameter,
                value,
                where=self.name,
                bounds=self.bounds.get(name),
                choices=self.choices.get(name),
                aliases=aliases,
            )
        return values


@dataclass(frozen=True)
class Suite:
    """All notebooks, in reading order."""

    root: Path
    entries: tuple[Entry, ...] = field(default=())

    def pick(self, name: str) -> Entry:
        """The notebook of this name, file name, path or unique beginning (`05`)."""
        wanted = Path(name).name.removesuffix(".ipynb")
        names = [entry.name for entry in self.entries]
        found = [entry for entry in self.entries if entry.name == wanted]
        found = found or [entry for entry in self.entries if wanted and entry.name.startswith(wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            raise ParameterError(
                f"{name!r} could be {', '.join(entry.name for entry in found)}: write more of it"
            )
        tail = near(wanted, names) or f" (there are {', '.join(names)})"
        raise ParameterError(f"no notebook {name!r} in {INDEX.as_posix()}{tail}")


def read(root: Path | None = None) -> Suite:
    """The suite of the checkout, with `notebooks/index.yml` checked key by key."""
    root = root or find_root()
    raw = _yaml(root / INDEX)
    if not isinstance(raw, dict) or set(raw) != {"notebooks"} or not isinstance(raw["notebooks"], list):
        raise RenderError(f"{INDEX.as_posix()}: wants one key, `notebooks`, with a list under it")
    entries = tuple(_entry(root, item, place) for place, item in enumerate(raw["notebooks"], start=1))
    names = [entry.name for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RenderError(f"{INDEX.as_posix()}: {', '.join(twice)} stands there twice; keep one entry")
    return Suite(root, entries)


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Loader):  # type: ignore[misc]  # which of the two is known at run time only
    """YAML in which a key may stand once."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """The mapping of a node, if no key stands there twice."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := [str(key) for key in keys if keys.count(key) > 1]:
            raise yaml.YAMLError(f"key {twice[0]!r} stands there twice, line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep)


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Strict)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RenderError(f"cannot read {path}: {' '.join(str(error).split())}") from error


def _entry(root: Path, item: object, place: int) -> Entry:
    where = f"{INDEX.as_posix()}, notebook {place}"
    table = _mapping(item, where)
    for key in table:
        if key not in ENTRY_KEYS:
            raise RenderError(f"{where}: unknown key {key!r}{near(str(key), ENTRY_KEYS)}")
    texts: dict[str, str] = {}
    for key in ("file", "title", "question"):
        text = table.get(key)
        if not isinstance(text, str) or not text.strip():
            raise RenderError(f"{where}: `{key}` must be a text")
        texts[key] = text.strip()
    file = Path(texts["file"])
    if file.name != texts["file"] or file.suffix != ".ipynb":
        raise RenderError(
            f"{where}: `file` is {texts['file']!r}, wants the plain name of an .ipynb in notebooks/"
        )
    where = f"{INDEX.as_posix()}, {file.name}"
    bounds = {str(k): _bounds(v, f"{where}, bounds of {k}") for k, v in _part(table, "bounds", where).items()}
    found = {
        str(k): _choices(root, v, f"{where}, choices of {k}")
        for k, v in _part(table, "choices", where).items()
    }
    choices = {"scenario": _scenarios(root), **{name: values for name, (values, _) in found.items()}}
    aliases = {name: names for name, (_, names) in found.items()}
    sets = {str(k): _mapping(v, f"{where}, set {k}") for k, v in _part(table, "sets", where).items()}
    for name in sets:
        if not name.replace("_", "a").isalnum() or not name.isascii() or name != name.lower():
            raise RenderError(f"{where}: set {name!r} must be small letters, digits and underscores")
    sets = {"default": {}, **sets}
    path = root / "notebooks" / file.name
    return Entry(file.stem, path, texts["title"], texts["question"], sets, bounds, choices, aliases)


def _mapping(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise RenderError(f"{where}: wants names with values, got {value!r}")
    return value


def _part(table: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    return _mapping(table.get(key) or {}, f"{where}, {key}")


def _bounds(value: object, where: str) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2 and all(type(v) in (int, float) for v in value):
        low, high = value
        if low <= high:
            return low, high
    raise RenderError(f"{where}: wants [low, high], two numbers in order, got {value!r}")


def _choices(root: Path, value: object, where: str) -> tuple[tuple[Value, ...], dict[str, str]]:
    """The values to choose from, and other names of them."""
    if isinstance(value, list) and value and all(type(v) in (str, int, float, bool) for v in value):
        return tuple(value), {}
    if isinstance(value, dict) and set(value) <= set(LOOKUP_KEYS) and {"table", "column"} <= set(value):
        return _look_up(root, value, where)
    raise RenderError(f"{where}: wants a list of plain values, or table, column and where, got {value!r}")


def _look_up(root: Path, rule: dict[str, Any], where: str) -> tuple[tuple[Value, ...], dict[str, str]]:
    """Values of one column of a table of data/, in file order, where the other columns say so."""
    conditions = _mapping(rule.get("where") or {}, where)
    aliases = [str(column) for column in rule.get("aliases") or ()]
    table = str(rule["table"])
    if Path(table).name != table:
        raise RenderError(f"{where}: table {table!r} is not the plain name of a table in data/")
    path = data_folder(root) / table
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise RenderError(f"{where}: cannot read {path}: {error.strerror}") from error
    columns = list(rows[0]) if rows else []
    for column in (rule["column"], *conditions, *aliases):
        if column not in columns:
            raise RenderError(f"{where}: {path.name} has no column {column!r}{near(str(column), columns)}")
    wanted = {
        column: {str(one) for one in (want if isinstance(want, list) else [want])}
        for column, want in conditions.items()
    }
    kept = [row for row in rows if all(row[column] in among for column, among in wanted.items())]
    values = tuple(dict.fromkeys(row[rule["column"]] for row in kept if row[rule["column"]]))
    if not values:
        raise RenderError(f"{where}: no row of {path.name} fits {conditions}")
    named = [(row[column], row[rule["column"]]) for column in aliases for row in kept if row[column]]
    once = {name for name, _ in named if len({value for other, value in named if other == name}) == 1}
    return values, {name: value for name, value in named if name in once}


def data_folder(root: Path) -> Path:
    """Folder of the figures: $COALFACE_DATA, else data/ of the checkout."""
    return Path(os.environ.get("COALFACE_DATA") or root / "data")


def _scenarios(root: Path) -> tuple[str, ...]:
    """Names in notebooks/scenarios.yml; `coalface.scenarios` checks what they mean when a page runs."""
    path = root / "notebooks" / "scenarios.yml"
    names = _yaml(path) if path.is_file() else {}
    return tuple(dict.fromkeys(["baseline", *map(str, names or ())]))
