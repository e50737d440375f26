import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalface.models import paths, projections, responses
from coalface.models import vars as bvar


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(0)
    out = np.zeros((300, 2))
    matrix = np.array([[0.5, -0.3], [0.2, 0.7]])
    for t in range(1, 300):
        out[t] = matrix @ out[t - 1] + rng.standard_normal(2)
    return pd.DataFrame(out, columns=["y", "rate"], index=pd.period_range("2000-01", periods=300, freq="M"))


@pytest.fixture(scope="module")
def drawn(world):
    return bvar.draw(bvar.fit(world, lags=2), draws=500, rng=np.random.default_rng(1))


def test_the_prior_rules_when_it_is_tight_and_the_data_when_it_is_loose(world):
    tight = bvar.fit(world, lags=1, prior=bvar.Minnesota(tightness=1e-6, own_lag=(0.4, 0.9)))
    loose = bvar.fit(world, lags=1, prior=bvar.Minnesota(tightness=100.0))
    np.testing.assert_allclose(tight.mean[:2], np.diag([0.4, 0.9]), atol=1e-4)
    np.testing.assert_allclose(loose.mean[:2].T, [[0.5, -0.3], [0.2, 0.7]], atol=0.15)


def test_draws_centre_on_the_posterior_mean(drawn):
    np.testing.assert_allclose(drawn.coefficients.mean(axis=0), drawn.posterior.mean, atol=0.02)
    assert drawn.stable_share > 0.95


def test_responses_start_at_one_and_follow_the_matrix(drawn):
    found = bvar.responses(drawn, shock="rate", horizon=6)
    assert (found[:, 0, 1] == 1).all()
    assert (found[:, 0, 0] == 0).all()  # the rate comes last: the other variable does not move at once
    assert np.median(found[:, 1, 0]) == pytest.approx(-0.3, abs=0.1)
    summed = bvar.responses(drawn, shock="rate", horizon=6, cumulate=("y",))
    np.testing.assert_allclose(summed[:, :, 0], found[:, :, 0].cumsum(axis=1))


def test_both_methods_find_the_responses_of_a_made_world():
    """Prices fall after a rise of the rate; the estimates of both methods lie in each other's intervals."""
    rng = np.random.default_rng(1)
    index = pd.period_range("2000-01", periods=400, freq="M")
    rows = np.zeros((400, 3))
    for t in range(1, 400):
        price, _, rate = rows[t - 1]
        rows[t, :2] = 0.4 * price - 0.1 * rate + 0.2 * rng.standard_normal(), rng.standard_normal()
        rows[t, 2] = 0.8 * rate + 0.3 * rng.standard_normal()
    money = pd.DataFrame(rows, columns=list(paths.ORDER), index=index)
    money["key_rate_pct"] += 8
    found = responses.responses(money, None, horizon=6, draws=400, rng=np.random.default_rng(2))
    assert found.agreement > 0.8
    assert found.frames["cpi_mom_pct"].loc[6, "var_high"] < 0
    assert found.frames["cpi_mom_pct"].loc[6, "lp_high"] < 0
    swept = responses.sweep(money, None, horizon=6, draws=400, rng=np.random.default_rng(2))
    assert swept.loc[0.2, "prices"] == found.frames["cpi_mom_pct"].loc[6, "var"]


@settings(max_examples=20)
@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4))
def test_a_stated_path_is_met_exactly_and_shocks_of_others_stay(drawn, levels):
    noise = bvar.shocks(drawn, horizon=4, rng=np.random.default_rng(2))
    out, _ = bvar.simulate(drawn, noise, path=np.array(levels))
    np.testing.assert_allclose(out[:, :, -1], np.broadcast_to(levels, out.shape[:2]), atol=1e-9)
    free, _ = bvar.simulate(drawn, noise)
    np.testing.assert_allclose(out[:, 0, 0], free[:, 0, 0])  # the first month of the others is untouched


def test_a_path_equal_to_the_free_future_changes_nothing(drawn):
    noise = bvar.shocks(drawn, horizon=5, rng=np.random.default_rng(2))
    free, shocks = bvar.simulate(drawn, noise)
    held, same = bvar.simulate(drawn, noise, path=free[:, :, -1])
    np.testing.assert_allclose(held, free, atol=1e-9)
    np.testing.assert_allclose(same, shocks, atol=1e-9)


def test_the_future_of_many_draws_has_the_mean_of_the_recursion(world):
    posterior = bvar.fit(world, lags=1)
    draws = bvar.draw(posterior, draws=4000, rng=np.random.default_rng(3))
    out, _ = bvar.simulate(draws, bvar.shocks(draws, horizon=1, rng=np.random.default_rng(4)))
    expected = np.append(world.iloc[-1], 1.0) @ posterior.mean
    np.testing.assert_allclose(out[:, 0].mean(axis=0), expected, atol=0.06)


def test_month_effects_take_up_the_season():
    index = pd.period_range("2000-01", periods=240, freq="M")
    season = np.where(index.month == 1, 5.0, 0.0)
    data = pd.DataFrame({"y": season + np.random.default_rng(0).standard_normal(240) * 0.1}, index=index)
    draws = bvar.draw(bvar.fit(data, lags=1, season=True), draws=200, rng=np.random.default_rng(0))
    out, _ = bvar.simulate(draws, bvar.shocks(draws, horizon=12, rng=np.random.default_rng(1)))
    assert np.median(out[:, 0, 0]) == pytest.approx(5.0, abs=0.2)
    assert abs(np.median(out[:, 5, 0])) < 0.2


def test_the_sweep_prefers_a_prior_that_fits(world):
    sweep = bvar.prior_sweep(
        world, lags=2, prior=bvar.Minnesota(own_lag=(0.5, 0.7)), tightness=(1e-3, 0.2, 50.0)
    )
    evidence = {t: p.log_evidence for t, p in sweep.items()}
    assert max(evidence, key=evidence.get) == 0.2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.assign(y=d["y"].where(d.index != d.index[9])), "missing in 2000-10"),
        (lambda d: d.drop(d.index[9]), "a month is missing"),
        (lambda d: d.iloc[:15], "too few"),
    ],
)
def test_bad_samples_are_refused_with_a_reason(world, change, message):
    with pytest.raises(ValueError, match=message):
        bvar.fit(change(world), lags=2)


def test_a_projection_without_enough_data_says_so(world):
    with pytest.raises(ValueError, match="degrees of freedom"):
        projections.local_projections(world.iloc[:40], shock="rate", lags=6, horizon=24)
