"""Time one task of one peer (scikit-mobility, PyTDLM, spint), in the peers' environment.

Conventions: opportunities count strictly nearer zones (PyTDLM: nearer or equally far; random zones
have no ties); radiation is the probability of each destination, which sums to 1 over all zones but
the origin (scikit-mobility divides by 1 - m_i / M, PyTDLM by the sum: the same number).
"""

import multiprocessing
import os
from importlib.metadata import version

import numpy as np
from measure import Task, great_circle_km, main


def pytdlm_opportunities(workers: int) -> Task:
    """s_ij by PyTDLM; the matrix of distances that it asks for is made before the clock starts."""
    import TDLM

    def run(inputs: dict) -> np.ndarray:
        return TDLM.extract_opportunities(
            inputs["mass"], inputs["distance"], processes=workers, verbose=False
        )

    return Task(version("PyTDLM"), lambda world: _matrices(world, workers), run, _checked_pairs)


def pytdlm_radiation(workers: int) -> Task:
    """Opportunities, then the radiation law allocated by PyTDLM's production-constrained model."""
    import TDLM

    def run(inputs: dict) -> np.ndarray:
        mass, distance = inputs["mass"], inputs["distance"]
        nearer = TDLM.extract_opportunities(mass, distance, processes=workers, verbose=False)
        flows = TDLM.run_law_model(
            "Rad", mass, mass, distance, opportunity=nearer, model="PCM",
            out_trips=inputs["outflow"], average=True, processes=workers, verbose=False,
        )  # fmt: skip
        return flows[0]

    def shares(flows: np.ndarray, world: dict) -> np.ndarray:
        return _checked_pairs(flows / world["outflow"][:, None], world)

    return Task(version("PyTDLM"), lambda world: _matrices(world, workers), run, shares)


def skmob_radiation(workers: int) -> Task:
    """Radiation probabilities of all pairs by scikit-mobility, from points to table of flows."""
    import geopandas
    from skmob.models.radiation import Radiation

    def read(world: dict) -> object:
        return geopandas.GeoDataFrame(
            {"tile_ID": np.arange(world["mass"].size).astype(str), "population": world["mass"]},
            geometry=geopandas.points_from_xy(world["longitude"], world["latitude"]),
            crs="EPSG:4326",
        )

    def run(zones: object) -> object:
        return Radiation().generate(
            zones, tile_id_column="tile_ID", relevance_column="population",
            out_format="probabilities",
        )  # fmt: skip

    def shares(flows: object, world: dict) -> np.ndarray:
        matrix = np.zeros((world["mass"].size,) * 2)
        matrix[flows["origin"].astype(int), flows["destination"].astype(int)] = flows["flow"]
        return _checked_pairs(matrix, world)

    return Task(version("scikit-mobility"), read, run, shares)


def spint_calibration(workers: int) -> Task:
    """Mass exponent and decay of the production-constrained gravity model by Poisson regression."""
    from spint.gravity import Production

    def read(world: dict) -> tuple[np.ndarray, ...]:
        n = world["mass"].size
        apart = ~np.eye(n, dtype=bool)
        origin, destination = np.nonzero(apart)
        distance = great_circle_km(world["longitude"], world["latitude"], slice(None))[apart]
        columns = (world["flow"][apart].astype(np.int64), origin, world["mass"][destination])
        return tuple(column.reshape(-1, 1) for column in (*columns, distance))

    def run(columns: tuple[np.ndarray, ...]) -> Production:
        return Production(*columns, "exp")

    def note(fitted: Production, world: dict) -> str:
        # At the optimum the predicted outflows are the observed ones; the iteration ends when the
        # coefficient that moved least has settled, which can be long before.
        outflow = fitted.yhat.reshape(world["mass"].size, -1).sum(axis=1)
        off = np.max(np.abs(outflow / world["outflow"] - 1))
        return f"not converged: outflows off by up to {100 * off:.2g} %" if off > 1e-6 else ""

    return Task(version("spint"), read, run, lambda fitted, _: fitted.params[-2:] * [1, -1], note)


TASKS = {
    ("PyTDLM", "opportunities"): pytdlm_opportunities,
    ("PyTDLM", "radiation"): pytdlm_radiation,
    ("scikit-mobility", "radiation"): skmob_radiation,
    ("spint", "calibration"): spint_calibration,
}


def _matrices(world: dict, workers: int) -> dict:
    distance = great_circle_km(world["longitude"], world["latitude"], slice(None))
    inputs = {"mass": world["mass"].astype(float), "outflow": world["outflow"].astype(float)}
    with multiprocessing.Pool(1) as pool:  # An idle worker, for measure() to compare with.
        pool.apply(os.getpid)
    return inputs | {"distance": distance, "workers": workers}


def _checked_pairs(matrix: np.ndarray, world: dict) -> np.ndarray:
    return matrix[world["check_origin"], world["check_destination"]]


if __name__ == "__main__":
    main(lambda tool, task, threads: TASKS[tool, task](threads))
