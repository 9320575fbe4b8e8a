"""Published bins of moves and pairs of places: the canonical tables and their contract."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.pointsets.frames import Note

FILES = ("bins.csv", "cities.csv", "towns.csv", "notes.json")
BIN_COLUMNS = ("case", "kind", "r_m", "moves", "pairs", "ratio")
CITY_COLUMNS = ("inside", "outside", "radius_m")
TOWN_COLUMNS = ("town", "r_m", "moves", "pairs", "ratio")
VALUES = ("moves", "pairs", "ratio")


@dataclass(frozen=True)
class Bins:
    """Binned moves and pairs as published.

    Attributes
    ----------
    bins : (n, 6) DataFrame sorted by case, r_m
        case, kind ("density" per metre or "mass" per bin), r_m (centre), moves, pairs, ratio
        (>= 0, NaN where none was published).
    cities : (n_cities, 3) DataFrame
        inside, outside (exponents of r, mostly negative), radius_m; the columns are independent of
        one another, NaN where not given.
    towns : (n, 5) DataFrame: town, r_m, moves, pairs (densities), ratio.
    notes : readings and counts.
    """

    bins: pd.DataFrame
    cities: pd.DataFrame
    towns: pd.DataFrame
    notes: Mapping[str, Note] = field(default_factory=dict)


def check(bins: Bins) -> Bins:
    """Return ``bins`` unchanged if they keep the contract.

    Raises
    ------
    ValueError
        Naming the table, the column, the row and the remedy of the first breach.
    """
    wanted = {"bins": BIN_COLUMNS, "cities": CITY_COLUMNS, "towns": TOWN_COLUMNS}
    for name, columns in wanted.items():
        table = getattr(bins, name)
        missing = [column for column in columns if column not in table.columns]
        if missing:
            raise ValueError(f"{name}: column {missing[0]!r} is missing; it has {[*table.columns]}")
    if bins.bins.empty:
        raise ValueError("bins: the table is empty")
    wrong = ~bins.bins["kind"].isin(["density", "mass"])
    if wrong.any():
        raise ValueError(f"bins: kind {bins.bins.loc[wrong, 'kind'].iloc[0]!r}: density or mass")
    for name, key in (("bins", "case"), ("towns", "town")):
        for case, table in getattr(bins, name).groupby(key):
            _check_bins(table, f"{name} of {case}")
    radii = bins.cities["radius_m"].dropna()
    if not ((radii > 0) & np.isfinite(radii)).all():
        raise ValueError("cities: column 'radius_m': radii are finite and > 0 metres")
    return bins


def write(bins: Bins, folder: str | Path) -> None:
    """Write the three tables (CSV) and the notes (JSON) into ``folder``, made if absent."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("bins", "cities", "towns"):
        getattr(bins, name).to_csv(folder / f"{name}.csv", index=False)
    text = json.dumps(dict(bins.notes), indent=2, ensure_ascii=False)
    (folder / "notes.json").write_text(text + "\n", encoding="utf-8")


def read(folder: str | Path) -> Bins:
    """Read what ``write`` wrote; a FileNotFoundError names the first file that is missing."""
    folder = Path(folder)
    for name in FILES:
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder / name} is missing: run the prepare step of the bins")
    texts = {"case": str, "kind": str, "town": str}
    tables = {
        name: pd.read_csv(
            folder / f"{name}.csv", dtype={column: texts.get(column, float) for column in columns}
        )
        for name, columns in (
            ("bins", BIN_COLUMNS),
            ("cities", CITY_COLUMNS),
            ("towns", TOWN_COLUMNS),
        )
    }
    return Bins(**tables, notes=json.loads((folder / "notes.json").read_text(encoding="utf-8")))


def _check_bins(table: pd.DataFrame, where: str) -> None:
    r = table["r_m"].to_numpy(dtype=float)
    if not (np.isfinite(r) & (r > 0)).all() or (np.diff(r) <= 0).any():
        raise ValueError(f"{where}: column 'r_m': distances must be finite, > 0 and increase")
    for name in VALUES:
        values = table[name].to_numpy(dtype=float)
        if (values < 0).any() or np.isinf(values).any():
            row = int(np.argmax((values < 0) | np.isinf(values)))
            raise ValueError(f"{where}: column {name!r} = {values[row]} at r_m = {r[row]:g}: >= 0")
