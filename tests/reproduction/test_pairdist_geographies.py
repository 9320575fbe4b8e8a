"""Claims P10 and P13 on the real addresses of Bornholm."""

import pytest

from movelaws.pairdist.geographies import study
from movelaws.pairdist.models import models
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import address_table

TOWNS = {"reach_m": 200.0, "min_places": 10, "named": False}


@pytest.fixture(scope="module")
def bornholm(mirror):
    files = {
        "points": mirror / "denmark_bornholm/bornholm_addresses.csv",
        "land": mirror / "denmark_municipalities/municipalities.geojson",
    }
    columns = {"x": "x_utm32", "y": "y_utm32", "place_id": "osm_node_id", "towns_column": "city"}
    return frames.check(address_table.read(files, crs="EPSG:25832", **columns))


def test_one_cost_is_read_in_three_geographies(bornholm):
    settings = {"exponents": [1.0], "moves": 50_000, "joint_moves": 500, "low_m": 10.0}
    found = study(bornholm, **settings, per_decade=20, towns=TOWNS, seed=1)
    table = found.exponents.set_index(["geography", "start", "method"])
    assert found.summary["places"].iloc[0] == 29_811
    for name in ("real", "disk", "uniform"):
        assert table.loc[(name, "pairs", "binned"), "exponent"] == pytest.approx(1, abs=0.02)
        # where each place sends moves, division by the pairs is no longer enough
        assert table.loc[(name, "places", "binned"), "exponent"] < 0.95
    factor = found.bands.set_index(["geography", "low_m"])["factor"]
    assert factor["disk", 10.0] < 1.05 < 1.5 < factor["uniform", 10.0]
    assert factor["uniform", 10_000.0] < 1.1 < 1.5 < factor["disk", 10_000.0]


def test_radiation_and_gravity_cannot_agree(bornholm):
    settings = {"exponent": 1.0, "origins": 2000, "low_m": 10.0, "per_decade": 10}
    found = models(bornholm, **settings, growth_range_m=(30, 500), towns=TOWNS, seed=1)
    row = found.numbers.iloc[0]
    assert row["growth"] == pytest.approx(0.6, abs=0.05)
    assert row["growth"] - row["agreeing_growth"] > 5 * row["growth_spread"]
    assert row["radiation_exponent"] > 2
    assert row["placed_differently_percent"] > 60
