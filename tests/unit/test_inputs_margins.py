"""What the margin shelves make of the record: duty dates, conflicts, bounds and what a day shows."""

from __future__ import annotations

import pandas as pd
import pytest

from coalface import data
from coalface.errors import CoverageError, ParameterError
from coalface.inputs import margin_results, margins
from coalface.models.margins import duty_in_force


@pytest.fixture(scope="module")
def cat():
    return data.read()


def test_thermal_coal_is_exempt_in_early_2024_and_from_may_on_while_coking_coal_pays(cat):
    spells = margins.duty_spells(cat).frame
    months = pd.period_range("2023-09", "2025-04", freq="M")
    thermal, coking = (duty_in_force(spells, months, grade) for grade in ("thermal", "coking"))
    paying = {"2023-10", "2023-11", "2023-12", "2024-03", "2024-04"}
    assert {str(m) for m in months[thermal > 0]} == paying
    assert (coking["2024-01":"2024-02"] == 0.5).all()
    assert (coking["2024-03":"2025-02"] == 1).all()
    assert coking["2025-03"] == 0


def test_duty_tiers_are_those_of_the_record(cat):
    tiers = margins.duty_tiers(cat).frame
    assert dict(zip(tiers["from_rub_per_usd"], tiers["rate_pct"], strict=True)) == {
        0.0: 0.0, 80.0: 4.0, 85.0: 4.5, 90.0: 5.5, 95.0: 7.0,
    }  # fmt: skip


def test_documents_that_disagree_widen_a_moment_and_a_bound_with_a_day_is_no_moment(cat):
    moments = margin_results.moments(cat).frame.set_index(["kind", "end"])
    may = moments.loc[("balance", "2025-05")]
    assert (may["low"], may["high"]) == (-128.6, -112.0)
    # No middle that nobody printed: the figure with most digits, of these the newest.
    assert may["value"] == -128.6
    assert moments.loc[("balance", "2024-05"), "value"] == 9.1
    assert moments.loc[("balance", "2024-12"), "value"] == -112.6
    assert may["reading_sd"] >= (may["high"] - may["low"]) / 2
    assert not moments.index.duplicated().any()
    assert ("balance", "2025-12") not in moments.index


def test_every_assumption_has_a_reason_and_sourced_ones_stand_beside_them(cat):
    table = margins.assumptions(cat).frame
    assert set(table["basis"]) == {"sourced", "assumed"}
    assert set(table["role"]) == {"given", "learnt"}
    assert table["reason"].str.len().min() > 10
    assert table.index.is_unique


def test_a_printed_bound_is_a_noisier_reading(cat):
    table = margins.readings(cat).frame
    premium = table[table["name"] == "premium_coking"]
    assert set(premium["noise_pct"]) == {5.0, 8.0, 16.0}


def test_an_early_day_shows_less_and_never_a_later_figure(cat):
    early = cat.as_of("2025-05-15")
    shelf = margins.stack(early)
    assert shelf.frame["market"].index[-1] <= pd.Period("2025-05", freq="M")
    assert margin_results.moments(early).frame["end"].max() < "2025-05"
    assert shelf.frame["assumptions"].loc["rail_kuzbass_east", "basis"] == "assumed"
    assert set(shelf.trace.series) < set(margins.stack(cat).trace.series)


def test_a_day_before_the_base_year_is_refused_with_the_reason(cat):
    with pytest.raises(CoverageError, match="take a later as_of"):
        margins.market(cat.as_of("2022-06-30"))


def test_suspensions_leave_out_what_has_no_date(cat):
    frame = margin_results.suspensions(cat).frame
    assert frame["stopped"].tolist() == [8, 9, 17, 18, 18]
    national = margin_results.suspensions(cat, "Russia").frame
    assert national["stopped"].tolist() == [23, 23, 20]
    assert national["total"].iloc[-1] == 179
    with pytest.raises(ParameterError, match="Kuzbass and Russia"):
        margin_results.suspensions(cat, "Komi")
    assert frame["total"].iloc[-1] == 151
