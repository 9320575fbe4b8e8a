"""Toy geographies: shapes, point distributions and the ring on which p is flat (Figs 8 and 9).

Each is drawn, all its pairs are counted, and the counts are held against what must come out where
that is known: a form of ``movelaws.cities.forms``, or the set covariance of the shape.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from movelaws.cities import forms, sampling
from movelaws.distance_cost import cost_table, simulate_moves
from movelaws.pairdist.shapes_circles import RADIUS_M, Circles, circles
from movelaws.pairdist.shapes_theory import generalised, scaled_to, shape_mass
from movelaws.pairs import Points, checked_points, log_edges, pair_counts
from movelaws.pairs.points import EARTH_RADIUS_M
from movelaws.powerlaw.binned import fit_binned
from movelaws.seeds import number, stream

SHAPES = ("disk", "square", "band", "two disks", "land")
FILLINGS = ("uniform", "centre", "rim", "lattice", "towns")
RING_COSTS = (0.0, 1.0, 2.0)
RING_LENGTH_M = 2 * math.pi * EARTH_RADIUS_M
_BINS = 40
_SHOWN = 700
_TOWNS, _TOWN_SHARE = 12, 0.07
_CORE = RADIUS_M / 12
_ORIGINS = 500
_QUANTILE = 2.58
"""Of a normal distribution, exceeded either way with a chance of 1 %."""


@dataclass(frozen=True)
class Toys:
    """The toy geographies.

    Attributes
    ----------
    circles : the example of Fig. 1a-d.
    places : panel ("shape", "filling"), name, x, y (metres): places to draw, 700 at most each.
    pairs : panel, name, r_low, r_high, count, density (per metre), theory (the same, expected; nan
        where no form is known).
    ring : planted (exponent), r_low, r_high (metres along the ring), pairs, pair_density, flat
        (2 / L), moves, observed (share per metre), law (r^-a scaled to a share per metre), cost,
        cost_low, cost_high.
    checks : panel, name, theory (what it is), places, gap (largest difference of the distribution
        functions), gap_by_chance (1 % level, from the spread over places), and for the ring
        planted, exponent and standard_error of f(r) alone, without any pair distribution.
    """

    circles: Circles
    places: pd.DataFrame
    pairs: pd.DataFrame
    ring: pd.DataFrame
    checks: pd.DataFrame


def toys(land: shapely.Geometry, *, places: int, moves: int, seed: int) -> Toys:
    """Draw all toy geographies.

    Parameters
    ----------
    land : polygon of a country, in metres; drawn with the area of the other shapes.
    places, moves : of each geography, and for each cost.
    seed : of all draws.

    Raises
    ------
    ValueError
        If ``land`` is no valid polygon or a number is not positive.
    """
    parts = [_shape(name, land, places, seed) for name in SHAPES]
    parts += [_filling(name, places, seed) for name in FILLINGS]
    ring, ring_checks = periodic_ring(places, moves, seed)
    shown, pairs, checks = (
        pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)
    )
    checks = pd.concat([checks, ring_checks], ignore_index=True)
    return Toys(circles(moves, seed), shown, pairs, ring, checks)


def outline(name: str, land: shapely.Geometry) -> shapely.Geometry:
    """A shape of SHAPES with the area of a disk of 1 km radius, around 0, in metres."""
    area, centre = math.pi * RADIUS_M**2, shapely.Point(0, 0)
    if name == "disk":
        return centre.buffer(RADIUS_M, quad_segs=24)
    if name == "square":
        side = math.sqrt(area)
        return shapely.box(-side / 2, -side / 2, side / 2, side / 2)
    if name == "band":
        outer = RADIUS_M / 0.6  # the inner radius is 0.8 of the outer one
        return centre.buffer(outer, quad_segs=24) - centre.buffer(0.8 * outer, quad_segs=24)
    if name == "two disks":
        radius = RADIUS_M / math.sqrt(2)
        return shapely.union_all(
            [shapely.Point(s * 2 * radius, 0).buffer(radius, quad_segs=24) for s in (-1, 1)]
        )
    return scaled_to(generalised(land), area)


def filled(name: str, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """x and y of about n places in a disk of 1 km radius, filled as a name of FILLINGS says.

    "centre" is the ideal gas in a linear potential, "rim" has a density ~ r^6, "lattice" a square
    grid, "towns" twelve Gaussian clumps. Places beyond the rim are drawn again.
    """
    if name == "uniform":
        return sampling.in_disk(n, RADIUS_M, rng)
    if name == "lattice":
        step = math.sqrt(math.pi / n) * RADIUS_M
        line = np.arange(-RADIUS_M, RADIUS_M, step)
        x, y = (axis.ravel() for axis in np.meshgrid(line, line))
        inside = np.hypot(x, y) <= RADIUS_M
        return x[inside], y[inside]
    if name == "rim":
        radius = RADIUS_M * rng.random(n) ** (1 / 8)
        angle = 2 * math.pi * rng.random(n)
        return radius * np.cos(angle), radius * np.sin(angle)
    if name == "towns":
        middle = np.stack(sampling.in_disk(_TOWNS, RADIUS_M * (1 - 2 * _TOWN_SHARE), rng))
    x, y = np.empty(0), np.empty(0)
    while x.size < n:
        if name == "centre":
            new = np.stack(sampling.ideal_gas(n, _CORE, rng))
        else:
            spread = _TOWN_SHARE * RADIUS_M * rng.normal(size=(2, n))
            new = middle[:, rng.integers(0, _TOWNS, n)] + spread
        new = new[:, np.hypot(*new) <= RADIUS_M]
        x, y = np.append(x, new[0]), np.append(y, new[1])
    return x[:n], y[:n]


def periodic_ring(places: int, moves: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Moves on a ring with periodic distances, where p(r) = 2 / L and f(r) ~ pi(r) (SI 6.2).

    The ring is the equator: along it, great-circle distances are periodic.

    Parameters
    ----------
    places, moves : on the ring, and for each cost of RING_COSTS.
    seed : of the draws.

    Returns
    -------
    ``ring`` and ``checks`` of :class:`Toys`.
    """
    longitude = 360 * stream(seed, "ring").random(places) - 180
    points = checked_points(longitude, np.zeros(places), metric="great_circle")
    half = RING_LENGTH_M / 2
    edges = log_edges(half / 1000, half * (1 + 1e-12), 12)
    pairs = _pairs_along(longitude, edges)
    tables, checks = [], []
    for planted in RING_COSTS:
        job = number(seed, "ring", repr(planted))
        drawn = simulate_moves(points, planted, moves, job, low=edges[0])
        table = cost_table(drawn, pairs, seed=job)
        law = fit_binned(edges, table["moves"].to_numpy())
        share = forms_share(edges, planted)
        columns = ["r_low", "r_high", "pairs", "pair_density", "moves", "observed", "cost"]
        columns += ["cost_low", "cost_high"]
        given = {"planted": planted, "flat": 2 / RING_LENGTH_M, "law": share / np.diff(edges)}
        tables.append(table[columns].assign(**given))
        checks.append(
            {
                "panel": "ring",
                "name": f"cost r^-{planted:g}",
                "theory": "f(r) proportional to the cost",
                "places": places,
                "planted": planted,
                "exponent": law.exponent,
                "standard_error": law.standard_error,
            }
        )
    flat = np.diff(edges) / half
    flat_check = _check("ring", "pairs", "flat", points, edges, pairs["count"], flat)
    return pd.concat(tables, ignore_index=True), pd.DataFrame([flat_check, *checks])


def forms_share(edges: np.ndarray, exponent: float) -> np.ndarray:
    """(n_bins,) share of r^-exponent in each bin of (n_bins + 1,) ``edges``, metres."""
    power = 1 - exponent
    inner = np.log(edges) if power == 0 else edges**power / power
    return np.diff(inner) / (inner[-1] - inner[0])


def _pairs_along(longitude: np.ndarray, edges: np.ndarray) -> pd.DataFrame:
    """Pairs of places on the ring per bin, as from ``pair_counts``.

    A few thousand places need no tree, nor its compilation for distances on a sphere.
    """
    first, second = np.triu_indices(longitude.size, 1)
    r = _arc_m(longitude[first] - longitude[second])
    count = np.histogram(r, edges)[0].astype(float)
    density = count / r.size / np.diff(edges)
    table = {"r_low": edges[:-1], "r_high": edges[1:], "count": count, "density": density}
    return pd.DataFrame(table)


def _arc_m(degrees: np.ndarray) -> np.ndarray:
    """Shorter way along the ring, metres, between places so many degrees apart."""
    apart = np.abs(degrees)
    return np.minimum(apart, 360 - apart) / 360 * RING_LENGTH_M


def _shape(name, land, n, seed):
    polygon = outline(name, land)
    x, y = sampling.polygon_sampler(polygon)(n, stream(seed, "shape", name))
    west, south, east, north = polygon.bounds
    edges = np.linspace(0, math.hypot(east - west, north - south) * (1 + 1e-9), _BINS + 1)
    if name == "disk":
        return _counted("shape", name, x, y, edges, forms.Disk(RADIUS_M).mass(edges), "disk form")
    if name == "square":
        mass = forms.Square(math.sqrt(math.pi) * RADIUS_M).mass(edges)
        return _counted("shape", name, x, y, edges, mass, "square form")
    return _counted("shape", name, x, y, edges, shape_mass(polygon, edges), "set covariance")


def _filling(name, n, seed):
    x, y = filled(name, n, stream(seed, "filling", name))
    edges = np.linspace(0, 2 * RADIUS_M * (1 + 1e-9), _BINS + 1)
    known = {
        "uniform": (forms.Disk(RADIUS_M), "disk form"),
        "centre": (forms.ErlangPairs(_CORE), "ideal gas in a linear potential"),
    }
    form, words = known.get(name, (None, ""))
    mass = np.full(_BINS, np.nan) if form is None else form.mass(edges)
    return _counted("filling", name, x, y, edges, mass, words)


def _counted(panel, name, x, y, edges, mass, words):
    """Places to draw, pairs per bin with what is expected, and the check of one geography."""
    points = checked_points(x, y, allow_small=True)
    pairs = pair_counts(points, edges, progress=False)
    table = pairs[["r_low", "r_high", "count", "density"]].assign(
        panel=panel, name=name, theory=mass / np.diff(edges)
    )
    shown = pd.DataFrame({"panel": panel, "name": name, "x": x, "y": y})
    if name != "lattice":  # of which a part would be no lattice
        shown = shown.iloc[:_SHOWN]
    checks = [_check(panel, name, words, points, edges, pairs["count"], mass)] if words else []
    return shown, table, pd.DataFrame(checks)


def _check(panel, name, words, points: Points, edges, count, mass) -> dict:
    total = len(points) * (len(points) - 1) / 2
    gap = float(np.abs(np.cumsum(count) / total - np.cumsum(mass)).max())
    row = {"panel": panel, "name": name, "theory": words, "places": len(points), "gap": gap}
    return row | {"gap_by_chance": _chance(points, edges)}


def _chance(points: Points, edges: np.ndarray) -> float:
    """Gap at the 1 % level at its worst distance.

    The share of pairs nearer than r is a mean over pairs of places that are drawn one by one; its
    error is twice that of the mean over places of what each sees (Hoeffding).
    """
    some = points.subset(slice(0, _ORIGINS))
    if points.metric == "great_circle":
        r = _arc_m(some.x[:, None] - points.x)
    else:
        r = np.hypot(some.x[:, None] - points.x, some.y[:, None] - points.y)
    r.sort(axis=1)
    upto = np.array([np.searchsorted(row, edges[1:]) for row in r]) / len(points)
    # Of places that all see the same, the pairs themselves still scatter.
    pair = np.sqrt(upto.mean(axis=0) * (1 - upto.mean(axis=0)) * 2) / len(points)
    spread = 2 * upto.std(axis=0, ddof=1) / math.sqrt(len(points))
    return _QUANTILE * float(np.hypot(spread, pair).max())
