"""Small synthetic worlds of places and of bins for tests, read by their adapters."""

from movelaws import synthetic
from movelaws.distance_cost import checked_moves, distances
from movelaws.pairs import checked_points
from movelaws.pointsets import adapters
from movelaws.pointsets.adapters import authors_bins

SMALL = {
    "authors_bins": {"towns": 400},
    "checkin_displacements": {"places": 300, "users": 100},
    "denmark_addresses": {"addresses": 1500, "towns": 8, "moves": 3000},
    "france_insee": {"communes": 40, "moves": 5000},
    "paris_ban": {"addresses": 600},
    "samsoe_osm": {"addresses": 300, "towns": 4},
}
"""Options that make each world small."""


def made_in(factory, names=tuple(SMALL)):
    """Each world once, small: folder and truth by name."""
    worlds = {}
    for name in names:
        folder = factory.mktemp(name)
        worlds[name] = folder, synthetic.write(name, folder, 1, SMALL[name])
    return worlds


def read(world, folder, truth, **options):
    """What the adapter makes of the raw files."""
    files = {role: folder / name for role, name in synthetic.files_of(world, {}).items()}
    if world == "authors_bins":
        return authors_bins.read(files)
    return adapters.read(synthetic.adapter(world), files, truth["adapter_options"] | options)


def places_and_moves(pointset):
    """Points and Moves of a point set."""
    table, moves = pointset.points, pointset.moves
    points = checked_points(table["x"], table["y"], table["weight"])
    ends = moves["origin"].to_numpy(), moves["destination"].to_numpy()
    return points, checked_moves(distances(points, *ends), *ends, moves["moves"].to_numpy())
