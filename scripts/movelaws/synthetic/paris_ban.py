"""Synthetic addresses of one dense city, in the format of the Base Adresse Nationale of France.

A fictional city of twenty arrondissements that wind outwards like a snail, where Paris lies. Doors
line both sides of streets, even numbers on one and odd ones on the other; streets of a quarter
run along or across one direction.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.spatial import cKDTree

from movelaws.seeds import stream
from movelaws.synthetic.files import csv_bytes, gzipped, write_files
from movelaws.synthetic.options import check_whole

ADAPTER = "ban"
FILES = {"addresses": "adresses-75.csv.gz"}
"""File name of each role of the adapter ``ban``."""

DEFAULTS = {"addresses": 3000}
"""Options of ``write`` and their values."""

CRS = "EPSG:2154"
ARRONDISSEMENTS = 20
DOOR_M = 15.0
"""Distance of doors on one side of a street, on average."""

_PER_KM2 = 1500.0
_MIDDLE_M = (652_000.0, 6_862_000.0)
_WIDE = 1.2
_STREET_M, _HALF_WIDTH_M, _CLOSEST_M = 160.0, 8.0, 5.0
_KINDS = ("Rue", "Avenue", "Boulevard", "Place", "Passage", "Quai")
_OF = ("des Tilleuls", "du Moulin", "de la Fontaine", "des Écoles", "du Pont", "de l’Église",
       "des Lilas", "du Marché", "de la Gare", "du Château", "des Vignes", "du Midi")  # fmt: skip


def write(folder: Path, seed: int, *, addresses: int = DEFAULTS["addresses"]) -> dict[str, object]:
    """Write the raw file of one synthetic city.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    addresses : 200 to 1,000,000.

    Returns
    -------
    The truth in plain numbers. Lengths in metres.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    addresses = check_whole("addresses", addresses, 200, 10**6)
    rng = stream(seed, "synthetic", "paris_ban")
    radius = 1000 * np.sqrt(addresses / _PER_KM2 / np.pi)
    doors = _doors(rng, addresses, radius)
    write_files(folder, FILES, {"addresses": gzipped(csv_bytes(_table(doors), sep=";"))})
    return {
        "world": "paris_ban",
        "seed": seed,
        "adapter_options": {},
        "crs": CRS,
        "addresses": addresses,
        "streets": int(doors["street"].nunique()),
        "arrondissements": int(doors["quarter"].nunique()),
        "radius_m": float(radius),
        "area_km2": float(np.pi * radius**2 / 1e6),
        "door_distance_m": DOOR_M,
        "moves": 0,
    }


def _doors(rng, n, radius) -> pd.DataFrame:
    """One row per door: street, number, quarter (0 to 19), x, y in metres to the centimetre."""
    turn = np.sqrt(np.arange(ARRONDISSEMENTS) / ARRONDISSEMENTS)
    seats = _ellipse(radius * turn, 5.5 - 13.5 * turn)
    tree = cKDTree(seats)
    direction = rng.uniform(0, np.pi / 2, ARRONDISSEMENTS)
    streets = 0
    table = pd.DataFrame()
    while len(table) < n:
        m = max(20, (n - len(table)) // 10)
        middle = _ellipse(radius * np.sqrt(rng.random(m)), rng.uniform(0, 2 * np.pi, m))
        quarter = tree.query(middle)[1]
        angle = direction[quarter] + rng.integers(0, 2, m) * np.pi / 2
        length = _STREET_M * rng.lognormal(0, 0.5, m)
        doors = np.maximum(2, (2 * length / DOOR_M).astype(int))
        street = np.repeat(np.arange(m), doors)
        number = np.arange(street.size) - (np.cumsum(doors) - doors)[street] + 1
        along = ((number + 1) // 2 - 0.5) * DOOR_M + rng.uniform(-4, 4, number.size)
        along -= length[street] / 2
        across = np.where(number % 2, _HALF_WIDTH_M, -_HALF_WIDTH_M)
        z = (along + 1j * across) * np.exp(1j * angle[street])
        new = pd.DataFrame({"street": streets + street, "number": number})
        new["x"], new["y"] = middle[street, 0] + z.real, middle[street, 1] + z.imag
        streets += m
        table = _apart(pd.concat([table, new], ignore_index=True))
    table = table.iloc[:n].reset_index(drop=True)
    return table.assign(quarter=tree.query(table[["x", "y"]].to_numpy())[1])


def _apart(table: pd.DataFrame) -> pd.DataFrame:
    """Without doors that stand where an earlier street has one."""
    table = table.round({"x": 2, "y": 2})
    pairs = cKDTree(table[["x", "y"]].to_numpy()).query_pairs(_CLOSEST_M, output_type="ndarray")
    return table.drop(index=np.unique(pairs.max(axis=1))) if len(pairs) else table


def _ellipse(distance: np.ndarray, angle: np.ndarray) -> np.ndarray:
    x = _MIDDLE_M[0] + np.sqrt(_WIDE) * distance * np.cos(angle)
    return np.column_stack([x, _MIDDLE_M[1] + distance / np.sqrt(_WIDE) * np.sin(angle)])


def _table(doors: pd.DataFrame) -> pd.DataFrame:
    """The columns of the file as published."""
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform
    longitude, latitude = to_degrees(doors["x"].to_numpy(), doors["y"].to_numpy())
    quarter, street = doors["quarter"].to_numpy() + 1, doors["street"].to_numpy()
    insee = 75100 + quarter
    # A street that crosses a border has a number in each arrondissement.
    road = [f"{i}_{s + 1:04d}" for i, s in zip(insee, street, strict=True)]
    name = [f"{_KINDS[s % 6]} {_OF[s // 6 % 12]} {s // 72 + 1}" for s in street]
    commune = [f"Paris {q}{'er' if q == 1 else 'e'} Arrondissement" for q in quarter]
    return pd.DataFrame(
        {
            "id": [f"{r}_{k:05d}" for r, k in zip(road, doors["number"], strict=True)],
            "id_fantoir": road,
            "numero": doors["number"],
            "rep": "",
            "nom_voie": name,
            "code_postal": 75000 + quarter,
            "code_insee": insee,
            "nom_commune": commune,
            "code_insee_ancienne_commune": "",
            "nom_ancienne_commune": "",
            "x": doors["x"],
            "y": doors["y"],
            "lon": longitude.round(6),
            "lat": latitude.round(6),
            "type_position": "parcelle",
            "alias": "",
            "nom_ld": "",
            "libelle_acheminement": "PARIS",
            "nom_afnor": [n.upper().replace("’", " ") for n in name],
            "source_position": "commune",
            "source_nom_voie": "commune",
            "certification_commune": 1,
            "cad_parcelles": "",
        }
    )
