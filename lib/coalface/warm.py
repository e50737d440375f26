"""What the server of the fork engine holds ready, imported once and shared by all its forks.

No model runs here and no thread is started: a lock held by a thread at the fork would never open again.
`matplotlib_inline` stays out: it hooks the shell when it is imported first, and there is no shell yet.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import pkgutil
import sys
import threading
from collections.abc import Iterable, Iterator

from tqdm import tqdm

# What runs every notebook and makes every page.
TOOLS = (
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.display",
    "papermill",
    "nbclient",
    "pandas.io.formats.string",
    "tornado.platform.asyncio",
    "coalface.report.engine",
    "coalface.report.export",
    "coalface.report.index",
    "coalface.report.kernel",
    "coalface.report.manifest",
)
# What most models use, imported if nobody has said which modules the notebooks want.
LIBRARIES = ("pandas", "scipy.optimize", "scipy.stats", "statsmodels.tsa.api", "matplotlib.pyplot")
# jsonschema tries it for a text format that no notebook uses; its import builds a grammar for over a second.
SLOW = "rfc3987_syntax"
ROOMS = ("data", "inputs", "models", "scenarios", "show")


def prepare(wanted: Iterable[str] | None = None, tools: Iterable[str] = TOOLS) -> None:
    """Import tools and wanted modules; one that fails here fails again in the report that needs it."""
    if wanted is None:
        wanted = [*LIBRARIES, *(name for room in ROOMS for name in _modules(f"coalface.{room}"))]
    names = {*tools, *wanted}
    with _without(SLOW):
        for name in sorted(names):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    rehearsals = [_page] if "coalface.report.export" in names else []
    rehearsals += [_figures] if "coalface.data" in names else []
    rehearsals += [_picture] if {"coalface.data", "coalface.show"} <= names else []
    for rehearse in rehearsals:
        with contextlib.suppress(Exception):
            rehearse()
    tqdm.set_lock(threading.RLock())  # its own holds a semaphore, which a killed fork would leave behind
    gc.collect()
    gc.freeze()  # the forks' collectors leave the shared pages alone


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Have imports of this optional module fail, unless it is there already."""
    missing = name not in sys.modules
    if missing:
        sys.modules[name] = None  # type: ignore[assignment]  # so that `import` raises ImportError
    try:
        yield
    finally:
        if missing:
            del sys.modules[name]


def _figures() -> None:
    """Read the tables: every catalogue of the same files then shares them."""
    from coalface import data

    cat = data.read()
    cat.trace(*cat.series.index)
    for name in ("events", "claims", "towns", "mines", "forecasts", "conflicts", "multipliers"):
        cat.table(name)


def _picture() -> None:
    """Draw one figure, for the fonts and the style."""
    import pandas as pd

    from coalface import data, show

    cat = data.read()
    frame = pd.DataFrame({"sample": [1.0, 2.0]}, index=pd.period_range("2024", periods=2, freq="Y"))
    show.figure(
        "rehearsal",
        show.charts.lines,
        frame,
        title="The sample rises from 1 to 2 Mt",
        unit="Mt",
        alt="A line that rises from 1 Mt in 2024 to 2 Mt in 2025.",
        trace=cat.trace(cat.series.index[0]),
    )


def _page() -> None:
    """Make one page, for the template and the colours of the code."""
    from nbformat import v4

    from coalface.report import export
    from coalface.report.meta import Meta

    cells = [v4.new_markdown_cell("# Sample?"), v4.new_code_cell("x = 1")]  # type: ignore[no-untyped-call]
    notebook = v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    export.page(notebook, Meta("sample", "Sample", "Sample?", {}, (), {}, "", ""))


def _modules(name: str) -> list[str]:
    """The module, and all below it if it is a package."""
    try:
        module = importlib.import_module(name)
    except Exception:
        return []
    below = getattr(module, "__path__", None)
    return [name, *(found.name for found in pkgutil.walk_packages(below, f"{name}."))] if below else [name]
