"""On large lattices the adjoint runs on several threads, with the same result to the bit."""

import numba
import numpy as np

from movelaws.lagrangian import adjoint
from movelaws.lagrangian.state import reference
from tests.unit.lagrangian_small_fit import parameters, walk


def test_the_threads_do_not_change_the_result():
    shape = (96, 90)
    data = reference(walk(3, shape))
    assert data.sites > adjoint._PARALLEL_FROM
    rng = np.random.default_rng(0)
    gamma, lam = parameters(rng, 3, shape), parameters(rng, 1, shape)
    objective = adjoint.Adjoint([data])
    found = []
    before = numba.get_num_threads()
    for sweep, threads in (
        (adjoint._sweep, 1),
        (adjoint._sweep_parallel, 1),
        (adjoint._sweep_parallel, before),
    ):
        numba.set_num_threads(threads)
        objective._sweep = sweep
        slopes = np.empty_like(gamma), np.empty_like(lam)
        found.append((objective.value(gamma, lam, *slopes), *slopes))
    numba.set_num_threads(before)
    for other in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], other, strict=True))
