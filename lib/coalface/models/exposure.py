"""A composite index of exposure whose ranks carry the doubt about data, weights and method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata, sobol_indices, uniform

MEANINGS: Final = {
    "radius": "how far a mine reaches",
    "suppression": "which bounds a suppressed share gets",
    "hidden": "where in its bounds a share lies",
    "method": "from whom a missing value is taken",
    "donors": "which town lends a missing value",
    "normalisation": "how indicators are put on one scale",
    "aggregation": "how indicators are added up",
    "weights": "how much each indicator counts",
}
CHOICES: Final = tuple(MEANINGS)
TABLE: Final = 512  # joint draws of weights, hidden shares and donors, picked by number
NEIGHBOURS: Final = 5
FLOOR: Final = 0.1  # the least exposed town keeps a tenth, lest one indicator alone decide a geometric mean
CONCENTRATION: Final = (
    20.0  # of the Dirichlet: a weight of 0.2 then lies between 0.07 and 0.36 nine times in ten
)


@dataclass(frozen=True)
class Evidence:
    """What is known of each indicator: bounds, one layer per reading of the data.

    `low` and `high` have the axes radius, suppression rule, town, indicator; a higher value always means
    more exposed; equal bounds are a printed figure and missing ones are not known.
    """

    towns: tuple[str, ...]
    indicators: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    likeness: np.ndarray  # one number per town; who lends to whom under the neighbours' method

    def __post_init__(self) -> None:
        shape = (len(self.towns), len(self.indicators))
        if self.low.shape != self.high.shape or self.low.shape[2:] != shape:
            raise ValueError(
                f"bounds have the shapes {self.low.shape} and {self.high.shape}, not 2+2 axes alike"
            )
        if np.any(self.low > self.high):
            raise ValueError("a lower bound lies above its upper bound")

    @property
    def known(self) -> pd.DataFrame:
        """True where a town has a figure or bounds for an indicator."""
        return pd.DataFrame(~np.isnan(self.low[0, 0]), index=list(self.towns), columns=list(self.indicators))


@dataclass(frozen=True)
class Ranking:
    """Ranks (1 is the most exposed) and scores (0 to 1) of every town in every draw."""

    table: pd.DataFrame  # median_rank, rank_low, rank_high, top_share, score, score_low, score_high, known
    ranks: np.ndarray
    scores: np.ndarray
    pull: pd.DataFrame  # mean weighted distance of each indicator from the mean town, in score points
    level: float
    top: int


def evidence(
    layers: Mapping[tuple[int, int], tuple[pd.DataFrame, pd.DataFrame]], likeness: pd.Series
) -> Evidence:
    """Bounds of all indicators as one block, from one pair of frames (low, high) per reading of the data.

    Parameters
    ----------
    layers : mapping
        (number of the radius, number of the suppression rule) to frames indexed by town, one column each.
    likeness : pandas.Series
        Number by which towns are alike, such as the workforce of mines nearby; missing is allowed.
    """
    radii, rules = (1 + max(key[axis] for key in layers) for axis in (0, 1))
    first = layers[0, 0][0]
    low, high = (
        np.array([[layers[i, j][side].to_numpy(float) for j in range(rules)] for i in range(radii)])
        for side in (0, 1)
    )
    towns = tuple(map(str, first.index))
    return Evidence(towns, tuple(first.columns), low, high, likeness.reindex(first.index).to_numpy(float))


def check_weights(weights: list[float] | tuple[float, ...], indicators: tuple[str, ...]) -> np.ndarray:
    """Weights as an array that adds up to 1, in the order of the indicators; no weights means equal ones.

    Raises
    ------
    ValueError
        If there are too many or too few, one is negative, or they do not add up to 1.

    Examples
    --------
    >>> check_weights([], ("a", "b")).tolist()
    [0.5, 0.5]
    >>> check_weights([0.5, 0.2], ("a", "b"))
    Traceback (most recent call last):
    ...
    ValueError: weights add up to 0.7; they must add up to 1 (for a, b)
    """
    if len(weights) == 0:
        return np.full(len(indicators), 1 / len(indicators))
    given, order = np.asarray(weights, float), ", ".join(indicators)
    if len(given) != len(indicators):
        raise ValueError(f"{len(given)} weights for {len(indicators)} indicators; give one each for {order}")
    if not np.all(np.isfinite(given)) or np.any(given < 0):
        raise ValueError(f"weights are {given.tolist()}; each must be a number from 0 to 1 (for {order})")
    if abs(given.sum() - 1) > 1e-6:
        raise ValueError(f"weights add up to {given.sum():.6g}; they must add up to 1 (for {order})")
    return np.asarray(given / given.sum())


def rank_towns(
    facts: Evidence,
    *,
    weights: list[float] | tuple[float, ...] = (),
    draws: int = 2000,
    top: int = 10,
    level: float = 0.9,
    rng: np.random.Generator,
) -> Ranking:
    """Rank and score of every town, with intervals over all choices that the data leave open.

    Every draw picks a radius, a suppression rule, a point within each pair of bounds, donors for what is
    missing, a normalisation, an aggregation and a set of weights; ties share their mean rank.

    Notes
    -----
    Normalisations: min-max; normal probability of the z-score; rank. Aggregations: arithmetic and geometric
    mean. Weights: Dirichlet around the given ones. A missing value is lent by any town that has one, or by
    one of the five most alike. No choice lets a town's score fall when one of its own values rises.

    References
    ----------
    OECD and European Commission JRC (2008), Handbook on Constructing Composite Indicators.
    Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168(2).
    """
    machine = _Machine(facts, check_weights(weights, facts.indicators), rng)
    picks = rng.random((len(CHOICES), draws))
    scores, parts = machine.scores(picks)
    ranks = rankdata(-scores, axis=1)
    tail = (1 - level) / 2
    quantiles = np.quantile(ranks, [tail, 0.5, 1 - tail], axis=0)
    spread = np.quantile(scores, [tail, 0.5, 1 - tail], axis=0)
    table = pd.DataFrame(
        {
            "median_rank": quantiles[1],
            "rank_low": quantiles[0],
            "rank_high": quantiles[2],
            "top_share": (ranks <= top).mean(axis=0),
            "score": spread[1],
            "score_low": spread[0],
            "score_high": spread[2],
            "known": facts.known.sum(axis=1).to_numpy(),
        },
        index=pd.Index(facts.towns, name="town_id"),
    )
    pull = pd.DataFrame(
        (parts - parts.mean(axis=1, keepdims=True)).mean(axis=0),
        index=table.index,
        columns=list(facts.indicators),
    )
    return Ranking(
        table.sort_values(["median_rank", "score"], ascending=[True, False]), ranks, scores, pull, level, top
    )


def drivers(
    facts: Evidence,
    *,
    weights: list[float] | tuple[float, ...] = (),
    draws: int = 256,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Sobol shares of the variance of ranks, first order and total, 0 to 1, one row per choice.

    The shares are those of all towns together: each town's index weighs with the variance of its rank.

    Parameters
    ----------
    draws : int
        Base sample of the Sobol sequence; must be a power of two.

    References
    ----------
    Saltelli and others (2010), Computer Physics Communications 181(2); Gamboa and others (2014),
    Electronic Journal of Statistics 8(1), for one index over many outputs.
    """
    machine = _Machine(facts, check_weights(weights, facts.indicators), rng)

    def ranks(picks: np.ndarray) -> np.ndarray:
        return np.asarray(rankdata(-machine.scores(picks)[0], axis=1)).T

    return sobol_shares(ranks, len(CHOICES), draws=draws, rng=rng).set_axis(list(CHOICES))


def sobol_shares(
    function: object,
    inputs: int,
    *,
    draws: int,
    rng: np.random.Generator,
    low: float = 0.0,
    high: float = 1.0,
) -> pd.DataFrame:
    """First-order and total Sobol shares of independent uniform inputs, pooled over outputs by variance.

    Parameters
    ----------
    function : callable
        Takes an array (inputs, draws), returns an array (outputs, draws).
    """
    dists = [uniform(loc=low, scale=high - low)] * inputs
    seen: list[np.ndarray] = []

    def watched(x: np.ndarray) -> np.ndarray:
        seen.append(np.atleast_2d(function(x)))  # type: ignore[operator]
        return seen[-1]

    with np.errstate(invalid="ignore", divide="ignore"):
        found = sobol_indices(func=watched, n=draws, dists=dists, rng=rng)
    variance = np.concatenate(seen[:2], axis=1).var(axis=1)
    share = variance / variance.sum() if variance.sum() > 0 else variance
    first, total = (
        share @ np.where(variance[:, None] > 0, np.atleast_2d(part), 0.0)
        for part in (found.first_order, found.total_order)
    )
    return pd.DataFrame({"first": first, "total": total})


def rivals(ranking: Ranking, rules: pd.DataFrame) -> pd.DataFrame:
    """Agreement with simpler rules: Spearman's rho (-1 to 1), towns in both tops, towns compared.

    Where a rule ties towns at the edge of its top, they share the seats that are left.

    Parameters
    ----------
    rules : pandas.DataFrame
        One column per rule, higher meaning more exposed, indexed by town; missing towns are left out.
    """
    median = ranking.table["median_rank"]
    rows = {}
    for rule in rules:
        values = rules[rule].reindex(median.index).dropna()
        ours = median[values.index]
        many = len(values) > 2 and values.min() < values.max()
        rho = float(ours.rank().corr((-values).rank())) if many else np.nan
        size = min(ranking.top, len(values))
        both = float(_seats(-values, size)[ours.nsmallest(size).index].sum()) if size else 0.0
        rows[rule] = {"rho": rho, "both": both, "top": size, "towns": len(values)}
    return pd.DataFrame.from_dict(rows, orient="index").astype({"top": int, "towns": int})


def _seats(values: pd.Series[float], size: int) -> pd.Series[float]:
    """Share of a seat among the `size` smallest values, 0 to 1; ties at the edge share what is left."""
    edge = values.nsmallest(size).max()
    inside, tied = values < edge, values == edge
    left = (size - float(inside.sum())) / float(tied.sum())
    return inside.astype(float) + tied.astype(float) * left


class _Machine:
    """Scores of all towns for any set of choices; all randomness is drawn once, on building."""

    def __init__(self, facts: Evidence, weights: np.ndarray, rng: np.random.Generator) -> None:
        if len(facts.towns) < 2:
            raise ValueError(f"{len(facts.towns)} town(s) with figures; a ranking needs at least two")
        usable = ~np.isnan(facts.low).all(axis=2).any(axis=(0, 1)) & (weights > 0)
        if not usable.any():
            raise ValueError("no indicator has both a weight and a figure in any town")
        self.facts, self.usable = facts, usable
        held = weights[usable] / weights[usable].sum()
        self.weights = np.zeros((TABLE, len(weights)))
        self.weights[:, usable] = rng.dirichlet(held * CONCENTRATION, TABLE)
        towns, size = len(facts.towns), len(facts.indicators)
        # Town by town, so that a town added at the end leaves the others' draws as they are.
        self.fill = rng.random((towns, TABLE, size)).transpose(1, 0, 2)
        lots = rng.random((towns, TABLE, size)).transpose(1, 0, 2)
        missing = np.isnan(facts.low[0, 0])
        self.donor = np.zeros((2, TABLE, towns, size), dtype=int)
        for k in np.flatnonzero(usable):
            have = np.flatnonzero(~missing[:, k])
            gap = np.abs(facts.likeness[:, None] - facts.likeness[None, have])
            order = np.argsort(np.where(np.isnan(gap), np.inf, gap), axis=1, kind="stable")
            close = have[order[:, :NEIGHBOURS]]
            pool = np.tile(have, (towns, 1))
            close = np.where(np.isnan(facts.likeness)[:, None], pool[:, : close.shape[1]], close)
            for way, lenders in enumerate((pool, close)):
                number = (lots[:, :, k] * lenders.shape[1]).astype(int)
                self.donor[way, :, :, k] = np.take_along_axis(lenders.T, number, axis=0)
        self.missing = missing

    def scores(self, picks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores (draws, towns) and weighted parts (draws, towns, indicators) for numbers in [0, 1)."""
        facts = self.facts
        sizes = (facts.low.shape[0], facts.low.shape[1], TABLE, 2, TABLE, 3, 2, TABLE)
        choice = np.minimum((picks.T * sizes).astype(int), np.array(sizes) - 1).T
        radius, rule, hidden, method, lot, scale, mean, weight = choice
        low, high = facts.low[radius, rule], facts.high[radius, rule]
        values = low + self.fill[hidden] * (high - low)
        lent = np.take_along_axis(values, self.donor[method, lot], axis=1)
        values = np.where(self.missing, lent, values)
        values[:, :, ~self.usable] = 0.0
        scaled = _normalise(values, scale)
        weights = self.weights[weight][:, None, :]
        parts = weights * scaled
        geometric = (mean == 1)[:, None]
        return np.where(geometric, np.exp((weights * np.log(scaled)).sum(axis=2)), parts.sum(axis=2)), parts


def _normalise(values: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Put indicators on one scale from just above 0 to 1: min-max, normal probability, or rank."""
    out = np.empty_like(values)
    for way in range(3):
        part = values[scale == way]
        if way == 0:
            low, span = part.min(axis=1, keepdims=True), np.ptp(part, axis=1, keepdims=True)
            part = np.divide(part - low, span, out=np.full_like(part, 0.5), where=span > 0)
        elif way == 1:
            spread = part.std(axis=1, keepdims=True)
            centred = part - part.mean(axis=1, keepdims=True)
            part = norm.cdf(np.divide(centred, spread, out=np.zeros_like(part), where=spread > 1e-12))
        else:
            part = (rankdata(part, axis=1) - 0.5) / part.shape[1] if len(part) else part
        out[scale == way] = FLOOR + (1 - FLOOR) * part
    return out
