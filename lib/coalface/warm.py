"""What the server of the fork engine holds ready, imported once and shared by all its forks.

Nothing is computed here and no thread is started: a lock held by a thread at the fork would never open again.
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
    tqdm.set_lock(threading.RLock())  # its own holds a semaphore, which a killed fork would leave behind
    gc.collect()
    gc.freeze()  # the forks' collectors leave the shared pages alone


def _modules(name: str) -> list[str]:
    """The module, and all below it if it is a package."""
    try:
        module = importlib.import_module(name)
    except Exception:
        return []
    below = getattr(module, "__path__", None)
    return [name, *(found.name for found in pkgutil.walk_packages(below, f"{name}."))] if below else [name]


prepare()
