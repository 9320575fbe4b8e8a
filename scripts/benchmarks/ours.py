"""Time one task of movelaws; a run on 30 zones first, so that compiling is not on the clock."""

import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
from measure import Task, main

# A process of its own, started with nothing but its path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from movelaws.allocation import predict
from movelaws.benchmarks import all_pairs, random_world
from movelaws.calibrate import calibrate
from movelaws.geo import Embedding, embed, pair_distance_km
from movelaws.od import Pairs
from movelaws.opportunities import intervening


def opportunities(world: dict) -> np.ndarray:
    """Points and masses to distances and s_ij of all pairs."""
    return _with_opportunities(world).intervening


def radiation(world: dict) -> np.ndarray:
    """Points, masses and outflows to the radiation model's flows of all pairs."""
    pairs = _with_opportunities(world)
    outflow = np.repeat(world["outflow"] / (pairs.n_zones - 1), pairs.n_zones - 1)
    return predict("RM", replace(pairs, flow=outflow))


def observed(world: dict) -> Pairs:
    """All pairs with their observed flows; no opportunities, which gravity models do not use."""
    flow = world["flow"][~np.eye(world["mass"].size, dtype=bool)].astype(float)
    return replace(_with_distances(world)[1], flow=flow)


def calibration(pairs: Pairs) -> np.ndarray:
    """Mass exponent and decay by the Poisson likelihood, with their standard errors."""
    fitted = calibrate("GMExp2", pairs, objective="poisson", interval="information")
    return np.array([fitted.parameters["a"], fitted.parameters["b"]])


def find(tool: str, task: str, threads: int) -> Task:
    """The task, compiled for the types that it will meet."""
    numba.set_num_threads(threads)
    columns = ("longitude", "latitude", "mass", "outflow")
    read, run, values = {
        "opportunities": (
            lambda world: {name: world[name] for name in columns},
            opportunities,
            lambda nearer, world: nearer[_checked(world)],
        ),
        "radiation": (
            lambda world: {name: world[name] for name in columns},
            radiation,
            lambda flow, world: flow[_checked(world)] / world["outflow"][world["check_origin"]],
        ),
        "calibration": (observed, calibration, lambda parameters, _: parameters),
    }[task]
    run(read(random_world(30, seed=0)))
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    return Task(project["project"]["version"], read, run, values)


def _with_opportunities(world: dict) -> Pairs:
    points, pairs = _with_distances(world)
    nearer = intervening(
        points, pairs.start, pairs.destination, pairs.distance_km,
        points, np.arange(pairs.n_zones), pairs.mass,
    )  # fmt: skip
    return replace(pairs, intervening=nearer)


def _with_distances(world: dict) -> tuple[Embedding, Pairs]:
    points = embed(world["longitude"], world["latitude"], "great_circle")
    start, destination = all_pairs(world["mass"].size)
    distance = pair_distance_km(points, start, destination)
    nothing = np.zeros(distance.size)
    mass = world["mass"].astype(float)
    ids = np.arange(mass.size)
    return points, Pairs(ids, start, destination, nothing, distance, mass, nothing)


def _checked(world: dict) -> np.ndarray:
    """Where the pairs to compare stand among all pairs."""
    origin, destination = (
        world[f"check_{end}"].astype(np.int64) for end in ("origin", "destination")
    )
    return origin * (world["mass"].size - 1) + destination - (destination > origin)


if __name__ == "__main__":
    main(find)
