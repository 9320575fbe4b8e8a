"""Raw files of the synthetic worlds of counties, districts and states look as published."""

import csv
import gzip
import json
import zipfile

import geopandas
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from movelaws import adapters, synthetic
from movelaws.synthetic import us_profiles
from movelaws.synthetic.states import STATES
from tests.unit.synthetic_worlds import canonical, contents, made_in

WORLDS = ("england_commuting", "us_commuting", "us_migration")
PUBLISHED_COLUMNS = {
    "wu01ew_lad_pairs_union.csv": "from,to,value",
    "wu01ew_msoa_pairs_union.csv.gz": "from,to,value",
    "lad11_usual_residents_2011.csv": "areacd,areanm,usual_residents_2011",
    "lad11_metadata.csv": "areacd,areanm,xmin,ymin,xmax,ymax",
    "msoa11_metadata.csv": "areacd,areanm,parentcd,xmin,ymin,xmax,ymax",
    "lad11_data.csv": (
        "areacd,resident,workday,home,within,to1cd,to1,to2cd,to2,to3cd,to3,to4cd,to4,to5cd,to5,"
        "from1cd,from1,from2cd,from2,from3cd,from3,from4cd,from4,from5cd,from5,toother,fromother"
    ),
    "stateoutflow1415.csv": "y1_statefips,y2_statefips,y2_state,y2_state_name,n1,n2,AGI",
    "tiger2015_county_intpt_centroid.csv": "c_id,lat,lon",
    "ACS_15_5YR_B19083_with_ann.csv": "GEO.id,GEO.id2,GEO.display-label,HD01_VD01,HD02_VD01",
    "acs2015_county_data.csv": (
        "CensusId,State,County,TotalPop,Men,Women,Hispanic,White,Black,Native,Asian,Pacific,"
        "Citizen,Income,IncomeErr,IncomePerCap,IncomePerCapErr,Poverty,ChildPoverty,Professional,"
        "Service,Office,Construction,Production,Drive,Carpool,Transit,Walk,OtherTransp,WorkAtHome,"
        "MeanCommute,Employed,PrivateWork,PublicWork,SelfEmployed,FamilyWork,Unemployment"
    ),
}
PUBLISHED_COLUMNS["msoa11_data.csv"] = PUBLISHED_COLUMNS["lad11_data.csv"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_in(tmp_path_factory, WORLDS)


@pytest.mark.parametrize("world", WORLDS)
def test_csv_files_have_the_published_columns(world, made):
    for name, data in contents(made[world][0]).items():
        if name not in PUBLISHED_COLUMNS:
            continue
        text = gzip.decompress(data) if name.endswith(".gz") else data
        assert text.splitlines()[0].decode("latin-1") == PUBLISHED_COLUMNS[name]


def test_us_flows_look_like_the_published_copy(made):
    file = pq.ParquetFile(made["us_commuting"][0] / "commute_data_2011-2015.gz.parquet")
    assert file.metadata.row_group(0).column(0).compression == "GZIP"
    assert file.schema_arrow.names == [
        "...1", "origin.state.name", "origin.county.name", "destination.state.name",
        "destination.county.name", "OFIPS", "DFIPS", "FLOW", "MOE",
    ]  # fmt: skip
    table = file.read().to_pandas()
    assert table["OFIPS"].str.fullmatch(r"\d{5}").all()
    assert table["DFIPS"].str.fullmatch(r"0\d{5}").all()
    assert (table[["FLOW", "MOE"]] % 2 == 0).all(axis=None)
    assert (table[["FLOW", "MOE"]] > 0).all(axis=None)
    assert {"02", "15"} < set(table["OFIPS"].str[:2])
    assert (table["OFIPS"] == table["DFIPS"].str[1:]).any()
    assert table["origin.county.name"].str.match(r"Synthetic .* County$").all()


def test_us_boundaries_are_a_shapefile_without_projection(made):
    path = made["us_commuting"][0] / "cb_2016_us_county_500k.zip"
    parts = zipfile.ZipFile(path).namelist()
    assert sorted(p.rsplit(".")[-1] for p in parts) == ["dbf", "shp", "shx"]
    table = geopandas.read_file(f"zip://{path}")
    assert table.crs is None
    assert list(table.columns[:-1]) == [
        "STATEFP", "COUNTYFP", "COUNTYNS", "AFFGEOID", "GEOID", "NAME", "LSAD", "ALAND", "AWATER",
    ]  # fmt: skip
    assert table.is_valid.all()
    near = table[~table["STATEFP"].isin(["02", "15", "72"])]
    assert len(near) == 40
    west, south, east, north = near.total_bounds
    assert west > -125 and south > 24 and east < -66 and north < 50
    shapes = near.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).area == pytest.approx(near.area.sum(), rel=1e-9)


def test_us_county_tables_keep_their_codes_encodings_and_second_header(made):
    folder, _ = made["us_commuting"]
    profile = (folder / "acs2015_county_data.csv").read_bytes()
    assert b"\r\n" in profile and "Ñandú".encode() in profile
    table = pd.read_csv(folder / "acs2015_county_data.csv")
    assert table["CensusId"].min() < 10_000
    assert table["Income"].isna().sum() == 1
    shares = table[["Drive", "Carpool", "Transit", "Walk", "OtherTransp", "WorkAtHome"]]
    assert shares.sum(axis=1).between(99.9, 100.1).all()
    gini = (folder / "ACS_15_5YR_B19083_with_ann.csv").read_bytes()
    assert "Ñandú".encode("latin-1") in gini and b"Id,Id2,Geography" in gini
    rows = list(csv.reader(gini.decode("latin-1").splitlines()))
    assert [len(row) for row in rows] == [5] * (len(table) + 2)
    employment = (folder / "ACS_15_5YR_S2301_with_ann.csv").read_text(encoding="latin-1")
    header, words, first = list(csv.reader(employment.splitlines()))[:3]
    assert len(header) == len(words) == len(first) == 283
    code = "HC04_EST_VC01"
    assert words[header.index(code)] == "Unemployment rate; Estimate; Population 16 years and over"
    rate = table.set_index("CensusId").loc[int(first[1]), "Unemployment"]
    assert float(first[header.index(code)]) == rate
    assert len(us_profiles.EMPLOYMENT_GROUPS) == 35


def test_the_county_adapter_reads_the_tables_too(made):
    folder, _ = made["us_commuting"]
    world = synthetic.load("us_commuting")
    names = {k: v for k, v in (world.FILES | world.EXTRA_FILES).items() if k != "flows"}
    tables = adapters.read("us_counties", {role: folder / f for role, f in names.items()}, {})
    assert len(tables.zones) == 40
    assert tables.zones["gini"].between(0.2, 0.7).all()


def test_english_codes_and_mergers_occur(made):
    folder, truth = made["england_commuting"]
    districts = pd.read_csv(folder / "wu01ew_lad_pairs_union.csv")
    ends = set(districts["from"]) | set(districts["to"])
    assert {"E09000001", "E09000033", "E06000053", "E06000052"} < ends
    assert {"OD0000001", "OD0000002", "OD0000003", "OD0000004", "N92000002", "S92000003"} < ends
    assert {"E06", "E07", "E08", "E09", "W06"} <= {code[:3] for code in ends}
    assert (districts["value"] < 3).any() and (districts["value"] > 0).all()
    tables = canonical("england_commuting", folder, truth)
    assert tables.notes["districts merged into a neighbour"] == 2
    assert len(tables.places) > 4 * len(tables.zones)
    places = tables.places.groupby("zone_id")["workplace_population"].sum()
    zones = tables.zones.set_index("zone_id")["workplace_population"]
    pd.testing.assert_series_equal(places, zones, check_names=False)


def test_english_districts_are_the_sums_of_their_msoas(made):
    folder, _ = made["england_commuting"]
    parent = pd.read_csv(folder / "msoa11_metadata.csv").set_index("areacd")["parentcd"].to_dict()
    msoas = pd.read_csv(folder / "wu01ew_msoa_pairs_union.csv.gz").replace(
        {"from": parent, "to": parent}
    )
    summed = msoas.groupby(["from", "to"], as_index=False)["value"].sum()
    districts = pd.read_csv(folder / "wu01ew_lad_pairs_union.csv")
    pd.testing.assert_frame_equal(summed, districts)
    totals = pd.read_csv(folder / "lad11_data.csv").set_index("areacd")
    assert (totals["resident"] == districts.groupby("from")["value"].sum()).all()
    sent = totals.filter(regex=r"^to(\d|other)$").sum(axis=1)
    came = totals.filter(regex=r"^from(\d|other)$").sum(axis=1)
    stay = totals["home"] + totals["within"]
    assert (totals["resident"] == stay + sent).all()
    assert (totals["workday"] == stay + came).all()


def test_english_topology_shares_its_arcs(made):
    path = made["england_commuting"][0] / "lad11_bsc.json"
    topology_file = json.loads(path.read_text())
    assert list(topology_file["objects"]) == ["lad"]
    used = []
    for geometry in topology_file["objects"]["lad"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        used += [arc for rings in polygons for ring in rings for arc in ring]
    numbers = np.array(used)
    # Each arc is walked once in each direction, but along the coast in one only.
    assert len(set(used)) == len(used)
    walks = np.bincount(np.where(numbers < 0, ~numbers, numbers))
    assert walks.size == len(topology_file["arcs"])
    assert set(walks) == {1, 2} and (walks == 2).mean() > 0.5
    table = geopandas.read_file(path)
    np.testing.assert_allclose(table.total_bounds, topology_file["bbox"], atol=1e-9)
    assert set(table.geom_type) <= {"Polygon", "MultiPolygon"}
    shapes = table.geometry.make_valid().to_numpy()
    assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum(), rel=1e-6)


def test_migration_has_totals_suppressed_flows_and_no_capital_in_washington(made):
    folder, truth = made["us_migration"]
    table = pd.read_csv(folder / "stateoutflow1415.csv", encoding="latin-1", dtype=str)
    assert {"57", "96", "97", "98"} < set(table["y2_statefips"])
    assert (table["n1"] == "-1").sum() >= truth["suppressed_flows"] > 0
    inner = table[table["y2_statefips"].astype(int) <= 56]
    moves = inner[inner["y1_statefips"] != inner["y2_statefips"]].astype({"n1": int})
    recorded = moves["n1"].where(moves["n1"] > 0, 0).groupby(moves["y1_statefips"]).sum()
    totals = table[table["y2_state_name"].str.endswith("Total Migration-US")]
    gap = totals.set_index("y1_statefips")["n1"].astype(int) - recorded
    assert gap.between(0, 9 * 51).all()
    capitals = json.loads((folder / "us-state-capitals.json").read_text())
    assert len(capitals) == len(STATES) - 1
    assert "District Of Columbia" not in {entry["state"] for entry in capitals}
