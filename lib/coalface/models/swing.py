"""What turned the profit: the change of the net result between two years, by driver."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models import sector
from coalface.models.attribution import shapley
from coalface.models.stack import Stack

Array = npt.NDArray[np.float64]
DRIVERS: Final[dict[str, tuple[str, ...]]] = {
    "benchmark": ("benchmark_usd_t",),
    "discount": ("relative",),
    "rouble": ("rub_per_usd",),
    "rail": ("rail_rub_t",),
    "wagons_ports": ("gondola_rub_t", "transshipment_rub_t"),
    "duty_tax": ("duty_pct", "extraction_tax_rub_t"),
    "volume": ("tonnes_mt",),
    "interest": ("interest_bn_rub",),
    "own_costs": ("cost_index",),
}
"""Which arrays each driver moves; the rouble also revalues debt, own costs also grow with the years."""


def attribute(stack: Stack, theta: pd.DataFrame, *, old: int, new: int) -> pd.DataFrame:
    """Contribution of each driver to the change of the yearly net result, bn RUB; one row a draw.

    Parameters
    ----------
    stack : Stack
        Must hold all months of both years and of the base year.
    theta : pandas.DataFrame
        Parameters of the sector, one row for each draw of the stack.
    old, new : int
        The two years.

    Notes
    -----
    Exact Shapley values over all sets of drivers, see `attribution.shapley`: they add up to the modelled
    change of every draw and do not depend on an order.
    """
    spans, falls = {}, {}
    for year in (old, new):
        spans[year] = stack.cut(f"{year}-01", f"{year}-12")
        if len(spans[year].months) < 12:
            raise ValueError(
                f"the stack ends in {stack.months[-1]}; a full {year} is needed for the attribution"
            )
        falls[year] = sector.window(stack, f"{year}-01", f"{year}-12").rouble_fall
    base = sector.base_netback(stack)
    before, after = spans[old], spans[new]

    def value(moved: Collection[str]) -> Array:
        fields = {name: getattr(after, name) for driver in moved for name in DRIVERS[driver]}
        year = sector.span(
            replace(before, **fields),
            rouble_fall=falls[new if "rouble" in moved else old],
            years=(new if "own_costs" in moved else old) - sector.BASE_YEAR,
        )
        return sector.net_result(year, base, theta)

    return shapley(value, list(DRIVERS))
