"""What one series would have done: an unobserved-components model of the time before, run on."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.structural import UnobservedComponents

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
Trend = Literal["local level", "local linear trend", "smooth trend", "random walk with drift"]


@dataclass(frozen=True)
class Counterfactual:
    """A series against its own past carried on, in the unit of the series.

    `path` has observed and expected from the start on, `quantiles` the law of the expected. Over the periods
    that are judged (`judged_from` on), `effect` is the mean gap a period with `interval`, `total` the sum of
    gaps with `total_interval`, `effect_pct` the gap in percent of what was expected with `pct_interval`.
    `fit_pct` is the mean absolute one-step error before the start in percent of the mean level there.
    """

    start: pd.Period
    judged_from: pd.Period
    level: float
    path: pd.DataFrame
    quantiles: pd.DataFrame
    effect: float
    interval: tuple[float, float]
    total: float
    total_interval: tuple[float, float]
    effect_pct: float
    pct_interval: tuple[float, float]
    fit_pct: float
    controls: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """True if the interval of the effect leaves out zero."""
        return self.interval[0] > 0 or self.interval[1] < 0


def components(
    y: pd.Series,
    controls: pd.DataFrame | None = None,
    *,
    trend: Trend = "local level",
    seasonal: int | None = None,
    fixed_seasonal: bool = True,
) -> Any:
    """Fitted unobserved-components model (statsmodels results) of one series with optional controls.

    Notes
    -----
    ``y_t = level_t + season_t + x_t b + e_t``. Start values by L-BFGS from statsmodels; when the search stops
    short it is taken up again from where it stopped, by Powell's method, before the result is believed.
    """
    model = UnobservedComponents(
        y.to_numpy(dtype=float),
        level=trend,
        seasonal=seasonal,
        stochastic_seasonal=not fixed_seasonal,
        exog=None if controls is None else controls.to_numpy(dtype=float),
        use_exact_diffuse=True,
    )
    return _search(model)


def _search(model: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        result = model.fit(disp=False, maxiter=200, pgtol=1e-9, factr=10)
        if not result.mle_retvals.get("converged", True):
            result = model.fit(result.params, method="powell", disp=False, maxiter=50)
    return result


def structural(
    y: pd.Series,
    start: str | pd.Period,
    controls: pd.DataFrame | None = None,
    *,
    rng: np.random.Generator,
    trend: Trend = "local level",
    seasonal: int | None = None,
    log: bool = False,
    skip: int = 0,
    level: float = 0.9,
    draws: int = 4000,
) -> Counterfactual:
    """Gap between a series and its counterfactual from `start`, in the unit of the series, with intervals.

    Parameters
    ----------
    y : pandas.Series
        Regular series with a PeriodIndex, no gap.
    start : str or pandas.Period
        First period under the event.
    controls : pandas.DataFrame, optional
        Series that the event does not touch, on the same periods.
    rng : numpy.random.Generator
        For the draws of joint paths.
    trend, seasonal : str, int
        Components; `seasonal` is the number of periods in a year.
    log : bool
        Model the logarithm; the series must be positive before the start.
    skip : int
        Periods after the start that are forecast but not judged: set the start where an event was first
        expected, and skip to where it binds, so that its shadow is not taken for the normal state.
    level : float
        Level of every interval, between 0 and 1.

    Notes
    -----
    The model is fitted before the start only. Paths after it come from the joint normal law of the
    forecasts given the fitted parameters, so sums and means carry their covariance; that the parameters
    are themselves estimated is left out, which is why intervals must be judged by their measured coverage.

    References
    ----------
    Harvey, A. C. (1989). Forecasting, structural time series models and the Kalman filter. CUP.
    Brodersen, K. et al. (2015). Inferring causal impact. Annals of Applied Statistics 9, 247-274.
    """
    if not 0 < level < 1:
        raise ValueError(f"level {level} must lie between 0 and 1")
    first, before, after = _cut(y, start, controls, seasonal)
    if not 0 <= skip < len(after):
        raise ValueError(f"skip {skip} leaves nothing to judge of the {len(after)} periods from {start}")
    if log and (before <= 0).any():
        raise ValueError(
            f"{y.name} is not positive in {before.index[before <= 0][0]}; the logarithm needs that"
        )
    scaled = np.log(before) if log else before
    past = None if controls is None else controls.loc[before.index]
    ahead = None if controls is None else controls.loc[after.index].to_numpy(dtype=float)
    result = components(scaled, past, trend=trend, seasonal=seasonal)
    mean, cov = _joint(result, len(after), ahead)
    root = np.linalg.cholesky(cov + 1e-12 * np.trace(cov) * np.eye(len(cov)))
    paths = mean + rng.standard_normal((draws, len(mean))) @ root.T
    paths, centre = (np.exp(paths), np.exp(mean)) if log else (paths, mean)
    tails = ((1 - level) / 2, (1 + level) / 2)
    seen = after.to_numpy(dtype=float)
    gaps = (seen - paths)[:, skip:]
    effect = float((seen - centre)[skip:].mean())
    burn = int(result.loglikelihood_burn)
    fitted = np.exp(result.fittedvalues) if log else result.fittedvalues
    misses = np.abs(before.to_numpy(dtype=float) - fitted)[burn:]
    return Counterfactual(
        first,
        first + skip,
        level,
        pd.DataFrame({"observed": seen, "expected": centre}, index=after.index),
        pd.DataFrame(np.quantile(paths, QUANTILES, axis=0).T, index=after.index, columns=list(QUANTILES)),
        effect,
        _pair(gaps.mean(axis=1), tails),
        effect * (len(after) - skip),
        _pair(gaps.sum(axis=1), tails),
        100 * effect / float(centre[skip:].mean()),
        _pair(100 * gaps.mean(axis=1) / paths[:, skip:].mean(axis=1), tails),
        float(100 * misses.mean() / abs(before.mean())),
        () if controls is None else tuple(map(str, controls.columns)),
    )


def _pair(values: NDArray[np.float64], tails: tuple[float, float]) -> tuple[float, float]:
    low, high = np.quantile(values, tails)
    return float(low), float(high)


def _joint(result: Any, horizon: int, exog: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and full covariance matrix of the next `horizon` observations."""
    mean = np.asarray(result.get_forecast(horizon, exog=exog).predicted_mean, dtype=float)
    space, kalman = result.model.ssm, result.filter_results
    z, t, r = (np.atleast_3d(space[k])[:, :, -1] for k in ("design", "transition", "selection"))
    q, h = np.atleast_3d(space["state_cov"])[:, :, -1], float(np.atleast_3d(space["obs_cov"])[0, 0, -1])
    shock = r @ q @ r.T
    spread = kalman.predicted_state_cov[:, :, -1]
    cov = np.zeros((horizon, horizon))
    for i in range(horizon):
        across = spread
        for j in range(i, horizon):
            cov[i, j] = cov[j, i] = float((z @ across @ z.T)[0, 0])
            across = t @ across
        cov[i, i] += h
        spread = t @ spread @ t.T + shock
    return mean, cov


def _cut(
    y: pd.Series, start: str | pd.Period, controls: pd.DataFrame | None, seasonal: int | None
) -> tuple[pd.Period, pd.Series, pd.Series]:
    if not isinstance(y.index, pd.PeriodIndex):
        raise ValueError("the series needs a PeriodIndex")
    if y.empty:
        raise ValueError(f"nothing is known of {y.name}")
    full = pd.period_range(y.index[0], y.index[-1], freq=y.index.freq)
    if not y.index.equals(full):
        raise ValueError(
            f"{y.name} has no figure for {full[~full.isin(y.index)][0]}; choose a span without gaps"
        )
    if not np.isfinite(y.to_numpy(dtype=float)).all():
        raise ValueError(f"{y.name} has no number in {y.index[~np.isfinite(y.to_numpy(dtype=float))][0]}")
    first = pd.Period(str(start), freq=y.index.freqstr)
    if not y.index[0] < first <= y.index[-1]:
        raise ValueError(f"start {start} lies outside {y.name}, which runs {y.index[0]} to {y.index[-1]}")
    before, after = y[y.index < first], y[y.index >= first]
    least = 2 * (seasonal or 4) + (0 if controls is None else controls.shape[1])
    if len(before) < least:
        raise ValueError(
            f"{y.name} has {len(before)} periods before {start}; the model needs {least} at least"
        )
    if controls is not None:
        absent = y.index[~y.index.isin(controls.index)]
        if len(absent):
            raise ValueError(f"the controls have no row for {absent[0]}")
        holes = controls.loc[y.index].isna().any()
        if holes.any():
            raise ValueError(
                f"the control {holes.index[holes][0]!r} has a gap between {y.index[0]} and {y.index[-1]}"
            )
    return first, before, after


def obstacle(
    y: pd.Series, start: str | pd.Period, controls: pd.DataFrame | None = None, *, seasonal: int | None = None
) -> str:
    """Why `structural` cannot be run on these data, as one clause; empty if it can."""
    try:
        _cut(y, start, controls, seasonal)
    except ValueError as error:
        return str(error)
    return ""


@dataclass(frozen=True)
class Step:
    """A lasting shift of level at a date: `coefficient` with `interval`, and `pct` of it if in logarithms."""

    coefficient: float
    std_error: float
    interval: tuple[float, float]
    pct: float
    variances: tuple[float, ...]


def intervention(
    y: pd.Series,
    start: str | pd.Period,
    controls: pd.DataFrame | None = None,
    *,
    trend: Trend = "local level",
    seasonal: int | None = None,
    fixed_seasonal: bool = True,
    log: bool = False,
) -> Step:
    """Shift of level from `start`, estimated on the whole series (90 % interval; percent if `log`).

    Notes
    -----
    The classical intervention analysis: a dummy of 0 before and 1 from the start among the regressors.

    References
    ----------
    Harvey, A. C., Durbin, J. (1986). The effects of seat belt legislation on British road casualties.
    JRSS A 149, 187-227.
    """
    first, _, _ = _cut(y, start, controls, seasonal)
    step = pd.DataFrame({"step": (y.index >= first).astype(float)}, index=y.index)
    table = step if controls is None else pd.concat([step, controls.loc[y.index]], axis=1)
    result = components(
        np.log(y) if log else y, table, trend=trend, seasonal=seasonal, fixed_seasonal=fixed_seasonal
    )
    names = list(result.model.param_names)
    at = names.index("beta.x1")
    beta, error = float(result.params[at]), float(result.bse[at])
    reach = 1.6448536269514722 * error
    return Step(
        beta,
        error,
        (beta - reach, beta + reach),
        100 * float(np.expm1(beta)) if log else float("nan"),
        tuple(float(v) for n, v in zip(names, result.params, strict=True) if n.startswith("sigma2")),
    )
