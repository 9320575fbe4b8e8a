"""Places that people check in at: in the squares of a city, or in the towns of a country."""

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd

from movelaws.synthetic.flows import whole_shares
from movelaws.synthetic.squares import SquareGrid
from movelaws.synthetic.travel import law_zones

_PLACES_PER_ZONE = 12
_LONE_PLACES = 20
_EDGE_M = 60.0
_TOWN_KM, _TOWN_SPACING_KM, _TOWN_SHIFT_KM = 1.2, 30.0, 9.0
_LINK_KM, _MIN_PLACES = 3.0, 4


@dataclass(frozen=True, eq=False)
class Scene:
    """Places, and the zones that the adapter makes of them.

    Attributes
    ----------
    zones : (n_zones,) as ``travel.law_zones`` makes them, the mass being the check-ins.
    places : (n_places,) latitude, longitude (degrees, as written), zone (-1 for the lone places)
        and checkins of each.
    adapter_options : how the adapter ``checkins`` makes these zones.
    """

    zones: geopandas.GeoDataFrame
    places: pd.DataFrame
    adapter_options: dict[str, object]


def city_of_squares(rng: np.random.Generator, checkins: np.ndarray) -> Scene:
    """Squares of 1 km around a middle; the lone places lie outside of their box.

    Parameters
    ----------
    checkins : (n_zones,) int, in each square.
    """
    side = int(np.ceil(np.sqrt(checkins.size)))
    grid = SquareGrid(10.75, 59.92, side, side, 1000.0)
    x, y = grid.nearest(checkins.size)
    zone, shares = _places_of_zones(rng, checkins)
    half = grid.side_m / 2 - _EDGE_M
    longitude, latitude = grid.degrees(
        x[zone] + rng.uniform(-half, half, zone.size), y[zone] + rng.uniform(-half, half, zone.size)
    )
    places = _with_lone_places(longitude, latitude, zone, shares)
    options = {"zones": "squares", "cell_km": grid.side_m / 1000, "box": grid.box()}
    return Scene(law_zones(_names(x.size), x, y, checkins, grid.crs), places, options)


def country_of_towns(rng: np.random.Generator, checkins: np.ndarray) -> Scene:
    """Towns far apart, each at the mean of its check-ins; the lone places lie in no town.

    Parameters
    ----------
    checkins : (n_zones,) int, in each town.
    """
    side = int(np.ceil(np.sqrt(checkins.size)))
    grid = SquareGrid(-1.6, 52.6, side, side, 1000 * _TOWN_SPACING_KM)
    x, y = grid.nearest(checkins.size) + rng.uniform(-1, 1, (2, checkins.size)) * (
        1000 * _TOWN_SHIFT_KM
    )
    zone, shares = _places_of_zones(rng, checkins)
    away = 1000 * _TOWN_KM * np.sqrt(rng.random(zone.size))
    turn = rng.uniform(0, 2 * np.pi, zone.size)
    longitude, latitude = grid.degrees(x[zone] + away * np.cos(turn), y[zone] + away * np.sin(turn))
    places = _with_lone_places(longitude, latitude, zone, shares)
    # Towns are so small that a mean of degrees is the mean on the sphere, to centimetres.
    inside = places[places["zone"] >= 0]
    mean = [
        np.bincount(zone, inside[axis] * inside["checkins"]) / checkins
        for axis in ("longitude", "latitude")
    ]
    options = {"zones": "clusters", "link_km": _LINK_KM, "min_places": _MIN_PLACES}
    return Scene(law_zones(_names(x.size), *mean, checkins, "EPSG:4326"), places, options)


def at_places(rng: np.random.Generator, scene: Scene, zone: np.ndarray) -> np.ndarray:
    """The place of each record, so that every place gets the check-ins it shall have.

    Parameters
    ----------
    zone : (n_records,) zone of each record.
    """
    place = np.repeat(np.arange(len(scene.places)), scene.places["checkins"])
    place = rng.permutation(place)
    place = place[np.argsort(scene.places["zone"].to_numpy()[place], kind="stable")]
    found = np.empty_like(zone)
    found[np.argsort(zone, kind="stable")] = place
    return found


def _places_of_zones(rng, checkins):
    """Zone and check-ins of every place, all zones having as many places."""
    zone = np.repeat(np.arange(checkins.size), _PLACES_PER_ZONE)
    weight = rng.lognormal(0, 0.8, (checkins.size, _PLACES_PER_ZONE))
    shares = [whole_shares(int(n), w, least=1) for n, w in zip(checkins, weight, strict=True)]
    return zone, np.concatenate(shares)


def _with_lone_places(longitude, latitude, zone, checkins) -> pd.DataFrame:
    """The places, then the lone ones in a row to the east, a degree apart."""
    east = longitude.max() + 10 + np.arange(_LONE_PLACES)
    lone = np.zeros(_LONE_PLACES, dtype=int)
    return pd.DataFrame(
        {
            "latitude": np.concatenate([latitude, np.full(_LONE_PLACES, latitude.mean())]),
            "longitude": np.concatenate([longitude, east]),
            "zone": np.concatenate([zone, lone - 1]),
            "checkins": np.concatenate([checkins, lone]),
        }
    ).round({"latitude": 7, "longitude": 7})


def _names(n: int) -> list[str]:
    return [f"{k + 1:03d}" for k in range(n)]
