"""The tests that could refute an effect, and how often they are right where the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coalface.models import synthetic
from coalface.models.synthetic import Array, Method, estimate, fit


@dataclass(frozen=True)
class Placebos:
    """What the placebo tests say of one estimate.

    `space` has one row a unit: `effect` in the panel's unit, `relative_pct` of its own mean before, `ratio`
    of root mean squared gaps after and before, `fit_pct` the gap before in percent. `p` is the share of units
    whose statistic is at least that of the treated one, `floor` the smallest p that so few units allow.
    `time` holds the effects at false starts, `leave_one_out` the effect without each donor that has weight.
    """

    space: pd.DataFrame
    time: pd.DataFrame
    leave_one_out: pd.Series
    p: float
    floor: float


def placebos(
    panel: pd.DataFrame,
    treated: str,
    start: object,
    *,
    method: Method = "sc",
    false_starts: Sequence[object] = (),
) -> Placebos:
    """Placebo tests of one estimate in space, in time and by leaving donors out (p between 1/n and 1).

    Notes
    -----
    In space every unit is treated in turn; the truly treated one is then no donor, since its outcome after
    the start is what is in doubt. The statistic is the ratio of root mean squared gaps for "sc" and
    "demeaned", and the absolute effect relative to the unit's own mean before for the other methods. In time
    only periods before the true start are used.

    References
    ----------
    Abadie, A., Diamond, A., Hainmueller, J. (2015). Comparative politics and the synthetic control method.
    American Journal of Political Science 59, 495-510.
    """
    own = estimate(panel, treated, start, method)
    pool = panel.drop(columns=treated)
    if pool.shape[1] < 3:
        raise ValueError(
            f"{pool.shape[1]} donors are too few for a placebo test in space; keep three at least"
        )
    rows = {treated: own} | {str(unit): estimate(pool, str(unit), start, method) for unit in pool.columns}
    before = panel[panel.index < start]
    space = pd.DataFrame(
        {
            "effect": {u: r.effect for u, r in rows.items()},
            "relative_pct": {
                u: 100 * r.effect / _size(before[u].to_numpy(dtype=float)) for u, r in rows.items()
            },
            "ratio": {u: r.ratio for u, r in rows.items()},
            "fit_pct": {u: r.fit_pct for u, r in rows.items()},
        }
    )
    statistic = space["ratio"] if method in ("sc", "demeaned") else space["relative_pct"].abs()
    p = float((statistic >= statistic[treated] * (1 - 1e-12)).mean())
    times = {s: estimate(before, treated, s, method) for s in false_starts}
    time = pd.DataFrame(
        {
            "effect": {s: r.effect for s, r in times.items()},
            "fit_pct": {s: r.fit_pct for s, r in times.items()},
        }
    )
    carried = own.weights.index[own.weights > 1e-4]
    left = {str(d): estimate(panel.drop(columns=d), treated, start, method).effect for d in carried}
    return Placebos(space, time, pd.Series(left, name="effect", dtype=float), p, 1 / len(space))


def obstacle(panel: pd.DataFrame, treated: str, start: object) -> str:
    """Why this panel bears no placebo test, as one clause; empty if it does."""
    why = synthetic.obstacle(panel, treated, start)
    if why:
        return why
    alive = (panel.drop(columns=treated)[panel.index < start] > 0).all().sum()
    return f"{alive} donors with figures throughout are left; a placebo test needs three" if alive < 3 else ""


@dataclass(frozen=True)
class Calibration:
    """How the placebo test behaves where the truth is known: rejection rates (0 to 1) at level `alpha`."""

    alpha: float
    size: float
    power: pd.Series
    draws: int
    units: int

    @property
    def largest_pct(self) -> float:
        """The largest effect that was tried, percent."""
        return float(self.power.index.to_numpy(dtype=float)[-1])

    @property
    def at_largest(self) -> float:
        """How often the test notices the largest effect, 0 to 1."""
        return float(self.power.iloc[-1])


def calibrate(
    panel: pd.DataFrame,
    treated: str,
    start: object,
    *,
    rng: np.random.Generator,
    effects_pct: Sequence[float] = (-10.0, -20.0, -40.0),
    alpha: float = 0.1,
    draws: int = 200,
    method: Method = "sc",
) -> Calibration:
    """Measured size and power (0 to 1) of the placebo test on simulated panels of the same shape.

    Notes
    -----
    Null panels keep each unit's first value and the observed cross-section of shocks: log changes of the
    periods before the start are resampled as whole rows, so units keep their drift, their spread and the way
    they move together. Which unit counts as treated is drawn too, because under the null none is special.
    Power multiplies the treated unit after the start by one plus the effect. Units with a zero before the
    start have no log change and are left out.
    """
    if not 0 < alpha < 1 or draws < 10:
        raise ValueError(f"alpha {alpha} must lie between 0 and 1 and draws {draws} be 10 or more")
    before = panel[panel.index < start]
    alive = before.columns[(before > 0).all()]
    if treated not in alive or len(alive) < 4:
        raise ValueError(
            "calibration needs the treated unit and three donors with positive figures throughout"
        )
    values = before[alive].to_numpy(dtype=float)
    steps = np.diff(np.log(values), axis=0)
    pre = np.asarray(panel.index < start)
    rejected = np.zeros(len(effects_pct) + 1)
    for _ in range(draws):
        shocks = steps[rng.integers(len(steps), size=len(panel) - 1)]
        world = values[0] * np.exp(np.vstack([np.zeros(len(alive)), shocks.cumsum(axis=0)]))
        chosen = int(rng.integers(len(alive)))
        pool = np.delete(world, chosen, axis=1)
        others = [
            _statistic(pool[:, i], np.delete(pool, i, axis=1), pre, method) for i in range(pool.shape[1])
        ]
        for k, effect in enumerate((0.0, *effects_pct)):
            y = np.where(pre, 1.0, 1 + effect / 100) * world[:, chosen]
            own = _statistic(y, pool, pre, method)
            rejected[k] += (1 + sum(s >= own for s in others)) / len(alive) <= alpha
    rates = rejected / draws
    power = pd.Series(rates[1:], index=pd.Index(effects_pct, name="effect_pct"), name="power")
    return Calibration(alpha, float(rates[0]), power, draws, len(alive))


def _statistic(y: Array, x: Array, pre: NDArray[np.bool_], method: Method) -> float:
    gap = y - fit(y, x, pre, method)[0]
    if method in ("sc", "demeaned"):
        return float(np.sqrt((gap[~pre] ** 2).mean() / max((gap[pre] ** 2).mean(), 1e-24)))
    return abs(float(gap[~pre].mean())) / _size(y[pre])


def _size(values: Array) -> float:
    return max(float(np.abs(values).mean()), 1e-300)
