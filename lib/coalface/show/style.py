"""The look in code: the palette, the matplotlib style, and numbers as the pages print them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import matplotlib as mpl
import pandas as pd

MINUS = "\u2212"
DASH = "\u2013"
LOOK = files("coalface").joinpath("look")


@cache
def palette() -> dict[str, dict[str, str]]:
    """Colours by token, each with its light and dark value and what it means."""
    found: dict[str, dict[str, str]] = json.loads(LOOK.joinpath("palette.json").read_text(encoding="utf-8"))
    return found


def colour(token: str) -> str:
    """The light value of a palette token; the SVG writer turns it into a variable that follows the theme.

    Examples
    --------
    >>> colour("russia")
    '#056af7'
    """
    try:
        return palette()[token]["light"]
    except KeyError:
        raise ValueError(f"no colour {token!r} in the palette; it has {', '.join(palette())}") from None


@cache
def rc() -> dict[str, Any]:
    """The house style as matplotlib parameters."""
    found: Any = mpl.rc_params_from_file(str(LOOK.joinpath("coalface.mplstyle")), use_default_template=False)
    return dict(found)


def places(values: Any) -> int:
    """How many decimals show about three significant figures of the largest value; none for whole numbers.

    Examples
    --------
    >>> [places(v) for v in (1234.5, 334.9, 14.5, 5.32, 0.041)], places([1, 4, 16])
    ([0, 1, 1, 2, 3], 0)
    """
    known = [abs(float(v)) for v in pd.Series(values).dropna()]
    if len(known) > 2 and all(v.is_integer() for v in known):
        return 0
    largest = max(known, default=0.0)
    if largest == 0 or not math.isfinite(largest):
        return 0
    if largest >= 1000:
        return 0
    return 1 if largest >= 10 else 2 if largest >= 1 else 3


def num(value: float | None, digits: int | None = None) -> str:
    """A number as the pages print it: thousands apart, a true minus, a dash where nothing is known.

    Examples
    --------
    >>> num(-1334.92, 1), num(0.0456), num(None), num(-0.01, 1)
    ('−1,334.9', '0.046', '–', '0.0')
    """
    if value is None or not math.isfinite(value):
        return DASH
    digits = places([value]) if digits is None else digits
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def interval(low: float, high: float, digits: int | None = None, unit: str = "") -> str:
    """Two ends as words, "203 to 211 Mt"; one number when both print alike.

    Examples
    --------
    >>> interval(203, 211, 0, "Mt"), interval(5, 5.001, 1)
    ('203 to 211 Mt', '5.0')
    """
    digits = places([low, high]) if digits is None else digits
    low_text, high_text = num(low, digits), num(high, digits)
    text = low_text if low_text == high_text else f"{low_text} to {high_text}"
    return f"{text} {unit}".strip()


def listed(words: Iterable[str]) -> str:
    """Words in a row, the last after "and".

    Examples
    --------
    >>> listed(["6", "12", "24"]), listed(["6"])
    ('6, 12 and 24', '6')
    """
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def month(period: object) -> str:
    """A period in words: "May 2026", "the second quarter of 2025", "2024", "17 March 2024".

    Examples
    --------
    >>> month("2026-05"), month("2024"), month("2025-Q2"), month("2024-03-17")
    ('May 2026', '2024', 'the second quarter of 2025', '17 March 2024')
    """
    text = str(period)
    if len(text) == 4:
        return text
    if "Q" in text:
        year, quarter = text.replace("-", "").split("Q")
        return f"the {('first', 'second', 'third', 'fourth')[int(quarter) - 1]} quarter of {year}"
    stamp = pd.Timestamp(text)
    return f"{stamp:%B %Y}" if len(text) == 7 else f"{stamp.day} {stamp:%B %Y}"
