"""Where a number comes from, and the frame that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coalface.data import periods


@dataclass(frozen=True)
class Trace:
    """Where numbers come from: series, documents, vintage and warnings; traces add up with `|`."""

    series: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    documents: tuple[tuple[str, str, str, str, str, str], ...] = ()
    """source_id, publisher, title, url, published, grade of each document."""
    vintage: str = ""
    """Date of the newest document, as precise as known."""
    grades: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __or__(self, other: Trace) -> Trace:
        return Trace(
            series=tuple(sorted({*self.series, *other.series})),
            sources=tuple(sorted({*self.sources, *other.sources})),
            documents=tuple(sorted({*self.documents, *other.documents})),
            vintage=max(self.vintage, other.vintage, key=newest),
            grades=tuple(sorted({*self.grades, *other.grades})),
            warnings=tuple(sorted({*self.warnings, *other.warnings})),
        )


@dataclass(frozen=True)
class Shelf:
    """A model-ready frame and the trace of the figures in it."""

    frame: Any
    """A pandas DataFrame or Series; units are in the column names."""
    trace: Trace


def newest(published: str) -> tuple[str, str]:
    """Sorting key of publication dates: the later end first, then the more precise one."""
    return (f"{periods.days(published)[1]:%Y-%m-%d}" if published else "", published)
