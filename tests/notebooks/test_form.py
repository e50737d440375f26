"""The form of the notebooks: thin, stripped, parameterised, and without a typed figure in their prose."""

from __future__ import annotations

import ast
import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from coalface.errors import CoalfaceError
from coalface.report import parameters, suite

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 15
COMMON = {"scenario": "baseline", "as_of": "latest", "seed": 20261122}
ROOMS = {"data", "inputs", "models", "scenarios", "show"}
LIBRARIES = {"numpy", "pandas", "math", "datetime", "itertools", "dataclasses"}
ENDING = ["What we do not know", "Sources"]

# Digits that are names and dates, not figures: these may be typed.
NAMES = re.compile(
    r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)"  # code, formulas, link targets
    r"|\b(19|20)\d\d(-(0[1-9]|1[0-2])(-[0-3]\d)?)?\b"  # years, months and days
    r"|\b[0-3]?\d (January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|\bHS \d{4,6}\b|\b\d\d-[a-z][a-z-]+|\b[A-Za-z]+[-–]?\d+\b"  # customs codes, notebooks, CO2 and Q1
)
TEXT_FREE = {
    "unit",
    "units",
    "color",
    "colors",
    "styles",
    "digits",
    "data",
    "height",
    "rows",
    "level",
    "model",
}


def faults(raw: str) -> list[str]:
    """Every breach of the form, one sentence each."""
    notebook = json.loads(raw)
    return [
        *_file_faults(raw, notebook),
        *_title_faults(notebook),
        *_parameter_faults(notebook),
        *_code_faults(notebook),
        *_order_faults(notebook),
        *_prose_faults(notebook),
    ]


def _cells(notebook: dict[str, Any], kind: str) -> list[tuple[str, str]]:
    return [(c.get("id", "?"), "".join(c["source"])) for c in notebook["cells"] if c["cell_type"] == kind]


def _file_faults(raw: str, notebook: dict[str, Any]) -> Iterator[str]:
    if raw != _raw(nbformat.v4.reads(raw)):
        yield "the file is not as nbformat writes it; open and save it with nbformat"
    if set(notebook["metadata"]) - {"kernelspec"}:
        yield f"metadata {sorted(set(notebook['metadata']) - {'kernelspec'})} must be stripped"
    if notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        yield "the kernel must be python3"
    ids = [cell.get("id", "") for cell in notebook["cells"]]
    if len(set(ids)) < len(ids) or not all(re.fullmatch(r"c\d\d[a-z]?", name) for name in ids):
        yield "cell ids must be c01, c02, ... each once"
    for cell in notebook["cells"]:
        if set(cell["metadata"]) - {"tags"}:
            yield f"{cell.get('id')}: cell metadata other than tags must be stripped"
        if cell["cell_type"] == "code" and (cell["outputs"] or cell["execution_count"] is not None):
            yield f"{cell.get('id')}: outputs must be stripped"
        if cell["cell_type"] == "raw":
            yield f"{cell.get('id')}: raw cells are not shown"


def _title_faults(notebook: dict[str, Any]) -> Iterator[str]:
    texts = _cells(notebook, "markdown")
    titles = [line for _, text in texts for line in text.splitlines() if re.match(r"#\s", line)]
    if len(titles) != 1 or not titles[0].rstrip().endswith("?"):
        yield "wants exactly one `# ` title, the question, with a question mark"
    first = notebook["cells"][0]
    lines = [line for line in "".join(first["source"]).splitlines() if line.strip()]
    if first["cell_type"] != "markdown" or not lines or not lines[0].startswith("# "):
        yield "the first cell must be Markdown that opens with the title"
    elif not 2 <= len(lines) <= 6:
        yield "the first cell says under the title, in at most five lines, who reads it and the answer's form"


def _parameter_faults(notebook: dict[str, Any]) -> Iterator[str]:
    try:
        found = parameters.declared(notebook, "notebook")
    except CoalfaceError as error:
        yield str(error)
        return
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    if code[0]["metadata"].get("tags") != ["parameters"]:
        yield "the first code cell must be the parameters cell, with no other tag"
    for name, default in COMMON.items():
        if name not in found:
            yield f"parameter {name} is missing"
        elif found[name].default != default:
            yield f"parameter {name} must have the default {default!r}"
    for parameter in found.values():
        if not parameter.help:
            yield f"parameter {parameter.name} has no comment"


def _code_faults(notebook: dict[str, Any]) -> Iterator[str]:
    for name, source in _cells(notebook, "code"):
        if len(source.splitlines()) > LONGEST_CELL:
            yield f"{name}: longer than {LONGEST_CELL} lines; move the work to lib/"
        if re.search(r"^\s*[%!]|^\s*\w+\s*=\s*[%!]|\?\s*$", source, re.MULTILINE):
            yield f"{name}: magic or shell command"
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            yield f"{name}: does not parse: {error.msg}"
            continue
        for node in ast.walk(tree):
            yield from (f"{name}: {fault}" for fault in _node_faults(node))


def _node_faults(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        yield "defines code; move it to lib/"
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from _import_faults(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.match(r"(/|~|[A-Za-z]:[\\/])\w", node.value):
            yield f"absolute path {node.value!r}"
        if re.match(r"https?://", node.value):
            yield f"address {node.value!r}; documents belong in data/sources.csv"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in {"print", "display", "open", "exec", "eval", "__import__", "input", "compile"}:
            yield f"calls {node.func.id}()"
    elif isinstance(node, ast.Try):
        yield "hides errors; inputs say what is missing"


def _import_faults(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    modules = (
        [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    )
    for module in modules:
        root, _, rest = module.partition(".")
        if root == "coalface":
            rooms = [rest] if rest else [alias.name for alias in node.names]
            yield from (f"imports the room {room}" for room in rooms if room.split(".")[0] not in ROOMS)
        elif root not in LIBRARIES:
            yield f"imports {module}; notebooks know {', '.join(sorted(LIBRARIES))} and the suite"
    if any(alias.name == "*" for alias in node.names):
        yield "imports *"


def _order_faults(notebook: dict[str, Any]) -> Iterator[str]:
    sections = [
        line[3:].strip()
        for _, text in _cells(notebook, "markdown")
        for line in text.splitlines()
        if line.startswith("## ")
    ]
    if sections[-2:] != ENDING:
        yield f"the last two sections must be {' and '.join(repr(name) for name in ENDING)}"
    code = [source for _, source in _cells(notebook, "code")]
    if "data.read().as_of(as_of)" not in "".join(code[1:2]):
        yield "the second code cell must import and read: cat = data.read().as_of(as_of)"
    shown = [name for source in code if (name := _shows(source))]
    if shown[:1] not in (["cards"], ["headline"]):
        yield f"the first output must be the cards, it is {shown[:1] or 'nothing'}"
    if shown[-1:] != ["sources"]:
        yield "the last output must be show.sources(cat.cite())"


def _shows(source: str) -> str:
    """Name of the show function that a cell ends with, empty if it shows nothing."""
    try:
        last = ast.parse(source).body[-1:]
    except SyntaxError:
        return ""
    for line in last:
        if isinstance(line, ast.Expr):
            return (isinstance(line.value, ast.Call) and _show_function(line.value)) or "something else"
    return ""


def _show_function(call: ast.Call) -> str:
    """`cards` for a call of show.cards(...), empty for any other call."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id == "show" else ""
    return ""


def _prose_faults(notebook: dict[str, Any]) -> Iterator[str]:
    for name, text in _cells(notebook, "markdown"):
        if re.search(r"<[A-Za-z!/]", text):
            yield f"{name}: HTML in Markdown"
        yield from (f"{name}: typed figure {figure!r}" for figure in _figures(text))
    for name, source in _cells(notebook, "code"):
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for text in _texts(tree):
            yield from (f"{name}: typed figure {figure!r} in a text" for figure in _figures(text))


def _figures(text: str) -> list[str]:
    return re.findall(r"\S*\d\S*", NAMES.sub(" ", text))


def _texts(tree: ast.AST) -> Iterator[str]:
    """Texts for the reader: parts of every f-string, and strings given to show functions."""
    formats = [node.format_spec for node in ast.walk(tree) if isinstance(node, ast.FormattedValue)]
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node not in formats:
            yield from (
                v.value for v in node.values if isinstance(v, ast.Constant) and isinstance(v.value, str)
            )
        elif isinstance(node, ast.Call) and (called := _show_function(node)) not in ("", "formula"):
            given = [
                *node.args[called in ("headline", "figure") :],
                *(k.value for k in node.keywords if k.arg not in TEXT_FREE),
            ]
            yield from (text for value in given for text in _strings(value))


def _strings(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from _strings(item)
    elif isinstance(node, ast.Dict):
        for item in node.values:
            yield from _strings(item)
    elif isinstance(node, ast.BinOp):
        yield from _strings(node.left)
        yield from _strings(node.right)
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_the_form(path):
    assert faults(path.read_text(encoding="utf-8")) == []


def test_the_index_lists_exactly_the_notebooks_that_are_there():
    assert [entry.path.name for entry in suite.read(ROOT).entries] == [path.name for path in NOTEBOOKS]


def test_notebooks_are_called_by_number_and_words():
    assert [path.name for path in NOTEBOOKS if not re.fullmatch(r"\d\d(-[a-z]+)+\.ipynb", path.name)] == []


@pytest.mark.parametrize("entry", suite.read(ROOT).entries, ids=lambda entry: entry.name)
def test_index_rules_and_sets_fit_the_declared_parameters(entry):
    assert set(entry.bounds) | set(entry.choices) <= set(entry.declared)
    for values in entry.sets.values():
        entry.complete(values)


def test_nbstripout_finds_nothing_to_strip():
    if not NOTEBOOKS:
        pytest.skip("no notebook yet")
    words = ["--verify", "--keep-id", "--extra-keys", "metadata.language_info cell.metadata.execution"]
    done = subprocess.run(
        [sys.executable, "-m", "nbstripout", *words, *map(str, NOTEBOOKS)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


# A notebook that keeps the form, and what must be found when it is damaged.

GOOD = [
    (
        "markdown",
        "# Did exports fall?\n\nFor readers of the press; the answer is a range. HS 2701, from 2022-02.",
    ),
    (
        "parameters",
        'scenario: str = "baseline"  # named set of assumptions\n'
        'as_of: str = "latest"  # what was known on this day\nseed: int = 20261122  # random draws',
    ),
    (
        "code",
        "from coalface import data, show\nfrom coalface.inputs import exports\n\n"
        "cat = data.read().as_of(as_of)",
    ),
    ("code", "total = exports.total(cat)"),
    ("code", 'show.cards(show.headline("fall_2025", 1.5, "Mt", label="Fall in 2025", trace=total.trace))'),
    (
        "markdown",
        "## Which way did the coal go?\n\nThe embargo began on 10 August 2022, in `0.5` steps of $1/2$.",
    ),
    ("code", 'show.say(f"Exports fell by **{1.5:.1f} Mt** in the year 2025 of the CO2 tax.")'),
    ("markdown", "## What we do not know"),
    ("code", 'show.limits("Counts by rail are of 2024.")'),
    ("markdown", "## Sources"),
    ("code", "show.sources(cat.cite())"),
]


def _notebook(cells: list[tuple[str, str]]) -> Any:
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    )
    for number, (kind, source) in enumerate(cells, start=1):
        make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        cell = make(source, id=f"c{number:02d}")
        if kind == "parameters":
            cell.metadata["tags"] = ["parameters"]
        made.cells.append(cell)
    return made


def _raw(notebook: Any) -> str:
    return nbformat.v4.writes(notebook) + "\n"


def test_the_sample_notebook_has_no_fault():
    assert faults(_raw(_notebook(GOOD))) == []


def _swap(number: int, old: str, new: str) -> Callable[[Any], None]:
    def damage(notebook: Any) -> None:
        assert old in notebook.cells[number].source
        notebook.cells[number].source = notebook.cells[number].source.replace(old, new)

    return damage


def _add(number: int, line: str) -> Callable[[Any], None]:
    def damage(notebook: Any) -> None:
        notebook.cells[number].source = line + "\n" + notebook.cells[number].source

    return damage


def _set(change: Callable[[Any], object]) -> Callable[[Any], None]:
    def damage(notebook: Any) -> None:
        change(notebook)

    return damage


DAMAGE: dict[str, tuple[Callable[[Any], None], str]] = {
    "second title": (_swap(5, "## ", "# "), "exactly one `# ` title"),
    "title is no question": (_swap(0, "?", "."), "with a question mark"),
    "no lead": (_set(lambda n: n.cells[0].update(source="# Did exports fall?")), "who reads it"),
    "long lead": (_swap(0, "For", "a\n\nb\n\nc\n\nd\n\ne\n\nFor"), "at most five lines"),
    "code first": (_set(lambda n: n.cells.insert(0, n.cells.pop(3))), "first cell must be Markdown"),
    "no parameters": (_set(lambda n: n.cells[1].metadata.clear()), "one cell tagged `parameters`, has 0"),
    "two parameters": (_set(lambda n: n.cells[3].metadata.update(tags=["parameters"])), "has 2"),
    "late parameters": (_set(lambda n: n.cells.insert(3, n.cells.pop(1))), "first code cell must be"),
    "untyped parameter": (_swap(1, "seed: int", "seed"), "wants `name: type = value"),
    "odd type": (_swap(1, "seed: int", "seed: complex"), "is none of"),
    "computed default": (_swap(1, "= 20261122", "= 20 * 2"), "not a plain value"),
    "wrong default type": (_swap(1, "= 20261122", "= 2.5"), "wants int"),
    "uncommented parameter": (_swap(1, "  # random draws", ""), "has no comment"),
    "no seed": (_swap(1, "seed:", "sead:"), "parameter seed is missing"),
    "other scenario": (_swap(1, "baseline", "price_slump"), "must have the default 'baseline'"),
    "function": (_add(3, "def double(x):\n    return 2 * x"), "defines code"),
    "lambda": (_add(3, "double = lambda x: 2 * x"), "defines code"),
    "class": (_add(3, "class A:\n    x = 1"), "defines code"),
    "magic": (_add(3, "%matplotlib inline"), "magic"),
    "assigned magic": (_add(3, "files = !ls"), "magic"),
    "shell": (_add(3, "!pip install coal"), "magic"),
    "help": (_add(3, "total?"), "magic"),
    "long cell": (_add(3, "\n".join(["x = 1"] * 15)), "longer than 15 lines"),
    "network": (_add(2, "import requests"), "imports requests"),
    "standard network": (_add(2, "from urllib.request import urlopen"), "imports urllib.request"),
    "pictures by hand": (_add(2, "import matplotlib.pyplot as plt"), "imports matplotlib.pyplot"),
    "paper room": (_add(2, "from coalface.report import engine"), "imports the room report"),
    "star": (_add(2, "from pandas import *"), "imports *"),
    "absolute path": (_add(3, 'path = "/home/x/y.csv"'), "absolute path"),
    "windows path": (_add(3, 'path = "C:/x/y.csv"'), "absolute path"),
    "address": (_add(3, 'url = "https://example.org"'), "address"),
    "print": (_add(3, "print(1)"), "calls print()"),
    "open": (_add(3, 'open("x")'), "calls open()"),
    "swallowed error": (_add(3, "try:\n    x = 1\nexcept Exception:\n    x = 2"), "hides errors"),
    "syntax": (_add(3, "x = = 1"), "does not parse"),
    "no reading": (_swap(2, ".as_of(as_of)", ""), "second code cell"),
    "no cards": (_swap(4, "show.cards", "show.say"), "first output must be the cards"),
    "no sources": (_swap(10, "show.sources(cat.cite())", "total"), "last output must be"),
    "no limits": (_swap(7, "## What we do not know", "## More"), "last two sections"),
    "figure in markdown": (_swap(5, "began", "cut 44 Mt and began"), "typed figure '44'"),
    "decimal in markdown": (_swap(5, "began", "cut 4.4% and began"), "typed figure '4.4%'"),
    "figure in say": (_swap(6, "Exports", "12 exports"), "typed figure '12'"),
    "figure beside a value": (_swap(6, "**{", "1{"), "typed figure"),
    "figure in a label": (_swap(4, "Fall in 2025", "Fall of 30 Mt"), "typed figure '30'"),
    "figure in a list": (_swap(8, "show.limits(", 'show.limits("3 mines", '), "typed figure '3'"),
    "figure in a kept text": (_add(3, 'text = f"It was 17 {as_of}"'), "typed figure '17'"),
    "html": (_swap(5, "began", "<b>began</b>"), "HTML in Markdown"),
    "output": (_set(lambda n: n.cells[3].update(execution_count=1)), "outputs must be stripped"),
    "metadata": (_set(lambda n: n.metadata.update(language_info={"name": "python"})), "must be stripped"),
    "cell metadata": (_set(lambda n: n.cells[3].metadata.update(collapsed=True)), "other than tags"),
    "kernel": (_set(lambda n: n.metadata.kernelspec.update(name="ir")), "kernel must be python3"),
    "twice the same id": (_set(lambda n: n.cells[3].update(id="c03")), "cell ids"),
    "random id": (_set(lambda n: n.cells[3].update(id="3f9a")), "cell ids"),
    "raw cell": (_set(lambda n: n.cells.insert(3, nbformat.v4.new_raw_cell("x", id="c04a"))), "raw cells"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_to_the_form_is_found(name):
    damage, sentence = DAMAGE[name]
    notebook = copy.deepcopy(_notebook(GOOD))
    damage(notebook)
    found = faults(_raw(notebook))
    assert any(sentence in fault for fault in found), found


def test_a_file_that_nbformat_would_write_otherwise_is_found():
    assert any("nbformat writes" in fault for fault in faults(json.dumps(_notebook(GOOD))))
