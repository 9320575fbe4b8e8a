"""Flows of Guangdong and Beijing-Tianjin-Hebei in the layout of the authors of paper 2 (FlowSR).

Raw files, by role
------------------
flows : the archive as the authors give it (``FlowSR-BTH.zip``, ``guangdong.zip``; zip or tar), in
    which every other role is found by its published name (see ``_flowsr_files``), or the flows
    alone. Flows, distances and opportunities may each be
    - a pickle (.pkl) of nested dictionaries, ``value[origin][destination]``, plain data only,
    - a square matrix (.npy), whose rows ``zone_numbers`` names,
    - a CSV with o_id, d_id and geodesic_dist, opportunity or flow.
    Flows are movements or commuters; pairs that are absent or 0 were not observed.
distances : between zones, km (option ``distance_unit``).
opportunities_residential, opportunities_workplace : population nearer to the origin than the
    destination is, without both ends (Eqs. 1 and 2), counted like the populations.
zone_numbers : pickle of a dictionary from the row of the matrices to the zone.
attributes : workbook (.xlsx, first sheet) or CSV, one row per zone: its code, residents (pop or
    home_pop; pop_wan counts tens of thousands), workers (work_pop, commuting only), and perhaps
    name, area_km2, lon and lat. Other headers are named in the option ``columns``.
points : table of zone, lon, lat, for attributes without coordinates.
places : attributes of the sub-districts within counties, with county, lon and lat.

The names of files and columns are those of the published scripts (repository urbansci/FlowSR); the
data themselves were not at hand. Without any coordinates the points are reconstructed from the
distances.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd

from movelaws import frames, options
from movelaws.adapters import _flowsr_given as given
from movelaws.adapters import _flowsr_zones as raw
from movelaws.adapters._flowsr_files import OTHER_ROLES, opened
from movelaws.adapters._flowsr_squares import Entries, read_entries, read_numbers, square

REQUIRED = ("flows",)
OPTIONAL = OTHER_ROLES

Columns = Annotated[
    Mapping[str, str],
    options.Rule(
        lambda names: (
            set(names) <= set(raw.HEADERS) and all(isinstance(name, str) for name in names.values())
        ),
        f"headers by column, {', '.join(raw.HEADERS)}, such as {{residents: pop_2019}}",
    ),
]
_KM = {"km": 1.0, "m": 1e-3}


def read(
    files: dict[str, Path],
    *,
    region: Literal["guangdong", "bth"] = "bth",
    level: Literal["county", "subdistrict"] = "county",
    kind: Literal["mobility", "commuting"] = "mobility",
    columns: Columns = {},  # noqa: B006 (never changed)
    crs: str = "EPSG:4326",
    population_unit: options.Positive | None = None,
    opportunity_unit: options.Positive | None = None,
    distance_unit: Literal["km", "m"] = "km",
    min_flow: options.NotNegative = 0.0,
    carry: Literal["needed", "always", "never"] = "needed",
) -> frames.Canonical:
    """Flows between counties or sub-districts, with given distances and opportunities.

    Parameters
    ----------
    files : paths by role, see the module.
    region, level, kind : which of the published cases; Beijing-Tianjin-Hebei (``bth``) has county
        mobility only.
    columns : headers of the attributes that are named otherwise: zone, name, residents, workers,
        area, x, y, and county (of ``places``).
    crs : of the coordinates.
    population_unit : people per unit of the populations; None is 1, or 10,000 for a column whose
        header ends in _wan.
    opportunity_unit : the same for the opportunities; None is that of the populations.
    distance_unit : of the distances given.
    min_flow : smaller flows are left out.
    carry : when given distances and opportunities go into the table of flows as columns, instead
        of being checked only: where they cannot be computed (``needed``), ``always`` or ``never``.

    Returns
    -------
    Canonical: residential population, and for commuting the workplace population. Zones are
    points, places the sub-districts if their attributes are given, else the zones. Opportunities
    are needed where counties have no places, distances where zones have no coordinates.

    Raises
    ------
    ValueError
        Naming the file, the pair or row, the value and the remedy.
    """
    if region == "bth" and (level, kind) != ("county", "mobility"):
        raise ValueError(
            f"region 'bth' has county mobility only, not level={level!r}, kind={kind!r}"
        )
    if carry not in ("needed", "always", "never"):
        raise ValueError(f"carry={carry!r}: give 'needed', 'always' or 'never'")
    notes: dict[str, int | float | str] = {}
    with opened(files, region, level, kind) as paths:
        zones = raw.read_zones(paths, level, kind, columns, population_unit, notes)
        ids = pd.Index(zones["zone_id"])
        numbers = read_numbers(paths["zone_numbers"]) if "zone_numbers" in paths else None
        flows = _flows(read_entries(paths["flows"], numbers), ids, paths, min_flow, notes)
        values = {
            column: square(read_entries(paths[role], numbers), ids, notes)
            for role, column in given.COLUMNS.items()
            if role in paths
        }
        if given.DISTANCE in values:
            values[given.DISTANCE] *= _KM[distance_unit]
        unit = opportunity_unit or zones.attrs["population_unit"]
        for column in set(values) - {given.DISTANCE}:
            values[column] *= unit
        zones, located = raw.located(zones, paths, crs, values.get(given.DISTANCE), region, notes)
        places = raw.read_places(paths, zones, kind, columns, population_unit, located, notes)
        tables = frames.assemble(zones, flows, places, notes)
        return given.held_against(
            tables,
            {column: given.of_pairs(tables, ids, value) for column, value in values.items()},
            {role: paths[role] for role in given.COLUMNS if role in paths},
            carried=given.chosen(carry, values, located, places is not None, level),
            located=located,
        )


def _flows(
    entries: Entries,
    ids: pd.Index,
    paths: Mapping[str, Path],
    min_flow: float,
    notes: dict[str, int | float | str],
) -> pd.DataFrame:
    """Rows origin, destination, flow > 0 between two zones; what is left out is counted."""
    for zone in (entries.origin, entries.destination):
        unknown = ~pd.Index(zone).isin(ids)
        if unknown.any():
            raise entries.error(
                unknown,
                f"has a zone that is not in the attributes ({paths['attributes'].name}): add its "
                "row there, or name the column with the codes: columns: {zone: ...}",
            )
    entries.check_numbers(low=0)
    frame = pd.DataFrame(
        {"origin": entries.origin, "destination": entries.destination, "flow": entries.value}
    )
    within = frame["origin"] == frame["destination"]
    notes["flows within a zone dropped"] = int((within & (frame["flow"] > 0)).sum())
    frame = frame[~within]
    notes["flows of 0 dropped"] = int(frame["flow"].eq(0).sum())
    frame = frame[frame["flow"] > 0]
    if min_flow:
        small = frame["flow"] < min_flow
        notes[f"flows below {min_flow:g} dropped"] = int(small.sum())
        frame = frame[~small]
    leaving = frame["origin"].value_counts()
    notes["origins with one destination"] = int(leaving.eq(1).sum())
    notes["zones that nobody leaves"] = int(len(ids) - len(leaving))
    return frame
