"""Tables of the export notebook whose columns bear names, units and decimals that a reader expects."""

from __future__ import annotations

import pandas as pd

from coalface.show.block import Block, Trace
from coalface.show.tables import table

# Column of a result: its head on the page, its unit, its decimals.
HEADS = {
    "effect": ("Effect", "EJ a year", 2),
    "effect_without": ("Effect without it", "EJ a year", 2),
    "weight": ("Weight", "", 2),
    "effect_pct": ("Effect", "%", 0),
    "fit_pct": ("Error before", "%", 0),
    "rejected_pct": ("Rejected", "%", 0),
    "low": ("Low", "%", 0),
    "high": ("High", "%", 0),
    "mase": ("MASE", "", 2),
    "naive_mase": ("Naive MASE", "", 2),
    "crps": ("CRPS", "%", 1),
    "bias": ("Bias", "%", 1),
    "simulated": ("Held, simulated", "%", 0),
    "conformal": ("Held, conformal", "%", 0),
    "origins": ("Origins", "", 0),
    "dm_p": ("p against naive", "", 2),
}


def named(frame: pd.DataFrame, caption: str, note: str, trace: Trace) -> Block:
    """A table with the heads, units and decimals of `HEADS`; a percent beside a level is headed as such."""
    heads = {c: HEADS[c] for c in frame.columns if c in HEADS}
    if {"effect", "effect_pct"} <= set(heads):
        heads["effect_pct"] = ("In percent", "%", 0)
    renamed = {c: head for c, (head, _, _) in heads.items()}
    return table(
        frame.rename(columns=renamed),
        caption=caption,
        note=note,
        units={head: unit for head, unit, _ in heads.values() if unit},
        digits={head: digits for head, _, digits in heads.values()},
        trace=trace,
    )
