"""Our forecasts of key rate and inflation beside those of others: same target, same day, same outcome."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coalface.models import paths
from coalface.models import vars as bvar
from coalface.models.rates import chained_yoy_pct, next_12m_pct

PRICE, _, KEY = paths.ORDER


def outcomes(data: pd.DataFrame) -> pd.DataFrame:
    """What came, by calendar year, percent: key_rate (mean of its months) and cpi (December on December).

    Years that are not complete in the data are left out.
    """
    years = pd.PeriodIndex(data.index).year
    full = data[[PRICE, KEY]].dropna()
    count = full.groupby(years[data.index.isin(full.index)]).size()
    kept = full[pd.PeriodIndex(full.index).year.isin(count[count == 12].index)]
    groups = kept.groupby(pd.PeriodIndex(kept.index).year)
    price = groups[PRICE].apply(lambda m: (np.prod(1 + m / 100) - 1) * 100)
    return pd.DataFrame({"key_rate": groups[KEY].mean(), "cpi": price}).rename_axis("year")


def against(
    forecasts: Mapping[str, pd.DataFrame],
    vintages: Mapping[pd.Timestamp, pd.DataFrame],
    came: pd.DataFrame,
    *,
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Published forecasts, ours and no change beside the outcome, percent, one row a forecast that came due.

    Parameters
    ----------
    forecasts : mapping
        By target, key_rate or cpi: columns known, made, issuer, year, low, centre, high, in percent.
    vintages : mapping
        By day: the data of that day, columns as in `paths.estimate`.
    came : pandas.DataFrame
        From `outcomes`.

    Notes
    -----
    Ours is the median of the calendar-year target over the simulated futures from the data of that day,
    months already known counted as known. No change keeps the last key rate, or the last inflation on a
    year earlier. Of one issuer and year all rounds count, so the rows are not independent.
    """
    rows = []
    for day, data in vintages.items():
        wanted = {t: f[(f["known"] == day) & f["year"].isin(came.index)] for t, f in forecasts.items()}
        years = pd.concat([f["year"] for f in wanted.values()])
        if years.empty:
            continue
        model = paths.estimate(data, draws=draws, rng=rng)
        months = (pd.Period(f"{years.max()}-12", "M") - model.data.index[-1]).n
        if months < 1:
            continue
        view = paths.outlook(model, bvar.shocks(model.draws, horizon=months, rng=rng))
        last = {"key_rate": float(data[KEY].dropna().iloc[-1]), "cpi": float(_yoy(model.data).iloc[-1])}
        for target, table in wanted.items():
            open_ = [int(y) for y in table["year"].unique() if _open(model, int(y))]
            sample = {y: _year(target, model, view, y) for y in open_}
            for row in table[table["year"].isin(open_)].to_dict("records"):
                year = int(row["year"])
                middle, low, high = np.quantile(sample[year], [0.5, 0.05, 0.95])
                others = [row[k] for k in ("made", "issuer", "year", "low", "centre", "high")]
                naive = _naive(target, model.data, last[target], year)
                rows.append((day, target, *others, middle, low, high, naive, came[target][year]))
    theirs = ["made", "issuer", "year", "theirs_low", "theirs", "theirs_high"]
    names = ["day", "target", *theirs, "ours", "ours_low", "ours_high", "no_change", "outcome"]
    return pd.DataFrame(rows, columns=names)


def _open(model: paths.Model, year: int) -> bool:
    """Whether the year was not over yet in the data."""
    return bool(model.data.index[-1] < pd.Period(f"{year}-12", "M"))


def _yoy(data: pd.DataFrame) -> pd.Series:
    return chained_yoy_pct(data[PRICE].dropna())


def _year(target: str, model: paths.Model, view: paths.Outlook, year: int) -> np.ndarray:
    """Return draws of the target of a calendar year."""
    if target == "key_rate":
        return paths.year_mean_pct(model.data[KEY], view, year)
    return paths.year_change_pct(model.data[PRICE], view, year)


def _naive(target: str, data: pd.DataFrame, last: float, year: int) -> float:
    """Return the mean of known months and the last key rate, or the last inflation on a year earlier."""
    if target == "cpi":
        return last
    known = data.loc[pd.PeriodIndex(data.index).year == year, KEY]
    return float((known.sum() + (12 - len(known)) * last) / 12)


def standings(record: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute errors in points by target and issuer, and how often each was right.

    Columns theirs, ours, no_change (errors), theirs_closer (share of rows, 0 to 1, where theirs beat ours),
    inside_ours (outcomes inside our 90 percent interval), inside_theirs (inside their range) and n.
    """
    r = record
    ranged = r["theirs_low"].notna()
    scored = pd.DataFrame(
        {
            "theirs": (r["outcome"] - r["theirs"]).abs(),
            "ours": (r["outcome"] - r["ours"]).abs(),
            "no_change": (r["outcome"] - r["no_change"]).abs(),
            "inside_ours": ((r["outcome"] >= r["ours_low"]) & (r["outcome"] <= r["ours_high"])).astype(float),
            "inside_theirs": ((r["outcome"] >= r["theirs_low"]) & (r["outcome"] <= r["theirs_high"]))
            .astype(float)
            .where(ranged),
        }
    )
    scored["theirs_closer"] = (scored["theirs"] < scored["ours"]).astype(float)
    groups = scored.groupby([r["target"], r["issuer"]])
    return groups.mean().assign(n=groups.size())


def expected_12m_pct(data: pd.DataFrame, *, first: str) -> pd.Series:
    """Inflation over the next twelve months that our model expected in each month since `first`, percent.

    Each month is forecast from the posterior mean on the data up to it, without shocks.
    """
    full, _ = paths.complete(data)
    found = {}
    for end in range(int((full.index < pd.Period(first, "M")).sum()), len(full)):
        posterior = bvar.fit(full.iloc[: end + 1], lags=paths.LAGS, prior=paths.PRIOR, season=True)
        n = len(posterior.names)
        middle = bvar.Draws(posterior, posterior.mean[None], np.eye(n)[None], 1.0)
        ahead, _ = bvar.simulate(middle, np.zeros((1, 12, n)))
        found[full.index[end]] = float((np.prod(1 + ahead[0, :, 0] / 100) - 1) * 100)
    return pd.Series(found, name="expected_pct", dtype=float)


def expectations(
    forecasts: pd.DataFrame, households: pd.Series, ours: pd.Series, mom_pct: pd.Series, key_pct: float
) -> pd.DataFrame:
    """Inflation that each expects for the next twelve months, and the real key rate by it, percent.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        December-on-December forecasts: made, issuer, year, centre, in percent, oldest first.
    households, ours : pandas.Series
        Inflation expected over twelve months, percent, by month.
    mom_pct : pandas.Series
        Monthly changes of prices known so far.
    key_pct : float
        Key rate now, percent.

    Returns
    -------
    pandas.DataFrame
        Indexed by who expects; columns made, inflation_pct, real_rate_pct. Who has no figure is left out.
    """
    rows = {}
    for issuer, own in forecasts.groupby("issuer"):
        newest = own.drop_duplicates("year", keep="last").set_index("year")
        target = int((pd.PeriodIndex(mom_pct.index)[-1] + 1).year)
        if {target, target + 1} <= set(newest.index):
            ahead = next_12m_pct(
                mom_pct, float(newest["centre"][target]), float(newest["centre"][target + 1])
            )
            rows[str(issuer)] = (str(newest["made"][target]), ahead)
    for name, series in (("Households", households), ("This page's model", ours)):
        if len(series):
            rows[name] = (str(series.index[-1]), float(series.iloc[-1]))
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["made", "inflation_pct"])
    real = ((1 + key_pct / 100) / (1 + frame["inflation_pct"] / 100) - 1) * 100
    return frame.assign(real_rate_pct=real).rename_axis("by")
