"""The README is run, not believed: its library example works and its tables name what is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_library_example_runs_from_another_folder(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "lib")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("21.0\n")
    assert "rub_per_usd" in done.stdout


def test_the_notebook_table_names_the_notebooks_in_their_order():
    listed = yaml.safe_load((ROOT / "notebooks" / "index.yml").read_text())["notebooks"]
    rows = re.findall(
        r"^\| \[([\w-]+)\]\(notebooks/([\w-]+)\.ipynb\) \| (.+?) \|$", README, flags=re.MULTILINE
    )
    assert [row[1] for row in rows] == [Path(entry["file"]).stem for entry in listed]
    assert all(text == stem for text, stem, _ in rows)


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_every_link_leads_to_a_file(target):
    assert (ROOT / target).exists()


@pytest.mark.parametrize(
    "verb", sorted(set(re.findall(r"^coalface (?!answers)(\w+)", README, flags=re.MULTILINE)))
)
def test_every_command_that_is_shown_exists(verb):
    done = subprocess.run(
        [sys.executable, "-m", "coalface", verb, "--help"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "lib")},
    )
    assert done.returncode == 0, done.stderr


def test_the_figure_prints_the_newest_band_of_the_data():
    from coalface import data
    from coalface.inputs import exports

    newest = exports.totals(data.read()).frame.iloc[-1]
    drawn = (ROOT / "docs" / "exports.svg").read_text(encoding="utf-8")
    assert f"{newest['low']:.0f} to {newest['high']:.0f} Mt" in drawn, "draw it anew: python docs/figure.py"
