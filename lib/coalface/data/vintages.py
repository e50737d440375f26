"""How the documents of a series differ: by date of publication, and from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Disagreement:
    """How far documents are apart on one and the same period."""

    periods: pd.DataFrame
    """Periods with two documents or more: low, high, mean and half_range in the unit of the series,
    half_range_share as a fraction of the mean (NaN where the mean is 0), and n_sources."""
    pooled_sd: float
    """Standard deviation of a document around the mean of its period, in the unit of the series."""
    pooled_sd_share: float
    """The same as a fraction of the mean; says little for rates, whose mean can be near 0."""


def triangle(rows: pd.DataFrame) -> pd.DataFrame:
    """Revision triangle: what each publication date said of each period, in the series' unit.

    Parameters
    ----------
    rows : pandas.DataFrame
        Observations of one series with period, published, document_day, grade and value, in file order.

    Returns
    -------
    pandas.DataFrame
        Periods down in time order, publication dates across from old to new (undated first, as ""). Of two
        documents of one date the better grade counts, then the order in the file.
    """
    ranked = rows.sort_values(["document_day", "grade"], kind="stable", na_position="first")
    first = ranked.drop_duplicates(["period", "published"], keep="first")
    table = first.pivot_table(index="period", columns="published", values="value", aggfunc="first")
    down = rows.sort_values(["end", "start"], kind="stable")["period"].drop_duplicates()
    return table.loc[down, first["published"].drop_duplicates()]


def disagreement(rows: pd.DataFrame) -> Disagreement:
    """Measurement error that the documents show, in the series' unit and as a fraction.

    Parameters
    ----------
    rows : pandas.DataFrame
        Observations of one series with period, start, end and value.

    Notes
    -----
    Over periods i with n_i > 1 documents j: pooled sd = sqrt(sum (x_ij - mean_i)^2 / sum (n_i - 1)), and the
    same of x_ij / mean_i. Documents often copy each other, so this is a lower bound of the error.

    Examples
    --------
    >>> day = pd.Timestamp("2024-12-31")
    >>> rows = pd.DataFrame({"period": ["2024", "2024"], "start": day, "end": day, "value": [9.0, 11.0]})
    >>> found = disagreement(rows)
    >>> round(found.pooled_sd, 4), found.periods["half_range_share"].tolist()
    (1.4142, [0.1])
    """
    by = rows.sort_values(["end", "start"], kind="stable").groupby("period", sort=False)["value"]
    table = pd.DataFrame({"low": by.min(), "high": by.max(), "mean": by.mean(), "n_sources": by.size()})
    table = table[table["n_sources"] > 1]
    half = (table["high"] - table["low"]) / 2
    table.insert(3, "half_range", half)
    table.insert(4, "half_range_share", (half / table["mean"].abs()).where(table["mean"] != 0))
    twice = rows[rows["period"].isin(table.index)]
    mean = twice["period"].map(table["mean"])
    off = twice["value"] - mean
    share = (off / mean)[mean != 0]
    return Disagreement(table, _pooled(off, twice["period"]), _pooled(share, twice["period"][share.index]))


def _pooled(off: pd.Series, period: pd.Series) -> float:
    freedom = len(off) - period.nunique()
    return float(np.sqrt((off**2).sum() / freedom)) if freedom > 0 else float("nan")
