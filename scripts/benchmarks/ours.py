"""Time one task of movelaws; a run on 30 zones first, so that compiling is not on the clock."""

import numba
import numpy as np
from measure import Task, main
from zones import checked, observed, sent_evenly, version, with_opportunities

from movelaws.allocation import predict
from movelaws.benchmarks import random_world
from movelaws.calibrate import calibrate
from movelaws.od import Pairs


def opportunities(world: dict) -> np.ndarray:
    """Points and masses to distances and s_ij of all pairs."""
    return with_opportunities(world).intervening


def radiation(world: dict) -> np.ndarray:
    """Points, masses and outflows to the radiation model's flows of all pairs."""
    return predict("RM", sent_evenly(world, with_opportunities(world)))


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
            lambda nearer, world: nearer[checked(world)],
        ),
        "radiation": (
            lambda world: {name: world[name] for name in columns},
            radiation,
            lambda flow, world: flow[checked(world)] / world["outflow"][world["check_origin"]],
        ),
        "calibration": (observed, calibration, lambda parameters, _: parameters),
    }[task]
    run(read(random_world(30, seed=0)))
    return Task(version(), read, run, values)


if __name__ == "__main__":
    main(find)
