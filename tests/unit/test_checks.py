"""`coalface check` at the door: what it prints and how it ends."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coalface import cli, data
from coalface.data import package, sheets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data.read().folder, tmp_path / "data"))


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "obs/fx.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def test_a_sound_folder_ends_with_0_and_its_rows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(folder)]) == 0
    assert capsys.readouterr().out == f"no fault in {sum(package.row_counts(folder).values())} rows\n"


def test_a_fault_ends_with_1_and_names_file_line_and_repair(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, ",2000-01,3.261,RUB/CNY,", ",2000-01,3.261,RUB,")
    assert cli.main(["check", str(folder)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[1] == (
        "data/obs/fx.csv:2: unit RUB is not that of fx.rub_cny in series.csv; "
        "correct the unit, or convert the figure in lib/, not here"
    )
    assert out[-1] == "2 faults"


def test_a_meant_edit_is_accepted_and_a_broken_rule_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, ",3.261,", ",3.262,")
    assert cli.main(["check", str(folder)]) == 1
    assert cli.main(["check", "--accept", str(folder)]) == 0
    edit(folder, ",3.262,", ',"3,262",')
    assert cli.main(["check", "--accept", str(folder)]) == 1
    assert "not a plain number" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(tmp_path / "nowhere")]) == 1
    assert "there is no such folder" in capsys.readouterr().out


def test_faults_are_sorted_by_file_and_line() -> None:
    late, early = sheets.Fault("b.csv", 2, "x", "y"), sheets.Fault("a.csv", 10, "x", "y")
    assert sorted([late, early]) == [early, late]
    assert str(early) == "a.csv:10: x; y" and str(sheets.Fault("a.csv", 0, "x", "y")) == "a.csv: x; y"
