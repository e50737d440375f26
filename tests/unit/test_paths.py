import numpy as np
import pandas as pd
import pytest

from coalface.models import fans, paths
from coalface.models import vars as bvar


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(0)
    index = pd.period_range("2005-01", periods=200, freq="M", name="period")
    key = 8 + np.cumsum(rng.standard_normal(200) * 0.2)
    columns = dict(
        zip(paths.ORDER, (0.5 + 0.2 * rng.standard_normal(200), rng.standard_normal(200), key), strict=True)
    )
    return pd.DataFrame(columns, index=index)


@pytest.fixture(scope="module")
def model(world):
    return paths.estimate(world, draws=400, rng=np.random.default_rng(1))


def test_a_path_goes_in_straight_lines_and_stays_after_two_years():
    known = pd.Series([10.0], index=pd.PeriodIndex(["2025-12"], freq="M"))
    path = paths.monthly_path(known, (13, 13, 7, 4), horizon=30)
    assert path.loc["2026-01"] == pytest.approx(11.0)
    assert path.loc["2026-09"] == pytest.approx(10.0)
    assert (path.loc["2027-12":] == 4).all()


def test_a_path_needs_four_levels():
    with pytest.raises(ValueError, match="needs 4 levels"):
        paths.monthly_path(pd.Series([10.0], index=pd.PeriodIndex(["2025-12"], freq="M")), [10, 9], horizon=3)


def test_the_median_of_the_key_rate_lies_on_the_stated_path(world, model):
    noise = bvar.shocks(model.draws, horizon=12, rng=np.random.default_rng(2))
    path = paths.monthly_path(world["key_rate_pct"], (12, 12, 12, 12), horizon=12)
    view = paths.outlook(model, noise, path_pct=path)
    np.testing.assert_allclose(view.key_fan[0.5], path, atol=1e-9)
    free = paths.outlook(model, noise)
    np.testing.assert_allclose(
        np.ptp(view.key_rate_pct, axis=0), np.ptp(free.key_rate_pct, axis=0), atol=1e-8
    )


def test_the_path_of_the_model_itself_changes_nothing(model):
    noise = bvar.shocks(model.draws, horizon=8, rng=np.random.default_rng(2))
    free = paths.outlook(model, noise)
    same = paths.outlook(model, noise, path_pct=free.key_fan[0.5])
    np.testing.assert_allclose(same.cpi_yoy_pct, free.cpi_yoy_pct, atol=1e-8)
    assert same.policy_shock_sd == pytest.approx(0, abs=1e-8)


def test_key_rates_known_beyond_the_prices_are_kept(world):
    later = pd.Series([9.5, 9.0], index=world.index[-1] + np.array([1, 2]))
    longer = pd.concat([world, later.to_frame("key_rate_pct")])
    model = paths.estimate(longer, draws=200, rng=np.random.default_rng(1))
    assert model.data.index[-1] == world.index[-1]
    noise = bvar.shocks(model.draws, horizon=len(model.ahead(4)), rng=np.random.default_rng(2))
    view = paths.outlook(model, noise)
    assert len(view.index) == 6
    np.testing.assert_allclose(
        view.key_rate_pct[:, :2], np.broadcast_to([9.5, 9.0], (len(view.key_rate_pct), 2))
    )


def test_a_year_half_known_uses_the_known_half(world, model):
    noise = bvar.shocks(model.draws, horizon=12, rng=np.random.default_rng(2))
    view = paths.outlook(model, noise)  # data end in August 2021
    mean = paths.year_mean_pct(world["key_rate_pct"], view, 2021)
    expected = (world["key_rate_pct"].loc["2021-01":].sum() + view.key_rate_pct[:, :4].sum(axis=1)) / 12
    np.testing.assert_allclose(mean, expected)
    change = paths.year_change_pct(world["cpi_mom_pct"], view, 2021)
    np.testing.assert_allclose(change, view.cpi_yoy_pct[:, 3])
    with pytest.raises(ValueError, match="2023 needs 12 months"):
        paths.year_mean_pct(world["key_rate_pct"], view, 2023)


def test_fans_cover_a_world_that_the_model_describes(world):
    record = fans.rolling_record(
        world, first="2012-01", every=6, horizons=(1, 3), draws=200, rng=np.random.default_rng(3), lags=2
    )
    found = fans.coverage(record)
    assert found["inside_90"].min() > 0.7
    assert (found["inside_50"] <= found["inside_90"]).all()
    one = record[(record["target"] == "key_rate_pct") & (record["horizon"] == 3)].iloc[0]
    assert one["outcome"] == world["key_rate_pct"].loc[one["origin"] + 3]


def test_fans_that_missed_are_widened_until_nine_in_ten_would_have_held():
    origins = pd.period_range("2015-01", periods=40, freq="M")
    frame = pd.DataFrame({"origin": origins, "target": "key_rate_pct", "horizon": 1, "median": 0.0})
    frame = frame.assign(low_90=-1.0, high_90=1.0, outcome=np.linspace(-3, 3, 40))
    found = fans.widening(frame).loc[("key_rate_pct", 1)]
    inside = (frame["outcome"].abs() <= found["factor"]).mean()
    assert 0.9 <= inside < 1
    calm = fans.widening(frame.assign(outcome=0.1)).loc[("key_rate_pct", 1)]
    assert calm["factor"] == 1.0
    assert calm["covered"] == 1.0


def test_a_widened_fan_keeps_its_median():
    fan = pd.DataFrame([[1.0, 2.0, 4.0]], columns=[0.05, 0.5, 0.95])
    assert fans.widened(fan, 2.0).to_numpy().tolist() == [[0.0, 2.0, 6.0]]


def test_columns_in_another_order_are_refused(world):
    with pytest.raises(ValueError, match="in this order"):
        paths.estimate(world[world.columns[::-1]], draws=10, rng=np.random.default_rng(0))
