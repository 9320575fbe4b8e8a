"""The steps that fit growth and towns, on a small country."""

import importlib.util
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[3]
SETTLEMENT = {
    "definitions": ["given", "density"],
    "density": {"reach": 250, "min_places": 4, "fewest": 31},
}
GROWTH = {
    "from_m": 30, "to_m": 500, "ranges": [[50, 300]], "largest": 3, "blocks": 8,
    "town_blocks": 4, "confidence": 0.95,
}  # fmt: skip
TOWNS = {
    "fewest": 31, "largest": 5, "rings": 1, "bins": 20, "replicates": 0, "confidence": 0.95,
}  # fmt: skip


def step(name):
    """A step script as a module."""
    path = ROOT / "scripts" / "pairdist" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"pairdist_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(1)
    parts = []
    for k, (n, sigma) in enumerate([(500, 300), (200, 150)]):
        x, y = rng.normal(0, sigma, (2, n))
        parts.append(pd.DataFrame({"x": 5e5 + 2e4 * k + x, "y": 5e5 + y, "town": f"Town {k}"}))
    return pd.concat(parts, ignore_index=True).assign(weight=1.0)


@pytest.fixture(scope="module")
def grown(points):
    published = pd.DataFrame(
        {"counted": ["addresses"], "scope": ["all"], "town": [""], "exponent": [0.69]}
    )
    truth = {"growth_exponent": 0.73}
    return step("growth").fit(points, "here", GROWTH, SETTLEMENT, "addresses", published, truth)


@pytest.fixture(scope="module")
def settled(points):
    published = pd.DataFrame(
        {"town": ["Town 0"], "radius_addresses_m": [610.0], "radius_buildings_m": [600.0]}
    )
    none = gpd.GeoSeries([], crs="EPSG:25832")
    return step("towns").fit(points, none, "here", TOWNS, SETTLEMENT, "addresses", published)


def test_exponents_stand_beside_what_is_published_and_planted(grown):
    whole = grown.exponents.query("scope == 'all'").iloc[0]
    assert whole[["dataset", "counted", "published", "planted"]].tolist() == [
        "here", "addresses", 0.69, 0.73,
    ]  # fmt: skip
    assert set(grown.sensitivity["dataset"]) == {"here"}


def test_radii_stand_beside_the_published_ones(settled):
    row = settled.fits.query("definition == 'density' and town == 'Town 0'").iloc[0]
    assert row["published"] == 610
    assert row["radius"] == pytest.approx(600, rel=0.1)


def test_tails_of_the_data_and_of_the_paper_share_a_table(settled, grown):
    rng = np.random.default_rng(2)
    published = pd.DataFrame({"town": [f"T{k}" for k in range(80)]})
    published["radius_addresses_m"] = 300 / rng.random(80) ** 0.5
    published["radius_buildings_m"] = 350 / rng.random(80) ** 0.5
    table = step("towns").tails(settled.fits, grown.exponents, 0, 1, published)
    assert table["source"].tolist() == ["data", "data", "published", "published"]
    assert table.query("source == 'published'")["mu"].between(2, 5).all()
    assert table.query("source == 'data'")["mu"].isna().all(), "two towns have no tail"
