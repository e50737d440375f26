"""Draw the README's figure from data/ into docs/exports.svg: python docs/figure.py"""

from functools import partial
from pathlib import Path

import pandas as pd

from coalface import data, show
from coalface.inputs import exports


def draw() -> str:
    """The figure as SVG: exports as the band between sources, and what China and the EU took, Mt a year."""
    cat = data.read()
    totals, rows, partners = (
        exports.totals(cat),
        exports.total_rows(cat),
        exports.partners(cat, ["china", "eu"]),
    )
    months = partners.frame.groupby(pd.PeriodIndex(partners.frame.index, freq="Y"))
    whole_years = months.sum().where(months.count() == 12)
    low, high = totals.frame["low"].iloc[-1], totals.frame["high"].iloc[-1]
    block = show.figure(
        "exports",
        partial(show.charts.band, digits=0),
        totals.frame.loc["2020":],
        dots=rows.frame[rows.frame["period"].astype(str) >= "2020"],
        label="Mt",
        lines=whole_years.loc["2020":],
        colors={"china": "china", "eu": "eu"},
        labels={"china": "{} to China", "eu": "{} to the EU"},
        title="Volume held, and changed direction",
        unit="Mt a year",
        alt=f"Russian coal exports stood between {low:g} and {high:g} Mt in {totals.frame.index[-1]}.",
        trace=totals.trace | partners.trace,
    )
    return str(block.data["figures"][0]["svg"])


if __name__ == "__main__":
    Path(__file__).with_name("exports.svg").write_text(draw() + "\n", encoding="utf-8")
