"""Charts of money and debt: real rates, responses, forecasts beside outcomes, interest within losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coalface.show import charts, marks, ranks, timeaxis, timelines
from coalface.show.style import colour, num

MARKS = {
    "Bank of Russia": ("D", "other"),
    "Survey of economists": ("s", "muted"),
}


def real_rates(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    households: pd.Series[Any] | None = None,
    labels: dict[str, str] | None = None,
) -> Axes:
    """Real rates over time as lines, and the months of a survey as dots.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ex_post and ex_ante, percent, by month.
    households : pandas.Series, optional
        Real rate by what households expect, percent, in the months of the survey.
    """
    charts.lines(
        frame,
        ax=ax,
        narrow=narrow,
        colors={"ex_post": "rate", "ex_ante": "rate"},
        styles={"ex_ante": "dashed"},
        labels=labels,
        digits=1,
    )
    if households is not None and len(households):
        x, y = timeaxis.positions(households.index), households.to_numpy(dtype=float)
        ax.plot(x, y, "o", color=colour("other"), ms=3.2, mec=colour("paper"), mew=0.5, zorder=3)
        marks.free(ax, x[-1], y[-1], f"{num(y[-1], 1)} by households", "other", weight="bold", fontsize=9)
    return ax


def gaps(frame: pd.DataFrame, *, ax: Axes, narrow: bool = False) -> Axes:
    """A line around zero, shaded from it."""
    x, y = timeaxis.positions(frame.index), frame.iloc[:, 0].to_numpy(dtype=float)
    ax.fill_between(x, 0, y, color=colour("rate"), alpha=0.2, lw=0, zorder=2)
    return charts.lines(
        frame,
        ax=ax,
        narrow=narrow,
        colors={str(frame.columns[0]): "rate"},
        labels={"gap": "points"},
        digits=1,
    )


def response(frame: pd.DataFrame, *, ax: Axes, narrow: bool = False) -> Axes:
    """One response estimated twice: a fan for the vector autoregression, dots with bars for the projections.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by month ahead; columns var, var_low, var_high, lp, lp_low, lp_high.
    """
    x = frame.index.to_numpy(dtype=float)
    values = {c: frame[c].to_numpy(dtype=float) for c in frame.columns}
    tone, other = colour("rate"), colour("other")
    ax.fill_between(x, values["var_low"], values["var_high"], color=tone, alpha=0.26, lw=0, zorder=2)
    ax.plot(x, values["var"], color=tone, zorder=3)
    some = slice(0, None, 3)
    ax.vlines(x[some], values["lp_low"][some], values["lp_high"][some], color=other, lw=1.1, zorder=3)
    ax.plot(x[some], values["lp"][some], "o", color=other, ms=3.6, mec=colour("paper"), mew=0.5, zorder=4)
    ax.set_xticks([0, 12, 24] if x.max() > 12 else [0, 6, 12])
    timelines.y_ticks(ax)
    return ax


def fan(frame: pd.DataFrame, *, ax: Axes, narrow: bool = False, **options: Any) -> Axes:
    """The house fan with one decimal at its labels."""
    return charts.fan(frame, ax=ax, narrow=narrow, digits=1, **options)


def forecasts(frame: pd.DataFrame, *, ax: Axes, narrow: bool = False) -> Axes:
    """Forecasts of one target in the order in which they were made, each with its range, and the outcome.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a forecast: made, issuer, theirs, theirs_low, theirs_high, ours, ours_low, ours_high,
        outcome.
    """
    x = np.arange(len(frame), dtype=float)
    ours, tone = frame["ours"].to_numpy(dtype=float), colour("rate")
    ax.vlines(x + 0.14, frame["ours_low"], frame["ours_high"], color=tone, lw=4, alpha=0.3, zorder=2)
    ax.plot(x + 0.14, ours, "o", color=tone, ms=5, mec=colour("paper"), mew=0.7, zorder=3)
    for issuer, part in frame.reset_index(drop=True).groupby("issuer"):
        shape, token = MARKS[str(issuer)]
        at, theirs = part.index.to_numpy(dtype=float) - 0.14, part["theirs"].to_numpy(dtype=float)
        ax.vlines(at, part["theirs_low"], part["theirs_high"], color=colour(token), lw=1.6, zorder=2)
        ax.plot(at, theirs, shape, color=colour(token), ms=5, mec=colour("paper"), mew=0.7, zorder=3)
    ax.axhline(float(frame["outcome"].iloc[0]), color=colour("ink"), lw=1, ls=(0, (4, 2)), zorder=1)
    ax.set_xticks(x, [f"{made[2:7]}" for made in frame["made"]], rotation=90)
    ax.set_xlim(-0.6, len(frame) - 0.4)
    timelines.y_ticks(ax)
    return ax


def losses(frame: pd.DataFrame, *, ax: Axes, narrow: bool = False) -> Axes:
    """Losses as lying bars: what interest can explain at most, and the rest.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by name; columns interest (at most, not above the loss), left, share (0 to 1), bn RUB.
    """
    names = [str(name) for name in frame.index]
    interest, left = (frame[c].to_numpy(dtype=float) for c in ("interest", "left"))
    ranks.value_axis(ax, interest + left)
    ranks.rows(ax, names, narrow)
    rows = np.arange(len(frame))
    ax.barh(rows, interest, height=0.6, color=colour("rate"), zorder=2)
    ax.barh(rows, left, left=interest, height=0.6, color=colour("loss"), alpha=0.55, zorder=2)
    for y, (part, rest, share) in enumerate(zip(interest, left, frame["share"], strict=True)):
        text = "all of it" if share >= 1 else f"{num(100 * share, 0)} percent"
        ranks.beside(ax, part + rest, y, text, "rate", narrow)
    return ax
