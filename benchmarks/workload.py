"""Three notebooks of an economist's size, so that the cost of rendering shows beside a second of computing.

The suite's own notebooks compute for up to twenty seconds; beside that any renderer looks quick. These three
load real series, fit and draw for about a second: 13 code cells, two tables and three figures each.
"""

from __future__ import annotations

import json
from pathlib import Path

PARAMETERS = 'scenario: str = "baseline"  # x\nas_of: str = "latest"  # x\nseed: int = 1  # random draws'
START = (
    "import numpy as np\nimport pandas as pd\n\nfrom coalface import data, show\n\n"
    "cat = data.read().as_of(as_of)\nrng = np.random.default_rng(seed)"
)
LAST = (
    'peak = float(frame.max().max())\nalt = f"Lines by period; the highest is {peak:.1f} {unit}."',
    'show.figure("history", show.charts.lines, frame, title=f"The highest is {peak:.1f} {unit}", unit=unit,\n'
    "            alt=alt, trace=trace, digits=1)",
    "change = frame.pct_change(fill_method=None).iloc[-24:] * 100\ntop = float(change.max().max())\n"
    'alt = f"Lines by period; the largest rise is {top:.1f} percent."',
    'show.figure("changes", show.charts.lines, change, title=f"The largest rise is {top:.1f} percent",\n'
    '            unit="percent", alt=alt, trace=trace, digits=1)',
    "best = frame.iloc[-1].sort_values()\nbest",
    'show.figure("newest", show.charts.bars, best, unit=unit,\n'
    '            title=f"The newest reach from {best.min():.1f} {unit} up",\n'
    '            alt=f"Bars; the longest is {best.max():.1f} {unit}.", trace=trace, digits=1)',
)
TRADE = (
    'names = {g: f"coal.imports.{g}.from_ru.mirror" for g in ("jp", "in", "de", "nl", "gb")}\n'
    "frame = cat.frame(names).fillna(0) / 1e6",
    'unit, trace = "Mt", cat.trace(*names.values())',
    'yearly = frame.groupby(frame.index.year).sum()\nshow.table(yearly, caption="Imports from Russia, Mt")',
    "share = yearly.div(yearly.sum(axis=1), axis=0)\n(share**2).sum(axis=1).rename('HHI').to_frame()",
    "frame.rolling(12).sum().dropna().describe()",
)
STATE_SPACE = (
    'names = {g: f"coal.imports.eu27.from_{g}.estat" for g in ("ru", "us", "co", "au")}\n'
    "frame = cat.frame(names) / 1e6",
    'unit, trace = "Mt", cat.trace(*names.values())',
    "from statsmodels.tsa.statespace.structural import UnobservedComponents\n\n"
    'logs = np.log(frame["ru"].to_timestamp()).asfreq("MS")\nseason = [{"period": 12, "harmonics": 2}]\n'
    'fit = UnobservedComponents(logs, "local level", freq_seasonal=season).fit(disp=0)',
    "ahead = fit.get_forecast(12).summary_frame(alpha=0.1)\n"
    'show.table(ahead, caption="Logarithm, 12 months on")',
    "pd.DataFrame({'estimate': fit.params, 'error': fit.bse})",
)
MONTE_CARLO = (
    'names = {"Newcastle": "price.coal.newcastle", "Richards Bay": "price.coal.richards_bay"}\n'
    "frame = cat.frame(names).dropna()",
    'unit, trace = "USD/t", cat.trace(*names.values())',
    "steps = np.log(frame).diff().dropna().to_numpy()\n"
    "picks = rng.integers(0, len(steps), size=(10_000, 24))\npaths = steps[picks].cumsum(axis=1)",
    "level = frame.iloc[-1].to_numpy() * np.exp(paths[:, -1])\n"
    "table = pd.DataFrame(np.quantile(level, [0.05, 0.5, 0.95], axis=0), columns=frame.columns).T\n"
    'show.table(table, caption="Price in two years, USD/t, 5th, 50th and 95th percentile of 10,000 draws")',
    "pd.DataFrame(level, columns=frame.columns).corr()",
)
NOTEBOOKS = {"11-trade": TRADE, "12-state-space": STATE_SPACE, "13-monte-carlo": MONTE_CARLO}
LIGHT = {"11-light": ("rng.normal(size=1000).mean()",)}
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def write(root: Path, notebooks: dict[str, tuple[str, ...]]) -> None:
    """A checkout that holds these notebooks."""
    (root / "notebooks").mkdir()
    code = {"cell_type": "code", "execution_count": None, "outputs": []}
    for stem, cells in notebooks.items():
        tail = LAST if len(cells) > 1 else ()
        made = [{"cell_type": "markdown", "id": "c01", "metadata": {}, "source": "# How much?"}]
        made += [{**code, "id": "c02", "metadata": {"tags": ["parameters"]}, "source": PARAMETERS}]
        for number, source in enumerate((START, *cells, *tail), start=3):
            made.append({**code, "id": f"c{number:02d}", "metadata": {}, "source": source})
        notebook = {"cells": made, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
        (root / "notebooks" / f"{stem}.ipynb").write_text(json.dumps(notebook))
    listed = ", ".join(f"{{file: {stem}.ipynb, title: T, question: 'How much?'}}" for stem in notebooks)
    (root / "notebooks" / "index.yml").write_text(f"notebooks: [{listed}]")
