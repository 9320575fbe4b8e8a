"""Evolution finds planted laws, and the same ones whatever the threads and interruptions."""

import numba
import numpy as np
import pytest

from movelaws.symbolic import evolution
from movelaws.symbolic._evolution_batch import batch, evaluator_of, least_losses
from movelaws.symbolic.evolution import EvolutionSettings, evolve
from movelaws.symbolic.hall_of_fame import HallOfFame
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import (
    BASE,
    CONSTANT,
    DIVIDE,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
    Program,
)

NAMES = ("w_i", "w_j", "d")
SMALL = {"populations": 4, "population_size": 32, "cycles_per_iteration": 60}
C = CONSTANT


def program(code, *constants):
    return Program(np.array(code, dtype=np.int8), np.array(constants, dtype=float))


def world(law, n_origins=24, n_destinations=20, seed=0, noise=0.0):
    """Flows that follow f(w_i, w_j, d) to the last commuter, or with multiplicative noise."""
    random = np.random.default_rng(seed)
    n = n_origins * n_destinations
    columns = np.array(
        [
            np.repeat(random.uniform(1, 20, n_origins), n_destinations),
            np.tile(random.uniform(0.5, 15, n_destinations), n_origins),
            random.uniform(2, 120, n),
        ]
    )
    f = law(*columns) * np.exp(noise * random.standard_normal(n))
    f = f.reshape(n_origins, -1)
    flow = random.uniform(100, 5000, (n_origins, 1)) * f / f.sum(axis=1, keepdims=True)
    return Observations(
        NAMES,
        columns,
        np.arange(0, n + 1, n_destinations),
        flow.ravel(),
        np.arange(n_origins),
        np.tile(np.arange(n_destinations), n_origins),
        np.arange(n_origins).astype(str),
    )


@pytest.fixture(scope="module")
def gravity():
    return world(lambda w_i, w_j, d: w_j / (d**1.6 + 4 * w_i), noise=0.2)


def table(hall):
    return hall.to_table(NAMES).to_csv()


PLANTED = [
    (lambda w_i, w_j, d: w_j / 1.05**d, [1, C, 2, BASE, DIVIDE], [np.log(1.05)]),
    (lambda w_i, w_j, d: w_j**0.8 / d**1.7, None, None),
    (lambda w_i, w_j, d: w_j / (d**2 + 30 * w_i), None, None),
]


@pytest.mark.parametrize(("law", "code", "constants"), PLANTED)
def test_a_planted_law_is_recovered(law, code, constants):
    data = world(law)
    settings = EvolutionSettings(
        complexity_max=9,
        iterations=14,
        populations=24,
        population_size=64,
        cycles_per_iteration=200,
    )
    hall = evolve(data, settings, seed=2, progress=False)
    best = min(hall.laws, key=lambda found: found.loss)
    assert best.loss < 1e-8 * (data.flow**2).sum()
    if code is not None:
        found = hall.at(5)[0].program
        assert abs(found.constants[0]) == pytest.approx(constants[0], rel=1e-5)


def test_losses_of_the_hall_are_those_of_all_rows(gravity):
    settings = EvolutionSettings(complexity_max=9, iterations=2, batch_origins=5, **SMALL)
    hall = evolve(gravity, settings, seed=1, progress=False)
    evaluator = evaluator_of(gravity, settings)
    for law in hall.laws:
        assert np.isfinite(law.loss)
        assert law.loss == pytest.approx(evaluator.loss(law.program), rel=1e-12)
        assert law.complexity <= 9
        assert law.program.constants.size <= settings.constants_max


@pytest.mark.parametrize("of", ["largest errors", "random"])
def test_threads_change_nothing(gravity, of):
    settings = EvolutionSettings(complexity_max=9, iterations=2, batch_origins=8, batch=of, **SMALL)
    before = numba.get_num_threads()
    halls = []
    try:
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            halls.append(table(evolve(gravity, settings, seed=4, progress=False)))
    finally:
        numba.set_num_threads(before)
    assert halls[0] == halls[1]
    assert halls[0] != table(evolve(gravity, settings, seed=5, progress=False))


def test_an_interrupted_run_ends_like_an_uninterrupted_one(gravity, tmp_path):
    path = tmp_path / "evolution.npz"
    whole = EvolutionSettings(complexity_max=9, iterations=4, batch_origins=8, **SMALL)
    part = EvolutionSettings(complexity_max=9, iterations=2, batch_origins=8, **SMALL)
    seeds = [program([1, 2, DIVIDE])]
    expected = table(evolve(gravity, whole, seeds, seed=3, progress=False))
    evolve(gravity, part, seeds, seed=3, checkpoint=path, progress=False)
    resumed = evolve(gravity, whole, seeds, seed=3, checkpoint=path, progress=False)
    assert table(resumed) == expected
    # a finished run is read, not run
    again = evolve(gravity, whole, seeds, seed=3, checkpoint=path, progress=False)
    assert table(again) == expected


def test_a_checkpoint_of_more_iterations_is_not_the_result_of_fewer(gravity, tmp_path, caplog):
    path = tmp_path / "evolution.npz"
    few, more = (
        EvolutionSettings(complexity_max=9, iterations=n, batch_origins=8, **SMALL) for n in (1, 3)
    )
    fresh = table(evolve(gravity, few, seed=3, progress=False))
    longer = table(evolve(gravity, more, seed=3, checkpoint=path, progress=False))
    assert not caplog.text
    assert table(evolve(gravity, few, seed=3, checkpoint=path, progress=False)) == fresh
    assert fresh != longer
    assert "has 3 iterations, 1 are asked for: starting anew" in caplog.text
    assert table(evolve(gravity, more, seed=3, checkpoint=path, progress=False)) == longer


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("births"), "'births' is missing"),
        (lambda a: a.pop("hall_losses"), "'hall_losses' is missing"),
        (lambda a: a.update(iteration=np.array("one")), "'iteration' is <U3"),
        (lambda a: a.update(codes=a["codes"][:1]), "'codes' has shape"),
        (lambda a: a.update(hall_losses=a["hall_losses"][:-1]), "hall_"),
        (lambda a: a.update(tried_codes=a["tried_codes"][:, :3]), "'tried_codes' has shape"),
        (lambda a: a.update(clock=a["clock"].astype(float)), "'clock' is float64"),
    ],
)
def test_a_checkpoint_whose_arrays_do_not_fit_is_left_out(
    gravity, tmp_path, caplog, change, message
):
    path = tmp_path / "evolution.npz"
    settings = EvolutionSettings(complexity_max=5, iterations=1, **SMALL)
    fresh = table(evolve(gravity, settings, seed=9, checkpoint=path, progress=False))
    with np.load(path) as stored:
        arrays = dict(stored)
    change(arrays)
    np.savez(path, **arrays)
    assert table(evolve(gravity, settings, seed=9, checkpoint=path, progress=False)) == fresh
    assert message in caplog.text
    assert "starting anew" in caplog.text


def test_a_checkpoint_that_is_one_array_is_left_out(gravity, tmp_path, caplog):
    path = tmp_path / "evolution.npz"
    settings = EvolutionSettings(complexity_max=5, iterations=1, **SMALL)
    fresh = table(evolve(gravity, settings, seed=9, progress=False))
    with path.open("wb") as file:
        np.save(file, np.arange(3))
    assert table(evolve(gravity, settings, seed=9, checkpoint=path, progress=False)) == fresh
    assert "one array, not an archive" in caplog.text


@pytest.mark.parametrize("seed", ["a", -1, 1.5, None, True])
def test_what_is_no_whole_number_is_no_seed(gravity, seed):
    with pytest.raises(ValueError, match="seed = "):
        evolve(gravity, seed=seed, progress=False)


def test_a_finished_run_clears_what_a_killed_one_left(gravity, tmp_path):
    path = tmp_path / "evolution.npz"
    settings = EvolutionSettings(complexity_max=5, iterations=1, **SMALL)
    evolve(gravity, settings, checkpoint=path, progress=False)
    left = tmp_path / ".evolution-abcdefgh"
    left.mkdir()
    (left / path.name).write_bytes(b"half")
    evolve(gravity, settings, checkpoint=path, progress=False)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_checkpoint_of_another_run_is_left_out_and_logged(gravity, tmp_path, caplog):
    path = tmp_path / "evolution.npz"
    settings = EvolutionSettings(complexity_max=7, iterations=1, **SMALL)
    fresh = table(evolve(gravity, settings, seed=9, progress=False))
    evolve(gravity, settings, seed=8, checkpoint=path, progress=False)
    assert table(evolve(gravity, settings, seed=9, checkpoint=path, progress=False)) == fresh
    assert "other data, settings or seeds" in caplog.text
    path.write_bytes(b"no archive")
    assert table(evolve(gravity, settings, seed=9, checkpoint=path, progress=False)) == fresh
    assert "cannot be read" in caplog.text


def test_seeds_are_in_the_hall_from_the_start(gravity):
    settings = EvolutionSettings(complexity_max=7, iterations=0, **SMALL)
    seeds = [
        program([1, 2, C, POWER, DIVIDE], 1.0),
        program([1, 2, 2, MULTIPLY, 2, MULTIPLY, 2, MULTIPLY, DIVIDE]),  # complexity 9: too long
    ]
    hall = evolve(gravity, settings, seeds, progress=False)
    assert [law.complexity for law in hall.laws] == [5]
    evaluator = evaluator_of(gravity, settings)
    assert hall.laws[0].loss < evaluator.loss(seeds[0])  # its exponent was fitted


def test_laws_that_are_not_finite_never_win(gravity):
    """ln of numbers below 1 to real powers, differences with sums of both signs, overflow."""
    settings = EvolutionSettings(complexity_max=9, iterations=2, **SMALL)
    bad = [
        program([1, 2, SUBTRACT, C, POWER], 0.5),
        program([2, C, SUBTRACT, LOG], 500.0),
        program([2, 2, MULTIPLY, EXP]),
        program([2, C, SUBTRACT], 60.0),
    ]
    hall = evolve(gravity, settings, bad, seed=1, progress=False)
    evaluator = evaluator_of(gravity, settings)
    assert len(hall) > 0
    for law in hall.laws:
        assert np.isfinite(evaluator.predict(law.program)).all()
        assert np.isfinite(law.program.constants).all()


@pytest.mark.parametrize(("loss", "dispersion"), [("poisson", 0.0), ("negbin", 0.3)])
def test_likelihoods(loss, dispersion):
    data = world(lambda w_i, w_j, d: w_j / 1.05**d)
    settings = EvolutionSettings(
        complexity_max=5, iterations=2, loss=loss, dispersion=dispersion, **SMALL
    )
    hall = evolve(data, settings, [program([1, 2, DIVIDE])], seed=1, progress=False)
    rate = hall.at(5)[0].program.constants
    np.testing.assert_allclose(np.abs(rate), np.log(1.05), rtol=1e-3)


def test_the_batch_holds_the_largest_errors(gravity):
    settings = EvolutionSettings(batch_origins=4)
    evaluator = evaluator_of(gravity, settings)
    least = least_losses(gravity, settings)
    np.testing.assert_allclose(least, 0, atol=1e-12)
    hall = HallOfFame()
    law = program([1, 2, DIVIDE])
    hall.add(law, evaluator.loss(law))
    chosen = batch(evaluator, least, hall, settings, np.random.default_rng(1))
    worst = np.sort(evaluator.origin_losses(law))[-4:]
    assert chosen.loss(law) == pytest.approx(worst.sum())
    all_of_them = EvolutionSettings(batch_origins=24)
    assert batch(evaluator, least, hall, all_of_them, np.random.default_rng(1)) is evaluator


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"complexity_max": 0}, "complexity_max = 0"),
        ({"complexity_max": 32}, "complexity_max = 32"),
        ({"populations": 2.5}, "populations = 2.5"),
        ({"tournament": True}, "tournament = True"),
        ({"annealing": -1}, "annealing = -1"),
        ({"migration": 1.5}, "migration = 1.5"),
        ({"selection": np.nan}, "selection = nan"),
        ({"batch": "all"}, "choose from"),
        ({"argument_complexity": 0}, "argument_complexity = 0"),
        ({"weights": {"mutate": 1}}, "mutate"),
        ({"weights": {"optimise": -1}}, "finite and >= 0"),
        ({"weights": dict.fromkeys(evolution.EvolutionSettings().weights, 0)}, "at least one"),
    ],
)
def test_settings_are_checked(wrong, message):
    with pytest.raises(ValueError, match=message):
        EvolutionSettings(**wrong)


def test_what_is_no_program_is_no_seed(gravity):
    with pytest.raises(ValueError, match="no program"):
        evolve(gravity, seeds=[program([1, DIVIDE])], progress=False)
    with pytest.raises(ValueError, match="loss = 'mae'"):
        evolve(gravity, EvolutionSettings(loss="mae"), progress=False)
