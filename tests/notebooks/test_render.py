"""The real notebooks render: complete, offline, and to the same bytes each time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coalface import cli
from coalface.report import jobs, ledger, suite, verify

pytestmark = pytest.mark.notebook
ROOT = Path(__file__).parents[2]
WANTED = jobs.planned(suite.read(ROOT))
ISOLATED = (
    shutil.which("unshare")
    and subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0
)


# In a network name space of one's own there is nothing but a loopback that is down; kernels talk over it.
LOOPBACK_ONLY = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
    fcntl.ioctl(link, 0x8914, struct.pack("16sh14x", b"lo", 1))
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.parametrize("job", WANTED, ids=lambda job: job.stem)
def test_every_set_of_the_index_renders(rendered, job):
    output, done = rendered
    causes = {outcome.stem: outcome.cause for outcome in done.outcomes if not outcome.made}
    assert job.stem not in causes, causes[job.stem]
    page = (output / f"{job.stem}.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.count("<h1") == 1
    assert "<script" not in page


def test_every_report_shows_headline_numbers_and_tells_what_it_read(rendered):
    manifest = json.loads((rendered[0] / "manifest.json").read_text(encoding="utf-8"))
    assert [report["page"] for report in manifest["reports"]] == sorted(f"{job.stem}.html" for job in WANTED)
    for report in manifest["reports"]:
        assert report["headlines"], report["page"]
        assert report["reads"] not in ([], ["all"]), report["page"]


def test_headline_numbers_are_the_accepted_ones(rendered):
    """If the change is meant: coalface render; coalface headlines --accept."""
    expected = ledger.read_csv(ROOT / "tests" / "expected" / "headlines.csv")
    assert ledger.changes(expected, ledger.read_csv(rendered[0] / "headlines.csv")) == []


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory):
    """The suite again by papermill's own engine: other folder, time zone, language, hash seed; no network."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT / "lib"),
        "COALFACE_ROOT": str(ROOT),
        "PYTHONHASHSEED": "12345",
        "TZ": "Pacific/Chatham",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "COLUMNS": "33",
        "MPLBACKEND": "pdf",
    }
    words = [sys.executable, "-m", "coalface", "render", "--output", folder / "out", "-j", "2"]
    words += ["--engine", "stock", "--keep"]
    if ISOLATED:
        words = ["unshare", "-rn", sys.executable, "-c", LOOPBACK_ONLY, *words]
    done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True)
    return folder / "out", done


@pytest.mark.slow
@pytest.mark.parametrize("job", WANTED, ids=lambda job: job.stem)
def test_a_second_render_elsewhere_gives_the_same_bytes(rendered, elsewhere, job):
    output, done = elsewhere
    page = output / f"{job.stem}.html"
    assert page.is_file(), done.stdout + done.stderr
    assert page.read_bytes() == (rendered[0] / page.name).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("job", WANTED, ids=lambda job: job.stem)
def test_both_engines_leave_the_same_outputs_in_every_cell(rendered, elsewhere, job):
    fork, stock = (_outputs(output / f"{job.stem}.ipynb") for output in (rendered[0], elsewhere[0]))
    assert fork == stock
    assert sum(map(len, fork)) > 3


def _outputs(path):
    """Outputs of each code cell, without live widgets: their ids are random, and no page shows them."""
    text = re.sub(r"ipykernel_\d+/\d+", "ipykernel/cell", path.read_text(encoding="utf-8"))
    shown = [cell["outputs"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    for output in (output for outputs in shown for output in outputs):
        output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return shown


@pytest.mark.slow
@pytest.mark.parametrize("name", ["index.html", "headlines.csv"])
def test_the_lists_are_the_same_bytes_too(rendered, elsewhere, name):
    assert (elsewhere[0] / name).read_bytes() == (rendered[0] / name).read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not ISOLATED, reason="needs network name spaces (unshare -rn)")
def test_the_second_render_had_no_network(elsewhere):
    assert elsewhere[1].returncode == 0, elsewhere[1].stderr
    probe = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    words = ["unshare", "-rn", sys.executable, "-c", LOOPBACK_ONLY, sys.executable, "-c", probe]
    done = subprocess.run(words, capture_output=True, text=True)
    assert "unreachable" in done.stderr


def test_a_page_is_verified_and_a_forged_one_is_not(checkout, render, tmp_path):
    found = checkout({"01-a": ("seed",)})
    render(found, given=[("seed", "7")])
    page = (tmp_path / "out" / "01-a--seed=7.html").read_text(encoding="utf-8")
    bare = page.replace(verify.seal(page), ledger.UNSEALED)
    assert verify.verify(found, page) == verify.Verdict(True, "exactly what this commit and data make")
    assert verify.verify(found, page.replace("</h1>", " </h1>", 1)).words.startswith("changed after")
    forged = ledger.sealed(bare.replace("</h1>", " </h1>", 1))
    assert verify.verify(found, forged).words.startswith("not what this commit")
    older = ledger.sealed(bare.replace("no commit", "0123456789ab"))
    verdict = verify.verify(found, older)
    assert verdict.sound
    assert "commit 0123456789ab" in verdict.words
    strange = ledger.sealed(bare.replace("01-a", "09-b"))
    assert "no notebook '09-b'" in verify.verify(found, strange).words


def test_nothing_to_do_is_found_without_heavy_imports(rendered):
    code = (
        "import sys\nfrom coalface import cli\ncode = cli.main(sys.argv[1:])\n"
        "heavy = {'pandas', 'numpy', 'papermill', 'nbconvert', 'matplotlib', 'IPython'} & set(sys.modules)\n"
        "assert not heavy, heavy\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "render", "--output", rendered[0]], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert f"0 made, {len(WANTED)} up to date, 0 failed" in done.stdout


def test_a_change_of_a_headline_number_is_shown_and_accepted(rendered, tmp_path, monkeypatch, capsys):
    root = tmp_path / "copy"
    (root / "tests" / "expected").mkdir(parents=True)
    for name in ("notebooks", "data"):
        (root / name).symlink_to(ROOT / name)
    monkeypatch.setenv("COALFACE_ROOT", str(root))
    words = ["headlines", "--output", str(rendered[0])]
    assert cli.main([*words, "--accept"]) == 0
    assert cli.main(words) == 0
    path = root / "tests" / "expected" / "headlines.csv"
    rows = path.read_text().splitlines()
    path.write_text("\n".join([rows[0], *(row.replace(",", ",x", 3) for row in rows[1:2]), *rows[2:]]) + "\n")
    capsys.readouterr()
    assert cli.main(words) == 1
    said = capsys.readouterr().out
    assert "coalface headlines --accept" in said
    assert said.startswith(("+ ", "- ", "~ "))
