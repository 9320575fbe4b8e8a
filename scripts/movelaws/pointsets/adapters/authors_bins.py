"""The authors' bins of moves and pairs of places, and their exponents and radii of towns.

Raw files of Boucherie, Maier and Lehmann (repository role-of-geo), by role
--------------------------------------------------------------------------
dk_moving, dk_pdd, dk_ratio and the same of fr, houston, san_francisco, singapore
    CSV with x (centre of the bin, m) and y: moves, pairs of places, their ratio. The three files
    of a case share their bins, but the first two may have more of them than the others.
inside, outside, radii
    ``.npy`` of one number per town: exponents of the cost inside and outside, radius (m). The
    three are columns of their own: nothing says which number belongs to which town.
town_<code>_bins, town_<code>_ratio
    CSV of one town with x_m, y_m (moves), y_p (pairs), and with x, y (their ratio).
<case>_test
    CSV with ks, p, ll: the authors' goodness of fit.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws import readers
from movelaws.pointsets.bins import BIN_COLUMNS, CITY_COLUMNS, TOWN_COLUMNS, VALUES, Bins
from movelaws.pointsets.frames import Note

CASES = {
    "dk": "denmark",
    "fr": "france",
    "houston": "houston",
    "san_francisco": "san_francisco",
    "singapore": "singapore",
}
PARTS = {"moving": "moves", "pdd": "pairs", "ratio": "ratio"}
MASS = ("houston",)
"""Cases whose values are masses per bin; the others are densities per metre."""

TOWNS = ("84910847", "51018355")
CITY_ROLES = {"inside": "inside", "outside": "outside", "radii": "radius_m"}

REQUIRED = ()
ONE_OF = (tuple(f"{case}_{part}" for case in CASES for part in PARTS),)
OPTIONAL = (
    *ONE_OF[0],
    *CITY_ROLES,
    *(f"town_{town}_{part}" for town in TOWNS for part in ("bins", "ratio")),
    *(f"{case}_test" for case in CASES),
)

# What numpy.load raises for files that are none or have a few bytes changed.
_DAMAGE = (ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError)
_DAMAGE += (RuntimeError, SyntaxError, TypeError, ValueError)


def read(files: dict[str, Path]) -> Bins:
    """Bins from the authors' files by role; see the module.

    Raises
    ------
    ValueError
        For values that are negative or not finite, or at distances that do not increase, naming
        file, line and remedy.
    """
    notes: dict[str, Note] = {}
    cases = [_case(files, short, name) for short, name in CASES.items()]
    towns = [_town(files, town) for town in TOWNS]
    for role, path in files.items():
        if role.endswith("_test"):
            notes |= _goodness(path, CASES[role.removesuffix("_test")])
    cities = _cities(files)
    bins = pd.concat([table for table in cases if table is not None], ignore_index=True)
    towns = [table for table in towns if table is not None]
    table = pd.concat(towns, ignore_index=True) if towns else _no_towns()
    notes |= {f"bins of {case}": int(n) for case, n in bins.groupby("case").size().items()}
    notes["cities"] = len(cities)
    return Bins(bins[[*BIN_COLUMNS]], cities, table[[*TOWN_COLUMNS]], notes)


def _case(files: Mapping[str, Path], short: str, name: str) -> pd.DataFrame | None:
    """Bins of one case, of all its files together."""
    parts = {
        column: _curve(files[f"{short}_{part}"], "x", {"y": column})
        for part, column in PARTS.items()
        if f"{short}_{part}" in files
    }
    if not parts:
        return None
    table = _joined(list(parts.values()))
    kind = "mass" if name in MASS else "density"
    return _filled(table).assign(case=name, kind=kind)


def _town(paths: Mapping[str, Path], town: str) -> pd.DataFrame | None:
    parts = []
    if path := paths.get(f"town_{town}_bins"):
        parts.append(_curve(path, "x_m", {"y_m": "moves", "y_p": "pairs"}))
    if path := paths.get(f"town_{town}_ratio"):
        parts.append(_curve(path, "x", {"y": "ratio"}))
    return _filled(_joined(parts)).assign(town=town) if parts else None


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    table = parts[0]
    for part in parts[1:]:
        table = table.merge(part, on="r_m", how="outer")
    return table.sort_values("r_m", ignore_index=True)


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: np.nan for name in VALUES if name not in table.columns})


def _no_towns() -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in TOWN_COLUMNS}).astype({"town": str})


def _curve(path: Path, distance: str, values: Mapping[str, str]) -> pd.DataFrame:
    """Distances and values of one file."""
    table = readers.read_table(path, {"r_m": [distance]} | {v: [k] for k, v in values.items()})
    r = table.number("r_m")
    if not (r > 0).all():
        raise table.error("r_m", ~(r > 0), "is no distance in metres > 0: correct the file")
    later = r.diff().fillna(1.0) > 0
    if not later.all():
        raise table.error("r_m", ~later, "is no more than the one before: sort the bins")
    numbers = {name: table.number(name, low=0) for name in values.values()}
    return pd.DataFrame({"r_m": r} | numbers).reset_index(drop=True)


def _cities(paths: Mapping[str, Path]) -> pd.DataFrame:
    """Columns of the ``.npy`` files side by side, though no row is a city."""
    given = {column: paths[role] for role, column in CITY_ROLES.items() if role in paths}
    columns = {column: _numbers(path) for column, path in given.items()}
    table = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
    return table.reindex(columns=[*CITY_COLUMNS]).astype(float)


def _numbers(path: Path) -> np.ndarray:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    try:
        values = np.load(path, allow_pickle=False)
    except _DAMAGE as error:
        raise ValueError(
            f"{path}: cannot be read as an array of NumPy (.npy, without pickled objects): {error}"
        ) from None
    if not isinstance(values, np.ndarray) or values.ndim != 1 or values.dtype.kind not in "fiu":
        raise ValueError(f"{path}: give one row of numbers, one per town")
    if not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values)))
        raise ValueError(f"{path}: value {row} is {values[row]}: leave out what is not finite")
    return values.astype(float)


def _goodness(path: Path, case: str) -> dict[str, Note]:
    """The authors' distance and p-value; the file repeats them for three rival laws."""
    table = readers.read_table(path, {"ks": ["ks"], "p": ["p"]})
    return {
        f"authors' KS of {case}": float(table.number("ks", low=0, high=1).iloc[0]),
        f"authors' p of {case}": float(table.number("p", low=0, high=1).iloc[0]),
    }
