"""Official rouble rates: the answer of the Bank of Russia's XML_dynamic.asp for one currency, as a file."""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd

from coalface.data import Catalogue
from coalface.errors import DataError
from coalface.update.proposal import Document, Proposal, gather

SERIES = {"R01235": "fx.rub_usd", "R01375": "fx.rub_cny"}
"""Currency code of the service to the monthly series; end-of-month rates are in the series with `.eom`."""
DOCUMENT = Document(
    stem="cbr_fx",
    publisher="Bank of Russia",
    title="Official exchange rates, answer of XML_dynamic",
    url="https://www.cbr.ru/scripts/XML_dynamic.asp",
    licence="official statistics; terms of the site",
    how_obtained="answer of the service, saved by hand; months computed as the series say",
)


def daily(content: bytes) -> pd.Series:
    """Roubles per unit of the currency by the day from which each rate applies, named by currency code."""
    try:
        root = ElementTree.fromstring(content)
        rates = {
            pd.to_datetime(record.attrib["Date"], format="%d.%m.%Y"): _number(record, "Value")
            / _number(record, "Nominal")
            for record in root.iter("Record")
        }
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise DataError(
            f"the file is no answer of XML_dynamic ({error}); save the XML as it is sent"
        ) from None
    code = root.attrib.get("ID", "")
    if code not in SERIES or not rates:
        raise DataError(
            f"no rates of a known currency in the file (code {code!r}); ask for {', '.join(SERIES)}"
        )
    return pd.Series(rates, name=code).sort_index()


def readings(content: bytes) -> pd.DataFrame:
    """Months that the file covers whole: mean of calendar days and last rate, in roubles per unit.

    A rate applies until the next one is set, so weekends carry it on. The first month counts only if its
    first day has a rate, the last one never, as more rates may follow.
    """
    rates = daily(content)
    carried = rates.resample("D").ffill()
    last = pd.Timestamp(rates.index[-1])
    months = carried.groupby(pd.Series(carried.index, index=carried.index).dt.strftime("%Y-%m"))
    table = pd.DataFrame({"mean": months.mean(), "last": months.last(), "days": months.size()}).round(4)
    table = table[table["days"] == pd.PeriodIndex(table.index, freq="M").days_in_month].drop(
        index=f"{last:%Y-%m}", errors="ignore"
    )
    name = SERIES[str(rates.name)]
    parts = [
        pd.DataFrame({"series_id": series_id, "period": table.index, "value": table[column].to_numpy()})
        for series_id, column in ((name, "mean"), (f"{name}.eom", "last"))
    ]
    return pd.concat(parts, ignore_index=True).assign(note="")


def propose(content: bytes, cat: Catalogue, published: str) -> Proposal:
    """New months of the exchange rate; `published` is the day on which the service was asked."""
    return gather(cat, DOCUMENT, published, readings(content))


def _number(record: ElementTree.Element, name: str) -> float:
    return float((record.findtext(name) or "").replace(",", "."))
