"""The real data of paper 3: how many places, moves and bins there are, and where."""

import numpy as np
import pytest

from movelaws.pointsets import adapters
from movelaws.pointsets.adapters.authors_bins import CASES, CITY_ROLES, PARTS, TOWNS

ADDRESSES = "denmark_bornholm/bornholm_addresses.csv"
BUILDINGS = "denmark_bornholm/bornholm_buildings.csv"
MUNICIPALITIES = "denmark_municipalities/municipalities.geojson"
EXTRACT = "denmark_samsoe/samsoe.osm.zip"
FLY66 = {
    "flows": "denmark_moves_2024/fly66_2024_municipality_od.csv",
    "municipalities": MUNICIPALITIES,
    "population": "denmark_moves_2024/FOLK1AM.xlsx",
}
GOWALLA = {
    "checkins": "checkins_gowalla_sample/Gowalla_3_Gowalla_checkins.txt",
    "places": "checkins_gowalla_sample/Gowalla_3_Gowalla_poi_coos.txt",
}
SINGAPORE = {
    "checkins": "checkins_singapore/FourSquare.txt",
    "places": "checkins_singapore/Location.txt",
}
AUSTIN, BAY = [-98.2, 29.9, -97.3, 30.8], [-123.0, 37.0, -121.5, 38.3]
CITIES = {"inside": "pw-exponents_1.npy", "outside": "pw-exponents-2.npy", "radii": "xmins.npy"}


@pytest.fixture(scope="module")
def read(mirror):
    def read(name, files, **options):
        return adapters.read(name, {role: mirror / path for role, path in files.items()}, options)

    return read


def test_bornholm_addresses_and_buildings(read):
    files = {"points": ADDRESSES, "land": MUNICIPALITIES}
    plane = read(
        "address_table", files, x="x_utm32", y="y_utm32", crs="EPSG:25832",
        place_id="osm_node_id", towns_column="city",
    )  # fmt: skip
    assert len(plane.points) == 29_811
    assert plane.points["town"].nunique() == 9  # post districts and one spelling of its own
    # Of the land of all Denmark, the island alone (589 km2), whose drawn coast leaves 74 out.
    assert len(plane.land) == 1 and 580e6 < plane.land.area.sum() < 595e6
    assert plane.notes["places off the land"] == 74
    globe = read("address_table", {"points": ADDRESSES}, x="lon", y="lat", projected_crs=25832)
    apart = globe.points[["x", "y"]].to_numpy() - plane.points[["x", "y"]].to_numpy()
    assert np.abs(apart).max() < 0.01  # the file rounds metres to centimetres
    houses = read("address_table", {"points": BUILDINGS}, x="lon", y="lat", projected_crs=25832)
    assert len(houses.points) == 41_635


def test_samso_addresses_and_buildings(read):
    made = read("osm", {"extract": EXTRACT}, projected_crs="EPSG:25832")
    assert len(made.points) == 4_596
    assert made.points["town"].value_counts().to_dict() == {"Samsø": 4592, "": 4}
    houses = read(
        "osm", {"extract": EXTRACT, "land": MUNICIPALITIES}, what="buildings", projected_crs=25832
    )
    assert len(houses.points) == 5_577 and houses.notes["relations with building left out"] == 31
    assert 105e6 < houses.land.area.sum() < 120e6  # the island has 114 km2


def test_paris_addresses(read):
    made = read("ban", {"addresses": "paris_ban/adresses-75.csv.gz"})
    assert len(made.points) == 158_048 and made.crs == "EPSG:2154"
    assert set(made.points["town"]) == {"Paris"}
    assert "further positions of an address" not in made.notes
    apart = read("ban", {"addresses": "paris_ban/adresses-75.csv.gz"}, town="commune")
    assert apart.points["town"].nunique() == 20


def test_danish_moves_between_municipalities(read):
    made = read("zone_moves", FLY66)
    assert (len(made.points), len(made.moves)) == (99, 8_084)
    assert made.moves["moves"].sum() == 321_396
    assert made.points["weight"].sum() == pytest.approx(5.96e6, rel=0.01)
    assert made.land.area.sum() == pytest.approx(43.0e9, rel=0.01)


@pytest.mark.parametrize(
    ("box", "places", "moves"), [(AUSTIN, 3_763, 41_992), (BAY, 3_697, 25_923)]
)
def test_gowalla_displacements(read, box, places, moves):
    made = read("checkins_moves", GOWALLA, format="sample", box=box)
    assert made.notes["check-ins read"] == 157_251 - 18  # 18 at a place without a position
    assert (len(made.points), made.moves["moves"].sum()) == (places, moves)


def test_singapore_places_and_contacts(read):
    made = read("checkins_moves", SINGAPORE, format="pairs", pairing="covisits")
    assert len(made.points) == 5_596
    assert made.notes["users and places without time"] == 98_258
    # All users have two places or more: their contacts weigh half their number of places.
    assert made.moves["moves"].sum() == pytest.approx(98_258 / 2)


def test_taxi_trips_of_san_francisco(read):
    made = read("taxi_trips", {"traces": "sf_cabspotting/cabspottingdata.tar.xz"})
    assert (made.notes["cabs"], made.notes["points"]) == (537, 11_220_058)
    assert (made.notes["trips"], made.points["weight"].sum()) == (425_910, 780_500)
    assert len(made.points) == 158_398
    # 457 trips begin and end in one cell of 10 m.
    assert made.moves["moves"].sum() == 390_250 - 457


def test_the_authors_bins(mirror):
    folder = mirror / "pair_distribution_published"
    files = {
        f"{case}_{part}": folder / f"{case.replace('_', ' ')}_{part}.csv"
        for case in CASES
        for part in (*PARTS, *(() if case == "dk" else ("test",)))
    }
    files |= {role: folder / name for role, name in CITIES.items()}
    for town in TOWNS:
        files[f"town_{town}_bins"] = folder / f"{town}_piecewise.csv"
        files[f"town_{town}_ratio"] = folder / f"{town}_piecewise_ratio.csv"
    made = adapters.read("authors_bins", files, {})
    sizes = made.bins.groupby("case").size().to_dict()
    assert sizes == {
        "denmark": 99, "france": 99, "houston": 96, "san_francisco": 94, "singapore": 92,
    }  # fmt: skip
    france = made.bins[made.bins["case"] == "france"]
    assert france["moves"].notna().sum() == france["ratio"].notna().sum() == 42
    assert made.bins.loc[made.bins["kind"] == "mass", "case"].unique() == ["houston"]
    assert set(CITY_ROLES) == set(CITIES) and len(made.cities) == 1_367
    means = made.cities.mean()
    assert means["inside"] == pytest.approx(-0.603, abs=5e-4)
    assert means["outside"] == pytest.approx(-2.017, abs=5e-4)
    assert means["radius_m"] == pytest.approx(2849, abs=0.5)
    assert made.cities["radius_m"].nunique() == 46
    # Houston's values are masses per bin: they sum to 1 as they stand.
    houston = made.bins[made.bins["case"] == "houston"]
    assert houston["pairs"].sum() == pytest.approx(1, abs=0.1)
