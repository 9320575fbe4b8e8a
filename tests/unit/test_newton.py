"""Newton's method on log-linear models: same optimum as a scan, in few passes."""

import importlib
from dataclasses import replace

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movelaws.allocation import MODELS, log_weights, prepare
from movelaws.calibrate import calibrate
from movelaws.calibrate.newton import minimise_convex
from movelaws.calibrate.objective import Objective, search_bounds
from movelaws.od import Pairs
from tests.unit.random_world import PLANTED, planted, random_pairs

search = importlib.import_module("movelaws.calibrate.search")

LOG_LINEAR = ("GMPow", "GMExp", "GMPow2", "GMExp2")


def objective_of(model, pairs, name="poisson", bounds=None):
    model = MODELS[model]
    return Objective(prepare(model, pairs), name, *search_bounds(model, bounds))


def scanned(objective):
    one = objective.n_parameters == 1
    return (search._search_line if one else search._search_box)(objective, objective)


def noisy(seed, n=15, share=1.0):
    """Flows that no model explains, on a random world; some origins send nobody out."""
    rng = np.random.default_rng(seed)
    pairs = random_pairs(n, seed=seed, share=share)
    flow = np.round(rng.lognormal(1, 2, pairs.n_pairs)) * (rng.random(pairs.n_pairs) < 0.7)
    flow[pairs.origin < 2] = 0
    return replace(pairs, flow=flow)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_models_are_log_linear_where_second_derivatives_vanish(name):
    pairs = noisy(1)
    model = MODELS[name]
    theta = np.array([PLANTED[name][p.name] for p in model.parameters], dtype=float)
    step = 0.2 * theta * np.random.default_rng(2).random(theta.size)

    middle, above, below = (log_weights(name, pairs, theta + k * step) for k in (0, 1, -1))
    there = np.isfinite(middle)
    bend = np.abs(above[there] + below[there] - 2 * middle[there]).max()
    assert model.log_linear == (bend < 1e-9 * np.abs(middle[there]).max())


@settings(max_examples=25, deadline=None)
@given(
    model=st.sampled_from(LOG_LINEAR),
    seed=st.integers(0, 10**6),
    share=st.sampled_from([1.0, 0.4]),
)
def test_newton_finds_the_optimum_of_the_scan(model, seed, share):
    objective = objective_of(model, noisy(seed, share=share))
    u = minimise_convex(objective)
    other = scanned(objective)
    loss = objective.loss(u)
    assert loss <= other.loss + 1e-10 * abs(other.loss)
    # a worse optimum of the scan would be its fault; it is not seen either
    assert loss >= other.loss - 1e-7 * abs(other.loss)
    np.testing.assert_allclose(u, other.u, atol=1e-5)


@pytest.mark.parametrize("model", LOG_LINEAR)
def test_the_start_does_not_matter(model):
    pairs = planted(random_pairs(20, seed=3), model, PLANTED[model])
    objective = objective_of(model, pairs)
    best = minimise_convex(objective)
    gradient, hessian = objective.derivatives(best)
    assert gradient @ np.linalg.solve(hessian, gradient) < 1e-12 * pairs.flow.sum()
    rng = np.random.default_rng(0)
    for _ in range(10):
        start = rng.random(objective.n_parameters)
        np.testing.assert_allclose(minimise_convex(objective, start), best, atol=1e-9)


@pytest.mark.parametrize("model", LOG_LINEAR)
@pytest.mark.parametrize("n", [12, 500])
def test_log_linear_models_take_few_passes(model, n):
    # 500 zones: 249,500 pairs, so that a sample of the origins is fitted first
    pairs = noisy(4, n=12) if n == 12 else many_pairs(n, seed=4)
    found = calibrate(model, pairs, "poisson")
    assert found.converged
    assert found.evaluations <= 25
    scan = calibrate("GMExpPow", pairs, "poisson", interval=None)
    assert scan.evaluations > found.evaluations


def many_pairs(n, seed):
    """All pairs without the opportunities, whose brute force takes n^3 bytes."""
    rng = np.random.default_rng(seed)
    points, mass = rng.uniform(0, 300, (n, 2)), np.round(rng.lognormal(9, 1, n)) + 1
    listed = ~np.eye(n, dtype=bool)
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))[listed]
    destination = np.broadcast_to(np.arange(n, dtype=np.int32), (n, n))[listed]
    start = np.arange(n + 1, dtype=np.int64) * (n - 1)
    mean = 1e4 * mass[destination] / mass.sum() * np.exp(-0.05 * distance)
    none = np.zeros(distance.size)
    flow = rng.poisson(mean).astype(float)
    return Pairs(np.arange(n).astype(str), start, destination, flow, distance, mass, none, None)


@pytest.mark.parametrize(
    ("bounds", "hit"),
    [
        ({"b": (0.5, 1.0)}, ("b",)),
        ({"b": (3.0, 4.0)}, ("b",)),
        ({"a": (1.5, 2.0), "b": (3.0, 4.0)}, ("a", "b")),
        ({"a": (1.5, 2.0)}, ("a",)),
    ],
)
def test_an_optimum_beyond_the_bounds_is_reported_on_them(bounds, hit):
    pairs = planted(random_pairs(25, seed=6), "GMPow2", PLANTED["GMPow2"])
    found = calibrate("GMPow2", pairs, "poisson", bounds=bounds)
    assert found.converged
    assert found.at_bound
    assert found.bounds_hit == hit
    assert found.evaluations < 30
    for name in hit:
        assert any(found.parameters[name] == pytest.approx(end, rel=1e-12) for end in bounds[name])
        assert np.isnan(found.low[name])
    objective = objective_of("GMPow2", pairs, bounds=bounds)
    assert -objective.loss(minimise_convex(objective)) >= -scanned(objective).loss - 1e-6


def test_flows_that_grow_with_distance_end_on_the_lower_bound_of_the_decay():
    pairs = random_pairs(20, seed=7)
    pairs = replace(pairs, flow=np.round(pairs.distance_km))
    found = calibrate("GMExp", pairs, "poisson")
    assert found.bounds_hit == ("b",)
    assert found.parameters["b"] == pytest.approx(1e-6, rel=1e-9)


@pytest.mark.parametrize("model", LOG_LINEAR)
def test_origins_without_flow_and_zones_without_mass_change_nothing(model):
    pairs = noisy(8, n=18)
    mass = pairs.mass.copy()
    mass[5] = 0
    flow = np.where(pairs.destination == 5, 0, pairs.flow)
    whole = calibrate(model, replace(pairs, mass=mass, flow=flow), "poisson")
    assert whole.n_origins == 16
    sending = replace(pairs, mass=mass, flow=flow).subset(np.arange(18) >= 2)
    part = calibrate(model, sending, "poisson")
    assert part.parameters == pytest.approx(whole.parameters, rel=1e-10)
    assert whole.evaluations < 25


def test_what_the_data_do_not_tell_falls_back_to_the_scan():
    pairs = noisy(9)
    alike = replace(pairs, mass=np.full(pairs.n_zones, 1000.0))
    assert minimise_convex(objective_of("GMPow2", alike)) is None
    found = calibrate("GMPow2", alike, "poisson")
    power = calibrate("GMPow", alike, "poisson")
    assert found.parameters["b"] == pytest.approx(power.parameters["b"], rel=1e-6)
    assert found.value == pytest.approx(power.value, rel=1e-10)
    assert np.isnan(found.low["a"])


@pytest.mark.parametrize("model", ["GMExp2", "GMPow"])
def test_the_threads_do_not_show(model):
    pairs = many_pairs(460, seed=10)
    before = numba.get_num_threads()
    found = []
    try:
        for threads in (1, before):
            numba.set_num_threads(threads)
            found.append(calibrate(model, pairs, "poisson"))
    finally:
        numba.set_num_threads(before)
    assert found[0] == found[1]
