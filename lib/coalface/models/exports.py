"""Exports described: who buys, what an export bill is made of, and what moved where."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Label = int | str | pd.Period
FACTORS = ("exchange_rate", "volume", "mix", "price")


def herfindahl(shares: pd.Series) -> float:
    """Herfindahl-Hirschman index of partner shares, between 1/n and 1.

    Parameters
    ----------
    shares : pandas.Series
        Non-negative shares which add up to 1, one per partner.

    Raises
    ------
    ValueError
        If a share is negative or missing, or the sum is not 1 (tolerance 1e-9).

    Notes
    -----
    HHI = sum of squared shares; 1/HHI reads as "as if n equal partners".

    Examples
    --------
    >>> herfindahl(pd.Series({"A": 0.5, "B": 0.5}))
    0.5
    """
    if shares.isna().any() or (shares < 0).any():
        bad = shares[shares.isna() | (shares < 0)].index[0]
        raise ValueError(f"the share of {bad!r} is missing or negative; drop it or fill it before")
    if abs(float(shares.sum()) - 1) > 1e-9:
        raise ValueError(f"shares add up to {shares.sum():.9g}, not to 1; divide them by their sum")
    return float((shares**2).sum())


@dataclass(frozen=True)
class Concentration:
    """How much hangs on few buyers: HHI (0 to 1), its reciprocal, the largest buyer, shares (0 to 1)."""

    hhi: float
    equal_partners: float
    largest: str
    largest_share: float
    largest_three_share: float


def concentration(amounts: pd.Series) -> Concentration:
    """Concentration of one period's amounts over partners (shares between 0 and 1).

    Parameters
    ----------
    amounts : pandas.Series
        Non-negative tonnes, joules or money by partner, in one unit; a missing partner is refused.

    Examples
    --------
    >>> concentration(pd.Series({"china": 6.0, "india": 3.0, "turkey": 1.0})).largest_share
    0.6
    """
    total = float(amounts.sum(skipna=False))
    if not np.isfinite(total) or total <= 0:
        raise ValueError(
            "amounts by partner have a gap or add up to nothing; choose a period with all partners"
        )
    shares = amounts / total
    hhi = herfindahl(shares)
    ranked = shares.sort_values(ascending=False)
    return Concentration(
        hhi, 1 / hhi, str(ranked.index[0]), float(ranked.iloc[0]), float(ranked.iloc[:3].sum())
    )


@dataclass(frozen=True)
class Split:
    """A change in value and its parts, all in the same money; parts (item by effect) add up to the change."""

    before: float
    after: float
    parts: pd.DataFrame
    method: str

    @property
    def change(self) -> float:
        """Value after less value before."""
        return self.after - self.before

    @property
    def effects(self) -> pd.Series:
        """The change by effect: exchange_rate, volume, mix, price."""
        return self.parts.sum().rename("effect")

    @property
    def residual(self) -> float:
        """What the parts leave unexplained: nothing but rounding of the machine."""
        return float(self.effects.sum() - self.change)


def split_change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    rate_before: float = 1.0,
    rate_after: float = 1.0,
    method: Literal["bennet", "lmdi"] = "bennet",
) -> Split:
    """Exact split of a change in trade value, in the money of `value` times the rate.

    Parameters
    ----------
    before, after : pandas.DataFrame
        One row a destination or grade, columns `volume` (tonnes, any mass unit) and `value` (money of the
        invoice). A row of one table that the other lacks counts as zero there.
    rate_before, rate_after : float
        Home money for one unit of invoice money; leave both at 1 to split in invoice money.
    method : {"bennet", "lmdi"}
        Bennet (symmetric, no logarithms) or the logarithmic mean Divisia index as a cross-check.

    Notes
    -----
    Value is ``V = e * Q * sum_i s_i p_i``: exchange rate, total volume, share of item i and its price.
    Bennet's rule gives each factor its change at the mean of the other factors; with more than two factors
    the mean runs over all orders of change (Shapley weights), which keeps it exact and symmetric.
    LMDI gives factor x the part ``L(v1, v0) ln(x1 / x0)`` with L the logarithmic mean.
    An item traded in one period only has no price in the other: it keeps the price that it has, so that
    entry and exit are mix, never price.

    References
    ----------
    Bennet, T. L. (1920). The theory of measurement of changes in cost of living. JRSS 83, 455-462.
    Sun, J. W. (1998). Changes in energy consumption and energy intensity. Energy Economics 20, 85-100.
    Ang, B. W. (2005). The LMDI approach to decomposition analysis. Energy Policy 33, 867-871.

    Examples
    --------
    >>> old = pd.DataFrame({"volume": [10.0, 10.0], "value": [1000.0, 500.0]}, index=["eu", "china"])
    >>> new = pd.DataFrame({"volume": [0.0, 30.0], "value": [0.0, 1800.0]}, index=["eu", "china"])
    >>> split = split_change(old, new)
    >>> split.change, round(abs(split.residual), 9)
    (300.0, 0.0)
    """
    for label, rate in (("before", rate_before), ("after", rate_after)):
        if not (np.isfinite(rate) and rate > 0):
            raise ValueError(f"the exchange rate {label} is {rate}; it must be a positive number")
    items = before.index.union(after.index, sort=False)
    old, new = (_trade(t, items, label) for t, label in ((before, "before"), (after, "after")))
    traded = (old["volume"] > 0) | (new["volume"] > 0)
    old, new = old[traded], new[traded]
    factors0, factors1 = _factors(old, new, rate_before), _factors(new, old, rate_after)
    parts = (_shapley if method == "bennet" else _lmdi)(factors0, factors1)
    return Split(
        float(old["value"].sum()) * rate_before,
        float(new["value"].sum()) * rate_after,
        pd.DataFrame(parts.T, index=old.index, columns=list(FACTORS)),
        method,
    )


def _trade(table: pd.DataFrame, items: pd.Index, label: str) -> pd.DataFrame:
    missing = {"volume", "value"} - set(table.columns)
    if missing:
        raise ValueError(f"the table {label} lacks the column {sorted(missing)[0]!r}")
    if not table.index.is_unique:
        raise ValueError(f"the table {label} names {table.index[table.index.duplicated()][0]!r} twice")
    numbers = table[["volume", "value"]].astype(float)
    sound = (numbers >= 0) & (numbers < np.inf)
    bad = ~sound.all(axis=1)
    if bad.any():
        raise ValueError(f"the table {label} has a gap or a negative number at {table.index[bad][0]!r}")
    odd = (numbers["volume"] > 0) != (numbers["value"] > 0)
    if odd.any():
        raise ValueError(
            f"the table {label} has volume without value, or the reverse, at {table.index[odd][0]!r}"
        )
    if numbers["volume"].sum() == 0:
        raise ValueError(f"the table {label} holds no trade at all")
    return numbers.reindex(items, fill_value=0.0)


def _factors(own: pd.DataFrame, other: pd.DataFrame, rate: float) -> NDArray[np.float64]:
    price = own["value"].div(own["volume"]).where(own["volume"] > 0, other["value"].div(other["volume"]))
    total = float(own["volume"].sum())
    return np.vstack(
        [
            np.full(len(own), rate),
            np.full(len(own), total),
            (own["volume"] / total).to_numpy(),
            price.to_numpy(),
        ]
    )


def _shapley(x0: NDArray[np.float64], x1: NDArray[np.float64]) -> NDArray[np.float64]:
    n = len(x0)
    parts = np.zeros_like(x0)
    for k in range(n):
        others = [j for j in range(n) if j != k]
        for size in range(n):
            weight = 1 / (n * comb(n - 1, size))
            for moved in combinations(others, size):
                rest = np.prod([x1[j] if j in moved else x0[j] for j in others], axis=0)
                parts[k] += weight * rest * (x1[k] - x0[k])
    return parts


def _lmdi(x0: NDArray[np.float64], x1: NDArray[np.float64]) -> NDArray[np.float64]:
    v0, v1 = x0.prod(axis=0), x1.prod(axis=0)
    parts = np.zeros_like(x0)
    live = (v0 > 0) & (v1 > 0)
    ratio = np.log(v1[live] / v0[live])
    # The mean of two equal numbers is that number; the quotient would be 0/0 there.
    near = np.abs(ratio) < 1e-9
    mean = np.where(near, (v0 + v1)[live] / 2, (v1 - v0)[live] / np.where(near, 1.0, ratio))
    parts[:, live] = mean * np.log(x1[:, live] / x0[:, live])
    # Limit of the logarithmic mean for a share that goes to or comes from zero: all of it is mix.
    parts[FACTORS.index("mix"), ~live] = (v1 - v0)[~live]
    return parts


@dataclass(frozen=True)
class Redirection:
    """What left one group of buyers and what arrived at the others, in the unit of the table."""

    before: str
    after: str
    lost: float
    gained: float
    share: float
    changes: pd.Series
    share_before: float
    share_after: float


def redirection(amounts: pd.DataFrame, leaving: list[str], before: Label, after: Label) -> Redirection:
    """Share of a lost outlet that turned up with other buyers (0 is none, 1 is all, above 1 is more).

    Parameters
    ----------
    amounts : pandas.DataFrame
        Periods by destination, one unit, no gap in the two periods compared.
    leaving : list of str
        Columns that are the closing outlet.
    before, after : label
        Two labels of the index.

    Notes
    -----
    An accounting share, not a cause: other buyers may have grown for reasons of their own.

    Examples
    --------
    >>> t = pd.DataFrame({"eu": [50.0, 0.0], "china": [50.0, 90.0]}, index=[2021, 2023])
    >>> redirection(t, ["eu"], 2021, 2023).share
    0.8
    """
    unknown = [c for c in leaving if c not in amounts.columns]
    if unknown:
        raise ValueError(
            f"no destination {unknown[0]!r}; the table has {', '.join(map(str, amounts.columns))}"
        )
    pair = amounts.reindex([before, after]).astype(float)
    for label, row in zip((before, after), (pair.iloc[0], pair.iloc[1]), strict=True):
        if label not in amounts.index:
            span = f"{amounts.index[0]} to {amounts.index[-1]}"
            raise ValueError(f"no period {label} in the table; it runs {span}")
        if row.isna().any():
            gap = row.index[row.isna()][0]
            raise ValueError(f"{gap!r} has no figure in {label}; choose another period or drop it")
    first, last = pair.iloc[0], pair.iloc[1]
    changes = (last - first).rename("change")
    lost = -float(changes[leaving].sum())
    gained = float(changes.drop(leaving).sum())
    return Redirection(
        str(before),
        str(after),
        lost,
        gained,
        gained / lost if lost > 0 else float("nan"),
        changes,
        float(first[leaving].sum() / first.sum()),
        float(last[leaving].sum() / last.sum()),
    )


def redirections(areas: pd.DataFrame, leaving: list[str], year: str = "2022") -> list[Redirection]:
    """Redirection from the last year before `year` to the first and to the last after it, where known."""
    turn = pd.Period(year, "Y")
    before, after = areas.index[areas.index < turn], areas.index[areas.index > turn]
    if not len(before) or not len(after):
        return []
    return [redirection(areas, leaving, before[-1], end) for end in dict.fromkeys([after[0], after[-1]])]


def own_changes(levels: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Each document's level beside its own printed change (percent) and the base that the two imply.

    Parameters
    ----------
    levels, changes : pandas.DataFrame
        Columns `period`, `value`, `source_id`, and what else describes a document; changes in percent on the
        year before.

    Notes
    -----
    A level of one document must never meet the change of another: totals rest on other scopes. A document
    that prints both implies its base, ``level / (1 + change / 100)``.

    Examples
    --------
    >>> level = pd.DataFrame({"period": ["2025"], "value": [211.0], "source_id": ["tass"]})
    >>> change = pd.DataFrame({"period": ["2025"], "value": [7.0], "source_id": ["tass"]})
    >>> own_changes(level, change)["implied_base"].round(1).to_list()
    [197.2]
    """
    keys = [c for c in levels.columns if c != "value" and c in changes.columns]
    both = levels.rename(columns={"value": "level"}).merge(
        changes[[*keys, "value"]].rename(columns={"value": "change_pct"}), on=keys, how="outer"
    )
    both["implied_base"] = both["level"] / (1 + both["change_pct"] / 100)
    return both.sort_values(["period", "source_id"], ignore_index=True)
