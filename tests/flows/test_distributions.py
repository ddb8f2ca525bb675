"""Counts from given normals: the right distribution, whole, and monotone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from safethird.flows.distributions import Distribution, pieces, poisson, share_out, thin


@pytest.mark.parametrize(
    ("size", "share"), [(3, 0.2), (40, 0.05), (40, 0.97), (300, 0.02), (5000, 0.3), (80, 0.5)]
)
def test_thin_is_binomial(size: int, share: float) -> None:
    normal = stats.norm.ppf((np.arange(40_000) + 0.5) / 40_000)
    found = thin(np.full(40_000, float(size)), np.array(share), normal)
    truth = stats.binom(size, share)
    assert found.mean() == pytest.approx(truth.mean(), rel=0.002, abs=0.02)
    assert found.std() == pytest.approx(truth.std(), rel=0.02)
    assert abs(np.quantile(found, 0.95) - truth.ppf(0.95)) <= 1


@pytest.mark.parametrize("rate", [0.0, 0.3, 4.0, 8.9, 9.1, 60.0])
def test_poisson(rate: float) -> None:
    normal = stats.norm.ppf((np.arange(40_000) + 0.5) / 40_000)
    found = poisson(np.full(40_000, rate), normal)
    assert found.mean() == pytest.approx(rate, rel=0.005, abs=0.01)
    assert found.var() == pytest.approx(rate, rel=0.03, abs=0.01)


@given(st.integers(0, 2000), st.floats(0, 1), st.floats(-4, 4))
def test_thin_keeps_its_bounds_and_is_whole(size: int, share: float, normal: float) -> None:
    found = thin(np.array([float(size)]), np.array([share]), np.array([normal]))[0]
    assert 0 <= found <= size
    assert found == int(found)
    if share in (0.0, 1.0):
        assert found == size * share


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8), st.integers(0, 4000))
def test_share_out_adds_up_and_takes_from_nobody_more_than_there_is(parts: list[int], whole: int) -> None:
    whole = min(whole, sum(parts))
    found = share_out(np.array([float(whole)]), np.array([parts], dtype=float))[0]
    assert found.sum() == whole
    assert np.all(found >= 0)
    assert np.all(found <= np.array(parts))


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 1), min_size=1, max_size=6))
def test_pieces_add_up(whole: int, shares: list[float]) -> None:
    weights = np.array(shares) / sum(shares)
    found = pieces(np.array([float(whole)]), weights)[0]
    assert found.sum() == whole
    assert found.min() >= 0


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [("uniform", (1, 3)), ("beta", (2, 5)), ("lognormal", (10, 0.5)), ("half_normal", (2,))],
)
def test_quantiles_grow(kind: str, numbers: tuple[float, ...]) -> None:
    one = Distribution(kind, numbers, "assumption", "test")
    values = one.at(np.linspace(0, 1, 101))
    assert np.all(np.isfinite(values))
    assert np.all(np.diff(values) >= 0)
    assert one.middle() == pytest.approx(values[50])
