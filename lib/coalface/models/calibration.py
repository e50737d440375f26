"""Simulation-based calibration of the sector model to printed moments, and its checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg, stats

Array = npt.NDArray[np.float64]
Kind = Literal["share", "balance"]
SCALES: Final[dict[Kind, str]] = {"share": "share_sd_pct", "balance": "balance_sd_bn_rub"}
"""The parameter that scales the model error of each kind of moment."""
SHARED: Final = 0.85
"""Part of the variance of a share's model error that all windows of one year have in common."""


@dataclass(frozen=True)
class Moments:
    """Printed moments and how a model may miss them.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a moment: ``kind`` (``share``, percent of organisations, or ``balance``, bn RUB since
        January), ``year``, ``months`` (since January), ``value`` and ``reading_sd`` (what documents leave
        open).

    Notes
    -----
    Model error of a balance is a random walk over the months of a year: covariance s² min(m, m'), plus the
    reading error. Of a share: s² (0.85 within a year + 0.15 at each window). Errors of different years and
    kinds are independent.
    """

    table: pd.DataFrame

    def __post_init__(self) -> None:
        missing = {"kind", "year", "months", "value", "reading_sd"} - set(self.table.columns)
        if missing:
            raise ValueError(f"the table of moments lacks the columns {sorted(missing)}; add them")
        other = set(self.table["kind"]) - {"share", "balance"}
        if other:
            raise ValueError(f"moments are of kind share or balance, not {sorted(other)}")

    def of(self, kind: Kind) -> npt.NDArray[np.bool_]:
        """Which moments are of one kind."""
        return (self.table["kind"] == kind).to_numpy()

    def covariance(self, kind: Kind) -> Array:
        """Covariance of the model error at unit standard deviation."""
        rows = self.table[self.of(kind)]
        year, months = rows["year"].to_numpy(), rows["months"].to_numpy(dtype=float)
        same = year[:, None] == year
        if kind == "share":
            out: Array = SHARED * same + (1 - SHARED) * np.eye(len(rows))
            return out
        return np.asarray(np.minimum.outer(months, months) * same, dtype=float)

    def errors(self, parameters: pd.DataFrame, rng: np.random.Generator, *, reading: bool = True) -> Array:
        """Draws of the model error (with the reading error), one row for each row of `parameters`."""
        out = np.zeros((len(parameters), len(self.table)))
        for kind, name in SCALES.items():
            here = self.of(kind)
            if here.any():
                root = np.linalg.cholesky(self.covariance(kind))
                scale = parameters[name].to_numpy(dtype=float)[:, None]
                out[:, here] = scale * (rng.standard_normal((len(parameters), here.sum())) @ root.T)
        if reading:
            out += rng.standard_normal(out.shape) * self.table["reading_sd"].to_numpy(dtype=float)
        return out


class _Kernel:
    """Likelihood of printed values against one bank of simulations; what depends on the bank is kept."""

    def __init__(
        self, predicted: Array, parameters: pd.DataFrame, moments: Moments, log_odds: Array | float = 0.0
    ) -> None:
        self.parts: list[tuple[npt.NDArray[np.bool_], Array, Array, Array]] = []
        self.constant = np.zeros(len(predicted)) + log_odds
        for kind, name in SCALES.items():
            here = moments.of(kind)
            if not here.any():
                continue
            reading = np.diag(moments.table["reading_sd"].to_numpy(dtype=float)[here] ** 2)
            # In these axes the error has variance scale² + spread, whatever the scale.
            spread, axes = linalg.eigh(reading, moments.covariance(kind))
            variance = parameters[name].to_numpy(dtype=float)[:, None] ** 2 + np.clip(spread, 0, None)
            self.constant -= 0.5 * np.log(variance).sum(axis=1)
            self.parts.append((here, axes, predicted[:, here] @ axes, 0.5 / variance))

    def weights(self, values: Array) -> Array:
        """Weight of each row of the bank given the printed values; they add up to 1."""
        log = self.constant.copy()
        for here, axes, turned, half_precision in self.parts:
            log -= np.einsum("ij,ij,ij->i", miss := values[here] @ axes - turned, miss, half_precision)
        weight = np.exp(log - log.max())
        out: Array = weight / weight.sum()
        return out


@dataclass(frozen=True)
class Posterior:
    """Rows of the bank that the moments support.

    Attributes
    ----------
    rows : array of int
        Places in the bank, drawn with their weights.
    effective : float
        Effective number of draws, 1 / Σ weight².
    table : pandas.DataFrame
        Each parameter's prior and posterior: ``prior_low``, ``prior_median``, ``prior_high``, ``low``,
        ``median``, ``high`` and ``learnt``, 1 − posterior variance / prior variance (0: the moments say
        nothing).
    """

    rows: npt.NDArray[np.int_]
    effective: float
    table: pd.DataFrame


def calibrate(
    predicted: Array,
    parameters: pd.DataFrame,
    moments: Moments,
    *,
    draws: int,
    rng: np.random.Generator,
    level: float = 0.9,
    log_odds: Array | float = 0.0,
    prior: pd.DataFrame | None = None,
) -> Posterior:
    """Posterior draws of a model from a bank of simulations, by importance weights.

    Parameters
    ----------
    predicted : array
        Simulated moments, one row a draw, one column a moment.
    parameters : pandas.DataFrame
        What each row was simulated with; must hold ``share_sd_pct`` and ``balance_sd_bn_rub``.
    moments : Moments
    draws : int
        Posterior draws to return.
    rng : numpy.random.Generator
    level : float
        Probability inside the intervals of the table.
    log_odds : array
        Log of the prior over the density that each row was drawn from; zero for draws from the prior.
    prior : pandas.DataFrame, optional
        Prior draws for the table; `parameters` if left out.

    References
    ----------
    Beaumont, Zhang and Balding (2002), Approximate Bayesian computation in population genetics, Genetics 162;
    here the kernel is the stated model error, so the weights are exact for that error.
    """
    told = moments.table["value"].to_numpy(dtype=float)
    weight = _Kernel(predicted, parameters, moments, log_odds).weights(told)
    rows = rng.choice(len(weight), size=draws, p=weight)
    tail = (1 - level) / 2
    before = parameters if prior is None else prior
    ends = before.quantile([tail, 0.5, 1 - tail])
    after = parameters.iloc[rows]
    new = after.quantile([tail, 0.5, 1 - tail])
    table = pd.DataFrame(
        {
            "prior_low": ends.iloc[0], "prior_median": ends.iloc[1], "prior_high": ends.iloc[2],
            "low": new.iloc[0], "median": new.iloc[1], "high": new.iloc[2],
            "learnt": 1 - after.var() / before.var(),
        }
    )  # fmt: skip
    return Posterior(rows=rows, effective=float(1 / (weight**2).sum()), table=table)


def rank_test(
    predicted: Array,
    parameters: pd.DataFrame,
    moments: Moments,
    *,
    repeats: int,
    rng: np.random.Generator,
    draws: int = 31,
    bins: int = 8,
    effective: float = 100.0,
) -> tuple[pd.DataFrame, pd.Series, int]:
    """Ranks of known truths among posterior draws, p-values of chi-square tests, and truths passed over.

    Parameters
    ----------
    predicted, parameters, moments
        As in `calibrate`; truths are rows of the bank, left out of their own posterior.
    repeats : int
        Synthetic truths.
    draws : int
        Posterior draws per truth; ranks run from 0 to `draws`. ``draws + 1`` must be a multiple of `bins`.
    bins : int
        Bins of the histogram in the test that ranks are uniform.
    effective : float
        A truth whose data leave fewer effective draws of the bank is passed over. The choice looks at the
        data only, so ranks of the others stay uniform; with fewer draws the bank would be tested instead.

    Notes
    -----
    All truths share one bank, so their ranks are not quite independent: a p-value near the limit says little.

    References
    ----------
    Talts, Betancourt, Simpson, Vehtari and Gelman (2018), Validating Bayesian inference algorithms with
    simulation-based calibration, arXiv:1804.06788.
    """
    if (draws + 1) % bins:
        raise ValueError(f"{draws} draws do not fill {bins} bins evenly; let draws + 1 be a multiple of bins")
    truths = rng.choice(len(predicted), size=min(20 * repeats, len(predicted)), replace=False)
    errors = moments.errors(parameters.iloc[truths], rng)
    values = parameters.to_numpy(dtype=float)
    kernel = _Kernel(predicted, parameters, moments)
    ranks: list[npt.NDArray[np.int_]] = []
    passed_over = 0
    for i, truth in enumerate(truths):
        weight = kernel.weights(predicted[truth] + errors[i])
        weight[truth] = 0
        weight = weight / weight.sum()
        if (weight**2).sum() > 1 / effective:
            passed_over += 1
            continue
        kept = rng.choice(len(weight), size=draws, p=weight)
        ranks.append((values[kept] < values[truth]).sum(axis=0))
        if len(ranks) == repeats:
            break
    table = pd.DataFrame(ranks, columns=parameters.columns)
    counts = rank_counts(table, draws=draws, bins=bins)
    p = pd.Series(stats.chisquare(counts, axis=1).pvalue, index=counts.index, name="p_value")
    return table, p, passed_over


def rank_counts(ranks: pd.DataFrame, *, draws: int = 31, bins: int = 8) -> pd.DataFrame:
    """How many ranks fall into each bin, one row a parameter; equal counts where the posterior is right.

    Examples
    --------
    >>> rank_counts(pd.DataFrame({"cost": [0, 9, 31]}), bins=4).loc["cost"].tolist()
    [1, 1, 0, 1]
    """
    edges = np.arange(bins + 1) * (draws + 1) / bins - 0.5
    counts = {name: np.histogram(ranks[name], edges)[0] for name in ranks}
    return pd.DataFrame(counts, index=pd.RangeIndex(1, bins + 1, name="bin")).T


def crps(draws: Array, value: float) -> float:
    """Continuous ranked probability score of a sample, in the unit of the sample; smaller is better.

    Notes
    -----
    CRPS = E|X − y| − E|X − X'| / 2, for a single draw the absolute error.

    References
    ----------
    Gneiting and Raftery (2007), Strictly proper scoring rules, JASA 102, equation 21.

    Examples
    --------
    >>> crps(np.array([3.0]), 5.0), crps(np.array([0.0, 2.0]), 1.0)
    (2.0, 0.5)
    """
    ordered = np.sort(draws)
    n = len(ordered)
    spread = float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum()) / n**2
    return float(np.abs(ordered - value).mean()) - spread


def score(draws: Array, value: float, *, level: float = 0.9) -> dict[str, float]:
    """Median, interval, place of the outcome in the prediction (0 to 1), whether inside, and CRPS.

    Examples
    --------
    >>> found = score(np.arange(101.0), 99.0)
    >>> round(found["low"]), round(found["high"]), found["inside"]
    (5, 95, 0.0)
    """
    low, median, high = np.quantile(draws, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return {
        "low": float(low), "median": float(median), "high": float(high), "outcome": value,
        "place": float((draws < value).mean()), "inside": float(low <= value <= high),
        "crps": crps(draws, value),
    }  # fmt: skip
