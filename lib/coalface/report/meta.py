"""What the page says of its own making: notebook, parameters, commit, data."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coalface.report.jobs import Job
from coalface.report.parameters import Value
from coalface.report.suite import data_folder

NO_COMMIT = "no commit"


@dataclass(frozen=True)
class Meta:
    """Facts for the page's head and footer; no clock, no machine."""

    notebook: str
    title: str
    question: str
    parameters: Mapping[str, Value]
    changed: tuple[str, ...]
    helps: Mapping[str, str]
    commit: str
    data_hash: str
    index: str = "index.html"

    @property
    def facts(self) -> str:
        """Notebook and parameters as JSON, for `coalface verify`."""
        return json.dumps({"notebook": self.notebook, "parameters": dict(self.parameters)}, sort_keys=True)


def meta(job: Job, commit: str, data_hash: str) -> Meta:
    """The meta facts of one job."""
    entry = job.entry
    return Meta(
        notebook=entry.name,
        title=entry.title,
        question=entry.question,
        parameters=dict(job.values),
        changed=tuple(job.changed),
        helps={name: parameter.help for name, parameter in entry.declared.items()},
        commit=commit,
        data_hash=data_hash,
    )


def commit(root: Path) -> str:
    """Twelve letters of the checkout's commit, `+changes` if what makes pages is edited, or `no commit`."""
    made_of = ("lib", "notebooks", "data", "pyproject.toml", "requirements.lock")
    top = _git(root, "rev-parse", "--show-toplevel", "HEAD")
    if top is None or not (lines := top.splitlines()) or Path(lines[0]).resolve() != root.resolve():
        return NO_COMMIT
    changes = _git(root, "status", "--porcelain", "--", *made_of)
    return lines[1][:12] + ("+changes" if changes else "")


def _git(root: Path, *words: str) -> str | None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(root), *words],
            env=clean,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def data_hash(root: Path) -> str:
    """First 16 letters of the data package's sha256: names and contents of its tables and maps."""
    folder = data_folder(root)
    found = [*folder.glob("*.csv"), *folder.glob("obs/*.csv"), *folder.glob("geo/*.geojson")]
    whole = hashlib.sha256()
    for name, path in sorted((path.relative_to(folder).as_posix(), path) for path in found):
        whole.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:16]
