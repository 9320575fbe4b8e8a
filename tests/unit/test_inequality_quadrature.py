"""The integral of the model: closed forms, the theorem of equal classes, and simulated people."""

from dataclasses import replace

import mpmath
import numpy as np
import pandas as pd
import pytest

from movelaws.inequality import quadrature
from movelaws.inequality.benefits import Empirical, Exponential, Pareto, Uniform
from movelaws.inequality.limits import network_surroundings
from movelaws.inequality.quadrature import Origin, integrate, probabilities
from movelaws.inequality.standard import standard
from movelaws.inequality.two_class import two_class

SAMPLE = np.random.default_rng(8).lognormal(size=200)
BENEFITS = [Uniform(), Exponential(), Pareto(1.5), Empirical(SAMPLE)]


def world(n=12, people=2e5, seed=0):
    rng = np.random.default_rng(seed)
    places = pd.DataFrame(100 * rng.random((n, 2)), columns=["x_km", "y_km"])
    population = np.round(rng.lognormal(np.log(people), 1.2, n))
    return network_surroundings(
        places.assign(city=[f"z{k:02d}" for k in range(n)], population=population)
    )


@pytest.fixture(scope="module")
def around():
    return world()


@pytest.fixture(scope="module")
def penalised(around):
    return np.arange(around.n_zones) % 4 == 1


@pytest.mark.parametrize("excess", [1e-9, 1e-6, 3e-5, 0.5, -1e-6, -0.4])
def test_uniform_benefits_give_the_closed_form(around, penalised, excess):
    found, error = probabilities(
        around, np.where(penalised, excess, 0.0), Uniform(), relative=1e-11
    )
    assert error <= 1e-11
    np.testing.assert_allclose(found, two_class(around, penalised, excess), rtol=1e-10, atol=1e-40)


@pytest.mark.parametrize("benefit", BENEFITS)
@pytest.mark.parametrize("excess", [0.0, 0.7])
def test_one_class_is_the_radiation_model_whatever_the_benefits(around, benefit, excess):
    found, error = probabilities(around, np.full(around.n_zones, excess), benefit)
    np.testing.assert_allclose(found, standard(around), rtol=1e-8)
    assert error <= 1e-8


@pytest.mark.parametrize("benefit", BENEFITS)
def test_a_common_factor_changes_nothing(around, benefit):
    excess = np.linspace(0, 0.2, around.n_zones) ** 2
    found, _ = probabilities(around, excess, benefit)
    scaled, _ = probabilities(around, 3 * (1 + excess) - 1, benefit)
    np.testing.assert_allclose(scaled, found, rtol=1e-7, atol=1e-28)
    assert (found.sum(axis=1) <= 1 + 1e-8).all()
    assert np.abs(found - standard(around)).max() > 1e-3


def simulated(around, excess, benefit, draws=100_000):
    """Shares of people who take the nearest zone whose best benefit is above their threshold."""
    rng = np.random.default_rng(5)
    log_u = np.log(rng.random((draws, around.n_zones)))
    best = benefit.isf(-np.expm1(log_u / around.mass)) / (1 + excess)
    shares = np.zeros(around.order.shape)
    for i, order in enumerate(around.order):
        above = best[:, order] > best[:, [i]]
        first = np.argmax(above, axis=1)[above.any(axis=1)]
        shares[i] = np.bincount(first, minlength=len(order)) / draws
    return shares


@pytest.mark.parametrize("benefit", BENEFITS[1:])
def test_simulated_people_move_as_the_integral_says(benefit):
    around = world(n=6, people=40, seed=3)
    excess = np.array([0.0, 0.4, 1.5, 0.0, 0.1, -0.3])
    found, _ = probabilities(around, excess, benefit)
    off = 5 * np.sqrt(np.maximum(found * (1 - found), 1e-6) / 100_000)
    assert (np.abs(simulated(around, excess, benefit) - found) < off).all()


@pytest.mark.parametrize(
    ("excess", "nearer"),
    [((0.0, 0.5), (3e7, 2e6)), ((-0.4, 0.0), (50.0, 1e5)), ((0.0, 4.0), (1e8, 1e8))],
)
def test_far_exponential_destinations_are_right_in_relative_terms(excess, nearer):
    """Against a 30-digit integral over the threshold, for probabilities down to 1e-20."""
    n_i, n_j = 1e4, 3e3
    origin = Origin(n_i, np.array([nearer]), np.array([n_j]), np.array([1]), np.array(excess))
    (found,), error = integrate(origin, Exponential(), relative=1e-10)
    with mpmath.workdps(30):

        def density(x):
            w = mpmath.exp(x)
            survival = -mpmath.expm1(-w / n_i)
            logs = [mpmath.log1p(-(survival ** (1 + mpmath.mpf(e)))) for e in excess]
            passed = sum(s * log for s, log in zip(nearer, logs, strict=True))
            return mpmath.exp(x - w + passed) * -mpmath.expm1(n_j * logs[1])

        exact = mpmath.quad(density, [*range(-60, 5, 2), 5])
    assert found == pytest.approx(float(exact), rel=1e-9)
    assert error <= 1e-10


def test_zones_without_people_neither_send_nor_receive(around):
    mass = around.mass.copy()
    mass[3] = 0.0
    empty = replace(around, mass=mass)
    found, _ = probabilities(empty, np.linspace(0, 1e-4, mass.size), Exponential())
    assert (found[3] == 0).all() and (found[empty.order == 3] == 0).all()
    assert (found[np.arange(mass.size) != 3].sum(axis=1) > 0).all()


def test_zones_equally_far_do_not_stand_in_each_others_way():
    cross = pd.DataFrame(
        {"city": list("ABC"), "x_km": [0.0, 10.0, -10.0], "y_km": 0.0, "population": 1000}
    )
    around = network_surroundings(cross)
    found, _ = probabilities(around, np.array([0.0, 0.5, 0.5]), Pareto(2.0))
    assert found[0, 0] == pytest.approx(found[0, 1], rel=1e-12)
    assert found[0, 0] == pytest.approx(1 / (1 + 1.5**2), rel=1e-2)  # n_j / (n_j + n_i delta^a)


@pytest.mark.parametrize(
    ("excess", "words"),
    [
        (np.zeros(5), r"shape \(5,\), expected \(12,\)"),
        (np.r_[np.zeros(11), -1.0], "zone 'z11' is -1.0"),
        (np.r_[np.nan, np.zeros(11)], "zone 'z00' is nan"),
    ],
)
def test_excesses_are_checked(around, excess, words):
    with pytest.raises(ValueError, match=words):
        probabilities(around, excess, Uniform())


@pytest.mark.parametrize("relative", [0.0, 1e-15, 0.5, np.nan])
def test_the_tolerance_is_checked(around, relative):
    with pytest.raises(ValueError, match=r"is not between 1e-13 and 0\.1"):
        probabilities(around, np.zeros(12), Uniform(), relative=relative)


def test_an_integral_that_does_not_get_there_says_so(around, monkeypatch):
    monkeypatch.setattr(quadrature, "_MOST_INTERVALS", 1)
    monkeypatch.setattr(quadrature, "_INTERVAL", 200.0)
    with pytest.raises(RuntimeError, match=r"from zone 'z00' reached a relative error of .*not"):
        probabilities(around, np.linspace(0, 0.1, 12), Exponential())
