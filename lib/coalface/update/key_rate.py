"""Key rate of the Bank of Russia: the answer of its service KeyRateXML (DailyInfo), saved as a file."""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd

from coalface.data import Catalogue
from coalface.errors import DataError
from coalface.update.proposal import Document, Proposal, gather

DOCUMENT = Document(
    stem="cbr_key_rate",
    publisher="Bank of Russia",
    title="Daily key rate, answer of the KeyRateXML service",
    url="https://www.cbr.ru/DailyInfoWebServ/DailyInfo.asmx?op=KeyRateXML",
    licence="official statistics; terms of the site",
    how_obtained="answer of the service, saved by hand",
)


def readings(content: bytes) -> pd.DataFrame:
    """Changes of the key rate in percent a year, by the day from which each applies.

    The service lists a rate for each working day; a change is a day whose rate is not that of the day before,
    so the first day of the file is only where the comparison starts.
    """
    try:
        records = [record for record in ElementTree.fromstring(content).iter() if _tag(record) == "KR"]
        days = {
            _child(record, "DT")[:10]: float(_child(record, "Rate").replace(",", ".")) for record in records
        }
    except (ElementTree.ParseError, ValueError) as error:
        raise DataError(
            f"the file is no answer of KeyRateXML ({error}); save the XML as the service sends it"
        ) from None
    if len(days) < 2:
        raise DataError(
            "the file holds less than two days of the key rate; ask the service for a longer span"
        )
    rate = pd.Series(days).sort_index()
    changes = rate[rate.diff().fillna(0) != 0]
    return pd.DataFrame(
        {"series_id": "rate.key.ru", "period": changes.index, "value": changes.to_numpy(), "note": ""}
    )


def propose(content: bytes, cat: Catalogue, published: str) -> Proposal:
    """New changes of the key rate; `published` is the day on which the service was asked."""
    return gather(cat, DOCUMENT, published, readings(content))


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(record: ElementTree.Element, name: str) -> str:
    found = next((child.text for child in record if _tag(child) == name), None)
    if not found:
        raise ValueError(f"a record has no {name}")
    return found
