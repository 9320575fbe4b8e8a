"""Factors of origins and destinations that make a table of weights keep both of its marginals.

Iterative proportional fitting (Deming & Stephan 1940) crawls on the sparse support of observed
flows, where parts of a country hang together by few commuters: ten thousand sweeps leave an error
of 1e-4 in the counties of the United States. So a few sweeps come first, then damped Newton steps
for the same convex function, each solved by conjugate gradients.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import LinearOperator, cg

_SWEEPS = 20
_NEWTON_STEPS = 150
_SOLVER_STEPS = 2000
_DAMPING, _STUCK = 1e-3, 1e6


class Balanced(NamedTuple):
    """Flows with both marginals.

    flow : (n_rows,), F_ij = x_i y_j w_ij.
    log_destination : (n_destinations,) ln y_j; -inf where nobody arrives.
    iterations : sweeps and Newton steps.
    error : largest relative error of any marginal; converged : whether it met the tolerance.
    """

    flow: np.ndarray
    log_destination: np.ndarray
    iterations: int
    error: float
    converged: bool


def balance(
    log_weight: np.ndarray,
    start: np.ndarray,
    destination: np.ndarray,
    outflow: np.ndarray,
    inflow: np.ndarray,
    *,
    tolerance: float = 1e-8,
    newton: bool = True,
    sweeps: int | None = None,
) -> Balanced:
    """Scale rows and columns of weights exp(log_weight) to the given sums.

    Parameters
    ----------
    log_weight : (n_rows,) finite.
    start : (n_origins + 1,) rows of origin i are start[i]:start[i + 1], at least one.
    destination : (n_rows,) column of each row, 0 to n_destinations - 1.
    outflow, inflow : (n_origins,) > 0 and (n_destinations,) >= 0, with equal totals.
    tolerance : largest relative error of a marginal at which to stop.
    newton : False for the sweeps of iterative proportional fitting alone.
    sweeps : number of sweeps, by default 20 before Newton steps and 100,000 without.

    Returns
    -------
    Balanced; look at ``converged``: on a sparse support marginals may be out of reach.

    Raises
    ------
    ValueError
        If shapes, signs or totals do not fit, or somebody arrives where no row leads.

    References
    ----------
    Deming & Stephan (1940), Ann. Math. Stat. 11, 427; Wilson (1967), Transportation Research 1,
    253; Brauer, Clason, Lorenz & Wirth (2017), arXiv:1710.06635 (Newton for matrix scaling).
    """
    table = _Table(log_weight, start, destination, outflow, inflow)
    y = np.where(table.inflow > 0, 0.0, -np.inf)
    limit = sweeps if sweeps is not None else (_SWEEPS if newton else 100_000)
    flow, arrived = table.flows(y)
    error, done = table.error(arrived), 0
    while error > tolerance and done < limit:
        y = y + table.log_missing(arrived)
        flow, arrived = table.flows(y)
        error, done = table.error(arrived), done + 1
    damping = _DAMPING
    for _ in range(_NEWTON_STEPS if newton else 0):
        if error <= tolerance or damping > _STUCK:
            break
        ahead = y + _newton_direction(table, flow, arrived, damping)
        new_flow, new_arrived = table.flows(ahead)
        new_error = table.error(new_arrived)
        # near the balance the potential no longer tells steps apart, the marginals do
        if table.potential(ahead) < table.potential(y) or new_error < 0.5 * error:
            y, flow, arrived, error = ahead, new_flow, new_arrived, new_error
            damping *= 0.1
        else:
            damping *= 10
        done += 1
    return Balanced(flow, y, done, error, error <= tolerance)


class _Table:
    """Weights by rows, with the sums that they are to have."""

    def __init__(self, log_weight, start, destination, outflow, inflow) -> None:
        self.log_weight = np.asarray(log_weight, dtype=float)
        self.start, self.destination = np.asarray(start), np.asarray(destination)
        self.outflow, self.inflow = np.asarray(outflow, float), np.asarray(inflow, float)
        self.sizes = np.diff(self.start)
        n_rows = self.log_weight.size
        if self.destination.shape != (n_rows,) or self.start[-1] != n_rows or self.start[0] != 0:
            raise ValueError(f"start and destination must cover the {n_rows} rows of log_weight")
        if self.outflow.shape != self.sizes.shape or (self.sizes < 1).any():
            raise ValueError(f"outflow has {self.outflow.size} origins, start {self.sizes.size}")
        if not np.isfinite(self.log_weight).all():
            raise ValueError("log_weight must be finite in every row")
        if not (self.outflow > 0).all() or not (self.inflow >= 0).all():
            raise ValueError("outflow must be > 0 and inflow >= 0 everywhere")
        total = self.outflow.sum()
        if not abs(self.inflow.sum() - total) <= 1e-9 * total:
            raise ValueError(f"inflow sums up to {self.inflow.sum()}, outflow to {total}")
        reached = np.bincount(self.destination, minlength=self.inflow.size) > 0
        if reached.size != self.inflow.size or (self.inflow[~reached] > 0).any():
            raise ValueError("inflow is positive where no row leads")

    def flows(self, y):
        """Flows that keep the outflows at ln y, and how many then arrive where."""
        exponent = self.log_weight + y[self.destination]
        top = np.maximum.reduceat(exponent, self.start[:-1])
        weight = np.exp(exponent - np.repeat(top, self.sizes))
        sums = np.add.reduceat(weight, self.start[:-1])
        flow = weight * np.repeat(self.outflow / sums, self.sizes)
        return flow, np.bincount(self.destination, flow, minlength=self.inflow.size)

    def potential(self, y) -> float:
        """sum O_i ln sum_j w_ij y_j - sum D_j ln y_j, convex in ln y, least at the balance."""
        exponent = self.log_weight + y[self.destination]
        top = np.maximum.reduceat(exponent, self.start[:-1])
        weight = np.exp(exponent - np.repeat(top, self.sizes))
        sums = top + np.log(np.add.reduceat(weight, self.start[:-1]))
        some = self.inflow > 0
        return float(self.outflow @ sums - self.inflow[some] @ y[some])

    def error(self, arrived) -> float:
        some = self.inflow > 0
        with np.errstate(invalid="ignore"):
            off = np.abs(arrived[some] / self.inflow[some] - 1).max()
        return float(off) if np.isfinite(off) else np.inf

    def log_missing(self, arrived) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            missing = np.log(self.inflow) - np.log(arrived)
        return np.where((self.inflow > 0) & np.isfinite(missing), missing, 0.0)


def _newton_direction(table: _Table, flow, arrived, damping) -> np.ndarray:
    """Step of ln y; damping turns it towards a sweep, for which the curvature is diagonal."""
    n = table.inflow.size
    flows = csr_matrix((flow, table.destination, table.start), shape=(table.outflow.size, n))
    back = flows.T.tocsr()
    gradient = arrived - table.inflow
    own = np.bincount(
        table.destination, flow**2 / np.repeat(table.outflow, table.sizes), minlength=n
    )
    added = damping * (table.inflow + arrived)
    # a destination with a single origin that sends nobody elsewhere has no curvature of its own
    diagonal = np.maximum(arrived - own, 0) + added + 1e-12 * arrived.mean()

    def curvature(x):
        return (arrived + added) * x - back @ ((flows @ x) / table.outflow)

    # where marginals are out of reach the curvature vanishes along with the step: none is taken
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        direction, _ = cg(
            LinearOperator((n, n), matvec=curvature, dtype=float),
            -gradient,
            rtol=min(0.05, np.sqrt(table.error(arrived))),
            maxiter=min(_SOLVER_STEPS, 20 * n),
            M=LinearOperator((n, n), matvec=lambda x: x / diagonal, dtype=float),
        )
    return np.where((table.inflow > 0) & np.isfinite(direction), direction, 0.0)
