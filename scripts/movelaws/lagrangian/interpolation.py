"""Closed-form fit of the full model: it interpolates any data (so only held-out error tests it).

Each site and step has one equation for up to ten parameters,

    sum_b Gamma_ab(n) v_b(n) + Lambda_ab(n) (q_b(n) - mu_b) = [v_a(n) - v_a(n+1)] / dt

with v_a(n+1) = [q~_a(n+1) - q_a(n)] / dt. Its solution of least norm within |theta| <= bound is
theta = clip(s f), f the ten values beside the parameters and s the root of a piecewise linear,
monotone function: exact, also where the bound binds. It is the limit of the fit by
:func:`movelaws.lagrangian.exact.fit_exact` as its ridge goes to 0, wherever the bound allows it.

Where even all parameters at the bound fall short (an empty cell that fills at once), the step goes
as near as it can, and the state deviates. The next step starts from the state of the model, not of
the data, and aims at the next point of the data again; so the fit returns as soon as it can, and
what is reported is a trajectory of the model.

With ``smoothness`` the parameters of a site are found for all steps at once, least in

    int |theta|^2 dt + smoothness int |d theta / dt|^2 dt

under the same equations, which couple the steps through a tridiagonal matrix common to all ten
parameters: T x T unknown multipliers a site. The steps then take the nearest parameters to these
that obey the equation and the bound.
"""

import time

import numpy as np
from numba import njit

from movelaws.lagrangian.fit import Fit, error_of, fitted
from movelaws.lagrangian.onestep import neighbour_values, velocities
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.stencil import LINKS, neighbours
from movelaws.lagrangian.variants import variant_of

_TINY = 1e-10
"""Of the mean diagonal, added to it: steps whose equations repeat each other."""
_MATRIX_VALUES = 4_000_000
"""Of the T x T matrices held at once."""


def fit_interpolation(
    reference: Reference,
    bound: float | None = None,
    *,
    smoothness: float = 0.0,
    variant: str = "full",
) -> Fit:
    """Parameters of least norm with which the model passes through the reference.

    Parameters
    ----------
    reference : data.
    bound : on |Gamma| and |Lambda| (of the model without inertia, on |K|); N unless given.
    smoothness : >= 0, in units of time squared; 0 for the least norm of each step alone.
    variant : one of the "full" ones.

    Returns
    -------
    Fit of method "interpolation"; the first of its two errors is that of a population that stays
    where it is, the second its own. Its settings count, of T N site-steps, ``at_bound``, in which a
    parameter is at the bound, and ``out_of_reach``, in which the bound kept the model from the
    data.

    Raises
    ------
    ValueError
        If the variant is not a full one, or bound or smoothness are out of range.
    """
    kind = variant_of(variant)
    if kind.form != "full":
        raise ValueError(f"variant = {variant!r}: constant parameters interpolate nothing")
    bound = float(reference.sites) if bound is None else float(bound)
    if not 0 < bound < np.inf:
        raise ValueError(f"bound = {bound}: a finite number > 0 is needed")
    if not 0 <= smoothness < np.inf:
        raise ValueError(f"smoothness = {smoothness}: a finite number >= 0 is needed")
    warm()
    began = time.perf_counter()
    prior = np.zeros((reference.steps, kind.groups * len(LINKS), reference.sites))
    if smoothness > 0:
        prior = np.clip(_smooth(reference, kind, smoothness), -bound, bound)
    theta, at_bound, out_of_reach = _steps(
        reference.q,
        reference.v0,
        reference.mu,
        neighbours(reference.shape),
        reference.dt,
        bound,
        prior,
        kind.inertia,
    )
    free = theta.reshape(reference.steps, kind.groups, len(LINKS), -1).swapaxes(0, 1)
    gamma, lam = kind.unpack(np.ascontiguousarray(free), reference.shape, reference.dt)
    still = np.broadcast_to(reference.q[0], reference.q.shape)
    return fitted(
        "interpolation",
        reference,
        gamma,
        lam,
        np.array([error_of(still, reference)]),
        np.array([0.0, time.perf_counter() - began]),
        {
            "variant": variant,
            "bound": bound,
            "smoothness": smoothness,
            "at_bound": int(at_bound),
            "out_of_reach": int(out_of_reach),
            "parameters": kind.count(reference.shape, reference.steps),
        },
    )


def warm() -> None:
    """Compile, so that the seconds of a fit are its own."""
    if _steps.signatures:
        return
    line = np.zeros((2, 2))
    _steps(line, line[0], line[0], neighbours((1, 2)), 1.0, 1.0, np.zeros((1, 10, 2)), True)


def _smooth(day: Reference, kind, smoothness: float) -> np.ndarray:
    """(T, groups x 5, N) smoothest parameters without regard to the bound."""
    steps, dt = day.steps, day.dt
    v = velocities(day)
    features = neighbour_values(day.q[:-1] - day.mu, day.shape)
    if kind.groups == 2:
        features = np.concatenate([neighbour_values(v[:-1], day.shape), features], axis=1)
    target = (v[:-1] - v[1:]) / dt if kind.inertia else -v[1:]
    change = np.diff(np.eye(steps), axis=0)
    cover = np.linalg.inv(dt * np.eye(steps) + smoothness / dt * change.T @ change)
    found = np.empty_like(features)
    width = max(1, _MATRIX_VALUES // steps**2)
    for low in range(0, day.sites, width):
        part = slice(low, low + width)
        f = features[:, :, part].transpose(2, 0, 1)
        matrix = cover * (f @ f.transpose(0, 2, 1))
        scale = np.trace(matrix, axis1=1, axis2=2) / steps + 1e-300
        matrix += (_TINY * scale)[:, None, None] * np.eye(steps)
        multiplier = np.linalg.solve(matrix, target[:, part].T[..., np.newaxis])
        found[:, :, part] = (cover @ (multiplier * f)).transpose(1, 2, 0)
    return found


@njit(cache=True, error_model="numpy")
def _steps(q_ref, v0, mu, table, dt, bound, prior, inertia):
    """Nearest parameters to the prior that lead to the next point, step by step."""
    steps, count, sites = prior.shape
    links = table.shape[0]
    theta = np.zeros((steps, count, sites))
    q, v = q_ref[0].copy(), v0.copy()
    v_next = np.empty(sites)
    f, p = np.empty(count), np.empty(count)
    knots = np.empty(2 * count)
    at_bound, out_of_reach = 0, 0
    for n in range(steps):
        for a in range(sites):
            for i in range(count):
                b = table[i % links, a]
                p[i] = prior[n, i, a]
                if b < 0:
                    f[i], p[i] = 0.0, 0.0
                elif i < count - links:
                    f[i] = v[b]
                else:
                    f[i] = q[b] - mu[b]
            aim = (q_ref[n + 1, a] - q[a]) / dt
            y = (v[a] - aim) / dt if inertia else -aim
            binds, reached = _nearest(f, p, y, bound, knots)
            at_bound += binds
            out_of_reach += not reached
            # Summed as in the model's own steps, so that these repeat the trajectory.
            damping, force = 0.0, 0.0
            for i in range(count):
                theta[n, i, a] = p[i]
                if i < count - links:
                    damping += p[i] * f[i]
                else:
                    force += p[i] * f[i]
            if inertia:
                v_next[a] = v[a] - damping * dt - force * dt
            else:
                v_next[a] = -force
        for a in range(sites):
            v[a] = v_next[a]
            q[a] = q[a] + v[a] * dt
    return theta, at_bound, out_of_reach


@njit(cache=True, error_model="numpy")
def _nearest(f, p, y, bound, knots):
    """Move p to the nearest point of the box |p| <= bound with f . p = y, or as near to y as it is.

    Returns whether a value is at the bound and whether y was reached.
    """
    count = f.size
    have, norm, reach = 0.0, 0.0, 0.0
    for i in range(count):
        have += f[i] * p[i]
        norm += f[i] * f[i]
        reach += bound * abs(f[i])
    if norm == 0.0:
        return False, y == 0.0
    if abs(y) >= reach:
        for i in range(count):
            if f[i] != 0.0:
                p[i] = bound if (f[i] > 0) == (y > 0) else -bound
        return True, abs(y) == reach
    s = (y - have) / norm
    inside = True
    for i in range(count):
        inside &= abs(p[i] + s * f[i]) <= bound
    if not inside:
        s = _root(f, p, y, bound, knots)
    for i in range(count):
        p[i] = min(bound, max(-bound, p[i] + s * f[i]))
    return not inside, True


@njit(cache=True, error_model="numpy")
def _root(f, p, y, bound, knots):
    """The s at which sum_i f_i clip(p_i + s f_i) = y: linear between knots, where a value clips."""
    count, used = f.size, 0
    for i in range(count):
        if f[i] != 0.0:
            knots[used] = (bound - p[i]) / f[i]
            knots[used + 1] = (-bound - p[i]) / f[i]
            used += 2
    # By hand: compiling NumPy's sort takes longer than all fits.
    order = knots[:used]
    for i in range(1, used):
        knot, j = order[i], i
        while j > 0 and order[j - 1] > knot:
            order[j] = order[j - 1]
            j -= 1
        order[j] = knot
    low, high = 0, used - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _clipped(f, p, order[middle], bound) <= y:
            low = middle
        else:
            high = middle
    left, right = _clipped(f, p, order[low], bound), _clipped(f, p, order[high], bound)
    if right <= left:
        return order[low]
    return order[low] + (order[high] - order[low]) * (y - left) / (right - left)


@njit(cache=True, error_model="numpy")
def _clipped(f, p, s, bound):
    total = 0.0
    for i in range(f.size):
        total += f[i] * min(bound, max(-bound, p[i] + s * f[i]))
    return total
