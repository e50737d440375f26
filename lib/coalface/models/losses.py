"""How much of a loss interest can explain at most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from coalface.models.debt import DEFINITIONS


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
        Columns end, months, loss, interest, basis ("narrow", "wide" or "bound"), share (0 to 1), left,
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
        about = (row["end"], row["months"], found.loss, bill, basis)
        rows[(firm, period)] = (*about, found.share, found.left, row["operating_bn_rub"])
    names = ["end", "months", "loss", "interest", "basis", "share", "left", "operating"]
    index = pd.MultiIndex.from_tuples(list(rows), names=["firm", "period"])
    return pd.DataFrame(list(rows.values()), index=index, columns=names)


def newest(bounds: pd.DataFrame, firms: Sequence[str]) -> pd.DataFrame:
    """One row a firm of `loss_bounds`: the newest period that all firms share, else the newest of each.

    A firm without a row is left out; column period is added.
    """
    table: pd.DataFrame = bounds.reset_index("period")
    table = table[table.index.isin(list(firms))]
    shared = table.groupby("period").size()
    common = [p for p in table["period"] if shared[p] == len(firms)]
    if common:
        table = table[table["period"] == common[-1]]
    last: pd.DataFrame = table[~table.index.duplicated(keep="last")]
    return last.reindex([f for f in firms if f in last.index])


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


def rise_explained(
    bounds: pd.DataFrame, net_debt: dict[str, float], key_pct: pd.Series, *, before: tuple[str, str]
) -> pd.DataFrame:
    """How much of a loss the rise of the key rate can explain at most, one row a firm with net debt.

    Parameters
    ----------
    bounds : pandas.DataFrame
        From `newest`, one row a firm.
    net_debt : dict
        By firm, bn RUB.
    key_pct : pandas.Series
        Key rate by month, percent.
    before : tuple of str
        First and last month of the time to compare with.

    Returns
    -------
    pandas.DataFrame
        Columns key_then and key_before (percent), bill (bn RUB) and share (0 to 1) of the loss.

    Notes
    -----
    bill = net debt x (mean key rate of the period - that of before) x months / 12, as if the whole debt had
    carried the whole rise from the first day; share = min(1, bill / loss).
    """
    low = float(key_pct.loc[before[0] : before[1]].mean())
    rows = {}
    for firm, row in bounds[bounds.index.isin(list(net_debt))].iterrows():
        last = pd.Period(row["end"], "M")
        then = float(key_pct.loc[last - int(row["months"]) + 1 : last].mean())
        bill = bill_of_rise(net_debt[str(firm)], max(then - low, 0.0), months=int(row["months"]))
        rows[firm] = (then, low, bill, most_explained(-float(row["loss"]), bill).share)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["key_then", "key_before", "bill", "share"])
