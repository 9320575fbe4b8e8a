"""Half steps of the balancing: each origin's utility, each destination's crowding cost (private).

With logarithmic congestion both are sums of exponentials. With linear or power congestion some ways
stay empty, and each is the root of a decreasing function, bracketed and found by Newton's method
where it stays in the bracket, by halving elsewhere.
"""

import math

from numba import njit, prange

from movelaws.allocation.rows import exp_into

NO_CROWDING, LOGARITHMIC, POWER = 0, 1, 2

_STEPS = 200
_ROUNDING = 3e-16
_DOUBLINGS = 2100  # from the smallest to the largest double


@njit(cache=True, error_model="numpy", parallel=True)
def log_sums(a, b, out):
    """ln sum_j exp(a_ij + b_j) of every row."""
    for i in prange(a.shape[0]):
        x = a[i] + b
        top = x.max()
        exp_into(x - top, x)
        out[i] = top + math.log(x.sum())


@njit(cache=True, error_model="numpy", parallel=True)
def logarithmic_flows(a, b, log_sum, outflow, out):
    """O_i exp(a_ij + b_j - log_sum_i)."""
    for i in prange(a.shape[0]):
        exp_into(a[i] + b - log_sum[i], out[i])
        out[i] *= outflow[i]


@njit(cache=True, error_model="numpy")
def _inverse(x, coefficient, exponent):
    """People at whom a power cost reaches x; 0 for x <= 0."""
    if x <= 0:
        return 0.0
    return x / coefficient if exponent == 1 else (x / coefficient) ** (1 / exponent)


@njit(cache=True, error_model="numpy")
def _people(a, t, coefficient, exponent):
    """How many of those who value it at a_k come at a price t, and the derivative by t."""
    total, slope = 0.0, 0.0
    for k in range(a.size):
        x = a[k] - t
        if x > 0:
            people = _inverse(x, coefficient, exponent)
            total += people
            slope -= people / (exponent * x)
    return total, slope


@njit(cache=True, error_model="numpy")
def _wanted(t, form, coefficient, exponent, fixed):
    """How many there are when crowding costs t (increasing), or a fixed number, and its slope."""
    if form == NO_CROWDING:
        return fixed, 0.0
    if form == LOGARITHMIC:
        people = math.exp(min(t / coefficient, 700.0))
        return people, people / coefficient
    people = _inverse(t, coefficient, exponent)
    return people, people / (exponent * t) if t > 0 else 0.0


@njit(cache=True, error_model="numpy")
def _price(a, low, high, g, p, form, w, q, fixed):
    """t in [low, high] at which as many come as are wanted; that many fall from low to high."""
    t = 0.5 * (low + high)
    for _ in range(_STEPS):
        come, fewer = _people(a, t, g, p)
        want, more = _wanted(t, form, w, q, fixed)
        excess = come - want
        if excess == 0:
            return t
        if excess > 0:
            low = t
        else:
            high = t
        step = excess / (more - fewer)
        proposal = t + step
        if not low < proposal < high:
            proposal = 0.5 * (low + high)
        if abs(proposal - t) <= _ROUNDING * max(abs(low), abs(high)):
            return proposal
        t = proposal
    return t


@njit(cache=True, error_model="numpy", parallel=True)
def utilities(value, cost, outflow, g, p, out):
    """u_i at which the outflow is shared out: sum_j g^-1(v_ij - cost_j - u_i) = O_i."""
    for i in prange(value.shape[0]):
        a = value[i] - cost
        top = a.max()
        # the best way alone would take everybody at low, all ways too few at high
        low = top - g * outflow[i] ** p
        high = top - g * (outflow[i] / a.size) ** p
        out[i] = _price(a, low, high, g, p, NO_CROWDING, 1.0, 1.0, outflow[i])


@njit(cache=True, error_model="numpy", parallel=True)
def crowding_costs(value, utility, cost, g, p, form, w, q, capacity, arrivals, new_cost, full):
    """Arrivals at the present costs; costs at which those who come cause them, or fill up.

    ``value`` is (m, n), destinations in rows. ``full`` marks where the capacity sets the cost.
    """
    for j in prange(value.shape[0]):
        a = value[j] - utility
        top = a.max()
        arrivals[j] = _people(a, cost[j], g, p)[0]
        new_cost[j] = _own_cost(a, top, g, p, form, w, q)
        full[j] = _people(a, new_cost[j], g, p)[0] > capacity[j]
        if full[j]:
            low = top - g * capacity[j] ** p
            high = top - g * (capacity[j] / a.size) ** p
            low = max(low, new_cost[j])
            new_cost[j] = _price(a, low, high, g, p, NO_CROWDING, 1.0, 1.0, capacity[j])


@njit(cache=True, error_model="numpy")
def _own_cost(a, top, g, p, form, w, q):
    """The crowding cost without regard to the capacity."""
    if form == NO_CROWDING or (form == POWER and top <= 0):
        return 0.0
    low = 0.0
    if form == LOGARITHMIC:
        away = g
        for _ in range(_DOUBLINGS):
            if not _people(a, top - away, g, p)[0] < _wanted(top - away, form, w, q, 0.0)[0]:
                break
            away *= 2
        low = top - away
    return _price(a, low, top, g, p, form, w, q, 0.0)


@njit(cache=True, error_model="numpy", parallel=True)
def power_flows(value, cost, utility, g, p, outflow, out):
    """g^-1(v_ij - cost_j - u_i), scaled by rounding only so that rows sum up to the outflow."""
    for i in prange(value.shape[0]):
        total = 0.0
        for j in range(value.shape[1]):
            out[i, j] = _inverse(value[i, j] - cost[j] - utility[i], g, p)
            total += out[i, j]
        for j in range(value.shape[1]):
            out[i, j] *= outflow[i] / total
