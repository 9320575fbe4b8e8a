"""Disks pushed apart until none overlap (compiled, private).

The pairs to look at are found with every radius enlarged by a margin, and kept until some disk
may have moved by as much as its own was.
"""

import math

import numpy as np
from numba import njit

from movelaws.cities._cells import overlapping

_GOLDEN_ANGLE = 2.399963229728653


@njit(cache=True, error_model="numpy")
def _push(pairs, x, y, radius, mass, strength, move_x, move_y):
    """Displacements that the overlapping pairs demand; returns the largest overlap / reach."""
    move_x[:] = 0.0
    move_y[:] = 0.0
    worst = 0.0
    for p in range(pairs.shape[0]):
        i, j = pairs[p, 0], pairs[p, 1]
        dx, dy = x[i] - x[j], y[i] - y[j]
        reach = radius[i] + radius[j]
        square = dx * dx + dy * dy
        if square >= reach * reach:
            continue
        r = math.sqrt(square)
        if r > 0.0:
            dx, dy = dx / r, dy / r
        else:
            # Disks on one spot have no line of centres: any fixed direction does.
            dx, dy = math.cos(_GOLDEN_ANGLE * (i + j)), math.sin(_GOLDEN_ANGLE * (i + j))
        worst = max(worst, (reach - r) / reach)
        push = strength * (reach - r) / 2
        share = mass[j] / (mass[i] + mass[j])
        move_x[i] += push * share * dx
        move_y[i] += push * share * dy
        move_x[j] -= push * (1 - share) * dx
        move_y[j] -= push * (1 - share) * dy
    return worst


@njit(cache=True, error_model="numpy")
def _moved(x, y, radius, move_x, move_y):
    """Move each disk, by its radius at most; returns the largest move per radius."""
    furthest = 0.0
    for i in range(x.size):
        length = math.sqrt(move_x[i] * move_x[i] + move_y[i] * move_y[i])
        factor = 1.0 if length <= radius[i] else radius[i] / length
        x[i] += factor * move_x[i]
        y[i] += factor * move_y[i]
        furthest = max(furthest, factor * length / radius[i])
    return furthest


@njit(cache=True, error_model="numpy")
def separate(x, y, radius, strength, tolerance, updates):
    """Push disks apart in place; returns the updates done and the largest overlap left."""
    mass = radius * radius
    move_x, move_y = np.empty(x.size), np.empty(x.size)
    margin, slack, since = 0.5, -1.0, 0
    pairs = np.empty((0, 2), dtype=np.int64)
    for update in range(updates):
        if slack < 0.0:
            # Lists that served for long may reach further, those used up at once less far.
            margin = min(0.5, margin * 1.5) if since > 20 else max(0.02, margin / 1.5)
            pairs = overlapping(x, y, radius * (1 + margin))
            slack, since = margin, 0
        worst = _push(pairs, x, y, radius, mass, strength, move_x, move_y)
        if worst <= tolerance:
            return update, worst
        # Each disk may use up its own part of the margin.
        slack -= _moved(x, y, radius, move_x, move_y)
        since += 1
    pairs = overlapping(x, y, radius)
    return updates, _push(pairs, x, y, radius, mass, strength, move_x, move_y)


@njit(cache=True, error_model="numpy")
def separate_groups(x, y, size, radius, strength, tolerance, updates):
    """Push disks of one ``radius`` apart within each group of ``size`` in a row, in place.

    Groups do not see each other. Returns the largest overlap left anywhere.
    """
    radii = np.full(size, radius)
    mass, worst = np.ones(size), 0.0
    move_x, move_y = np.empty(size), np.empty(size)
    pairs = np.empty((size * (size - 1) // 2, 2), dtype=np.int64)
    at = 0
    for i in range(size):
        for j in range(i):
            pairs[at, 0], pairs[at, 1] = i, j
            at += 1
    for first in range(0, x.size, size):
        gx, gy = x[first : first + size], y[first : first + size]
        left = 1.0
        for _ in range(updates):
            left = _push(pairs, gx, gy, radii, mass, strength, move_x, move_y)
            if left <= tolerance:
                break
            _moved(gx, gy, radii, move_x, move_y)
        worst = max(worst, left)
    return worst


@njit(cache=True, error_model="numpy")
def place_next(first, proposed_x, proposed_y, x, y, radius):
    """Place disks from ``first`` on at the first free proposals; x, y are filled in place.

    Returns how many disks are placed now and how many proposals were used for the last one that
    found no place.
    """
    misses = 0
    for p in range(proposed_x.size):
        if first == x.size:
            break
        px, py, free = proposed_x[p], proposed_y[p], True
        for j in range(first):
            dx, dy, reach = px - x[j], py - y[j], radius[first] + radius[j]
            if dx * dx + dy * dy < reach * reach:
                free = False
                break
        if free:
            x[first], y[first] = px, py
            first, misses = first + 1, 0
        else:
            misses += 1
    return first, misses
