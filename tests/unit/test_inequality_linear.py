"""The linear form: its formula, its range of validity and its clipping."""

import numba
import numpy as np
import pytest

from movelaws.inequality.linear import linear
from movelaws.inequality.many_class import many_class
from movelaws.inequality.standard import standard
from tests.unit.inequality_zones import classes, crowd


def zones(n=25, seed=1, low=1.0, high=1e4):
    rng = np.random.default_rng(seed)
    return crowd(np.exp(rng.uniform(np.log(low), np.log(high), n)), seed), rng


def written(around, excess):
    """The formula pair by pair, not clipped."""
    origin, destination, inside = classes(around)
    weighted = excess * around.mass
    nearer = np.array([[weighted[k].sum() for k in row] for row in inside])
    a = around.mass[origin] + around.intervening
    return standard(around) * (1 + weighted[origin] + nearer - excess[destination] * a)


def test_follows_its_formula():
    around, rng = zones()
    excess = 1e-7 * rng.normal(size=25)
    result = linear(around, excess)
    np.testing.assert_allclose(result.p, written(around, excess), rtol=1e-12)
    assert (result.n_low, result.n_high) == (0, 0)


def test_no_excess_is_standard_radiation():
    around, _ = zones()
    np.testing.assert_array_equal(linear(around, np.zeros(25)).p, standard(around))


def test_equal_zones_are_standard_radiation():
    """A common excess cancels: n_i + nearer people, minus the same."""
    around, _ = zones()
    p = linear(around, np.full(25, 1e-3)).p
    np.testing.assert_allclose(p, standard(around), rtol=1e-12)


def test_error_falls_with_the_square_of_the_excess():
    around, rng = zones()
    direction = rng.normal(size=25)
    errors = [
        np.abs(linear(around, e * direction).p - many_class(around, e * direction)).max()
        for e in (4e-7, 2e-7, 1e-7)
    ]
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.05)


def test_what_leaves_the_unit_interval_is_clipped_and_counted():
    around, rng = zones()
    excess = 0.1 * rng.normal(size=25)
    raw, result = written(around, excess), linear(around, excess)
    assert result.n_low == (raw < 0).sum() > 0
    assert result.n_high == (raw > 1).sum() > 0
    np.testing.assert_allclose(result.p, np.clip(raw, 0, 1), rtol=1e-9)


def test_empty_zones():
    around = crowd([0.0, 5.0, 0.0, 3.0], seed=2)
    result = linear(around, np.array([0.1, 0.2, 0.0, 0.3]))
    assert np.isfinite(result.p).all()
    assert (result.p[[0, 2]] == 0).all()
    assert (result.p[around.mass[around.order] == 0] == 0).all()


def test_threads_do_not_change_a_bit():
    around, rng = zones()
    excess = 1e-6 * rng.normal(size=25)
    many = linear(around, excess)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        np.testing.assert_array_equal(linear(around, excess).p, many.p)
    finally:
        numba.set_num_threads(before)


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_bad_excess_names_the_zone(value):
    around, _ = zones(5)
    with pytest.raises(ValueError, match=f"excess of zone 'z001' is {value}"):
        linear(around, np.array([0, value, 0, 0, 0]))
    with pytest.raises(ValueError, match=r"shape \(2, 5\), expected \(5,\)"):
        linear(around, np.zeros((2, 5)))
