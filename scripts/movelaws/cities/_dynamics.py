"""Velocity-Verlet of Lennard-Jones particles in a linear potential (compiled, private)."""

import math

import numpy as np
from numba import njit

from movelaws.cities._cells import overlapping
from movelaws.cities.thermostat import factor


@njit(cache=True, error_model="numpy")
def forces(pairs, x, y, sigma, epsilon, cutoff, slope, force_x, force_y):
    """Forces in place; returns the interaction and the external energy.

    ``pairs`` holds at least all pairs nearer than ``cutoff`` (a length).
    """
    inverse = 1.0 / (cutoff * cutoff)
    six = (sigma * sigma * inverse) ** 3
    shift = 4 * epsilon * (six * six - six)
    interaction, external = 0.0, 0.0
    for i in range(x.size):
        # Without a direction at the centre itself the force there is its mean, 0.
        r = math.sqrt(x[i] * x[i] + y[i] * y[i])
        pull = slope / r if r > 0.0 else 0.0
        force_x[i], force_y[i] = -pull * x[i], -pull * y[i]
        external += slope * r
    for p in range(pairs.shape[0]):
        i, j = pairs[p, 0], pairs[p, 1]
        dx, dy = x[i] - x[j], y[i] - y[j]
        square = dx * dx + dy * dy
        if square < cutoff * cutoff:
            inverse = 1.0 / square
            six = (sigma * sigma * inverse) ** 3
            interaction += 4 * epsilon * (six * six - six) - shift
            push = 24 * epsilon * (2 * six * six - six) * inverse
            force_x[i] += push * dx
            force_y[i] += push * dy
            force_x[j] -= push * dx
            force_y[j] -= push * dy
    return interaction, external


@njit(cache=True, error_model="numpy")
def near_pairs(x, y, reach):
    """Pairs of points nearer than ``reach``."""
    return overlapping(x, y, np.full(x.size, reach / 2))


@njit(cache=True, error_model="numpy")
def advance(
    x, y, u, v, sigma, epsilon, cutoff, slope, step, temperature, decay, noise, done, every, heat
):
    """As many steps as there are rows of ``noise``; positions and velocities change in place.

    Mass 1. Neighbours are found with a margin and kept until a particle has moved half of it.
    A temperature of 0 leaves the thermostat out. Returns the energies after each ``every`` steps,
    counted from ``done`` (kinetic, interaction, external, heat from the thermostat so far), and
    the heat at the end.
    """
    steps, n = noise.shape[0], x.size
    records = np.empty(((done + steps) // every - done // every, 4))
    margin = 0.3 * sigma
    force_x, force_y = np.empty(n), np.empty(n)
    old_x, old_y = x.copy(), y.copy()
    pairs = near_pairs(x, y, cutoff + margin)
    forces(pairs, x, y, sigma, epsilon, cutoff, slope, force_x, force_y)
    for t in range(steps):
        furthest = 0.0
        for i in range(n):
            u[i] += 0.5 * step * force_x[i]
            v[i] += 0.5 * step * force_y[i]
            x[i] += step * u[i]
            y[i] += step * v[i]
            dx, dy = x[i] - old_x[i], y[i] - old_y[i]
            furthest = max(furthest, dx * dx + dy * dy)
        if furthest > 0.25 * margin * margin:
            pairs = near_pairs(x, y, cutoff + margin)
            # A loop: Numba takes seconds to compile an assignment to a slice.
            for i in range(n):
                old_x[i], old_y[i] = x[i], y[i]
        interaction, external = forces(pairs, x, y, sigma, epsilon, cutoff, slope, force_x, force_y)
        kinetic = 0.0
        for i in range(n):
            u[i] += 0.5 * step * force_x[i]
            v[i] += 0.5 * step * force_y[i]
            kinetic += 0.5 * (u[i] * u[i] + v[i] * v[i])
        if temperature > 0.0:
            alpha = factor(kinetic, temperature, decay, noise[t, 0], noise[t, 1])
            for i in range(n):
                u[i] *= alpha
                v[i] *= alpha
            heat += (alpha * alpha - 1.0) * kinetic
            kinetic *= alpha * alpha
        if (done + t + 1) % every == 0:
            at = (done + t + 1) // every - done // every - 1
            records[at, 0], records[at, 1] = kinetic, interaction
            records[at, 2], records[at, 3] = external, heat
    return records, heat
