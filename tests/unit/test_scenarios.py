"""Scenarios: bounds hold, names resolve, departures are exactly what the file says."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.errors import ParameterError
from coalface.scenarios import FIELDS, PATH_MONTHS, SUPPORT, Scenario, named, names, pick, titles

BASE = Scenario(
    name="baseline", rub_per_usd=80.0, key_rate_path_pct=(14.0, 13.0, 12.0, 9.0), discount_pct=20.0
)
PROMISED = [
    "baseline",
    "price_slump",
    "price_recovery",
    "strong_rouble",
    "weak_rouble",
    "rates_stay_high",
    "fast_easing",
    "rail_relief",
    "china_tariff",
    "tighter_embargo",
]


def test_the_ten_promised_sets_are_there_in_order_and_each_departs_from_the_baseline():
    sets = named(BASE)
    assert list(sets) == PROMISED == list(names())
    assert sets["baseline"] == BASE
    assert all(sets[name].departures(BASE) for name in PROMISED[1:])
    assert len(set(sets.values())) == len(PROMISED)
    assert set(titles()) == set(PROMISED)


def test_relative_departures_move_with_the_baseline():
    for rub in (60.0, 100.0):
        base = replace(BASE, rub_per_usd=rub)
        assert pick("strong_rouble", base).rub_per_usd == pytest.approx(0.875 * rub)
    assert pick("rates_stay_high", BASE).key_rate_path_pct == (15.0, 15.0, 16.0, 14.0)
    assert pick("tighter_embargo", BASE).discount_pct == 28.0


def test_a_relative_departure_stops_at_the_bound():
    assert pick("fast_easing", replace(BASE, key_rate_path_pct=(1.0, 1.0, 1.0, 1.0))).rate_at(24) == 0.0


@pytest.mark.parametrize("name", [n for n in FIELDS if n != "key_rate_path_pct"])
def test_every_bound_is_inclusive_and_one_step_outside_is_refused(name):
    rule = FIELDS[name]
    kind = int if name in {"horizon_months", "draws"} else float
    for value in (kind(rule.low), kind(rule.high)):
        assert getattr(replace(BASE, **{name: value}), name) == value
    for value in (kind(rule.low - 1), kind(rule.high + 1)):
        with pytest.raises(ParameterError, match=rf"{name} is .* it must lie from"):
            replace(BASE, **{name: value})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rub_per_usd": float("nan")}, "must lie from"),
        ({"rub_per_usd": "80"}, "must be a number in RUB/USD"),
        ({"rub_per_usd": True}, "must be a number"),
        ({"draws": 1000.0}, "must be a whole number"),
        ({"support": "grants"}, "must be one of none, deferral, tariff_discount"),
        ({"key_rate_path_pct": (14.0, 13.0)}, "has 2 levels; it needs 4"),
        ({"key_rate_path_pct": (14.0, 13.0, 12.0, 61.0)}, "must lie from 0 to 60"),
    ],
)
def test_bad_values_get_one_sentence(change, sentence):
    with pytest.raises(ParameterError, match=sentence):
        replace(BASE, **change)


def test_a_scenario_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        BASE.rub_per_usd = 1.0


def test_every_numeric_field_states_unit_bounds_and_meaning():
    numeric = {f.name for f in fields(Scenario)} - {"name", "support"}
    assert numeric == set(FIELDS)
    assert all(rule.unit and rule.meaning and rule.low < rule.high for rule in FIELDS.values())
    assert SUPPORT == ("none", "deferral", "tariff_discount")


@given(st.lists(st.floats(0, 60), min_size=4, max_size=4), st.floats(0, 60))
def test_the_path_passes_through_its_levels_and_never_leaves_them(levels, month):
    case = replace(BASE, key_rate_path_pct=tuple(levels))
    assert [case.rate_at(m) for m in PATH_MONTHS] == pytest.approx(levels)
    assert min(levels) - 1e-9 <= case.rate_at(month) <= max(levels) + 1e-9


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x: {title: T, meaning: M, sets: {}}", "may have set, plus, times; it has sets"),
        ("x: {title: T}", "needs title and meaning"),
        ("- x", "must map each scenario's name"),
        ("x: {title: T, meaning: M, set: {rub_per_us: 80}}", "did you mean rub_per_usd"),
        ("x: {title: T, meaning: M, set: {rub_per_usd: 80}, times: {rub_per_usd: 2}}", "is changed twice"),
        ("x: {title: T, meaning: M, plus: {support: 1}}", "write it under set"),
        ("x: {title: T, meaning: M, set: {draws: 1}}", "must lie from 100"),
    ],
)
def test_a_faulty_file_gets_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "scenarios.yml"
    path.write_text(text)
    with pytest.raises(ParameterError, match=sentence):
        named(BASE, path=path)


def test_a_missing_file_says_where_it_was_sought(tmp_path):
    with pytest.raises(ParameterError, match="no file of named scenarios at"):
        names(tmp_path / "none.yml")
