"""The list of reports: reports/index.html."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from coalface.report.suite import Suite


def page(suite: Suite, records: Sequence[Mapping[str, Any]], failed: Sequence[str]) -> str:
    """The index page: each report with title, question, parameters and headline numbers."""
    items = []
    for entry in suite.entries:
        for record in (r for r in records if r["notebook"] == entry.name):
            rows = "".join(
                f"<li>{html.escape(row['id'])}: {html.escape(row['value'])} {html.escape(row['unit'])}</li>"
                for row in record["headlines"]
            )
            items.append(
                f'<li><a href="{html.escape(record["stem"])}.html">{html.escape(entry.title)}</a> '
                f"({html.escape(record['label'])})<br>{html.escape(entry.question)}<ul>{rows}</ul></li>"
            )
    items += [
        f'<li><a href="{html.escape(stem)}.failed.html">{html.escape(stem)}: failed</a></li>'
        for stem in failed
    ]
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Reports</title>'
    return f"{head}<h1>Reports</h1><ul>{''.join(items)}</ul></html>\n"
