"""Settlements and population of a synthetic South Sudan, and workbooks that keep their bytes."""

import io
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.packaging.core import DocumentProperties
from openpyxl.xml.functions import tostring

from movelaws.synthetic.files import csv_bytes, rezipped
from movelaws.synthetic.south_sudan_map import (
    ABYEI,
    ABYEI_STATE,
    OLDER_STATE_CODES,
    STATES,
    Land,
)

_PEOPLE = "2019 Baseline Population "
_CHILDREN = "Children <18yrs "
_AGES = {
    "No. male children under 5": 0.08,
    "No. female children under 5": 0.08,
    "No. male children aged 5 - 17 years": 0.19,
    "No. female children aged 5 - 17 years": 0.18,
    "No. male adults aged 18 - 60": 0.20,
    "No. female adults aged 18 - 60": 0.21,
    "No. male adults aged over 60": 0.03,
    "No. female adults aged over 60": 0.03,
}
"""Columns of the age groups and their share of the population."""

_UNNAMED = 5
_KINDS = ("Village", "Village", "Village", "Village", "Town", "IDP", "Primary Town")
_SOURCES = ("VAS", "WFP", "UNMISS, WFP, NBS", "VAS, OCHA COD, NBS")


def workbook(sheets: dict[str, Sequence[Sequence[object]]], day: datetime) -> bytes:
    """Workbook of sheets by name, each a sequence of rows, as saved on a day of its own."""
    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    saved = DocumentProperties(creator="movelaws", created=day, modified=day)
    return rezipped(out.getvalue(), {"docProps/core.xml": lambda _: tostring(saved.to_tree())})


def settlements_table(rng: np.random.Generator, land: Land, places: pd.DataFrame) -> bytes:
    """CSV of the settlements; names of counties are spelt otherwise, or missing, here and there."""
    n = len(places)
    county, state = (
        np.array([*names, abyei], dtype=object)[places["county"]]
        for names, abyei in (
            (land.spelt("settlements"), "Abyei"),
            ([STATES[k] for k in land.state], STATES[ABYEI_STATE]),
        )
    )
    nameless = rng.choice(n, _UNNAMED, replace=False)
    county[nameless], state[nameless] = None, None
    table = pd.DataFrame(
        {
            "OBJECTID": [f"{k:,}" for k in rng.choice(np.arange(200_000, 400_000), n, False)],
            "STATE_NAME": state,
            "COUNTY_NAME": county,
            "SETTLEMENT_NAME": [f"Settlement {k + 1}" for k in rng.permutation(n)],
            "ALTERNATIVE_NAME_1": None,
            "ALTERNATIVE_NAME_2": None,
            "ALTERNATIVE_NAME_3": None,
            "FUNCTIONAL_CLASSIFICATION": rng.choice(_KINDS, n),
            "CONFIDENCE": rng.choice([20, 30, 40, 41, 50, 71, 81], n),
            "DATA_SOURCE": rng.choice(_SOURCES, n),
            "LATITUDE": [f"{y:.14f}" for y in places["latitude"]],
            "LONGITUDE": [f"{x:.14f}" for x in places["longitude"]],
        }
    )
    return csv_bytes(table)


def population_table(rng: np.random.Generator, land: Land, people: np.ndarray) -> bytes:
    """Workbook of the residents, by state and county name, with older codes, Abyei and totals."""
    ages = rng.multinomial(people, list(_AGES.values()))
    table = np.column_stack([people, ages[:, :4].sum(axis=1), ages])
    names = land.spelt("population")
    rows = [
        (int(land.state[k]), names[k], *map(int, table[k]))
        for k in sorted(range(len(names)), key=lambda k: (land.state[k], names[k].lower()))
    ]
    rows.insert(0, (ABYEI_STATE, ABYEI, None, *[0] * (table.shape[1] - 1)))
    total = table.sum(axis=0)
    lines = [["State", "Pcode1", "County", "Pcode2", _PEOPLE, _CHILDREN, *_AGES, None, None]]
    for number, (state, name, *values) in enumerate(sorted(rows, key=lambda row: row[0])):
        older = OLDER_STATE_CODES[state]
        code = 100 * older + number % 17 + 1
        lines.append([STATES[state], older, name, code, *values, None, None])
    lines.append([None] * 4 + total.tolist() + [None] * 2)
    lines.append([None] * 5 + (total[1:] / total[0]).tolist() + [None] * 2)
    return workbook({"SSD Population SADD": [*lines, [None] * 16]}, datetime(2019, 11, 12))
