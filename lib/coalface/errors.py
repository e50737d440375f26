"""The errors that the suite raises on purpose; each message is one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def near(name: str, known: Iterable[str], n: int = 3) -> str:
    """Offer the nearest known names as the tail of a sentence, empty if none is near.

    Examples
    --------
    >>> near("coal.export", ["coal.exports", "rate.key"])
    '; did you mean coal.exports?'
    >>> near("zzz", ["coal.exports"])
    ''
    """
    found = get_close_matches(name, list(known), n=n)
    return f"; did you mean {', '.join(found)}?" if found else ""


class CoalfaceError(Exception):
    """Any fault that the suite foresees."""


class DataError(CoalfaceError, ValueError):
    """A table of data/ breaks one of its rules."""


class UnknownSeriesError(CoalfaceError, KeyError):
    """Asked for a series that the catalogue does not have."""

    def __init__(self, series_id: str, known: Iterable[str]) -> None:
        super().__init__(f"no series {series_id!r}{near(series_id, known)}")

    def __str__(self) -> str:
        return str(self.args[0])


class UnitError(CoalfaceError, ValueError):
    """Two units cannot be turned into each other."""


class CoverageError(CoalfaceError, ValueError):
    """A series does not reach the period that was asked for."""


class ParameterError(CoalfaceError, ValueError):
    """A parameter has an unknown name, a wrong type or a value out of bounds."""


class RenderError(CoalfaceError, RuntimeError):
    """A notebook or a page could not be made."""
