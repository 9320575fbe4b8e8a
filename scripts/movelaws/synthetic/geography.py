"""Fictional countries: small Voronoi cells, grouped into zones, with people clustered in cities."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Voronoi, cKDTree

SAMPLES_PER_CELL = 30
ZONE_ROUNDS = 10
CELL_ROUNDS = 3


@dataclass(frozen=True)
class Country:
    """A plane country in kilometres.

    Attributes
    ----------
    cells : (n_cells, 2) km, centres of the cells.
    zone : (n_cells,) int, zone of each cell; every zone has at least one cell.
    weight : (n_cells,) share of the population in each cell; sums to 1.
    vertices : (n_vertices, 2) km, corners of the cells.
    edges : (n_edges, 2) int, vertices at the two ends of each edge between two cells.
    sides : (n_edges, 2) int, cell on the left and on the right of the edge, -1 for the sea.
    islands : (n_islands,) int, cells off the coast; each belongs to the zone nearest to it.
    """

    cells: np.ndarray
    zone: np.ndarray
    weight: np.ndarray
    vertices: np.ndarray
    edges: np.ndarray
    sides: np.ndarray
    islands: np.ndarray

    @property
    def n_zones(self) -> int:
        """Number of zones."""
        return int(self.zone.max()) + 1

    @property
    def centres(self) -> np.ndarray:
        """(n_zones, 2) km, mean of the cell centres of each zone."""
        count = np.bincount(self.zone)
        return np.column_stack([np.bincount(self.zone, self.cells[:, k]) / count for k in (0, 1)])


def make_country(
    rng: np.random.Generator,
    zones: int,
    cells_per_zone: int,
    radius_km: float,
    *,
    islands: int = 0,
) -> Country:
    """Draw a country whose zones are small in cities and large between them.

    Parameters
    ----------
    rng : source of randomness; the same state gives the same country.
    zones : number of zones, at least 4.
    cells_per_zone : mean number of cells in a zone, at least 2.
    radius_km : mean distance from the middle to the coast.
    islands : number of cells off the coast to add.

    Raises
    ------
    ValueError
        If a size is too small.
    """
    if zones < 4:
        raise ValueError(f"zones = {zones}: a synthetic country has at least 4 zones")
    if cells_per_zone < 2:
        raise ValueError(f"cells_per_zone = {cells_per_zone}: must be at least 2")
    if not radius_km > 0:
        raise ValueError(f"radius_km = {radius_km}: must be positive")
    coast = _coast(rng, radius_km)
    n_cells = zones * cells_per_zone
    land = _uniform_on_land(rng, coast, 1.6 * radius_km, SAMPLES_PER_CELL * n_cells)
    density = _cities(rng, land, radius_km)
    spread = np.sqrt(density(land))
    cells = _relaxed(rng, land, spread, n_cells, CELL_ROUNDS)
    centres = _relaxed(rng, land, spread, zones, ZONE_ROUNDS)
    zone = _nearest_without_empty(cells, centres)

    sea = _sea(rng, coast, cells, radius_km)
    chosen = _offshore(rng, sea, cells, islands)
    island_zone = zone[cKDTree(cells).query(sea[chosen])[1]] if islands else np.empty(0, int)
    sites = np.vstack([cells, sea[chosen], np.delete(sea, chosen, axis=0)])
    zone = np.concatenate([zone, island_zone])
    vertices, edges, sides = _mesh(sites, zone.size)

    share = np.bincount(cKDTree(cells).query(land)[1], density(land), minlength=n_cells)
    share = np.maximum(share, share[share > 0].min()) * rng.lognormal(0.0, 0.25, n_cells)
    share = np.concatenate([share, np.full(islands, 0.2 * np.median(share))])
    return Country(
        cells=sites[: zone.size],
        zone=zone,
        weight=share / share.sum(),
        vertices=vertices,
        edges=edges,
        sides=sides,
        islands=np.arange(n_cells, zone.size),
    )


def _coast(rng, radius):
    """Distance from the middle to the coast as a function of the direction."""
    order = np.arange(2, 7)
    amplitude = rng.uniform(0.3, 1.0, order.size) * 0.38 / order
    phase = rng.uniform(0, 2 * np.pi, order.size)

    def distance(points):
        angle = np.arctan2(points[:, 1], points[:, 0])
        return radius * (1 + (amplitude * np.cos(np.outer(angle, order) + phase)).sum(axis=1))

    return distance


def _uniform_on_land(rng, coast, reach, wanted):
    kept = []
    while sum(map(len, kept)) < wanted:
        points = rng.uniform(-reach, reach, (wanted, 2))
        kept.append(points[np.hypot(*points.T) < coast(points)])
    return np.vstack(kept)[:wanted]


def _cities(rng, land, radius):
    """Population density: a few cities whose sizes follow Zipf's law, and a thin countryside."""
    n_cities = 12
    place = land[rng.integers(0, len(land), n_cities)] * 0.85
    size = 1.0 / np.arange(1, n_cities + 1)
    reach = radius * 0.06 * size**0.25

    def density(points):
        apart = np.hypot(*(points[:, None, :] - place[None, :, :]).transpose(2, 0, 1))
        town = (size / reach**2 * np.exp(-apart / reach)).sum(axis=1)
        return town + 0.35 * size.sum() * 2 * np.pi / (np.pi * radius**2)

    return density


def _relaxed(rng, samples, weight, n, rounds):
    """Centres of a centroidal Voronoi tessellation of the weighted samples (Lloyd's rounds)."""
    centres = samples[rng.choice(len(samples), n, replace=False, p=weight / weight.sum())]
    for _ in range(rounds):
        owner = cKDTree(centres).query(samples)[1]
        total = np.bincount(owner, weight, minlength=n)
        mean = [np.bincount(owner, weight * samples[:, k], minlength=n) for k in (0, 1)]
        full = total > 0
        centres[full] = np.column_stack(mean)[full] / total[full, None]
    return centres


def _nearest_without_empty(cells, centres):
    zone = cKDTree(centres).query(cells)[1]
    for empty in np.setdiff1d(np.arange(len(centres)), zone):
        shared = np.bincount(zone, minlength=len(centres))[zone] > 1
        apart = np.hypot(*(cells - centres[empty]).T)
        zone[np.argmin(np.where(shared, apart, np.inf))] = empty
    return zone


def _sea(rng, coast, cells, radius):
    """Sites off the coast, so that every cell on land is bounded."""
    step = radius / 12
    axis = np.arange(-2.2 * radius, 2.2 * radius, step)
    grid = np.column_stack([a.ravel() for a in np.meshgrid(axis, axis)])
    grid = grid + rng.uniform(-0.25, 0.25, grid.shape) * step
    away = np.hypot(*grid.T) > coast(grid) + 0.25 * step
    return grid[away]


def _offshore(rng, sea, cells, islands):
    """Sea sites near the coast whose cells touch neither land nor each other."""
    chosen: list[int] = []
    if islands == 0:
        return np.array(chosen, int)
    touching = Voronoi(np.vstack([cells, sea])).ridge_points - len(cells)
    both_ways = np.vstack([touching, touching[:, ::-1]])
    shore = np.unique(both_ways[both_ways[:, 0] < 0, 1])
    next_to_shore = np.unique(both_ways[np.isin(both_ways[:, 0], shore), 1])
    near = np.setdiff1d(next_to_shore[next_to_shore >= 0], shore)
    for site in rng.permutation(near):
        beside = both_ways[both_ways[:, 0] == site, 1]
        if len(chosen) < islands and not np.isin(beside, chosen).any():
            chosen.append(int(site))
    return np.array(chosen)


def _mesh(sites, n_cells):
    diagram = Voronoi(sites)
    cell = np.where(diagram.ridge_points < n_cells, diagram.ridge_points, -1)
    edges = np.array(diagram.ridge_vertices)
    used = (edges.min(axis=1) >= 0) & (cell.max(axis=1) >= 0)
    edges, cell, first = edges[used], cell[used], sites[diagram.ridge_points[used, 0]]
    start, end = diagram.vertices[edges[:, 0]], diagram.vertices[edges[:, 1]]
    along, towards = end - start, first - start
    left = along[:, 0] * towards[:, 1] - along[:, 1] * towards[:, 0] > 0
    sides = np.where(left[:, None], cell, cell[:, ::-1])
    kept, renumbered = np.unique(edges, return_inverse=True)
    return diagram.vertices[kept], renumbered.reshape(edges.shape), sides


def grouped(rng: np.random.Generator, points: np.ndarray, n: int) -> np.ndarray:
    """Divide points into ``n`` compact groups: (n_points,) int, no group empty."""
    even = np.ones(len(points))
    return _nearest_without_empty(points, _relaxed(rng, points, even, n, ZONE_ROUNDS))
