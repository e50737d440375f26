"""The engine that papermill knows as `coalface-fork`: each notebook in a fork of a warm server."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Mapping
from typing import Any

from coalface.errors import RenderError
from coalface.report.farm import FORKS, call
from coalface.report.journal import writer
from coalface.report.stamp import EVERYTHING

NAME = "coalface-fork"
_FORKED = "COALFACE_FORKED"


class ForkEngine:
    """Run the notebook with a kernel inside a forked process; outputs as papermill's own engine makes them.

    In a process that the farm has forked already the notebook runs at once; elsewhere, as under the plain
    `papermill` command, a fork is asked of the server first. papermill loads this module while it is itself
    being imported, so nothing of it is imported at the top.
    """

    @classmethod
    def execute_notebook(
        cls, nb: Any, kernel_name: str, *, journal: str | None = None, **options: Any
    ) -> Any:
        """The notebook executed up to the first cell that fails."""
        from papermill.engines import NotebookExecutionManager

        known = ("output_path", "progress_bar", "log_output", "autosave_cell_every")
        nb_man = NotebookExecutionManager(nb, **{name: options[name] for name in known if name in options})
        nb_man.notebook_start()
        try:
            if os.environ.get(_FORKED) == str(os.getpid()):
                run_here(nb_man, journal)
            elif FORKS:
                _run_in_fork(nb_man)
            else:
                raise RenderError(
                    f"this system cannot fork a server for the engine {NAME}; use --engine stock"
                )
        finally:
            nb_man.cleanup_pbar()
            nb_man.notebook_complete()
        return nb_man.nb

    @staticmethod
    def nb_kernel_name(nb: Any, name: str | None = None) -> str:
        """The kernel that the notebook asks for; it is Python's in any case."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @staticmethod
    def nb_language(nb: Any, language: str | None = None) -> str:
        """The notebook's language."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


def register() -> None:
    """Make the engine known to papermill where the package is not installed."""
    from papermill.engines import papermill_engines

    papermill_engines.register(NAME, ForkEngine)


def mark_forked() -> None:
    """Say that this process is a fork of the server, good for one notebook."""
    os.environ[_FORKED] = str(os.getpid())
    random.seed()
    if numpy_random := sys.modules.get("numpy.random"):
        numpy_random.seed()  # every fork inherits the same legacy state


def run_here(nb_man: Any, journal: str | None = None) -> None:
    """Execute the cells in this process; each finished cell adds a line to the journal, if one is named."""
    from papermill.clientwrap import PapermillNotebookClient

    from coalface.report.kernel import LANGUAGE, Kernel

    client = PapermillNotebookClient(nb_man)  # knows how messages become outputs
    client.reset_execution_trackers()
    note = writer(journal)
    note(nb_man.nb)
    with Kernel() as kernel:
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            error = _run_cell(kernel, client, cell, index)
            if error is not None and "raises-exception" not in cell.metadata.get("tags", []):
                nb_man.cell_exception(cell, cell_index=index)
            else:
                error = None
            nb_man.cell_complete(cell, cell_index=index)
            note({"cell": index, "outputs": cell.get("outputs", []), "count": cell.get("execution_count")})
            if error is not None:
                break
        nb_man.nb.metadata["coalface"] = {"reads": _reads(kernel.shell.user_ns)}
    nb_man.nb.metadata["language_info"] = json.loads(json.dumps(LANGUAGE))


def _reads(names: Mapping[str, Any]) -> list[str]:
    """The figures that the notebook's catalogues have read; all, if it kept no catalogue by name."""
    catalogues = [value for value in names.values() if type(value).__module__ == "coalface.data.catalogue"]
    used = [set(value.used) for value in catalogues if hasattr(value, "used")]
    return sorted(set().union(*used)) if used else [EVERYTHING]


def _run_cell(kernel: Any, client: Any, cell: Any, index: int) -> dict[str, Any] | None:
    """Run one cell and put its outputs in place; what it raised, None if it went well."""
    if cell.cell_type != "code" or not cell.source.strip():
        return None
    done: tuple[list[dict[str, Any]], int, dict[str, Any] | None] = kernel.run(cell.source)
    messages, cell.execution_count, error = done
    for message in messages:
        client.process_message(message, cell, index)
    client.clear_before_next_output = False
    return error


def _run_in_fork(nb_man: Any) -> None:
    """Have a fork of the server execute the manager's notebook."""
    from nbformat.notebooknode import from_dict

    done = call("fork", _executed, json.dumps(nb_man.nb), os.getcwd())
    nb_man.nb.update(from_dict(json.loads(done)))  # type: ignore[no-untyped-call]


def _executed(notebook: str, folder: str) -> str:
    """In the fork: the notebook, executed."""
    from nbformat.notebooknode import from_dict
    from papermill.engines import NotebookExecutionManager

    mark_forked()
    os.chdir(folder)
    nb_man = NotebookExecutionManager(from_dict(json.loads(notebook)), progress_bar=False)  # type: ignore[no-untyped-call]
    run_here(nb_man)
    return json.dumps(nb_man.nb)
