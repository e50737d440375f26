"""The money notebook run as of a past day: what it shows is what was known then, and nothing later leaks."""

import ast
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from coalface.data import periods

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02-rates-and-inflation.ipynb"
pytestmark = [pytest.mark.notebook, pytest.mark.slow]


def run(**parameters):
    """Run the cells in this process; return the names that they leave and the blocks that they show."""
    names, blocks = {}, []
    for cell in nbformat.read(NOTEBOOK, 4).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        shown = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell.id, "exec"), names)
        if "parameters" in cell.metadata.get("tags", []):
            names.update(parameters)
        if shown is not None:
            blocks.append(eval(compile(ast.Expression(shown.value), cell.id, "eval"), names))
    return names, blocks


@pytest.fixture(scope="module", params=["2025-03-10", "2024-06-01", "2023-08-01"])
def past(request):
    return request.param, *run(as_of=request.param)


def test_it_shows_the_rate_and_the_inflation_of_that_day(past):
    day, _, blocks = past
    cards = {c["id"]: c for b in blocks for c in b.data["headlines"]}
    expected = {
        "2025-03-10": (21.0, "January 2025"),
        "2024-06-01": (16.0, "April 2024"),
        "2023-08-01": (8.5, "June 2023"),
    }[day]
    assert cards["key_rate"]["value"] == expected[0]
    assert expected[1] in cards["inflation_yoy"]["label"]
    if day == "2025-03-10":
        # twelve months of Rosstat's changes to January 2025, chained; the agency printed 9.92 percent
        assert cards["inflation_yoy"]["value"] == pytest.approx(9.92, abs=0.01)


def test_no_row_and_no_document_of_a_later_day_was_read(past):
    """Rows end by the day; a later document counts only if its series is never or rarely revised."""
    day, names, _ = past
    cat, limit = names["cat"], pd.Timestamp(day)
    for used in cat.used:
        kind, _, name = used.partition(":")
        if kind != "series":
            continue
        rows = cat.rows(name)
        assert (rows["end"] <= limit).all(), name
        late = rows["published"].map(lambda p: periods.days(p)[1] if p else pd.Timestamp.max) > limit
        assert not late.any() or cat.series.loc[name, "revised"] in ("never", "rarely"), name
    forecasts = cat.table("forecasts")
    assert (forecasts["made"].map(lambda m: periods.days(m)[0] if m else limit) <= limit).all()


def test_no_claim_no_trace_and_no_history_is_later(past):
    day, names, blocks = past
    limit = pd.Timestamp(day)
    for block in blocks:
        for claim in block.data["headlines"]:
            assert periods.days(claim["vintage"])[1] <= limit, claim["id"]
    for name in ("policy", "yoy", "ex_post", "ours"):
        assert names[name].index[-1].end_time <= limit, name
    for vintage in names["others"].values():
        assert (vintage.frame["known"] <= limit).all()
    assert (names["rivals"]["day"] <= limit).all()
    assert names["came"].index.max() < limit.year


def test_no_text_speaks_of_a_month_between_that_day_and_the_data_of_today(past):
    """Months after the day occur only where the page looks ahead: in titles of fans and in cards."""
    day, _, blocks = past
    limit = pd.Period(day, "M")
    ahead = {limit.year, limit.year + 1, limit.year + 2, limit.year + 3, limit.year + 4}
    words = "|".join(pd.date_range("2020-01-01", periods=12, freq="MS").strftime("%B"))
    for block in blocks:
        if block.kind in ("sources", "cards", "figure"):
            continue
        for month, year in re.findall(rf"({words}) (20\d\d)", block.text):
            found = pd.Period(pd.Timestamp(f"1 {month} {year}"), "M")
            assert found <= limit, block.text
        assert max((int(y) for y in re.findall(r"\b20\d\d\b", block.text)), default=0) <= max(ahead)


def test_a_day_before_the_firms_reported_says_so_and_does_not_fail(past):
    day, _, blocks = past
    if day == "2024-06-01":
        texts = [b.text for b in blocks]
        assert any("No loss with a figure or a bound for interest was known on this day." in t for t in texts)
        assert any("there is nothing to stress" in t for t in texts)
