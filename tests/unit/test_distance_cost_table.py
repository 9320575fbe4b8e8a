import numpy as np
import pandas as pd
import pytest

from movelaws.distance_cost import (
    Moves,
    bootstrap_exponents,
    checked_moves,
    cost_exponent,
    cost_table,
    error_by_origin,
    simulate_moves,
)
from movelaws.distance_cost.table import COLUMNS
from movelaws.pairs import checked_points, log_edges, pair_counts
from movelaws.powerlaw.binned import fit_cost
from movelaws.seeds import stream

EDGES = log_edges(5.0, 5000.0, 20)


@pytest.fixture(scope="module")
def points():
    rng = stream(1, "cost table")
    return checked_points(rng.normal(0, 600, 1500), rng.normal(0, 600, 1500))


@pytest.fixture(scope="module")
def pairs(points):
    return pair_counts(points, EDGES, progress=False)


@pytest.fixture(scope="module")
def moves(points):
    return simulate_moves(points, 1.0, 20_000, 2, low=5.0)


def test_cost_is_the_ratio_of_shares(moves, pairs):
    table = cost_table(moves, pairs, seed=1)
    assert tuple(table.columns) == COLUMNS
    counts = np.histogram(moves.r, EDGES)[0]
    np.testing.assert_array_equal(table["moves"], counts)
    np.testing.assert_array_equal(table["pairs"], pairs["count"])
    np.testing.assert_allclose(table["observed"], counts / len(moves) / np.diff(EDGES))
    np.testing.assert_array_equal(table["pair_density"], pairs["density"])
    seen = pairs["count"] > 0
    expected = table["observed"] / table["pair_density"]
    np.testing.assert_allclose(table["cost"][seen], expected[seen])
    assert table["cost"][~seen].isna().all()


def test_moves_drawn_from_the_pairs_themselves_cost_one(points, pairs):
    flat = simulate_moves(points, 0.0, 50_000, 3, low=5.0)
    table = cost_table(flat, pairs, seed=1)
    often = table["moves"] > 100
    assert (np.abs(table["cost"][often] - 1) < 5 / np.sqrt(table["moves"][often])).all()


def test_numbers_per_bin_give_the_same_as_distances(moves, pairs):
    inside = moves.subset((moves.r >= EDGES[0]) & (moves.r < EDGES[-1]))
    counts = np.histogram(inside.r, EDGES)[0]
    pd.testing.assert_frame_equal(
        cost_table(inside, pairs, seed=4), cost_table(counts, pairs, seed=4)
    )
    law = cost_exponent(counts, pairs)
    assert law.exponent == fit_cost(EDGES, counts, pairs["count"]).exponent
    assert cost_exponent(inside, pairs).exponent == pytest.approx(law.exponent, abs=0.01)


def test_repeated_moves_count_as_often_as_seen(moves, pairs):
    some = moves.subset(slice(300))
    thrice = Moves(some.r, some.origin, some.destination, np.full(300, 3.0))
    written = some.subset(np.repeat(np.arange(300), 3))
    for over in ("moves", "origins"):
        pd.testing.assert_frame_equal(
            cost_table(thrice, pairs, over=over, seed=1),
            cost_table(written, pairs, over=over, seed=1),
        )
    assert cost_exponent(thrice, pairs).exponent == pytest.approx(
        cost_exponent(written, pairs).exponent
    )


def test_bands_hold_the_truth(points, pairs):
    """Nine in ten bins, over many samples, hold the cost of a very large sample."""
    truth = cost_table(simulate_moves(points, 1.0, 400_000, 5, low=5.0), pairs, seed=1)
    held = []
    for seed in range(12):
        sample = simulate_moves(points, 1.0, 4000, 100 + seed, low=5.0)
        for over in ("moves", "origins"):
            table = cost_table(sample, pairs, over=over, level=0.9, replicates=300, seed=seed)
            often = table["moves"] > 30
            inside = table["cost_low"].le(truth["cost"]) & truth["cost"].le(table["cost_high"])
            held.append(inside[often].mean())
    assert 0.82 < np.mean(held) < 0.96


def test_bands_widen_when_moves_of_an_origin_hang_together(moves, pairs):
    clumped = moves.subset(np.repeat(np.arange(500), 10))
    clumped = Moves(clumped.r, np.repeat(np.arange(500), 10))
    by = {over: cost_table(clumped, pairs, over=over, seed=1) for over in ("moves", "origins")}
    width = {over: (t["cost_high"] - t["cost_low"])[t["moves"] > 200] for over, t in by.items()}
    assert 2.5 < (width["origins"] / width["moves"]).median() < 4
    law = cost_exponent(clumped, pairs)
    assert error_by_origin(law, clumped) == pytest.approx(
        law.standard_error * np.sqrt(10), rel=0.15
    )
    drawn = bootstrap_exponents(clumped, pairs, over="origins", seed=1)
    assert drawn.std() == pytest.approx(error_by_origin(law, clumped), rel=0.2)
    alone = bootstrap_exponents(clumped, pairs, seed=1)
    assert alone.std() == pytest.approx(law.standard_error, rel=0.2)


def test_bins_without_moves_have_the_upper_limit_of_chance():
    pairs = pair_counts(
        checked_points(np.arange(300.0) * 10, np.zeros(300)),
        np.array([5.0, 15.0, 25.0, 35.0]), progress=False,
    )  # fmt: skip
    table = cost_table(np.array([100, 0, 50]), pairs, level=0.9, seed=1)
    assert table.loc[1, ["cost", "cost_low"]].tolist() == [0, 0]
    per_move = 1 / (150 * 10 * pairs.loc[1, "density"])
    assert table.loc[1, "cost_high"] == pytest.approx(-np.log(0.05) * per_move)


def test_equal_seeds_give_equal_bands(moves, pairs):
    for over in ("moves", "origins"):
        one, two, three = (cost_table(moves, pairs, over=over, seed=s) for s in (1, 1, 2))
        pd.testing.assert_frame_equal(one, two)
        assert not one["cost_low"].equals(three["cost_low"])


def test_exponent_in_a_range_uses_its_bins_only(moves, pairs):
    law = cost_exponent(moves, pairs, 20.0, 1000.0)
    assert law.low >= 20.0
    assert law.high <= 1000.0 * (1 + 1e-9)
    assert abs(law.exponent - 1) < 4.5 * law.standard_error


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, p: cost_table(m, p[["r_low", "r_high"]], seed=1), "pairs lacks count, density"),
        (lambda m, p: cost_table(m, p.drop(index=3), seed=1), "without gaps"),
        (lambda m, p: cost_table(m, p, over="towns", seed=1), "over = 'towns'"),
        (lambda m, p: cost_table(m, p, replicates=0, seed=1), "replicates = 0"),
        (lambda m, p: cost_table(m, p, level=95, seed=1), "level = 95"),
        (lambda m, p: cost_table(Moves(m.r), p, over="origins", seed=1), "their origins"),
        (lambda m, p: cost_table(Moves(m.r / 1e5), p, seed=1), "are both in metres"),
        (lambda m, p: cost_table(np.ones(3), p, seed=1), "moves has shape"),
        (lambda m, p: cost_table(m, p.assign(count=p["count"].where(p.index > 30, 0)), seed=1),
         "but no pairs"),
        (lambda m, p: cost_exponent(m, p, 10.0, 11.0), "fewer than two whole bins"),
        (lambda m, p: cost_exponent(checked_moves([1e7]), p), "no move from 5 to 5000 m"),
        (lambda m, p: error_by_origin(cost_exponent(m, p), Moves(m.r)), "no origin"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(moves, pairs, call, message):
    with pytest.raises(ValueError, match=message):
        call(moves, pairs)
