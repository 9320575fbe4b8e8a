"""Time the modified radiation model of movelaws; compiled on 30 zones before the clock starts."""

from dataclasses import replace
from typing import NamedTuple

import numba
import numpy as np
import pandas as pd
from measure import DELTA, DELTAS, Task, main, random_shapes
from zones import checked, flows, version, with_opportunities

from movelaws.benchmarks import random_world
from movelaws.inequality.draws import RandomClasses
from movelaws.inequality.many_class import many_class
from movelaws.inequality.surroundings import Surroundings, surroundings

DRAWS = 64


class Prepared(NamedTuple):
    """The comparison made ready, and classes to compare, (DRAWS, n)."""

    random: RandomClasses
    shapes: np.ndarray


class Unequal(NamedTuple):
    """Zones sorted around each origin, and delta - 1 of each zone, (n,)."""

    around: Surroundings
    excess: np.ndarray


def prepared(world: dict) -> Prepared:
    """Sorting, the standard model and its errors; done once, whatever is drawn."""
    outflow = world["outflow"].astype(float)
    random = RandomClasses(_around(world), outflow)
    return Prepared(random, random_shapes(outflow.size, DRAWS))


def randomclasses(inputs: Prepared) -> pd.DataFrame:
    """Flows of every draw at every Delta, and their tests against the standard model."""
    return inputs.random.statistics(inputs.shapes, DELTAS, model="linear", drop_exact=True)


def first_draw(statistics: pd.DataFrame, _: dict) -> np.ndarray:
    """Statistics of the draw that all tools make, at each Delta."""
    columns = ["u", "n_mw", "hamming", "weighted_hamming"]
    return statistics.loc[statistics["draw"] == 0, columns].to_numpy(float).ravel()


def unequal(world: dict) -> Unequal:
    """Each tenth zone or so in a class of its own."""
    return Unequal(_around(world), DELTA * random_shapes(world["mass"].size, 1)[0])


def manyclass(inputs: Unequal) -> np.ndarray:
    """p_ij of all pairs, exact for any number of classes."""
    return many_class(inputs.around, inputs.excess)


def classes(_: np.ndarray, world: dict) -> str:
    """How many different delta there are."""
    return f"{np.unique(random_shapes(world['mass'].size, 1)).size:,} classes"


def find(tool: str, task: str, threads: int) -> Task:
    """The task, compiled for the types that it will meet."""
    numba.set_num_threads(threads)
    found = {
        "randomclasses": Task(
            version(), prepared, randomclasses, first_draw,
            lambda *_: f"{DRAWS} draws at a time", DRAWS,
        ),
        "manyclass": Task(version(), unequal, manyclass, _compared, classes),
    }[task]  # fmt: skip
    found.run(found.read(random_world(30, seed=0)))
    return found


def _around(world: dict) -> Surroundings:
    return surroundings(replace(with_opportunities(world), flow=flows(world)))


def _compared(p: np.ndarray, world: dict) -> np.ndarray:
    return _around(world).pairs_order(p)[checked(world)]


if __name__ == "__main__":
    main(find)
