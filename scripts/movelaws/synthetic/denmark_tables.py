"""Tables about synthetic municipalities in the formats of Statistics Denmark."""

import io
import re
from datetime import datetime

import numpy as np
import openpyxl
import pandas as pd

from movelaws.synthetic.denmark_map import REGIONS, Land
from movelaws.synthetic.files import rezipped

_MONTHS = pd.period_range("2023-10", "2024-12", freq="M")
_DAY = datetime(2025, 3, 12)
_TITLE = "Befolkningen den 1. i måneden efter område og tid"


def moves(names: list[str], flow: np.ndarray, capital: int) -> pd.DataFrame:
    """Every ordered pair by name, 0 within a municipality; the capital with itself is missing."""
    order = np.argsort(names)
    pair = np.array([(i, j) for i in order for j in order if not i == j == capital])
    label = np.array(names, dtype=object)
    return pd.DataFrame(
        {"orig": label[pair[:, 0]], "dest": label[pair[:, 1]], "n": flow[tuple(pair.T)]}
    )


def population(rng: np.random.Generator, land: Land, people: np.ndarray, month: str) -> bytes:
    """The workbook: people by area and month, with rows of the country and the regions.

    Parameters
    ----------
    people : (n,) int, residents in ``month``; other months differ by some.
    """
    by_month = {f"{m.year}M{m.month:02d}": m.ordinal for m in _MONTHS}
    since = np.array(list(by_month.values())) - by_month[month]
    trend = np.exp(np.outer(rng.normal(0, 0.002, people.size), since))
    table = np.round(people[:, None] * trend).astype(int)

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "FOLK1AM"
    for row in ([_TITLE], ["Enhed: Antal"], [None, *by_month]):
        sheet.append(row)
    sheet.append(["Hele landet", *table.sum(axis=0).tolist()])
    for number, region in enumerate(REGIONS):
        members = np.flatnonzero(land.region == number)
        sheet.append([f"Region {region}", *table[members].sum(axis=0).tolist()])
        for k in members:
            sheet.append([land.names[k], *table[k].tolist()])
    return _dated(book)


def _dated(book: openpyxl.Workbook) -> bytes:
    """The workbook as saved on a day of its own, whatever the day it is written."""
    out = io.BytesIO()
    book.save(out)
    name = "docProps/core.xml"
    stamp = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
    return rezipped(
        out.getvalue(), {name: lambda old: re.sub(stamp, f"{_DAY:%FT%TZ}".encode(), old)}
    )
