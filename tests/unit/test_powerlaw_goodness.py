import numba
import numpy as np
import pytest
from scipy.stats import kstest

from movelaws.powerlaw.goodness import (
    bootstrap_p,
    ks_distance,
    replicate_distances,
    scan_bootstrap_p,
    scan_low,
)
from movelaws.powerlaw.truncated import PowerLaw, fit_power_law, sample_power_law

LOW, HIGH = 10.0, 5e5


@pytest.fixture
def lognormal():
    r = np.random.default_rng(3).lognormal(7, 1, 400)
    return r[(r >= LOW) & (r <= HIGH)]


def test_ks_distance_is_that_of_scipy():
    r = sample_power_law(1.1, LOW, HIGH, 300, 1)
    law = fit_power_law(r, LOW, HIGH)
    assert ks_distance(r, law) == pytest.approx(kstest(r, law.cdf).statistic, rel=1e-12)
    assert ks_distance(np.append(r, [1.0, 1e9]), law) == ks_distance(r, law)


def test_equal_distances_enter_together_and_weights_repeat_them():
    law = PowerLaw(1.0, 1.0, 100.0)
    # cdf at 10 is 1/2: the step from 0 to 3/4 there misses it by at most 1/2
    assert ks_distance([10.0, 10.0, 10.0, 100.0], law) == pytest.approx(0.5)
    assert ks_distance([10.0, 100.0], law, [3, 1]) == pytest.approx(0.5)


def test_p_is_uniform_where_the_law_is_true():
    p = []
    for seed in range(120):
        r = sample_power_law(1.0, LOW, HIGH, 50, seed)
        p.append(bootstrap_p(r, fit_power_law(r, LOW, HIGH), replicates=60, seed=seed)[1])
    assert kstest(p, "uniform").pvalue > 0.01


def test_a_lognormal_is_rejected(lognormal):
    law = fit_power_law(lognormal, LOW, HIGH)
    ks, p = bootstrap_p(lognormal, law, replicates=200, seed=1)
    assert ks > 0.2
    assert p == pytest.approx(1 / 201)


def test_p_is_the_same_on_any_number_of_threads(lognormal):
    law = fit_power_law(lognormal, LOW, HIGH)
    before = numba.get_num_threads()
    try:
        found = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            found.append(replicate_distances(law, 200, 50, seed=9))
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(*found)
    assert not np.array_equal(found[0], replicate_distances(law, 200, 50, seed=10))


def test_replicates_are_samples_fitted_anew():
    law = PowerLaw(1.4, LOW, HIGH)
    quick = replicate_distances(law, 80, 400, seed=0)
    plain = []
    for seed in range(400):
        r = sample_power_law(1.4, LOW, HIGH, 80, seed)
        plain.append(ks_distance(r, fit_power_law(r, LOW, HIGH)))
    assert np.mean(quick) == pytest.approx(np.mean(plain), rel=0.05)
    assert np.quantile(quick, 0.9) == pytest.approx(np.quantile(plain, 0.9), rel=0.1)


def test_scan_finds_where_the_power_law_begins():
    tail = sample_power_law(2.0, 100, 1e5, 1500, 2)
    core = np.random.default_rng(1).uniform(20, 100, 500)
    candidates = np.geomspace(20, 1000, 40)
    law, ks = scan_low(np.concatenate([core, tail]), 1e5, candidates)
    assert 80 < law.low < 200
    assert law.exponent == pytest.approx(2.0, abs=4 * law.standard_error)
    assert ks < 0.03


def test_semiparametric_bootstrap_accepts_a_tail_over_any_core():
    tail = sample_power_law(2.0, 100, 1e5, 300, 2)
    core = np.random.default_rng(1).uniform(20, 100, 100)
    r = np.concatenate([core, tail])
    candidates = np.geomspace(20, 1000, 15)
    law, ks, p = scan_bootstrap_p(r, 1e5, candidates, replicates=30, seed=5)
    assert (law, ks) == scan_low(r, 1e5, candidates)
    assert p > 0.05
    assert scan_bootstrap_p(r, 1e5, candidates, replicates=30, seed=5)[2] == p


def test_bad_input_is_named():
    law = PowerLaw(1.0, 10.0, 100.0)
    with pytest.raises(ValueError, match="none of the 1 distances"):
        ks_distance([5.0], law)
    with pytest.raises(ValueError, match="replicates = 0"):
        replicate_distances(law, 10, 0, seed=1)
    with pytest.raises(ValueError, match="n = 1"):
        replicate_distances(law, 1, 10, seed=1)
    with pytest.raises(ValueError, match="no candidate leaves two"):
        scan_low([10.0, 20.0], 100.0, [50.0])
    with pytest.raises(ValueError, match="replicates = -1"):
        scan_bootstrap_p([10.0, 20.0, 30.0], 100.0, [10.0], replicates=-1, seed=0)
