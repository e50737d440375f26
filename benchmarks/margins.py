"""Times of the margin models, and the cost curve against a plain loop: `python benchmarks/margins.py`."""

from __future__ import annotations

from math import erf, log, sqrt
from time import perf_counter

import numpy as np

from coalface import data
from coalface.inputs import margin_results, margins
from coalface.models import breakeven, fit, netbacks, swing
from coalface.models.calibration import rank_test
from coalface.models.costs import CostCurve

DRAWS = 10_000


def timed(label: str, work):
    start = perf_counter()
    out = work()
    seconds = perf_counter() - start
    print(f"{label:62s} {seconds:8.3f} s")
    return out, seconds


def curve_against_loop(rng: np.random.Generator) -> None:
    median, sigma = rng.uniform(1500, 3000, DRAWS), rng.uniform(0.5, 1.0, DRAWS)
    netback = rng.uniform(500, 6000, (DRAWS, 8))
    weight = np.full(8, 1 / 8)

    def vector() -> np.ndarray:
        return CostCurve(median[:, None], sigma[:, None]).under_water(netback) @ weight

    def loop() -> list[float]:
        found = []
        for i in range(DRAWS):
            share = 0.0
            for j in range(8):
                depth = (log(median[i]) - log(netback[i, j])) / sigma[i]
                share += weight[j] * 0.5 * (1 + erf(depth / sqrt(2)))
            found.append(share)
        return found

    fast, quick = timed(f"share under water, {DRAWS:,} draws, 8 segments", vector)
    slow, plain = timed("the same in a plain loop", loop)
    assert np.allclose(fast, slow)
    print(f"{'loop over vector':62s} {plain / quick:8.0f} times")
    timed(
        f"whole curve, {DRAWS:,} draws, 200 points",
        lambda: CostCurve(median[:, None], sigma[:, None]).cost_at(np.linspace(0.005, 0.995, 200)),
    )


def main() -> None:
    rng = np.random.default_rng(20261122)
    curve_against_loop(rng)
    cat, _ = timed("read the record", data.read)
    shelf, _ = timed("shelves", lambda: margins.stack(cat))
    moments = margin_results.moments(cat).frame
    early = moments[moments["year"] < 2025]
    stack, _ = timed("cost stack, 3,000 draws", lambda: netbacks.simulate(**shelf.frame, draws=3000, rng=rng))
    found, _ = timed(
        "calibration, bank of 240,000",
        lambda: fit.fit(stack, shelf.frame["assumptions"], early, draws=4000, rng=rng),
    )
    print(f"{'effective draws':62s} {found.posterior.effective:8.0f}")
    _, p, _ = timed(
        "rank test, 320 synthetic truths",
        lambda: rank_test(found.predicted, found.parameters, found.moments, repeats=320, rng=rng),
    )[0]
    print(f"{'smallest p of 12 parameters (flat if above 0.004)':62s} {p.min():8.4f}")
    few = np.arange(800)
    timed(
        "attribution, 9 drivers, 512 sets, 800 draws",
        lambda: swing.attribute(found.stack.take(few), found.theta.iloc[:800], old=2023, new=2025),
    )
    here = breakeven.position(found.stack, found.theta, start="2026-03", end="2026-05")
    timed(
        "response, one change, 4,000 draws",
        lambda: breakeven.response(here, price_change_pct=-10.0).under_water,
    )


if __name__ == "__main__":
    main()
