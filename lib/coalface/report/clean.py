"""The whitelist that every fragment of a page passes: what is not named here does not reach the reader."""

from __future__ import annotations

import re

import nh3

TEXT = {
    "a",
    "abbr",
    "b",
    "br",
    "code",
    "em",
    "i",
    "p",
    "pre",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "data",
}
FLOW = {
    "aside",
    "blockquote",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "hr",
}
FLOW |= {"li", "ol", "summary", "ul", "img", "picture", "source"}
TABLE = {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
CHOICE = {"fieldset", "input", "label", "legend"}
MATHS = {
    "math",
    "mfrac",
    "mi",
    "mn",
    "mo",
    "mover",
    "mrow",
    "mspace",
    "msqrt",
    "mroot",
    "mstyle",
    "msub",
    "msubsup",
}
MATHS |= {"msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "mpadded", "mphantom", "menclose"}
TAGS = TEXT | FLOW | TABLE | CHOICE | MATHS

ATTRIBUTES = {
    "*": {"class", "data-id"},
    "a": {"href", "download"},
    "abbr": {"title"},
    "aside": {"aria-label"},
    "data": {"value"},
    "details": {"open"},
    "div": {"aria-hidden", "aria-label", "role", "tabindex"},
    "figure": {"id"},
    "i": {"style"},
    "img": {"alt", "height", "src", "width"},
    "input": {"checked", "id", "name", "type"},
    "label": {"for"},
    "li": {"id"},
    "ol": {"start"},
    "source": {"height", "media", "srcset", "width"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "math": {"display", "xmlns"},
    "mo": {"stretchy", "fence", "form", "separator", "lspace", "rspace"},
    "mi": {"mathvariant"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mspace": {"width"},
    "mtable": {"columnalign", "rowspacing"},
    "mtd": {"columnalign"},
}

# The few attributes whose value matters; an attribute of this list that does not match is dropped.
_PICTURE = r"data:image/(?:svg\+xml|png);base64,[A-Za-z0-9+/]+=*"
RULES = {
    ("a", "href"): re.compile(
        r"#[\w.\-]+|[\w\-]+\.html(?:#[\w\-]+)?|https?://[^\s\"'<>]+|data:text/csv;base64,[A-Za-z0-9+/]*=*"
    ),
    ("a", "download"): re.compile(r"[\w\-]+\.csv"),
    ("div", "role"): re.compile(r"region|group"),
    ("div", "tabindex"): re.compile(r"0"),
    ("i", "style"): re.compile(r"left:\d+(?:\.\d+)?%;width:\d+(?:\.\d+)?%"),
    ("img", "src"): re.compile(_PICTURE),
    ("input", "type"): re.compile(r"radio"),
    ("source", "media"): re.compile(r"\(max-width:\d+px\)"),
    ("source", "srcset"): re.compile(_PICTURE),
}
_NAME = re.compile(r"[\w\-. ]*")


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if attribute in ("class", "id", "for", "name", "data-id"):
        return value if _NAME.fullmatch(value) else None
    rule = RULES.get((tag, attribute))
    return value if rule is None or rule.fullmatch(value) else None


def fragment(html: str) -> str:
    """The fragment with nothing but tags, attributes and addresses of the whitelist.

    Addresses may be anchors, web pages on a link, CSV on a link, and SVG or PNG data on a picture.

    Examples
    --------
    >>> fragment('<p onclick="x()">a<script>b</script><a href="javascript:c">d</a></p>')
    '<p>a<a rel="noreferrer">d</a></p>'
    >>> fragment('<a href="#src-rosstat">Rosstat</a>')
    '<a href="#src-rosstat">Rosstat</a>'
    """
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "template", "iframe", "object", "svg", "noscript"},
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"http", "https", "data"},
        link_rel="noreferrer",
        strip_comments=True,
    )
    # Inside the page there is nobody to refer to.
    return re.sub(r'(<a href="#[\w.\-]+") rel="noreferrer"', r"\1", cleaned)
