"""Figures of coal towns: shares as ranges, ranks, jobs, maps; each says so where nothing is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coalface.models.assessment import Assessment
from coalface.models.exposure import MEANINGS
from coalface.show import charts, maps, marks
from coalface.show.block import Block, Trace
from coalface.show.figure import figure
from coalface.show.style import colour, interval, num
from coalface.show.words import say

LEVEL = "nine draws of ten"
KEY = (
    "The wider the mark, the more exposed. Filled: the rank interval spans half the list or less; ring: "
    "wider; square: not ranked; diamond: a municipality, drawn at its seat. Dots are working mines of April "
    "2024, crosses closed ones. Albers' equal-area cone."
)


def names(found: Assessment) -> pd.Series:
    """Short name of each town, by town_id: a municipal okrug is an okrug."""
    return found.table["name"].str.replace(" municipal ", " ")


def ranges(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    narrow: bool = False,
    color: str = "russia",
    start: float = 0.0,
    mark: str = "",
) -> Axes:
    """A bar from `low` to `high` a row, with its ends in words; first row at the top.

    Parameters
    ----------
    frame : pandas.DataFrame
        `label`, `low`, `high`; optional `value` (a dot) and `weak` (True: hatched, a bound without a count).
    start : float
        Left end of the axis.
    mark : str
        Label of the one row that keeps the colour while the others turn grey.
    """
    span = float(frame["high"].max()) - start or 1.0
    for y, row in enumerate(frame.to_dict("records")):
        low, high = float(row["low"]), float(row["high"])
        weak, own = bool(row.get("weak", False)), not mark or row["label"] == mark
        tone = colour(color if own else "other")
        ax.barh(
            y,
            max(high - low, 0.004 * span),
            left=low,
            height=0.42,
            color="none" if weak else tone,
            alpha=None if weak else 0.38,
            hatch="/////" if weak else None,
            edgecolor=tone if weak else "none",
            lw=0.9 if weak else 0,
            zorder=2,
        )
        text = interval(low, high, 0)
        if "value" in frame:
            ax.plot(row["value"], y, "o", color=tone, ms=7, mec=colour("paper"), mew=1, zorder=3)
            text = f"{num(row['value'], 0)}  ({text})"
        ax.annotate(
            text,
            (high, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=tone,
            fontsize=marks.SMALL if narrow else 9,
            weight="bold" if own and not weak else "normal",
        )
    ax.set_yticks(range(len(frame)), list(frame["label"].astype(str)))
    ax.tick_params(axis="y", labelcolor=colour("ink"))
    ax.set_ylim(len(frame) - 0.4, -0.7)
    ax.set_xlim(start - 0.02 * span, start + 1.02 * span)
    ax.xaxis.set_major_formatter(lambda value, _: num(value, 0))
    ax.locator_params(axis="x", nbins=5, integer=True)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["bottom"].set_visible(False)
    return ax


def _span(row: pd.Series) -> str:
    ends = row[["low", "high"]].to_numpy(float)
    return interval(float(ends[0]), float(ends[1]), 0)


def _height(rows: int) -> tuple[float, float]:
    return 0.55 + 0.29 * rows, 0.6 + 0.3 * rows


def shares(found: Assessment, shown: list[str], trace: Trace, *, mark: str = "") -> Block:
    """Figure of the lowest and highest share that mining can hold of a town's headcount, percent.

    The title speaks of the town `mark`, or of the one with the highest count.
    """
    table = found.table.loc[shown]
    frame = pd.DataFrame(
        {
            "label": names(found).reindex(table.index),
            "low": 100 * table["mining_share_low"],
            "high": 100 * table["mining_share_high"],
            "weak": (table["jobs_from"] == "tracker") | table["primary_ab"].isna(),
        }
    )
    frame = frame.dropna(subset=["low"]).sort_values("low", ascending=False, kind="stable")
    if frame.empty:
        whose = f" of {names(found)[mark]}" if mark else ""
        return say(f"The share of mining{whose} was not known on this day.")
    counted = frame[~frame["weak"]]
    top = (counted if len(counted) else frame).iloc[0]
    if mark in frame.index:
        top = frame.iloc[list(frame.index).index(mark)]
    words = _span(top)
    title = f"{top['label']} has the highest floor: mining holds at least {top['low']:.0f} percent of jobs"
    if mark in frame.index:
        title = f"In {top['label']} mining holds {words} percent of jobs"
    elif mark:
        title = f"The share of mining in {names(found)[mark]} is not known; these are its peers"
    return figure(
        "mining_share",
        ranges,
        frame.reset_index(drop=True),
        trace=trace,
        mark=str(top["label"]) if mark in frame.index else "",
        title=title,
        unit="mining's share of headcount, percent, lowest to highest possible",
        alt=f"Lowest to highest possible share of mining by town; {top['label']} has {words} percent.",
        note="Organisations without small firms. Farming and all mining are counted together; the bar leaves "
        "room for what places without coal hold of it. Hatched: the section is hidden, or there is no "
        "headcount and the workforce of the mines nearby stands in; no bar is an estimate of a middle.",
        height=_height(len(frame)),
    )


def ranks(found: Assessment, shown: list[str], trace: Trace, *, mark: str = "") -> Block:
    """Figure of median ranks with their intervals, most exposed first; the title speaks of `mark` or the "
    "first."""
    ranked = found.ranked
    frame = ranked.loc[[t for t in ranked.index if t in shown]]
    if frame.empty:
        return say("Without a rank there is no place to show beside other towns.")
    frame = pd.DataFrame(
        {
            "label": names(found).reindex(frame.index),
            "value": frame["median_rank"],
            "low": frame["rank_low"],
            "high": frame["rank_high"],
            "score": frame["score"],
        }
    )
    top = frame.iloc[list(frame.index).index(mark) if mark in frame.index else 0]
    sure = int(((ranked["rank_high"] - ranked["rank_low"]) <= len(ranked) / 2).sum())
    words = _span(top)
    return figure(
        "ranks",
        ranges,
        frame.reset_index(drop=True),
        trace=trace,
        start=1.0,
        mark=str(top["label"]) if mark else "",
        title=f"{top['label']} ranks {words} of {len(ranked)}; {sure} of the intervals span half the list or "
        "less",
        unit=f"rank of exposure, one is the most exposed; bar: {LEVEL}",
        alt=f"Median rank and interval by town; {top['label']} has rank {top['value']:,.0f} ({words}).",
        note="Every draw takes other bounds, radii, donors for what is missing, scales, means and weights.",
        height=_height(len(frame)),
    )


def spots(found: Assessment) -> pd.DataFrame:
    """Where each town with coordinates goes on a map, with score and whether its rank is fairly sure."""
    ranked = found.ranked.reindex(found.table.index)
    frame = found.table[["lon", "lat", "seat", "region_iso"]].assign(
        label=names(found),
        score=ranked["score"],
        median_rank=ranked["median_rank"],
        sure=(ranked["rank_high"] - ranked["rank_low"]) <= len(found.ranked) / 2,
    )
    frame = frame.dropna(subset=["lat"]).sort_values("median_rank", kind="stable")
    return frame[["label", "lon", "lat", "score", "median_rank", "sure", "seat", "region_iso"]]


def kuzbass_map(found: Assessment, mines: pd.DataFrame, layer: dict[str, object], trace: Trace) -> Block:
    """Map of the coal places of Kuzbass."""
    places = spots(found)
    here = places[(places["region_iso"] == "RU-KEM") & places["score"].notna()].reset_index(drop=True)
    if here.empty:
        return say("No ranked place of Kuzbass was known on this day.")
    top, sure = here.iloc[0], int(here["sure"].sum())
    return figure(
        "map_kuzbass",
        maps.towns,
        here,
        mines,
        layer,
        cone=maps.KUZBASS,
        window=(-110.0, 110.0, -135.0, 160.0),
        highlight="Kemerovo Oblast",
        trace=trace,
        height=(6.0, 4.6),
        title=f"Kuzbass holds {len(here)} ranked places; {sure} of their rank intervals span half the list "
        "or less",
        unit="score of exposure, from nothing to one, and how sure the rank is",
        alt=f"Map of Kuzbass with {len(here)} places; {top['label']} has the first rank there, with a score "
        f"of {top['score']:.2f}.",
        note=KEY,
    )


def russia_map(found: Assessment, mines: pd.DataFrame, layer: dict[str, object], trace: Trace) -> Block:
    """Map of all coal places of Russia; those of Kuzbass share one name."""
    places = spots(found)
    if places["score"].isna().all():
        return say("No town could be ranked from what was known on this day, so there is no map of ranks.")
    kuzbass = places["region_iso"] == "RU-KEM"
    one_name = places["label"].where(~kuzbass, "").mask(kuzbass & ~kuzbass.duplicated(), "Kuzbass")
    outside, far = int((found.table["region_iso"] != "RU-KEM").sum()), places[~kuzbass]
    ranked = far.dropna(subset=["score"])
    count = f"{len(ranked)} of {outside} coal places outside Kuzbass"
    best = (
        f"; {ranked['label'].iloc[0]} has the first rank, {ranked['score'].iloc[0]:.2f}"
        if len(ranked)
        else ""
    )
    return figure(
        "map_russia",
        maps.towns,
        places.assign(label=one_name).reset_index(drop=True),
        mines,
        layer,
        data=places.reset_index(drop=True),
        trace=trace,
        height=(3.9, 2.3),
        title=f"{count} have enough figures for a rank",
        unit="score of exposure, from nothing to one, and how sure the rank is",
        alt=f"Map of Russia; {count} have a score of exposure{best}.",
        note=f"{KEY} Places without coordinates have no mark. Boundaries before 2014, simplified; the "
        "outline of Chukotka is broken in the file and left out.",
    )


def jobs(found: Assessment, loss: pd.DataFrame, towns: list[str], fall: float, trace: Trace) -> Block:
    """Figure of jobs lost by town, direct and indirect, with intervals, largest first."""
    frame = pd.DataFrame(
        {
            "label": names(found).reindex(loss.index),
            "value": loss["jobs"],
            "low": loss["jobs_low"],
            "high": loss["jobs_high"],
        }
    )
    frame = frame.loc[towns].dropna().sort_values("value", ascending=False, kind="stable")
    if frame.empty:
        return say("No estimate of jobs can be made from what was known on this day.")
    top = frame.iloc[0]
    words = _span(top)
    return figure(
        "jobs",
        ranges,
        frame.reset_index(drop=True),
        trace=trace,
        color="loss",
        title=f"{top['label']} would lose {words} jobs if coal output fell by {num(100 * fall, 0)} percent",
        unit=f"jobs lost, direct and indirect; bar: {LEVEL}",
        alt=f"Jobs lost by town with interval; {top['label']} loses {top['value']:,.0f} jobs ({words}).",
        note="Mining jobs, elasticity and multiplier are drawn at random, "
        "with the same draws for every town and scenario.",
        height=_height(len(frame)),
    )


def drivers(found: pd.DataFrame, trace: Trace) -> Block:
    """Figure of the Sobol shares of rank variance, percent, total and first order in the table."""
    if found.empty:
        return say("There is no ranking on this day, so nothing to explain.")
    frame = (100 * found).clip(lower=0).sort_values("total", ascending=False, kind="stable")
    frame = frame.assign(label=[MEANINGS[i] for i in frame.index], value=np.round(frame["total"]))
    top = frame.iloc[0]
    return figure(
        "drivers",
        charts.dots,
        frame[["label", "value"]].reset_index(drop=True),
        data=frame[["label", "first", "total"]].reset_index(drop=True),
        trace=trace,
        color="other",
        title=f"The largest doubt: {top['label']}",
        unit="percent of the variance of ranks, total Sobol share",
        alt=f"Sobol shares of the variance of ranks; {top['label']} has {top['total']:.0f} percent.",
        note="All towns together. Shares overlap where choices work together, so they add up to more than "
        "the whole.",
        height=(2.9, 3.2),
    )
