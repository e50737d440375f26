"""Jobs: which notebooks to render with which parameters, all checked before anything starts."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coalface.errors import ParameterError, near
from coalface.report import parameters
from coalface.report.parameters import Value
from coalface.report.suite import Entry, Suite

SAFE = re.compile(r"[a-z0-9][a-z0-9_.,+-]{0,39}")
LONGEST_STEM = 120


@dataclass(frozen=True)
class Job:
    """One report: a notebook with all its parameters."""

    entry: Entry
    values: Mapping[str, Value]
    stem: str
    set_name: str = ""  # of the set in index.yml; empty for a report made on demand

    @property
    def changed(self) -> dict[str, Value]:
        """The parameters that differ from the notebook's defaults."""
        return {k: v for k, v in self.values.items() if v != self.entry.declared[k].default}

    @property
    def label(self) -> str:
        """The changed parameters as one short text, `default` if there is none."""
        return "; ".join(f"{name}={_text(value)}" for name, value in self.changed.items()) or "default"


def job(entry: Entry, given: Mapping[str, object], name: str = "") -> Job:
    """One checked job; `name` is that of the set in index.yml, if it comes from there."""
    values = entry.complete(given)
    plain = Job(entry, values, entry.name, name)
    if name and name != "default":
        return replace(plain, stem=f"{entry.name}--{name}")
    found = replace(plain, stem=stem(entry.name, plain.changed))
    return replace(found, set_name=name or ("default" if not found.changed else ""))


def stem(name: str, changed: Mapping[str, Value]) -> str:
    """File name of the report without ending: the same on every system, its own for every parameter set.

    Examples
    --------
    >>> stem("05-town-profile", {"town": "belovo"})
    '05-town-profile--town=belovo'
    """
    texts = {key: _text(value) for key, value in changed.items()}
    plain = "".join(f"--{key}={text}" for key, text in texts.items())
    if all(SAFE.fullmatch(text) for text in texts.values()) and len(name + plain) <= LONGEST_STEM:
        return name + plain
    digest = hashlib.sha256(json.dumps(dict(changed), sort_keys=True).encode()).hexdigest()[:10]
    slug = re.sub(r"[^a-z0-9=_-]+", "-", plain.lower())[: LONGEST_STEM - len(name) - 12].strip("-")
    return f"{name}--{slug}-{digest}"


def _text(value: Value) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def planned(
    suite: Suite, names: Sequence[str] = (), given: Sequence[tuple[str, str]] = (), *, sets: bool = True
) -> list[Job]:
    """Jobs of `coalface render`: every set in index.yml, or the default set with the given parameters."""
    entries = [suite.pick(name) for name in names] or list(suite.entries)
    texts = _once(given)
    jobs = []
    for entry in entries:
        parsed = _parsed(entry, texts)
        if parsed or not sets:
            jobs.append(job(entry, parsed))
        else:
            jobs += [job(entry, values, name) for name, values in entry.sets.items()]
    return unique(jobs)


def swept(
    suite: Suite,
    names: Sequence[str],
    each: Sequence[str] = (),
    grid: Sequence[str] = (),
    given: Sequence[tuple[str, str]] = (),
) -> list[Job]:
    """Jobs of `coalface sweep`: the product of all choices of each `each` and all values of each `grid`."""
    jobs = []
    fixed = _once(given)
    for entry in [suite.pick(name) for name in names]:
        axes: dict[str, list[object]] = {}
        for name in each:
            if name not in entry.declared:
                raise ParameterError(
                    f"{entry.name} declares no parameter {name!r}{near(name, entry.declared)}"
                )
            if name not in entry.choices:
                raise ParameterError(
                    f"{entry.name}: index.yml lists no choices of {name!r}; use --grid {name}=..."
                )
            axes[name] = list(entry.choices[name])
        for rule in grid:
            name, text = parameters.split(rule)
            parts = [part.strip() for part in text.split(",") if part.strip()]
            if name in axes or name in fixed:
                raise ParameterError(f"parameter {name!r} is given twice")
            axes[name] = [_parsed(entry, {name: part})[name] for part in parts]
            if not parts:
                raise ParameterError(f"--grid {name}= has no value")
        if clash := sorted(set(axes) & set(fixed)):
            raise ParameterError(f"parameter {clash[0]!r} is given twice")
        base = _parsed(entry, fixed)
        jobs += [
            job(entry, {**base, **dict(zip(axes, values, strict=True))})
            for values in itertools.product(*axes.values())
        ]
    return unique(jobs)


def batch(jobs: Sequence[Job], rule: str) -> list[Job]:
    """The K-th of N parts of the jobs by the rule `K/N`; together the parts are all jobs, each once."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", rule)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ParameterError(f"--batch wants K/N with K from 1 to N, got {rule!r}")
    return list(jobs[int(found[1]) - 1 :: int(found[2])])


def unique(jobs: Iterable[Job]) -> list[Job]:
    """The jobs without repeats, in order; two different reports must not share a file."""
    kept: dict[str, Job] = {}
    for one in jobs:
        other = kept.setdefault(one.stem.lower(), one)
        if other.values != one.values:
            raise ParameterError(
                f"two reports would share the file {one.stem}.html: rename a set in index.yml"
            )
    return list(kept.values())


def _once(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, text in given:
        if name in texts:
            raise ParameterError(f"parameter {name!r} is given twice")
        texts[name] = text
    return texts


def _parsed(entry: Entry, texts: Mapping[str, str]) -> dict[str, Value]:
    parsed = {}
    for name, text in texts.items():
        if name not in entry.declared:
            entry.complete({name: text})  # raises, with the nearest name
        parsed[name] = parameters.parse(entry.declared[name], text, entry.name)
    return parsed
