"""Kill a sweep at random moments and count what is lost: half-written pages, finished reports, orphans.

    python benchmarks/faults.py --times 50

Every second time the whole run is killed, otherwise one worker. After each kill every page must be whole and
equal to that of an undisturbed run, and every report that was announced as made must be kept; the next run
makes the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CELLS = (
    'scenario: str = "baseline"  # x\nas_of: str = "latest"  # x\nseed: int = 1  # x',
    "import os, time\nfrom pathlib import Path\n"
    "Path(os.environ['PIDS'], str(os.getpid())).touch()\ntime.sleep(0.05)\nseed",
)


def suite(root: Path, count: int) -> None:
    """A checkout with one small notebook and so many sets of parameters."""
    (root / "notebooks").mkdir()
    code = {"cell_type": "code", "execution_count": None, "outputs": []}
    cells = [{"cell_type": "markdown", "id": "c01", "metadata": {}, "source": "# Light?"}]
    cells.append({**code, "id": "c02", "metadata": {"tags": ["parameters"]}, "source": CELLS[0]})
    cells.append({**code, "id": "c03", "metadata": {}, "source": CELLS[1]})
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (root / "notebooks" / "01-light.ipynb").write_text(json.dumps(notebook))
    sets = ", ".join(f"s{k}: {{seed: {k}}}" for k in range(2, count + 1))
    index = f"notebooks: [{{file: 01-light.ipynb, title: L, question: 'L?', sets: {{{sets}}}}}]"
    (root / "notebooks" / "index.yml").write_text(index)


def start(root: Path, output: Path) -> subprocess.Popen[str]:
    """The command line at work."""
    words = [sys.executable, "-m", "coalface", "render", "--output", str(output), "-j", "2"]
    environment = {**os.environ, "COALFACE_ROOT": str(root), "PIDS": str(root / "pids"), "CI": "1"}
    return subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def alive(root: Path) -> list[int]:
    """Workers of any run that still run."""
    return [int(path.name) for path in (root / "pids").iterdir() if Path("/proc", path.name).exists()]


def main() -> None:
    """Kill, look, and say what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--reports", type=int, default=40)
    arguments = parser.parse_args()
    chance = random.Random(20261122)
    count = {
        "kills of the run": 0,
        "kills of a worker": 0,
        "half-written pages": 0,
        "reports lost after said made": 0,
    }
    count |= {
        "orphans after 15 s": 0,
        "runs that ended before the kill": 0,
        "reports failed by a killed worker": 0,
    }
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "pids").mkdir()
        suite(root, arguments.reports)
        start(root, root / "whole").communicate()
        whole = {page.name: page.read_bytes() for page in (root / "whole").glob("01-*.html")}
        output = root / "out"
        for turn in range(arguments.times):
            if len(list(output.glob("01-*.html"))) == len(whole):
                output = root / f"out{turn}"
            process = start(root, output)
            said = [process.stdout.readline()] if process.stdout else []
            time.sleep(chance.uniform(0, 1.5))
            workers = alive(root)
            if process.poll() is not None:
                count["runs that ended before the kill"] += 1
            elif turn % 2 == 0:
                process.kill()
                count["kills of the run"] += 1
            elif workers:
                os.kill(chance.choice(workers), signal.SIGKILL)
                count["kills of a worker"] += 1
            said += process.communicate()[0].splitlines()
            count["reports failed by a killed worker"] += (
                sum("SIGKILL" in line for line in said if "(" in line) // 2
            )
            until = time.monotonic() + 15
            while alive(root) and time.monotonic() < until:
                time.sleep(0.05)
            count["orphans after 15 s"] += len(alive(root))
            for page in output.glob("01-*.html"):
                if not page.name.endswith(".failed.html") and page.read_bytes() != whole[page.name]:
                    count["half-written pages"] += 1
            made = [line.split()[1] for line in said if line.startswith("made ")]
            count["reports lost after said made"] += sum(
                not (output / ".records" / f"{stem}.json").exists() for stem in made
            )
        last = start(root, output).communicate()[0]
        again = start(root, output).communicate()[0]
        for name, number in count.items():
            print(f"{name:<36}{number:>5}")
        print("last run:", last.splitlines()[-1].split(";")[0])
        print("next run:", again.splitlines()[-1].split(";")[0])


if __name__ == "__main__":
    main()
