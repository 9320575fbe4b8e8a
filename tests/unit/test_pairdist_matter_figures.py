"""Figures of places as matter: what they draw is in the tables, and nothing meets or is cut."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from movelaws.pairdist.matter import Settings, matter
from movelaws.pairdist.patches import Independent, patches
from movelaws.pairdist.positions import Settings as PositionSettings
from movelaws.pairdist.positions import Towns, positions
from movelaws.plotting.pairdist.configurations import configurations
from movelaws.plotting.pairdist.doors import doors
from movelaws.plotting.pairdist.energy import energies
from movelaws.plotting.pairdist.matter import correlation
from movelaws.plotting.pairdist.matter_nucleus import nucleus
from movelaws.plotting.pairdist.patches import nested
from movelaws.plotting.pairdist.patches_independent import independent
from movelaws.plotting.pairdist.positions import positions as positions_figure
from movelaws.plotting.pairdist.positions import weighted
from movelaws.seeds import stream
from tests.unit.drawn_world import assert_texts_apart, texts


@pytest.fixture(scope="module")
def models():
    return matter(Settings(particles=120, repeats=3, steps=600, speeds=(5.0, 2.5)), seed=1)


@pytest.fixture(scope="module")
def curves(models):
    """The models, and a dataset with both references."""
    one = models.curves[models.curves["source"] == "hard_disks"]
    places = [
        one.assign(source="denmark", place="place", reference=reference)
        for reference in ("local", "town")
    ]
    return pd.concat([models.curves, *places], ignore_index=True)


@pytest.fixture(scope="module")
def patchy():
    cities = [{"branching": 5, "packing": 0.6, "layers": 4, "unit": 5.0}]
    return patches(cities, Independent(patches=600, repeats=2), repeats=2, shape=2.0, seed=1)


@pytest.fixture(scope="module")
def located():
    rng = stream(1, "towns")
    x, y = rng.uniform(5000, 45_000, (2, 40))
    towns = Towns(x, y, rng.uniform(300, 900, 40), rng.integers(30, 900, 40), np.arange(40))
    land = shapely.box(0, 0, 50_000, 50_000)
    found = positions(towns, land, PositionSettings(draws=30, bins=10), rng)
    return towns, gpd.GeoDataFrame(geometry=[land], crs="EPSG:25832"), found


def words(made):
    return {text.get_text() for text in texts(made)}


def test_correlation_draws_models_and_places(curves):
    made = correlation(curves, labels={"denmark": "Denmark, addresses"}, synthetic=True)
    assert_texts_apart(made)
    said = words(made)
    assert {"Lennard-Jones", "hard disks", "Denmark, addresses", "synthetic data"} <= said
    shown = curves[(curves["source"] == "lennard_jones") & (curves["place"] == "centre")]
    drawn = [line.get_ydata() for line in made.axes[2].lines]
    assert any(np.array_equal(y, shown["g"], equal_nan=True) for y in drawn)


def test_correlation_without_places_says_so(models):
    made = correlation(models.curves)
    assert_texts_apart(made)
    assert "no places in this run" in words(made)


def test_other_figures_of_matter(models, curves):
    for made in (
        doors(curves),
        energies(models.energies),
        configurations(models.configurations),
        nucleus(models.profiles, models.nucleus),
    ):
        assert_texts_apart(made)
        assert made.get_size_inches()[0] * 25.4 == pytest.approx(183)


def test_every_house_of_a_city_is_a_disk_in_its_true_size(models):
    made = configurations(models.configurations)
    assert len(made.axes) == 3
    disks = made.axes[2].collections[0]
    shown = models.configurations[models.configurations["source"] == "hard_disks"]
    np.testing.assert_allclose(disks._widths, shown["radius"])  # half axes, as drawn


def test_one_temperature_is_enough(models):
    warm = models.nucleus[models.nucleus["rms_speed"] == 5.0]
    made = nucleus(models.profiles[models.profiles["rms_speed"] == 5.0], warm)
    assert len(made.axes) == 2
    assert_texts_apart(made)


def test_patches_are_drawn_with_their_prediction(patchy):
    made = nested(patchy.growth, patchy.curves, patchy.layers, patchy.city)
    assert_texts_apart(made)
    assert "b = 5, packing 0.6" in words(made)
    right = made.axes[2]
    simulated = patchy.growth[
        (patchy.growth["model"] == "nested") & (patchy.growth["form"] == "simulated")
    ]
    dots = right.containers[0].lines[0]
    np.testing.assert_allclose(np.asarray(dots.get_ydata(), dtype=float), simulated["growth"])
    made = independent(patchy.growth, patchy.curves, patchy.areas)
    assert_texts_apart(made)
    assert any("4-\\mu" in word for word in words(made))


def test_positions_are_drawn_with_the_bands_of_chance(located):
    towns, land, found = located
    made = positions_figure(found.curves, found.summary, towns.table(), land, synthetic=True)
    assert_texts_apart(made)
    assert {"40 towns", "synthetic data"} <= words(made)
    seen = found.curves[(found.curves["weight"] == "towns") & (found.curves["model"] == "observed")]
    assert any(
        np.array_equal(line.get_ydata(), seen["g"], equal_nan=True) for line in made.axes[2].lines
    )
    made = weighted(found.curves, found.summary)
    assert_texts_apart(made)


def test_no_land_is_no_error(located):
    towns, land, found = located
    made = positions_figure(found.curves, found.summary, towns.table(), land.iloc[:0])
    assert_texts_apart(made)


def test_missing_columns_are_named(models, patchy, located):
    with pytest.raises(ValueError, match="'g_error'"):
        correlation(models.curves.drop(columns="g_error"))
    with pytest.raises(ValueError, match="'heat'"):
        energies(models.energies.drop(columns="heat"))
    with pytest.raises(ValueError, match="no place 'rim'"):
        doors(models.curves[models.curves["place"] != "rim"])
    with pytest.raises(ValueError, match="no simulated city"):
        nested(
            patchy.growth[patchy.growth["form"] != "simulated"],
            patchy.curves, patchy.layers, patchy.city,
        )  # fmt: skip
    with pytest.raises(ValueError, match="'near_m'"):
        weighted(located[2].curves, located[2].summary.drop(columns="near_m"))
