"""A random world for counterfactuals: its zones, one intervention of each kind, and the results."""

from dataclasses import replace

import geopandas as gpd
import numpy as np

from movelaws.choice.counterfactual import counterfactual
from tests.unit.random_world import random_pairs

N = 12
FITTED = {"alpha": 1.2, "beta": 1.5, "gamma": 0.8}


def world(seed=1, n=N):
    """Pairs with flows everywhere, and zones that are named after their ids."""
    pairs = random_pairs(n, seed)
    flow = np.random.default_rng(seed).poisson(40, pairs.n_pairs) + 1.0
    pairs = replace(pairs, flow=flow)
    x, y = np.random.default_rng(seed).uniform(0, 3e5, (2, n))
    zones = gpd.GeoDataFrame(
        {"zone_id": pairs.zone_ids, "name": [f"Town {i}" for i in range(n)], "x": x, "y": y},
        geometry=gpd.points_from_xy(x, y),
        crs="EPSG:3035",
    )
    return pairs, zones


def one(action, value, places=("z003",), **origins):
    return {"destinations": {"zones": list(places)}, action: value, **origins}


def run(*interventions, fitted=FITTED, **options):
    return counterfactual(*world(), fitted, interventions, **options)


def matrix(flows, column):
    ids = [f"z{i:03d}" for i in range(N)]
    return (
        flows.pivot_table(index="origin", columns="destination", values=column, aggfunc="sum")
        .reindex(index=ids, columns=ids)
        .fillna(0.0)
        .to_numpy()
    )


def by_zone(result):
    """Destinations in the order of the zones."""
    return result.destinations.sort_values("zone_id")


def row(table, zone="z003"):
    return table.set_index("zone_id").loc[zone]


EVERY = {
    "farther": one("farther", 1.7),
    "nearer": one("farther", 0.6),
    "charge": one("charge", 0.5, ["z003", "z007"]),
    "subsidy": one("charge", -0.5),
    "closed": one("closed", True),
    "capacity_share": one("capacity_share", 0.6),
    "line": one("farther", 0.5, origins={"zones": ["z001", "z002"]}),
    "growth": {"origins": {"largest": 2}, "outflow_factor": 1.4},
}
