"""A synthetic Denmark of addresses, in the formats of Dataforsyningen, with a register of moves.

A fictional peninsula with islands; towns of nested patches (p(r) oscillates at the distance between
doors, grows as a power below 1 inside the towns, falls beyond), apartment buildings whose addresses
share one point, farms between the towns (:mod:`movelaws.synthetic.address_geography`). Each address
is one row of ``addresses``; at the end come provisional ones and ones without a point, as in the
service. ``towns`` are the outlines of the official towns, ``moves`` a register of who moved from
which address to which in what year.

Moves are drawn exactly (:func:`movelaws.distance_cost.simulate_moves`): by default with
pi(r) ~ r^-exponent over all pairs of addresses, so that f(r) = p(r) pi(r) holds as written (Eq. 2).
With the option ``cost`` moves start in towns, in proportion to their addresses, and
pi(r) ~ (r / R)^-inside up to the radius R of the town of origin, (r / R)^-outside beyond (Eq. 5):
who lives in denser surroundings does not move more often then, and f(r) / p(r) of all moves is no
average of these laws, but each town's moves have its own.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from movelaws.distance_cost.simulate import simulate_moves
from movelaws.pairs.points import checked_points
from movelaws.seeds import number, stream
from movelaws.synthetic import address_geography, address_tables
from movelaws.synthetic.address_patches import BRANCHING, growth
from movelaws.synthetic.files import write_bytes
from movelaws.synthetic.flows import whole_shares
from movelaws.synthetic.options import check_number, check_whole

ADAPTER = "dawa"
FILES = {
    "addresses": "adgangsadresser.csv",
    "moves": "moves.csv",
    "towns": "towns.geojson",
    "land": "land.geojson",
}
"""File name of each role of the adapter ``dawa``."""

DEFAULTS = {
    "addresses": 12_000,
    "towns": 24,
    "moves": 20_000,
    "exponent": 1.0,
    "packing": 0.74,
    "radius_exponent": 2.3,
    "cost": None,
    "island_town": False,
}
"""Options of ``write`` and their values."""

LOW_M = 1.0
"""No move is shorter: those within a building are left out."""

_YEARS = (1986, 2020)
_PROVISIONAL_SHARE = 0.004
_LAND_PER_TOWN_M2 = 31e6
_COST = ("inside", "outside")


def write(
    folder: Path,
    seed: int,
    *,
    addresses: int = DEFAULTS["addresses"],
    towns: int = DEFAULTS["towns"],
    moves: int = DEFAULTS["moves"],
    exponent: float = DEFAULTS["exponent"],
    packing: float = DEFAULTS["packing"],
    radius_exponent: float = DEFAULTS["radius_exponent"],
    cost: Mapping[str, float] | None = DEFAULTS["cost"],
    island_town: bool = DEFAULTS["island_town"],
) -> dict[str, object]:
    """Write the raw files of one synthetic country.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    addresses : in force, 200 to 4,000,000.
    towns : 2 to 5,000, at least 50 addresses each.
    moves : 1 to 100,000,000.
    exponent : a of pi(r) ~ r^-a.
    packing : share of a patch that its sub-patches fill, 0.4 to 0.75: how fast p(r) grows.
    radius_exponent : of the power-Pareto law of the towns' radii, 2.1 to 10: the smaller, the
        larger is the share of the largest town.
    cost : {"inside": a1, "outside": a2} for the piecewise law of each town instead of ``exponent``.
    island_town : put the second largest town on an island far out at sea, so that no other place
        lies at a range of distances from it.

    Returns
    -------
    The truth in plain numbers: laws, sizes, numbers of rows. Lengths in metres.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    addresses = check_whole("addresses", addresses, 200, 4_000_000)
    towns = check_whole("towns", towns, 2, min(5000, addresses // 50))
    moves = check_whole("moves", moves, 1, 10**8)
    exponent = check_number("exponent", exponent, -2, 5)
    packing = check_number("packing", packing, 0.4, 0.75)
    radius_exponent = check_number("radius_exponent", radius_exponent, 2.1, 10)
    cost = _checked_cost(cost)
    if not isinstance(island_town, bool):
        raise ValueError(f"island_town = {island_town!r}: must be true or false")

    rng = stream(seed, "synthetic", "denmark_addresses")
    land = address_geography.peninsula(rng, _LAND_PER_TOWN_M2 * towns)
    country = address_geography.make(
        rng, addresses, towns, packing, land, radius_exponent=radius_exponent,
        island_town=island_town,
    )  # fmt: skip
    names = address_tables.named(rng, country)
    spare = rng.integers(country.x.size, size=round(_PROVISIONAL_SHARE * addresses))
    ids = number(seed, "addresses")
    folder = Path(folder)
    first = address_tables.write_addresses(folder / FILES["addresses"], country, names, spare, ids)
    write_bytes(folder / FILES["towns"], address_tables.towns_layer(country, names))
    parts = ({"id": k} for k in range(len(country.land)))
    write_bytes(
        folder / FILES["land"], address_tables.layer(country.land, parts, address_tables.CRS)
    )

    draw = _drawn if cost is None else _drawn_by_town
    pairs = draw(country, exponent if cost is None else cost, moves, seed)
    ends = [first[p] + (rng.random(moves) * country.dwellings[p]).astype(int) for p in pairs]
    years = rng.integers(_YEARS[0], _YEARS[1] + 1, moves)
    address_tables.write_moves(folder / FILES["moves"], *ends, years, ids)
    planted = {"exponent": exponent, "start": "pairs"}
    if cost is not None:
        planted = {**cost, "start": "towns"}
        planted["radii_m"] = dict(zip(names.town, country.town_radius.round(3), strict=True))
    if island_town:
        houses = np.bincount(country.town[country.town >= 0])
        planted["island_town"] = str(names.town[np.argsort(-houses, kind="stable")[1]])
    return {
        "world": "denmark_addresses",
        "seed": seed,
        "adapter_options": {},
        "crs": address_tables.CRS,
        **planted,
        "low_m": LOW_M,
        "moves": moves,
        "town_radius_exponent": radius_exponent,
        **_sizes(country, spare),
        **_growth(country, packing),
    }


def _sizes(country: address_geography.Country, spare: np.ndarray) -> dict[str, object]:
    radius = country.town_radius
    houses = np.bincount(country.town[country.town >= 0])
    return {
        "addresses": int(country.dwellings.sum()),
        "addresses_provisional": int(spare.size),
        "buildings": int(country.x.size),
        "farms": int(np.count_nonzero(country.town < 0)),
        "most_addresses_of_a_building": int(country.dwellings.max()),
        "official_towns": int(radius.size),
        "houses_of_largest_town": int(houses.max()),
        "town_radius_mean_m": float(radius.mean()),
        "town_radius_median_m": float(np.median(radius)),
        "town_radius_max_m": float(radius.max()),
        "land_parts": len(country.land),
        "land_area_km2": float(sum(part.area for part in country.land) / 1e6),
    }


def _growth(country: address_geography.Country, packing: float) -> dict[str, object]:
    """Exponent of p(r) inside a town without end, and the patches of the largest town in between.

    A town ends, which its p(r) feels well within: some 0.05 are missing between 30 and 500 m of the
    default world's largest town, and twice that of the whole country, whose other towns are small.
    """
    houses = np.bincount(country.town[country.town >= 0]).max()
    layers = int(np.log(houses) / np.log(BRANCHING))
    radii = address_geography.HOUSE_M * (BRANCHING / packing) ** (np.array([1, layers]) / 2)
    return {
        "growth_exponent": float(growth(packing)),
        "growth_from_m": float(radii[0]),
        "growth_to_m": float(radii[1]),
        "packing": packing,
        "branching": BRANCHING,
        "door_distance_m": 2 * address_geography.HOUSE_M,
    }


def _points(country: address_geography.Country):
    return checked_points(country.x, country.y, country.dwellings)


def _drawn(country, exponent, moves, seed) -> tuple[np.ndarray, np.ndarray]:
    """Buildings that moves join, all pairs of addresses competing."""
    drawn = simulate_moves(_points(country), exponent, moves, number(seed, "moves"), low=LOW_M)
    return drawn.origin, drawn.destination


def _drawn_by_town(country, cost, moves, seed) -> tuple[np.ndarray, np.ndarray]:
    """Buildings that moves join, each town with its own law."""
    inside = country.town >= 0
    people = np.bincount(country.town[inside], country.dwellings[inside])
    points, rng = _points(country), stream(seed, "synthetic", "origins")
    ends = []
    for town, n in enumerate(whole_shares(moves, people)):
        if n == 0:
            continue
        rows = np.flatnonzero(country.town == town)
        share = country.dwellings[rows] / country.dwellings[rows].sum()
        law = _piecewise(country.town_radius[town], cost)
        drawn = simulate_moves(
            points, law, int(n), number(seed, "moves", str(town)),
            start="places", origins=rng.choice(rows, n, p=share), low=LOW_M,
        )  # fmt: skip
        ends.append((drawn.origin, drawn.destination))
    return tuple(np.concatenate(side) for side in zip(*ends, strict=True))


def _piecewise(radius: float, cost: Mapping[str, float]):
    """(r / R)^-inside up to R, (r / R)^-outside beyond."""

    def law(r: np.ndarray) -> np.ndarray:
        return np.where(r < radius, (r / radius) ** -cost["inside"],
                        (r / radius) ** -cost["outside"])  # fmt: skip

    return law


def _checked_cost(cost: object) -> dict[str, float] | None:
    if cost is None:
        return None
    if not isinstance(cost, Mapping) or set(cost) != set(_COST):
        raise ValueError(f"cost = {cost!r}: give both exponents, {{inside: 0.6, outside: 2.0}}")
    return {name: check_number(f"cost: {name}", cost[name], -2, 5) for name in _COST}
