"""Rival accounts of the same results: calibrated alike, scored on what none of them has seen."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from coalface.models.fit import Bank, fit, predict, scorecard

VARIANTS: Final[dict[str, dict[str, float]]] = {
    "no revaluation of debt": {"fx_debt_bn_usd": 0.0},
    "all of the swing reaches miners": {"pass_through": 1.0},
    "neither channel": {"fx_debt_bn_usd": 0.0, "pass_through": 1.0},
}


def variants(
    simulated: Bank,
    assumptions: pd.DataFrame,
    card: pd.DataFrame,
    *,
    until: int,
    rng: np.random.Generator,
    draws: int = 1500,
    pairs: int = 20,
) -> pd.DataFrame:
    """Rival accounts, each calibrated to the years up to `until` and scored on the moments after it.

    Columns: mean CRPS of balances (bn RUB) and shares (points), moments inside their 90 percent interval, and
    the median of the last balance. The first row is `card`, the account in use; the last row carries the last
    early values forward.
    """
    moments = simulated.moments.table
    early, late = moments[moments["year"] <= until], moments[moments["year"] > until]
    rows = {"both channels (this page)": _scores(card)}
    for name, fixed in VARIANTS.items():
        table = assumptions.copy()
        for parameter, value in fixed.items():
            table.loc[parameter, ["low", "mode", "high"]] = value
        found = fit(simulated.stack, table, early, draws=draws, rng=rng, pairs=pairs)
        rows[name] = _scores(scorecard(predict(found, late, rng), late))
    rows["last values carried forward"] = _scores(_carried(early, late))
    return pd.DataFrame(rows).T.rename_axis("account")


def _scores(card: pd.DataFrame) -> dict[str, float]:
    by = card.groupby("kind")["crps"].mean()
    balances = card[card["kind"] == "balance"]
    inside = card["inside"].sum() if card["inside"].notna().all() else np.nan
    return {
        "crps_balance": by.get("balance", np.nan),
        "crps_share": by.get("share", np.nan),
        "inside": float(inside),
        "last_balance": balances["median"].iloc[-1] if len(balances) else np.nan,
    }


def _carried(early: pd.DataFrame, late: pd.DataFrame) -> pd.DataFrame:
    """A rival without a model: the last share stays, the last balance goes on at its monthly pace."""
    last = early.sort_values(["year", "months"]).groupby("kind").last()
    pace = last["value"] / last["months"].where(last.index == "balance", 1)
    guess = late["kind"].map(pace) * late["months"].where(late["kind"] == "balance", 1)
    return late.assign(median=guess, crps=(late["value"] - guess).abs(), inside=np.nan)
