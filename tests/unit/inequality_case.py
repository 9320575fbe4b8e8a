"""Small cases of the comparison with the modified radiation model, their flows drawn from it."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.inequality.allocation import allocate
from movelaws.inequality.case import Case, build
from movelaws.inequality.surroundings import Surroundings

VARIABLES = {
    "deaths": {"label": "Deaths", "column": "deaths"},
    "flood": {"label": "Flood", "column": "flooded"},
    "either": {"label": "Either", "union": ["deaths", "flood"]},
}
THRESHOLD = {"two_class": {"share": 0.2}, "linear": {"percentile": 80}}


def tables(n: int = 20, seed: int = 0) -> tuple[gpd.GeoDataFrame, pd.DataFrame, gpd.GeoDataFrame]:
    """Canonical zones with two attributes, random flows on a third of the pairs, and places."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 400_000, (2, n))
    people = np.round(rng.lognormal(9, 1, n)) + 1
    zones = gpd.GeoDataFrame(
        {
            "zone_id": [f"z{k:03d}" for k in range(n)],
            "name": [f"Zone {k}" for k in range(n)],
            "area_km2": np.ones(n),
            "residential_population": people,
            "workplace_population": np.round(people / 2),
            "x": x,
            "y": y,
            "deaths": rng.permutation(np.arange(float(n))),
            "flooded": rng.permutation(np.arange(float(n)) ** 2),
        },
        geometry=gpd.points_from_xy(x, y),
        crs="EPSG:3035",
    )
    origin, destination = np.nonzero((rng.random((n, n)) < 1 / 3) & ~np.eye(n, dtype=bool))
    ids = zones["zone_id"].to_numpy()
    flows = pd.DataFrame(
        {
            "origin": ids[origin],
            "destination": ids[destination],
            "flow": np.ceil(rng.lognormal(2, 1.5, origin.size)),
        }
    )
    return zones, flows, zones.assign(place_id=zones["zone_id"])


def built(model: str = "two_class", n: int = 20, seed: int = 0, **changes) -> Case:
    """A case of those tables."""
    settings = {"variables": VARIABLES, "model": model, "population": "residential"}
    return build(*tables(n, seed), **(settings | THRESHOLD[model] | changes))


def moving(case: Case, p: np.ndarray, people: np.ndarray, seed: int = 0) -> Case:
    """The case with flows drawn for people who leave each zone by probabilities in proportion to p.

    Parameters
    ----------
    case : its zones and classes are kept.
    p : (n, n - 1), in the order of its surroundings, each row with a positive sum.
    people : (n,) whole numbers.
    """
    rng = np.random.default_rng(seed)
    chances = allocate(p, np.ones(len(p)))
    flow = rng.multinomial(np.asarray(people, dtype=np.int64), chances).astype(float)
    return with_flow(case, flow)


def with_flow(case: Case, flow: np.ndarray) -> Case:
    """The case with other observed flows, (n, n - 1), which all leave as counted."""
    around = replace(case.surroundings, flow=np.asarray(flow, dtype=float))
    return replace(case, surroundings=around, leaving=replace(case.leaving, outflow=around.outflow))


def square(around: Surroundings, values: np.ndarray) -> np.ndarray:
    """Values of all pairs as an (n, n) matrix, 0 on the diagonal."""
    result = np.zeros((around.n_zones, around.n_zones))
    np.put_along_axis(result, around.order.astype(np.int64), values, axis=1)
    return result
