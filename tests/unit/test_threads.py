import numba
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
