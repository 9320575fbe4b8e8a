"""Time the Lagrangian dynamics of movelaws and its raster; compiled before the clock starts."""

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


def read_model(world: dict) -> tuple[Reference, np.ndarray, np.ndarray]:
    """The same, with parameters."""
    data = read_city(world)
    return data, *some_parameters(data.steps, data.shape)


def gradient(inputs: tuple[Reference, np.ndarray, np.ndarray]) -> tuple:
    """E and its exact gradient, some times over."""
    data, gamma, lam = inputs
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
    found = {
        "schedule": Task(
            version(), read_city, schedule, lambda fit, _: fit.error,
            parts=lambda data: iterations_of(data.sites),
        ),
        "gradient": Task(
            version(), read_model, gradient, lambda slopes, _: link_norms(*slopes),
            parts=GRADIENTS,
        ),
    }[task]  # fmt: skip
    for sites in (SMALL, SHARED):
        found.run(found.read(moving_city(sites, seed=0, steps=3)))
    return found


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
    main(find)
