"""World Bank commodity prices (Pink Sheet): the monthly workbook CMO-Historical-Data-Monthly.xlsx."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

import pandas as pd

from coalface.data import Catalogue
from coalface.errors import DataError
from coalface.update.proposal import Document, Proposal, gather

SHEET = "Monthly Prices"
SERIES = {
    "Coal, Australian": ("price.coal.newcastle", "($/mt)"),
    "Coal, South African": ("price.coal.richards_bay", "($/mt)"),
    "Natural gas, Europe": ("price.gas.europe", "($/mmbtu)"),
    "Natural gas, US": ("price.gas.us", "($/mmbtu)"),
    "Liquefied natural gas, Japan": ("price.lng.japan", "($/mmbtu)"),
    "Iron ore, cfr spot": ("price.iron_ore.cfr_china", "($/dmtu)"),
    "Crude oil, Brent": ("price.oil.brent", "($/bbl)"),
    "Aluminum": ("price.metal.aluminum", "($/mt)"),
    "Copper": ("price.metal.copper", "($/mt)"),
    "Nickel": ("price.metal.nickel", "($/mt)"),
}
"""Column of the sheet to the series and the unit that must stand under its name."""
FIRST = "1992-01"
"""First month that the tables keep."""
DOCUMENT = Document(
    stem="worldbank_pink_sheet",
    publisher="World Bank",
    title="Commodity prices (Pink Sheet), monthly workbook",
    url="https://www.worldbank.org/en/research/commodity-markets",
    licence="CC BY 4.0 (World Bank terms; third-party series inside)",
    how_obtained="publisher's own workbook, saved by hand",
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def cells(content: bytes) -> list[dict[str, str]]:
    """Rows of the sheet of monthly prices, each as column letter to text."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            files = {
                name: ElementTree.fromstring(book.read(name))
                for name in book.namelist()
                if name.endswith((".xml", ".rels"))
            }
        sheets = {
            sheet.attrib["name"]: sheet.attrib[_LINK]
            for sheet in files["xl/workbook.xml"].iter(f"{_MAIN}sheet")
        }
        links = {link.attrib["Id"]: link.attrib["Target"] for link in files["xl/_rels/workbook.xml.rels"]}
        target = links[sheets[SHEET]].removeprefix("/xl/")
        shared = files.get("xl/sharedStrings.xml")
        words = ["".join(part.itertext()) for part in shared] if shared is not None else []
        return [
            {re.sub(r"\d", "", cell.attrib["r"]): _text(cell, words) for cell in row}
            for row in files[f"xl/{target}"].iter(f"{_MAIN}row")
        ]
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, IndexError) as error:
        raise DataError(
            f"the file is not the monthly workbook of the Pink Sheet ({error!r}); save it anew"
        ) from None


def _text(cell: ElementTree.Element, words: list[str]) -> str:
    value = cell.findtext(f"{_MAIN}v") or ""
    return words[int(value)] if cell.attrib.get("t") == "s" else value or "".join(cell.itertext())


def edition(rows: list[dict[str, str]]) -> str:
    """Date of the edition, from the line "Updated on June 02, 2026"."""
    for row in rows:
        if found := re.match(r"Updated on (\w+ \d{1,2}, \d{4})", row.get("A", "")):
            return f"{pd.to_datetime(found[1], format='%B %d, %Y'):%Y-%m-%d}"
    raise DataError("the sheet does not say when it was updated; give the date with --published")


def readings(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Monthly prices in the units of the series, to two decimals as the tables keep them."""
    place = next((number for number, row in enumerate(rows) if "Crude oil, Brent" in row.values()), None)
    if place is None:
        raise DataError(f"the sheet {SHEET} has no row of names; the layout has changed, so read it by hand")
    names = {text.rstrip("* "): column for column, text in rows[place].items()}
    parts = []
    for name, (series_id, unit) in SERIES.items():
        if name not in names:
            raise DataError(
                f"the sheet {SHEET} has no column {name!r}; the layout has changed, so read it by hand"
            )
        column = names[name]
        if rows[place + 1].get(column) != unit:
            raise DataError(f"{name} is in {rows[place + 1].get(column)!r}, not {unit!r}; read it by hand")
        months = {
            row["A"].replace("M", "-"): row.get(column, "")
            for row in rows
            if re.fullmatch(r"\d{4}M\d{2}", row.get("A", ""))
        }
        values = pd.to_numeric(pd.Series(months), errors="coerce").dropna().round(2)
        values = values[values.index >= FIRST]
        parts.append(
            pd.DataFrame({"series_id": series_id, "period": values.index, "value": values.to_numpy()})
        )
    return pd.concat(parts, ignore_index=True).assign(note="")


def propose(content: bytes, cat: Catalogue, published: str = "") -> Proposal:
    """New and revised months; `published` only if the workbook itself does not say its date."""
    rows = cells(content)
    return gather(cat, DOCUMENT, published or edition(rows), readings(rows))
