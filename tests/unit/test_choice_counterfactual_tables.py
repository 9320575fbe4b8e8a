"""Tables of a counterfactual: the pivot, the order and limit of the rows, sums and units."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.choice.counterfactual import counterfactual
from tests.unit.counterfactual_world import EVERY, FITTED, N, one, row, run, world

TABLES = ("destinations", "origins", "flows", "summary")


def test_the_pivot_keeps_departures_and_follows_the_model():
    pairs, zones = world()
    result = counterfactual(
        pairs, zones, FITTED, [EVERY["charge"]], largest_changes=N * N, most_flows=N * N
    )
    flows = result.flows
    ratio = flows["observed"] * flows["after"] / flows["before"]
    scaled = flows.groupby("origin")["observed"].transform("sum") / ratio.groupby(
        flows["origin"]
    ).transform("sum")
    np.testing.assert_allclose(flows["pivoted_after"], ratio * scaled, rtol=1e-9)


def test_an_origin_that_only_went_where_it_is_closed_is_spread_as_the_model_says():
    pairs, zones = world()
    flow = np.where((pairs.origin == 0) & (pairs.destination != 3), 0.0, pairs.flow)
    result = counterfactual(
        replace(pairs, flow=flow), zones, FITTED, [EVERY["closed"]], largest_changes=N * N
    )
    from_first = result.flows.query("origin == 'z000'")
    np.testing.assert_allclose(from_first["pivoted_after"], from_first["after"])


def test_origins_without_departures_have_no_utility():
    pairs, zones = world()
    flow = np.where(pairs.origin == 2, 0.0, pairs.flow)
    result = counterfactual(replace(pairs, flow=flow), zones, FITTED, [EVERY["charge"]])
    assert result.origins["utility_change"].isna().to_list() == [i == 2 for i in range(N)]
    assert np.isfinite(result.summary.set_index("quantity").loc["mean utility", "change"])


def test_flows_are_listed_by_size_of_the_change():
    result = run(EVERY["closed"], largest_changes=4, most_flows=3)
    assert result.flows["change"].abs().is_monotonic_decreasing
    assert len(result.flows) <= 7
    every = run(EVERY["closed"], largest_changes=0)
    assert set(every.flows["destination"]) == {"z003"}
    assert every.flows["to_changed_destination"].all()
    assert len(every.flows) == N - 1


def test_the_summary_adds_up():
    result = run(EVERY["closed"])
    row_of = result.summary.set_index("quantity")
    arrivals = row_of.loc["arrivals at changed destinations"]
    assert arrivals["before"] == pytest.approx(row(result.destinations)["before"])
    assert arrivals["after"] == 0
    moved = row_of.loc["travellers who change destination", "after"]
    share = arrivals["before"] / row_of.loc["travellers", "before"]
    assert moved == pytest.approx(share, rel=0.5) and moved >= share - 1e-9
    factor = row_of.loc["equivalent distance factor", "after"]
    assert factor == pytest.approx(np.exp(-row_of.loc["mean utility", "change"] / 1.5))
    assert (row_of.loc["residual", ["before", "after"]].astype(float) < 1e-9).all()


def test_changed_destinations_come_first_then_the_largest_changes():
    result = run(one("charge", 0.4, ["z009", "z003"]))
    table = result.destinations
    assert set(table["zone_id"].head(2)) == {"z003", "z009"}
    for part in (table.head(2), table.iloc[2:]):
        assert part["change"].abs().is_monotonic_decreasing
    assert result.origins["zone_id"].is_monotonic_increasing


def test_the_summary_names_the_unit_of_the_flows():
    units = run().summary.set_index("quantity")["unit"]
    assert (units["travellers"], units["total distance"]) == ("people", "person-km")
    units = run(unit="trips").summary.set_index("quantity")["unit"]
    assert units["travellers"] == units["arrivals at changed destinations"] == "trips"
    assert units["total distance"] == "trips km"


def test_equal_input_gives_equal_tables():
    first, second = run(EVERY["capacity_share"]), run(EVERY["capacity_share"])
    for table in TABLES:
        pd.testing.assert_frame_equal(
            getattr(first, table), getattr(second, table), check_exact=True
        )
