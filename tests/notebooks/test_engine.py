"""The fork engine shows what papermill's own engine shows, trap by trap."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from operator import itemgetter

import pytest

from coalface.report import execute, farm, jobs

pytestmark = [
    pytest.mark.notebook,
    pytest.mark.skipif(not farm.FORKS, reason="this system has no forkserver; the stock engine serves"),
]

EDGE = {
    "both streams": "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
    "display and update": (
        "from IPython.display import HTML, display\nshown = display(HTML('<b>1</b>'), display_id='q')\n"
        "display({'n': 1}, metadata={'k': 'v'})"
    ),
    "update from a later cell": "shown.update(HTML('<i>2</i>'))\nprint('updated')",
    "clear and wait": (
        "from IPython.display import clear_output\nfor i in range(3):\n    clear_output()\n    print(i)\n"
        "clear_output(wait=True)\nprint('last')"
    ),
    "clear and wait for nothing": "print('kept')\nclear_output(wait=True)",
    "progress bar": "from tqdm import tqdm\nfor _ in tqdm(range(3), bar_format='{n}/{total}'):\n    pass",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\n'waited'",
    "await twice": "task = asyncio.create_task(asyncio.sleep(0.01, 'slept'))\nawait task",
    "running loop": "asyncio.get_running_loop().is_running()",
    # The pause is for the stock kernel, whose result may otherwise overtake what the subprocess wrote.
    "subprocess": (
        "import subprocess, time\ncode = subprocess.run('echo out; echo err >&2', shell=True).returncode\n"
        "time.sleep(1)\ncode"
    ),
    "shell": "!echo shell",
    "data frame": "import pandas as pd\npd.DataFrame({'a': [1, 2.5]}, index=['x', 'y'])",
    "figure": (
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(figsize=(2, 1))\naxes.plot([1, 2, 4]);"
    ),
    "figure again": "figure",
    "two figures": "plt.figure(figsize=(1, 1))\nplt.figure(figsize=(1, 2))\nNone",
    "silenced": "5;",
    "history": "_, In[3], sorted(Out), _i2",
    "our own kind": (
        "class Block:\n    def _repr_mimebundle_(self, **_):\n"
        "        return {'application/vnd.coalface.v1+json': {'k': (1, 2), 3: 1}, 'text/plain': 'b'}\nBlock()"
    ),
    "latex and picture": (
        "from IPython.display import Image, Math\ndisplay(Math('x^2'))\nImage(b'\\x89PNG0', format='png')"
    ),
    "nothing": "",
    "comment": "# only this",
    "place": "import os\nos.getcwd(), __name__, sys.stdout.isatty(), len(sys.argv) > 0",
    "warning": "import warnings\nwarnings.warn('careful')",
    "log": "import logging\nlogging.warning('logged')",
    "thread": (
        "import threading\nt = threading.Thread(target=print, args=('from a thread',))\nt.start()\nt.join()"
    ),
    "slow writer": (
        "import time\nprint('x', end='')\nprint('y', flush=True)\ntime.sleep(0.5)\n"
        "print('late', file=sys.stderr)\ntime.sleep(0.5)\nprint('later')"
    ),
    "bad picture of itself": "class Odd:\n    def _repr_html_(self):\n        raise ValueError('no picture')",
    "exit code of a child": "pid = os.fork()\nif not pid:\n    os._exit(0)\nos.waitpid(pid, 0)[1]",
    "pickled class": "import pickle\nclass P:\n    pass\ntype(pickle.loads(pickle.dumps(P()))).__module__",
    "environment": "os.environ['OPENBLAS_NUM_THREADS'], sys.flags.hash_randomization, time.tzname[0]",
}  # fmt: skip
FAULTS = {
    "error": "def deep():\n    return 1 / 0\ndeep()",
    "syntax error": "x = = 1",
    "error in a display": "class Odd:\n    def _repr_html_(self):\n        raise ValueError('no')\nOdd()",
    "exit": "import sys\nsys.exit(3)",
    "failed await": "import asyncio\nawait asyncio.wait_for(asyncio.sleep(9), 0.01)",
    "interrupt": "raise KeyboardInterrupt",
}


def _outputs(entry, engine, folder):
    """Source, number and outputs of each code cell, as the worker's own code leaves them."""
    folder.mkdir(exist_ok=True)
    task = execute.Task(jobs.job(entry, {}), None, folder, folder, engine)
    notebook = farm.call(engine, execute.execute, task)
    text = json.dumps([
        (cell["source"], cell["execution_count"], _by_stream(cell["outputs"]))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ])  # fmt: skip
    text = re.sub(r"ipykernel_\d+/\d+", "ipykernel/cell", text)  # a kernel names its cells by process number
    return json.loads(re.sub(r" at 0x[0-9a-f]+", " at 0x", text))


def _by_stream(outputs):
    """The outputs with neighbouring streams joined by name: their flushes go by the clock, in any kernel."""
    joined = []
    for streams, group in itertools.groupby(outputs, key=lambda one: one["output_type"] == "stream"):
        found = list(group)
        if streams:
            texts = {one["name"]: "" for one in sorted(found, key=itemgetter("name"), reverse=True)}
            for one in found:
                texts[one["name"]] += "".join(one["text"])  # a string, or in a file its lines
            found = [{"output_type": "stream", "name": name, "text": text} for name, text in texts.items()]
        joined += found
    return joined


def _both(entry, names, folder):
    """Both engines' outputs by name of the cell."""
    found = {engine: _outputs(entry, engine, folder / engine) for engine in ("fork", "stock")}
    return {engine: dict(zip(names, cells[1:], strict=False)) for engine, cells in found.items()}


@pytest.fixture(scope="module")
def edge(build, tmp_path_factory):
    """Both engines' outputs of the edge cells, by name of the cell."""
    root = tmp_path_factory.mktemp("edge")
    return _both(build(root, {"01-edge": EDGE.values()}).entries[0], EDGE, root)


@pytest.mark.parametrize("name", EDGE)
def test_an_edge_case_shows_the_same_under_both_engines(edge, name):
    assert edge["fork"][name] == edge["stock"][name]


def test_the_edge_cells_show_what_they_should(edge):
    """Equal outputs prove nothing if both are empty."""
    shown = {name: json.dumps(cell[2]) for name, cell in edge["fork"].items()}
    for name, text in (
        ("both streams", '"stderr"'),
        ("display and update", "<i>2</i>"),
        ("progress bar", "3/3"),
        ("await", "waited"),
        ("running loop", "True"),
        ("subprocess", "err"),
        ("figure", "image/png"),
        ("two figures", "100x200"),
        ("our own kind", '"k": [1, 2]'),
        ("warning", "careful"),
        ("thread", "from a thread"),
    ):
        assert text in shown[name], name
    assert shown["silenced"] == shown["comment"] == shown["nothing"] == "[]"


@pytest.mark.parametrize("name", FAULTS)
def test_a_failing_cell_shows_the_same_under_both_engines(checkout, tmp_path, name):
    entry = checkout({"01-a": ("x = 1", FAULTS[name], "x = 2")}).entries[0]
    found = _both(entry, ("before", "at", "after", "later"), tmp_path)
    assert found["fork"] == found["stock"]
    assert found["fork"]["at"][2]


def test_no_result_overtakes_what_a_subprocess_wrote(checkout, tmp_path):
    """The stock kernel reads the pipe in a thread and loses this race now and then; the fork must not."""
    cell = "import subprocess\nsubprocess.run('echo out; echo err >&2', shell=True).returncode"
    loud = "subprocess.run('yes | head -c 200000', shell=True).returncode"
    entry = checkout({"01-a": (cell,) * 25 + (loud,)}).entries[0]
    shown = [outputs for _, _, outputs in _outputs(entry, "fork", tmp_path / "x")[1:]]
    assert [[one.get("name", "result") for one in cell] for cell in shown[:-1]] == [
        ["stdout", "stderr", "result"]
    ] * 25
    assert "".join("".join(one["text"]) for one in shown[-1][:-1]) == "y\n" * 100_000


def test_reports_do_not_share_the_state_of_chance(checkout, tmp_path):
    """Every fork inherits the server's legacy random state; each must draw anew."""
    draw = "import random\nimport numpy as np\n(random.random(), np.random.random())"
    entry = checkout({"01-a": (draw,)}).entries[0]
    shown = [_outputs(entry, "fork", tmp_path / "x")[1][2] for _ in range(3)]
    assert shown[0] != shown[1] != shown[2]


def test_the_server_holds_no_thread_and_no_hooked_backend():
    code = (
        "import os, sys, threading\nos.environ['OPENBLAS_NUM_THREADS'] = '1'\nimport coalface.warm_server\n"
        "assert 'pandas' in sys.modules and 'matplotlib.pyplot' in sys.modules\n"
        "assert 'matplotlib_inline.backend_inline' not in sys.modules\n"
        "assert len(os.listdir('/proc/self/task')) == 1 if os.path.isdir('/proc/self/task') else True\n"
        "assert threading.active_count() == 1\n"
        "assert 'nbformat' in sys.modules and 'rfc3987_syntax' not in sys.modules\n"  # a slow import
        "import rfc3987_syntax"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_an_unguarded_script_may_render(checkout, tmp_path):
    """forkserver and spawn would import the script again and again."""
    found = checkout({"01-a": ("1",)})
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom coalface.report import jobs, run, suite\n"
        f"found = suite.read(Path({str(found.root)!r}))\n"
        f"print(run.render(found, jobs.planned(found), Path({str(tmp_path / 'out')!r})).outcomes[0].made)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr


def test_papermill_itself_can_use_the_engine(build, tmp_path):
    """The plain command asks the server for a fork; the notebook comes back with papermill's own marks."""
    found = build(tmp_path, {"01-a": ("seed + 1",)})
    words = [found.entries[0].path, tmp_path / "out.ipynb", "--engine", "coalface-fork", "-p", "seed", "41"]
    code = "import papermill.cli, coalface.report.engine as e\ne.register()\npapermill.cli.papermill()"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    cells = json.loads((tmp_path / "out.ipynb").read_text())["cells"]
    assert "".join(cells[-1]["outputs"][0]["data"]["text/plain"]) == "42"
    assert cells[-1]["metadata"]["papermill"]["status"] == "completed"


def test_without_a_forkserver_papermills_own_engine_serves(checkout, render, monkeypatch):
    from coalface.report import run

    monkeypatch.setattr(run, "FORKS", False)
    found = checkout({"01-a": ("1 + 1",)})
    assert [outcome.made for outcome in render(found).outcomes] == [True]
