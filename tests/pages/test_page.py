"""What a page is, read as text: structure, sources, safety of fragments, equal bytes."""

from __future__ import annotations

import html as html_module
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from coalface.report import clean, export, pieces
from coalface.report.ledger import UNSEALED, headlines

VOID = {"br", "col", "hr", "img", "input", "meta", "source"}


class Tags(HTMLParser):
    """Tags in order, attributes by tag, and faults of nesting."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


def test_the_policy_is_the_first_thing_in_the_head(html):
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    head = html[html.index("<head>") + 6 :]
    assert head.startswith(f'<meta http-equiv="Content-Security-Policy" content="{policy}">')
    assert html.startswith("<!doctype html>") and '<html lang="en">' in html


def test_a_page_holds_no_script_and_asks_for_nothing(html):
    tags = read(html)
    names = {tag for tag, _ in tags.found}
    assert not names & {"script", "link", "iframe", "object", "embed", "svg", "form", "video", "base"}
    for tag, attributes in tags.found:
        assert not any(name.startswith("on") for name in attributes), tag
        for name in {"src", "srcset"} & attributes.keys():
            assert attributes[name].startswith("data:image/svg+xml;base64,")
    assert "url(" not in html and "@import" not in html


def test_every_tag_is_closed_and_every_id_stands_once(html):
    tags = read(html)
    assert not tags.faults and not tags.open
    ids = Counter(a["id"] for _, a in tags.found if a.get("id"))
    assert not [i for i, n in ids.items() if n > 1]


def test_every_anchor_and_every_data_id_resolves(html):
    tags = read(html)
    ids = {a["id"] for _, a in tags.found if a.get("id")}
    for _, attributes in tags.found:
        target = attributes.get("href") or ""
        if target.startswith("#"):
            assert target[1:] in ids, target
        for source in (attributes.get("data-id") or "").split():
            assert f"src-{source}" in ids, source


def test_every_number_of_a_card_and_every_sourced_table_carries_its_sources(html):
    tags = read(html)
    numbers = [a for tag, a in tags.found if tag == "data"]
    assert len(numbers) == 4 and all(a["data-id"] for a in numbers)
    tables = [a for tag, a in tags.found if tag == "table" and "data" not in (a.get("class") or "")]
    assert any(a.get("data-id") for a in tables)


def test_headings_go_down_one_level_at_a_time_from_one_h1(html):
    levels = [int(tag[1]) for tag, _ in read(html).found if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_tables_have_a_caption_and_no_head_without_scope_or_words(html):
    for table in re.findall(r"<table.*?</table>", html, re.S):
        assert "<caption>" in table
        heads = re.findall(r"<th( [^>]*|)>(.*?)</th>", table, re.S)
        assert heads and all('scope="' in attributes and words.strip() for attributes, words in heads)


def test_figures_and_tables_are_numbered_through_the_page(html):
    assert re.findall(r'class="no">Figure (\d+)<', html) == ["1", "2"]
    assert re.findall(r"<caption><span>Table (\d+)\.", html) == ["1", "2", "3"]
    assert pieces.SLOT not in html


def test_the_page_of_the_same_notebook_is_the_same_bytes(sample, meta, html):
    assert export.page(sample, meta) == html


def test_a_page_keeps_room_for_its_own_hash_and_shows_commit_data_and_parameters(html):
    assert html.count(UNSEALED) == 1
    for word in ("0123456789ab", "fedcba9876543210", "named set of assumptions", "2026-05-01"):
        assert word in html


def test_the_notebooks_headlines_are_read_once_each(sample):
    rows = [tuple(h[key] for key in ("id", "value", "low", "high")) for h in headlines(sample, "09-sample")]
    assert rows == [
        ("exports_2025", 207.0, 203.0, 211.0),
        ("result_2025", -334.9, None, None),
        ("share_2026", 42.0, 38.0, 47.0),
        ("unknown_2026", None, None, None),
    ]


def test_cleaning_keeps_the_structure_of_what_the_blocks_make(sample):
    for cell in sample.cells:
        for output in cell.get("outputs", []):
            block = output.get("data", {}).get(pieces.MIME)
            if block:
                before, after = read(block["html"]), read(clean.fragment(block["html"]))
                assert [t for t, _ in before.found] == [t for t, _ in after.found]
                for (_, old), (tag, new) in zip(before.found, after.found, strict=True):
                    new.pop("rel", None)
                    assert old.keys() == new.keys(), tag


def test_other_output_types_never_reach_the_page(sample, meta):
    from copy import deepcopy

    changed = deepcopy(sample)
    changed.cells[3].outputs[0].data["text/html"] = "<p>raw html of a cell</p>"
    changed.cells[3].outputs[0].data["application/javascript"] = "alert('raw script of a cell')"
    assert "raw html of a cell" not in export.page(changed, meta)
    del changed.cells[3].outputs[0].data[pieces.MIME]
    page = export.page(changed, meta)
    assert "raw html of a cell" not in page and "raw script of a cell" not in page


@pytest.mark.parametrize(
    ("dirty", "kept"),
    [
        ('<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>', '<a rel="noreferrer">x</a>'),
        (
            '<a href="data:text/csv;base64,YSxi">x</a>',
            '<a href="data:text/csv;base64,YSxi" rel="noreferrer">x</a>',
        ),
        ('<img src="https://evil.example/x.png" alt="x">', '<img alt="x">'),
        ('<img src="data:text/html,x" alt="x">', '<img alt="x">'),
        ('<picture><source srcset="https://evil.example/x"></picture>', "<picture><source></picture>"),
        ('<i style="left:1.0%;width:2.0%"></i>', '<i style="left:1.0%;width:2.0%"></i>'),
        ('<i style="background:url(https://evil.example)"></i>', "<i></i>"),
        ('<p style="position:fixed">x</p>', "<p>x</p>"),
        ('<meta http-equiv="refresh" content="0;url=https://evil.example">x', "x"),
        ("<svg><script>alert(1)</script></svg>x", "x"),
        ('<input type="image" src="https://evil.example">', "<input>"),
        ('<form action="https://evil.example"><p>x</p></form>', "<p>x</p>"),
        ("<math><mtext><script>alert(1)</script></mtext></math>", "<math><mtext></mtext></math>"),
    ],
)
def test_the_whitelist_keeps_text_and_drops_what_could_act(dirty, kept):
    assert clean.fragment(dirty) == kept


def test_the_code_of_every_cell_is_folded_into_its_section(html, sample):
    text = html_module.unescape(re.sub(r"</?span[^>]*>", "", html))
    for cell in sample.cells:
        if cell.cell_type == "code":
            assert cell.source.strip() in text


def test_warnings_of_the_series_used_are_spelled_out_under_what_is_not_known(html):
    box = html[html.index('class="box"') :]
    assert "conflicting sources" in box and "sources disagree" in box


def test_a_report_that_failed_gets_a_page_with_cell_and_cause(meta):
    page = export.failure(meta, cell=4, source="1 / 0", cause="ZeroDivisionError: <b>x</b>")
    assert "Code cell 4" in page and "&lt;b&gt;x&lt;/b&gt;" in page and page.count(UNSEALED) == 1
    assert not read(page).faults


def test_the_index_groups_reports_and_shows_failures_with_their_reason(sample):
    picture, alt = export.preview(sample)
    made = export.Listed("01-a", "Exports", "Fell?", "01-a", "default", preview=picture, preview_alt=alt)
    failed = export.Listed("01-a", "Exports", "Fell?", "01-a__x", "scenario=x", failed="ValueError: no")
    page = export.index_page([made, failed])
    assert page.count("<h2>Exports</h2>") == 1 and "ValueError: no" in page and 'href="01-a.html"' in page
    assert "data:image/svg+xml;base64," in page and not read(page).faults


def test_an_ordinary_page_is_small(html):
    assert len(html.encode()) < 400_000


def test_formulas_in_markdown_cells_become_mathml():
    shown = pieces.markdown(r"The share $\alpha_i$ and $$x = \frac{a}{b}$$")
    assert shown.count("<math") == 2 and "$" not in shown


def test_a_wide_table_is_numbered_like_any_other():
    from itertools import count

    found = pieces.numbered(
        f'<div class="scroll wide"><table><caption>Table {pieces.SLOT}. x</caption></table></div>',
        {"figure": count(1), "table": count(7)},
    )
    assert "Table 7. x" in found


def test_a_long_list_of_series_stands_once_and_later_figures_point_to_it():
    def drawn(number, series):
        return (
            f'<figure id="fig-f{number}"><details><summary>Data, series and sources of figure {number}'
            f"</summary><p>Series: <code>{series}</code></p></details></figure>"
        )

    long, listed = ", ".join(f"coal.exports.ru.to_{k}" for k in range(30)), {}
    shown = [
        pieces.listed_once(drawn(k, text), listed) for k, text in ((1, long), (2, "a"), (3, long), (4, "a"))
    ]
    assert [long in page for page in shown] == [True, False, False, False]
    assert 'Series: those of <a href="#fig-f1">figure 1</a>' in shown[2]
    assert shown[3] == drawn(4, "a")  # a short list is read faster than followed
    assert pieces.listed_once(drawn(1, long) + drawn(2, long), {}).count(long) == 1


def test_many_reports_of_one_notebook_become_a_table_with_a_row_each():
    entries = [
        export.Listed("05", "Towns", "What?", f"05__{k}", f"town={k}", [{"id": "jobs", "text": f"{k} jobs"}])
        for k in range(9)
    ]
    entries.append(export.Listed("05", "Towns", "What?", "05__x", "town=x", failed="ValueError: no"))
    page = export.index_page(entries)
    assert page.count('<th scope="row">') == 10 and "8 jobs" in page and 'href="05__x.failed.html"' in page
    assert not read(page).faults
