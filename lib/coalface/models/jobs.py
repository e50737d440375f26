"""Jobs, pay and arrears at risk in a town when coal output falls, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class JobLuck:
    """Random inputs shared by every shock and scenario, so that a difference is never luck."""

    mining_jobs: np.ndarray  # draws by towns, persons
    elasticity: np.ndarray  # one per draw, percent of jobs per percent of output
    extra_jobs: np.ndarray  # one per draw, other local jobs lost per mining job lost
    arrears_rub: np.ndarray  # one per draw, roubles owed per miner out of work


@dataclass(frozen=True)
class JobsAtRisk:
    """Losses by draw (rows) and town (columns): persons, million RUB a month, shares of one, million RUB."""

    towns: tuple[str, ...]
    direct: np.ndarray
    indirect: np.ndarray
    payroll_mn_rub: np.ndarray
    income_share: np.ndarray
    arrears_mn_rub: np.ndarray

    def table(self, level: float = 0.9) -> pd.DataFrame:
        """Median, low and high of each measure by town; the interval holds the given share of the draws."""
        measures = ("direct", "indirect", "payroll_mn_rub", "income_share", "arrears_mn_rub")
        cuts = {"low": (1 - level) / 2, "median": 0.5, "high": (1 + level) / 2}
        parts = {m: getattr(self, m) for m in measures} | {"jobs": self.direct + self.indirect}
        columns = {
            f"{m}_{name}" if name != "median" else m: np.quantile(values, cut, axis=0)
            for m, values in parts.items()
            for name, cut in cuts.items()
        }
        return pd.DataFrame(columns, index=pd.Index(self.towns, name="town_id"))

    def total(self, level: float = 0.9) -> pd.Series:
        """Jobs lost in all towns together: low, median, high, and the number of towns with an estimate."""
        jobs = self.direct + self.indirect
        known = ~np.isnan(jobs).any(axis=0)
        cuts = [(1 - level) / 2, 0.5, (1 + level) / 2]
        found = np.quantile(jobs[:, known].sum(axis=1), cuts) if known.any() else [np.nan] * 3
        return pd.Series([*found, known.sum()], index=["low", "median", "high", "towns"])


def output_fall(shock_pct: float, *, exports_pct: float = 0.0, export_share: float = 0.0) -> float:
    """Fall of output as a share of one, from a shock in percent that must not be above zero.

    Parameters
    ----------
    shock_pct : float
        Change of output, percent: -20 is a fall by a fifth.
    exports_pct, export_share : float
        A scenario's change of export tonnes in percent, and the share of output that is exported: their
        product adds to the shock. The sum is kept between no fall and a full stop.

    Raises
    ------
    ValueError
        If the shock is positive, below -100 or not a number.

    Examples
    --------
    >>> output_fall(-20)
    0.2
    >>> output_fall(-20, exports_pct=-10, export_share=0.5)
    0.25
    >>> output_fall(20)
    Traceback (most recent call last):
    ...
    ValueError: shock_pct=20 would be a rise of output by 20 percent; a fall by 20 percent is shock_pct=-20
    """
    if not np.isfinite(shock_pct) or shock_pct < -100:
        raise ValueError(f"shock_pct={shock_pct:g} cannot be; output falls by 100 percent (-100) at most")
    if shock_pct > 0:
        size = f"{shock_pct:g}"
        raise ValueError(
            f"shock_pct={size} would be a rise of output by {size} percent; "
            f"a fall by {size} percent is shock_pct=-{size}"
        )
    return float(np.clip(-(shock_pct + exports_pct * export_share) / 100, 0, 1))


def draw_luck(
    places: pd.DataFrame,
    *,
    elasticity: tuple[float, float],
    studies: pd.DataFrame,
    arrears_rub: tuple[float, float],
    draws: int,
    rng: np.random.Generator,
) -> JobLuck:
    """Random inputs of the job model, to be drawn once and used for every shock.

    Parameters
    ----------
    places : pandas.DataFrame
        `mining_jobs_low` and `mining_jobs_high` in persons, one row per town.
    elasticity : tuple of float
        Percent of mining jobs lost per percent of output lost: least and most; uniform between.
    studies : pandas.DataFrame
        `low` and `high` of other local jobs lost per mining job lost, one row per published study. Every
        draw picks a study with equal chance, then a number between its bounds.
    arrears_rub : tuple of float
        Wages owed per miner out of work, roubles: least and most; uniform between.

    Notes
    -----
    Every draw takes one elasticity, one multiplier, one rate of arrears and one point within the bounds of
    mining jobs for all towns alike: the doubt is about definitions and studies that all towns share, and luck
    that cancelled out between towns would make a total look too sure. A range of missing numbers,
    or no study, gives missing results, never zeros.
    """
    for name, (low, high) in {"elasticity": elasticity, "arrears_rub": arrears_rub}.items():
        if low < 0 or low > high:
            raise ValueError(f"{name} runs from {low:g} to {high:g}; it must rise from zero or above")
    if (studies["low"] > studies["high"]).any() or (studies["low"] < 0).any():
        raise ValueError("every study needs a multiplier with 0 <= low <= high")
    common = rng.random((5, draws))
    rows = studies if len(studies) else pd.DataFrame({"low": [np.nan], "high": [np.nan]})
    pick = np.minimum((common[0] * len(rows)).astype(int), len(rows) - 1)
    low, high = (rows[c].to_numpy(float)[pick] for c in ("low", "high"))
    floor, ceiling = (places[c].to_numpy(float) for c in ("mining_jobs_low", "mining_jobs_high"))
    jobs = floor + common[4][:, None] * (ceiling - floor)
    return JobLuck(
        mining_jobs=jobs,
        elasticity=elasticity[0] + common[1] * (elasticity[1] - elasticity[0]),
        extra_jobs=low + common[2] * (high - low),
        arrears_rub=arrears_rub[0] + common[3] * (arrears_rub[1] - arrears_rub[0]),
    )


def lost_jobs(luck: JobLuck, fall: np.ndarray | float, headcount: np.ndarray | None = None) -> np.ndarray:
    """Jobs lost, persons, an array (2, draws, towns): direct and indirect.

    Parameters
    ----------
    luck : JobLuck
        Random inputs, drawn once.
    fall : float or array
        Share of output lost, 0 to 1: one number, one per draw, or one per draw and town.
    headcount : array, optional
        Jobs of each town in all; other jobs lost cannot exceed those that are not in mining.

    Notes
    -----
    direct = min(1, elasticity x fall) x mining jobs; indirect = extra jobs x direct, capped. This is the
    cheap entry for a chain of models: a share of tonnes below cost in, jobs by town out.
    """
    share = np.asarray(fall, float)
    share = share[:, None] if share.ndim == 1 else share
    if np.any(share < 0) or np.any(share > 1):
        raise ValueError("a fall of output is a share from 0 to 1; a rise is not a loss of jobs")
    direct = np.minimum(1.0, luck.elasticity[:, None] * share) * luck.mining_jobs
    indirect = luck.extra_jobs[:, None] * direct
    if headcount is not None:
        others = np.maximum(headcount - luck.mining_jobs, 0)
        indirect = np.where(np.isnan(others), indirect, np.minimum(indirect, others))
    return np.stack([direct, indirect])


def jobs_at_risk(places: pd.DataFrame, luck: JobLuck, fall: np.ndarray | float) -> JobsAtRisk:
    """Jobs, payroll, income and arrears at risk by town for a fall of output.

    Parameters
    ----------
    places : pandas.DataFrame
        One row per town: `headcount` (persons), `wage` and `coal_wage` (RUB a month); gaps are allowed.

    Notes
    -----
    The pay of a lost mining job is the coal wage; that of another job is the town's wage without mining,
    (w h - c m) / (h - m), and never below zero nor above the town's wage. Income share relates the sum to the
    town's whole payroll w h. Arrears are roubles owed per miner out of work times direct jobs.
    """
    head, wage, coal = (places[c].to_numpy(float) for c in ("headcount", "wage", "coal_wage"))
    direct, indirect = lost_jobs(luck, fall, head)
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = (wage * head - coal * luck.mining_jobs) / (head - luck.mining_jobs)
        other_wage = np.clip(np.where(np.isfinite(rest), rest, wage), 0, wage)
        payroll = (direct * coal + indirect * other_wage) / 1e6
        share = payroll * 1e6 / (wage * head)
    arrears = direct * luck.arrears_rub[:, None] / 1e6
    return JobsAtRisk(
        tuple(map(str, places.index)), direct, indirect, payroll, np.minimum(share, 1.0), arrears
    )
