"""Places that are struck: who still goes there, and which names are understood."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.inequality.allocation import allocate
from movelaws.inequality.many_class import many_class
from movelaws.inequality.standard import standard
from movelaws.inequality.what_if import LARGEST, what_if
from tests.unit.inequality_case import built, square, with_flow

STRUCK = ["Zone 3", "z007", "Zone 11"]
PENALTIES = [1e-7, 1e-5, 1e-3, 1.0, 50.0]


@pytest.fixture(scope="module")
def case():
    return built()


def matrices(case, struck, penalty):
    """Flows before and after, from the exact model for any number of classes."""
    around = case.surroundings
    excess = np.where(np.isin(case.names, struck) | np.isin(around.zone_ids, struck), penalty, 0)
    flows = (
        allocate(p, case.leaving.outflow) for p in (standard(around), many_class(around, excess))
    )
    return [square(around, flow) for flow in flows]


@pytest.mark.parametrize("penalty", PENALTIES)
def test_everybody_arrives_before_and_after(case, penalty):
    found = what_if(case, STRUCK, penalty, "people").destinations
    leaving = case.leaving.outflow.sum()
    assert found[["before", "after"]].sum().to_numpy() == pytest.approx(leaving, rel=1e-12)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_struck_places_lose_arrivals_the_more_the_harder_they_are_struck(case, penalty):
    found, harder = (
        what_if(case, STRUCK, value, "people").destinations.set_index("zone_id")
        for value in (penalty, 2 * penalty)
    )
    hit = found[found["struck"]]
    assert hit.index.sort_values().tolist() == ["z003", "z007", "z011"]
    assert (hit["change"] < 0).all()
    assert (harder.loc[hit.index, "change"] <= hit["change"] * (1 - 1e-12)).all()


def test_an_advantage_draws_people(case):
    found = what_if(case, STRUCK, -1e-4, "people").destinations
    assert (found.loc[found["struck"], "change"] > 0).all()


def test_arrivals_are_those_of_the_exact_model(case):
    before, after = matrices(case, ["Zone 3", "z007", "Zone 11"], 1e-4)
    found = what_if(case, STRUCK, 1e-4, "people").destinations.sort_values("zone_id")
    assert found["before"].to_numpy() == pytest.approx(before.sum(axis=0), rel=1e-9)
    assert found["after"].to_numpy() == pytest.approx(after.sum(axis=0), rel=1e-9)
    change = found["after"] / found["before"] - 1
    assert found["change_percent"].to_numpy() == pytest.approx(100 * change, abs=1e-9)


def test_the_largest_changes_come_first_with_their_names(case):
    before, after = matrices(case, STRUCK, 1e-4)
    flows = what_if(case, STRUCK, 1e-4, "people").flows
    assert len(flows) == min(LARGEST, 20 * 19)
    assert (flows["change"].abs().diff().dropna() <= 0).all()
    assert flows["change"].abs().iloc[0] == pytest.approx(np.abs(after - before).max())
    at = [
        (int(o[1:]), int(d[1:])) for o, d in zip(flows["origin"], flows["destination"], strict=True)
    ]
    assert flows["before"].to_numpy() == pytest.approx([before[k] for k in at], rel=1e-9)
    assert flows["after"].to_numpy() == pytest.approx([after[k] for k in at], rel=1e-9)
    assert flows["origin_name"].tolist() == [f"Zone {o}" for o, _ in at]
    assert flows["destination_name"].tolist() == [f"Zone {d}" for _, d in at]


def test_the_summary_adds_up(case):
    found = what_if(case, STRUCK, 1e-4, "trips")
    facts = found.summary.set_index("quantity")
    before, after = matrices(case, STRUCK, 1e-4)
    value, hit = facts["value"], found.destinations[found.destinations["struck"]]
    assert value["places struck"] == 3
    assert value["delta - 1"] == 1e-4
    assert value["people who move"] == case.surroundings.flow.sum()
    assert value["go elsewhere"] == pytest.approx(np.abs(after - before).sum() / 2)
    assert value["arrivals lost by the places struck"] == pytest.approx(-hit["change"].sum())
    assert value["arrivals of the places struck before"] == pytest.approx(hit["before"].sum())
    distance = square(case.surroundings, case.surroundings.distance_km)
    for when, flow in (("before", before), ("after", after)):
        assert value[f"mean distance {when}"] == pytest.approx((flow * distance).sum() / flow.sum())
    assert facts.loc["go elsewhere", "unit"] == "trips"


@pytest.mark.parametrize("penalty", [1e-4, 0.5, 100.0])
def test_the_only_place_that_is_not_struck_sends_as_before(case, penalty):
    """Its probabilities fall below any float, but all by one factor."""
    all_but_one = [f"z{k:03d}" for k in range(20) if k != 4]
    found = what_if(case, all_but_one, penalty, "people")
    assert found.destinations["after"].sum() == pytest.approx(case.surroundings.flow.sum())
    sent = found.flows[found.flows["origin"] == "z004"]
    assert sent["change"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_people_counted_in_a_place_without_residents_are_left_out():
    zones_empty = built()
    around = zones_empty.surroundings
    mass = around.mass.copy()
    lost = int(np.argmax(around.outflow > 0))
    mass[lost] = 0.0
    inside = np.array(
        [[mass[around.order[i, : around.nearer[i, p]]].sum() for p in range(19)] for i in range(20)]
    )
    empty = replace(zones_empty, surroundings=replace(around, mass=mass, intervening=inside))
    found = what_if(empty, ["Zone 19"], 1e-4, "people")
    moving = around.outflow.sum() - around.outflow[lost]
    assert found.summary.set_index("quantity")["value"]["people who move"] == moving
    assert found.destinations["after"].sum() == pytest.approx(moving)
    assert found.destinations.set_index("zone_id")["change_percent"].isna().sum() == 1


def test_names_and_ids_stand_for_the_same_zones(case):
    by_name = what_if(case, ["Zone 3", "Zone 7"], 1e-4, "people")
    by_id = what_if(case, ["z007", "z003", "Zone 3"], 1e-4, "people")
    assert by_name.destinations.equals(by_id.destinations)


def test_an_id_goes_before_an_equal_name(case):
    names = case.names.copy()
    names[0] = "z003"
    found = what_if(replace(case, names=names), ["z003"], 1e-4, "people").destinations
    assert found.loc[found["struck"], "zone_id"].tolist() == ["z003"]


def test_an_unknown_name_is_answered_with_the_nearest(case):
    with pytest.raises(ValueError, match=r"no zone is called 'zone 13'; nearest: Zone 13, Zone"):
        what_if(case, ["Zone 3", "zone 13"], 1e-4, "people")
    with pytest.raises(ValueError, match="'Khartoum'; nearest: none is near"):
        what_if(case, ["Khartoum"], 1e-4, "people")


def test_a_name_of_several_zones_is_an_error_that_gives_their_ids(case):
    names = case.names.copy()
    names[[2, 9]] = "Twin"
    twins = replace(case, names=names)
    with pytest.raises(ValueError, match=r"'Twin' stands for the zones z002, z009: give the id"):
        what_if(twins, ["Twin"], 1e-4, "people")
    assert what_if(twins, ["z009"], 1e-4, "people").destinations["struck"].sum() == 1
    with pytest.raises(ValueError, match=r"nearest: Twin$"):
        what_if(twins, ["Twim"], 1e-4, "people")


@pytest.mark.parametrize("struck", [[], "Zone 3"])
def test_no_list_of_places_is_an_error(case, struck):
    with pytest.raises(ValueError, match="give a list of one name or more"):
        what_if(case, struck, 1e-4, "people")


def emptied(case, *zones: int):
    """The case without anybody in some zones."""
    around = case.surroundings
    mass = around.mass.copy()
    mass[list(zones)] = 0.0
    inside = [
        [mass[row[:near]].sum() for near in nearer]
        for row, nearer in zip(around.order, around.nearer, strict=True)
    ]
    return replace(case, surroundings=replace(around, mass=mass, intervening=np.array(inside)))


def test_a_scenario_without_effect_is_an_error(case):
    everywhere = [f"z{k:03d}" for k in range(20)]
    with pytest.raises(ValueError, match=r"nothing can change: penalty = 0 is none"):
        what_if(case, STRUCK, 0.0, "people")
    with pytest.raises(ValueError, match="nothing can change: all places with people are struck"):
        what_if(case, everywhere, 1e-4, "people")
    empty = emptied(case, 3, 5)
    with pytest.raises(ValueError, match="nothing can change: nobody lives in the places struck"):
        what_if(empty, ["z003", "Zone 5"], 1e-4, "people")
    with pytest.raises(ValueError, match="nothing can change: all places with people are struck"):
        what_if(empty, [zone for zone in everywhere if zone != "z005"], 1e-4, "people")
    assert what_if(empty, ["z003", "z004"], 1e-4, "people").destinations["struck"].sum() == 2


@pytest.mark.parametrize("penalty", [-1.0, np.nan, np.inf])
def test_a_penalty_that_is_none_is_an_error(case, penalty):
    with pytest.raises(ValueError, match="finite and above -1"):
        what_if(case, STRUCK, penalty, "people")


def test_a_world_in_which_nobody_moves_is_an_error(case):
    still = with_flow(case, np.zeros_like(case.surroundings.flow))
    with pytest.raises(ValueError, match="nobody moves"):
        what_if(still, STRUCK, 1e-4, "people")
