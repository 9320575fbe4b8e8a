"""Gravity of maximum entropy: balance, likelihood and the best decay."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from movelaws.symbolic.balance import balance
from movelaws.symbolic.entropy import (
    arrivals,
    constrained_flows,
    entropy,
    entropy_table,
    fit_decay,
    likeliest_b,
)
from tests.unit.law_world import planted, with_flow


def exponential(w_i, w_j, d):
    return w_j * np.exp(-0.03 * d)


@pytest.fixture(scope="module")
def world():
    return planted(exponential, 25, noise=0.4)


def dense(o, values):
    table = np.zeros((o.n_origins, len(o.zone_ids)))
    table[o.origin, o.destination] = values
    return table


def proportional_fitting(weights, rows, columns, sweeps=20_000):
    flow = weights.copy()
    for _ in range(sweeps):
        flow *= (rows / flow.sum(axis=1))[:, None]
        flow *= columns / flow.sum(axis=0)
    return flow


def test_the_balance_is_that_of_iterative_proportional_fitting(world):
    d = world.columns[2]
    found = balance(
        -0.05 * d, world.start, world.destination, world.outflow, arrivals(world), tolerance=1e-12
    )
    brute = proportional_fitting(
        dense(world, np.exp(-0.05 * d)), world.outflow, arrivals(world), 500
    )
    assert found.converged
    np.testing.assert_allclose(dense(world, found.flow), brute, rtol=1e-8)
    factors = np.exp(found.log_destination)
    ratio = found.flow / (np.exp(-0.05 * d) * factors[world.destination])
    first = ratio[world.start[:-1]]
    np.testing.assert_allclose(ratio, np.repeat(first, np.diff(world.start)), rtol=1e-10)


def test_newton_steps_and_sweeps_agree_on_a_sparse_support(world):
    rng = np.random.default_rng(4)
    sparse = world.of_pairs((world.flow > np.quantile(world.flow, 0.75)) | (rng.random(600) < 0.05))
    arguments = (
        -0.1 * sparse.columns[2],
        sparse.start,
        sparse.destination,
        sparse.outflow,
        arrivals(sparse),
    )
    quick = balance(*arguments, tolerance=1e-10)
    slow = balance(*arguments, tolerance=1e-10, newton=False)
    assert quick.converged
    assert slow.converged
    assert quick.iterations < slow.iterations
    np.testing.assert_allclose(quick.flow, slow.flow, rtol=1e-6, atol=1e-6)


def test_marginals_out_of_reach_are_reported():
    # both origins lead to the first destination only, which may not take them all
    found = balance(
        np.zeros(3), np.array([0, 1, 3]), np.array([0, 0, 1]), np.array([5.0, 1.0]),
        np.array([3.0, 3.0]),
    )  # fmt: skip
    assert not found.converged
    assert found.error > 0.1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inflow": np.array([1.0, 4.0])}, "inflow sums up to 5"),
        ({"inflow": np.array([-1.0, 7.0])}, "inflow >= 0"),
        ({"log_weight": np.array([0.0, -np.inf, 0.0])}, "log_weight must be finite"),
        ({"outflow": np.array([6.0])}, "outflow has 1 origins"),
        ({"inflow": np.array([2.0, 2.0, 2.0])}, "no row leads"),
        ({"destination": np.array([0, 1])}, "cover the 3 rows"),
    ],
)
def test_unusable_marginals_are_named(change, message):
    arguments = {
        "log_weight": np.zeros(3),
        "start": np.array([0, 1, 3]),
        "destination": np.array([0, 0, 1]),
        "outflow": np.array([2.0, 4.0]),
        "inflow": np.array([3.0, 3.0]),
    }
    with pytest.raises(ValueError, match=message):
        balance(**(arguments | change))


def test_both_constraints_are_kept(world):
    single, iterations, error = constrained_flows(world, 1, 0.03, "production")
    assert iterations == 0
    assert error < 1e-12
    both, _, error = constrained_flows(world, 1, 0.03, "doubly")
    assert error < 1e-8
    for flow in (single, both):
        np.testing.assert_allclose(np.add.reduceat(flow, world.start[:-1]), world.outflow)
    np.testing.assert_allclose(
        np.bincount(world.destination, both, len(world.zone_ids)), arrivals(world), rtol=1e-7
    )


def test_no_other_flows_with_the_same_marginals_and_cost_have_more_entropy(world):
    few = world.of_origins(np.arange(8))
    cost = few.columns[2] ** 0.7
    flow, _, _ = constrained_flows(few, 0.7, 0.1, "doubly")
    rng = np.random.default_rng(0)
    starts = np.equal.outer(np.arange(8), few.origin)
    ends = np.equal.outer(np.arange(25), few.destination)
    kept = np.vstack([starts, ends, cost]).astype(float)
    for _ in range(10):
        change = rng.normal(size=flow.size) * flow
        change -= kept.T @ np.linalg.lstsq(kept.T, change, rcond=None)[0]
        for size in (0.1, 0.5):
            moved = flow + change * size * np.min(flow / np.abs(change))
            assert (moved > 0).all()
            np.testing.assert_allclose(kept @ moved, kept @ flow)
            assert entropy(moved) < entropy(flow)


@pytest.mark.parametrize("constraint", ["production", "doubly"])
def test_the_observed_mean_cost_is_the_greatest_poisson_likelihood(world, constraint):
    def minus_likelihood(b):
        flow = constrained_flows(world, 0.8, b, constraint)[0]
        return -(world.flow * np.log(flow) - flow - gammaln(world.flow + 1)).sum()

    best = minimize_scalar(minus_likelihood, bounds=(0.01, 0.5), method="bounded").x
    assert likeliest_b(world, 0.8, constraint) == pytest.approx(best, rel=1e-4)


def test_the_likeliest_b_may_be_negative(world):
    far = with_flow(world, 1 + world.columns[2])
    assert likeliest_b(far, 1, "doubly") < 0


def test_a_planted_decay_is_found():
    d0 = planted(lambda w_i, w_j, d: w_j * np.exp(-0.4 * d**0.6), 25)
    for constraint in ("production", "doubly"):
        found = fit_decay(d0, "exponential_power", constraint)
        assert found.a == pytest.approx(0.6, abs=1e-3)
        assert found.b == pytest.approx(0.4, rel=1e-2)
        assert found.cpc > 0.9999


def test_the_table_has_both_forms_under_both_constraints(world):
    table = entropy_table(world)
    assert list(zip(table["form"], table["constraint"], strict=True)) == [
        ("exponential", "production"),
        ("exponential", "doubly"),
        ("exponential_power", "production"),
        ("exponential_power", "doubly"),
    ]
    rmse = table.set_index(["form", "constraint"])["rmse"]
    for constraint in ("production", "doubly"):
        assert rmse["exponential_power", constraint] <= rmse["exponential", constraint] + 1e-6
    assert (rmse["exponential"]["doubly"]) < rmse["exponential"]["production"]
    assert (table["a"][:2] == 1).all()
    assert (table["max_marginal_error"] < 1e-7).all()
    one = fit_decay(world, "exponential", "doubly")
    around = [
        np.mean((constrained_flows(world, 1, one.b * f, "doubly")[0] - world.flow) ** 2) ** 0.5
        for f in (0.99, 1.01)
    ]
    assert one.rmse < min(around)


def test_entropy_of_equal_shares():
    assert entropy(np.array([2.0, 2.0, 0.0, 2.0, 2.0])) == pytest.approx(np.log(4))
    with pytest.raises(ValueError, match="flow must be finite"):
        entropy(np.zeros(3))


def test_wrong_arguments_are_named(world):
    with pytest.raises(ValueError, match="constraint = 'both'"):
        constrained_flows(world, 1, 0.1, "both")
    with pytest.raises(ValueError, match="form = 'linear'"):
        fit_decay(world, "linear", "doubly")
    with pytest.raises(ValueError, match="both must be finite"):
        constrained_flows(world, np.nan, 0.1, "doubly")
    with pytest.raises(ValueError, match="lack the variable 'w_j'"):
        constrained_flows(world.of_variables(["d"]), 1, 0.1, "production")
