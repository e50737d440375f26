"""One result on several days: a slider in JupyterLab, which is a plain switch on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from coalface.show.block import Block
from coalface.show.explore import has_kernel
from coalface.show.words import switch


@dataclass(frozen=True)
class Slide:
    """What `slide` returns: shown, it is a slider where widgets live, and a switch everywhere else."""

    legend: str
    panels: Mapping[str, Block]

    @cached_property
    def block(self) -> Block:
        """The panels as a switch, the only part that a page shows."""
        return switch(self.legend, dict(self.panels))

    @cached_property
    def widget(self) -> Any:
        """Slider and panel, made once."""
        import ipywidgets as widgets

        names = list(self.panels)
        slider = widgets.SelectionSlider(
            options=names, value=names[-1], description=self.legend, layout={"width": "40rem"}
        )
        shown = widgets.HTML(layout={"min_height": "20rem"})  # a fixed height: the page does not jump

        def draw(_: object = None) -> None:
            shown.value = self.panels[slider.value]._repr_mimebundle_()["text/html"]

        slider.observe(draw, names="value")
        draw()
        return widgets.VBox([slider, shown])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = self.block._repr_mimebundle_()
        if find_spec("ipywidgets") is not None and has_kernel():
            view = self.widget._repr_mimebundle_(include=None, exclude=None)
            bundle |= {key: value for key, value in view.items() if "widget-view" in key}
        return bundle


def slide(legend: str, panels: Mapping[str, Block]) -> Slide:
    """The same table or figure as known on several days, to move through by a slider.

    Parameters
    ----------
    legend : str
        What the names are, such as "As known on".
    panels : mapping
        By day, in time order: what to show. Two to twelve.

    Notes
    -----
    The slider needs ipywidgets (`pip install coalface[explore]`). A page never holds it: it shows a switch.
    """
    if not 2 <= len(panels) <= 12:
        raise ValueError(f"a slide needs two to twelve days, not {len(panels)}")
    return Slide(legend, dict(panels))
