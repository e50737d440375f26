"""Interest cover, and a debt under a path of the key rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

Array = np.ndarray
DEFINITIONS = ("wide", "narrow")


def interest_cover(accounts: pd.DataFrame) -> pd.DataFrame:
    """Earnings as a multiple of interest, by firm and period, one column a definition of interest.

    Parameters
    ----------
    accounts : pandas.DataFrame
        Indexed by firm and period; columns ebitda_bn_rub, operating_bn_rub, interest_wide_bn_rub and
        interest_narrow_bn_rub, NaN where not known.

    Returns
    -------
    pandas.DataFrame
        Columns ebitda_wide, ebitda_narrow, operating_wide, operating_narrow: ratios, NaN where either part
        is not known or no interest was paid. Rows without any ratio are left out.

    Notes
    -----
    Wide interest is the finance cost of the accounts, fines on old loans and leases included; narrow
    interest is what the loans of the year cost. A ratio of one must not be set beside a ratio of the other.
    Cover of EBITDA asks whether interest could be paid, cover of operating income whether it was also
    earned after wear.

    Examples
    --------
    >>> row = {"ebitda_bn_rub": 60.0, "operating_bn_rub": 30.0, "interest_wide_bn_rub": 30.0}
    >>> frame = pd.DataFrame([row | {"interest_narrow_bn_rub": np.nan}], index=["2024"])
    >>> interest_cover(frame)[["ebitda_wide", "operating_wide"]].to_numpy().tolist()
    [[2.0, 1.0]]
    """
    out = {}
    for earnings in ("ebitda", "operating"):
        for kind in DEFINITIONS:
            bill = accounts[f"interest_{kind}_bn_rub"]
            if (bill < 0).any():
                raise ValueError(
                    f"interest is a cost: {kind} interest of {bill.idxmin()} is {bill.min()}, below zero"
                )
            out[f"{earnings}_{kind}"] = accounts[f"{earnings}_bn_rub"] / bill.where(bill > 0)
    return pd.DataFrame(out).dropna(how="all")


def cover_from_leverage(net_debt_to_ebitda: float, rate_pct: float) -> float:
    """EBITDA as a multiple of yearly interest that a net debt ratio and a rate imply.

    Notes
    -----
    EBITDA / (rate x net debt) = 1 / (rate x ratio).

    Examples
    --------
    >>> cover_from_leverage(5.0, 20.0)
    1.0
    """
    if net_debt_to_ebitda <= 0 or rate_pct <= 0:
        raise ValueError(f"ratio and rate must be above 0; got {net_debt_to_ebitda} and {rate_pct} percent")
    return 1 / (net_debt_to_ebitda * rate_pct / 100)


def refinanced_shares(mean: float, *, draws: int, rng: np.random.Generator, spread: float = 0.15) -> Array:
    """Draw the share of debt, 0 to 1, that is priced anew within twelve months: a Beta law around `mean`.

    Raises
    ------
    ValueError
        If the mean is not strictly between 0 and 1, or the spread is too wide for it.
    """
    if not 0 < mean < 1:
        raise ValueError(f"the refinanced share must lie between 0 and 1; got {mean}")
    size = mean * (1 - mean) / spread**2 - 1
    if size <= 0:
        raise ValueError(f"a standard deviation of {spread} is too wide for a share of {mean}")
    return rng.beta(mean * size, (1 - mean) * size, size=draws)


def cost_path_pct(
    cost_pct: float, key_then_pct: float, key_pct: Array, shares: Array, pass_through: Array
) -> Array:
    """Average cost of debt by month, percent (draw, month), as loans are priced anew on a path.

    Parameters
    ----------
    cost_pct, key_then_pct : float
        Average cost of the debt on a day, and the key rate of that day.
    key_pct : numpy.ndarray
        Key rate by month after that day, (month) or (draw, month).
    shares, pass_through : numpy.ndarray
        Share priced anew within a year and points of lending rate a point of key rate, one a draw.

    Notes
    -----
    m_t = cost + p (key_t - key_then) is the price of new loans; each month a share h of the old ones is
    replaced, c_t = c_{t-1} + h (m_t - c_{t-1}), with 1 - (1 - h)^12 the share of a year.
    """
    hazard = (1 - (1 - shares) ** (1 / 12))[:, None]
    price = cost_pct + pass_through[:, None] * (
        np.broadcast_to(key_pct, (len(shares), np.shape(key_pct)[-1])) - key_then_pct
    )
    out = np.empty_like(price)
    now = np.full(len(shares), cost_pct)
    for t in range(price.shape[1]):
        now = now + hazard[:, 0] * (price[:, t] - now)
        out[:, t] = now
    return out


@dataclass(frozen=True)
class Stress:
    """What a path of the key rate makes of a debt over a year, each number as median and 90 percent interval.

    `bill` is the yearly interest, which is also the EBITDA at which interest is just covered; `cover` is
    one multiple for each EBITDA asked about.
    """

    cost_pct: tuple[float, float, float]
    bill: tuple[float, float, float]
    cover: dict[str, tuple[float, float, float]]


def _summary(values: Array) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return float(middle), float(low), float(high)


def stress(net_debt: float, cost_pct: Array, ebitda: dict[str, float]) -> Stress:
    """Interest of twelve months, break-even EBITDA and interest cover, in the debt's currency.

    Parameters
    ----------
    net_debt : float
        Debt less cash, held constant.
    cost_pct : numpy.ndarray
        Average cost by month of the twelve months looked at, (draw, 12), from `cost_path_pct`.
    ebitda : dict
        Yearly EBITDA to measure the cover against, by name.
    """
    if net_debt <= 0:
        raise ValueError(f"net debt of {net_debt}: a firm without net debt has no interest to stress")
    if cost_pct.shape[1] != 12:
        raise ValueError(f"interest of a year needs 12 months; got {cost_pct.shape[1]}")
    cost = cost_pct.mean(axis=1)
    bill = net_debt * cost / 100
    return Stress(_summary(cost), _summary(bill), {k: _summary(v / bill) for k, v in ebitda.items()})


def ebitda_cases(own: pd.DataFrame) -> dict[str, float]:
    """Yearly EBITDA to measure a bill against, bn RUB: of the last full year, and twice the last half.

    Parameters
    ----------
    own : pandas.DataFrame
        Accounts of one firm by period, with months and ebitda_bn_rub, oldest first.
    """
    known = own.dropna(subset=["ebitda_bn_rub"])
    cases = {}
    for months, words in ((12, "EBITDA of {}"), (6, "twice the {}")):
        last = known[known["months"] == months].tail(1)
        for period, value in last["ebitda_bn_rub"].items():
            cases[words.format(period)] = float(value) * 12 / months
    return cases


def stress_paths(
    loan: pd.Series,
    key_pct: pd.Series,
    futures: Mapping[str, Array],
    shares: Array,
    pass_through: Array,
    ebitda: dict[str, float],
) -> pd.DataFrame:
    """Interest of the next twelve months under each path, in the currency of the debt, one row a path.

    Parameters
    ----------
    loan : pandas.Series
        net_debt_bn_rub, cost_pct, cost_date (YYYY-MM-DD) and key_then_pct, the key rate of that day.
    key_pct : pandas.Series
        Key rate by month up to now, percent.
    futures : mapping
        By name: key rate of the coming months, (draw, month), at least twelve months.

    Returns
    -------
    pandas.DataFrame
        Columns cost_pct, bill, bill_low, bill_high (90 percent) and one cover for each EBITDA. The bill is
        the EBITDA at which interest is just covered.
    """
    since = key_pct[key_pct.index > pd.Period(loan["cost_date"], "M")].to_numpy(float)
    past = np.broadcast_to(since, (len(shares), len(since)))
    cost, then = float(loan["cost_pct"]), float(loan["key_then_pct"])
    rows = {}
    for name, key in futures.items():
        path = cost_path_pct(cost, then, np.hstack([past, key[:, :12]]), shares, pass_through)
        found = stress(float(loan["net_debt_bn_rub"]), path[:, -12:], ebitda)
        rows[name] = {"cost_pct": found.cost_pct[0]} | dict(
            zip(("bill", "bill_low", "bill_high"), found.bill, strict=True)
        )
        rows[name] |= {case: cover[0] for case, cover in found.cover.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("path")


def follow_slope(cost_pct: pd.Series, key_pct: pd.Series) -> tuple[float, float]:
    """Points of a firm's cost of debt a point of key rate, year on year, and its standard error.

    Notes
    -----
    Slope through the origin of the yearly changes; with a handful of years this is a check, not an
    estimate.
    """
    both = pd.concat([cost_pct.rename("cost"), key_pct.rename("key")], axis=1).dropna().diff().dropna()
    if len(both) < 3:
        raise ValueError(f"{len(both)} yearly changes are known; a slope needs 3")
    cost, key = both["cost"].to_numpy(float), both["key"].to_numpy(float)
    square = float(key @ key)
    slope = float(key @ cost) / square
    rest = cost - slope * key
    return slope, math.sqrt(float(rest @ rest) / (len(both) - 1) / square)
