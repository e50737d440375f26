"""The engine that papermill knows as `coalface-fork`."""

from __future__ import annotations

from papermill.engines import NBClientEngine


class ForkEngine(NBClientEngine):  # type: ignore[misc]  # papermill ships no types
    """papermill's own engine until the fork engine stands."""
