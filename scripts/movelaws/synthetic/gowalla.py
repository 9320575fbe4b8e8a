"""Synthetic check-ins in the formats of Gowalla, February 2009 to October 2010.

Places of a fictional city lie within squares of 1 km, or those of a fictional country in towns
far from each other. The newest check-in of a user comes first, as published, and some users were
only ever seen at lone places far away. The planted law acts on the check-ins of a square or town.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.synthetic.files import csv_bytes, gzipped, write_files
from movelaws.synthetic.flows import whole_shares
from movelaws.synthetic.itineraries import times
from movelaws.synthetic.options import check_choice, check_whole, plan
from movelaws.synthetic.places import Scene, at_places, city_of_squares, country_of_towns
from movelaws.synthetic.travel import VISITS_PER_TRIP, travelled

ADAPTER = "checkins"
FILES_BY_FORM = {
    "snap": {"checkins": "loc-gowalla_totalCheckins.txt.gz"},
    "sample": {
        "checkins": "Gowalla_3_Gowalla_checkins.txt",
        "places": "Gowalla_3_Gowalla_poi_coos.txt",
    },
}
"""File name of each role of the adapter ``checkins``, by the option ``form``."""

FILES = FILES_BY_FORM["snap"]
"""The files of the default form."""

DEFAULTS = {
    "form": "snap",
    "zoning": "squares",
    "zones": 88,
    "trips": 60_000,
    "law": {"model": "DCG", "parameters": {"alpha": 1.86, "beta": 1.03, "gamma": 1.01}},
}
"""Options of ``write`` and their values."""

_SCENES = {"squares": city_of_squares, "clusters": country_of_towns}
_FIRST_DAY, _DAYS, _GAP_H = 1233446400, 500, 60.0
_LEAST_CHECKINS = 40
_STRANGERS, _CHECKINS_OF_A_STRANGER = 40, 6


def write(
    folder: Path,
    seed: int,
    *,
    form: str = DEFAULTS["form"],
    zoning: str = DEFAULTS["zoning"],
    zones: int = DEFAULTS["zones"],
    trips: int = DEFAULTS["trips"],
    law: Mapping[str, object] = DEFAULTS["law"],
) -> dict[str, object]:
    """Write the raw files of one synthetic city or country.

    Parameters
    ----------
    folder : where the files of ``FILES_BY_FORM[form]`` go; made if need be.
    seed : the same seed and options give the same bytes.
    form : "snap", one file with the coordinates of every check-in, or "sample", check-ins and
        places in two files.
    zoning : "squares" of a city, or "clusters", the towns of a country.
    zones : number of squares or towns, 8 to 400.
    trips : trips between zones, if all find room; at least 50 per zone.
    law : model and parameters; its mass is the number of check-ins of a zone.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    form = check_choice("form", form, tuple(FILES_BY_FORM))
    zoning = check_choice("zoning", zoning, tuple(_SCENES))
    zones = check_whole("zones", zones, 8, 400)
    trips = check_whole("trips", trips, 50 * zones, 10**8)
    planned = plan("gowalla", seed, law)
    rng = planned.rng

    weight = rng.lognormal(0, 0.9, zones)
    checkins = whole_shares(VISITS_PER_TRIP * trips, weight, least=_LEAST_CHECKINS)
    scene = _SCENES[zoning](rng, checkins)
    travel = travelled(planned, scene.zones, trips)

    seen = travel.records.assign(place=at_places(rng, scene, travel.records["zone"].to_numpy()))
    log = pd.concat([seen[["user", "place"]], _strangers(scene, seen)], ignore_index=True)
    log["time"] = times(rng, log["user"].to_numpy(), _FIRST_DAY, _DAYS, _GAP_H)
    newest_first = log.sort_values(["user", "time"], ascending=[True, False])
    write_files(folder, FILES_BY_FORM[form], _FORMS[form](newest_first, scene))
    options = {"format": form, **scene.adapter_options}
    return planned.truth("workplace", options, **travel.sums())


def _strangers(scene: Scene, seen: pd.DataFrame) -> pd.DataFrame:
    """User and place of the check-ins at the places that lie in no zone."""
    lone = np.flatnonzero(scene.places["zone"] < 0)
    user = np.repeat(np.arange(_STRANGERS), _CHECKINS_OF_A_STRANGER)
    place = lone[np.arange(user.size) % lone.size]
    return pd.DataFrame({"user": user + seen["user"].max() + 1, "place": place})


def _snap(log: pd.DataFrame, scene: Scene) -> dict[str, bytes]:
    where = scene.places.iloc[log["place"]]
    table = pd.DataFrame(
        {
            "user": log["user"].to_numpy(),
            "time": np.datetime_as_string(log["time"].to_numpy().astype("datetime64[s]")),
            "latitude": where["latitude"].to_numpy(),
            "longitude": where["longitude"].to_numpy(),
            "place": log["place"].to_numpy(),
        }
    )
    table["time"] += "Z"
    return {"checkins": gzipped(csv_bytes(table, sep="\t", header=False))}


def _sample(log: pd.DataFrame, scene: Scene) -> dict[str, bytes]:
    checkins = log[["user", "place", "time"]].astype({"time": float})
    places = scene.places[["latitude", "longitude"]].reset_index()
    tables = {"checkins": checkins, "places": places}
    return {role: csv_bytes(table, sep="\t", header=False) for role, table in tables.items()}


_FORMS = {"snap": _snap, "sample": _sample}
