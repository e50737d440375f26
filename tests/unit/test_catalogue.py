"""The catalogue on a small folder of its own, and on the shipped one where that says more."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pandas as pd
import pytest

from coalface import data
from coalface.data.catalogue import Catalogue
from coalface.errors import CoverageError, DataError, UnknownSeriesError

SOURCES = """\
source_id,publisher,title,url,published,licence,grade,how_obtained,note
old,Ministry,Old yearbook,,2023-02,open,B,by hand,
new,Agency,New note,,2024-06-15,open,B,by hand,
twin,Ministry,New yearbook,,2024-06-15,open,A,by hand,
same,Ministry,Second yearbook,,2024-06-15,open,A,by hand,
late,Office,Whole history,,2026-05-01,open,A,by hand,
year,Office,Year book,,2022,open,A,by hand,
undated,Nobody,Page without date,,,open,D,by hand,
"""
SERIES = """\
series_id,title,unit,freq,geo,kind,basis,revised,lag_days,warnings,description
coal.exports.ru,Coal exports,Mt,A,RU,flow,x,often,,conflicting_sources,all modes
cpi.mom.ru,Inflation,percent,M,RU,rate,NSA,never,15,,
gdp.growth.ru,Growth,percent,A,RU,rate,real,rarely,60,,
sector.balance,Balance,bn RUB,W,RU,flow,nominal,often,,cumulative;secondary_source,
price.page,Price of a page,USD/t,A,RU,price,nominal,never,0,,
"""
OBS = """\
series_id,period,value,unit,source_id,note
coal.exports.ru,2022,210.9,Mt,old,
coal.exports.ru,2022,221.2,Mt,new,
coal.exports.ru,2022,215,Mt,same,
coal.exports.ru,2022,214,Mt,twin,
coal.exports.ru,2021,223,Mt,year,
cpi.mom.ru,2023-12,0.7,percent,late,
cpi.mom.ru,2024-01,0.9,percent,late,
cpi.mom.ru,2024-03,0.4,percent,late,
gdp.growth.ru,2022,-1.2,percent,late,
gdp.growth.ru,2022,-2.1,percent,old,
sector.balance,2024-01/2024-06,-7.1,bn RUB,new,
sector.balance,2024-03,1,bn RUB,new,
price.page,2020,50,USD/t,undated,
"""
CODEBOOK = """\
table,column,type,unit,description
events,event_id,text,key,
events,date,text,,
events,category,text,,
events,source_id,text,,
multipliers,multiplier_id,text,key,
multipliers,estimate,number,,
multipliers,source_id,text,,
towns,town_id,text,key,
towns,source_id,text,,
conflicts,conflict_id,text,key,
conflicts,series_id,text,,
conflicts,source_ids,text,,
geo/land.geojson,properties,json,,"name; source late"
"""
OTHERS = {
    "events.csv": "event_id,date,category,source_id\ne1,2022-03,embargo,old\ne2,2024-06-01,duty,new\n",
    "multipliers.csv": "multiplier_id,estimate,source_id\nm1,2.5,old\nm2,,undated\n",
    "towns.csv": "town_id,source_id\ninta,old;undated\nvorkuta,late;old\n",
    "conflicts.csv": "conflict_id,series_id,source_ids\nc1,coal.exports.ru;cpi.mom.ru,old;new\nc2,,old\n",
    "geo/land.geojson": '{"type": "FeatureCollection", "features": []}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables = {
        "sources.csv": SOURCES,
        "series.csv": SERIES,
        "obs/all.csv": OBS,
        "tables.csv": CODEBOOK,
        **OTHERS,
    }
    for name, text in tables.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def cat(folder: Path) -> Catalogue:
    return data.read(folder)


def test_a_series_has_periods_its_own_name_and_the_newest_document(cat: Catalogue) -> None:
    exports = cat.load("coal.exports.ru")
    assert exports.name == "coal.exports.ru" and exports.index.name == "period"
    assert exports.index.equals(pd.PeriodIndex(["2021", "2022"], freq="Y", name="period"))
    assert exports.to_list() == [223.0, 215.0]


def test_on_one_day_the_better_grade_wins_then_the_earlier_row(cat: Catalogue) -> None:
    # new (B), same (A) and twin (A) are of one day; same stands before twin
    assert cat.load("coal.exports.ru").iloc[-1] == 215.0


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2022-12-30", None),  # a document of 2022 counts from the end of 2022
        ("2022-12-31", [223.0]),
        ("2023-02-27", [223.0]),  # a document of February 2023 counts from the 28th
        ("2023-02-28", [223.0, 210.9]),
        ("2024-06-14", [223.0, 210.9]),
        ("2024-06-15", [223.0, 215.0]),
        ("2022", [223.0]),  # a year or a month means its last day
        ("2023-02", [223.0, 210.9]),
        ("latest", [223.0, 215.0]),
        ("", [223.0, 215.0]),
    ],
)
def test_a_day_sees_the_documents_that_were_out(
    cat: Catalogue, day: str, expected: list[float] | None
) -> None:
    if expected is None:
        with pytest.raises(
            CoverageError, match=r"known on 2022-12-30; its first figure was known on 2022-12-31"
        ):
            cat.as_of(day).load("coal.exports.ru")
    else:
        assert cat.as_of(day).load("coal.exports.ru").to_list() == expected
        assert cat.load("coal.exports.ru", as_of=day).to_list() == expected


@pytest.mark.parametrize(
    ("day", "months"), [("2024-01-15", 1), ("2024-02-14", 1), ("2024-02-15", 2), ("2026", 3)]
)
def test_a_figure_that_is_never_revised_counts_once_its_lag_is_over(
    cat: Catalogue, day: str, months: int
) -> None:
    assert len(cat.as_of(day).load("cpi.mom.ru")) == months


def test_before_its_lag_nothing_is_known(cat: Catalogue) -> None:
    with pytest.raises(CoverageError, match="2024-01-15"):
        cat.as_of("2024-01-14").load("cpi.mom.ru")


def test_a_rarely_revised_figure_is_assumed_unrevised_and_the_reader_is_told(cat: Catalogue) -> None:
    early = cat.as_of("2023-03-01")
    with pytest.raises(CoverageError):
        cat.as_of("2023-02-27").load("gdp.growth.ru")
    # the document that was out goes before the later one that is only assumed to have been known
    assert early.load("gdp.growth.ru").to_list() == [-2.1]
    assert early.trace("gdp.growth.ru").warnings == ()
    assert early.rows("gdp.growth.ru").set_index("source_id")["assumed"].to_dict() == {
        "late": True,
        "old": False,
    }
    assert early.used_warnings().to_dict("records") == [
        {"series_id": "gdp.growth.ru", "warning": "assumed unrevised"}
    ]
    # from its own day on, the later document counts as itself
    assert cat.as_of("2026-05-01").load("gdp.growth.ru").to_list() == [-1.2]


def test_the_vintage_of_an_assumed_figure_is_the_day_on_which_it_was_known(cat: Catalogue) -> None:
    assert cat.as_of("2024-02-20").trace("cpi.mom.ru").vintage == "2024-02-15"
    assert cat.trace("cpi.mom.ru").vintage == "2026-05-01"


def test_a_document_without_date_is_never_known_on_a_day(cat: Catalogue) -> None:
    assert cat.load("price.page").to_list() == [50.0]
    with pytest.raises(CoverageError, match="its documents carry no date"):
        cat.as_of("2030-01-01").load("price.page")


def test_a_day_cannot_be_undone_by_a_later_one(cat: Catalogue) -> None:
    early = cat.as_of("2023-12-31")
    assert early.as_of("2025-01-01").day == early.day
    assert early.as_of("latest").day == early.day
    assert early.load("coal.exports.ru", as_of="2026").to_list() == [223.0, 210.9]


def test_a_day_that_is_no_day_is_named(cat: Catalogue) -> None:
    with pytest.raises(DataError, match=r"as_of '10\.03\.2025' is not a day; write it as 2025-03-10"):
        cat.as_of("10.03.2025")


def test_windows_are_refused_as_a_regular_series_and_read_on_their_own(cat: Catalogue) -> None:
    with pytest.raises(DataError, match="read it with load_windows"):
        cat.load("sector.balance")
    rows = cat.load_windows("sector.balance")
    assert rows["period"].to_list() == ["2024-03", "2024-01/2024-06"]
    assert rows["end"].to_list() == [pd.Timestamp("2024-03-31"), pd.Timestamp("2024-06-30")]
    assert set(rows["unit"]) == {"bn RUB"}
    assert cat.spread("sector.balance").index.to_list() == ["2024-03", "2024-01/2024-06"]


def test_the_last_row_of_a_period_is_the_one_that_load_chooses(cat: Catalogue) -> None:
    rows = cat.load_windows("coal.exports.ru")
    assert rows["source_id"].to_list() == ["year", "old", "new", "twin", "same"]
    early = cat.as_of("2023-03-01").load_windows("gdp.growth.ru")
    assert early["source_id"].to_list() == ["late", "old"]
    assert early["assumed"].to_list() == [True, False]


def test_load_agrees_with_the_last_rows_for_every_shipped_yearly_series() -> None:
    cat = data.read().as_of("2025-06-30")
    found = cat.search("")
    known = found.index[(found["freq"] == "A") & (found["rows"] > 0)][::4]
    assert len(known) > 40
    for name in known:
        last = cat.load_windows(name).drop_duplicates("period", keep="last")
        assert last["value"].to_list() == cat.load(name).to_list()


def test_an_unknown_series_is_answered_with_near_names(cat: Catalogue) -> None:
    with pytest.raises(
        UnknownSeriesError, match=r"no series 'coal\.export\.ru'; did you mean coal\.exports\.ru"
    ):
        cat.load("coal.export.ru")
    for ask in (cat.unit, cat.spread, cat.trace, cat.conflicts, cat.rows, cat.vintages):
        with pytest.raises(UnknownSeriesError):
            ask("nothing.like.it")


def test_unknown_tables_columns_layers_and_documents_are_answered_with_near_names(cat: Catalogue) -> None:
    with pytest.raises(DataError, match="no table 'event'; did you mean events"):
        cat.table("event")
    with pytest.raises(DataError, match="no column 'categor'; did you mean category"):
        cat.table("events", where={"categor": "duty"})
    with pytest.raises(DataError, match="no map layer 'lan'; did you mean land"):
        cat.geo("lan")
    with pytest.raises(DataError, match="no source 'lat'; did you mean late"):
        cat.trace(sources=["lat"])
    with pytest.raises(DataError, match="at least one series"):
        cat.rows()


def test_a_spread_shows_what_the_documents_say(cat: Catalogue) -> None:
    found = cat.spread("coal.exports.ru").loc["2022"]
    assert found.to_dict() == {"low": 210.9, "high": 221.2, "newest": 215.0, "n_sources": 4.0}


def test_a_frame_joins_series_of_one_frequency(cat: Catalogue) -> None:
    joined = cat.frame({"exports_mt": "coal.exports.ru", "growth_pct": "gdp.growth.ru"})
    assert joined.columns.to_list() == ["exports_mt", "growth_pct"]
    assert joined["growth_pct"].isna().to_list() == [True, False]
    with pytest.raises(DataError, match=r"coal\.exports\.ru \(A\), cpi\.mom\.ru \(M\)"):
        cat.frame({"a": "coal.exports.ru", "b": "cpi.mom.ru"})


def test_tables_have_typed_columns_and_follow_the_day(cat: Catalogue) -> None:
    table = cat.table("multipliers")
    assert table["estimate"].dtype == float and table["estimate"].isna().to_list() == [False, True]
    assert cat.as_of("2026").table("multipliers")["multiplier_id"].to_list() == ["m1"]
    assert cat.as_of("2024-01-01").table("events")["event_id"].to_list() == ["e1"]
    # a town is known by the first document named, a conflict by the last of its documents to appear
    assert cat.as_of("2024-01-01").table("towns")["town_id"].to_list() == ["inta"]
    assert cat.as_of("2024-01-01").conflicts()["conflict_id"].to_list() == ["c2"]
    assert cat.conflicts("cpi.mom.ru")["conflict_id"].to_list() == ["c1"]


def test_the_catalogue_cites_exactly_what_was_loaded(cat: Catalogue) -> None:
    assert cat.cite().empty and cat.used == ()
    cat.load("coal.exports.ru")
    assert cat.cite()["source_id"].to_list() == ["same", "year"]  # by publisher, then date
    cat.as_of("2023-12-31").load("coal.exports.ru")  # a child shares the memory
    cat.table("events", where={"category": "duty"})
    cat.geo("land")
    assert set(cat.cite()["source_id"]) == {"year", "same", "old", "new", "late"}
    assert cat.used == ("geo:land", "series:coal.exports.ru", "table:events")
    assert cat.used_warnings()["warning"].to_list() == ["conflicting_sources"]
    assert data.read(cat.folder).cite().empty  # another run starts anew


def test_a_catalogue_cannot_be_changed_by_its_user(cat: Catalogue) -> None:
    with pytest.raises(FrozenInstanceError):
        cat.day = pd.Timestamp("2020-01-01")  # type: ignore[misc]
    series, events, exports = cat.series, cat.table("events"), cat.load("coal.exports.ru")
    series.loc["coal.exports.ru", "unit"] = "kt"
    events.loc[0, "category"] = "war"
    exports.iloc[0] = 0.0
    assert cat.unit("coal.exports.ru") == "Mt"
    assert cat.series.loc["coal.exports.ru", "unit"] == "Mt"
    assert cat.table("events")["category"].to_list() == ["embargo", "duty"]
    assert cat.load("coal.exports.ru").iloc[0] == 223.0


def test_traces_add_up(cat: Catalogue) -> None:
    both = cat.trace("coal.exports.ru") | cat.trace("sector.balance", sources=["late"])
    assert both.series == ("coal.exports.ru", "sector.balance")
    assert both.sources == ("late", "new", "same", "year")
    assert both.vintage == "2026-05-01" and both.grades == ("A", "B")
    assert both.warnings == ("conflicting_sources", "cumulative", "secondary_source")
    assert ("new", "Agency", "New note", "", "2024-06-15", "B") in both.documents
    assert data.Trace() | both == both == both | both


def test_search_finds_words_in_id_title_and_description(cat: Catalogue) -> None:
    found = cat.search("COAL modes")
    assert found.index.to_list() == ["coal.exports.ru"]
    assert found.loc["coal.exports.ru", "rows"] == 5
    assert cat.as_of("2023-12-31").search("coal").loc["coal.exports.ru", "rows"] == 2
    assert cat.search("nothing like it").empty


def test_documents_of_a_series_come_newest_first(cat: Catalogue) -> None:
    found = cat.sources_of("coal.exports.ru")
    assert found["published"].to_list()[-2:] == ["2023-02", "2022"]
    assert found.loc["old", "rows"] == 1


def test_vintages_are_a_triangle(cat: Catalogue) -> None:
    table = cat.vintages("coal.exports.ru")
    assert table.columns.to_list() == ["2022", "2023-02", "2024-06-15"]
    assert table.loc["2022"].to_list()[1:] == [210.9, 215.0]
    assert pd.isna(table.loc["2021", "2023-02"])


def test_the_disagreement_of_documents_is_their_pooled_deviation(cat: Catalogue) -> None:
    found = cat.conflict_spread("coal.exports.ru")
    assert found.periods.loc["2022", "half_range"] == pytest.approx(5.15)
    assert found.pooled_sd == pytest.approx(pd.Series([210.9, 221.2, 215.0, 214.0]).std())
    assert pd.isna(cat.conflict_spread("cpi.mom.ru").pooled_sd)


def test_an_open_correction_replaces_or_drops_a_figure(folder: Path) -> None:
    head = "series_id,period,source_id,action,value,expect,reason,status\n"
    path = folder / "corrections.csv"
    path.write_text(head + "coal.exports.ru,2022,same,replace,216,215,misprint,open\n", encoding="utf-8")
    assert data.read(folder).load("coal.exports.ru").iloc[-1] == 216.0
    path.write_text(head + "coal.exports.ru,2022,same,drop,,215,misprint,open\n", encoding="utf-8")
    assert data.read(folder).load("coal.exports.ru").iloc[-1] == 214.0
    path.write_text(head + "coal.exports.ru,2022,same,drop,,215,misprint,fixed\n", encoding="utf-8")
    assert data.read(folder).load("coal.exports.ru").iloc[-1] == 215.0


def test_a_correction_whose_error_is_gone_says_so(folder: Path) -> None:
    head = "series_id,period,source_id,action,value,expect,reason,status\n"
    (folder / "corrections.csv").write_text(
        head + "coal.exports.ru,2022,same,drop,,999,misprint,open\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match="expects the value 999"):
        data.read(folder).load("coal.exports.ru")


def test_a_broken_folder_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="set COALFACE_DATA"):
        data.read(tmp_path / "nowhere")
    (folder / "obs/all.csv").write_text(OBS.replace(",210.9,", ",much,"), encoding="utf-8")
    with pytest.raises(DataError, match="coalface check"):
        data.read(folder).load("coal.exports.ru")
    (folder / "obs/all.csv").write_text(OBS.replace(",old,", ",older,"), encoding="utf-8")
    with pytest.raises(DataError, match="source_id is not in its table"):
        data.read(folder).load("coal.exports.ru")


def test_the_environment_names_the_data_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALFACE_DATA", str(folder))
    assert data.read().folder == folder


def test_the_digest_changes_with_a_figure_and_with_nothing_else(folder: Path) -> None:
    before = data.read(folder).digest
    assert data.read(folder).as_of("2023-01-01").digest == before
    (folder / "README.md").write_text("text", encoding="utf-8")
    assert data.read(folder).digest == before
    (folder / "obs/all.csv").write_text(OBS.replace(",210.9,", ",210.8,"), encoding="utf-8")
    assert data.read(folder).digest != before


def test_every_shipped_series_loads_and_no_day_sees_the_future() -> None:
    cat = data.read()
    day = pd.Timestamp("2023-06-30")
    early = cat.as_of("2023-06-30")
    rows = early._visible(cat._store.obs, day)
    assert len(rows) > 5_000
    assert (rows["known"] <= day).all()
    assert (rows.loc[~rows["assumed"], "document_day"] <= day).all()
    assert (rows.loc[rows["assumed"], "end"] <= day).all()
    assert (rows["published"] != "").all()


def test_reading_is_light() -> None:
    """Start-up must not pull in what only models, pictures and pages need."""
    code = (
        "import sys, coalface; from coalface import data; data.read().load('rate.key.ru');"
        "heavy = {'statsmodels', 'papermill', 'matplotlib', 'scipy', 'nbconvert', 'IPython'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
