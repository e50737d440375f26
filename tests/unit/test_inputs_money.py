"""The shelves of the money notebook, above all that a run of a past day sees nothing later."""

import pandas as pd
import pytest

from coalface import data
from coalface.data import periods
from coalface.errors import ParameterError
from coalface.inputs import debt, rates

DAYS = ["2025-03-10", "2024-06-01"]
SHELVES = {
    "key_rate": rates.key_rate,
    "money": rates.money,
    "activity": rates.activity,
    "lending": rates.lending,
    "households": rates.households,
    "forecasts_key": lambda cat: rates.forecasts(cat, "key_rate"),
    "forecasts_cpi": lambda cat: rates.forecasts(cat, "cpi"),
    "scenarios": rates.scenarios_of_the_bank,
    "accounts": lambda cat: debt.accounts(cat, debt.FIRMS),
    "gross_debt": lambda cat: debt.gross_debt(cat, debt.FIRMS),
    "borrower": lambda cat: debt.borrower(cat, "mechel"),
    "implied_cost": lambda cat: debt.implied_cost(cat, "mechel"),
    "sector": debt.sector,
}


@pytest.fixture(scope="module")
def latest():
    return data.read()


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", SHELVES)
def test_nothing_of_a_later_day_is_on_a_shelf(latest, name, day):
    """Periods end and forecasts were made by the day; no document is later unless its series is never
    or rarely revised, so that its lag had passed."""
    cat = latest.as_of(day)
    shelf, limit = SHELVES[name](cat), pd.Timestamp(day)
    index = getattr(shelf.frame, "index", None)
    if isinstance(index, pd.PeriodIndex) and len(index):
        assert index[-1].start_time <= limit
    for column in ("known", "end", "date"):
        if isinstance(shelf.frame, pd.DataFrame) and column in shelf.frame:
            assert (shelf.frame[column] <= limit).all()
    if shelf.trace.vintage:
        assert periods.days(shelf.trace.vintage)[1] <= limit
    sure = latest.series["revised"].isin(["never", "rarely"])
    for series in shelf.trace.series:
        rows = cat.rows(series)
        assert (rows["end"] <= limit).all()
        late = rows["published"].map(lambda p: periods.days(p)[1] if p else pd.Timestamp.max) > limit
        assert not late.any() or sure[series], f"{series} shows a document of after {day}"


def test_in_march_2025_money_is_at_21_percent_and_inflation_that_of_january(latest):
    cat = latest.as_of("2025-03-10")
    assert rates.key_rate(cat).frame.iloc[-1] == 21.0
    frame = rates.money(cat).frame
    assert str(frame["cpi_mom_pct"].last_valid_index()) == "2025-01"
    assert str(frame["key_rate_pct"].last_valid_index()) == "2025-02"


def test_forecasts_keep_their_ranges_and_their_order(latest):
    frame = rates.forecasts(latest, "key_rate").frame
    assert frame["known"].is_monotonic_increasing
    ranged = frame.dropna(subset=["low"])
    assert ((ranged["low"] <= ranged["centre"]) & (ranged["centre"] <= ranged["high"])).all()
    assert set(frame["condition"]) == set(rates.BASELINE)
    others = rates.scenarios_of_the_bank(latest).frame
    assert not set(others["condition"]) & set(rates.BASELINE)
    assert len(set(others["known"])) == 1


def test_vintages_hold_what_was_known_then(latest):
    day = pd.Timestamp("2025-03-10")
    then = rates.vintages(latest, [day])[day]
    pd.testing.assert_frame_equal(then, rates.money(latest.as_of("2025-03-10")).frame)
    assert rates.vintages(latest, [pd.Timestamp("1980-01-01")]) == {}


def test_interest_of_one_year_has_one_definition(latest):
    frame = debt.accounts(latest, debt.FIRMS).frame
    both = frame["interest_wide_bn_rub"].notna() & frame["interest_narrow_bn_rub"].notna()
    assert not both.any()
    assert frame.loc[("mechel", "2023"), "interest_wide_bn_rub"] == 31.7
    assert frame.loc[("mechel", "2024"), "interest_narrow_bn_rub"] == 39.7
    assert frame.loc[("mechel", "first half of 2025"), "interest_wide_bn_rub"] == 26.8


def test_dollar_windows_are_turned_at_the_mean_rate_of_their_months(latest):
    frame = debt.accounts(latest, ["raspadskaya"]).frame
    mean = latest.load(rates.ROUBLE).loc["2025-01":"2025-06"].mean()
    found = frame.loc[("raspadskaya", "first half of 2025"), "net_result_bn_rub"]
    assert found == pytest.approx(-0.199 * mean)


def test_net_cash_is_no_debt_to_stress(latest):
    assert debt.borrower(latest, "raspadskaya").frame.empty
    assert debt.borrower(latest, "mechel").frame["cost_pct"] == 18.8


def test_an_unknown_firm_is_refused_with_the_nearest_name():
    with pytest.raises(ParameterError, match="did you mean mechel"):
        debt.check(["mechal"])
    with pytest.raises(ParameterError, match="nothing"):
        debt.check([])
