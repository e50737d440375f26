"""A plain page until the house template stands in its place."""

from __future__ import annotations

import html
from typing import Any

from coalface.report.meta import Meta


def page(notebook: Any, meta: Meta) -> str:
    """The executed notebook as a bare HTML page."""
    parts = [f"<h1>{html.escape(meta.title)}</h1>"]
    for cell in notebook["cells"]:
        parts.append(f"<pre>{html.escape(cell['source'])}</pre>")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            shown = data.get("text/html") or html.escape(str(data.get("text/plain", output.get("text", ""))))
            parts.append(f"<div>{shown}</div>")
    return _frame(meta, "\n".join(parts))


def failure(meta: Meta, *, cell: int | None, source: str, cause: str) -> str:
    """The error page of a report that could not be made."""
    place = f"code cell {cell}" if cell else "no cell"
    return _frame(
        meta,
        f"<h1>{html.escape(meta.title)}</h1><p>Failed in {place}.</p><pre>{html.escape(source)}</pre>"
        f"<pre>{html.escape(cause)}</pre>",
    )


def _frame(meta: Meta, body: str) -> str:
    footer = f"<footer>{meta.commit} {meta.data_hash} {'0' * 64}</footer>"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(meta.title)}</title>'
    return f"{head}{body}{footer}</html>\n"
