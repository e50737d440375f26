"""Times of reading, loading and checking data/: `python benchmarks/catalogue.py`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Median time of some repeats in seconds."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times)


def fresh(code: str) -> float:
    """Median time of a fresh interpreter in seconds."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def main() -> None:
    """Print one line a measurement."""
    empty, pandas = fresh("pass"), fresh("import pandas")
    lines = [
        ("import pandas", pandas - empty),
        ("import coalface.data, beyond pandas", fresh("from coalface import data") - pandas),
        ("read() and a first series, beyond pandas",
         fresh("from coalface import data; data.read().load('rate.key.ru')") - pandas),
    ]  # fmt: skip
    from coalface import data
    from coalface.data import catalogue, checks

    cat = data.read()
    regular = cat.series.index[cat.series["freq"] != "W"]
    for name in regular:
        cat.load(name)
    everything = seconds(lambda: [cat.load(name) for name in regular], repeats=1)
    early = cat.as_of("2024-06-30")
    lines += [
        ("read() again", seconds(data.read)),
        ("load one series", everything / len(regular)),
        ("load a series as of a day", seconds(lambda: early.load("cpi.mom.ru.all"))),
        ("trace a series", seconds(lambda: cat.trace("coal.exports.ru.total"))),
        ("search", seconds(lambda: cat.search("newcastle"))),
        ("check all rules", seconds(lambda: checks.run(catalogue.default_folder()), repeats=3)),
    ]
    for what, time in lines:
        print(f"{what:<45}{time * 1000:9.1f} ms")


if __name__ == "__main__":
    main()
