"""Synthetic check-ins of users in cities, in the form of a table of one's own.

The file of the paper (Sina Weibo, 340 prefecture-level cities) is given out on request only and
its format is not known, so this is the plainest one: a table of check-ins with user, time and
city, and a table of cities with their coordinates. The planted law acts on the number of
check-ins of each city.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from movelaws.synthetic.files import csv_bytes, write_files
from movelaws.synthetic.flows import whole_shares
from movelaws.synthetic.itineraries import times
from movelaws.synthetic.options import check_whole, plan
from movelaws.synthetic.travel import VISITS_PER_TRIP, law_zones, scattered, travelled

ADAPTER = "checkins"
FILES = {"checkins": "weibo_checkins.csv", "places": "weibo_cities.csv"}
"""File name of each role of the adapter ``checkins``."""

DEFAULTS = {
    "cities": 100,
    "trips": 60_000,
    "law": {"model": "DCG", "parameters": {"alpha": 3.85, "beta": 1.07, "gamma": 2.68}},
}
"""Options of ``write`` and their values."""

ADAPTER_OPTIONS = {"format": "table", "zones": "places", "place": "city"}

_MIDDLE, _RADIUS_KM = (108.0, 33.0), 900.0
_FIRST_DAY, _DAYS, _GAP_H = 1388534400, 150, 60.0
_LEAST_CHECKINS = 40


def write(
    folder: Path,
    seed: int,
    *,
    cities: int = DEFAULTS["cities"],
    trips: int = DEFAULTS["trips"],
    law: Mapping[str, object] = DEFAULTS["law"],
) -> dict[str, object]:
    """Write the raw files of one synthetic country.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    cities : number of cities, 8 to 2000.
    trips : trips between cities, if all find room; at least 50 per city.
    law : model and parameters; its mass is the number of check-ins of a city.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    cities = check_whole("cities", cities, 8, 2000)
    trips = check_whole("trips", trips, 50 * cities, 10**8)
    planned = plan("china_weibo", seed, law)

    point = scattered(planned.rng, cities, _RADIUS_KM, *_MIDDLE)
    checkins = whole_shares(VISITS_PER_TRIP * trips, point["weight"], least=_LEAST_CHECKINS)
    code = [f"Synthetic {k + 1:03d}" for k in range(cities)]
    zones = law_zones(code, point["x"], point["y"], checkins, "EPSG:4326")
    travel = travelled(planned, zones, trips)

    user = travel.records["user"]
    seconds = times(planned.rng, user.to_numpy(), _FIRST_DAY, _DAYS, _GAP_H)
    log = pd.DataFrame(
        {
            "user": user + 1,
            "time": pd.to_datetime(seconds, unit="s"),
            "city": zones["zone_id"].to_numpy()[travel.records["zone"]],
        }
    )
    table = pd.DataFrame({"city": code, "longitude": point["x"], "latitude": point["y"]})
    write_files(folder, FILES, {"checkins": csv_bytes(log), "places": csv_bytes(table)})
    return planned.truth("workplace", ADAPTER_OPTIONS, **travel.sums())
