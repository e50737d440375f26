"""The numbers on the page of the data are those of the tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coalface import data
from coalface.data import licences, package
from coalface.data.schema import OPTIONAL, TABLES, WARNINGS

DATA = Path(__file__).parents[2] / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")


def test_row_counts_are_those_of_the_tables() -> None:
    said = {
        name: int(rows) for name, rows in re.findall(r"^\| `([\w/*.]+)`.*\| (\d+) \|", README, re.MULTILINE)
    }
    counts = package.row_counts(DATA)
    counts["obs/*.csv"] = sum(rows for name, rows in counts.items() if name.startswith("obs/"))
    assert said == {name: rows for name, rows in counts.items() if "/" not in name or "*" in name}


def test_licences_are_counted_from_the_documents() -> None:
    cat = data.read(DATA)
    table = licences.summary(cat.sources, cat._store.obs["source_id"])
    assert table.loc["other"].sum() == 0, "a licence text is of no known kind; add it to licences.KINDS"
    said = {
        kind: (int(documents), int(observations))
        for kind, documents, observations in re.findall(
            r"^\| ([a-z ]+) \| (\d+) \| (\d+) \|", README, re.MULTILINE
        )
    }
    assert said == {kind: tuple(row) for kind, row in table.drop(index="other").iterrows()}


@pytest.mark.parametrize("publisher", ["Energy Institute", "bp", "Wind"])
def test_publishers_that_keep_their_rights_are_named(publisher: str) -> None:
    kept = data.read(DATA).sources.query("licence.str.contains(r'^\\(c\\)|Wind redistribution')")
    assert kept["publisher"].str.contains(publisher).any()
    assert publisher in README


def test_closed_lists_and_tables_are_all_on_the_page() -> None:
    for word in (*WARNINGS, *TABLES["series"].closed["kind"], *TABLES["series"].closed["revised"]):
        assert re.search(rf"\b{word}\b", README), word
    for name in set(TABLES) - OPTIONAL - {"obs"}:
        assert f"`{name}.csv`" in README
