"""The evaluator against NumPy and SciPy, and against what allocation has to keep."""

import math
import multiprocessing

import numba
import numpy as np
import pytest
from scipy import stats

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    END,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
    Program,
    stacked,
)
from tests.unit.symbolic_worlds import program, random_code, reference, world

W_I, W_J, D, S = range(4)
GRAVITY = program([W_J, CONSTANT, D, BASE, DIVIDE], 0.05)


def _random_programs(n, seed, longest=11):
    rng = np.random.default_rng(seed)
    programs = []
    for _ in range(n):
        code = random_code(rng, int(rng.integers(1, longest + 1)), 4)
        constants = rng.choice([-1.0, 0.5, 2.0, 1.3, -0.7, 3.0, 0.02], (code == CONSTANT).sum())
        programs.append(Program(code, constants))
    return programs


def _numpy_loss(observed, f, loss="mse", alpha=0.0):
    with np.errstate(all="ignore"):
        sums = np.add.reduceat(f, observed.start[:-1])
        if not np.isfinite(sums).all() or (sums == 0).any():
            return math.inf
        mu = f * (observed.outflow / sums)[observed.origin]
    if loss == "mse":
        return ((mu - observed.flow) ** 2).sum()
    if (mu < 0).any() or ((mu == 0) & (observed.flow > 0)).any():
        return math.inf
    with np.errstate(all="ignore"):
        total = -np.where(observed.flow > 0, observed.flow * np.log(mu), 0.0).sum()
    if loss == "negbin":
        total += ((observed.flow + 1 / alpha) * np.log1p(alpha * mu)).sum()
    return total


@pytest.mark.parametrize(("loss", "alpha"), [("mse", 0.0), ("poisson", 0.0), ("negbin", 0.3)])
def test_random_programs_agree_with_numpy(loss, alpha):
    observed = world(seed=3)
    evaluator = Evaluator(observed, loss, alpha)
    programs = _random_programs(600, seed=7)
    losses = evaluator.losses(*stacked(programs))
    assert not np.isnan(losses).any()
    assert 0.2 < np.isfinite(losses).mean() < 0.95
    for found, one in zip(losses, programs, strict=True):
        f = reference(one, observed.columns)
        expected = _numpy_loss(observed, f, loss, alpha)
        if np.isfinite(expected) and np.isfinite(found):
            assert found == pytest.approx(expected, rel=1e-7)
        else:
            # Sums on the brink of what a number can hold, or of 0, may fall to either side.
            with np.errstate(all="ignore"):
                sums = np.abs(np.add.reduceat(f, observed.start[:-1]))
                sizes = np.add.reduceat(np.abs(f), observed.start[:-1])
                brink = (
                    (sums < 1e-9 * sizes).any() or (sizes > 1e290).any() or (sizes < 1e-290).any()
                )
            assert found == expected or brink, one


def test_values_of_random_programs_agree_with_numpy():
    observed = world(seed=4)
    evaluator = Evaluator(observed)
    for one in _random_programs(300, seed=8):
        f, expected = evaluator.weights(one), reference(one, observed.columns)
        with np.errstate(all="ignore"):
            plain = np.isfinite(expected) & (np.abs(expected) > 1e-300) & (np.abs(expected) < 1e300)
        if not plain.any():
            continue
        # Differences of nearly equal numbers keep the rounding of the larger ones.
        close = np.isclose(f[plain], expected[plain], rtol=1e-9, atol=1e-9)
        assert close.mean() > 0.98, one
        assert np.isfinite(f[plain]).mean() > 0.99, one


def test_predictions_keep_outflows_and_agree_with_the_loss():
    observed = world(seed=5)
    evaluator = Evaluator(observed)
    flows = evaluator.predict(GRAVITY)
    np.testing.assert_allclose(np.add.reduceat(flows, observed.start[:-1]), observed.outflow)
    errors = (flows - observed.flow) ** 2
    assert evaluator.loss(GRAVITY) == pytest.approx(errors.sum(), rel=1e-12)
    assert evaluator.rmse(GRAVITY) == pytest.approx(math.sqrt(errors.mean()), rel=1e-12)
    by_origin = np.add.reduceat(errors, observed.start[:-1])
    np.testing.assert_allclose(evaluator.origin_losses(GRAVITY), by_origin, rtol=1e-9)
    shared = np.minimum(flows, observed.flow).sum() / observed.flow.sum()
    assert evaluator.cpc(GRAVITY) == pytest.approx(shared)


def test_constant_and_origin_factors_cancel():
    evaluator = Evaluator(world(seed=6))
    loss = evaluator.loss(GRAVITY)
    scaled = program([*GRAVITY.code, CONSTANT, MULTIPLY], *GRAVITY.constants, -17.0)
    by_origin = program([*GRAVITY.code, W_I, DIVIDE], *GRAVITY.constants)
    assert evaluator.loss(scaled) == pytest.approx(loss, rel=1e-12)
    assert evaluator.loss(by_origin) == pytest.approx(loss, rel=1e-12)


def test_the_order_of_origins_does_not_matter():
    observed = world(seed=7)
    mixed = observed.of_origins(np.random.default_rng(0).permutation(observed.n_origins))
    a, b = Evaluator(observed).loss(GRAVITY), Evaluator(mixed).loss(GRAVITY)
    assert a == pytest.approx(b, rel=1e-13)


def test_origins_with_one_destination_are_predicted_exactly():
    observed = world(seed=8, sizes=[1, 5, 1, 9, 1])
    evaluator = Evaluator(observed)
    losses = evaluator.origin_losses(GRAVITY)
    np.testing.assert_allclose(losses[[0, 2, 4]], 0.0, atol=1e-18 * observed.flow.max() ** 2)
    lonely = Evaluator(world(seed=8, sizes=[1] * 20))
    assert lonely.loss(program([D])) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    "one",
    [
        program([D, D, SUBTRACT]),  # 0 everywhere
        program([W_J, D, D, SUBTRACT, DIVIDE]),  # 1 / 0
        program([D, CONSTANT, SUBTRACT, CONSTANT, POWER], 1e3, 0.5),  # roots below 0
        program([D, CONSTANT, MULTIPLY, LOG], -1.0),
        program([D, D, MULTIPLY, EXP, EXP]),  # overflow
        program([S, LOG]),  # ln 0
        program([CONSTANT], math.nan),
    ],
)
def test_invalid_programs_lose_everything_and_say_so(one):
    observed = world(seed=9)
    for loss, alpha in (("mse", 0.0), ("poisson", 0.0), ("negbin", 0.1)):
        evaluator = Evaluator(observed, loss, alpha)
        assert evaluator.loss(one) == math.inf
        assert evaluator.rmse(one) == math.inf
        assert (evaluator.origin_losses(one) == math.inf).all()
        assert evaluator.derivatives(one)[0] == math.inf
    with pytest.raises(ValueError, match="invalid on these observations"):
        evaluator.predict(one)


@pytest.mark.parametrize("loss", ["mse", "poisson", "negbin"])
def test_an_origin_is_turned_by_its_own_sum(loss):
    """A factor of the origin cancels, whatever its sign: the allocation decides, not the form."""
    observed = world(seed=9, sizes=[6] * 30)
    evaluator = Evaluator(observed, loss, 0.1 if loss == "negbin" else 0.0)
    sign = [W_I, CONSTANT, SUBTRACT]
    middle = float(np.median(observed.columns[W_I]))
    turned = program([W_J, CONSTANT, D, BASE, DIVIDE, *sign, MULTIPLY], 0.083, middle)
    plain = program([W_J, CONSTANT, D, BASE, DIVIDE], 0.083)
    assert len(np.unique(np.sign(evaluator.weights(turned)))) == 2
    assert evaluator.loss(turned) == pytest.approx(evaluator.loss(plain), rel=1e-9)
    np.testing.assert_allclose(evaluator.predict(turned), evaluator.predict(plain), rtol=1e-9)
    value, slope, _ = evaluator.derivatives(turned)
    other, plain_slope, _ = evaluator.derivatives(plain)
    assert value == pytest.approx(other, rel=1e-9)
    assert slope[0] == pytest.approx(plain_slope[0], rel=1e-6)


def test_likelihoods_differ_from_those_of_scipy_by_a_constant():
    observed = world(seed=10)
    other = program([W_J, D, CONSTANT, POWER, DIVIDE], 1.7)
    for loss, alpha in (("poisson", 0.0), ("negbin", 0.25)):
        evaluator = Evaluator(observed, loss, alpha)
        differences = []
        for one in (GRAVITY, other):
            mu = evaluator.predict(one)
            if loss == "poisson":
                likelihood = stats.poisson.logpmf(observed.flow, mu)
            else:
                likelihood = stats.nbinom.logpmf(observed.flow, 1 / alpha, 1 / (1 + alpha * mu))
            differences.append(evaluator.loss(one) + likelihood.sum())
        assert differences[0] == pytest.approx(differences[1], rel=1e-8)


def test_a_limit_excludes_without_touching_what_is_below_it():
    observed = world(seed=11, sizes=[40] * 120)
    for loss, alpha in (("mse", 0.0), ("poisson", 0.0), ("negbin", 0.3)):
        evaluator = Evaluator(observed, loss, alpha)
        codes, constants = stacked(_random_programs(200, seed=12))
        losses = evaluator.losses(codes, constants)
        limit = float(np.median(losses[np.isfinite(losses)]))
        found = evaluator.losses(codes, constants, limit)
        below = losses <= limit
        np.testing.assert_array_equal(found[below], losses[below])
        assert (found[~below] > limit).all()
        tolerance = 1e-9 * np.abs(losses[~below])
        assert (found[~below] <= losses[~below] + tolerance).all()


def test_bits_do_not_depend_on_threads():
    evaluator = Evaluator(world(seed=13))
    codes, constants = stacked(_random_programs(100, seed=14))
    before = numba.get_num_threads()
    try:
        found = []
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            found.append(evaluator.losses(codes, constants).tobytes())
    finally:
        numba.set_num_threads(before)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ([W_J, 4], "a token outside"),
        ([W_J, -11], "a token outside"),
        ([END, END], "no tokens"),
        ([W_J, END, D], "a token after END"),
        ([W_J, ADD], "an operation without its operands"),
        ([EXP, W_J], "an operation without its operands"),
        ([ADD, W_J, D], "an operation without its operands"),
        ([W_J, D], "more than one result"),
        ([W_J] * 40, "at most 31"),
        ([W_J] * 17 + [ADD] * 14, "more than"),
    ],
)
def test_what_is_no_program_is_refused(code, why):
    evaluator = Evaluator(world(seed=1))
    with pytest.raises(ValueError, match=why):
        evaluator.losses(np.array([code]), np.ones((1, 3)))


def test_other_bad_arguments_are_refused():
    observed = world(seed=1)
    with pytest.raises(ValueError, match="loss = 'mae'"):
        Evaluator(observed, "mae")
    with pytest.raises(ValueError, match="dispersion = 0"):
        Evaluator(observed, "negbin")
    with pytest.raises(ValueError, match=r"dispersion = 0\.5"):
        Evaluator(observed, "mse", 0.5)
    evaluator = Evaluator(observed)
    with pytest.raises(ValueError, match=r"constants has shape \(1, 0\)"):
        evaluator.losses(GRAVITY.code[None], np.ones((1, 0)))
    with pytest.raises(ValueError, match="table of integers"):
        evaluator.losses(np.array([[0.5]]), np.ones((1, 1)))
    assert evaluator.losses(np.empty((0, 3), np.int8), np.empty((0, 1))).size == 0


def test_an_evaluator_works_in_another_process():
    evaluator = Evaluator(world(seed=14))
    # A fresh process has the kernels at other addresses.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(evaluator.loss, (GRAVITY,)) == evaluator.loss(GRAVITY)
    assert evaluator.__getstate__()["data"].kernels is None
