"""Any number of classes: exact sums against their definition and against two classes."""

import mpmath
import numba
import numpy as np
import pytest

from movelaws.inequality._pieces import decay_difference, mean_decay
from movelaws.inequality.linear import linear
from movelaws.inequality.many_class import many_class
from movelaws.inequality.standard import standard
from movelaws.inequality.two_class import two_class
from tests.unit.inequality_zones import by_definition, crowd


def zones(n, seed, low=1.0, high=30.0):
    rng = np.random.default_rng(seed)
    return crowd(np.exp(rng.uniform(np.log(low), np.log(high), n)), seed), rng


@pytest.mark.parametrize("spread", [1e-3, 0.1, 3.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_agrees_with_its_definition(spread, seed):
    around, rng = zones(6, seed)
    excess = spread * rng.random(6)
    excess[3] = excess[1]
    expected = by_definition(around, excess)
    np.testing.assert_allclose(many_class(around, excess), expected, rtol=1e-10)


def test_agrees_with_its_definition_when_some_zones_are_better():
    around, rng = zones(6, 3)
    excess = rng.uniform(-0.8, 0.5, 6)
    expected = by_definition(around, excess)
    np.testing.assert_allclose(many_class(around, excess), expected, rtol=1e-10)


@pytest.mark.parametrize("excess", [1e-12, 1e-9, 1e-6, 1e-3, 1.0, 1e3, -1e-9, -0.5, -0.999])
def test_two_values_are_two_classes(excess):
    around, rng = zones(40, 4, 1, 1e8)
    penalised = rng.random(40) < 0.3
    expected = two_class(around, penalised, excess)
    ours = many_class(around, excess * penalised)
    seen = expected > 1e-250
    np.testing.assert_allclose(ours[seen], expected[seen], rtol=1e-11)
    assert (ours[~seen] < 1e-249).all()


def test_more_classes_than_need_be_change_nothing():
    """Zones that nobody lives in only cut the integral into more pieces."""
    around, rng = zones(12, 5, 1, 1e5)
    penalised = rng.random(12) < 0.5
    mass = np.concatenate([around.mass, np.zeros(40)])
    wider = crowd(mass, seed=5)
    for excess in (1e-6, 1e-3, 0.5):
        levels = np.concatenate([excess * penalised, np.linspace(0, 2 * excess, 40)])
        of_two = two_class(wider, np.isin(np.arange(52), np.flatnonzero(penalised)), excess)
        ours = many_class(wider, levels)
        assert np.isfinite(ours).all()
        inhabited = wider.mass[wider.order] > 0
        np.testing.assert_allclose(ours[inhabited], of_two[inhabited], rtol=1e-12, atol=1e-280)
        assert (ours[~inhabited] == 0).all()
        assert (ours[12:] == 0).all()


def test_equal_zones_are_standard_radiation():
    around, _ = zones(30, 6, 1, 1e7)
    for excess in (0.0, 1e-9, 2.0, -0.9):
        p = many_class(around, np.full(30, excess))
        np.testing.assert_allclose(p, standard(around), rtol=1e-13)


def test_tends_to_the_linear_form():
    around, rng = zones(20, 7, 10, 1e4)
    direction = rng.normal(size=20)
    r, h = standard(around), 1e-11
    up, down = (many_class(around, sign * h * direction) for sign in (1, -1))
    slope = (linear(around, h * direction).p - r) / (h * r)
    next_order = h * (np.abs(direction).max() * around.mass.sum()) ** 2
    assert next_order < 1e-5 * np.abs(slope).max()
    np.testing.assert_allclose((up - down) / (2 * h * r), slope, rtol=0, atol=next_order)


@pytest.mark.parametrize("factor", [1e-3, 0.5, 2.0, 1e3])
def test_a_common_factor_changes_nothing(factor):
    around, rng = zones(25, 8, 1, 1e3)
    excess = rng.uniform(0, 0.2, 25)
    np.testing.assert_allclose(
        many_class(around, (1 + excess) * factor - 1), many_class(around, excess), rtol=1e-9
    )


@pytest.mark.parametrize("spread", [1e-9, 1e-6, 1e-3, 1.0, 100.0])
def test_probabilities_are_probabilities(spread):
    around, rng = zones(50, 9, 1, 1e8)
    p = many_class(around, spread * np.maximum(rng.normal(size=50), 0))
    assert ((p >= 0) & (p <= 1)).all()
    assert (p.sum(axis=1) <= 1 + 1e-12).all()


def test_worse_destinations_attract_less_and_send_more():
    around, rng = zones(12, 10, 1, 100)
    excess = 0.05 * rng.random(12)
    for j in range(12):
        ps = []
        for more in (-0.3, 0.0, 1e-6, 0.02, 4.0):
            changed = excess.copy()
            changed[j] += more
            ps.append(many_class(around, changed))
        towards = np.array([p[around.order == j] for p in ps])
        assert (np.diff(towards, axis=0) < 0).all()
        away = np.array([p[j].sum() for p in ps])
        assert (np.diff(away) > -1e-15).all()
        assert away[-1] > away[0]


def test_ties_and_empty_zones():
    around = crowd([10.0, 0.0, 30.0, 4.0], seed=11)
    tied = type(around)(
        around.zone_ids, around.mass, around.order,
        np.tile(np.array([0, 0, 2], dtype=np.int32), (4, 1)), around.distance_km,
        np.where(np.arange(3) == 2, around.mass[around.order[:, :2]].sum(1)[:, None], 0.0),
        around.flow,
    )  # fmt: skip
    excess = np.array([0.1, 0.0, 0.2, 0.4])
    p = many_class(tied, excess)
    expected = by_definition(tied, excess)
    np.testing.assert_allclose(p, np.where(tied.mass[:, None] > 0, expected, 0), rtol=1e-10)
    nobody = crowd(np.zeros(4), seed=11)
    assert (many_class(nobody, excess) == 0).all()


def test_threads_do_not_change_a_bit():
    around, rng = zones(60, 12, 1, 1e6)
    excess = 1e-5 * np.maximum(rng.normal(size=60), 0)
    many = many_class(around, excess)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        np.testing.assert_array_equal(many_class(around, excess), many)
    finally:
        numba.set_num_threads(before)


def test_integrals_over_one_piece():
    mpmath.mp.dps = 50
    values = (0.0, 1e-15, 1e-10, 1e-4, 0.03, 0.1499, 0.29, 0.31, 2.0, 50.0, 800.0)

    def mean(x):
        return mpmath.mpf(1) if x == 0 else -mpmath.expm1(-mpmath.mpf(x)) / mpmath.mpf(x)

    for x in values:
        np.testing.assert_allclose(mean_decay(x), float(mean(x)), rtol=1e-15)
        for y in values:
            expected = float(mean(x) - mean(mpmath.mpf(x) + mpmath.mpf(y)))
            np.testing.assert_allclose(decay_difference(x, y), expected, rtol=1e-14)


def test_bad_excess_names_the_zone():
    around, _ = zones(5, 13)
    for value in (-1.0, -1.5, np.nan, np.inf):
        with pytest.raises(ValueError, match=f"excess of zone 'z002' is {value}"):
            many_class(around, np.array([0, 0, value, 0, 0]))
    with pytest.raises(ValueError, match=r"shape \(4,\), expected \(5,\)"):
        many_class(around, np.zeros(4))
