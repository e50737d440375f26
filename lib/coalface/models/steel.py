"""Coking coal, coke, iron, steel and export earnings: fixed proportions beside substitution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

STAGES = ("coking_coal", "coke", "pig_iron", "steel")


def leontief_inverse(requirements: pd.DataFrame) -> pd.DataFrame:
    """Total requirements, in units of the row good per unit of final use of the column good.

    Raises
    ------
    ValueError
        If the labels of rows and columns differ, a cell is negative or missing, or more is used up than made.

    Notes
    -----
    L = (I - A)^-1, where A holds the direct requirements.

    References
    ----------
    Miller, R. E. and Blair, P. D. (2009), *Input-Output Analysis*, 2nd edition, chapter 2.

    Examples
    --------
    >>> chain = pd.DataFrame([[0.0, 1.4], [0.0, 0.0]], index=["coal", "coke"], columns=["coal", "coke"])
    >>> float(leontief_inverse(chain).loc["coal", "coke"])
    1.4
    """
    if list(requirements.index) != list(requirements.columns):
        raise ValueError("direct requirements need the same goods, in one order, in rows and columns")
    direct = requirements.to_numpy(dtype=float)
    if not np.isfinite(direct).all() or (direct < 0).any():
        raise ValueError("direct requirements must be finite and not negative")
    if len(direct) and np.abs(np.linalg.eigvals(direct)).max() >= 1:
        raise ValueError("direct requirements use up more than is made: the largest eigenvalue is 1 or more")
    total = np.linalg.inv(np.eye(len(direct)) - direct)
    return pd.DataFrame(total, index=requirements.index, columns=requirements.columns)


@dataclass(frozen=True)
class Chain:
    """Technical coefficients of the chain, in tonnes of input per tonne of output."""

    coal_per_coke: float
    coke_per_iron: float
    iron_per_steel: float

    def __post_init__(self) -> None:
        for name in ("coal_per_coke", "coke_per_iron", "iron_per_steel"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0 t/t, not {getattr(self, name)}")

    def requirements(self) -> pd.DataFrame:
        """Direct requirements of the four stages, in tonnes per tonne."""
        table = pd.DataFrame(0.0, index=list(STAGES), columns=list(STAGES))
        table.loc["coking_coal", "coke"] = self.coal_per_coke
        table.loc["coke", "pig_iron"] = self.coke_per_iron
        table.loc["pig_iron", "steel"] = self.iron_per_steel
        return table

    def coal_per_steel(self) -> float:
        """Coking coal in a tonne of steel through all stages, in tonnes."""
        total = leontief_inverse(self.requirements()).to_numpy()
        return float(total[STAGES.index("coking_coal"), STAGES.index("steel")])


@dataclass(frozen=True)
class Output:
    """Output by stage in Mt a year and the metal sold in bn USD a year."""

    coke_mt: float
    pig_iron_mt: float
    steel_mt: float
    earnings_bn_usd: float


def leontief(
    chain: Chain,
    *,
    coal_mt: float,
    coke_imports_mt: float = 0.0,
    injected_coal_t: float = 0.0,
    replacement: float = 0.8,
    usd_t: float = 0.0,
    capacity_mt: float = np.inf,
) -> Output:
    """Output of every stage in Mt a year when inputs are used in fixed proportions (elasticity zero).

    Parameters
    ----------
    coal_mt
        Coking coal at hand from all sources, Mt a year.
    coke_imports_mt
        Coke bought abroad, Mt a year.
    injected_coal_t
        Pulverised coal blown into the furnace, tonnes per tonne of iron.
    replacement
        Coke saved by a tonne of injected coal, tonnes.
    usd_t
        Metal export earnings per tonne of steel, USD.
    capacity_mt
        Most steel that the plants can make, Mt a year.

    Notes
    -----
    coke = coal / a1 + imports; iron = coke / (a2 - r i); steel = min(iron / a3, capacity).

    Examples
    --------
    >>> leontief(Chain(1.4, 0.5, 0.9), coal_mt=6.3, usd_t=500).earnings_bn_usd
    5.0
    """
    for name, value in (("coal_mt", coal_mt), ("coke_imports_mt", coke_imports_mt), ("usd_t", usd_t)):
        if not value >= 0:
            raise ValueError(f"{name} must be 0 or more, not {value}")
    coke_per_iron = chain.coke_per_iron - replacement * injected_coal_t
    if coke_per_iron <= 0:
        raise ValueError(
            f"injecting {injected_coal_t} t/t leaves no coke in the furnace; lower injected_coal_t"
        )
    coke = coal_mt / chain.coal_per_coke + coke_imports_mt
    steel = min(coke / coke_per_iron / chain.iron_per_steel, capacity_mt)
    return Output(coke, steel * chain.iron_per_steel, steel, steel * usd_t / 1000)


def ces(inputs: npt.ArrayLike, shares: npt.ArrayLike, elasticity: npt.ArrayLike) -> Array:
    """Output relative to the base year (1 = as then) from inputs relative to theirs.

    Parameters
    ----------
    inputs
        Input quantities relative to the base year, not negative; the last axis runs over inputs.
    shares
        Cost shares of the base year, above 0, which add up to 1 along the last axis.
    elasticity
        Elasticity of substitution, 0 (fixed proportions) or more; 1 is Cobb-Douglas.

    Notes
    -----
    y = (sum of a_i x_i^rho)^(1/rho) with rho = (s - 1)/s, the calibrated share form, computed with expm1 and
    log1p so that it stays exact through s = 1.

    References
    ----------
    Arrow, K. J., Chenery, H. B., Minhas, B. S. and Solow, R. M. (1961), "Capital-labor substitution and
    economic efficiency", *Review of Economics and Statistics* 43(3).

    Examples
    --------
    >>> [float(ces([0.25, 1.0], [0.5, 0.5], s)) for s in (0, 1, np.inf)]
    [0.25, 0.5, 0.625]
    """
    x, a = np.broadcast_arrays(np.asarray(inputs, float), np.asarray(shares, float))
    sigma = np.broadcast_to(np.asarray(elasticity, float), x.shape[:-1])
    if not (x >= 0).all():
        raise ValueError("inputs relative to the base year must be 0 or more and not missing")
    if not (a > 0).all() or not np.allclose(a.sum(-1), 1, atol=1e-9):
        raise ValueError("cost shares must be above 0 and add up to 1")
    if not (sigma >= 0).all():
        raise ValueError("the elasticity of substitution must be 0 or more and not missing")
    with np.errstate(all="ignore"):
        rho = np.where(np.isinf(sigma), 1.0, (sigma - 1) / sigma)
        log_x = np.log(x)
        # The leading input (smallest of complements, largest of substitutes) is taken out: no overflow.
        lead = np.where(rho < 0, log_x.min(-1), log_x.max(-1))
        gaps = np.expm1(rho[..., None] * (log_x - lead[..., None]))
        log_y = lead + np.log1p((a * gaps).sum(-1)) / rho
        log_y = np.where(rho == 0, (a * log_x).sum(-1), log_y)
        # An input that is gone stops output when inputs are complements (elasticity of 1 or less).
        gone = (x == 0).all(-1) | ((x == 0).any(-1) & (sigma <= 1))
        return np.asarray(np.where(gone, 0.0, np.where(sigma == 0, x.min(-1), np.exp(log_y))))


def second_order(log_change: npt.ArrayLike, share: npt.ArrayLike, elasticity: npt.ArrayLike) -> Array:
    """Approximate log change of output when one input falls by a log change, others as before.

    Notes
    -----
    a x + a (1 - a) (1 - 1/s) x^2 / 2: the share (Hulten) plus the curvature that complements add.

    References
    ----------
    Baqaee, D. R. and Farhi, E. (2019), "The macroeconomic impact of microeconomic shocks: beyond Hulten's
    theorem", *Econometrica* 87(4).
    """
    x, a, s = (np.asarray(value, float) for value in (log_change, share, elasticity))
    if not (s > 0).all():
        raise ValueError("the second-order term needs an elasticity above 0; at 0 use fixed proportions")
    return np.asarray(a * x + a * (1 - a) * (1 - 1 / s) * x**2 / 2)


@dataclass(frozen=True)
class Shock:
    """Steel (or iron) output and needs relative to no stop, one entry a draw: 1 is as without the stop."""

    output: Array
    other_coal: Array  # coal and coke from all other sources, relative to the base year
    unit_cost: Array  # cost of a tonne of steel, relative to the base year


def coal_stop(
    remaining: npt.ArrayLike,
    *,
    share: npt.ArrayLike,
    elasticity: npt.ArrayLike,
    cost_share: npt.ArrayLike,
    output_response: npt.ArrayLike,
    premium: npt.ArrayLike = 0.0,
) -> Shock:
    """Output relative to no stop (1 = none lost) when one mine's coal shrinks and other coal costs more.

    Parameters
    ----------
    remaining
        Coal of the mine that is left, relative to the base year, above 0.
    share
        Share of the mine in the coal supply of the base year, between 0 and 1.
    elasticity
        Elasticity of substitution between the mine's coal and coal or coke from elsewhere, above 0.
    cost_share
        Share of coal in the cost of steel, between 0 and 1.
    output_response
        Percent by which output falls when unit cost rises by one percent, above 0.
    premium
        Price of other coal above the base price, as a share (0.2 = 20 percent).

    Notes
    -----
    Coal per tonne of steel is fixed; the coal bundle is y = CES(remaining d, other m; s). Other coal can be
    bought at 1 + w, so the marginal cost of the bundle is c = (1 + w)(m/y)^(1/s), the unit cost of steel is
    u = 1 - k + k c, and output solves y = u^(-e). Elasticity to 0 gives y = d (strict complements), to
    infinity y = (1 + k w)^(-e): then only the cost of imports counts.
    """
    d, a, s, k, e, w = np.broadcast_arrays(
        *(np.asarray(v, float) for v in (remaining, share, elasticity, cost_share, output_response, premium))
    )
    checks = (
        ("remaining", d > 0),
        ("share", (a > 0) & (a < 1)),
        ("elasticity", s > 0),
        ("cost_share", (k > 0) & (k < 1)),
        ("output_response", e > 0),
        ("premium", w > -1),
    )
    for name, good in checks:
        if not good.all():
            raise ValueError(f"{name} lies outside its bounds in {int((~good).sum())} of {good.size} draws")

    low, high = np.full(d.shape, -30.0), np.full(d.shape, 30.0)
    for _ in range(70):  # bisection on log output: the excess of output over demand rises with output
        middle = (low + high) / 2
        log_cost = _log_marginal_cost(middle, d, a, s, w)[1]
        too_high = middle + e * np.log1p(k * np.expm1(np.minimum(log_cost, 700.0))) > 0
        low, high = np.where(too_high, low, middle), np.where(too_high, middle, high)
    log_y = (low + high) / 2
    log_m, log_cost = _log_marginal_cost(log_y, d, a, s, w)
    unit_cost = 1 + k * np.expm1(np.minimum(log_cost, 700.0))
    return Shock(np.exp(log_y), np.exp(np.minimum(log_m, 700.0)), unit_cost)


def _log_marginal_cost(log_y: Array, d: Array, a: Array, s: Array, w: Array) -> tuple[Array, Array]:
    """Logs of other coal needed and of the marginal cost of the bundle; infinite where out of reach."""
    with np.errstate(all="ignore"):
        rho = np.where(np.abs(s - 1) < 1e-9, 1e-9, (s - 1) / s)
        ratio = np.log(d) - log_y
        rest = (1 - a * np.exp(np.clip(rho * ratio, -700, 700))) / (1 - a)  # (m/y)^rho
        log_gap = np.log(rest) / rho
        # The mine alone fills a bundle of substitutes; where complements bind no amount of other coal helps.
        log_gap = np.where(rest > 0, log_gap, np.where(rho > 0, -700.0, np.inf))
        return log_y + log_gap, np.log1p(w) + log_gap / s


def bounds(
    remaining: npt.ArrayLike,
    *,
    share: npt.ArrayLike,
    cost_share: npt.ArrayLike,
    output_response: npt.ArrayLike,
    premium: npt.ArrayLike = 0.0,
) -> pd.DataFrame:
    """Output relative to no stop (0 to 1) under three limits, one row a draw.

    Notes
    -----
    `complements`: the lost coal cannot be replaced and is needed in proportion (elasticity 0), y = d.
    `frozen_imports`: any coal will do but no more is bought, y = a d + 1 - a: fixed proportions.
    `substitutes`: other coal is as good and to be had at 1 + w (elasticity infinite), y = (1 + k w)^(-e).
    """
    d, a, k, e, w = np.broadcast_arrays(
        *(np.asarray(v, float) for v in (remaining, share, cost_share, output_response, premium))
    )
    return pd.DataFrame(
        {
            "complements": np.atleast_1d(d),
            "frozen_imports": np.atleast_1d(a * d + 1 - a),
            "substitutes": np.atleast_1d(np.minimum((1 + k * w) ** -e, 1.0)),
        }
    )


def earnings(
    lost_mt: npt.ArrayLike, usd_t: Mapping[str, float], coal_bill_bn_usd: npt.ArrayLike, level: float = 0.9
) -> pd.DataFrame:
    """Foreign currency lost in bn USD a year, median and interval, one row a definition of metal.

    Parameters
    ----------
    lost_mt
        Steel not made because of the stop, Mt a year, one entry a draw.
    usd_t
        Export value per tonne of steel by definition of metal, USD.
    coal_bill_bn_usd
        Coal bought abroad in place of the mine's, bn USD a year, one entry a draw.

    Notes
    -----
    The loss has two parts that add up draw by draw: tonnes not sold, and coal bought instead. The medians
    need not add up; the means (`*_mean`) do.
    """
    lost, bill = np.broadcast_arrays(np.asarray(lost_mt, float), np.asarray(coal_bill_bn_usd, float))
    tails = [(1 - level) / 2, 0.5, (1 + level) / 2]
    rows = {}
    for name, price in usd_t.items():
        sold = lost * price / 1000
        parts = {"sales": sold, "coal": bill, "total": sold + bill}
        rows[name] = {
            f"{part}{end}": value
            for part, draws in parts.items()
            for end, value in zip(("_low", "", "_high"), np.quantile(draws, tails), strict=True)
        } | {f"{part}_mean": draws.mean() for part, draws in parts.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("definition")
