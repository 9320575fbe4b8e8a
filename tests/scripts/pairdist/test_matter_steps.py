"""The steps on places as matter, on a tiny country."""

import importlib.util
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from movelaws.cities.lennard_jones import LennardJones
from movelaws.pointsets import frames

ROOT = Path(__file__).resolve().parents[3]
DENSITY = {"reach": 200.0, "min_places": 5, "fewest": 30}
MATTER = {
    "definition": "given",
    "particles": 50,
    "repeats": 2,
    "steps": 20,
    "speeds": [5.0, 2.5],
    "lennard_jones": {"sigma": 8.0, "epsilon": 20.0, "slope": 0.15, "cutoff": 3.0},
    "radius": 5.0,
    "radius_exponent": 4.0,
    "reach": 40.0,
    "places": {"smoothing": 80.0, "draws": 2, "parts": 4, "towns": 3, "least": 30},
}
POSITIONS = {"definition": "given", "draws": 20, "bins": 8, "least": 30, "far": None}


def step(name: str):
    """A step script as a module."""
    spec = importlib.util.spec_from_file_location(
        name, ROOT / "scripts" / "pairdist" / f"{name}.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def country():
    """Eight towns of 60 places each, in a square of 20 km."""
    rng = np.random.default_rng(1)
    centre = rng.uniform(2000, 18_000, (2, 8)) + np.array([[5e5], [6e6]])
    town = np.repeat(np.arange(8), 60)
    x, y = centre[:, town] + rng.normal(0, 150, (2, town.size))
    points = pd.DataFrame(
        {"place_id": np.arange(town.size).astype(str), "x": x, "y": y,
         "town": [f"Town {k}" for k in town]}
    )  # fmt: skip
    land = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 6e6, 5.2e5, 6.02e6)], crs="EPSG:25832")
    return frames.check(frames.assemble(points, "EPSG:25832", land=land))


def test_settings_reach_the_models():
    settings = step("matter").settings_of(MATTER)
    assert settings.model == LennardJones(sigma=8.0)
    assert settings.speeds == (5.0, 2.5)
    assert settings.edges[-1] == 40


def test_order_of_places_has_rows_and_curves(country):
    rows, curves = step("matter").order_of_places("tiny", country.points, MATTER, DENSITY, 1)
    assert [row["reference"] for row in rows] == ["local", "town"]
    assert rows[1]["particles"] == 180, "the three largest towns"
    assert set(curves["source"]) == {"tiny"}
    assert curves["r_high"].max() == 40


def test_planted_distances_are_read_by_dataset(tmp_path):
    for name, truth in (("one", {"door_distance_m": 19.0}), ("two", {"world": "paris_ban"})):
        (tmp_path / name).mkdir()
        (tmp_path / name / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    truths = [tmp_path / name / "truth.json" for name in ("one", "two")]
    assert step("matter").planted_distances(truths) == {"one": 19.0}


def test_positions_of_a_point_set(country):
    towns, found = step("positions").positions_of(country, "tiny", POSITIONS, DENSITY, 1)
    assert towns.name.tolist() == [f"Town {k}" for k in range(8)]
    assert found.summary["towns"].tolist() == [8, 8]
    assert found.summary["land"].tolist() == ["given"] * 2
    assert set(found.curves["model"]) == {"observed", "ideal_gas", "hard_disks", "places"}


def test_only_a_world_that_says_so_plants_positions(tmp_path):
    path = tmp_path / "truth.json"
    for world, planted in (("denmark_addresses", "hard disks"), ("paris_ban", "")):
        path.write_text(json.dumps({"world": world}), encoding="utf-8")
        assert step("positions").planted_positions([path]) == planted
    assert step("positions").planted_positions([]) == ""
