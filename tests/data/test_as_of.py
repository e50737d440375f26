"""What was known on a day, worked out once more from the CSV files alone, without the catalogue."""

from __future__ import annotations

import calendar
import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from coalface import data
from coalface.errors import CoverageError

DATA = Path(__file__).parents[2] / "data"
MONTH_OF_QUARTER = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12}


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def last_day(text: str) -> date:
    """Last day of a year, quarter, month or day."""
    year, *rest = text.split("/")[-1].split("-")
    if not rest:
        return date(int(year), 12, 31)
    month = MONTH_OF_QUARTER.get(rest[0]) or int(rest[0])
    day = int(rest[1]) if len(rest) > 1 else calendar.monthrange(int(year), month)[1]
    return date(int(year), month, day)


def known(day: date) -> dict[str, dict[str, float]]:
    """Series to period to value, by the rule of data/README.md, for regular series."""
    documents = {row["source_id"]: row for row in table("sources.csv")}
    series = {row["series_id"]: row for row in table("series.csv") if row["freq"] != "W"}
    best: dict[tuple[str, str], tuple[bool, date, int, int]] = {}
    found: dict[str, dict[str, float]] = {}
    for place, row in enumerate(
        row for path in sorted(DATA.glob("obs/*.csv")) for row in table(f"obs/{path.name}")
    ):
        entry, document = series.get(row["series_id"]), documents[row["source_id"]]
        if entry is None or not document["published"]:
            continue
        published = last_day(document["published"])
        out = published <= day
        lag = timedelta(days=int(entry["lag_days"] or 0))
        if not out and (entry["revised"] == "often" or last_day(row["period"]) + lag > day):
            continue
        rank = (out, published, -ord(document["grade"]), -place)
        if rank > best.get((row["series_id"], row["period"]), (False, date.min, -999, 0)):
            best[row["series_id"], row["period"]] = rank
            found.setdefault(row["series_id"], {})[row["period"]] = float(row["value"])
    return found


@pytest.mark.parametrize("day", ["2008-06-30", "2022-02-24", "2025-03-10"])
def test_a_day_sees_exactly_what_the_rule_allows(day: str) -> None:
    expected = known(date.fromisoformat(day))
    cat = data.read(DATA).as_of(day)
    regular = cat.series.index[cat.series["freq"] != "W"]
    for name in regular[::3]:
        if name not in expected:
            with pytest.raises(CoverageError, match="known on"):
                cat.load(name)
            continue
        loaded = cat.load(name)
        assert {data.periods.write(at): value for at, value in loaded.items()} == expected[name], name
