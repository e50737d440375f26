"""Units as the tables spell them, and the conversions that need no outside figure."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd

from coalface.errors import UnitError, near

Values = TypeVar("Values", float, pd.Series, pd.DataFrame, np.ndarray)

UNITS: dict[str, tuple[str, float]] = {
    **{unit: ("mass", factor) for unit, factor in {"t": 1.0, "kt": 1e3, "Mt": 1e6}.items()},
    **{
        f"{prefix}{money}": (money, factor)
        for money in ("RUB", "USD", "EUR", "UAH")
        for prefix, factor in {"": 1.0, "mn ": 1e6, "bn ": 1e9}.items()
    },
    "percent": ("fraction", 0.01),
    "share": ("fraction", 1.0),
    "ratio": ("multiple", 1.0),
    "times": ("multiple", 1.0),
    "t/day": ("mass a day", 1.0),
    "Mt/day": ("mass a day", 1e6),
    **{
        unit: (unit, 1.0)
        for unit in (
            "EJ", "Mt/week", "Mt/month", "kt/month", "Mt/year", "USD/t", "RUB/t", "USD/mmbtu", "USD/bbl",
            "USD/dmtu", "RUB/month", "RUB/wagon-day", "RUB/USD", "RUB/CNY", "mn USD per Mt", "pct_per_year",
            "index", "coefficient", "rank", "persons", "enterprises", "companies", "organisations",
            "vacancies", "protocols", "towns", "km",
        )
    },
}  # fmt: skip
"""Every unit of the tables: its dimension and its size in the base unit of that dimension."""


def factor(source: str, target: str) -> float:
    """Number that turns one `source` into `target` units.

    Raises
    ------
    UnitError
        If a unit is unknown or the two measure different things; the message lists the targets that exist.

    Examples
    --------
    >>> factor("bn RUB", "mn RUB")
    1000.0
    """
    for unit in (source, target):
        if unit not in UNITS:
            raise UnitError(f"no unit {unit!r}{near(unit, UNITS)}")
    dimension, size = UNITS[source]
    if UNITS[target][0] != dimension:
        kin = [unit for unit, (other, _) in UNITS.items() if other == dimension]
        raise UnitError(f"{source!r} cannot become {target!r}; it can become {', '.join(kin)}")
    return size / UNITS[target][1]


def convert(values: Values, source: str, target: str) -> Values:
    """The same quantities in `target` units, of the type that was given.

    Raises
    ------
    UnitError
        If a unit is unknown or the two measure different things.

    Examples
    --------
    >>> convert(1500.0, "kt", "Mt")
    1.5
    """
    return values * factor(source, target)
