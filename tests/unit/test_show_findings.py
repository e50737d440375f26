"""Sentences of the export notebook say no more than the results behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coalface.data import Trace
from coalface.models.backtest import backtest
from coalface.models.counterfactual import structural
from coalface.models.placebos import calibrate, placebos
from coalface.models.synthetic import synthetic_control
from coalface.show import counterfactuals, exports, exportwords, findings

YEARS = pd.period_range("2000", periods=26, freq="Y")


def panel(effect: float, fit: float) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    common = rng.normal(0.03, 0.05, (26, 2)).cumsum(axis=0)
    loads = rng.dirichlet([1, 1], 12)
    table = pd.DataFrame(np.exp(common @ loads.T + rng.normal(0, fit, (26, 12))), YEARS)
    table.columns = ["Russia", *(f"d{i}" for i in range(11))]
    table.loc["2022":, "Russia"] *= 1 + effect
    return table


def said(effect: float, fit: float) -> str:
    table, start = panel(effect, fit), pd.Period("2022", "Y")
    return findings.synthetic_words(
        synthetic_control(table, "Russia", start),
        placebos(table, "Russia", start),
        calibrate(table, "Russia", start, rng=np.random.default_rng(1), draws=60),
    )


def test_a_poor_fit_takes_the_sentence_back():
    assert "This is not evidence of an effect" in said(0.0, 0.25)


def test_a_clear_effect_on_a_good_fit_stands():
    text = said(-0.6, 0.01)
    assert "No placebo comes near it" in text
    assert "not evidence" not in text


def monthly(effect: float, noise: float = 0.2) -> pd.Series:
    rng = np.random.default_rng(2)
    y = pd.Series(5 + rng.normal(0, noise, 72), pd.period_range("2017-01", periods=72, freq="M"), name="eu")
    y["2022-04":] += effect
    return y


def test_an_interval_with_zero_says_so():
    flat = structural(monthly(0.0), "2022-04", rng=np.random.default_rng(1))
    fall = structural(monthly(-3.0), "2022-04", rng=np.random.default_rng(1))
    assert "The interval holds zero" in findings.gap_words(flat, "EU imports")
    text = findings.gap_words(fall, "EU imports")
    assert "below" in text
    assert "holds zero" not in text
    assert "from April 2022 to December 2022" in text


def test_what_cannot_be_known_is_said_with_its_reason():
    assert (
        findings.gap_words(None, "EU imports", "too short") == "No counterfactual for EU imports: too short."
    )
    assert "No synthetic twin: no panel" in findings.synthetic_words(None, None, None, why="no panel")
    assert "No total was known" in exportwords.totals_title(pd.DataFrame())
    assert counterfactuals.gap_figure(
        "x", None, pd.Series(dtype=float), "EU", Trace(), pd.DataFrame(), "eu"
    ).kind == "say"  # fmt: skip


@pytest.mark.parametrize(("share", "verdict"), [(0.9, "as it should"), (0.5, "too rarely")])
def test_coverage_is_judged_against_its_level(share, verdict):
    dates = pd.DataFrame({"effect_pct": np.linspace(-9, 20, 10), "covers": np.arange(10) < 10 * share})
    text = findings.coverage_words(dates, 0.9)
    assert verdict in text
    assert "+20 %" in text


def test_without_a_counterfactual_only_its_reason_is_told():
    dates = pd.DataFrame({"effect_pct": [3.0], "covers": [True]})
    assert len(findings.gap_points(None, dates, "EU imports", "The war came too.", "too short")) == 1
    fall = structural(monthly(-3.0), "2022-04", rng=np.random.default_rng(1))
    said = findings.gap_points(fall, dates, "EU imports", "The war came too.")
    assert "1 of 1 dates" in said[1]
    assert said[2] == "The war came too."


def test_the_answer_tells_each_buyer_with_its_months_and_its_measure():
    fall = structural(monthly(-3.0), "2022-04", rng=np.random.default_rng(1))
    text = exportwords.answer(pd.DataFrame(), None, fall, None)
    assert (
        "less from April 2022 to December 2022 than its own past leads one to expect (90 % interval" in text
    )
    assert "Germany" not in text


def test_a_lost_back_test_is_printed_as_lost():
    walk = pd.Series(
        100 + np.random.default_rng(3).normal(0, 1, 60).cumsum(),
        pd.period_range("1960", periods=60, freq="Y"),
        name="x",
    )
    record = backtest(walk, 2, 12, rng=np.random.default_rng(1), draws=200)
    text = findings.record_words(record, "X")
    better = record.scores.loc["combination", "mase"] < record.scores.loc["seasonal naive", "mase"]
    assert ("beat" if better else "lost to") in text


def test_totals_are_a_range_and_never_a_mean():
    index = pd.PeriodIndex(["2023", "2024", "2025"], freq="Y")
    band = pd.DataFrame({"low": [213.0, 195.9, 203.0], "high": [213.0, 196.2, 211.0]}, index=index)
    text = exportwords.totals_words(band)
    assert "203 to 211 Mt" in text
    assert "every count lies above those of the year before" in text
    assert "213 Mt, of 2023" in text


def test_the_claim_comes_first_and_is_not_counted_as_other():
    pulse = pd.DataFrame(
        {
            "label": ["Ports", "The claim", "Japan"],
            "kind": ["total", "total", "destination"],
            "start": pd.to_datetime(["2025-01-01"] * 3),
            "end": pd.to_datetime(["2025-02-28", "2025-02-18", "2025-07-31"]),
            "value": [2.0, -12.0, 286.0],
        }
    )
    rows = exports.pulse_rows(pulse, ("total",))
    assert rows["label"].to_list() == ["The claim, Jan–18 Feb", "Ports, Jan–Feb"]
    text = exportwords.claim_words(pulse)
    assert "−12 %" in text
    assert "Ports Jan–Feb +2.0 %" in text
    assert "No other count of all exports" not in text
