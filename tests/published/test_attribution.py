"""Exact attribution against games whose Shapley value is printed."""

from __future__ import annotations

import pytest

from coalface.models.attribution import shapley


def test_airport_game_of_littlechild_and_owen():
    """Landing fees: each cost step is shared equally by those who need it.

    Littlechild and Owen (1973), A simple expression for the Shapley value in a special case, Management
    Science 20(3), 370-372. With needs of 8, 11, 13 and 18 the value is 2, 3, 4 and 9, the example of the
    literature.
    """
    need = {"A": 8.0, "B": 11.0, "C": 13.0, "D": 18.0}
    found = shapley(lambda landed: max((need[p] for p in landed), default=0.0), list(need)).iloc[0]
    assert found.to_dict() == pytest.approx({"A": 2.0, "B": 3.0, "C": 4.0, "D": 9.0})


def test_glove_game_of_shapley_and_shubik():
    """One owner of a right glove and two of a left one: 2/3, 1/6, 1/6.

    Shapley and Shubik (1969), Pure competition, coalitional power, and fair division, International Economic
    Review 10(3), 337-362.
    """

    def pairs(present):
        return float("right" in present and len(present) > 1)

    found = shapley(pairs, ["right", "left_1", "left_2"]).iloc[0]
    assert found.to_dict() == pytest.approx({"right": 2 / 3, "left_1": 1 / 6, "left_2": 1 / 6})
