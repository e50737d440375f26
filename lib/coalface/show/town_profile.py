"""One town on a page: who it is, where it stands, what is near, what a fall would cost, what is missing."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from coalface.models import assessment
from coalface.models.assessment import INDICATORS, WORDS, Assessment
from coalface.show import maps
from coalface.show.block import Block, Trace
from coalface.show.figure import figure
from coalface.show.style import interval, num
from coalface.show.tables import table
from coalface.show.towns import KEY, names, spots
from coalface.show.words import points, say

AROUND: Final = 5  # ranks above and below the town in the figure
# Head, unit, decimals of the table of facts, by column.
FACTS: Final = {
    "population": ("Residents", "persons", 0),
    "headcount": ("Jobs", "persons", 0),
    "share": ("Mining", "percent of jobs", 0),
    "miners_per_1000": ("Miners in reach", "per thousand", 0),
    "owner_hhi": ("Owners", "up to one", 2),
    "wage": ("Wage", "RUB a month", 0),
    "wage_gap_pct": ("Pay gap", "percent", 0),
    "population_fall_pct": ("Fall", "percent", 1),
}
COAL: Final = {"met": "coking", "thermal_and_met": "thermal and coking"}
# Words of the table of towns that only its maintainers read, and what the page says instead.
PLAIN: Final = {
    "A+B joins farming and mining": "the two are counted together",
    "sections A+B": "farming and mining at",
    "A+B": "farming and mining",
    "sourced:": "from a source:",
    "not assessed: no coordinates": "not assessed, as no coordinates were found",
    "the 2024 tracker": "the mine tracker of 2024",
    "panel rows cover": "figures cover",
    "panel population": "its population",
    "left out of the panel": "left out",
    "primary_ab": "farming and mining",
    "construction_f": "construction",
}


def intro(found: Assessment, town: str, trace: Trace) -> Block:
    """One paragraph: what the place is, and on what ground it counts as a coal town."""
    row = found.table.loc[town]
    flag = {"yes": "counted as a coal town", "no": "not counted as a coal town"}.get(
        str(row["is_coal_town"]), "not clearly a coal town"
    )
    category = row["category_2015"]
    listed = (
        f"The official list of about 2015 put it in category {category:.0f} of three, one being the worst."
        if pd.notna(category)
        else "It is not on the official list of about 2015."
    )
    sort = str(row["settlement_type"]) or "place"
    return say(
        f"**{row['name']}** ({row['name_ru']}), {sort} in {row['region']}, is {flag}. "
        f"{_ground(str(row['coal_basis']))} {listed}",
        trace=trace,
    )


def _plain(text: str) -> str:
    """A remark of the table of towns without the table's own names."""
    for short, said in PLAIN.items():
        text = text.replace(short, said)
    return text


def _ground(basis: str) -> str:
    """One sentence on why the place counts as a coal town or not."""
    if not basis:
        return "No ground is given."
    ours = basis.removeprefix("our inference: ")
    lead = "Ground" if ours == basis else "Ground, by our inference"
    mines = re.sub(r"\b1 operating mine\(s\)", "1 operating mine", ours).replace("mine(s)", "mines")
    return f"{lead}: {_plain(mines)}.".replace("Ground: from a source", "Ground, from a source")


def standing(found: Assessment, town: str, trace: Trace) -> Block:
    """One paragraph: rank with interval and reason, or why there is none."""
    name = names(found)[town]
    if found.ranking is None:
        return say("Too little was known on this day to rank any town.")
    if town not in found.ranked.index:
        known = int(found.left_out.get(town, 0))
        return say(
            f"**{name} is not ranked**: {known} of {len(INDICATORS)} indicators are known, and "
            f"{assessment.ENOUGH} are needed, because the rest would be other towns' figures. "
            "No rank does not mean no risk.",
            trace=trace,
        )
    row, total = found.ranked.loc[town].astype(float), len(found.ranked)
    ends, why = row[["rank_low", "rank_high"]].to_numpy(float), assessment.reasons(found)[town]
    span = interval(float(ends[0]), float(ends[1]), 0)
    would = "ranks" if found.table.loc[town, "is_coal_town"] == "yes" else "would rank"
    return say(
        f"**{name} {would} {span} of {total}** in nine draws of "
        f"ten, median {row['median_rank']:.0f}, and is among the first {found.ranking.top} in "
        f"{100 * row['top_share']:.0f} percent of the draws. What moves it most: {why}.",
        trace=trace,
    )


def window(found: Assessment, town: str) -> list[str]:
    """The town with the towns ranked just above and below it; empty without a rank."""
    order = list(found.ranked.index)
    if town not in order:
        return []
    here = order.index(town)
    return order[max(0, here - AROUND) : here + AROUND + 1]


def facts(found: Assessment, town: str, trace: Trace) -> Block:
    """Table of this town's figures beside the middle of its peers and of all ranked towns."""
    near = assessment.peers(found, town).index
    rows = []
    for part in ([town], near, found.ranked.index):
        middle = found.table.loc[part].select_dtypes("number").median()
        low, high = (100 * middle[f"mining_share_{end}"] for end in ("low", "high"))
        rows.append({**middle, "share": interval(low, high, 0).replace(" ", "\u00a0")})
    places = [names(found)[town], "Peers", "All ranked"]
    frame = pd.DataFrame(rows, columns=list(FACTS)).set_axis(pd.Index(places, name="Place"))
    listed = ", ".join(names(found).reindex(near)) or "none, as its population is not known"
    source = {"headcount": "printed headcounts", "tracker": "the workforce of the mines nearby"}
    basis = source.get(str(found.table.loc[town, "jobs_from"]), "nothing")
    return table(
        frame.rename(columns={column: head for column, (head, _, _) in FACTS.items()}),
        caption="What this town depends on, beside others",
        note=f"Peers, the nearest in population: {listed}; of them and of all ranked towns the middle value. "
        f"The share of mining rests on {basis}. Jobs: organisations without small firms. Miners: mine work "
        "in reach of residents. Owners: concentration. Pay gap: coal pay above the wage. Fall: of "
        "population, January 2022 to January 2024.",
        units={head: unit for head, unit, _ in FACTS.values()},
        digits={head: digits for column, (head, _, digits) in FACTS.items() if column != "share"},
        trace=trace,
    )


def mines_table(near: pd.DataFrame, town: str, trace: Trace) -> Block:
    """Table of the mines within three radii, nearest first."""
    if near.empty:
        return say(
            f"No mine of the tracker is known within reach of {town}, or its coordinates are not known."
        )
    frame = pd.DataFrame(
        {
            "Mine": near["name"],
            "Owner": near["owner"].fillna(near["operator"]),
            "Status": near["status"],
            "Coal": near["coal_grade"].replace(COAL),
            "Distance": near["distance_km"],
            "Tonnes": near["tonnes_mt"],
            "Workforce": near["workforce"],
        }
    )
    working = int((near["status"] == "operating").sum())
    return table(
        frame.reset_index(drop=True),
        caption=f"Mines around {town}: {working} at work, {len(near) - working} planned, shelved or closed",
        note="Nearest first, state of April 2024; tonnes are output, or capacity where no output is printed; "
        "some workforces are estimates. Nearness is not proof that a mine's people live in the town.",
        units={"Distance": "km", "Tonnes": "Mt a year", "Workforce": "persons"},
        digits={"Distance": 0, "Tonnes": 1, "Workforce": 0},
        trace=trace,
        rows=25,
    )


def local_map(
    found: Assessment, town: str, mines: pd.DataFrame, layer: dict[str, object], reach_km: float, trace: Trace
) -> Block:
    """Map of the town, its neighbours and the mines around it."""
    here = found.table.loc[town]
    if pd.isna(here["lat"]):
        return say("The coordinates of this place were not found, so there is no map.")
    cone = maps.Cone(here["lon"], here["lat"], here["lat"] - 2, here["lat"] + 2)
    places = spots(found)
    x, y = cone(places["lon"], places["lat"])
    # A municipality stands on its seat; the town of the page is drawn last, on top.
    inside = (np.abs(x) <= 1.6 * reach_km) & (np.abs(y) <= 1.6 * reach_km)
    shown = places[inside].sort_index(key=lambda index: index == town, kind="stable").reset_index(drop=True)
    name = names(found)[town]
    far = np.hypot(*cone(mines["lon"], mines["lat"]))
    close = mines[(far <= reach_km) & (mines["status"] == "operating")]
    count = f"{len(close) or 'No'} working mine{'s lie' if len(close) > 1 else ' lies'}"
    return figure(
        "map",
        maps.towns,
        shown,
        mines,
        layer,
        cone=cone,
        window=(-1.1 * reach_km, 1.1 * reach_km, -0.8 * reach_km, 0.8 * reach_km),
        highlight=str(here["region"]),
        mark=name,
        quiet=close.nlargest(12, "tonnes_mt").rename(columns={"name": "label"})[["label", "lon", "lat"]],
        data=pd.DataFrame({"town": [name], "working_mines": [len(close)], "radius_km": [round(reach_km)]}),
        trace=trace,
        height=(4.6, 3.4),
        title=f"{count} within {reach_km:.0f} km of {name}",
        unit="score of exposure, from nothing to one, and how sure the rank is",
        alt=f"Map around {name} with its score of exposure and the mines nearby; {count} within "
        f"{reach_km:.0f} km.",
        note=f"{KEY} The largest working mines are named in grey. Boundaries are simplified.",
    )


def cost(loss: pd.DataFrame, town: str, fall: float, trace: Trace) -> Block:
    """Table of jobs, pay and arrears that a fall of output would cost the town, with intervals."""
    row = loss.loc[town]
    if pd.isna(row["jobs"]):
        return say(
            "How many of its people work in mines is not known, so no loss can be counted for this town."
        )
    lines = {
        "direct": ("Mining jobs", "jobs", 1.0, 0),
        "indirect": ("Other jobs", "jobs", 1.0, 0),
        "jobs": ("All jobs", "jobs", 1.0, 0),
        "payroll_mn_rub": ("Pay", "mn RUB a month", 1.0, 0),
        "income_share": ("Share of pay", "percent", 100.0, 1),
        "arrears_mn_rub": ("Wages owed", "mn RUB, once", 1.0, 0),
    }
    ends = {"Low": "_low", "Median": "", "High": "_high"}
    frame = pd.DataFrame(
        {
            head: [scale * float(row[f"{column}{end}"]) for end in ends.values()]
            for column, (head, _, scale, _) in lines.items()
        },
        index=pd.Index(list(ends), name="Nine draws of ten"),
    )
    return table(
        frame,
        caption=f"What a fall of coal output by {num(100 * fall, 0)} percent would cost",
        note="Pay is known for Kuzbass only; a dash is not known. Wages owed: at the rates of known cases. "
        "Medians and ends do not add up across columns.",
        units={head: unit for head, unit, _, _ in lines.values()},
        digits={head: digits for head, _, _, digits in lines.values()},
        trace=trace,
    )


def missing(found: Assessment, town: str) -> Block:
    """What is not known of this town, one point each."""
    row = found.table.loc[town]
    columns = {i: "mining_share_high" if i == "mining_share" else i for i in INDICATORS}
    texts = [f"Not known: {WORDS[i]}." for i, column in columns.items() if pd.isna(row[column])]
    if row["jobs_from"] == "headcount" and pd.isna(row["primary_ab"]):
        texts.append(
            "The share of farming and mining is hidden by the statistics office; only bounds are known."
        )
    if row["jobs_from"] == "tracker":
        texts.append("No headcount by section was found; the workforce of the mines nearby stands in for it.")
    if row["panel_id"] and row["panel_id"] != town:
        whole = str(row["municipality"]).replace(" municipal ", " ")
        texts.append(f"Figures cover {whole}, the wider municipality, not the town alone.")
    if row["seat"]:
        texts.append("The municipality has no place of its own; distances run from its seat.")
    # That figures cover a wider municipality has been said above, by its name.
    if row["note"] and "named in panel_id" not in row["note"]:
        texts.append(f"The table of towns notes: {_plain(row['note'])}.")
    texts.append(
        "Who owns the mines today, and which have stopped since April 2024, is not in the table of mines."
    )
    return points(*texts)
