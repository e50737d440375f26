"""What a surprise in the key rate does, estimated twice, and how far the answer hangs on the prior."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coalface.models import vars as bvar
from coalface.models.paths import ORDER
from coalface.models.projections import local_projections

ACTIVITY = "mining_mom_pct"
SWEEP = (0.05, 0.1, 0.2, 0.4, 1.0)
LAGS = 3


@dataclass(frozen=True)
class Responses:
    """Responses to a surprise of one percentage point in the key rate, by variable.

    Each frame is indexed by month and has columns var, var_low, var_high, lp, lp_low, lp_high: the vector
    autoregression and the local projections, 90 percent intervals; levels of prices, rouble and output in
    percent, the key rate in points. `agreement` (0 to 1) is the share of months and variables in which
    the intervals overlap.
    """

    frames: dict[str, pd.DataFrame]
    agreement: float
    first: str
    last: str
    n: int


def _sample(money: pd.DataFrame, activity: pd.Series | None) -> pd.DataFrame:
    """Return changes and the key rate on the months common to all; activity first where it is known."""
    frame = money[list(ORDER)]
    if activity is not None and len(activity):
        frame = pd.concat([activity.rename(ACTIVITY), frame], axis=1)
    return frame.dropna()


def _prior(names: list[str], tightness: float = 0.2) -> bvar.Minnesota:
    own = {ORDER[0]: 0.5, ORDER[-1]: 1.0}
    return bvar.Minnesota(tightness=tightness, own_lag=tuple(own.get(n, 0.0) for n in names))


def responses(
    money: pd.DataFrame, activity: pd.Series | None, *, horizon: int, draws: int, rng: np.random.Generator
) -> Responses:
    """Estimate the responses by a Bayesian vector autoregression and by local projections on one sample.

    Parameters
    ----------
    money : pandas.DataFrame
        Columns cpi_mom_pct, rub_per_usd_mom_pct, key_rate_pct.
    activity : pandas.Series or None
        Change of output on the month before, percent; left out where None or empty.

    Notes
    -----
    The key rate comes last: it may react within the month to output, prices and rouble, and they react to
    it from the next month on. The rouble's reaction within the month is thus laid to the rouble, not to
    the key rate.
    """
    data = _sample(money, activity)
    names = [str(c) for c in data.columns]
    changes = tuple(names[:-1])
    posterior = bvar.fit(data, lags=LAGS, prior=_prior(names), season=True)
    drawn = bvar.responses(
        bvar.draw(posterior, draws=draws, rng=rng), shock=names[-1], horizon=horizon, cumulate=changes
    )
    low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=0)
    levels = data.copy()
    levels[list(changes)] = np.log1p(data[list(changes)] / 100).cumsum() * 100
    direct = local_projections(levels, shock=names[-1], lags=LAGS, horizon=horizon, season=True)
    frames = {}
    for i, name in enumerate(names):
        own = direct.xs(name, level="variable").set_axis(["lp", "lp_low", "lp_high"], axis=1)
        frames[name] = own.assign(var=middle[:, i], var_low=low[:, i], var_high=high[:, i])
    return Responses(frames, agreement(frames), str(data.index[0]), str(data.index[-1]), len(data))


def agreement(frames: dict[str, pd.DataFrame]) -> float:
    """Share of months and variables, 0 to 1, in which each method's estimate lies in the other's interval.

    Month 0 is left out: there both are equal by construction.
    """
    after = pd.concat([frame[frame.index > 0] for frame in frames.values()])
    inside = after["var"].between(after["lp_low"], after["lp_high"])
    return float((inside & after["lp"].between(after["var_low"], after["var_high"])).mean())


def sweep(
    money: pd.DataFrame, activity: pd.Series | None, *, horizon: int, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Responses of prices and rouble after `horizon` months, percent, for looser and tighter priors.

    Index tightness; columns log_evidence, and value, low, high (90 percent) of each variable. All priors
    take the same random numbers; with the generator and the draws of `responses`, its prior gives its
    numbers.
    """
    data = _sample(money, activity)
    names = [str(c) for c in data.columns]
    changes = tuple(names[:-1])
    rows = {}
    for tightness, posterior in bvar.prior_sweep(
        data, lags=LAGS, prior=_prior(names), tightness=SWEEP, season=True
    ).items():
        drawn = bvar.responses(
            bvar.draw(posterior, draws=draws, rng=deepcopy(rng)),
            shock=names[-1],
            horizon=horizon,
            cumulate=changes,
        )
        row = {"log_evidence": posterior.log_evidence}
        for short, name in (("prices", ORDER[0]), ("rouble", ORDER[1])):
            low, middle, high = np.quantile(drawn[:, horizon, names.index(name)], [0.05, 0.5, 0.95])
            row |= {f"{short}": middle, f"{short}_low": low, f"{short}_high": high}
        rows[tightness] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("tightness")
