"""The steps of three geographies, toy shapes and models, from point set to drawn figure."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from movelaws.pointsets import frames

ROOT = Path(__file__).resolve().parents[3]


class Named(dict):
    """Files by name, as Snakemake hands them to a script."""

    __getattr__ = dict.__getitem__

    def __iter__(self):
        return iter(self.values())


def run(name, given, made, log, **params):
    """One step, which must make all its files."""
    snakemake = SimpleNamespace(
        input=given, output=Named(made), params=SimpleNamespace(**params), log=[log]
    )
    path = ROOT / "scripts" / "pairdist" / f"{name}.py"
    runpy.run_path(str(path), init_globals={"snakemake": snakemake}, run_name="__main__")
    for value in made.values():
        for file in [value] if isinstance(value, Path) else value:
            assert file.stat().st_size > 0


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    """Two named towns and farms on a square land, with a few hundred moves."""
    rng = np.random.default_rng(6)
    town = np.repeat([0, 1, 2], [150, 80, 30])
    middle = np.array([[2000, 9000, 5000], [2000, 8000, 5000]])[:, town]
    spread = np.array([200, 150, 3000])[town]
    x, y = middle + spread * rng.uniform(-1, 1, (2, town.size)) + [[6e5], [6.2e6]]
    table = pd.DataFrame({"place_id": np.arange(town.size).astype(str), "x": x, "y": y})
    table["town"] = np.array(["A", "B", ""])[town]
    land = gpd.GeoSeries([shapely.box(6e5, 6.2e6, 6.1e5, 6.21e6)], crs="EPSG:25832")
    moves = pd.DataFrame(rng.integers(0, 260, (400, 2)), columns=["origin", "destination"])
    folder = tmp_path_factory.mktemp("points")
    frames.write(frames.check(frames.assemble(table, "EPSG:25832", moves, land)), folder)
    return Named({name: folder / f"{name}.parquet" for name in ("points", "land")})


TOWNS = {"reach_m": 200.0, "min_places": 5}


def test_geographies_are_studied_and_drawn(points, tmp_path):
    made = {
        "table": tmp_path / "geographies.csv",
        "table_md": tmp_path / "geographies.md",
        "curves": tmp_path / "curves.parquet",
        "bands": tmp_path / "bands.csv",
        "maps": tmp_path / "maps.parquet",
        "summary": tmp_path / "summary.csv",
    }
    settings = {"exponents": [1.0], "moves": 500, "joint_moves": 100, "low_m": 10}
    settings |= {"per_decade": 10, "towns": TOWNS}
    log = tmp_path / "log"
    run("geographies", points, made, log, dataset="d", settings=settings, seed=1)
    assert len(pd.read_csv(made["table"])) == 18
    assert "disk_radius_m" in log.read_text()
    given = Named(made | {"exponents": made["table"], "land": points.land})
    drawn = {"svg": tmp_path / "f.svg", "png": tmp_path / "f.png"}
    run("figure_geographies", given, drawn, log, synthetic=True)


@pytest.mark.parametrize("planted", [True, False])
def test_models_are_compared_and_drawn(points, tmp_path, planted):
    made = {name: tmp_path / f"{name}.csv" for name in ("table", "table_md", "curves")}
    settings = {"exponent": 1.0, "origins": 100, "low_m": 10, "per_decade": 5}
    settings |= {"growth_range_m": [30, 300], "towns": TOWNS}
    truth = tmp_path / "truth.json"
    truth.write_text('{"exponent": 1.5}')
    given = Named(points | {"truth": truth if planted else []})
    log = tmp_path / "log"
    run("models", given, made, log, dataset="d", settings=settings, seed=1)
    row = pd.read_csv(made["table"]).iloc[0]
    assert row["dataset"] == "d"
    assert row.get("planted") == (1.5 if planted else None)
    given = Named({"curves": made["curves"], "numbers": made["table"]})
    drawn = {"svg": tmp_path / "f.svg", "png": tmp_path / "f.png"}
    run("figure_models", given, drawn, log, synthetic=False)


def test_shapes_are_made_and_drawn(points, tmp_path):
    names = ["places", "pairs", "ring", "circles_places", "circles_seen", "circles_moves"]
    made = {name: tmp_path / f"{name}.csv" for name in [*names, "table", "table_md"]}
    log = tmp_path / "log"
    settings = {"places": 100, "moves": 500}
    run("shapes", points, made, log, dataset="d", settings=settings, seed=1)
    assert "from: land" in log.read_text()
    kinds = ("circles", "circles_png", "shapes", "shapes_png")
    drawn = {kind: tmp_path / f"{kind}.{'png' if 'png' in kind else 'svg'}" for kind in kinds}
    run("figure_shapes", Named(made), drawn, log, synthetic=True)


def test_places_are_mapped(points, tmp_path):
    drawn = {"svg": [tmp_path / "m.svg"], "png": [tmp_path / "m.png"]}
    run(
        "figure_places_map",
        Named({"points": [points.points]}),
        drawn,
        tmp_path / "log",
        datasets=["d"],
        labels={"d": "A country"},
        cells=50,
        synthetic=[],
    )
