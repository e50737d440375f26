"""Real rates, tightness of money against its record, regimes and a policy rule with smoothing."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.tsa.regime_switching.markov_autoregression import MarkovAutoregression
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression


def chained_yoy_pct(mom_pct: pd.Series) -> pd.Series:
    """Change on a year earlier, percent, chained from monthly changes in percent.

    A month whose last twelve changes are not all known is left out.

    Raises
    ------
    ValueError
        If the index is not monthly, or a month is missing inside.

    Examples
    --------
    >>> months = pd.period_range("2024-01", periods=12, freq="M")
    >>> chained_yoy_pct(pd.Series(0.5, index=months)).round(3).to_dict()
    {Period('2024-12', 'M'): 6.168}
    """
    _monthly(mom_pct)
    logs = np.log1p(mom_pct / 100).rolling(12).sum().dropna()
    return pd.Series(np.expm1(logs) * 100, name="cpi_yoy_pct")


def _monthly(series: pd.Series) -> None:
    """Refuse a series that is not monthly or misses a month inside."""
    if not isinstance(series.index, pd.PeriodIndex) or series.index.freqstr != "M":
        raise ValueError(f"{series.name}: needs a monthly PeriodIndex")
    steps = np.diff(series.index.asi8)
    if (steps != 1).any():
        raise ValueError(
            f"{series.name}: a month is missing after {series.index[int((steps != 1).argmax())]}"
        )


def real_rate_pct(nominal_pct: pd.Series, inflation_pct: pd.Series) -> pd.Series:
    """Real rate in percent on the periods that both series share.

    Notes
    -----
    (1 + i) / (1 + p) - 1, exact; i - p overstates it when inflation is high.

    Examples
    --------
    >>> year = pd.PeriodIndex(["2025"], freq="Y")
    >>> real_rate_pct(pd.Series([20.0], year), pd.Series([10.0], year)).round(2).to_list()
    [9.09]
    """
    nominal, inflation = nominal_pct.align(inflation_pct, join="inner")
    real = ((1 + nominal / 100) / (1 + inflation / 100) - 1) * 100
    return pd.Series(real.dropna(), name="real_rate_pct")


def next_12m_pct(mom_pct: pd.Series, this_year_pct: float, next_year_pct: float) -> float:
    """Inflation over the next twelve months, percent, that two December-on-December forecasts imply.

    Parameters
    ----------
    mom_pct : pandas.Series
        Monthly changes known so far; the last month is the origin.
    this_year_pct, next_year_pct : float
        Forecasts for the calendar year of the month after the origin, and for the year after that.

    Notes
    -----
    What is left of the first year is its forecast divided by the months already known; of the second year
    enters the share that prices usually make by the same month: the median over the full years known, or
    m/12 if they are fewer than five.

    Examples
    --------
    >>> months = pd.period_range("2025-01", periods=6, freq="M")
    >>> round(next_12m_pct(pd.Series(0.5, index=months), 6.0, 4.0), 2)
    4.91
    """
    _monthly(mom_pct)
    months = pd.PeriodIndex(mom_pct.index)
    logs = np.log1p(mom_pct / 100)
    known = logs[months.year == (months[-1] + 1).year]
    log = math.log1p(this_year_pct / 100) - float(known.sum())
    return math.expm1(log + _share_of_year(logs, len(known)) * math.log1p(next_year_pct / 100)) * 100


def _share_of_year(logs: pd.Series, months: int) -> float:
    """Return the share of a year's inflation that falls into its first months, 0 to 1."""
    years = logs.groupby(pd.PeriodIndex(logs.index).year)
    full = years.sum()[years.size() == 12]
    if len(full) < 5 or not months:
        return months / 12
    first = logs[pd.PeriodIndex(logs.index).month <= months].groupby(lambda p: p.year).sum()
    return float((first[full.index] / full).median())


@dataclass(frozen=True)
class Tightness:
    """Where the last value of a rate stands in its own record; `share_below` lies between 0 and 1."""

    value: float
    period: str
    share_below: float
    median: float
    highest: float
    highest_period: str
    since: str
    n: int


def tightness(rate_pct: pd.Series) -> Tightness:
    """Rank the last value of a rate in its record, as the share of earlier months that were lower.

    Raises
    ------
    ValueError
        If fewer than 24 months are known.
    """
    rate = rate_pct.dropna()
    if len(rate) < 24:
        raise ValueError(f"{rate_pct.name}: {len(rate)} months known; a record needs 24")
    earlier = rate.iloc[:-1]
    return Tightness(
        value=float(rate.iloc[-1]),
        period=str(rate.index[-1]),
        share_below=float((earlier < rate.iloc[-1]).mean()),
        median=float(earlier.median()),
        highest=float(rate.max()),
        highest_period=str(rate.idxmax()),
        since=str(rate.index[0]),
        n=len(rate),
    )


@dataclass(frozen=True)
class PolicyRule:
    """A rule with smoothing; `long_run` has one row a driver (value, low, high), in points a unit.

    `prescribed` is the rate that the rule sets next, `residual` the rate less it, `target` the rate at
    which the rule would come to rest; all in percent.
    """

    smoothing: float
    constant: float
    short_run: pd.Series
    long_run: pd.DataFrame
    prescribed: pd.Series
    residual: pd.Series
    target: pd.Series
    residual_sd: float
    n: int


def policy_rule(rate_pct: pd.Series, drivers: pd.DataFrame, *, level: float = 0.9) -> PolicyRule:
    """Estimate what the central bank does with its rate, in percent, when the drivers move.

    Notes
    -----
    i_t = rho i_{t-1} + c + b'x_t + e_t by least squares with Newey-West errors (12 lags); a driver's
    long-run effect is b / (1 - rho), its interval by the delta method. The residual e_t is read as
    tightness: money is tighter than the record of the central bank's own behaviour when it is positive.

    References
    ----------
    Clarida, Gali and Gertler (2000), Monetary policy rules and macroeconomic stability, Quarterly Journal
    of Economics 115(1).

    Raises
    ------
    ValueError
        If fewer than 40 months are common, or the smoothing is 1 or more, so that the rule has no resting
        point.
    """
    if isinstance(rate_pct.index, pd.PeriodIndex):
        _monthly(rate_pct)
    frame = drivers.assign(lagged=rate_pct.shift(1), _rate=rate_pct).dropna()
    if len(frame) < 40:
        raise ValueError(
            f"{rate_pct.name}: {len(frame)} months common with the drivers; a policy rule needs 40"
        )
    rate = frame.pop("_rate")
    x = sm.add_constant(frame)
    fit = sm.OLS(rate, x).fit(cov_type="HAC", cov_kwds={"maxlags": 12})
    rho = float(fit.params["lagged"])
    if rho >= 1:
        raise ValueError(
            f"{rate_pct.name}: smoothing of {rho:.3f}; the rule has no resting point in this sample"
        )
    names = list(drivers.columns)
    z = float(stats.norm.ppf(0.5 + level / 2))
    rows = {}
    for name in names:
        effect = fit.params[name] / (1 - rho)
        gradient = np.array([1 / (1 - rho), effect / (1 - rho)])
        error = math.sqrt(
            gradient @ fit.cov_params().loc[[name, "lagged"], [name, "lagged"]].to_numpy() @ gradient
        )
        rows[name] = (effect, effect - z * error, effect + z * error)
    return PolicyRule(
        smoothing=rho,
        constant=float(fit.params["const"]),
        short_run=fit.params[names],
        long_run=pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"]),
        prescribed=fit.fittedvalues,
        residual=fit.resid,
        target=(fit.fittedvalues - rho * frame["lagged"]) / (1 - rho),
        residual_sd=math.sqrt(fit.scale),
        n=int(fit.nobs),
    )


@dataclass(frozen=True)
class Regimes:
    """States of a mean that switches, from low to high; `probability` is smoothed, one column a state."""

    probability: pd.DataFrame
    means: tuple[float, ...]
    expected_periods: tuple[float, ...]
    log_likelihood: float
    converged: bool


def regimes(series: pd.Series, *, states: int = 2, order: int = 0) -> Regimes:
    """Split a record into states by their mean, in its unit, with the probability of each by period.

    Parameters
    ----------
    order : int
        Autoregressive terms around the mean, equal in all states; 0 for a mean and a constant variance
        alone.

    Raises
    ------
    ValueError
        If fewer than 40 values are known.

    References
    ----------
    Hamilton (1989), A new approach to the economic analysis of nonstationary time series and the business
    cycle, Econometrica 57(2).
    """
    clean = series.dropna()
    if len(clean) < 40:
        raise ValueError(f"{series.name}: {len(clean)} values known; a switching model needs 40")
    values = clean.to_numpy()
    with warnings.catch_warnings():  # the optimiser's own word is handed on as `converged`
        warnings.simplefilter("ignore")
        if order:
            fit = MarkovAutoregression(values, k_regimes=states, order=order, switching_ar=False).fit()
        else:
            fit = MarkovRegression(values, k_regimes=states).fit()
    means = np.array([fit.params[fit.model.param_names.index(f"const[{i}]")] for i in range(states)])
    rank = np.argsort(means)
    probability = pd.DataFrame(fit.smoothed_marginal_probabilities[:, rank], index=clean.index[order:])
    return Regimes(
        probability=probability,
        means=tuple(float(m) for m in means[rank]),
        expected_periods=tuple(float(d) for d in fit.expected_durations[rank]),
        log_likelihood=float(fit.llf),
        converged=bool(fit.mle_retvals["converged"]),
    )
