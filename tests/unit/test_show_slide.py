"""One result on several days: a slider in JupyterLab, a switch on a page."""

import pytest

from coalface import show

PANELS = {"2024-12-31": show.say("First."), "2025-12-31": show.say("Second."), "latest": show.say("Third.")}


def test_without_a_kernel_a_slide_is_a_switch_of_all_days():
    bundle = show.slide("As known on", PANELS)._repr_mimebundle_()
    assert bundle[show.MIME]["kind"] == "switch"
    assert all(word in bundle[show.MIME]["html"] for word in ("First", "Second", "Third"))
    assert not any("widget" in kind for kind in bundle)


def test_the_slider_starts_at_the_newest_day_and_shows_the_one_chosen():
    pytest.importorskip("ipywidgets")
    slider, shown = show.slide("As known on", PANELS).widget.children
    assert slider.value == "latest"
    assert "Third." in shown.value
    slider.value = "2024-12-31"
    assert "First." in shown.value


def test_a_slide_of_one_day_is_refused():
    with pytest.raises(ValueError, match="two to twelve days"):
        show.slide("As known on", {"latest": PANELS["latest"]})
