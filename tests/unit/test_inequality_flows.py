"""Tables of flows: both models beside what was observed, and what changes most."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.flows import LEAST, class_table, flow_table, most_changed
from movelaws.od import build_pairs
from tests.unit.inequality_case import built, tables


@pytest.mark.parametrize("model", ["two_class", "linear"])
def test_every_pair_with_any_flow_appears_once_under_its_ids(model):
    case = built(model)
    around = case.surroundings
    zones, flows, places = tables()
    pairs = build_pairs(zones, flows, places, population="residential", support="all")
    expected = pd.DataFrame(
        {
            "origin": pairs.zone_ids[pairs.origin],
            "destination": pairs.zone_ids[pairs.destination],
            "distance_km": pairs.distance_km,
            "flow": pairs.flow.astype(np.int64),
            "standard": around.pairs_order(case.standard()),
            "modified": around.pairs_order(case.modified("flood", 1e-5)[0]),
        }
    ).astype({"origin": str, "destination": str})
    kept = (expected[["flow", "standard", "modified"]] > 0).any(axis=1)
    found = flow_table(case, "flood", 1e-5)
    expected = expected[kept].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.drop(columns="change_percent"), expected)
    # percentages are those of the unrounded flows: at most half a person from the rounded ones
    known = found["standard"] > 100
    rounded = 100 * (found["modified"] / found["standard"] - 1)
    assert np.allclose(found.loc[known, "change_percent"], rounded[known], atol=1.1)
    assert 0 < len(found) < len(kept)
    assert not found.duplicated(["origin", "destination"]).any()


def test_each_kind_of_flow_alone_keeps_a_pair():
    case = built()
    found = flow_table(case, "flood", 1e-3)
    alone = {
        name: (found[name] > 0) & (found.drop(columns=name)[others].max(axis=1) == 0)
        for name, others in {
            "flow": ["standard", "modified"],
            "standard": ["flow", "modified"],
            "modified": ["flow", "standard"],
        }.items()
    }
    assert all(rows.any() for rows in alone.values())
    assert found["flow"].sum() == case.surroundings.flow.sum()
    assert found["standard"].sum() == case.standard().sum()


def test_numbered_zones_keep_their_ids_as_text():
    case = built()
    around = replace(case.surroundings, zone_ids=np.arange(20).astype(object))
    found = flow_table(replace(case, surroundings=around), "flood", 1e-5)
    assert set(found["origin"]) == {str(k) for k in range(20)}


ROWS = [
    # origin, destination, flow, standard, modified, change before rounding
    ("z000", "z001", 0, 40, 20, -50.01),
    ("z001", "z000", 9, 20, 30, 50.0),
    ("z002", "z003", 5, 40, 60, 50.02),  # equal to a tenth, larger
    ("z003", "z002", 1, 100, 0, -99.99),
    ("z004", "z003", 1, 10, 0, -99.999),  # equal to a tenth, smaller
    ("z004", "z005", 7, 1, 3, 200.0),  # rounding makes most of it
    ("z005", "z004", 3, 80, 80, 0.4),  # no change
    ("z000", "z002", 0, 40, 20, -50.02),  # as the first
    ("z006", "z007", 2, 4, 12, 190.0),  # ten people in one of the models
]


@pytest.fixture(scope="module")
def changing():
    case = built()
    shape = np.zeros(20)
    shape[[1, 3]] = 1
    case = replace(case, shapes={"hand": shape})
    columns = ["origin", "destination", "flow", "standard", "modified", "change_percent"]
    flows = pd.DataFrame(ROWS, columns=columns)
    return flows.assign(distance_km=np.arange(9.0)), case


def test_the_largest_percentages_come_first_then_the_larger_flow_then_the_ids(changing):
    found = most_changed(*changing, "hand")
    assert list(zip(found["origin"], found["destination"], strict=True)) == [
        ("z006", "z007"),
        ("z003", "z002"),
        ("z004", "z003"),
        ("z002", "z003"),
        ("z000", "z001"),
        ("z000", "z002"),
        ("z001", "z000"),
    ]
    assert found["change_percent"].tolist() == [190, -99.99, -99.999, 50.02, -50.01, -50.02, 50]
    shuffled = changing[0].sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(most_changed(shuffled, changing[1], "hand"), found)
    pd.testing.assert_frame_equal(
        most_changed(*changing, "hand", number=2), found.head(2), check_exact=True
    )


def test_errors_are_predicted_minus_observed_and_penalised_zones_are_marked(changing):
    found = most_changed(*changing, "hand").set_index(["origin", "destination"])
    row = found.loc[("z003", "z002")]
    assert (row["error_standard"], row["error_modified"]) == (99, -1)
    assert (row["origin_name"], row["destination_name"]) == ("Zone 3", "Zone 2")
    assert row["distance_km"] == 3
    marks = found[["penalised_origin", "penalised_destination"]]
    assert marks.loc[("z003", "z002")].tolist() == [True, False]
    assert marks.loc[("z000", "z001")].tolist() == [False, True]
    assert marks.loc[("z006", "z007")].tolist() == [False, False]


def test_without_any_change_the_table_is_empty(changing):
    flows, case = changing
    same = most_changed(flows.assign(modified=flows["standard"]), case, "hand")
    assert same.empty
    assert "change_percent" in same


def test_what_changes_most_in_a_case_agrees_with_its_table():
    case = built()
    flows = flow_table(case, "either", 1e-4)
    found = most_changed(flows, case, "either")
    assert len(found) == 10
    people = flows[["standard", "modified"]].max(axis=1)
    changed = flows[(people >= LEAST) & (flows["standard"] != flows["modified"])]
    most = np.sort(changed["change_percent"].abs().round(1))[::-1][:10]
    assert np.allclose(found["change_percent"].abs().round(1), most, rtol=1e-12)


def test_classes_are_listed_with_their_values():
    case = built("linear")
    table = class_table(case)
    assert list(table.columns) == [
        "zone_id",
        "name",
        "value_deaths",
        "shape_deaths",
        "value_flood",
        "shape_flood",
        "shape_either",
    ]
    assert (table["value_deaths"] == case.measured["deaths"]).all()
    assert (table["shape_either"] == case.shapes["either"]).all()
    assert table["zone_id"].tolist() == list(case.surroundings.zone_ids)
