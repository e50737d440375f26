"""A fault costs one report: the others are made, the last good page stays, nothing is half written."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coalface.report import farm, files, jobs, ledger, run
from coalface.report.farm import Limits

pytestmark = pytest.mark.notebook
GOOD = "1 + 1"


def _whole(output):
    """Every page of the folder is complete and has its own hash; no unfinished file lies about."""
    for page in output.glob("*-*.html"):
        text = page.read_text(encoding="utf-8")
        assert text.endswith(("</html>", "</html>\n")), page
        (seal,) = re.findall(r'class="seal">([0-9a-f]{64})', text)
        assert ledger.sealed(text.replace(seal, ledger.UNSEALED)) == text, page
    assert not list(output.rglob(".*.part"))
    assert not (output / files.WORK).exists()


FAULTS = {
    "error": ("1 / 0", "ZeroDivisionError: division by zero"),
    "segfault": ("import ctypes\nctypes.string_at(0)", "SIGSEGV|[Dd]ied"),
    "early-exit": ("import os\nos._exit(7)", "exit code 7|[Dd]ied"),
    "killed": ("import os\nos.kill(os.getpid(), 9)", "SIGKILL|[Dd]ied"),
    "endless-loop": ("while True:\n    pass", "ran longer than 10 s"),
    "memory": ("held = bytearray(2 * 10**9)", "MemoryError"),
    "system-exit": ("raise SystemExit(1)", "SystemExit"),
    "hostile-text": ("raise ValueError('<script>alert(1)</script>')", "ValueError"),
}
ENGINES = [("fork", name) for name in FAULTS if farm.FORKS] + [
    ("stock", "segfault"),
    ("stock", "endless-loop"),
]


@pytest.fixture(scope="module")
def broken(build, tmp_path_factory):
    """For each engine: good pages, then the same notebooks with their faults beside one that is well."""
    found = {}
    for engine in {engine for engine, _ in ENGINES}:
        root = tmp_path_factory.mktemp(engine)
        names = [name for other, name in ENGINES if other == engine]
        good = build(root, {f"01-{name}": ("'before'", GOOD) for name in [*names, "well"]})
        run.render(good, jobs.planned(good), root / "out", limits=Limits(2), engine=engine)
        before = {page.name: page.read_bytes() for page in (root / "out").glob("01-*.html")}
        bad = build(
            root,
            {f"01-{name}": ("'before'", FAULTS[name][0], "'never'") for name in names} | {"01-well": ("2",)},
        )
        done = run.render(bad, jobs.planned(bad), root / "out", limits=Limits(2, 10, 1500), engine=engine)
        found[engine] = root, before, {outcome.stem: outcome for outcome in done.outcomes}
    return found


@pytest.mark.parametrize(("engine", "name"), ENGINES)
def test_a_fault_costs_one_report(broken, engine, name):
    root, before, outcomes = broken[engine]
    output, stem = root / "out", f"01-{name}"
    assert len(before) == len(outcomes)
    assert [other for other, outcome in outcomes.items() if outcome.made] == ["01-well"]
    assert re.search(FAULTS[name][1], outcomes[stem].cause)
    assert outcomes[stem].cell == 3
    assert (output / f"{stem}.html").read_bytes() == before[f"{stem}.html"]
    page = (output / f"{stem}.failed.html").read_text()
    assert "Code cell 3" in page
    assert "<script" not in page
    partial = json.loads((output / f"{stem}.failed.ipynb").read_text())["cells"]
    (first,) = (cell for cell in partial if cell["source"] in ("'before'", ["'before'"]))
    assert "before" in str(first["outputs"][0]["data"])
    assert f"{stem}.failed.html" in (output / "index.html").read_text()
    _whole(output)


def test_a_mended_report_forgets_its_failure(build, broken):
    root, _, outcomes = next(iter(broken.values()))
    shutil.copytree(root, other := root.with_name(f"{root.name}-mended"))
    mended = build(other, dict.fromkeys(outcomes, ("2",)))
    done = run.render(mended, jobs.planned(mended), other / "out", limits=Limits(2))
    assert "01-well" not in {outcome.stem for outcome in done.outcomes}
    assert all(outcome.made for outcome in done.outcomes)
    assert not list((other / "out").rglob("*.failed.*"))


def _start(found, output, *words):
    """The command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "coalface", "render", "--output", output, "-j", "2", *words],
        env={**os.environ, "COALFACE_ROOT": str(found.root), "CI": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _many(checkout, tmp_path, count=6, pause_s=0.3):
    pids = tmp_path / "pids"
    pids.mkdir(exist_ok=True)
    touch = f"open({str(pids)!r} + f'/{{os.getpid()}}', 'w').close()"
    cell = f"import os, time\n{touch}\ntime.sleep({pause_s})\nseed"
    return checkout({f"{n:02d}-a": (cell, str(n)) for n in range(1, count + 1)}), pids


def _gone(pids):
    """No worker outlives its parent by more than a moment."""
    until = time.monotonic() + 15
    left = [int(path.name) for path in pids.iterdir()]
    while left and time.monotonic() < until:
        left = [pid for pid in left if Path(f"/proc/{pid}").exists()]
        time.sleep(0.1)
    return not left


def test_after_ctrl_c_the_next_run_makes_the_rest(checkout, tmp_path):
    found, pids = _many(checkout, tmp_path, pause_s=1)
    output = tmp_path / "out"
    process = _start(found, output)
    lines = [process.stdout.readline() for _ in range(2)]
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "finished reports are kept" in rest
    assert "Traceback" not in rest
    assert _gone(pids)
    _whole(output)
    kept = len(list(output.glob("*.html")))
    assert kept >= len(lines)
    again, _ = _start(found, output).communicate(timeout=120)
    assert f"{kept} up to date" in again
    assert "0 failed" in again


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for orphans in /proc")
def test_kill_9_of_the_parent_loses_the_reports_in_flight_only(checkout, tmp_path):
    found, pids = _many(checkout, tmp_path)
    undisturbed = tmp_path / "undisturbed"
    _start(found, undisturbed).communicate(timeout=120)
    chance = random.Random(1)
    output = tmp_path / "out"
    for _ in range(2):
        process = _start(found, output)
        process.stdout.readline()
        time.sleep(chance.uniform(0, 1))
        process.kill()
        said = 1 + process.communicate()[0].count("made ")
        assert _gone(pids)
        for page in output.glob("*.html"):
            assert page.read_bytes() == (undisturbed / page.name).read_bytes()
        kept = len(list((output / ".records").glob("*.json")))
        assert said <= kept  # what was reported as made is kept
    last, _ = _start(found, output).communicate(timeout=120)
    assert "0 failed" in last
    names = sorted(path.name for path in undisturbed.iterdir())
    assert sorted(path.name for path in output.iterdir()) == names
    for page in undisturbed.glob("*.html"):
        assert page.read_bytes() == (output / page.name).read_bytes()


def test_kill_9_of_a_worker_costs_its_report(checkout, tmp_path):
    found, pids = _many(checkout, tmp_path, 4, pause_s=2)
    process = _start(found, tmp_path / "out")
    while not list(pids.iterdir()):
        time.sleep(0.05)
    os.kill(int(next(pids.iterdir()).name), signal.SIGKILL)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "3 made, 0 up to date, 1 failed" in said
    assert "SIGKILL" in said
    _whole(tmp_path / "out")


NAMESPACE = (
    shutil.which("unshare")
    and subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode == 0
)


@pytest.mark.skipif(not NAMESPACE, reason="needs mount namespaces (unshare -rm) to make a small disk")
@pytest.mark.parametrize("options", ["size=64k", "ro"])
def test_a_full_or_read_only_disk_fails_with_one_sentence(checkout, tmp_path, options):
    found, _ = _many(checkout, tmp_path, 3)
    output = tmp_path / "small"
    output.mkdir()
    shell = (
        f'mount -t tmpfs -o {options} none "$0" && {{ "$@"; code=$?; '
        'find "$0" -type f ! -name "*.json"; exit $code; }'
    )
    words = [sys.executable, "-m", "coalface", "render", "--output", output]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", shell, output, *words],
        env={**os.environ, "COALFACE_ROOT": str(found.root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "cannot write" in done.stderr + done.stdout
    for line in done.stdout.splitlines():
        assert not line.endswith(".part")


def test_an_output_that_cannot_be_a_folder_is_one_sentence(checkout, tmp_path):
    found = checkout({"01-a": (GOOD,)})
    (tmp_path / "file").write_text("")
    said, _ = (process := _start(found, tmp_path / "file" / "reports")).communicate()
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert "choose another folder with --output" in said
