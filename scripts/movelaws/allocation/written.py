"""Values and numerical derivatives of deterrences written as plain NumPy functions."""

from collections.abc import Callable

import numpy as np

from movelaws.allocation.deterrence import ReadablePairs
from movelaws.allocation.law import FlowModel
from movelaws.od import Pairs

_STEP = 1e-3  # of a parameter: errors of 1e-12 in the first and 1e-9 in the second derivatives
_LEAST = 1e-2  # of the search range, below which a linear parameter's step shrinks no further


class Written:
    """The function of a model's deterrence on the pairs of one dataset."""

    def __init__(self, model: FlowModel, pairs: Pairs):
        self._name = model.name
        self._function: Callable[..., np.ndarray] = model.deterrence.function
        self._pairs = ReadablePairs(pairs, model.name, model.deterrence.columns)
        own = model.parameters[model.attraction.parameters :]
        ranges = [_LEAST * (p.high - p.low) if p.scale == "linear" else 0.0 for p in own]
        self._least = np.array(ranges + [0.0] * len(model.fixed))

    def value(self, theta: np.ndarray) -> np.ndarray:
        """Log weight of every pair (n_pairs,) at the parameters of the deterrence.

        Raises
        ------
        ValueError
            If the function does not return a real number for every pair.
        """
        with np.errstate(all="ignore"):
            found = np.asarray(self._function(self._pairs, *theta.tolist()))
        n_pairs = self._pairs.n_pairs
        if found.shape != (n_pairs,) or found.dtype.kind not in "fiu":
            raise ValueError(
                f"{self._name}: the weight must be an array of {n_pairs} real numbers, one for "
                f"each pair, but has shape {found.shape} and type {found.dtype}"
            )
        return np.ascontiguousarray(found, dtype=float)

    def derivatives(
        self, theta: np.ndarray, value: np.ndarray, linear: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """First (k, n_pairs) and second (k, k, n_pairs) derivatives by central differences.

        Differences of the fourth order, of the second between two parameters; 0 where the weight
        is 0, and no second ones of a ``linear`` function.
        """
        k, n_pairs = theta.size, value.size
        step = _STEP * np.maximum(np.abs(theta), self._least)
        step[step == 0] = _STEP
        slope = np.empty((k, n_pairs))
        bend = np.zeros((k, k, 0 if linear else n_pairs))
        with np.errstate(invalid="ignore"):
            for a in range(k):
                far, near, above, beyond = (
                    self._moved(theta, step, {a: times}) for times in (-2, -1, 1, 2)
                )
                slope[a] = (8 * (above - near) - (beyond - far)) / (12 * step[a])
                if linear:
                    continue
                both = 16 * (above + near) - (beyond + far)
                bend[a, a] = (both - 30 * value) / (12 * step[a] ** 2)
                for b in range(a):
                    bend[a, b] = bend[b, a] = self._cross(theta, step, a, b)
        nowhere = value == -np.inf
        slope[:, nowhere] = 0.0
        if not linear:
            bend[:, :, nowhere] = 0.0
        return slope, bend

    def _cross(self, theta: np.ndarray, step: np.ndarray, a: int, b: int) -> np.ndarray:
        corners = [s * t * self._moved(theta, step, {a: s, b: t}) for s in (-1, 1) for t in (-1, 1)]
        return sum(corners) / (4 * step[a] * step[b])

    def _moved(self, theta: np.ndarray, step: np.ndarray, times: dict[int, int]) -> np.ndarray:
        moved = theta.copy()
        for a, count in times.items():
            moved[a] += count * step[a]
        return self.value(moved)
