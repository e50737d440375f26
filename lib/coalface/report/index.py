"""The list of reports: reports/index.html, from the records of all reports in the folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coalface.report.suite import Entry, Suite

Records = Mapping[str, Mapping[str, Any]]


def page(suite: Suite, made: Records, failed: Records, commit: str, data_hash: str) -> str:
    """The index page: reports in the order of the suite, a failed one with its reason."""
    from coalface.report import export

    listed = [one for entry in suite.entries for one in _listed(entry, made, failed)]
    return export.index_page(listed, commit, data_hash)


def _listed(entry: Entry, made: Records, failed: Records) -> Iterator[Any]:
    """The notebook's reports: its sets as in index.yml, then those made on demand, by name."""
    from coalface.report.export import Listed

    order = list(entry.sets)
    stems = sorted(
        {stem for found in (made, failed) for stem, told in found.items() if told["notebook"] == entry.name},
        key=lambda stem: (_place(order, {**made, **failed}[stem]["set"]), stem),
    )
    for stem in stems:
        told = failed.get(stem) or made[stem]
        picture, alt = told.get("preview", ("", ""))
        place = f"code cell {told['cell']}: " if told.get("cell") else ""
        yield Listed(
            notebook=entry.name,
            title=entry.title,
            question=entry.question,
            stem=stem,
            label=told["label"],
            headlines=told.get("headlines", ()),
            preview=picture,
            preview_alt=alt,
            failed=place + told["cause"] if stem in failed else "",
            parameters=told["parameters"],
        )


def _place(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)
