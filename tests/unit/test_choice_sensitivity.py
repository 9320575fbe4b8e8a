"""Readings of the text of paper 5 and how near they come to its printed numbers."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from movelaws import frames
from movelaws.choice import sensitivity
from movelaws.choice.sensitivity import (
    READINGS,
    Reading,
    exchanged,
    opportunities_without_limit,
    pairs_under,
    printed_numbers,
    readings,
    summary,
)

BETA = 0.8


def great_circle(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Angles by the spherical law of cosines, whatever is handed in as a latitude."""
    a, b = np.radians(latitude), np.radians(longitude)
    cosine = np.sin(a)[:, None] * np.sin(a) + np.cos(a)[:, None] * np.cos(a) * np.cos(
        b[:, None] - b
    )
    return np.arccos(np.clip(cosine, -1, 1))


def world(n: int = 14, seed: int = 3) -> frames.Canonical:
    """Flows by A_j d^-BETA with the exchanged distances, A_j on a mass of its own."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-125, -70, n), rng.uniform(28, 48, n)
    mass = rng.lognormal(8, 1, n)
    angle = great_circle(lon, lat) + np.eye(n)
    weight = mass * angle**-BETA * (1 - np.eye(n))
    flow = 1e5 * weight / weight.sum(axis=1, keepdims=True)
    ids = [f"z{k:02d}" for k in range(n)]
    zones = gpd.GeoDataFrame(
        {"zone_id": ids, "x": lon, "y": lat, "residential_population": mass},
        geometry=gpd.points_from_xy(lon, lat),
        crs="EPSG:4326",
    )
    i, j = np.nonzero(flow)
    named = np.array(ids)
    flows = pd.DataFrame({"origin": named[i], "destination": named[j], "flow": flow[i, j]})
    return frames.assemble(zones, flows)


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Printed tables of one dataset, in the shape of config/published."""
    fitted = {"dcg_alpha": 1.0, "dcg_beta": BETA, "dcg_gamma": 0.2, "gravity2_alpha": 1.0}
    fitted |= {"gravity2_beta": BETA, "gravity1_beta": BETA, "io_alpha": 7.0}
    models = ["dcg", "gravity1", "gravity2", "io", "pwo", "radiation"]
    reached = [
        {"statistic": name, "dataset": "here"} | dict.fromkeys(models, 0.0)
        for name in ("ks_distance", "ks_attraction")
    ]
    return pd.DataFrame([{"dataset": "here"} | fitted]), pd.DataFrame(reached)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    few = ("as read", "exchanged")
    chosen = tuple(r for r in READINGS if r.name in few)
    chosen += (Reading("planted", points="exchanged", attraction="residential"),)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sensitivity, "READINGS", chosen)
        return readings(world(), printed_numbers(*tables(), "here"))


def row(table: pd.DataFrame, reading: str, model: str, origin: str) -> pd.Series:
    found = table[(table["reading"] == reading) & (table["model"] == model)]
    return found[found["parameters_from"] == origin].iloc[0]


def test_the_planted_reading_gives_the_planted_numbers(table):
    for model in ("GMPow", "GMPow2"):
        printed = row(table, "planted", model, "printed")
        assert printed["cpc"] == pytest.approx(1, abs=1e-9)
        assert printed["ks_distance"] == pytest.approx(0, abs=1e-9)
        for objective in ("ssi", "cpc"):
            assert row(table, "planted", model, objective)["beta"] == pytest.approx(BETA, abs=2e-3)
    gaps = summary(table).set_index("reading")
    assert gaps["beta_gap_cpc"].idxmin() == gaps["beta_gap_ssi"].idxmin() == "planted"
    assert (gaps.drop("planted")["beta_gap_cpc"] > 0.02).any()


def test_fitted_parameters_are_no_worse_than_printed_ones(table):
    for objective in ("ssi", "cpc"):
        for model in ("DCG", "GMPow", "GMPow2", "IO"):
            for name in table["reading"].unique():
                fitted = row(table, name, model, objective)[objective]
                assert fitted >= row(table, name, model, "printed")[objective] - 1e-6


def test_every_model_has_its_rows_and_the_print_beside_it(table):
    origins = table[table["reading"] == "as read"].groupby("model")["parameters_from"].apply(list)
    for model in ("DCG", "GMPow", "GMPow2", "IO"):
        assert origins[model] == ["printed", "ssi", "cpc"]
    assert origins["RM"] == ["none"]
    assert origins["PWO"] == ["none", "none, M infinite"]
    assert (table.loc[table["model"] == "GMPow", "printed_beta"] == BETA).all()
    gammas = table.loc[table["model"] == "DCG", "gamma"]
    assert gammas.between(0.195 - 1e-9, 0.205 + 1e-9).all()
    # the print does not name the unit of IO: any power of ten
    printed = row(table, "as read", "IO", "printed")["alpha"]
    assert np.log10(printed / 7.0) == pytest.approx(round(np.log10(printed / 7.0)), abs=1e-9)


def test_exchanged_points_have_the_distances_of_an_exchanged_formula():
    data = world()
    pairs = pairs_under(data, Reading("exchanged", points="exchanged"))
    angle = great_circle(data.zones["x"].to_numpy(), data.zones["y"].to_numpy())
    expected = 6371.0088 * angle[pairs.origin, pairs.destination]
    np.testing.assert_allclose(pairs.distance_km, expected, rtol=1e-6)
    assert exchanged(data.zones)["y"].between(-90, 90).all()


def test_degrees_of_a_plane():
    data = world()
    pairs = pairs_under(data, Reading("plane", points="plane"))
    x, y = data.zones["x"].to_numpy(), data.zones["y"].to_numpy()
    i, j = pairs.origin, pairs.destination
    ratio = pairs.distance_km / np.hypot(x[i] - x[j], y[i] - y[j])
    np.testing.assert_allclose(ratio, ratio[0])


def test_reversed_and_averaged_flows():
    data = world()
    n = len(data.zones)

    def matrix(**reading) -> np.ndarray:
        pairs = pairs_under(data, Reading("one", **reading))
        full = np.zeros((n, n))
        full[pairs.origin, pairs.destination] = pairs.flow
        return full

    given = matrix()
    np.testing.assert_allclose(matrix(flows="reversed"), given.T)
    np.testing.assert_allclose(matrix(flows="averaged"), (given + given.T) / 2)


def test_opportunities_without_limit_against_a_loop():
    pairs = pairs_under(world(6), Reading("as read"))
    flows = opportunities_without_limit(pairs)
    for i in range(6):
        own = pairs.origin == i
        weight = pairs.mass[pairs.destination[own]] / pairs.circle[own]
        np.testing.assert_allclose(flows[own], pairs.outflow[i] * weight / weight.sum())


def test_readings_that_the_data_cannot_have_are_left_out():
    data = world()
    unknown = replace(data, zones=data.zones.assign(residential_population=np.nan))
    assert pairs_under(unknown, Reading("residents", attraction="residential")) is None
    assert pairs_under(unknown, Reading("as read")) is not None
    metric = data.zones.set_crs("EPSG:3857", allow_override=True)
    projected = replace(data, zones=metric.assign(x=metric["x"] * 1e5, y=metric["y"] * 1e5))
    assert pairs_under(projected, Reading("exchanged", points="exchanged")) is None
    assert pairs_under(projected, Reading("plane", points="plane")) is None


def test_an_unprinted_dataset_is_named():
    with pytest.raises(ValueError, match="'elsewhere' is not among the printed ones: here"):
        printed_numbers(*tables(), "elsewhere")
