"""Synthetic calls in the format of the Data for Development challenge, Abidjan 2011-12.

Base stations of a fictional city stand dense in its middle. A record is a call or message of a
user at a station; two records in a row at different stations are a trip. The planted law acts on
the number of records of each station.
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
FILES = {"checkins": "POS_SAMPLE_0.TSV", "places": "ANT_POS.TSV"}
"""File name of each role of the adapter ``checkins``."""

DEFAULTS = {
    "antennas": 100,
    "trips": 60_000,
    "law": {"model": "DCG", "parameters": {"alpha": 2.99, "beta": 2.53, "gamma": 2.28}},
}
"""Options of ``write`` and their values."""

ADAPTER_OPTIONS = {"format": "d4d", "zones": "places"}

_MIDDLE, _RADIUS_KM = (-4.02, 5.35), 14.0
_FIRST_DAY, _DAYS, _GAP_H = 1323043200, 60, 9.0
_LEAST_RECORDS = 40


def write(
    folder: Path,
    seed: int,
    *,
    antennas: int = DEFAULTS["antennas"],
    trips: int = DEFAULTS["trips"],
    law: Mapping[str, object] = DEFAULTS["law"],
) -> dict[str, object]:
    """Write the raw files of one synthetic city.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    antennas : number of base stations, 8 to 2000.
    trips : trips between stations, if all find room; at least 50 per station.
    law : model and parameters; its mass is the number of records of a station.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    antennas = check_whole("antennas", antennas, 8, 2000)
    trips = check_whole("trips", trips, 50 * antennas, 10**8)
    planned = plan("abidjan_d4d", seed, law)

    point = scattered(planned.rng, antennas, _RADIUS_KM, *_MIDDLE)
    records = whole_shares(VISITS_PER_TRIP * trips, point["weight"], least=_LEAST_RECORDS)
    code = [str(k + 1) for k in range(antennas)]
    zones = law_zones(code, point["x"], point["y"], records, "EPSG:4326")
    travel = travelled(planned, zones, trips)

    user = travel.records["user"]
    seconds = times(planned.rng, user.to_numpy(), _FIRST_DAY, _DAYS, _GAP_H)
    log = pd.DataFrame(
        {
            "user": user + 1,
            "time": pd.to_datetime(seconds, unit="s"),
            "antenna": travel.records["zone"] + 1,
        }
    )
    tables = {"checkins": log, "places": zones[["zone_id", "x", "y"]]}
    content = {role: csv_bytes(t, sep="\t", header=False) for role, t in tables.items()}
    write_files(folder, FILES, content)
    return planned.truth("workplace", ADAPTER_OPTIONS, **travel.sums())
