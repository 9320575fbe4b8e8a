"""Interventions from a config: which zones are meant, and what is refused with which words."""

import geopandas as gpd
import numpy as np
import pytest

from movelaws.choice.interventions import check_form, check_interventions

NAMES = ["Texas", "Florida", "Georgia", "Springfield", "Springfield"]
ARRIVALS = np.array([5.0, 9.0, 9.0, 1.0, 2.0])


def zones():
    x, y = [-122.40, -122.41, -122.45, -122.30, -121.0], [37.79, 37.79, 37.79, 37.79, 37.0]
    return gpd.GeoDataFrame(
        {"zone_id": list("abcde"), "name": NAMES, "x": x, "y": y},
        geometry=gpd.points_from_xy(x, y),
        crs="EPSG:4326",
    )


def chosen(selection, **more):
    (found,) = check_interventions(
        [{"destinations": selection, "charge": 0.4, **more}], zones(), ARRIVALS
    )
    return found.destinations.tolist()


def test_zones_are_chosen_in_four_ways():
    assert chosen({"zones": ["d", "a"]}) == [0, 3]
    assert chosen({"names": ["Georgia", "Texas"]}) == [0, 2]
    assert chosen({"largest": 1}) == [1]
    assert chosen({"largest": 3}) == [0, 1, 2]
    assert chosen({"within_km": 1.5, "of": [-122.401, 37.791]}) == [0, 1]


def test_projected_zones_are_measured_on_the_globe():
    projected = zones().to_crs("EPSG:32610")
    projected["x"], projected["y"] = projected.geometry.x, projected.geometry.y
    selection = {"within_km": 1.5, "of": [-122.401, 37.791]}
    (found,) = check_interventions([{"destinations": selection, "closed": True}], projected)
    assert found.destinations.tolist() == [0, 1]
    assert found.amount == np.inf


def test_growth_acts_on_origins():
    (found,) = check_interventions(
        [{"origins": {"names": ["Texas"]}, "outflow_factor": 1.2}], zones()
    )
    assert (found.action, found.amount, found.destinations) == ("outflow_factor", 1.2, None)
    assert found.origins.tolist() == [0]


A = {"zones": ["a"]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"destinations": {"zones": ["q"]}, "charge": 1},
            r"1, destinations, zones: 'q' is unknown",
        ),
        ({"destinations": {"names": ["texas"]}, "charge": 1}, "did you mean 'Texas'"),
        ({"destinations": {"names": ["Xyzzy"]}, "charge": 1}, "there are Texas, Florida"),
        ({"destinations": {"names": ["Springfield"]}, "charge": 1}, "the name of 2 zones"),
        ({"destinations": {"zones": ["a", "a"]}, "charge": 1}, "'a' is listed more than once"),
        ({"destinations": {"zones": []}, "charge": 1}, "give a list of texts"),
        ({"destinations": {"zones": [12]}, "charge": 1}, r"zones = \[12\]: give a list of texts"),
        ({"destinations": {"largest": 6}, "charge": 1}, "there are only 5 zones"),
        ({"destinations": {"largest": 0}, "charge": 1}, "largest = 0: give a whole number > 0"),
        ({"destinations": {"largest": True}, "charge": 1}, "largest = True"),
        (
            {"destinations": {"within_km": 0.01, "of": [-122.5, 37.79]}, "charge": 1},
            r"no zone within 0.01 km of .* nearest is 'c' \(Georgia\) at 4.39 km",
        ),
        ({"destinations": {"within_km": -1, "of": [0, 0]}, "charge": 1}, "give a distance > 0"),
        ({"destinations": {"within_km": 1}, "charge": 1}, "within_km and of belong together"),
        ({"destinations": {"zones": ["a"], "of": [0, 0]}, "charge": 1}, "belong together"),
        ({"destinations": {"within_km": 1, "of": [37, 122]}, "charge": 1}, r"longitude, latitude"),
        ({"destinations": {"within_km": 1, "of": "a"}, "charge": 1}, r"of = 'a'"),
        (
            {"destinations": {"zones": ["a"], "names": ["Texas"]}, "charge": 1},
            "exactly one of zones",
        ),
        ({"destinations": {}, "charge": 1}, "exactly one of zones, names, largest, within_km"),
        ({"destinations": "a", "charge": 1}, "give a mapping with one of zones"),
        (
            {"destinations": {"zone": ["a"]}, "charge": 1},
            "key 'zone' is unknown; did you mean 'zon",
        ),
        ({"destinations": A, "chrage": 1}, "key 'chrage' is unknown; did you mean 'charge'"),
        ({"destinations": A, "qqq": 1}, "key 'qqq' is unknown; there are destinations, origins"),
        ({"destinations": A}, "0 actions .none.: give exactly one of farther"),
        ({"destinations": A, "charge": 1, "closed": True}, "2 actions .charge, closed."),
        ({"destinations": A, "farther": 0}, "farther = 0: give a number > 0"),
        ({"destinations": A, "farther": -2}, "farther = -2: give a number > 0"),
        ({"destinations": A, "farther": "1.5"}, "farther = '1.5'"),
        ({"destinations": A, "farther": float("nan")}, "farther = nan"),
        ({"destinations": A, "charge": True}, "charge = True: give a number"),
        ({"destinations": A, "charge": 0}, "charge = 0: give a number in units of utility"),
        ({"destinations": A, "charge": 1000}, "charge = 1000: .*use closed: true"),
        ({"destinations": A, "charge": -501}, "charge = -501: .*-500 to 500"),
        ({"destinations": A, "farther": 1001}, "farther = 1001: give a number > 0 and at most"),
        ({"destinations": A, "capacity": 10**400}, r"1, capacity = 10+\.\.\. \(401 characters\)"),
        ({"destinations": A, "capacity": 10**5000}, "1, capacity = a number of thousands of d"),
        ({"destinations": A, "capacity_share": 80}, "capacity_share = 80: .*: 0.8, not 80"),
        ({"destinations": A, "attraction_factor": 0}, "attraction_factor = 0: give a number > 0"),
        ({"destinations": A, "attraction_factor": 1e4}, "attraction_factor = 10000.0: give"),
        ({"destinations": A, "origins": A, "attraction_factor": 2}, "only, drop origins"),
        ({"origins": A, "outflow_factor": 1e9}, "outflow_factor = 1000000000.0: give"),
        ({"destinations": A, "closed": False}, "closed = False: give true"),
        ({"destinations": A, "capacity": 0}, "capacity = 0: give a number of people > 0"),
        ({"destinations": A, "capacity_share": -1}, "capacity_share = -1: give a share > 0"),
        ({"origins": A, "outflow_factor": 0}, "outflow_factor = 0: give a number > 0"),
        ({"origins": A, "charge": 1}, "charge: destinations are missing"),
        ({"destinations": A, "outflow_factor": 2}, "outflow_factor: origins are missing"),
        ({"destinations": A, "origins": A, "capacity": 9}, "destinations only, drop origins"),
        ({"destinations": A, "origins": A, "outflow_factor": 2}, "origins only, drop destinations"),
        ("closed", "intervention 1 = 'closed': give a mapping"),
    ],
)
def test_what_cannot_be_meant_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        check_interventions([given], zones(), ARRIVALS)


def test_the_list_itself_and_missing_arrivals():
    with pytest.raises(ValueError, match="give a list of interventions"):
        check_form({"destinations": A, "closed": True})
    with pytest.raises(ValueError, match="largest: needs the observed arrivals of all 5 zones"):
        check_interventions([{"destinations": {"largest": 1}, "closed": True}], zones())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"charge": 1}, {"farther": 2}),
        ({"charge": 1}, {"charge": 1}),
        ({"closed": True}, {"charge": 1}),
        ({"closed": True}, {"capacity": 5}),
        ({"capacity_share": 0.5}, {"capacity": 5}),
        ({"attraction_factor": 2}, {"attraction_factor": 3}),
        ({"closed": True}, {"attraction_factor": 3}),
        ({"closed": True, "origins": {"zones": ["b"]}}, {"farther": 2}),
    ],
)
def test_contradictions_are_refused_wherever_they_meet(first, second):
    both = [
        {"destinations": {"zones": ["a", "b"]}, **first},
        {"destinations": {"names": ["Texas", "Georgia"]}, **second},
    ]
    for given in (both, both[::-1]):
        with pytest.raises(ValueError, match=r"contradict each other on zone 'a' \(Texas\)"):
            check_interventions(given, zones())
    grown = [{"origins": {"zones": ["b", place]}, "outflow_factor": 2} for place in "ac"]
    with pytest.raises(ValueError, match="on zone 'b'"):
        check_interventions(grown, zones())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"charge": 1}, {"capacity": 5}),
        ({"attraction_factor": 2}, {"capacity": 5}),
        ({"attraction_factor": 2}, {"farther": 5}),
        ({"closed": True, "origins": {"zones": ["b"]}}, {"attraction_factor": 5}),
        ({"charge": 1, "origins": {"zones": ["b"]}}, {"charge": 2, "origins": {"zones": ["c"]}}),
        ({"closed": True, "origins": {"zones": ["b"]}}, {"capacity": 5}),
    ],
)
def test_what_can_hold_together_is_allowed(first, second):
    given = [{"destinations": A, **first}, {"destinations": A, **second}]
    growth = {"origins": A, "outflow_factor": 2}
    assert len(check_interventions([*given, growth], zones())) == 3
