"""A report is made again if, and only if, something that it is made of has changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from coalface.report import jobs, stamp, suite

ROOT = Path(__file__).parents[2]
KEY_RATE, CPI = "series:rate.key.ru", "series:cpi.mom.ru.all"
READS = (KEY_RATE, "table:events", "geo:kuzbass_regions")


@pytest.fixture
def copy(build, tmp_path, monkeypatch):
    """A checkout with the real figures, and a function that stamps its report."""
    monkeypatch.delenv("COALFACE_DATA", raising=False)
    root = tmp_path / "copy"
    shutil.copytree(ROOT / "data", root / "data")
    found = build(
        root, {"01-a": ("from coalface.models import rates, debt\nfrom coalface.inputs import rates",)}
    )

    def take(reads=READS):
        fresh = stamp.Stamps(suite.read(found.root))
        job = jobs.planned(fresh_suite := suite.read(root))[0]
        assert fresh_suite.root == root
        return fresh.of(job, reads, fresh.code(job))

    return root, take


def _edit(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def _obs_line(root, series_id):
    for path in sorted((root / "data" / "obs").glob("*.csv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{series_id},"):
                return path, line
    raise AssertionError(series_id)


def test_the_same_files_give_the_same_stamp(copy):
    _, take = copy
    assert take() == take()


@pytest.mark.parametrize(
    "kind", ["value", "new row", "source", "entry", "event", "map", "notebook", "lock", "scenarios"]
)
def test_a_change_of_what_was_read_changes_the_stamp(copy, kind):
    root, take = copy
    before = take()
    path, line = _obs_line(root, "rate.key.ru")
    cells = line.split(",")
    if kind == "value":
        _edit(path, line, ",".join([*cells[:2], "99", *cells[3:]]))
    elif kind == "new row":
        path.write_text(
            path.read_text(encoding="utf-8") + ",".join([cells[0], "2031-01-01", *cells[2:]]) + "\n"
        )
    elif kind == "source":
        source = next(
            row
            for row in (root / "data" / "sources.csv").read_text().splitlines()
            if row.startswith(f"{cells[4]},")
        )
        _edit(root / "data" / "sources.csv", source, source + " ")
    elif kind == "entry":
        _edit(root / "data" / "series.csv", "\nrate.key.ru,", "\nrate.key.ru,New ")
    elif kind == "event":
        _edit(root / "data" / "events.csv", ",month,", ",day,")
    elif kind == "map":
        (root / "data" / "geo" / "kuzbass_regions.geojson").write_text("{}")
    elif kind == "notebook":
        _edit(root / "notebooks" / "01-a.ipynb", "What is so?", "What is not so?")
    elif kind == "lock":
        (root / "requirements.lock").write_text("pandas==1\n")
    else:
        _edit(root / "notebooks" / "scenarios.yml", "{}", "{x: 1}")
    assert take() != before


def test_a_change_of_other_figures_leaves_the_stamp(copy):
    root, take = copy
    before = take()
    path, line = _obs_line(root, "cpi.mom.ru.all")
    cells = line.split(",")
    _edit(path, line, ",".join([*cells[:2], "99", *cells[3:]]))
    _edit(
        root / "data" / "sources.csv",
        "\n",
        "\nnew_document,Somebody,Title,https://example.org,2026-01,,B,,\n",
    )
    _edit(root / "data" / "claims.csv", ",state,", ",flow,")
    assert take() == before
    assert take((*READS, CPI)) != before
    assert take((stamp.EVERYTHING,)) != before


def test_the_code_of_a_report_is_what_its_notebook_imports_at_any_depth(build, tmp_path):
    found = build(tmp_path / "x", {"01-a": ("from coalface.inputs import steel",), "02-b": ("1",)})
    stamps = stamp.Stamps(found)
    one, other = (set(stamps.code(job)) for job in jobs.planned(found))
    assert {"inputs/steel.py", "data/catalogue.py", "data/store.py", "report/export.py"} <= one
    assert {"report/export.py", "report/template/page.html.j2", "look/palette.json"} <= other
    assert "inputs/steel.py" not in other
    assert not any(name.startswith("models/") for name in other)


@pytest.mark.notebook
def test_the_server_holds_ready_what_the_notebook_imports_but_no_library_that_may_start_threads(
    build, tmp_path
):
    cell = "import torch, scipy.stats\nfrom statsmodels.tsa import api\nfrom coalface.models import rates"
    found = build(tmp_path, {"01-a": (cell,)})
    modules = stamp.Stamps(found).modules(jobs.planned(found))
    assert {"scipy.stats", "statsmodels.tsa.api", "coalface.models.rates"} <= set(modules)
    assert not [name for name in modules if name.startswith("torch")]


def test_only_the_changed_page_is_made_again(checkout, render, tmp_path):
    names = {f"0{n}-a": ("seed",) for n in range(1, 5)}
    found = checkout(names)
    assert len(render(found).outcomes) == 4
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("0*.html")}
    assert render(found).outcomes == ()
    found = checkout({**names, "03-a": ("seed + 1",)})
    assert [outcome.stem for outcome in render(found).outcomes] == ["03-a"]
    changed = [path.name for path, time in kept.items() if path.stat().st_mtime_ns != time]
    assert changed == ["03-a.html"]
    (tmp_path / "out" / "02-a.html").unlink()
    (tmp_path / "out" / "04-a.html").write_text("cut short")
    assert sorted(outcome.stem for outcome in render(found).outcomes) == ["02-a", "04-a"]
    assert len(render(found, force=True).outcomes) == 4


@pytest.mark.notebook
def test_a_report_remembers_what_its_catalogue_has_read(checkout, render, tmp_path, monkeypatch):
    monkeypatch.setenv("COALFACE_DATA", str(ROOT / "data"))
    cell = "from coalface import data\ncat = data.read().as_of(as_of)\ncat.load('rate.key.ru').iloc[-1]"
    render(checkout({"01-a": (cell,), "02-b": ("1",)}), engine="fork")
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())["reports"]
    assert [report["reads"] for report in told] == [[KEY_RATE], [stamp.EVERYTHING]]
