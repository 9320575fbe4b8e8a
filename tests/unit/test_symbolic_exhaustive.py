"""Certified search: planted laws, the bound against brute force, resume, threads, ranks."""

from dataclasses import replace

import numba
import numpy as np
import pytest

from movelaws.symbolic.certificate import COUNTS, EXACT, ranks
from movelaws.symbolic.enumeration import enumerate_programs
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.exhaustive import certified_search
from movelaws.symbolic.fitting import screen
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import BASE, CONSTANT, DIVIDE

NAMES = ("w_i", "w_j", "d")
ROWS = (60, 200)


def world(law, noise: float = 0.0, seed: int = 1) -> Observations:
    """40 origins with 12 destinations each; flows by a law of w_j and d, with noise."""
    stream = np.random.default_rng(seed)
    n_origins, n_destinations = 40, 12
    n = n_origins * n_destinations
    start = np.arange(0, n + 1, n_destinations)
    w_i = np.repeat(stream.lognormal(0.0, 0.8, n_origins), n_destinations)
    w_j, d = stream.lognormal(0.0, 0.8, n), stream.uniform(1.0, 60.0, n)
    f = law(w_j, d)
    outflow = np.repeat(stream.lognormal(6.0, 1.2, n_origins), n_destinations)
    flow = outflow * f / np.repeat(np.add.reduceat(f, start[:-1]), n_destinations)
    flow = flow * stream.lognormal(0.0, noise, n) if noise else flow
    ids = np.array([str(i) for i in range(n)])
    columns = np.stack([w_i, w_j, d])
    return Observations(NAMES, columns, start, flow, np.arange(n_origins), np.arange(n), ids)


def gravity(w_j, d):
    return w_j * np.exp(-0.07 * d)


@pytest.fixture(scope="module")
def noisy() -> Observations:
    return world(gravity, noise=0.4)


@pytest.fixture(scope="module")
def front(noisy):
    return certified_search(noisy, 5, tier_rows=ROWS, progress=False)


def test_planted_law_without_noise_is_found():
    found = certified_search(world(gravity), 5, tier_rows=ROWS, progress=False)
    best = next(law for law in found.laws if law.complexity == 5)
    assert best.rmse < 1e-5
    assert set(best.program.code.tolist()) >= {1, 2, BASE, CONSTANT}
    assert best.program.constants == pytest.approx([-0.07], rel=1e-5)


def test_planted_ratio_is_found_at_its_complexity():
    found = certified_search(world(lambda w_j, d: w_j / d, 0.05), 3, tier_rows=ROWS, progress=False)
    best = next(law for law in found.laws if law.complexity == 3)
    assert best.program.code.tolist() == [1, 2, DIVIDE]


def test_the_bound_never_excludes_one_of_the_best(noisy, front):
    """Against fits of every law on all rows, without any bound."""
    laws = enumerate_programs(NAMES, 5)
    evaluator = Evaluator(noisy)
    lower = np.empty(0)
    for complexity in (1, 3, 5):
        codes = laws.of_complexity(complexity)
        _, losses = screen(evaluator, codes, 64, 9, 4, 60)
        losses = np.sort(losses[np.isfinite(losses)])
        rank = ranks(losses, lower)
        plain = [losses[rank == r][0] for r in range(1, 4) if (rank == r).any()]
        mine = [law.rmse for law in front.laws if law.complexity == complexity]
        np.testing.assert_allclose(mine, np.sqrt(np.array(plain) / noisy.n_rows), rtol=1e-6)
        lower = losses


def test_bounds_lie_below_and_values_are_those_of_the_laws(noisy, front):
    evaluator = Evaluator(noisy)
    for level in front.levels.values():
        valid = np.isfinite(level.rmse)
        assert (level.lower[valid] <= level.rmse[valid] * (1 + 1e-7)).all()
        for row in np.flatnonzero(valid)[:25]:
            assert evaluator.rmse(level.program(row)) == pytest.approx(level.rmse[row], rel=1e-9)
        assert (level.status[level.ranked] == EXACT).all()


def test_every_law_is_accounted_for(front):
    for row in front.certificate.to_dict("records"):
        parts = ("invalid", "no_valid_start", "excluded_by_bound", "fitted_on_all")
        assert sum(row[part] for part in parts) == row["screened"] == row["distinct"]
        assert set(COUNTS) <= set(row)
    assert len(front.landscape) == front.certificate["distinct"].sum()
    last = [law.rmse for law in front.laws if law.complexity == 5][-1]
    assert front.certificate["threshold_rmse"].iloc[-1] == last
    assert front.certificate["kept"].iloc[-1] == 3


def test_a_landscape_is_left_out_where_not_asked_for(noisy, front):
    plain = certified_search(noisy, 5, tier_rows=ROWS, landscape_max=3, progress=False)
    assert [law.rmse for law in plain.laws] == pytest.approx([law.rmse for law in front.laws])
    assert plain.landscape["status"].isin(["lower"]).any()


def test_a_killed_run_resumes_with_equal_bytes(noisy, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    arguments = {"tier_rows": ROWS, "progress": False}
    certified_search(noisy, 5, checkpoint=whole, **arguments)
    certified_search(noisy, 5, checkpoint=broken, **arguments)
    next(broken.glob("complexity_5-*.npz")).unlink()
    certified_search(noisy, 5, checkpoint=broken, **arguments)
    for path in whole.iterdir():
        assert path.read_bytes() == (broken / path.name).read_bytes()


def test_levels_of_another_search_are_replaced(noisy, tmp_path):
    arguments = {"tier_rows": ROWS, "checkpoint": tmp_path, "progress": False}
    certified_search(noisy, 3, **arguments)
    first = {path.name for path in tmp_path.iterdir()}
    certified_search(noisy, 3, seed=1, **arguments)
    second = {path.name for path in tmp_path.iterdir()}
    assert len(first) == len(second) == 2
    assert not first & second


def test_a_broken_level_is_searched_again(noisy, tmp_path):
    arguments = {"tier_rows": ROWS, "checkpoint": tmp_path, "progress": False}
    certified_search(noisy, 1, **arguments)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    certified_search(noisy, 1, **arguments)
    assert path.read_bytes() == whole


def test_threads_make_no_difference(noisy, front):
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        single = certified_search(noisy, 5, tier_rows=ROWS, progress=False)
    finally:
        numba.set_num_threads(before)
    for complexity, level in front.levels.items():
        for mine, other in zip(level, single.levels[complexity], strict=True):
            assert mine.tobytes() == other.tobytes()


def test_equal_losses_are_one_rank_and_known_ones_none():
    losses = np.array([1.0, 1.0 + 1e-9, 2.0, 3.0, np.inf])
    assert ranks(losses).tolist() == [1, 1, 2, 3, 0]
    assert ranks(losses, [2.0 * (1 - 1e-9)]).tolist() == [1, 1, 0, 2, 0]
    assert ranks(np.empty(0)).size == 0


def test_bad_arguments_are_named(noisy):
    with pytest.raises(ValueError, match="keep = 0"):
        certified_search(noisy, 3, keep=0)
    with pytest.raises(ValueError, match="tier_rows"):
        certified_search(noisy, 3, tier_rows=(5,))
    with pytest.raises(ValueError, match="complexity_max = 2"):
        certified_search(noisy, 2)


def test_negative_variables_are_refused(noisy):
    shifted = replace(noisy, columns=noisy.columns - 5.0)
    with pytest.raises(ValueError, match="variable 'w_i' is negative"):
        certified_search(shifted, 3, progress=False)
