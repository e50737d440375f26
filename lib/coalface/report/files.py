"""Files that are whole or not there: a temporary name beside, then one rename."""

from __future__ import annotations

import os
from pathlib import Path

from coalface.errors import RenderError

WORK = ".work"


def write(path: Path, content: str | bytes) -> None:
    """Write the whole content under its name, or leave what was there.

    Raises
    ------
    RenderError
        If the folder cannot be written, or the disk is full.
    """
    raw = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RenderError(
            f"cannot write {path}: {error.strerror}; free it, or choose another --output"
        ) from error


def prepare(output: Path) -> None:
    """Make the folder of the reports and its work folder, and sweep what a killed run has left."""
    try:
        (output / WORK).mkdir(parents=True, exist_ok=True)
        probe = output / WORK / f"probe.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise RenderError(
            f"cannot write to {output}: {error.strerror}; choose another folder with --output"
        ) from error
    for left in output.rglob(".*.part"):
        if not _alive(left.name.split(".")[-2]):
            left.unlink(missing_ok=True)


def _alive(pid: str) -> bool:
    """Whether a process of this number runs (on Windows always yes: there a signal would end it)."""
    if os.name == "nt":
        return True
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
