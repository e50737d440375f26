"""Published forecasting results, reproduced."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scoringrules
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.tests.results.results_sarimax import air2_data

from coalface.models.backtest import sample_crps
from coalface.models.forecast import combine, members

LOGS = np.log(np.array(air2_data, dtype=float))


def test_the_airline_model_has_the_parameters_of_box_and_jenkins():
    """Box and Jenkins (1976), series G in logarithms, as in Stata's manual: -0.4018 and -0.5569."""
    fit = SARIMAX(LOGS, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), simple_differencing=True).fit(
        disp=False
    )
    assert fit.params[:2] == pytest.approx([-0.4018, -0.5569], abs=2e-4)


def test_our_arima_member_forecasts_what_the_full_state_space_form_does():
    arima = members(LOGS, 24, 12, ["arima"])[0]
    full = SARIMAX(LOGS, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12)).fit(disp=False)
    assert arima.spec == "ARIMA(0, 1, 1)(0, 1, 1)12"
    assert arima.mean == pytest.approx(full.forecast(24), abs=2e-3)
    assert arima.response == pytest.approx(np.ravel(full.impulse_responses(23)), abs=2e-3)


def test_our_theta_member_is_the_theta_model():
    """Assimakopoulos and Nikolopoulos (2000), IJF 16; statsmodels' ThetaModel is the independent code."""
    theta = members(LOGS, 12, 12, ["theta"])[0]
    fit = ThetaModel(LOGS, period=12, use_test=False, method="additive").fit()
    assert theta.mean == pytest.approx(np.asarray(fit.forecast(12)), abs=1e-9)
    assert np.std(theta.residuals) < 0.06


def test_the_combination_forecasts_airline_passengers_within_its_band():
    y = pd.Series(np.exp(LOGS), pd.period_range("1949-01", periods=144, freq="M"), name="airline")
    found = combine(y[:-12], 12, rng=np.random.default_rng(1))
    assert (found.median / y[-12:] - 1).abs().mean() < 0.06
    inside = (found.quantiles[0.05] <= y[-12:]) & (y[-12:] <= found.quantiles[0.95])
    assert inside.mean() >= 0.75


def test_crps_from_draws_agrees_with_scoringrules():
    rng = np.random.default_rng(7)
    draws, seen = rng.gamma(3.0, size=(500, 6)), rng.gamma(3.0, size=6)
    assert sample_crps(draws, seen) == pytest.approx(
        scoringrules.crps_ensemble(seen, draws.T, estimator="nrg")
    )
