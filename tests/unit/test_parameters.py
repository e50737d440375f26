"""Parameters are checked strictly: a correct value, or one sentence before anything starts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.errors import ParameterError
from coalface.report import parameters
from coalface.report.parameters import Parameter, check, declared, parse, split

DEFAULTS = {"str": "a", "int": 1, "float": 0.5, "bool": True, "list": ["a"]}


def _parameter(kind, name="x"):
    return Parameter(name, kind, DEFAULTS[kind], "help")


def _notebook(*sources, tags=("parameters",)):
    return {"cells": [{"cell_type": "code", "metadata": {"tags": list(tags)}, "source": s} for s in sources]}


def test_declarations_are_read_with_type_default_and_help():
    found = declared(_notebook('town: str = "belovo"  # one town\nshare: float = -0.5  # of "x # y"\n'), "n")
    assert found["town"] == Parameter("town", "str", "belovo", "one town")
    assert found["share"].default == -0.5


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 1", "wants `name: type = value"),
        ("x: int", "wants `name: type = value"),
        ("x.y: int = 1", "wants `name: type = value"),
        ("x: list[str] = []", "wants `name: type = value"),
        ("x: set = 1", "is none of"),
        ("x: int = len('a')", "not a plain value"),
        ("x: int = 1\nx: int = 2", "declared twice"),
        ("x: int = 1.0", "wants int"),
        ("x: float = 1", "wants float"),
        ("x: int = True", "wants int"),
        ("x: int = ", "does not parse"),
        ("x: float = 1e999", "finite"),
    ],
)
def test_a_wrong_declaration_is_refused(source, sentence):
    with pytest.raises(ParameterError, match=sentence.replace("(", r"\(")):
        declared(_notebook(source), "01-x")


def test_there_is_exactly_one_parameters_cell():
    for notebook, count in ((_notebook(), 0), (_notebook("x: int = 1", "y: int = 1"), 2)):
        with pytest.raises(ParameterError, match=f"has {count}"):
            declared(notebook, "01-x")


class Sly(float):
    """A float whose text is code."""

    def __str__(self):
        return "__import__('os').abort()"

    __repr__ = __str__


class SlyText(str):
    """A text of its own kind."""


@pytest.mark.parametrize(
    "value", [Sly(1.0), SlyText("a"), True, None, {"a": 1}, (1,), 1 + 2j, b"a", float, 10**30]
)
@pytest.mark.parametrize("kind", ["str", "int", "float", "list"])
def test_only_the_exact_type_passes(kind, value):
    with pytest.raises(ParameterError, match="parameter 'x'") as caught:
        check(_parameter(kind), value, where="01-x")
    assert "abort" not in str(caught.value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_are_finite(value):
    with pytest.raises(ParameterError, match="finite"):
        check(_parameter("float"), value, where="01-x")


@pytest.mark.parametrize("value", ["\ud800", "a\nb", "a\0", "\x1b[0m", "\u202e", "\u2028", "x" * 501])
def test_texts_are_printable_and_short(value):
    with pytest.raises(ParameterError, match="parameter 'x'") as caught:
        check(_parameter("str"), value, where="01-x")
    str(caught.value).encode("utf-8")


def test_lists_hold_one_type():
    check(_parameter("list"), ["a", "b"], where="n")
    for value in ([1], ["a", 1], [["a"]], [SlyText("a")], ["\ud800"]):
        with pytest.raises(ParameterError):
            check(_parameter("list"), value, where="n")


def test_an_empty_list_with_bounds_holds_numbers():
    path = Parameter("rate_path", "list", [], "percent")
    assert check(path, [20, 21.5], where="02-x", bounds=(0, 60)) == [20, 21.5]
    assert check(path, [], where="02-x", bounds=(0, 60)) == []
    for wrong in (["20"], [True]):
        with pytest.raises(ParameterError, match="list of float or int"):
            check(path, wrong, where="02-x", bounds=(0, 60))
    with pytest.raises(ParameterError, match="0 to 60"):
        check(path, [70], where="02-x", bounds=(0, 60))
    assert check(path, ["a"], where="02-x") == ["a"]


def test_bounds_and_choices_hold_for_every_item():
    with pytest.raises(ParameterError, match="wants 0 to 1, got 2"):
        check(Parameter("x", "float", 0.5, ""), 2.0, where="n", bounds=(0, 1))
    with pytest.raises(ParameterError, match="did you mean china"):
        check(_parameter("list"), ["china", "chin"], where="n", choices=["china", "india"])


@pytest.mark.parametrize("text", ["2025-02-30", "2025", "2025-3-1", "25-03-01", "now", "", "２０２５-01-01"])
def test_a_day_is_a_day(text):
    with pytest.raises(ParameterError, match="YYYY-MM-DD"):
        check(_parameter("str", "as_of"), text, where="n")


@pytest.mark.parametrize("text", ["latest", "2025-02-28"])
def test_days_pass(text):
    assert check(_parameter("str", "as_of"), text, where="n") == text


@pytest.mark.parametrize(
    "text", ["a\nopen('x','w')\nb=1", "a b=1", "=1", "a", "a.b=1", "1a=1", "é=1", "a;b=1", ""]
)
def test_a_name_is_a_plain_name(text):
    with pytest.raises(ParameterError, match="plain name"):
        split(text)


def test_a_value_may_hold_an_equals_sign():
    assert split("a=b=c") == ("a", "b=c")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", " 12 ", 12),
        ("int", "-3", -3),
        ("float", "1e-3", 0.001),
        ("float", "5", 5.0),
        ("bool", "False", False),
        ("str", " a", " a"),
        ("list", "a, b", ["a", "b"]),
        ("list", '["a,b"]', ["a,b"]),
    ],
)
def test_texts_become_values_of_the_declared_type(kind, text, value):
    found = parse(_parameter(kind), text, "n")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("int", "1_000"), ("int", "١"), ("int", "1.0"), ("float", "nan"), ("float", "0x1"), ("float", "1,5"),
     ("bool", "1"), ("bool", "yes"), ("list", "[nan]"), ("list", "[1]"), ("list", "[")],
)  # fmt: skip
def test_a_text_of_another_type_is_refused(kind, text):
    with pytest.raises(ParameterError):
        check(_parameter(kind), parse(_parameter(kind), text, "n"), where="n")


@given(st.sampled_from(list(DEFAULTS)), st.text())
def test_any_text_gives_a_checked_value_or_one_line(kind, text):
    parameter = _parameter(kind)
    try:
        value = check(parameter, parse(parameter, text, "n"), where="n")
    except ParameterError as error:
        assert "\n" not in str(error)
        str(error).encode("utf-8")
    else:
        assert type(value) is parameters.TYPES[kind]
        repr(value).encode("utf-8")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(list(DEFAULTS)), anything)
def test_any_value_passes_unchanged_or_gives_one_line(kind, value):
    try:
        assert check(_parameter(kind), value, where="n") is value
    except ParameterError as error:
        assert "\n" not in str(error)
        str(error).encode("utf-8")
