"""A fictional country of addresses: land, towns of nested patches, farms and who lives where.

A peninsula with a straight border in the south and islands in the east; towns are disks that do not
overlap (``movelaws.cities.disks``), with radii of a power-Pareto law; their houses are nested
patches (:mod:`movelaws.synthetic.address_patches`), some of them apartment buildings, more often so
in large towns; farms lie between the towns.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from movelaws.cities.disks import Disks, place_without_overlap, power_pareto_radii
from movelaws.cities.sampling import polygon_sampler
from movelaws.synthetic import address_patches
from movelaws.synthetic.flows import whole_shares

HOUSE_M = 9.5
"""Radius of a house with its ground: doors are some 19 m apart."""

_DRAWN_PER_TOWN = 201
_HOUSE_SCATTER = 0.06
_JITTER = 0.2
_FARMS_PER_ADDRESS = 0.07
_BETWEEN_TOWNS_M = 300.0
_SHORE_M = 60.0
_LEAST_HOUSES = 3
_CROSSING = 2.0  # least width of the sea around an island town, in diameters of the town
_MIDDLE_M = (590_000.0, 6_210_000.0)
_ISLANDS = ((1.02, -0.42, 0.30), (1.80, -0.30, 0.55), (2.75, -0.75, 0.16), (1.05, 0.30, 0.10))


@dataclass(frozen=True, eq=False)
class Country:
    """Buildings, towns and land, in metres of one projected CRS.

    Attributes
    ----------
    land : list of polygons.
    town_x, town_y, town_radius : (n_towns,) m; the radius reaches to the furthest house.
    x, y : (n,) doors of buildings, m to the centimetre; those of towns first, in rising order.
    town : (n,) int, -1 for farms. street : (n,) int, rising. dwellings : (n,) int >= 1.
    """

    land: list[shapely.Polygon]
    town_x: np.ndarray
    town_y: np.ndarray
    town_radius: np.ndarray
    x: np.ndarray
    y: np.ndarray
    town: np.ndarray
    street: np.ndarray
    dwellings: np.ndarray


def make(
    rng: np.random.Generator,
    addresses: int,
    towns: int,
    packing: float,
    land: shapely.MultiPolygon,
    *,
    radius_exponent: float,
    houses_share: float = 0.7,
    island_town: bool = False,
) -> Country:
    """Draw a country with ``addresses`` dwellings in ``towns`` towns and on farms.

    Parameters
    ----------
    land : where towns and farms may lie, m; the coast goes around towns that reach beyond it.
    radius_exponent : of the power-Pareto law of the radii of towns, before they are filled.
    houses_share : houses in towns per address; what is left beside farms is further dwellings in
        these houses.
    island_town : put the second largest town on an island of its own, far out at sea.
    """
    farms = round(_FARMS_PER_ADDRESS * addresses)
    # Every k-th of many radii: the law without the luck of a few large towns.
    size = np.sort(power_pareto_radii(_DRAWN_PER_TOWN * towns, 1.0, rng, radius_exponent))
    size = rng.permutation(size[_DRAWN_PER_TOWN // 2 :: _DRAWN_PER_TOWN])
    # A patch of radius R has R^D houses with D = 1 + growth.
    wish = size ** (1 + address_patches.growth(packing))
    houses = whole_shares(round(houses_share * addresses), wish, least=_LEAST_HOUSES)
    unit = HOUSE_M * np.exp(_HOUSE_SCATTER * rng.standard_normal(towns))
    built = address_patches.build(rng, houses, packing, unit, _JITTER)

    inner = land.buffer(-min(built.radius.max() / 2, 0.05 * np.sqrt(land.area)))
    placed = place_without_overlap(built.radius + _BETWEEN_TOWNS_M / 2, polygon_sampler(inner), rng)
    if island_town:
        _put_out_at_sea(placed, land, int(np.argsort(-houses, kind="stable")[1]))
    grounds = shapely.buffer(shapely.points(placed.x, placed.y), built.radius + _SHORE_M)
    land = shapely.union_all([land, *grounds[~shapely.contains(land, grounds)]])
    farm_x, farm_y = _farms(rng, farms, land, placed.x, placed.y, placed.radius)
    x = np.concatenate([built.x + placed.x[built.town], farm_x]).round(2)
    y = np.concatenate([built.y + placed.y[built.town], farm_y]).round(2)
    town = np.concatenate([built.town, np.full(farms, -1)])
    street = np.concatenate([built.street, built.street[-1] + 1 + np.arange(farms) // 12])
    dwellings = np.ones(x.size, dtype=np.int64)
    spare = addresses - x.size
    dwellings += rng.multinomial(spare, _apartments(rng, town, houses))
    parts = [part for part in shapely.get_parts(land) if part.area > 0]
    return Country(parts, placed.x, placed.y, built.radius, x, y, town, street, dwellings)


def outlines(country: Country, margin: float = 25.0, corners: int = 40) -> list[shapely.Polygon]:
    """Outline of each town: seen from its centre, as far as its houses reach, and a margin (m)."""
    inside = country.town >= 0
    town = country.town[inside]
    dx, dy = country.x[inside] - country.town_x[town], country.y[inside] - country.town_y[town]
    turn = 2 * np.pi / corners
    sector = (np.arctan2(dy, dx) // turn).astype(np.int64) % corners
    reach = np.zeros((country.town_x.size, corners))
    np.maximum.at(reach, (town, sector), np.hypot(dx, dy))
    # A corner lies between two sectors and has both, and their chord, within.
    reach = np.maximum(reach, np.roll(reach, 1, axis=1)) / np.cos(turn / 2) + margin
    angle = turn * np.arange(corners)
    x = country.town_x[:, None] + reach * np.cos(angle)
    y = country.town_y[:, None] + reach * np.sin(angle)
    return list(shapely.polygons(np.stack([x, y], axis=2)))


def peninsula(rng: np.random.Generator, area: float) -> shapely.MultiPolygon:
    """Peninsula and islands of a total area, m^2."""
    shape = _blob(rng, 0.0, 0.0, 0.62, 1.15)
    west, _, east, north = shape.bounds
    parts = [shapely.intersection(shape, shapely.box(west, -0.9, east, north))]
    for x, y, radius in _ISLANDS:
        sea = shapely.union_all(parts).buffer(0.07)
        pieces = shapely.get_parts(shapely.difference(_blob(rng, x, y, radius, radius), sea))
        parts.append(max(pieces, key=lambda piece: piece.area))
    return _scaled(shapely.union_all(parts), area)


def island(rng: np.random.Generator, area: float) -> shapely.Polygon:
    """One long island, m^2."""
    return _scaled(_blob(rng, 0.0, 0.0, 0.5, 1.1), area)


def _scaled(land, area):
    scale = np.sqrt(area / land.area)
    return shapely.transform(land, lambda xy: xy * scale + _MIDDLE_M)


def _blob(rng, x, y, width, height, corners=180) -> shapely.Polygon:
    """A shape with an uneven outline around x, y."""
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    waves = np.arange(2, 14)
    height_of = 0.28 / waves * rng.standard_normal(waves.size)
    phase = rng.uniform(0, 2 * np.pi, waves.size)
    reach = 1 + np.sin(np.multiply.outer(angle, waves) + phase) @ height_of
    reach = np.maximum(reach, 0.35)
    edge = np.column_stack([x + width * reach * np.cos(angle), y + height * reach * np.sin(angle)])
    return shapely.Polygon(edge)


def _put_out_at_sea(placed: Disks, land: shapely.MultiPolygon, town: int) -> None:
    """Move a town east of all land: the crossing is several times as wide as the town."""
    _, south, east, north = land.bounds
    radius = placed.radius[town]
    placed.x[town], placed.y[town] = east + (2 * _CROSSING + 1) * radius, (south + north) / 2


def _farms(rng, n, land, town_x, town_y, radius):
    """Places uniform on the land outside of the towns' disks."""
    draw, x, y = polygon_sampler(land), np.empty(0), np.empty(0)
    while x.size < n:
        new_x, new_y = draw(min(n, 20_000), rng)
        free = np.ones(new_x.size, dtype=bool)
        for tx, ty, r in zip(town_x, town_y, radius, strict=True):
            free &= np.hypot(new_x - tx, new_y - ty) > r
        x, y = np.append(x, new_x[free]), np.append(y, new_y[free])
    return x[:n], y[:n]


def _apartments(rng, town, houses):
    """(n,) share of the dwellings beyond the first that each building gets."""
    size = np.append(np.sqrt(houses / houses.max()), 0.0)[town]
    block = rng.random(town.size) < 0.02 + 0.18 * size
    chance = np.where(block & (town >= 0), size * rng.lognormal(0, 0.7, town.size), 0.0)
    chance[houses.argmax() == town] += 1e-3
    return chance / chance.sum()
