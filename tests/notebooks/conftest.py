"""A small suite to break, and the real one rendered once for all tests."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import nbformat
import pytest

from coalface.report import jobs, run, suite
from coalface.report.farm import Limits

ROOT = Path(__file__).parents[2]
PARAMETERS = """scenario: str = "baseline"  # named set of assumptions
as_of: str = "latest"  # what was known on this day
seed: int = 20261122  # random draws
"""


def write_notebook(path: Path, *cells: str, parameters: str = PARAMETERS) -> None:
    """A notebook with a title, a parameters cell and these code cells."""
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    )
    made.cells = [
        nbformat.v4.new_markdown_cell("# What is so?", id="c01"),
        nbformat.v4.new_code_cell(parameters.rstrip(), id="c02", metadata={"tags": ["parameters"]}),
        *(nbformat.v4.new_code_cell(source, id=f"c{n:02d}") for n, source in enumerate(cells, start=3)),
    ]
    nbformat.write(made, path)


@pytest.fixture(scope="session")
def build():
    """A function that makes a checkout of small notebooks in a folder; it returns the suite."""

    def make(root, notebooks, index="", scenarios="baseline: {}\n"):
        (root / "notebooks").mkdir(parents=True, exist_ok=True)
        (root / "data" / "obs").mkdir(parents=True, exist_ok=True)
        lines = ["notebooks:"]
        for name, cells in notebooks.items():
            write_notebook(root / "notebooks" / f"{name}.ipynb", *cells)
            lines.append(f"  - {{file: {name}.ipynb, title: T {name}, question: 'Q?'{index}}}")
        (root / "notebooks" / "index.yml").write_text("\n".join(lines) + "\n")
        (root / "notebooks" / "scenarios.yml").write_text(scenarios)
        return suite.read(root)

    return make


@pytest.fixture
def checkout(build, tmp_path):
    """A function that makes a checkout of small notebooks in a folder of its own."""
    # papermill formats paths: braces are a trap
    return partial(build, tmp_path / "checkout {x}")


@pytest.fixture
def render(tmp_path):
    """A function that renders a suite into a folder and returns what was done."""

    def make(found, names=(), *, output=None, limits=None, **options):
        wanted = jobs.planned(found, names, options.pop("given", ()))
        limits = limits or Limits(2, 60)
        return run.render(found, wanted, output or tmp_path / "out", limits=limits, **options)

    return make


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """The real suite, every set of index.yml, rendered once: the folder and what was done."""
    output = tmp_path_factory.mktemp("reports")
    found = suite.read(ROOT)
    done = run.render(found, jobs.planned(found), output, limits=Limits(2, 300), keep=True)
    yield output, done
    shutil.rmtree(output, ignore_errors=True)
