"""Figures on coal towns, mines and local multipliers, ready for the town models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

import numpy as np
import pandas as pd

from coalface.data.catalogue import Catalogue
from coalface.data.trace import Shelf, Trace
from coalface.errors import CoverageError, ParameterError

MEASURES = {
    "headcount": "headcount",
    "wage": "wage",
    "population": "population",
    "emp_share_primary_ab": "primary_ab",
    "emp_share_industry_cde": "industry_cde",
    "emp_share_construction_f": "construction_f",
    "emp_share_market_services": "market_services",
    "emp_share_public_opq": "public_opq",
    "emp_share_undistributed": "undistributed",
}
SHARES = [name for measure, name in MEASURES.items() if measure.startswith("emp_share")]
UNKNOWN = pd.Series({"low": np.nan, "high": np.nan})
# Where a municipality is run from: the town that lends its coordinates to a municipality without any.
SEATS = {
    "belovsky_okrug": "belovo",
    "guryevsky_okrug": "guryevsk",
    "kemerovsky_okrug": "kemerovo",
    "leninsk_kuznetsky_okrug": "leninsk_kuznetsky",
    "mariinsky_okrug": "mariinsk",
    "neryungrinsky_district": "neryungri",
    "novokuznetsky_okrug": "novokuznetsk",
    "prokopyevsky_okrug": "prokopyevsk",
    "tashtagolsky_district": "tashtagol",
    "topkinsky_okrug": "topki",
    "verkhnebureinsky_district": "chegdomyn",
    "yashkinsky_okrug": "yashkino",
    "yurginsky_okrug": "yurga",
}
# Stops and closures that name a mine, with the event that reports them and the tracker's row of the mine.
STOPS = [
    ("Inskaya", "b_mine_closure_202412", ""),
    ("Zadubrovsky Novy", "b_mine_closure_202502", "gem_m4290"),
    ("Evtinsky Novy", "b_mine_closure_202502", ""),
    ("Olzherasskaya-Novaya", "b_mine_closure_202502", "gem_m0823"),
    ("Spiridonovskaya", "b_mine_closure_202506", ""),
    ("Berezovskaya", "b_mine_closure_20251124", "gem_m4243"),
    ("Tikhova", "b_mine_closure_20260128", "gem_m0856_a"),
    ("Chertinskaya-Koksovaya", "b_mine_closure_20260306", "gem_m1565"),
]


def places(cat: Catalogue) -> Shelf:
    """Every place of the town table with its municipality's newest figures, one row per town_id.

    Columns: name, name_ru, region, region_iso, kind, panel_kind and municipality (kind and name of what the
    figures cover), lat, lon, seat (True where the coordinates are those of the municipality's seat),
    is_coal_town, category_2015, nearest_mine_km, population, population_fall_pct (two years), headcount
    (persons), wage and coal_wage (RUB/month, Kuzbass only; coal_wage_low is brought back a year by the growth
    of wages), shares of headcount by section, and the table's own notes.
    """
    table = cat.table("towns").set_index("town_id")
    frame = table.assign(
        kind=np.where(table["settlement_type"].str.startswith("municipal"), "municipality", "town"),
        category_2015=table["monotown_category_2015"],
    )
    seats = pd.Series(SEATS).reindex(frame.index)
    frame["seat"] = frame["lat"].isna() & seats.isin(frame.index)
    for axis in ("lat", "lon"):
        frame[axis] = frame[axis].fillna(seats.map(frame[axis]))
    figures, trace = _panel(cat)
    frame = frame.join(figures, on="panel_id")
    # Several towns of one municipality must not each count all of its residents.
    crowd = frame["panel_id"].where(frame["kind"] == "town").duplicated(keep=False) & frame["panel_id"].ne("")
    own = figures["population"].reindex(frame.index).fillna(frame["population_2021"])
    frame["population"] = frame["population"].mask(crowd & (frame["kind"] == "town"), own)
    frame["population"] = frame["population"].fillna(frame["population_2021"])
    inner = frame["kind"].reindex(frame["panel_id"]).to_numpy()
    frame["panel_kind"] = np.where(frame["panel_id"] == "", frame["kind"], inner)
    frame["municipality"] = frame["name"].reindex(frame["panel_id"]).to_numpy()
    jumps = frame["note"].str.contains("jumps") | (frame["panel_id"].map(_jumps(frame)))
    frame.loc[jumps, "population_fall_pct"] = np.nan
    wage, wage_trace = _coal_wage(cat)
    mine = frame["region_iso"] == "RU-KEM"
    growth = (figures["wage"] / figures["wage_before"]).median() if len(figures) else np.nan
    frame["coal_wage"] = np.where(mine, wage, np.nan)
    frame["coal_wage_low"] = frame["coal_wage"] / growth
    return Shelf(frame, trace | wage_trace)


def listing(cat: Catalogue, towns: Iterable[str]) -> Shelf:
    """Rows of the town table as they stand there, with the documents of these rows alone."""
    table = cat.table("towns").set_index("town_id").loc[list(towns)]
    return Shelf(table, cat.trace(sources=_documents(table)))


def coal_towns(frame: pd.DataFrame, *, also: Iterable[str] = ()) -> pd.DataFrame:
    """The places to rank: coal towns, once each, with further ones at the end.

    A municipality whose figures already stand for a coal town of the list is left out, so that nobody is
    counted twice.
    """
    coal = frame[frame["is_coal_town"] == "yes"]
    town = coal[coal["kind"] == "town"]
    twice = (coal["kind"] == "municipality") & coal["panel_id"].isin(town["panel_id"])
    extra = [t for t in also if t not in coal.index[~twice]]
    return pd.concat([coal[~twice], frame.loc[extra]])


def mines(cat: Catalogue) -> Shelf:
    """Mines of the tracker: name, operator, owner, status, lat, lon, tonnes_mt (a year), workforce (persons).

    Tonnes are the output, or the capacity where the tracker prints no output.
    """
    table = cat.table("mines").set_index("mine_id")
    frame = table.assign(tonnes_mt=table["output_mt"].fillna(table["capacity_mt"]))
    # The tracker writes one owner in several ways: the share in brackets is not part of the name, and an
    # unknown owner is no owner.
    owner = frame["owner"].str.replace(r"\s*\[.*", "", regex=True)
    frame["owner"] = owner.where((owner != "") & ~owner.str.startswith("other unknown"), np.nan)
    return Shelf(frame, cat.trace(sources=_documents(table)))


def operating(frame: pd.DataFrame) -> pd.DataFrame:
    """Mines that the tracker calls operating (April 2024)."""
    return frame[frame["status"] == "operating"]


def multipliers(cat: Catalogue) -> Shelf:
    """Other local jobs lost per mining job lost, a range per published study: low, high, study, reading.

    A study that prints a total without saying whether it counts the mining job itself becomes a range over
    both readings; one that prints shares before and after spillovers becomes their ratio less one; one that
    calls spillovers modest becomes a range from nothing to the lowest figure of the others.
    """
    used = ["us_2010s_job_loss", "sw_virginia_direct", "sw_virginia_total", "us_appalachia_spillover"]
    table = cat.table("multipliers", where={"multiplier_id": used}).set_index("multiplier_id")
    value, study, source = table["estimate"], table["study"], table["source_id"]
    rows: list[tuple[str, float, float, str]] = []
    if "us_2010s_job_loss" in table.index:
        total = float(value["us_2010s_job_loss"])
        rows.append(
            ("us_2010s_job_loss", total - 1, total, "its total, with or without the mining job itself")
        )
    if {"sw_virginia_direct", "sw_virginia_total"} <= set(table.index):
        extra = float(value["sw_virginia_total"]) / float(value["sw_virginia_direct"]) - 1
        rows.append(
            ("sw_virginia_total", extra, extra, "its share with spillovers over the direct share, less one")
        )
    if "us_appalachia_spillover" in table.index and rows:
        floor = min(low for _, low, *_ in rows)
        rows.append(
            (
                "us_appalachia_spillover",
                0.0,
                floor,
                "which it calls modest: from none to the lowest of the others",
            )
        )
    frame = pd.DataFrame(rows, columns=["id", "low", "high", "reading"]).set_index("id")
    frame["study"] = study.reindex(frame.index)
    return Shelf(frame, cat.trace(sources=map(str, source.reindex(frame.index))))


def replaced_later(cat: Catalogue) -> Shelf:
    """Share of lost coal jobs that other jobs had replaced decades later, percent (England and Wales)."""
    table = cat.table("multipliers", where={"multiplier_id": "uk_jobs_replaced_share"})
    return Shelf(table.set_index("multiplier_id")["estimate"], cat.trace(sources=_documents(table)))


def elasticity(cat: Catalogue) -> Shelf:
    """Percent of mining jobs lost per percent of output lost, least and most (Series low, high).

    Least: the smallest fall of Kuzbass headcount in 2025 over the largest fall of output that was printed for
    the same year; readings that the sources warn not to chain are left out. Most: fixed proportions.
    """
    try:
        heads = cat.load_windows("kuzbass.coal_headcount")
        output = cat.load_windows("coal.output.ru.kuzbass.window.yoy")
    except CoverageError:
        return Shelf(UNKNOWN, Trace())
    heads = heads[~heads["note"].str.contains("do not chain")]
    year = heads["end"].dt.year
    before, after = (heads.loc[year == y, "value"] for y in (2024, 2025))
    falls = -output.loc[(output["end"].dt.year == 2025) & (output["value"] < 0), "value"]
    if before.empty or after.empty or falls.empty:
        return Shelf(UNKNOWN, Trace())
    least = float((1 - after.max() / before.min()) * 100 / falls.max())
    trace = cat.trace("kuzbass.coal_headcount", "coal.output.ru.kuzbass.window.yoy")
    return Shelf(pd.Series({"low": max(least, 0.0), "high": 1.0}), trace)


def arrears(cat: Catalogue) -> Shelf:
    """Wages owed per worker where coal firms stopped, roubles: one row per known case."""
    pairs = {
        "Coal firms in bankruptcy": (
            "kuzbass.bankrupt_coal_arrears",
            "kuzbass.bankrupt_coal_arrears.workers",
        ),
        "Eight suspended enterprises": ("kuzbass.suspended8.arrears", "kuzbass.suspended8.unpaid"),
        "Spiridonovskaya": ("kuzbass.mine.spiridonovskaya.arrears", "kuzbass.mine.spiridonovskaya.staff"),
    }
    rows, trace = {}, Trace()
    for case, (owed, workers) in pairs.items():
        try:
            sums, people = cat.load_windows(owed), cat.load_windows(workers)
        except CoverageError:
            continue
        rows[case] = 1e6 * sums["value"].iloc[-1] / people["value"].iloc[-1]
        trace |= cat.trace(owed, workers)
    return Shelf(pd.Series(rows, dtype=float, name="rub_per_worker"), trace)


def headcount(cat: Catalogue) -> Shelf:
    """Lowest and highest reading of Kuzbass coal headcount since 2024, persons (definitions differ)."""
    try:
        rows = cat.load_windows("kuzbass.coal_headcount")
    except CoverageError:
        return Shelf(UNKNOWN, Trace())
    recent = rows.loc[rows["end"] >= "2024", "value"]
    return Shelf(recent.agg(["min", "max"]).set_axis(["low", "high"]), cat.trace("kuzbass.coal_headcount"))


def tracker_short(cat: Catalogue) -> tuple[float, float]:
    """Headcount of Kuzbass over the tracker's workforce there, least and most; 1 and 1 if not known."""
    known, heads = operating(mines(cat).frame), headcount(cat).frame
    tracked = known.loc[known["region"] == "Kemerovo Oblast", "workforce"].sum()
    if not tracked or heads.isna().any():
        return 1.0, 1.0
    return float(heads["low"] / tracked), float(heads["high"] / tracked)


def export_share(cat: Catalogue) -> Shelf:
    """Share of Kuzbass output that is exported, 0 to 1, in the newest year with both (empty if none)."""
    try:
        pair = cat.frame({"exports": "coal.exports.ru.kuzbass", "output": "coal.output.ru.kuzbass"}).dropna()
    except CoverageError:
        return Shelf(pd.Series(dtype=float), Trace())
    trace = cat.trace("coal.exports.ru.kuzbass", "coal.output.ru.kuzbass")
    return Shelf((pair["exports"] / pair["output"]).tail(1).rename("export_share"), trace)


def cases(cat: Catalogue) -> Shelf:
    """Known stops, closures and arrears with the nearest place: case, group, town_id ("" if not placed)."""
    tracker = cat.table("mines").set_index("mine_id")
    events = cat.table("events", where={"event_id": sorted({event for _, event, _ in STOPS})})
    rows = [
        (name, "stopped 2024-2026", tracker["nearest_town_id"].get(mine, ""))
        for name, event, mine in STOPS
        if event in set(events["event_id"])
    ]
    closing = tracker["note"].str.extract(r"closing year (\d{4})")[0].astype(float)
    for group, years in {"closed 2015-2016": (2015, 2016), "closed 2019-2020": (2019, 2020)}.items():
        closed = tracker[closing.between(*years)]
        rows += [(m, group, t) for m, t in zip(closed["name"], closed["nearest_town_id"], strict=True)]
    trace = cat.trace(sources=[*_documents(events), *_documents(tracker)])
    for series_id in cat.series.index[cat.series.index.str.startswith("town.wage_arrears.")]:
        try:
            found = cat.load_windows(series_id)
        except CoverageError:
            continue
        town = series_id.rsplit(".", 1)[1]
        rows.append((f"arrears of {found['period'].iloc[-1]}", "arrears December 2022", town))
        trace |= cat.trace(series_id)
    return Shelf(pd.DataFrame(rows, columns=["case", "group", "town_id"]), trace)


def find(frame: pd.DataFrame, town: str) -> str:
    """The town_id that a name means, in Latin or Cyrillic letters.

    Raises
    ------
    ParameterError
        If no place or more than one has this name; the message names the nearest in both scripts.
    """
    if frame.empty:
        raise ParameterError(f"no town {town!r}: no town was known on this day; take a later as_of")
    wanted = _plain(town)
    keys = {
        column: (frame.index.to_series() if column == "town_id" else frame[column]).map(_plain)
        for column in ("town_id", "name", "name_ru")
    }
    for values in keys.values():
        hits = list(frame.index[values == wanted])
        if len(hits) == 1:
            return str(hits[0])
        if hits:
            raise ParameterError(f"{town!r} names {len(hits)} places; say which: {', '.join(hits)}")
    words = {word: i for values in keys.values() for i, word in zip(frame.index, values, strict=True)}
    close = dict.fromkeys(words[word] for word in get_close_matches(wanted, list(words), n=4))
    offer = ", ".join(f"{i} ({frame['name_ru'][i]})" for i in list(close)[:3])
    raise ParameterError(
        f"no town {town!r}" + (f"; did you mean {offer}?" if offer else "; see data/towns.csv")
    )


def _plain(text: str) -> str:
    return text.strip().casefold().replace("ё", "е").replace(" ", "_").replace("-", "_").replace("'", "")


def _panel(cat: Catalogue) -> tuple[pd.DataFrame, Trace]:
    """Newest figure of every municipality and measure, the wage a year before, and the fall of population."""
    seen = cat.search("town.")
    seen = seen[seen.index.str.startswith("town.") & (seen["rows"] > 0)]
    ids = [i for i in seen.index if i.split(".")[1] in MEASURES]
    columns = [*MEASURES.values(), "wage_before", "population_fall_pct"]
    if not ids:
        return pd.DataFrame(columns=columns, index=pd.Index([], dtype=str), dtype=float), Trace()
    rows = cat.rows(*ids).sort_values(["end", "start", "published"], kind="stable")
    rows[["measure", "panel_id"]] = rows["series_id"].str.split(".", expand=True)[[1, 2]]
    last = rows.groupby(["panel_id", "measure"])["value"].last().reset_index()
    newest = last.pivot_table(index="panel_id", columns="measure", values="value").rename(columns=MEASURES)
    wages = rows[rows["measure"] == "wage"].groupby("panel_id")["value"]
    people = rows[(rows["measure"] == "population") & (rows["start"] == rows["end"])].groupby("panel_id")[
        "value"
    ]
    frame = newest.assign(
        wage_before=wages.first().where(wages.size() > 1),
        population_fall_pct=(100 * (1 - people.last() / people.first())).where(people.size() > 2),
    ).reindex(columns=columns)
    # One series of each measure stands for its kind: hundreds of ids under a figure help nobody.
    trace = cat.trace(*rows.groupby("measure")["series_id"].first(), sources=rows["source_id"].unique())
    return frame, replace(trace, series=tuple(f"town.{measure}.*" for measure in sorted(MEASURES)))


def _jumps(frame: pd.DataFrame) -> pd.Series:
    """Whether a municipality's own note says that its series jumps, by panel_id."""
    own = frame[frame.index == frame["panel_id"]]
    return own["note"].str.contains("jumps").reindex(frame["panel_id"].unique(), fill_value=False)


def _coal_wage(cat: Catalogue) -> tuple[float, Trace]:
    try:
        rows = cat.load_windows("kuzbass.coal_wage")
    except CoverageError:
        return np.nan, Trace()
    return float(rows["value"].iloc[0]), cat.trace("kuzbass.coal_wage")


def _documents(table: pd.DataFrame) -> list[str]:
    return sorted({i for ids in table["source_id"] for i in ids.split(";") if i})
