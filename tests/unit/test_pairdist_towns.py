"""Radius and form of towns, density about their centres, tail of the radii."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from movelaws.cities.forms import GeneralisedGamma
from movelaws.pairdist.answers_places import town_forms
from movelaws.pairdist.towns import radii, towns
from movelaws.pairdist.towns_fits import (
    exponential_scale,
    inverse,
    town_centre,
    town_pairs,
)
from movelaws.pairdist.towns_published import published_fits, with_published_radii
from movelaws.pairdist.towns_radii import radius_tail

DENSITY = {"reach": 250, "min_places": 4, "fewest": 31}
NOWHERE = gpd.GeoSeries([], crs="EPSG:25832")


def gaussian(n, sigma, at=(5e5, 5e5), seed=1, name="Aby"):
    """A town whose pair distances are exactly of shape 2 and radius 2 sigma."""
    x, y = np.random.default_rng(seed).normal(0, sigma, (2, n))
    return pd.DataFrame({"x": at[0] + x, "y": at[1] + y, "weight": 1.0, "town": name})


def exponential(n, scale, at=(5e5, 5e5), seed=1, name="Aby"):
    """A town whose density falls as exp(-x / scale)."""
    rng = np.random.default_rng(seed)
    r, turn = rng.gamma(2.0, scale, n), 2 * np.pi * rng.random(n)
    x, y = at[0] + r * np.cos(turn), at[1] + r * np.sin(turn)
    return pd.DataFrame({"x": x, "y": y, "weight": 1.0, "town": name})


def settled(points, **changes):
    options = {
        "definitions": ["given", "density"], "density": DENSITY, "fewest": 31, "largest": 5,
        "rings": 2,
    }  # fmt: skip
    return towns(points, NOWHERE, **(options | changes))


@pytest.fixture(scope="module")
def country():
    towns_ = [
        gaussian(1500, 400, (5e5, 5e5), 1, "Aby"),
        gaussian(400, 150, (5.2e5, 5e5), 2, "Bby"),
        gaussian(20, 50, (5e5, 5.2e5), 3, "Cby"),
    ]
    return pd.concat(towns_, ignore_index=True)


@pytest.fixture(scope="module")
def found(country):
    return settled(country)


def test_the_form_of_a_gaussian_town_is_recovered():
    fit = town_pairs(gaussian(1500, 400))
    assert fit.fit.radius == pytest.approx(800, rel=0.06)
    assert fit.fit.shape == pytest.approx(2, abs=0.12)
    low, high = fit.fit.radius_interval
    assert low < 800 < high
    assert fit.agreement["correlation"] > 0.995
    assert fit.agreement["correlation_inverse"] > 0.99
    assert fit.agreement["near"] == pytest.approx(1, abs=0.1)


def test_large_towns_are_counted_by_the_engine_alike(monkeypatch):
    places = gaussian(800, 300)
    by_list = town_pairs(places)
    monkeypatch.setattr("movelaws.pairdist.towns_fits._AT_ONCE", 10)
    by_engine = town_pairs(places)
    assert by_engine.fit.radius == by_list.fit.radius
    pd.testing.assert_frame_equal(by_engine.curve, by_list.curve)


def test_weights_count_as_so_many_pairs():
    places = gaussian(200, 300)
    heavy = town_pairs(places.assign(weight=2.0))
    light = town_pairs(places)
    assert heavy.fit.radius == pytest.approx(light.fit.radius)
    assert heavy.curve["count"].sum() == pytest.approx(4 * light.curve["count"].sum())


def test_the_inverse_of_the_exact_density_is_the_scaled_distance():
    r = np.linspace(10, 2500, 60)
    for shape in (0.8, 1.0, 2.0, 3.0):
        density = GeneralisedGamma(700.0, shape).density(r)
        np.testing.assert_allclose(inverse(density, r, 700.0, shape), r / 700, rtol=1e-7)


def test_more_pairs_than_the_onset_allows_have_no_inverse():
    density = 1.01 * GeneralisedGamma(700.0, 2.0).density(np.array([1.0]))
    assert np.isnan(inverse(density, np.array([1.0]), 700.0, 2.0)).all()
    assert np.isnan(inverse(np.zeros(1), np.ones(1), 700.0, 2.0)).all()


def test_two_places_are_no_town():
    with pytest.raises(ValueError, match="2 places: a town needs at least 3"):
        town_pairs(gaussian(2, 10))


def test_the_centre_has_the_smallest_sum_of_distances():
    places = exponential(600, 300)
    x, y, w = (places[c].to_numpy() for c in ("x", "y", "weight"))
    at = np.array(town_centre(x, y, w))

    def total(point):
        return np.hypot(x - point[0], y - point[1]).sum()

    for step in ([5, 0], [-5, 0], [0, 5], [0, -5]):
        assert total(at) < total(at + step)
    assert np.hypot(*(at - 5e5)) < 60


def test_the_scale_of_an_exponential_is_recovered_on_half_the_land():
    rng = np.random.default_rng(1)
    edges = np.linspace(0, 2500, 26)
    x = rng.gamma(2.0, 300.0, 20_000)
    whole = np.pi * np.diff(edges**2)
    counts = np.histogram(x, edges)[0]
    assert exponential_scale(edges, counts, whole) == pytest.approx(300, rel=0.03)
    shore = np.where(edges[1:] > 600, 0.5, 1.0)
    assert exponential_scale(edges, counts * shore, whole * shore) == pytest.approx(300, rel=0.03)


def test_towns_come_by_size_and_small_ones_not_at_all(found):
    for definition in ("given", "density"):
        rows = found.fits[found.fits["definition"] == definition]
        assert rows["town"].tolist() == ["Aby", "Bby"]
    assert set(found.curves["town"]) == {"Aby", "Bby"}


def test_radii_of_several_towns_are_recovered(found):
    given = found.fits.query("definition == 'given'").set_index("town")
    assert given.loc["Aby", "radius"] == pytest.approx(800, rel=0.08)
    assert given.loc["Bby", "radius"] == pytest.approx(300, rel=0.12)


def test_an_exponential_town_falls_with_exponent_one():
    fits = settled(exponential(4000, 250), definitions=["given"]).fits.iloc[0]
    assert fits["scale"] == pytest.approx(250, rel=0.06)
    assert fits["fall_low"] < 1 < fits["fall_high"]


def test_water_is_no_lack_of_houses():
    places = exponential(8000, 250)
    dry = places[places["x"] > 5e5 - 100]
    land = gpd.GeoSeries([box(5e5 - 100, 4e5, 6e5, 6e5)], crs="EPSG:25832")
    options = {"definitions": ["given"], "density": DENSITY, "fewest": 31, "largest": 1, "rings": 1}
    on_land = towns(dry, land, **options)
    rings = on_land.rings
    assert rings["land_share"].iloc[-1] < 0.75
    assert (rings["land_share"] <= 1 + 1e-9).all()
    assert rings["area_km2"].to_numpy() == pytest.approx(
        rings["land_share"] * np.pi * (rings["r_high"] ** 2 - rings["r_low"] ** 2) / 1e6
    )


def test_no_towns_give_empty_tables():
    fields = settled(gaussian(10, 30))
    assert all(len(table) == 0 for table in fields)
    assert "radius" in fields.fits


@pytest.mark.parametrize("mu", [2.6, 3.3])
def test_the_tail_of_the_radii_is_recovered(mu):
    rng = np.random.default_rng(4)
    radius = 400 * (1 - rng.random(4000)) ** (-1 / (mu - 1))
    found = radius_tail(radius, replicates=0, seed=1, low=400.0)
    assert found["mu"] == pytest.approx(mu, abs=4 * found["standard_error"])
    assert found["growth"] == pytest.approx(4 - found["mu"])
    assert found["area_exponent"] == pytest.approx((found["mu"] + 1) / 2)


def test_where_the_tail_begins_is_found():
    rng = np.random.default_rng(5)
    core = rng.uniform(50, 500, 600)
    radius = np.r_[core, 500 * (1 - rng.random(600)) ** (-1 / 2)]
    found = radius_tail(radius, replicates=20, seed=1)
    assert 350 < found["tail_from_m"] < 800
    assert found["mu"] == pytest.approx(3, abs=0.35)
    assert found["p"] > 0.05


def test_few_towns_have_no_tail():
    found = radius_tail(np.arange(100.0, 129.0), replicates=10, seed=1)
    assert found["towns"] == 29
    assert np.isnan(found["mu"])
    assert np.isnan(radius_tail(np.array([]), replicates=10, seed=1)["mean_m"])


def test_radii_stand_beside_the_growth_that_was_measured(found):
    growth = pd.DataFrame({"scope": ["all"], "counted": ["places"], "exponent": [0.66]})
    table = radii(found.fits, growth, replicates=0, seed=1)
    assert table["definition"].tolist() == ["given", "density"]
    assert (table["growth_measured"] == 0.66).all()
    assert (table["well_fitted"] == 1).all()
    assert table["towns"].tolist() == [2, 2]


PUBLISHED = pd.DataFrame(
    {
        "town": ["Aby", "Bby-Havn", "Dby", "Dby"],
        "radius_addresses_m": [790, 310, 1, 2],
        "radius_buildings_m": [800, np.nan, 3, 4],
    }
)


def test_published_radii_are_matched_by_name(found):
    fits = with_published_radii(found.fits.assign(counted="addresses"), PUBLISHED)
    density = fits.query("definition == 'density'").set_index("town")["published"]
    assert density.to_dict() == {"Aby": 790, "Bby": 310}
    assert fits.query("definition == 'given'")["published"].isna().all()
    assert with_published_radii(fits, None)["published"].isna().all()


def test_a_name_that_two_towns_share_is_matched_to_neither(found):
    fits = found.fits.assign(counted="addresses", town="Dby")
    assert with_published_radii(fits, PUBLISHED)["published"].isna().all()


def test_the_published_radii_become_a_table_of_their_own():
    table = published_fits(PUBLISHED)
    assert set(table["source"]) == {"published"}
    assert table.query("counted == 'buildings'")["radius"].count() == 3


def test_where_no_town_is_large_enough_the_tables_are_empty_with_all_columns(found, capsys):
    none = settled(gaussian(30, 100))
    assert "no town has 31 positions" in capsys.readouterr().out
    for name in none._fields:
        assert getattr(none, name).empty
        assert list(getattr(none, name)) == list(getattr(found, name))
    growth = pd.DataFrame({"scope": ["all"], "counted": ["places"], "exponent": [0.7]})
    table = radii(none.fits, growth, replicates=0, seed=1)
    assert table.empty
    assert list(table) == list(radii(found.fits, growth, replicates=0, seed=1))
    assert town_forms({"a": table}, {"a": "A"}) == []
    assert with_published_radii(none.fits, None).empty
