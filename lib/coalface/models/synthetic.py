"""What a unit would have done, built from other units: synthetic control and its double difference."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

Method = Literal["sc", "demeaned", "sdid", "did"]
METHODS = ("sc", "demeaned", "sdid", "did")
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Synthetic:
    """One treated unit against its weighted donors, in the unit of the panel.

    `effect` is the mean gap after the start (for "sdid" and "did" the double difference); `gap` the gap by
    period; `weights` the donors' weights; `time_weights` the weights of the periods before ("sdid" only);
    `fit_rmse` the root mean squared gap before the start; `outside` the share of periods before the start
    in which the treated unit lies above the largest or below the smallest donor.
    """

    method: str
    treated: str
    start: object
    effect: float
    observed: pd.Series
    synthetic: pd.Series
    weights: pd.Series
    time_weights: pd.Series
    fit_rmse: float
    fit_pct: float
    outside: float

    @property
    def gap(self) -> pd.Series:
        """Observed less synthetic, by period."""
        return (self.observed - self.synthetic).rename("gap")

    @property
    def effect_pct(self) -> float:
        """The effect in percent of what would have been."""
        after = self.observed.index >= self.start
        return 100 * self.effect / float(self.observed[after].mean() - self.effect)

    @property
    def ratio(self) -> float:
        """Root mean squared gap after the start over that before: the statistic of the placebo test."""
        after = self.gap.index >= self.start
        return float(np.sqrt((self.gap[after] ** 2).mean())) / max(self.fit_rmse, 1e-12)

    @property
    def is_poor(self) -> bool:
        """True if the fit before the start is off by over 10 % or the unit lies outside its donors."""
        return self.fit_pct > 10 or self.outside > 0


def obstacle(panel: pd.DataFrame, treated: str, start: object) -> str:
    """Why no estimate can be made of this panel, as one clause; empty if one can."""
    try:
        parts(panel, treated, start)
    except ValueError as error:
        return str(error)
    return ""


def simplex_weights(gaps: Array, ridge: float = 0.0) -> Array:
    """Weights (non-negative, sum 1) of the columns that bring their weighted sum nearest to zero.

    Notes
    -----
    With columns ``c_i = x_i - y`` and weights that add up to 1, ``|Xw - y| = |Cw|``. That, and a ridge on w,
    is homogeneous in w: appending one row that asks for sum 1 only sets the length of the solution, and
    non-negative least squares solves it exactly, without a step size or a start value.
    """
    n = gaps.shape[1]
    scale = float(np.abs(gaps).max()) or 1.0
    rows = [gaps / scale, np.ones((1, n))]
    if ridge > 0:
        rows.insert(1, np.eye(n) * (ridge / scale))
    stacked = np.vstack(rows)
    target = np.zeros(len(stacked))
    target[-1] = 1.0
    weights = nnls(stacked, target)[0]
    return np.asarray(weights / weights.sum(), dtype=float)


def synthetic_control(panel: pd.DataFrame, treated: str, start: object, *, demean: bool = False) -> Synthetic:
    """Effect on one unit against the convex mix of donors that tracked it best, in the panel's unit.

    Parameters
    ----------
    panel : pandas.DataFrame
        Periods (ascending) by unit, one outcome, complete.
    treated : str
        Column of the treated unit; every other column is a donor.
    start : label of the index
        First treated period.
    demean : bool
        Let donors differ by a constant (the intercept of Doudchenko and Imbens); the effect is then a change
        against the mean before.

    References
    ----------
    Abadie, A., Diamond, A., Hainmueller, J. (2010). Synthetic control methods for comparative case studies.
    JASA 105, 493-505.

    Examples
    --------
    >>> years = range(2000, 2006)
    >>> panel = pd.DataFrame({"ru": [1, 2, 3, 4, 1, 1], "a": [0, 1, 2, 3, 4, 5], "b": [2, 3, 4, 5, 6, 7]},
    ...                      index=years, dtype=float)
    >>> round(synthetic_control(panel, "ru", 2004).effect, 6)
    -4.5
    """
    return estimate(panel, treated, start, "demeaned" if demean else "sc")


def synthetic_did(panel: pd.DataFrame, treated: str, start: object) -> Synthetic:
    """Synthetic difference-in-differences effect on one unit, in the panel's unit.

    Notes
    -----
    Donor weights with an intercept and a ridge ``zeta^2 T0``, ``zeta = T1^(1/4) sd(first differences)``;
    weights of the periods before with an intercept; the effect is the weighted double difference.

    References
    ----------
    Arkhangelsky, D., Athey, S., Hirshberg, D., Imbens, G., Wager, S. (2021). Synthetic difference-in-
    differences. American Economic Review 111, 4088-4118.
    """
    return estimate(panel, treated, start, "sdid")


def estimate(panel: pd.DataFrame, treated: str, start: object, method: Method = "sc") -> Synthetic:
    """Estimate by name, in the panel's unit: "sc", "demeaned", "sdid" or "did" (equal weights)."""
    if method not in METHODS:
        raise ValueError(f"no method {method!r}; choose one of {', '.join(METHODS)}")
    y, x, pre = parts(panel, treated, start)
    mix, w, time = fit(y, x, pre, method)
    before = panel.index[pre]
    expected = pd.Series(mix, index=panel.index, name="synthetic")
    rmse = float(np.sqrt(((y - mix)[pre] ** 2).mean()))
    beyond = (y < x.min(axis=1)) | (y > x.max(axis=1))
    return Synthetic(
        method,
        treated,
        start,
        float((y - mix)[~pre].mean()),
        panel[treated].astype(float),
        expected,
        pd.Series(w, index=panel.columns.drop(treated), name="weight"),
        pd.Series(time, index=before, name="weight"),
        rmse,
        100 * rmse / max(abs(float(y[pre].mean())), 1e-300),
        float(beyond[pre].mean()),
    )


def fit(y: Array, x: Array, pre: NDArray[np.bool_], method: Method) -> tuple[Array, Array, Array]:
    """Counterfactual path, donor weights and period weights (sum 1) of one method, on plain arrays."""
    periods = int(pre.sum())
    time = np.full(periods, 1 / periods)
    gaps = (x - y[:, None])[pre]
    if method == "sc":
        w = simplex_weights(gaps)
        return x @ w, w, time
    centred = gaps - gaps.mean(axis=0)
    if method == "demeaned":
        w = simplex_weights(centred)
    elif method == "did":
        w = np.full(x.shape[1], 1 / x.shape[1])
    else:
        noise = float(np.diff(x[pre], axis=0).std(ddof=1))
        zeta = float((~pre).sum()) ** 0.25 * noise
        w = simplex_weights(centred, ridge=zeta * np.sqrt(periods))
        over = (x[pre] - x[~pre].mean(axis=0)).T
        time = simplex_weights(over - over.mean(axis=0), ridge=1e-6 * noise * np.sqrt(x.shape[1]))
    mix = x @ w
    return mix + float(time @ (y - mix)[pre]), w, time


def parts(panel: pd.DataFrame, treated: str, start: object) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Treated path, donor paths and the mask of periods before the start, after every check."""
    if treated not in panel.columns:
        close = get_close_matches(str(treated), [str(c) for c in panel.columns], n=3)
        hint = (
            f"; did you mean {', '.join(close)}?"
            if close
            else f"; the panel has {', '.join(map(str, panel))}"
        )
        raise ValueError(f"no unit {treated!r} in the panel{hint}")
    if panel.shape[1] < 3:
        left = panel.shape[1] - 1
        raise ValueError(f"{left} donor{'s' if left != 1 else ''} left for {treated!r}; keep two at least")
    if not (panel.index.is_monotonic_increasing and panel.index.is_unique):
        raise ValueError("the panel's periods are not ascending and unique; sort them")
    holes = panel.isna()
    if holes.to_numpy().any():
        column = panel.columns[holes.any()][0]
        raise ValueError(
            f"{column!r} has no figure in {panel.index[holes[column]][0]}; drop the unit or the period"
        )
    if not np.isfinite(panel.to_numpy(dtype=float)).all():
        raise ValueError("the panel holds an infinite number")
    pre = np.asarray(panel.index < start)
    if pre.sum() < 4 or pre.all():
        raise ValueError(
            f"start {start} leaves {int(pre.sum())} periods before and {int((~pre).sum())} after, in a panel "
            f"from {panel.index[0]} to {panel.index[-1]}; four before and one after are the least"
        )
    donors = panel.drop(columns=treated).to_numpy(dtype=float)
    if not donors[pre].any():
        raise ValueError(f"all donors are zero before {start}; there is nothing to build {treated!r} from")
    return panel[treated].to_numpy(dtype=float), donors, pre
