"""The farm: one process a report, so that nothing a notebook does harms another report."""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from coalface.errors import CoalfaceError, RenderError
from coalface.report import execute
from coalface.report.execute import Outcome, Task

GRACE_S = 2.0
PRELOAD = "coalface.warm_server"
FORKS = "forkserver" in multiprocessing.get_all_start_methods()


@dataclass(frozen=True)
class Limits:
    """What one report may take."""

    workers: int = 1
    max_time_s: float = 600.0
    memory_mb: int = 4096


@dataclass
class _Running:
    task: Task
    process: Any
    answer: Connection
    lifeline: Connection
    since: float


def run(
    tasks: Sequence[Task], limits: Limits, engine: str, warm: Sequence[str] | None = None
) -> Iterator[Outcome]:
    """The outcomes of all tasks, as they end; each in its own process, at most `workers` at a time.

    Notes
    -----
    A worker that crashes, hangs or eats too much memory costs its own report only. Closing the
    iterator ends the workers. The server, if this is its first use, imports the modules of `warm`.
    """
    context = _context(engine)
    if engine == "fork":
        _start_server(warm)
    waiting, running = list(tasks), list[_Running]()
    try:
        while waiting or running:
            while waiting and len(running) < limits.workers:
                running.append(_start(context, waiting.pop(0), limits))
            ends = [one.since + limits.max_time_s for one in running]
            wait([one.answer for one in running], timeout=max(0.0, min(ends) - time.monotonic()))
            for one in list(running):
                late = time.monotonic() - one.since > limits.max_time_s
                if one.answer.poll() or late:
                    running.remove(one)
                    yield _finish(one, limits)
    finally:
        for one in running:
            _end(one)


def call(engine: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's answer from a process of its own, which has the page maker at hand already.

    Raises
    ------
    CoalfaceError
        As the function raised it.
    """
    context = _context(engine)
    answer, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_call, args=(theirs, function, arguments, _environment()))
    with _clean_start():
        process.start()
    theirs.close()
    try:
        good, found = answer.recv()
    except EOFError:
        process.join()
        good, found = False, RenderError(f"{function.__name__} ended with exit code {process.exitcode}")
    process.join()
    if not good:
        raise found
    return found


def _call(
    answer: Connection,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    environment: Mapping[str, str],
) -> None:
    _wear(environment)
    try:
        answer.send((True, function(*arguments)))
    except CoalfaceError as error:
        answer.send((False, error))


def _context(engine: str) -> Any:
    if engine == "stock":
        return multiprocessing.get_context("spawn")
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOAD])
    return context


def _start_server(warm: Sequence[str] | None) -> None:
    """Have the server running; only when it starts does it import what it is told."""
    from multiprocessing import forkserver

    with _clean_start():
        if warm is not None:
            os.environ["COALFACE_WARM"] = ",".join(warm)
        forkserver.ensure_running()


@contextlib.contextmanager
def _clean_start() -> Iterator[None]:
    """Give a new process the workers' environment, and no main module to import a second time."""
    before = dict(os.environ)
    main = sys.modules["__main__"]
    _wear(_environment())
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        _wear(before)


def _environment() -> dict[str, str]:
    """What a worker's environment shall be; a fork would have that of the server's start otherwise."""
    wanted = {**os.environ, **execute.ENVIRONMENT}
    wanted.pop("PYTEST_CURRENT_TEST", None)  # with it ipykernel does not catch what subprocesses write
    return wanted


def _wear(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)


def _start(context: Any, task: Task, limits: Limits) -> _Running:
    answer, theirs = context.Pipe(duplex=False)
    rope, lifeline = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, limits, theirs, rope, _environment()), daemon=False)
    with _clean_start():
        process.start()
    theirs.close()
    rope.close()
    return _Running(task, process, answer, lifeline, time.monotonic())


def _finish(one: _Running, limits: Limits) -> Outcome:
    """The worker's answer, or what its silence means."""
    seconds = time.monotonic() - one.since
    outcome: Outcome | None = None
    late = not one.answer.poll()
    if not late:
        try:
            outcome = one.answer.recv()
        except (EOFError, OSError):
            one.process.join(GRACE_S)
    code = one.process.exitcode
    _end(one)
    if outcome is None:
        cause = f"ran longer than {limits.max_time_s:g} s" if late else _death(code) + _last_place(one.task)
        outcome = Outcome(one.task.job.stem, False, cause=cause)
    outcome = replace(outcome, seconds=seconds)
    if not outcome.made:
        with contextlib.suppress(CoalfaceError):  # a full disk must not stop the other reports
            outcome = call(one.task.engine, execute.keep_partial, one.task, outcome)
    one.task.tidy()
    return outcome


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"the process was ended by {name}"
    return f"the process left with exit code {code} before the notebook ended"


def _last_place(task: Task) -> str:
    """Where Python was when the process died, if it could still say so."""
    try:
        lines = task.log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    places = [line.strip() for line in lines if line.startswith("  File ")]
    return f" at {places[0]}" if places else ""


def _end(one: _Running) -> None:
    """Close the pipes; if the worker does not leave by itself, end it and what it started."""
    one.lifeline.close()
    one.answer.close()
    if one.process.is_alive():
        one.process.join(0.2)
    if one.process.is_alive():
        try:
            os.killpg(one.process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError, PermissionError):
            one.process.kill()
    one.process.join(GRACE_S)


def _work(
    task: Task, limits: Limits, answer: Connection, rope: Connection, environment: Mapping[str, str]
) -> None:
    """In the worker: guard itself, make the report, answer."""
    _wear(environment)
    _guard(limits, rope)
    log = os.open(task.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    faulthandler.enable()
    try:
        outcome = execute.make(task)
    except CoalfaceError as error:
        outcome = Outcome(task.job.stem, False, cause=str(error))
    except MemoryError:
        outcome = Outcome(task.job.stem, False, cause=f"needs more than {limits.memory_mb} MB")
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        cause = f"{type(error).__name__}: {error} ({os.path.basename(last.filename)}, line {last.lineno})"
        outcome = Outcome(task.job.stem, False, cause=cause)
    answer.send(outcome)
    answer.close()


def _guard(limits: Limits, rope: Connection) -> None:
    """A group of its own, a memory cap, and an end if the parent dies or time is up."""
    if sys.platform != "win32":
        import resource

        os.setsid()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, limits.max_time_s + 5 * GRACE_S)  # even if the parent is gone
        cap = limits.memory_mb * 2**20
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (cap if hard < 0 else min(cap, hard), hard))
    threading.Thread(target=_leave_with_parent, args=(rope,), daemon=True).start()


def _leave_with_parent(rope: Connection) -> None:
    """Nothing is ever sent on the rope: it becomes readable when the parent is gone."""
    rope.poll(None)
    os._exit(70)
