"""Figures: every number of the suite with the document that it comes from."""

from coalface.data import periods, units
from coalface.data.catalogue import Catalogue, read
from coalface.data.trace import Shelf, Trace

__all__ = ["Catalogue", "Shelf", "Trace", "periods", "read", "units"]
