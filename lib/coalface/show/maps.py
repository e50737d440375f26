"""Maps of towns and mines on an equal-area cone, offline, with labels that keep clear of each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from coalface.show import marks
from coalface.show.style import colour

Array = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
EARTH_RADIUS_KM: Final = 6371.0088


@dataclass(frozen=True)
class Cone:
    """Albers' equal-area conic projection: centre and two standard parallels, in degrees."""

    lon_0: float
    lat_0: float
    lat_1: float
    lat_2: float

    def __call__(self, lon: Any, lat: Any) -> tuple[Array, Array]:
        """Kilometres east and north of the centre, for degrees; longitudes run on past 180.

        Notes
        -----
        n = (sin a + sin b) / 2; C = cos^2 a + 2 n sin a; rho = R sqrt(C - 2 n sin lat) / n;
        x = rho sin(n (lon - lon_0)); y = rho_0 - rho cos(n (lon - lon_0)).

        References
        ----------
        Snyder (1987), Map Projections: A Working Manual, US Geological Survey, section 14.
        """
        first, second, origin = (np.sin(np.radians(a)) for a in (self.lat_1, self.lat_2, self.lat_0))
        n = (first + second) / 2
        c = 1 - first**2 + 2 * n * first
        rho, rho_0 = (
            EARTH_RADIUS_KM * np.sqrt(c - 2 * n * s) / n
            for s in (np.sin(np.radians(np.asarray(lat, float))), origin)
        )
        # Chukotka lies beyond 180 degrees; it belongs at the right-hand end of the map.
        east = (np.asarray(lon, float) - self.lon_0 + 180) % 360 - 180
        theta = n * np.radians(east)
        return np.asarray(rho * np.sin(theta)), np.asarray(rho_0 - rho * np.cos(theta))


RUSSIA: Final = Cone(lon_0=100, lat_0=56, lat_1=52, lat_2=64)
KUZBASS: Final = Cone(lon_0=87, lat_0=54.5, lat_1=53, lat_2=56)


def rings(layer: dict[str, Any], names: set[str] | None = None) -> Iterator[Array]:
    """Outer rings of the polygons of a GeoJSON layer as degrees, one array (points, 2) each.

    A ring that is cut at 180 degrees has no inside on this map and is left out.
    """
    for feature in layer["features"]:
        shape = feature["geometry"]
        if names is not None and feature["properties"].get("name") not in names:
            continue
        if shape["type"] in ("Polygon", "MultiPolygon"):
            parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
            outer = (np.asarray(part[0], float)[:, :2] for part in parts)
            yield from (ring for ring in outer if np.ptp(ring[:, 0]) < 180)


def towns(
    frame: pd.DataFrame,
    mines: pd.DataFrame,
    layer: dict[str, Any],
    *,
    fig: Figure,
    narrow: bool = False,
    cone: Cone = RUSSIA,
    window: tuple[float, float, float, float] | None = None,
    highlight: str = "",
    labels: tuple[int, int] = (16, 8),
    mark: str = "",
    quiet: pd.DataFrame | None = None,
) -> Axes:
    """Towns by exposure and by how sure their rank is, over mines by status.

    Parameters
    ----------
    frame : pandas.DataFrame
        `label` ("" for none), `lon`, `lat`, `score` (0 to 1: width of the mark; missing: a small square),
        `sure` (True: filled, False: ring) and `seat` (True: a diamond, at the seat of the municipality), most
        exposed first.
    mines : pandas.DataFrame
        `lon`, `lat`, `status`: operating mines are dots, mothballed and retired ones crosses; others are left
        out.
    layer : dict
        Boundaries, GeoJSON.
    window : tuple of float, optional
        Left, right, bottom, top in kilometres of the cone, all of which is shown; by default the layer.
    highlight : str
        Name of a region to draw on paper white.
    labels : tuple of int
        At most so many towns get a name, wide and narrow; a name that has no clear place is left out.
    mark : str
        Label of one town that is named first, in bold.
    quiet : pandas.DataFrame, optional
        `label`, `lon`, `lat` of further places that are named in grey where room is left.
    """
    ax = fig.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set_axis_off()
    ground = [np.column_stack(cone(ring[:, 0], ring[:, 1])) for ring in rings(layer)]
    _fill(ax, fig, window or _extent(ground))
    _ground(ax, ground, "grid")
    if highlight:
        _ground(ax, [np.column_stack(cone(r[:, 0], r[:, 1])) for r in rings(layer, {highlight})], "paper")
    _mines(ax, mines, cone)
    x, y = cone(frame["lon"], frame["lat"])
    scores = frame["score"].to_numpy(float)
    size = 3.0 + 11.0 * np.nan_to_num(scores)
    for i, (score, sure, seat) in enumerate(zip(scores, frame["sure"], frame["seat"], strict=True)):
        ranked = not np.isnan(score)
        ring = ranked and not sure
        ax.plot(
            x[i],
            y[i],
            marker=("D" if seat else "o") if ranked else "s",
            ms=size[i] + (2 if seat else 0) if ranked else 4,
            color=colour("paper" if ring else "russia"),
            mec=colour("russia" if ring else "paper"),
            mew=1.6 if ring else 0.8,
            ls="none",
            zorder=2.5 if seat else 3,
        )
    _scale(ax, narrow)
    names = list(frame["label"].astype(str))
    order = sorted(range(len(names)), key=lambda i: (names[i] != mark, i))
    reach = size * np.where(frame["seat"], 1.5, 1.0)  # a diamond is wider than its size says
    taken = place_labels(
        ax, x[order], y[order], [names[i] for i in order], reach[order], most=labels[narrow], bold=mark
    )
    if quiet is not None and len(quiet):
        x, y = cone(quiet["lon"], quiet["lat"])
        few, rest = labels[narrow], list(quiet["label"].astype(str))
        place_labels(ax, x, y, rest, np.full(len(rest), 3.0), most=few, token="muted", taken=taken)
    return ax


def _fill(ax: Axes, fig: Figure, window: tuple[float, float, float, float]) -> None:
    """Widen the window to the shape of the picture, so that a kilometre is as long both ways."""
    left, right, bottom, top = window
    width, height = fig.get_size_inches()
    scale = max((right - left) / width, (top - bottom) / height)
    across, up = (left + right) / 2, (bottom + top) / 2
    ax.set_xlim(across - scale * width / 2, across + scale * width / 2)
    ax.set_ylim(up - scale * height / 2, up + scale * height / 2)


def _extent(shapes: list[Array]) -> tuple[float, float, float, float]:
    every = np.concatenate(shapes)
    (left, bottom), (right, top) = every.min(axis=0), every.max(axis=0)
    return float(left), float(right), float(bottom), float(top)


def _ground(ax: Axes, shapes: list[Array], token: str) -> None:
    """The regions that the window touches, with thin borders."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    seen = []
    for shape in shapes:
        west, east, south, north = _extent([shape])
        if west < right and left < east and south < top and bottom < north:
            seen.append(Polygon(shape))
    border = colour("other")
    ax.add_collection(
        PatchCollection(seen, facecolor=colour(token), edgecolor=border, linewidth=0.4, zorder=1)
    )


def _mines(ax: Axes, mines: pd.DataFrame, cone: Cone) -> None:
    marks_of = {("operating",): ("o", 2.6), ("mothballed", "retired"): ("x", 4.0)}
    for status, (marker, size) in marks_of.items():
        some = mines[mines["status"].isin(status)]
        x, y = cone(some["lon"], some["lat"])
        ax.plot(
            x,
            y,
            marker,
            ms=size,
            color=colour("muted"),
            mew=1.0 if marker == "x" else 0,
            zorder=2,
            alpha=0.75,
        )


def _scale(ax: Axes, narrow: bool) -> None:
    """A bar of a round number of kilometres in the lower left corner."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    rounds = [a * 10.0**b for b in range(1, 4) for a in (1, 2, 5)]
    length = max([r for r in rounds if r <= (right - left) * (0.3 if narrow else 0.18)], default=rounds[0])
    x, y = left + 0.025 * (right - left), bottom + 0.035 * (top - bottom)
    ax.plot([x, x + length], [y, y], color=colour("ink"), lw=1.4, solid_capstyle="butt", zorder=4)
    marks.label(
        ax, x, y + 0.02 * (top - bottom), f"{length:,.0f} km", "muted", fontsize=marks.SMALL, va="bottom"
    )


def place_labels(
    ax: Axes,
    x: Array,
    y: Array,
    names: list[str],
    size: Array,
    *,
    most: int,
    bold: str = "",
    token: str = "ink",
    taken: list[Box] | None = None,
) -> list[Box]:
    """Names beside their marks, in the given order, at the first of 16 places that is clear; boxes taken.

    A place is clear if the text lies inside the axes and touches no mark, no name placed before it and no box
    of `taken`. Names that find none are left out rather than printed over another.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure, so that nothing can be measured")
    box, scale = ax.bbox, figure.dpi / 72
    points = ax.transData.transform(np.column_stack([x, y]))
    inside = (points[:, 0] >= box.x0) & (points[:, 0] <= box.x1)
    inside &= (points[:, 1] >= box.y0) & (points[:, 1] <= box.y1)
    half = size / 2 * scale
    taken = list(taken or ())
    taken += [(*(p - h), *(p + h)) for p, h, seen in zip(points, half, inside, strict=True) if seen]
    placed = 0
    for i, name in enumerate(names):
        if placed >= most or not inside[i] or not name:
            continue
        weight = "bold" if name == bold else "normal"
        text = marks.label(ax, x[i], y[i], name, token, fontsize=marks.SMALL, weight=weight, zorder=4)
        extent = text.get_window_extent()
        for dx, dy in _around(half[i] + 2 * scale, extent.width, extent.height):
            x0, y0 = points[i, 0] + dx, points[i, 1] + dy
            spot = (x0 - scale, y0 - scale, x0 + extent.width + scale, y0 + extent.height + scale)
            within = spot[0] >= box.x0 and spot[2] <= box.x1 and spot[1] >= box.y0 and spot[3] <= box.y1
            if within and not any(_touch(spot, other) for other in taken):
                at = ax.transData.inverted().transform((x0, y0 + extent.height / 2))
                text.set_position((float(at[0]), float(at[1])))
                taken.append(spot)
                placed += 1
                break
        else:
            text.remove()
    return taken


def _around(gap: float, width: float, height: float) -> Iterator[tuple[float, float]]:
    """Lower left corners of a text around a mark, nearest and right-hand side first, in pixels."""
    for far in (gap, gap + height):
        yield far, -height / 2
        yield -far - width, -height / 2
        yield -width / 2, far
        yield -width / 2, -far - height
        yield far * 0.7, far * 0.7
        yield far * 0.7, -far * 0.7 - height
        yield -far * 0.7 - width, far * 0.7
        yield -far * 0.7 - width, -far * 0.7 - height


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
