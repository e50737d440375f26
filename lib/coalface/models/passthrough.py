"""Pass-through of the policy rate to lending rates: an error-correction model with a bounds test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.tsa.ardl import UECM, ardl_select_order

TREND = "c"
SHORTEST_MONTHS = 20  # of an error-correction model
HORIZON = 60  # months over which a half-life is looked for


@dataclass(frozen=True)
class Estimate:
    """One number with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ErrorCorrection:
    """An estimated conditional error-correction model.

    `params` are the coefficients, `long_run` the long-run effect of each regressor (columns value, low,
    high), `adjustment` the share of a gap closed in one period (negative when it closes), `bounds_f` the F
    statistic of the bounds test, `bounds_5pct` its lower and upper critical values at 5 percent.
    """

    order: tuple[int, ...]
    params: pd.Series
    covariance: pd.DataFrame
    long_run: pd.DataFrame
    adjustment: Estimate
    bounds_f: float
    bounds_5pct: tuple[float, float]
    n: int
    first: str
    last: str
    sse: float

    @property
    def verdict(self) -> str:
        """Say what the bounds test finds at 5 percent: 'levels move together', 'not shown' or 'undecided'."""
        low, high = self.bounds_5pct
        return (
            "levels move together"
            if self.bounds_f > high
            else "not shown"
            if self.bounds_f < low
            else "undecided"
        )


@dataclass(frozen=True)
class PassThrough:
    """What one percentage point of the policy rate does to a lending rate, in percentage points.

    `impact` in the same month, `after_3` after three months, `long_run` in the end; `half_life` is the
    number of months until half of the long-run effect has arrived; `path` is the cumulated effect by month.
    """

    impact: Estimate
    after_3: Estimate
    long_run: Estimate
    half_life: Estimate
    path: pd.DataFrame
    model: ErrorCorrection


def _clean(y: pd.Series, x: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Return the two on the periods that they share, refusing gaps and too few rows."""
    both = x.assign(_y=y).dropna()
    if len(both) < SHORTEST_MONTHS:
        raise ValueError(
            f"{y.name}: {len(both)} common periods, an error-correction model needs {SHORTEST_MONTHS}; "
            "widen the sample"
        )
    if isinstance(both.index, pd.PeriodIndex):
        gaps = pd.period_range(both.index[0], both.index[-1], freq=both.index.freq).difference(both.index)
        if len(gaps):
            raise ValueError(f"{y.name}: no value for {gaps[0]}; use a sample without gaps")
        both.index = both.index.to_timestamp()
    own = both.pop("_y")
    own.name = y.name
    return own, both


def error_correction(
    y: pd.Series, x: pd.DataFrame, *, lags: int, order: dict[str, int], case: int = 3, level: float = 0.9
) -> ErrorCorrection:
    """Estimate an unrestricted error-correction model of `y` on `x`; effects in units of `y` per unit of `x`.

    Parameters
    ----------
    y, x : pandas.Series, pandas.DataFrame
        Levels on a regular index without gaps.
    lags : int
        Lags of `y` in the underlying ARDL, at least 1.
    order : dict
        Lags of each column of `x`, at least 1 each.
    case : int
        Deterministic terms in the bounds test, 1 to 5: 2 restricts the constant to the long run, 3 leaves
        it free.
    level : float
        Level of the intervals.

    Notes
    -----
    dy_t = c + a y_{t-1} + b x_{t-1} + sum g_i dy_{t-i} + sum d_j dx_{t-j} + e_t; the long-run effect is
    -b/a, its interval by the delta method. The bounds test sets a = b = 0 and needs no decision whether the
    series have unit roots.

    References
    ----------
    Pesaran, Shin and Smith (2001), Bounds testing approaches to the analysis of level relationships,
    Journal of Applied Econometrics 16(3).
    """
    y, x = _clean(y, x)
    fit = UECM(y, lags, x, order, trend=TREND).fit()
    test = fit.bounds_test(case=case)
    z = float(stats.norm.ppf(0.5 + level / 2))
    names = list(x.columns)
    effect, error = -fit.ci_params[names], fit.ci_bse[names]
    gap = f"{y.name}.L1"
    speed, speed_error = float(fit.params[gap]), float(fit.bse[gap])
    low, high = test.critical_values.loc[95.0]
    index = y.index.to_period() if isinstance(y.index, pd.DatetimeIndex) else y.index
    return ErrorCorrection(
        order=(lags, *(order[n] for n in names)),
        params=fit.params,
        covariance=fit.cov_params(),
        long_run=pd.DataFrame({"value": effect, "low": effect - z * error, "high": effect + z * error}),
        adjustment=Estimate(speed, speed - z * speed_error, speed + z * speed_error),
        bounds_f=float(test.statistic),
        bounds_5pct=(float(low), float(high)),
        n=int(fit.nobs),
        first=str(index[0]),
        last=str(index[-1]),
        sse=float((fit.resid**2).sum()),
    )


def _cumulated(params: np.ndarray, lags: int, order: int, horizon: int) -> np.ndarray:
    """Response of the level of y to a lasting unit step of x: rows draws, columns months 0 to horizon.

    Columns of `params` follow the UECM: constant, y.L1, x.L1, lags-1 differences of y, `order` differences
    of x.
    """
    a, b = params[:, 1], params[:, 2]
    g, d = params[:, 3 : 2 + lags], params[:, 2 + lags :]
    level = np.zeros((len(params), horizon + 1))
    change = np.zeros_like(level)
    for h in range(horizon + 1):
        step = a * (level[:, h - 1] if h else 0.0) + b * (h > 0)
        step = step + sum(g[:, i] * change[:, h - 1 - i] for i in range(min(g.shape[1], h)))
        change[:, h] = step + (d[:, h] if h < d.shape[1] else 0.0)
        level[:, h] = (level[:, h - 1] if h else 0.0) + change[:, h]
    return level


def _half_life(paths: np.ndarray, long_run: np.ndarray) -> np.ndarray:
    """Months until each row reaches half of its long-run effect, linear between months; inf if never."""
    share = paths / long_run[:, None]
    over = share >= 0.5
    first = over.argmax(axis=1)
    rows = np.arange(len(paths))
    before = np.where(first > 0, share[rows, first - 1], 0.0)
    part = (0.5 - before) / np.where(share[rows, first] == before, 1.0, share[rows, first] - before)
    months = np.where(first > 0, first - 1 + part, 0.0)
    return np.where(over.any(axis=1), months, np.inf)


def pass_through(
    lending: pd.Series,
    policy: pd.Series,
    *,
    rng: np.random.Generator,
    order: tuple[int, int] | None = None,
    max_lag: int = 4,
    level: float = 0.9,
    draws: int = 2000,
) -> PassThrough:
    """Estimate how many percentage points of the policy rate reach a lending rate, and how fast, in months.

    Parameters
    ----------
    lending, policy : pandas.Series
        Monthly rates in percent.
    rng : numpy.random.Generator
        Source of the coefficient draws behind the intervals of everything but the long run.
    order : tuple of int, optional
        Lags of the lending and of the policy rate; by default the pair with the lowest BIC up to `max_lag`.

    Raises
    ------
    ValueError
        If fewer than 20 months are common to both, or a month is missing inside.

    Notes
    -----
    The paths follow from the error-correction form by recursion. Interval ends are quantiles over draws
    from the normal law of the coefficients; draws in which a gap would widen (adjustment of 0 or more) are
    left out. Where the gap does not close in the estimate itself, or in most draws, there is no long run: it
    and the half-life are NaN.
    """
    y, x = lending.rename("lending"), policy.rename("policy").to_frame()
    if order is None:
        ys, xs = _clean(y, x)
        found = ardl_select_order(ys, max_lag, xs, max_lag, trend=TREND, ic="bic").model
        own, other = found.ar_lags or [1], found.dl_lags.get("policy") or [1]
        order = max(1, *own), max(1, *other)
    fit = error_correction(y, x, lags=order[0], order={"policy": order[1]}, level=level)
    point = fit.params.to_numpy()
    sample = rng.multivariate_normal(point, fit.covariance.to_numpy(), size=draws, method="cholesky")
    stable = sample[sample[:, 1] < 0]
    closes = fit.adjustment.value < 0 and len(stable) >= draws / 2
    sample = stable if closes else sample
    paths = _cumulated(sample, order[0], order[1], HORIZON)
    middle = _cumulated(point[None, :], order[0], order[1], HORIZON)
    tails = [0.5 - level / 2, 0.5 + level / 2]
    low, high = np.quantile(paths, tails, axis=0)
    path = pd.DataFrame({"value": middle[0], "low": low, "high": high}).rename_axis("month")
    long_run = half_life = Estimate(np.nan, np.nan, np.nan)
    if closes:
        half = float(_half_life(middle, -point[None, 2] / point[None, 1])[0])
        reached = _half_life(paths, -sample[:, 2] / sample[:, 1])
        half_life = Estimate(half, *(float(v) for v in np.quantile(reached, tails, method="nearest")))
        long_run = Estimate(*fit.long_run.loc["policy"])
    return PassThrough(
        impact=Estimate(*path.loc[0]),
        after_3=Estimate(*path.loc[3]),
        long_run=long_run,
        half_life=half_life,
        path=path,
        model=fit,
    )


@dataclass(frozen=True)
class Stability:
    """Pass-through before and after a date, with the Chow test of equal coefficients."""

    before: PassThrough
    after: PassThrough
    chow_f: float
    p_value: float


def stability(
    lending: pd.Series, policy: pd.Series, *, first_after: str, rng: np.random.Generator
) -> Stability:
    """Estimate pass-through before and from the month `first_after`; p_value is small when they differ.

    Notes
    -----
    Chow F = ((SSE_all - SSE_1 - SSE_2) / k) / ((SSE_1 + SSE_2) / (n - 2k)), one order for all three. It
    takes the variance of the errors as equal in both halves; where it rose, the p value is too small.
    """
    start = pd.Period(first_after, "M")
    whole = pass_through(lending, policy, rng=rng)
    lags, order = whole.model.order
    before = pass_through(lending[lending.index < start], policy, rng=rng, order=(lags, order))
    after = pass_through(lending[lending.index >= start], policy, rng=rng, order=(lags, order))
    k = len(whole.model.params)
    free = before.model.n + after.model.n - 2 * k
    split = before.model.sse + after.model.sse
    chow = max(whole.model.sse - split, 0.0) / k / (split / free)
    return Stability(before, after, float(chow), float(stats.f.sf(chow, k, free)))


def draws_of(estimate: Estimate, draws: int, rng: np.random.Generator, level: float = 0.9) -> np.ndarray:
    """Draws from the normal law of an estimate with an interval of `level`, in its unit."""
    z = float(stats.norm.ppf(0.5 + level / 2))
    return rng.normal(estimate.value, (estimate.high - estimate.low) / 2 / z, size=draws)


def table(found: dict[str, PassThrough]) -> pd.DataFrame:
    """Estimates side by side, points of lending rate a point of key rate, one row a name.

    Columns first, last, impact, long_run, low, high (of the long run), half_life (months), bounds_f,
    verdict.
    """
    rows = {
        name: (
            p.model.first,
            p.model.last,
            p.impact.value,
            p.long_run.value,
            p.long_run.low,
            p.long_run.high,
            p.half_life.value,
            p.model.bounds_f,
            p.model.verdict,
        )
        for name, p in found.items()
    }
    names = ["first", "last", "impact", "long_run", "low", "high", "half_life", "bounds_f", "verdict"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)
