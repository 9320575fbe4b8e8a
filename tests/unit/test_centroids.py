from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from movelaws.allocation import predict
from movelaws.calibrate import calibrate
from movelaws.centroids import (
    SLOPES,
    dominant_pairs,
    moved,
    rmse_gradient,
    sensitivity_per_metre,
    smallest_move,
)
from movelaws.metrics import rmse
from movelaws.od import build_pairs

MODELS = list(SLOPES)
COLUMNS = ("destination", "flow", "distance_km", "intervening")


def world(crs: str, n: int = 25, seed: int = 3):
    """Zones, and pairs whose flows stray from an exponential power; some pairs are left out."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 3, n), rng.uniform(60, 62, n)
    if crs == "EPSG:27700":
        x, y = x * 55_000, (y - 60) * 111_000
    people = np.round(rng.lognormal(9, 1, n)) + 1
    zones = gpd.GeoDataFrame(
        {
            "zone_id": [f"z{k:02d}" for k in range(n)],
            "workplace_population": people,
            "residential_population": people,
            "x": x,
            "y": y,
        },
        geometry=[Point(p) for p in zip(x, y, strict=True)],
        crs=crs,
    )
    listed = [(i, j) for i in range(1, n) for j in range(n) if i != j and (i + 2 * j) % 4]
    ends = np.array([zones.zone_id.to_numpy()[list(pair)] for pair in listed])
    flows = pd.DataFrame({"origin": ends[:, 0], "destination": ends[:, 1], "flow": 200.0})
    places = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=zones.zone_id)
    pairs = build_pairs(zones, flows, places)
    flow = predict("GMExpPow", pairs, {"a": 0.4}) * rng.lognormal(0, 0.7, pairs.n_pairs)
    return zones, replace(pairs, flow=flow), places


@pytest.fixture(params=["EPSG:4326", "EPSG:27700"])
def zones_and_pairs(request):
    return world(request.param)[:2]


@pytest.fixture
def sphere():
    return world("EPSG:4326")[:2]


def least_rmse(zones, pairs, model):
    """From the canonical tables all over again, by other code than the module's."""
    ids = pairs.zone_ids
    ends = {"origin": ids[pairs.origin], "destination": ids[pairs.destination]}
    flows = pd.DataFrame(ends | {"flow": pairs.flow})
    places = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=zones.zone_id)
    rebuilt = build_pairs(zones, flows, places)
    best = calibrate(model, rebuilt, "rmse", interval=None)
    return rmse(rebuilt.flow, predict(model, rebuilt, best.parameters))


@pytest.mark.parametrize("model", MODELS)
def test_the_gradient_is_that_of_finite_differences(zones_and_pairs, model):
    zones, pairs = zones_and_pairs
    found = rmse_gradient(zones, pairs, model)
    assert found.rmse == pytest.approx(least_rmse(zones, pairs, model), rel=1e-12)
    step, still = 5.0, np.zeros(pairs.n_zones)
    scale = np.hypot(found.east, found.north).max()
    for zone in (0, 7, 20):
        move = np.zeros(pairs.n_zones)
        move[zone] = step
        for ends, slope in (
            ([(move, still), (-move, still)], found.east[zone]),
            ([(still, move), (still, -move)], found.north[zone]),
        ):
            ahead, behind = (least_rmse(moved(zones, *end), pairs, model) for end in ends)
            assert (ahead - behind) / (2 * step) == pytest.approx(slope, abs=1e-5 * scale)


def test_a_planted_move_is_undone_in_rmse_by_a_smaller_one(zones_and_pairs):
    zones, pairs = zones_and_pairs
    rng = np.random.default_rng(8)
    plant = rng.normal(0, 200, (2, pairs.n_zones))
    targets = {model: least_rmse(moved(zones, *plant), pairs, model) for model in MODELS}
    assert all(abs(targets[m] - least_rmse(zones, pairs, m)) > 0.01 for m in MODELS)
    move = smallest_move(zones, pairs, targets, tolerance=1e-6)
    assert move.converged
    after = moved(zones, move.dx_m, move.dy_m)
    for model in MODELS:
        assert least_rmse(after, pairs, model) == pytest.approx(targets[model], abs=2e-6)
        assert move.reached[model] == pytest.approx(targets[model], abs=1e-6)
    length = np.hypot(move.dx_m, move.dy_m)
    assert 0 < move.rms_m < np.sqrt(np.mean(np.sum(plant**2, axis=0)))
    assert move.rms_m == pytest.approx(np.sqrt(np.mean(length**2)))
    assert move.largest_m == length.max()
    assert move.zone_largest == zones.zone_id[length.argmax()]
    assert move.n_above_5m == (length > 5).sum()


def test_the_move_has_the_least_norm_that_the_gradient_allows(sphere):
    zones, pairs = sphere
    at = rmse_gradient(zones, pairs, "GMPow")
    gap = 1e-4 * at.rmse
    move = smallest_move(zones, pairs, {"GMPow": at.rmse + gap}, tolerance=1e-9)
    norm = np.sqrt(np.sum(move.dx_m**2 + move.dy_m**2))
    steepest = np.sqrt(np.sum(at.east**2 + at.north**2))
    assert norm == pytest.approx(gap / steepest, rel=2e-3)
    assert sensitivity_per_metre(zones, pairs, ["GMPow"])["GMPow"] == pytest.approx(steepest)


def test_no_gap_no_move(zones_and_pairs):
    zones, pairs = zones_and_pairs
    targets = {model: least_rmse(zones, pairs, model) for model in MODELS}
    move = smallest_move(zones, pairs, targets, tolerance=1e-6)
    assert move.converged
    assert not move.dx_m.any()
    assert not move.dy_m.any()
    assert (move.largest_m, move.rms_m, move.n_above_5m) == (0, 0, 0)


def test_a_target_out_of_reach_is_said_to_be_so(sphere):
    zones, pairs = sphere
    lowest = 0.01 * least_rmse(zones, pairs, "GMZipf")
    move = smallest_move(zones, pairs, {"GMZipf": lowest}, iterations=3)
    assert not move.converged
    assert move.reached["GMZipf"] > lowest
    assert least_rmse(moved(zones, move.dx_m, move.dy_m), pairs, "GMZipf") == pytest.approx(
        move.reached["GMZipf"]
    )


def test_the_sensitivity_is_the_spread_under_random_moves(sphere):
    zones, pairs = sphere
    rng = np.random.default_rng(1)
    per_metre = sensitivity_per_metre(zones, pairs, ["GMZipf", "GMExp"])
    assert per_metre.index.tolist() == ["GMZipf", "GMExp"]
    draws = [
        least_rmse(moved(zones, *rng.normal(0, 2, (2, pairs.n_zones))), pairs, "GMZipf")
        for _ in range(400)
    ]
    assert np.std(draws) / 2 == pytest.approx(per_metre["GMZipf"], rel=0.15)  # 4 sigma


def test_points_move_by_the_metres_asked_for_across_the_date_line():
    zones = gpd.GeoDataFrame(
        {"zone_id": ["a", "b"], "x": [179.9999, -179.9999], "y": [50.0, -50.0]},
        geometry=[Point(0, 0)] * 2,
        crs="EPSG:4326",
    )
    after = moved(zones, np.array([100.0, -100.0]), np.array([0.0, 30.0]))
    assert (after["x"].abs() <= 180).all()
    assert np.sign(after["x"]).tolist() == [-1, 1]
    metre = np.radians(1) * 6_371_008.8
    assert (after["x"][0] + 360 - 179.9999) * metre * np.cos(np.radians(50)) == pytest.approx(100)
    assert (after["y"][1] + 50) * metre == pytest.approx(30)


def test_dominant_pairs_share_out_the_squared_error(sphere):
    pairs = sphere[1]
    flows = pairs.flow.copy()
    flows[[4, 9]] += [3.0, -1.0]
    table = dominant_pairs(pairs, {"GMPow": flows, "GMExp": pairs.flow}, largest=3)
    assert table.columns.tolist() == [
        "model", "origin", "destination", "distance_km", "observed", "predicted", "share_percent",
    ]  # fmt: skip
    assert table["model"].tolist() == ["GMPow"] * 3 + ["GMExp"] * 3
    assert table["share_percent"].tolist() == pytest.approx([90, 10, 0, 0, 0, 0])
    first = table.iloc[0]
    assert first["origin"] == pairs.zone_ids[pairs.origin[4]]
    assert first["destination"] == pairs.zone_ids[pairs.destination[4]]
    assert first["distance_km"] == pairs.distance_km[4]
    assert (first["observed"], first["predicted"]) == (pairs.flow[4], flows[4])


def test_errors_name_the_argument_and_the_remedy(sphere):
    zones, pairs = sphere
    with pytest.raises(ValueError, match=r"models \['RM'\]: choose among GMZipf"):
        smallest_move(zones, pairs, {"RM": 10.0})
    with pytest.raises(ValueError, match="models are missing"):
        smallest_move(zones, pairs, {})
    for value in (np.nan, 0.0):
        with pytest.raises(ValueError, match=r"targets\['GMPow'\].*or left out"):
            smallest_move(zones, pairs, {"GMPow": value})
    with pytest.raises(ValueError, match="iterations >= 1"):
        smallest_move(zones, pairs, {"GMPow": 1.0}, iterations=0)
    with pytest.raises(ValueError, match="tolerance > 0"):
        smallest_move(zones, pairs, {"GMPow": 1.0}, tolerance=0)
    with pytest.raises(ValueError, match="zone_ids differ"):
        rmse_gradient(zones.iloc[::-1], pairs, "GMPow")
    with pytest.raises(ValueError, match="not those of the points of zones"):
        sensitivity_per_metre(zones.assign(x=zones.x + zones.y / 100), pairs, ["GMPow"])
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        dominant_pairs(pairs, {"GMPow": np.ones(3)})
    with pytest.raises(ValueError, match="need a prediction"):
        dominant_pairs(pairs, {})


def test_a_perfect_fit_has_no_gradient(sphere):
    zones, pairs = sphere
    only = np.flatnonzero(np.isin(np.arange(pairs.n_pairs), pairs.start[1:-1]))  # one per origin
    single = replace(
        pairs,
        start=np.searchsorted(only, pairs.start).astype(np.int64),
        **{c: getattr(pairs, c)[only] for c in COLUMNS},
    )
    with pytest.raises(ValueError, match="GMZipf fits every flow exactly"):
        rmse_gradient(zones, single, "GMZipf")
