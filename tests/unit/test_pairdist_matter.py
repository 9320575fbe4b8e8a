"""Houses as particles, and the short-range order of places (paper 3, Figs 2d, 12 to 15)."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist

from movelaws.cities.disks import resolve_overlaps
from movelaws.cities.lennard_jones import LennardJones
from movelaws.cities.sampling import ideal_gas, in_disk
from movelaws.pairdist import crystal, matter_places
from movelaws.pairdist.matter import Settings, matter, short_counts
from movelaws.pairdist.matter_curves import (
    CURVE_COLUMNS,
    Curve,
    crossing_distance,
    from_parts,
    from_samples,
    order_row,
)
from movelaws.seeds import stream

NAMES = ("a", "local", "place")
DENSITY = {"reach": 200.0, "min_places": 5, "fewest": 30}


@pytest.fixture(scope="module")
def found():
    return matter(Settings(particles=300, repeats=5, steps=2500, speeds=(5.0, 2.5)), seed=1)


def test_both_models_show_the_oscillation(found):
    """Claim P7."""
    orders = found.orders.set_index(["source", "place"])
    for source in ("lennard_jones", "hard_disks"):
        row = orders.loc[(source, "centre")]
        assert row["shows"]
        assert row["below"] + 2 * row["below_error"] < 1 < row["peak"] - 2 * row["peak_error"]
        assert row["peak_m"] == pytest.approx(row["diameter_m"], rel=0.2)


def test_doors_take_the_sharp_peak_away(found):
    """SI 7.4."""
    peak = found.orders[found.orders["source"] == "lennard_jones"].set_index("place")["peak"]
    assert peak["within"] < 0.6 * peak["centre"]
    assert peak["rim"] < 0.6 * peak["centre"]
    g = found.curves[found.curves["source"] == "lennard_jones"].pivot(
        index="r_low", columns="place", values="g"
    )
    assert (g.loc[3:7, "centre"] == 0).all()
    assert (g.loc[3:7, ["within", "rim"]] > 0.1).all().all()


def test_the_tables_belong_to_each_other(found):
    assert [*found.curves.columns] == [*CURVE_COLUMNS]
    assert (found.curves.groupby(["source", "place"]).size() == 60).all()
    # g is the neighbours over those of the ideal gas.
    ratio = found.curves["neighbours"] / found.curves["ideal"]
    known = found.curves["g"].notna()
    np.testing.assert_allclose(found.curves["g"][known], ratio[known], rtol=1e-9)
    houses = found.configurations.groupby(["source", "rms_speed"], dropna=False).size()
    assert (houses == 300).all()
    assert len(houses) == 3
    last = found.energies.groupby("rms_speed")["time"].max()
    np.testing.assert_allclose(last, 25.0, rtol=0.02)


def test_the_cold_centre_freezes_and_the_warm_one_does_not(found):
    """SI 7.1.4, Fig. 14."""
    warm, cold = found.nucleus.to_dict("records")
    assert warm["temperature"] > warm["threshold"] and warm["nucleus_m"] == 0
    assert cold["temperature"] < cold["threshold"] and cold["nucleus_m"] > 0
    assert cold["order"] > 0.8
    assert warm["order"] < 0.6
    profile = found.profiles[found.profiles["rms_speed"] == 2.5]
    inside = profile[profile["radius_m"].between(40, 0.9 * cold["nucleus_m"])]
    np.testing.assert_allclose(inside["particles"], inside["room"], rtol=0.12)
    assert (inside["ideal"] > inside["room"]).all()
    assert found.profiles.groupby("rms_speed")["particles"].last().max() <= 300


def test_equal_seeds_give_equal_matter():
    settings = Settings(particles=40, repeats=2, steps=50, speeds=(5.0,))
    one, other = matter(settings, 3), matter(settings, 3)
    pd.testing.assert_frame_equal(one.curves, other.curves)
    pd.testing.assert_frame_equal(one.configurations, other.configurations)


def test_the_threshold_is_where_the_nucleus_begins():
    model = LennardJones()
    for n in (100, 1000):
        threshold = crystal.threshold_temperature(model, n)
        assert model.nucleus_radius(n, 1.001 * threshold) == 0
        assert model.nucleus_radius(n, 0.98 * threshold) > 0


def test_bond_order_is_one_in_a_crystal_and_low_in_a_gas():
    column, row = (v.ravel().astype(float) for v in np.meshgrid(range(20), range(20)))
    x, y = column + row / 2, row * np.sqrt(3) / 2
    inner = (np.abs(column - 9.5) < 7) & (np.abs(row - 9.5) < 7)
    np.testing.assert_allclose(crystal.bond_order(x, y)[inner], 1, atol=1e-9)
    assert crystal.gas_order(300, stream(1, "gas")) == pytest.approx(0.37, abs=0.03)
    with pytest.raises(ValueError, match="6 particles"):
        crystal.bond_order(np.arange(6.0), np.zeros(6))


def test_short_counts_are_those_of_all_pairs():
    x, y = ideal_gas(200, 30.0, stream(1, "gas"))
    edges = np.arange(0.0, 61.0)
    expected = np.histogram(pdist(np.c_[x, y]), edges)[0]
    np.testing.assert_array_equal(short_counts(x, y, edges), expected)


def test_errors_of_samples_and_parts_agree_with_their_theory():
    rng = np.random.default_rng(4)
    edges, ideal = np.arange(5.0), np.full(4, 400.0)
    counts = rng.poisson(ideal, (400, 4))
    curve = from_samples(NAMES, edges, counts, ideal, 10)
    np.testing.assert_allclose(curve.g, 1, atol=0.02)
    np.testing.assert_allclose(curve.error, 0.05 / 20, rtol=0.15)
    parts = from_parts(NAMES, edges, counts, np.tile(ideal, (400, 1)), 10)
    np.testing.assert_allclose(parts.g, curve.g)
    np.testing.assert_allclose(parts.error, curve.error, rtol=0.05)


def test_bins_without_expected_pairs_are_unknown():
    curve = from_samples(NAMES, np.arange(4.0), [[0, 3, 8]], [0.0, 0.2, 4.0], 10)
    assert np.isnan(curve.g[:2]).all()
    assert curve.g[2] == 2
    assert np.isnan(curve.error).all()


def test_the_crossing_is_the_last_rise_through_one():
    edges = np.arange(8.0)
    assert crossing_distance(edges, [1.4, 0.2, 0.0, 0.5, 1.5, 2.0, 1.0]) == pytest.approx(4.0)
    assert np.isnan(crossing_distance(edges, np.full(7, 0.9)))
    assert np.isnan(crossing_distance(edges, np.linspace(2, 1.1, 7)))


def test_places_without_order_do_not_show_it():
    g = np.linspace(2, 1.1, 60)
    curve = from_samples(NAMES, np.arange(61.0), [100 * g] * 3, np.full(60, 100.0), 10)
    row = order_row(curve)
    assert not row["shows"]
    assert np.isnan(row["diameter_m"])
    few = from_samples(NAMES, np.arange(4.0), [[0, 1, 5]], [0.1, 0.2, 2.0], 5)
    assert not order_row(few, 2.0, "model")["shows"]


def order_of(g, error=0.02, diameter=None):
    """Row of a curve in bins of 1 m with errors that are given."""
    g = np.asarray(g, dtype=float)
    ones = np.full(g.size, 100.0)
    curve = Curve(*NAMES, np.arange(g.size + 1.0), 100 * g, ones, g, error * np.ones(g.size), 9, 9)
    return order_row(curve, diameter, "model")


def test_clusters_with_a_hole_have_no_oscillation():
    """The hole of a building in a cluster: g rises late and falls slowly."""
    r = np.arange(60) + 0.5
    g = (1 + 0.7 * np.exp(-r / 25)) * (1 - np.exp(-((r / 7) ** 3)))
    row = order_of(g)
    assert row["peaks"] and row["falls"] and not row["rises"]
    assert not row["shows"]
    ordered = order_of(g + 0.4 * np.cos(2 * np.pi * (r - 13) / 13) * np.exp(-r / 20))
    assert ordered["rises"] and ordered["shows"]
    assert ordered["peak_m"] < ordered["trough_m"] < ordered["rise_m"] <= 3 * ordered["peak_m"]


def test_a_plateau_is_no_peak_of_a_model():
    g = np.where(np.arange(60) < 9, 0.0, 1.6)
    row = order_of(g, diameter=10.0)
    assert row["dips"] and row["peaks"] and not row["falls"]
    assert not row["shows"]
    assert row["tested_m"] == pytest.approx(8.5)
    fallen = order_of(np.where(np.arange(60) > 12, 0.8, g), diameter=10.0)
    assert fallen["shows"]
    assert not order_of(np.where(np.arange(60) > 12, 0.8, g), 0.6, 10.0)["shows"]


def test_noise_rarely_rises():
    rng = np.random.default_rng(8)
    hole = np.where(np.arange(60) < 9, 0.0, 1.3)
    seen = [order_of(hole + rng.normal(0, 0.1, 60), 0.1)["shows"] for _ in range(400)]
    assert np.mean(seen) < 0.05


def test_energies_at_rest_are_told_from_those_that_drift(found):
    rng = np.random.default_rng(9)

    def run(slope):
        table = pd.DataFrame({"interaction": rng.normal(0, 1, 90), "external": 10.0})
        table["external"] += slope * np.arange(90) + rng.normal(0, 1, 90)
        return SimpleNamespace(x=np.zeros(10), energies=table)

    moved = crystal.drift_of([run(0.1) for _ in range(8)])
    assert moved["external_drift"] == pytest.approx(0.3, abs=0.05)
    assert not moved["stationary"]
    rest = [crystal.drift_of([run(0.0) for _ in range(20)])["stationary"] for _ in range(20)]
    assert np.mean(rest) > 0.6
    columns = {"interaction_drift", "external_drift_error", "stationary"}
    assert columns <= set(found.nucleus)


@pytest.fixture(scope="module")
def disks():
    """Houses of 16 m, close together in two towns of 250 m, 5 km apart."""
    rng = stream(2, "towns")
    x, y = in_disk(900, 250.0, rng)
    x[450:] += 5000
    placed = resolve_overlaps(x, y, np.full(900, 8.0))
    return pd.DataFrame(
        {"x": placed.x + 7e5, "y": placed.y + 6e6, "weight": 1.0, "town": ["A"] * 450 + ["B"] * 450}
    )


def test_planted_diameter_is_found_again(disks):
    places = matter_places.distinct(disks, "given", DENSITY)
    settings = matter_places.Settings(draws=4, parts=8, towns=2)
    curves = matter_places.places_curves("towns", places, settings, stream(3, "x"))
    assert [c.reference for c in curves] == ["local", "town"]
    for curve in curves:
        row = order_row(curve)
        assert row["shows"]
        assert row["crossing_m"] == pytest.approx(16, abs=1.5)
        assert row["peak_m"] == pytest.approx(16.5, abs=1.1)
        assert row["samples"] == (8 if curve.reference == "local" else 2)
    np.testing.assert_array_equal(
        curves[0].counts, short_counts(places.x, places.y, np.arange(61.0))
    )


def test_places_at_random_have_no_order():
    rng = stream(5, "random")
    x, y = in_disk(4000, 2000.0, rng)
    table = pd.DataFrame({"x": x + 7e5, "y": y + 6e6, "weight": 1.0, "town": "A"})
    places = matter_places.distinct(table, "given", DENSITY)
    local, town = matter_places.places_curves("gas", places, matter_places.Settings(), rng)
    assert not order_row(local)["shows"]
    assert local.g[10:].mean() == pytest.approx(1, abs=0.06)
    # The form of the paper is too low at the onset of a uniform disk: a level, no oscillation.
    assert town.g[10:].mean() == pytest.approx(1.35, abs=0.1)
    assert not order_row(town)["shows"]


def test_dwellings_of_one_building_are_one_place(disks):
    twice = pd.concat([disks, disks.iloc[:100]])
    assert matter_places.distinct(twice, "given", DENSITY).x.size == 900
    nameless = disks.assign(town="")
    places = matter_places.distinct(nameless, "given", DENSITY)
    assert np.unique(places.town).tolist() == [0, 1], "density finds the towns that nobody named"


def test_parts_are_alike_in_number_and_close_together():
    x, y = in_disk(1000, 1.0, stream(6, "parts"))
    part = matter_places.parts_of(x, y, 8)
    assert np.bincount(part).tolist() == [125] * 8
    spread = [np.hypot(x[part == k].std(), y[part == k].std()) for k in range(8)]
    assert np.mean(spread) < 0.6 * np.hypot(x.std(), y.std())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"particles": 3}, "particles = 3"),
        ({"speeds": ()}, "speeds is empty"),
        ({"speeds": (5.0, -1.0)}, r"speeds\[1\] = -1"),
    ],
)
def test_settings_that_make_no_city_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        Settings(**options)


def test_settings_that_make_no_gas_are_named():
    with pytest.raises(ValueError, match="smoothing = 0"):
        matter_places.Settings(smoothing=0)
    with pytest.raises(ValueError, match="parts = 1"):
        matter_places.Settings(parts=1)
