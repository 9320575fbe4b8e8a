"""Borders of a synthetic country: arcs shared by neighbours, polygons, and TopoJSON."""

from dataclasses import dataclass

import numpy as np
import shapely


@dataclass(frozen=True)
class Borders:
    """Arcs between areas and the rings that they form.

    Attributes
    ----------
    arcs : list of (n,) int arrays of vertices; the two ends are shared with other arcs.
    rings : for each area, a list of rings; a ring is a list of arc numbers in order,
        ~k for arc k walked backwards. The area lies on the left of its rings.
    """

    arcs: list[np.ndarray]
    rings: list[list[list[int]]]


def borders(edges: np.ndarray, sides: np.ndarray, area: np.ndarray) -> Borders:
    """Borders of areas that are groups of cells.

    Parameters
    ----------
    edges : (n_edges, 2) vertices of each edge between cells.
    sides : (n_edges, 2) cell on the left and on the right, -1 for none.
    area : (n_cells,) int, area of each cell, 0..n_areas - 1.
    """
    label = np.append(area, -1)[sides]
    outer = label[:, 0] != label[:, 1]
    edges, label = edges[outer], label[outer]
    arcs, arc_sides = _arcs(edges, label)
    return Borders(arcs, _rings(arcs, arc_sides, int(area.max()) + 1))


def _arcs(edges, label):
    """Join edges with the same two sides through vertices where no third area meets."""
    leaving: dict[int, list[int]] = {}
    degree = np.bincount(edges.ravel())
    for k, (start, end) in enumerate(edges):
        leaving.setdefault(int(start), []).append(k)
        leaving.setdefault(int(end), []).append(k)
    done = np.zeros(len(edges), bool)
    arcs, sides = [], []
    at_junction = np.flatnonzero((degree[edges] != 2).any(axis=1))
    for first in np.concatenate([at_junction, np.arange(len(edges))]):
        if done[first]:
            continue
        start, end = map(int, edges[first])
        left, right = map(int, label[first])
        if degree[start] == 2 and degree[end] != 2:
            start, end, left, right = end, start, right, left
        line = [start, end]
        done[first] = True
        while degree[line[-1]] == 2 and line[-1] != line[0]:
            following = next(k for k in leaving[line[-1]] if not done[k])
            done[following] = True
            a, b = map(int, edges[following])
            line.append(b if a == line[-1] else a)
        arcs.append(np.array(line))
        sides.append((left, right))
    return arcs, sides


def _rings(arcs, sides, n_areas):
    """Chain the arcs of each area, each walked with the area on its left."""
    following = [{} for _ in range(n_areas)]
    for k, (left, right) in enumerate(sides):
        start, end = int(arcs[k][0]), int(arcs[k][-1])
        if left >= 0:
            following[left][start] = (k, end)
        if right >= 0:
            following[right][end] = (~k, start)
    return [_chained(arcs_of_area) for arcs_of_area in following]


def _chained(following):
    rings = []
    while following:
        start = at = next(iter(following))
        ring = []
        while not ring or at != start:
            arc, at = following.pop(at)
            ring.append(arc)
        rings.append(ring)
    return rings


def ring_points(line: Borders, ring: list[int], xy: np.ndarray) -> np.ndarray:
    """(n, 2) coordinates along a closed ring, the first point repeated at the end."""
    parts = [line.arcs[k] if k >= 0 else line.arcs[~k][::-1] for k in ring]
    vertices = np.concatenate([p[:-1] for p in parts] + [parts[0][:1]])
    return xy[vertices]


def polygon_rings(line: Borders, area: int, xy: np.ndarray) -> list[list[list[int]]]:
    """Rings of an area grouped into polygons: an outer ring, then its holes."""
    rings = line.rings[area]
    shapes = [shapely.Polygon(ring_points(line, ring, xy)) for ring in rings]
    outer = [k for k, s in enumerate(shapes) if s.exterior.is_ccw]
    groups = {k: [rings[k]] for k in outer}
    for k in set(range(len(rings))) - set(outer):
        inside = shapes[k].representative_point()
        holders = [j for j in outer if shapes[j].contains(inside)]
        groups[min(holders, key=lambda j: shapes[j].area)].append(rings[k])
    return list(groups.values())


def polygons(line: Borders, xy: np.ndarray) -> list[shapely.Geometry]:
    """Polygon or MultiPolygon of each area, from the coordinates of the vertices."""
    shapes = []
    for area in range(len(line.rings)):
        parts = [
            shapely.Polygon(ring_points(line, g[0], xy), [ring_points(line, h, xy) for h in g[1:]])
            for g in polygon_rings(line, area, xy)
        ]
        shapes.append(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))
    return shapes


def topojson(line: Borders, grid: np.ndarray, transform: dict, name: str, properties: list[dict]):
    """TopoJSON topology with quantised, delta-encoded arcs.

    Parameters
    ----------
    line : borders of the areas.
    grid : (n_vertices, 2) int, coordinates on the quantisation grid.
    transform : scale and translate that turn grid numbers into coordinates.
    name : name of the only object.
    properties : properties of each area.
    """
    scale, shift = np.array(transform["scale"]), np.array(transform["translate"])
    used = np.unique(np.concatenate(line.arcs))
    low, high = (grid[used].min(axis=0), grid[used].max(axis=0))
    geometries = []
    for area, values in enumerate(properties):
        groups = polygon_rings(line, area, grid * scale)
        single = len(groups) == 1
        geometries.append(
            {
                "type": "Polygon" if single else "MultiPolygon",
                "arcs": groups[0] if single else groups,
                "properties": values,
            }
        )
    return {
        "type": "Topology",
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [_deltas(grid[arc]) for arc in line.arcs],
        "bbox": [*(low * scale + shift).tolist(), *(high * scale + shift).tolist()],
        "transform": transform,
    }


def _deltas(points):
    """First point, then steps; steps of length 0 are left out, but never the last."""
    steps = np.diff(points, axis=0)
    moved = steps[steps.any(axis=1)]
    steps = moved if len(moved) else steps[:1]
    return np.vstack([points[:1], steps]).astype(int).tolist()
