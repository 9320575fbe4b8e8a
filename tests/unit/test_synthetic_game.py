"""The destination choice game planted in raw files comes back from the canonical tables."""

import re
import tarfile

import geopandas
import numpy as np
import openpyxl
import pandas as pd
import pytest

from movelaws import synthetic
from movelaws.game import DestinationChoice
from movelaws.od import build_pairs
from movelaws.synthetic import denmark_moves, flows
from movelaws.synthetic.options import checked_law
from movelaws.synthetic.travel import law_zones
from tests.unit.synthetic_worlds import SMALL, canonical, planted_pairs

GAME = {"model": "DCG", "parameters": {"alpha": 2.2, "beta": 1.2, "gamma": 0.9}}
CASES = {
    "abidjan_d4d": {},
    "china_weibo": {},
    "denmark_moves": {},
    "england_commuting": {"law": GAME},
    "gowalla": {},
    "gowalla, clusters": {"zoning": "clusters", "form": "sample"},
    "gowalla, sample": {"form": "sample"},
    "sf_taxi": {},
    "us_commuting": {"law": GAME},
    "us_migration": {"law": GAME},
}


@pytest.fixture(scope="module", params=CASES)
def case(request, tmp_path_factory):
    """A world with the game planted: its truth and its canonical tables."""
    world, folder = request.param.split(",")[0], tmp_path_factory.mktemp("world")
    options = {**SMALL[world], **CASES[request.param]}
    truth = synthetic.write(world, folder, 3, options)
    return truth, canonical(world, folder, truth, options)


def test_the_adapter_gives_back_every_planted_trip(case):
    truth, tables = case
    assert len(tables.zones) == truth["n_zones"]
    assert len(tables.flows) == truth["n_pairs"]
    assert tables.flows["flow"].sum() == truth["total_flow"]
    assert tables.zones["workplace_population"].sum() == truth["workplace_population"]


def test_the_planted_parameters_are_the_likeliest(case):
    truth, tables = case
    assert truth["law"]["model"] == "DCG"
    planted = truth["law"]["parameters"]
    assert abs(planted["alpha"] - planted["gamma"] - 1) > 0.1
    pairs = planted_pairs(tables, truth, support="all")
    game = DestinationChoice(pairs)

    def log_likelihood(parameters):
        expected = game.flows(**parameters)
        return (pairs.flow * np.log(expected)).sum()

    best = log_likelihood(planted)
    for name, value in planted.items():
        for factor in (0.7, 1.4):
            assert log_likelihood({**planted, name: factor * value}) < best - 5, (name, factor)


def test_what_is_left_is_the_noise_of_a_multinomial_draw(case):
    truth, tables = case
    pairs = planted_pairs(tables, truth, support="all")
    expected = DestinationChoice(pairs).flows(**truth["law"]["parameters"])
    # Flows below 10 are not published by some.
    common = expected > 25
    chi2 = ((pairs.flow - expected) ** 2 / expected)[common].mean()
    assert chi2 == pytest.approx(1, abs=4 * np.sqrt(2 / np.count_nonzero(common)))


def test_outflows_that_are_lowered_share_out_by_their_own_equilibrium():
    rng = np.random.default_rng(2)
    law = checked_law(GAME)
    mass = rng.lognormal(5, 1, 15)
    names = [f"{k:02d}" for k in range(15)]
    zones = law_zones(names, *rng.uniform(0, 5e4, (2, 15)), mass, "EPSG:25832")
    places = zones.assign(place_id=zones["zone_id"])
    wanted, room = np.full(15, 4000.0), 54_000 * mass / mass.sum()
    outflow, share = flows.planted_allocation(law, zones, places, wanted, room)
    assert outflow.sum() < wanted.sum() and (outflow <= wanted).all()
    assert (outflow @ share <= room * (1 + 1e-9)).all()
    origin, destination = np.nonzero(~np.eye(15, dtype=bool))
    trips = pd.DataFrame(
        {
            "origin": np.array(names)[origin],
            "destination": np.array(names)[destination],
            "flow": (outflow[:, None] * share)[origin, destination],
        }
    )
    pairs = build_pairs(zones, trips, places, support="all")
    again = DestinationChoice(pairs).flows(**law.parameters)
    np.testing.assert_allclose(pairs.flow, again, rtol=1e-6)
    free, _ = flows.planted_allocation(law, zones, places, wanted)
    assert (free == wanted).all()


def test_check_in_files_look_as_published(tmp_path):
    synthetic.write("abidjan_d4d", tmp_path, 1, SMALL["abidjan_d4d"])
    log = pd.read_csv(tmp_path / "POS_SAMPLE_0.TSV", sep="\t", names=["user", "time", "antenna"])
    assert log["time"].str.fullmatch(r"2011-1\d-\d\d \d\d:\d\d:\d\d|2012-.*").all()
    assert log.set_index("user")["time"].groupby(level=0).is_monotonic_increasing.all()
    stations = pd.read_csv(tmp_path / "ANT_POS.TSV", sep="\t", names=["antenna", "lon", "lat"])
    assert set(log["antenna"]) == set(stations["antenna"])
    assert stations["lon"].between(-4.5, -3.5).all() and stations["lat"].between(5, 6).all()

    synthetic.write("gowalla", tmp_path, 1, SMALL["gowalla"])
    columns = ["user", "time", "latitude", "longitude", "place"]
    snap = tmp_path / "loc-gowalla_totalCheckins.txt.gz"
    log = pd.read_csv(snap, sep="\t", names=columns)
    assert log["time"].str.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ").all()
    newest_first = log.groupby("user")["time"].apply(lambda t: t.is_monotonic_decreasing)
    assert newest_first.all()
    assert log.groupby("place")[["latitude", "longitude"]].nunique().eq(1).all(axis=None)
    assert (log["longitude"] > 20).sum() > 100


def test_danish_files_look_as_published(tmp_path):
    n = SMALL["denmark_moves"]["municipalities"]
    truth = synthetic.write("denmark_moves", tmp_path, 1, SMALL["denmark_moves"])
    table = pd.read_csv(tmp_path / "fly66_2024_municipality_od.csv")
    assert list(table) == ["orig", "dest", "n"] and len(table) == n * n - 1
    within = table[table["orig"] == table["dest"]]
    assert len(within) == n - 1 and within["n"].eq(0).all()
    layer = geopandas.read_file(tmp_path / "municipalities.geojson")
    assert list(layer.columns[:-1]) == ["lau_1", "label_en", "label_dk", "iso_3166_2"]
    assert len(layer) == truth["parts"] > n and layer.geom_type.eq("Polygon").all()
    assert layer.has_z.all() and layer.crs.to_string() in ("OGC:CRS84", "EPSG:4326")
    assert set(layer["label_dk"]) == set(table["orig"])
    sheet = openpyxl.load_workbook(tmp_path / "FOLK1AM.xlsx")["FOLK1AM"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0].startswith("Befolkningen") and rows[1][0] == "Enhed: Antal"
    month = rows[2].index(denmark_moves.MONTH)
    assert rows[3][0] == "Hele landet" and rows[3][month] == truth["residential_population"]
    assert len(rows) == 4 + 5 + n
    municipal = [row for row in rows[4:] if not row[0].startswith("Region ")]
    assert sum(row[month] for row in municipal) == rows[3][month]


def test_taxi_traces_look_as_published(tmp_path):
    truth = synthetic.write("sf_taxi", tmp_path, 1, SMALL["sf_taxi"])
    with tarfile.open(tmp_path / "cabspottingdata.tar.gz") as archive:
        text = {
            entry.name.removeprefix("cabspottingdata/"): archive.extractfile(entry).read().decode()
            for entry in archive.getmembers()
        }
    listed = re.findall(r'<cab id="([a-z]+)" updates="(\d+)"/>\n', text.pop("_cabs.txt"))
    assert len(listed) == truth["cabs"] == len(text)
    for name, updates in listed:
        lines = text[f"new_{name}.txt"].splitlines()
        assert len(lines) == int(updates)
        assert all(re.fullmatch(r"37\.\d{1,5} -122\.\d{1,5} [01] 12\d{8}", line) for line in lines)
        times = [int(line.split()[3]) for line in lines]
        assert times == sorted(times, reverse=True)


def test_more_taxis_share_the_same_trips(tmp_path):
    few, many = (
        synthetic.write("sf_taxi", tmp_path / str(cabs), 1, SMALL["sf_taxi"] | {"cabs": cabs})
        for cabs in (2, 30)
    )
    assert few["cabs"] == 2 and many["cabs"] == 30
    for key in ("total_flow", "residential_population", "workplace_population"):
        assert few[key] == many[key]
    with pytest.raises(ValueError, match="cabs = 0: must be a whole number from 1 to 5000"):
        synthetic.write("sf_taxi", tmp_path, 1, {"cabs": 0})
