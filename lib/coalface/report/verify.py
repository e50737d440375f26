"""Is a page what this commit and data make?"""

from __future__ import annotations

import hashlib
import html
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coalface.errors import CoalfaceError, RenderError
from coalface.report import jobs, run
from coalface.report.ledger import UNSEALED
from coalface.report.suite import Suite

SEAL = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
FACTS = re.compile(r'<meta name="coalface" content="([^"]*)">')
MADE_AT = re.compile(r"Commit ([^.<]+)\. Data (\S+)\. Page")


@dataclass(frozen=True)
class Verdict:
    """Whether a page is sound, and why."""

    sound: bool
    words: str


def verify(suite: Suite, page: str, engine: str | None = None) -> Verdict:
    """Make the page again and compare.

    Notes
    -----
    A page that was made at another commit, or beside other figures, is sound if nothing but these two names
    differs.
    """
    if seal(page) is None:
        return Verdict(False, "changed after it was made: its own hash does not fit")
    try:
        again = _made_again(suite, _facts(page), engine)
    except CoalfaceError as error:
        return Verdict(False, f"cannot be made here: {error}")
    if again == page:
        return Verdict(True, "exactly what this commit and data make")
    here, there = MADE_AT.search(again), MADE_AT.search(page)
    if here and there and _bare(again) == _bare(page):
        made, now = (f"commit {found[1]}, data {found[2]}" for found in (there, here))
        return Verdict(True, f"the same in all but its making: {made}; here {now}")
    return Verdict(False, "not what this commit and data make; make it again with coalface render")


def seal(page: str) -> str | None:
    """The page's own sha256, if it fits."""
    for found in dict.fromkeys(SEAL.findall(page)):
        if hashlib.sha256(page.replace(found, UNSEALED).encode()).hexdigest() == found:
            return str(found)
    return None


def _facts(page: str) -> Mapping[str, Any]:
    found = FACTS.search(page)
    if not found:
        raise RenderError("it names no notebook and no parameters")
    facts: Mapping[str, Any] = json.loads(html.unescape(found[1]))
    return facts


def _made_again(suite: Suite, facts: Mapping[str, Any], engine: str | None) -> str:
    entry = suite.pick(str(facts["notebook"]))
    job = jobs.job(entry, facts["parameters"])
    with tempfile.TemporaryDirectory(prefix="coalface-") as folder:
        (outcome,) = run.render(suite, [job], Path(folder), engine=engine).outcomes
        if not outcome.made:
            raise RenderError(outcome.cause)
        return (Path(folder) / f"{outcome.stem}.html").read_text(encoding="utf-8")


def _bare(page: str) -> str:
    """The page without seal, commit and data hash."""
    found = MADE_AT.search(page)
    bare = page.replace(seal(page) or UNSEALED, UNSEALED)
    return bare.replace(found[0], "") if found else bare
