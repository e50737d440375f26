"""Published results on money and rates, reproduced by our models, each with its citation."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels
from statsmodels.datasets import danish_data, macrodata
from statsmodels.tsa.api import VAR

from coalface.models import vars as bvar
from coalface.models.passthrough import error_correction
from coalface.models.projections import local_projections
from coalface.models.rates import regimes


def _shipped_list(file: str, name: str) -> list[float]:
    """Read a literal list out of a file of statsmodels without running that file."""
    path = Path(statsmodels.__file__).parent / file
    if not path.is_file():
        pytest.skip(f"this build of statsmodels does not ship {file}")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in node.targets
        ):
            return ast.literal_eval(node.value)
    raise AssertionError(f"no list {name} in {path}")


@pytest.fixture(scope="module")
def macro_growth():
    data = macrodata.load_pandas().data
    index = pd.PeriodIndex.from_fields(
        year=data["year"].astype(int), quarter=data["quarter"].astype(int), freq="Q"
    )
    return np.log(data[["realgdp", "realcons", "realinv"]]).set_index(index).diff().dropna()


def test_danish_money_demand_gives_the_published_error_correction_and_bounds_test():
    """Money demand of Denmark (Johansen and Juselius 1990), ARDL(3,1,3,2) as published with R's package ARDL
    (Natsiopoulos and Tzeremes 2022) and in the statsmodels notebook on ARDL; 0.6728 is the coefficient of
    income in the same quarter. The F of 5.1168 restricts the constant to the long run (case 2)."""
    data = danish_data.load_pandas().data
    fit = error_correction(
        data["lrm"], data[["lry", "ibo", "ide"]], lags=3, order={"lry": 1, "ibo": 3, "ide": 2}, case=2
    )
    assert fit.order == (3, 1, 3, 2)
    assert fit.params["const"] == pytest.approx(2.6202, abs=5e-5)
    assert fit.params["D.lry.L0"] == pytest.approx(0.6728, abs=5e-5)
    assert fit.adjustment.value == pytest.approx(-0.41685, abs=5e-6)
    assert fit.bounds_f == pytest.approx(5.1168, abs=5e-5)
    assert fit.verdict == "levels move together"


def test_a_flat_prior_gives_the_coefficients_and_likelihood_of_the_statsmodels_manual(macro_growth):
    """VAR(2) of US income, consumption and investment; the manual prints a log likelihood of 1962.57."""
    loose = bvar.Minnesota(tightness=1e5, loose=1e5)
    posterior = bvar.fit(macro_growth, lags=2, prior=loose)
    manual = VAR(macro_growth.to_numpy()).fit(2)
    ours = np.vstack([posterior.mean[-1], posterior.mean[:-1]])  # the constant comes first there
    np.testing.assert_allclose(ours, manual.params, rtol=1e-5, atol=1e-8)
    y, x = macro_growth.to_numpy()[2:], bvar._design(macro_growth, 2, season=False)[1]
    rest = y - x @ posterior.mean
    n, t = y.shape[1], len(y)
    likelihood = -t / 2 * (n * np.log(2 * np.pi) + np.linalg.slogdet(rest.T @ rest / t)[1] + n)
    assert likelihood == pytest.approx(1962.57, abs=5e-3)


def test_hamilton_1989_is_found_again():
    """Growth of US real GNP, 1951 to 1984, AR(4) around a mean of two states: Hamilton (1989), Econometrica
    57(2), log likelihood -181.263; means 1.16 and -0.36 percent a quarter. statsmodels ships the series."""
    growth = _shipped_list("tsa/regime_switching/tests/test_markov_autoregression.py", "rgnp")
    index = pd.period_range("1951Q2", periods=len(growth), freq="Q")
    fit = regimes(pd.Series(growth, index=index), states=2, order=4)
    assert fit.log_likelihood == pytest.approx(-181.263, abs=2e-3)
    assert fit.means == pytest.approx((-0.3588, 1.1635), abs=2e-3)
    assert fit.expected_periods == pytest.approx((4.08, 10.43), abs=0.05)


@pytest.mark.parametrize("shock", ["realgdp", "realcons", "realinv"])
def test_projection_at_horizon_one_is_a_column_of_a_first_order_var(macro_growth, shock):
    """Jorda (2005): with today's values as the only controls, projection and VAR(1) are one regression."""
    ordered = macro_growth[[c for c in macro_growth if c != shock] + [shock]]
    matrix = VAR(ordered.to_numpy()).fit(1).coefs[0]
    response = local_projections(ordered, shock=shock, lags=0, horizon=1)["value"].xs(1, level="month")
    np.testing.assert_allclose(response[list(ordered)], matrix[:, -1], atol=1e-8, rtol=0)


def test_conjugate_posterior_of_one_variable_is_the_textbook_regression():
    """One variable is the normal-inverse-gamma regression: Gelman and others, Bayesian Data Analysis."""
    rng = np.random.default_rng(0)
    index = pd.period_range("2000-01", periods=60, freq="M")
    values = pd.DataFrame({"y": rng.standard_normal(60).cumsum()}, index=index)
    prior = bvar.Minnesota(tightness=0.3, own_lag=(1.0,), loose=10.0)
    posterior = bvar.fit(values, lags=1, prior=prior)
    y, x = values.to_numpy()[1:], np.column_stack([values.to_numpy()[:-1], np.ones(59)])
    s2 = bvar.residual_variance(values)[0]
    precision = np.diag([s2 / 0.3**2, 1 / 10.0**2])
    spread = np.linalg.inv(precision + x.T @ x)
    mean = spread @ (precision @ [[1.0], [0.0]] + x.T @ y)
    scale = s2 + (y.T @ y + s2 / 0.3**2 - mean.T @ np.linalg.inv(spread) @ mean)
    np.testing.assert_allclose(posterior.mean, mean, rtol=1e-10)
    np.testing.assert_allclose(posterior.scale, scale, rtol=1e-10)
    assert posterior.df == 3 + 59


def test_conjugate_posterior_and_evidence_agree_with_the_package_bvar(macro_growth):
    """bvar 0.3.5 (Chan 2020; Giannone, Lenza and Primiceri 2015), fed with our prior moments."""
    package = pytest.importorskip("bvar.models.conjugate.marginal_likelihood")
    data, n, lags = macro_growth * 100, 3, 2
    prior = bvar.Minnesota(tightness=0.2, own_lag=(0.0, 0.0, 0.0), loose=100.0)
    posterior = bvar.fit(data, lags=lags, prior=prior)
    y, x = bvar._design(data, lags, season=False)
    s2 = bvar.residual_variance(data)
    precision = np.append(np.tile(s2, lags) * np.repeat([1.0, 4.0], n) / 0.2**2, 1e-4)
    evidence = package.log_marginal_likelihood(
        y, x, np.zeros(n * x.shape[1]), np.diag(precision), np.diag(s2), n + 2.0, n
    )
    assert posterior.log_evidence == pytest.approx(evidence, rel=1e-9)
