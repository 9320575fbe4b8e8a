"""How much of an error is counting, against simulated counts."""

import numpy as np
import pytest

from movelaws.lagrangian.prediction import predictions
from movelaws.lagrangian.prediction_noise import counting_score, counting_variance
from movelaws.lagrangian.prediction_tasks import day_tasks

MEANS = (0.0, 0.2, 1.0, 4.0, 17.0, 90.0, 120.0)


@pytest.mark.parametrize("floor", [0.5, 1.0, 5.0, 40.0])
def test_the_variance_is_that_of_simulated_counts(floor):
    rng = np.random.default_rng(6)
    for mean in (*MEANS, 500.0):
        q = np.log(np.maximum(rng.poisson(mean, 400_000), floor))
        assert counting_variance(mean, floor) == pytest.approx(q.var(), rel=0.04, abs=2e-5), mean


def test_exact_and_expanded_variance_meet():
    both = counting_variance(np.array([99.999, 100.001]), 1.0)
    assert both[0] == pytest.approx(both[1], rel=2e-3)
    assert counting_variance(1e6, 1.0) == pytest.approx(1e-6, rel=1e-4)


@pytest.mark.parametrize(("mean", "off"), [(100.0, 0.06), (20.0, 0.1), (6.0, 0.1), (2.0, 0.25)])
def test_static_populations_err_by_counting_alone(mean, off):
    rng = np.random.default_rng(7)
    still = np.broadcast_to(mean * rng.uniform(0.7, 1.4, (1, 12, 12)), (25, 12, 12))
    days = {name: rng.poisson(still) for name in ("a", "b")}
    task = next(t for t in day_tasks("a", "b", days, 1.0, 0.6) if t.task == "ahead")
    table = predictions([task], "x", variants=[], ridges=[1.0], exact={}, block=2, replicates=5,
                        level=0.9, seed=1)[1]  # fmt: skip
    assert (table["counting"] == table.groupby("hours")["counting"].transform("first")).all()
    assert table["counting"].to_numpy() == pytest.approx(1, abs=off)


def test_a_population_that_moves_errs_by_more_than_counting():
    rng = np.random.default_rng(8)
    factor = np.exp(rng.normal(0, 1, (25, 6, 6)).cumsum(axis=0) * 0.3)
    days = {name: rng.poisson(50 * factor) for name in ("a", "b")}
    tasks = day_tasks("a", "b", days, 1.0, 0.6)
    table = predictions(tasks, "x", variants=[], ridges=[1.0], exact={}, block=2, replicates=5,
                        level=0.9, seed=1)[1]  # fmt: skip
    shares = table[table["task"] == "ahead"].groupby("hours")["counting"].first()
    assert shares.is_monotonic_decreasing
    assert shares.iloc[-1] < 0.1


def test_agents_that_stay_counted_err_by_less():
    still = np.full((9, 30), 7.0)
    found = counting_score(still, 1.0, range(1, 8))
    assert found.counts.tolist() == [7, 6, 5, 4, 3, 2, 1]
    assert np.allclose(found.by_lead()[0] ** 2, 2 * counting_variance(7.0, 1.0))
    assert found.rms > 0  # while persistence does not err at all
