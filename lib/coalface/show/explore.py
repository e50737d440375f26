"""A panel to try assumptions in JupyterLab, which is a plain scenario switch on a page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from coalface.errors import CoalfaceError
from coalface.scenarios import FIELDS, PATH_MONTHS, SUPPORT, Scenario, named, titles
from coalface.show.block import Block, escape
from coalface.show.words import switch

Model = Callable[[Scenario], Block | tuple[Block, ...]]
PATH = "key_rate_path_pct"
_MOST = 12  # panels of a switch


@dataclass(frozen=True)
class Explorer:
    """What `explore` returns: shown, it is a panel where widgets live, and a switch everywhere else."""

    model: Model
    baseline: Scenario
    sets: Mapping[str, Scenario]
    names: Mapping[str, str]
    fields: tuple[str, ...]
    legend: str

    @cached_property
    def block(self) -> Block:
        """The named scenarios as a switch, the only part that a page shows."""
        return switch(
            self.legend,
            {self.names.get(n, n): self.model(case) for n, case in list(self.sets.items())[:_MOST]},
        )

    @cached_property
    def panel(self) -> Any:
        """The widgets, made once, so that showing the cell again adds no second listener."""
        return _panel(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = self.block._repr_mimebundle_()
        if find_spec("ipywidgets") is not None and has_kernel():
            view = self.panel._repr_mimebundle_(include=None, exclude=None)
            bundle |= {k: v for k, v in view.items() if "widget-view" in k}
        return bundle

    def scenario(self, values: Mapping[str, Any], name: str = "own") -> Scenario:
        """The scenario of the baseline with these values; `key_rate_path_pct.6` is the level in 6 months."""
        changes = {key: value for key, value in values.items() if not key.startswith(f"{PATH}.")}
        path = tuple(
            values.get(f"{PATH}.{m}", level)
            for m, level in zip(PATH_MONTHS, self.baseline.key_rate_path_pct, strict=True)
        )
        return replace(self.baseline, name=name, key_rate_path_pct=path, **changes)

    def as_yaml(self, case: Scenario) -> str:
        """An entry for notebooks/scenarios.yml that says how a scenario departs from the baseline."""
        import yaml

        changes = {key: new for key, (_, new) in case.departures(self.baseline).items()}
        entry = {"title": "Own", "meaning": "Set by hand", "set": _plain(changes)}
        text: str = yaml.safe_dump({case.name: entry}, sort_keys=False, allow_unicode=True)
        return text


def explore(
    model: Model,
    baseline: Scenario,
    *,
    sets: Mapping[str, Scenario] | None = None,
    fields: Iterable[str] | None = None,
    legend: str = "Scenario",
) -> Explorer:
    """A what-if panel: a menu of scenarios, a slider and a box for each assumption, the result below.

    Parameters
    ----------
    model : callable
        From a scenario to what to show, a block or several; called again whenever an assumption changes.
    baseline : Scenario
        Where the sliders stand at first.
    sets : mapping, optional
        Named scenarios; default those of notebooks/scenarios.yml. The first twelve make the switch of a page.
    fields : iterable of str, optional
        Assumptions to offer; default every field in which some named scenario departs from the baseline.
    legend : str
        What is chosen.

    Notes
    -----
    The panel needs ipywidgets (`pip install coalface[explore]`). A page never holds it: it shows the switch.
    """
    known = dict(named(baseline) if sets is None else sets)
    moved = {key for case in known.values() for key in case.departures(baseline)}
    offered = tuple(fields) if fields is not None else tuple(f for f in (*FIELDS, "support") if f in moved)
    unknown = sorted(set(offered) - {*FIELDS, "support"})
    if unknown:
        raise ValueError(f"a scenario has no field {', '.join(unknown)}; it has {', '.join(FIELDS)}, support")
    return Explorer(model, baseline, known, titles() if sets is None else {}, offered, legend)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


def has_kernel() -> bool:
    """Whether a kernel runs this, so that a widget has somebody to talk to."""
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def _panel(explorer: Explorer) -> Any:
    import ipywidgets as widgets

    base = explorer.baseline
    names = {explorer.names.get(name, name): name for name in explorer.sets}
    menu = widgets.Dropdown(options=names, description=explorer.legend)
    result = widgets.HTML(layout={"min_height": "20rem"})  # a fixed height: the page does not jump on redraw
    copy = widgets.Textarea(description="As YAML", layout={"width": "40rem", "height": "8rem"})
    inputs: dict[str, Any] = {}
    rows: list[Any] = []
    for key, title, low, high, now in _dials(explorer, base):
        whole = isinstance(now, int)
        slider = (widgets.IntSlider if whole else widgets.FloatSlider)(
            value=now,
            min=low,
            max=high,
            step=1 if whole else _step(low, high),
            continuous_update=False,
            readout=False,
            description=title,
            style={"description_width": "18rem"},
            layout={"width": "40rem"},
        )
        box = (widgets.BoundedIntText if whole else widgets.BoundedFloatText)(
            value=now, min=low, max=high, step=slider.step, layout={"width": "7rem"}
        )
        widgets.link((slider, "value"), (box, "value"))
        inputs[key] = box
        rows.append(widgets.HBox([slider, box]))
    if "support" in explorer.fields:
        inputs["support"] = widgets.Dropdown(options=SUPPORT, value=base.support, description="Support")
        rows.append(inputs["support"])
    quiet = [False]

    def redraw(_: object = None) -> None:
        if quiet[0]:
            return
        try:
            case = explorer.scenario({key: w.value for key, w in inputs.items()})
            shown = explorer.model(case)
            blocks = shown if isinstance(shown, tuple) else (shown,)
            result.value = "".join(b._repr_mimebundle_()["text/html"] for b in blocks)
            copy.value = explorer.as_yaml(case)
        except (CoalfaceError, ValueError) as error:
            result.value = f"<p><b>Not possible.</b> {escape(error)}</p>"

    def choose(change: Mapping[str, Any]) -> None:
        """Set all dials to a named scenario, then draw once."""
        quiet[0] = True
        case = explorer.sets[change["new"]]
        for key, widget in inputs.items():
            widget.value = _value(case, key)
        quiet[0] = False
        redraw()

    for widget in inputs.values():
        widget.observe(redraw, names="value")
    menu.observe(choose, names="value")
    redraw()
    return widgets.VBox([menu, *rows, result, copy])


def _dials(explorer: Explorer, base: Scenario) -> Iterable[tuple[str, str, float, float, float]]:
    """Key, name, bounds and value of each number that can be turned; a path is one dial a month."""
    for key in explorer.fields:
        if key == "support":
            continue
        rule = FIELDS[key]
        if key == PATH:
            for month, level in zip(PATH_MONTHS, base.key_rate_path_pct, strict=True):
                yield f"{PATH}.{month}", f"Key rate in {month} months, percent", rule.low, rule.high, level
        else:
            yield key, f"{rule.meaning}, {rule.unit}", rule.low, rule.high, getattr(base, key)


def _value(case: Scenario, key: str) -> Any:
    name, _, month = key.partition(".")
    value = getattr(case, name)
    return value[PATH_MONTHS.index(int(month))] if month else value


def _step(low: float, high: float) -> float:
    """A power of ten that cuts the range into a hundred to a thousand steps.

    Examples
    --------
    >>> _step(-80, 200), _step(20, 400), _step(0, 60)
    (1.0, 1.0, 0.1)
    """
    return float(10.0 ** math.floor(math.log10((high - low) / 100)))
