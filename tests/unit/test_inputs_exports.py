"""The shelves of the export notebook, on the real figures."""

from __future__ import annotations

import pandas as pd
import pytest

from coalface import data
from coalface.errors import ParameterError
from coalface.inputs import exports, forecast


@pytest.fixture(scope="module")
def cat() -> data.Catalogue:
    return data.read()


def test_totals_keep_every_count_as_a_band(cat):
    band = exports.totals(cat).frame
    assert (band["low"] <= band["high"]).all()
    assert band.loc[pd.Period("2022"), "high"] > band.loc[pd.Period("2022"), "low"]
    assert band["n_sources"].max() > 1


def test_grades_add_up_to_what_the_customs_print(cat):
    grades = exports.grades(cat, 2024).frame
    total = cat.load("coal.imports.cn.from_ru")["2024"].sum() / 1e6
    assert grades["volume"].sum() == pytest.approx(total)
    assert (grades > 0).all().all()


def test_members_add_up_to_the_union(cat):
    members = exports.members(cat, 2021).frame
    total = cat.load("coal.imports.eu27.from_ru.comext")["2021"].sum() / 1e6
    assert members["volume"].sum() == pytest.approx(total)
    assert (members > 0).all().all()


def test_destinations_leave_out_the_year_that_was_not_published(cat):
    frame = exports.destinations(cat).frame
    assert pd.Period("2024") not in frame.index
    assert frame.notna().all().all()


def test_the_eu_sum_ends_where_members_stop_filing_and_germany_does_not(cat):
    """The sum once ran to October 2022, where it was Germany alone: no filing passed for no trade."""
    filed = exports.reporting_members(cat).frame
    end = exports.partner(cat, "eu").frame.index[-1]
    assert filed[end] >= filed.max() - 1
    assert (filed[filed.index > end] < filed.max() - 1).all()
    assert exports.partner(cat, "germany").frame.index[-1] > end


def test_the_pulse_keeps_the_claim_beside_totals_and_destinations(cat):
    frame = exports.pulse(cat).frame
    assert set(frame["kind"]) == {"total", "region", "destination"}
    assert (frame["label"] == "The claim").sum() == 1
    assert frame["start"].dt.year.eq(2025).all()


def test_donors_can_be_excluded_and_the_panel_has_no_gap(cat):
    panel = exports.exporters(cat, ["cn"]).frame
    assert "China" not in panel
    assert "Russia" in panel
    assert panel.notna().all().all()


def test_unknown_partners_and_donors_are_refused_with_what_there_is(cat):
    with pytest.raises(ParameterError, match="no partner 'chyna'; did you mean china"):
        exports.partners(cat, ["chyna"])
    with pytest.raises(ParameterError, match="no donor 'ru' to exclude"):
        exports.exporters(cat, ["ru"])


@pytest.mark.parametrize("day", ["2012-01", "2019-05-01", "2022-06-30", "2024-02-01"])
def test_every_shelf_stands_on_an_early_day(day):
    cat = data.read().as_of(day)
    end = pd.Timestamp(day) + pd.offsets.MonthEnd(0)
    for shelf in (
        exports.totals, exports.total_rows, exports.total_changes, exports.energy, exports.destinations,
        exports.reporting_members, exports.benchmarks, exports.rouble, exports.routes, exports.pulse,
        exports.exporters, exports.events, forecast.china, forecast.output, forecast.energy, forecast.record,
        forecast.china_after,
    ):  # fmt: skip
        frame = shelf(cat).frame
        if isinstance(frame.index, pd.PeriodIndex) and len(frame):
            assert frame.index[-1].start_time <= end, shelf.__name__
    assert exports.grades(cat, 2024).frame.empty


def test_the_longest_run_is_unbroken_and_the_later_of_two():
    index = pd.PeriodIndex(["2020-01", "2020-02", "2020-05", "2020-06", "2020-09"], freq="M")
    run = forecast.longest_run(pd.Series(range(5), index))
    assert [str(p) for p in run.index] == ["2020-05", "2020-06"]


def test_the_record_says_how_many_months_are_known(cat):
    table = forecast.record(cat).frame
    assert list(table.index) == ["China's imports from Russia", "Rosstat output", "Railway loadings"]
    assert (table["known"] <= table["passed"]).all()
    assert table.loc["Railway loadings", "run_months"] < 24
