"""Sobol indices: the Ishigami function and a second package."""

from __future__ import annotations

import numpy as np
import pytest

from coalface.models import exposure


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_ishigami_indices_are_those_of_the_closed_form():
    """Ishigami and Homma (1990), a = 7, b = 0.1: S1 = 0.3139, 0.4424, 0; ST = 0.5576, 0.4424, 0.2437."""
    shares = exposure.sobol_shares(
        ishigami, 3, draws=4096, rng=np.random.default_rng(3), low=-np.pi, high=np.pi
    )
    assert shares["first"].tolist() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert shares["total"].tolist() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)


def test_one_index_over_many_outputs_weighs_each_by_its_variance():
    """Gamboa and others (2014): 4 Var(x1) of output one against Var(x2) of output two is four fifths."""
    shares = exposure.sobol_shares(
        lambda x: np.stack([2 * x[0], x[1]]), 2, draws=1024, rng=np.random.default_rng(3)
    )
    assert shares["first"].tolist() == pytest.approx([0.8, 0.2], abs=0.01)


def test_salib_sees_the_same_drivers_of_rank_uncertainty():
    """SALib's Saltelli sampler and estimator on the index itself, as a second opinion."""
    sample = pytest.importorskip("SALib.sample.sobol")
    analyse = pytest.importorskip("SALib.analyze.sobol")
    rng = np.random.default_rng(11)
    low = rng.random((2, 2, 12, 3))
    high = low + np.array([0.4, 0.0, 0.0])
    facts = exposure.Evidence(tuple("abcdefghijkl"), ("share", "mines", "owners"), low, high, low[0, 0, :, 1])
    machine = exposure._Machine(facts, exposure.check_weights([], facts.indicators), np.random.default_rng(5))

    def mean_shift(picks: np.ndarray) -> np.ndarray:
        ranks = np.argsort(np.argsort(-machine.scores(picks)[0], axis=1), axis=1) + 1
        return np.abs(ranks - np.arange(1, 13)).mean(axis=1)

    size = len(exposure.CHOICES)
    ours = exposure.sobol_shares(mean_shift, size, draws=4096, rng=np.random.default_rng(5))
    problem = {"num_vars": size, "names": list(exposure.CHOICES), "bounds": [[0, 1]] * size}
    grid = sample.sample(problem, 4096, calc_second_order=False, seed=5)
    theirs = analyse.analyze(problem, mean_shift(grid.T), calc_second_order=False, seed=5)
    assert ours["total"].to_numpy() == pytest.approx(theirs["ST"], abs=0.05)
    assert ours["first"].to_numpy() == pytest.approx(theirs["S1"], abs=0.05)
