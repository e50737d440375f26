"""datapackage.json: the description of data/ as a Data Package v2, made from the codebook and the rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from coalface.data.schema import TABLES, Table
from coalface.data.sheets import Fault
from coalface.data.store import geo_source, raw
from coalface.errors import DataError, near

PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
NAME = "datapackage.json"
ACCEPT = "if the edit is meant, run `coalface check --accept`"
KEYS: dict[str, frozenset[str]] = {
    "package": frozenset({"$schema", "name", "title", "description", "licenses", "resources"}),
    "resource": frozenset(
        {
            "$schema", "name", "type", "path", "bytes", "hash", "rows", "format", "mediatype", "encoding",
            "schema", "sources",
        }
    ),
    "schema": frozenset({"$schema", "fields", "missingValues", "primaryKey", "foreignKeys"}),
    "field": frozenset({"name", "type", "description", "constraints"}),
    "constraints": frozenset({"required", "enum", "pattern", "minimum", "maximum"}),
    "foreign key": frozenset({"fields", "reference"}),
    "reference": frozenset({"fields", "resource"}),
}  # fmt: skip
"""Keys that the package may hold, level by level; another one is a typing error until a rule needs it."""
HEAD: dict[str, Any] = {
    "$schema": PACKAGE,
    "name": "coalface-data",
    "title": "Sourced figures on the Russian coal crisis",
    "description": "Observations with the document that each comes from, as tidy tables; see README.md.",
    "licenses": [{"title": "By document: column licence of sources.csv", "path": "sources.csv"}],
}
TYPES = {"text": "string", "date": "string", "number": "number", "integer": "integer"}


def build(folder: Path) -> dict[str, Any]:
    """The content of datapackage.json for the files as they are, with rows, bytes and sha256 of each."""
    codebook = raw(folder / "tables.csv")
    return {
        **HEAD,
        "resources": [_resource(folder, path, codebook) for path in _paths(folder)],
    }


def _paths(folder: Path) -> list[Path]:
    tables = [folder / f"{name}.csv" for name in TABLES if name != "obs"]
    found = [*tables, *sorted((folder / "obs").glob("*.csv")), *sorted((folder / "geo").glob("*.geojson"))]
    return [path for path in found if path.is_file()]


def _resource(folder: Path, path: Path, codebook: pd.DataFrame) -> dict[str, Any]:
    return (_layer if path.suffix == ".geojson" else _table)(folder, path, codebook)


def text(folder: Path) -> str:
    """datapackage.json as it should read."""
    return json.dumps(build(folder), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> bool:
    """Bring datapackage.json up to date with the files after a meant edit; True if it changed."""
    path = folder / NAME
    wanted = text(folder)
    if path.is_file() and path.read_text(encoding="utf-8") == wanted:
        return False
    path.write_text(wanted, encoding="utf-8", newline="\n")
    return True


def row_counts(folder: Path) -> dict[str, int]:
    """Number of rows of each table, `obs/*` file by file."""
    described = build(folder)["resources"]
    return {item["path"]: item["rows"] for item in described if "rows" in item}


def _file(folder: Path, path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "path": path.relative_to(folder).as_posix(),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }


def _table(folder: Path, path: Path, codebook: pd.DataFrame) -> dict[str, Any]:
    observed = path.parent.name == "obs"
    table = "obs" if observed else path.stem
    rules = TABLES[table]
    columns = codebook[codebook["table"] == table].set_index("column")
    present = raw(path)
    return {
        "$schema": RESOURCE,
        "name": f"obs_{path.stem}" if observed else path.stem,
        "type": "table",
        **_file(folder, path),
        "rows": len(present),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "$schema": SCHEMA,
            "fields": [_field(name, columns, rules) for name in present.columns],
            "missingValues": [""],
            "primaryKey": list(rules.key),
            **_references(table, rules),
        },
    }


def _field(name: str, columns: pd.DataFrame, rules: Table) -> dict[str, Any]:
    kind, unit, about = ("text", "", "")
    if name in columns.index:
        kind, unit, about = (str(columns.loc[name, part]) for part in ("type", "unit", "description"))
    limits = dict(zip(("minimum", "maximum"), rules.limits.get(name, ()), strict=False))
    constraints: dict[str, Any] = {
        **({"required": True} if name not in rules.optional else {}),
        **({"enum": list(rules.closed[name])} if name in rules.closed and name not in rules.listed else {}),
        **({"pattern": rules.pattern[name]} if name in rules.pattern else {}),
        **limits,
    }
    said = "; ".join(part for part in (about, f"unit: {unit}" if unit not in ("", "key") else "") if part)
    return {
        "name": name,
        "type": TYPES.get(kind, "string"),
        **({"description": said} if said else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _references(table: str, rules: Table) -> dict[str, Any]:
    keys = [
        {
            "fields": [column],
            "reference": {
                "fields": list(TABLES[target].key),
                **({"resource": target} if target != table else {}),
            },
        }
        for column, target in rules.refers.items()
        if column not in rules.listed
    ]
    return {"foreignKeys": keys} if keys else {}


def _layer(folder: Path, path: Path, codebook: pd.DataFrame) -> dict[str, Any]:
    return {
        "$schema": RESOURCE,
        "name": f"geo_{path.stem}",
        **_file(folder, path),
        "format": "geojson",
        "mediatype": "application/geo+json",
        "encoding": "utf-8",
        "sources": [{"title": geo_source(codebook, path.stem)}],
    }


def faults(folder: Path) -> Iterator[Fault]:
    """Where datapackage.json does not say what the files are, or says it with keys that nobody reads."""
    path = folder / NAME
    if not path.is_file():
        yield Fault(NAME, 0, "the description of the package is missing", "run `coalface check --accept`")
        return
    try:
        written = path.read_bytes().decode("utf-8")
        said = json.loads(written)
        listed = {item["path"]: item for item in said["resources"]}
    except (ValueError, KeyError, TypeError) as error:
        line = getattr(error, "lineno", 0)
        yield Fault(NAME, line, "the file is not a data package in JSON", "restore it from the repository")
        return
    lines = written.split("\n")
    yield from _unknown(said, "package", lines)
    if len(listed) < len(said["resources"]):
        yield Fault(NAME, 0, "a path is described twice", "keep one resource a file")
    here = {path.relative_to(folder).as_posix(): path for path in _paths(folder)}
    for name in sorted(set(listed) - set(here)):
        yield Fault(NAME, _line(lines, name), f"{name} is described but not there", "restore the file")
    for name in sorted(set(here) - set(listed)):
        yield Fault(name, 0, f"the file is not described in {NAME}", ACCEPT)
    yield from _differences(folder, {name: here[name] for name in here if name in listed}, listed, lines)
    if {key: said.get(key) for key in HEAD} != HEAD:
        yield Fault(NAME, 1, "the head of the package is not the one that the code writes", ACCEPT)


def _differences(
    folder: Path, files: Mapping[str, Path], listed: Mapping[str, dict[str, Any]], lines: list[str]
) -> Iterator[Fault]:
    try:
        codebook = raw(folder / "tables.csv")
    except (DataError, ValueError):
        return  # the check of the codebook itself names what is wrong
    for name, path in files.items():
        mine, line = listed[name], _line(lines, name)
        stamp = _file(folder, path)
        if mine.get("hash") != stamp["hash"]:
            yield Fault(name, 0, f"the file is not the one whose hash {NAME} holds", ACCEPT)
        elif mine.get("bytes") != stamp["bytes"]:
            yield Fault(NAME, line, f"{name} has {stamp['bytes']} bytes, not {mine.get('bytes')}", ACCEPT)
        try:
            wanted = _resource(folder, path, codebook)
        except (DataError, ValueError):
            continue  # the check of the file itself names what cannot be read
        if mine.get("rows") != wanted.get("rows"):
            yield Fault(NAME, line, f"{name} has {wanted.get('rows')} rows, not {mine.get('rows')}", ACCEPT)
        skip = {*stamp, "rows"}
        for key in sorted((set(mine) | set(wanted)) & KEYS["resource"] - skip):
            if mine.get(key) != wanted.get(key):
                yield Fault(
                    NAME, line, f"{key} of {name} is not what the codebook and the rules give", ACCEPT
                )


def _line(lines: list[str], name: str) -> int:
    return next((number for number, text in enumerate(lines, 1) if f'"{name}"' in text), 0)


def _unknown(value: Any, level: str, lines: list[str]) -> Iterator[Fault]:
    """Keys of a level that no rule knows, then those of the levels under it."""
    if not isinstance(value, dict):
        yield Fault(NAME, 0, f"a {level} is not an object", "restore it from the repository")
        return
    for key in value:
        if key not in KEYS[level]:
            what = f"unknown key {key!r} in a {level}{near(key, KEYS[level])}"
            yield Fault(NAME, _line(lines, key), what, "correct or remove it")
    below = {
        "resources": "resource", "schema": "schema", "fields": "field", "constraints": "constraints",
        "foreignKeys": "foreign key", "reference": "reference",
    }  # fmt: skip
    for key, lower in below.items():
        if key not in value or (key == "fields" and level in ("foreign key", "reference")):
            continue
        for part in value[key] if isinstance(value[key], list) else [value[key]]:
            yield from _unknown(part, lower, lines)
