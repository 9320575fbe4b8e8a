"""Planted laws of the worlds of places come back from what their adapters read."""

import numpy as np
import pytest
import shapely

from movelaws import synthetic
from movelaws.cities.patches import NestedPatches, fitted_growth
from movelaws.distance_cost import cost_exponent, fit_joint
from movelaws.pairs import checked_points, pair_counts
from movelaws.powerlaw.binned import fit_cost
from movelaws.powerlaw.piecewise import fit_piecewise
from movelaws.powerlaw.radii import fit_radius_law
from movelaws.powerlaw.slopes import log_edges_from_centres
from movelaws.seeds import stream
from movelaws.synthetic import address_names, address_patches, authors_bins
from tests.unit.pairdist_worlds import SMALL, places_and_moves, read

FAR = np.geomspace(1.0, 2e6, 600)


def within(law, planted, errors=4.0):
    return abs(law.exponent - planted) < errors * law.standard_error


def written(world, folder, **options):
    truth = synthetic.write(world, folder, 1, SMALL[world] | options)
    return read(world, folder, truth), truth


@pytest.mark.parametrize("exponent", [0.6, 1.0])
def test_moves_between_addresses_have_the_planted_exponent(exponent, tmp_path):
    found, truth = written("denmark_addresses", tmp_path, exponent=exponent, moves=8000)
    points, moves = places_and_moves(found)
    assert within(fit_joint(points, moves, low=truth["low_m"]), exponent)
    pairs = pair_counts(points, FAR, progress=False)
    assert within(cost_exponent(moves, pairs), exponent)


def test_moves_of_a_town_have_its_two_exponents(tmp_path):
    cost = {"inside": 0.6, "outside": 2.0}
    found, truth = written("denmark_addresses", tmp_path, cost=cost, moves=20_000)
    points, moves = places_and_moves(found)
    town = found.points["town"].to_numpy()
    assert (town[moves.origin] != "").all()
    assert set(truth["radii_m"]) == {*town} - {""}
    largest = max(truth["radii_m"], key=truth["radii_m"].get)
    radius, own = truth["radii_m"][largest], moves.subset(town[moves.origin] == largest)
    assert within(fit_joint(points, own, high=radius), cost["inside"])
    assert within(fit_joint(points, own, low=radius), cost["outside"])


def test_a_town_on_an_island_sees_a_gap_in_its_pairs(tmp_path):
    found, truth = written("denmark_addresses", tmp_path, island_town=True, moves=1000)
    name = truth["island_town"]
    points, _ = places_and_moves(found)
    town = found.points["town"].to_numpy()
    inside = town == name
    pairs = pair_counts(points.subset(np.flatnonzero(inside)), np.geomspace(10, 1e5, 41),
                        other=points, progress=False)  # fmt: skip
    filled = np.flatnonzero(pairs["count"] > 0)
    empty = np.diff(filled).max() - 1
    assert empty >= 4  # bins: more than a factor of two
    land = found.land.geometry
    assert land.contains(shapely.Point(points.x[inside].mean(), points.y[inside].mean())).sum() == 1


def test_moves_between_communes_have_the_planted_exponent(tmp_path):
    found, _ = written("france_insee", tmp_path, exponent=1.3, moves=20_000)
    points, moves = places_and_moves(found)
    assert within(fit_joint(points, moves), 1.3)
    assert within(cost_exponent(moves, pair_counts(points, FAR, progress=False)), 1.3)


@pytest.mark.parametrize("start", ["places", "pairs"])
def test_the_joint_likelihood_has_the_exponent_of_walks(start, tmp_path):
    found, truth = written("checkin_displacements", tmp_path, start=start, users=400)
    points, moves = places_and_moves(found)
    assert within(fit_joint(points, moves, low=truth["low_m"]), truth["exponent"])


def test_first_steps_are_draws_from_all_pairs_only_from_the_stationary_state(tmp_path):
    # Steep, so that dense places see far more than remote ones.
    options = {"places": 400, "users": 12_000, "steps": 1, "exponent": 1.6}
    laws = {}
    for start in ("pairs", "places"):
        found, truth = written("checkin_displacements", tmp_path / start, start=start, **options)
        points, moves = places_and_moves(found)
        pairs = pair_counts(points, np.geomspace(truth["low_m"], 1e5, 2000), progress=False)
        laws[start] = cost_exponent(moves, pairs)
        assert within(fit_joint(points, moves, low=truth["low_m"]), 1.6)
    assert within(laws["pairs"], 1.6)
    assert not within(laws["places"], 1.6)


def test_bins_have_the_planted_exponents(tmp_path):
    exponents = {"dk": 0.7, "houston": 1.2}
    found, truth = written("authors_bins", tmp_path, exponents=exponents)
    for short, case in authors_bins.CASES.items():
        table = found.bins[found.bins["case"] == read_name(short)].dropna(subset=["moves"])
        table = table[table["r_m"] > (3000 if short == "fr" else 0)]
        counts, pairs, edges = counted(table, truth[f"moves_{short}"], case.mass)
        law = fit_cost(edges, counts, pairs)
        # p(r) is not flat within a bin, as the likelihood takes it: some 1e-4.
        planted = truth[f"exponent_{short}"]
        assert law.exponent == pytest.approx(planted, abs=5e-4 + 4 * law.standard_error)
        assert planted == exponents.get(short, authors_bins.EXPONENTS[short])


def test_towns_in_full_have_the_planted_pieces(tmp_path):
    found, truth = written("authors_bins", tmp_path)
    for town, table in found.towns.groupby("town"):
        counts, pairs, edges = counted(table, truth[f"town_{town}_moves"], False)
        law = fit_piecewise(edges, counts, pairs)
        wide = 3.0 if town == "84910847" else 1.0
        assert law.inside == pytest.approx(truth[f"town_{town}_inside"], abs=0.03 * wide)
        assert law.outside == pytest.approx(truth[f"town_{town}_outside"], abs=0.03 * wide)
        assert law.radius == pytest.approx(truth[f"town_{town}_radius_m"], rel=0.05 * wide)


def test_radii_of_towns_have_the_planted_law(tmp_path):
    found, truth = written("authors_bins", tmp_path, towns=4000)
    # The radii lie at centres of bins: the likelihood of the cells knows that.
    cells = np.geomspace(10.0, 5e5, 100)
    law = fit_radius_law("power_pareto", found.cities["radius_m"].to_numpy(), cells)
    assert law.parameters["tail"] == pytest.approx(truth["radius_tail"], abs=0.2)
    assert law.parameters["core"] == pytest.approx(truth["radius_core"], abs=0.2)
    assert law.parameters["peak"] == pytest.approx(truth["radius_peak_m"], rel=0.08)


def test_houses_keep_apart_and_towns_grow_as_planted():
    packing, unit = 0.7, 10.0
    # Four layers below the town: two whole periods lie between the houses and its size.
    houses = np.array([7**5, 30, 1])
    built = address_patches.build(stream(1, "t"), houses, packing, np.full(3, unit), 0.2)
    assert np.bincount(built.town).tolist() == houses.tolist()
    whole = NestedPatches(address_patches.BRANCHING, packing, 5, unit)
    assert address_patches.growth(packing) == pytest.approx(whole.growth)
    town = built.town == 0
    points = checked_points(built.x[town], built.y[town])
    edges = np.geomspace(unit, 2 * whole.radii[-1], 300)
    pairs = pair_counts(points, edges, progress=False)
    assert pairs["count"][pairs["r_high"] < 2 * unit * (1 - 0.2) * 0.99].sum() == 0
    r = np.sqrt(pairs["r_low"] * pairs["r_high"])
    slope, _ = fitted_growth(r, pairs["density"], whole.radii[1], whole.radii[3])
    assert slope == pytest.approx(whole.growth, abs=0.06)


def test_millions_of_identifiers_differ():
    rows = np.r_[0:200_000, 3_000_000:3_200_000]
    ids = address_names.identifiers(rows, 2**32 - 1)
    assert len(ids.unique()) == rows.size
    assert address_names.identifiers(rows[[5]], 2**32 - 1)[0] == ids[5]
    assert address_names.identifiers(rows[[5]], 7)[0] != ids[5]


def read_name(short):
    return {"dk": "denmark", "fr": "france"}.get(short, short)


def counted(table, moves, mass):
    """Moves and pairs per bin, and edges of the bins."""
    edges = log_edges_from_centres(table["r_m"].to_numpy())
    width = np.ones(len(table)) if mass else np.diff(edges)
    counts = np.rint(table["moves"].to_numpy() * width * moves)
    return counts, table["pairs"].to_numpy() * width, edges
