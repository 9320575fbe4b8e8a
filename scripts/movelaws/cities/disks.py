"""Hard disks: houses and towns that may touch, but not overlap.

>>> from movelaws.seeds import stream
>>> city = attractive_hard_disks(200, scale=80.0, mean_radius=5.0, rng=stream(1, "city"))
>>> city.radius.size
200
"""

from dataclasses import dataclass

import numpy as np

from movelaws.cities._arguments import generator, positive, positives, vector, whole
from movelaws.cities._collisions import place_next, separate
from movelaws.cities.sampling import Sampler, ideal_gas

WHERE = ("within", "rim")
_BLOCK = 4096


@dataclass(frozen=True)
class Disks:
    """Disks at x, y with radius, each (n,), in one unit of length.

    updates : rounds of the collision algorithm, 0 if none was needed.
    overlap : largest overlap left, (D_ij - r_ij) / D_ij with D_ij the sum of the two radii.
    """

    x: np.ndarray
    y: np.ndarray
    radius: np.ndarray
    updates: int = 0
    overlap: float = 0.0


def power_pareto_radii(
    n: int, mean_radius: float, rng: np.random.Generator, exponent: float = 4.0
) -> np.ndarray:
    """(n,) radii of mean ``mean_radius`` with a power-law tail.

    Density ~ z^a up to a core size and ~ z^-a beyond, a = ``exponent``, scaled to the mean. For
    a <= 5 the area pi z^2 has no finite variance, as in SI 7.1.6. (The paper's own density and
    exponent, Eqs 19 and 80, are lost in the text at hand; its authors' public example of this
    algorithm uses a power-Pareto density with a = 4.)

    Raises
    ------
    ValueError
        If n < 1, the mean is not > 0 or the exponent not > 2 (no mean).
    """
    n, mean_radius = whole(n, "n"), positive(mean_radius, "mean_radius")
    if not 2 < exponent < np.inf:
        raise ValueError(f"exponent = {exponent}: radii have a mean only for exponents > 2")
    a = exponent
    in_core = (a - 1) / (2 * a)
    u = generator(rng).random(n)
    core = (np.minimum(u, in_core) / in_core) ** (1 / (a + 1))
    tail = (np.minimum(1 - u, 1 - in_core) / (1 - in_core)) ** (-1 / (a - 1))
    mean = in_core * (a + 1) / (a + 2) + (1 - in_core) * (a - 1) / (a - 2)
    return np.where(u < in_core, core, tail) * (mean_radius / mean)


def resolve_overlaps(
    x: np.ndarray,
    y: np.ndarray,
    radius: np.ndarray,
    *,
    strength: float = 1.0,
    tolerance: float = 1e-3,
    max_updates: int = 100_000,
) -> Disks:
    """Push overlapping disks apart until no overlap exceeds the tolerance (SI 7.2).

    Each update moves disk i by the sum over the disks j that overlap it of
    strength (D_ij - r_ij) / 2 along the line of centres times m_j / (m_i + m_j), with m ~
    radius^2, and by its own radius at most. A pair on its own closes half of its overlap per
    update at strength 1, all of it at 2.

    Parameters
    ----------
    x, y : (n,) centres. radius : (n,) > 0, or one for all. One unit of length.
    strength : collision strength (displacement rate) in (0, 2].
    tolerance : largest overlap (D_ij - r_ij) / D_ij that may stay.
    max_updates : rounds before giving up.

    Returns
    -------
    Disks, in the order given.

    Raises
    ------
    ValueError
        If values are out of range.
    RuntimeError
        If overlaps remain after ``max_updates``.
    """
    x = vector(x, "x").copy()
    y = vector(y, "y", x.size).copy()
    radius = positives(np.broadcast_to(radius, x.shape), "radius", x.size)
    if not 0 < strength <= 2:
        raise ValueError(f"strength = {strength}: a number in (0, 2] is needed")
    tolerance, max_updates = positive(tolerance, "tolerance"), whole(max_updates, "max_updates")
    if x.size == 0:
        return Disks(x, y, radius)
    updates, overlap = separate(x, y, radius, float(strength), tolerance, max_updates)
    if overlap > tolerance:
        raise RuntimeError(
            f"disks still overlap by {overlap:.3g} of their distance after {updates} updates, "
            f"tolerance {tolerance}: raise max_updates or the tolerance"
        )
    return Disks(x, y, radius, int(updates), float(overlap))


def attractive_hard_disks(
    n: int,
    scale: float,
    mean_radius: float,
    rng: np.random.Generator,
    *,
    exponent: float | None = 4.0,
    strength: float = 1.0,
    tolerance: float = 1e-3,
    max_updates: int = 100_000,
) -> Disks:
    """City of hard disks that lie at each other's boundaries (SI 7.1.6).

    An ideal gas of ``scale`` l (Erlang distance to the centre), radii from
    :func:`power_pareto_radii` (all equal if ``exponent`` is None), overlaps resolved. Disks that
    overlapped end in touch, as if an attractive force held them.

    Raises
    ------
    ValueError, RuntimeError
        As the functions that it calls.
    """
    x, y = ideal_gas(whole(n, "n"), scale, rng)
    if exponent is None:
        radius = np.full(x.size, positive(mean_radius, "mean_radius"))
    else:
        radius = power_pareto_radii(n, mean_radius, rng, exponent)
    return resolve_overlaps(
        x, y, radius, strength=strength, tolerance=tolerance, max_updates=max_updates
    )


def place_without_overlap(
    radius: np.ndarray, draw: Sampler, rng: np.random.Generator, *, max_attempts: int = 100_000
) -> Disks:
    """Random positions of disks in a shape such that none overlap (SI 7.3).

    From the largest to the smallest, each disk is put at random positions until it overlaps none
    of those already placed. Centres lie in the shape; disks may reach over its edge.

    Parameters
    ----------
    radius : (n,) > 0.
    draw : function (n, rng) that draws n points x, y uniform in the shape, such as those of
        :mod:`movelaws.cities.sampling` with their size given.
    rng : source of the positions.
    max_attempts : tries per disk before giving up.

    Returns
    -------
    Disks, in the order given.

    Raises
    ------
    ValueError
        If a radius is not > 0 or ``draw`` does not return as many points as asked for.
    RuntimeError
        If a disk finds no place.
    """
    radius, rng = positives(radius, "radius"), generator(rng)
    max_attempts = whole(max_attempts, "max_attempts")
    order = np.argsort(-radius, kind="stable")
    sizes = radius[order]
    x, y = np.empty(radius.size), np.empty(radius.size)
    placed, tried = 0, 0
    while placed < radius.size:
        n = min(_BLOCK, 2 * (radius.size - placed) + 16)
        proposed_x, proposed_y = draw(n, rng)
        proposed_x, proposed_y = vector(proposed_x, "x of draw", n), vector(proposed_y, "y", n)
        before = placed
        placed, misses = place_next(placed, proposed_x, proposed_y, x, y, sizes)
        tried = misses if placed > before else tried + misses
        if placed < radius.size and tried >= max_attempts:
            raise RuntimeError(
                f"no place for disk {order[placed]} of radius {sizes[placed]:.6g} in {tried} "
                f"attempts; {placed} of {radius.size} disks are placed: the shape is too small"
            )
    result = np.empty((2, radius.size))
    result[:, order] = x, y
    return Disks(result[0], result[1], radius)


def doors(
    disks: Disks, rng: np.random.Generator, where: str = "rim"
) -> tuple[np.ndarray, np.ndarray]:
    """x and y, each (n,), of one random place per disk: its door (SI 7.4).

    Addresses are doors, not centres. ``where`` is "within" (uniform in the disk) or "rim".

    Raises
    ------
    ValueError
        If ``where`` is neither.
    """
    if where not in WHERE:
        raise ValueError(f"where = {where!r}: one of {', '.join(WHERE)}")
    angle = generator(rng).random(disks.x.size) * (2 * np.pi)
    out = disks.radius * (np.sqrt(rng.random(disks.x.size)) if where == "within" else 1.0)
    return disks.x + out * np.cos(angle), disks.y + out * np.sin(angle)
