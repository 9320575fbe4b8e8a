"""Cities and travellers of the worlds whose raw files are records of users."""

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd

from movelaws.synthetic.flows import draw_flows, planted_allocation, thinned, whole_shares
from movelaws.synthetic.geography import make_country
from movelaws.synthetic.itineraries import visit_log
from movelaws.synthetic.options import Plan

VISITS_PER_TRIP = 3
"""Records in all zones for each trip between zones, on average."""

_MOST_LEAVING = 0.4
_LEAST_LEAVING = 5
_KM_PER_DEGREE = 111.195


@dataclass(frozen=True, eq=False)
class Travel:
    """What was drawn: trips between zones and the records that they leave.

    Attributes
    ----------
    flow : (n_zones, n_zones) int, trips from row to column.
    records : user and zone (both int), sorted by user and time.
    """

    flow: np.ndarray
    records: pd.DataFrame

    def sums(self) -> dict[str, int]:
        """Sizes and sums that the canonical tables must give back."""
        return {
            "n_zones": len(self.flow),
            "n_pairs": int(np.count_nonzero(self.flow)),
            "total_flow": int(self.flow.sum()),
            "workplace_population": len(self.records),
            "residential_population": len(self.records.drop_duplicates()),
            "users": int(self.records["user"].nunique()),
        }


def scattered(
    rng: np.random.Generator, n: int, radius_km: float, longitude: float, latitude: float
) -> pd.DataFrame:
    """Points that lie dense where many people are: x and y (degrees, 6 digits), weight (sum 1).

    Parameters
    ----------
    n : number of points, at least 4.
    radius_km : mean distance from the middle to the coast.
    longitude, latitude : the middle, degrees.
    """
    country = make_country(rng, n, 2, radius_km)
    x, y = country.centres.T / _KM_PER_DEGREE
    weight = np.bincount(country.zone, country.weight) * rng.lognormal(0, 0.5, n)
    return pd.DataFrame(
        {
            "x": (longitude + x / np.cos(np.radians(latitude))).round(6),
            "y": (latitude + y).round(6),
            "weight": weight / weight.sum(),
        }
    )


def law_zones(ids, x, y, mass, crs: str) -> geopandas.GeoDataFrame:
    """Zones as the law sees them, at the points that the adapter measures distances from."""
    return geopandas.GeoDataFrame(
        {"zone_id": ids, "x": x, "y": y, "workplace_population": np.asarray(mass, dtype=float)},
        geometry=geopandas.points_from_xy(x, y),
        crs=crs,
    )


def planted_trips(
    plan: Plan, zones: geopandas.GeoDataFrame, leaving: np.ndarray, room: np.ndarray
) -> np.ndarray:
    """Trips drawn from the planted law: (n_zones, n_zones) int.

    Parameters
    ----------
    zones : as ``law_zones`` makes them, each a place of its own.
    leaving : (n_zones,) int, trips that would leave each zone if all found room.
    room : (n_zones,) int, most trips that may arrive.
    """
    places = zones.assign(place_id=zones["zone_id"])
    outflow, share = planted_allocation(plan.law, zones, places, leaving, 0.95 * room)
    return thinned(plan.rng, draw_flows(plan.rng, outflow, share), room)[0]


def travelled(plan: Plan, zones: geopandas.GeoDataFrame, trips: int) -> Travel:
    """Trips of users between zones; the mass of a zone is its number of records.

    A trip is recorded where it ends, and a user once more where the first trip begins, so a
    zone needs at most one record for each trip that ends or begins there. The rest of its
    records are those of users who stay.

    Parameters
    ----------
    zones : as ``law_zones`` makes them.
    trips : how many there would be if all found room.
    """
    visits = zones["workplace_population"].to_numpy().astype(np.int64)
    wish = whole_shares(
        trips, visits * plan.rng.lognormal(0, 0.4, visits.size), least=_LEAST_LEAVING
    )
    leaving = np.minimum(wish, (_MOST_LEAVING * visits).astype(np.int64))
    flow = planted_trips(plan, zones, leaving, visits - leaving)
    return Travel(flow, visit_log(plan.rng, flow, visits))
