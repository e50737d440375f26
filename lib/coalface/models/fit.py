"""The sector model calibrated, and its predictions scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coalface.models import sector
from coalface.models.calibration import Moments, Posterior, calibrate, score
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
    predicted : array
        One row a prior draw, one column a moment.
    parameters : pandas.DataFrame
        Parameters of each row.
    behind : array of int
        Draw of the stack behind each row.
    """

    stack: Stack
    moments: Moments
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
    return Bank(stack, table, *sector.bank(stack, priors, table.table, pairs=pairs, rng=rng))


def condition(simulated: Bank, *, until: int, draws: int, rng: np.random.Generator) -> Fit:
    """Calibrate the sector to the moments of the years up to `until`, and only to those."""
    known = (simulated.moments.table["year"] <= until).to_numpy()
    moments = Moments(simulated.moments.table[known].reset_index(drop=True))
    predicted, parameters = simulated.predicted[:, known], simulated.parameters
    posterior = calibrate(predicted, parameters, moments, draws=draws, rng=rng)
    taken = simulated.stack.take(simulated.behind[posterior.rows])
    return Fit(
        stack=taken,
        theta=parameters.iloc[posterior.rows].reset_index(drop=True),
        base_netback_rub_t=sector.base_netback(taken),
        posterior=posterior,
        moments=moments,
        predicted=predicted,
        parameters=parameters,
    )


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
    table = Moments(moments.reset_index(drop=True).assign(value=0.0, reading_sd=0.0)).table
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
