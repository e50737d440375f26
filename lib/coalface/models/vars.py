"""A small Bayesian vector autoregression: Minnesota prior, conjugate, in closed form."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import linalg, stats
from scipy.special import multigammaln

Array = np.ndarray


@dataclass(frozen=True)
class Minnesota:
    """The prior: each variable goes its own way, the more so the smaller `tightness`.

    `own_lag` is the prior mean of a variable's own first lag: 1 for a level that wanders, 0 for a change.
    `decay` shrinks longer lags, `loose` is the standard deviation of the constant and the season.
    """

    tightness: float = 0.2
    decay: float = 1.0
    loose: float = 100.0
    own_lag: tuple[float, ...] = ()


@dataclass(frozen=True)
class Posterior:
    """Normal-inverse-Wishart posterior of y_t = B'x_t + e_t.

    Coefficients given the variance are normal with mean `mean` and covariance variance (x) `spread`; the
    variance is inverse Wishart with `scale` and `df`. `history` holds the last rows of the data.
    """

    names: tuple[str, ...]
    lags: int
    season: bool
    mean: Array
    spread: Array
    scale: Array
    df: float
    log_evidence: float
    history: pd.DataFrame
    first: str
    n: int


def _design(data: pd.DataFrame, lags: int, season: bool) -> tuple[Array, Array]:
    """Return left and right sides: all lags of all variables, a constant, month dummies if `season`."""
    values = data.to_numpy(float)
    past = [values[lags - k : len(values) - k] for k in range(1, lags + 1)]
    fixed = _fixed(data.index[lags:], season)
    return values[lags:], np.hstack([*past, fixed])


def _fixed(index: pd.Index, season: bool) -> Array:
    """Return a constant, and month dummies that add up to zero over a year."""
    ones = np.ones((len(index), 1))
    if not season:
        return ones
    months = pd.PeriodIndex(index).month.to_numpy()[:, None]
    return np.hstack([ones, (months == np.arange(1, 12)) - (months == 12).astype(float)])


def residual_variance(data: pd.DataFrame) -> Array:
    """Residual variance of a first-order autoregression of each column, the scale of the prior."""
    out = []
    for column in data:
        v = data[column].to_numpy(float)
        x = np.column_stack([np.ones(len(v) - 1), v[:-1]])
        rest = v[1:] - x @ np.linalg.lstsq(x, v[1:], rcond=None)[0]
        out.append(rest @ rest / (len(v) - 3))
    return np.array(out)


def fit(data: pd.DataFrame, *, lags: int, prior: Minnesota | None = None, season: bool = False) -> Posterior:
    """Posterior of a vector autoregression under the Minnesota prior, in the units of the data.

    Parameters
    ----------
    data : pandas.DataFrame
        One column a variable, monthly without gaps.
    lags : int
        Lags of every variable in every equation.
    prior : Minnesota, optional
        Its `own_lag` needs one entry a column; all 0 by default.
    season : bool
        Add month effects, which the prior leaves almost free.

    Raises
    ------
    ValueError
        If a value is missing, the sample is too short, or the prior does not fit the columns.

    Notes
    -----
    Prior: coefficients on lag l of variable j have variance (tightness / (l^decay s_j))^2 times the
    equation's variance; variance ~ IW(diag(s^2), n + 2) with s_j^2 from an AR(1). Posterior and evidence
    are the standard conjugate formulas; `log_evidence` compares priors on the same data.

    References
    ----------
    Kadiyala and Karlsson (1997), Numerical methods for estimation and inference in Bayesian VAR models,
    Journal of Applied Econometrics 12(2). Giannone, Lenza and Primiceri (2015), Prior selection for vector
    autoregressions, Review of Economics and Statistics 97(2).
    """
    prior = prior or Minnesota()
    names = tuple(str(c) for c in data.columns)
    n = len(names)
    own = prior.own_lag or (0.0,) * n
    if len(own) != n:
        raise ValueError(f"own_lag has {len(own)} entries for {n} variables ({', '.join(names)})")
    if data.isna().any().any():
        where = data.index[data.isna().any(axis=1)][0]
        raise ValueError(f"a value is missing in {where}; cut the sample so that every variable is known")
    if isinstance(data.index, pd.PeriodIndex) and (np.diff(data.index.asi8) != 1).any():
        raise ValueError("a month is missing inside the sample; a vector autoregression needs every month")
    if len(data) < lags + n + 20:
        raise ValueError(
            f"{len(data)} months are too few for {lags} lags of {n} variables; at least {lags + n + 20}"
        )
    y, x = _design(data, lags, season)
    s2 = residual_variance(data)
    k = x.shape[1]
    lag = np.repeat(np.arange(1, lags + 1), n)
    precision = np.full(k, prior.loose**-2)
    precision[: n * lags] = np.tile(s2, lags) * lag ** (2 * prior.decay) / prior.tightness**2
    centre = np.zeros((k, n))
    centre[np.arange(n), np.arange(n)] = own

    inner = linalg.cho_factor(np.diag(precision) + x.T @ x, lower=True)
    mean = linalg.cho_solve(inner, precision[:, None] * centre + x.T @ y)
    rest, moved = y - x @ mean, mean - centre
    scale = np.diag(s2) + rest.T @ rest + moved.T @ (precision[:, None] * moved)
    df0, t = n + 2.0, len(y)
    logdet_inner = 2 * np.log(np.diag(inner[0])).sum()
    evidence = (
        -n * t / 2 * np.log(np.pi)
        + multigammaln((df0 + t) / 2, n)
        - multigammaln(df0 / 2, n)
        + n / 2 * (np.log(precision).sum() - logdet_inner)
        + df0 / 2 * np.log(s2).sum()
        - (df0 + t) / 2 * np.linalg.slogdet(scale)[1]
    )
    return Posterior(
        names, lags, season, mean, linalg.cho_solve(inner, np.eye(k)), scale, df0 + t, float(evidence),
        data.iloc[-max(lags, 12) :], str(data.index[0]), t,
    )  # fmt: skip


@dataclass(frozen=True)
class Draws:
    """Draws from a posterior: `coefficients` (draw, regressor, equation), `factor` (draw, equation, shock).

    `factor` is the lower Cholesky factor of the variance. Only draws without an exploding root are kept,
    `stable_share` (0 to 1) of them all.
    """

    posterior: Posterior
    coefficients: Array
    factor: Array
    stable_share: float

    def __len__(self) -> int:
        return len(self.coefficients)


def draw(posterior: Posterior, *, draws: int, rng: np.random.Generator, root: float = 1.0) -> Draws:
    """Draw coefficients and variance; draws with a root above `root` in modulus are left out.

    Raises
    ------
    ValueError
        If fewer than one draw in ten is stable.
    """
    k, n = posterior.mean.shape
    variance = stats.invwishart.rvs(posterior.df, posterior.scale, size=draws, random_state=rng).reshape(
        draws, n, n
    )
    factor = np.linalg.cholesky(variance)
    left = np.linalg.cholesky(posterior.spread)
    noise = rng.standard_normal((draws, k, n))
    coefficients = posterior.mean + left @ noise @ factor.transpose(0, 2, 1)
    keep = _roots(coefficients, n, posterior.lags) <= root
    if keep.mean() < 0.1:
        raise ValueError(f"only {keep.mean():.0%} of the draws are stable; use a tighter prior or fewer lags")
    return Draws(posterior, coefficients[keep], factor[keep], float(keep.mean()))


def _roots(coefficients: Array, n: int, lags: int) -> Array:
    """Return the largest modulus of the companion matrix of each draw."""
    companion = np.zeros((len(coefficients), n * lags, n * lags))
    companion[:, :n, :] = coefficients[:, : n * lags, :].transpose(0, 2, 1)
    companion[:, n:, :-n] = np.eye(n * (lags - 1))
    return np.asarray(np.abs(np.linalg.eigvals(companion)).max(axis=1))


def responses(draws: Draws, *, shock: str, horizon: int, cumulate: tuple[str, ...] = ()) -> Array:
    """Responses to a rise of one unit in `shock`: array (draw, month 0 to horizon, variable).

    Notes
    -----
    Recursive: a variable moves at once with those named before it, and with those after it from the next
    month on. Variables in `cumulate` are changes; their responses are added up to levels.
    """
    names = draws.posterior.names
    n, lags, j = len(names), draws.posterior.lags, names.index(shock)
    out = np.zeros((len(draws), horizon + 1, n))
    out[:, 0] = draws.factor[:, :, j] / draws.factor[:, j, j][:, None]
    for h in range(1, horizon + 1):
        for back in range(1, min(lags, h) + 1):
            block = draws.coefficients[:, (back - 1) * n : back * n, :]
            out[:, h] += np.einsum("di,dij->dj", out[:, h - back], block)
    for name in cumulate:
        i = names.index(name)
        out[:, :, i] = out[:, :, i].cumsum(axis=1)
    return out


def shocks(draws: Draws, *, horizon: int, rng: np.random.Generator) -> Array:
    """Standard normal shocks (draw, month, variable): one set for all scenarios, so that only they differ."""
    return rng.standard_normal((len(draws), horizon, len(draws.posterior.names)))


def simulate(draws: Draws, noise: Array, *, path: Array | None = None) -> tuple[Array, Array]:
    """Simulate the future: array (draw, month 1 to horizon, variable), and the shocks of the last variable in
    standard deviations (draw, month).

    Parameters
    ----------
    noise : numpy.ndarray
        From `shocks`.
    path : numpy.ndarray, optional
        Level of the last variable, the policy rate, by month (month) or (draw, month); NaN leaves a month
        free.

    Raises
    ------
    ValueError
        If the path has another number of months than the shocks.

    Notes
    -----
    With a path, the shock of the policy rate is solved for month by month while all other shocks stay as
    drawn: the path is a decision, not news about the economy. Shocks much beyond two standard deviations
    would be a change of regime that the past cannot speak about.

    References
    ----------
    Waggoner and Zha (1999), Conditional forecasts in dynamic multivariate models, Review of Economics and
    Statistics 81(4). Leeper and Zha (2003), Modest policy interventions, Journal of Monetary Economics 50(8).
    """
    post = draws.posterior
    d, horizon, n = noise.shape
    lags = post.lags
    noise = noise.copy()
    if path is not None and np.shape(path)[-1] != horizon:
        raise ValueError(f"the path has {np.shape(path)[-1]} months and the shocks have {horizon}")
    wanted = np.broadcast_to(np.nan if path is None else np.asarray(path, float), (d, horizon))
    future = pd.period_range(post.history.index[-1] + 1, periods=horizon, freq="M")
    fixed = _fixed(future, post.season)
    window = np.tile(post.history.to_numpy(float)[::-1][:lags].reshape(-1), (d, 1))
    slopes, level = draws.coefficients[:, : n * lags], draws.coefficients[:, n * lags :]
    out = np.empty((d, horizon, n))
    for h in range(horizon):
        mean = np.einsum("dk,dkj->dj", window, slopes) + np.einsum("k,dkj->dj", fixed[h], level)
        others = np.einsum("di,di->d", draws.factor[:, -1, :-1], noise[:, h, :-1])
        solved = (wanted[:, h] - mean[:, -1] - others) / draws.factor[:, -1, -1]
        noise[:, h, -1] = np.where(np.isnan(wanted[:, h]), noise[:, h, -1], solved)
        out[:, h] = mean + np.einsum("dij,dj->di", draws.factor, noise[:, h])
        window = np.hstack([out[:, h], window[:, :-n]])
    return out, noise[:, :, -1]


def prior_sweep(
    data: pd.DataFrame, *, lags: int, prior: Minnesota, tightness: tuple[float, ...], season: bool = False
) -> dict[float, Posterior]:
    """Posterior for each tightness of the prior; the data prefer the highest `log_evidence`."""
    return {t: fit(data, lags=lags, prior=replace(prior, tightness=t), season=season) for t in tightness}
