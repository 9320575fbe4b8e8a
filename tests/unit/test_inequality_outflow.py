"""How many leave: the fraction of the population by regression."""

import numpy as np
import pytest

from movelaws.inequality.outflow import counted, regressed


@pytest.fixture
def people():
    rng = np.random.default_rng(2)
    population = np.round(rng.lognormal(10, 1, 300))
    return np.round(population * rng.gamma(4, 0.01, 300)), population


def test_counted_outflows_are_taken_as_they_are():
    left = counted(np.array([0, 3, 5]))
    assert left.outflow.tolist() == [0, 3, 5]
    assert np.isnan(left.fraction)
    assert left.r_squared == 1


def test_the_fraction_is_that_of_least_squares_through_the_origin(people):
    observed, population = people
    left = regressed(observed, population)
    (fraction,), residual, *_ = np.linalg.lstsq(population[:, None], observed, rcond=None)
    assert left.fraction == pytest.approx(fraction, rel=1e-12)
    assert np.allclose(left.outflow, fraction * population, rtol=1e-12)
    spread = observed.size * observed.var()
    assert left.r_squared == pytest.approx(1 - residual[0] / spread, rel=1e-10)


def test_exact_proportion_explains_everything_and_noise_nothing():
    population = np.arange(1.0, 50)
    exact = regressed(0.04 * population, population)
    assert exact.fraction == pytest.approx(0.04, rel=1e-14)
    assert exact.r_squared == pytest.approx(1, abs=1e-14)
    # A line through the origin may be worse than the mean, so the number may be negative.
    assert regressed(population[::-1], population).r_squared < 0


def test_the_unit_of_the_population_does_not_change_the_outflows(people):
    observed, population = people
    left, thousands = regressed(observed, population), regressed(observed, population / 1000)
    assert np.allclose(left.outflow, thousands.outflow, rtol=1e-12)
    assert thousands.fraction == pytest.approx(1000 * left.fraction)
    assert thousands.r_squared == pytest.approx(left.r_squared)


def test_a_place_without_people_sends_nobody():
    left = regressed(np.array([5.0, 4, 2]), np.array([100.0, 0, 50]))
    assert left.outflow[1] == 0
    assert left.fraction == pytest.approx(600 / 12500)


def test_equal_outflows_have_no_spread_to_explain():
    assert np.isnan(regressed(np.full(3, 7.0), np.arange(1.0, 4)).r_squared)


@pytest.mark.parametrize(
    ("observed", "population", "message"),
    [
        ([1, 2], [1, 2, 3], "observed has 2 places, population 3"),
        ([1, -2], [1, 2], r"observed\[1\] = -2.0: .* finite and >= 0"),
        ([1, 2], [np.nan, 2], r"population\[0\] = nan"),
        ([1, np.inf], [1, 2], r"observed\[1\] = inf"),
        ([1, 2], [0, 0], "all populations are 0: nobody can leave"),
        ([[1, 2]], [1, 2], r"observed: \(1, 2\)"),
    ],
)
def test_unusable_numbers_are_named(observed, population, message):
    with pytest.raises(ValueError, match=message):
        regressed(np.array(observed), np.array(population))


def test_counted_outflows_are_checked_too():
    with pytest.raises(ValueError, match=r"observed\[2\] = -1.0"):
        counted(np.array([0, 1, -1]))
