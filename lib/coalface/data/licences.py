"""What the publishers allow: documents and observations by the kind of their licence."""

from __future__ import annotations

import re

import pandas as pd

KINDS: dict[str, str] = {
    "rights kept": r"^\(c\)|redistribution terms",
    "terms of use": r"^Comtrade|^unknown$",
    "share alike": r"CC BY-SA",
    "attribution": r"CC BY|Eurostat reuse|free reuse with source|PDDL",
    "official": r"official|public domain",
    "not stated": r"^not stated$",
}
"""Kind to a pattern of the licence text; the first that fits counts."""


def kind(licence: str) -> str:
    """Kind of a licence text as it stands in sources.csv, "other" if no rule knows it.

    Examples
    --------
    >>> kind("(c) Energy Institute"), kind("CC BY 4.0"), kind("not stated")
    ('rights kept', 'attribution', 'not stated')
    """
    return next((name for name, pattern in KINDS.items() if re.search(pattern, licence)), "other")


def summary(sources: pd.DataFrame, source_ids: pd.Series) -> pd.DataFrame:
    """Number of documents and of observations by kind of licence.

    Parameters
    ----------
    sources : pandas.DataFrame
        Documents by source_id, with licence.
    source_ids : pandas.Series
        The document of every observation.
    """
    kinds = sources["licence"].map(kind)
    table = pd.DataFrame(
        {"documents": kinds.value_counts(), "observations": source_ids.map(kinds).value_counts()}
    )
    return table.reindex([*KINDS, "other"]).fillna(0).astype(int)
