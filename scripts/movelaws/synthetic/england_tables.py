"""Tables of synthetic commuting in the formats of the Census 2011 of England and Wales."""

import numpy as np
import pandas as pd

OTHER_PLACES = (
    "N92000002",
    "S92000003",
    "OD0000002",
    "OD0000004",
    "OD0000001",
    "OD0000003",
)
"""Not a district: Northern Ireland, Scotland, offshore, abroad, at home, no fixed place."""

RESIDENT = ("OD0000001", "OD0000003")
"""Those counted as working where they live: at home, and without a fixed place."""

ELSEWHERE = (0.0005, 0.002, 0.001, 0.003)
"""Share of the workers of an MSOA at each of the first four ``OTHER_PLACES``."""

_LISTED = 5
_RESIDENTS_PER_WORKER = (2.0, 2.4)


def pairs(codes: np.ndarray, trips: np.ndarray) -> pd.DataFrame:
    """All flows > 0 as from, to, value, sorted by both codes.

    Parameters
    ----------
    codes : (n,) codes of the areas.
    trips : (n, n + 6) flows to the areas, then to ``OTHER_PLACES``.
    """
    ends = np.concatenate([codes, OTHER_PLACES])
    origin, destination = np.nonzero(trips)
    table = pd.DataFrame(
        {
            "from": np.asarray(codes)[origin],
            "to": ends[destination],
            "value": trips[origin, destination],
        }
    )
    return table.sort_values(["from", "to"], ignore_index=True)


def grouped_pairs(parents: np.ndarray, trips: np.ndarray) -> pd.DataFrame:
    """The same flows summed over the district of each area."""
    codes, member = np.unique(parents, return_inverse=True)
    n = len(parents)
    rows = np.zeros((codes.size, trips.shape[1]), dtype=np.int64)
    np.add.at(rows, member, trips)
    summed = np.zeros((codes.size, codes.size + len(OTHER_PLACES)), dtype=np.int64)
    np.add.at(summed.T, member, rows[:, :n].T)
    summed[:, codes.size :] = rows[:, n:]
    return pairs(codes, summed)


def usual_residents(
    rng: np.random.Generator, codes: np.ndarray, parents: np.ndarray, trips: np.ndarray
) -> np.ndarray:
    """People who live in each district, from its workers."""
    workers = pd.Series(trips.sum(axis=1)).groupby(parents).sum().reindex(codes).to_numpy()
    return np.round(workers * rng.uniform(*_RESIDENTS_PER_WORKER, len(codes))).astype(int)


def totals(flows: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Totals of each area and its five largest flows out and in, as the published ``_data`` files.

    resident counts all who live there, workday those who work there or at home; toother and
    fromother are what the five largest leave.
    """
    at_home = flows[flows["to"] == RESIDENT[0]].set_index("from")["value"]
    own = flows["from"] == flows["to"]
    within = flows[own].set_index("from")["value"]
    between = flows[~own & flows["to"].isin(known)]
    codes = pd.Index(np.unique(flows["from"]), name="areacd")
    table = pd.DataFrame(index=codes)
    table["resident"] = flows.groupby("from")["value"].sum()
    arrivals = between.groupby("to")["value"].sum().reindex(codes, fill_value=0)
    for name, part in (("home", at_home), ("within", within)):
        table[name] = part.reindex(codes, fill_value=0)
    table.insert(1, "workday", arrivals + table["home"] + table["within"])
    outgoing = _largest(between, codes, "from", "to")
    incoming = _largest(between, codes, "to", "from")
    staying = table["home"] + table["within"]
    table = table.join(outgoing).join(incoming)
    table["toother"] = table["resident"] - staying - outgoing.filter(regex=r"\d$").sum(axis=1)
    table["fromother"] = arrivals - incoming.filter(regex=r"\d$").sum(axis=1)
    return table.reset_index()


def _largest(flows: pd.DataFrame, codes: pd.Index, area: str, other: str) -> pd.DataFrame:
    """Code and value of the five largest flows of each area; empty and 0 where there are fewer."""
    ordered = flows.sort_values([area, "value", other], ascending=[True, False, True])
    rank = ordered.groupby(area).cumcount() + 1
    table = pd.DataFrame(index=codes)
    for k in range(1, _LISTED + 1):
        row = ordered[rank == k].set_index(area)
        table[f"{other}{k}cd"] = row[other].reindex(codes, fill_value="")
        table[f"{other}{k}"] = row["value"].reindex(codes, fill_value=0)
    return table
