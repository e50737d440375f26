"""Charts of two dimensions and of distributions: scatter, heat map, contour, histogram, small multiples."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coalface.show import marks
from coalface.show.style import colour, num, places
from coalface.show.timelines import plain, y_ticks


def _axis_names(ax: Axes, x: str, y: str) -> None:
    """Axis names in words: x under the axis, y above it and level, never turned."""
    if x:
        ax.set_xlabel(x, loc="right", fontsize=marks.SMALL)
    if y:
        ax.set_title(y, color=colour("muted"), fontsize=marks.SMALL, weight="normal", pad=6)


def scatter(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    x: str,
    y: str,
    narrow: bool = False,
    label: str | None = None,
    color: str | Mapping[str, str] = "russia",
    size: str | None = None,
    x_name: str = "",
    y_name: str = "",
    diagonal: bool = False,
    named: Iterable[str] | None = None,
    digits: int | None = None,
    zero: bool = False,
) -> Axes:
    """Points of two columns, named where there is room; `size` scales their areas, `diagonal` marks equality.

    Parameters
    ----------
    label : str, optional
        Column with the names; `named` limits which of them are printed (default: all up to fourteen).
    color : str or mapping
        One palette token, or a token by name.
    """
    data = frame.dropna(subset=[x, y])
    area = pd.Series(36.0, index=data.index)
    if size is not None:
        area = 16 + 260 * data[size].astype(float) / float(data[size].max())
    names = data[label].astype(str) if label else pd.Series("", index=data.index)
    tones = [colour(color if isinstance(color, str) else color.get(n, "other")) for n in names]
    ax.scatter(
        data[x],
        data[y],
        s=area,
        c=tones,
        alpha=0.85 if size is None else 0.6,
        edgecolors=colour("paper"),
        linewidths=0.8,
        zorder=3,
    )
    ax.grid(axis="x", visible=True)
    if zero:
        ax.set_xlim(left=min(0, ax.get_xlim()[0]))
    if diagonal:
        low, high = min(ax.get_xlim()[0], ax.get_ylim()[0]), max(ax.get_xlim()[1], ax.get_ylim()[1])
        ax.plot([low, high], [low, high], color=colour("muted"), lw=0.9, ls=(0, (3, 2)), zorder=1)
        ax.set(xlim=(low, high), ylim=(low, high))
    # Invisible marks tell the placing of labels where the points are.
    ax.plot(data[x], data[y], "o", alpha=0, ms=6)
    chosen = set(map(str, named)) if named is not None else set(names) if len(data) <= 14 else set()
    for k, name in enumerate(names):
        if name and name in chosen:
            marks.free(ax, data[x].iloc[k], data[y].iloc[k], name, "ink")
    y_ticks(ax, zero)
    ax.xaxis.set_major_formatter(
        lambda value, _: num(value, 0 if abs(value) >= 10 or float(value).is_integer() else digits or 1)
    )
    ax.locator_params(axis="x", nbins=5 if narrow else 7)
    _axis_names(ax, x_name, y_name)
    return ax


def heatmap(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    color: str = "russia",
    below: str = "loss",
    digits: int | None = None,
    x_name: str = "",
    y_name: str = "",
    values: bool | None = None,
) -> Axes:
    """Cells shaded by size: one colour above zero, the colour of loss below, each value printed."""
    matrix = frame.to_numpy(dtype=float)
    largest = float(np.nanmax(np.abs(matrix))) if np.isfinite(matrix).any() else 1.0
    digits = places(matrix.ravel()) if digits is None else digits
    written = matrix.size <= (60 if narrow else 130) if values is None else values
    shades = np.nan_to_num(matrix)
    # From pale to dark, so that cells of one shade become one path.
    for i, j in sorted(np.ndindex(*matrix.shape), key=lambda at: float(shades[at])):
        value = float(matrix[i, j])
        if not np.isfinite(value):
            marks.label(ax, j, i, num(None), "muted", ha="center")
            continue
        alpha = 0.06 + 0.62 * abs(value) / (largest or 1.0)
        tone = colour(below if value < 0 else color)
        ax.add_patch(Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, facecolor=tone, alpha=round(alpha, 2), lw=0))
        if written:
            marks.label(ax, j, i, num(value, digits), "ink", ha="center", fontsize=7 if narrow else 8.5)
    ax.set(xlim=(-0.5, matrix.shape[1] - 0.5), ylim=(matrix.shape[0] - 0.5, -0.5))
    every = -(-matrix.shape[1] // (6 if narrow else 14))
    ax.set_xticks(
        range(0, matrix.shape[1], every), [_short(c, 9 if narrow else 14) for c in frame.columns[::every]]
    )
    ax.set_yticks(range(matrix.shape[0]), [_short(i, 17 if narrow else 30) for i in frame.index])
    ax.tick_params(length=0, labelcolor=colour("ink"))
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    _axis_names(ax, x_name, y_name)
    return ax


def _short(name: object, width: int) -> str:
    text = num(name, None) if isinstance(name, float) else str(name)
    return "\n".join(textwrap.wrap(text, width, break_long_words=False)[:2])


def contour(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    levels: Iterable[float] | None = None,
    color: str = "russia",
    below: str = "loss",
    points: pd.DataFrame | None = None,
    x_name: str = "",
    y_name: str = "",
    digits: int | None = None,
) -> Axes:
    """Lines of equal value over two assumptions: index is y, columns are x; the zero line in ink.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numbers as index (y) and as columns (x).
    points : pandas.DataFrame, optional
        Named places on the plane: columns `x`, `y`, `label`.
    """
    x, y = np.asarray(frame.columns, dtype=float), np.asarray(frame.index, dtype=float)
    z = frame.to_numpy(dtype=float)
    steps = sorted(levels) if levels is not None else [float(v) for v in _round_levels(z)]
    digits = (0 if all(float(s).is_integer() for s in steps) else places(steps)) if digits is None else digits
    tones = [colour("ink" if s == 0 else below if s < 0 else color) for s in steps]
    if z.min() < 0 < z.max():
        ax.contourf(x, y, z, levels=[z.min(), 0], colors=[colour(below)], alpha=0.12)
    lines = ax.contour(
        x,
        y,
        z,
        levels=steps,
        colors=tones,
        linewidths=[1.8 if s == 0 else 1.1 for s in steps],
        linestyles="solid",
    )
    ax.clabel(lines, fmt=lambda v: num(v, digits), fontsize=marks.SMALL, inline_spacing=6)
    if points is not None:
        for row in points.to_dict("records"):
            ax.plot(
                row["x"], row["y"], "o", color=colour("ink"), mec=colour("paper"), mew=0.8, ms=6, zorder=4
            )
            marks.free(ax, row["x"], row["y"], str(row["label"]), "ink", weight="bold")
    ax.grid(axis="x", visible=True)
    y_ticks(ax)
    ax.xaxis.set_major_formatter(plain)
    ax.locator_params(axis="x", nbins=5 if narrow else 8)
    _axis_names(ax, x_name, y_name)
    return ax


def _round_levels(z: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    from matplotlib.ticker import MaxNLocator

    return np.asarray(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]).tick_values(float(z.min()), float(z.max())))[
        1:-1
    ]


def histogram(
    values: Any,
    *,
    ax: Axes,
    narrow: bool = False,
    color: str = "russia",
    bins: int = 30,
    marked: Mapping[str, float] | None = None,
    digits: int | None = None,
    x_name: str = "",
) -> Axes:
    """How draws or firms are spread: share of them in each bin, percent, with named values marked."""
    data = pd.Series(np.ravel(values)).dropna().to_numpy(dtype=float)
    counts, edges = np.histogram(data, bins=bins)
    share = 100 * counts / max(len(data), 1)
    ax.bar(
        (edges[:-1] + edges[1:]) / 2,
        share,
        width=np.diff(edges) * 0.94,
        color=colour(color),
        alpha=0.55,
        zorder=2,
    )
    digits = places(data) if digits is None else digits
    for name, value in (marked or {}).items():
        ax.axvline(value, color=colour("ink"), lw=1.2, zorder=3).set_label(marks.EVENT)
        note = ax.annotate(
            f"{name}\n{num(value, digits)}",
            (value, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -8),
            textcoords="offset points",
            color=colour("ink"),
            fontsize=marks.SMALL,
            va="center",
            linespacing=1.3,
        )
        note.set_label(marks.EVENT)
    y_ticks(ax, zero=True)
    ax.set_ylim(top=ax.get_ylim()[1] * (1.25 if marked else 1))
    ax.xaxis.set_major_formatter(plain)
    _axis_names(ax, x_name, "percent of draws")
    return ax


def grid(
    items: Mapping[str, Any],
    draw: Callable[..., Any],
    *,
    fig: Figure,
    narrow: bool = False,
    columns: int = 3,
    same_y: bool = True,
    **options: Any,
) -> Figure:
    """Small multiples: one panel an item, its name as title, drawn by `draw(item, ax=ax, narrow=True)`."""
    wide = min(2 if narrow else columns, max(len(items), 1))
    rows = -(-len(items) // wide)
    axes = np.ravel(np.asarray(fig.subplots(rows, wide, squeeze=False), dtype=object))
    for ax, (name, item) in zip(axes, items.items(), strict=False):
        draw(item, ax=ax, narrow=True, **options)
        ax.set_title("\n".join(textwrap.wrap(str(name), 22 if narrow else 30)), color=colour("ink"))
    for ax in axes[len(items) :]:
        ax.set_visible(False)
    if same_y and items:
        # After drawing: each panel chose limits for itself, the widest pair holds for all.
        limits = [ax.get_ylim() for ax in axes[: len(items)]]
        for k, ax in enumerate(axes[: len(items)]):
            ax.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
            ax.tick_params(labelleft=k % wide == 0)
    return fig
