"""One made-up notebook that shows every kind of block, and Chromium to look at its page."""

from __future__ import annotations

import ast
import contextlib
import io
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4 as v4
import pytest

from coalface.report.meta import Meta

SAMPLE = Path(__file__).with_name("sample.ipynb")

META = Meta(
    notebook="09-sample",
    title="Sample",
    question="Did exports fall?",
    parameters={"scenario": "baseline", "as_of": "2026-05-01"},
    changed=("as_of",),
    helps={"scenario": "named set of assumptions", "as_of": "newest document used"},
    commit="0123456789ab",
    data_hash="fedcba9876543210",
)


def run(notebook: Any) -> Any:
    """The notebook with its code cells executed in this process; a cell's last expression is its output."""
    names: dict[str, Any] = {}
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        tree = ast.parse(cell.source)
        tail = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, "cell", "exec"), names)
            value = eval(compile(ast.Expression(tail.value), "cell", "eval"), names) if tail else None
        if value is not None:
            cell.outputs.append(v4.new_output("display_data", data=value._repr_mimebundle_()))
        if printed.getvalue():
            cell.outputs.append(v4.new_output("stream", name="stdout", text=printed.getvalue()))
    return notebook


@pytest.fixture(scope="session")
def sample() -> Any:
    return run(nbformat.read(SAMPLE, as_version=4))


@pytest.fixture(scope="session")
def meta() -> Meta:
    return META


@pytest.fixture(scope="session")
def html(sample: Any) -> str:
    from coalface.report import export

    return export.page(sample, META)
