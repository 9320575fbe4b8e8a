"""The same aggregation over towns with places: random, without overlap, in a country with an edge.

In a mean field the surroundings of all towns are alike. Here towns lie at random in a disk, and
what lies around a town is what lies there: other towns at their distances, with their addresses.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws import seeds
from movelaws.cities.disks import Disks, place_without_overlap
from movelaws.cities.forms import GeneralisedGamma
from movelaws.cities.sampling import in_disk
from movelaws.pairdist.aggregate import Towns, checked_edges, checked_radii, combined


def placed(radius: np.ndarray, area_m2: float, packing: float, rng: np.random.Generator) -> Disks:
    """Random positions of towns in a disk, hard up to a share of their mobility radius.

    Mobility radii reach far beyond the built-up area: circles of these radii would cover more than
    the country. Towns keep apart by the radius that makes them cover the share ``packing`` of it.

    Parameters
    ----------
    radius : (n_towns,) mobility radii, m.
    area_m2 : of the country, a disk.
    packing : share of the area that towns cover, above 0 and at most 0.5.
    rng : source of the positions.

    Returns
    -------
    Disks with the mobility radii.

    Raises
    ------
    ValueError
        If the packing is not in (0, 0.5] or the area not positive.
    """
    radius = checked_radii(radius)
    if not (0 < packing <= 0.5 and area_m2 > 0):
        raise ValueError(f"packing = {packing}, area = {area_m2} m2: use (0, 0.5] and an area > 0")
    hard = radius * math.sqrt(packing * area_m2 / (math.pi * float(radius @ radius)))
    country = math.sqrt(area_m2 / math.pi)

    def draw(n: int, source: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return in_disk(n, country, source)

    disks = place_without_overlap(hard, draw, rng)
    return Disks(disks.x, disks.y, radius)


def town_pairs(
    edges: np.ndarray, disks: Disks, towns: Towns, points: int, rng: np.random.Generator
) -> np.ndarray:
    """Pairs of each town with all addresses, per metre: (n_towns, n_bins).

    Within a town they are the gamma form; to other towns they are counted between a sample of their
    addresses, normal around the middle of a town with the spread that the gamma form has for m = 2.

    Parameters
    ----------
    edges : (n_bins + 1,) m, logarithmic.
    disks : positions and mobility radii.
    towns : the shape m of the gamma form is used.
    points : addresses sampled in all; a town has its share of them, at least one.
    rng : source of these addresses.

    Raises
    ------
    ValueError
        If edges are not logarithmic.
    """
    edges = checked_edges(edges)
    steps, first = np.diff(np.log(edges)), math.log(edges[0])
    step = float(steps.mean())
    if not np.allclose(steps, step, rtol=1e-6):
        raise ValueError(f"edges rise by {steps.min():.6g} to {steps.max():.6g} in ln: one factor")
    n, weight = disks.radius.size, disks.radius**2
    share = np.maximum(np.round(points * weight / weight.sum()), 1).astype(int)
    owner = np.repeat(np.arange(n), share)
    # Two normal points of spread R / 2 have p(r) ~ r exp(-(r / R)^2).
    x, y = (
        centre[owner] + rng.standard_normal(owner.size) * disks.radius[owner] / 2
        for centre in (disks.x, disks.y)
    )
    each = (weight / share)[owner]
    pairs = np.zeros((n, edges.size - 1))
    for town in range(n):
        mine = owner == town
        square = (x[mine][:, None] - x[~mine]) ** 2 + (y[mine][:, None] - y[~mine]) ** 2
        at = ((np.log(square) / 2 - first) / step + 1).astype(int).clip(0, edges.size)
        carried = np.broadcast_to(each[~mine], at.shape)
        counted = np.bincount(at.ravel(), carried.ravel(), edges.size + 1)[1:-1]
        own = GeneralisedGamma(disks.radius[town], towns.shape).mass(edges)
        pairs[town] = counted / share[town] + weight[town] * own
    return pairs * weight[:, None] / np.diff(edges)


def simulated(
    edges: np.ndarray,
    radius: np.ndarray,
    variants: Mapping[str, Towns],
    *,
    area_km2: float,
    packing: float,
    points: int,
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    """Cost of countries of randomly placed towns: the curve of ``mean_field`` per replicate.

    Parameters
    ----------
    edges, radius : as in ``mean_field``.
    variants : by name, towns that differ in how their costs compare, not in their places.
    area_km2, packing : as in ``placed``; points : as in ``town_pairs``.
    replicates, seed : number of countries, and their seed.

    Returns
    -------
    DataFrame with model (the name), replicate and the columns of ``mean_field``.

    Raises
    ------
    ValueError
        As ``placed``.
    RuntimeError
        If a town finds no place: use a smaller packing.
    """
    tables = []
    for k in range(replicates):
        rng = seeds.stream(seed, "aggregate", str(k))
        disks = placed(radius, area_km2 * 1e6, packing, rng)
        pairs = town_pairs(edges, disks, next(iter(variants.values())), points, rng)
        for name, towns in variants.items():
            curve = combined(edges, pairs, disks.radius, towns)
            tables.append(curve.assign(model=name, replicate=k))
    return pd.concat(tables, ignore_index=True)
