import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.models import debt, losses


def accounts(**columns):
    names = ("ebitda_bn_rub", "operating_bn_rub", "interest_wide_bn_rub", "interest_narrow_bn_rub")
    index = pd.MultiIndex.from_tuples([("mechel", "2023"), ("mechel", "2024")], names=["firm", "period"])
    return pd.DataFrame({n: columns.get(n, [np.nan, np.nan]) for n in names}, index=index, dtype=float)


def test_the_two_definitions_of_cover_never_share_a_column():
    frame = accounts(
        ebitda_bn_rub=[86.0, 56.0], interest_wide_bn_rub=[32.0, np.nan], interest_narrow_bn_rub=[np.nan, 40.0]
    )
    cover = debt.interest_cover(frame)
    assert cover["ebitda_wide"].notna().tolist() == [True, False]
    assert cover["ebitda_narrow"].notna().tolist() == [False, True]
    assert cover.loc[("mechel", "2024"), "ebitda_narrow"] == pytest.approx(1.4)


def test_no_interest_is_no_ratio_and_negative_interest_is_refused():
    frame = accounts(ebitda_bn_rub=[5.0, 5.0], interest_wide_bn_rub=[0.0, 0.0])
    assert debt.interest_cover(frame).empty
    with pytest.raises(ValueError, match="below zero"):
        debt.interest_cover(accounts(ebitda_bn_rub=[5.0, 5.0], interest_wide_bn_rub=[-1.0, 2.0]))


@given(st.floats(0.1, 1e4), st.floats(0, 1e4))
def test_what_interest_explains_and_what_is_left_make_up_the_loss(loss, interest):
    found = losses.most_explained(-loss, interest)
    assert 0 <= found.share <= 1
    assert found.share * loss + found.left == pytest.approx(loss)


def test_a_profit_has_no_share_of_a_loss():
    with pytest.raises(ValueError, match="needs a loss"):
        losses.most_explained(3.0, 1.0)


def test_costs_move_towards_the_price_of_new_loans_at_the_stated_speed():
    shares, through = np.array([0.25, 0.75]), np.ones(2)
    path = debt.cost_path_pct(18.0, 18.0, np.full(12, 10.0), shares, through)
    np.testing.assert_allclose(path[:, -1], 18 - 8 * shares)


@given(st.floats(0.01, 0.99), st.floats(0, 30))
def test_costs_stay_between_where_they_were_and_where_the_key_rate_leads(share, key):
    path = debt.cost_path_pct(15.0, 15.0, np.full(24, key), np.array([share]), np.ones(1))
    assert path.min() >= min(15.0, key) - 1e-9
    assert path.max() <= max(15.0, key) + 1e-9


def test_the_drawn_shares_have_the_stated_mean():
    shares = debt.refinanced_shares(0.6, draws=20_000, rng=np.random.default_rng(0))
    assert shares.mean() == pytest.approx(0.6, abs=0.01)
    assert 0 < shares.min() < shares.max() < 1


@pytest.mark.parametrize("mean", [0.0, 1.0, 0.01])
def test_impossible_shares_are_refused(mean):
    with pytest.raises(ValueError, match="share"):
        debt.refinanced_shares(mean, draws=10, rng=np.random.default_rng(0))


def test_the_bill_is_the_ebitda_at_which_cover_is_one():
    cost = np.full((100, 12), 20.0)
    bill = debt.stress(250.0, cost, {}).bill[0]
    assert bill == pytest.approx(50.0)
    assert debt.stress(250.0, cost, {"even": bill}).cover["even"][0] == pytest.approx(1.0)


def test_a_firm_without_net_debt_is_not_stressed():
    with pytest.raises(ValueError, match="no interest to stress"):
        debt.stress(-5.0, np.full((3, 12), 20.0), {})


def test_a_cost_that_follows_the_key_rate_has_slope_one():
    key = pd.Series([5.0, 10.0, 8.0, 17.0], index=pd.PeriodIndex(["2020", "2021", "2022", "2023"], freq="Y"))
    slope, error = debt.follow_slope(key + 3, key)
    assert slope == pytest.approx(1.0)
    assert error == pytest.approx(0.0, abs=1e-12)


def test_a_loss_without_printed_interest_is_bounded_by_debt_at_the_market_rate():
    frame = accounts(net_result_bn_rub=[5.0, -50.0], interest_wide_bn_rub=[2.0, np.nan])
    frame = frame.assign(
        net_result_bn_rub=[5.0, -50.0], months=12, end=pd.to_datetime(["2023-12-31", "2024-12-31"])
    )
    owed = pd.DataFrame(
        {"firm": ["mechel"], "date": pd.to_datetime(["2024-12-31"]), "gross_debt_bn_rub": [100.0]}
    )
    market = pd.Series(20.0, index=pd.period_range("2024-01", periods=12, freq="M"))
    found = losses.loss_bounds(frame, owed, market)
    assert found.index.tolist() == [("mechel", "2024")]  # the profit of 2023 is no loss
    row = found.iloc[0]
    assert (row["basis"], row["interest"], row["share"]) == ("bound", 20.0, 0.4)
    small = losses.loss_bounds(frame, owed.assign(gross_debt_bn_rub=1.0), market).iloc[0]
    assert small["interest"] == 2.0  # the highest bill on record is the larger bound then
    assert losses.loss_bounds(frame, owed.iloc[:0], market).empty


def test_printed_interest_goes_before_any_bound():
    frame = accounts(interest_narrow_bn_rub=[np.nan, 60.0])
    frame = frame.assign(
        net_result_bn_rub=[5.0, -50.0], months=12, end=pd.to_datetime(["2023-12-31", "2024-12-31"])
    )
    empty = pd.DataFrame(columns=["firm", "date", "gross_debt_bn_rub"])
    row = losses.loss_bounds(frame, empty, pd.Series(dtype=float)).iloc[0]
    assert (row["basis"], row["share"], row["left"]) == ("narrow", 1.0, 0.0)
