"""Random zones as movelaws takes them, and its version; for the scripts that time movelaws."""

import sys
import tomllib
from pathlib import Path

# Processes of their own, started with nothing but the path of their script.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dataclasses import replace

import numpy as np

from movelaws.benchmarks import all_pairs
from movelaws.geo import Embedding, embed, pair_distance_km
from movelaws.od import Pairs
from movelaws.opportunities import intervening


def with_distances(world: dict) -> tuple[Embedding, Pairs]:
    """Points and all pairs with their distances; no flows, no opportunities."""
    points = embed(world["longitude"], world["latitude"], "great_circle")
    start, destination = all_pairs(world["mass"].size)
    distance = pair_distance_km(points, start, destination)
    nothing = np.zeros(distance.size)
    mass = world["mass"].astype(float)
    ids = np.arange(mass.size)
    return points, Pairs(ids, start, destination, nothing, distance, mass, nothing)


def with_opportunities(world: dict) -> Pairs:
    """All pairs with their distances and s_ij; no flows."""
    points, pairs = with_distances(world)
    nearer = intervening(
        points, pairs.start, pairs.destination, pairs.distance_km,
        points, np.arange(pairs.n_zones), pairs.mass,
    )  # fmt: skip
    return replace(pairs, intervening=nearer)


def observed(world: dict) -> Pairs:
    """All pairs with their observed flows; no opportunities, which gravity models do not use."""
    return replace(with_distances(world)[1], flow=flows(world))


def flows(world: dict) -> np.ndarray:
    """Observed flows of all pairs, people."""
    return world["flow"][~np.eye(world["mass"].size, dtype=bool)].astype(float)


def sent_evenly(world: dict, pairs: Pairs) -> Pairs:
    """The same pairs with the outflows of the zones and nothing known of destinations."""
    others = pairs.n_zones - 1
    return replace(pairs, flow=np.repeat(world["outflow"] / others, others))


def checked(world: dict) -> np.ndarray:
    """Where the pairs to compare stand among all pairs."""
    origin, destination = (
        world[f"check_{end}"].astype(np.int64) for end in ("origin", "destination")
    )
    return origin * (world["mass"].size - 1) + destination - (destination > origin)


def version() -> str:
    """Version of this project."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    return project["project"]["version"]
