"""What the server of the fork engine holds ready, imported once and shared by all its forks.

No model runs here and no thread is started: a lock held by a thread at the fork would never open again.
`matplotlib_inline` stays out: it hooks the shell when it is imported first, and there is no shell yet.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import pkgutil
import threading

from tqdm import tqdm

LIBRARIES = (
    "numpy.random",
    "pandas",
    "scipy.interpolate",
    "scipy.optimize",
    "scipy.stats",
    "statsmodels.api",
    "statsmodels.tsa.api",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.display",
    "papermill",
    "nbclient",
    "nbconvert",
    "jinja2",
    "nh3",
    "latex2mathml.converter",
    "yaml",
    "tqdm",
)
ROOMS = ("data", "inputs", "models", "scenarios", "show", "report")


def prepare() -> None:
    """Import the libraries and every room; a module that fails here fails in the report that needs it."""
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for room in ROOMS:
        for name in _modules(f"coalface.{room}"):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    for rehearse in (_figures, _picture, _page):
        with contextlib.suppress(Exception):
            rehearse()
    tqdm.set_lock(threading.RLock())  # its own holds a semaphore, which a killed fork would leave behind
    gc.collect()
    gc.freeze()  # the forks' collectors leave the shared pages alone


def _figures() -> None:
    """Read the tables: every catalogue of the same files then shares them."""
    from coalface import data

    cat = data.read()
    cat.rows(cat.series.index[0])
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


prepare()
