import numba
import numpy as np
import pytest

from movelaws import threads


def test_no_more_threads_than_the_machine_has():
    before = numba.get_num_threads()
    try:
        threads.use(10_000)
        assert numba.get_num_threads() == numba.config.NUMBA_NUM_THREADS
        threads.use(1)
        assert numba.get_num_threads() == 1
    finally:
        numba.set_num_threads(before)


def test_zero_threads_are_refused():
    with pytest.raises(ValueError, match="threads = 0"):
        threads.use(0)


@numba.njit(nogil=True)
def _count_visits(first, last, visits):
    for k in range(first, last):
        visits[k] += 1


@pytest.mark.parametrize("count", [0, 1, 3, 1000])
@pytest.mark.parametrize("used", [1, 2])
def test_every_index_is_shared_out_once(used, count):
    before = numba.get_num_threads()
    visits = np.zeros(count, dtype=np.int64)
    try:
        threads.use(used)
        threads.share_out(_count_visits, count, visits)
    finally:
        numba.set_num_threads(before)
    assert (visits == 1).all()


def test_an_error_on_another_thread_is_raised():
    def fail(first, last):
        raise RuntimeError("a kernel failed")

    with pytest.raises(RuntimeError, match="a kernel failed"):
        threads.share_out(fail, 10)
