"""Random classes: the fast kernels against a plain evaluation of the models and scipy's test."""

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.draws import COLUMNS, RandomClasses, class_draws
from movelaws.inequality.linear import linear
from movelaws.inequality.standard import standard
from movelaws.inequality.surroundings import Surroundings, surroundings
from movelaws.inequality.two_class import two_class
from movelaws.od import build_pairs
from movelaws.seeds import stream

# From no effect at all, through some pairs clipped, to most of them.
SCALES = np.array([0.0, 1e-9, 1e-7, 1e-6, 1e-5, 1e-2])


def world(seed: int, n: int = 40, grid: bool = False, mass: np.ndarray | None = None):
    """Zones at random, or on a grid where most distances are tied; flows with noise."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 500_000, (2, n))
    if grid:
        side = int(np.sqrt(n))
        x, y = (50_000.0 * part.ravel() for part in np.meshgrid(range(side), range(side)))
        n = side * side
    ids = [f"z{k:03d}" for k in range(n)]
    people = np.round(rng.lognormal(9, 1.2, n)) if mass is None else mass
    zones = gpd.GeoDataFrame(
        {
            "zone_id": ids,
            "x": x,
            "y": y,
            "residential_population": people,
            "workplace_population": people,
        },
        geometry=gpd.points_from_xy(x, y),
        crs="EPSG:3035",
    )
    nothing = pd.DataFrame({"origin": [], "destination": [], "flow": []}).astype(
        {"origin": str, "destination": str, "flow": float}
    )
    places = zones.rename(columns={"zone_id": "place_id"}).assign(zone_id=ids)
    empty = build_pairs(zones, nothing, places, population="residential", support="all")
    around = surroundings(empty)
    expected = allocate(standard(around), 0.03 * people)
    flow = rng.poisson(expected * rng.lognormal(0, 0.7, expected.shape)).astype(float)
    fields = {name: getattr(around, name) for name in around.__dataclass_fields__}
    return Surroundings(**(fields | {"flow": flow}))


def shape_of(model: str, n: int, seed: int = 5) -> np.ndarray:
    values = np.random.default_rng(seed).gamma(2, 1, n)
    above = np.clip((values - np.quantile(values, 0.8)) / np.ptp(values), 0, 1)
    return (above > 0).astype(float) if model == "two_class" else above / above.max()


def flows_of(around, outflow, shape, scale, model):
    if model == "two_class":
        p = two_class(around, shape > 0, scale)
    else:
        p = linear(around, scale * shape).p
    return rounded(allocate(p, outflow))


def plainly(around, outflow, shape, scale, model, drop_exact):
    """u, n_mw, hamming, weighted_hamming of one shape at one scale, as one would write it down."""
    observed = around.flow.ravel()
    predicted = flows_of(around, outflow, shape, scale, model).ravel()
    errors = np.abs(predicted - observed)
    before = np.abs(rounded(allocate(standard(around), outflow)).ravel() - observed)
    larger = np.maximum(np.maximum(predicted, observed), 1)
    kept = (errors > 0) | (before > 0) if drop_exact else np.ones(errors.size, bool)
    u = mannwhitneyu(errors[kept], before[kept], method="asymptotic").statistic
    return u, kept.sum(), np.count_nonzero(errors), np.sum(errors / larger)


def draw(around, outflow, model, **changes):
    arguments = {
        "shape": shape_of(model, around.n_zones),
        "scales": SCALES,
        "model": model,
        "first": 0,
        "count": 3,
        "seed": 7,
        "job": ("inequality", "test"),
    }
    return class_draws(around, outflow, **(arguments | changes))


@pytest.mark.parametrize("drop_exact", [False, True])
@pytest.mark.parametrize("grid", [False, True])
@pytest.mark.parametrize("model", ["linear", "two_class"])
def test_draws_equal_the_plain_evaluation(model, grid, drop_exact):
    around = world(1, grid=grid)
    shape, outflow = shape_of(model, around.n_zones), around.outflow
    assert (around.nearer != np.arange(around.n_zones - 1)).any() == grid
    found = draw(around, outflow, model, drop_exact=drop_exact)
    assert tuple(found.columns) == COLUMNS
    assert found["draw"].tolist() == [k for k in range(3) for _ in SCALES]
    assert found["scale"].tolist() == 3 * SCALES.tolist()
    for row in found.itertuples():
        permuted = stream(7, "inequality", "test", str(row.draw)).permutation(shape)
        u, n_mw, hamming, weighted = plainly(
            around, outflow, permuted, row.scale, model, drop_exact
        )
        assert (row.u, row.n_mw, row.hamming) == (u, n_mw, hamming)
        assert row.effect_mw == pytest.approx(u / n_mw**2, rel=1e-14)
        assert row.weighted_hamming == pytest.approx(weighted, rel=1e-12)


def test_the_scales_reach_from_no_clipping_to_clipping_at_both_ends():
    around = world(1)
    found = [linear(around, scale * shape_of("linear", around.n_zones)) for scale in SCALES]
    assert found[1].n_low == found[1].n_high == 0
    assert found[-1].n_low > 100
    assert found[-1].n_high > 10


@pytest.mark.parametrize("model", ["linear", "two_class"])
def test_dense_classes_and_other_outflows_are_evaluated_alike(model):
    around = world(2, n=25)
    shape = 1 - shape_of(model, around.n_zones)
    outflow = 0.03 * around.mass  # not whole, as of a regression
    found = draw(around, outflow, model, shape=shape, count=1)
    permuted = stream(7, "inequality", "test", "0").permutation(shape)
    for row in found.itertuples():
        expected = plainly(around, outflow, permuted, row.scale, model, False)
        assert (row.u, row.n_mw, row.hamming) == expected[:3]
        assert row.weighted_hamming == pytest.approx(expected[3], rel=1e-12)


@pytest.mark.parametrize("model", ["linear", "two_class"])
def test_any_batches_give_the_same_rows(model):
    around = world(3, n=20)
    whole = draw(around, around.outflow, model, count=100)
    parts = [
        draw(around, around.outflow, model, first=first, count=count)
        for first, count in ((0, 1), (1, 70), (71, 29))
    ]
    pd.testing.assert_frame_equal(whole, pd.concat(parts, ignore_index=True), check_exact=True)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
@pytest.mark.parametrize("model", ["linear", "two_class"])
def test_threads_do_not_change_a_bit(model):
    around = world(4, n=70)
    before = numba.get_num_threads()
    try:
        found = []
        for threads in (1, 2):
            numba.set_num_threads(threads)
            found.append(draw(around, around.outflow, model, count=5))
    finally:
        numba.set_num_threads(before)
    pd.testing.assert_frame_equal(*found, check_exact=True)


@pytest.mark.parametrize("model", ["linear", "two_class"])
def test_the_variable_itself_scores_as_its_model(model):
    around = world(5)
    shape = shape_of(model, around.n_zones)
    prepared = RandomClasses(around, around.outflow)
    found = prepared.statistics(shape[None], SCALES, model=model, drop_exact=True)
    for row in found.itertuples():
        expected = plainly(around, around.outflow, shape, row.scale, model, True)
        assert (row.u, row.n_mw, row.hamming) == expected[:3]
    assert found["hamming"].nunique() > 2


@pytest.mark.parametrize("model", ["linear", "two_class"])
def test_classes_without_members_are_the_standard_model(model):
    around = world(6)
    found = draw(around, around.outflow, model, shape=np.zeros(around.n_zones), drop_exact=True)
    errors = np.abs(rounded(allocate(standard(around), around.outflow)) - around.flow)
    assert (found["hamming"] == np.count_nonzero(errors)).all()
    assert (found["n_mw"] == np.count_nonzero(errors)).all()
    assert (found["effect_mw"] == 0.5).all()


def test_one_preparation_serves_several_variables_and_streams():
    around = world(7, n=20)
    prepared = RandomClasses(around, around.outflow)
    for model, job in (("linear", ("a",)), ("two_class", ("b", "c"))):
        shape = shape_of(model, around.n_zones)
        found = prepared.draws(shape, SCALES, model=model, first=2, count=2, seed=1, job=job)
        alone = draw(around, around.outflow, model, first=2, count=2, seed=1, job=job)
        pd.testing.assert_frame_equal(found, alone, check_exact=True)
    other = draw(around, around.outflow, "linear", first=2, count=2, seed=1, job=("z",))
    assert (other["u"] != draw(around, around.outflow, "linear", first=2, count=2)["u"]).any()


@pytest.mark.parametrize("model", ["linear", "two_class"])
def test_zones_without_people_or_outflow_are_allowed(model):
    mass = np.round(np.random.default_rng(8).lognormal(9, 1, 20))
    mass[[3, 11]] = 0
    around = world(8, n=20, mass=mass)
    outflow = around.outflow
    outflow[[3, 5]] = [100, 0]  # nobody lives there but some leave; all stay
    shape = shape_of(model, 20)
    found = draw(around, outflow, model, count=2)
    for row in found.itertuples():
        permuted = stream(7, "inequality", "test", str(row.draw)).permutation(shape)
        expected = plainly(around, outflow, permuted, row.scale, model, False)
        assert (row.u, row.n_mw, row.hamming) == expected[:3]


def test_nothing_left_gives_no_statistic():
    around = world(9, n=12)
    nobody = Surroundings(**(vars(around) | {"flow": np.zeros_like(around.flow)}))
    found = draw(nobody, np.zeros(12), "linear", drop_exact=True)
    assert (found["n_mw"] == 0).all()
    assert found[["u", "effect_mw"]].isna().all(axis=None)
    assert (found["hamming"] == 0).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "three_class"}, "model = 'three_class': choose 'two_class' or 'linear'"),
        ({"shape": np.zeros(3)}, "shape has shape .3,., expected .12,."),
        ({"shape": np.r_[np.zeros(11), 1.5]}, "zone 'z011' is 1.5: it must be between 0 and 1"),
        ({"shape": np.r_[np.nan, np.zeros(11)]}, "zone 'z000' is nan"),
        ({"shape": np.full(12, 0.5), "model": "two_class"}, "0.5: it must be 0 or 1"),
        ({"scales": []}, "scales has shape .0,."),
        ({"scales": 1e-6}, "scales has shape ..: one or more"),
        ({"scales": [1e-6, -1.0]}, r"scales\[1\] = -1.0: finite and >= 0"),
        ({"scales": [np.inf]}, r"scales\[0\] = inf"),
        ({"count": 0}, "count = 0"),
        ({"first": -1}, "first = -1"),
        ({"job": "name"}, "job = 'name': give a tuple"),
    ],
)
def test_unusable_arguments_are_named(changes, message):
    around = world(10, n=12)
    with pytest.raises(ValueError, match=message):
        draw(around, around.outflow, changes.pop("model", "linear"), **changes)


def test_unusable_flows_and_outflows_are_named():
    around = world(10, n=12)
    with pytest.raises(ValueError, match=r"outflow, is -1\.0 for origin 0"):
        draw(around, np.full(12, -1.0), "linear")
    with pytest.raises(ValueError, match="expected"):
        draw(around, np.ones(3), "linear")
    halved = Surroundings(**(vars(around) | {"flow": around.flow / 2}))
    with pytest.raises(ValueError, match=r"surroundings\.flow\[\d+\] = \d*\.5"):
        draw(halved, around.outflow, "linear")
