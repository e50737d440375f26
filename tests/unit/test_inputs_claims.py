"""The ledger of claims: all claims are there, nothing later than the day enters, a new article is a file."""

from io import StringIO

import pandas as pd
import pytest

from coalface.data import periods, read
from coalface.errors import DataError
from coalface.inputs import claims
from coalface.models import verdicts

# Made up for this test: an article of 2025-03-10 that no newspaper printed.
ARTICLE = """\
claim_id,claim,verdict,measure,series_ids,period,base_period,test,expected,margin,if_close,published
zz01,The key rate is 21,confirmed,last_value,rate.key.ru,2025-03,,near,21,0.5,,2025-03-10
zz02,The key rate is 25,contradicted,last_value,rate.key.ru,2025-03,,near,25,1,,2025-03-10
zz03,Steel halved,overstated,change_pct,steel.output.ua,2025,2024,below,-50,50,overstated,2025-03-10
zz04,Coal has a soul,opinion,,,,,,,,,2025-03-10
"""
MADE_UP = pd.read_csv(StringIO(ARTICLE), dtype=str, keep_default_na=False)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "third-article.csv"
    MADE_UP.to_csv(path, index=False)
    return str(path)


def judged(cat, file="", article="all"):
    shown = claims.claims(cat, article=article, file=file).frame
    table = claims.rules(cat, shown, file=file).frame
    for when in ("then", "now"):
        table[f"{when}_verdict"] = verdicts.apply(table, table[when])["verdict"]
    return shown.set_index("claim_id"), table


@pytest.fixture(scope="module")
def latest():
    return judged(read())


def test_no_claim_of_the_two_articles_is_dropped():
    shown = claims.claims(read()).frame
    raw = pd.read_csv(read().folder / "claims.csv")
    assert shown["claim_id"].tolist() == raw["claim_id"].tolist()
    assert len(shown) == 38
    assert shown["article"].nunique() == 2


def test_every_claim_with_a_figure_or_an_event_has_a_rule_and_the_others_are_counted(latest):
    shown, table = latest
    without = shown.index.difference(table["claim_id"])
    assert set(without) == {"mt03", "mt09", "mt11", "mt12", "nw16", "nw23", "nw24", "nw25"}
    assert (table["now_verdict"] == "not known").sum() == 1


def test_a_claim_leads_to_its_article_and_its_evidence_and_a_rule_to_its_series_and_events():
    cat = read()
    shown = claims.claims(cat).frame.set_index("claim_id", drop=False)
    about = claims.behind(cat, shown.loc[["mt07"]])
    assert about.sources == ("article_moscow_times_2025_01", "firms_so_pokr21")
    event = cat.table("events", where={"event_id": "b_market_202103"})["source_id"]
    assert claims.rules(cat, shown.loc[["mt07"]]).trace.sources == tuple(event)


def test_a_file_of_ones_own_names_no_document(file):
    shown = claims.claims(read(), file=file).frame
    assert claims.behind(read(), shown[shown["article"] == claims.EXTRA]).sources == ()


def test_a_third_article_is_a_file_and_a_parameter(file):
    shown, table = judged(read(), file=file)
    assert shown["article"].nunique() == 3
    new = table[table["claim_id"].str.startswith("zz")].set_index("claim_id")
    assert new["now_verdict"].tolist() == ["confirmed", "contradicted", "overstated"]
    assert new["then_verdict"].tolist() == ["confirmed", "contradicted", "not known"]
    assert "zz04" in shown.index


def test_claims_of_a_later_article_stay_hidden(file):
    shown, _ = judged(read().as_of("2025-03-09"), file=file)
    assert not shown.index.str.startswith("zz").any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="verdict"), "lacks the column verdict"),
        (lambda t: t.assign(mesure="x"), "unknown column 'mesure'; did you mean measure"),
        (lambda t: t.assign(expected="many"), "'many' of zz01 is not a number"),
        (lambda t: pd.concat([t, t.head(1)]), "zz01 stands twice"),
        (lambda t: t.assign(measure="guess"), "no measure 'guess' for zz01"),
        (lambda t: t.assign(series_ids="rate.kee.ru"), r"a rule names no series 'rate\.kee\.ru'"),
    ],
)
def test_a_faulty_file_is_refused_in_words(tmp_path, change, words):
    path = tmp_path / "faulty.csv"
    change(MADE_UP).to_csv(path, index=False)
    with pytest.raises(DataError, match=words):
        judged(read(), file=str(path))


def test_a_missing_file_and_an_unknown_article_are_named():
    with pytest.raises(DataError, match=r"no file 'nowhere\.csv'"):
        claims.claims(read(), file="nowhere.csv")
    with pytest.raises(DataError, match="did you mean article_newsweek"):
        claims.claims(read(), article="article_newsweek_2025")


@pytest.mark.parametrize("day", ["2021-06-30", "2025-01-20", "2025-03-31", "2025-12-31"])
def test_nothing_published_after_the_day_enters(day):
    """The leak test: cited documents were out by then, or their figures are assumed unrevised."""
    cat = read().as_of(day)
    shown, table = judged(cat)
    late = periods.bounds(claims.claims(cat).frame["published"])["end"] > pd.Timestamp(day)
    assert not late.any()
    named = {i for ids in shown["source_ids"] for i in ids.split(";") if i}
    out = periods.bounds(cat.sources.loc[sorted(named), "published"])["end"]
    assert (out <= pd.Timestamp(day)).all()
    for series in {i for ids in table["series_ids"] for i in ids.split(";") if i}:
        known = claims._history(cat, series)
        assert known.empty or known["end"].max() <= pd.Timestamp(day)


def test_the_vintage_of_the_article_never_sees_a_later_figure(latest):
    """Steel of 2025 was printed in 2026: the article of January 2025 cannot be judged by it."""
    _, table = latest
    row = table[table["claim_id"] == "mt13"].iloc[0]
    assert row["then_verdict"] == "not known"
    assert row["now_verdict"] == "overstated"
