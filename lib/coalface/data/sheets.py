"""A table file as it stands on disk: its rows with their line numbers, and what is wrong with its text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

MISSING = frozenset({"nan", "none", "null", "n/a", "na", "inf", "-inf", "#n/a"})
"""Words that stand for a missing value elsewhere; here an empty cell does."""


@dataclass(frozen=True, order=True)
class Fault:
    """One broken rule: where, what, and how to mend it."""

    file: str
    line: int
    message: str
    repair: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}; {self.repair}"


@dataclass(frozen=True)
class Sheet:
    """Rows of one file as text."""

    table: str
    file: str
    frame: pd.DataFrame
    lines: np.ndarray
    """Line of each row in the file."""

    def faults(self, bad: np.ndarray | pd.Series, message: str, repair: str) -> Iterator[Fault]:
        """A fault for each row marked; `{column}` in the message is filled from the row."""
        for place in np.flatnonzero(np.asarray(bad, dtype=bool)):
            row = {name: self.frame[name].iloc[place] for name in self.frame.columns}
            yield Fault(self.file, int(self.lines[place]), message.format(**row), repair)


def parse(content: bytes, file: str, table: str) -> tuple[Sheet | None, list[Fault]]:
    """The sheet of a file's content, None if it cannot be read as a table, and the faults of its text."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, [
            Fault(file, line, "the file is not UTF-8", "save it as UTF-8 without a byte order mark")
        ]
    faults = list(_text_faults(file, text))
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if not header:
        return None, [*faults, Fault(file, 1, "the file is empty", "restore the table with its header")]
    if len(set(header)) < len(header):
        return None, [*faults, Fault(file, 1, "two columns have one name", "give each column its own name")]
    rows, lines = [], []
    try:
        for row in reader:
            if len(row) == len(header):
                rows.append(row)
                lines.append(reader.line_num)
            else:
                what = f"the row has {len(row)} cells, the header {len(header)}"
                faults.append(
                    Fault(file, reader.line_num, what, "quote cells that hold a comma, or restore the row")
                )
    except csv.Error as error:
        faults.append(Fault(file, reader.line_num, f"the row cannot be read ({error})", "close the quotes"))
    return Sheet(table, file, pd.DataFrame(rows, columns=header, dtype=object), np.array(lines)), faults


def _text_faults(file: str, text: str) -> Iterator[Fault]:
    if text.startswith("\ufeff"):
        yield Fault(file, 1, "the file starts with a byte order mark", "save it as UTF-8 without one")
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        yield Fault(file, line, "a line ends with a carriage return", "save the file with plain line feeds")
    if text and not text.endswith("\n"):
        yield Fault(
            file,
            text.count("\n") + 1,
            "the last line has no end",
            "restore what was cut off, end with a line feed",
        )
    for mark, what in (
        ("\ufffd", "a character was lost in a conversion"),
        ("\0", "there is a null character"),
    ):
        if mark in text:
            line = text[: text.index(mark)].count("\n") + 1
            yield Fault(file, line, what, "restore the text from the document")


def hygiene(value: str) -> str:
    """What is wrong with the text of a cell whatever its column, empty if nothing is.

    Examples
    --------
    >>> hygiene("NaN"), hygiene("coal "), hygiene("coal")
    ('stands for a missing value', 'starts or ends with a blank', '')
    """
    if value.lower() in MISSING:
        return "stands for a missing value"
    if value != value.strip():
        return "starts or ends with a blank"
    if not value.isprintable():
        return "holds a control character"
    return ""
