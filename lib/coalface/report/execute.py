"""One report, made in a process of its own: papermill, then the page, then the record."""

from __future__ import annotations

import json
import logging
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coalface.errors import RenderError
from coalface.report import files, journal, ledger
from coalface.report.jobs import Job
from coalface.report.meta import Meta
from coalface.report.stamp import EVERYTHING

ENGINES = {"stock": "nbclient", "fork": "coalface-fork"}

# What a worker's environment says, so that pages do not depend on the machine's habits.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C",
    "PYTHONUTF8": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


@dataclass(frozen=True)
class Task:
    """What a worker needs to know."""

    job: Job
    meta: Meta
    output: Path
    work: Path
    engine: str
    keep: bool = False  # the executed notebook too

    @property
    def page(self) -> Path:
        """Where the page goes."""
        return self.output / f"{self.job.stem}.html"

    @property
    def partial(self) -> Path:
        """Where papermill keeps the notebook while it runs."""
        return self.work / f"{self.job.stem}.ipynb"

    @property
    def journal(self) -> Path:
        """Where the fork engine notes each finished cell."""
        return self.work / f"{self.job.stem}.journal"

    @property
    def log(self) -> Path:
        """Where the worker's own messages go."""
        return self.work / f"{self.job.stem}.log"

    @property
    def home(self) -> Path:
        """IPython's own folder; here, so that the next run clears away what a killed one left."""
        return self.work / f"{self.job.stem}.home"

    def tidy(self) -> None:
        """Remove what was needed only while the report was in the making."""
        for path in (self.partial, self.journal, self.log):
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Outcome:
    """How one report ended."""

    stem: str
    made: bool
    seconds: float = 0.0
    cause: str = ""
    cell: int | None = None
    source: str = ""
    size: int = 0
    headlines: tuple[dict[str, Any], ...] = ()
    reads: tuple[str, ...] = ()
    preview: tuple[str, str] = ("", "")


def make(task: Task) -> Outcome:
    """Run the notebook and write the page; the answer names the failed cell if there is one."""
    notebook = execute(task)
    if fault := failed_cell(notebook):
        return Outcome(task.job.stem, False, cause=fault[2], cell=fault[0], source=fault[1])
    from coalface.report import export

    headlines = tuple(ledger.headlines(notebook, task.job.entry.name))
    page = ledger.sealed(export.page(notebook, task.meta)).encode()
    preview = export.preview(notebook) if task.job.set_name else ("", "")
    if task.keep:
        text = json.dumps(notebook, indent=1, ensure_ascii=False)
        files.write(task.page.with_suffix(".ipynb"), text + "\n")
    files.write(task.page, page)
    reads = tuple(notebook["metadata"].get("coalface", {}).get("reads", [EVERYTHING]))
    return Outcome(task.job.stem, True, size=len(page), headlines=headlines, reads=reads, preview=preview)


def execute(task: Task) -> Any:
    """The executed notebook, complete or up to its first failing cell; papermill does it."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from coalface.report import engine

    logging.getLogger("papermill").setLevel(logging.ERROR)
    task.home.mkdir(exist_ok=True)
    os.environ["IPYTHONDIR"] = str(task.home)  # no profile, start-up file or history of the user plays a part
    options: dict[str, Any] = {}
    if task.engine == "fork":
        engine.register()
        engine.mark_forked()
        options = {
            "request_save_on_cell_execute": False,
            "journal": str(task.journal),
        }
    try:
        return papermill.execute_notebook(
            _node(task.job.entry.source),
            str(task.partial).replace("{", "{{").replace("}", "}}"),  # papermill formats the path
            parameters=task.job.changed or None,
            engine_name=ENGINES[task.engine],
            progress_bar=False,
            kernel_name="python3",
            cwd=str(task.job.entry.path.parent),
            **options,
        )
    except PapermillExecutionError:
        return _node(task.partial.read_bytes())
    finally:
        shutil.rmtree(task.home, ignore_errors=True)


def _node(source: bytes) -> Any:
    """A notebook in the form that papermill and nbconvert want."""
    from nbformat.notebooknode import from_dict

    return from_dict(json.loads(source))  # type: ignore[no-untyped-call]


def failed_cell(notebook: Any) -> tuple[int, str, str] | None:
    """Number, source and cause of the first code cell that raised; None if none did."""
    for number, cell in enumerate((c for c in notebook["cells"] if c["cell_type"] == "code"), start=1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                return number, "".join(cell["source"]), f"{output['ename']}: {output['evalue']}"
    return None


def keep_partial(task: Task, outcome: Outcome) -> Outcome:
    """Put the partial notebook and an error page beside the last good report, which stays."""
    from coalface.report import export

    failed = task.output / f"{task.job.stem}.failed.ipynb"
    try:
        if (partial := _partial(task)) is not None:
            if outcome.cell is None:
                outcome = replace(outcome, **_running_cell(partial))
            files.write(failed, json.dumps(partial, indent=1, ensure_ascii=False) + "\n")
        page = export.failure(task.meta, cell=outcome.cell, source=outcome.source, cause=outcome.cause)
        files.write(failed.with_suffix(".html"), ledger.sealed(page))
    except (OSError, ValueError, RenderError) as error:  # a full disk must not stop the other reports
        return replace(outcome, cause=f"{outcome.cause}; and the error page could not be written: {error}")
    return outcome


def _partial(task: Task) -> dict[str, Any] | None:
    """The notebook as far as it came, from papermill's own file or from the journal."""
    if task.partial.is_file():
        partial: dict[str, Any] = json.loads(task.partial.read_bytes())
        return partial
    if not task.journal.is_file() or not task.journal.stat().st_size:
        return None
    return journal.read(task.journal)


def _running_cell(notebook: Any) -> dict[str, Any]:
    """The cell that was running when the process ended: marked so, or the last that papermill started."""
    found: dict[str, Any] = {}
    for number, cell in enumerate((c for c in notebook["cells"] if c["cell_type"] == "code"), start=1):
        told = cell["metadata"].get("papermill", {})
        if told.get("status") == "running" or told.get("start_time"):
            found = {"cell": number, "source": "".join(cell["source"])}
        if told.get("status") == "running":
            break
    return found
