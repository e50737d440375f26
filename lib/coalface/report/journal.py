"""The journal of a running notebook: what its finished cells have shown, kept if the process dies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def writer(path: str | None) -> Callable[[Any], None]:
    """A function that adds one line of JSON to the journal: first the notebook, then each finished cell."""
    if path is None:
        return lambda _: None

    def note(line: Any) -> None:
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(line) + "\n")

    Path(path).unlink(missing_ok=True)
    return note


def read(path: Path) -> dict[str, Any]:
    """The partial notebook that a journal tells of; the cell that was not finished is marked as running."""
    lines = path.read_text(encoding="utf-8").splitlines()
    notebook: dict[str, Any] = json.loads(lines[0])
    done = -1
    for line in lines[1:]:
        try:
            told = json.loads(line)
        except ValueError:  # the last line may be cut short
            break
        done = told["cell"]
        if notebook["cells"][done]["cell_type"] == "code":
            notebook["cells"][done].update(outputs=told["outputs"], execution_count=told["count"])
        notebook["cells"][done]["metadata"]["papermill"]["status"] = "completed"
    if done + 1 < len(notebook["cells"]):
        notebook["cells"][done + 1]["metadata"]["papermill"]["status"] = "running"
    return notebook
