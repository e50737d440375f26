"""The generic charts, in one place: `f(frame, *, ax, narrow=False, ...) -> ax`, colours by palette token."""

from coalface.show.fans import fan, years
from coalface.show.parts import stacked, waterfall
from coalface.show.planes import contour, grid, heatmap, histogram, scatter
from coalface.show.ranks import bars, dots
from coalface.show.timelines import band, lines, step

__all__ = [
    "band",
    "bars",
    "contour",
    "dots",
    "fan",
    "grid",
    "heatmap",
    "histogram",
    "lines",
    "scatter",
    "stacked",
    "step",
    "waterfall",
    "years",
]
