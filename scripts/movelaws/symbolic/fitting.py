"""Constants of programs: starts by role, a scan of all starts, Levenberg-Marquardt on the best."""

import numba
import numpy as np

from movelaws.symbolic import kernels_screen
from movelaws.symbolic.evaluation import Evaluator, checked_codes
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import CONSTANT

STARTS = {1: 16, 2: 48, 3: 96}  # enough for good coverage by number of constants
MOST_STARTS = 128  # of programs with more constants


def fit_constants(
    evaluator: Evaluator,
    codes: np.ndarray,
    starts: np.ndarray,
    *,
    refine: int = 2,
    iterations: int = 30,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit the constants of many programs, in parallel over programs.

    Parameters
    ----------
    evaluator : data and loss.
    codes : (n, longest) int8.
    starts : (n, S, K) where to begin, K at least the number of constants of every program.
    refine : how many of the starts, the best distinct ones, are refined.
    iterations : steps of Levenberg-Marquardt at most.

    Returns
    -------
    constants (n, K), losses (n,) and converged (n,): loss inf if no start is valid, converged if
    the last step gained less than 1e-10 of the loss.

    Raises
    ------
    ValueError
        If a code is no program, the starts do not fit them, or a number is not positive.
    """
    codes = checked_codes(codes, len(evaluator.observations.names))
    starts = np.ascontiguousarray(starts, dtype=np.float64)
    _positive(refine=refine, iterations=iterations)
    needed = _most_constants(codes)
    if starts.ndim != 3 or len(starts) != len(codes) or starts.shape[2] < needed:
        raise ValueError(
            f"starts has shape {starts.shape}: ({len(codes)}, S, K) with K >= {needed} is needed"
        )
    if len(codes) == 0:
        return np.ones((0, starts.shape[2])), np.empty(0), np.empty(0, dtype=bool)
    if starts.shape[1] == 0:
        raise ValueError("starts has no start: at least one per program is needed")
    return kernels_screen.fit_many(
        codes,
        starts,
        evaluator.data,
        refine,
        iterations,
        numba.get_num_threads(),
        kernels_screen.addresses(),
    )


def starting_constants(
    evaluator: Evaluator | Observations, codes: np.ndarray, n_starts: int, seed: int
) -> np.ndarray:
    """(n, n_starts, K) starts for the constants of programs, K the most that any of them has.

    Low-discrepancy points (scrambled Sobol) in ranges by the role of each constant: exponent,
    base, addend, factor; see ``kernels_starts``. Constants that a program does not have are 1.

    Raises
    ------
    ValueError
        If a code is no program or ``n_starts`` is not positive.
    """
    _positive(n_starts=n_starts)
    if isinstance(evaluator, Observations):
        evaluator = Evaluator(evaluator)
    codes = checked_codes(codes, len(evaluator.observations.names))
    most = _most_constants(codes)
    out = np.ones((len(codes), n_starts, most))
    counts = (codes == CONSTANT).sum(axis=1)
    threads = numba.get_num_threads()
    for k in np.unique(counts[counts > 0]):
        rows = np.flatnonzero(counts == k)
        points = points_of_cube(int(k), n_starts, seed)
        out[rows, :, :k] = kernels_screen.starts_many(
            codes[rows], points, evaluator.data.sample, threads, kernels_screen.addresses()
        )
    return out


def screen(
    evaluator: Evaluator,
    codes: np.ndarray,
    n_starts: int | dict[int, int] | None = None,
    seed: int = 0,
    refine: int = 2,
    iterations: int = 30,
    limit: float = np.inf,
) -> tuple[np.ndarray, np.ndarray]:
    """Starts, scan and fit of many programs in one parallel kernel.

    Equal to ``fit_constants`` from ``starting_constants``, without the table of starts.

    Parameters
    ----------
    n_starts : starts of each program, or by number of constants (``STARTS`` if None).
    limit : the loss of a program without constants that is above it may be any lower bound
        above it.

    Returns
    -------
    constants (n, K) and losses (n,), inf where no start is valid.
    """
    codes = checked_codes(codes, len(evaluator.observations.names))
    _positive(refine=refine, iterations=iterations)
    if len(codes) == 0:
        return np.ones((0, 0)), np.empty(0)
    numbers, points = sets_of_points(_most_constants(codes), n_starts, seed)
    constants, losses = kernels_screen.screen_many(
        codes,
        points,
        numbers,
        evaluator.data,
        refine,
        iterations,
        float(limit),
        numba.get_num_threads(),
        kernels_screen.addresses(),
    )
    return constants[:, : _most_constants(codes)], losses


def sets_of_points(
    most: int, n_starts: int | dict[int, int] | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of starts (K + 1,) and points (K, S, K) as ``kernels_screen.search`` takes them."""
    most = max(most, 1)
    numbers = np.zeros(most + 1, dtype=np.int64)
    for k in range(1, most + 1):
        if n_starts is None or isinstance(n_starts, dict):
            numbers[k] = {**STARTS, **(n_starts or {})}.get(k, MOST_STARTS)
        else:
            numbers[k] = n_starts
        _positive(n_starts=int(numbers[k]))
    points = np.zeros((most, int(numbers.max()), most))
    for k in range(1, most + 1):
        points[k - 1, : numbers[k], :k] = points_of_cube(k, int(numbers[k]), seed)
    return numbers, points


def points_of_cube(k: int, n: int, seed: int) -> np.ndarray:
    """(n, k) low-discrepancy points of the unit cube: the first n of a scrambled Sobol sequence."""
    from scipy.stats import qmc  # slow to load, and few steps start a search

    exponent = max(int(np.ceil(np.log2(n))), 0)
    return np.ascontiguousarray(
        qmc.Sobol(k, rng=np.random.default_rng(seed)).random_base2(exponent)[:n]
    )


def _most_constants(codes: np.ndarray) -> int:
    return int((codes == CONSTANT).sum(axis=1).max()) if len(codes) else 0


def _positive(**values: int) -> None:
    for name, value in values.items():
        if value < 1:
            raise ValueError(f"{name} = {value}: at least 1 is needed")
