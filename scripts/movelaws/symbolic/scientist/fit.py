"""Description length of trees: constants by least squares, then BIC / 2 - ln prior."""

import math
from dataclasses import dataclass

import numpy as np

from movelaws.symbolic.scientist.alphabet import Language, Tree
from movelaws.symbolic.scientist.kernels import CONSTANTS, scratch
from movelaws.symbolic.scientist.least_squares import predict, refine, squares
from movelaws.symbolic.scientist.prior import Prior

SHORT, LONG = 8, 60  # iterations to tell which start is better, and then to refine it
N_STARTS = 8  # random starts that are looked at before the best one is refined
ROUNDING = 1e-9  # of the spread of the target: residuals below it are arithmetic, not fit


@dataclass(frozen=True)
class Fit:
    """A tree with its constants.

    Attributes
    ----------
    tree : in prefix order.
    constants : (6,) float64; those that the tree does not use are 1.
    squares : sum of squared residuals.
    bic : Bayesian information criterion.
    prior : prior energy, -ln p up to a constant.
    """

    tree: Tree
    constants: np.ndarray
    squares: float
    bic: float
    prior: float

    @property
    def description_length(self) -> float:
        """BIC / 2 - ln p (natural units; the common constant of p is left out)."""
        return self.bic / 2 + self.prior


def bic(squares: float, n_rows: int, n_constants: int) -> float:
    """Bayesian information criterion of a fit with normal errors of unknown variance.

    BIC = (k - n) ln n + n (ln 2 pi + ln SSE + 1) with k = n_constants + 1, the variance being the
    further parameter: k ln n - 2 ln(maximum of the likelihood).
    """
    if squares == np.inf:
        return np.inf
    k = n_constants + 1
    return (k - n_rows) * math.log(n_rows) + n_rows * (math.log(2 * math.pi * squares) + 1)


class Fitter:
    """Fits trees of one language to one sample, and remembers what it fitted.

    Parameters
    ----------
    columns : (n_variables, n_rows) float64.
    target : (n_rows,) float64, ln F.
    language : names of the variables and number of constants.
    prior : energies of the operations.
    seed : of the random starts; they are the same for every tree.
    """

    def __init__(
        self,
        columns: np.ndarray,
        target: np.ndarray,
        language: Language,
        prior: Prior,
        seed: int = 0,
    ) -> None:
        self._columns = np.ascontiguousarray(columns, dtype=np.float64)
        self._target = np.ascontiguousarray(target, dtype=np.float64)
        self._language, self._prior = language, prior
        self._work = scratch()
        self._floor = max(self._target.size * (ROUNDING * self._target.std()) ** 2, 1e-300)
        rng = np.random.default_rng(seed)
        sizes = np.exp(rng.normal(0.0, 1.5, (N_STARTS, CONSTANTS)))
        self._starts = sizes * rng.choice([-1.0, 1.0], (N_STARTS, CONSTANTS), p=[0.3, 0.7])
        self._known: dict[Tree, Fit] = {}

    def fit(self, tree: Tree, start: np.ndarray) -> Fit:
        """Fit of ``tree``, begun at ``start`` (6,), or the one remembered from an earlier call.

        Two starts are refined: the constants the chain stands at, as in the published algorithm,
        and the best of a few fixed ones, so that a tree is seldom judged by a poor local minimum.
        """
        if tree not in self._known:
            self._known[tree] = self._fitted(tree, start)
        return self._known[tree]

    def _fitted(self, tree: Tree, start: np.ndarray) -> Fit:
        code = np.array(tree, dtype=np.int8)
        used = np.array(sorted(self._language.constants(tree)), dtype=np.int64)
        data = (self._columns, self._target)
        constants = np.ones(CONSTANTS)
        if used.size == 0:
            least = squares(code, constants, *data, self._work)
        else:
            starts = (constants, *self._starts)
            looked = [squares(code, s, *data, self._work) for s in starts]
            least = np.inf
            for begun in (start, starts[int(np.argmin(looked))]):
                trial = np.ones(CONSTANTS)
                trial[used] = begun[used]
                found = refine(code, used, trial, *data, SHORT, self._work)
                if found < least:
                    constants, least = trial, found
            least = refine(code, used, constants, *data, LONG, self._work)
        least = max(least, self._floor)
        return Fit(
            tree,
            constants,
            least,
            bic(least, self._target.size, used.size),
            self._prior.energy(tree),
        )


def predictions(tree: Tree, constants: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """(n_rows,) values of ``tree`` at ``columns`` (n_variables, n_rows); nan where undefined."""
    columns = np.ascontiguousarray(columns, dtype=np.float64)
    out = np.empty(columns.shape[1])
    predict(np.array(tree, dtype=np.int8), constants, columns, out, scratch())
    return out
