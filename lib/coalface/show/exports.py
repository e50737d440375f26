"""Figures and tables of what was counted; each says in words when nothing was known."""

from __future__ import annotations

import pandas as pd

from coalface.models.exports import Concentration, Split
from coalface.show import charts
from coalface.show import exportwords as words
from coalface.show.block import Block, Trace
from coalface.show.figure import figure
from coalface.show.style import num
from coalface.show.tables import table
from coalface.show.words import say


def totals_figure(band: pd.DataFrame, printed: pd.DataFrame, trace: Trace, events: pd.DataFrame) -> Block:
    """Annual totals as a band of counts with every printed figure as a dot, Mt."""
    if band.empty:
        return say(words.totals_words(band))
    return figure(
        "totals",
        charts.band,
        _every_year(band),
        dots=printed,
        label="Mt",
        events=events,
        title=words.totals_title(band),
        unit="Exports of coal from Russia, million tonnes a year (Mt)",
        alt=words.totals_alt(band),
        trace=trace,
        data=band,
        digits=0,
        note="Band: lowest to highest printed total of a year; each dot is a document, open if of grade "
        "D. Years "
        "without a figure are left empty.",
    )


def changes_table(own: pd.DataFrame, trace: Trace) -> Block:
    """Each document's level beside its own change and the base that both imply."""
    frame = own.rename(columns={"change_pct": "change"})
    if frame.empty:
        return say("No document with an annual total was known on that day.")
    frame = frame[["period", "publisher", "level", "change", "implied_base", "grade"]]
    return table(
        frame,
        caption="Each document with its own change",
        note="The base is what level and change of one document imply; a dash means that it prints no "
        "such figure.",
        units={"level": "Mt", "change": "%", "implied_base": "Mt"},
        digits={"level": 1, "change": 1, "implied_base": 1},
        trace=trace,
    )


def energy_figure(band: pd.DataFrame, trace: Trace, events: pd.DataFrame) -> Block:
    """Annual exports in energy with the range over editions, EJ."""
    if band.empty:
        return say("No edition of the energy review was known on that day.")
    return figure(
        "energy",
        charts.band,
        _every_year(band),
        label="EJ",
        events=events,
        title=words.energy_title(band),
        unit="Coal exports of Russia, exajoules a year (EJ)",
        alt=words.energy_alt(band),
        trace=trace,
        data=band,
        digits=1,
        note="Energy Institute and bp; the band is what editions of different years print of the same year.",
    )


def areas_figure(shares: pd.DataFrame, trace: Trace) -> Block:
    """Shares of destinations in exports in energy, percent."""
    if shares.empty:
        return say("No matrix of destinations was known on that day.")
    return figure(
        "areas",
        charts.stacked,
        shares,
        colors={"china": "china", "europe": "eu"}
        | dict.fromkeys(("india", "korea", "japan", "rest"), "other"),
        labels={str(c): str(c).capitalize() for c in shares.columns},
        digits=0,
        title=words.areas_title(shares),
        unit="Share of Russia's coal exports in energy, %",
        alt=words.areas_alt(shares),
        trace=trace,
        note="Each year is one edition's matrix; the year without a bar was not published. Europe "
        "includes Turkey "
        "and Ukraine, which have no such ban.",
    )


def concentration_table(found: dict[str, Concentration], trace: Trace) -> Block:
    """Concentration of destinations by year, as a table."""
    return table(
        _concentration(found),
        caption="Few buyers: concentration of destinations",
        note="HHI is the sum of squared shares, at most one; its reciprocal reads as so many equal "
        "buyers. An area is "
        "one buyer.",
        units={"Its share": "%"},
        digits={"HHI": 2, "Equal buyers": 1, "Its share": 0},
        trace=trace,
    )


def mirror_figure(tonnes: pd.DataFrame, trace: Trace, events: pd.DataFrame) -> Block:
    """Monthly imports from Russia as the partners count them, Mt."""
    if tonnes.empty:
        return say("No partner's record was known on that day.")
    return figure(
        "mirror",
        charts.lines,
        tonnes,
        colors={c: c if c in ("china", "eu") else "other" for c in tonnes.columns},
        labels={c: "EU" if c == "eu" else c.capitalize() for c in tonnes.columns},
        zero=True,
        events=events,
        title=words.mirror_title(tonnes),
        unit="Imports of coal from Russia by month, million tonnes (Mt)",
        alt=words.mirror_alt(tonnes),
        trace=trace,
        digits=1,
        note="Partners' customs. A line ends where the record ends, not where trade ends. EU: members on "
        "record.",
    )


def routes_table(routes: pd.DataFrame, trace: Trace) -> Block:
    """Kuzbass exports by route, Mt and percent, as a table."""
    if routes.empty:
        return say("No routes were printed by that day.")
    return table(
        _routes(routes),
        caption="Routes of Kuzbass coal abroad",
        note="Railway figures in the first year, the regional ministry's in the last: two counters, so "
        "read shares "
        "before tonnes.",
        units={"tonnes": "Mt", "share": "%"},
        digits={"tonnes": 1, "share": 0},
        trace=trace,
    )


def pulse_figure(rows: pd.DataFrame, trace: Trace, claim: str = "The claim") -> Block:
    """Dots of printed changes on the year before, percent, with the claim in the colour of loss."""
    if rows.empty:
        return say("No count of that year was known on that day.")
    colors = {r: "loss" if r.startswith(claim) else "russia" for r in rows["label"]}
    said = rows[rows["label"].str.startswith(claim)]
    others = rows[~rows["label"].str.startswith(claim)]
    rising = int((others["value"] > 0).sum())
    lowest, highest = float(others["value"].min()), float(others["value"].max())
    alt = f"Change in % on the year before: other counts run from {num(lowest, 1)} to {num(highest, 1)}"
    alt += f", the claim is {num(float(said['value'].iloc[0]), 0)}." if len(said) else "."
    return figure(
        "pulse",
        charts.dots,
        rows,
        color=colors,
        digits=1,
        title=f"{rising} of {len(others)} overlapping spans of other counters show growth",
        unit="Change on the year before, %",
        alt=alt,
        trace=trace,
        stems=True,
        height=(0.3 * len(rows) + 0.7, 0.42 * len(rows) + 0.7),
        note="Each row is one counter and one span of months, as printed: exports by the ministry, coal "
        "loaded for "
        "export by the railways, coal handled in ports, exports of Kuzbass. The claim is CREA's.",
    )


def pulse_table(rows: pd.DataFrame, trace: Trace) -> Block:
    """Changes to single destinations, percent, as a table."""
    if rows.empty:
        return say("No figure for a single destination was printed by that day.")
    return table(
        rows.rename(columns={"label": "counter", "value": "change"}),
        caption="Single destinations, change on the year before",
        note="Destinations say nothing of the total: coal that one buyer leaves goes to another.",
        units={"change": "%"},
        digits={"change": 0},
        trace=trace,
    )


def split_figure(
    id: str, split: Split | None, what: str, money: str, years: tuple[int, int], trace: Trace
) -> Block:
    """Steps from the value of one year to that of another, by effect."""
    if split is None:
        return say(f"{what} cannot be split: a year of it, or its exchange rate, was not known.")
    names = {"volume": "Tonnes", "exchange_rate": "Rouble", "mix": "Grades", "price": "Dollar prices"}
    steps = (
        {str(years[0]): split.before}
        | {names[k]: split.effects[k] for k in names}
        | {str(years[1]): split.after}
    )
    series = pd.Series(steps, name=money)
    largest = str(split.effects.abs().idxmax())
    up = 100 * (split.after / split.before - 1)
    return figure(
        id,
        charts.waterfall,
        series,
        digits=0,
        unit=f"{what}, {money}",
        title=f"{what} {'rose' if up > 0 else 'fell'} by {num(abs(up), 0)} %, most of it through "
        f"{names[largest].lower()}",
        alt=f"Steps in {money} from {num(split.before, 0)} to {num(split.after, 0)}: "
        + ", ".join(f"{names[k].lower()} {num(float(split.effects[k]), 0)}" for k in names)
        + ".",
        trace=trace,
        note="Bennet's symmetric split; the steps add up to the change to the last digit.",
    )


def split_table(splits: dict[str, tuple[Split | None, Split | None]], trace: Trace) -> Block:
    """Bennet beside the logarithmic mean Divisia index, with what either leaves over."""
    rows = []
    for name, pair in splits.items():
        for split in pair:
            if split is not None:
                label = {"bennet": "Bennet", "lmdi": "LMDI"}[split.method]
                rows.append(
                    {"trade": name, "method": label, **split.effects.to_dict(), "change": split.change}
                )
    if not rows:
        return say("Nothing could be split on that day.")
    frame = pd.DataFrame(rows)
    return table(
        frame,
        caption="The same change, split by two exact rules",
        note="In the money of the row. Eurostat prints values in euro, so no exchange rate enters there. "
        "Both rules leave nothing over.",
        digits=dict.fromkeys(frame.columns[2:], 2),
        trace=trace,
    )


def pulse_rows(pulse: pd.DataFrame, kinds: tuple[str, ...], claim: str = "The claim") -> pd.DataFrame:
    """Rows for a dot chart: the counter with its months, and the change in percent; the claim first."""
    chosen = pulse[pulse["kind"].isin(kinds)].sort_values("label", key=lambda s: s != claim, kind="stable")
    spans = [words.span_words(a, b) for a, b in zip(chosen["start"], chosen["end"], strict=True)]
    labels = [f"{name}, {s}" for name, s in zip(chosen["label"], spans, strict=True)]
    frame = pd.DataFrame({"label": labels, "value": chosen["value"].to_numpy()})
    return frame.drop_duplicates("label").reset_index(drop=True)


def _concentration(found: dict[str, Concentration]) -> pd.DataFrame:
    """Concentration by year, one row a year."""
    rows = {
        year: {
            "HHI": c.hhi,
            "Equal buyers": c.equal_partners,
            "Largest": c.largest.capitalize(),
            "Its share": 100 * c.largest_share,
        }
        for year, c in found.items()
    }
    names = ["HHI", "Equal buyers", "Largest", "Its share"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("year")


def _every_year(band: pd.DataFrame) -> pd.DataFrame:
    """Low and high of every year of the span, empty where nothing was printed: no line bridges a gap."""
    every = pd.period_range(band.index[0], band.index[-1], freq="Y", name="period")
    return band[["low", "high"]].reindex(every)


def _routes(routes: pd.DataFrame) -> pd.DataFrame:
    """Kuzbass exports by route: tonnes and share, one row a year and route."""
    shares = 100 * routes.div(routes.sum(axis=1), axis=0)
    rows = [
        {"year": str(year), "route": way, "tonnes": routes.loc[year, way], "share": shares.loc[year, way]}
        for year in routes.index
        for way in routes.columns
    ]
    return pd.DataFrame(rows, columns=["year", "route", "tonnes", "share"])
