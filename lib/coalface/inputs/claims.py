"""Shelves of the ledger of claims: what the articles say, and the numbers that judge it, then and now."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf, Trace, periods
from coalface.errors import CoverageError, DataError, UnknownSeriesError, near
from coalface.inputs import reading

CLAIM = ("claim_id", "claim", "verdict")
RULE = (
    "claim_id", "part", "measure", "series_ids", "event_id", "period", "base_period", "test", "expected",
    "tolerance", "margin", "if_met", "if_close", "if_far", "why",
)  # fmt: skip
NUMBERS = ("part", "expected", "tolerance", "margin")
EXTRA = "extra"


def claims(cat: Catalogue, *, article: str = "all", file: str = "") -> Shelf:
    """Claims of the articles, one row each: article, claim, human verdict, evidence, documents, date.

    Parameters
    ----------
    cat
        Claims show once their article and their evidence were published.
    article
        source_id of one article, or "all".
    file
        CSV with the claims of one more article, see `extra`; it is shown beside the others.
    """
    rows = cat.table("claims", where={} if article == "all" else {"article_source_id": article})
    if rows.empty and article != "all":
        known = sorted(set(cat.table("claims")["article_source_id"]))
        raise DataError(f"no claims of the article {article!r} were known{near(article, known)}")
    table = rows.rename(columns={"article_source_id": "article"}).assign(
        published=rows["article_source_id"].map(cat.sources["published"]),
        publisher=rows["article_source_id"].map(cat.sources["publisher"]),
    )
    if file:
        table = pd.concat([table, _more(cat, file)], ignore_index=True)
    return Shelf(table.fillna({"evidence": ""}), behind(cat, table))


def behind(cat: Catalogue, rows: pd.DataFrame) -> Trace:
    """Articles of some claims and the documents that their evidence names; none for a file of one's own."""
    named = {i for ids in rows["source_ids"] for i in ids.split(";") if i}
    return cat.trace(sources=named | set(rows["article"]) - {EXTRA})


def extra(folder: Path, file: str) -> pd.DataFrame:
    """The claims of one more article from a CSV file, checked; texts may be empty, numbers missing.

    Columns: claim_id, claim, verdict (human), published (day of the article) and, where a number can judge
    the claim, those of `claim_rules`: measure, series_ids, event_id, period, base_period, test, expected,
    tolerance, margin, if_met, if_close, if_far, why. A claim of several parts has several rows (part 1, 2).

    Parameters
    ----------
    folder
        Folder that a relative path starts from.
    """
    path = folder / file
    if not path.is_file():
        raise DataError(f"no file {file!r} with claims; give its path from the folder of the project")
    table = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8")
    lost = [name for name in (*CLAIM, "published") if name not in table.columns]
    if lost:
        raise DataError(f"{path.name} lacks the column {', '.join(lost)}; it has {', '.join(table.columns)}")
    strange = [name for name in table.columns if name not in (*CLAIM, "published", "evidence", *RULE)]
    if strange:
        raise DataError(f"{path.name} has the unknown column {strange[0]!r}{near(strange[0], RULE)}")
    for name in RULE:
        if name not in table.columns:
            table[name] = "1" if name == "part" else ""
    for name in NUMBERS:
        numbers = pd.to_numeric(table[name].replace("", np.nan), errors="coerce")
        bad = table[(table[name] != "") & numbers.isna()]
        if len(bad):
            claim, text = bad[["claim_id", name]].iloc[0]
            raise DataError(f"{path.name}: {name} {text!r} of {claim} is not a number")
        table[name] = numbers
    again = table.duplicated(["claim_id", "part"])
    if again.any():
        raise DataError(f"{path.name}: {table.loc[again, 'claim_id'].iloc[0]} stands twice; number its parts")
    return table


def rules(cat: Catalogue, shown: pd.DataFrame, *, file: str = "") -> Shelf:
    """Rules of the claims shown, with the numbers `then` (known when the article came out) and `now`.

    Parameters
    ----------
    cat
        Its own day is "now".
    shown
        Claims as `claims` gives them.
    """
    table = cat.table("claim_rules", where={"claim_id": list(shown["claim_id"])})[list(RULE)]
    if file:
        more = extra(cat.folder.parent, file)
        wanted = (more["measure"] != "") & more["claim_id"].isin(shown["claim_id"])
        table = pd.concat([table, more.loc[wanted, list(RULE)]], ignore_index=True)
    day = table["claim_id"].map(shown.drop_duplicates("claim_id").set_index("claim_id")["published"])
    past = {day: cat.as_of(day) for day in day.unique()}
    then = [measure(past[on], row) for on, row in zip(day, table.to_dict("records"), strict=True)]
    now = [measure(cat, row) for row in table.to_dict("records")]
    numbers = table.assign(then=np.array(then, dtype=float), now=np.array(now, dtype=float))
    events = cat.table("events", where={"event_id": sorted(set(table["event_id"]) - {""})})
    documents = cat.trace(sources=events["source_id"])
    for on, ids in zip(day, table["series_ids"], strict=True):
        for seen in (past[on], cat):
            documents |= reading.trace(seen, *filter(None, ids.split(";")))
    return Shelf(numbers, documents)


def measure(cat: Catalogue, rule: Mapping[Hashable, Any]) -> float:
    """The number that a rule asks for, in its unit; missing if it was not known on the catalogue's day."""
    kind = rule["measure"]
    if kind == "event_days":
        events = cat.table("events", where={"event_id": rule["event_id"]})
        if events.empty:
            return np.nan
        day = periods.days(events["date"].iloc[0])[0]
        return float((day - periods.days(rule["period"])[0]) / pd.Timedelta(days=1))
    if kind not in MEASURES:
        raise DataError(f"no measure {kind!r} for {rule['claim_id']}{near(kind, [*MEASURES, 'event_days'])}")
    histories = [_history(cat, series) for series in rule["series_ids"].split(";")]
    return float(MEASURES[kind](histories, rule))


def _history(cat: Catalogue, series: str) -> pd.DataFrame:
    """Newest figure of every period or window of a series, in time order; empty if nothing was known."""
    try:
        spread = cat.spread(series)
    except CoverageError:
        return pd.DataFrame({"period": [], "value": [], "end": []})
    except UnknownSeriesError as error:
        raise DataError(f"a rule names {error}") from None
    text = [periods.write(period) if isinstance(period, pd.Period) else period for period in spread.index]
    table = pd.DataFrame({"period": text, "value": spread["newest"].to_numpy()})
    return table.assign(end=periods.bounds(text)["end"]).sort_values("end", kind="stable")


def _at(history: pd.DataFrame, period: str) -> float:
    found = history.loc[history["period"] == period, "value"]
    return float(found.iloc[-1]) if len(found) else np.nan


def _until(history: pd.DataFrame, period: str) -> pd.Series:
    if history.empty:
        return pd.Series(dtype=float)
    return history.loc[history["end"] <= periods.days(period)[1], "value"]


def _last(history: pd.DataFrame, period: str) -> float:
    found = _until(history, period)
    return float(found.iloc[-1]) if len(found) else np.nan


def _rank(histories: list[pd.DataFrame], rule: Mapping[Hashable, Any]) -> float:
    values = np.array([_at(history, rule["period"]) for history in histories])
    return float((values > values[0]).sum() + 1) if np.isfinite(values).all() else np.nan


def _record_gap(histories: list[pd.DataFrame], rule: Mapping[Hashable, Any]) -> float:
    found = _until(histories[0], rule["period"])
    return float(found.max() - found.iloc[-1]) if len(found) else np.nan


MEASURES: dict[str, Callable[[list[pd.DataFrame], Mapping[Hashable, Any]], float]] = {
    "value": lambda h, r: _at(h[0], r["period"]),
    "last_value": lambda h, r: _last(h[0], r["period"]),
    "change_pct": lambda h, r: 100 * (_at(h[0], r["period"]) / _at(h[0], r["base_period"]) - 1),
    "share_pct": lambda h, r: 100 * _at(h[0], r["period"]) / _at(h[1], r["period"]),
    "part_pct": lambda h, r: 100 * _at(h[0], r["period"]) / sum(_at(one, r["period"]) for one in h),
    "rank": _rank,
    "largest": lambda h, r: float(np.max([_at(one, r["period"]) for one in h])),
    "record_gap": _record_gap,
}


def _more(cat: Catalogue, file: str) -> pd.DataFrame:
    table = extra(cat.folder.parent, file).drop_duplicates("claim_id")
    late = periods.bounds(table["published"])["end"].to_numpy() > (cat.day or pd.Timestamp.max)
    table = table[~late]
    return table[[*CLAIM, "published", *(["evidence"] if "evidence" in table else [])]].assign(
        article=EXTRA, publisher=Path(file).stem, source_ids=""
    )
