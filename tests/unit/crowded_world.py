"""A small country where the destination choice game is played, with known parameters."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.choice.masses import choice_pairs
from movelaws.choice.predictors import predictor
from movelaws.od import Pairs

TRUTH = np.array([2.4, 1.3, 1.0])


def country(n: int = 24, seed: int = 3, trips: float = 2e5):
    """Zones with both populations, and the pairs between them; flows hold the outflows only."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 3e5, (2, n))
    ids = [f"z{k:02d}" for k in range(n)]
    zones = gpd.GeoDataFrame(
        {
            "zone_id": ids,
            "name": [f"Zone {k}" for k in range(n)],
            "area_km2": 1.0,
            "x": x,
            "y": y,
            "residential_population": np.round(rng.lognormal(9, 1, n)) + 50,
            "workplace_population": np.round(rng.lognormal(9, 1, n)) + 50,
        },
        geometry=gpd.points_from_xy(x, y),
        crs="EPSG:25832",
    )
    outflow = np.round(trips * rng.dirichlet(np.full(n, 3.0))) + 20
    first = pd.DataFrame({"origin": ids, "destination": [ids[1], *ids[:1] * (n - 1)]})
    return zones, first.assign(flow=outflow)


def played(
    zones, flows, model: str = "DCG", theta=TRUTH, attraction: str = "workplace", seed: int = 8
) -> pd.DataFrame:
    """Flows drawn from a model at ``theta``, multinomial per origin; the outflows stay."""
    pairs = choice_pairs(zones, flows, attraction=attraction)
    mean = predictor(model, pairs).flows(np.asarray(theta, dtype=float))
    return table(pairs, drawn(pairs, mean, seed))


def drawn(pairs: Pairs, mean: np.ndarray, seed: int) -> np.ndarray:
    """Multinomial flows with these means, one origin after the other."""
    rng, flow = np.random.default_rng(seed), np.zeros(pairs.n_pairs)
    for i, total in enumerate(pairs.outflow):
        row = slice(pairs.start[i], pairs.start[i + 1])
        if total > 0:
            flow[row] = rng.multinomial(round(total), mean[row] / mean[row].sum())
    return flow


def table(pairs: Pairs, flow: np.ndarray) -> pd.DataFrame:
    """Canonical flows of pairs: those above 0."""
    seen = flow > 0
    ids = pairs.zone_ids
    return pd.DataFrame(
        {
            "origin": ids[pairs.origin[seen]].astype(str),
            "destination": ids[pairs.destination[seen]].astype(str),
            "flow": flow[seen],
        }
    )


def with_flow(pairs: Pairs, flow: np.ndarray) -> Pairs:
    """The same pairs with other flows."""
    return replace(pairs, flow=flow)
