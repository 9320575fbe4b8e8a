"""Synthetic taxis in the format of the San Francisco traces of May and June 2008.

Customers are carried between (and within) square cells of a fictional city that lies where San
Francisco does. As in the published archive there is one file per cab, newest point first, and
traces begin in the middle of a fare. The planted law acts on all drop-offs of a cell, those of
trips within the cell included.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from movelaws.synthetic.files import gzipped, tarred, write_bytes
from movelaws.synthetic.flows import whole_shares
from movelaws.synthetic.options import check_whole, plan
from movelaws.synthetic.squares import SquareGrid
from movelaws.synthetic.traces import cab_points
from movelaws.synthetic.travel import law_zones, planted_trips

FILES = {"traces": "cabspottingdata.tar.gz"}
"""File name of each role of the adapter ``sf_taxi``."""

DEFAULTS = {
    "cells": 100,
    "trips": 50_000,
    "cabs": None,
    "law": {"model": "DCG", "parameters": {"alpha": 2.85, "beta": 1.13, "gamma": 2.09}},
}
"""Options of ``write`` and their values."""

GRID = SquareGrid(-122.435, 37.77, columns=15, rows=16, side_m=1000.0)
"""The cells of the adapter's own box, the city of San Francisco."""

ADAPTER_OPTIONS = {"cell_km": 1.0}

_EDGE_M = 60.0
_DROP_OFFS_PER_TRIP = 1.8
_LEAST_DROP_OFFS = 30
_TRIPS_PER_CAB = 1000
_MOST_CABS = 5000


def write(
    folder: Path,
    seed: int,
    *,
    cells: int = DEFAULTS["cells"],
    trips: int = DEFAULTS["trips"],
    cabs: int | None = DEFAULTS["cabs"],
    law: Mapping[str, object] = DEFAULTS["law"],
) -> dict[str, object]:
    """Write the archive of one synthetic city.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    cells : number of cells of 1 km^2, 8 to 200.
    trips : trips between cells, if all find room; at least 50 per cell.
    cabs : that share the trips, 1 to 5000; None for one per thousand trips, which then drive for
        weeks. Each drives day and night, some sixty trips a day.
    law : model and parameters; its mass is the number of drop-offs of a cell.

    Returns
    -------
    The truth: law, sizes and sums that the canonical tables must give back.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    cells = check_whole("cells", cells, 8, 200)
    trips = check_whole("trips", trips, 50 * cells, 10**7)
    if cabs is not None:
        cabs = check_whole("cabs", cabs, 1, _MOST_CABS)
    planned = plan("sf_taxi", seed, law)
    rng = planned.rng

    x, y = GRID.nearest(cells)
    weight = _busy(x, y) * rng.lognormal(0, 0.8, cells)
    drop_offs = whole_shares(int(_DROP_OFFS_PER_TRIP * trips), weight, least=_LEAST_DROP_OFFS)
    zones = law_zones([f"{k:03d}" for k in range(cells)], x, y, drop_offs, GRID.crs)
    leaving = whole_shares(trips, drop_offs * rng.lognormal(0, 0.4, cells))
    flow = planted_trips(planned, zones, leaving, drop_offs)
    between = flow.copy()
    np.fill_diagonal(flow, drop_offs - flow.sum(axis=0))

    rides = _rides(rng, flow, x, y)
    points = cab_points(rng, rides, cabs or -(-len(rides) // _TRIPS_PER_CAB))
    write_bytes(Path(folder) / FILES["traces"], _archive(rng, points))
    return planned.truth(
        "workplace",
        ADAPTER_OPTIONS,
        n_zones=cells,
        n_pairs=int(np.count_nonzero(between)),
        total_flow=int(between.sum()),
        workplace_population=int(drop_offs.sum()),
        residential_population=len(rides),
        cabs=int(points["cab"].nunique()),
    )


def _busy(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Density that falls off from the first cell."""
    return np.exp(-np.hypot(x - x[0], y - y[0]) / 3000) + 0.05


def _rides(rng: np.random.Generator, flow: np.ndarray, x: np.ndarray, y: np.ndarray):
    """One row per trip, in random order: where it begins and ends (degrees, as written)."""
    origin, destination = (np.repeat(end, flow[np.nonzero(flow)]) for end in np.nonzero(flow))
    order = rng.permutation(origin.size)
    half, table = GRID.side_m / 2 - _EDGE_M, {}
    for name, cell in (("from", origin[order]), ("to", destination[order])):
        shift = rng.uniform(-half, half, (2, cell.size))
        longitude, latitude = GRID.degrees(x[cell] + shift[0], y[cell] + shift[1])
        table[f"{name}_longitude"], table[f"{name}_latitude"] = longitude, latitude
    return pd.DataFrame(table).round(5)


def _archive(rng: np.random.Generator, points: pd.DataFrame) -> bytes:
    """The archive: the list of cabs, then their traces, newest point first."""
    updates = points["cab"].value_counts().sort_index(ascending=False)
    text = _written(points.iloc[::-1].drop(columns="cab"))
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    members, listed, start = {}, "", 0
    line_ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n")) + 1
    for number, end in zip(updates.index, line_ends[updates.cumsum() - 1], strict=True):
        name = "".join([*rng.choice(letters, 4), letters[number // 26 % 26], letters[number % 26]])
        members[f"cabspottingdata/new_{name}.txt"] = text[start:end]
        listed += f'<cab id="{name}" updates="{updates[number]}"/>\n'
        start = end
    return gzipped(tarred({"cabspottingdata/_cabs.txt": listed.encode(), **members}))


def _written(table: pd.DataFrame) -> bytes:
    """Lines without header, fields apart by spaces (Arrow, since there are many)."""
    out = pa.BufferOutputStream()
    how = pyarrow.csv.WriteOptions(include_header=False, delimiter=" ")
    pyarrow.csv.write_csv(pa.Table.from_pandas(table, preserve_index=False), out, how)
    return out.getvalue().to_pybytes()
