"""Charts as SVG: drawn twice, for wide and for narrow screens, with the same bytes from run to run."""

from __future__ import annotations

import base64
import inspect
import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from coalface.show import layout
from coalface.show.compact import compact
from coalface.show.style import rc

WIDE, NARROW = (
    7.5,
    3.65,
)  # inches: 540 and 263 points, so that 9 points are 12 pixels on a page and on a phone
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def draw_svg(
    draw: Callable[..., Any],
    args: tuple[Any, ...],
    size: tuple[float, float],
    narrow: bool,
    options: dict[str, Any],
) -> str:
    """One drawing as SVG text. A `draw` with a parameter `fig` gets the whole figure, any other gets axes."""
    style: Any = rc()
    with mpl.rc_context(style):
        fig = Figure(figsize=size)
        FigureCanvasSVG(fig)
        target = {"fig": fig} if "fig" in inspect.signature(draw).parameters else {"ax": fig.subplots()}
        draw(*args, **target, narrow=narrow, **options)
        layout.fit(fig)
        out = io.StringIO()
        fig.savefig(out, format="svg", metadata=_NO_METADATA)
    return compact(out.getvalue())


def data_uri(svg: str) -> str:
    """An SVG as the address of an image; inside an image no script of it can run."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
