"""From figures on places and mines to one assessment: dependence, ranking, and a reason for every town."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import binom

from coalface.models import exposure, towns

INDICATORS: Final = ("mining_share", "miners_per_1000", "owner_hhi", "wage_gap_pct", "population_fall_pct")
WORDS: Final = {
    "mining_share": "mining's share of headcount",
    "miners_per_1000": "miners in reach of a thousand residents",
    "owner_hhi": "concentration of mine owners",
    "wage_gap_pct": "coal pay above the town's pay",
    "population_fall_pct": "fall of population",
}
ENOUGH: Final = 3  # of the five indicators; with fewer a rank would be made of other towns' figures


@dataclass(frozen=True)
class Assessment:
    """Dependence of the places asked for, and the ranking of those of which enough is known."""

    table: pd.DataFrame
    """Dependence and place columns, one row per town."""
    evidence: exposure.Evidence | None
    ranking: exposure.Ranking | None
    left_out: pd.Series
    """Towns that are not ranked, with the number of indicators known."""

    @property
    def ranked(self) -> pd.DataFrame:
        """Rank and score of each ranked town, most exposed first; empty without a ranking."""
        columns = ["median_rank", "rank_low", "rank_high", "top_share", "score", "known"]
        return pd.DataFrame(columns=columns, dtype=float) if self.ranking is None else self.ranking.table

    def known_of(self, town: str) -> int:
        """How many of the five indicators one town has, as a figure or as bounds."""
        row = self.table.loc[town]
        return sum(bool(pd.notna(row["mining_share_high" if i == "mining_share" else i])) for i in INDICATORS)

    def known(self) -> pd.DataFrame:
        """How many towns have each indicator, as a figure or as bounds: known, of, share."""
        full = self.table.assign(mining_share=self.table["mining_share_high"])
        return towns.coverage(full, list(INDICATORS)).rename(index=WORDS)


def assess(
    places: pd.DataFrame,
    mines: pd.DataFrame,
    chosen: pd.Index[str],
    *,
    radius_km: float,
    weights: list[float] | tuple[float, ...],
    tracker_short: tuple[float, float],
    draws: int,
    rng: np.random.Generator,
) -> Assessment:
    """Dependence and ranking of the chosen places; all places compete for the work of the mines.

    Parameters
    ----------
    places, mines : pandas.DataFrame
        As `inputs.towns` returns them; mines in operation only.
    chosen : pandas.Index
        Towns to rank; those with fewer than three of the five indicators are left out and listed.
    radius_km, tracker_short : see `models.towns.dependence`
    weights, draws : see `exposure.rank_towns`
    """
    exposure.check_weights(weights, INDICATORS)
    found = towns.dependence(places, mines, radius_km=radius_km, tracker_short=tracker_short)
    table = places.join(found).loc[chosen]
    layers = towns.readings(places, mines, radius_km=radius_km, tracker_short=tracker_short)
    known = layers[1, 0][1].loc[chosen, list(INDICATORS)].notna().sum(axis=1)
    keep = known.index[known >= ENOUGH]
    left_out = known.drop(keep).sort_values(ascending=False)
    if len(keep) < ENOUGH:
        return Assessment(table, None, None, known)
    part = {
        key: (low.loc[keep, list(INDICATORS)], high.loc[keep, list(INDICATORS)])
        for key, (low, high) in layers.items()
    }
    evidence = exposure.evidence(part, np.log1p(found["workforce"]))
    ranking = exposure.rank_towns(evidence, weights=weights, draws=draws, rng=rng)
    return Assessment(table, evidence, ranking, left_out)


def reasons(found: Assessment) -> pd.Series:
    """One line per ranked town: what lifts it most, what lowers it most, and how much is not known."""
    if found.ranking is None:
        return pd.Series(dtype=str)
    columns = {i: "mining_share_high" if i == "mining_share" else i for i in INDICATORS}
    lines: dict[str, str] = {}
    for town in found.ranking.table.index.astype(str):
        row = found.table.loc[town, [*columns.values(), "mining_share_low"]].astype(float)
        known = [i for i, column in columns.items() if not np.isnan(row[column])]
        pull = found.ranking.pull.loc[town, known].astype(float)
        up, down = str(pull.idxmax()), str(pull.idxmin())
        parts = [_phrase(up, row)] if pull[up] > 0 else []
        parts += [_phrase(down, row, "only ")] if pull[down] < 0 and down != up else []
        missing = len(INDICATORS) - len(known)
        parts = [", but ".join(parts)] if parts else []
        parts += [f"{missing} of {len(INDICATORS)} not known"] if missing else []
        lines[town] = "; ".join(parts)
    return pd.Series(lines, dtype=str)


def _phrase(indicator: str, row: pd.Series[float], only: str = "") -> str:
    if indicator == "mining_share":
        low, high = 100 * row["mining_share_low"], 100 * row["mining_share_high"]
        size = f"{high:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"
        return f"mining {only}{size} percent of jobs"
    value = row[indicator]
    if indicator == "miners_per_1000":
        return f"{only}{value:.0f} miners per 1,000 residents in reach"
    if indicator == "owner_hhi":
        return f"owner concentration {only}{value:.2f}"
    if indicator == "wage_gap_pct":
        return f"coal pays {only}{value:.0f} percent more"
    return (
        f"population fell {only}{value:.1f} percent" if value > 0 else f"population grew {-value:.1f} percent"
    )


def hidden_test(shares: pd.DataFrame) -> pd.DataFrame:
    """How often bounds hold a share that is printed, when it is hidden on purpose: rule, held, of, width.

    Every municipality that prints all sections is hidden in turn, A+B alone, and its bounds are rebuilt from
    the others; width is the mean width of the bounds, a share of one.
    """
    whole = shares[shares[[*towns.SECTIONS, "undistributed"]].notna().all(axis=1)]
    rows = {}
    for rule in towns.RULES:
        held, width = [], []
        for town in whole.index:
            seen = whole.copy()
            truth = seen.loc[town, "primary_ab"]
            seen.loc[town, "undistributed"] += truth
            seen.loc[town, "primary_ab"] = np.nan
            low, high = towns.section_bounds(seen, rule=rule).loc[town]
            held.append(low - 1e-9 <= truth <= high + 1e-9)
            width.append(high - low)
        rows[rule] = {"held": sum(held), "of": len(held), "width": float(np.mean(width)) if width else np.nan}
    return pd.DataFrame.from_dict(rows, orient="index")


def peers(found: Assessment, town: str, *, count: int = 5) -> pd.DataFrame:
    """The ranked towns nearest in population to one town, nearest first, with the columns of the table."""
    people = found.table["population"].astype(float).map(np.log)
    others = people.reindex([t for t in found.ranked.index if t != town])
    gap = (others - people.get(town, np.nan)).abs().dropna().sort_values(kind="stable")
    return pd.DataFrame(found.table.loc[gap.index[:count]])


def back_check(found: Assessment, cases: pd.DataFrame) -> pd.DataFrame:
    """How many known cases fell on towns in the top third, and how many luck would put there, by group.

    Parameters
    ----------
    cases : pandas.DataFrame
        `group` and `town_id` of each case; cases in towns that are not ranked are counted as left out.

    Returns
    -------
    pandas.DataFrame
        One row per group: hits, cases, left_out, expected (cases, if every town were as likely),
        expected_by_mines (cases, if every working mine were as likely: a town with more mines has more to
        lose) and p_value: chance of as many hits or more by mines.

    Notes
    -----
    p_value is the upper tail of a binomial distribution; a handful of cases can refute little.
    """
    ranks = found.ranked["median_rank"]
    third = ranks.nsmallest(max(1, round(len(ranks) / 3))).index
    mines = found.table["mines"].reindex(ranks.index).fillna(0)
    by_mines = float(mines[third].sum() / mines.sum()) if mines.sum() else np.nan
    rows = {}
    for group, town in cases.groupby("group", sort=True)["town_id"]:
        inside = town[town.isin(ranks.index)]
        hits = int(inside.isin(third).sum())
        rows[group] = {
            "hits": hits,
            "cases": len(inside),
            "left_out": len(town) - len(inside),
            "expected": len(inside) * len(third) / max(len(ranks), 1),
            "expected_by_mines": len(inside) * by_mines,
            "p_value": float(binom.sf(hits - 1, len(inside), by_mines)) if len(inside) else np.nan,
        }
    columns = ["hits", "cases", "left_out", "expected", "expected_by_mines", "p_value"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def doubt(
    found: Assessment, *, weights: list[float] | tuple[float, ...], draws: int = 256, rng: np.random.Generator
) -> pd.DataFrame:
    """Sobol shares of what makes ranks uncertain, see `exposure.drivers`; empty without a ranking."""
    if found.evidence is None:
        return pd.DataFrame(columns=["first", "total"], dtype=float)
    return exposure.drivers(found.evidence, weights=weights, draws=draws, rng=rng)


def rivals(found: Assessment) -> pd.DataFrame:
    """Agreement of the ranking with a share rule, the official category of 2015 and mine distance."""
    rules = pd.DataFrame(
        {
            "Highest possible mining share": found.table["mining_share_high"],
            "Official category of 2015": -found.table["category_2015"],
            "Distance to the nearest working mine": -found.table["nearest_km"],
        }
    )
    if found.ranking is None:
        return pd.DataFrame(columns=["rho", "both", "top", "towns"], index=rules.columns, dtype=float)
    return exposure.rivals(found.ranking, rules)
