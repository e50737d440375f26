"""Interest cover, debt under a rate path, and how much of a loss interest can explain at most."""

from __future__ import annotations

import math
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


@dataclass(frozen=True)
class Explained:
    """How much of a loss a cost can explain at most; `share` lies between 0 and 1, `ratio` is not capped."""

    loss: float
    cost: float

    @property
    def ratio(self) -> float:
        """The cost as a multiple of the loss."""
        return self.cost / self.loss

    @property
    def share(self) -> float:
        """The largest share of the loss that the cost can explain."""
        return min(1.0, self.ratio)

    @property
    def left(self) -> float:
        """The loss that would remain without any of the cost, at least 0."""
        return max(0.0, self.loss - self.cost)


def most_explained(net_result: float, interest: float) -> Explained:
    """Upper bound on the share of a loss, 0 to 1, that interest can explain; both in one currency and period.

    Raises
    ------
    ValueError
        If the result is not a loss, or interest is below zero.

    Notes
    -----
    share <= interest / loss. Had the firm paid no interest at all, its result before tax would be better by
    the interest bill, and its result after tax by no more than that, since interest also saves tax. So this
    is the most that all interest explains; what a rise of rates explains is less. A bill that is itself an
    upper bound keeps the result an upper bound.

    Examples
    --------
    Interest of 27 against a loss of 40 explains at most two thirds of it:

    >>> round(most_explained(-40.0, 27.0).share, 3), most_explained(-40.0, 27.0).left
    (0.675, 13.0)
    """
    if not net_result < 0:
        raise ValueError(f"a share of a loss needs a loss; the result is {net_result}")
    if not interest >= 0:
        raise ValueError(f"interest is a cost of 0 or more; got {interest}")
    return Explained(-net_result, interest)


def loss_bounds(accounts: pd.DataFrame, gross_debt: pd.DataFrame, lending_pct: pd.Series) -> pd.DataFrame:
    """How much of each loss interest can explain at most, bn RUB, one row a firm and period with a loss.

    Parameters
    ----------
    accounts : pandas.DataFrame
        As for `interest_cover`, with end, months and net_result_bn_rub.
    gross_debt : pandas.DataFrame
        Columns firm, date, gross_debt_bn_rub.
    lending_pct : pandas.Series
        Market rate on loans to firms by month, percent.

    Returns
    -------
    pandas.DataFrame
        Columns months, loss, interest, basis ("narrow", "wide" or "bound"), share (0 to 1), left,
        operating.

    Notes
    -----
    Interest is that of the accounts where it is printed, the narrow one first. Where it is not, it is
    bounded by the larger of two: the highest yearly bill on the firm's record, and the largest gross debt
    known within a year of the period at the period's mean market rate. A period with neither is left out.
    """
    rows = {}
    losses = accounts[accounts["net_result_bn_rub"] < 0]
    for (firm, period), (_, row) in zip(losses.index, losses.iterrows(), strict=True):
        printed = {kind: float(row[f"interest_{kind}_bn_rub"]) for kind in ("narrow", "wide")}
        printed = {kind: bill for kind, bill in printed.items() if bill >= 0}
        bound = _bill_bound(accounts.loc[firm], row, gross_debt[gross_debt["firm"] == firm], lending_pct)
        basis, bill = next(iter(printed.items()), ("bound", bound))
        if math.isnan(bill):
            continue
        found = most_explained(float(row["net_result_bn_rub"]), bill)
        values = (row["months"], found.loss, bill, basis, found.share, found.left, row["operating_bn_rub"])
        rows[(firm, period)] = values
    names = ["months", "loss", "interest", "basis", "share", "left", "operating"]
    index = pd.MultiIndex.from_tuples(list(rows), names=["firm", "period"])
    return pd.DataFrame(list(rows.values()), index=index, columns=names)


def _bill_bound(own: pd.DataFrame, row: pd.Series, debt: pd.DataFrame, lending_pct: pd.Series) -> float:
    """Return the most that interest can have been in a period, bn RUB, NaN where the record is too thin."""
    if debt.empty or lending_pct.empty:
        return math.nan
    months, end = int(row["months"]), pd.Period(row["end"], "M")
    since = pd.PeriodIndex(debt["date"], freq="M").astype("int64") - end.ordinal
    nearby = debt.loc[(since >= -months - 12) & (since <= 12), "gross_debt_bn_rub"]
    market = lending_pct[(lending_pct.index > end - months) & (lending_pct.index <= end)]
    record = own[[f"interest_{kind}_bn_rub" for kind in DEFINITIONS]].max().max() * months / 12
    if nearby.empty or market.empty or math.isnan(record):
        return math.nan
    return max(float(record), interest_bound(float(nearby.max()), float(market.mean()), months=months))


def interest_bound(gross_debt: float, rate_pct: float, *, months: int) -> float:
    """Most interest that a debt can have cost, in its currency: all of it at a market rate.

    Examples
    --------
    >>> interest_bound(100.0, 20.0, months=6)
    10.0
    """
    if gross_debt < 0 or rate_pct < 0:
        raise ValueError(f"debt and rate must be 0 or more; got {gross_debt} and {rate_pct} percent")
    return gross_debt * rate_pct / 100 * months / 12


def bill_of_rise(net_debt: float, rise_pct: float, *, months: int, pass_through: float = 1.0) -> float:
    """Interest, in the debt's currency, that a rise of the key rate adds once all of it is repriced.

    Examples
    --------
    >>> bill_of_rise(250.0, 12.0, months=6)
    15.0
    """
    return net_debt * rise_pct / 100 * pass_through * months / 12


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
