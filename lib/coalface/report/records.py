"""Records of finished reports: what the lists, the ledger and the next run need to know of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coalface.report import files
from coalface.report.execute import Outcome, Task

FOLDER = ".records"


def keep(task: Task, outcome: Outcome, stamp: str, code: tuple[str, ...]) -> None:
    """Record a finished report, or why it failed, beside the record of its last good page."""
    job = task.job
    told: dict[str, Any] = {
        "notebook": job.entry.name,
        "stem": job.stem,
        "set": job.set_name,
        "label": job.label,
        "parameters": dict(job.values),
    }
    path = task.output / FOLDER / f"{job.stem}.json"
    failed = path.with_suffix(".failed.json")
    if not outcome.made:
        told |= {"cell": outcome.cell, "cause": outcome.cause}
        files.write(failed, _text(told))
        return
    told |= {
        "size": outcome.size,
        "commit": task.meta.commit,
        "data_hash": task.meta.data_hash,
        "headlines": list(outcome.headlines),
        "preview": list(outcome.preview),
        "reads": list(outcome.reads),
        "code": list(code),
        "stamp": stamp,
    }
    files.write(path, _text(told))
    for left in (failed, *(task.output / f"{job.stem}.failed.{ending}" for ending in ("html", "ipynb"))):
        left.unlink(missing_ok=True)


def _text(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def made(output: Path) -> dict[str, dict[str, Any]]:
    """Records by name of all reports whose page stands there as it was written."""
    return {stem: told for stem, told in _read(output, ".json").items() if _stands(output, told)}


def failed(output: Path) -> dict[str, dict[str, Any]]:
    """Records by name of all reports that failed at their last run."""
    return _read(output, ".failed.json")


def _read(output: Path, ending: str) -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted((output / FOLDER).glob("*.json")):
        if path.name.endswith(".failed.json") != (ending == ".failed.json"):
            continue
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # not written by us; the report is made again
            continue
        if isinstance(told, dict) and told.get("stem") == path.name.removesuffix(ending):
            found[str(told["stem"])] = told
    return found


def _stands(output: Path, told: Mapping[str, Any]) -> bool:
    try:
        return (output / f"{told['stem']}.html").stat().st_size == told.get("size")
    except OSError:
        return False
