"""The cost curve: what it costs to dig a tonne, over all tonnes, and which of them lie under water."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Array = npt.NDArray[np.float64]
Number = float | Array


@dataclass(frozen=True)
class CostCurve:
    """Mining cost over tonnes, lognormal, one curve a draw.

    Parameters
    ----------
    median_rub_t : array
        Mining cost of the middle tonne, RUB per tonne.
    sigma : array
        Standard deviation of the logarithm of cost over tonnes.

    Notes
    -----
    The cost holds what it was calibrated to: from net results it takes overheads and depreciation too, so it
    lies above the cash that a mine must find to go on.

    Examples
    --------
    >>> curve = CostCurve(np.array([2000.0]), np.array([0.5]))
    >>> curve.under_water(2000.0).round(3).tolist(), curve.mean_rub_t.round(1).tolist()
    ([0.5], [2266.3])
    """

    median_rub_t: Array
    sigma: Array

    def __post_init__(self) -> None:
        if not (np.asarray(self.median_rub_t) > 0).all() or not (np.asarray(self.sigma) > 0).all():
            raise ValueError("a cost curve needs a positive median and a positive sigma in every draw")

    @property
    def mean_rub_t(self) -> Array:
        """Mean mining cost over tonnes, RUB per tonne."""
        out: Array = self.median_rub_t * np.exp(self.sigma**2 / 2)
        return out

    def under_water(self, netback_rub_t: Number, *, factor: Number = 1.0) -> Array:
        """Share of tonnes whose mining cost exceeds the netback, 0 to 1; shapes broadcast.

        Parameters
        ----------
        netback_rub_t : float or array
            What is left at the mine gate, RUB per tonne; zero or less puts every tonne under water.
        factor : float or array
            Multiple of the curve, for instance a dearer grade or a later year.

        Notes
        -----
        Share = Φ((ln(median × factor) − ln netback) / sigma).
        """
        room = np.asarray(netback_rub_t, dtype=float)
        depth = (np.log(self.median_rub_t * factor) - np.log(np.maximum(room, 1e-12))) / self.sigma
        out: Array = np.where(room > 0, ndtr(depth), 1.0)
        return out

    def cost_at(self, share: Number) -> Array:
        """Mining cost of the tonne at a cumulated share of all tonnes, cheapest first, RUB per tonne.

        Examples
        --------
        >>> CostCurve(np.array([2000.0]), np.array([0.5])).cost_at(0.5).tolist()
        [2000.0]
        """
        out: Array = self.median_rub_t * np.exp(self.sigma * ndtri(np.asarray(share, dtype=float)))
        return out
