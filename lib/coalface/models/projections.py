"""Local projections: the response to a surprise in the policy rate, one regression a month ahead."""

from __future__ import annotations

import pandas as pd
from scipy import stats
from statsmodels.tsa.api import LocalProjections


def local_projections(
    levels: pd.DataFrame, *, shock: str, lags: int, horizon: int, season: bool = False, level: float = 0.9
) -> pd.DataFrame:
    """Response of every column to a rise of one unit in `shock`, in the units of the columns.

    Parameters
    ----------
    levels : pandas.DataFrame
        Levels (100 times logs where a response in percent is wanted), monthly without gaps. Columns before
        `shock` are controlled for in the same month: `shock` reacts to them at once, they react a month
        later.
    season : bool
        Control for eleven month effects.

    Returns
    -------
    pandas.DataFrame
        Index (variable, month 0 to horizon), columns value, low, high.

    Raises
    ------
    ValueError
        If a value is missing or the sample leaves fewer than 20 degrees of freedom at the last horizon.

    Notes
    -----
    y_{t+h} = a_h + b_h shock_t + controls + e_{t+h}, Newey-West errors; b_h over h is the response. Nothing
    ties one horizon to the next, so it is less precise than a vector autoregression and less easily wrong.

    References
    ----------
    Jordà (2005), Estimation and inference of impulse responses by local projections, American Economic Review
    95(1). Plagborg-Møller and Wolf (2021), Local projections and VARs estimate the same impulse responses,
    Econometrica 89(2).
    """
    if levels.isna().any().any():
        raise ValueError(
            f"a value is missing in {levels.index[levels.isna().any(axis=1)][0]}; cut the sample"
        )
    j = levels.columns.get_loc(shock)
    now = levels.iloc[:, :j]
    months = pd.get_dummies(pd.PeriodIndex(levels.index).month, drop_first=True, dtype=float).set_index(
        levels.index
    )
    exog = pd.concat([now, months] if season else [now], axis=1).to_numpy(float)
    free = len(levels) - lags - horizon - (2 + lags * levels.shape[1] + exog.shape[1])
    if free < 20:
        raise ValueError(
            f"{free} degrees of freedom are left at month {horizon}; use fewer lags or a shorter horizon"
        )
    model = LocalProjections(
        levels.to_numpy(float), shock_idx=j, lags=lags, horizons=horizon, exog=exog if exog.size else None
    )
    fit = model.fit()
    value, error = fit.irfs[:, :, 0].copy(), fit.stderr[:, :, 0].copy()
    value[0, :j], error[0, :j] = 0.0, 0.0  # controlled for in the same month: no response by construction
    z = float(stats.norm.ppf(0.5 + level / 2))
    index = pd.MultiIndex.from_product([levels.columns, range(horizon + 1)], names=["variable", "month"])
    flat, width = value.T.reshape(-1), z * error.T.reshape(-1)
    return pd.DataFrame({"value": flat, "low": flat - width, "high": flat + width}, index=index)
