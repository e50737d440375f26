"""The baseline comes from the newest figures known on a day, never from later ones."""

import pandas as pd
import pytest

from coalface import data
from coalface.errors import CoverageError
from coalface.inputs.baseline import DISCOUNTS, KEY_RATE, ROUBLE, baseline, key_rate_path


@pytest.fixture(scope="module")
def cat():
    return data.read()


def test_the_baseline_is_the_newest_rouble_and_rate(cat):
    now = baseline(cat)
    assert now.scenario.rub_per_usd == cat.load(ROUBLE).iloc[-1]
    assert now.start == cat.load(KEY_RATE).index[-1]
    assert now.scenario.discount_pct == cat.load(DISCOUNTS[0]).iloc[-1]
    assert not now.missing
    assert not now.scenario.departures(now.scenario)


@pytest.mark.parametrize("day", ["2024-06-01", "2025-03-10", "2026-01-15"])
def test_nothing_published_later_enters_the_baseline_of_a_day(cat, day):
    then = baseline(cat.as_of(day))
    assert then.start.end_time < pd.Timestamp(day)
    assert then.forecast_made <= day
    made = cat.table("forecasts", where={"series_id": ["rate.key.ru.avg_annual"]})["made"]
    assert then.forecast_made == max(m for m in made if m + ("-31" if len(m) == 7 else "") <= day)


def test_at_the_record_rate_the_path_follows_the_survey_of_then(cat):
    then = baseline(cat.as_of("2025-03-10"))
    assert cat.load(KEY_RATE)["2025-02"] == 21.0
    assert 20 < then.scenario.rate_at(3) < 22 and then.scenario.rate_at(24) < 13


def test_what_was_not_known_is_said(cat):
    early = baseline(cat.as_of("2021-06-01"))
    assert early.scenario.discount_pct == 0.0
    assert any("discount" in sentence for sentence in early.missing)
    with pytest.raises(CoverageError):
        baseline(cat.as_of("2005-01-01"))


def test_without_a_forecast_the_rate_stays(cat):
    assert key_rate_path(7.5, pd.Period("2021-05", "M"), pd.Series(dtype=float)) == (7.5, 7.5, 7.5, 7.5)


def test_past_years_do_not_bend_the_path():
    means = pd.Series({2020: 1.0, 2027: 10.0})
    assert key_rate_path(14.0, pd.Period("2026-12", "M"), means) == pytest.approx((12.0, 10.0, 10.0, 10.0))
