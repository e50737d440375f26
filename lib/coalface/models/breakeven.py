"""Where the margin turns: netback, margin and tonnes under water under another price, rouble or tariff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models import sector
from coalface.models.costs import CostCurve
from coalface.models.stack import Stack

Array = npt.NDArray[np.float64]

ROAD: Final = ("transshipment", "gondola", "duty", "extraction_tax")


@dataclass(frozen=True)
class Position:
    """Where the sector stands in a span of months; arrays are (draws, segments) unless said otherwise."""

    label: str
    benchmark_usd_t: Array
    relative: Array
    rub_per_usd: float
    rail_rub_t: Array
    road_rub_t: dict[str, Array]
    """All other costs on the way, and the extraction tax, by name."""
    weight: Array
    """Share of each segment in export tonnes."""
    base_netback_rub_t: Array
    curve: CostCurve
    factor: Array
    theta: pd.DataFrame

    def take(self, rows: npt.NDArray[np.int_]) -> Position:
        """The same position for some draws, in the order given."""
        names = (
            "benchmark_usd_t",
            "relative",
            "rail_rub_t",
            "weight",
            "base_netback_rub_t",
            "factor",
        )
        return replace(
            self,
            curve=CostCurve(self.curve.median_rub_t[rows], self.curve.sigma[rows]),
            theta=self.theta.iloc[rows].reset_index(drop=True),
            road_rub_t={name: values[rows] for name, values in self.road_rub_t.items()},
            **{name: getattr(self, name)[rows] for name in names},
        )

    @property
    def price_usd_t(self) -> float:
        """Mean price on board of all export tonnes, USD per tonne."""
        return float((self.benchmark_usd_t * self.relative * self.weight).sum(axis=1).mean())


@dataclass(frozen=True)
class Response:
    """Answer of the sector to a change; the last axes are (draws, segments)."""

    rub_per_usd: Array
    """The exchange rate of each answer."""
    fob_rub_t: Array
    rail_rub_t: Array
    netback_rub_t: Array
    segment_margin_rub_t: Array
    segment_under_water: Array
    weight: Array

    @property
    def margin_rub_t(self) -> Array:
        """Margin of a mean export tonne over its mining cost, RUB per tonne; last axis draws."""
        out: Array = (self.segment_margin_rub_t * self.weight).sum(axis=-1)
        return out

    @property
    def under_water(self) -> Array:
        """Share of export tonnes whose netback does not pay the mining cost, 0 to 1; last axis draws."""
        out: Array = (self.segment_under_water * self.weight).sum(axis=-1)
        return out


def position(stack: Stack, theta: pd.DataFrame, *, start: str, end: str) -> Position:
    """Where the sector stands in the months from `start` to `end` (means of months), one row a draw."""
    part = stack.cut(start, end)
    base = sector.base_netback(stack)
    tonnes = part.tonnes_mt.sum(axis=1)
    middle = part.months[len(part.months) // 2]
    curve, factor = sector.mining_costs(
        theta,
        cost_index=float(part.cost_index.mean()),
        years=middle.year - sector.BASE_YEAR + (middle.month - 6.5) / 12,
    )
    left = part.netback()
    road = {name: getattr(left, f"{name}_rub_t").mean(axis=1) for name in ROAD}
    return Position(
        label=str(part.months[-1]) if len(part.months) == 1 else f"{part.months[0]} to {part.months[-1]}",
        benchmark_usd_t=part.benchmark_usd_t.mean(axis=1),
        relative=part.fob_usd_t.mean(axis=1) / part.benchmark_usd_t.mean(axis=1),
        rub_per_usd=float(part.rub_per_usd.mean()),
        rail_rub_t=part.rail_rub_t.mean(axis=1),
        road_rub_t=road,
        weight=tonnes / tonnes.sum(axis=1, keepdims=True),
        base_netback_rub_t=base,
        curve=curve,
        factor=factor,
        theta=theta,
    )


def response(
    at: Position,
    *,
    price_change_pct: float | Array = 0.0,
    rub_per_usd: float | Array | None = None,
    rail_tariff_change_pct: float | Array = 0.0,
    discount_points: float | Array = 0.0,
) -> Response:
    """Netback, margin (RUB per tonne) and share of tonnes under water after a change, for every draw.

    Parameters
    ----------
    at : Position
    price_change_pct : float or array
        Change of the benchmark price in dollars, percent.
    rub_per_usd : float or array, optional
        Exchange rate; the position's own if left out.
    rail_tariff_change_pct : float or array
        Change of the rail tariff, percent.
    discount_points : float or array
        Change of the discount of Russian coal to the benchmark, percentage points of the benchmark.

    Notes
    -----
    Arrays broadcast against one another and come first in the shape of the answer: a grid of 40 by 40 gives
    (40, 40, draws). Costs in roubles other than rail stay as they are.
    """

    def wide(value: float | Array) -> Array:
        return np.asarray(value, dtype=float)[..., None, None]

    rate = wide(at.rub_per_usd if rub_per_usd is None else rub_per_usd)
    if not (rate > 0).all():
        raise ValueError("the exchange rate must be positive roubles per dollar; give another")
    relative = np.maximum(at.relative - wide(discount_points) / 100, 0.0)
    fob = at.benchmark_usd_t * (1 + wide(price_change_pct) / 100) * relative
    rail = at.rail_rub_t * (1 + wide(rail_tariff_change_pct) / 100)
    road = np.sum(list(at.road_rub_t.values()), axis=0)
    netback = fob * rate - rail - road
    gate = sector.at_the_gate(netback, at.base_netback_rub_t, at.theta)
    return Response(
        rub_per_usd=rate[..., 0, 0],
        fob_rub_t=fob * rate,
        rail_rub_t=rail,
        netback_rub_t=netback,
        segment_margin_rub_t=gate - at.curve.mean_rub_t * at.factor,
        segment_under_water=at.curve.under_water(gate, factor=at.factor),
        weight=at.weight,
    )
