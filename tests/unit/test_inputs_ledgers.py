"""The forecast ledger: outcomes from later documents, conditions told apart, nothing of a later day."""

import pandas as pd
import pytest

from coalface.data import periods, read
from coalface.inputs import ledgers


@pytest.fixture(scope="module")
def table():
    return ledgers.forecasts(read()).frame.set_index("forecast_id")


def test_every_forecast_of_the_table_is_kept(table):
    assert list(table.index) == list(read().table("forecasts")["forecast_id"])


def test_the_trade_body_meets_the_outcome_of_2025(table):
    row = table.loc["b_ua_steel_loss_pokrovsk"]
    assert (row["low"], row["high"], row["outcome"], row["unit"]) == (2, 3, 7.4, "Mt")
    assert (row["kind"], row["horizon"], row["issuer"]) == ("scenario", 1, "Ukrmetalurgprom")
    assert row["naive"] == 6.228
    assert not row["naive_known"]


def test_a_forecast_leads_to_its_document_and_to_those_of_its_outcome(table):
    cat = read()
    rows = table.loc[["b_ua_steel_loss_pokrovsk"]].reset_index()
    about = ledgers.behind(cat, rows)
    assert set(about.sources) == {"firms_up_kalenkov", *cat.rows("steel.output.ua")["source_id"]}
    assert ledgers.behind(cat.as_of("2010-01-01"), rows).sources == ()


def test_a_forecast_is_never_its_own_outcome(table):
    """The need for coking coal in 2025 is on record only as the estimate itself."""
    assert pd.isna(table.loc["b_ua_coking_coal_need_2025", "outcome"])


def test_an_estimate_made_before_the_period_ended_is_no_outcome():
    for series in ("steel.output.ua", "sector.balance.ru"):
        rows = ledgers._seen(read(), series)
        assert len(rows)
        assert (rows["out"] >= rows["end"]).all()


def test_a_year_known_for_eleven_months_is_not_due(table):
    assert pd.isna(table.loc["AF027", "outcome"])
    assert ledgers.so_far(read(), "sector.balance.ru", 2025) == (-334.9, 11)


def test_the_outcome_carries_the_range_that_its_documents_print(table):
    row = table.loc["AF010"]
    assert (row["outcome"], row["outcome_low"], row["outcome_high"]) == (211, 203, 211)


@pytest.mark.parametrize(
    ("forecast", "kind"),
    [
        ("AF005", "scenario"),
        ("AF009", "scenario"),
        ("AF006", "forecast"),
        ("AF081", "forecast"),
        ("AF108", "scenario"),
    ],
)
def test_conditions_tell_scenarios_from_forecasts(table, forecast, kind):
    assert table.loc[forecast, "kind"] == kind


def test_every_condition_on_record_is_judged_on_purpose():
    """A new wording must be sorted by hand, not fall among the scenarios unseen."""
    scenarios = {
        "worst case, full embargo", "optimistic case", "optimistic scenario", "pessimistic scenario",
        "no intervention", "bad scenario", "risk scenario", "disinflationary scenario", "coal is imported",
        "proinflationary scenario", "Pokrovsk is lost", "Pokrovsk is kept", "steel volume of 2024",
        "no change of conditions", "present market conditions last",
    }  # fmt: skip
    assert set(read().table("forecasts")["condition"]) <= scenarios | ledgers.PLAIN


def test_a_change_in_percent_is_not_compared_with_a_level(table):
    row = table.loc["b_mechel_shipments_2025"]
    assert (row["unit"], row["naive"]) == ("percent", 0.0)
    assert pd.isna(row["outcome"])


@pytest.mark.parametrize("day", ["2023-12-31", "2025-12-31"])
def test_nothing_published_after_the_day_enters(table, day):
    cat = read().as_of(day)
    shelf = ledgers.forecasts(cat)
    assert (periods.bounds(shelf.frame["made"])["start"].dropna() <= pd.Timestamp(day)).all()
    came = shelf.frame[shelf.frame["outcome"].notna()]
    assert (periods.bounds(came["period"])["end"] <= pd.Timestamp(day)).all()
    assert table["outcome"].notna().sum() > len(came)


def test_a_day_before_all_documents_gives_an_empty_ledger():
    cat = read().as_of("2010-01-01")
    assert ledgers.forecasts(cat).frame.empty
    assert ledgers.spreads(cat).frame.empty
    assert ledgers.conflicts(cat).frame.empty
    assert ledgers.editions(cat, "coal.exports.ru.total").frame.empty


def test_a_comparison_of_documents_names_all_of_them():
    cat, series = read(), "coal.exports.ru.total"
    printed = set(cat.rows(series)["source_id"])
    assert printed > set(cat.trace(series).sources)
    assert set(ledgers.editions(cat, series).trace.sources) == printed
    assert set(ledgers.band(cat, series).trace.sources) == printed
    assert ledgers.band(cat.as_of("2023-06-30"), series).trace.vintage <= "2023-06-30"


def test_spreads_are_measurement_errors_in_the_unit_of_the_series():
    table = ledgers.spreads(read()).frame
    row = table.loc["coal.exports.ru.total"]
    assert row["unit"] == "Mt"
    assert 1 < row["pooled_sd"] < 10
    assert row["n"] >= 3
    assert table["pooled_sd_pct"].is_monotonic_decreasing
