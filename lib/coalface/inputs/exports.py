"""Shelves of the export notebook: totals, destinations, routes, values and the panel of exporters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf, Trace, units
from coalface.errors import ParameterError, near
from coalface.inputs import reading

TOTAL = "coal.exports.ru.total"
ENERGY = "coal.exports_energy.ru.ei"
MATRIX = "coal.exports_energy.ru.to_{}.ei"
# Areas of the published matrix, put together where Russia sells little.
AREAS = {
    "china": ("cn",),
    "europe": ("europe",),
    "india": ("in",),
    "korea": ("kr",),
    "japan": ("jp",),
    "rest": ("other_asia_pacific", "africa", "middle_east", "cis", "s_cent_america", "us", "ca", "mx"),
}
PARTNERS = {
    "eu": "coal.imports.eu21.from_ru.mirror",
    "germany": "coal.imports.de.from_ru.mirror",
    "china": "coal.imports.cn.from_ru",
    "india": "coal.imports.in.from_ru.mirror",
    "japan": "coal.imports.jp.from_ru.mirror",
    "uk": "coal.imports.gb.from_ru.mirror",
    "ukraine": "coal.imports.ua.from_ru.mirror",
    "korea": "coal.imports.kr.from_ru.mirror",
    "brazil": "coal.imports.br.from_ru.mirror",
}
KEPT_APART = ("be", "de", "es", "it", "nl", "pl", "ro", "sk")
MEMBERS = ("be", "de", "es", "fi", "fr", "it", "nl", "pl", "ro", "sk")
EXPORTERS = {
    "ru": "Russia",
    "au": "Australia",
    "ca": "Canada",
    "cn": "China",
    "co": "Colombia",
    "id": "Indonesia",
    "mn": "Mongolia",
    "us": "United States",
    "za": "South Africa",
    "europe": "Europe",
    "other_africa": "Other Africa",
    "other_asia_pacific": "Other Asia Pacific",
    "other_cis": "Other CIS",
    "rest_of_world": "Rest of world",
}
CLAIM = "coal.exports.ru.crea.window.yoy"
PULSE = {
    CLAIM: ("The claim", "total"),
    "coal.exports.ru.total.window.yoy": ("Ministry", "total"),
    "coal.exports.ru.total.monthly.yoy": ("Ministry", "total"),
    "coal.rail.ru.export.monthly.yoy": ("Rail export", "total"),
    "coal.rail.ru.export.window.yoy": ("Rail export", "total"),
    "coal.ports.ru.total.window.yoy": ("Ports", "total"),
    "coal.exports.ru.kuzbass.window.yoy": ("Kuzbass", "region"),
    "coal.exports.ru.to_cn.window.yoy": ("To China, Russian side", "destination"),
    "coal.imports.cn.from_ru.press.monthly.yoy": ("China's customs", "destination"),
    "coal.imports.jp.from_ru.press.monthly.yoy": ("Japan's customs", "destination"),
    "coal.imports.kr.from_ru.press.window.yoy": ("Korea's customs", "destination"),
    "coal.imports.tw.from_ru.press.window.yoy": ("Taiwan's imports", "destination"),
    "coal.exports.ru.to_kr.window.yoy": ("To Korea, Russian side", "destination"),
    "coal.exports.ru.to_tr.window.yoy": ("To Turkey, Russian side", "destination"),
}


def totals(cat: Catalogue) -> Shelf:
    """Annual exports by the ministry's scope, Mt: low, high, newest and number of documents a year."""
    rows = total_rows(cat).frame
    if rows.empty:
        return Shelf(pd.DataFrame(columns=["low", "high", "newest", "n_sources"], dtype=float), Trace())
    return Shelf(cat.spread(TOTAL), cat.trace(TOTAL))


def total_rows(cat: Catalogue) -> Shelf:
    """Every printed annual total, Mt: period, value, publisher, published, grade and source_id."""
    return _rows(cat, TOTAL)


def total_changes(cat: Catalogue) -> Shelf:
    """Every printed change of the annual total on the year before, percent, with its document."""
    return _rows(cat, f"{TOTAL}.yoy")


def energy(cat: Catalogue) -> Shelf:
    """Annual exports in energy, EJ: low, high and newest over the editions of the review."""
    if reading.load(cat, ENERGY).empty:
        return Shelf(pd.DataFrame(columns=["low", "high", "newest", "n_sources"], dtype=float), Trace())
    return Shelf(cat.spread(ENERGY), cat.trace(ENERGY))


def destinations(cat: Catalogue) -> Shelf:
    """Exports by area of destination and year, EJ; a year that was not published is missing."""
    parts = {
        area: [reading.load(cat, MATRIX.format(code)) for code in codes] for area, codes in AREAS.items()
    }
    frame = pd.DataFrame(
        {area: pd.concat(found, axis=1).sum(axis=1, skipna=False) for area, found in parts.items()}
    ).dropna()
    names = [MATRIX.format(code) for codes in AREAS.values() for code in codes]
    return Shelf(frame.rename_axis("period"), reading.trace(cat, *names))


def partners(cat: Catalogue, names: Sequence[str]) -> Shelf:
    """Monthly imports of coal from Russia as the partners count them, Mt, one column a partner.

    The EU's sum is cut where members begin to drop out of the compilation: a member that has not filed
    would pass for one that has not bought. One member may be missing: Poland banned Russian coal itself.

    Raises
    ------
    ParameterError
        If a partner is not known; the message lists those that are.
    """
    unknown = [n for n in names if n not in PARTNERS]
    if unknown:
        raise ParameterError(
            f"no partner {unknown[0]!r}{near(unknown[0], PARTNERS)}; there are {', '.join(PARTNERS)}"
        )
    columns = {n: _monthly(cat, PARTNERS[n], "Mt") for n in names}
    if len(columns.get("eu", [])):
        filed = reporting_members(cat).frame
        columns["eu"] = columns["eu"][: filed[filed >= filed.max() - 1].index[-1]]
    frame = pd.DataFrame({n: s for n, s in columns.items() if len(s)}).sort_index()
    return Shelf(frame.rename_axis("period"), reading.trace(cat, *(PARTNERS[n] for n in names)))


def partner(cat: Catalogue, name: str) -> Shelf:
    """Monthly imports from Russia of one partner, Mt, without the gaps at its ends."""
    shelf = partners(cat, [name])
    series = shelf.frame[name].dropna() if name in shelf.frame else pd.Series(dtype=float)
    return Shelf(series.rename("the EU" if name == "eu" else name.capitalize()), shelf.trace)


def reporting_members(cat: Catalogue) -> Shelf:
    """How many of the EU members kept apart have a row in each month: a missing row may be zero or late."""
    names = [f"coal.imports.{m}.from_ru.mirror" for m in KEPT_APART]
    found = {n: reading.load(cat, n) for n in names}
    frame = pd.DataFrame({n: s for n, s in found.items() if len(s)})
    return Shelf(frame.notna().sum(axis=1).rename("members"), reading.trace(cat, *names))


def benchmarks(cat: Catalogue) -> Shelf:
    """Logarithm of the monthly benchmark prices (USD/t) at Newcastle and Richards Bay."""
    names = {"newcastle": "price.coal.newcastle", "richards_bay": "price.coal.richards_bay"}
    columns = {k: np.log(s) for k, s in ((k, reading.load(cat, n)) for k, n in names.items()) if len(s)}
    return Shelf(pd.DataFrame(columns).dropna(), reading.trace(cat, *names.values()))


def grades(cat: Catalogue, year: int) -> Shelf:
    """China's imports from Russia in one year by grade: volume (Mt) and value (bn USD).

    Coking and steam coal are named groups of the customs; what is left of the total (anthracite, dust coal
    and other bituminous coal) is one grade here. Empty if a month of the year is missing.
    """
    stem = {"coking": ".coking", "steam": ".steam", "all": ""}
    names = {
        (k, kind): f"coal.{kind}.cn.from_ru{tail}"
        for k, tail in stem.items()
        for kind in ("imports", "imports_value")
    }
    months = {key: reading.load(cat, name) for key, name in names.items()}
    sums = {key: _of_year(s, year) for key, s in months.items() if len(s)}
    if len(sums) < len(names) or any(len(s) < 12 for s in sums.values()):
        return Shelf(pd.DataFrame(columns=["volume", "value"], dtype=float), Trace())
    volume = pd.Series({k: float(sums[k, "imports"].sum()) / 1e6 for k in stem})
    value = pd.Series({k: float(sums[k, "imports_value"].sum()) / 1e9 for k in stem})
    frame = pd.DataFrame({"volume": volume, "value": value})
    frame.loc["other"] = frame.loc["all"] - frame.loc["coking"] - frame.loc["steam"]
    return Shelf(frame.drop("all"), reading.trace(cat, *names.values()))


def members(cat: Catalogue, year: int) -> Shelf:
    """EU imports from Russia in one year by member: volume (Mt) and value (bn EUR); the rest is one row."""
    names = {
        (m, kind): f"coal.{kind}.{m}.from_ru.comext"
        for m in (*MEMBERS, "eu27")
        for kind in ("imports", "imports_value")
    }
    months = {key: reading.load(cat, name) for key, name in names.items()}
    if any(s.empty for s in months.values()) or len(_of_year(months["eu27", "imports_value"], year)) < 12:
        return Shelf(pd.DataFrame(columns=["volume", "value"], dtype=float), Trace())
    sums = {key: float(_of_year(s, year).sum()) for key, s in months.items()}
    frame = pd.DataFrame(
        {
            "volume": {m: sums[m, "imports"] / 1e6 for m in (*MEMBERS, "eu27")},
            "value": {m: sums[m, "imports_value"] / 1e9 for m in (*MEMBERS, "eu27")},
        }
    )
    frame.loc["other"] = 2 * frame.loc["eu27"] - frame.sum()
    return Shelf(frame.drop("eu27"), reading.trace(cat, *names.values()))


def rouble(cat: Catalogue) -> Shelf:
    """Roubles a US dollar, mean of each full year."""
    months = reading.load(cat, "fx.rub_usd")
    years = months.groupby(months.index.astype(str).str[:4].astype(int)).agg(["mean", "size"])
    full = years[years["size"] == 12]["mean"]
    return Shelf(full.rename("rub_per_usd"), reading.trace(cat, "fx.rub_usd"))


def routes(cat: Catalogue) -> Shelf:
    """Kuzbass exports by direction, Mt: railway figures of 2019, regional figures of 2025."""
    ways = {"east": "east", "north-west": "north_west", "south": "south"}
    before = {w: reading.load(cat, f"coal.rail.ru.kuzbass_export.{c}") for w, c in ways.items()}
    after = {w: reading.load(cat, f"coal.exports.ru.kuzbass.{c}") for w, c in ways.items()}
    frame = pd.DataFrame(
        {w: pd.concat([before[w], after[w]]) for w in ways if len(before[w]) + len(after[w])}
    )
    names = [f"coal.rail.ru.kuzbass_export.{c}" for c in ways.values()]
    names += [f"coal.exports.ru.kuzbass.{c}" for c in ways.values()]
    return Shelf(frame.sort_index().rename_axis("period"), reading.trace(cat, *names))


def pulse(cat: Catalogue, year: int = 2025) -> Shelf:
    """Printed changes on the year before for spans within one year, percent, beside the claim of CREA.

    Columns label, kind (total, region or destination), start, end, value and source_id, by kind and end.
    """
    parts = []
    for name, (label, kind) in PULSE.items():
        rows = reading.rows_of(cat, name)
        rows = rows[(rows["start"].dt.year == year) & (rows["end"].dt.year == year)]
        parts.append(rows.assign(label=label, kind=kind))
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.drop_duplicates(["label", "period", "value"])
    keep = [
        "label",
        "kind",
        "period",
        "start",
        "end",
        "value",
        *(["source_id"] if "source_id" in frame else []),
    ]
    # Only the documents of these rows: the series also hold many years that the table leaves out.
    whole, used = reading.trace(cat, *PULSE), set(frame.get("source_id", []))
    kept = replace(
        whole,
        sources=tuple(s for s in whole.sources if s in used),
        documents=tuple(d for d in whole.documents if d[0] in used),
    )
    return Shelf(frame[keep].sort_values(["kind", "end", "label"], ignore_index=True), kept)


def exporters(cat: Catalogue, exclude: Sequence[str] = ()) -> Shelf:
    """Annual coal exports of Russia and other exporters, EJ, one column an exporter, complete years only.

    Raises
    ------
    ParameterError
        If an excluded exporter is not known, or is Russia itself.
    """
    unknown = [e for e in exclude if e not in EXPORTERS or e == "ru"]
    if unknown:
        there = ", ".join(e for e in EXPORTERS if e != "ru")
        raise ParameterError(
            f"no donor {unknown[0]!r} to exclude{near(unknown[0], EXPORTERS)}; there are {there}"
        )
    names = {e: f"coal.exports_energy.{e}.ei" for e in EXPORTERS if e not in exclude}
    columns = {e: reading.load(cat, n) for e, n in names.items()}
    frame = pd.DataFrame({EXPORTERS[e]: s for e, s in columns.items() if len(s)})
    frame = frame.dropna(axis=1, thresh=max(len(frame) - 1, 0)).dropna() if len(frame) else frame
    return Shelf(frame.rename_axis("period"), reading.trace(cat, *names.values()))


def events(cat: Catalogue, *ids: str) -> Shelf:
    """Dated policy events for the charts: date and label, at most three."""
    short = {
        "b_embargo_20220408": "EU ban agreed",
        "b_embargo_20220810": "EU embargo",
        "b_tariff_20220501": "China: duty zero",
    }
    wanted = list(ids or short)
    table = cat.table("events", where={"event_id": wanted})
    frame = pd.DataFrame({"date": table["date"], "label": table["event_id"].map(short)})
    return Shelf(frame.reset_index(drop=True), cat.trace(sources=table["source_id"]))


def month(name: str, text: str) -> pd.Period:
    """Month of a parameter's text.

    Raises
    ------
    ParameterError
        If the text is no month; the message names the parameter.
    """
    found = re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text)
    if found is None:
        raise ParameterError(f"{name} is {text!r}, which is no month; write it as YYYY-MM, such as 2022-08")
    return pd.Period(text, freq="M")


def announced(cat: Catalogue, embargo_date: str) -> pd.Period:
    """Month in which the EU agreed its ban, if that was known and is earlier than the embargo itself."""
    bound = month("embargo_date", embargo_date)
    table = cat.table("events", where={"event_id": ["b_embargo_20220408"]})
    return min([bound, *(pd.Period(d, freq="M") for d in table["date"])])


def full_years(monthly: pd.Series, before: int = 2021) -> tuple[int, int]:
    """The year before the war and the last full year of a monthly record."""
    counts = (
        monthly.groupby(monthly.index.astype(str).str[:4]).size() if len(monthly) else pd.Series(dtype=int)
    )
    full = [int(str(y)) for y in counts[counts == 12].index]
    return before, max([y for y in full if y > before], default=before + 1)


def _rows(cat: Catalogue, series: str) -> Shelf:
    columns = ["period", "value", "publisher", "published", "grade", "source_id"]
    if reading.rows_of(cat, series).empty:
        return Shelf(pd.DataFrame(columns=columns), Trace())
    return Shelf(cat.rows(series)[columns], cat.trace(series))


def _of_year(series: pd.Series, year: int) -> pd.Series:
    return series[series.index.astype(str).str[:4] == str(year)]


def _monthly(cat: Catalogue, series: str, unit: str) -> pd.Series:
    found = reading.load(cat, series)
    if found.empty:
        return found
    return pd.Series(units.convert(found.to_numpy(), cat.unit(series), unit), found.index, name=series)
