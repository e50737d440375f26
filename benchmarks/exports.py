"""Times of the export models, and the back-tests of the forecasts over every month of ten years.

python benchmarks/exports.py            times of each model call
python benchmarks/exports.py --full     also the full back-tests, which the page thins (some minutes)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np
import pandas as pd

from coalface import data
from coalface.inputs import exports
from coalface.inputs import forecast as records
from coalface.models import backtest, counterfactual, destinations, forecast, placebos, synthetic
from coalface.models import exports as accounts

SEED = 20261122


def timed(name: str, call: Callable[[], object], repeats: int = 3) -> None:
    """Print the best of a few runs, in milliseconds."""
    best = min(_once(call) for _ in range(repeats))
    print(f"{name:<58} {1000 * best:9.1f} ms")


def _once(call: Callable[[], object]) -> float:
    begin = perf_counter()
    call()
    return perf_counter() - begin


def calls(cat: data.Catalogue) -> None:
    """Every model call of the notebook, once each."""
    rng = np.random.default_rng(SEED)
    eu, china = exports.partner(cat, "eu").frame, exports.partner(cat, "china").frame
    panel, start = exports.exporters(cat, ["cn"]).frame, pd.Period("2022", "Y")
    annual, areas = records.energy(cat).frame, exports.destinations(cat).frame
    old, new = exports.grades(cat, 2021).frame, exports.grades(cat, 2024).frame
    ahead = forecast.combine(annual, 3, rng=rng)
    timed("split_change, Bennet, 3 grades", lambda: accounts.split_change(old, new))
    timed("split_change, LMDI, 3 grades", lambda: accounts.split_change(old, new, method="lmdi"))
    timed(
        "structural, EU, 75 months before",
        lambda: counterfactual.structural(eu, "2022-04", rng=rng, seasonal=12, skip=4),
    )
    timed(
        "structural, China, 159 months before",
        lambda: counterfactual.structural(china, "2022-04", rng=rng, seasonal=12),
    )
    timed("synthetic_control, 12 donors", lambda: synthetic.synthetic_control(panel, "Russia", start))
    timed("synthetic_did, 12 donors", lambda: synthetic.synthetic_did(panel, "Russia", start))
    timed("placebos in space, 13 units", lambda: placebos.placebos(panel, "Russia", start))
    timed("calibrate, 200 panels", lambda: placebos.calibrate(panel, "Russia", start, rng=rng))
    timed("combine, China, 192 months, 18 ahead", lambda: forecast.combine(china, 18, rng=rng))
    timed("combine, annual, 26 years, 3 ahead", lambda: forecast.combine(annual, 3, rng=rng))
    timed("backtest, annual, 10 origins, 2 ahead", lambda: backtest.backtest(annual, 2, 10, rng=rng), 1)
    timed(
        "coherent destinations, 2000 draws",
        lambda: destinations.coherent(ahead.paths, areas, ahead.quantiles.index, rng=rng),
    )


def full(cat: data.Catalogue) -> None:
    """Back-tests from every month of the last ten years that the record allows."""
    rng = np.random.default_rng(SEED)
    for name, series, horizon in (
        ("China's imports from Russia", records.china(cat).frame, 12),
        ("Rosstat output", records.output(cat).frame, 12),
        ("Exports in energy, annual", records.energy(cat).frame, 3),
    ):
        origins = min(120, len(series) - horizon - 36) if horizon == 12 else len(series) - horizon - 10
        begin = perf_counter()
        record = backtest.backtest(series, horizon, origins, rng=rng)
        print(f"\n{name}: {origins} origins, {horizon} ahead, {perf_counter() - begin:.0f} s")
        print(record.scores.round(3).to_string())
        print(record.by_horizon.round(3).to_string())
        print(f"coverage of {record.level:.0%} bands: {record.coverage.round(3).to_dict()}")


if __name__ == "__main__":
    catalogue = data.read()
    calls(catalogue)
    if "--full" in sys.argv[1:]:
        full(catalogue)
