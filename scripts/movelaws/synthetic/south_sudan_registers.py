"""Monthly registers of movements in a synthetic South Sudan, in the format of IOM DTM.

As in the published workbooks a row counts several groups alike, movements within a county, from
and to Abyei, unknown counties and other countries are listed, and some groups are not, or only in
part, South Sudanese.
"""

from datetime import datetime

import numpy as np
import pandas as pd

from movelaws.synthetic.south_sudan_map import STATES, Land
from movelaws.synthetic.south_sudan_tables import workbook

MONTHS = pd.period_range("2020-01", "2021-12", freq="M")
FILES = {f"register_{m:%Y_%m}": f"DTM_SSD_FMR_summary_{m:%Y%m}.xlsx" for m in MONTHS}
"""File name of each role of the adapter ``south_sudan``."""

VULNERABLE_MONTH = pd.Period("2021-02", freq="M")
"""Month whose register has seven columns more."""

_YEAR_MONTHS = 12
_ABYEI = ("SSD", "Abyei Administrative Area", "SS11", "Abyei Administrative Area", "SS1101")
_UNKNOWN = ("SSD", "Unknown", "Unknown", "Unknown", "Unknown")
_ABROAD = (
    ("UGA", "Unknown", "Unknown", "Unknown", "Unknown"),
    ("KEN", "Unknown", "Unknown", "Unknown", "Unknown"),
    ("SDN", "Kassala", "SD11", "Atbara River", "SD11062"),
    ("CAF", "Haut-Mbomou", "CF63", "Bambouti", "CF632"),
)
_OTHERS = {"within": 0.06, "abyei": 0.02, "unknown": 0.005, "foreigners": 0.02}
_ACROSS = {"Incoming": 0.08, "Outgoing": 0.06, "Transit": 0.005}
"""Rows of other kinds, relative to those that the planted flows give."""

_MIXED = 0.06
_GROUP_SIZE = 2.8
_PLACE = ("country", "adm1", "adm1.pcode", "adm2", "adm2.pcode")
_AGES = ("04", "517", "1859", "60")
_AGE_SHARE = (0.08, 0.15, 0.27, 0.03, 0.07, 0.12, 0.26, 0.02)
_VULNERABLE = {
    "vuln.lactating": 0.03,
    "vuln.pregnant": 0.02,
    "vuln.unaccompanied.female": 0.001,
    "vuln.unaccompanied.male": 0.001,
    "vuln.disability.mental": 0.001,
    "vuln.disability.physical": 0.002,
    "vuln.over60.specneeds": 0.001,
}
_ANSWERS = {
    "habres": ("Yes", "No", "No", "Unknown"),
    "migration": ("No", "No", "No", "Yes", "Unknown"),
    "before": ("<1 Day", "1-7 Days", "8 Days-3 Months", "4-6 Months", "1-5 Years", "Unknown"),
    "after": ("<1 Day", "1-7 Days", "8 Days-3 Months", ">1 Year", "Indefinite", "Unknown"),
    "refugees": ("No", "No", "No", "No", "Yes"),
    "return": ("No", "No", "No", "No", "Voluntary Return", "Possible Voluntary Return"),
    "reason": ("Economic", "Family Related Travel", "Return From Voluntary Travel", "Healthcare"),
    "transport": ("Taxi Or Car", "Bus", "Truck", "Foot", "Motorbike", "Boat"),
}


def registers(rng: np.random.Generator, land: Land, flow: np.ndarray) -> dict[str, bytes]:
    """Workbooks by role.

    Parameters
    ----------
    flow : (n, n) int, individuals of South Sudanese nationality from row to column in two years.
        Each is split between the years as if every individual chose a year by chance, so that one
        year predicts the other as well as the law does; within a year a few rows hold them all.
    """
    n = len(land.codes)
    planted = _planted_rows(rng, flow)
    rows = pd.concat([planted, *_other_rows(rng, n, len(planted))], ignore_index=True)
    rows = rows.sample(frac=1, random_state=rng).sort_values("month", kind="stable")
    table = _columns(rng, land, rows.reset_index(drop=True))
    return {
        role: _register(table[table["interview.month"] == month.to_timestamp()], month)
        for role, month in zip(FILES, MONTHS, strict=True)
    }


def _planted_rows(rng: np.random.Generator, flow: np.ndarray) -> pd.DataFrame:
    origin, destination = np.nonzero(flow)
    first = rng.binomial(flow[origin, destination], 0.5)
    blocks = []
    for year, number in enumerate((first, flow[origin, destination] - first)):
        # A large flow is seen in more than one month; every other digit adds one.
        months = 1 + np.log10(np.maximum(number, 1)).astype(int) // 2
        pair = np.repeat(np.arange(number.size), months)
        part = np.concatenate(
            [rng.multinomial(f, np.full(m, 1 / m)) for f, m in zip(number, months, strict=True)]
        )
        month = year * _YEAR_MONTHS + rng.integers(0, _YEAR_MONTHS, part.size)
        block = {"month": month, "dep": origin[pair], "dest": destination[pair], "nationals": part}
        blocks.append(pd.DataFrame(block)[part > 0])
    rows = pd.concat(blocks).assign(direction="Internal", others=0)
    mixed = rng.random(len(rows)) < _MIXED
    return rows.assign(others=np.where(mixed, rng.integers(1, 4, len(rows)), 0))


def _other_rows(rng: np.random.Generator, n: int, planted: int) -> list[pd.DataFrame]:
    """Rows that are no movement of nationals between counties, so that the adapter drops them."""
    abyei, unknown, abroad = n, n + 1, n + 2

    def rows(part, direction, dep, dest, nationals=True):
        size = max(2, int(part * planted))
        people = 1 + rng.geometric(0.3, size)
        ends = [rng.integers(*place, size) for place in (dep, dest)]
        return pd.DataFrame(
            {
                "month": rng.integers(0, len(MONTHS), size),
                "dep": ends[0],
                "dest": ends[1],
                "nationals": people * nationals,
                "direction": direction,
                "others": 0 if nationals else people,
            }
        )

    county, foreign = (0, n), (abroad, abroad + len(_ABROAD))
    within = rows(_OTHERS["within"], "Internal", county, county)
    return [
        within.assign(dest=within["dep"]),
        rows(_OTHERS["abyei"], "Internal", (abyei, abyei + 1), county),
        rows(_OTHERS["abyei"], "Internal", county, (abyei, abyei + 1)),
        rows(_OTHERS["unknown"], "Internal", (unknown, unknown + 1), county),
        rows(_OTHERS["unknown"], "Internal", county, (unknown, unknown + 1)),
        rows(_OTHERS["foreigners"], "Internal", county, county, nationals=False),
        rows(_ACROSS["Incoming"], "Incoming", foreign, county),
        rows(_ACROSS["Outgoing"], "Outgoing", county, foreign),
        rows(_ACROSS["Transit"], "Transit", foreign, foreign),
    ]


def _columns(rng: np.random.Generator, land: Land, rows: pd.DataFrame) -> pd.DataFrame:
    """All 53 columns, in the order of the workbooks."""
    n, size = len(land.codes), len(rows)
    point = rng.integers(0, n, size)
    corner = np.array([shape.centroid.coords[0] for shape in land.shape]).round(3)
    answer = {name: rng.choice(texts, size) for name, texts in _ANSWERS.items()}
    total = (rows["nationals"] + rows["others"]).to_numpy()
    head = {
        "interview.month": MONTHS.to_timestamp()[rows["month"]],
        "fmp.name": np.array([f"{name} Bus Station" for name in land.names], dtype=object)[point],
        "fmp.latitude": corner[point, 1],
        "fmp.longitude": corner[point, 0],
        "direction": rows["direction"],
    }
    ends = _end(land, rows, "dep") | _end(land, rows, "dest")
    told = {
        "dest.habres": answer["habres"],
        "lmt.migration": answer["migration"],
        "time.atdep": answer["before"],
        "time.atdest": answer["after"],
        "registered.refugees": answer["refugees"],
        "return.relocation": answer["return"],
        "forced.displacement": "No",
        "reason": answer["reason"],
        "reason.subtype": "NA",
        "transport": answer["transport"],
        "groups": np.maximum(1, np.rint(total / _GROUP_SIZE).astype(int)),
        "total.ind": total,
    }
    ages = rng.multinomial(total, _AGE_SHARE).T
    names = [f"{sex}.{age}" for sex in ("female", "male") for age in _AGES]
    frail = {name: rng.binomial(total, part) for name, part in _VULNERABLE.items()}
    people = dict(zip(names, ages, strict=True)) | frail | _nationality(rng, rows)
    return pd.DataFrame(head | ends | told | people)


def _end(land: Land, rows: pd.DataFrame, end: str) -> dict[str, np.ndarray]:
    """Where the groups come from or go to, with the spelling of the registers."""
    state = [STATES[k].replace(" el ", " El ") for k in land.state]
    spelt = [name.replace("Canal-", "Canal/") for name in land.names]
    codes = [f"SS{k + 1:02}" for k in land.state]
    counties = zip(["SSD"] * len(spelt), state, codes, spelt, land.codes, strict=True)
    places = np.array([*counties, _ABYEI, _UNKNOWN, *_ABROAD], dtype=object)[rows[end]]
    # From one month to the next a name is not always written the same way.
    odd = (rows["month"] % 2 == 1).to_numpy() & (places[:, 3] == "Kajo-keji")
    places[odd, 3] = "Kajo-Keji"
    columns = {f"{end}.{name}": places[:, k] for k, name in enumerate(_PLACE)}
    return columns | {f"{end}.iscamp": "No", f"{end}.camp": "NA"}


def _nationality(rng: np.random.Generator, rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """The two nationalities of each row, the more frequent one first."""
    ours, theirs = rows["nationals"].to_numpy(), rows["others"].to_numpy()
    other = rng.choice(["UGA", "SDN", "ERI"], len(rows)).astype(object)
    first = ours >= theirs
    none = np.minimum(ours, theirs) == 0
    return {
        "nationality.first": np.where(first, "SSD", other),
        "nationality.second": np.where(none, "None", np.where(first, other, "SSD")),
        "nationality.third": np.full(len(rows), "None"),
        "nationality.first.ind": np.maximum(ours, theirs),
        "nationality.second.ind": np.minimum(ours, theirs),
        "nationality.third.ind": np.zeros(len(rows), dtype=int),
        "nationality.ssd.ind": ours,
    }


def _register(table: pd.DataFrame, month: pd.Period) -> bytes:
    """One workbook; the name of its first sheet changes in the course of time."""
    if month != VULNERABLE_MONTH:
        table = table.drop(columns=list(_VULNERABLE))
    values = [column.tolist() for _, column in table.items()]
    values[0] = [datetime(month.year, month.month, 1)] * len(table)
    words = [[k, name, "Synthetic"] for k, name in enumerate(table.columns, start=1)]
    title = f"DTM_SSD_FMR_summary_{month:%Y%m}"
    if month.month % 3 == 1:
        title = f"FMR_summary_{month:%B%Y}_public"
    sheets = {
        title: [list(table.columns), *zip(*values, strict=True)],
        "Data Dictionary": [["Index", "Variable name", "Description"], *words],
        "Notes": [["Subject", "Note"], ["Origin", "Drawn from a planted law; no real movement."]],
    }
    return workbook(sheets, (month + 2).to_timestamp().to_pydatetime())
