"""Forecasts as a combination of ARIMA, exponential smoothing and Theta, with joint simulated paths."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import toeplitz
from scipy.signal import lfilter
from statsmodels.tools.sm_exceptions import ConvergenceWarning, ValueWarning
from statsmodels.tsa.arima_process import arma_impulse_response
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.stattools import acf

Array = NDArray[np.float64]
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
MODELS = ("arima", "ets", "theta")
FLOOR = "seasonal naive"


@dataclass(frozen=True)
class Member:
    """One fitted model on the modelled scale: forecast means, response to a shock, one-step residuals."""

    name: str
    mean: Array
    response: Array
    residuals: Array
    spec: str


@dataclass(frozen=True)
class Forecast:
    """A forecast in the unit of the series.

    `quantiles` has future periods by level, `paths` draws by period (their joint law), `members` the median
    of every model, `history` the series used, `interval` how the quantiles were made.
    """

    history: pd.Series
    quantiles: pd.DataFrame
    paths: Array
    members: pd.DataFrame
    specs: dict[str, str]
    interval: str = "simulated"

    @property
    def median(self) -> pd.Series:
        """The median path."""
        return pd.Series(self.quantiles[0.5], name=self.history.name)

    def scaled(self, factor: float) -> Forecast:
        """The same forecast with every future figure multiplied: a scenario in percent of volume."""
        if not (np.isfinite(factor) and factor >= 0):
            raise ValueError(f"the factor {factor} must be a number of zero or more")
        return replace(
            self, quantiles=self.quantiles * factor, paths=self.paths * factor, members=self.members * factor
        )


def combine(
    y: pd.Series,
    horizon: int,
    *,
    rng: np.random.Generator,
    season: int | None = None,
    models: Sequence[str] = MODELS,
    draws: int = 2000,
) -> Forecast:
    """Forecast of `horizon` periods in the unit of the series: the mean of the models' paths, with quantiles.

    Parameters
    ----------
    y : pandas.Series
        Regular series with a PeriodIndex and no gap; modelled in logarithms if all of it is positive.
    horizon : int
        Periods ahead, 1 or more.
    rng : numpy.random.Generator
        For the draws.
    season : int, optional
        Periods in a year; taken from the frequency when left out (12, 4 or 1).
    models : sequence of str
        Any of "arima", "ets", "theta", "seasonal naive".

    Notes
    -----
    Every member is linear in its past shocks: ``y(t+h) = mean_h + sum_j c_j e(t+h-j)``. One draw takes the
    same dates' residuals for all members, so the mean of their paths keeps how their errors move together.
    ARIMA is the airline model for seasonal series and the best of four small models by AICc otherwise;
    exponential smoothing is additive, with or without damped trend, by AICc.

    References
    ----------
    Makridakis, S., Spiliotis, E., Assimakopoulos, V. (2020). The M4 competition. IJF 36, 54-74.
    Petropoulos, F., Svetunkov, I. (2020). A simple combination of univariate models. IJF 36, 110-115.
    """
    if horizon < 1:
        raise ValueError(f"the horizon is {horizon}; it must be 1 or more")
    season = seasons(y) if season is None else season
    z, logs = checked(y, season)
    fitted = members(z, horizon, season, models)
    sims = simulate(fitted, rng, draws)
    paths = np.mean([sims[m.name] for m in fitted], axis=0)
    index = pd.period_range(y.index[-1] + 1, periods=horizon, freq=y.index.freq, name="period")  # type: ignore[attr-defined]
    paths = np.exp(paths) if logs else paths
    table = pd.DataFrame(np.quantile(paths, QUANTILES, axis=0).T, index=index, columns=list(QUANTILES))
    medians = pd.DataFrame({m.name: np.exp(m.mean) if logs else m.mean for m in fitted}, index=index)
    return Forecast(y, table, paths, medians, {m.name: m.spec for m in fitted})


def obstacle(y: pd.Series, horizon: int = 1, origins: int = 0) -> str:
    """Why a series cannot be forecast, or back-tested from so many origins, as one clause; or nothing."""
    try:
        season = seasons(y)
        checked(y, season)
    except ValueError as error:
        return str(error)
    least = max(3 * season, 10) + horizon + origins - 1 if origins else 0
    return f"{y.name} has {len(y)} periods; such a back-test needs {least}" if len(y) < least else ""


def seasons(y: pd.Series) -> int:
    """Periods in a year of the series' frequency: 12, 4 or 1."""
    if not isinstance(y.index, pd.PeriodIndex):
        raise ValueError("the series needs a PeriodIndex")
    return {"M": 12, "Q": 4}.get(str(y.index.freqstr)[:1], 1)


def checked(y: pd.Series, season: int) -> tuple[Array, bool]:
    """The series on its modelled scale and whether that is the logarithm, after every check."""
    if y.empty:
        raise ValueError(f"nothing is known of {y.name}")
    full = pd.period_range(y.index[0], y.index[-1], freq=y.index.freq)  # type: ignore[attr-defined]
    if not y.index.equals(full):
        raise ValueError(
            f"{y.name} has no figure for {full[~full.isin(y.index)][0]}; forecast an unbroken run of it"
        )
    values = y.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        raise ValueError(f"{y.name} has no number in {y.index[~np.isfinite(values)][0]}")
    least = max(3 * season, 10)
    if len(y) < least:
        raise ValueError(f"{y.name} has {len(y)} periods; a forecast needs {least} at least")
    if np.ptp(values) == 0:
        raise ValueError(f"{y.name} never changes; there is nothing to forecast")
    logs = bool((values > 0).all())
    return (np.log(values) if logs else values), logs


def members(z: Array, horizon: int, season: int, names: Sequence[str]) -> list[Member]:
    """The named models fitted to a plain array."""
    makers = {"arima": _arima, "ets": _ets, "theta": _theta, FLOOR: _naive}
    unknown = [n for n in names if n not in makers]
    if unknown or not names:
        raise ValueError(f"no model {unknown[0] if unknown else ''!r}; choose from {', '.join(makers)}")
    seasonal = is_seasonal(z, season)
    with warnings.catch_warnings():
        # A search that stops short is a fit like another here: the back-test is what judges it.
        for kind in (ConvergenceWarning, ValueWarning, UserWarning, RuntimeWarning):
            warnings.simplefilter("ignore", kind)
        return [makers[name](z, horizon, season if seasonal or name == FLOOR else 1) for name in names]


def is_seasonal(z: Array, season: int) -> bool:
    """True if the yearly autocorrelation of the changes is significant (10 %, as the Theta method does)."""
    if season < 2 or len(z) < 3 * season:
        return False
    r = acf(np.diff(z), nlags=season, fft=False)
    return bool(abs(r[season]) > 1.645 * np.sqrt((1 + 2 * (r[1:season] ** 2).sum()) / (len(z) - 1)))


def simulate(fitted: Sequence[Member], rng: np.random.Generator, draws: int) -> dict[str, Array]:
    """Paths (draws by period) of every member under common dates of shocks."""
    horizon = len(fitted[0].mean)
    length = min(len(m.residuals) for m in fitted)
    dates = rng.integers(length, size=(draws, horizon))
    out = {}
    for m in fitted:
        tail = m.residuals[-length:] - m.residuals[-length:].mean()
        spread = toeplitz(m.response, np.zeros(horizon))
        out[m.name] = m.mean + tail[dates] @ spread.T
    return out


def _arima(z: Array, horizon: int, season: int) -> Member:
    if season > 1:
        shapes: list[tuple[tuple[int, int, int], str | None]] = [((0, 1, 1), None)]
        yearly = (0, 1, 1, season)
    else:
        shapes = [((0, 1, 1), None), ((1, 1, 1), None), ((0, 1, 1), "c"), ((1, 1, 0), "c")]
        yearly = (0, 0, 0, 0)
    fits = [
        SARIMAX(z, order=o, seasonal_order=yearly, trend=t, simple_differencing=True).fit(disp=False)
        for o, t in shapes
    ]
    best = int(np.argmin([f.aicc for f in fits]))
    fit, (order, trend) = fits[best], shapes[best]
    lags = np.array([1.0, -1.0])
    if season > 1:
        lags = np.convolve(lags, np.r_[1.0, np.zeros(season - 1), -1.0])
    ar, ma = np.convolve(fit.polynomial_reduced_ar, lags), np.asarray(fit.polynomial_reduced_ma)
    constant = float(fit.params[0]) if trend else 0.0
    return Member(
        "arima",
        _ahead(z, np.asarray(fit.resid), ar, ma, constant, horizon),
        np.asarray(arma_impulse_response(ar, ma, leads=horizon)),
        np.asarray(fit.resid)[len(ma) :],
        f"ARIMA{order}" + (f"{yearly[:3]}{season}" if season > 1 else "") + (" with drift" if trend else ""),
    )


def _ahead(z: Array, shocks: Array, ar: Array, ma: Array, constant: float, horizon: int) -> Array:
    """Means of ``ar(B) z = constant + ma(B) e`` beyond the sample."""
    past, errors = list(z), list(shocks)
    for h in range(horizon):
        value = constant - sum(a * past[-i] for i, a in enumerate(ar[1:], 1))
        value += sum(m * errors[-i + h] for i, m in enumerate(ma[1:], 1) if i > h)
        past.append(float(value))
    return np.array(past[-horizon:])


def _ets(z: Array, horizon: int, season: int) -> Member:
    options: list[dict[str, Any]] = [{}, {"trend": "add", "damped_trend": True}]
    more: dict[str, Any] = {"seasonal": "add", "seasonal_periods": season} if season > 1 else {}
    fits = [ExponentialSmoothing(z, initialization_method="estimated", **o, **more).fit() for o in options]
    best = int(np.argmin([f.aicc for f in fits]))
    fit = fits[best]
    a = float(fit.params["smoothing_level"])
    step = np.arange(1, horizon)
    response = np.full(horizon - 1, a)
    if best:
        damp = float(fit.params["damping_trend"])
        response += a * float(fit.params["smoothing_trend"]) * np.cumsum(damp**step)
    if season > 1:
        response += float(fit.params["smoothing_seasonal"]) * (step % season == 0)
    name = f"ETS(A,{'Ad' if best else 'N'},{'A' if season > 1 else 'N'})"
    return Member(
        "ets", np.asarray(fit.forecast(horizon)), np.r_[1.0, response], np.asarray(fit.resid)[season:], name
    )


def _theta(z: Array, horizon: int, season: int) -> Member:
    model = ThetaModel(
        z, period=season if season > 1 else 1, deseasonalize=season > 1, use_test=False, method="additive"
    )
    fit = model.fit()
    alpha, drift = float(fit.params["alpha"]), float(fit.params["b0"]) / 2
    seasonal = np.zeros(len(z))
    if season > 1:
        seasonal = _additive_season(z, season)
    flat = z - seasonal
    # Simple exponential smoothing with drift: l(t) = alpha z(t) + (1 - alpha)(l(t-1) + drift).
    level, _ = lfilter(
        [alpha], [1, alpha - 1], flat[1:] + (1 - alpha) / max(alpha, 1e-9) * drift, zi=[(1 - alpha) * flat[0]]
    )
    errors = flat[1:] - np.r_[flat[0], level[:-1]] - drift
    return Member(
        "theta",
        np.asarray(fit.forecast(horizon, theta=2), dtype=float),
        np.r_[1.0, np.full(horizon - 1, alpha)],
        errors[season:],
        f"Theta, level weight {alpha:.2f}",
    )


def _additive_season(z: Array, season: int) -> Array:
    width = np.r_[0.5, np.ones(season - 1), 0.5] if season % 2 == 0 else np.ones(season)
    half = len(width) // 2
    gap = z[half:-half] - np.convolve(z, width / season, mode="valid")
    phase = (np.arange(len(gap)) + half) % season
    index = np.array([gap[phase == k].mean() for k in range(season)])
    return np.asarray((index - index.mean())[np.arange(len(z)) % season])


def _naive(z: Array, horizon: int, season: int) -> Member:
    season = max(season, 1)
    steps = np.arange(horizon)
    return Member(
        FLOOR,
        z[len(z) - season + steps % season],
        (steps % season == 0).astype(float),
        z[season:] - z[:-season],
        "last year's season" if season > 1 else "last value",
    )
