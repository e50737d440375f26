"""Rows of scattered series as plain tuples, for shelves that take what the day shows."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from coalface.data import Catalogue
from coalface.errors import CoverageError


class Row(NamedTuple):
    """One visible observation."""

    series_id: str
    period: str
    start: pd.Timestamp
    end: pd.Timestamp
    value: float
    unit: str
    note: str

    @property
    def month(self) -> pd.Period:
        """The month in the middle of the period."""
        return (self.start + (self.end - self.start) / 2).to_period("M")


def rows(cat: Catalogue, *series_ids: str) -> list[Row]:
    """Every visible observation of the series, in time order each; none where nothing was known yet."""
    found: list[Row] = []
    for series_id in series_ids:
        try:
            table = cat.load_windows(series_id)
        except CoverageError:
            continue
        columns = (table[name] for name in ("period", "start", "end", "value", "unit", "note"))
        for period, start, end, value, unit, note in zip(*columns, strict=True):
            text = "" if pd.isna(note) else str(note)
            found.append(Row(series_id, str(period), start, end, float(value), str(unit), text))
    return found
