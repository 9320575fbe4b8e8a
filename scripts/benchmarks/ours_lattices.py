"""Time the Lagrangian dynamics of movelaws, and its raster of records; compiled before the clock."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numba
import numpy as np
from measure import Task, main
from published_lattices import link_norms, some_parameters
from zones import version

from movelaws.benchmark_lattices import GRADIENTS, iterations_of, moving_city
from movelaws.lagrangian.adjoint import Adjoint
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.printed import fit_printed
from movelaws.lagrangian.state import Reference, reference
from movelaws.lattices import adapters
from movelaws.lattices.frames import Lattice

SMALL, SHARED = 16, 10_000
"""Sites of the cities that kernels are compiled on: on the larger one they use threads."""


def read_city(world: dict) -> Reference:
    """Populations in the variables of the model."""
    return reference(world["population"])


def schedule(data: Reference) -> Fit:
    """The printed schedule."""
    return fit_printed(data, iterations=iterations_of(data.sites))


def gradient(data: Reference) -> tuple[float, np.ndarray, np.ndarray]:
    """E and its exact gradient, some times over."""
    gamma, lam = some_parameters(data.steps, data.shape)
    slopes = np.empty_like(gamma), np.empty_like(lam)
    adjoint = Adjoint([data])
    for _ in range(GRADIENTS):
        error = adjoint.value(gamma, lam, *slopes)
    return error, *slopes


def raster(path: str) -> Lattice:
    """Users by cell and half hour of the first day."""
    return adapters.read("yjmob100k", {"records": path}, {"days": [0]})


def find(tool: str, task: str, threads: int) -> Task:
    """The task, compiled for the types that it will meet."""
    numba.set_num_threads(threads)
    if task == "raster":
        return _raster_task()
    # Iterations are the parts of a run; their number follows from the size, so read first.
    run, values, parts = {
        "schedule": (schedule, lambda fit, _: fit.error, None),
        "gradient": (gradient, lambda found, _: link_norms(*found), GRADIENTS),
    }[task]
    for sites in (SMALL, SHARED):
        run(read_city(moving_city(sites, seed=0, steps=3)))
    return Task(version(), read_city, run, values, parts=parts or iterations_of)


def _raster_task() -> Task:
    with TemporaryDirectory() as folder:
        few = Path(folder) / "few.csv"
        few.write_text("uid,d,t,x,y\n1,0,3,5,6\n1,0,9,7,7\n2,0,1,1,1\n", encoding="utf-8")
        raster(str(few))
    return Task(
        version(), lambda world: str(world["records"]), raster,
        lambda lattice, _: np.array([float(lattice.notes["records read"])]),
    )  # fmt: skip


if __name__ == "__main__":
    main(partial(find))
