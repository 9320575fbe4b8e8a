"""exp, log and powers over arrays against 40-digit arithmetic and NumPy."""

import math

import numpy as np
import pytest
from mpmath import mp

from movelaws.symbolic import vector_math

PRECISE = 7e-16


def _relative_error(found, exact, arguments):
    mp.dps = 40
    errors = [
        abs(mp.mpf(float(f)) / exact(*map(mp.mpf, a)) - 1)
        for f, a in zip(found, arguments, strict=True)
    ]
    return float(max(errors))


def _run(function, *arguments):
    out = np.empty(len(arguments[0]))
    function(*arguments, out)
    return out


def test_exp_is_right_to_the_last_digits():
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-708, 709.7, 1500), rng.normal(0, 1, 800), [1e-300, -1e-9]])
    found = _run(vector_math.exp_into, x)
    assert _relative_error(found, mp.exp, [(float(v),) for v in x]) < PRECISE


def test_log_is_right_to_the_last_digits():
    rng = np.random.default_rng(2)
    x = np.concatenate(
        [10 ** rng.uniform(-307, 308, 1500), rng.uniform(0.5, 2, 800), 1 + rng.normal(0, 1e-7, 300)]
    )
    found = _run(vector_math.log_into, x)
    assert _relative_error(found, mp.log, [(float(v),) for v in x]) < PRECISE


def test_the_edges_of_exp():
    x = np.array(
        [0.0, -0.0, math.inf, -math.inf, math.nan, 709.78, 710, -708.3, -709, 1e308, -1e308]
    )
    expected = np.array([1, 1, math.inf, 0, math.nan, 0, math.inf, 0, 0, math.inf, 0])
    expected[[5, 7]] = np.exp(x[[5, 7]])
    np.testing.assert_allclose(_run(vector_math.exp_into, x), expected, rtol=1e-15)


def test_the_edges_of_log():
    x = np.array([0.0, -0.0, math.inf, -math.inf, math.nan, -1.0, -1e-320, 1.0, 2.3e-308, 1.79e308])
    expected = np.array(
        [-math.inf, -math.inf, math.inf] + [math.nan] * 2 + [math.nan] * 2 + [0.0] * 3
    )
    expected[6] = math.nan
    expected[-2:] = np.log(x[-2:])
    found = _run(vector_math.log_into, x)
    np.testing.assert_allclose(found, expected, rtol=1e-15)


BASES = (0.0, 1e-200, 0.3, 1.0, 2.0, 17.5, 1e100, math.inf, -0.5, -2.0, -3.7)
EXPONENTS = (0.0, 0.5, 1.0, 2.0, 3.0, -1.0, -2.0, 7.0, -5.0, 0.42, -1.19, 2.86, 4.0)


def _numpy_power(x, y):
    with np.errstate(all="ignore"):
        expected = np.power(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    return np.where(np.abs(expected) < 1e-307, 0.0, expected)


@pytest.mark.parametrize("y", EXPONENTS)
def test_power_to_a_number_is_the_real_power(y):
    x = np.array(BASES)
    out = np.empty(x.size)
    vector_math.power_to_scalar_into(x, y, out)
    np.testing.assert_allclose(out, _numpy_power(x, y), rtol=3e-13, atol=1e-307)


@pytest.mark.parametrize("x", BASES)
def test_power_of_a_number_is_the_real_power(x):
    y = np.array(EXPONENTS)
    out = np.empty(y.size)
    vector_math.power_of_scalar_into(x, y, out)
    np.testing.assert_allclose(out, _numpy_power(x, y), rtol=3e-13, atol=1e-307)


def test_power_of_arrays_is_the_real_power():
    x, y = (grid.ravel() for grid in np.meshgrid(BASES, EXPONENTS))
    np.testing.assert_allclose(
        _run(vector_math.power_into, x, y), _numpy_power(x, y), rtol=3e-13, atol=1e-307
    )


def test_power_from_the_logarithm_knows_that_zero_to_zero_is_one():
    x, y = np.array([0.0, 0.0, 0.0, 2.0, 5.0]), np.array([0.0, 2.0, -1.0, 0.0, 1.5])
    with np.errstate(all="ignore"):
        found = _run(vector_math.power_from_log_into, np.log(x), y)
    np.testing.assert_allclose(found, _numpy_power(x, y), rtol=1e-14)


def test_the_error_of_powers_grows_with_the_logarithm_only():
    rng = np.random.default_rng(3)
    x, y = 10 ** rng.uniform(-3, 4, 600), rng.uniform(-4, 4, 600)
    found = _run(vector_math.power_into, x, y)
    mp.dps = 40
    for f, a, b in zip(found, x, y, strict=True):
        error = abs(mp.mpf(float(f)) / mp.power(mp.mpf(float(a)), mp.mpf(float(b))) - 1)
        assert error < PRECISE + 2.3e-16 * abs(b * math.log(a))


def test_fused_forms_agree_with_their_parts():
    rng = np.random.default_rng(4)
    a, x, y = rng.normal(size=(3, 100))
    found = np.empty(100)
    vector_math.times_scaled_exp_into(a, x, -2.5, found)
    np.testing.assert_allclose(found, a * np.exp(-2.5 * x), rtol=1e-14)
    vector_math.scaled_exp_into(x, 0.7, found)
    np.testing.assert_allclose(found, np.exp(0.7 * x), rtol=1e-14)
    vector_math.product_exp_into(x, y, found)
    np.testing.assert_allclose(found, np.exp(x * y), rtol=1e-14)
