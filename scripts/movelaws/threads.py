"""How many threads the compiled kernels of a step may use."""

import numba


def use(threads: int) -> None:
    """Let kernels run on ``threads`` threads, at most as many as the machine has.

    Results do not depend on it; steps that run side by side get in each other's way without it.
    """
    if threads < 1:
        raise ValueError(f"threads = {threads}: at least 1 is needed")
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
