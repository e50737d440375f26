"""The list of reports: reports/index.html."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from coalface.report.suite import Suite

Records = Mapping[str, Mapping[str, Any]]


def page(suite: Suite, made: Records, failed: Records, commit: str, data_hash: str) -> str:
    """The index page: each report with title, question, parameters and headline numbers."""
    items = []
    for entry in suite.entries:
        for told in (told for told in made.values() if told["notebook"] == entry.name):
            rows = "".join(
                f"<li>{html.escape(str(found.get('quote', '')))}</li>" for found in told["headlines"]
            )
            items.append(
                f'<li><a href="{html.escape(told["stem"])}.html">{html.escape(entry.title)}</a> '
                f"({html.escape(told['label'])})<br>{html.escape(entry.question)}<ul>{rows}</ul></li>"
            )
    items += [
        f'<li><a href="{html.escape(stem)}.failed.html">{html.escape(stem)}: failed</a></li>'
        for stem in failed
    ]
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Reports</title>'
    return f"{head}<h1>Reports</h1><ul>{''.join(items)}</ul><p>{commit} {data_hash}</p></html>\n"
