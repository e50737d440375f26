"""Shelf of the chain: how many coal enterprises of the Kuzbass lose money, and how many stand still."""

from __future__ import annotations

from typing import Final

import pandas as pd

from coalface.data import Catalogue, Shelf, Trace
from coalface.inputs.reading import rows_of

STOPPED: Final = "kuzbass.enterprises_stopped"
TOTAL: Final = "kuzbass.enterprises_total"
LOSING: Final = "kuzbass.share_lossmaking"
# A stopped enterprise is smaller than a losing one: the eight stopped by early 2025 employed 591 people.
# No document prints tonnes of both, so the ratio is an assumption, wide on purpose.
SIZE_RATIO: Final = (0.2, 1.0)


def stops(cat: Catalogue) -> Shelf:
    """Newest counts for the Kuzbass: `stopped`, `total` and `losing` enterprises, `day` of the count.

    Losing enterprises are the printed share of loss-makers times the total. Where one of the three was not
    known by then, all counts are zero and `day` is empty: `models.chain.stop_share` then knows nothing.

    Examples
    --------
    >>> from coalface import data
    >>> found = stops(data.read()).frame
    >>> bool(found["stopped"] < found["losing"] < found["total"])
    True
    """
    found = [rows_of(cat, series_id) for series_id in (STOPPED, TOTAL, LOSING)]
    if any(rows.empty for rows in found):
        return Shelf(pd.Series({"stopped": 0, "total": 0, "losing": 0.0, "day": ""}), Trace())
    stopped, total, losing = (rows.sort_values(["end", "published"]).iloc[-1] for rows in found)
    counts = {
        "stopped": int(stopped["value"]),
        "total": int(total["value"]),
        "losing": float(losing["value"]) / 100 * float(total["value"]),
        "day": stopped["period"],
    }
    return Shelf(pd.Series(counts), cat.trace(STOPPED, TOTAL, LOSING))
