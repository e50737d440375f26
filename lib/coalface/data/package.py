"""datapackage.json: the description of data/ as a Data Package v2, made from the codebook and the rules."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from coalface.data.schema import TABLES, Table
from coalface.data.store import geo_source, raw

PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
TYPES = {"text": "string", "date": "string", "number": "number", "integer": "integer"}


def build(folder: Path) -> dict[str, Any]:
    """The content of datapackage.json for the files as they are, with rows, bytes and sha256 of each."""
    codebook = raw(folder / "tables.csv")
    paths = [folder / f"{name}.csv" for name in TABLES if name != "obs"]
    tables = [path for path in paths if path.is_file()] + sorted((folder / "obs").glob("*.csv"))
    layers = sorted((folder / "geo").glob("*.geojson"))
    return {
        "$schema": PACKAGE,
        "name": "coalface-data",
        "title": "Sourced figures on the Russian coal crisis",
        "description": "Observations with the document that each comes from, as tidy tables; see README.md.",
        "licenses": [{"title": "By document: column licence of sources.csv", "path": "sources.csv"}],
        "resources": [
            *(_table(folder, path, codebook) for path in tables),
            *(_layer(folder, path, codebook) for path in layers),
        ],
    }


def text(folder: Path) -> str:
    """datapackage.json as it should read."""
    return json.dumps(build(folder), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> bool:
    """Bring datapackage.json up to date with the files after a meant edit; True if it changed."""
    path = folder / "datapackage.json"
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
