"""Time the destination choice game of movelaws; compiled on 30 zones before the clock starts."""

import time
from dataclasses import replace
from typing import NamedTuple

import numba
import numpy as np
from measure import GAME, Task, main
from zones import checked, observed, sent_evenly, version, with_distances

from movelaws.benchmarks import random_world
from movelaws.choice.fits import Fit, fit
from movelaws.game import DestinationChoice
from movelaws.game.family import FamilyEquilibrium, raise_unless_converged
from movelaws.od import Pairs


class Solved(NamedTuple):
    """Flows of all pairs, the equilibrium, and the seconds from checked pairs to flows."""

    flow: np.ndarray
    equilibrium: FamilyEquilibrium
    seconds: float


def outflows_and_distances(world: dict) -> Pairs:
    """All pairs with distances, masses and outflows."""
    return sent_evenly(world, with_distances(world)[1])


def equilibrium(pairs: Pairs) -> Solved:
    """Distances, masses and outflows to the flows of all pairs at equilibrium."""
    game = DestinationChoice(pairs)
    begin = time.perf_counter()
    found = raise_unless_converged(game.equilibrium(*GAME), "the task's parameters")
    return Solved(game.all_flows(found), found, time.perf_counter() - begin)


def described(solved: Solved, _: dict) -> str:
    """How many passes, and how long without checking the input and laying it out."""
    passes = solved.equilibrium.iterations
    return f"{passes} iterations, {solved.seconds:.2g} s of it after the input was checked"


def flows_to_arrivals(world: dict) -> Pairs:
    """All pairs with observed flows, the attraction A_j being the observed arrivals."""
    return replace(observed(world), mass=world["flow"].sum(axis=0).astype(float))


def choice(pairs: Pairs) -> Fit:
    """alpha, beta and gamma from 0 to 10 with the greatest SSI."""
    return fit(pairs, "DCG", "ssi")


def reached(fitted: Fit, _: dict) -> str:
    """The optimum, which the values do not show."""
    at = ", ".join(f"{name} = {value:.2f}" for name, value in fitted.parameters.items())
    return f"SSI {fitted.value:.5f} at {at} by {fitted.evaluations:,} equilibria"


TASKS = {
    "equilibrium": (
        outflows_and_distances,
        equilibrium,
        lambda solved, world: solved.flow[checked(world)],
        described,
    ),
    "choice": (flows_to_arrivals, choice, lambda fitted, _: np.array([fitted.value]), reached),
}


def find(tool: str, task: str, threads: int) -> Task:
    """The task, compiled for the types that it will meet."""
    numba.set_num_threads(threads)
    read, run, values, note = TASKS[task]
    run(read(random_world(30, seed=0)))
    return Task(version(), read, run, values, note)


if __name__ == "__main__":
    main(find)
