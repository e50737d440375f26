from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.models.exports import concentration, herfindahl, own_changes, redirection, split_change

AMOUNTS = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40)
CELL = st.tuples(st.one_of(st.just(0.0), st.floats(0.1, 1e4)), st.floats(1.0, 500.0))


def trade(cells):
    volume = np.array([c[0] for c in cells])
    price = np.array([c[1] for c in cells])
    return pd.DataFrame(
        {"volume": volume, "value": volume * price}, index=[f"d{i}" for i in range(len(cells))]
    )


@given(AMOUNTS)
def test_hhi_lies_between_equal_shares_and_monopoly(raw):
    shares = pd.Series(raw) / sum(raw)
    assert 1 / len(raw) - 1e-9 <= herfindahl(shares) <= 1 + 1e-9


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.floats(10, 120), st.floats(10, 120))
def test_both_splits_add_up_to_the_change(pairs, rate_before, rate_after):
    before, after = trade([p[0] for p in pairs]), trade([p[1] for p in pairs])
    if before["volume"].sum() == 0 or after["volume"].sum() == 0:
        return
    for method in ("bennet", "lmdi"):
        split = split_change(before, after, rate_before=rate_before, rate_after=rate_after, method=method)
        scale = max(abs(split.before), abs(split.after))
        assert abs(split.residual) <= 1e-9 * scale
        assert split.effects.sum() == pytest.approx(split.change, abs=1e-9 * scale)


@given(st.lists(st.tuples(CELL, CELL), min_size=2, max_size=6), st.floats(0.01, 1e4), st.randoms())
def test_a_split_ignores_units_and_row_order_and_turns_with_time(pairs, factor, shuffler):
    before, after = trade([p[0] for p in pairs]), trade([p[1] for p in pairs])
    if before["volume"].sum() == 0 or after["volume"].sum() == 0:
        return
    split = split_change(before, after)
    scale = max(split.before, split.after)
    other_unit = split_change(
        before.assign(volume=before["volume"] * factor), after.assign(volume=after["volume"] * factor)
    )
    rows = list(before.index)
    shuffler.shuffle(rows)
    shuffled = split_change(before.loc[rows], after)
    back = split_change(after, before)
    for twin in (other_unit.effects, shuffled.effects, -back.effects):
        assert np.allclose(twin, split.effects, rtol=1e-9, atol=1e-9 * scale)


def test_only_the_factor_that_moved_gets_the_change():
    before = pd.DataFrame({"volume": [10.0, 10.0], "value": [1000.0, 500.0]}, index=["eu", "china"])
    dearer = before.assign(value=before["value"] * 1.5)
    more = before * 2
    assert split_change(before, dearer).effects["price"] == pytest.approx(750)
    assert split_change(before, more).effects["volume"] == pytest.approx(1500)
    weaker = split_change(before, before, rate_before=60.0, rate_after=90.0)
    assert weaker.effects["exchange_rate"] == pytest.approx(weaker.change)


def test_a_destination_that_closes_is_mix_not_price():
    before = pd.DataFrame({"volume": [10.0, 10.0], "value": [1000.0, 500.0]}, index=["eu", "china"])
    after = pd.DataFrame({"volume": [20.0], "value": [1000.0]}, index=["china"])
    split = split_change(before, after)
    assert split.effects["price"] == pytest.approx(0)
    assert split.effects["mix"] == pytest.approx(-500)


def test_concentration_names_the_largest_buyer():
    found = concentration(pd.Series({"india": 3.0, "china": 6.0, "turkey": 1.0}))
    assert found.largest == "china"
    assert (found.largest_share, found.largest_three_share) == pytest.approx((0.6, 1.0))
    assert found.hhi == pytest.approx(0.46)


def test_redirection_counts_what_other_buyers_took():
    table = pd.DataFrame({"eu": [50.0, 10.0], "china": [50.0, 80.0]}, index=[2021, 2023])
    found = redirection(table, ["eu"], 2021, 2023)
    assert (found.lost, found.gained, found.share) == (40.0, 30.0, 0.75)
    assert found.share_before == 0.5


def test_a_level_never_meets_another_documents_change():
    levels = pd.DataFrame({"period": ["2025", "2025"], "value": [211.0, 203.0], "source_id": ["a", "b"]})
    changes = pd.DataFrame({"period": ["2025", "2025"], "value": [7.0, 4.0], "source_id": ["a", "c"]})
    table = own_changes(levels, changes).set_index("source_id")
    assert table.loc["a", "implied_base"] == pytest.approx(211 / 1.07)
    assert table.loc[["b", "c"], "implied_base"].isna().all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: herfindahl(pd.Series({"a": 0.5, "b": 0.4})), "add up to 0.9"),
        (lambda: herfindahl(pd.Series({"a": 1.5, "b": -0.5})), "'b' is missing or negative"),
        (lambda: concentration(pd.Series({"a": 0.0})), "add up to nothing"),
        (lambda: concentration(pd.Series({"a": 1.0, "b": np.nan})), "have a gap"),
        (
            lambda: split_change(trade([(1.0, 2.0)]), trade([(1.0, 2.0)])[["volume"]]),
            "after lacks the column 'value'",
        ),
        (lambda: split_change(trade([(0.0, 2.0)]), trade([(1.0, 2.0)])), "before holds no trade"),
        (
            lambda: split_change(trade([(1.0, 2.0)]), trade([(np.nan, 2.0)])),
            "gap or a negative number at 'd0'",
        ),
        (lambda: split_change(trade([(1.0, 2.0)]), trade([(1.0, 2.0)]), rate_after=0.0), "rate after is 0.0"),
        (
            lambda: redirection(pd.DataFrame({"eu": [1.0]}, index=[2021]), ["us"], 2021, 2021),
            "no destination 'us'",
        ),
        (
            lambda: redirection(pd.DataFrame({"eu": [1.0]}, index=[2021]), ["eu"], 2021, 2030),
            "no period 2030",
        ),
        (
            lambda: redirection(pd.DataFrame({"eu": [1.0, np.nan]}, index=[2021, 2023]), ["eu"], 2021, 2023),
            "no figure in 2023",
        ),
    ],
)
def test_bad_input_is_refused_with_one_clear_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
