import numpy as np
import pandas as pd
import pytest

from coalface.models import contest, paths


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(0)
    index = pd.period_range("2008-01", "2021-12", freq="M", name="period")
    key = 8 + np.cumsum(rng.standard_normal(len(index)) * 0.2)
    values = (0.5 + 0.2 * rng.standard_normal(len(index)), rng.standard_normal(len(index)), key)
    return pd.DataFrame(dict(zip(paths.ORDER, values, strict=True)), index=index)


def forecasts(*rows):
    names = ["known", "made", "issuer", "year", "low", "centre", "high"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(known=pd.to_datetime(frame["known"]))


def test_outcomes_are_means_and_chained_prices_of_full_years(world):
    came = contest.outcomes(world.loc[:"2021-11"])
    assert came.index.tolist() == list(range(2008, 2021))
    year = world.loc["2015-01":"2015-12"]
    assert came.loc[2015, "key_rate"] == pytest.approx(year["key_rate_pct"].mean())
    assert came.loc[2015, "cpi"] == pytest.approx(((1 + year["cpi_mom_pct"] / 100).prod() - 1) * 100)


def test_all_are_scored_on_the_same_day_and_target(world):
    day = pd.Timestamp("2020-07-01")
    seen = world.loc[:"2020-06"]
    key = forecasts(
        (day, "2020-07", "Bank", 2020, 7.0, 7.5, 8.0), (day, "2020-07", "Bank", 2022, 5.0, 6.0, 7.0)
    )
    record = contest.against(
        {"key_rate": key, "cpi": forecasts()}, {day: seen}, contest.outcomes(world), draws=300,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert record["year"].tolist() == [2020]  # the outcome of 2022 is not known
    row = record.iloc[0]
    known, last = seen.loc["2020-01":, "key_rate_pct"], seen["key_rate_pct"].iloc[-1]
    assert row["no_change"] == pytest.approx((known.sum() + 6 * last) / 12)
    assert row["ours_low"] < row["ours"] < row["ours_high"]
    table = contest.standings(record).loc[("key_rate", "Bank")]
    assert table["theirs"] == pytest.approx(abs(row["outcome"] - 7.5))
    assert table["n"] == 1


def test_ours_never_knows_the_future(world):
    """Changing every month after the day changes nothing in our forecast of that day."""
    day, came = pd.Timestamp("2019-04-01"), contest.outcomes(world)
    table = {"key_rate": forecasts((day, "2019-04", "Bank", 2019, 7.0, 7.5, 8.0)), "cpi": forecasts()}
    seen = world.loc[:"2019-03"]
    one = contest.against(table, {day: seen}, came, draws=200, rng=np.random.default_rng(0))
    two = contest.against(table, {day: seen}, came * 3, draws=200, rng=np.random.default_rng(0))
    assert one["ours"].tolist() == two["ours"].tolist()


def test_expected_inflation_of_a_steady_world_is_its_rate(world):
    expected = contest.expected_12m_pct(world, first="2021-06")
    assert len(expected) == 7
    assert expected.mean() == pytest.approx((1.005**12 - 1) * 100, abs=0.5)


def test_an_expectation_needs_both_years(world):
    prices, none = world["cpi_mom_pct"].loc[:"2020-06"], pd.Series(dtype=float)
    day = pd.Timestamp("2020-06-01")
    one = forecasts((day, "2020-06", "Bank", 2020, 5.0, 6.0, 7.0))
    assert contest.expectations(one, none, none, prices, 8.0).empty
    two = pd.concat([one, forecasts((day, "2020-06", "Bank", 2021, 3.0, 4.0, 5.0))])
    survey = pd.Series([12.0], index=pd.PeriodIndex(["2020-05"], freq="M"))
    found = contest.expectations(two, survey, none, prices, 8.0)
    assert found.index.tolist() == ["Bank", "Households"]
    again = (1 + found["real_rate_pct"] / 100) * (1 + found["inflation_pct"] / 100)
    np.testing.assert_allclose(again, 1.08)
