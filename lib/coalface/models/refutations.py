"""What could refute a structural counterfactual: dates without an event, and controls dropped in turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coalface.models.counterfactual import Trend, structural


def false_starts(series: pd.Series, agreed: pd.Period, span: int, most: int = 14) -> list[pd.Period]:
    """Months at which a placebo can be run: with three years of past, and the span before the event."""
    if len(series) < 36 + span:
        return []
    last = min(agreed, series.index[-1] + 1) - span
    months = pd.period_range(series.index[36], last, freq="M")
    step = max(-(-len(months) // most), 1)
    return list(months[::-1][::step][::-1])


def placebo_dates(
    y: pd.Series,
    starts: Sequence[str | pd.Period],
    horizon: int,
    controls: pd.DataFrame | None = None,
    *,
    rng: np.random.Generator,
    trend: Trend = "local level",
    seasonal: int | None = None,
    log: bool = False,
    skip: int = 0,
    level: float = 0.9,
) -> pd.DataFrame:
    """Effects found at dates without an event: effect_pct, low, high (percent) and whether they cover zero.

    Notes
    -----
    Each false start sees only its own past and is judged over `horizon` periods less `skip`; the mean of
    `covers` is the measured coverage of the interval, to be read beside its stated `level`.
    """
    rows = {}
    for start in starts:
        first = pd.Period(str(start), freq=y.index.freqstr)  # type: ignore[attr-defined]
        found = structural(
            y[y.index < first + horizon], first, controls,
            rng=rng, trend=trend, seasonal=seasonal, log=log, skip=skip, level=level,
        )  # fmt: skip
        low, high = found.pct_interval
        rows[str(first)] = {
            "effect_pct": found.effect_pct,
            "low": low,
            "high": high,
            "covers": low <= 0 <= high,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("start")


def drop_controls(
    y: pd.Series,
    start: str | pd.Period,
    controls: pd.DataFrame,
    *,
    rng: np.random.Generator,
    trend: Trend = "local level",
    seasonal: int | None = None,
    log: bool = False,
    skip: int = 0,
) -> pd.DataFrame:
    """Effect in percent (with low, high) under all controls, without each in turn, and under none."""
    sets: dict[str, pd.DataFrame | None] = {"all controls": controls}
    if controls.shape[1] > 1:
        sets |= {f"without {c}": controls.drop(columns=c) for c in controls}
    sets["no control"] = None
    found = {
        label: structural(y, start, table, rng=rng, trend=trend, seasonal=seasonal, log=log, skip=skip)
        for label, table in sets.items()
    }
    return pd.DataFrame(
        {
            "effect_pct": {k: f.effect_pct for k, f in found.items()},
            "low": {k: f.pct_interval[0] for k, f in found.items()},
            "high": {k: f.pct_interval[1] for k, f in found.items()},
            "fit_pct": {k: f.fit_pct for k, f in found.items()},
        }
    )
