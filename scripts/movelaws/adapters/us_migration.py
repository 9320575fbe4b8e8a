"""Migration between the states of the United States, IRS Statistics of Income.

Raw files, by role
------------------
flows : ``stateoutflow<yy><yy>.csv`` (Latin-1): y1_statefips (origin), y2_statefips (destination),
    y2_state_name, n1 (returns), n2 (exemptions, about people); -1 is suppressed. Codes above 56
    are totals (96, 97, 98) and abroad (57); the row of a state with itself holds its non-migrants.
capitals : JSON list of {"lon", "lat", "state", "city"} in degrees. Washington, D.C. is added at
    38.9072 N, 77.0369 W where the list lacks it.
"""

import json
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

from movelaws import frames, readers

REQUIRED = ("flows", "capitals")
OPTIONAL = ()

LAST_STATE = 56
WASHINGTON = {"state": "District of Columbia", "lon": -77.0369, "lat": 38.9072}


def read(files: dict[str, Path], *, count: Literal["n1", "n2"] = "n1") -> frames.Canonical:
    """Moves between the 50 states and D.C.; distances are measured between the capitals.

    Parameters
    ----------
    files : paths by role, see the module.
    count : what is counted, "n1" (returns, the 2,498,464 movements of paper 5) or "n2"
        (exemptions).

    Returns
    -------
    Canonical in EPSG:4326, everything in units of ``count``. Workplace population: arrivals from
    other states, the observed attraction A_j of paper 5. Residential population: non-migrants, the
    row of a state with itself (filed from there in both years).
    """
    table = readers.read_table(
        files["flows"],
        {
            "origin": ["y1_statefips"],
            "destination": ["y2_statefips"],
            "name": ["y2_state_name"],
            "flow": [count],
        },
        encoding="latin-1",
    )
    frame = pd.DataFrame(
        {
            "origin": _fips(table, "origin"),
            "destination": _fips(table, "destination"),
            "name": table.frame["name"],
            "flow": table.number("flow", low=-1),
        }
    )
    inside = (frame["origin"].astype(int) <= LAST_STATE) & (
        frame["destination"].astype(int) <= LAST_STATE
    )
    states = frame[inside]
    twice = states.duplicated(["origin", "destination"])
    if twice.any():
        raise table.error(
            "destination", twice.reindex(frame.index, fill_value=False), "occurs twice"
        )
    stayers = states[states["origin"] == states["destination"]].set_index("origin")["flow"]
    moves = states[states["origin"] != states["destination"]]
    notes: dict[str, int | float | str] = {
        "rows of totals and of moves abroad dropped": int((~inside).sum()),
        "suppressed flows counted as 0": int((moves["flow"] < 0).sum()),
        "unit": {"n1": "returns", "n2": "exemptions"}[count],
        "residential_population": "non-migrants",
        "workplace_population": "arrivals from other states",
    }
    moves = moves[moves["flow"] > 0]
    zones = _capitals(files["capitals"], _state_names(moves, files["flows"]), notes)
    arrivals = moves.groupby("destination")["flow"].sum()
    zones["workplace_population"] = zones["zone_id"].map(arrivals).fillna(0.0)
    zones["residential_population"] = zones["zone_id"].map(stayers.where(stayers >= 0))
    return frames.assemble(zones, moves, notes=notes)


def _fips(table: readers.Table, column: str) -> pd.Series:
    code = table.identifier(column)
    wrong = ~code.str.fullmatch(r"\d{1,2}")
    if wrong.any():
        raise table.error(column, wrong, "is no state FIPS code of one or two digits")
    return code.str.zfill(2)


def _state_names(moves: pd.DataFrame, path: Path) -> pd.Series:
    names = moves.drop_duplicates("destination").set_index("destination")["name"].str.strip()
    nameless = sorted(set(moves["origin"]) - set(names.index))
    if nameless:
        raise ValueError(f"{path}: no row moves into state {nameless[0]!r}, so its name is unknown")
    return names


def _capitals(
    path: Path, names: pd.Series, notes: dict[str, int | float | str]
) -> gpd.GeoDataFrame:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        points = {e["state"].casefold(): (float(e["lon"]), float(e["lat"])) for e in entries}
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path}: not a JSON list of objects with state, lon and lat: {error!r}"
        ) from None
    if WASHINGTON["state"].casefold() not in points:
        points[WASHINGTON["state"].casefold()] = (WASHINGTON["lon"], WASHINGTON["lat"])
        notes["capitals added"] = "District of Columbia (38.9072, -77.0369)"
    lost = names[~names.str.casefold().isin(points)]
    if not lost.empty:
        raise ValueError(
            f"{path}: no capital of {lost.iloc[0]!r} ({len(lost)} such states): add it"
        )
    lon, lat = zip(*(points[name] for name in names.str.casefold()), strict=True)
    zones = {"zone_id": names.index, "name": names.to_numpy(), "area_km2": float("nan")}
    frame = pd.DataFrame(zones).assign(x=lon, y=lat)
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
