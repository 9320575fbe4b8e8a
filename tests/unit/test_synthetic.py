"""Synthetic worlds: raw files as published, and a pipeline that gives back what was planted."""

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
from movelaws.allocation import MODELS
from movelaws.calibrate import calibrate
from movelaws.od import build_pairs
from movelaws.synthetic import flows, geography, topology, us_profiles
from movelaws.synthetic.states import STATES

SMALL = {
    "us_commuting": {"counties": 40, "states": 3, "commuters": 2_000_000},
    "england_commuting": {"districts": 24, "workers": 1_000_000},
    "us_migration": {"residents": 20_000_000},
}
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


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def canonical(world, folder, truth):
    files = {role: folder / name for role, name in synthetic.load(world).FILES.items()}
    return adapters.read(world, files, truth["adapter_options"])


def planted_pairs(tables, truth, support="observed"):
    return build_pairs(
        tables.zones,
        tables.flows,
        tables.places,
        population=truth["population"],
        support=support,
        circle=MODELS[truth["law"]["model"]].needs_circle,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Each world once, small: folder and truth."""
    worlds = {}
    for name, options in SMALL.items():
        folder = tmp_path_factory.mktemp(name)
        worlds[name] = folder, synthetic.write(name, folder, 1, options)
    return worlds


@pytest.mark.parametrize("world", synthetic.available())
def test_a_seed_makes_the_same_bytes_and_another_seed_other_ones(world, made, tmp_path):
    folder, truth = made[world]
    again = synthetic.write(world, tmp_path / "again", 1, SMALL[world])
    assert contents(tmp_path / "again") == contents(folder)
    assert again == truth
    synthetic.write(world, tmp_path / "other", 2, SMALL[world])
    other = contents(tmp_path / "other")
    assert all(other[name] != data for name, data in contents(folder).items())


@pytest.mark.parametrize("world", synthetic.available())
def test_the_canonical_tables_add_up_to_the_truth(world, made):
    folder, truth = made[world]
    tables = canonical(world, folder, truth)
    assert len(tables.zones) == truth["n_zones"]
    assert len(tables.flows) == truth["n_pairs"]
    assert tables.flows["flow"].sum() == truth["total_flow"]
    for column in ("workplace_population", "residential_population"):
        assert tables.zones[column].sum() == truth[column]
    assert json.loads(json.dumps(truth)) == truth


@pytest.mark.parametrize("world", synthetic.available())
def test_every_role_of_the_adapter_has_its_file(world, made):
    folder, _ = made[world]
    module, adapter = synthetic.load(world), adapters.load(world)
    assert set(adapter.REQUIRED) <= set(module.FILES)
    assert set(module.FILES) <= {*adapter.REQUIRED, *adapter.OPTIONAL}
    written = {*module.FILES.values(), *getattr(module, "EXTRA_FILES", {}).values()}
    assert set(contents(folder)) == written


@pytest.mark.parametrize("world", synthetic.available())
def test_calibration_recovers_the_planted_parameter(world, made):
    folder, truth = made[world]
    pairs = planted_pairs(canonical(world, folder, truth), truth)
    ((name, value),) = truth["law"]["parameters"].items()
    found = calibrate(truth["law"]["model"], pairs, "rmse", interval=None)
    # Pairs without a flow are not observed, which moves the optimum by less than 1 %.
    assert found.parameters[name] == pytest.approx(value, rel=0.01)
    assert found.rmse < 1.5 * np.sqrt(pairs.flow.mean())


def test_with_all_pairs_the_likelihood_is_unbiased(made):
    folder, truth = made["us_commuting"]
    pairs = planted_pairs(canonical("us_commuting", folder, truth), truth, support="all")
    found = calibrate("GMExp", pairs, "poisson", interval=None)
    assert found.parameters["b"] == pytest.approx(0.04, rel=0.005)


@pytest.mark.parametrize("model", ["RM", "IO", "OPS", "PWO"])
@pytest.mark.parametrize("world", ["us_commuting", "england_commuting"])
def test_any_model_can_be_planted_opportunities_and_circles_included(world, model, tmp_path):
    law = {"model": model, "parameters": {"b": 3e-6} if model == "IO" else {}}
    truth = synthetic.write(world, tmp_path, 5, {**SMALL[world], "law": law})
    pairs = planted_pairs(canonical(world, tmp_path, truth), truth)
    planted = calibrate(model, pairs, "rmse", interval=None)
    assert planted.rmse < 1.5 * np.sqrt(pairs.flow.mean())
    assert planted.rmse < 0.2 * calibrate("GMZipf", pairs, "rmse", interval=None).rmse
    assert planted.cpc > 0.95


@pytest.mark.parametrize("world", synthetic.available())
def test_noise_is_added_on_request(world, made, tmp_path):
    folder, truth = made[world]
    noisy = synthetic.write(world, tmp_path, 1, {**SMALL[world], "dispersion": 0.3})
    cpc = [
        calibrate(
            truth["law"]["model"], planted_pairs(canonical(world, f, t), t), interval=None
        ).cpc
        for f, t in ((folder, truth), (tmp_path, noisy))
    ]
    assert cpc[1] < cpc[0] - 0.1


@pytest.mark.parametrize("world", synthetic.available())
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"counties": -3}, r"counties = -3: must be a whole number from 8 to 3000"),
        ({"counties": 40.5}, r"counties = 40.5: must be a whole number"),
        ({"counties": 40, "states": 30}, r"states = 30: must be a whole number from 1 to 10"),
        ({"counties": 40, "commuters": 10}, r"commuters = 10: must be a whole number from 8000"),
        ({"outflow_share": 1.5}, r"outflow_share = 1.5: must be a number from 0.001 to 0.9"),
        ({"dispersion": float("nan")}, r"dispersion = nan: must be a number from 0 to 10"),
        ({"law": {"model": "Gravity"}}, r"law: model = 'Gravity' is unknown; choose one of GMZipf"),
        ({"law": "GMExp"}, r"law = 'GMExp': give a model and its parameters"),
        ({"law": {"model": "GMExp", "b": 1}}, r"law = .*: give a model and its parameters"),
        ({"law": {"model": "GMExp"}}, r"law: GMExp has the parameters \['b'\], got \[\]"),
        (
            {"law": {"model": "GMExp", "parameters": {"b": -1}}},
            r"law: GMExp: b = -1.0 must be positive",
        ),
        (
            {"law": {"model": "GMExp", "parameters": {"b": "fast"}}},
            r"law: could not convert string to float: 'fast'",
        ),
        ({"countries": 3}, r"option 'countries' is unknown; did you mean 'counties'"),
    ],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write("us_commuting", tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()


def test_a_law_that_empties_a_state_is_refused(tmp_path):
    law = {"model": "GMExp", "parameters": {"b": 0.5}}
    with pytest.raises(ValueError, match="nobody moves into"):
        synthetic.write("us_migration", tmp_path, 1, {"law": law})


def test_unknown_worlds_are_named():
    with pytest.raises(ValueError, match="world = 'mars' is unknown; choose one of england"):
        synthetic.load("mars")


def test_outflows_shrink_until_every_destination_has_room():
    share = np.array([[0, 1, 0], [0.5, 0, 0.5], [0.9, 0.1, 0]])
    room = np.array([100.0, 50.0, 80.0])
    outflow = flows.feasible_outflow(np.array([1000, 20, 30]), share, room)
    assert (outflow @ share <= room).all()
    assert outflow[0] < 50 and (outflow <= [1000, 20, 30]).all()
    enough = flows.feasible_outflow(np.array([10, 20, 30]), share, room)
    assert enough.tolist() == [10, 20, 30]


def test_trips_beyond_the_room_stay_at_home():
    flow = np.array([[0, 30], [5, 0], [10, 40]])
    kept, lost = flows.thinned(np.random.default_rng(0), flow, np.array([15, 20]))
    assert kept.sum(axis=0).tolist() == [15, 20] and lost == 50
    assert (kept <= flow).all()


def test_negative_binomial_flows_have_the_asked_variance():
    rng = np.random.default_rng(0)
    drawn = flows.draw_flows(rng, np.full(20_000, 100), np.full((20_000, 1), 1.0), 0.2)
    assert drawn.mean() == pytest.approx(100, rel=0.02)
    assert drawn.var() == pytest.approx(100 + 0.2 * 100**2, rel=0.05)


def test_whole_shares_add_up():
    parts = flows.whole_shares(1001, np.array([1.0, 2.0, 0.0, 4.0]), least=10)
    assert parts.sum() == 1001 and parts.min() == 10
    with pytest.raises(ValueError, match="3 cannot be split into 2 parts of at least 2"):
        flows.whole_shares(3, np.ones(2), least=2)


def test_a_country_is_covered_by_its_zones():
    country = geography.make_country(np.random.default_rng(3), 30, 5, 100.0, islands=2)
    assert country.n_zones == 30 and set(country.zone) == set(range(30))
    assert country.weight.sum() == pytest.approx(1) and (country.weight > 0).all()
    line = topology.borders(country.edges, country.sides, country.zone)
    shapes = topology.polygons(line, country.vertices)
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)
    inside = shapely.contains_xy(np.array(shapes)[country.zone], *country.cells.T)
    assert inside.all()
    hosts = np.unique(country.zone[country.islands])
    assert all(shapes[z].geom_type == "MultiPolygon" for z in hosts)


@pytest.mark.parametrize(("zones", "cells", "radius"), [(3, 5, 1.0), (9, 1, 1.0), (9, 5, 0.0)])
def test_countries_that_are_too_small_are_refused(zones, cells, radius):
    with pytest.raises(ValueError, match=r"at least|positive"):
        geography.make_country(np.random.default_rng(0), zones, cells, radius)


def test_a_zone_within_another_leaves_a_hole():
    grid = [(x, y) for y in range(4) for x in range(4)]
    edges, sides = [], []
    for x in range(4):
        for y in range(3):
            edges.append((grid.index((x, y)), grid.index((x, y + 1))))
            sides.append((y * 3 + x - 1 if x > 0 else -1, y * 3 + x if x < 3 else -1))
            edges.append((grid.index((y, x)), grid.index((y + 1, x))))
            sides.append((x * 3 + y if x < 3 else -1, (x - 1) * 3 + y if x > 0 else -1))
    area = np.zeros(9, int)
    area[4] = 1
    line = topology.borders(np.array(edges), np.array(sides), area)
    outer, inner = topology.polygons(line, np.array(grid, float))
    assert (outer.area, inner.area, len(outer.interiors)) == (8, 1, 1)
    assert len(line.arcs) == 2
