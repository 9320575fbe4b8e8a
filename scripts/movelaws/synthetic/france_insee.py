"""Synthetic moves between communes, in the format of INSEE's flows of residential mobility.

Communes of a fictional country lie where France does, the small ones thick around the large. The
table has one row per pair of communes with a move, those who stayed in their commune included, and
some who came from abroad (codes that begin with 99). Numbers of the census are weighted: each
person who was counted stands for several (option ``weight``). Moves join communes i to j with a
probability ~ n_i n_j d_ij^-exponent, n being people: all pairs compete, so that f(r) = p(r) pi(r)
holds with the people as masses.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from movelaws.seeds import stream
from movelaws.synthetic.files import csv_bytes, write_files
from movelaws.synthetic.options import check_number, check_whole

ADAPTER = "insee"
FILES = {"moves": "base-csv-flux-mobilite-residentielle-2018.csv", "communes": "communes.csv"}
"""File name of each role of the adapter ``insee``."""

DEFAULTS = {"communes": 150, "moves": 60_000, "exponent": 1.0, "weight": 1.0}
"""Options of ``write`` and their values."""

CRS = "EPSG:2154"
FLOW = "NBFLUX_C18_POP01P"

_MIDDLE_M = (640_000.0, 6_640_000.0)
_RADIUS_M, _CLOSEST_M = 330_000.0, 2_000.0
_PER_SEAT = 12
_ABROAD = (("99109", "Allemagne"), ("99131", "Belgique"), ("99134", "Espagne"))
_STAY_SHARE = 0.88
_BEGINNINGS = ("Saint-", "Mont", "Beau", "Châteauneuf-", "Ville", "Roche", "Bois-", "L’Île-", "Val")
_ENDINGS = ("aubin", "fort", "gny", "sur-Loire", "ville", "mont", "court", "ac", "lès-Bois", "ière")


def write(
    folder: Path,
    seed: int,
    *,
    communes: int = DEFAULTS["communes"],
    moves: int = DEFAULTS["moves"],
    exponent: float = DEFAULTS["exponent"],
    weight: float = DEFAULTS["weight"],
) -> dict[str, object]:
    """Write the raw files of one synthetic country.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    communes : 20 to 3,000.
    moves : between communes, as counted, 100 to 100,000,000.
    exponent : a of pi(r) ~ r^-a.
    weight : people that each one who was counted stands for, 1 to 100.

    Returns
    -------
    The truth in plain numbers. Lengths in metres.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    communes = check_whole("communes", communes, 20, 3000)
    moves = check_whole("moves", moves, 100, 10**8)
    exponent = check_number("exponent", exponent, -2, 5)
    weight = check_number("weight", weight, 1, 100)
    rng = stream(seed, "synthetic", "france_insee")
    x, y = _places(rng, communes)
    people = np.maximum(50, rng.lognormal(7.2, 1.4, communes)).astype(int)
    cost = _distances(x, y)
    np.fill_diagonal(cost, np.inf)
    chance = np.multiply.outer(people, people) * cost**-exponent
    counted = rng.multinomial(moves, (chance / chance.sum()).ravel()).reshape(chance.shape)
    code, name = _codes(communes), _names(rng, communes)
    flux = _flux(rng, weight * counted, people, code, name)
    where = pd.DataFrame({"code": code, "nom": name, "x": x, "y": y, "population": people})
    content = {"moves": csv_bytes(flux, sep=";"), "communes": csv_bytes(where, sep=";")}
    write_files(folder, FILES, content)
    return {
        "world": "france_insee",
        "seed": seed,
        "adapter_options": {},
        "crs": CRS,
        "exponent": exponent,
        "start": "pairs",
        "communes": communes,
        "population": int(people.sum()),
        "moves_counted": moves,
        "moves": weight * moves,
        "pairs_with_moves": int(np.count_nonzero(counted)),
        "closest_m": float(cost.min()),
    }


def _places(rng, n) -> tuple[np.ndarray, np.ndarray]:
    """Communes around seats and between them, in whole metres, none too close to another."""
    seats = _disk(rng, max(2, n // _PER_SEAT), _RADIUS_M)
    kept = np.empty((0, 2))
    while len(kept) < n:
        near = seats[rng.integers(len(seats), size=n)]
        spread = rng.standard_exponential(n)[:, None] * 25_000.0
        new = np.where(rng.random(n)[:, None] < 0.7, near + spread * _disk(rng, n, 1.0),
                       _disk(rng, n, _RADIUS_M))  # fmt: skip
        both = np.concatenate([kept, new])
        pairs = cKDTree(both).query_pairs(_CLOSEST_M, output_type="ndarray")
        kept = np.delete(both, np.unique(pairs.max(axis=1, initial=-1)), axis=0)
    at = (kept[:n] + _MIDDLE_M).round()
    return at[:, 0], at[:, 1]


def _disk(rng, n, radius) -> np.ndarray:
    distance, angle = radius * np.sqrt(rng.random(n)), rng.uniform(0, 2 * np.pi, n)
    return np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])


def _distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.hypot(x[:, None] - x, y[:, None] - y)


def _flux(rng, moved, people, code, name) -> pd.DataFrame:
    """The table: who lives where (CODGEO) and lived where a year before (DCRAN)."""
    origin, destination = np.nonzero(moved)
    abroad = np.flatnonzero(rng.random(len(code)) < 0.4)
    land = rng.integers(len(_ABROAD), size=abroad.size)
    names = np.array(name, dtype=object)
    codes = np.array(code, dtype=object)
    from_code = np.array([c for c, _ in _ABROAD], dtype=object)[land]
    from_name = np.array([n for _, n in _ABROAD], dtype=object)[land]
    stayed = _STAY_SHARE * people
    came = rng.integers(1, 16, abroad.size)
    to = np.concatenate([np.arange(len(code)), destination, abroad])
    table = pd.DataFrame(
        {
            "CODGEO": codes[to],
            "LIBGEO": names[to],
            "DCRAN": np.concatenate([codes, codes[origin], from_code]),
            "L_DCRAN": np.concatenate([names, names[origin], from_name]),
            FLOW: np.concatenate([stayed, moved[origin, destination], came]),
        }
    )
    return table.sort_values(["CODGEO", "DCRAN"], ignore_index=True)


def _codes(n: int) -> list[str]:
    """Codes of communes: department and number."""
    departments = [d for d in range(1, 96) if d != 20]
    return sorted(f"{departments[k % 94]:02d}{k // 94 + 1:03d}" for k in range(n))


def _names(rng, n: int) -> list[str]:
    """Different fictional names."""
    drawn = [a + b for a in _BEGINNINGS for b in _ENDINGS]
    order = rng.permutation(len(drawn))
    return [drawn[order[k % len(drawn)]] + (f" {k // len(drawn) + 1}" if k >= len(drawn) else "")
            for k in range(n)]  # fmt: skip
