"""Netback: what a tonne of export coal leaves at the mine gate after the road to the buyer is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Number = float | Array


@dataclass(frozen=True)
class DutyTiers:
    """Steps of an export duty that follows the exchange rate.

    Parameters
    ----------
    from_rub_per_usd : tuple of float
        Lower edge of each step, rising, the first one 0; an edge belongs to the step above it.
    rate_pct : tuple of float
        Duty on the customs value at each step, percent.
    """

    from_rub_per_usd: tuple[float, ...]
    rate_pct: tuple[float, ...]

    def __post_init__(self) -> None:
        edges = np.asarray(self.from_rub_per_usd)
        if len(self.from_rub_per_usd) != len(self.rate_pct) or not len(edges):
            raise ValueError(
                f"duty tiers need one rate per edge, not {len(self.rate_pct)} for {len(edges)}; "
                "give both tuples the same length"
            )
        if edges[0] != 0 or (np.diff(edges) <= 0).any():
            raise ValueError(
                f"duty tiers must start at 0 and rise, not {self.from_rub_per_usd}; sort the edges"
            )
        if min(self.rate_pct) < 0:
            raise ValueError(f"a duty rate cannot be negative: {self.rate_pct}")

    def rate(self, rub_per_usd: Number) -> Array:
        """Duty rate at each exchange rate, percent of the customs value.

        Examples
        --------
        >>> DutyTiers((0, 80, 90), (0, 4, 5.5)).rate(np.array([79.99, 80.0, 95.0]))
        array([0. , 4. , 5.5])
        """
        rate = np.asarray(rub_per_usd, dtype=float)
        if np.isnan(rate).any() or (rate <= 0).any():
            raise ValueError(
                "the exchange rate must be positive roubles per dollar everywhere; fill or cut the gap"
            )
        place = np.searchsorted(np.asarray(self.from_rub_per_usd), rate, side="right") - 1
        found: Array = np.asarray(self.rate_pct, dtype=float)[place]
        return found


def duty_in_force(schedule: pd.DataFrame, months: pd.PeriodIndex, grade: str) -> pd.Series:
    """Chance that the duty binds in each month for one grade, between 0 and 1.

    Parameters
    ----------
    schedule : pandas.DataFrame
        One row a spell, with columns ``grade``, ``start``, ``end`` (days, both included) and ``chance``: 1
        where the documents agree, less where they do not.
    months : pandas.PeriodIndex
        Months to answer for. A month counts by the share of its days inside the spell.
    grade : str
        ``thermal`` or ``coking``.

    Examples
    --------
    >>> spells = pd.DataFrame(
    ...     {"grade": ["thermal"], "start": ["2024-03-01"], "end": ["2024-04-15"], "chance": 1.0}
    ... )
    >>> duty_in_force(spells, pd.period_range("2024-02", "2024-05", freq="M"), "thermal").tolist()
    [0.0, 1.0, 0.5, 0.0]
    """
    missing = {"grade", "start", "end", "chance"} - set(schedule.columns)
    if missing:
        raise ValueError(f"the duty schedule lacks the columns {sorted(missing)}; add them")
    share = pd.Series(0.0, index=months, name="in_force")
    first, last = months.start_time.normalize(), months.end_time.normalize()
    here = schedule[schedule["grade"] == grade]
    for start, end, chance in zip(here["start"], here["end"], here["chance"].astype(float), strict=True):
        opens = first.where(first > pd.Timestamp(start), pd.Timestamp(start))
        closes = last.where(last < pd.Timestamp(end), pd.Timestamp(end))
        share += chance * np.clip((closes - opens).days + 1, 0, None) / months.days_in_month
    return share


def fob_usd_t(benchmark_usd_t: Number, *, discount_pct: Number, quality: Number = 1.0) -> Number:
    """Price on board of Russian coal, USD per tonne.

    Notes
    -----
    FOB = benchmark × quality × (1 − discount / 100); quality is the calorific value over the benchmark's.

    Examples
    --------
    >>> fob_usd_t(120.0, discount_pct=25.0, quality=0.9)
    81.0
    """
    return benchmark_usd_t * quality * (1 - discount_pct / 100)


def extraction_tax_rub_t(
    *,
    fixed_rub_t: Number = 0.0,
    share_pct: Number = 0.0,
    benchmark_usd_t: Number = 0.0,
    rub_per_usd: Number = 0.0,
    surcharge_rub_t: Number = 0.0,
) -> Number:
    """Mineral extraction tax, RUB per tonne.

    Notes
    -----
    Tax = fixed rate + share of the benchmark in roubles + temporary surcharge. Thermal coal pays the fixed
    rate; coking coal since 2022 a share of the Australian premium price.

    Examples
    --------
    >>> extraction_tax_rub_t(share_pct=1.5, benchmark_usd_t=200.0, rub_per_usd=80.0, surcharge_rub_t=380.0)
    620.0
    """
    return fixed_rub_t + share_pct / 100 * benchmark_usd_t * rub_per_usd + surcharge_rub_t


def gondola_rub_t(rent_rub_day: Number, *, turn_days: Number, load_t: Number) -> Number:
    """Hire of the wagon for one round trip, RUB per tonne carried.

    Examples
    --------
    >>> gondola_rub_t(2100.0, turn_days=23.0, load_t=69.0)
    700.0
    """
    return rent_rub_day * turn_days / load_t


def tariff_index(steps: pd.DataFrame, months: pd.PeriodIndex, *, base: str) -> pd.Series:
    """Rail tariff in each month, as a multiple of the month `base`.

    Parameters
    ----------
    steps : pandas.DataFrame
        Columns ``date`` (first day in force) and ``rise_pct``. Steps compound.
    months : pandas.PeriodIndex
        Months to answer for; a step counts from the month that holds its first day.
    base : str
        Month whose index is 1.

    Examples
    --------
    >>> steps = pd.DataFrame({"date": ["2023-01-01", "2023-12-01"], "rise_pct": [10.0, 20.0]})
    >>> tariff_index(steps, pd.period_range("2022-12", "2023-01", freq="M"), base="2023-12").round(4).tolist()
    [0.7576, 0.8333]
    """
    start = pd.PeriodIndex(pd.to_datetime(steps["date"]), freq="M")
    rises = 1 + steps["rise_pct"].to_numpy(dtype=float) / 100

    def level(month: pd.Period) -> float:
        return float(np.prod(rises[np.asarray(start <= month)]))

    reference = level(pd.Period(base, freq="M"))
    return pd.Series([level(m) / reference for m in months], index=months, name="tariff_index")


@dataclass(frozen=True)
class Netback:
    """A tonne's way from the ship to the mine gate, RUB per tonne; every part but the first is subtracted."""

    fob_rub_t: Array
    freight_rub_t: Array
    transshipment_rub_t: Array
    rail_rub_t: Array
    gondola_rub_t: Array
    duty_rub_t: Array
    extraction_tax_rub_t: Array
    rub_per_usd: Array

    PARTS: ClassVar[tuple[str, ...]] = (
        "freight",
        "transshipment",
        "rail",
        "gondola",
        "duty",
        "extraction_tax",
    )

    @property
    def netback_rub_t(self) -> Array:
        """What is left at the mine gate, RUB per tonne."""
        out: Array = self.fob_rub_t - sum(getattr(self, f"{part}_rub_t") for part in self.PARTS)
        return out

    @property
    def netback_usd_t(self) -> Array:
        """What is left at the mine gate, USD per tonne."""
        out: Array = self.netback_rub_t / self.rub_per_usd
        return out


def netback(
    price_usd_t: Number,
    rub_per_usd: Number,
    *,
    transshipment_rub_t: Number,
    rail_rub_t: Number,
    gondola_rub_t: Number,
    duty_pct: Number = 0.0,
    extraction_tax_rub_t: Number = 0.0,
    freight_usd_t: Number = 0.0,
) -> Netback:
    """Netback at the mine gate with all its parts, RUB per tonne (and USD by its property).

    Parameters
    ----------
    price_usd_t : float or array
        Price on board (FOB), or delivered (CFR) when `freight_usd_t` is given.
    rub_per_usd : float or array
        Exchange rate of the month.
    transshipment_rub_t, rail_rub_t, gondola_rub_t, extraction_tax_rub_t : float or array
        Costs on the way, RUB per tonne.
    duty_pct : float or array
        Export duty, percent of the customs value (price less freight).
    freight_usd_t : float or array
        Sea freight inside the price, USD per tonne.

    Notes
    -----
    netback = (price − freight) × rate − transshipment − rail − gondola − duty − extraction tax. Arrays
    broadcast.

    Examples
    --------
    >>> road = {"transshipment_rub_t": 900.0, "rail_rub_t": 3000.0, "gondola_rub_t": 500.0}
    >>> left = netback(80.0, 90.0, duty_pct=5.5, **road)
    >>> float(left.duty_rub_t), float(left.netback_rub_t)
    (396.0, 2404.0)
    """
    rate = np.asarray(rub_per_usd, dtype=float)
    if not (rate > 0).all():
        raise ValueError(
            "the exchange rate must be positive roubles per dollar everywhere; fill or cut the gap"
        )
    price, freight = np.asarray(price_usd_t, dtype=float), np.asarray(freight_usd_t, dtype=float)
    fob = (price - freight) * rate
    parts = np.broadcast_arrays(
        price * rate,
        freight * rate,
        np.asarray(transshipment_rub_t, dtype=float),
        np.asarray(rail_rub_t, dtype=float),
        np.asarray(gondola_rub_t, dtype=float),
        fob * np.asarray(duty_pct, dtype=float) / 100,
        np.asarray(extraction_tax_rub_t, dtype=float),
        rate,
    )
    return Netback(*parts)
