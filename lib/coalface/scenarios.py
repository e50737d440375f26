"""What if: one frozen, validated set of assumptions, and the named sets that depart from a baseline."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, get_args

from coalface.errors import ParameterError, near

Support = Literal["none", "deferral", "tariff_discount"]
SUPPORT: Final[tuple[str, ...]] = get_args(Support)
PATH_MONTHS: Final = (3, 6, 12, 24)
NAMED: Final = Path(__file__).parents[2] / "notebooks" / "scenarios.yml"


@dataclass(frozen=True)
class Assumption:
    """What a field of a scenario means, in which unit, and between which bounds it may lie."""

    unit: str
    low: float
    high: float
    meaning: str


def _assume(unit: str, low: float, high: float, meaning: str) -> Any:
    return field(metadata={"assumption": Assumption(unit, low, high, meaning)})


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One set of assumptions, each checked against its unit's bounds.

    Changes are in percent of the baseline's level; levels are in the unit of the field. `FIELDS` lists
    unit, bounds and meaning of every numeric field, for sliders and for documentation.

    Raises
    ------
    ParameterError
        If a value is not a finite number of the right type, lies out of bounds, or `support` is unknown.

    Examples
    --------
    >>> base = Scenario(
    ...     name="baseline", rub_per_usd=80.0, key_rate_path_pct=(14.0, 13.0, 12.0, 9.0), discount_pct=15.0
    ... )
    >>> base.rate_at(6), base.rate_at(9)
    (13.0, 12.5)
    >>> Scenario(name="x", rub_per_usd=-5.0, key_rate_path_pct=(14.0, 13.0, 12.0, 9.0), discount_pct=15.0)
    Traceback (most recent call last):
    ...
    coalface.errors.ParameterError: scenario 'x': rub_per_usd is -5.0 RUB/USD; it must lie from 20 to 400
    """

    name: str
    rub_per_usd: float = _assume("RUB/USD", 20, 400, "Exchange rate of the rouble, roubles a dollar")
    key_rate_path_pct: tuple[float, ...] = _assume(
        "percent", 0, 60, "Key rate in 3, 6, 12 and 24 months, percent a year"
    )
    discount_pct: float = _assume(
        "percent", -30, 80, "Discount of Russian coal against the benchmark, percent of it"
    )
    price_change_pct: float = field(
        default=0.0,
        metadata={"assumption": Assumption("percent", -80, 200, "Change of the FOB price in US dollars")},
    )
    rail_tariff_change_pct: float = field(
        default=0.0,
        metadata={"assumption": Assumption("percent", -60, 100, "Change of the rail tariff for coal")},
    )
    export_volume_change_pct: float = field(
        default=0.0, metadata={"assumption": Assumption("percent", -90, 50, "Change of export tonnes")}
    )
    china_demand_change_pct: float = field(
        default=0.0,
        metadata={"assumption": Assumption("percent", -90, 100, "Change of what China buys, tonnes")},
    )
    support: Support = "none"
    horizon_months: int = field(
        default=12, metadata={"assumption": Assumption("months", 1, 60, "How far ahead the models look")}
    )
    draws: int = field(
        default=2000,
        metadata={"assumption": Assumption("draws", 100, 1_000_000, "Random draws of each simulation")},
    )

    def __post_init__(self) -> None:
        if self.support not in SUPPORT:
            raise ParameterError(
                f"scenario {self.name!r}: support is {self.support!r}; it must be one of {', '.join(SUPPORT)}"
            )
        path = tuple(self.key_rate_path_pct)
        if len(path) != len(PATH_MONTHS):
            raise ParameterError(
                f"scenario {self.name!r}: key_rate_path_pct has {len(path)} levels; "
                f"it needs {len(PATH_MONTHS)}, in {', '.join(map(str, PATH_MONTHS))} months"
            )
        for name, rule in FIELDS.items():
            whole = name in {"horizon_months", "draws"}
            for value in path if name == "key_rate_path_pct" else (getattr(self, name),):
                self._check(name, value, rule, whole=whole)
        object.__setattr__(self, "key_rate_path_pct", tuple(float(level) for level in path))

    def _check(self, name: str, value: object, rule: Assumption, *, whole: bool) -> None:
        where = f"scenario {self.name!r}: {name} is {value!r}"
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            raise ParameterError(f"{where}; it must be a {'whole ' if whole else ''}number in {rule.unit}")
        if not math.isfinite(value) or not rule.low <= value <= rule.high:
            raise ParameterError(f"{where} {rule.unit}; it must lie from {rule.low:g} to {rule.high:g}")

    def rate_at(self, month: float) -> float:
        """Key rate so many months ahead, percent a year: linear between levels, flat outside."""
        points = list(zip(PATH_MONTHS, self.key_rate_path_pct, strict=True))
        if month <= points[0][0]:
            return points[0][1]
        for (m0, r0), (m1, r1) in pairwise(points):
            if month <= m1:
                return r0 + (r1 - r0) * (month - m0) / (m1 - m0)
        return points[-1][1]

    def departures(self, baseline: Scenario) -> dict[str, tuple[object, object]]:
        """Fields that differ from a baseline, as name -> (baseline's value, this value)."""
        pairs = {
            f.name: (getattr(baseline, f.name), getattr(self, f.name))
            for f in fields(self)
            if f.name != "name"
        }
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


FIELDS: Final[Mapping[str, Assumption]] = {
    f.name: f.metadata["assumption"] for f in fields(Scenario) if "assumption" in f.metadata
}


def _read(path: Path | None) -> dict[str, dict[str, Any]]:
    import yaml  # light import: the catalogue and the command line start without it

    source = path or NAMED
    if not source.is_file():
        raise ParameterError(f"no file of named scenarios at {source}; run from a checkout or name the file")
    table = yaml.safe_load(source.read_text(encoding="utf-8"))
    if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
        raise ParameterError(f"{source}: must map each scenario's name to its title, meaning and changes")
    for name, entry in table.items():
        unknown = sorted(set(entry) - {"title", "meaning", "set", "plus", "times"})
        if unknown or not {"title", "meaning"} <= set(entry):
            raise ParameterError(
                f"{source}: scenario {name!r} needs title and meaning, and may have set, plus, times"
                + (f"; it has {', '.join(unknown)}" if unknown else "")
            )
    return table


def names(path: Path | None = None) -> tuple[str, ...]:
    """Names of the named scenarios, in the order of the file.

    Examples
    --------
    >>> names()[0]
    'baseline'
    """
    return tuple(_read(path))


def titles(path: Path | None = None) -> dict[str, str]:
    """Title of each named scenario, to show to a reader."""
    return {name: str(entry["title"]) for name, entry in _read(path).items()}


def _depart(name: str, entry: Mapping[str, Any], baseline: Scenario) -> Scenario:
    changes: dict[str, Any] = {}
    for verb in ("set", "plus", "times"):
        for key, by in (entry.get(verb) or {}).items():
            known = [*FIELDS, "support"]
            if key not in known or key in changes:
                what = (
                    "is changed twice" if key in changes else f"is no field of a scenario{near(key, known)}"
                )
                raise ParameterError(f"scenario {name!r}: {key!r} {what}")
            changes[key] = by if verb == "set" else _shift(name, key, getattr(baseline, key), by, verb)
    return replace(baseline, name=name, **changes)


def _shift(name: str, key: str, old: Any, by: Any, verb: str) -> Any:
    if isinstance(old, tuple):
        steps = by if isinstance(by, Iterable) and not isinstance(by, str) else [by] * len(old)
        return tuple(_shift(name, key, o, b, verb) for o, b in zip(old, steps, strict=True))
    if isinstance(old, str) or isinstance(by, bool) or not isinstance(by, int | float):
        raise ParameterError(f"scenario {name!r}: {key} cannot be shifted by {by!r}; write it under set")
    low, high = FIELDS[key].low, FIELDS[key].high
    shifted = old + by if verb == "plus" else old * by
    # a departure is stated against a baseline that moves with the data, so it stops at the bound
    return type(old)(min(max(shifted, low), high))


def named(baseline: Scenario, *, path: Path | None = None) -> dict[str, Scenario]:
    """Every named scenario as a departure from a baseline, by name.

    Parameters
    ----------
    baseline : Scenario
        Where the departures start; usually built from the newest figures.
    path : pathlib.Path, optional
        File of named sets; default `notebooks/scenarios.yml`. An entry has `title`, `meaning` and any of
        `set` (a new value), `plus` (added to the baseline's) and `times` (multiplied by it).

    Raises
    ------
    ParameterError
        If the file is missing, or an entry names an unknown field or leaves the bounds.

    Examples
    --------
    >>> base = Scenario(
    ...     name="baseline", rub_per_usd=80.0, key_rate_path_pct=(14.0, 13.0, 12.0, 9.0), discount_pct=15.0
    ... )
    >>> named(base)["baseline"] == base
    True
    """
    return {name: _depart(name, entry, baseline) for name, entry in _read(path).items()}


def pick(name: str, baseline: Scenario, *, path: Path | None = None) -> Scenario:
    """One named scenario as a departure from a baseline.

    Raises
    ------
    ParameterError
        If there is no such name; the message offers near matches.

    Examples
    --------
    >>> base = Scenario(
    ...     name="baseline", rub_per_usd=80.0, key_rate_path_pct=(14.0, 13.0, 12.0, 9.0), discount_pct=15.0
    ... )
    >>> pick("price_slump", base).price_change_pct < 0
    True
    >>> pick("price_slum", base)
    Traceback (most recent call last):
    ...
    coalface.errors.ParameterError: no scenario 'price_slum'; did you mean price_slump?
    """
    table = _read(path)
    if name not in table:
        raise ParameterError(
            f"no scenario {name!r}{near(name, table, n=1) or '; there are ' + ', '.join(table)}"
        )
    return _depart(name, table[name], baseline)
