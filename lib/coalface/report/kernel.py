"""A Jupyter kernel's shell inside this process: same shell, same streams, no sockets, no second process.

The shell, its display hooks and its output streams are ipykernel's own; only the session differs, which keeps
the messages instead of sending them. So a cell's outputs are those that a kernel would have sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import sys
import threading
from typing import Any

import jupyter_client.session
from ipykernel.compiler import XCachingCompiler
from ipykernel.inprocess.socket import DummySocket
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets.config import Config

LANGUAGE = IPythonKernel.language_info
PIPE_BYTES = 65_536


class Tape(jupyter_client.session.Session):
    """A session that keeps what it is given to send."""

    def __init__(self) -> None:
        super().__init__(key=b"")
        self.messages: list[dict[str, Any]] = []

    def send(  # type: ignore[override]  # ident, buffers and the like have no use here
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **_: Any
    ) -> Any:
        """Keep the message in the form in which JSON would have carried it."""
        message = msg_or_type
        if isinstance(msg_or_type, str):
            message = self.msg(msg_or_type, content=content, parent=parent)
        message["content"] = self.unpack(self.pack(message["content"]))
        self.messages.append(message)
        return message

    def take(self, parent_id: str) -> list[dict[str, Any]]:
        """The messages since the last call that answer this request."""
        taken, self.messages = self.messages, []
        return [m for m in taken if m["parent_header"].get("msg_id") == parent_id]


class Stream(OutStream):
    """A kernel's output stream that hands on what subprocesses wrote before anything that follows them.

    ipykernel leaves the pipe of the subprocesses to a thread, so that a cell's result may overtake what
    a subprocess of the cell wrote. Here a flush, which precedes every result and display, empties the pipe.
    """

    def __init__(self, *arguments: Any) -> None:
        self._taking = threading.Lock()
        super().__init__(*arguments)  # type: ignore[no-untyped-call]  # ipykernel's own are untyped

    def flush(self) -> None:
        """Hand on what stands in the pipe, then what was printed."""
        if self._should_watch and os.getpid() == self._master_pid:
            self._take()
        super().flush()  # type: ignore[no-untyped-call]

    def _watch_pipe_fd(self) -> None:
        with contextlib.suppress(OSError):
            while self._should_watch:
                _waits(self._fid, None)
                self._take()

    def _take(self) -> None:
        pipe: Any = self._fid
        with self._taking:
            while self._should_watch and _waits(pipe, 0):
                written = os.read(pipe, PIPE_BYTES)
                self.write(written.decode(errors="replace"))
                with contextlib.suppress(OSError):  # the worker's log, perhaps on a full disk
                    os.write(self._original_stdstream_copy, written)


def _waits(pipe: Any, timeout_ms: int | None) -> bool:
    """Whether bytes stand unread in the pipe, after at most so long; None waits for them."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    return bool(poll.poll(timeout_ms))


class Kernel:
    """One shell for one notebook; use it as a context, once a process."""

    def __init__(self) -> None:
        self.tape = Tape()
        thread: Any = IOPubThread
        self._iopub = thread(DummySocket(), session=self.tape)
        self.shell: Any  # ipykernel leaves half of its methods untyped

    def __enter__(self) -> Kernel:
        self._iopub.start()
        self._real = sys.stdout, sys.stderr, sys.displayhook, sys.modules["__main__"]
        sys.stdout, sys.stderr = (Stream(self.tape, self._iopub, name) for name in ("stdout", "stderr"))
        quiet = Config()
        quiet.HistoryManager.enabled = False
        self.shell = ZMQInteractiveShell.instance(
            config=quiet, user_ns={}, kernel=None, compiler_class=XCachingCompiler
        )
        for sender in (self.shell.displayhook, self.shell.display_pub):
            sender.session = self.tape
            sender.pub_socket = self._iopub.background_socket
        self.shell.displayhook.topic = b"execute_result"
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        return self

    def __exit__(self, *_: object) -> None:
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr, sys.displayhook, sys.modules["__main__"] = self._real
        for stream in streams:
            stream.close()
        self._iopub.stop()
        self._loop.close()
        asyncio.set_event_loop(None)
        ZMQInteractiveShell.clear_instance()

    def run(self, source: str) -> tuple[list[dict[str, Any]], int, dict[str, Any] | None]:
        """Run one cell: its messages, its number, and what it raised as the content of an error reply.

        Notes
        -----
        As in a kernel, an event loop runs meanwhile; a cell with a top-level `await` becomes a task of it.
        """
        request = self.tape.msg("execute_request", content={"code": source})
        self.shell.set_parent(request)
        number = self.shell.execution_count
        result = self._loop.run_until_complete(self._run(source))
        sys.stdout.flush()
        sys.stderr.flush()
        error = result.error_before_exec or result.error_in_exec
        failed = None
        if error is not None or getattr(self.shell, "_last_traceback_during_displayhook", False):
            failed = {
                "status": "error",
                "traceback": self.shell._last_traceback or [],
                "ename": type(error).__name__,
                "evalue": str(error),
            }
        return self.tape.take(request["header"]["msg_id"]), number, failed

    async def _run(self, source: str) -> Any:
        shell = self.shell
        broken: Any = None
        try:
            transformed = shell.transform_cell(source)
        except Exception:
            transformed, broken = source, sys.exc_info()
        told = {"transformed_cell": transformed, "preprocessing_exc_tuple": broken}
        if not shell.should_run_async(source, **told):
            return shell.run_cell(source, store_history=True)
        result = None
        try:
            result = await shell.run_cell_async(source, store_history=True, **told)
        finally:
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        return result
