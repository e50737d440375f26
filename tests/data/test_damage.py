"""Every kind of damage to a table is caught by the rules, even when its hash was accepted again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from coalface.data import checks, sheets

DATA = Path(__file__).parents[2] / "data"
Change = Callable[[str], str | bytes]


def swap(old: str, new: str, count: int = 1) -> Change:
    """Replace a text that must be there."""

    def change(text: str) -> str:
        assert old in text, f"the damage looks for {old!r}, which is not in the file any more"
        return text.replace(old, new, count)

    return change


def line(pattern: str, new: str) -> Change:
    """Replace what a regular expression finds first, line by line."""

    def change(text: str) -> str:
        damaged, hits = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
        assert hits, f"the damage looks for {pattern!r}, which is not in the file any more"
        return damaged

    return change


def repeat_last(text: str) -> str:
    return text + text.splitlines()[-1] + "\n"


def drop_line(pattern: str) -> Change:
    return line(rf"^{pattern}.*\n", "")


KEY = "obs/key_rate.csv"
FX = "obs/fx.csv"
FIRMS = "obs/firms.csv"
PANEL = "obs/towns_panel.csv"

DAMAGE: dict[str, tuple[str, Change, str]] = {
    # text of the file
    "saved as Windows-1251": ("towns.csv", lambda t: t.encode("cp1251", "replace"), "not UTF-8"),
    "saved as UTF-16": (KEY, lambda t: t.encode("utf-16"), "not UTF-8"),
    "byte order mark": (KEY, lambda t: "\ufeff" + t, "byte order mark"),
    "Windows line ends": (KEY, lambda t: t.replace("\n", "\r\n"), "carriage return"),
    "truncated in the middle of a row": (KEY, lambda t: t[: len(t) // 2], "no end"),
    "emptied": (KEY, lambda t: "", "empty"),
    "lost characters": ("towns.csv", swap("Райчихинск", "Райч\ufffdхинск"), "lost in a conversion"),
    "null character": (KEY, swap("effective date", "effective\0date"), "null character"),
    "semicolons for commas": (FX, lambda t: t.replace(",", ";"), "not in the codebook"),
    "unquoted comma": (KEY, line(r"effective date; ", "effective, date "), "has 7 cells"),
    "open quote": (KEY, line(r",effective date", ',"effective date'), "cells"),
    "missing cell": (FX, line(r"^(fx[^,]+,[^,]+),[^,]+,", r"\1,"), "has 5 cells"),
    # header
    "renamed column": (FX, swap("value", "amount"), "'amount' is not in the codebook"),
    "removed column name": (FX, swap("series_id,period", "series_id,series_id"), "two columns have one name"),
    "swapped headers": (FX, swap("period,value", "value,period"), "not a plain number"),
    "swapped columns of text and unit": (FX, swap("unit,source_id", "source_id,unit"), "not in sources.csv"),
    # cells
    "NaN for a value": (KEY, line(r"^(rate.key.ru,2014-03-03),7,", r"\1,NaN,"), "missing value"),
    "infinite value": (KEY, line(r"^(rate.key.ru,2014-03-03),7,", r"\1,inf,"), "missing value"),
    "empty value": (KEY, line(r"^(rate.key.ru,2014-03-03),7,", r"\1,,"), "value is empty"),
    "decimal comma": (KEY, line(r"^(rate.key.ru,2013-09-13),5\.5,", r'\1,"5,5",'), "not a plain number"),
    "signs of thousands": (FX, line(r",2000-01,[0-9.]+,", ',2000-01,"1 028",'), "not a plain number"),
    "scientific notation": (FX, line(r",2000-01,[0-9.]+,", ",2000-01,3.2e1,"), "not a plain number"),
    "percent sign in the value": (
        KEY,
        line(r"^(rate.key.ru,2014-03-03),7,", r"\1,7%,"),
        "not a plain number",
    ),
    "trailing blank": (KEY, swap(",percent,", ",percent ,"), "blank"),
    "control character": (KEY, swap("effective date", "effective\x07date"), "control character"),
    "Cyrillic letter in a unit": (FIRMS, swap(",Mt,", ",Мt,"), "is not that of"),
    # observations
    "wrong unit": (FX, swap(",RUB/USD,", ",RUB/CNY,"), "is not that of"),
    "unknown series": (FX, swap("fx.rub_cny,", "fx.rub_cnn,"), "did you mean fx.rub_cny"),
    "unknown document": (KEY, swap("macro_cbr_intro", "macro_cbr_intr"), "did you mean macro_cbr_intro"),
    "missing document": (KEY, swap("macro_cbr_intro", ""), "source_id is empty"),
    "repeated row": (FX, repeat_last, "already taken"),
    "repeated period": (FX, line(r"^(fx.rub_cny),2000-02,", r"\1,2000-01,"), "already taken"),
    "period of another form": (FX, swap(",2000-01,", ",01.2000,"), "of the form"),
    "thirteenth month": (FX, swap(",2000-12,", ",2000-13,"), "not a period"),
    "thirtieth of February": (KEY, swap("2014-03-03", "2014-02-30"), "not a day of the calendar"),
    "a fake day": (FX, swap(",2000-01,", ",2000-01-15,"), "precision"),
    "a year among months": (FX, swap(",2000-12,", ",2000,"), "precision"),
    "a window among months": (FX, swap(",2000-02,", ",2000-01/2000-02,"), "precision"),
    "window of two precisions": (FIRMS, swap("2024-01/2024-06", "2024-01/2024"), "two precisions"),
    "window back to front": (FIRMS, swap("2024-01/2024-06", "2024-06/2024-01"), "ends before it starts"),
    "period after its document": (
        KEY,
        line(r"^rate\.key\.ru,2026-04-27,", "rate.key.ru,2029-04-27,"),
        "before",
    ),
    "negative price": ("obs/commodity_prices.csv", line(r"(,1992-01),2\.57,", r"\1,-2.57,"), "negative"),
    "share above one": (PANEL, swap(",0.01856,", ",1.856,"), "more than a whole"),
    "fall of more than all": (
        "obs/inflation.csv",
        line(r",2021,6\.7,percent", ",2021,-670,percent"),
        "whole",
    ),
    "thousandfold value": (
        FX,
        line(r"(rub_usd,2020-06),([0-9]+)\.?[0-9]*,", r"\1,\g<2>000,"),
        "far from all",
    ),
    "rows out of order": (
        FX,
        lambda t: "\n".join([*t.splitlines()[:3], *t.splitlines()[:2:-1], ""]),
        "order",
    ),
    # series
    "unknown unit": ("series.csv", line(r"^(fx\.rub_cny,.*?,)RUB/CNY", r"\1RUB per CNY"), "no unit"),
    "unknown frequency": ("series.csv", line(r"^(fx\.rub_cny,.*?),M,", r"\1,monthly,"), "closed list"),
    "unknown warning": ("series.csv", swap("partial_coverage;secondary_source", "incomplete"), "closed list"),
    "repeated warning": ("series.csv", swap("partial_coverage;secondary_source", "derived;derived"), "`;`"),
    "comma in a list": ("series.csv", swap("partial_coverage;secondary_source", "derived; estimated"), "`;`"),
    "unknown kind": ("series.csv", line(r"^(fx\.rub_cny,.*?),rate,", r"\1,rates,"), "closed list"),
    "lag of an often revised series": ("series.csv", line(r",often,,", ",often,30,"), "do not go together"),
    "no lag of a never revised series": (
        "series.csv",
        line(r",never,[0-9]+,", ",never,,"),
        "do not go together",
    ),
    "negative lag": ("series.csv", line(r",rarely,75,", ",rarely,-75,"), "outside"),
    "capital in a series id": ("series.csv", line(r"^fx\.rub_cny,", "fx.RUB_cny,"), "of the form"),
    "series without rows": ("series.csv", line(r"^fx\.rub_cny,", "fx.rub_cny_old,"), "no observation"),
    "monthly name, yearly frequency": ("series.csv", line(r"^([^,]+\.monthly,.*?,)M,", r"\1A,"), "freq"),
    "cumulated months": ("series.csv", line(r",W,(.*)cumulative", r",M,\1cumulative"), "windows, freq W"),
    # documents
    "repeated document": ("sources.csv", repeat_last, "already taken"),
    "no licence": ("sources.csv", swap(",not stated,", ",,"), "licence is empty"),
    "unknown grade": ("sources.csv", line(r",B,", ",E,"), "closed list"),
    "publication date of another form": ("sources.csv", swap("2025-01-13", "13.01.2025"), "calendar date"),
    "publication day that does not exist": ("sources.csv", swap("2025-01-13", "2025-02-31"), "calendar"),
    "address without protocol": ("sources.csv", swap("https://", ""), "no web address"),
    "unused document": (
        "sources.csv",
        lambda t: t + "zz_new,P,T,,2025,open,A,by hand,\n",
        "nothing in the tables",
    ),
    # other tables
    "event of unknown category": ("events.csv", line(r",mine_closure,", ",closure,"), "closed list"),
    "event less precise than said": ("events.csv", line(r",2018-07,month", ",2018-07,day"), "precision"),
    "event with another id": (
        "events.csv",
        swap("b_market_202103", "b_market_202003"),
        "does not begin with",
    ),
    "event of an unknown document": (
        "events.csv",
        swap("firms_ust_jy0641", "firms_ust"),
        "not in sources.csv",
    ),
    "claim on an unknown series": (
        "claims.csv",
        swap("coking_coal.output_daily", "coking.output_daily"),
        "series.csv",
    ),
    "verdict off the list": ("claims.csv", swap(",confirmed,", ",true,"), "closed list"),
    "rule on an unknown claim": ("claim_rules.csv", line(r"^mt01,", "mt99,"), "not in claims.csv"),
    "rule on an unknown event": ("claim_rules.csv", swap("b_war_20250113", "b_war"), "not in events.csv"),
    "rule with an unknown test": ("claim_rules.csv", swap(",near,", ",equal,"), "closed list"),
    "forecast bounds swapped": ("forecasts.csv", line(r",(\d+),,(\d+),Mt", r",\2,,\1,Mt"), "not in order"),
    "forecast in an unknown unit": ("forecasts.csv", swap(",Mt,", ",tons,"), "no unit"),
    "forecast made after its document": (
        "forecasts.csv",
        line(r"^(AF001),2025-11-21", r"\1,2026-11-21"),
        "after",
    ),
    "conflict of unknown documents": (
        "conflicts.csv",
        swap("methods_cdu2020", "methods_cdu"),
        "not in sources.csv",
    ),
    "latitude and longitude swapped": (
        "mines.csv",
        swap("55.708642,86.076336", "86.076336,55.708642"),
        "nearest",
    ),
    "latitude off the globe": ("mines.csv", swap("55.708642", "557.08642"), "outside"),
    "distance of another unit": ("mines.csv", swap("berezovsky,13.2", "berezovsky,13200"), "outside"),
    "half a coordinate": ("towns.csv", swap("49.7941615,129.4112492", "49.7941615,"), "one coordinate"),
    "coal capacity of another town": (
        "towns.csv",
        line(r"(raychikhinsk.*),3\.5,1,1\.1,", r"\1,3.5,1,9.1,"),
        "give",
    ),
    "panel of an unknown town": (
        "towns.csv",
        line(r",raychikhinsk,towns_", ",raichikhinsk,towns_"),
        "towns.csv",
    ),
    "flag off the list": ("towns.csv", line(r",yes,", ",maybe,"), "closed list"),
    "region with two names": ("towns.csv", line(r"Amur Oblast", "Amur"), "more than one region name"),
    "multiplier bounds swapped": ("multipliers.csv", line(r",-90,-80,", ",-80,-90,"), "not in order"),
    "codebook of another table": ("tables.csv", line(r"^towns,town_id", "town,town_id"), "codebook"),
    "codebook without a column": ("tables.csv", drop_line("towns,oktmo,"), "not in the codebook"),
}


@pytest.fixture(scope="module")
def clean() -> dict[str, sheets.Sheet]:
    read, faults = checks.read_sheets(DATA)
    assert not faults
    return read


WIDE = {"mines.csv", "towns.csv", "tables.csv"}
"""Tables whose rules reach into others: here everything is checked again."""


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_caught_though_its_hash_was_accepted(name: str, clean: dict[str, sheets.Sheet]) -> None:
    file, change, expected = DAMAGE[name]
    damaged = change((DATA / file).read_bytes().decode("utf-8"))
    content = damaged if isinstance(damaged, bytes) else damaged.encode("utf-8")
    sheet, faults = sheets.parse(content, file, clean[file].table)
    if sheet is not None:
        read = {**clean, file: sheet}
        faults += checks.rule_faults(read, only=None if file in WIDE else {file})
        faults += checks.book_faults(DATA, read) if file in WIDE else []
    said = [str(fault) for fault in faults]
    assert any(expected in text for text in said), said[:5]
    assert all(fault.repair for fault in faults)
    assert any(fault.file == file or file in WIDE for fault in faults)


def test_a_cell_with_braces_is_quoted_as_it_stands(clean: dict[str, sheets.Sheet]) -> None:
    """A period of `20{x}1` once broke the message that was to report it."""
    content = (DATA / FX).read_bytes().replace(b",2000-01,", b",20{x}0-01,", 1)
    sheet, _ = sheets.parse(content, FX, "obs")
    assert sheet is not None
    said = [str(fault) for fault in checks.rule_faults({**clean, FX: sheet}, only={FX})]
    assert any("'20{x}0-01' is not a period" in text for text in said)


def test_no_scribble_on_a_file_breaks_the_check_itself(clean: dict[str, sheets.Sheet]) -> None:
    rng = np.random.default_rng(20261122)
    scribbles = [b",", b'"', b"\n", b"", b"nan", b"\xff", b";", b"/", b"-", b"{x}", b"1e400", b"9" * 400]
    files = [file for file in clean if (DATA / file).stat().st_size < 60_000]
    for _ in range(80):
        file = str(rng.choice(files))
        content = (DATA / file).read_bytes()
        start = int(rng.integers(len(content)))
        scribble = scribbles[int(rng.integers(len(scribbles)))]
        content = content[:start] + scribble + content[start + int(rng.integers(30)) :]
        sheet, faults = sheets.parse(content, file, clean[file].table)
        if sheet is not None:
            faults += checks.rule_faults({**clean, file: sheet}, only={file})
        assert all(fault.file and fault.message and fault.repair for fault in faults)
