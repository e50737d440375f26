"""Sentences, boxes, margin notes, formulas and the list of sources."""

from __future__ import annotations

import hashlib
import re

import pandas as pd
from latex2mathml.converter import convert

from coalface.show.block import Block, Trace, escape, facts, inline, plain, together, traced
from coalface.show.cards import badge


def say(text: str, trace: Trace | None = None) -> Block:
    """One paragraph with computed numbers and their documents; bold, italics, code and links work."""
    html = f"<p{traced(trace)}>{inline(' '.join(text.split()))}</p>"
    return Block("say", html, plain(text), facts(trace))


def points(*texts: str, trace: Trace | None = None) -> Block:
    """A list of computed sentences."""
    items = "".join(f"<li>{inline(t)}</li>" for t in texts if t)
    lines = "\n".join(f"- {plain(t)}" for t in texts if t)
    return Block("points", f"<ul{traced(trace)}>{items}</ul>", lines, facts(trace))


def limits(*texts: str, trace: Trace | None = None) -> Block:
    """What the page does not know, as sentences; the page sets them in a box."""
    block = points(*texts, trace=trace)
    return Block("limits", block.html, block.text, block.data)


def note(text: str, trace: Trace | None = None) -> Block:
    """A note that stands in the margin of a wide page and inside the text of a narrow one."""
    html = f'<aside class="note"{traced(trace)}><p>{inline(text)}</p></aside>'
    return Block("note", html, plain(text), facts(trace))


def formula(latex: str) -> Block:
    """A formula as MathML, which browsers and screen readers read without script."""
    mathml = convert(latex, display="block")
    return Block(
        "formula",
        f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{mathml}</div>',
        latex,
        facts(None),
    )


def switch(legend: str, panels: dict[str, Block | tuple[Block, ...]]) -> Block:
    """Radio buttons that show one panel at a time, by CSS alone; on paper every panel is shown.

    Parameters
    ----------
    legend : str
        What is chosen.
    panels : dict
        By name: a block or several; the first is shown at the start. At most twelve.
    """
    if not 2 <= len(panels) <= 12:
        raise ValueError(f"a switch has two to twelve panels, not {len(panels)}")
    key = hashlib.sha256("\n".join([legend, *panels]).encode()).hexdigest()[:8]
    radios, boxes, inside = [], [], []
    for k, (name, blocks) in enumerate(panels.items()):
        parts = blocks if isinstance(blocks, tuple) else (blocks,)
        html = "".join(b.html for b in parts)
        if k:  # the same figure may stand in every panel; its name may not
            html = re.sub(r'(<(?:figure|li) [^>]*id="(?:fig|h)-[a-z0-9_]+)"', rf'\1-{k + 1}"', html)
        inside.append(together("panel", html, parts))
        checked = " checked" if k == 0 else ""
        radios.append(
            f'<input type="radio" name="s{key}" id="s{key}-{k}"{checked}>'
            f'<label for="s{key}-{k}">{escape(name)}</label>'
        )
        boxes.append(f'<div class="panel"><p class="which">{escape(name)}</p>{inside[-1].html}</div>')
    inner = f"<legend>{escape(legend)}</legend>{''.join(radios)}{''.join(boxes)}"
    html = f'<div class="switch"><fieldset>{inner}</fieldset></div>'
    block = together("switch", html, inside)
    # What the page claims is what its first panel says; the others are the same numbers on other terms.
    claims = list({claim["id"]: claim for claim in reversed(block.data["headlines"])}.values())[::-1]
    return Block(block.kind, block.html, block.text, {**block.data, "headlines": claims})


def sources(cited: pd.DataFrame) -> Block:
    """The documents that this run loaded, in order of use, each an anchor that numbers point to."""
    frame = cited.reset_index() if "source_id" not in cited.columns else cited
    wanted = ["source_id", "publisher", "title", "url", "published", "grade"]
    missing = [c for c in wanted if c not in frame.columns]
    if missing:
        raise ValueError(f"the list of sources lacks the column {', '.join(missing)}")
    rows = [["" if pd.isna(v) else str(v) for v in row] for row in frame[wanted].itertuples(index=False)]
    html = f'<ul class="sources">{"".join(map(source_entry, rows))}</ul>'
    text = "\n".join(f"{r[1]}: {r[2]} ({r[4] or 'undated'}, grade {r[5]})" for r in rows)
    return Block("sources", html, text, facts(None, documents=rows))


def source_entry(row: list[str]) -> str:
    """One document as an entry of the list: grade, publisher, linked title, date, id."""
    source_id, publisher, title, url, published, grade = row
    name = escape(title)
    if url.startswith(("https://", "http://")):
        name = f'<a href="{escape(url)}">{name}</a>'
    about = f"<b>{escape(publisher)}</b>, {name}, {escape(published or 'no date')}"
    anchor = escape(source_id)
    return f'<li id="src-{anchor}"><span>{badge(grade)}</span><span>{about} <code>{anchor}</code></span></li>'
