"""From netbacks to what Rosstat reports: the net result of the sector and its share of loss-makers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models.costs import CostCurve
from coalface.models.stack import SEGMENTS, Stack

Array = npt.NDArray[np.float64]
COKING = np.array([segment.grade == "coking" for segment in SEGMENTS])
BASE_YEAR = 2023


@dataclass(frozen=True)
class Window:
    """Netbacks and money of a span of months; arrays are (draws, segments) or (draws,)."""

    months: int
    netback_rub_t: Array
    tonnes_mt: Array
    interest_bn_rub: Array
    cost_index: float
    rouble_fall: float
    """Rise of the month-end exchange rate over the window, RUB per USD."""
    years: float
    """Middle of the window, years after the middle of the base year."""

    def take(self, rows: npt.NDArray[np.int_]) -> Window:
        """The same window for some draws, in the order given."""
        kept = {name: getattr(self, name)[rows] for name in ("netback_rub_t", "tonnes_mt", "interest_bn_rub")}
        return Window(**{**self.__dict__, **kept})


@dataclass(frozen=True)
class Outcome:
    """What a window looks like: one value a draw."""

    net_bn_rub: Array
    """Profits less losses of the sector since the start of the window."""
    lossmaking_pct: Array
    """Share of organisations with a loss, percent."""
    under_water: Array
    """Share of export tonnes whose netback does not pay for the digging, 0 to 1."""
    margin_rub_t: Array
    """Netback less mean mining cost of an export tonne."""


def window(stack: Stack, start: str, end: str) -> Window:
    """A span of months of the stack as tonne-weighted netbacks and sums of money."""
    part = stack.cut(start, end)
    place = stack.months.get_indexer(pd.PeriodIndex([pd.Period(start, freq="M") - 1]))[0]
    opening = stack.rub_per_usd_end[place] if place >= 0 else part.rub_per_usd_end[0]
    return span(
        part,
        rouble_fall=float(part.rub_per_usd_end[-1] - opening),
        years=part.months[0].year - BASE_YEAR + len(part.months) / 24 - 0.5,
    )


def base_netback(stack: Stack) -> Array:
    """Netback of each draw and segment in the base year, RUB per tonne."""
    return window(stack, f"{BASE_YEAR}-01", f"{BASE_YEAR}-12").netback_rub_t


def span(part: Stack, *, rouble_fall: float, years: float) -> Window:
    """All months of a stack as one window; `rouble_fall` and `years` as in `Window`."""
    tonnes = part.tonnes_mt.sum(axis=1)
    return Window(
        months=len(part.months),
        netback_rub_t=(part.netback().netback_rub_t * part.tonnes_mt).sum(axis=1) / tonnes,
        tonnes_mt=tonnes,
        interest_bn_rub=part.interest_bn_rub.sum(axis=1),
        cost_index=float(part.cost_index.mean()),
        rouble_fall=rouble_fall,
        years=years,
    )


def mining_costs(theta: pd.DataFrame, *, cost_index: float, years: float) -> tuple[CostCurve, Array]:
    """Cost curve of each draw at a price level and year, and each segment's multiple of it."""
    p = {name: values.to_numpy(dtype=float) for name, values in theta.items()}
    level = cost_index * (1 + p["cost_growth"]) ** years
    curve = CostCurve((p["median_cost_rub_t"] * level)[:, None], p["cost_sigma"][:, None])
    return curve, np.where(COKING, p["coking_cost"][:, None], 1.0)


def at_the_gate(netback_rub_t: Array, base_netback_rub_t: Array, theta: pd.DataFrame) -> Array:
    """What the miner gets of a netback, RUB per tonne: the base year's, and a part of every change since."""
    kept = theta["pass_through"].to_numpy(dtype=float)[:, None]
    out: Array = base_netback_rub_t + kept * (netback_rub_t - base_netback_rub_t)
    return out


def money(span: Window, theta: pd.DataFrame) -> Array:
    """Result beside the export tonnes, bn RUB: other income less interest and revaluation of foreign debt."""
    other = theta["other_result_bn_rub"].to_numpy(dtype=float) * span.months / 12 * span.cost_index
    foreign = theta["fx_debt_bn_usd"].to_numpy(dtype=float) * span.rouble_fall
    out: Array = other - span.interest_bn_rub - foreign
    return out


def net_result(span: Window, base_netback_rub_t: Array, theta: pd.DataFrame) -> Array:
    """Profits less losses of the sector in a window, bn RUB; one value a draw."""
    curve, factor = mining_costs(theta, cost_index=span.cost_index, years=span.years)
    gate = at_the_gate(span.netback_rub_t, base_netback_rub_t, theta)
    margin = (gate - curve.mean_rub_t * factor) * span.tonnes_mt
    out: Array = margin.sum(axis=1) / 1000 + money(span, theta)
    return out


def outcome(span: Window, base_netback_rub_t: Array, theta: pd.DataFrame) -> Outcome:
    """Net result (bn RUB), share of loss-makers (percent) and tonnes under water (0 to 1) of a window.

    Parameters
    ----------
    span : Window
    base_netback_rub_t : array
        Netback of each draw and segment in the base year.
    theta : pandas.DataFrame
        One row a draw: ``median_cost_rub_t``, ``cost_sigma``, ``coking_cost``, ``cost_growth``,
        ``other_result_bn_rub``, ``pass_through``, ``fx_debt_bn_usd``, ``small_firm_tilt``, ``always_losing``,
        ``never_losing``.

    Notes
    -----
    Room of a tonne = base netback + pass-through × (netback − base netback)
    + (other result − interest − foreign debt × fall of the rouble) / tonnes.
    A tonne loses if its mining cost exceeds the room; organisations are smaller where costs are high:
    share of organisations = always + (1 − always − never) × (share of tonnes)^(1 / tilt).
    """
    net, losing = printed(span, base_netback_rub_t, theta)
    curve, factor = mining_costs(theta, cost_index=span.cost_index, years=span.years)
    gate = at_the_gate(span.netback_rub_t, base_netback_rub_t, theta)
    weight = span.tonnes_mt / span.tonnes_mt.sum(axis=1, keepdims=True)
    return Outcome(
        net_bn_rub=net,
        lossmaking_pct=losing,
        under_water=(curve.under_water(gate, factor=factor) * weight).sum(axis=1),
        margin_rub_t=((gate - curve.mean_rub_t * factor) * weight).sum(axis=1),
    )


def printed(span: Window, base_netback_rub_t: Array, theta: pd.DataFrame) -> tuple[Array, Array]:
    """What Rosstat prints of a window: net result (bn RUB) and share of loss-makers (percent)."""
    curve, factor = mining_costs(theta, cost_index=span.cost_index, years=span.years)
    gate = at_the_gate(span.netback_rub_t, base_netback_rub_t, theta)
    tonnes, beside = span.tonnes_mt.sum(axis=1), money(span, theta)
    net = ((gate - curve.mean_rub_t * factor) * span.tonnes_mt).sum(axis=1) / 1000 + beside
    room = gate + (1000 * beside / tonnes)[:, None]
    losing = (curve.under_water(room, factor=factor) * span.tonnes_mt).sum(axis=1) / tonnes
    always, never, tilt = (
        theta[n].to_numpy(float) for n in ("always_losing", "never_losing", "small_firm_tilt")
    )
    return net, 100 * (always + (1 - always - never) * losing ** (1 / tilt))


def moments_of(stack: Stack, theta: pd.DataFrame, rows: npt.NDArray[np.int_], moments: pd.DataFrame) -> Array:
    """Simulated moments, bn RUB and percent: row i has the parameters i and the draw `rows[i]` of the stack.

    `moments` gives ``kind``, ``start`` and ``end`` of each column.
    """
    base = base_netback(stack)[rows]
    predicted = np.empty((len(rows), len(moments)))
    for (start, end), group in moments.reset_index(drop=True).groupby(["start", "end"]):
        net, losing = printed(window(stack, str(start), str(end)).take(rows), base, theta)
        for place in group.index:
            predicted[:, place] = losing if moments["kind"].iloc[place] == "share" else net
    return predicted
