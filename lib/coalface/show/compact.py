"""Matplotlib's SVG made small: relative paths, shared styles, no metadata, colours that follow the theme."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from coalface.show.style import palette

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif"
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_NEAR = 5  # tenths of a point: closer to the point before it, a point of a long path cannot be seen
_LONG = 30  # points; a shorter path keeps every one
_SPECK = 6  # tenths of a point: an area no larger is an island that nobody sees


def compact(text: str) -> str:
    """A matplotlib SVG without header, metadata, ids and spare digits, and with the palette as variables."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style type=.*?</style>", "", text, flags=re.S)
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    text = re.sub(r' d="([^"]*)"', lambda m: f' d="{path(m[1])}"', text)
    text = re.sub(
        r'( (?:x|y|width|height|transform|cx|cy|r)=")([^"]*)(")',
        lambda m: m[1] + _NUMBER.sub(lambda n: _short(round(float(n[0]) * 10)), m[2]) + m[3],
        text,
    )
    text = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", text)
    text = re.sub(r'style="([^"]*)"', lambda m: f'style="{_style(m[1])}"', text)
    text = re.sub(r' clip-path="(url\([^)]*\))"([^>]*) style="', r'\2 style="clip-path:\1;', text)
    text = re.sub(r">\s+<", "><", text)
    text = re.sub(r'<path d="[^"]*" style="fill:none"/>', "", text)
    text = re.sub(r"<g>(<path[^>]*/>|<use[^>]*/>|<text[^>]*>[^<]*</text>)</g>", r"\1", text)
    text = re.sub(r"<(g|defs)></\1>|<(?:g|defs)/>", "", text)
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    return _ungrouped(_sheet(_ids(text)))


def _ungrouped(text: str) -> str:
    """The drawing without groups that say nothing of what they hold.

    Examples
    --------
    >>> _ungrouped('<g><path/><g class="a"><g><text>x</text></g></g></g>')
    '<path/><g class="a"><text>x</text></g>'
    """
    out: list[str] = []
    ends: list[str] = []
    for part in re.split(r"(<g(?: [^>]*)?>|</g>)", text):
        if part == "</g>":
            out.append(ends.pop())
        elif part.startswith("<g"):
            ends.append("" if part == "<g>" else "</g>")
            out.append("" if part == "<g>" else part)
        else:
            out.append(part)
    return "".join(out)


def path(data: str) -> str:
    """Path data in tenths: straight lines relative, without steps too small to see; curves as they are.

    Examples
    --------
    >>> path("M 10.04 20 L 30 40.26 L 30 50 z")
    'M10 20l20 20.3v9.7z'
    >>> path("M 0 0 Q 1.23 2 3 4")
    'M0 0Q1.2 2 3 4'
    """
    data = " ".join(data.split())
    if re.search(r"[QCSTA]", data):
        data = _NUMBER.sub(lambda m: _short(round(float(m[0]) * 10)), data)
        return re.sub(r" ?([MLQCz]) ?", r"\1", data)
    out: list[str] = []
    at = (0, 0)
    for part in re.findall(r"M[^M]*", data):
        numbers = [round(float(n) * 10) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", part)]
        points = list(_seen(list(zip(numbers[::2], numbers[1::2], strict=True))))
        start, steps, before = points[0], [], at
        for point in points:
            steps.append((point[0] - at[0], point[1] - at[1]))
            at = point
        closed = part.rstrip().endswith("z")
        if closed and len(part) > 40 and all(max(v) - min(v) <= _SPECK for v in zip(*points, strict=True)):
            at = before
            continue
        # Absolute where a path begins, so that two paths can be joined into one; all else is relative.
        begin = ("m" if out else "M") + _joined(iter(steps[0]))
        out.append(begin + _lines(steps[1:]) + ("z" if closed else ""))
        at = start if closed else at
    return "".join(out)


def _seen(points: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The points that differ visibly from the one before; first and last always stay."""
    near = 2 * _NEAR if len(points) > 2 * _LONG else _NEAR if len(points) > _LONG else 0
    kept = points[0]
    yield kept
    for k, point in enumerate(points[1:], start=1):
        last = k == len(points) - 1
        if last or abs(point[0] - kept[0]) > near or abs(point[1] - kept[1]) > near:
            kept = point
            yield point


def _short(tenths: int) -> str:
    """A number of tenths as the shortest text: 15 is "1.5", 20 is "2", -3 is "-.3"."""
    text = f"{tenths / 10:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _lines(steps: list[tuple[int, int]]) -> str:
    """Relative lines, level and upright ones by a single number.

    Examples
    --------
    >>> _lines([(10, 0), (5, 5), (-5, 5), (0, 20)])
    'h1l.5 .5-.5 .5v2'
    """
    out, before = "", ""
    for dx, dy in steps:
        name, numbers = ("h", [dx]) if dy == 0 else ("v", [dy]) if dx == 0 else ("l", [dx, dy])
        words = _joined(iter(numbers))
        out += (name if name != before else "" if words.startswith("-") else " ") + words
        before = name
    return out


def _joined(tenths: Iterator[int]) -> str:
    words = [_short(n) for n in tenths]
    return "".join(w if k == 0 or w.startswith("-") else f" {w}" for k, w in enumerate(words))


def _style(text: str) -> str:
    """Size and weight of a font only, as the family stands once in the sheet; no spare space."""
    text = re.sub(
        r"font: (?:(\w+) )?([\d.]+px) [^;]*",
        lambda m: f"font-size:{m[2]}" + (f";font-weight:{m[1]}" if m[1] else ""),
        text,
    )
    text = re.sub(r"font-family: [^;]*;?", "", text)
    return re.sub(r"\s*([:;,])\s*", r"\1", text).strip("; ")


def _ids(text: str) -> str:
    """Short names for what is used again: markers, hatches, clipping."""
    for k, name in enumerate(dict.fromkeys(re.findall(r'id="([^"]+)"', text))):
        text = text.replace(f'"{name}"', f'"i{k}"').replace(f"#{name}", f"#i{k}")
    return text


def _one_path(match: re.Match[str]) -> str:
    """Areas of one style that follow each other, as one path."""
    data = "".join(re.findall(r' d="([^"]*)"', match[0]))
    return f'<path d="{data}" class="{match[1]}"/>'


def _one_class(match: re.Match[str]) -> str:
    """Texts of one class that follow each other, in a group that has the class."""
    texts = match[0].replace(f' class="{match[1]}"', "")
    return f'<g class="{match[1]}">{texts}</g>'


def _sheet(text: str) -> str:
    """The SVG's own style sheet: variables for both themes, the font, and each style that stands twice."""
    seen = Counter(re.findall(r'style="([^"]*)"', text))
    shared = {style: f"c{k}" for k, style in enumerate(s for s, n in seen.items() if n > 1 and s)}
    text = re.sub(r'style="([^"]*)"', lambda m: f'class="{shared[m[1]]}"' if m[1] in shared else m[0], text)
    text = re.sub(r'<path d=""[^>]*/>', "", text)
    text = re.sub(r'(?:<path d="[^"]*z" class="(c\d+)"/>)(?:<path d="[^"]*z" class="\1"/>)+', _one_path, text)
    # A stroke in the class would lose against the halo that the sheet gives to every text.
    plain = "|".join(name for style, name in shared.items() if "stroke" not in style)
    if plain:
        text = re.sub(
            rf'<text class="({plain})"[^>]*>[^<]*</text>(?:<text class="\1"[^>]*>[^<]*</text>)+',
            _one_class,
            text,
        )
    rules = "".join(f".{name}{{{style}}}" for style, name in shared.items())
    used = []
    for token, tone in palette().items():
        if tone["light"] in text or tone["light"] in rules:
            text, rules = (s.replace(tone["light"], f"var(--{token})") for s in (text, rules))
            used.append(token)
    light, dark = ("".join(f"--{t}:{palette()[t][side]};" for t in used) for side in ("light", "dark"))
    css = (
        f":root{{--halo:#fbfaf8;{light}}}@media print{{:root{{--halo:#fff}}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--halo:#121212;{dark}}}}}"
        f"text{{font-family:{FONT};font-variant-numeric:tabular-nums lining-nums;"
        f"paint-order:stroke;stroke:var(--halo);stroke-width:3.2px;stroke-linejoin:round}}{rules}"
    )
    return re.sub(r"(<svg[^>]*>)", lambda m: f"{m[1]}<style>{css}</style>", text, count=1)
