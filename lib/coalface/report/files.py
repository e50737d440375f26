"""Files that are whole or not there: a temporary name beside, then one rename."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coalface.errors import RenderError

WORK = ".work"
HOST = re.sub(r"[^A-Za-z0-9]", "_", platform.node())


def write(path: Path, content: str | bytes) -> None:
    """Write the whole content under its name, or leave what was there.

    Raises
    ------
    RenderError
        If the folder cannot be written, or the disk is full.
    """
    raw = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{HOST}-{os.getpid()}.part")
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


@contextmanager
def workplace(output: Path) -> Iterator[Path]:
    """A folder in the reports' folder for this run's unfinished files; what killed runs left is removed.

    Raises
    ------
    RenderError
        If the folder of the reports cannot be made or written.
    """
    work = output / WORK / f"{HOST}-{os.getpid()}"
    try:
        work.mkdir(parents=True, exist_ok=True)
        (work / "probe").write_bytes(b"")
    except OSError as error:
        raise RenderError(
            f"cannot write to {output}: {error.strerror}; choose another folder with --output"
        ) from error
    for left in [*output.glob(".*.part"), *output.glob("*/.*.part"), *(output / WORK).iterdir()]:
        host, _, pid = left.name.removesuffix(".part").rpartition(".")[2].rpartition("-")
        if host == HOST and not _alive(pid):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        with contextlib.suppress(OSError):  # another run may be at work
            work.parent.rmdir()


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
