from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalface.models.backtest import backtest, conformal, diebold_mariano, sample_crps
from coalface.models.destinations import coherent, under_scenario
from coalface.models.forecast import combine, members, obstacle, simulate


def monthly(seed: int = 0, n: int = 96, trend: float = 0.002) -> pd.Series:
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    logs = (
        3
        + trend * t
        + 0.3 * np.sin(2 * np.pi * t / 12)
        + rng.normal(0, 0.03, n).cumsum() * 0.5
        + rng.normal(0, 0.05, n)
    )
    return pd.Series(np.exp(logs), pd.period_range("2014-01", periods=n, freq="M"), name="imports")


def yearly(seed: int = 0, n: int = 26) -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(
        100 * np.exp(rng.normal(0.02, 0.06, n).cumsum()),
        pd.period_range("2000", periods=n, freq="Y"),
        name="exports",
    )


def test_a_forecast_continues_the_series_with_ordered_quantiles():
    y = monthly()
    found = combine(y, 18, rng=np.random.default_rng(1))
    assert found.quantiles.index[0] == y.index[-1] + 1
    assert len(found.quantiles) == 18
    assert (np.diff(found.quantiles.to_numpy(), axis=1) > 0).all()
    assert list(found.members) == ["arima", "ets", "theta"]
    width = found.quantiles[0.95] - found.quantiles[0.05]
    assert width.iloc[-1] > width.iloc[0]


@given(st.floats(1e-3, 1e6))
@settings(max_examples=5)
def test_a_change_of_unit_scales_the_forecast(factor):
    y = yearly()
    one = combine(y, 3, rng=np.random.default_rng(1)).median
    two = combine(y * factor, 3, rng=np.random.default_rng(1)).median
    assert two.to_numpy() / factor == pytest.approx(one.to_numpy(), rel=0.01)


@pytest.mark.parametrize("name", ["arima", "ets", "theta", "seasonal naive"])
@pytest.mark.parametrize("season", [12, 1])
def test_the_response_to_a_shock_is_what_a_refit_path_would_do(name, season):
    """Paths with the mean residual taken out must spread around the printed means."""
    z = np.log(monthly().to_numpy())
    member = members(z, 12, season, [name])[0]
    paths = simulate([member], np.random.default_rng(0), 20_000)[name]
    noise = member.residuals.std() * np.sqrt(np.cumsum(member.response**2))
    assert np.abs(paths.mean(axis=0) - member.mean).max() < 4 * noise.max() / np.sqrt(20_000)
    assert paths.std(axis=0) == pytest.approx(noise, rel=0.05)


def test_an_obstacle_is_a_clause_and_none_is_empty():
    assert obstacle(monthly(), 12, 24) == ""
    assert "needs 71" in obstacle(monthly()[:60], 12, 24)
    assert "nothing is known" in obstacle(monthly()[:0])


def test_a_scenario_scales_every_future_figure():
    base = combine(yearly(), 2, rng=np.random.default_rng(1))
    low = base.scaled(0.8)
    assert low.quantiles.to_numpy() == pytest.approx(0.8 * base.quantiles.to_numpy())
    assert low.history is base.history


def test_the_backtest_ranks_models_and_measures_both_intervals():
    record = backtest(monthly(), 6, 16, rng=np.random.default_rng(1), draws=300)
    assert list(record.scores.index) == ["arima", "ets", "theta", "combination", "seasonal naive"]
    assert (record.scores["mase"] > 0).all()
    assert record.scores.loc["combination", "mase"] < record.scores.loc["seasonal naive", "mase"]
    coverage = record.by_horizon[["simulated", "conformal"]]
    assert ((coverage >= 0) & (coverage <= 1)).all().all()
    assert record.better_interval in {"simulated", "conformal"}
    assert record.errors.shape == (16, 6)


def test_the_backtest_never_sees_the_future():
    y = monthly()
    cuts = [60, 66, 72]
    one = backtest(y, 6, cuts, rng=np.random.default_rng(1), draws=200)
    bent = y.copy()
    bent.iloc[72:] *= 3
    two = backtest(bent, 6, cuts, rng=np.random.default_rng(1), draws=200)
    assert one.errors.iloc[:2].to_numpy() == pytest.approx(two.errors.iloc[:2].to_numpy())
    assert not np.allclose(one.errors.iloc[2], two.errors.iloc[2])


def test_conformal_bands_are_centred_on_the_median_and_widen():
    y = monthly()
    record = backtest(y, 6, 16, rng=np.random.default_rng(1), draws=200)
    found = conformal(combine(y, 9, rng=np.random.default_rng(1)), record)
    q = np.log(found.quantiles)
    assert (q[0.95] + q[0.05]).to_numpy() == pytest.approx(2 * q[0.5].to_numpy())
    assert ((q[0.9] - q[0.1]).diff().dropna() >= -1e-12).all()
    assert found.interval == "conformal"


def test_crps_of_a_point_is_its_absolute_error():
    assert sample_crps(np.full((50, 2), 3.0), np.array([5.0, 3.0])) == pytest.approx([2.0, 0.0])


def test_diebold_mariano_sees_a_better_forecast_and_a_tie():
    rng = np.random.default_rng(1)
    loss = rng.gamma(2.0, size=60)
    value, p = diebold_mariano(loss, loss + rng.gamma(2.0, size=60))
    assert value < 0
    assert p < 0.01
    assert diebold_mariano(loss, loss) == (0.0, 1.0)


def test_diebold_mariano_keeps_its_size_at_longer_horizons():
    rng = np.random.default_rng(2)
    rejections = []
    for _ in range(400):
        d = np.convolve(rng.normal(size=43), np.ones(4) / 2, mode="valid")
        rejections.append(diebold_mariano(d, np.zeros(40), 4)[1] < 0.1)
    assert np.mean(rejections) < 0.18


def shares() -> pd.DataFrame:
    index = pd.PeriodIndex(["2018", "2019", "2020", "2021", "2022", "2023", "2025"], freq="Y")
    rng = np.random.default_rng(1)
    return pd.DataFrame(rng.dirichlet([5, 3, 2], 7), index=index, columns=["china", "europe", "india"])


def joint(seed: int = 1):
    periods = pd.period_range("2026", periods=3, freq="Y")
    total = combine(yearly(), 3, rng=np.random.default_rng(seed)).paths
    return coherent(total, shares(), periods, rng=np.random.default_rng(seed)), total


BASE = joint()


def test_destinations_add_up_to_every_draw_of_the_total():
    found, total = BASE
    assert found.total == pytest.approx(total)
    table = found.table(found.periods[-1])
    assert table.loc[["china", "europe", "india"], "mean"].sum() == pytest.approx(table.loc["total", "mean"])
    assert ((table["low"] < table["mean"]) & (table["mean"] < table["high"])).all()


@given(st.floats(-100, 100), st.floats(-100, 100))
@settings(max_examples=25)
def test_destinations_stay_coherent_and_non_negative_under_any_scenario(china, volume):
    base, _ = BASE
    moved = under_scenario(base, china_demand_change_pct=china, export_volume_change_pct=volume)
    assert (moved.paths >= -1e-9).all()
    assert moved.total == pytest.approx(base.total * (1 + volume / 100))
    room = base.paths[:, :, 0] * (1 + china / 100) <= moved.total
    assert moved.paths[:, :, 0][room] == pytest.approx((base.paths[:, :, 0] * (1 + china / 100))[room])


def test_the_baseline_scenario_changes_nothing():
    base, _ = BASE
    assert under_scenario(base).paths == pytest.approx(base.paths)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: combine(monthly().drop(pd.Period("2015-03", "M")), 3, rng=rng), "no figure for 2015-03"),
        (lambda rng: combine(monthly()[:20], 3, rng=rng), "has 20 periods; a forecast needs 36"),
        (lambda rng: combine(monthly() * 0 + 1, 3, rng=rng), "never changes"),
        (lambda rng: combine(monthly(), 0, rng=rng), "horizon is 0"),
        (lambda rng: combine(monthly(), 3, rng=rng, models=["prophet"]), "no model 'prophet'"),
        (lambda rng: combine(monthly().reset_index(drop=True), 3, rng=rng), "PeriodIndex"),
        (
            lambda rng: combine(monthly().mask(monthly().index == "2016-02"), 3, rng=rng),
            "no number in 2016-02",
        ),
        (lambda rng: backtest(monthly()[:50], 12, 24, rng=rng), "too few for 24 origins"),
        (lambda rng: backtest(monthly(), 3, 12, rng=rng, level=0.0), "level 0.0"),
        (lambda rng: combine(yearly(), 2, rng=rng).scaled(-1.0), "factor -1.0"),
        (lambda rng: under_scenario(BASE[0], china="mars"), "no destination 'mars'"),
        (lambda rng: under_scenario(BASE[0], export_volume_change_pct=-150.0), "must be -100 or more"),
        (
            lambda rng: coherent(
                np.ones((5, 2)), shares()[:2], pd.period_range("2026", periods=2, freq="Y"), rng=rng
            ),
            "2 years of destinations are too few",
        ),
        (
            lambda rng: coherent(
                np.ones((5, 2)), shares(), pd.period_range("2025", periods=2, freq="Y"), rng=rng
            ),
            "not after the last known year",
        ),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))
