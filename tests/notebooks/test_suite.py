"""The index is strict, jobs are planned before anything starts, and every report has a file of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface import cli
from coalface.errors import CoalfaceError, ParameterError
from coalface.report import jobs, suite

GOOD = "{file: 01-a.ipynb, title: A, question: 'Q?'"


def _index(found, text):
    (found.root / "notebooks" / "index.yml").write_text(text)
    return suite.read(found.root)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "wants one key"),
        ("- a", "wants one key"),
        ("notebooks: 1", "wants one key"),
        ("notebooks: []\nmore: 1", "wants one key"),
        ("notebooks: [", "cannot read"),
        ("notebooks: []\nnotebooks: []", "stands there twice"),
        ("notebooks: [1]", "wants names with values"),
        (f"notebooks: [{GOOD}, titel: x}}]", "unknown key 'titel'; did you mean title"),
        ("notebooks: [{file: 01-a.ipynb, title: A}]", "`question` must be a text"),
        ("notebooks: [{file: 01-a.ipynb, title: 3, question: q}]", "`title` must be a text"),
        ("notebooks: [{file: ../01-a.ipynb, title: A, question: q}]", "plain name"),
        ("notebooks: [{file: 01-a.py, title: A, question: q}]", "plain name"),
        (f"notebooks: [{GOOD}}}, {GOOD}}}]", "twice"),
        (f"notebooks: [{GOOD}, bounds: {{seed: [2, 1]}}}}]", "two numbers in order"),
        (f"notebooks: [{GOOD}, bounds: {{seed: 1}}}}]", "two numbers in order"),
        (f"notebooks: [{GOOD}, bounds: {{seed: [0, .nan]}}}}]", "two numbers in order"),
        (f"notebooks: [{GOOD}, choices: {{seed: []}}}}]", "list of plain values"),
        (f"notebooks: [{GOOD}, choices: {{seed: {{table: t.csv}}}}}}]", "list of plain values"),
        (f"notebooks: [{GOOD}, choices: {{seed: {{table: t.csv, column: a}}}}}}]", "cannot read"),
        (f"notebooks: [{GOOD}, choices: {{seed: {{table: ../x.csv, column: a}}}}}}]", "plain name"),
        (f"notebooks: [{GOOD}, sets: {{'a b': {{}}}}}}]", "small letters"),
        (f"notebooks: [{GOOD}, sets: {{a: 1}}}}]", "wants names with values"),
    ],
)
def test_a_fault_of_the_index_is_named(checkout, text, sentence):
    found = checkout({"01-a": ()})
    with pytest.raises(CoalfaceError, match=sentence) as caught:
        _index(found, text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sets", "sentence"),
    [
        ("{sed: 1}", "no parameter 'sed'; did you mean seed"),
        ("{seed: 1.5}", "wants int"),
        ("{scenario: slump}", "does not know 'slump'"),
        ("{as_of: 2025-01-01}", "wants str"),  # YAML makes a date of it
    ],
)
def test_a_wrong_set_starts_nothing(checkout, render, tmp_path, sets, sentence):
    found = _index(checkout({"01-a": ()}), f"notebooks: [{GOOD}, sets: {{odd: {sets}}}}}]")
    with pytest.raises(ParameterError, match=sentence):
        render(found)
    assert not (tmp_path / "out").exists()


def test_choices_may_be_looked_up_in_a_table(checkout):
    found = checkout({"01-a": ()})
    (found.root / "data" / "towns.csv").write_text("town_id,coal\nb,yes\na,yes\nc,no\nb,yes\n")
    look_up = "{table: towns.csv, column: town_id, where: {coal: 'yes'}}"
    found = _index(found, f"notebooks: [{GOOD}, choices: {{town: {look_up}}}}}]")
    assert found.entries[0].choices["town"] == ("b", "a")
    for wrong, sentence in (("coa: 'yes'", "did you mean coal"), ("coal: 'maybe'", "no row")):
        with pytest.raises(CoalfaceError, match=sentence):
            rule = look_up.replace("coal: 'yes'", wrong)
            _index(found, f"notebooks: [{GOOD}, choices: {{town: {rule}}}}}]")


def test_a_notebook_is_found_by_any_clear_name(checkout):
    found = checkout({"01-a": (), "02-b": (), "02-c": ()})
    for name in ("01", "01-a", "01-a.ipynb", "notebooks/01-a.ipynb"):
        assert found.pick(name).name == "01-a"
    with pytest.raises(ParameterError, match="could be 02-b, 02-c"):
        found.pick("02")
    with pytest.raises(ParameterError, match="did you mean 02-b"):
        found.pick("03-b")
    with pytest.raises(ParameterError, match="no notebook ''"):
        found.pick("")


def test_render_plans_every_set_and_given_parameters_replace_them(checkout):
    found = _index(checkout({"01-a": ()}), f"notebooks: [{GOOD}, sets: {{other: {{seed: 3}}}}}}]")
    assert [job.stem for job in jobs.planned(found)] == ["01-a", "01-a--other"]
    assert [job.stem for job in jobs.planned(found, ["01"], [("seed", "4")])] == ["01-a--seed=4"]
    with pytest.raises(ParameterError, match="given twice"):
        jobs.planned(found, ["01"], [("seed", "4"), ("seed", "4")])


def test_a_sweep_is_the_product_of_its_axes(checkout):
    found = checkout({"01-a": ()}, scenarios="baseline: {}\nslump: {}\n")
    stems = [job.stem for job in jobs.swept(found, ["01"], ["scenario"], ["seed=1,2"])]
    assert stems == [
        "01-a--seed=1", "01-a--seed=2", "01-a--scenario=slump--seed=1", "01-a--scenario=slump--seed=2"
    ]  # fmt: skip
    for each, grid, sentence in (
        (["seed"], [], "lists no choices"),
        (["sed"], [], "did you mean seed"),
        ([], ["seed="], "has no value"),
        ([], ["seed=1,x"], "wants int"),
        (["scenario"], ["scenario=slump"], "given twice"),
    ):
        with pytest.raises(ParameterError, match=sentence):
            jobs.swept(found, ["01"], each, grid)


def test_the_batches_of_a_sweep_are_all_its_reports_each_once(checkout):
    wanted = jobs.swept(checkout({"01-a": ()}), ["01"], [], ["seed=1,2,3,4,5,6,7"])
    parts = [jobs.batch(wanted, f"{k}/3") for k in (1, 2, 3)]
    assert sorted(job.stem for part in parts for job in part) == sorted(job.stem for job in wanted)
    for rule in ("0/3", "4/3", "1", "a/b", "1/0", "-1/3"):
        with pytest.raises(ParameterError, match="K/N"):
            jobs.batch(wanted, rule)


@given(
    st.lists(
        st.tuples(st.text(max_size=50), st.integers(), st.booleans()), min_size=2, max_size=2, unique=True
    )
)
def test_different_parameters_have_different_safe_files(rows):
    names = {jobs.stem("01-a", dict(zip("xyz", row, strict=True))).lower() for row in rows}
    assert len(names) == 2
    for name in names:
        assert len(name) <= 130
        assert name.isascii()
        assert not set(name) & set('/\\:*?"<>| \n')


@pytest.mark.parametrize(
    "words",
    [
        ["render", "01", "-p", "sed=1"],
        ["render", "01", "-p", "seed=1.5"],
        ["render", "01", "-p", "a=1\nopen('gotcha','w')\nb=2"],
        ["render", "01", "-p", "seed"],
        ["render", "01", "--scenario", "nan"],
        ["render", "01", "--scenario", "\udcff"],
        ["render", "01", "--as-of", "yesterday"],
        ["render", "09"],
        ["sweep", "01"],
        ["sweep", "01", "--each", "seed"],
        ["verify", "no-such-file.html"],
        ["render", "-j", "0"],
        ["render", "--engine", "warp"],
        [],
    ],
)
def test_misuse_ends_with_code_two_and_starts_nothing(checkout, monkeypatch, capsys, tmp_path, words):
    found = checkout({"01-a": ()})
    monkeypatch.setenv("COALFACE_ROOT", str(found.root))
    monkeypatch.chdir(tmp_path)
    try:
        code = cli.main(words)
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert capsys.readouterr().err
    assert not (found.root / "reports").exists()
    assert not (tmp_path / "gotcha").exists()


def test_without_a_checkout_one_sentence_says_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("COALFACE_ROOT", str(tmp_path))
    assert cli.main(["render"]) == 1
    assert "run coalface in a checkout" in capsys.readouterr().err


def test_a_choice_may_go_by_other_names(checkout):
    found = checkout({"01-a": ()})
    (found.root / "data" / "towns.csv").write_text(
        "town_id,name,name_ru\nbelovo,Belovo,Белово\nberezovsky,Berezovsky,Берёзовский\nb2,Belovo 2,Белово\n"
    )
    rule = "{table: towns.csv, column: town_id, aliases: [name, name_ru]}"
    entry = _index(found, f"notebooks: [{GOOD}, choices: {{scenario: {rule}}}}}]").entries[0]
    for name in ("berezovsky", "BEREZOVSKY", "Березовский", "берёзовский"):
        assert entry.complete({"scenario": name, "seed": 1})["scenario"] == "berezovsky"
    for name, offer in (
        ("Белово", "belovo"),
        ("Березовск", r"berezovsky \(Берёзовский\)"),
        ("belov", "belovo"),
    ):
        with pytest.raises(ParameterError, match=offer):  # two towns are called Белово
            entry.complete({"scenario": name})
