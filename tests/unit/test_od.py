import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from movelaws.geo import great_circle_km
from movelaws.od import Pairs, build_pairs

IDS = ["A", "B", "C", "D"]
X, Y = [0.0, 10_000.0, 30_000.0, 0.0], [0.0, 0.0, 0.0, 40_000.0]
WORKPLACE, RESIDENTIAL = [10.0, 200.0, 3000.0, 0.0], [1.0, 2.0, 3.0, 4.0]


def zone_table(ids=IDS, x=X, y=Y, crs="EPSG:3035", workplace=WORKPLACE, residential=RESIDENTIAL):
    return geopandas.GeoDataFrame(
        {
            "zone_id": ids,
            "name": ids,
            "residential_population": residential,
            "workplace_population": workplace,
            "x": x,
            "y": y,
        },
        geometry=shapely.points(x, y),
        crs=crs,
    )


def place_table(zones):
    places = zones.drop(columns=["geometry", "name"])
    return pd.DataFrame(places).assign(place_id=zones["zone_id"])


def flow_table(*rows):
    return pd.DataFrame(rows, columns=["origin", "destination", "flow"])


FLOWS = flow_table(("C", "A", 5.0), ("A", "C", 3.0), ("A", "B", 7.0), ("B", "D", 2.0))


def pairs(zones=None, flows=FLOWS, places=None, **options):
    zones = zone_table() if zones is None else zones
    return build_pairs(zones, flows, place_table(zones) if places is None else places, **options)


def _named(table):
    return zip(table.origin.tolist(), table.destination.tolist(), strict=True)


def test_observed_pairs_are_the_recorded_ones_sorted():
    table = pairs()
    assert table.zone_ids.tolist() == IDS
    assert table.start.tolist() == [0, 2, 3, 4, 4]
    assert table.origin.tolist() == [0, 0, 1, 2]
    assert table.destination.tolist() == [1, 2, 3, 0]
    assert table.flow.tolist() == [7, 3, 2, 5]
    assert table.outflow.tolist() == [10, 2, 5, 0]
    assert table.distance_km == pytest.approx([10, 30, np.sqrt(1700), 30])
    assert table.mass.tolist() == WORKPLACE
    assert table.intervening.tolist() == [0, 200, 3010, 200]
    assert table.circle is None
    assert (table.n_zones, table.n_pairs) == (4, 4)


def test_dtypes_are_those_of_compressed_rows():
    table = pairs(circle=True)
    assert table.start.dtype == np.int64
    assert table.destination.dtype == table.origin.dtype == np.int32
    for name in ("flow", "distance_km", "mass", "intervening", "circle"):
        assert getattr(table, name).dtype == np.float64


def test_all_pairs_hold_the_observed_ones_and_zeros():
    observed, everything = pairs(circle=True), pairs(support="all", circle=True)
    assert everything.n_pairs == 12
    assert everything.start.tolist() == [0, 3, 6, 9, 12]
    assert everything.destination.tolist() == [1, 2, 3, 0, 2, 3, 0, 1, 3, 0, 1, 2]
    assert everything.flow.sum() == observed.flow.sum()
    assert everything.outflow.tolist() == observed.outflow.tolist()
    place = {pair: p for p, pair in enumerate(_named(everything))}
    same = [place[pair] for pair in _named(observed)]
    for name in ("flow", "distance_km", "intervening", "circle"):
        assert np.array_equal(getattr(everything, name)[same], getattr(observed, name)), name


def test_the_order_of_the_rows_does_not_matter():
    shuffled = pairs(flows=FLOWS.sample(frac=1, random_state=1))
    assert np.array_equal(shuffled.flow, pairs().flow)
    assert np.array_equal(shuffled.destination, pairs().destination)


def test_the_population_chooses_mass_and_opportunities():
    table = pairs(population="residential")
    assert table.mass.tolist() == RESIDENTIAL
    assert table.intervening.tolist() == [0, 2, 4, 2]


def test_degrees_are_measured_along_the_sphere():
    x, y = [-93.6, -93.7, -94.0, -93.1], [41.6, 42.0, 41.5, 41.5]
    table = pairs(zone_table(x=x, y=y, crs="EPSG:4269"))
    assert table.distance_km[0] == great_circle_km(x[0], y[0], x[1], y[1])


def test_finer_places_count_unless_they_belong_to_either_zone():
    places = pd.DataFrame(
        {
            "place_id": ["a", "b", "b2", "far", "c", "nowhere"],
            "zone_id": ["A", "B", "B", "B", "C", "Z"],
            "x": [1000.0, 5000.0, 9000.0, 90_000.0, 2000.0, 3000.0],
            "y": 0.0,
            "workplace_population": [1.0, 10.0, 100.0, 1000.0, 1e4, 1e5],
            "residential_population": np.nan,
        }
    )
    table = pairs(places=places)
    # A->B, A->C, B->D, C->A
    assert table.intervening.tolist() == [1e4 + 1e5, 110 + 1e5, 1 + 1e4 + 1e5, 110 + 1e5]


def test_a_subset_keeps_rows_of_the_given_origins_only():
    table = pairs(circle=True)
    part = table.subset([2, 0])
    assert part.origin.tolist() == [0, 0, 2]
    assert part.start.tolist() == [0, 2, 2, 3, 3]
    assert part.flow.tolist() == [7, 3, 5]
    for name in ("distance_km", "intervening", "circle"):
        assert np.array_equal(getattr(part, name), getattr(table, name)[[0, 1, 3]])
    assert part.mass is table.mass
    assert part.zone_ids is table.zone_ids
    by_mask = table.subset(np.array([True, False, True, False]))
    assert np.array_equal(by_mask.destination, part.destination)
    assert table.subset([]).n_pairs == 0
    halves = table.subset([0, 3]).n_pairs + table.subset([1, 2]).n_pairs
    assert halves == table.n_pairs


@pytest.mark.parametrize(
    ("origins", "message"),
    [
        ([0, 4], "between 0 and 3"),
        ([-1], "between 0 and 3"),
        ([1, 1], "zone 1 more than once"),
        ([True, False], "mask of 2"),
        ([0.5], "indices or booleans"),
        (["A"], "indices or booleans"),
    ],
)
def test_a_subset_of_unknown_origins_is_an_error(origins, message):
    with pytest.raises(ValueError, match=message):
        pairs().subset(origins)


@pytest.mark.parametrize(
    ("flows", "message"),
    [
        (flow_table(("A", "Q", 1.0), ("Q", "A", 1.0)), "origin 'Q' is not among .*1 unknown zones"),
        (
            flow_table(("A", "Q", 1.0), ("A", "R", 1.0)),
            "destination 'Q'.*2 unknown zones in 2 rows",
        ),
        (flow_table(("A", "B", 1.0), ("A", "B", 2.0)), "'A' -> 'B' appears more than once"),
        (flow_table(("A", "A", 1.0)), "'A' -> 'A'.*drop flows within a zone"),
        (flow_table(("A", "B", -1.0)), "'A' -> 'B' with flow -1.0"),
        (flow_table(("A", "B", 1.0), ("B", "C", np.nan)), "'B' -> 'C' with flow nan"),
        (flow_table(("A", "B", np.inf)), "flow inf"),
    ],
)
@pytest.mark.parametrize("support", ["observed", "all"])
def test_flows_that_cannot_be_right_are_named(flows, message, support):
    with pytest.raises(ValueError, match=message):
        pairs(flows=flows, support=support)


@pytest.mark.parametrize(
    ("zones", "message"),
    [
        (
            zone_table(workplace=[1, np.nan, 1, 1]),
            "zones: workplace_population of zone_id 'B' is nan",
        ),
        (zone_table(workplace=[1, 1, -5, 1]), "zone_id 'C' is -5.0"),
        (zone_table(ids=["A", "B", "C", "B"]), "'B' appears more than once"),
        (zone_table(ids=["A", "B", "C", None]), "zone_id of row 3 is missing"),
        (zone_table(x=[0, np.nan, 1, 2]), r"zones: x\[1\] = nan"),
        (zone_table(crs=None), "crs is missing"),
        (zone_table(crs="EPSG:2263"), "US survey foot"),
        (zone_table(crs="EPSG:4326"), "must be a longitude between -180 and 180"),
    ],
)
def test_zones_that_cannot_be_used_are_named(zones, message):
    with pytest.raises(ValueError, match=message):
        pairs(zones, places=place_table(zone_table()))


@pytest.mark.parametrize("crs", ["EPSG:3035", "EPSG:4326"])
def test_two_zones_at_one_point_are_named(crs):
    x = [0.0, 3.0, 180.0, -180.0] if crs == "EPSG:4326" else [0.0, 3.0, 7.0, 7.0]
    zones = zone_table(x=x, y=[0, 0, 10, 10], crs=crs)
    with pytest.raises(ValueError, match=r"'C' and 'D' have the same point.*2 such pairs.*merge"):
        pairs(zones, support="all")
    assert pairs(zones, flows=flow_table(("A", "B", 1.0))).n_pairs == 1


def test_places_that_cannot_be_used_are_named():
    zones = zone_table()
    places = place_table(zones)
    places.loc[2, "workplace_population"] = np.nan
    with pytest.raises(ValueError, match="places: workplace_population of place_id 'C' is nan"):
        pairs(zones, places=places)
    elsewhere = zones.to_crs("EPSG:4326")
    with pytest.raises(ValueError, match=r"places are in 'WGS 84'.*to_crs"):
        pairs(zones, places=elsewhere)


@pytest.mark.parametrize("option", [{"support": "some"}, {"population": "night"}])
def test_unknown_options_are_named(option):
    name, value = next(iter(option.items()))
    with pytest.raises(ValueError, match=f"{name} = {value!r} is neither"):
        pairs(**option)


def test_tables_without_flows_or_with_one_zone_have_no_pairs():
    assert pairs(flows=flow_table()).n_pairs == 0
    one = zone_table(ids=["A"], x=[1.0], y=[1.0], workplace=[5.0], residential=[5.0])
    assert pairs(one, flows=flow_table(), support="all", circle=True).n_pairs == 0


def test_pairs_of_unequal_length_are_refused():
    good = {
        "zone_ids": np.array(["A", "B"], dtype=object),
        "start": np.array([0, 1, 2]),
        "destination": np.array([1, 0], dtype=np.int32),
        "flow": np.ones(2),
        "distance_km": np.ones(2),
        "mass": np.ones(2),
        "intervening": np.zeros(2),
    }
    assert Pairs(**good).n_pairs == 2
    for name in ("flow", "mass", "intervening", "start", "circle"):
        with pytest.raises(ValueError, match=f"{name} has shape"):
            Pairs(**{**good, name: np.ones(5)})
    with pytest.raises(ValueError, match="start must rise"):
        Pairs(**{**good, "start": np.array([0, 3, 2])})


def test_more_pairs_than_memory_holds_are_refused_before_they_are_made():
    n = 60_000
    line = np.arange(n, dtype=float)
    many = zone_table([str(i) for i in range(n)], line, line, workplace=line, residential=line)
    with pytest.raises(ValueError, match=r"60,000 zones make 3.6e\+09 pairs, more than 4e\+08"):
        pairs(many, flows=flow_table(), places=many, support="all")
