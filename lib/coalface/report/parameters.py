"""Parameters of a notebook: what it declares, and a strict check of what it is given.

papermill only warns of an unknown name and runs code that hides in one, so nothing reaches it unchecked.
"""

from __future__ import annotations

import ast
import datetime
import io
import json
import math
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

from coalface.errors import ParameterError

Value: TypeAlias = str | int | float | bool | list[Any]
TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "list": list}
LARGEST = 2**53  # beyond it a whole number is no longer exact in JSON
LONGEST = 500
COMMON = ("scenario", "as_of", "seed")


@dataclass(frozen=True)
class Parameter:
    """One line of the `parameters` cell."""

    name: str
    kind: str
    default: Value
    help: str


def declared(notebook: Mapping[str, Any], where: str) -> dict[str, Parameter]:
    """Parameters of the one cell tagged `parameters`, in its order.

    Parameters
    ----------
    notebook : mapping
        The notebook as JSON.
    where : str
        Name for messages.

    Raises
    ------
    ParameterError
        If there is not exactly one such cell, or a line is not `name: type = value  # help`.
    """
    cells = [
        c for c in notebook.get("cells", []) if "parameters" in (c.get("metadata", {}).get("tags") or [])
    ]
    if len(cells) != 1:
        raise ParameterError(f"{where}: wants one cell tagged `parameters`, has {len(cells)}")
    source = "".join(cells[0]["source"])
    try:
        tree = ast.parse(source)
        helps = {
            token.start[0]: token.string.lstrip("# ").strip()
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.COMMENT
        }
    except (SyntaxError, tokenize.TokenError) as error:
        raise ParameterError(f"{where}: the parameters cell does not parse: {error}") from error
    found: dict[str, Parameter] = {}
    for line in tree.body:
        parameter = _declaration(line, helps, where)
        if parameter.name in found:
            raise ParameterError(f"{where}: parameter {parameter.name!r} is declared twice")
        found[parameter.name] = check_default(parameter, where)
    return found


def _declaration(line: ast.stmt, helps: Mapping[int, str], where: str) -> Parameter:
    at = f"{where}, parameters line {line.lineno}"
    if not (
        isinstance(line, ast.AnnAssign)
        and isinstance(line.target, ast.Name)
        and isinstance(line.annotation, ast.Name)
        and line.value is not None
    ):
        raise ParameterError(f"{at}: wants `name: type = value  # help`")
    name, kind = line.target.id, line.annotation.id
    if kind not in TYPES:
        raise ParameterError(f"{at}: type {kind!r} is none of {', '.join(TYPES)}")
    try:
        default = ast.literal_eval(line.value)
    except ValueError as error:
        raise ParameterError(f"{at}: the default of {name!r} is not a plain value") from error
    return Parameter(name, kind, default, helps.get(line.end_lineno or line.lineno, ""))


def check_default(parameter: Parameter, where: str) -> Parameter:
    """The parameter, if its own default keeps its own rules."""
    check(parameter, parameter.default, where=where)
    return parameter


def check(
    parameter: Parameter,
    value: object,
    *,
    where: str,
    bounds: tuple[float, float] | None = None,
    choices: Sequence[Value] | None = None,
    aliases: Mapping[str, str] | None = None,
) -> Value:
    """The value, if it has exactly the declared type and keeps bounds and choices.

    Raises
    ------
    ParameterError
        One sentence that names notebook, parameter, value and rule.
    """
    said = f"{where}: parameter {parameter.name!r}"
    if type(value) is not TYPES[parameter.kind]:  # exact: a subclass may print itself as code
        raise ParameterError(f"{said} wants {parameter.kind}, got {_shown(value)} ({type(value).__name__})")
    items: list[object] = value if type(value) is list else [value]
    if type(value) is list:
        kinds = {type(item) for item in parameter.default} if isinstance(parameter.default, list) else set()
        if not kinds:  # an empty default says nothing; bounds do
            kinds = {float, int} if bounds is not None else {str}
        wanted = kinds if len(kinds) == 1 or kinds == {float, int} else {str}
        for item in items:
            if type(item) not in wanted:
                names = " or ".join(sorted(kind.__name__ for kind in wanted))
                raise ParameterError(f"{said} wants a list of {names}, got {_shown(item)} in it")
    for item in items:
        _plain(item, said)
        if bounds is not None and isinstance(item, int | float) and not bounds[0] <= item <= bounds[1]:
            what = f" ({parameter.help})" if parameter.help else ""
            raise ParameterError(f"{said}{what} wants {bounds[0]:g} to {bounds[1]:g}, got {item:g}")
        if choices is not None and item not in choices:
            tail = _nearest(str(item), [str(choice) for choice in choices], aliases or {})
            raise ParameterError(f"{said} does not know {_shown(item)}{tail}")
    if parameter.name == "as_of":
        _day(value, said)
    return value  # type: ignore[return-value]  # its exact type was compared above


def _nearest(text: str, known: list[str], aliases: Mapping[str, str]) -> str:
    """The tail of a sentence that offers the nearest choices, or the first of them."""
    folded = {_folded(name): name for name in (*aliases, *known)}
    found = get_close_matches(_folded(text), folded, n=3)
    if not found:
        return f"; it may be {', '.join(known[:12])}{' ...' if len(known) > 12 else ''}"
    names = [folded[name] for name in found]
    offers = [f"{aliases[name]} ({name})" if name not in known else name for name in names]
    return f"; did you mean {', '.join(dict.fromkeys(offers))}?"


def known_as(value: object, choices: Sequence[Value] | None, aliases: Mapping[str, str]) -> object:
    """The choice that a text names by another of its names, else the value itself."""
    if type(value) is not str or not aliases or value in (choices or ()):
        return value
    names = {_folded(name): choice for name, choice in aliases.items()}
    return names.get(_folded(value), value)


def _folded(text: str) -> str:
    """A name without regard to case and to the two dots of ё."""
    return text.casefold().replace("ё", "е").strip()


def _plain(item: object, said: str) -> None:
    if isinstance(item, str):
        if len(item) > LONGEST:
            raise ParameterError(f"{said} has {len(item)} characters, at most {LONGEST} fit")
        if not item.isprintable():
            odd = next(character for character in item if not character.isprintable())
            raise ParameterError(f"{said} contains U+{ord(odd):04X}, which does not print; write it without")
    elif isinstance(item, float) and not math.isfinite(item):
        raise ParameterError(f"{said} wants a finite number, got {item}")
    elif isinstance(item, int) and abs(item) > LARGEST:
        raise ParameterError(f"{said} wants a whole number up to {LARGEST} either side of zero")


def _day(value: object, said: str) -> None:
    if value == "latest":
        return
    text = str(value)
    try:
        if re.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", text):
            datetime.date.fromisoformat(text)
            return
    except ValueError:
        pass
    raise ParameterError(f"{said} wants a day as YYYY-MM-DD, or latest; got {_shown(value)}")


def _shown(value: object) -> str:
    """A short, printable picture of any value, whatever its own methods do."""
    if type(value) in (str, int, float, bool, list, dict, type(None)):
        try:
            text = repr(value)
            text = text if text.isprintable() else ascii(value)
        except ValueError:  # more digits than Python prints
            text = "a huge number"
    else:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def parse(parameter: Parameter, text: str, where: str) -> Value:
    """The value that a text on the command line stands for, by the declared type; not yet checked."""
    said = f"{where}: parameter {parameter.name!r}"
    try:
        if parameter.kind == "list":
            return _items(parameter, text, said)
        return _scalar(parameter.kind, text.strip() if parameter.kind != "str" else text)
    except ValueError as error:
        raise ParameterError(f"{said} wants {parameter.kind}, got {_shown(text)}") from error


def _scalar(kind: str, text: str) -> Value:
    if kind == "bool":
        return (
            {"true": True, "false": False}[text.lower()]
            if text.lower() in ("true", "false")
            else _refuse(text)
        )
    if kind == "int":
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,20}", text) else _refuse(text)
    if kind == "float":
        number = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?"
        return float(text) if len(text) <= 100 and re.fullmatch(number, text) else _refuse(text)
    return text


def _refuse(text: str) -> Value:
    raise ValueError(text)


def _items(parameter: Parameter, text: str, said: str) -> list[Any]:
    """`a,b,c`, or a JSON list for items that hold a comma."""
    if text.lstrip().startswith("["):
        found = json.loads(text, parse_constant=_refuse)
        if not isinstance(found, list):
            raise ParameterError(f"{said} wants a list, got {_shown(text)}")
        return found
    default = parameter.default if isinstance(parameter.default, list) else []
    kind = type(default[0]).__name__ if default else "str"
    return [_scalar(kind, part.strip()) for part in text.split(",") if part.strip()]


def split(text: str) -> tuple[str, str]:
    """Name and value of `name=value` as written after -p."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier() or not name.isascii():
        raise ParameterError(f"-p wants name=value with a plain name, got {_shown(text)}")
    return name, value
