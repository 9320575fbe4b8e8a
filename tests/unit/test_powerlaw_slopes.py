import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from movelaws.powerlaw.planted import planted_readings
from movelaws.powerlaw.sample_space import fit_sample_space, sample_space_p
from movelaws.powerlaw.slopes import cost_bins, log_edges_from_centres, sensitivity_table

EDGES = np.geomspace(10, 5e5, 61)
CENTRE = (EDGES[1:] + EDGES[:-1]) / 2


def tables(exponent, noise=0.0, seed=1):
    """Densities of moves and pairs per metre with cost r^-exponent at the centres."""
    rng = np.random.default_rng(seed)
    pairs = CENTRE**0.7 * np.exp(-CENTRE / 6e4)
    moves = pairs * CENTRE**-exponent * np.exp(rng.normal(0, noise, CENTRE.size))
    return (
        pd.DataFrame({"x": CENTRE, "y": moves / (moves * np.diff(EDGES)).sum()}),
        pd.DataFrame({"x": CENTRE, "y": pairs / (pairs * np.diff(EDGES)).sum()}),
    )


@pytest.mark.parametrize("exponent", [-1.0, 0.0, 0.98, 1.0, 2.0, 3.0])
def test_sample_space_is_unbiased(exponent):
    share, rng = CENTRE**-exponent, np.random.default_rng(3)
    fits = [
        fit_sample_space(CENTRE, rng.multinomial(1000, share / share.sum())) for _ in range(300)
    ]
    pulls = np.array([(fit.exponent - exponent) / fit.standard_error for fit in fits])
    assert abs(pulls.mean()) < 3.5 / math.sqrt(300) + 0.05
    assert pulls.std() == pytest.approx(1, abs=0.15)


def test_sample_space_maximises_its_plainly_written_likelihood():
    weights = np.random.default_rng(1).random(60)
    measure = np.random.default_rng(2).random(60) + 0.1

    def loss(exponent):
        share = measure * CENTRE**-exponent
        return -float(weights @ np.log(share / share.sum()))

    law = fit_sample_space(CENTRE, weights, measure)
    best = minimize_scalar(loss, bracket=(-0.5, 0.5), tol=1e-12)
    assert law.exponent == pytest.approx(best.x, abs=1e-6)
    assert law.loglik == pytest.approx(-best.fun)
    gap = np.abs(np.cumsum(weights) / weights.sum() - np.cumsum(law.shares)).max()
    assert law.ks == pytest.approx(gap)


def test_sample_space_takes_values_in_any_order():
    weights = np.random.default_rng(1).random(60)
    order = np.random.default_rng(2).permutation(60)
    law, shuffled = (fit_sample_space(CENTRE[o], weights[o]) for o in (np.arange(60), order))
    assert shuffled.exponent == pytest.approx(law.exponent, abs=1e-12)
    assert shuffled.values.tolist() == law.values.tolist()


def test_edges_are_those_around_the_centres():
    assert log_edges_from_centres(CENTRE) == pytest.approx(EDGES, rel=1e-9)


def test_bins_hold_mass_and_know_where_nothing_was_seen():
    moves, pairs = tables(1.0)
    bins = cost_bins(moves.drop(index=[5, 59]), pairs, mass=False)
    assert bins.edges == pytest.approx(EDGES[:-1], rel=1e-9)
    assert bins.moves[5] == bins.ratio[5] == 0
    assert bins.pairs.sum() == pytest.approx(1 - pairs.y[59] * (EDGES[60] - EDGES[59]))
    masses = [table.assign(y=table["y"] * np.diff(EDGES)) for table in (moves, pairs)]
    again = cost_bins(*masses, mass=True)
    assert again.moves == pytest.approx(cost_bins(moves, pairs, mass=False).moves)
    assert again.ratio == pytest.approx(cost_bins(moves, pairs, mass=False).ratio)


def test_bins_beyond_the_last_pair_are_cut_off():
    moves, pairs = tables(1.0)
    moves.loc[55:, "y"] = 0.0
    pairs.loc[55:, "y"] = 0.0
    assert cost_bins(moves, pairs, mass=False).centre.size == 55


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.5])
def test_all_readings_agree_where_the_law_is_exact(exponent):
    bins = cost_bins(*tables(exponent), mass=False)
    table = sensitivity_table(bins, {"all": (10, 5e5), "part": (100, 1e5)})
    right = table[~((table["estimator"] == "truncated") & (table["weights"] == "ratio"))]
    # A centre stands for its bin: nothing else keeps the readings apart.
    assert right["exponent"].to_numpy() == pytest.approx(exponent, abs=0.02)
    assert (table["ks"].dropna() < 0.01).all()
    assert set(table["range"]) == {"all", "part"}


def test_taking_the_ratio_for_distances_adds_one():
    # A list of log-spaced centres is itself a sample from 1/r.
    bins = cost_bins(*tables(1.0), mass=False)
    table = sensitivity_table(bins, {"all": (10, 5e5)}).set_index(["estimator", "weights"])
    assert table.loc[("truncated", "ratio"), "exponent"] == pytest.approx(2.0, abs=0.1)


def test_readings_part_where_the_ratio_is_noisy():
    bins = cost_bins(*tables(1.0, noise=0.6), mass=False)
    exponents = sensitivity_table(bins, {"all": (10, 5e5)})["exponent"]
    assert exponents.max() - exponents[exponents < 1.5].min() > 0.05


def test_a_ratio_of_its_own_is_used_as_given():
    moves, pairs = tables(1.0)
    ratio = pd.DataFrame({"x": CENTRE[10:50], "y": CENTRE[10:50] ** -1.3})
    bins = cost_bins(moves, pairs, ratio, mass=False)
    assert np.count_nonzero(bins.ratio) == 40
    table = sensitivity_table(bins, {"all": (10, 5e5)}).set_index(["estimator", "weights"])
    assert table.loc[("least squares", "equal"), "exponent"] == pytest.approx(1.3)
    assert table.loc[("moves and pairs", "moves"), "exponent"] == pytest.approx(1.0, abs=0.02)


def test_p_depends_on_the_draws_that_the_heights_are_taken_for():
    heights = CENTRE**-1.0 * np.exp(np.random.default_rng(1).normal(0, 0.3, 60))
    law = fit_sample_space(CENTRE, heights)
    few, many = (sample_space_p(law, n, replicates=99, seed=1) for n in (15, 20_000))
    assert few > 0.5
    assert many < 0.05
    assert sample_space_p(law, 15, replicates=99, seed=1) == few


def test_p_of_true_counts_is_not_small():
    share = CENTRE**-1.0 / np.sum(CENTRE**-1.0)
    p = []
    for seed in range(20):
        counts = np.random.default_rng(seed).multinomial(300, share)
        p.append(sample_space_p(fit_sample_space(CENTRE, counts), 300, replicates=39, seed=seed))
    assert 0.3 < np.mean(p) < 0.7


def test_planted_moves_are_read_without_bias():
    bins = cost_bins(*tables(1.0), mass=False)
    table = planted_readings(bins, 50_000, 1.3, low=20, high=2e5, replicates=15, seed=2)
    readings = table.groupby(["estimator", "weights"])["exponent"].agg(["mean", "std"])
    for reading in (("moves and pairs", "moves"), ("sample space", "ratio")):
        mean, scatter = readings.loc[reading]
        assert mean == pytest.approx(1.3, abs=4 * scatter / math.sqrt(15) + 0.005)
    spread = readings["std"]
    assert spread["moves and pairs", "moves"] < spread["sample space", "ratio"]
    again = planted_readings(bins, 50_000, 1.3, low=20, high=2e5, replicates=15, seed=2)
    pd.testing.assert_frame_equal(table, again)


def test_bad_input_is_named():
    moves, pairs = tables(1.0)
    with pytest.raises(ValueError, match="moves lacks the column y"):
        cost_bins(moves[["x"]], pairs, mass=False)
    with pytest.raises(ValueError, match=r"moves.y\[2\] = -1"):
        cost_bins(moves.assign(y=moves["y"].where(moves.index != 2, -1.0)), pairs, mass=False)
    with pytest.raises(ValueError, match="is no centre of the pairs' bins"):
        cost_bins(moves.assign(x=moves["x"] * 1.01), pairs, mass=False)
    with pytest.raises(ValueError, match="a bin is missing"):
        log_edges_from_centres(np.delete(CENTRE, 7))
    bins = cost_bins(moves, pairs, mass=False)
    with pytest.raises(ValueError, match="range far"):
        sensitivity_table(bins, {"far": (1e6, 2e6)})
    with pytest.raises(ValueError, match="n_moves = 0"):
        planted_readings(bins, 0, seed=1)
    with pytest.raises(ValueError, match="holds 1 bins"):
        planted_readings(bins, 10, low=CENTRE[3], high=CENTRE[3], seed=1)
    with pytest.raises(ValueError, match="n = 1, replicates = 5"):
        sample_space_p(fit_sample_space(CENTRE, CENTRE**-1.0), 1, replicates=5, seed=1)
    with pytest.raises(ValueError, match="occurs twice"):
        fit_sample_space([1.0, 1.0, 2.0], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="one end of the values"):
        fit_sample_space([1.0, 2.0], [1.0, 0.0])
    with pytest.raises(ValueError, match=r"measure\[1\] = 0"):
        fit_sample_space([1.0, 2.0], [1.0, 1.0], [1.0, 0.0])
