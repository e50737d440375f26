"""The sector model calibrated, and its predictions scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from coalface.models import sector
from coalface.models.calibration import Moments, Posterior, calibrate, score
from coalface.models.netbacks import sample
from coalface.models.stack import Stack

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A calibrated sector: row i of `theta` belongs to draw i of `stack`.

    Attributes
    ----------
    stack : Stack
        Cost stack of each posterior draw.
    theta : pandas.DataFrame
        Parameters of each posterior draw.
    base_netback_rub_t : array
        Netback of each draw and segment in the base year.
    posterior : Posterior
    moments : Moments
        What it was calibrated to.
    predicted, parameters
        The bank of simulations behind it, for `calibration.rank_test`.
    """

    stack: Stack
    theta: pd.DataFrame
    base_netback_rub_t: Array
    posterior: Posterior
    moments: Moments
    predicted: Array
    parameters: pd.DataFrame

    def outcome(self, start: str, end: str) -> sector.Outcome:
        """Net result, share of loss-makers and tonnes under water of the months from `start` to `end`."""
        return sector.outcome(sector.window(self.stack, start, end), self.base_netback_rub_t, self.theta)


@dataclass(frozen=True)
class Bank:
    """Simulated moments of many prior draws; one bank can be conditioned on any part of its moments.

    Attributes
    ----------
    stack : Stack
    moments : Moments
    priors : pandas.DataFrame
    predicted : array
        One row a prior draw, one column a moment.
    parameters : pandas.DataFrame
        Parameters of each row.
    behind : array of int
        Draw of the stack behind each row.
    """

    stack: Stack
    moments: Moments
    priors: pd.DataFrame
    predicted: Array
    parameters: pd.DataFrame
    behind: npt.NDArray[np.int_]


def bank(
    stack: Stack,
    assumptions: pd.DataFrame,
    moments: pd.DataFrame,
    *,
    rng: np.random.Generator,
    pairs: int = 80,
) -> Bank:
    """Simulate the moments for many prior draws, bn RUB and percent.

    Parameters
    ----------
    stack : Stack
    assumptions : pandas.DataFrame
        Priors are the rows of the role "learnt"; fix one by giving it equal ``low``, ``mode`` and ``high``.
    moments : pandas.DataFrame
        ``kind``, ``start``, ``end``, ``year``, ``months``, ``value``, ``reading_sd``; may be empty.
    rng : numpy.random.Generator
    pairs : int
        Prior draws of the parameters for each draw of the stack.
    """
    table = Moments(moments.reset_index(drop=True))
    priors = assumptions[assumptions["role"] == "learnt"]
    behind = np.tile(np.arange(len(stack.draws)), pairs)
    theta = sample(priors, len(behind), rng)
    return Bank(stack, table, priors, sector.moments_of(stack, theta, behind, table.table), theta, behind)


def condition(simulated: Bank, *, until: int, draws: int, rng: np.random.Generator) -> Fit:
    """Calibrate the sector to the moments of the years up to `until`, and only to those.

    Notes
    -----
    Population Monte Carlo: the weights of the bank place a Student's t over the parameters (as normal scores
    of their priors), from which a denser bank is drawn, twice over; its weights are prior over t times the
    likelihood. The last bank has more effective draws, and the posterior is the same.

    References
    ----------
    Cappé, Guillin, Marin and Robert (2004), Population Monte Carlo, JCGS 13(4), 907-929.
    """
    known = (simulated.moments.table["year"] <= until).to_numpy()
    moments = Moments(simulated.moments.table[known].reset_index(drop=True))
    predicted, parameters = simulated.predicted[:, known], simulated.parameters
    posterior = calibrate(predicted, parameters, moments, draws=draws, rng=rng)
    found, behind = parameters, simulated.behind
    for _ in range(2):
        found, log_odds = _aim(simulated.priors, found.iloc[posterior.rows], len(parameters) // 4, rng)
        behind = simulated.behind[: len(found)]
        dense = sector.moments_of(simulated.stack, found, behind, moments.table)
        posterior = calibrate(
            dense, found, moments, draws=draws, rng=rng, log_odds=log_odds, prior=parameters
        )
    taken = simulated.stack.take(behind[posterior.rows])
    return Fit(
        stack=taken,
        theta=found.iloc[posterior.rows].reset_index(drop=True),
        base_netback_rub_t=sector.base_netback(taken),
        posterior=posterior,
        moments=moments,
        predicted=predicted,
        parameters=parameters,
    )


def _aim(
    priors: pd.DataFrame, around: pd.DataFrame, size: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, Array]:
    """Draws from a t around some posterior draws, and the log of the prior over that t at each."""
    free = [str(name) for name in priors.index[priors["low"] < priors["high"]]]
    low, mode, high = (priors.loc[free, name].to_numpy(dtype=float) for name in ("low", "mode", "high"))
    shape = stats.triang((mode - low) / (high - low), loc=low, scale=high - low)
    edge = 1e-9
    score = stats.norm.ppf(np.clip(shape.cdf(around[free].to_numpy(dtype=float)), edge, 1 - edge))
    aim = stats.multivariate_t(score.mean(axis=0), 1.2 * np.cov(score.T), df=5, seed=rng)
    drawn = aim.rvs(size)
    log_odds: Array = stats.norm.logpdf(drawn).sum(axis=1) - aim.logpdf(drawn)
    found = pd.DataFrame(shape.ppf(stats.norm.cdf(drawn)), columns=free)
    fixed = {str(name): float(priors.loc[name, "mode"]) for name in priors.index.difference(free)}
    return found.assign(**fixed)[list(priors.index)], log_odds


def fit(
    stack: Stack,
    assumptions: pd.DataFrame,
    moments: pd.DataFrame,
    *,
    draws: int,
    rng: np.random.Generator,
    pairs: int = 80,
) -> Fit:
    """Calibrate the sector to all moments given: `bank` and `condition` in one step."""
    simulated = bank(stack, assumptions, moments, rng=rng, pairs=pairs)
    return condition(simulated, until=int(moments["year"].max()) if len(moments) else 0, draws=draws, rng=rng)


def predict(fitted: Fit, moments: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Predictive draws of printed moments, model error included; columns by ``kind`` and ``end``.

    `moments` needs ``kind``, ``start``, ``end``, ``year`` and ``months``.
    """
    table = moments.reset_index(drop=True).assign(value=0.0, reading_sd=0.0)
    out = Moments(table).errors(fitted.theta, rng, reading=False)
    for (start, end), group in table.groupby(["start", "end"]):
        found = fitted.outcome(str(start), str(end))
        for place in group.index:
            share = table["kind"].iloc[place] == "share"
            out[:, place] += found.lossmaking_pct if share else found.net_bn_rub
    return pd.DataFrame(out, columns=pd.MultiIndex.from_frame(table[["kind", "end"]]))


def scorecard(drawn: pd.DataFrame, moments: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Each printed moment beside the draws of `predict`: interval, median, whether inside, place and CRPS."""
    kept = moments.reset_index(drop=True)
    rows = [
        score(drawn[(kind, end)].to_numpy(), float(value), level=level)
        for kind, end, value in zip(kept["kind"], kept["end"], kept["value"], strict=True)
    ]
    columns = ["low", "median", "high", "outcome", "place", "inside", "crps"]
    card = kept[["kind", "start", "end", "months"]].join(pd.DataFrame(rows, columns=columns))
    return card.astype({"inside": bool})
