"""The lists of a folder of reports: manifest.json, headlines.csv and index.html, made from the records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coalface.report import files, ledger, records
from coalface.report.suite import Suite

NAME = "manifest.json"
Records = Mapping[str, Mapping[str, Any]]


def publish(suite: Suite, output: Path, commit: str, data_hash: str) -> None:
    """Write the lists of all reports in the folder."""
    made, failed = records.made(output), records.failed(output)
    rows = {
        ledger.row(found, told["notebook"], told["label"])
        for told in made.values()
        for found in told["headlines"]
    }
    files.write(output / "headlines.csv", ledger.as_csv(rows))
    from coalface.report import index

    files.write(output / "index.html", index.page(suite, made, failed, commit, data_hash))
    files.write(output / NAME, _text(suite, made, failed))


def stands(suite: Suite, output: Path, made: Records, failed: Records) -> bool:
    """Whether the lists are there and tell of exactly these reports."""
    try:
        told = json.loads((output / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    there = (output / "index.html").is_file() and (output / "headlines.csv").is_file()
    return there and isinstance(told, dict) and told.get("listing") == _listing(suite, made, failed)


def _listing(suite: Suite, made: Records, failed: Records) -> str:
    """Hash of what the lists are made of."""
    parts = {
        "suite": [[entry.name, entry.title, entry.question] for entry in suite.entries],
        "made": {stem: told["stamp"] for stem, told in made.items()},
        "failed": {stem: [told["cell"], told["cause"]] for stem, told in failed.items()},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _text(suite: Suite, made: Records, failed: Records) -> str:
    kept = ("notebook", "set", "parameters", "commit", "data_hash", "reads", "stamp")
    reports = [
        {"page": f"{stem}.html", "status": "made", **{key: told[key] for key in kept}}
        | {"headlines": {found["id"]: found["value"] for found in told["headlines"]}}
        for stem, told in made.items()
    ]
    reports += [
        {"page": f"{stem}.failed.html", "status": "failed"}
        | {key: told[key] for key in ("notebook", "set", "parameters", "cell", "cause")}
        for stem, told in failed.items()
    ]
    found = {
        "listing": _listing(suite, made, failed),
        "reports": sorted(reports, key=lambda one: str(one["page"])),
    }
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
