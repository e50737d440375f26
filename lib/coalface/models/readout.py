"""What the fitted sector says, as frames: netbacks by corridor, cost curve, drivers, maps and influences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models.breakeven import Position, Response, response
from coalface.models.fit import Fit, predict
from coalface.models.sector import BASE_YEAR, mining_costs
from coalface.models.stack import SEGMENTS, Stack
from coalface.models.swing import attribute

Array = npt.NDArray[np.float64]
TAIL: Final = (0.05, 0.5, 0.95)
LEVERS: Final = ("price_change_pct", "rub_per_usd", "rail_tariff_change_pct", "discount_points")
BASINS: Final = {"kuzbass": "Kuzbass", "far_east": "Yakutia and Buryatia"}
CORRIDORS: Final = ("east", "north_west", "south")


def _where(corridor: str, grade: str) -> npt.NDArray[np.bool_]:
    chosen = np.array([corridor == s.corridor and grade == s.grade for s in SEGMENTS])
    if not chosen.any():
        raise ValueError(f"no stream {corridor}, {grade}; there are {sorted({s[1:] for s in SEGMENTS})}")
    return chosen


def _mix(values: Array, weight: Array, chosen: npt.NDArray[np.bool_]) -> Array:
    """Tonne-weighted mean over the chosen segments, the last axis."""
    part = weight[..., chosen]
    out: Array = (values[..., chosen] * part).sum(axis=-1) / part.sum(axis=-1)
    return out


def monthly(stack: Stack, grade: str, *, usd: bool = False) -> dict[str, pd.DataFrame]:
    """Netback of each corridor by month, RUB (or USD) per tonne: quantiles 0.05, 0.25, 0.5, 0.75 and 0.95."""
    left = stack.netback()
    values = left.netback_usd_t if usd else left.netback_rub_t
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    out = {}
    for corridor in CORRIDORS:
        path = _mix(values, stack.tonnes_mt, _where(corridor, grade))
        out[corridor] = pd.DataFrame(np.quantile(path, levels, axis=0).T, index=stack.months, columns=levels)
    return out


def parts(at: Position, answer: Response, corridor: str, grade: str) -> pd.DataFrame:
    """The way from price to netback: mean ``value``, ``low`` and ``high`` (90 percent), RUB per tonne.

    Means add up: the price on board less the steps is the netback.
    """
    chosen = _where(corridor, grade)
    rows = {"price on board": answer.fob_rub_t, "rail": -answer.rail_rub_t}
    rows |= {name: -values for name, values in at.road_rub_t.items()} | {"netback": answer.netback_rub_t}
    drawn = {name: _mix(values, answer.weight, chosen) for name, values in rows.items()}
    frame = pd.DataFrame({name: [v.mean(), *np.quantile(v, [0.05, 0.95])] for name, v in drawn.items()}).T
    return frame.set_axis(["value", "low", "high"], axis=1)


def streams(answer: Response) -> pd.DataFrame:
    """Each basin, corridor and grade: percent of tonnes, netback (RUB/t, USD/t), margin, and under water."""
    rows = {}
    for i, segment in enumerate(SEGMENTS):
        low, middle, high = np.quantile(answer.netback_rub_t[:, i], TAIL)
        rows[f"{BASINS[segment.basin]}, {segment.corridor.replace('_', '-')}, {segment.grade}"] = {
            "tonnes_pct": 100 * answer.weight[:, i].mean(),
            "netback_low": low,
            "netback": middle,
            "netback_high": high,
            "netback_usd": middle / answer.rub_per_usd,
            "margin": np.median(answer.segment_margin_rub_t[:, i]),
            "under_water_pct": 100 * np.median(answer.segment_under_water[:, i]),
        }
    return pd.DataFrame(rows).T.rename_axis("stream")


def beside(fitted: Fit, printed: pd.DataFrame) -> pd.DataFrame:
    """Margin of thermal coal over the middle tonne's cost where others printed one, RUB per tonne.

    Parameters
    ----------
    fitted : Fit
    printed : pandas.DataFrame
        ``month`` (Period), ``way`` (``east`` or ``west``, all other corridors), ``value``, ``unit`` and
        ``rub_t``; where the unit is percent, ``rub_t`` is filled in at the model's price on board.

    Notes
    -----
    Columns ``model_low``, ``model`` and ``model_high``; missing where the stack does not hold the month.
    """
    found, shown = [], printed.reset_index(drop=True).copy()
    for row, (month, way) in enumerate(zip(shown["month"], shown["way"], strict=True)):
        if month not in fitted.stack.months:
            found.append([np.nan] * 3)
            continue
        part = fitted.stack.cut(str(month), str(month))
        east = np.array([s.corridor == "east" for s in SEGMENTS])
        chosen = np.array([s.grade == "thermal" for s in SEGMENTS]) & (east if way == "east" else ~east)
        way_back = part.netback()
        left = _mix(way_back.netback_rub_t, part.tonnes_mt, chosen)[:, 0]
        if shown["unit"].iloc[row] == "percent":
            price = float(np.median(_mix(way_back.fob_rub_t, part.tonnes_mt, chosen)))
            shown.loc[row, "rub_t"] = float(shown["value"].iloc[row]) / 100 * price
        years = month.year - BASE_YEAR + (month.month - 6.5) / 12
        costs, _ = mining_costs(fitted.theta, cost_index=float(part.cost_index[0]), years=years)
        found.append(list(np.quantile(left - costs.median_rub_t[:, 0], TAIL)))
    names = ["model_low", "model", "model_high"]
    return shown.join(pd.DataFrame(found, columns=names, dtype=float))


def digging(fitted: Fit, month: pd.Period) -> pd.DataFrame:
    """Thermal coal of Kuzbass by the east in a month: cost of the ``way`` and of ``digging``, RUB per tonne.

    Quantiles ``low``, ``mid`` and ``high`` over draws; digging is the middle tonne's cost.
    """
    part = fitted.stack.cut(str(month), str(month))
    way = (part.rail_rub_t + part.gondola_rub_t + part.transshipment_rub_t)[:, 0, 0]
    years = month.year - BASE_YEAR + (month.month - 6.5) / 12
    costs, _ = mining_costs(fitted.theta, cost_index=float(part.cost_index[0]), years=years)
    rows = {"way": np.quantile(way, TAIL), "digging": np.quantile(costs.median_rub_t[:, 0], TAIL)}
    return pd.DataFrame(rows, index=["low", "mid", "high"]).T


def curve(at: Position, answer: Response, points: int = 90) -> pd.DataFrame:
    """Mining cost and netback over cumulated export tonnes, RUB per tonne: quantiles over draws.

    Index: percent of tonnes. ``cost_*`` runs from the cheapest tonne up, ``netback_*`` from the best paid
    down, grades pooled, each draw on its own; the columns end in ``low``, ``mid`` and ``high``.
    """
    share = np.arange(1, points + 1) / 100
    scale = (at.factor * answer.weight).sum(axis=1, keepdims=True)
    costs = np.quantile(at.curve.cost_at(share[None, :]) * scale, TAIL, axis=0)
    frame = pd.DataFrame(costs.T, columns=["cost_low", "cost_mid", "cost_high"], index=100 * share)
    gate = answer.segment_margin_rub_t + at.curve.mean_rub_t * at.factor
    order = np.argsort(-gate, axis=1)
    sorted_gate = np.take_along_axis(gate, order, axis=1)
    reach = np.cumsum(np.take_along_axis(answer.weight, order, axis=1), axis=1)
    place = np.minimum((reach[:, None, :] < share[None, :, None]).sum(axis=2), len(SEGMENTS) - 1)
    paid = np.quantile(np.take_along_axis(sorted_gate, place, axis=1), TAIL, axis=0)
    return frame.assign(netback_low=paid[0], netback_mid=paid[1], netback_high=paid[2])


def grid(
    at: Position,
    *,
    x: tuple[str, Sequence[float]],
    y: tuple[str, Sequence[float]],
    rub_per_usd: float | None = None,
    draws: int = 400,
) -> pd.DataFrame:
    """Mean share of export tonnes under water, percent, over two levers of `response`; index is y."""
    held = {} if rub_per_usd is None else {"rub_per_usd": rub_per_usd}
    across, down = np.meshgrid(np.asarray(x[1], dtype=float), np.asarray(y[1], dtype=float))
    few = at.take(np.arange(min(draws, len(at.theta))))
    levers = {x[0]: across, y[0]: down}
    rows = []
    for i in range(len(down)):
        answer = response(few, **(held | {name: values[i] for name, values in levers.items()}))
        rows.append(answer.under_water.mean(axis=-1))
    share = np.vstack(rows)
    return pd.DataFrame(100 * share, index=list(y[1]), columns=list(x[1]))


def influence(fitted: Fit, outcome: Array, reasons: pd.DataFrame) -> pd.DataFrame:
    """Rank correlation of each assumption with an outcome over the posterior, -1 to 1, strongest first."""
    drawn = pd.concat([fitted.theta, fitted.stack.draws], axis=1)
    drawn = drawn.loc[:, drawn.std() > 0]
    strength = drawn.rank().corrwith(pd.Series(outcome, index=drawn.index).rank())
    order = strength.abs().sort_values(ascending=False).index
    return pd.DataFrame({"correlation": strength[order]}).join(reasons[["what", "basis", "reason"]])


def pressure(fitted: Fit, years: Sequence[int]) -> pd.DataFrame:
    """Share of export tonnes under water in whole years, percent: ``low``, ``value``, ``high``."""
    rows = {}
    for year in years:
        if fitted.stack.months[-1] >= pd.Period(f"{year}-12", freq="M"):
            rows[str(year)] = 100 * np.quantile(fitted.outcome(f"{year}-01", f"{year}-12").under_water, TAIL)
    return pd.DataFrame(rows, index=["low", "value", "high"]).T


def scenarios(at: Position, cases: pd.DataFrame) -> pd.DataFrame:
    """Named cases: price on board and rouble, margin and share under water with 90 percent intervals.

    Parameters
    ----------
    at : Position
    cases : pandas.DataFrame
        One row a case with ``price_change_pct``, ``rub_per_usd``, ``rail_tariff_change_pct`` and
        ``discount_points`` (change of the discount, points of the benchmark).
    """
    rows = {}
    for name, case in cases.iterrows():
        levers = {lever: float(case[lever]) for lever in LEVERS}
        answer = response(at, **levers)
        kept = np.maximum(at.relative - levers["discount_points"] / 100, 0)
        price = (at.benchmark_usd_t * kept * at.weight).sum(axis=1).mean() * (
            1 + levers["price_change_pct"] / 100
        )
        margin, share = np.quantile(answer.margin_rub_t, TAIL), 100 * np.quantile(answer.under_water, TAIL)
        rows[str(name)] = {
            "price_usd_t": price, "rub_per_usd": levers["rub_per_usd"],
            "rail_tariff_change_pct": levers["rail_tariff_change_pct"],
            "margin_low": margin[0], "margin": margin[1], "margin_high": margin[2],
            "under_water_low": share[0], "under_water": share[1], "under_water_high": share[2],
        }  # fmt: skip
    return pd.DataFrame(rows).T.rename_axis("case")


def ahead(fitted: Fit, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Predictive draws of both results since January by end month; columns by ``kind`` and ``end``."""
    ends = [month for month in fitted.stack.months if month.year == year]
    asked = pd.DataFrame({"start": f"{year}-01", "end": [str(m) for m in ends], "year": year})
    asked = asked.assign(months=[m.month for m in ends])
    return predict(fitted, pd.concat([asked.assign(kind=kind) for kind in ("balance", "share")]), rng)


def path(drawn: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Quantiles of the draws of `ahead` by end month: bn RUB for ``balance``, percent for ``share``."""
    levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
    found = drawn.loc[:, drawn.columns.get_level_values(0) == kind].droplevel(0, axis=1).quantile(levels).T
    months = pd.PeriodIndex(found.index.astype(str), freq="M")
    return pd.DataFrame(found.to_numpy(), index=months, columns=levels)


def turned(fitted: Fit, *, old: int, new: int, draws: int = 800) -> pd.DataFrame:
    """Drivers of the change of the net result between two years, bn RUB: mean ``value``, ``low``, ``high``.

    First and last rows are the modelled results of both years; the steps between add up to their
    difference, in whole billions.
    Empty if the stack does not hold both years.
    """
    if fitted.stack.months[-1] < pd.Period(f"{new}-12", freq="M"):
        return pd.DataFrame(columns=["value", "low", "high"])
    few = np.arange(min(draws, len(fitted.theta)))
    stack, theta = fitted.stack.take(few), fitted.theta.iloc[few].reset_index(drop=True)
    drivers = attribute(stack, theta, old=old, new=new)
    ends = {str(y): fitted.outcome(f"{y}-01", f"{y}-12").net_bn_rub[few] for y in (old, new)}
    drawn = pd.concat(
        [pd.Series(ends[str(old)], name=str(old)), drivers, pd.Series(ends[str(new)], name=str(new))], axis=1
    )
    low, high = drawn.quantile(0.05), drawn.quantile(0.95)
    # Totals are rounded, not steps, so that whole billions still add up.
    totals = np.round(np.cumsum(drawn.mean().to_numpy()[:-1]))
    value = np.r_[totals[0], np.diff(totals), totals[-1]]
    return pd.DataFrame({"value": value, "low": low.round(), "high": high.round()})


def spots(named: pd.DataFrame, x: str, y: str, *, base: str) -> pd.DataFrame:
    """Cases that differ from the base in one of two columns, and the base: ``x``, ``y`` and ``label``."""
    places = named[[x, y]].astype(float).set_axis(["x", "y"], axis=1)
    moved = (places - places.loc[base]).abs().max(axis=1) > 1e-6
    kept = places[moved | (places.index == base)]
    return kept.assign(label=kept.index.str.replace("_", " "))


def last(card: pd.DataFrame, kind: str) -> pd.Series:
    """The last scored moment of a kind; all missing if there is none."""
    rows = card[card["kind"] == kind] if len(card) else card
    names = ["end", "low", "median", "high", "outcome"]
    return rows[names].iloc[-1] if len(rows) else pd.Series(np.nan, index=names, dtype=object)
