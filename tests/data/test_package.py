"""The data package describes the files as they are, and an independent judge agrees."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coalface.data import checks, package, places, sheets

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(DATA, tmp_path_factory.mktemp("copy") / "data"))


@pytest.fixture
def folder(copy: Path) -> Iterator[Path]:
    """A copy of data/ which is mended after each test."""
    yield copy
    shutil.rmtree(copy)
    shutil.copytree(DATA, copy)


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> list[str]:
    path = folder / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    return [str(fault) for fault in package.faults(folder)]


def test_the_shipped_data_have_no_fault() -> None:
    assert [str(fault) for fault in checks.run(DATA)] == []


def test_frictionless_finds_the_package_valid() -> None:
    frictionless = pytest.importorskip("frictionless")
    with frictionless.system.use_context(trusted=False):
        report = frictionless.Package(str(DATA / "datapackage.json")).validate()
    faults = report.flatten(["title", "rowNumber", "fieldName", "message"])
    assert report.valid, faults[:5]
    assert report.stats["tasks"] == len(list(DATA.rglob("*.csv"))) + len(list(DATA.glob("geo/*.geojson")))


def test_the_package_is_what_the_code_writes() -> None:
    assert (DATA / "datapackage.json").read_text(encoding="utf-8") == package.text(DATA)


def test_row_counts_add_up_to_the_lines_of_the_files() -> None:
    counts = package.row_counts(DATA)
    assert {file: len((DATA / file).read_bytes().splitlines()) - 1 for file in counts} == counts


def test_an_edited_value_does_not_pass_with_the_old_hash(folder: Path) -> None:
    path = folder / "obs/fx.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",3.261,", ",3.262,", 1), encoding="utf-8")
    assert [(fault.file, fault.line) for fault in checks.run(folder)] == [("obs/fx.csv", 0)]
    assert "run `coalface check --accept`" in str(checks.run(folder)[0])
    assert package.write(folder)
    assert checks.run(folder) == []
    assert not package.write(folder)


def test_a_removed_row_shows_in_hash_bytes_and_rows(folder: Path) -> None:
    path = folder / "obs/fx.csv"
    path.write_text(
        "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8"
    )
    said = " ".join(map(str, package.faults(folder)))
    assert "hash" in said and "has 1162 rows, not 1163" in said


DAMAGE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "unknown key of the package": (
        lambda p: p.update(licences=[]),
        "unknown key 'licences' in a package; did you",
    ),
    "unknown key of a resource": (
        lambda p: p["resources"][0].update(descriptions="x"),
        "unknown key 'descriptions'",
    ),
    "unknown key of a schema": (
        lambda p: p["resources"][0]["schema"].update(primarykey=1),
        "did you mean primaryKey",
    ),
    "unknown key of a field": (
        lambda p: p["resources"][0]["schema"]["fields"][0].update(unit="t"),
        "in a field",
    ),
    "unknown constraint": (
        lambda p: p["resources"][0]["schema"]["fields"][0]["constraints"].update(unique=True),
        "in a constraints",
    ),
    "unknown key of a reference": (
        lambda p: p["resources"][2]["schema"]["foreignKeys"][0]["reference"].update(table="x"),
        "in a reference",
    ),
    "other title": (lambda p: p.update(title="Coal"), "head of the package"),
    "no licence": (lambda p: p.pop("licenses"), "head of the package"),
    "wrong hash": (lambda p: p["resources"][0].update(hash="sha256:" + "0" * 64), "hash"),
    "weaker hash": (lambda p: p["resources"][0].update(hash="d41d8cd98f00b204e9800998ecf8427e"), "hash"),
    "no hash": (lambda p: p["resources"][0].pop("hash"), "hash"),
    "wrong size": (lambda p: p["resources"][0].update(bytes=1), "bytes"),
    "wrong row count": (lambda p: p["resources"][1].update(rows=1), "has 1455 rows, not 1"),
    "other type of a field": (
        lambda p: p["resources"][1]["schema"]["fields"][0].update(type="any"),
        "schema",
    ),
    "no key": (lambda p: p["resources"][1]["schema"].pop("primaryKey"), "schema"),
    "no reference": (lambda p: p["resources"][2]["schema"].pop("foreignKeys"), "schema"),
    "other encoding": (lambda p: p["resources"][1].update(encoding="cp1251"), "encoding"),
    "resource of a file that is not there": (
        lambda p: p["resources"][0].update(path="source.csv"),
        "not there",
    ),
    "undescribed file": (lambda p: p["resources"].pop(), "not described"),
    "file described twice": (lambda p: p["resources"].append(p["resources"][0]), "described twice"),
    "resource that is no object": (lambda p: p["resources"][0].update(schema=[]), "schema"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_to_the_description_is_caught(name: str, folder: Path) -> None:
    change, expected = DAMAGE[name]
    assert any(expected in text for text in rewrite(folder, change))


def test_a_broken_description_names_its_line(folder: Path) -> None:
    path = folder / "datapackage.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"name": "series",', '"name": "series"', 1), encoding="utf-8"
    )
    (fault,) = package.faults(folder)
    assert fault.line > 1 and "not a data package" in fault.message
    path.unlink()
    assert "missing" in str(next(package.faults(folder)))


def test_missing_and_surplus_files_are_named(folder: Path) -> None:
    (folder / "events.csv").unlink()
    (folder / "obs/fx.csv").rename(folder / "obs/fx.txt")
    (folder / "notes.csv").write_text("a\n1\n", encoding="utf-8")
    said = [str(fault) for fault in checks.run(folder)]
    for expected in (
        "events.csv: the table is missing",
        "obs/fx.txt: no rule knows this file",
        "notes.csv: no rule knows this file",
        "obs/fx.csv is described but not there",
        "fx.rub_usd has no observation",
        "the codebook describes 'events', which is not there",
    ):
        assert any(expected in text for text in said), (expected, said[:5])


def test_a_folder_without_tables_is_no_data_folder(tmp_path: Path) -> None:
    assert "no such folder" in str(checks.run(tmp_path / "nowhere")[0])
    said = " ".join(map(str, checks.run(tmp_path)))
    assert "there is no table of observations" in said and "series.csv: the table is missing" in said


def test_a_row_in_two_files_is_caught() -> None:
    read, _ = checks.read_sheets(DATA)
    first, second = read["obs/fx.csv"], read["obs/key_rate.csv"]
    twin = sheets.Sheet("obs", "obs/key_rate.csv", first.frame.head(1), second.lines[:1])
    said = " ".join(map(str, checks.rule_faults({**read, "obs/key_rate.csv": twin})))
    assert "stands in another file too" in said


CORRECTION = "fx.rub_cny,2000-01,macro_baskov,replace,3.271,3.261,misprint,open"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (CORRECTION, ""),
        (CORRECTION.replace("3.261", "3.3"), "is not 3.3 any more; the source may have mended it"),
        (CORRECTION.replace("3.271", ""), "the action replace does not go with the value ''"),
        (CORRECTION.replace("replace", "drop"), "the action drop does not go with the value '3.271'"),
        (CORRECTION.replace("2000-01", "1899-01"), "is not 3.261 any more"),
        (CORRECTION.replace("open", "closed"), "closed list"),
    ],
)
def test_a_correction_is_checked_once_there_is_one(row: str, fault: str) -> None:
    columns = {
        "series_id": "text",
        "period": "text",
        "source_id": "text",
        "action": "text",
        "value": "number",
    }
    columns |= {"expect": "number", "reason": "text", "status": "text"}
    content = {
        "corrections": f"{','.join(columns)}\n{row}\n",
        "tables": (DATA / "tables.csv").read_text(encoding="utf-8")
        + "".join(f"corrections,{name},{kind},,\n" for name, kind in columns.items()),
    }
    read, _ = checks.read_sheets(DATA)
    for table, text in content.items():
        sheet, faults = sheets.parse(text.encode("utf-8"), f"{table}.csv", table)
        assert sheet is not None and not faults
        read[f"{table}.csv"] = sheet
    said = [str(found) for found in checks.rule_faults(read, only={"corrections.csv", "tables.csv"})]
    said += [str(found) for found in checks.book_faults(DATA, read)]
    assert (any(fault in text for text in said) and len(said) == 1) if fault else said == []


LAYER = {
    "cut off": (lambda t: t[: len(t) // 2], "not GeoJSON"),
    "no features": (lambda t: '{"features": []}', "empty"),
    "unknown document": (
        lambda t: t.replace("source towns_ne_datamaps", "source nobody"),
        "names no document",
    ),
    "point off the globe": (lambda t: t.replace("83.2223", "832.223"), "off the globe"),
    "word for a number": (lambda t: t.replace("83.2223", '"east"'), "not a number"),
    "open ring": (lambda t: t.replace("[83.2223,56.1023]", "[83.2224,56.1023]", 1), "not closed"),
    "region drawn twice": (lambda t: t.replace("RU-TOM", "RU-KEM"), "drawn twice"),
    "line for an area": (lambda t: t.replace('"Polygon"', '"LineString"'), "not a point or an area"),
}


@pytest.mark.parametrize("name", LAYER)
def test_damage_to_a_map_layer_is_caught(name: str, tmp_path: Path) -> None:
    change, expected = LAYER[name]
    whole = (DATA / "geo/kuzbass_regions.geojson").read_text(encoding="utf-8")
    (tmp_path / "layer.geojson").write_text(change(whole), encoding="utf-8")
    said = [str(fault) for fault in places.layer(tmp_path, "layer.geojson", {"towns_ne_datamaps"}, set())]
    assert any(expected in text for text in said), said


def test_a_mine_area_of_an_unknown_mine_is_caught() -> None:
    said = [
        str(fault)
        for fault in places.layer(DATA, "geo/kemerovo_mine_areas.geojson", {"towns_gem_smp"}, set())
    ]
    assert any("is not in mines.csv" in text for text in said)
