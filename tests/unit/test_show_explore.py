"""The what-if panel: the same scenarios as widgets and as a switch."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from coalface import show
from coalface.scenarios import Scenario

BASE = Scenario(
    name="baseline", rub_per_usd=80.0, key_rate_path_pct=(14.0, 13.0, 12.0, 9.0), discount_pct=15.0
)
SETS = {
    "baseline": BASE,
    "weak_rouble": replace(BASE, name="weak_rouble", rub_per_usd=100.0),
    "slump": replace(BASE, name="slump", price_change_pct=-30.0, key_rate_path_pct=(16.0, 16.0, 15.0, 12.0)),
}


def told(case: Scenario) -> show.Block:
    return show.say(
        f"Rouble at {case.rub_per_usd:g}, price {case.price_change_pct:+g}, rate {case.rate_at(6):g}."
    )


def explorer():
    return show.explore(told, BASE, sets=SETS, legend="Assumptions")


def test_without_a_kernel_the_panel_is_a_switch_of_the_named_scenarios():
    bundle = explorer()._repr_mimebundle_()
    assert bundle[show.MIME]["kind"] == "switch" and bundle[show.MIME]["html"].count('type="radio"') == 3
    assert "Rouble at 100" in bundle[show.MIME]["html"]
    assert not any("widget" in kind for kind in bundle)


def test_only_assumptions_that_some_scenario_moves_are_offered():
    assert explorer().fields == ("rub_per_usd", "key_rate_path_pct", "price_change_pct")


def test_an_unknown_assumption_is_refused():
    with pytest.raises(ValueError, match="rub_usd"):
        show.explore(told, BASE, sets=SETS, fields=["rub_usd"])


def test_a_scenario_set_by_hand_can_be_copied_into_the_file_of_scenarios():
    case = explorer().scenario({"rub_per_usd": 95.0, "key_rate_path_pct.6": 15.0})
    assert case.key_rate_path_pct == (14.0, 15.0, 12.0, 9.0)
    copied = yaml.safe_load(explorer().as_yaml(case))["own"]["set"]
    assert copied == {"rub_per_usd": 95.0, "key_rate_path_pct": [14.0, 15.0, 12.0, 9.0]}


@pytest.fixture
def panel():
    pytest.importorskip("ipywidgets")
    return explorer().panel


def controls(panel):
    return {row.children[0].description: row.children for row in panel.children[1:-2]}


def test_slider_and_number_box_move_together_and_redraw(panel):
    slider, box = next(pair for name, pair in controls(panel).items() if "rouble" in name.lower())
    slider.value = 120.0
    assert box.value == 120.0 and "Rouble at 120" in panel.children[-2].value
    box.value = 60.0
    assert slider.value == 60.0 and "rub_per_usd: 60.0" in panel.children[-1].value


def test_choosing_a_named_scenario_sets_every_dial_and_draws_it(panel):
    panel.children[0].value = "slump"
    assert "price -30, rate 16" in panel.children[-2].value
    assert [pair[1].value for name, pair in controls(panel).items() if "months" in name] == [16, 16, 15, 12]


def test_an_impossible_assumption_is_said_in_the_panel_and_stops_nothing(panel):
    def broken(case: Scenario) -> show.Block:
        raise ValueError(f"no market at {case.rub_per_usd:g} <b>")

    shown = show.explore(broken, BASE, sets=SETS).panel.children[-2].value
    assert "Not possible" in shown and "&lt;b&gt;" in shown


def test_a_figure_in_every_panel_keeps_its_name_once_and_its_claim_from_the_first():
    trace = type("T", (), {"series": (), "documents": (), "vintage": "2026", "grades": (), "warnings": ()})()
    cards = [show.headline("exports", v, "Mt", label="Exports", trace=trace) for v in (1.0, 2.0)]
    block = show.switch("Scenario", {"A": cards[0], "B": cards[1]})
    assert block.html.count('id="h-exports"') == 1 and 'id="h-exports-2"' in block.html
    assert [claim["value"] for claim in block.data["headlines"]] == [1.0]
