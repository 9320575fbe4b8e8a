"""How many threads the compiled kernels of a step may use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numba

_PARTS = 8  # of each thread, so that one with light parts takes over others


def use(threads: int) -> None:
    """Let kernels run on ``threads`` threads, at most as many as the machine has.

    Results do not depend on it; steps that run side by side get in each other's way without it.
    """
    if threads < 1:
        raise ValueError(f"threads = {threads}: at least 1 is needed")
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))


def share_out(kernel: Callable[..., None], count: int, *arguments: object) -> None:
    """Call a kernel for parts of ``range(count)``, on as many threads as kernels may use.

    A loop that Numba runs in parallel takes twice as long to compile as a plain one.

    Parameters
    ----------
    kernel : takes the first index and the one behind the last, then ``arguments``. Compiled with
        ``nogil=True``, it writes to entries of each index alone: then threads change no result.
    count : number of indices.
    """
    threads = min(numba.get_num_threads(), count)
    if threads <= 1:
        kernel(0, count, *arguments)
        return
    parts = min(count, _PARTS * threads)
    bounds = [part * count // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(kernel, *ends, *arguments) for ends in pairwise(bounds)]
        for part in done:
            part.result()
