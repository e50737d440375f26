"""Times of the town models on the real tables: `python benchmarks/towns.py`."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

from coalface import data
from coalface.inputs import towns as figures
from coalface.models import assessment, jobs


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Median time of some repeats in seconds."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times)


def main() -> None:
    """Print one line a measurement."""
    cat, draws = data.read(), 2000
    places, mines = figures.places(cat).frame, figures.mines(cat).frame
    chosen, weights = figures.coal_towns(places).index, [0.4, 0.2, 0.1, 0.15, 0.15]
    how = {"radius_km": 15.0, "weights": weights, "tracker_short": figures.tracker_short(cat)}

    def assess() -> assessment.Assessment:
        rng = np.random.default_rng(1)
        return assessment.assess(places, figures.operating(mines), chosen, **how, draws=draws, rng=rng)

    found = assess()
    studies, speed = figures.multipliers(cat).frame, tuple(figures.elasticity(cat).frame)
    luck = jobs.draw_luck(
        found.table,
        elasticity=speed,
        studies=studies,
        arrears_rub=(2e5, 4e5),
        draws=draws,
        rng=np.random.default_rng(1),
    )
    head = found.table["headcount"].to_numpy(float)
    lines = [
        ("figures of all places", seconds(lambda: figures.places(data.read()).frame)),
        (f"dependence and ranking, {draws} draws", seconds(assess)),
        (
            "Sobol shares, 256 base draws",
            seconds(lambda: assessment.doubt(found, weights=weights, rng=np.random.default_rng(1))),
        ),
        (
            f"jobs lost in {len(chosen)} places, {draws} draws",
            seconds(lambda: jobs.lost_jobs(luck, 0.2, head)),
        ),
    ]
    for name, time in lines:
        print(f"{time:8.3f} s  {name}")


if __name__ == "__main__":
    main()
