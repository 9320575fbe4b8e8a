"""Flows within and between census regions, and gravity calibrated on each part."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movelaws.calibrate import calibrate
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.regions import (
    REGIONS,
    TIE,
    Gravity,
    Subset,
    better_gravity,
    distance_bins,
    distance_shares,
    gravity,
    gravity_direction,
    read_census_regions,
    region_rows,
    region_subsets,
    region_totals,
    regions_table,
    zone_regions,
)
from tests.unit.law_world import planted
from tests.unit.random_world import random_pairs

TABLE = Path(__file__).parents[2] / "config" / "published" / "us_census_regions.csv"
STATES = ("36", "19", "40", "06")  # New York, Iowa, Oklahoma, California


@pytest.fixture(scope="module")
def census():
    return read_census_regions(TABLE)


@pytest.fixture(scope="module")
def world():
    """Exponential gravity within regions, power-law gravity between them."""
    part = np.arange(32) % 4
    o = planted(lambda w_i, w_j, d: w_j * np.exp(-0.03 * d), 32)
    other = planted(lambda w_i, w_j, d: w_j / d**1.5, 32)
    within = part[o.zone[o.origin]] == part[o.destination]
    ids = np.array([f"{STATES[i % 4]}{i:03d}" for i in range(32)])
    flow = np.where(within, o.flow, 0.05 * other.flow)
    return Observations(o.names, o.columns, o.start, flow, o.zone, o.destination, ids)


@pytest.fixture(scope="module")
def region(world, census):
    return zone_regions(world.zone_ids, census)


def test_the_official_regions(census):
    assert census.size == 51
    assert census.value_counts().to_dict() == {
        "South": 17,
        "West": 13,
        "Midwest": 12,
        "Northeast": 9,
    }
    expected = {"36": "Northeast", "17": "Midwest", "48": "South", "06": "West", "11": "South"}
    assert census[list(expected)].to_dict() == expected
    parts = pd.read_csv(TABLE, dtype=str).groupby("division")["region"].unique()
    assert parts.map(len).eq(1).all()
    assert len(parts) == 9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("state,region\n01,South\n", "column 'state_fips' is missing"),
        ("state_fips,region\n1,South\n", "state_fips = '1'"),
        ("state_fips,region\n01,South\n01,South\n", "more than once"),
        ("state_fips,region\n01,East\n", "region = 'East'"),
    ],
)
def test_a_broken_table_of_regions_is_named(tmp_path, text, message):
    path = tmp_path / "regions.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_census_regions(path)


def test_a_county_of_no_known_state_is_named(census):
    with pytest.raises(ValueError, match="zone '72001'"):
        zone_regions(np.array(["36001", "72001"]), census)


def test_subsets_are_a_partition_with_outflows_of_their_own(world, region):
    subsets = region_subsets(world, region)
    assert [s[:2] for s in subsets] == [(a, b) for a in REGIONS for b in REGIONS]
    assert sum(s.observations.n_rows for s in subsets) == world.n_rows
    for start, end, part in subsets:
        assert (region[part.zone] == start).all()
        assert (region[part.destination] == end).all()
        i = world.zone.tolist().index(part.zone[0])
        rows = slice(world.start[i], world.start[i + 1])
        into = region[world.destination[rows]] == end
        assert part.outflow[0] == pytest.approx(world.flow[rows][into].sum())


def test_origins_and_regions_without_flow_are_left_out(world, region):
    flow = world.flow.copy()
    flow[world.origin == 0] = 0  # the first origin lies in the Northeast
    flow[region[world.destination] == "West"] = 0
    quiet = Observations(
        world.names, world.columns, world.start, flow, world.zone, world.destination, world.zone_ids
    )
    subsets = region_subsets(quiet, region)
    assert len(subsets) == 12
    assert all((s.observations.outflow > 0).all() for s in subsets)
    totals = region_totals(quiet, region)
    assert len(totals) == 16
    assert totals["flow"].sum() == pytest.approx(flow.sum())
    assert totals["share"].sum() == pytest.approx(1)
    assert (totals.loc[totals["destination_region"] == "West", "flow"] == 0).all()


def test_regions_must_fit_the_zones(world, region):
    with pytest.raises(ValueError, match="region has shape"):
        region_subsets(world, region[:-1])
    with pytest.raises(ValueError, match="region 'East'"):
        region_totals(world, np.where(region == "West", "East", region))


def test_gravity_is_that_of_the_calibration_at_hand():
    pairs = random_pairs(25, seed=2)
    o = planted(lambda w_i, w_j, d: w_j * np.exp(-0.02 * d) / d, 25, seed=2, noise=0.3)
    pairs.flow[:] = o.flow
    found = gravity(o)
    for name, model in (("exponential", "GMExp"), ("power", "GMPow")):
        expected = calibrate(model, pairs, "rmse", interval=None)
        assert found[name].rmse == pytest.approx(expected.rmse, rel=1e-8)
        assert found[name].b == pytest.approx(expected.parameters["b"], rel=1e-4)


def test_gravity_may_grow_with_distance():
    o = planted(lambda w_i, w_j, d: w_j * d**1.2, 25)
    assert gravity(o)["power"].b == pytest.approx(-1.2, rel=1e-6)
    assert gravity(o)["exponential"].b < 0


def rows_of(o):
    return region_rows(Subset("West", "South", o), [parse("w_j / d^2")])[0]


@pytest.mark.parametrize(
    ("law", "better", "direction"),
    [
        (lambda w_i, w_j, d: w_j * d**1.2, "power", "grows"),
        (lambda w_i, w_j, d: w_j * np.exp(0.02 * d), "exponential", "grows"),
        (lambda w_i, w_j, d: w_j / d**1.2, "power", "decays"),
        (lambda w_i, w_j, d: w_j * np.exp(-0.02 * d), "exponential", "decays"),
    ],
)
def test_decay_is_told_from_growth(law, better, direction):
    row = rows_of(planted(law, 25))
    assert (row["better"], row["direction"]) == (better, direction)


def test_flows_without_regard_to_distance_are_flat_and_a_tie():
    row = rows_of(planted(lambda w_i, w_j, d: w_j, 25, noise=0.001))
    assert (row["better"], row["direction"]) == ("tie", "flat")


@pytest.mark.parametrize(
    ("exponential", "power", "better"),
    [
        (1.0, 1.0009, "tie"),
        (1.0009, 1.0, "tie"),
        (1.0, 1.0011, "exponential"),
        (1.0011, 1.0, "power"),
        (0.0, 0.0, "tie"),
        (0.0, 1e-9, "exponential"),
    ],
)
def test_errors_closer_than_the_tolerance_are_equal(exponential, power, better):
    assert TIE == 1e-3
    models = {"exponential": Gravity(0.1, exponential), "power": Gravity(-2.0, power)}
    assert better_gravity(models) == better


def test_the_direction_is_that_of_the_better_model():
    models = {"exponential": Gravity(0.1, 2.0), "power": Gravity(-2.0, 1.0)}
    assert gravity_direction(models, 3.0) == "grows"
    assert gravity_direction(models | {"power": Gravity(-2.0, 2.5)}, 3.0) == "decays"
    assert gravity_direction(models, 1.0009) == "flat"


def test_the_table_tells_the_planted_laws_apart(world, region):
    subsets = region_subsets(world, region)
    laws = {
        s[:2]: [parse("w_j / 1.030454533953517^d"), parse("w_j / d^1.5"), parse("w_j / d")]
        for s in subsets
    }
    table = regions_table(subsets, laws)
    assert len(table) == 48
    assert table["same_as"].tolist() == ["exponential", "power", ""] * 16
    within = table["origin_region"] == table["destination_region"]
    first = table.iloc[::3]
    better_exponential = first["rmse_exponential"] < first["rmse_power"]
    assert better_exponential.equals(within.iloc[::3])
    assert table.loc[within, "exponential_b"].to_numpy() == pytest.approx(0.03, rel=1e-5)
    assert table.loc[~within, "power_b"].to_numpy() == pytest.approx(1.5, rel=1e-5)
    simple = table[table["complexity"] == 3]
    best = simple[["rmse_exponential", "rmse_power"]].min(axis=1)
    np.testing.assert_allclose(simple["better_percent"], 100 * (best / simple["rmse"] - 1))
    assert (simple["better_percent"] < 0).all()


def test_a_subset_without_a_law_is_named(world, region):
    with pytest.raises(ValueError, match="none from Northeast to Northeast"):
        regions_table(region_subsets(world, region), {})


def test_equal_flows_give_equal_distance_shares(world, region):
    subset = region_subsets(world, region)[1]
    edges = distance_bins(world)
    table = distance_shares(subset, 2 * subset.observations.flow, edges)
    np.testing.assert_allclose(table["observed"], table["predicted"])
    width = table["high_km"] - table["low_km"]
    assert (table["observed"] * width).sum() == pytest.approx(1)
    d, flow = subset.observations.columns[2], subset.observations.flow
    row = table.iloc[np.argmax(table["observed"])]
    inside = (d >= row["low_km"]) & (d < row["high_km"])
    expected = flow[inside].sum() / flow.sum() / (row["high_km"] - row["low_km"])
    assert row["observed"] == pytest.approx(expected)
    assert row["low_km"] < row["distance_km"] < row["high_km"]
    assert row["origin_region"] == "Northeast"
    assert row["destination_region"] == "Midwest"


def test_distance_bins_hold_all_distances(world):
    edges = distance_bins(world, per_decade=5)
    d = world.columns[2][world.flow > 0]
    assert edges[0] <= d.min() < edges[1]
    assert edges[-2] <= d.max() < edges[-1]
    np.testing.assert_allclose(edges[1:] / edges[:-1], 10**0.2)


def test_shares_need_flows_and_edges_that_fit(world, region):
    subset: Subset = region_subsets(world, region)[0]
    with pytest.raises(ValueError, match="predicted has shape"):
        distance_shares(subset, np.ones(3), distance_bins(world))
    with pytest.raises(ValueError, match="edges must rise"):
        distance_shares(subset, subset.observations.flow, np.array([2.0, 1.0]))


def test_one_subset_is_enough_for_its_rows(world, region):
    rows = region_rows(region_subsets(world, region)[0], [parse("w_j / d^2")])
    assert rows[0]["n_pairs"] == 8 * 7
    assert rows[0]["expression"] == "w_j / d^2"
