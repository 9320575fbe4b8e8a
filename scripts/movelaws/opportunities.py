"""Opportunities between an origin and a destination, for radiation-like models.

For each centre, the points and the requested targets are sorted together by distance, once, with a
radix sort; one pass then adds up masses and leaves at each target what lies nearer. Work grows as
the number of points per centre plus the number of pairs, memory as the number of pairs plus a few
buffers of the size of one centre's list per thread. No centre depends on another, so the result
does not depend on the number of threads.
"""

import math

import numba
import numpy as np

from movelaws.geo import EARTH_RADIUS_KM, Embedding, distance_rows_km
from movelaws.threads import share_out

# A distance becomes a whole number of steps of 2^-40 of the largest possible distance. Rounding
# errors are some thousand times smaller, so points equally far on paper are equally far here too.
_KEY_BITS = 40
_INDEX_BITS = 63 - _KEY_BITS
_INDEX_MASK = (1 << _INDEX_BITS) - 1
_DIGIT_BITS = 10
_DIGITS = 1 << _DIGIT_BITS
_PASSES = _KEY_BITS // _DIGIT_BITS

# Distances from a block of centres to all points at once: 16 MB. Smaller blocks lose time
# waiting for the slowest thread on a busy machine.
_BLOCK_DISTANCES = 1 << 21


def resolution_km(zones: Embedding, places: Embedding) -> float:
    """Difference below which two distances count as equal, km.

    It is 2^-40 (about 1e-12) of the largest possible distance: half the Earth's circumference (0.02
    mm) or the diagonal of the box around all the points.

    Parameters
    ----------
    zones, places : embedded points of the same kind.

    Returns
    -------
    float > 0.

    Raises
    ------
    ValueError
        If one is measured on the sphere and the other in the plane.
    """
    if zones.kind != places.kind:
        raise ValueError(f"zones are {zones.kind} and places {places.kind}: use one CRS for both")
    if zones.curved:
        extent = math.pi * EARTH_RADIUS_KM
    else:
        corners = [(p.xyz.min(axis=0), p.xyz.max(axis=0)) for p in (zones, places) if len(p.xyz)]
        low = np.min([corner[0] for corner in corners], axis=0)
        extent = float(np.linalg.norm(np.max([c[1] for c in corners], axis=0) - low))
    return (extent or 1.0) / ((1 << _KEY_BITS) - 4)


def intervening(
    zones: Embedding,
    start: np.ndarray,
    destination: np.ndarray,
    distance_km: np.ndarray,
    places: Embedding,
    place_zone: np.ndarray,
    place_mass: np.ndarray,
) -> np.ndarray:
    """Intervening opportunities s_ij of each requested pair.

    s_ij is the sum of the masses of the places k that belong neither to zone i nor to zone j and
    that lie nearer to i than j does, 0 < d(i, k) < d(i, j), distances being measured from the
    origin's point. Places as far as j itself are left out (strict), also when rounding separates
    them (see :func:`resolution_km`). Where the places are the zones, this is s_ij of Eqs 1 and 2
    of Simini et al. (2012): all within the circle through j around i, without i and j.

    Parameters
    ----------
    zones : (n_zones,) points of the zones.
    start : (n_zones + 1,) integers; the pairs of origin i are start[i]:start[i + 1].
    destination : (n_pairs,) indices of destination zones.
    distance_km : (n_pairs,) from :func:`movelaws.geo.pair_distance_km`.
    places : (n_places,) points whose masses are summed.
    place_zone : (n_places,) index of the zone that a place belongs to, -1 if none of them.
    place_mass : (n_places,) people, finite and >= 0. Whole numbers are summed exactly.

    Returns
    -------
    (n_pairs,) people.

    Raises
    ------
    ValueError
        If shapes do not match, an index is out of range or a mass is negative or not finite.

    References
    ----------
    Simini, Gonzalez, Maritan, Barabasi (2012), Nature 484, 96-100, Eq. 2.
    """
    n_zones = len(zones.xyz)
    start, destination = _checked_rows(start, destination, distance_km, n_zones)
    mass = _checked_mass(place_mass, "place_mass", len(places.xyz))
    zone = _checked_place_zone(place_zone, len(places.xyz), n_zones)
    members = np.argsort(zone, kind="stable")[np.count_nonzero(zone < 0) :]
    first_member = np.searchsorted(zone[members], np.arange(n_zones + 1))
    return _nearer_masses(
        zones, places, mass, zone, (first_member, members), (start, destination, distance_km), False
    )


def circle_population(
    zones: Embedding,
    start: np.ndarray,
    destination: np.ndarray,
    distance_km: np.ndarray,
    mass: np.ndarray,
) -> np.ndarray:
    """Population S_ji in the circle around destination j through origin i.

    S_ji is the sum of the masses of all zones k with d(j, k) <= d(j, i): i, j and every zone as
    far from j as i is are included, so the same pair seen with any tie order gives one value.

    Parameters
    ----------
    zones : (n_zones,) points of the zones.
    start : (n_zones + 1,) integers; the pairs of origin i are start[i]:start[i + 1].
    destination : (n_pairs,) indices of destination zones.
    distance_km : (n_pairs,) from :func:`movelaws.geo.pair_distance_km`.
    mass : (n_zones,) people, finite and >= 0. Whole numbers are summed exactly.

    Returns
    -------
    (n_pairs,) people, at least m_i + m_j.

    Raises
    ------
    ValueError
        If shapes do not match, an index is out of range or a mass is negative or not finite.

    References
    ----------
    Yan, Zhao, Fan, Di, Wang (2014), J. R. Soc. Interface 11, 20140834.
    """
    n_zones = len(zones.xyz)
    start, destination = _checked_rows(start, destination, distance_km, n_zones)
    mass = _checked_mass(mass, "mass", n_zones)
    # Seen from its destination, a pair asks for the circle that reaches its origin.
    start_in, origin, pair = _transposed(start, destination, n_zones)
    no_zone = np.full(n_zones, -1)
    no_members = np.zeros(n_zones + 1, dtype=np.int64), np.empty(0, dtype=np.int64)
    targets = start_in, origin, np.asarray(distance_km, dtype=float)[pair]
    result = np.empty(destination.size)
    result[pair] = _nearer_masses(zones, zones, mass, no_zone, no_members, targets, True)
    return result


def _nearer_masses(
    centres: Embedding,
    points: Embedding,
    mass: np.ndarray,
    zone: np.ndarray,
    zone_members: tuple[np.ndarray, np.ndarray],
    targets: tuple[np.ndarray, np.ndarray, np.ndarray],
    inclusive: bool,
) -> np.ndarray:
    """Mass nearer to the centre than each target, without the zones of centre and target."""
    start, target, distance = targets
    longest = len(points.xyz) + int(np.diff(start).max(initial=0))
    if longest > _INDEX_MASK:
        raise ValueError(
            f"{longest} places and destinations around one zone exceed {_INDEX_MASK}: "
            "use coarser places"
        )
    scale = 1.0 / resolution_km(centres, points)
    result = np.empty(target.size)
    block = max(numba.get_num_threads(), _BLOCK_DISTANCES // max(1, len(points.xyz)))
    for first in range(0, len(centres.xyz), block):
        rows = slice(first, min(first + block, len(centres.xyz)))
        to_points = distance_rows_km(centres, rows, points)
        share_out(
            _sum_block, len(to_points), rows.start, to_points, scale, mass, zone, *zone_members,
            start, target, np.asarray(distance, dtype=float), inclusive, longest, result,
        )  # fmt: skip
    return result


def _checked_rows(start, destination, distance_km, n_zones):
    start, destination = np.asarray(start, dtype=np.int64), np.asarray(destination)
    if start.shape != (n_zones + 1,) or start[0] != 0 or (np.diff(start) < 0).any():
        raise ValueError(f"start must be {n_zones + 1} integers that rise from 0")
    if destination.shape != (start[-1],) or np.shape(distance_km) != (start[-1],):
        raise ValueError(
            f"start announces {start[-1]} pairs, destination has shape {destination.shape} and "
            f"distance_km {np.shape(distance_km)}"
        )
    if destination.size and not 0 <= destination.min() <= destination.max() < n_zones:
        raise ValueError(f"destination must be between 0 and {n_zones - 1}")
    return start, destination.astype(np.int32, copy=False)


def _checked_mass(mass, name, n):
    mass = np.array(mass, dtype=float)  # kernels would be compiled for read-only ones too
    if mass.shape != (n,):
        raise ValueError(f"{name} has shape {mass.shape}, expected ({n},)")
    bad = ~(np.isfinite(mass) & (mass >= 0))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(f"{name}[{row}] = {mass[row]}: masses are finite and >= 0")
    return mass


def _checked_place_zone(place_zone, n_places, n_zones):
    zone = np.asarray(place_zone, dtype=np.int64)
    if zone.shape != (n_places,):
        raise ValueError(f"place_zone has shape {zone.shape}, expected ({n_places},)")
    if zone.size and not -1 <= zone.min() <= zone.max() < n_zones:
        raise ValueError(f"place_zone must be between -1 (no zone) and {n_zones - 1}")
    return zone


@numba.njit(cache=True, error_model="numpy")
def _sorted_words(words, spare, n, count):
    """Sort words[:n] by their upper 40 bits; returns the buffer that holds the result."""
    count[:] = 0
    for e in range(n):
        key = words[e] >> _INDEX_BITS
        for digit in range(_PASSES):
            count[digit, (key >> (digit * _DIGIT_BITS)) & (_DIGITS - 1)] += 1
    for digit in range(_PASSES):
        shift = _INDEX_BITS + digit * _DIGIT_BITS
        if count[digit, (words[0] >> shift) & (_DIGITS - 1)] == n:
            continue
        below = 0
        for value in range(_DIGITS):
            below, count[digit, value] = below + count[digit, value], below
        for e in range(n):
            value = (words[e] >> shift) & (_DIGITS - 1)
            spare[count[digit, value]] = words[e]
            count[digit, value] += 1
        words, spare = spare, words
    return words


@numba.njit(cache=True, error_model="numpy")
def _transposed(start, destination, n_zones):
    """Rows by destination: their starts, the origin of each pair, and its place in the old rows."""
    start_in = np.zeros(n_zones + 1, dtype=np.int64)
    for p in range(destination.size):
        start_in[destination[p] + 1] += 1
    for j in range(n_zones):
        start_in[j + 1] += start_in[j]
    following = start_in[:-1].copy()
    origin = np.empty(destination.size, dtype=np.int32)
    pair = np.empty(destination.size, dtype=np.int64)
    for i in range(n_zones):
        for p in range(start[i], start[i + 1]):
            at = following[destination[p]]
            following[destination[p]] += 1
            origin[at], pair[at] = i, p
    return start_in, origin, pair


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _sum_block(
    low, high, first, rows, scale, mass, zone, first_member, members,
    start, target, distance, inclusive, longest, result,
):  # fmt: skip
    keys = np.empty(mass.size, dtype=np.int64)
    words = np.empty(longest, dtype=np.int64)
    spare = np.empty(longest, dtype=np.int64)
    count = np.empty((_PASSES, _DIGITS), dtype=np.int64)
    for row in range(low, high):
        _sum_centre(
            first + row, rows[row], scale, mass, zone, first_member, members,
            start, target, distance, inclusive, result, keys, words, spare, count,
        )  # fmt: skip


@numba.njit(cache=True, error_model="numpy")
def _sum_centre(
    i, to_point, scale, mass, zone, first_member, members,
    start, target, distance, inclusive, result, keys, words, spare, count,
):  # fmt: skip
    n_points, first, n_targets = mass.size, start[i], start[i + 1] - start[i]
    if n_targets == 0:
        return
    for k in range(n_points):
        keys[k] = np.int64(to_point[k] * scale + 0.5)
        words[k] = (keys[k] << _INDEX_BITS) | k
    # Keys are whole numbers: "at most d" is "less than the next".
    reach = 1 if inclusive else 0
    for t in range(n_targets):
        cut = np.int64(distance[first + t] * scale + 0.5) + reach
        words[n_points + t] = (cut << _INDEX_BITS) | (n_points + t)
    nearer, level, current = 0.0, 0.0, np.int64(-1)
    for word in _sorted_words(words, spare, n_points + n_targets, count)[: n_points + n_targets]:
        key, e = word >> _INDEX_BITS, word & _INDEX_MASK
        if key != current:
            nearer, level, current = nearer + level, 0.0, key
        if e >= n_points:
            result[first + e - n_points] = nearer
        elif zone[e] != i and (key > 0 or inclusive):
            level += mass[e]
    if members.size > 0:
        _leave_out_destinations(i, keys, scale, mass, first_member, members, start, target,
                                distance, result)  # fmt: skip


@numba.njit(cache=True, error_model="numpy")
def _leave_out_destinations(
    i, keys, scale, mass, first_member, members, start, target, distance, result
):
    for p in range(start[i], start[i + 1]):
        cut = np.int64(distance[p] * scale + 0.5)
        for m in range(first_member[target[p]], first_member[target[p] + 1]):
            if 0 < keys[members[m]] < cut:
                result[p] -= mass[members[m]]
        # Fractions of people may not cancel to the last bit.
        result[p] = max(result[p], 0.0)
