"""Objectives as losses per origin, over parameters scaled to the unit box."""

from collections.abc import Mapping
from copy import copy

import numpy as np

from movelaws.allocation import FlowModel, Prepared, sums

OBJECTIVES = ("rmse", "cpc", "poisson")


class Objective:
    """Loss of a model on prepared pairs, as a function of unit coordinates u in [0, 1]^k.

    The loss is a sum over origins: half the squared errors ("rmse"), minus the common flow
    ("cpc"), minus the log likelihood up to a constant ("poisson"). Each is least where the named
    objective is best. Bounds map to 0 and 1, linearly or in the logarithm of the parameter.
    """

    def __init__(self, prepared: Prepared, name: str, low: np.ndarray, high: np.ndarray):
        self.prepared = prepared
        self.name = name
        self.log = np.array([p.scale == "log" for p in prepared.model.parameters], dtype=bool)
        self.low = _scaled(low, self.log)
        self.width = _scaled(high, self.log) - self.low
        self.evaluations = 0
        self._latest = None

    @property
    def n_parameters(self) -> int:
        """Number of free parameters."""
        return self.log.size

    @property
    def smooth(self) -> bool:
        """Whether the loss has derivatives everywhere."""
        return self.name != "cpc"

    @property
    def convex(self) -> bool:
        """Whether the loss is convex in the parameters, so that a stationary point is global."""
        return self.name == "poisson" and self.prepared.model.log_linear

    def theta(self, u: np.ndarray) -> np.ndarray:
        """Parameters at unit coordinates ``u``."""
        theta = self.low + np.atleast_1d(u) * self.width
        return np.where(self.log, np.exp(np.where(self.log, theta, 0.0)), theta)

    def unit(self, theta: np.ndarray) -> np.ndarray:
        """Unit coordinates of parameters."""
        return (_scaled(theta, self.log) - self.low) / self.width

    def sums(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``Prepared.sums``; asking again for the latest parameters costs no pass."""
        if self._latest is None or not np.array_equal(self._latest[0], theta):
            self.evaluations += 1
            self._latest = theta.copy(), self.prepared.sums(theta)
        return self._latest[1]

    def losses(self, u: np.ndarray) -> np.ndarray:
        """Loss of every origin (n_origins,); infinite where the origin cannot be allocated."""
        totals, status = self.sums(self.theta(u))
        if self.name == "rmse":
            losses = totals[:, 0] / 2
        elif self.name == "cpc":
            losses = -totals[:, 1]
        else:
            losses = -totals[:, 2]
        losses[status != sums.OK] = np.inf
        return losses

    def loss(self, u: np.ndarray, weights: np.ndarray | None = None) -> float:
        """Total loss; ``weights`` (n_origins,) count how often each origin was drawn."""
        losses = self.losses(u)
        if weights is None:
            return float(losses.sum())
        return float(losses[weights > 0] @ weights[weights > 0])

    def scores(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient (n_origins, k) and Hessian (n_origins, k, k) of the losses by ``u``."""
        if not self.smooth:
            raise ValueError(f"objective {self.name!r} has no derivatives")
        self.evaluations += 1
        theta = self.theta(u)
        likelihood = self.name == "poisson"
        gradient, hessian = self.prepared.derivatives(theta, likelihood)
        if likelihood:
            gradient, hessian = -gradient, -hessian
        slope = np.where(self.log, theta, 1.0) * self.width
        bend = np.where(self.log, theta, 0.0) * self.width**2
        hessian = hessian * np.outer(slope, slope)
        for a in range(self.n_parameters):
            hessian[:, a, a] += gradient[:, a] * bend[a]
        return gradient * slope, hessian

    def derivatives(
        self, u: np.ndarray, weights: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Gradient (k,) and Hessian (k, k) of the total loss by ``u``."""
        gradient, hessian = self.scores(u)
        if weights is None:
            return gradient.sum(axis=0), hessian.sum(axis=0)
        return weights @ gradient, np.tensordot(weights, hessian, axes=1)

    def sample(self, n_pairs: int) -> "Objective":
        """The same objective on every s-th origin by outflow, about ``n_pairs`` pairs in all."""
        origins = self.prepared.origins
        sizes = np.diff(self.prepared.columns.start)[origins]
        step = int(np.ceil(sizes.sum() / n_pairs))
        if step <= 1:
            return self
        ranked = origins[np.argsort(-self.prepared.outflow[origins], kind="stable")]
        return self._like(prepared=self.prepared.restricted(np.sort(ranked[::step])))

    def linear(self) -> "Objective":
        """The same objective with unit coordinates that are linear in every parameter."""
        none = np.zeros(self.n_parameters, dtype=bool)
        low, high = self.theta(np.zeros(none.size)), self.theta(np.ones(none.size))
        return self._like(log=none, low=low, width=high - low)

    def fresh(self) -> "Objective":
        """The same objective, with its evaluations counted anew."""
        return self._like()

    def _like(self, **changes) -> "Objective":
        other = copy(self)
        other.__dict__.update(changes, evaluations=0, _latest=None)
        return other


def search_bounds(
    model: FlowModel, bounds: Mapping[str, tuple[float, float]] | None
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the search, the model's own unless replaced by name.

    Raises
    ------
    ValueError
        If a name is unknown or an interval empty, not finite or not positive on the log scale.
    """
    bounds = dict(bounds or {})
    low, high = [], []
    for parameter in model.parameters:
        a, b = bounds.pop(parameter.name, (parameter.low, parameter.high))
        if not (np.isfinite(a) and np.isfinite(b) and a < b):
            raise ValueError(f"bounds[{parameter.name!r}] = ({a}, {b}): need finite low < high")
        if parameter.scale == "log" and a <= 0:
            raise ValueError(f"bounds[{parameter.name!r}] = ({a}, {b}): need low > 0")
        low.append(a)
        high.append(b)
    if bounds:
        known = [parameter.name for parameter in model.parameters]
        raise ValueError(f"bounds names {sorted(bounds)}, but {model.name} has {known}")
    return np.array(low, dtype=float), np.array(high, dtype=float)


def _scaled(theta: np.ndarray, log: np.ndarray) -> np.ndarray:
    theta = np.asarray(theta, dtype=float)
    return np.where(log, np.log(np.where(log, theta, 1.0)), theta)
