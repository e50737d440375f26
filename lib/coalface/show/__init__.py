"""Pictures and words: every function returns a `Block`, which a notebook shows and a page is built from."""

from coalface.show import charts
from coalface.show.block import MIME, Block
from coalface.show.cards import cards, headline
from coalface.show.explore import explore
from coalface.show.figure import figure
from coalface.show.slide import slide
from coalface.show.style import interval, month, num, places
from coalface.show.tables import table
from coalface.show.words import formula, limits, note, points, say, sources, switch

__all__ = [
    "MIME",
    "Block",
    "cards",
    "charts",
    "explore",
    "figure",
    "formula",
    "headline",
    "interval",
    "limits",
    "month",
    "note",
    "num",
    "places",
    "points",
    "say",
    "slide",
    "sources",
    "switch",
    "table",
]
