"""Compile the kernels of the searches once, before jobs side by side each compile them.

Numba keeps compiled kernels on disk. The jobs of a search start together, and each that finds none
there compiles them all for itself, which takes longer than a small search. A small one done
beforehand leaves them there; without it the results are the same, only later.
"""

import numpy as np

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.scientist import Settings, run_chain
from movelaws.symbolic.scientist.prior import Prior
from movelaws.symbolic.scientist.tables import row
from movelaws.symbolic.searches import evolved, exhaust, hall_of

_ZONES = 8
_STARTS = (4, 4, 4, 4)
_COMPLEXITY = 5  # the least at which all kernels of the exhaustive search are called
_SIZES = {"populations": 2, "size": 16, "iterations": 2, "cycles": 2, "batch_origins": 5}
_STEPS = 100  # of the machine scientist


def compile_search() -> None:
    """Search a small world in each of the ways that the jobs of a search do."""
    seen = _world()
    front = exhaust(seen, _COMPLEXITY, 3, _STARTS, seed=1)
    hall = evolved(seen, hall_of(front, 3), _COMPLEXITY + 2, 3, _SIZES, seed=1, run="compilation")
    Evaluator(seen).rmse(hall.laws[0].program)


def compile_scientist(prior: Prior) -> None:
    """Walk some steps of the machine scientist in that world."""
    seen = _world()
    row(run_chain(seen, Settings(prior, steps=_STEPS, sample=_ZONES), seed=1), seen, 1)


def _world() -> Observations:
    """Flows of a gravity law between a few zones on a line, rounded as real ones are."""
    random = np.random.default_rng(1)
    place, mass = random.uniform(0, 100, _ZONES), random.uniform(1, 10, _ZONES)
    origin, destination = np.nonzero(~np.eye(_ZONES, dtype=bool))
    distance = np.abs(place[origin] - place[destination]) + 1.0
    flow = np.ceil(100 * mass[destination] / distance)
    return Observations(
        ("w_i", "w_j", "d"),
        np.stack([mass[origin], mass[destination], distance]),
        np.arange(0, origin.size + 1, _ZONES - 1),
        flow,
        np.arange(_ZONES),
        destination,
        np.array([f"zone {k}" for k in range(_ZONES)], dtype=object),
    )
