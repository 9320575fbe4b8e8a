"""A small network: what the penalty changes, up to the limit of an infinite one (Fig. S1)."""

import geopandas
import numpy as np
import pandas as pd

from movelaws.inequality._arguments import checked_class
from movelaws.inequality.allocation import allocate
from movelaws.inequality.standard import standard
from movelaws.inequality.surroundings import Surroundings, surroundings
from movelaws.inequality.two_class import two_class
from movelaws.od import build_pairs

EXCESS = np.logspace(-7, -3, 101)
"""Values of delta - 1: the cities of :func:`network` answer between 1e-6 and 1e-4."""
NETWORK_COLUMNS = ["city", "x_km", "y_km", "population", "penalised"]


def network() -> pd.DataFrame:
    """Five cities, two of them penalised and neighbours, so that all four kinds of ways exist.

    The supplement of the paper is not at hand: places and people are ours.

    Returns
    -------
    DataFrame: city, x_km, y_km, population (people), penalised.
    """
    rows = [
        ("A", 0.0, 30.0, 40_000, False),
        ("B", 60.0, 52.0, 90_000, False),
        ("C", 48.0, 0.0, 25_000, False),
        ("D", 100.0, 8.0, 150_000, True),
        ("E", 122.0, 44.0, 30_000, True),
    ]
    return pd.DataFrame(rows, columns=NETWORK_COLUMNS)


def network_surroundings(cities: pd.DataFrame) -> Surroundings:
    """Surroundings of cities in a plane, without recorded flows.

    Parameters
    ----------
    cities : columns city, x_km, y_km, population (people, >= 0).

    Returns
    -------
    Surroundings, zones in the order of the table.

    Raises
    ------
    ValueError
        If a column is missing, a city is there twice, or a population or point is not usable.
    """
    _require(cities, NETWORK_COLUMNS[:4])
    metres = {axis: 1000.0 * cities[f"{axis}_km"].astype(float) for axis in ("x", "y")}
    zones = geopandas.GeoDataFrame(
        {"zone_id": cities["city"], "workplace_population": cities["population"], **metres},
        geometry=geopandas.points_from_xy(metres["x"], metres["y"]),
        crs="EPSG:32636",  # any plane in metres
    )
    none = pd.DataFrame({"origin": [], "destination": [], "flow": []})
    return surroundings(build_pairs(zones, none, zones, support="all"))


def two_class_limit(surroundings: Surroundings, penalised: np.ndarray) -> np.ndarray:
    """p_ij when the penalised zones have nothing to offer, delta -> infinity.

    With s_1 the people who are not penalised in the circle, and r_ij the standard probability:

    ================ ================================================================
    from -> to       limit of p_ij
    ================ ================================================================
    other, other     n_i n_j / ((n_i + s_1) (n_i + s_1 + n_j)): the penalised are gone
    other, penalised 0
    penalised, other n_i / (n_i + s) if nobody better lies nearer (s_1 = 0), else 0
    both penalised   r_ij if nobody better lies nearer, else 0
    ================ ================================================================

    A penalised origin keeps no threshold: whoever is not absorbed by a penalised zone on the way
    stops at the nearest of the others. The limit is the same for any benefit distribution.

    Parameters
    ----------
    surroundings : n zones.
    penalised : (n,) bool.

    Returns
    -------
    (n, n - 1) in [0, 1], not normalised, in the order of ``surroundings.order``. 0 where n_i = 0
    or n_j = 0.

    Raises
    ------
    ValueError
        If ``penalised`` is not (n,) booleans.
    """
    penalised = checked_class(surroundings, penalised)
    mass, order = surroundings.mass, surroundings.order
    n_i, n_j, s = mass[:, None], mass[order], surroundings.intervening
    better = np.cumsum(np.where(penalised[order], 0.0, n_j), axis=1)
    before = np.concatenate([np.zeros((len(mass), 1)), better], axis=1)
    s_1 = np.take_along_axis(before, surroundings.nearer.astype(np.int64), axis=1)
    nobody_better = s_1 == 0
    people = (n_i > 0) & (n_j > 0)
    from_worse, to_worse = np.broadcast_arrays(penalised[:, None], penalised[order])
    with np.errstate(invalid="ignore"):  # 0 / 0 of empty zones, left out below
        without = (n_i / (n_i + s_1)) * (n_j / (n_i + s_1 + n_j))
        nearest = np.where(nobody_better, n_i / (n_i + s), 0.0)
    found = np.select(
        [~from_worse & ~to_worse, ~from_worse & to_worse, from_worse & ~to_worse],
        [without, 0.0, nearest],
        np.where(nobody_better, standard(surroundings), 0.0),
    )
    return np.where(people, found, 0.0)


def fluxes(cities: pd.DataFrame | None = None, excess: np.ndarray = EXCESS) -> pd.DataFrame:
    """Share of the people who leave each city that go to each other one, for several penalties.

    Parameters
    ----------
    cities : columns city, x_km, y_km, population and penalised (bool), two or more rows; without
        it those of :func:`network`.
    excess : (m,) delta - 1 > -1.

    Returns
    -------
    DataFrame, a row per pair and excess: origin, destination, origin_penalised,
    destination_penalised, delta_minus_1, share, standard (the share without penalty) and limit
    (that of an infinite penalty). Shares of an origin sum to 1.

    Raises
    ------
    ValueError
        If the table cannot be used, fewer than two cities are not penalised (the limit is then
        no share of anything), or an excess is not finite and above -1.
    """
    cities = network() if cities is None else cities
    _require(cities, NETWORK_COLUMNS)
    others = np.count_nonzero(~cities["penalised"].to_numpy(dtype=bool))
    if others < 2:
        raise ValueError(f"cities: {others} not penalised: at least 2 are needed for the limit")
    around = network_surroundings(cities)
    penalised = cities["penalised"].to_numpy(dtype=bool)
    ones = np.ones(around.n_zones)
    origin = np.repeat(np.arange(around.n_zones), around.n_zones - 1)
    destination = around.order.ravel()
    pairs = {
        "origin": around.zone_ids[origin],
        "destination": around.zone_ids[destination],
        "origin_penalised": penalised[origin],
        "destination_penalised": penalised[destination],
    }
    ends = {
        "standard": allocate(standard(around), ones).ravel(),
        "limit": allocate(two_class_limit(around, penalised), ones).ravel(),
    }
    parts = [
        pd.DataFrame(
            pairs
            | {"delta_minus_1": value}
            | {"share": allocate(two_class(around, penalised, value), ones).ravel()}
            | ends
        )
        for value in np.asarray(excess, dtype=float)
    ]
    return pd.concat(parts, ignore_index=True)


def _require(cities: pd.DataFrame, columns: list[str]) -> None:
    missing = [name for name in columns if name not in cities.columns]
    if missing:
        raise ValueError(f"cities: no column {', '.join(missing)}")
