"""Constant parameters by linear least squares on single steps of the reference (start values).

Given the reference itself, each step is a linear equation in the parameters:

    [v(n) - v(n+1)] / dt = sum_b Gamma_ab v_b(n) + Lambda_ab (q_b(n) - mu_b)

Errors of q enter both sides, which pulls Gamma towards 1 / dt; so this is where the fit of the
trajectory begins, not the estimate. The first step is left out: its velocity (Eq. 10) is not
that of q, and is enormous where a floored cell fills.
"""

from collections.abc import Sequence

import numpy as np

from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.stencil import neighbours
from movelaws.lagrangian.variants import Variant


def velocities(day: Reference) -> np.ndarray:
    """(T + 1, N) velocities with which Eq. 13 passes through the reference, at first v0."""
    return np.concatenate([day.v0[np.newaxis], np.diff(day.q, axis=0) / day.dt])


def neighbour_values(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(..., 5, N) of the values (..., N) at the other end of each link, 0 where there is none."""
    table = neighbours(shape)
    return np.where(table >= 0, values[..., table], 0.0)


def one_step(references: Sequence[Reference], variant: Variant, ridge: float = 1e-6) -> np.ndarray:
    """Free numbers of a constant variant that fit single steps best.

    Parameters
    ----------
    references : days.
    variant : time_independent or homogeneous, of any kind.
    ridge : share of the mean square of the features added to the diagonal, for those that do not
        vary.

    Returns
    -------
    Free numbers shaped as ``variant.parts``.
    """
    shape = references[0].shape
    normal, right = 0.0, 0.0
    for day in references:
        features, target = _equations(day, variant)
        normal = normal + np.einsum("nga,nha->agh", features, features)
        right = right + np.einsum("nga,na->ag", features, target)
    if variant.form == "homogeneous":
        normal, right = normal.sum(axis=0, keepdims=True), right.sum(axis=0, keepdims=True)
    size = normal.shape[-1]
    scale = np.trace(normal, axis1=1, axis2=2) / size
    normal = normal + (ridge * scale + 1e-300)[:, None, None] * np.eye(size)
    found = np.linalg.solve(normal, right[..., np.newaxis])[..., 0]
    if variant.form == "homogeneous":
        return found[0].reshape(variant.parts(shape, references[0].steps))
    # A link that leaves the lattice has features 0 and so the value 0.
    return np.ascontiguousarray(found.T).reshape(variant.parts(shape, references[0].steps))


def _equations(day: Reference, variant: Variant) -> tuple[np.ndarray, np.ndarray]:
    """Features (steps, groups x links, N) and targets (steps, N) of the steps from the second."""
    v = velocities(day)
    first = 1 if variant.inertia and day.steps > 1 else 0
    now = slice(first, day.steps)
    features = neighbour_values(day.q[now] - day.mu, day.shape)
    if variant.groups == 2:
        features = np.concatenate([neighbour_values(v[now], day.shape), features], axis=1)
    after = v[first + 1 :]
    target = (v[now] - after) / day.dt if variant.inertia else -after
    if variant.form == "homogeneous":
        parts = np.split(features, variant.groups, axis=1)
        features = np.stack([f for p in parts for f in (p[:, 0], p[:, 1:].sum(axis=1))], axis=1)
    return features, target
