"""Laws of the flows between census regions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.observations import Observations
from movelaws.symbolic.region_search import search_region, search_subset, subsets_from
from movelaws.symbolic.regions import Subset
from tests.unit.law_world import planted

CENSUS = Path(__file__).parents[2] / "config" / "published" / "us_census_regions.csv"
STARTS = (8, 12, 16, 16)


@pytest.fixture(scope="module")
def world():
    """24 counties of New York and California with exponential gravity and some noise."""
    o = planted(lambda w_i, w_j, d: w_j * np.exp(-0.03 * d), 24, noise=0.05)
    ids = np.array([f"{('36', '06')[i % 2]}{i:03d}" for i in range(24)])
    kept = o.of_variables(["w_i", "w_j", "d"])
    return Observations(
        kept.names, kept.columns, kept.start, kept.flow, kept.zone, kept.destination, ids
    )


@pytest.fixture(scope="module")
def west(world):
    return search_region(world, CENSUS, "West", 5, 2, STARTS, 1)


def test_flows_out_of_a_region_go_to_those_there_are(world):
    subsets = subsets_from(world, CENSUS, "West")
    assert [s[:2] for s in subsets] == [("West", "Northeast"), ("West", "West")]
    for _, _, flows in subsets:
        assert (flows.zone % 2 == 1).all()
    assert subsets_from(world, CENSUS, "South") == []


def test_each_subset_shows_the_best_law_that_is_short(west):
    laws, _ = west
    shown = laws[laws["shown"]]
    assert len(shown) == 2
    assert (shown["same_as"] == "exponential").all()
    assert shown["better_percent"].abs().max() < 1e-3
    for _, rows in laws.groupby("destination_region"):
        assert rows["complexity"].is_monotonic_increasing
        assert (np.diff(rows["rmse"]) < 0).all()
    assert (laws["rmse_exponential"] < laws["rmse_power"]).all()


def test_distances_are_those_of_the_law_shown(west):
    _, distances = west
    width = distances["high_km"] - distances["low_km"]
    for name in ("observed", "predicted"):
        total = (distances[name] * width).groupby(distances["destination_region"]).sum()
        assert total.to_numpy() == pytest.approx(1.0)
    assert np.abs((distances["observed"] - distances["predicted"]) * width).max() < 0.05


def test_a_region_without_zones_has_empty_tables(world):
    laws, distances = search_region(world, CENSUS, "South", 5, 2, STARTS, 1)
    assert laws.empty
    assert distances.empty


def test_origins_with_one_destination_are_predicted_by_any_law(world):
    """Nothing is shared out: no search could tell one law from another."""
    first = np.zeros(world.n_rows, dtype=bool)
    first[world.start[:-1]] = True
    laws, distances = search_subset(Subset("West", "South", world.of_pairs(first)), 5, 2, STARTS, 1)
    assert laws["shown"].tolist() == [True]
    assert laws["same_as"].tolist() == [""]
    assert laws["better_percent"].tolist() == [0.0]
    assert distances["observed"].to_numpy() == pytest.approx(distances["predicted"].to_numpy())


def test_a_zone_that_is_no_county_is_named(world):
    strange = Observations(
        *(world.names, world.columns, world.start, world.flow, world.zone, world.destination),
        np.array([f"E{i:04d}" for i in range(24)]),
    )
    with pytest.raises(ValueError, match="'E0000': no census region"):
        search_region(strange, CENSUS, "West", 5, 2, STARTS, 1)


def test_the_tables_come_back_from_their_files(west, tmp_path):
    for table in west:
        table.to_csv(tmp_path / "t.csv", index=False)
        again = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
        pd.testing.assert_frame_equal(again, table)
