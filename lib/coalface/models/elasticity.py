"""The elasticity of substitution that the record before the stop allows, and what it forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models.steel import coal_stop

Array = npt.NDArray[np.float64]

PARAMETERS = ("elasticity", "share", "cost_share", "output_response", "noise")
UNIFORM = ("share", "cost_share")
REASONS = {
    "elasticity": "near zero for inputs of firms within months (Boehm, Flaaen and Pandalai-Nayar, Review of "
    "Economics and Statistics, 2019); high for coal, a traded good: the range spans both",
    "share": "more than half of the coal, by the balance of the chain",
    "cost_share": "a quarter to a half of the cost of steel, by the balance of the chain",
    "output_response": "below one: furnaces run full or stop; above one: exporters take the world price",
    "noise": "standard deviation of yearly changes, from calm years to years of war",
}


@dataclass(frozen=True)
class Prior:
    """What is assumed before looking at output: every entry a 5 to 95 percent range of a distribution."""

    elasticity: tuple[float, float] = (0.1, 10.0)  # log-normal
    share: tuple[float, float] = (0.5, 0.8)  # uniform between the ends
    cost_share: tuple[float, float] = (0.25, 0.5)  # uniform between the ends
    output_response: tuple[float, float] = (0.2, 2.0)  # log-normal
    noise: tuple[float, float] = (0.03, 0.3)  # log-normal, standard deviation of yearly log changes

    def table(self) -> pd.DataFrame:
        """Range, distribution and reason of every assumption, one row each."""
        rows = {
            name: {
                "low": getattr(self, name)[0],
                "high": getattr(self, name)[1],
                "distribution": "uniform" if name in UNIFORM else "log-normal",
                "reason": REASONS[name],
            }
            for name in PARAMETERS
        }
        return pd.DataFrame.from_dict(rows, orient="index")

    def draw(self, draws: int, rng: np.random.Generator) -> pd.DataFrame:
        """Independent draws of the parameters, one row a draw."""
        columns = {}
        for name in PARAMETERS:
            low, high = getattr(self, name)
            if not 0 < low < high:
                raise ValueError(f"the prior of {name} needs 0 < low < high, not {low} and {high}")
            if name in UNIFORM:
                columns[name] = rng.uniform(low, high, draws)
            else:
                middle, spread = np.log(low * high) / 2, np.log(high / low) / 2 / 1.6448536269514722
                columns[name] = np.exp(rng.normal(middle, spread, draws))
        return pd.DataFrame(columns)


@dataclass(frozen=True)
class Posterior:
    """Draws of the parameters after the evidence, and how much weight the evidence moved."""

    draws: pd.DataFrame
    effective: float  # effective number of draws behind the resample

    def interval(self, name: str, level: float = 0.9) -> tuple[float, float, float]:
        """Median and the ends of the central interval of a parameter."""
        low, middle, high = self.draws[name].quantile([(1 - level) / 2, 0.5, (1 + level) / 2])
        return float(middle), float(low), float(high)


def compare(pieces: Mapping[str, Posterior], name: str, level: float = 0.9) -> pd.DataFrame:
    """Median, low and high end of one parameter and the effective draws, one row a piece of evidence."""
    rows = {
        label: {
            **dict(zip(("median", "low", "high"), found.interval(name, level), strict=True)),
            "draws": found.effective,
        }
        for label, found in pieces.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def calibrate(pairs: pd.DataFrame, prior: pd.DataFrame, rng: np.random.Generator) -> Posterior:
    """Draws of the parameters that fit yearly changes of output to yearly changes of domestic coal.

    Parameters
    ----------
    pairs
        One row a change: `coal` and `output` as ratios to the period before, and `share`, the share of
        domestic coal in the supply at the start (missing = the draw's own share).
    prior
        Draws as `Prior.draw` makes them.
    rng
        Source of the resampling.

    Notes
    -----
    log output = log model(coal; parameters) + normal noise. The draws are weighted by this likelihood and
    resampled (sampling-importance resampling).

    References
    ----------
    Rubin, D. B. (1988), "Using the SIR algorithm to simulate posterior distributions", *Bayesian
    Statistics* 3.
    """
    if pairs.empty:
        return Posterior(prior.reset_index(drop=True), float(len(prior)))
    if not (pairs[["coal", "output"]] > 0).all(axis=None):
        raise ValueError("coal and output ratios must be above 0")
    log_weight = np.zeros(len(prior))
    noise = prior["noise"].to_numpy()
    own_share = prior["share"].to_numpy()
    for coal, output, share in pairs[["coal", "output", "share"]].to_numpy(dtype=float):
        shock = coal_stop(
            coal,
            share=own_share if np.isnan(share) else share,
            elasticity=prior["elasticity"],
            cost_share=prior["cost_share"],
            output_response=prior["output_response"],
        )
        error = np.log(output) - np.log(np.maximum(shock.output, 1e-12))
        log_weight += -0.5 * (error / noise) ** 2 - np.log(noise)
    return _resample(prior, log_weight, rng)


def infer(
    evidence: pd.DataFrame, setting: pd.DataFrame, draws: int, rng: np.random.Generator
) -> tuple[Prior, pd.DataFrame, Posterior]:
    """The prior, its draws, and the draws after the evidence before the stop.

    Parameters
    ----------
    evidence
        Changes as `calibrate` takes them.
    setting
        Rows share and cost_share with their ends in columns low and high.
    """
    share, cost_share = (
        tuple(ends) for ends in setting.loc[list(UNIFORM), ["low", "high"]].to_numpy(dtype=float)
    )
    prior = Prior(share=share, cost_share=cost_share)
    drawn = prior.draw(draws, rng)
    return prior, drawn, calibrate(evidence, drawn, rng)


def implied(
    output: float,
    remaining: float,
    prior: pd.DataFrame,
    rng: np.random.Generator,
    *,
    premium: float = 0.0,
) -> Posterior:
    """Draws of the parameters that fit one outcome, output relative to the base year, after the stop.

    An outcome that is not known yet (missing) leaves the draws as they are.
    """
    if np.isnan(output):
        return Posterior(prior.reset_index(drop=True), float(len(prior)))
    if not output > 0:
        raise ValueError(f"output relative to the base year must be above 0, not {output}")
    error = np.log(output) - np.log(np.maximum(_after_stop(prior, remaining, premium), 1e-12))
    noise = prior["noise"].to_numpy()
    return _resample(prior, -0.5 * (error / noise) ** 2 - np.log(noise), rng)


def forecast(
    base_mt: float,
    remaining: float,
    draws: pd.DataFrame,
    rng: np.random.Generator,
    *,
    premium: float = 0.0,
) -> pd.DataFrame:
    """Output a year in Mt by draw: without the stop, with substitution, and in fixed proportions.

    Notes
    -----
    Without the stop output stays at the base year's level times exp(noise). The other columns take the same
    noise, so differences between columns are the effect of the stop alone.
    """
    noise = np.exp(rng.normal(0, 1, len(draws)) * draws["noise"].to_numpy())
    share = draws["share"].to_numpy()
    return pd.DataFrame(
        {
            "no_stop": base_mt * noise,
            "substitution": base_mt * noise * _after_stop(draws, remaining, premium),
            "fixed_proportions": base_mt * noise * (share * remaining + 1 - share),
        }
    )


def leave_one_out(pairs: pd.DataFrame, prior: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Median and 90 percent interval of the elasticity with each change of the evidence left out in turn."""
    rows = {}
    for label in pairs.index:
        found = calibrate(pairs.drop(index=label), prior, rng).interval("elasticity")
        rows[label] = dict(zip(("value", "low", "high"), found, strict=True))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])


def curve(
    elasticities: npt.ArrayLike,
    base_mt: float,
    remaining: float,
    draws: pd.DataFrame,
    *,
    premium: float = 0.0,
) -> pd.DataFrame:
    """Output after the stop in Mt a year by elasticity: 5, 50 and 95 percent points of the other draws."""
    rows = {}
    for value in np.atleast_1d(np.asarray(elasticities, float)):
        fixed = draws.assign(elasticity=value)
        rows[value] = np.quantile(base_mt * _after_stop(fixed, remaining, premium), [0.05, 0.5, 0.95])
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "median", "high"])
    return table.rename_axis("elasticity")


def remaining_supply(stop: str, stock_weeks: float, year: int) -> float:
    """Share of a year's coal of the mine that is still to be had: days before the stop and stock, 0.01 to 1.

    Examples
    --------
    >>> remaining_supply("2025-01-01", 0.0, 2025), remaining_supply("2025-07-02", 5.2, 2025)
    (0.01, 0.5986301369863014)
    """
    try:
        day = pd.Timestamp(stop)
    except ValueError:
        raise ValueError(f"the day of the stop {stop!r} is not a date; write it as 2025-01-14") from None
    start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year + 1, 1, 1)
    before = np.clip((day - start) / (end - start), 0.0, 1.0)
    if not stock_weeks >= 0:
        raise ValueError(f"stock_weeks must be 0 or more, not {stock_weeks}")
    return float(np.clip(before + stock_weeks / 52, 0.01, 1.0))


def _after_stop(draws: pd.DataFrame, remaining: float, premium: float) -> Array:
    """Output relative to no stop, one entry a draw."""
    return coal_stop(
        remaining,
        share=draws["share"],
        elasticity=draws["elasticity"],
        cost_share=draws["cost_share"],
        output_response=draws["output_response"],
        premium=premium,
    ).output


def _resample(prior: pd.DataFrame, log_weight: Array, rng: np.random.Generator) -> Posterior:
    """Resample draws in proportion to their weight, by the systematic scheme (least resampling noise)."""
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    points = (np.arange(len(weight)) + rng.uniform()) / len(weight)
    picked = np.minimum(np.searchsorted(np.cumsum(weight), points), len(weight) - 1)
    return Posterior(prior.iloc[picked].reset_index(drop=True), float(1 / (weight**2).sum()))
