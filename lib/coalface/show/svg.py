"""Charts as SVG: drawn twice, small, equal in bytes from run to run, and coloured by the reader's theme."""

from __future__ import annotations

import base64
import inspect
import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from coalface.show import marks
from coalface.show.style import palette, rc

WIDE, NARROW = (
    7.5,
    3.65,
)  # inches: 540 and 263 points, so that 9 points are 12 pixels on a page and on a phone
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif"
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def _round(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _path(match: re.Match[str]) -> str:
    """Path data without spare spaces, with implied line commands and one decimal."""
    data = _NUMBER.sub(_round, " ".join(match[1].split()))
    data = re.sub(r" ?([MLQCz]) ?", r"\1", data)
    data = re.sub(r"(?<=\d)L(?=[-\d])", " ", data)
    return f' d="{data}"'


def _font(match: re.Match[str]) -> str:
    """Size and weight only; the family is the reader's own and stands once in the style sheet."""
    return f"font-size:{match[2]}" + (f";font-weight:{match[1]}" if match[1] else "")


def _colours(text: str) -> str:
    used = []
    for token, tone in palette().items():
        if tone["light"] in text:
            text = text.replace(tone["light"], f"var(--{token})")
            used.append(token)
    light, dark = (
        "".join(f"--{t}:{palette()[t][side]};" for t in dict.fromkeys((*used, "halo")) if t in palette())
        for side in ("light", "dark")
    )
    css = (
        f":root{{--halo:#fbfaf8;{light}}}@media print{{:root{{--halo:#fff}}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--halo:#121212;{dark}}}}}"
        f"text{{font-family:{FONT}!important;font-variant-numeric:tabular-nums lining-nums;"
        "paint-order:stroke;stroke:var(--halo);stroke-width:2.4px;stroke-linejoin:round}"
    )
    return re.sub(r"(<svg[^>]*>)", lambda m: f"{m[1]}<style>{css}</style>", text, count=1)


def compact(text: str) -> str:
    """A matplotlib SVG without header, metadata, ids and spare digits, and with the palette as variables."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<style type=\"text/css\">.*?</style>", "", text, flags=re.S)
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    text = re.sub(r' d="([^"]*)"', _path, text)
    text = re.sub(
        r'( (?:x|y|width|height|transform|cx|cy|r)=")([^"]*)(")',
        lambda m: m[1] + _NUMBER.sub(_round, m[2]) + m[3],
        text,
    )
    text = re.sub(r"font: (?:(\w+) )?([\d.]+px) [^;\"]*", _font, text)
    text = re.sub(r"font-family: [^;\"]*;?", "", text)
    text = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", text)
    text = re.sub(
        r'style="([^"]*)"', lambda m: 'style="' + re.sub(r"\s*([:;])\s*", r"\1", m[1]).strip("; ") + '"', text
    )
    text = re.sub(r">\s+<", "><", text)
    text = re.sub(r'<path d="[^"]*" style="fill:none"/>', "", text)
    text = re.sub(r"<g>(<path[^>]*/>|<use[^>]*/>|<text[^>]*>[^<]*</text>)</g>", r"\1", text)
    text = text.replace("<g></g>", "").replace("<defs></defs>", "").replace("<g/>", "").replace("<defs/>", "")
    return _colours(text)


def draw_svg(
    draw: Callable[..., Any],
    args: tuple[Any, ...],
    size: tuple[float, float],
    narrow: bool,
    options: dict[str, Any],
) -> str:
    """One drawing as SVG text. A `draw` with a parameter `fig` gets the whole figure, any other gets axes."""
    style: Any = rc()
    with mpl.rc_context(style):
        fig = Figure(figsize=size)
        FigureCanvasSVG(fig)
        target = {"fig": fig} if "fig" in inspect.signature(draw).parameters else {"ax": fig.subplots()}
        draw(*args, **target, narrow=narrow, **options)
        marks.fit(fig)
        out = io.StringIO()
        fig.savefig(out, format="svg", metadata=_NO_METADATA)
    return compact(out.getvalue())


def data_uri(svg: str) -> str:
    """An SVG as the address of an image; inside an image no script of it can run."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
