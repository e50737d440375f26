"""Nothing that a table, a parameter or a cell says can run or leave the page; each layer alone holds."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import nbformat.v4 as v4
import pandas as pd
import pytest

from coalface import show
from coalface.report import clean, export, pieces
from coalface.show import charts
from coalface.show.block import Block

pytestmark = pytest.mark.browser


def attack(k: int) -> str:
    """Script that leaves its number where the test looks for it."""
    return f"(window.ran=window.ran||[]).push({k})"


_CODED = base64.b64encode(f"<script>parent.{attack(7)}</script>".encode()).decode()
_SVG = base64.b64encode(
    f'<svg xmlns="http://www.w3.org/2000/svg"><script>{attack(8)}</script></svg>'.encode()
).decode()

# Ways to bring script into HTML; the 22 kinds are these times the doors below.
VECTORS = [
    f"<script>{attack(1)}</script>",
    f'<img src="x" onerror="{attack(2)}">',
    f'<svg onload="{attack(3)}"></svg>',
    f'<svg><animate onbegin="{attack(4)}" attributeName="x" dur="1s"></animate></svg>',
    f'<a href="javascript:{attack(5)}">link</a>',
    f'<a href="JaVa&#09;script:{attack(6)}">link</a>',
    f'<iframe src="data:text/html;base64,{_CODED}"></iframe>',
    f'<object data="data:image/svg+xml;base64,{_SVG}"></object>',
    f'<iframe srcdoc="&lt;script&gt;parent.{attack(9)}&lt;/script&gt;"></iframe>',
    f'<details open ontoggle="{attack(10)}"><summary>x</summary></details>',
    f'<input autofocus onfocus="{attack(11)}">',
    f'<body onload="{attack(12)}">',
    f'<style>@keyframes a{{}}b{{animation:a}}</style><b onanimationstart="{attack(13)}">x</b>',
    f'<math><mtext><img src="x" onerror="{attack(14)}"></mtext></math>',
    f'<noscript><p title="</noscript><img src=x onerror={attack(15)}>"></noscript>',
    f"<template><script>{attack(16)}</script></template><div><script>{attack(17)}</script></div>",
    f'"><script>{attack(18)}</script>',
    f"'><img src=x onerror='{attack(19)}'>",
    f"</title><script>{attack(20)}</script>",
    f"</style></script><script>{attack(21)}</script>",
    f'<video><source onerror="{attack(22)}"></video>',
    f'<img src="data:image/svg+xml;base64,{_SVG}" alt="x">',
]


# Ways to send something out; the last two are beyond a content policy, so the whitelist must stop them.
def sinks(host: str) -> list[str]:
    return [
        f'<img src="{host}/image">',
        f'<p style="background:url({host}/style)">x</p>',
        f"<style>@font-face{{font-family:f;src:url({host}/font)}}p{{font-family:f}}</style>",
        f'<link rel="stylesheet" href="{host}/sheet">',
        f'<link rel="prefetch" href="{host}/prefetch">',
        f'<iframe src="{host}/frame"></iframe>',
        f'<form action="{host}/form"><button id="send">x</button></form>',
        f'<video src="{host}/video" poster="{host}/poster"></video>',
        f'<a id="ping" href="#" ping="{host}/ping">x</a>',
        f'<meta http-equiv="refresh" content="0;url={host}/refresh">',
    ]


ALL = "".join(VECTORS)


def trace(text: str) -> SimpleNamespace:
    document = (f"id_{len(text)}", text, text, f"javascript:{attack(30)}", text, text)
    return SimpleNamespace(
        series=(text,), documents=(document,), vintage=text, grades=(text,), warnings=(text,)
    )


def doors(text: str) -> list[Any]:
    """Every block with the text wherever a figure, a town or a document may bring it in."""
    town = pd.DataFrame({"label": [text, "Myski"], "value": [2.0, 1.0], "reason": [text, text]})
    drawn = show.figure(
        "door", charts.dots, town, title=f"Two towns {text[:60]}", unit=f"percent {text}", note=text,
        alt=f"Two dots in percent, at 2.0 {text[:90]}", trace=trace(text),
    )  # fmt: skip
    return [
        show.headline("door", 1.0, text, label=text, note=text, before=text, model=text, trace=trace(text)),
        show.say(text),
        show.points(text),
        show.note(text),
        drawn,
        show.table(town, caption=text, note=text, units={"value": text}, trace=trace(text)),
        show.switch(text, {text: show.say(text), "Other": show.say("x")}),
        show.limits(text),
        show.formula(r"\text{" + text.replace("\\", "").replace("{", "").replace("}", "") + "}"),
        show.sources(
            pd.DataFrame(
                trace(text).documents,
                columns=["source_id", "publisher", "title", "url", "published", "grade"],
            )
        ),
    ]


def notebook(texts: list[str]) -> Any:
    """Markdown cells, blocks, raw outputs of every type, streams and errors that all carry the texts."""
    made = v4.new_notebook()
    made.cells.append(v4.new_markdown_cell(f"# Title {texts[0]}\n\n" + "\n\n".join(texts)))
    for k, text in enumerate(texts):
        cell = v4.new_code_cell(f"# {text}\nprint('{text}')")
        cell.metadata["tags"] = [text]
        outputs = [
            v4.new_output("stream", name="stdout", text=text),
            v4.new_output("error", ename=text, evalue=text, traceback=[text]),
        ]
        types = (
            "text/html text/markdown text/latex text/vnd.mermaid image/svg+xml application/javascript "
            "application/vnd.jupyter.widget-view+json application/json text/plain"
        )
        outputs += [v4.new_output("display_data", data={kind: text}) for kind in types.split()]
        outputs.append(v4.new_output("display_data", data={pieces.MIME: {"kind": "cards", "html": text}}))
        outputs.append(v4.new_output("display_data", data={pieces.MIME: {"kind": text, "html": text * 2}}))
        if k == 0:
            blocks: list[Block] = [block for text in (ALL[:400], texts[0]) for block in doors(text)]
            outputs += [v4.new_output("display_data", data=b._repr_mimebundle_()) for b in blocks]
        cell.outputs = outputs
        made.cells.append(cell)
        made.cells.append(
            v4.new_markdown_cell(f"## Section {text}\n\n[link](javascript:{attack(40)}) {text}")
        )
    return made


def meta_of(meta: Any, text: str) -> Any:
    return dataclasses.replace(
        meta, title=text, question=text, parameters={"town": text}, changed=("town",), helps={"town": text}
    )


def ran(browser: Any, page: str, folder: Path) -> list[int]:
    """Which scripts ran after loading the page, clicking what lures and opening what is folded."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    browser.open(path)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = !d.open)")
    browser.run(
        "document.querySelectorAll('a').forEach(a => /^\\s*j/i.test(a.getAttribute('href')) && a.click())"
    )
    return browser.run("return new Promise(done => setTimeout(() => done(window.ran || []), 300))")


@pytest.fixture
def open_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page without its whitelist: fragments and Markdown go through as they are."""
    import mistune

    monkeypatch.setattr(clean, "fragment", lambda html: html)
    monkeypatch.setattr(pieces, "_markdown", lambda: mistune.create_markdown(escape=False))


def without_policy(page: str) -> str:
    assert page.count('<meta http-equiv="Content-Security-Policy"') == 1
    start = page.index("<meta http-equiv")
    return page[:start] + page[page.index(">", start) + 1 :]


def test_no_script_runs_on_a_page_full_of_attacks(browser, meta, tmp_path):
    page = export.page(notebook(VECTORS), meta_of(meta, ALL))
    assert ran(browser, page, tmp_path) == [] and browser.requests() == []


def test_the_whitelist_alone_holds_every_script(browser, meta, tmp_path):
    page = without_policy(export.page(notebook(VECTORS), meta_of(meta, ALL)))
    assert ran(browser, page, tmp_path) == [] and browser.requests() == []


def test_the_policy_alone_holds_every_script(browser, meta, tmp_path, open_door):
    page = export.page(notebook(VECTORS), meta_of(meta, ALL))
    assert VECTORS[0] in page and VECTORS[1] in page
    assert ran(browser, page, tmp_path) == []


def test_the_attacks_do_run_where_both_layers_are_gone(browser, meta, tmp_path, open_door):
    page = without_policy(export.page(notebook(VECTORS), meta_of(meta, ALL)))
    assert len(set(ran(browser, page, tmp_path))) >= 12


class Listener(ThreadingHTTPServer):
    """A server on this machine that notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Note)

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Note(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(404)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_nothing_leaves_the_page_through_any_sink(browser, meta, tmp_path, listener):
    texts = sinks(listener.host)
    ran(browser, export.page(notebook(texts), meta_of(meta, "".join(texts))), tmp_path)
    assert listener.asked == []


def test_the_whitelist_alone_stops_every_sink(browser, meta, tmp_path, listener):
    texts = sinks(listener.host)
    page = without_policy(export.page(notebook(texts), meta_of(meta, "".join(texts))))
    ran(browser, page, tmp_path)
    assert listener.asked == []


def test_the_policy_alone_stops_every_sink_but_refresh_and_ping(browser, meta, tmp_path, listener, open_door):
    ran(browser, export.page(notebook(sinks(listener.host)[:-2]), meta), tmp_path)
    assert listener.asked == []


def test_the_sinks_do_leak_where_both_layers_are_gone(browser, meta, tmp_path, listener, open_door):
    ran(browser, without_policy(export.page(notebook(sinks(listener.host)[:-1]), meta)), tmp_path)
    assert {"/image", "/style", "/sheet", "/frame"} <= set(listener.asked)


@pytest.mark.parametrize("make", ["failure", "index"])
def test_the_other_pages_hold_too(browser, meta, tmp_path, make):
    if make == "failure":
        page = export.failure(meta_of(meta, ALL), cell=1, source=ALL, cause=ALL)
    else:
        claims = [{"id": ALL, "label": ALL, "text": ALL}]
        good = export.Listed("a", ALL, ALL, "a", ALL, claims, f"javascript:{attack(50)}", ALL)
        page = export.index_page([good, dataclasses.replace(good, failed=ALL)], ALL, ALL)
    assert ran(browser, without_policy(page), tmp_path) == [] and browser.requests() == []
