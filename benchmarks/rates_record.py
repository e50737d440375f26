"""The full record of our key-rate and inflation fans: every month as an origin, several priors and lags.

The page of notebook 02 thins this to one origin a quarter. Run: python benchmarks/rates_record.py
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from coalface import data
from coalface.inputs import rates
from coalface.models import fans, paths
from coalface.models.vars import Minnesota


def main() -> None:
    pd.set_option("display.width", 120)
    frame = rates.money(data.read()).frame.dropna()
    for lags, tightness in ((6, 0.2), (3, 0.2), (6, 0.1)):
        prior = Minnesota(tightness=tightness, own_lag=paths.PRIOR.own_lag)
        start = time.perf_counter()
        record = fans.rolling_record(
            frame,
            first="2016-01",
            every=1,
            horizons=(3, 6, 12, 24),
            draws=1000,
            rng=np.random.default_rng(20261122),
            prior=prior,
            lags=lags,
        )
        scores = fans.coverage(record).join(fans.widening(record))
        took = time.perf_counter() - start
        origins = record["origin"].nunique()
        print(f"\n{lags} lags, tightness {tightness}: {origins} origins in {took:.1f} s")
        print(scores.round(2).to_string())


if __name__ == "__main__":
    main()
