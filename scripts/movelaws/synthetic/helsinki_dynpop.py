"""Synthetic dynamic population in the format of the Helsinki Metropolitan Area (Bergroth et al.).

Three average days of 24 hours, percent of the population in cells of 250 m with five decimals, and
the centres of the cells. The blocks of a coarser lattice follow a planted Lagrangian dynamics; the
cells of a block share its population always in the same way. As in the published grid the cells
do not fill a rectangle (there is a coast), some are always empty, and one of these is missing on
Saturday.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer

from movelaws.seeds import stream
from movelaws.synthetic.files import csv_bytes, write_files
from movelaws.synthetic.lagrangian_days import GAMMA, LAMBDA, MOST_SIDE, plant
from movelaws.synthetic.options import check_whole

FILES = {
    "workdays": "HMA_Dynamic_population_24H_workdays.csv",
    "saturday": "HMA_Dynamic_population_24H_sat.csv",
    "sunday": "HMA_Dynamic_population_24H_sun.csv",
    "cells": "DERIVED_cells_250m_centroids.csv",
}
"""File name of each role of the adapter ``helsinki_dynpop``."""

DAYS = ("workdays", "saturday", "sunday")
DEFAULTS = {
    "side": 10,
    "fine": 4,
    **GAMMA,
    **LAMBDA,
    "level": 0.35,
    "contrast": 8.0,
}
"""Options of ``write`` and their values."""

CRS, CELL_M, HOURS = "EPSG:3067", 250.0, 24
ADAPTER_OPTIONS: dict[str, object] = {}

_WEST, _SOUTH = 376_000.0, 6_667_000.0
_FIRST_ID, _PER_ROW = 5_785_640, 1906
_EMPTY, _SPREAD = 0.03, 0.8


def write(
    folder: Path,
    seed: int,
    *,
    side: int = DEFAULTS["side"],
    fine: int = DEFAULTS["fine"],
    gamma_self: float = DEFAULTS["gamma_self"],
    gamma_link: float = DEFAULTS["gamma_link"],
    lambda_self: float = DEFAULTS["lambda_self"],
    lambda_link: float = DEFAULTS["lambda_link"],
    level: float = DEFAULTS["level"],
    contrast: float = DEFAULTS["contrast"],
) -> dict[str, object]:
    """Write the three days of one synthetic city.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    side : blocks along an edge, 4 to 50.
    fine : cells along the edge of a block, 2 to 20.
    gamma_self, gamma_link, lambda_self, lambda_link : planted, per unit of time (1 is a day) and
        its square.
    level : standard deviation of the log populations from their target at the start of a day.
    contrast : population of the fullest block over that of the emptiest, at the target.

    Returns
    -------
    The truth: see ``lagrangian_days.Days.truth``, and the number of cells.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    side = check_whole("side", side, 4, MOST_SIDE)
    fine = check_whole("fine", fine, 2, 20)
    rng = stream(seed, "synthetic", "helsinki_dynpop")
    planted = plant(
        rng,
        DAYS,
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
    cells = _cells(rng, side, fine)
    content = {"cells": csv_bytes(cells[["YKR_ID", "x_EPSG3067", "y_EPSG3067", "lon", "lat"]])}
    missing = int(np.flatnonzero(cells["share"] == 0)[0])
    for day, share in zip(DAYS, planted.share, strict=True):
        block = share.reshape(HOURS, -1)[:, cells["block"]].T
        percent = 100 * block * cells["share"].to_numpy()[:, None]
        table = pd.DataFrame(percent, columns=[f"H{hour}" for hour in range(HOURS)])
        table.insert(0, "YKR_ID", cells["YKR_ID"])
        if day == "saturday":
            table = table.drop(index=missing)
        content[day] = csv_bytes(table, float_format="%.5f")
    write_files(folder, FILES, content)
    return {
        "world": "helsinki_dynpop",
        "seed": seed,
        "adapter_options": dict(ADAPTER_OPTIONS),
        **planted.truth(),
        "fine": fine,
        "crs": CRS,
        "cells": len(cells),
        "cells_always_empty": int((cells["share"] == 0).sum()),
        "missing_on_saturday": int(cells["YKR_ID"][missing]),
    }


def _cells(rng: np.random.Generator, side: int, fine: int) -> pd.DataFrame:
    """Cells with their number, centre, block and share of the block's population, as published.

    Numbers run to the east and then to the south.
    """
    edge = side * fine
    row, column = (part.ravel() for part in np.mgrid[:edge, :edge])
    row = edge - 1 - row
    share = rng.lognormal(0, _SPREAD, row.size)
    share[rng.random(row.size) < _EMPTY] = 0
    # The farthest corner of each block is land where people live, so that no block is empty.
    inland = (row % fine == fine - 1) & (column % fine == fine - 1)
    share[inland] = np.maximum(share[inland], 1)
    # The south is a coast, the west a border; one cell at either is on the edge of the grid.
    land = (row >= _bay(rng, edge, fine)[column]) & (column >= _bay(rng, edge, fine)[row])
    land |= (np.minimum(row, column) == 0) & (np.maximum(row, column) == edge // 2)
    share[np.flatnonzero(land & ~inland)[0]] = 0
    x, y = _WEST + (column + 0.5) * CELL_M, _SOUTH + (row + 0.5) * CELL_M
    longitude, latitude = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    block = row // fine * side + column // fine
    cells = pd.DataFrame(
        {
            "YKR_ID": _FIRST_ID + (edge - 1 - row) * _PER_ROW + column,
            "x_EPSG3067": x,
            "y_EPSG3067": y,
            "lon": longitude.round(6),
            "lat": latitude.round(6),
            "block": block,
            "share": share,
        }
    )[land].reset_index(drop=True)
    cells["share"] /= cells.groupby("block")["share"].transform("sum")
    return cells


def _bay(rng: np.random.Generator, edge: int, fine: int) -> np.ndarray:
    """How many cells are missing at each place along an edge, 0 to fine - 1."""
    wave = np.sin(2 * np.pi * (np.arange(edge) / edge + rng.random()))
    return np.round((wave - wave.min()) / np.ptp(wave) * (fine - 1)).astype(np.int64)
