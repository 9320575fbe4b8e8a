"""Two classes of zones: closed forms against their definition, at every scale."""

import mpmath
import numba
import numpy as np
import pytest

from movelaws.inequality.standard import standard
from movelaws.inequality.two_class import two_class
from tests.unit.inequality_zones import by_definition, crowd

EXCESSES = (1e-12, 1e-9, 1e-6, 1e-3, 1.0, 1e3, -1e-9, -0.5, -0.999)


def zones(n, seed, low=1.0, high=30.0):
    rng = np.random.default_rng(seed)
    mass = np.exp(rng.uniform(np.log(low), np.log(high), n))
    return crowd(mass, seed), rng.random(n) < 0.4


def paper(around, penalised, excess):
    """The paper's four forms as they are written, with 80 digits."""
    mpmath.mp.dps = 80
    d = 1 + mpmath.mpf(excess)
    result = np.zeros(around.order.shape)
    for i in range(around.n_zones):
        n_i = mpmath.mpf(around.mass[i])
        for p, j in enumerate(around.order[i]):
            nearer, n_j = around.order[i, : around.nearer[i, p]], mpmath.mpf(around.mass[j])
            s = mpmath.fsum(around.mass[nearer])
            s1 = mpmath.fsum(around.mass[nearer[~penalised[nearer]]])
            a, b = n_i + s, n_i + s1
            r = n_i * n_j / (a * (a + n_j))
            if penalised[i]:
                value = n_i * d**-s1 * (1 / a - d**-n_j / (a + n_j))
                value = d**-s1 * r if penalised[j] else value
            elif penalised[j]:
                value = d**-b * r
            else:
                value = d**-b / a - d ** -(b + n_j) / (a + n_j)
                value = n_i * (value + (1 - d**-b) / b - (1 - d ** -(b + n_j)) / (b + n_j))
            result[i, p] = value
    return result


@pytest.mark.parametrize("excess", [1e-3, 0.1, 2.0, -0.3])
@pytest.mark.parametrize("seed", [1, 2])
def test_agrees_with_its_definition(excess, seed):
    around, penalised = zones(7, seed)
    expected = by_definition(around, excess * penalised)
    np.testing.assert_allclose(two_class(around, penalised, excess), expected, rtol=1e-10)


@pytest.mark.parametrize("excess", [e for e in EXCESSES if e > 0])
@pytest.mark.parametrize("seed", [3, 4])
def test_keeps_its_digits_at_every_scale(excess, seed):
    around, penalised = zones(9, seed, 1e0, 1e9)
    expected = paper(around, penalised, excess)
    ours = two_class(around, penalised, excess)
    # exp(-x) has a relative error of x times that of x.
    seen = expected > 1e-200
    np.testing.assert_allclose(ours[seen], expected[seen], rtol=1e-12)
    assert (ours[~seen] < 1e-199).all()


def test_the_first_effect_of_a_tiny_excess_is_resolved():
    around, penalised = zones(12, 5, 10, 1e4)
    r = standard(around)
    slopes = [(two_class(around, penalised, e) / r - 1) / e for e in (1e-8, 2e-8)]
    np.testing.assert_allclose(slopes[0], slopes[1], rtol=2e-3, atol=1)


def test_no_excess_is_standard_radiation():
    around, penalised = zones(30, 6, 1, 1e6)
    r = standard(around)
    np.testing.assert_allclose(two_class(around, penalised, 0.0), r, rtol=1e-14)
    for everyone in (np.zeros(30, dtype=bool), np.ones(30, dtype=bool)):
        for excess in EXCESSES:
            np.testing.assert_allclose(two_class(around, everyone, excess), r, rtol=1e-12)


@pytest.mark.parametrize("excess", [1e-9, 0.25, 7.0])
def test_a_common_factor_swaps_the_roles(excess):
    """Benefits in [0, 1 / (1 + eps)] against [0, 1], or [0, 1] against [0, 1 + eps]."""
    around, penalised = zones(15, 7)
    np.testing.assert_allclose(
        two_class(around, ~penalised, -excess / (1 + excess)),
        two_class(around, penalised, excess),
        rtol=1e-12,
    )


@pytest.mark.parametrize("excess", EXCESSES)
def test_probabilities_are_probabilities(excess):
    around, penalised = zones(40, 8, 1, 1e8)
    p = two_class(around, penalised, excess)
    assert ((p >= 0) & (p <= 1)).all()
    assert (p.sum(axis=1) <= 1 + 1e-12).all()


def test_penalties_turn_people_away():
    around, _ = zones(12, 9, 1, 100)
    for j in range(12):
        alone = np.arange(12) == j
        p = np.array([two_class(around, alone, e)[around.order == j] for e in (0, 1e-3, 0.1, 5)])
        assert (np.diff(p, axis=0) < 0).all()
        from_j = np.array([two_class(around, alone, e)[j].sum() for e in (0, 1e-3, 0.1, 5)])
        assert (np.diff(from_j) > -1e-15).all()
        assert from_j[-1] > from_j[0]


def test_empty_zones_neither_send_nor_attract():
    mass = np.array([0.0, 40.0, 0.0, 3.0, 0.0, 9.0, 2.0])
    around = crowd(mass, seed=10)
    full = np.flatnonzero(mass)
    for penalised in (np.arange(7) % 2 == 0, np.arange(7) < 4):
        for excess in EXCESSES:
            p = two_class(around, penalised, excess)
            assert np.isfinite(p).all()
            assert (p[mass == 0] == 0).all()
            assert (p[mass[around.order] == 0] == 0).all()
            if 1e-6 < excess < 0.1:
                assert (p[full][mass[around.order[full]] > 0] > 0).all()


def test_only_zones_strictly_nearer_stop_people():
    """Three zones, two of them equally far: neither sees the other."""
    around = crowd([10.0, 20.0, 30.0], seed=11)
    tied = type(around)(
        around.zone_ids, around.mass, np.array([[1, 2], [0, 2], [0, 1]], dtype=np.int32),
        np.zeros((3, 2), dtype=np.int32), np.ones((3, 2)), np.zeros((3, 2)), np.zeros((3, 2)),
    )  # fmt: skip
    penalised = np.array([False, True, False])
    expected = by_definition(tied, 0.2 * penalised)
    np.testing.assert_allclose(two_class(tied, penalised, 0.2), expected, rtol=1e-10)


def test_threads_do_not_change_a_bit():
    around, penalised = zones(50, 12, 1, 1e6)
    many = two_class(around, penalised, 1e-4)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        np.testing.assert_array_equal(two_class(around, penalised, 1e-4), many)
    finally:
        numba.set_num_threads(before)


@pytest.mark.parametrize("excess", [-1.0, -2.0, np.nan, np.inf, [0.1, 0.2]])
def test_excess_must_be_a_finite_number_above_minus_one(excess):
    around, penalised = zones(5, 13)
    with pytest.raises(ValueError, match=r"excess = .*above -1"):
        two_class(around, penalised, excess)


@pytest.mark.parametrize("penalised", [np.zeros(4, dtype=bool), np.zeros(5), [[True] * 5]])
def test_the_class_is_one_boolean_a_zone(penalised):
    around, _ = zones(5, 13)
    with pytest.raises(ValueError, match=r"penalised is .*expected \(5,\) booleans"):
        two_class(around, penalised, 0.1)
