"""What a report costs: the stock commands, papermill in a pool, our engine, and the limit of pure computing.

    python benchmarks/rendering.py                      24 reports of workload.py, 3 interleaved rounds
    python benchmarks/rendering.py --suite              the same of the suite's own notebooks
    python benchmarks/rendering.py --notebooks 05       town pages only
    python benchmarks/rendering.py --scale 24,240,1000  cost a report and memory as a sweep grows
    python benchmarks/rendering.py --profile            where our time goes, step by step

Each way runs in a process of its own, start-up included, with one BLAS thread and the same number of workers.
Ways are interleaved and compared round by round as ratios to the limit, so that a busy machine disturbs all
alike; CPU seconds count every process that a way has started (Linux). The limit is the same cells run in
forks of a warm process, figures drawn, without notebook or page.
"""

from __future__ import annotations

import argparse
import ast
import concurrent.futures
import cProfile
import ctypes
import json
import multiprocessing
import os
import pstats
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import workload

from coalface.report import execute, jobs, run, suite
from coalface.report.farm import Limits
from coalface.report.stamp import Stamps
from coalface.warm import prepare


def planned(found: suite.Suite, names: list[str], count: int) -> list[jobs.Job]:
    """So many jobs over the notebooks in turn, each with another seed."""
    entries = [found.pick(name) for name in names] if names else list(found.entries)
    return [jobs.job(entries[k % len(entries)], {"seed": 1 + k}) for k in range(count)]


def limit(wanted: list[jobs.Job], folder: Path, workers: int) -> None:
    """The cells alone, in forks of a warm process."""
    prepare(Stamps(suite.read()).modules(wanted), tools=())
    running: list[int] = []
    for job in wanted:
        while len(running) >= workers:
            running.remove(os.wait()[0])
        if not (pid := os.fork()):
            code = 1
            try:
                compute(job)
                code = 0
            finally:
                os._exit(code)
        running.append(pid)
    codes = [os.waitpid(pid, 0)[1] for pid in running]
    assert not any(codes)


def compute(job: jobs.Job) -> None:
    """Run the cells of one report as plain code; what a cell ends with shows itself."""
    os.chdir(job.entry.path.parent)
    names: dict[str, object] = {"__name__": "__main__"}
    for cell in json.loads(job.entry.source)["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
            if hasattr(shown, "_repr_mimebundle_"):
                shown._repr_mimebundle_()
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(job.values)


def ours(wanted: list[jobs.Job], folder: Path, workers: int) -> None:
    """The fork engine, house page, records and lists included."""
    done = run.render(suite.read(), wanted, folder, engine="fork", limits=Limits(workers))
    assert all(outcome.made for outcome in done.outcomes)


def pool(wanted: list[jobs.Job], folder: Path, workers: int) -> None:
    """papermill's API and nbconvert's exporter in a pool of processes."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as processes:
        arguments = [(job.entry.path, dict(job.values), folder / job.stem) for job in wanted]
        list(processes.map(pool_job, arguments))


def pool_job(argument: tuple[Path, dict[str, object], Path]) -> None:
    """One report with papermill and nbconvert as imported libraries."""
    import papermill
    from nbconvert import HTMLExporter

    path, values, base = argument
    notebook = papermill.execute_notebook(
        str(path), f"{base}.ipynb", values, progress_bar=False, cwd=str(path.parent)
    )
    Path(f"{base}.html").write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")


def stock(wanted: list[jobs.Job], folder: Path, workers: int) -> None:
    """The commands papermill and jupyter nbconvert, as many at a time as there are workers."""
    with concurrent.futures.ThreadPoolExecutor(workers) as threads:
        list(threads.map(lambda job: stock_job(job, folder), wanted))


def stock_job(job: jobs.Job, folder: Path) -> None:
    """One report with the two commands."""
    executed = folder / f"{job.stem}.ipynb"
    values = [word for name, value in job.changed.items() for word in ("-p", name, str(value))]
    python = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    words = [
        *python,
        "papermill",
        "--no-progress-bar",
        "--cwd",
        job.entry.path.parent,
        job.entry.path,
        executed,
    ]
    subprocess.run([*words, *values], **quiet)
    subprocess.run([*python, "nbconvert", "--to", "html", executed], **quiet)


WAYS = {"limit": limit, "ours": ours, "pool": pool, "stock": stock}


def one_way(arguments: argparse.Namespace) -> None:
    """In a process of its own: run one way, print seconds, CPU seconds and the highest memory as JSON."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1)  # orphans, such as a fork server, come back to this process
    os.environ.update(execute.ENVIRONMENT)
    begin = time.perf_counter()
    found = suite.read()
    wanted = planned(found, arguments.notebooks, arguments.reports)
    memory = Memory()
    with tempfile.TemporaryDirectory() as folder:
        WAYS[arguments.way](wanted, Path(folder), arguments.workers)
        seconds = time.perf_counter() - begin
        peaks = memory.stop()
    stop_server()
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    print(json.dumps({"wall": seconds, "cpu": cpu, "memory_mb": peaks}))


def stop_server() -> None:
    """End the fork server, so that its CPU seconds can be counted."""
    from multiprocessing import forkserver, resource_tracker

    for helper in (forkserver._forkserver, resource_tracker._resource_tracker):
        stop = getattr(helper, "_stop", None)
        if stop is not None:
            stop()


class Memory:
    """Proportional memory of this process and all below it, once a second (Linux)."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            self.seen.append(sum(map(_pss_mb, _family(os.getpid()))))

    def stop(self) -> list[float]:
        """Highest memory in the first, the middle and the last third of the time."""
        self._over.set()
        self._thread.join()
        third = max(1, len(self.seen) // 3)
        parts = [self.seen[k : k + third] for k in range(0, len(self.seen), third)][:3]
        return [round(max(part)) for part in parts]


def _family(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [pid, *(member for child in text.split() for member in _family(int(child)))]


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def checkout(folder: Path, arguments: argparse.Namespace) -> Path:
    """Where the notebooks are: the suite itself, or a folder with those of workload.py."""
    if arguments.suite or arguments.notebooks:
        return Path(__file__).parents[1]
    workload.write(folder, workload.LIGHT if arguments.light else workload.NOTEBOOKS)
    return folder


def measure(way: str, reports: int, arguments: argparse.Namespace, root: Path) -> dict[str, Any]:
    """One way in a process of its own."""
    words = [
        sys.executable,
        __file__,
        "--way",
        way,
        "--reports",
        str(reports),
        "--workers",
        str(arguments.workers),
    ]
    if arguments.notebooks:
        words += ["--notebooks", ",".join(arguments.notebooks)]
    environment = {**os.environ, "COALFACE_ROOT": str(root)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(arguments: argparse.Namespace) -> None:
    """Interleaved rounds of all ways, as ratios to the limit."""
    ways = arguments.ways.split(",")
    chance = random.Random(0)
    rounds = []
    for number in range(arguments.rounds):
        order = chance.sample(ways, len(ways))
        with tempfile.TemporaryDirectory() as folder:
            root = checkout(Path(folder), arguments)
            rounds.append({way: measure(way, arguments.reports, arguments, root) for way in order})
        for way in ways:
            found = rounds[-1][way]
            print(
                f"round {number + 1}  {way:<6} {found['wall']:8.1f} s  {found['cpu']:8.1f} CPU s", flush=True
            )
    print(f"\n{arguments.reports} reports, {arguments.workers} workers, medians of {arguments.rounds} rounds")
    columns = [("wall s", "wall", ""), ("CPU s", "cpu", "")]
    for other in ("limit", "ours"):
        if other in ways:
            columns += [(f"wall x {other}", "wall", other), (f"CPU x {other}", "cpu", other)]
    print("way   " + "".join(f"{head:>13}" for head, *_ in columns))
    for way in ways:
        cells = [
            statistics.median(one[way][key] / (one[other][key] if other else 1) for one in rounds)
            for _, key, other in columns
        ]
        print(f"{way:<6}" + "".join(f"{cell:>13.2f}" for cell in cells))


def scale(arguments: argparse.Namespace) -> None:
    """Sweeps of growing size: marginal cost and memory over time."""
    with tempfile.TemporaryDirectory() as folder:
        root = checkout(Path(folder), arguments)
        before = (0, 0.0, 0.0)
        heads = f"{'reports':>8}{'wall s':>9}{'CPU s':>9}{'marginal ms wall':>18}{'marginal ms CPU':>17}"
        print(f"{heads}  memory MB by third")
        for count in map(int, arguments.scale.split(",")):
            found = measure("ours", count, arguments, root)
            wall, cpu = found["wall"], found["cpu"]
            more = [
                1000 * (now - then) / (count - before[0])
                for now, then in ((wall, before[1]), (cpu, before[2]))
            ]
            print(
                f"{count:>8}{wall:>9.1f}{cpu:>9.1f}{more[0]:>18.1f}{more[1]:>17.1f}  {found['memory_mb']}",
                flush=True,
            )
            before = (count, wall, cpu)


STEPS = {
    "whole report": ("execute.py", "make"),
    "  papermill": ("execute.py", "execute"),
    "    shell and streams start": ("kernel.py", "__enter__"),
    "    cells": ("kernel.py", "run"),
    "      figures": ("figure.py", "figure"),
    "        room for the labels": ("layout.py", "fit"),
    "        drawing as SVG": ("backend_svg.py", "print_svg"),
    "    streams and shell end": ("kernel.py", "__exit__"),
    "  page": ("export.py", "page"),
    "  record and files": ("files.py", "write"),
}


def profile(arguments: argparse.Namespace) -> None:
    """Milliseconds a report by step, in forks of this process; a profile makes all of it slower alike."""
    from coalface.report import meta

    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(execute.ENVIRONMENT, COALFACE_ROOT=str(checkout(Path(folder), arguments)))
        found = suite.read()
        wanted = planned(found, arguments.notebooks, arguments.reports)
        prepare(Stamps(found).modules(wanted))
        spent: dict[str, list[float]] = {step: [] for step in STEPS}
        for job in wanted:
            output = Path(folder, "out", job.stem)
            output.mkdir(parents=True)
            task = execute.Task(job, meta.meta(job, "", ""), output, output, "fork")
            if not (pid := os.fork()):
                recorded = cProfile.Profile()
                recorded.runcall(execute.make, task)
                recorded.dump_stats(output / "profile")
                os._exit(0)
            assert not os.waitpid(pid, 0)[1]
            rows = pstats.Stats(str(output / "profile")).stats.items()  # type: ignore[attr-defined]
            cumulated = {(Path(path).name, called): row[3] for (path, _, called), row in rows}
            for step, called in STEPS.items():
                spent[step].append(cumulated.get(called, 0.0))
    print(f"{'step':<30}{'ms a report':>12}")
    for step, seconds in spent.items():
        print(f"{step:<30}{1000 * statistics.mean(seconds):>12.1f}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ways", default="limit,ours,pool,stock")
    parser.add_argument("--notebooks", type=lambda text: text.split(","), default=[])
    parser.add_argument("--suite", action="store_true", help="the suite's own notebooks")
    parser.add_argument("--light", action="store_true", help="one notebook that computes next to nothing")
    parser.add_argument("--profile", action="store_true", help="where our time goes, step by step")
    parser.add_argument("--scale", help="sizes, as in 24,240,1000")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        one_way(arguments)
    elif arguments.scale:
        scale(arguments)
    elif arguments.profile:
        profile(arguments)
    else:
        compare(arguments)


if __name__ == "__main__":
    main()
