"""Raw files of a few zones in the layout of FlowSR, for the tests of its adapter."""

import io
import pickle
import zipfile

import numpy as np
import openpyxl
from pyproj import Geod

from tests.unit.raw_files import read

CODES = [110101, 110102, 120101, 130101]
LON, LAT = [116.40, 116.36, 117.20, 114.50], [39.90, 39.95, 39.10, 38.00]
POP = [1_000_000, 800_000, 500_000, 400_000]
FLOWS = {
    110101: {110102: 500, 120101: 30, 130101: 10},
    110102: {110101: 450.0, 120101: 20},
    120101: {110101: np.float64(40)},
    130101: {110101: np.int64(12), 120101: 5},
}
HEADER = ["province", "city", "county", "level", "code", "lon", "lat", "pop"]


def distances():
    """Nested dictionary of geodesics, km."""
    geod = Geod(ellps="WGS84")
    return {
        a: {
            b: geod.inv(LON[i], LAT[i], LON[j], LAT[j])[2] / 1000
            for j, b in enumerate(CODES)
            if a != b
        }
        for i, a in enumerate(CODES)
    }


def opportunities(people=tuple(POP)):
    """Nested dictionary of the people nearer to the origin than the destination is."""
    d = distances()
    return {
        a: {
            b: float(sum(p for c, p in zip(CODES, people, strict=True) if c in near(d, a, b)))
            for b in d[a]
        }
        for a in d
    }


def near(d, a, b):
    return {c for c in d[a] if d[a][c] < d[a][b]}


def attributes():
    """Header and rows of the workbook of Beijing-Tianjin-Hebei."""
    rows = zip(CODES, LON, LAT, POP, strict=True)
    return [HEADER, *(["P", "C", f"Zone {c}", "county", c, x, y, p] for c, x, y, p in rows)]


def workbook(rows):
    book = openpyxl.Workbook()
    book.active.title = "attr"
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def members(**changed):
    """Members of FlowSR-BTH.zip by role; None leaves one out."""
    made = {
        "flow.pkl": FLOWS,
        "dist.pkl": distances(),
        "io.pkl": opportunities(),
        "attr.xlsx": attributes(),
    }
    made |= {{"attr": "attr.xlsx"}.get(name, f"{name}.pkl"): v for name, v in changed.items()}
    return {
        f"Data/BTH_county_{name}": content_of(name, value)
        for name, value in made.items()
        if value is not None
    }


def content_of(name, value):
    if isinstance(value, bytes):
        return value
    return workbook(value) if name.endswith(".xlsx") else pickle.dumps(value, protocol=4)


def archive(folder, files=None, name="FlowSR-BTH.zip"):
    path = folder / name
    with zipfile.ZipFile(path, "w") as target:
        for member, data in (members() if files is None else files).items():
            target.writestr(member, data)
    return path


def read_bth(folder, options=None, others=None, **changed):
    """Canonical tables of an archive in which some members are changed."""
    path = archive(folder, members(**changed))
    return read("flowsr", {"flows": path} | (others or {}), **(options or {}))
