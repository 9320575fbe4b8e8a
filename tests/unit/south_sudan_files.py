"""Raw files on four counties of South Sudan, Abyei beside them, for the tests of its adapter."""

from datetime import datetime

import geopandas as gpd
from openpyxl import Workbook
from shapely import box

from tests.unit.raw_files import write

COUNTIES = [
    ("SS0102", "Kajo-keji", "Central Equatoria", 31.0, 4.0),
    ("SS0304", "Canal-Pigi", "Jonglei", 31.0, 9.0),
    ("SS0704", "Luakpiny/Nasir", "Upper Nile", 33.0, 8.0),
    ("SS0902", "Raja", "Western Bahr el Ghazal", 25.0, 8.0),
    ("SS0807", "Abyei Region", "Warrap", 28.0, 9.0),
]
REGISTER = [
    "interview.month",
    "fmp.name",
    "direction",
    "dep.adm2.pcode",
    "dest.adm2.pcode",
    "total.ind",
    "nationality.ssd.ind",
]
MOVES = [
    ("Internal", "SS0102", "SS0304", 5, 4),
    ("Internal", "SS0102", "SS0304", 3, 3),
    ("Internal", "SS0902", "SS0704", 2, 2),
    ("Internal", "SS0704", "SS0902", 9, 0),
    ("Internal", "SS0704", "SS0704", 8, 8),
    ("Internal", "SS1101", "SS0704", 7, 7),
    ("Internal", "Unknown", "SS0704", 6, 6),
    ("Incoming", "UG401", "SS0704", 5, 5),
    ("Transit", "Unknown", "UG401", 1, 0),
]
PEOPLE = [
    ("Central Equatoria", 92, "Kajo-Keji", 9206, 1000.5),
    ("Jonglei", 51, "Canal/Pigi", 5105, 2000),
    ("Upper Nile", 71, "Luakpiny/Nasir(Nassir)", 7108, 400),
    ("Warrap", 81, "Abyei Region", 8101, None),
    ("Western Bahr el Ghazal", 83, "Raga", 8301, 100),
    (None, None, None, None, 3500.5),
]
BASELINE = ("State", "Pcode1", "County", "Pcode2", "2019 Baseline Population ")
SETTLEMENTS = (
    "OBJECTID,COUNTY_NAME,LATITUDE,LONGITUDE\n"
    '"1,001",Kajo Keji,4.2,31.2\n2,Kajo-Keji,4.4,31.6\n3,Canal (Khor Fulus),9.5,31.5\n'
    "4,xxx,8.5,33.5\n5,Abyei,9.5,28.5\n6,Canal,9.1,31.1\n7,Raja,9.3,31.3\n"
)
DEATHS = (
    ",Abyei Region,Canal-Pigi,Kajo-keji,Raja\n"
    "2019-12-31,9,9,9,9\n2020-01-31,1,2.5,0,3\n2020-02-29,1,0.5,0,4\n2020-03-31,8,8,8,8\n"
)
DISPLACED = (
    "admin2Name,admin2Pcode,numPresentIdpInd,reportingDate,displacementReason\n"
    ",,70,2020-12-31T00:00:00,Natural disaster\n"
    "Kajo-keji,SS0102,40,2020-12-31T00:00:00,Natural disaster\n"
    "Kajo-keji,SS0102,10,2020-12-31T00:00:00,Natural disaster\n"
    "Kajo-keji,SS0102,99,2020-12-31T00:00:00,Conflict\n"
    "Raja,,20,2020-12-31T00:00:00,Natural disaster\n"
    "Abyei PCA area,SD19001,6,2020-12-31T00:00:00,Natural disaster\n"
    ",,99,2021-05-31T00:00:00,Natural disaster\n"
    "Raja,SS0902,7,2021-11-30T00:00:00,Natural disaster\n"
)


def counties(towns=None):
    towns = COUNTIES if towns is None else towns
    columns = dict(
        zip(("ADM2_PCODE", "ADM2_EN", "ADM1_EN"), zip(*towns, strict=True), strict=False)
    )
    squares = [box(x, y, x + 1, y + 1) for *_, x, y in towns]
    return gpd.GeoDataFrame(columns, geometry=squares, crs="EPSG:4326")


def sheet(path, rows, before=()):
    book = Workbook()
    for title in before:
        book.create_sheet(title, 0).append(["Index", "Variable name"])
    for row in rows:
        book.worksheets[-1].append(row)
    book.save(path)
    return path


def register(path, month="2020-01", moves=MOVES, header=None):
    day = datetime.strptime(f"{month}-01", "%Y-%m-%d")
    rows = [(day, "Elegu", *move) for move in moves]
    return sheet(path, [header or REGISTER, *rows])


def raw_files(folder):
    """The required files, the boundaries as a shapefile, and one register."""
    counties().to_file(folder / "adm2.shp")
    parts = {f"boundaries_{end}": folder / f"adm2.{end}" for end in ("shx", "dbf", "prj")}
    return parts | {
        "boundaries": folder / "adm2.shp",
        "settlements": write(folder / "settlements.csv", SETTLEMENTS),
        "population": sheet(folder / "people.xlsx", [BASELINE, *PEOPLE]),
        "register_2020_01": register(folder / "january.xlsx"),
    }
