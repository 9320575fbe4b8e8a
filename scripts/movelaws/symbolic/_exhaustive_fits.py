"""Fits of the constants of many laws, as an exhaustive search asks for them (private)."""

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np

from movelaws.symbolic import kernels_screen
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import fit_constants, points_of_cube, screen
from movelaws.symbolic.tokens import CONSTANT

BLOCK = 16_384  # laws fitted together
SAFE_STARTS = 8  # by number of constants, of laws that no other start is valid for
_FEW = 512  # laws whose tables of starts are made together


@dataclass(frozen=True)
class Effort:
    """How hard a fit tries.

    starts : by number of constants; four times as many for ``factor`` 4.
    refine : starts of each law that are refined.
    """

    starts: dict[int, int]
    factor: int
    refine: int
    seed: int

    @property
    def numbers(self) -> dict[int, int]:
        """Starts by number of constants."""
        return {k: self.factor * n for k, n in self.starts.items()}


def screened(
    evaluator: Evaluator,
    codes: np.ndarray,
    effort: Effort,
    most: int,
    done: Callable[[int], object] = lambda n: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Losses (n,) and constants (n, most) of laws, fitted from many starts.

    A loss is inf if no start was valid, even of those that are made to be.
    """
    losses, constants = np.full(len(codes), np.inf), np.ones((len(codes), most))
    for begin in range(0, len(codes), BLOCK):
        block = slice(begin, begin + BLOCK)
        found, losses[block] = screen(
            evaluator, codes[block], effort.numbers, effort.seed, effort.refine
        )
        constants[block, : found.shape[1]] = found
        done(len(found))
    invalid = np.flatnonzero(np.isinf(losses) & (codes == CONSTANT).any(axis=1))
    for begin in range(0, len(invalid), _FEW):
        rows = invalid[begin : begin + _FEW]
        starts = safe_starts(evaluator, codes[rows], effort, most)
        losses[rows], constants[rows] = polished(evaluator, codes[rows], starts, effort.refine)
    return losses, tidied(codes, constants)


def safe_starts(evaluator: Evaluator, codes: np.ndarray, effort: Effort, most: int) -> np.ndarray:
    """(n, S, most) starts within the domain of the operations (see ``kernels_starts``).

    The first is 1 for all constants: that is an exponent of which any base has a power.
    """
    counts = (codes == CONSTANT).sum(axis=1)
    n = SAFE_STARTS * effort.factor * max(int(counts.max(initial=0)), 1)
    out = np.ones((len(codes), 1 + n, most))
    columns = np.ascontiguousarray(evaluator.data.columns[: len(evaluator.observations.names)])
    for k in np.unique(counts[counts > 0]):
        rows = np.flatnonzero(counts == k)
        points = points_of_cube(int(k), n, effort.seed)
        out[rows, 1:, :k] = kernels_screen.safe_starts_many(
            codes[rows], points, columns, numba.get_num_threads()
        )
    return out


def polished(
    evaluator: Evaluator, codes: np.ndarray, starts: np.ndarray, refine: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Losses (n,) and constants (n, K) of fits from given starts (n, S, K)."""
    if not len(codes):
        return np.empty(0), np.ones((0, starts.shape[2]))
    constants, losses, _ = fit_constants(evaluator, codes, starts, refine=refine, iterations=60)
    return losses, tidied(codes, constants)


def tidied(codes: np.ndarray, constants: np.ndarray) -> np.ndarray:
    """Constants with 1 where a law has none: kernels leave there what was there before."""
    has = np.arange(constants.shape[1]) < (codes == CONSTANT).sum(axis=1)[:, None]
    return np.where(has, constants, 1.0)
