"""The rules that keep labels clear of lines, of each other and of the edge of the picture."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from coalface.show.marks import END, EVENT, FREE, LEFT, RULE

_GAP = 10.0  # points between two columns or rows of axes
_PAD = 3.0  # points between the ink and the edge of the picture


def fit(fig: Figure) -> None:
    """Give every label room: margins as wide as the text outside the axes, labels moved clear of lines."""
    canvas: Any = FigureCanvasAgg(fig)
    renderer = cast(RendererBase, canvas.get_renderer())
    axes = [ax for ax in fig.axes if ax.get_visible() and ax.get_subplotspec() is not None]
    if axes:
        _margins(fig, axes, renderer)
        for ax in axes:
            _make_room(ax, renderer)
        _margins(fig, axes, renderer)
        for ax in axes:
            _part_ends(ax, renderer)
            _move_free(ax, renderer)
        _margins(fig, axes, renderer)
        for ax in axes:
            _thin_ticks(ax, renderer)


def _margins(fig: Figure, axes: list[Axes], renderer: RendererBase) -> None:
    width, height = fig.bbox.width, fig.bbox.height
    left = right = top = bottom = 0.0
    inner_l = inner_r = inner_t = inner_b = 0.0
    columns = rows = 1
    for ax in axes:
        spec = ax.get_subplotspec()
        tight = ax.get_tightbbox(renderer)
        if spec is None or tight is None:
            continue
        box = ax.get_window_extent(renderer)
        grid = spec.get_gridspec()
        columns, rows = grid.ncols, grid.nrows
        over = box.x0 - tight.x0, tight.x1 - box.x1, tight.y1 - box.y1, box.y0 - tight.y0
        if spec.is_first_col():
            left = max(left, over[0])
        else:
            inner_l = max(inner_l, over[0])
        if spec.is_last_col():
            right = max(right, over[1])
        else:
            inner_r = max(inner_r, over[1])
        if spec.is_first_row():
            top = max(top, over[2])
        else:
            inner_t = max(inner_t, over[2])
        if spec.is_last_row():
            bottom = max(bottom, over[3])
        else:
            inner_b = max(inner_b, over[3])
    between_x, between_y = inner_l + inner_r + _GAP, inner_t + inner_b + _GAP
    # A label that no picture could hold is cut at the edge; a quarter of the picture stays for what is drawn.
    x0, y0 = min(left + _PAD, 0.6 * width), min(bottom + _PAD, 0.6 * height)
    x1, y1 = max(width - 1.03 * right - _PAD, x0 + 0.25 * width), max(height - top - _PAD, y0 + 0.25 * height)
    cell_w = max((x1 - x0 - (columns - 1) * between_x) / columns, 1.0)
    cell_h = max((y1 - y0 - (rows - 1) * between_y) / rows, 1.0)
    fig.subplots_adjust(
        left=x0 / width,
        right=min(x1 / width, 1),
        bottom=y0 / height,
        top=min(y1 / height, 1),
        wspace=between_x / cell_w if columns > 1 else None,
        hspace=between_y / cell_h if rows > 1 else None,
    )


def _make_room(ax: Axes, renderer: RendererBase) -> None:
    """Start the axis lower where a label left of its mark would run into the names of the rows."""
    low, high = ax.get_xlim()
    width, wanted = ax.get_window_extent(renderer).width, low
    for note in _notes(ax, LEFT):
        share = min((note.get_window_extent(renderer).width + 12) / width, 0.6)
        wanted = min(wanted, (float(note.xy[0]) - share * high) / (1 - share))
    ax.set_xlim(left=wanted)


def _thin_ticks(ax: Axes, renderer: RendererBase) -> None:
    """Where names under the axis would touch, keep every second, counted from the last."""
    low, high = sorted(ax.get_xlim())
    names = [t for t in ax.get_xticklabels() if t.get_text() and low <= t.get_position()[0] <= high]
    for _ in range(4):
        boxes = [t.get_window_extent(renderer) for t in names]
        if all(a.x1 + 3 < b.x0 for a, b in pairwise(boxes)):
            return
        for name in names[-2::-2]:
            name.set_visible(False)
        names = names[::-1][::2][::-1]


def _notes(ax: Axes, *names: str) -> list[Annotation]:
    return [t for t in ax.texts if isinstance(t, Annotation) and t.get_label() in names]


def _anchor(note: Annotation) -> tuple[float, float]:
    ax = cast(Axes, note.axes)
    x, y = float(note.xy[0]), float(note.xy[1])
    if note.get_label() == EVENT:
        return float(ax.transData.transform((x, 0))[0]), float(ax.bbox.y1)
    px, py = ax.transData.transform((x, y))
    return float(px), float(py)


def _part_ends(ax: Axes, renderer: RendererBase) -> None:
    """Push labels at the right-hand side apart until no two overlap, each as near its line as can be."""
    notes = _notes(ax, END)
    if not notes:
        return
    furthest = max(_anchor(n)[0] for n in notes)
    column = [n for n in notes if _anchor(n)[0] > furthest - 8]
    for note in notes:
        if note not in column:
            note.set_label(FREE)
    column.sort(key=lambda n: _anchor(n)[1])
    sizes = [n.get_window_extent(renderer).height + 1 for n in column]
    wanted = [_anchor(n)[1] for n in column]
    for note, place, at in zip(column, apart(wanted, sizes), wanted, strict=True):
        note.set_position((6 + furthest - _anchor(note)[0], place - at))


def apart(wanted: Iterable[float], sizes: Iterable[float]) -> list[float]:
    """Centres of boxes nearest to where they want to be, in their order, without overlap.

    Examples
    --------
    >>> apart([10, 12, 50], [8, 8, 8])
    [7.0, 15.0, 50.0]
    """
    clusters: list[tuple[list[float], list[float]]] = []
    for at, size in zip(wanted, sizes, strict=True):
        clusters.append(([float(at)], [float(size)]))
        while len(clusters) > 1 and _bounds(*clusters[-2])[1] > _bounds(*clusters[-1])[0]:
            last = clusters.pop()
            clusters[-1] = (clusters[-1][0] + last[0], clusters[-1][1] + last[1])
    out: list[float] = []
    for ats, heights in clusters:
        edge = _bounds(ats, heights)[0]
        for height in heights:
            out.append(edge + height / 2)
            edge += height
    return out


def _bounds(wanted: list[float], sizes: list[float]) -> tuple[float, float]:
    """Both edges of a stack whose boxes together lie nearest to where they want to be."""
    offsets = np.cumsum(sizes) - np.asarray(sizes) / 2
    edge = float(np.mean(np.asarray(wanted) - offsets))
    return edge, edge + float(np.sum(sizes))


def _obstacles(ax: Axes) -> npt.NDArray[np.float64]:
    """Points, in pixels, that no label should cover: every line every four pixels, the outline of bars."""
    found = []
    for line in ax.lines:
        if line.get_label() in (EVENT, RULE) or not isinstance(line, Line2D):
            continue
        xy = line.get_transform().transform(np.asarray(line.get_xydata(), dtype=float))
        if line.get_linestyle() != "None":
            found.append(_along(xy))
        found.append(xy[np.isfinite(xy).all(axis=1)])
    for area in ax.collections:
        if isinstance(area, PolyCollection):
            found.extend(_inside(area.get_transform().transform_path(p)) for p in area.get_paths())
        elif isinstance(area, ContourSet) and not area.filled:
            vertices = (np.asarray(p.vertices, dtype=float) for p in area.get_paths())
            found.extend(area.get_transform().transform(v) for v in vertices if len(v))
    for patch in ax.patches:
        if isinstance(patch, Rectangle):
            box = patch.get_window_extent()
            columns, rows = np.meshgrid(np.linspace(box.x0, box.x1, 8), np.linspace(box.y0, box.y1, 8))
            found.append(np.column_stack([columns.ravel(), rows.ravel()]))
    return np.concatenate(found) if found else np.empty((0, 2))


def _along(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points of a line, in pixels, every four pixels of each of its known pieces, then where the pieces end.

    Examples
    --------
    >>> _along(np.array([[0.0, 0.0], [8.0, 0.0], [np.nan, 0.0], [1.0, 1.0], [1.0, 2.0]]))
    array([[0., 0.],
           [4., 0.],
           [1., 1.],
           [8., 0.],
           [1., 2.]])
    """
    starts, ways = xy[:-1], np.diff(xy, axis=0)
    known = np.isfinite(ways).all(axis=1)
    starts, ways = starts[known], ways[known]
    steps = np.maximum(np.hypot(*ways.T) // 4, 1).astype(int)
    piece = np.repeat(np.arange(len(steps)), steps)
    share = (np.arange(len(piece)) - (np.cumsum(steps) - steps)[piece]) / steps[piece]
    return np.concatenate([starts[piece] + ways[piece] * share[:, None], starts + ways])


def _inside(path: Path) -> npt.NDArray[np.float64]:
    """Points of a grid that lie in an area, such as a fan or a band; they weigh less than a line."""
    box = path.get_extents()
    if not np.isfinite(box.extents).all():
        return np.empty((0, 2))
    columns, rows = np.meshgrid(np.arange(box.x0, box.x1, 9.0), np.arange(box.y0, box.y1, 9.0))
    points = np.column_stack([columns.ravel(), rows.ravel()])
    return np.asarray(points[path.contains_points(points)], dtype=float)


def _move_free(ax: Axes, renderer: RendererBase) -> None:
    points = _obstacles(ax)
    verticals = [float(x) for x in (ax.transData.transform((n.xy[0], 0))[0] for n in _notes(ax, EVENT))]
    taken = [
        t.get_window_extent(renderer) for t in ax.texts if t.get_label() not in (FREE, EVENT) and t.get_text()
    ]
    for note in _notes(ax, FREE) + _notes(ax, EVENT):
        size = note.get_window_extent(renderer)
        px, py = _anchor(note)
        event = note.get_label() == EVENT
        best: tuple[float, tuple[float, float], str, Bbox] | None = None
        for rank, (dx, dy, side) in enumerate(_places(event, size, ax)):
            x0 = px + dx - (0 if side == "left" else size.width if side == "right" else size.width / 2)
            box = Bbox.from_bounds(x0, py + dy - size.height / 2, size.width, size.height)
            cost = rank * 0.05 + _cost(box, points, taken, verticals, px if event else None, ax.bbox)
            if best is None or cost < best[0]:
                best = cost, (dx, dy), side, box
        if best is not None:
            note.set_horizontalalignment(cast(Any, best[2]))
            note.set_position(best[1])
            taken.append(best[3])


def _places(event: bool, size: Bbox, ax: Axes) -> list[tuple[float, float, str]]:
    if event:
        half = size.height / 2
        downs = np.linspace(-half - 1, -ax.bbox.height + half + 4, 14)
        return [(dx, float(d), side) for d in downs for dx, side in ((4.0, "left"), (-4.0, "right"))]
    up = size.height / 2 + 5
    near = [
        (6.0, 0.0, "left"),
        (0.0, up, "center"),
        (0.0, -up, "center"),
        (4.0, up, "left"),
        (4.0, -up, "left"),
    ]
    near += [(-4.0, up, "right"), (-4.0, -up, "right"), (-6.0, 0.0, "right")]
    return near + [(dx, dy * 2.2, side) for dx, dy, side in near if dy]


def _cost(
    box: Bbox,
    points: npt.NDArray[np.float64],
    taken: list[Bbox],
    verticals: list[float],
    own: float | None,
    inside: Bbox,
) -> float:
    """How much a label at this place would cover, in points of lines."""
    grown = box.padded(2)
    covered = 0.0
    if len(points):
        x, y = points[:, 0], points[:, 1]
        covered += float(((x > grown.x0) & (x < grown.x1) & (y > grown.y0) & (y < grown.y1)).sum())
    covered += 30.0 * sum(grown.overlaps(other) for other in taken)
    covered += 8.0 * sum(grown.x0 < x < grown.x1 for x in verticals if x != own)
    beyond = max(box.x1 - inside.x1, 0) + max(inside.x0 - box.x0, 0) if own is not None else 0
    over = max(box.y1 - inside.y1 - 10, 0) + max(inside.y0 - box.y0, 0)
    return float(covered + beyond + 2.0 * over)
