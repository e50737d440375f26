"""Netbacks month by month, by basin, corridor and grade, with the width that scattered readings leave."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models.bridge import bridge
from coalface.models.margins import (
    DutyTiers,
    duty_in_force,
    extraction_tax_rub_t,
    gondola_rub_t,
    tariff_index,
)
from coalface.models.stack import GRADES, SEGMENTS, Segment, Stack

Array = npt.NDArray[np.float64]


def sample(assumptions: pd.DataFrame, draws: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draws of each assumption in its own unit: triangular between `low` and `high` with its peak at `mode`.

    Examples
    --------
    >>> table = pd.DataFrame({"low": [1.0], "mode": [2.0], "high": [4.0]}, index=["rail_ratio"])
    >>> drawn = sample(table, 1000, np.random.default_rng(1))["rail_ratio"]
    >>> bool(drawn.between(1, 4).all())
    True
    """
    wrong = assumptions.query("not (low <= mode <= high)")
    if len(wrong):
        raise ValueError(f"assumption {wrong.index[0]!r} does not run low <= mode <= high; mend its row")
    columns = {}
    for name, row in assumptions.iterrows():
        low, mode, high = float(row["low"]), float(row["mode"]), float(row["high"])
        columns[str(name)] = rng.triangular(low, mode, high, draws) if low < high else np.full(draws, low)
    return pd.DataFrame(columns)


def simulate(
    *,
    market: pd.DataFrame,
    rail_steps: pd.DataFrame,
    rail_base: str,
    readings: pd.DataFrame,
    assumptions: pd.DataFrame,
    volumes: pd.DataFrame,
    tiers: pd.DataFrame,
    spells: pd.DataFrame,
    surcharge: pd.Series,
    draws: int,
    rng: np.random.Generator,
) -> Stack:
    """Netback parts of every segment and month with their uncertainty, RUB and USD per tonne.

    Parameters
    ----------
    market : pandas.DataFrame
        Months by ``benchmark_thermal`` (USD/t), ``customs_thermal``, ``customs_coking`` (USD/t delivered to
        China, NaN where not published), ``rub_per_usd``, ``rub_per_usd_end``, ``cost_index``,
        ``lending_rate_pct``, ``lending_rate_3y_pct`` (mean of three years), ``debt_bn_rub``.
    rail_steps, rail_base
        Rises of the rail tariff, and the month of the rail quote, see `margins.tariff_index`.
    readings : pandas.DataFrame
        Scattered readings: ``name``, ``month`` (Period), ``value``, ``noise_pct``.
    assumptions : pandas.DataFrame
        Index of names with ``low``, ``mode``, ``high`` and ``role``; those "given" are drawn here.
    volumes : pandas.DataFrame
        Years by ``exports_low_mt``, ``exports_high_mt``, ``east_share``, ``south_share`` (NaN where unknown).
    tiers : pandas.DataFrame
        Export duty: ``rate_pct`` and the exchange rate ``from_rub_per_usd`` from which it applies.
    spells, surcharge
        When the duty binds, see `margins.duty_in_force`; the extraction tax surcharge by month, RUB/t.
    draws : int
    rng : numpy.random.Generator

    Notes
    -----
    A price is benchmark × relative price. While Chinese customs publish values, the relative price is the
    customs value less freight over the benchmark; later it walks at random, tied to the readings.
    """
    months = pd.PeriodIndex(market.index)
    given = sample(assumptions[assumptions["role"] == "given"], draws, rng)
    unused = [f"{name}_unread" for name in readings["name"].unique()]
    a = {str(name): values.to_numpy(dtype=float)[:, None] for name, values in given.items()}
    rate = market["rub_per_usd"].to_numpy(dtype=float)
    coin = rng.uniform(size=(draws, 1))
    walk = _Walks(months, readings, a, draws, rng)

    thermal = market["benchmark_thermal"].to_numpy(dtype=float)
    east = _relative(
        market["customs_thermal"], a["freight_thermal"], np.log(thermal)[None], walk, "fob_east_thermal"
    )
    west = east + walk.path("west_to_east")
    premium = np.exp(walk.path("premium_coking"))
    coking = _relative(market["customs_coking"], a["freight_coking"], np.log(premium), walk, "fob_coking")

    rail = a["rail_kuzbass_east"] * tariff_index(rail_steps, months, base=rail_base).to_numpy()
    rail = rail * np.where(months < pd.Period("2022-06", freq="M"), a["rail_before_june_2022"], 1.0)
    rent = np.exp(walk.path("gondola_rent"))
    prices = market["cost_index"].to_numpy(dtype=float)
    ports = {
        "east": a["port_east"] * prices,
        "north_west": a["port_north_west"] * prices,
        "south": np.exp(walk.path("port_south")) * rate,
    }
    edges, rates = (tuple(tiers[name].astype(float)) for name in ("from_rub_per_usd", "rate_pct"))
    levied = DutyTiers(edges, rates).rate(rate)
    in_force = {grade: duty_in_force(spells, months, grade).to_numpy() for grade in GRADES}
    extra = surcharge.reindex(months, fill_value=0.0).to_numpy(dtype=float)
    tax = {
        "thermal": extraction_tax_rub_t(fixed_rub_t=a["tax_thermal"] * prices, surcharge_rub_t=extra),
        "coking": extraction_tax_rub_t(
            share_pct=a["tax_coking_pct"], benchmark_usd_t=premium, rub_per_usd=rate, surcharge_rub_t=extra
        ),
    }
    parts: dict[str, list[Array]] = {name: [] for name in Stack.BY_DRAW if name != "interest_bn_rub"}
    tonnes = _tonnes(volumes, months, a, draws, rng)
    shape = (draws, len(months))
    for segment in SEGMENTS:
        abroad = segment.corridor == "east"
        near = segment.basin == "far_east"
        is_coking = segment.grade == "coking"
        log_relative = coking if is_coking else (east if abroad else west)
        haul = a["haul_far_east"] if near else np.ones((1, 1))
        turn = a["turn_days_east"] * haul if abroad else a["turn_days_west"]
        # A document conflict on the duty is one coin a draw, not half a duty in all of them.
        chance = in_force[segment.grade]
        bound = np.where((chance > 0) & (chance < 1), coin < chance, chance)
        found = {
            "benchmark_usd_t": premium if is_coking else thermal,
            "relative": np.exp(log_relative),
            "rail_rub_t": rail
            * haul
            * (1 if abroad else a["rail_west"])
            * (a["rail_coking"] if is_coking else 1),
            "gondola_rub_t": gondola_rub_t(rent, turn_days=turn, load_t=a["load_t"]),
            "transshipment_rub_t": ports[segment.corridor],
            "duty_pct": levied * bound,
            "extraction_tax_rub_t": tax[segment.grade],
            "tonnes_mt": tonnes[segment],
        }
        for name, values in found.items():
            parts[name].append(np.broadcast_to(np.asarray(values, dtype=float), shape))
    lending = market["lending_rate_pct"]
    slow = market["lending_rate_3y_pct"].to_numpy(dtype=float)
    effective = a["floating_debt"] * lending.to_numpy(dtype=float) + (1 - a["floating_debt"]) * slow
    early = np.where(months < pd.Period("2024-01", freq="M"), a["debt_before_2024"], 1.0)
    interest = market["debt_bn_rub"].to_numpy(dtype=float) * early * effective / 1200
    return Stack(
        months=months,
        draws=given.drop(columns=unused, errors="ignore"),
        rub_per_usd=rate,
        rub_per_usd_end=market["rub_per_usd_end"].to_numpy(dtype=float),
        cost_index=prices,
        interest_bn_rub=np.broadcast_to(interest, shape).copy(),
        **{name: np.stack(values, axis=2) for name, values in parts.items()},
    )


class _Walks:
    """Paths through the scattered readings of one set of draws."""

    def __init__(
        self,
        months: pd.PeriodIndex,
        readings: pd.DataFrame,
        a: dict[str, Array],
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        self.months, self.readings, self.a, self.draws, self.rng = months, readings, a, draws, rng

    def of(self, name: str) -> pd.DataFrame:
        rows = self.readings[(self.readings["name"] == name) & self.readings["month"].isin(self.months)]
        return rows.assign(place=self.months.get_indexer(pd.PeriodIndex(rows["month"], freq="M")))

    def path(self, name: str) -> Array:
        """Log of a price through its readings; without one, the assumption of that name, flat."""
        rows = self.of(name)
        length = len(self.months)
        if rows.empty:
            return np.broadcast_to(np.log(self.a[f"{name}_unread"]), (self.draws, length))
        return bridge(
            rows["place"].to_numpy(),
            np.log(rows["value"].to_numpy(dtype=float)),
            length,
            step_sd=float(self.a[f"{name}_step"][0, 0]),
            noise_sd=rows["noise_pct"].to_numpy(dtype=float) / 100,
            draws=self.draws,
            rng=self.rng,
        )


def _relative(customs: pd.Series, freight: Array, log_benchmark: Array, walk: _Walks, name: str) -> Array:
    """Log of the Russian price on board over the benchmark: customs values first, then a walk by readings."""
    value = customs.to_numpy(dtype=float)
    known = int(np.flatnonzero(~np.isnan(value))[-1]) + 1
    start = np.log(np.clip(value[:known] - freight, 1.0, None)) - log_benchmark[:, :known]
    left = len(walk.months) - known
    if not left:
        return start
    rows = walk.of(name).query("place >= @known")
    place = rows["place"].to_numpy(dtype=int)
    seen = np.log(rows["value"].to_numpy(dtype=float)) - log_benchmark[:, place]
    ahead = bridge(
        np.r_[0, place - known + 1],
        np.concatenate([start[:, -1:], np.broadcast_to(seen, (walk.draws, len(place)))], axis=1),
        left + 1,
        step_sd=float(walk.a[f"{name}_step"][0, 0]),
        noise_sd=np.r_[0.0, rows["noise_pct"].to_numpy(dtype=float) / 100],
        draws=walk.draws,
        rng=walk.rng,
    )
    return np.concatenate([start, ahead[:, 1:]], axis=1)


def _tonnes(
    volumes: pd.DataFrame, months: pd.PeriodIndex, a: dict[str, Array], draws: int, rng: np.random.Generator
) -> dict[Segment, Array]:
    """Export tonnes of each segment a month, Mt: the year's total spread evenly over its months."""
    years = volumes.index.to_numpy()
    place = np.searchsorted(years, np.clip(months.year, years[0], years[-1]))
    low, high = volumes["exports_low_mt"].to_numpy(float), volumes["exports_high_mt"].to_numpy(float)
    total = (low + (high - low) * rng.uniform(size=(draws, len(years))))[:, place] / 12
    share: dict[str, Array] = {}
    for name in ("east_share", "south_share"):
        known = volumes[name].notna().to_numpy()
        share[name] = np.exp(
            bridge(
                np.flatnonzero(known),
                np.log(volumes[name].to_numpy(float)[known]),
                len(years),
                step_sd=float(a[f"{name}_step"][0, 0]),
                noise_sd=0.02,
                draws=draws,
                rng=rng,
            )
        )[:, place]
    east, south = np.clip(share["east_share"], 0, 0.9), np.clip(share["south_share"], 0, 0.25)
    south = np.minimum(south, 0.98 - east)
    way = {"east": east, "south": south, "north_west": 1 - east - south}
    out: dict[Segment, Array] = {}
    for segment in SEGMENTS:
        coking = a["coking_east"] if segment.corridor == "east" else a["coking_west"]
        grade = coking if segment.grade == "coking" else 1 - coking
        basin = a["far_east_basins"] if segment.basin == "far_east" else 1 - a["far_east_basins"]
        stream = total * way[segment.corridor] * grade
        out[segment] = stream * basin if segment.corridor == "east" else stream
    return out
