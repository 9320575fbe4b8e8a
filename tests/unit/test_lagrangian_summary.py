"""Quantities of the claims: their values, and intervals that know that neighbours are alike."""

import math

import numpy as np
import pytest
from scipy import ndimage

from movelaws.lagrangian import summary as module
from movelaws.lagrangian.blocks import blocks, resampled_medians, resamples
from movelaws.lagrangian.fit import fitted
from movelaws.lagrangian.observables import observables
from movelaws.lagrangian.state import reference
from tests.unit.lagrangian_small_fit import SHAPE, parameters, small_fit, walk

OPTIONS = {"block": 2, "replicates": 60, "level": 0.95, "permutations": 19, "seed": 1}


@pytest.fixture(scope="module")
def fits():
    return [small_fit(), small_fit(seed=5, method="exact")]


@pytest.fixture(scope="module")
def table(fits):
    return module.summary(fits, "toy", **OPTIONS)


def value(table, quantity, method="printed"):
    row = table[(table["quantity"] == quantity) & (table["method"] == method)]
    assert len(row) == 1, quantity
    return row.iloc[0]


def test_values_are_those_of_the_observables(table, fits):
    assert tuple(table.columns) == module.COLUMNS
    found = observables(fits[1])
    assert value(table, "median_time", "exact")["value"] == np.median(found["time"])
    assert value(table, "variance_inertia_ratio", "exact")["value"] == np.var(
        found["inertia_ratio"]
    )
    below = np.mean(found["dissipation"] < 0)
    assert value(table, "share_negative_dissipation", "exact")["value"] == below
    maps = module.maps_of(fits[1])
    r = np.corrcoef(maps["psi_q0"].ravel(), maps["psi_v0"].ravel())[0, 1]
    assert value(table, "pearson_psi", "exact")["value"] == pytest.approx(r)
    lam = np.abs(fits[1].lam[fits[1].lam != 0])
    row = value(table, "median_abs_lambda", "exact")
    assert row["value"] == np.median(lam) and row["n"] == lam.size
    assert row["low"] < row["value"] < row["high"]
    assert set(table.loc[table["method"] == "reference", "quantity"]) == {
        "median_flow", "median_time", "flow_weighted_time",
    }  # fmt: skip


def test_intervals_hold_their_values_and_tests_have_none(table):
    tests = table["quantity"].str.contains("moran|_p_|_effective_")
    shuffled = table["quantity"].str.startswith("pearson_shuffled_") & ~tests
    assert table.loc[shuffled, ["value", "low", "high"]].stack().between(0, 1).all()
    assert table.loc[tests, ["low", "high"]].isna().all(axis=None)
    rest = table[~tests]
    assert (rest["low"] <= rest["high"]).all()
    medians = rest[rest["quantity"].str.startswith(("median", "share"))]
    assert (medians["low"] <= medians["value"]).all() and (
        medians["value"] <= medians["high"]
    ).all()


def test_point_values_are_those_of_the_table(table, fits):
    found = module.point_values(
        fits[0], permutations=19, rng=module.stream(1, "lagrangian", "moran")
    )
    rows = table[table["method"] == "printed"].set_index("quantity")["value"]
    only_there = {name for name in rows.index if name.startswith("pearson_shuffled")}
    assert set(found) == set(rows.index) - only_there and len(only_there) == 4
    for name, number in found.items():
        assert rows[name] == pytest.approx(number, nan_ok=True), name


def test_equal_seeds_give_equal_tables(table, fits):
    assert module.summary(fits, "toy", **OPTIONS).equals(table)
    other = module.summary(fits, "toy", **(OPTIONS | {"seed": 2}))
    assert not other["low"].equals(table["low"]) and other["n"].equals(table["n"])


def test_one_mode_makes_the_maps_alike_in_models_of_no_city():
    """Where a response grows, its fastest mode rules both maps, whichever parameter is where."""
    state = reference(walk(steps=60))
    push = -np.abs(parameters(np.random.default_rng(1), 1, scale=100.0))
    fit = fitted("printed", state, 0 * push, push, np.array([]))
    table = module.summary([fit], "toy", **OPTIONS)
    assert value(table, "pearson_shuffled_psi")["value"] > 0.9
    assert value(table, "pearson_shuffled_psi")["n"] == module.SHUFFLES
    assert value(table, "pearson_shuffled_p_psi")["value"] > 0.05


def test_sites_without_people_do_not_count():
    population = walk()
    population[:, :, 0] = 0
    fit = small_fit(population)
    table = module.summary([fit], "toy", **OPTIONS)
    assert value(table, "median_dissipation")["n"] == 16
    assert value(table, "pearson_psi")["n"] == 16
    assert value(table, "moran_psi_v0")["n"] == 16
    # 16 sites of 4 x 4 have 16 + 2 * 24 links among themselves.
    assert value(table, "median_abs_gamma")["n"] == 64 * fit.reference.steps


def test_a_model_that_does_nothing_has_no_ratio_of_inertia():
    fit = small_fit()
    still = fitted("printed", fit.reference, 0 * fit.gamma, 0 * fit.lam, np.array([]))
    table = module.summary([still], "toy", **OPTIONS)
    assert "median_inertia_ratio" in set(table["quantity"])
    row = value(table, "median_inertia_ratio")
    assert math.isnan(row["value"]) and row["n"] == 0
    assert value(table, "median_abs_gamma")["value"] == 0


def test_blocks_cover_the_lattice_once():
    drawn = blocks((5, 7), 3, replicates=50, level=0.9, seed=1)
    assert drawn.label.max() == 2 * 3 - 1
    assert np.bincount(drawn.label).tolist() == [9, 9, 3, 6, 6, 2]
    assert (drawn.draws.sum(axis=1) == 6).all()


def test_a_resample_holds_each_block_as_often_as_it_was_drawn():
    drawn = blocks(SHAPE, 2, replicates=5, level=0.9, seed=1)
    for times, sites in zip(drawn.draws, resamples(drawn.label, drawn.draws), strict=True):
        np.testing.assert_array_equal(np.bincount(sites, minlength=20), times[drawn.label])


def test_medians_from_counts_are_those_of_the_resamples():
    rng = np.random.default_rng(3)
    label = rng.integers(0, 12, 5000)
    values = rng.lognormal(label / 10, 1)
    draws = rng.multinomial(12, np.full(12, 1 / 12), size=20)
    found = resampled_medians(values, label, draws)
    for median, sites in zip(found, resamples(label, draws), strict=True):
        assert median == pytest.approx(np.median(values[sites]), rel=0.01)
    constant = resampled_medians(np.ones(50), label[:50], draws)
    assert (constant == 1).all()


def test_blocks_give_the_spread_of_maps_whose_neighbours_are_alike():
    """Medians of smooth maps: single sites would promise intervals far too narrow."""
    rng = np.random.default_rng(4)
    hit = {1: 0, 8: 0}
    for _ in range(40):
        wide = ndimage.gaussian_filter(rng.normal(size=(80, 80)), 2)
        values = wide[16:64, 16:64].ravel()
        for block in hit:
            drawn = blocks((48, 48), block, replicates=40, level=0.95, seed=5)
            each = [np.mean(values[k]) for k in resamples(drawn.label, drawn.draws)]
            low, high = drawn.interval(each)
            hit[block] += low < 0 < high
    assert hit[8] > 28 and hit[1] < 20


@pytest.mark.parametrize("wrong", [{"block": 0}, {"block": 9}, {"replicates": 0}, {"level": 1.0}])
def test_blocks_that_cannot_be(wrong):
    with pytest.raises(ValueError, match=r"block|level"):
        blocks(SHAPE, **({"block": 2, "replicates": 5, "level": 0.9, "seed": 1} | wrong))
