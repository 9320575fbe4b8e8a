"""Growth of the pair distribution at the scale of neighbourhoods."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import curve_fit
from scipy.spatial.distance import cdist

from movelaws.pairdist.growth import growth
from movelaws.pairdist.growth_counts import compact_blocks, neighbours
from movelaws.pairdist.growth_fits import METHODS, growth_exponent, jackknife, law
from movelaws.pairdist.towns_found import sizes, towns_of
from movelaws.pairdist.towns_published import with_planted_growth, with_published_growth

EDGES = np.arange(1001.0)
MIDDLE = (EDGES[1:] + EDGES[:-1]) / 2
DENSITY = {"reach": 200, "min_places": 5, "fewest": 31}


def town(n, radius, at, seed, name):
    """Independent places in a disk."""
    rng = np.random.default_rng(seed)
    r, turn = radius * np.sqrt(rng.random(n)), 2 * np.pi * rng.random(n)
    x, y = at[0] + r * np.cos(turn), at[1] + r * np.sin(turn)
    return pd.DataFrame({"x": x, "y": y, "weight": 1.0, "town": name})


@pytest.fixture(scope="module")
def country():
    """Two towns of 1,500 m, one small one, a few farms."""
    rng = np.random.default_rng(5)
    farms = pd.DataFrame(
        {"x": rng.uniform(4.5e5, 5.5e5, 150), "y": rng.uniform(4.5e5, 5.5e5, 150)}
    ).assign(weight=1.0, town="")
    towns = [
        town(2500, 2000, (5e5, 5e5), 1, "Aby"),
        town(1500, 1500, (5.2e5, 5e5), 2, "Bby"),
        town(60, 200, (5e5, 5.2e5), 3, "Cby"),
    ]
    return pd.concat([*towns, farms], ignore_index=True)


@pytest.fixture(scope="module")
def found(country):
    return growth(
        country, low=30, high=500, ranges=[(50, 300)], definitions=["given", "density"],
        density=DENSITY, largest=2, blocks=16, town_blocks=8,
    )  # fmt: skip


@pytest.mark.parametrize("exponent", [-0.5, 0.3, 0.67, 1.0])
@pytest.mark.parametrize("method", METHODS)
def test_a_planted_exponent_is_found(exponent, method):
    counts = 7e4 * MIDDLE**exponent
    assert growth_exponent(EDGES, counts, 30, 500, method) == pytest.approx(exponent, abs=2e-4)


def test_least_squares_agree_with_a_general_fit():
    counts = np.random.default_rng(1).poisson(50 * MIDDLE**0.6)
    used = (EDGES[:-1] >= 30) & (EDGES[1:] <= 500)
    (_, exponent), _ = curve_fit(
        lambda r, c, a: c * r**a, MIDDLE[used], counts[used], p0=(50, 0.5), ftol=1e-12, xtol=1e-12
    )
    assert growth_exponent(EDGES, counts, 30, 500) == pytest.approx(exponent, abs=1e-5)


def test_the_readings_differ_where_the_law_is_none():
    counts = MIDDLE * np.exp(-MIDDLE / 400)
    found = [growth_exponent(EDGES, counts, 30, 500, method) for method in METHODS]
    assert found[0] < found[1] < found[2], "equal weights per ratio look at short distances most"


def test_the_law_is_scaled_to_the_counts():
    counts = 3 * MIDDLE**0.5
    np.testing.assert_allclose(law(EDGES, counts, 30, 500, 0.5), counts)


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(2).normal(5, 2, 40)
    without = (values.sum() - values) / (values.size - 1)
    error, low, high = jackknife(without, values.mean(), 0.95)
    assert error == pytest.approx(values.std(ddof=1) / np.sqrt(40))
    assert low < values.mean() < high


def test_few_blocks_give_no_interval():
    assert np.isnan(jackknife(np.array([0.5, 0.6, 0.7]), 0.6, 0.95)).all()


def test_bins_without_pairs_give_no_exponent():
    assert np.isnan(growth_exponent(EDGES, np.zeros(1000), 30, 500))


@pytest.mark.parametrize(
    ("low", "high", "method", "message"),
    [
        (30, 500, "cubic", "method = 'cubic'"),
        (500, 30, "log", "range from 500 to 30"),
        (0, 30, "log", "0 < low < high"),
    ],
)
def test_unusable_ranges_are_named(low, high, method, message):
    with pytest.raises(ValueError, match=message):
        growth_exponent(EDGES, MIDDLE, low, high, method)


def test_neighbours_agree_with_brute_force_by_block_and_weight():
    points = town(300, 400, (5e5, 5e5), 1, "Aby")
    points["weight"] = np.random.default_rng(1).integers(1, 5, 300).astype(float)
    block = np.random.default_rng(2).integers(-1, 3, 300)
    edges = np.arange(0.0, 301.0, 10.0)
    weight = points["weight"].to_numpy()
    distance = cdist(points[["x", "y"]], points[["x", "y"]])
    np.fill_diagonal(distance, np.inf)
    for number, row in enumerate(neighbours(points, block, 3, edges)):
        own = block == number
        pairs = np.outer(weight[own], weight)
        expected = np.histogram(distance[own], edges, weights=pairs)[0]
        np.testing.assert_allclose(row, expected)


def test_blocks_must_fit_the_places():
    with pytest.raises(ValueError, match=r"block has shape \(3,\), expected \(300,\)"):
        neighbours(town(300, 400, (5e5, 5e5), 1, ""), np.zeros(3, int), 1, EDGES)


def test_blocks_are_compact_and_of_equal_size():
    x, y = np.random.default_rng(3).uniform(0, 1000, (2, 1024))
    block = compact_blocks(x, y, 16)
    assert np.bincount(block).tolist() == [64] * 16
    spans = [max(np.ptp(x[block == b]), np.ptp(y[block == b])) for b in range(16)]
    assert max(spans) < 400
    assert compact_blocks(x[:3], y[:3], 16).max() == 0, "too few places to part"
    with pytest.raises(ValueError, match="power of two"):
        compact_blocks(x, y, 12)


def test_independent_places_in_large_towns_grow_nearly_with_one(found):
    rows = found.exponents.query("scope == 'town' and definition == 'given'")
    assert rows["town"].tolist() == ["Aby", "Bby"], "the largest first, no third"
    # The border of a disk of 1.5 to 2 km takes neighbours at 500 m.
    assert rows["exponent"].between(0.85, 1.0).all()
    assert (rows["standard_error"] > 0).all()


def test_the_whole_is_made_of_its_parts(found, country):
    curves = found.curves.query("definition in ('', 'given')")
    total = (curves["neighbours"] * 1.0).groupby([curves["scope"], curves["r_low"]]).sum()
    whole = found.exponents.query("scope == 'all'")["places"].item()
    assert whole == len(country)
    near = found.curves.query("scope == 'all' and r_high <= 300")
    pairs = near["neighbours"].sum() * len(country) / 2
    distance = cdist(country[["x", "y"]], country[["x", "y"]])
    assert pairs == pytest.approx((np.count_nonzero(distance < 300) - len(country)) / 2)
    assert total.index.get_level_values(0).nunique() == 3


def test_towns_have_a_mean_with_its_spread(found):
    row = found.exponents.query("scope == 'towns' and definition == 'given'").iloc[0]
    towns = found.exponents.query("scope == 'town' and definition == 'given'")["exponent"]
    assert row["exponent"] == pytest.approx(towns.mean())
    assert row["sd"] == pytest.approx(towns.std(ddof=1))
    assert row["blocks"] == 2


def test_density_finds_the_towns_by_their_names(found, country):
    towns = towns_of(country, "density", DENSITY)
    assert sizes(towns).index.tolist() == ["Aby", "Bby", "Cby"]
    assert (towns[country["town"] == ""] == "").mean() > 0.9
    assert set(found.exponents["definition"]) == {"", "given", "density"}


def test_a_second_cluster_of_a_name_gets_a_number():
    parts = [town(200, 300, (5e5, 5e5), 1, "Aby"), town(100, 300, (5.1e5, 5e5), 2, "Aby")]
    points = pd.concat([*parts, town(90, 300, (5.2e5, 5e5), 3, "")], ignore_index=True)
    assert sizes(towns_of(points, "density", DENSITY)).index.tolist() == ["Aby", "Aby 2", "Town 3"]


def test_data_without_towns_have_none_given(country):
    assert towns_of(country.assign(town=""), "given", DENSITY) is None
    with pytest.raises(ValueError, match="definition = 'postal'"):
        towns_of(country, "postal", DENSITY)


def test_equal_points_give_equal_exponents(found, country):
    again = growth(
        country, low=30, high=500, ranges=[(50, 300)], definitions=["given", "density"],
        density=DENSITY, largest=2, blocks=16, town_blocks=8,
    )  # fmt: skip
    pd.testing.assert_frame_equal(found.exponents, again.exponents, check_exact=True)


def test_sensitivity_has_every_reading_and_range(found):
    rows = found.sensitivity.query("scope == 'all'")
    assert len(rows) == len(METHODS) * 2
    main = rows.query("method == 'linear' and to_m == 500")["exponent"].item()
    assert main == found.exponents.query("scope == 'all'")["exponent"].item()


def test_published_and_planted_exponents_stand_beside(found):
    published = pd.DataFrame(
        {
            "counted": "places",
            "scope": ["all", "outside", "town", "town"],
            "town": ["", "", "Aby", "Odense"],
            "exponent": [0.69, 0.3, 0.7, 0.6],
        }
    )
    table = with_published_growth(found.exponents, published).set_index(
        ["definition", "scope", "town"]
    )
    assert table.loc[("", "all", ""), "published"] == 0.69
    assert table.loc[("given", "town", "Aby"), "published"] == 0.7
    assert np.isnan(table.loc[("given", "town", "Bby"), "published"])
    assert table.loc[("given", "towns", ""), "published"] == pytest.approx(0.65)
    assert with_published_growth(found.exponents, None)["published"].isna().all()
    planted = with_planted_growth(found.exponents, {"growth_exponent": 0.73})
    assert planted.loc[planted["scope"] == "all", "planted"].item() == 0.73
    assert planted.loc[planted["scope"] == "outside", "planted"].isna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"low": 500, "high": 30}, "from_m, to_m: 500 to 30 m"),
        ({"ranges": [(300, 30)]}, r"ranges\[0\]: 300 to 30 m"),
        ({"low": 1e6, "high": 2e6}, "bins of 1 m, 100,000 m is the farthest"),
    ],
)
def test_ranges_that_cannot_be_read_are_refused(country, change, message):
    options = {
        "low": 30, "high": 500, "ranges": [], "definitions": ["given"], "density": DENSITY,
        "largest": 2, "blocks": 16, "town_blocks": 8,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        growth(country, **(options | change))


def test_more_bins_are_counted_in_more_turns_alike(country, monkeypatch):
    block = compact_blocks(country["x"], country["y"], 4)
    edges = np.arange(41) * 25.0
    at_once = neighbours(country, block, 4, edges)
    monkeypatch.setattr("movelaws.pairdist.growth_counts._BINS_AT_ONCE", 40 * 100)
    np.testing.assert_array_equal(neighbours(country, block, 4, edges), at_once)
