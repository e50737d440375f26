"""A Jupyter kernel's shell inside this process: same shell, same streams, no sockets, no second process.

The shell, its display hooks and its output streams are ipykernel's own; only the session differs, which keeps
the messages instead of sending them. So a cell's outputs are those that a kernel would have sent.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import jupyter_client.session
from ipykernel.compiler import XCachingCompiler
from ipykernel.inprocess.socket import DummySocket
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets.config import Config

LANGUAGE = IPythonKernel.language_info
DRAIN_S = 0.002  # what a finished subprocess wrote passes through a pipe and a thread first


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
        stream: Any = OutStream
        sys.stdout, sys.stderr = (stream(self.tape, self._iopub, name) for name in ("stdout", "stderr"))
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
        self._drain()
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

    def _drain(self) -> None:
        """Wait until the streams have passed on what stands in their pipes, then flush them."""
        for stream in (sys.stdout, sys.stderr):
            while _waits(getattr(stream, "_fid", None)):
                time.sleep(DRAIN_S)
            if getattr(stream, "_fid", None) is not None:
                time.sleep(0)  # the watching thread may hold the last bytes
            stream.flush()


def _waits(pipe: int | None) -> bool:
    """Whether bytes stand unread in the pipe."""
    if pipe is None:
        return False
    import select

    return bool(select.select([pipe], [], [], 0)[0])
