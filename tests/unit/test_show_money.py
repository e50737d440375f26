"""What the money notebook says and draws follows its numbers, and an unknown number is said to be unknown."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from coalface import data
from coalface.models import losses
from coalface.show import money, outlook, owing

NAMES = {"mechel": "Mechel", "raspadskaya": "Raspadskaya"}


@pytest.fixture
def trace():
    return data.read().trace("rate.key.ru")


def bounds(*rows):
    names = ["firm", "period", "end", "months", "loss", "interest", "basis", "share", "left", "operating"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(end=pd.to_datetime(frame["end"])).set_index(["firm", "period"])


@pytest.fixture
def pair():
    return bounds(
        ("mechel", "2024", "2024-12-31", 12, 30.0, 36.0, "narrow", 1.0, 0.0, 14.0),
        ("mechel", "first half of 2025", "2025-06-30", 6, 40.0, 30.0, "wide", 0.75, 10.0, -22.0),
        ("raspadskaya", "first half of 2025", "2025-06-30", 6, 20.0, 1.0, "bound", 0.05, 19.0, np.nan),
    )


def test_the_newest_shared_period_makes_the_contrast(pair):
    newest = losses.newest(pair, ["mechel", "raspadskaya"])
    assert newest["period"].tolist() == ["first half of 2025"] * 2
    alone = losses.newest(pair.drop(index=("raspadskaya", "first half of 2025")), ["mechel", "raspadskaya"])
    assert alone.index.tolist() == ["mechel"]


def test_the_contrast_says_at_most_and_what_is_left(pair, trace):
    newest = losses.newest(pair, list(NAMES))
    key = pd.Series(20.0, index=pd.period_range("2025-01", "2025-06", freq="M"))
    key = pd.concat([pd.Series(8.0, index=pd.period_range("2023-01", "2023-06", freq="M")), key])
    rise = losses.rise_explained(newest, {"mechel": 250.0}, key, before=("2023-01", "2023-06"))
    assert rise.loc["mechel", "bill"] == pytest.approx(250 * 0.12 / 2)
    text = owing.contrast_words(newest, pair, rise, NAMES, trace).text
    assert "at most 75 percent" in text
    assert "at most 5 percent" in text
    assert "Without a rouble of interest 10.0 bn RUB of it would be left" in text
    assert "In 2024 interest of 36.0 was larger than Mechel's loss of 30.0" in text
    assert "rates alone explain neither" in text


def test_without_losses_the_sections_say_so(trace):
    none = bounds()
    newest = losses.newest(none, list(NAMES))
    assert "known" in owing.contrast_words(newest, none, newest, NAMES, trace).text
    assert "No loss" in owing.losses_figure(none, newest, NAMES, trace).text
    assert "nothing to stress" in owing.stress_blocks({}, {}, NAMES, trace).text
    assert "No forecast" in outlook.rounds_table(pd.DataFrame(), pd.Series(), pd.Series(), trace).text


@pytest.mark.parametrize("narrow", [False, True])
def test_a_loss_that_interest_can_cover_is_labelled_as_all_of_it(pair, narrow):
    bars = pair.reset_index(drop=True).set_index(pd.Index(["a", "b", "c"]))
    bars = bars.assign(interest=bars[["interest", "loss"]].min(axis=1))
    ax = money.losses(bars, ax=Figure().subplots(), narrow=narrow)
    words = [t.get_text() for t in ax.texts]
    assert words == ["all of it", "75 percent", "5 percent"]
    assert max(p.get_x() + p.get_width() for p in ax.patches) == 40.0


def test_a_scenario_that_leaves_the_key_rate_alone_is_said_to(trace):
    path = (13.0, 12.0, 11.0, 9.0)
    slump, base = (
        outlook.path_words(path, path, "2026-02", f"the {name} scenario", trace).text
        for name in ("price slump", "baseline")
    )
    assert "plays no other part" in slump and "plays no other part" not in base
    assert "No forecast of the key rate was known" in outlook.path_words(path, path, "", "x", trace).text


@pytest.mark.parametrize(("later", "said"), [(15.0, True), (54.0, False)])
def test_earnings_outweigh_the_path_only_if_they_differ_by_more(trace, later, said):
    loan = pd.Series({"net_debt_bn_rub": 250.0, "debt_date": "2025-06-30", "cost_pct": 18.8})
    loan = pd.concat([loan, pd.Series({"cost_date": "2025-08-28", "cost_basis": "as the firm states it"})])
    stress = pd.DataFrame({"cost_pct": [15.0, 16.0], "bill": [38.0, 42.0]}, index=["easy", "high"])
    stress = stress.assign(bill_low=30.0, bill_high=45.0)
    stress["EBITDA of 2024"], stress["twice the first half"] = 56.0 / stress["bill"], later / stress["bill"]
    text = owing.stress_blocks({"mechel": stress.rename_axis("path")}, {"mechel": loan}, NAMES, trace).text
    assert f"differs by {56 - later:.1f} bn RUB: 56.0 (EBITDA of 2024)" in text
    assert ("hangs on earnings" in text) == said


def test_responses_are_drawn_for_both_methods():
    months = pd.RangeIndex(25, name="month")
    columns = ["var", "var_low", "var_high", "lp", "lp_low", "lp_high"]
    frame = pd.DataFrame(np.arange(150.0).reshape(25, 6), index=months, columns=columns)
    ax = money.response(frame, ax=Figure().subplots())
    assert len(ax.collections) == 2  # the fan, and the bars of the projections
    assert list(ax.get_xticks()) == [0, 12, 24]


def test_only_a_firm_without_printed_interest_is_named_among_the_unknowns(pair):
    newest, none = losses.newest(pair, list(NAMES)), pd.DataFrame(columns=["series_id", "warning"])
    said = " ".join(owing.unknowns(none, (), newest, NAMES, True))
    assert "No interest of Raspadskaya is in the record for the first half of 2025" in said
    assert "No interest of Mechel" not in said
