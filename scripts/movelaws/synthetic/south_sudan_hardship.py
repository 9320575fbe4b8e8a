"""Floods and conflict in a synthetic South Sudan: numbers by county, and the two tables of them."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.synthetic.files import csv_bytes
from movelaws.synthetic.flows import whole_shares
from movelaws.synthetic.south_sudan_map import ABYEI, STATES, Land

UNLISTED = 3
"""Counties without a death that the table of deaths leaves out."""

_PART_HIT = 0.35
_APART = 0.8
_FLOOD = ((0.08, 0.3), (0.001, 0.03))
_DEATHS = ((4e-4, 2e-3), (1e-5, 1e-4))
_MONTHS = pd.period_range("2011-08", "2022-12", freq="M")
_COUNTED = ("2020-01", "2021-12")

_FLOOD_DAY = "2020-12-31"
_FLOOD_REASON = "Natural disaster"
_OTHER_ROUNDS = (
    ("2019-06-30", 6, "Conflict", 0.9),
    ("2020-03-30", 7, "No reason for displacement reported", 0.9),
    ("2020-12-31", 10, "Conflict", 0.9),
    ("2021-06-30", 3, "Other reason", 0.2),
    ("2021-09-30", 11, "Conflict", 0.9),
    ("2023-04-30", 14, "Natural disaster", 0.6),
)
"""Day, round, reason and share of the counties of what else the table of displaced people has."""

_COLUMNS = [
    *("id", "operation", "admin0Name", "admin0Pcode", "admin1Name", "admin1Pcode"),
    *("admin2Name", "admin2Pcode", "adminLevel", "numPresentIdpInd", "reportingDate"),
    *("yearReportingDate", "monthReportingDate", "roundNumber", "displacementReason"),
    *("numberMales", "numberFemales", "idpOriginAdmin1Name", "idpOriginAdmin1Pcode"),
    *("assessmentType", "operationStatus"),
]


@dataclass(frozen=True, eq=False)
class Hardship:
    """What happened in each county.

    Attributes
    ----------
    displaced : (n,) int, people displaced by floods, December 2020.
    deaths : (n,) int, conflict deaths, 2020 and 2021.
    people : (n,) int, residents.
    """

    displaced: np.ndarray
    deaths: np.ndarray
    people: np.ndarray

    def variable(self, name: str) -> np.ndarray:
        """(n,) "flood" in percent of the residents, or "conflict" in deaths per 100,000."""
        number, per = {"flood": (self.displaced, 1e2), "conflict": (self.deaths, 1e5)}[name]
        return per * number / self.people


def draw(rng: np.random.Generator, people: np.ndarray, share: float) -> Hardship:
    """Draw floods and conflict that have nothing to do with each other.

    The counties hit hardest are ``share`` of all, and they are the same in absolute numbers and
    relative to the residents, so that it does not matter by which of the two one ranks them. As
    many of them as chance would have are hit by both.
    """
    n = people.size
    hard = max(1, int(np.floor(share * n + 0.5)))
    flooded = rng.permutation(n)
    both = int(np.floor(hard * hard / n + 0.5))
    inside, outside = rng.permutation(flooded[:hard]), rng.permutation(flooded[hard:])
    fought = np.concatenate([inside[:both], outside, inside[both:]])
    fought = np.concatenate([fought[:hard], rng.permutation(fought[hard:])])
    return Hardship(
        displaced=_numbers(rng, people, flooded, hard, *_FLOOD),
        deaths=_numbers(rng, people, fought, hard, *_DEATHS),
        people=people,
    )


def _numbers(rng, people, order, hard, much, little):
    """People concerned: much in the first ``hard`` counties of the order, little in some others."""
    number = np.zeros(people.size, dtype=np.int64)
    first = order[:hard]
    number[first] = np.ceil(people[first] * rng.uniform(*much, hard))
    some = order[hard:][: int(_PART_HIT * people.size)]
    rate = (number[first] / people[first]).min()
    most = _APART * np.minimum(number[first].min(), rate * people[some])
    number[some] = np.minimum(np.ceil(people[some] * rng.uniform(*little, some.size)), most)
    return number


def deaths_table(rng: np.random.Generator, land: Land, deaths: np.ndarray) -> bytes:
    """CSV of deaths by month and county, columns by name, some counties left out.

    Some numbers before and after the two years of the registers are parts of a death, where an
    event was shared among counties.
    """
    quiet = np.flatnonzero(deaths == 0)
    left_out = set(rng.choice(quiet, min(UNLISTED, quiet.size), replace=False).tolist())
    counted = (_COUNTED[0] <= _MONTHS) & (_COUNTED[1] >= _MONTHS)
    even = np.full(counted.sum(), 1 / counted.sum())
    columns = {ABYEI: rng.poisson(0.3, counted.size)}
    for k in sorted(set(range(len(land.names))) - left_out):
        other = rng.poisson(0.4, counted.size) * rng.choice([1.0, 2.5, 4 / 3], counted.size)
        other[counted] = rng.multinomial(deaths[k], even)
        columns[land.names[k]] = other
    table = pd.DataFrame(columns, index=_MONTHS.to_timestamp("M").strftime("%Y-%m-%d"))
    table = table[sorted(table.columns)].rename_axis("").reset_index()
    return csv_bytes(table)


def displacement_table(rng: np.random.Generator, land: Land, displaced: np.ndarray) -> bytes:
    """CSV of displaced people: by country, state and county, for reasons, days and origins."""
    blocks = [_round(rng, land, displaced, _FLOOD_DAY, 10, _FLOOD_REASON)]
    for day, number, reason, part in _OTHER_ROUNDS:
        here = rng.random(displaced.size) < part
        people = np.where(here, np.ceil(rng.lognormal(7.5, 1.2, here.size)), 0).astype(np.int64)
        blocks.append(_round(rng, land, people, day, number, reason))
    table = pd.concat(blocks).sort_values(["adminLevel", "reportingDate"], kind="stable")
    table["id"] = np.where(table["adminLevel"] > 0, rng.permutation(len(table)) + 1500.0, np.nan)
    return csv_bytes(table[_COLUMNS])


def _round(rng, land, people, day, number, reason):
    """Rows of one day and reason, people split by the states that they came from."""
    origin = _origins(rng, land, people)
    state = np.arange(len(STATES))
    rows = [(None, None, k, origin[:, k].sum()) for k in state]
    rows += [
        (s, None, k, origin[land.state == s, k].sum()) for s, k in itertools.product(state, state)
    ]
    rows += [(land.state[c], c, k, origin[c, k]) for c, k in np.ndindex(origin.shape)]
    kept = [_row(land, *row) for row in rows if row[-1] > 0]
    return pd.DataFrame(kept, columns=_COLUMNS).assign(
        reportingDate=f"{day}T00:00:00",
        yearReportingDate=int(day[:4]),
        monthReportingDate=int(day[5:7]),
        roundNumber=number,
        displacementReason=reason,
    )


def _origins(rng, land, people):
    """(n, n_states) int: most of the displaced come from the state that they are in."""
    origin = np.zeros((people.size, len(STATES)), dtype=np.int64)
    for county in np.flatnonzero(people):
        away = int(rng.integers(0, len(STATES))) if rng.random() < 0.3 else land.state[county]
        parts = whole_shares(int(people[county]), np.array([0.8, 0.2]))
        origin[county, land.state[county]] += parts[0]
        origin[county, away] += parts[1]
    return origin


def _row(land, state, county, origin, people):
    return {
        "operation": "Mobility Tracking",
        "admin0Name": "South Sudan",
        "admin0Pcode": "SSD",
        "admin1Name": None if state is None else STATES[state],
        "admin1Pcode": None if state is None else f"SS{state + 1:02}",
        "admin2Name": None if county is None else land.names[county],
        "admin2Pcode": None if county is None else land.codes[county],
        "adminLevel": (state is not None) + (county is not None),
        "numPresentIdpInd": people,
        "idpOriginAdmin1Name": STATES[origin],
        "idpOriginAdmin1Pcode": f"SS{origin + 1:02}",
        "assessmentType": "BA",
        "operationStatus": "Active",
    }
