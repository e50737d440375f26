"""Units and their conversions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface import data
from coalface.data import units
from coalface.errors import UnitError

PAIRS = st.sampled_from(
    [(a, b) for a, (kind, _) in units.UNITS.items() for b, (other, _) in units.UNITS.items() if kind == other]
)


@given(PAIRS, st.floats(-1e12, 1e12))
def test_there_and_back_is_the_same_figure(pair: tuple[str, str], value: float) -> None:
    there = units.convert(value, *pair)
    assert units.convert(there, *reversed(pair)) == pytest.approx(value, rel=1e-12, abs=1e-12)


def test_conversions_of_the_tables() -> None:
    assert units.convert(1500.0, "kt", "Mt") == 1.5
    assert units.convert(2.0, "Mt", "t") == 2e6
    assert units.convert(1.2, "bn RUB", "mn RUB") == pytest.approx(1200)
    assert units.convert(66.0, "percent", "share") == pytest.approx(0.66)


def test_what_goes_in_comes_out_in_kind() -> None:
    series = pd.Series([1.0, np.nan], index=pd.period_range("2024-01", periods=2, freq="M"), name="x")
    out = units.convert(series, "Mt", "kt")
    assert isinstance(out, pd.Series) and out.name == "x" and out.index.equals(series.index)
    assert out.iloc[0] == 1000 and pd.isna(out.iloc[1])
    assert isinstance(units.convert(np.ones(2), "t", "kt"), np.ndarray)
    assert isinstance(units.convert(series.to_frame(), "t", "kt"), pd.DataFrame)


def test_units_of_different_things_are_refused_with_the_targets_that_exist() -> None:
    with pytest.raises(UnitError, match="'Mt' cannot become 'EJ'; it can become t, kt, Mt"):
        units.factor("Mt", "EJ")
    with pytest.raises(UnitError, match="cannot become"):
        units.factor("mn USD", "mn RUB")
    with pytest.raises(UnitError, match=r"no unit 'RUB/mont'; did you mean RUB/month"):
        units.factor("RUB/mont", "Mt")


def test_every_unit_of_the_shipped_series_is_known() -> None:
    assert set(data.read().series["unit"]) <= set(units.UNITS)
