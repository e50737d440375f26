"""Kill a sweep at random moments and count what is lost: half-written pages, finished reports, orphans.

    python benchmarks/faults.py --times 50

In turn the whole run, one worker and the fork server are killed, so many times each. After each kill every
page must be whole and equal to that of an undisturbed run, and every report that was announced as made must
be kept; the next run makes the rest.
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
    """Workers that still run: a number may have passed to a stranger, and the dead have no command."""
    known = [int(path.name) for path in (root / "pids").iterdir()]
    return [pid for pid in known if b"forkserver" in command(pid)]


def command(pid: int) -> bytes:
    """Command line of a process, empty if there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def children(pid: int) -> list[int]:
    """Processes that this one has started and not yet buried."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def server(run: int) -> list[int]:
    """The fork server of a run."""
    return [pid for pid in children(run) if b"forkserver" in command(pid)]


def workers(run: int) -> list[int]:
    """The reports in the making, at whatever step."""
    return [pid for one in server(run) for pid in children(one)]


VICTIMS = {"the run": lambda run: [run], "a worker": workers, "the server": server}
COUNTED = (
    *(f"kills of {target}" for target in VICTIMS),
    "nothing to kill any more",
    "half-written pages",
    "reports lost after said made",
    "orphans after 15 s",
    *(f"failed reports after a kill of {target}" for target in VICTIMS),
)


def main() -> None:
    """Kill, look, and say what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--reports", type=int, default=40)
    arguments = parser.parse_args()
    chance = random.Random(20261122)
    count = dict.fromkeys(COUNTED, 0)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "pids").mkdir()
        suite(root, arguments.reports)
        start(root, root / "whole").communicate()
        whole = {page.name: page.read_bytes() for page in (root / "whole").glob("01-*.html")}
        output = root / "out"
        for turn in range(len(VICTIMS) * arguments.times):
            target = list(VICTIMS)[turn % len(VICTIMS)]
            # A killed run is taken up by the next; the others need a whole run to be killed in.
            if target != "the run" or len(list(output.glob("01-*.html"))) == len(whole):
                output = root / f"out{turn}"
            process = start(root, output)
            said = [process.stdout.readline()] if process.stdout else []
            time.sleep(chance.uniform(0, 1.5))
            try:
                os.kill(chance.choice(VICTIMS[target](process.pid)), signal.SIGKILL)
                count[f"kills of {target}"] += 1
            except (ProcessLookupError, FileNotFoundError, IndexError):
                count["nothing to kill any more"] += 1
            said += process.communicate()[0].splitlines()
            failed = {line for line in said if line.startswith("FAILED")}  # each is told twice
            count[f"failed reports after a kill of {target}"] += len(failed)
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
        output = root / "out"
        last = start(root, output).communicate()[0]
        again = start(root, output).communicate()[0]
        for name, number in count.items():
            print(f"{name:<42}{number:>5}")
        print("last run:", last.splitlines()[-1].split(";")[0])
        print("next run:", again.splitlines()[-1].split(";")[0])


if __name__ == "__main__":
    main()
