"""Adapters of the United States on raw files of a few lines."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook
from shapely import box

from tests.unit.raw_files import flows_of, read, write, zipped_layer


def counties(tmp_path):
    layer = gpd.GeoDataFrame(
        {"GEOID": ["01001", "01003", "02013", "72001"], "NAME": list("ABCD")},
        geometry=[box(x, 32, x + 1, 33) for x in (-88, -87, -160, -66)],
        crs="EPSG:4269",
    )
    population = (
        "CensusId,State,County,TotalPop,Income,Poverty,Unemployment,Employed\n"
        "1001,Alabama,Autauga,100,51281,12.9,7.6,40\n1003,Alabama,Baldwin,200,,13.4,7.5,90\n"
    )
    return {
        "boundaries": zipped_layer(tmp_path / "cb.zip", layer),
        "population": write(tmp_path / "acs.csv", population),
    }


def commuting_copy(tmp_path, rows):
    table = pd.DataFrame(rows, columns=["OFIPS", "DFIPS", "FLOW"])
    table.to_parquet(tmp_path / "flows.parquet")
    return tmp_path / "flows.parquet"


ROWS = [
    ("01001", "001001", 60.0),
    ("01001", "001003", 8.0),
    ("01003", "001001", 4.0),
    ("01003", "002013", 2.0),
    ("72001", "001001", 2.0),
]


def commuting_workbook(path, rows=ROWS):
    """The layout of the Census Bureau: title, grouped header, codes in three digits, footnotes."""
    book = Workbook()
    sheet = book.active
    for line in ("Table 1. Residence County to Workplace County Commuting Flows", "Universe"):
        sheet.append([line])
    sheet.append([])
    sheet.append(["Residence", None, None, None, "Place of Work", None, None, None, "Flow"])
    place = ["State FIPS Code", "County FIPS Code", "State Name", "County Name"]
    sheet.append([*place, *place, "Workers in Commuting Flow", "Margin of Error"])
    for origin, destination, flow in rows:
        here, there = (
            (origin[:2], origin[2:], "S", "C"),
            (destination[:3], destination[3:], "S", "C"),
        )
        sheet.append([*here, *there, int(flow / 2), 1])
    sheet.append(["01", "001", "S", "C", "303", None, "Mexico", None, 7, 1])
    sheet.append(["Note: about"])
    sheet.append(["Source: somebody"])
    book.save(path)
    return path


def test_the_census_workbook_and_its_doubled_copy_are_the_same_flows(tmp_path):
    files = counties(tmp_path)
    copy = read("us_commuting", files | {"flows": commuting_copy(tmp_path, ROWS)}, flow_divisor=2)
    book = read("us_commuting", files | {"flows": commuting_workbook(tmp_path / "table1.xlsx")})
    assert flows_of(copy) == flows_of(book) == {("01001", "01003"): 4, ("01003", "01001"): 2}
    assert book.notes["flows to workplaces abroad dropped"] == 1
    assert book.notes["footnote rows dropped"] == 2
    for canonical in (copy, book):
        assert canonical.zones["zone_id"].tolist() == ["01001", "01003"]
        assert canonical.zones["name"].tolist() == ["Autauga, Alabama", "Baldwin, Alabama"]
        assert canonical.zones["workplace_population"].tolist() == [32, 4]
        assert canonical.zones["residential_population"].tolist() == [100, 200]
        assert canonical.zones[["x", "y"]].iloc[0].tolist() == [-87.5, 32.5]
        assert canonical.zones.crs == "EPSG:4269"
        assert canonical.notes["flows from or to states outside the study area dropped"] == 2
        assert canonical.notes["commuters within their county"] == 30


def test_states_left_out_are_an_option(tmp_path):
    files = counties(tmp_path) | {"flows": commuting_copy(tmp_path, ROWS)}
    del files["population"]
    canonical = read("us_commuting", files, exclude_states=["02"])
    assert canonical.zones["zone_id"].tolist() == ["01001", "01003", "72001"]
    assert canonical.zones["residential_population"].isna().all()
    with pytest.raises(ValueError, match=r"'exclude_states' = \[2\]: give .* two-digit"):
        read("us_commuting", files, exclude_states=[2])


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        (
            [*ROWS, ("01001", "001003", 2.0)],
            {},
            r"row 6, .* \['01001', '01003'\], which occurs bef",
        ),
        ([("1001", "001003", 2.0)], {}, "row 1, column 'OFIPS': '1001' is no county FIPS code"),
        (
            [("01001", "001003", 3.0)],
            {"flow_divisor": 2},
            "'3' is not a multiple of flow_divisor=2",
        ),
        ([("01001", "001003", 3.0)], {"flow_divisor": 0}, "'flow_divisor' = 0: give a numb"),
        ([("01001", "001005", 3.0)], {}, "'01005' is not in zones"),
    ],
)
def test_wrong_county_flows_are_refused(tmp_path, rows, options, message):
    files = counties(tmp_path) | {"flows": commuting_copy(tmp_path, rows)}
    with pytest.raises(ValueError, match=message):
        read("us_commuting", files, **options)


def test_a_workbook_without_the_header_is_refused(tmp_path):
    book = Workbook()
    book.active.append(["something", "else"])
    book.save(tmp_path / "wrong.xlsx")
    files = counties(tmp_path) | {"flows": tmp_path / "wrong.xlsx"}
    with pytest.raises(ValueError, match="no row of the first sheet's top 30 has the columns"):
        read("us_commuting", files)


def test_counties_carry_their_attributes_and_no_flows(tmp_path):
    gini = "GEO.id,GEO.id2,HD01_VD01,HD02_VD01\nId,Id2,Estimate; Gini,Margin\nx,01001,0.42,0.01\n"
    jobs = "GEO.id,GEO.id2,HC04_EST_VC01\nId,Id2,Unemployment rate\nx,01001,7.6\ny,01003,(X)\n"
    points = "c_id,lat,lon\n1001,32.1,-87.1\n1003,32.2,-86.2\n2013,55,-160\n"
    files = counties(tmp_path) | {
        "gini": write(tmp_path / "g.csv", gini),
        "employment": write(tmp_path / "e.csv", jobs, "latin-1"),
        "internal_points": write(tmp_path / "p.csv", points),
    }
    canonical = read("us_counties", files)
    assert canonical.zones_only and canonical.flows.empty
    first, second = (row for _, row in canonical.zones.iterrows())
    assert (first["gini"], first["unemployment_s2301_percent"]) == (0.42, 7.6)
    assert (first["income_usd"], first["poverty_percent"], first["employed"]) == (51281, 12.9, 40)
    assert (first["x"], first["y"]) == (-87.1, 32.1)
    assert np.isnan(second["gini"]) and np.isnan(second["income_usd"])
    assert canonical.notes["counties without gini"] == 1
    assert canonical.notes["counties without income_usd"] == 1

    write(files["gini"], gini.replace("Id,Id2,Estimate; Gini,Margin\n", ""))
    with pytest.raises(ValueError, match="line 2 must hold the labels"):
        read("us_counties", files)


def test_area_is_that_of_an_equal_area_projection(tmp_path):
    zones = read("us_counties", counties(tmp_path)).zones
    degree = 111.2
    expected = degree * degree * np.cos(np.radians(32.5))
    assert zones["area_km2"].iloc[0] == pytest.approx(expected, rel=0.01)


IRS = """y1_statefips,y2_statefips,y2_state,y2_state_name,n1,n2,AGI
01,97,AL,AL Total Migration-US,9,20,1
01,01,AL,AL Non-migrants,1000,2000,1
01,11,DC,District Of Columbia,7,15,1
11,01,AL,Alabama,3,5,1
1,02,AK,Alaska,-1,-1,-1
02,57,FR,Foreign,4,4,1
02,01,AL,Alabama,2,3,1
11,02,AK,Alaska,6,9,1
"""
CAPITALS = [
    {"lon": -86.3, "lat": 32.4, "state": "Alabama", "city": "Montgomery"},
    {"lon": -134.4, "lat": 58.3, "state": "Alaska", "city": "Juneau"},
]


@pytest.fixture
def irs(tmp_path):
    return {
        "flows": write(tmp_path / "irs.csv", IRS, "latin-1"),
        "capitals": write(tmp_path / "capitals.json", json.dumps(CAPITALS)),
    }


def test_moves_between_states_leave_totals_out_and_count_suppressed_flows(irs):
    canonical = read("us_migration", irs)
    expected = {("01", "11"): 7, ("11", "01"): 3, ("02", "01"): 2, ("11", "02"): 6}
    assert flows_of(canonical) == expected
    assert canonical.notes["suppressed flows counted as 0"] == 1
    assert canonical.notes["rows of totals and of moves abroad dropped"] == 2
    zones = canonical.zones.set_index("zone_id")
    assert zones["workplace_population"].tolist() == [5, 6, 7]
    assert zones.loc["01", "residential_population"] == 1000
    assert zones.loc["11", ["x", "y"]].tolist() == [-77.0369, 38.9072]
    assert flows_of(read("us_migration", irs, count="n2"))["01", "11"] == 15


def test_wrong_migration_files_are_refused(irs):
    with pytest.raises(ValueError, match="'count' = 'n3'"):
        read("us_migration", irs, count="n3")
    write(irs["flows"], IRS.replace("11,02,AK", "11,01,AL"))
    with pytest.raises(ValueError, match="line 9, column 'y2_statefips': '01' occurs twice"):
        read("us_migration", irs)
    write(irs["flows"], IRS)
    write(irs["capitals"], json.dumps(CAPITALS[:1]))
    with pytest.raises(ValueError, match=r"no capital of 'Alaska' \(1 such states\): add it"):
        read("us_migration", irs)
    write(irs["capitals"], '{"Alabama": 1}')
    with pytest.raises(ValueError, match="not a JSON list of objects with state, lon and lat"):
        read("us_migration", irs)
