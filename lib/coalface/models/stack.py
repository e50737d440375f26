"""The cost stack: every part of the way from the benchmark price to the mine gate, with its draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models.margins import Netback, netback

Array = npt.NDArray[np.float64]
Corridor = Literal["east", "south", "north_west"]
Grade = Literal["thermal", "coking"]


class Segment(NamedTuple):
    """A stream of export coal: where it is dug, where it leaves the country, what it is burnt for."""

    basin: str
    corridor: Corridor
    grade: Grade


SEGMENTS = (
    Segment("kuzbass", "east", "thermal"),
    Segment("kuzbass", "east", "coking"),
    Segment("far_east", "east", "thermal"),
    Segment("far_east", "east", "coking"),
    Segment("kuzbass", "south", "thermal"),
    Segment("kuzbass", "south", "coking"),
    Segment("kuzbass", "north_west", "thermal"),
    Segment("kuzbass", "north_west", "coking"),
)
GRADES: tuple[Grade, ...] = ("thermal", "coking")


@dataclass(frozen=True)
class Stack:
    """Everything on the way from the benchmark to the mine gate; arrays are (draws, months, segments).

    Attributes
    ----------
    months : pandas.PeriodIndex
    draws : pandas.DataFrame
        What was drawn for each assumption, one row a draw.
    benchmark_usd_t, relative : array
        Benchmark price, and the Russian price on board over it.
    rub_per_usd, rub_per_usd_end, cost_index : array
        Mean and month-end exchange rate and the index of mining costs; one value a month.
    rail_rub_t, gondola_rub_t, transshipment_rub_t, duty_pct, extraction_tax_rub_t : array
        Parts on the way.
    tonnes_mt : array
        Export tonnes a month.
    interest_bn_rub : array
        Interest of the sector, (draws, months).
    """

    months: pd.PeriodIndex
    draws: pd.DataFrame
    benchmark_usd_t: Array
    relative: Array
    rub_per_usd: Array
    rub_per_usd_end: Array
    cost_index: Array
    rail_rub_t: Array
    gondola_rub_t: Array
    transshipment_rub_t: Array
    duty_pct: Array
    extraction_tax_rub_t: Array
    tonnes_mt: Array
    interest_bn_rub: Array

    BY_DRAW: ClassVar[tuple[str, ...]] = (
        "benchmark_usd_t", "relative", "rail_rub_t", "gondola_rub_t", "transshipment_rub_t",
        "duty_pct", "extraction_tax_rub_t", "tonnes_mt", "interest_bn_rub",
    )  # fmt: skip
    BY_MONTH: ClassVar[tuple[str, ...]] = ("rub_per_usd", "rub_per_usd_end", "cost_index")

    @property
    def fob_usd_t(self) -> Array:
        """Russian price on board, USD per tonne."""
        out: Array = self.benchmark_usd_t * self.relative
        return out

    def netback(self) -> Netback:
        """The netback of every draw, month and segment, RUB per tonne."""
        return netback(
            self.fob_usd_t,
            self.rub_per_usd[None, :, None],
            transshipment_rub_t=self.transshipment_rub_t,
            rail_rub_t=self.rail_rub_t,
            gondola_rub_t=self.gondola_rub_t,
            duty_pct=self.duty_pct,
            extraction_tax_rub_t=self.extraction_tax_rub_t,
        )

    def cut(self, start: str, end: str) -> Stack:
        """The same stack for the months from `start` to `end`, both included."""
        kept = (self.months >= pd.Period(start, freq="M")) & (self.months <= pd.Period(end, freq="M"))
        if not kept.any():
            raise ValueError(
                f"no month from {start} to {end}; the stack runs {self.months[0]} to {self.months[-1]}"
            )
        return replace(
            self,
            months=self.months[kept],
            **{name: getattr(self, name)[kept] for name in self.BY_MONTH},
            **{name: getattr(self, name)[:, kept] for name in self.BY_DRAW},
        )

    def take(self, rows: npt.NDArray[np.int_]) -> Stack:
        """The same stack for some draws, in the order given."""
        return replace(
            self,
            draws=self.draws.iloc[rows].reset_index(drop=True),
            **{name: getattr(self, name)[rows] for name in self.BY_DRAW},
        )
