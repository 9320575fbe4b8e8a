"""Synthetic traffic in the formats of Madrid: the enriched data set (MTD) and the city's own files.

Detectors stand all over a square of blocks of 1 km. The traffic of the blocks follows a planted
Lagrangian dynamics, of which the detectors of a block always have the same shares; the traffic of
all the city follows the hours of the day. Intensities are vehicles per hour, whole numbers: the
published file (MTD) has one row per detector and hour, those of the city have one per quarter of
an hour and a table of where the detectors are.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pyproj import Transformer

from movelaws.seeds import stream
from movelaws.synthetic.files import csv_bytes, write_files
from movelaws.synthetic.lagrangian_days import GAMMA, LAMBDA, MOST_SIDE, plant
from movelaws.synthetic.options import check_choice, check_whole

FILES_BY_FORM = {
    "published": {"records": "MTD_complete_data.csv"},
    "city": {"records": "06-2022.csv", "sensors": "pmed_ubicacion_06-2022.csv"},
}
"""File name of each role of the adapter ``madrid_traffic`` by the option ``form``."""

FILES = FILES_BY_FORM["published"]

DEFAULTS = {
    "form": "published",
    "side": 10,
    "across": 2,
    "days": 3,
    "intensity": 400,
    **GAMMA,
    **LAMBDA,
    "level": 0.35,
    "contrast": 8.0,
}
"""Options of ``write`` and their values."""

CRS, BLOCK_M, HOURS = "EPSG:25830", 1000.0, 24
ADAPTER_OPTIONS: dict[str, object] = {}

_WEST, _SOUTH = 436_000.0, 4_469_000.0
_FIRST_DAY = "2022-06-01"
_MARGIN = 0.1
_SPREAD = 0.4
_BUSY = (0.32, 0.21, 0.15, 0.12, 0.13, 0.24, 0.60, 1.15, 1.38, 1.27, 1.22, 1.27,
         1.34, 1.40, 1.45, 1.38, 1.36, 1.43, 1.47, 1.42, 1.24, 0.98, 0.74, 0.52)  # fmt: skip
"""Traffic of all the city by hour, in any unit."""

_HIGHWAYS = ("motorway", "trunk", "primary", "secondary", "tertiary")
_MAXSPEED = (90, 70, 50, 50, 30)


def write(
    folder: Path,
    seed: int,
    *,
    form: Literal["published", "city"] = DEFAULTS["form"],
    side: int = DEFAULTS["side"],
    across: int = DEFAULTS["across"],
    days: int = DEFAULTS["days"],
    intensity: int = DEFAULTS["intensity"],
    gamma_self: float = DEFAULTS["gamma_self"],
    gamma_link: float = DEFAULTS["gamma_link"],
    lambda_self: float = DEFAULTS["lambda_self"],
    lambda_link: float = DEFAULTS["lambda_link"],
    level: float = DEFAULTS["level"],
    contrast: float = DEFAULTS["contrast"],
) -> dict[str, object]:
    """Write the traffic of some days of one synthetic city.

    Parameters
    ----------
    folder : where the files go; made if need be.
    seed : the same seed and options give the same bytes.
    form : which of the two formats.
    side : blocks of 1 km along an edge, 4 to 50.
    across : detectors along the edge of a block, 1 to 10, so across^2 in each.
    days : 1 to 30, from 1 June 2022.
    intensity : vehicles per hour of a detector, on average, 50 to 10,000.
    gamma_self, gamma_link, lambda_self, lambda_link : planted, per unit of time (1 is a day) and
        its square.
    level : standard deviation of the log traffic from its target at the start of a day.
    contrast : traffic of the busiest block over that of the quietest, at the target.

    Returns
    -------
    The truth: see ``lagrangian_days.Days.truth``, and the number of detectors.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    check_choice("form", form, tuple(FILES_BY_FORM))
    side = check_whole("side", side, 4, MOST_SIDE)
    across = check_whole("across", across, 1, 10)
    days = check_whole("days", days, 1, 30)
    intensity = check_whole("intensity", intensity, 50, 10_000)
    rng = stream(seed, "synthetic", "madrid_traffic")
    dates = pd.date_range(_FIRST_DAY, periods=days)
    planted = plant(
        rng,
        dates.strftime("%Y-%m-%d").tolist(),
        side=side,
        slots=HOURS,
        parameters={
            "gamma_self": gamma_self,
            "gamma_link": gamma_link,
            "lambda_self": lambda_self,
            "lambda_link": lambda_link,
        },
        level=level,
        contrast=contrast,
    )
    sensors = _sensors(rng, side, across)
    block = planted.share.reshape(days * HOURS, -1)[:, sensors["block"]]
    total = intensity * len(sensors) * np.tile(_BUSY / np.mean(_BUSY), days)
    traffic = (total[:, None] * block * sensors["share"].to_numpy()).T
    write_files(
        folder,
        FILES_BY_FORM[form],
        (_published if form == "published" else _city)(rng, sensors, traffic, dates),
    )
    return {
        "world": "madrid_traffic",
        "seed": seed,
        "adapter_options": dict(ADAPTER_OPTIONS),
        **planted.truth(),
        "form": form,
        "crs": CRS,
        "block_m": BLOCK_M,
        "sensors": len(sensors),
        "rows": len(sensors) * days * HOURS * (1 if form == "published" else 4),
    }


def _sensors(rng: np.random.Generator, side: int, across: int) -> pd.DataFrame:
    """Detectors, one in each of across^2 squares of a block, by their number.

    Each has a road of its own, a place and a share of the traffic in its block.
    """
    edge, step = side * across, BLOCK_M / across
    row, column = (part.ravel() for part in np.mgrid[:edge, :edge])
    shift = rng.uniform(_MARGIN, 1 - _MARGIN, (2, row.size))
    x, y = _WEST + (column + shift[0]) * step, _SOUTH + (row + shift[1]) * step
    longitude, latitude = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    table = pd.DataFrame(
        {
            "id": np.sort(rng.choice(np.arange(1001, 1001 + 20 * row.size), row.size, False)),
            "x": x,
            "y": y,
            "longitude": longitude,
            "latitude": latitude,
            "block": row // across * side + column // across,
            "share": rng.lognormal(0, _SPREAD, row.size),
            "road": rng.integers(0, len(_HIGHWAYS), row.size),
        }
    )
    table["share"] /= table.groupby("block")["share"].transform("sum")
    return table


def _published(
    rng: np.random.Generator, sensors: pd.DataFrame, traffic: np.ndarray, dates: pd.DatetimeIndex
) -> dict[str, bytes]:
    """The file of the enriched data set: a row per detector and hour, with weather and road."""
    n, hours = traffic.shape
    time = pd.date_range(dates[0], periods=hours, freq="h")
    place = [
        f"POINT ({x:.6f} {y:.6f})"
        for x, y in zip(sensors["longitude"], sensors["latitude"], strict=True)
    ]
    road = sensors["road"].to_numpy()
    of_sensor = {
        "id": sensors["id"],
        "longitude": sensors["longitude"].round(6),
        "latitude": sensors["latitude"].round(6),
        "original_point": place,
        "closest_point": place,
        "oneway": rng.random(n) < 0.7,
        "lanes": rng.integers(1, 5, n),
        "name": [f"Calle Sintética {number}" for number in sensors["id"]],
        "highway": np.array(_HIGHWAYS)[road],
        "maxspeed": np.array(_MAXSPEED)[road],
        "length": rng.uniform(20, 400, n).round(3),
    }
    of_hour = {
        "date": time.strftime("%Y-%m-%d %H:%M:%S"),
        "day_type": np.where(time.day_of_week < 5, "workday", "weekend"),
        "wind": rng.gamma(2, 0.8, hours).round(2),
        "temperature": (21 - 7 * np.cos(2 * np.pi * (time.hour - 4) / 24)).round(1),
        "precipitation": 0.0,
    }
    left = pd.DataFrame(of_sensor).loc[np.repeat(np.arange(n), hours)].reset_index(drop=True)
    right = pd.DataFrame(of_hour).loc[np.tile(np.arange(hours), n)].reset_index(drop=True)
    table = pd.concat([left, right], axis=1)
    table["traffic_intensity"] = np.rint(traffic).astype(np.int64).ravel()
    columns = [
        "id", "date", "longitude", "latitude", "traffic_intensity", "day_type", "wind",
        "temperature", "precipitation", "original_point", "closest_point", "oneway", "lanes",
        "name", "highway", "maxspeed", "length",
    ]  # fmt: skip
    return {"records": csv_bytes(table[columns])}


def _city(
    rng: np.random.Generator, sensors: pd.DataFrame, traffic: np.ndarray, dates: pd.DatetimeIndex
) -> dict[str, bytes]:
    """The files of the city: a row per detector and quarter of an hour, and the detectors.

    The four whole numbers of an hour have the nearest possible mean.
    """
    n, hours = traffic.shape
    quarters = np.rint(4 * traffic)[:, :, None].astype(np.int64)
    intensity = ((quarters + np.arange(4)) // 4).reshape(n, -1)
    time = pd.date_range(dates[0], periods=4 * hours, freq="15min")
    load = np.clip(np.rint(intensity / (1.3 * intensity.max(axis=1, keepdims=True)) * 100), 0, 100)
    load = load.astype(np.int64)
    urban = (sensors["road"] > 1).to_numpy()
    speed = np.where(urban[:, None], 0, 90 - load // 3)
    kind = np.where(urban, "URB", "M30")
    table = pd.DataFrame(
        {
            "id": np.repeat(sensors["id"].to_numpy(), 4 * hours),
            "fecha": np.tile(time.strftime("%Y-%m-%d %H:%M:%S"), n),
            "tipo_elem": np.repeat(kind, 4 * hours),
            "intensidad": intensity.ravel(),
            "ocupacion": (load // 8).ravel(),
            "carga": load.ravel(),
            "vmed": speed.ravel(),
            "error": "N",
            "periodo_integracion": rng.choice([5, 15], 4 * hours * n, p=[0.3, 0.7]),
        }
    )
    where = pd.DataFrame(
        {
            "tipo_elem": kind,
            "distrito": sensors["block"] % 21 + 1,
            "id": sensors["id"],
            "cod_cent": [f"{number:05d}" for number in sensors["id"]],
            "nombre": [f"Calle Sintética {number} N-S" for number in sensors["id"]],
            "utm_x": sensors["x"].round(3),
            "utm_y": sensors["y"].round(3),
            "longitud": sensors["longitude"].round(8),
            "latitud": sensors["latitude"].round(8),
        }
    )
    return {
        "records": csv_bytes(table, sep=";", quoting=2),
        "sensors": csv_bytes(where, sep=";", quoting=2),
    }
