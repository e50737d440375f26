"""Publishers' documents in the form in which they are published, with figures made up for the test."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from coalface import cli, data
from coalface.data import checks
from coalface.errors import DataError
from coalface.update import PUBLISHERS, exchange_rate, key_rate, pink_sheet, write

KEY_RATE = b"""<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<KeyRateXMLResponse xmlns="http://web.cbr.ru/"><KeyRateXMLResult><KeyRate xmlns="">
<KR><DT>2026-10-27T00:00:00+03:00</DT><Rate>13.25</Rate></KR>
<KR><DT>2026-10-26T00:00:00+03:00</DT><Rate>13.25</Rate></KR>
<KR><DT>2026-10-23T00:00:00+03:00</DT><Rate>14.50</Rate></KR>
<KR><DT>2026-04-27T00:00:00+03:00</DT><Rate>14.50</Rate></KR>
<KR><DT>2026-04-24T00:00:00+03:00</DT><Rate>15.00</Rate></KR>
</KeyRate></KeyRateXMLResult></KeyRateXMLResponse></soap:Body></soap:Envelope>"""

DYNAMIC = """<?xml version="1.0" encoding="windows-1251"?>
<ValCurs ID="R01375" DateRange1="30.06.2026" DateRange2="01.08.2026" name="Foreign Currency Market Dynamic">
<Record Date="30.06.2026" Id="R01375"><Nominal>10</Nominal><Value>100,0000</Value></Record>
<Record Date="11.07.2026" Id="R01375"><Nominal>10</Nominal><Value>110,0000</Value></Record>
<Record Date="31.07.2026" Id="R01375"><Nominal>1</Nominal><Value>12,0000</Value></Record>
<Record Date="01.08.2026" Id="R01375"><Nominal>1</Nominal><Value>13,0000</Value></Record>
</ValCurs>""".encode("windows-1251")


def workbook(newcastle: str = "101.257", unit: str = "($/mt)") -> bytes:
    """A workbook with the sheet of monthly prices, strings shared, numbers in full length."""
    names = {name: text for name, (_, text) in pink_sheet.SERIES.items()}
    prices = [
        {"($/mt)": "4321.987654", "($/mmbtu)": "7.123456"}.get(text, "71.234567") for text in names.values()
    ]
    table = [
        ["World Bank Commodity Price Data (The Pink Sheet)"],
        ["monthly prices in nominal US dollars, 1960 to present"],
        ["Updated on September 02, 2026"],
        ["", *(name + (" **" if name == "Coal, South African" else "") for name in names)],
        ["", *(unit if name == "Coal, Australian" else text for name, text in names.items())],
        ["1991M12", *["5"] * len(names)],
        ["2026M08", newcastle, "\u2026", *prices[2:]],
    ]
    words = sorted({cell for row in table for cell in row if cell and not cell.replace(".", "").isdigit()})
    cells = [
        "<row>"
        + "".join(
            f'<c r="{chr(65 + column)}{number}" t="s"><v>{words.index(cell)}</v></c>'
            if cell in words
            else f'<c r="{chr(65 + column)}{number}"><v>{cell}</v></c>'
            for column, cell in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(table, 1)
    ]
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    link = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    files = {
        "xl/workbook.xml": f"<workbook {main} {link}><sheets>"
        '<sheet name="Monthly Indices" sheetId="1" r:id="rId1"/>'
        '<sheet name="Monthly Prices" sheetId="2" r:id="rId2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<sst {main}>"
        + "".join(f"<si><t>{word}</t></si>" for word in words)
        + "</sst>",
        "xl/worksheets/sheet2.xml": f"<worksheet {main}><sheetData>{''.join(cells)}</sheetData></worksheet>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        for name, text in files.items():
            book.writestr(name, text)
    return content.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data.read().folder, tmp_path / "data"))


def test_changes_of_the_key_rate_are_read_from_working_days_in_any_order() -> None:
    found = key_rate.readings(KEY_RATE)
    assert found[["period", "value"]].to_numpy().tolist() == [["2026-04-27", 14.5], ["2026-10-26", 13.25]]


def test_only_what_the_catalogue_lacks_is_proposed() -> None:
    proposal = key_rate.propose(KEY_RATE, data.read(), "2026-10-28")
    assert proposal.rows.to_dict("records") == [
        {
            "series_id": "rate.key.ru",
            "period": "2026-10-26",
            "value": 13.25,
            "unit": "percent",
            "source_id": "cbr_key_rate_20261028",
            "note": "",
        }
    ]
    assert proposal.source["published"] == "2026-10-28" and proposal.source["grade"] == "A"


def test_a_revised_value_is_proposed_beside_the_old_one() -> None:
    revised = KEY_RATE.replace(
        b"<DT>2026-04-27T00:00:00+03:00</DT><Rate>14.50", b"<DT>2026-04-27T00:00:00+03:00</DT><Rate>14.75"
    )
    rows = key_rate.propose(revised, data.read(), "2026-10-28").rows
    assert rows["period"].to_list() == ["2026-04-27", "2026-10-23", "2026-10-26"]


def test_months_of_an_exchange_rate_are_means_of_calendar_days() -> None:
    found = exchange_rate.readings(DYNAMIC).set_index("series_id")
    assert found["period"].unique().tolist() == ["2026-07"]
    assert found.loc["fx.rub_cny", "value"] == pytest.approx((10 * 10 + 20 * 11 + 12) / 31, abs=1e-4)
    assert found.loc["fx.rub_cny.eom", "value"] == 12.0


def test_the_workbook_is_read_by_names_and_units() -> None:
    rows = pink_sheet.cells(workbook())
    assert pink_sheet.edition(rows) == "2026-09-02"
    found = pink_sheet.readings(rows).set_index("series_id")
    assert found.loc["price.coal.newcastle", ["period", "value"]].to_list() == ["2026-08", 101.26]
    assert "price.coal.richards_bay" not in found.index  # no figure in that month
    assert (found["period"] >= pink_sheet.FIRST).all()


def test_a_workbook_in_another_unit_or_layout_is_not_read() -> None:
    with pytest.raises(DataError, match=r"Coal, Australian is in '\(\$/bbl\)'"):
        pink_sheet.readings(pink_sheet.cells(workbook(unit="($/bbl)")))
    with pytest.raises(DataError, match="no row of names"):
        pink_sheet.readings([{"A": "World Bank"}])
    with pytest.raises(DataError, match="no column 'Coal, Australian'"):
        pink_sheet.readings([{"C": "Crude oil, Brent"}, {}])
    with pytest.raises(DataError, match="--published"):
        pink_sheet.edition([{"A": "World Bank"}])


@pytest.mark.parametrize("name", PUBLISHERS)
@pytest.mark.parametrize(
    "content", [b"", b"<html>404</html>", b"PK\x03\x04", b"\xff\xfe", b"<ValCurs ID='R01235'/>"]
)
def test_any_other_file_is_refused_in_one_sentence(name: str, content: bytes) -> None:
    with pytest.raises(DataError, match=r"^the file|^no rates"):
        PUBLISHERS[name](content, data.read(), "2026-10-28")


def test_a_document_needs_a_date_and_comes_once(folder: Path) -> None:
    cat = data.read(folder)
    with pytest.raises(DataError, match="--published"):
        key_rate.propose(KEY_RATE, cat, "")
    with pytest.raises(DataError, match="not a period"):
        key_rate.propose(KEY_RATE, cat, "28.10.2026")
    write(key_rate.propose(KEY_RATE, cat, "2026-10-28"), folder)
    with pytest.raises(DataError, match=r"in sources\.csv already"):
        key_rate.propose(KEY_RATE, data.read(folder), "2026-10-28")
    assert key_rate.propose(KEY_RATE, data.read(folder), "2026-10-29").rows.empty


def test_written_rows_stand_beside_the_old_ones_and_pass_the_check(folder: Path) -> None:
    cat = data.read(folder)
    before = {path.name: path.read_text(encoding="utf-8").splitlines() for path in folder.rglob("*.csv")}
    for proposal in (
        key_rate.propose(KEY_RATE, cat, "2026-10-28"),
        pink_sheet.propose(workbook(), cat),
        exchange_rate.propose(DYNAMIC, cat, "2026-08-03"),
    ):
        assert not proposal.rows.empty
        write(proposal, folder)
    assert [str(fault) for fault in checks.run(folder)] == []
    for path in folder.rglob("*.csv"):
        after = path.read_text(encoding="utf-8").splitlines()
        assert [line for line in after if line in set(before[path.name])] == before[path.name]
    new = data.read(folder)
    assert new.load("rate.key.ru").iloc[-1] == 13.25
    assert new.load("price.coal.newcastle")[pd.Period("2026-08")] == 101.26
    assert new.as_of("2026-10-27").load("fx.rub_cny").index[-1] == pd.Period("2026-07")


def test_rows_that_break_a_rule_are_not_written(folder: Path) -> None:
    proposal = pink_sheet.propose(workbook(newcastle="101257"), data.read(folder))
    with pytest.raises(DataError, match="nothing was written"):
        write(proposal, folder)
    assert checks.run(folder) == []


def test_nothing_new_writes_nothing(folder: Path) -> None:
    old = KEY_RATE.replace(b"13.25", b"14.50")
    assert write(key_rate.propose(old, data.read(folder), "2026-10-28"), folder) == []
    assert checks.run(folder) == []


def test_the_command_proposes_and_writes_only_when_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COALFACE_DATA", str(folder))
    saved = tmp_path / "keyrate.xml"
    saved.write_bytes(KEY_RATE)
    command = ["update", "key-rate", str(saved), "--published", "2026-10-28"]
    assert cli.main(command) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1] == "rate.key.ru,2026-10-26,13.25,percent,cbr_key_rate_20261028,"
    assert "1 new rows" in err and checks.run(folder) == []
    assert data.read(folder).load("rate.key.ru").iloc[-1] == 14.5
    assert cli.main([*command, "--write"]) == 0
    assert data.read(folder).load("rate.key.ru").iloc[-1] == 13.25
    assert cli.main(["update", "rosstat", str(saved)]) == 2
    assert cli.main(["update", "key-rate", str(tmp_path / "nothing.xml")]) == 2
    assert cli.main(["update", "pink-sheet", str(saved)]) == 1
