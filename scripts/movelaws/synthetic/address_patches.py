"""Houses of towns as nested patches of disks that never overlap, all towns of a country at once.

As ``movelaws.cities.patches.NestedPatches``: a patch of radius R_l holds b patches of radius R_l
sqrt(phi / b), down to the houses, so that p(r) grows as r^(1 + 2 ln(phi) / ln(b / phi)) within a
town. Sub-patches stay inside their patch here, which keeps all houses apart without a search for
overlaps, and a town of any number of houses is the first part of a patch: whole sub-patches and one
that is unfinished. Plain NumPy: nothing to compile, and 3 million houses take seconds.
"""

from dataclasses import dataclass

import numpy as np

BRANCHING = 7
"""Sub-patches per patch."""

_TRIALS, _PUSHES, _TOUCH = 120, 500, 2e-3
_SETTLED = 0.8


@dataclass(frozen=True, eq=False)
class Houses:
    """Houses of all towns.

    town : (n,) int, rising. street : (n,) int, number of the patch of the second layer, rising.
    x, y : (n,) m from the centre of the town's houses. radius : (n_towns,) m, furthest house.
    """

    town: np.ndarray
    street: np.ndarray
    x: np.ndarray
    y: np.ndarray
    radius: np.ndarray


def growth(packing: float) -> float:
    """Exponent with which p(r) grows inside a town (Eq. 24)."""
    return 1 + 2 * np.log(packing) / np.log(BRANCHING / packing)


def build(
    rng: np.random.Generator, houses: np.ndarray, packing: float, unit: np.ndarray, jitter: float
) -> Houses:
    """Houses of towns around (0, 0).

    Parameters
    ----------
    houses : (n_towns,) int > 0, how many each town has.
    packing : phi, share of a patch's area that its sub-patches fill.
    unit : (n_towns,) radius of a house with its ground, m; doors are at least
        2 (1 - jitter) unit apart.
    jitter : how far a door lies from the middle of its ground at most, in units.
    """
    plans = _plans(rng, packing)
    first = np.cumsum(houses) - houses
    town = np.repeat(np.arange(houses.size), houses)
    index = np.arange(town.size) - first[town]
    x, y = np.zeros((2, town.size))
    patches, street, layer = houses, town, 0
    while (patches > 1).any():
        digit, index = index % BRANCHING, index // BRANCHING
        patches = -(-patches // BRANCHING)
        patch = (np.cumsum(patches) - patches)[town] + index
        plan = rng.integers(len(plans), size=patches.sum())[patch]
        angle = rng.uniform(0, 2 * np.pi, patches.sum())[patch]
        layer += 1
        size = unit[town] * (BRANCHING / packing) ** (layer / 2)
        at = plans[plan, digit] * np.exp(1j * angle) * size
        x, y = x + at.real, y + at.imag
        street = patch if layer == 2 else street
    away = jitter * unit[town] * np.sqrt(rng.random(town.size))
    angle = rng.uniform(0, 2 * np.pi, town.size)
    x, y = x + away * np.cos(angle), y + away * np.sin(angle)
    x, y = (v - (np.bincount(town, v) / houses)[town] for v in (x, y))
    radius = np.maximum.reduceat(np.hypot(x, y), first)
    return Houses(town, street, x, y, radius)


def _plans(rng: np.random.Generator, packing: float) -> np.ndarray:
    """(n, BRANCHING) complex centres of sub-patches in a patch of radius 1, from one side on."""
    small = np.sqrt(packing / BRANCHING)
    room = (1 - small) * np.sqrt(rng.random((_TRIALS, BRANCHING)))
    z = room * np.exp(2j * np.pi * rng.random(room.shape))
    for _ in range(_PUSHES):
        apart = z[:, :, None] - z[:, None, :]
        distance = np.abs(apart)
        np.einsum("tii->ti", distance)[:] = np.inf
        overlap = np.maximum(2 * small - distance, 0)
        settled = overlap.max(axis=(1, 2)) <= 2 * small * _TOUCH
        if settled.mean() >= _SETTLED:
            break
        z += 0.5 * (overlap * apart / np.maximum(distance, 1e-12)).sum(axis=2)
        z /= np.maximum(np.abs(z) / (1 - small), 1)
    if settled.mean() < _SETTLED:
        raise ValueError(f"packing = {packing}: {BRANCHING} patches hardly find room: lower it")
    z = z[settled]
    # An unfinished patch is built up around its first sub-patch, as settlements are.
    first = np.take_along_axis(z, z.real.argmin(axis=1)[:, None], axis=1)
    return np.take_along_axis(z, np.argsort(np.abs(z - first), axis=1), axis=1)
