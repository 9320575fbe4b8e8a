"""Time symbolic regression by movelaws; compiled on 50 zones before the clock starts."""

import time
from typing import NamedTuple

import numba
import numpy as np
from laws import (
    LAWS,
    NEAR,
    PLANTED,
    SEED,
    VARIABLES,
    Law,
    laws,
    n_rows,
    observed_rows,
    rate,
    reached,
)
from machine import machine_seconds
from measure import Task, main
from zones import version

from movelaws.benchmarks import random_world
from movelaws.symbolic import tokens
from movelaws.symbolic.certificate import CertifiedFront
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.evolution import EvolutionSettings, evolve
from movelaws.symbolic.exhaustive import certified_search
from movelaws.symbolic.hall_of_fame import Law as Found
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import Program, stacked

CERTIFIED_COMPLEXITY = 5

ROUNDS = 20
"""Most rounds of evolution."""

EVOLUTION = {
    "complexity_max": 9,
    "populations": 8,
    "population_size": 48,
    "cycles_per_iteration": 100,
}

_TOKENS = {
    "+": tokens.ADD,
    "*": tokens.MULTIPLY,
    "/": tokens.DIVIDE,
    "^": tokens.POWER,
    "base": tokens.BASE,
}


class Prepared(NamedTuple):
    """Laws as a table, what they are held against, and the seconds of the runs so far."""

    evaluator: Evaluator
    codes: np.ndarray
    constants: np.ndarray
    seconds: list[float]


class Timed(NamedTuple):
    """Loss of each law, and the seconds of the quickest run so far."""

    losses: np.ndarray
    seconds: float


def observations(world: dict) -> Observations:
    """The rows of a world as movelaws takes them."""
    rows = observed_rows(world)
    zones = np.arange(len(world["mass"]))
    start = np.append(rows.start, rows.flow.size)
    return Observations(
        VARIABLES, rows.columns, start, rows.flow, zones, rows.destination, zones.astype(str)
    )


def program(law: Law) -> Program:
    """A law as the codes that the kernels run."""
    code: list[int] = []
    constants: list[float] = []

    def append(part: Law) -> None:
        if isinstance(part, str):
            code.append(VARIABLES.index(part))
        elif isinstance(part, float):
            code.append(tokens.CONSTANT)
            constants.append(part)
        else:
            operator, left, right = part
            append(left)
            append(right)
            code.append(_TOKENS[operator])

    append(law)
    return Program(np.array(code, np.int8), np.array(constants))


def prepared(world: dict) -> Prepared:
    """The evaluator, and all laws as one table."""
    codes, constants = stacked([program(law) for law in laws(LAWS, SEED)])
    return Prepared(Evaluator(observations(world)), codes, constants, [])


def evaluation(inputs: Prepared) -> Timed:
    """Loss of all laws in all rows."""
    begin = time.perf_counter()
    losses = inputs.evaluator.losses(inputs.codes, inputs.constants)
    inputs.seconds.append(time.perf_counter() - begin)
    return Timed(losses, min(inputs.seconds))


def share_of_machine(timed: Timed, world: dict) -> str:
    """How fast, and what share of the speed that the operations reach on their own."""
    threads = numba.get_num_threads()
    least = machine_seconds(laws(LAWS, SEED), n_rows(world)) / threads
    rows = f"{n_rows(world):,} rows, {rate(world, timed.seconds)}"
    return f"{rows}, {100 * least / timed.seconds:.0f} % of the machine's bound"


def certified(rows: Observations) -> CertifiedFront:
    """The best laws up to complexity 5 over seven variables, and the proof that none is better."""
    return certified_search(rows, CERTIFIED_COMPLEXITY, progress=False)


def counted(front: CertifiedFront, world: dict) -> str:
    """How many laws were ruled out; the peers have no such search."""
    distinct = sum(len(level.codes) for level in front.levels.values())
    return f"{n_rows(world):,} rows, {distinct:,} laws; gplearn and pyoperon certify nothing"


def evolution(rows: Observations) -> tuple[Found, int]:
    """The best law of evolution as soon as it is near the planted one, and the rounds taken."""
    evaluator = Evaluator(rows)
    near = NEAR**2 * evaluator.loss(program(PLANTED))
    seeds: list[Program] = []
    for round_ in range(1, ROUNDS + 1):
        settings = EvolutionSettings(iterations=1, **EVOLUTION)
        hall = evolve(rows, settings, seeds, seed=SEED + round_, progress=False)
        best = min(hall.laws, key=lambda law: law.loss)
        if best.loss <= near:
            break
        seeds = [law.program for law in hall.laws]
    return best, round_


TASKS = {
    "evaluation": (prepared, evaluation, lambda timed, _: timed.losses, share_of_machine, LAWS),
    "certified": (
        observations,
        certified,
        lambda front, _: np.array([law.rmse for law in front.laws]),
        counted,
        1,
    ),
    "evolution": (
        observations,
        evolution,
        lambda found, world: np.sqrt([found[0].loss / n_rows(world)]),
        lambda found, world: reached(found[0].loss, f"{found[1]} rounds", world),
        1,
    ),
}


def find(tool: str, task: str, threads: int) -> Task:
    """The task, compiled for the types that it will meet."""
    numba.set_num_threads(threads)
    read, run, result, note, parts = TASKS[task]
    run(read(random_world(50, seed=0)))
    return Task(version(), read, run, result, note, parts)


if __name__ == "__main__":
    main(find)
