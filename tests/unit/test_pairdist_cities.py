"""The paper's cities: statistics, repeats, laws of radii, and two towns in full."""

import numpy as np
import pandas as pd
import pytest

from movelaws.pairdist.published_cities import (
    radius_laws,
    radius_tail,
    repeats,
    statistics,
    values_of,
)
from movelaws.pairdist.published_cities_towns import (
    numbers,
    read_towns,
    town_curves,
    town_fits,
    town_laws,
    town_recovery,
)
from movelaws.plotting.pairdist.published_cities import published_cities
from tests.unit.drawn_world import texts


def words_of(figure):
    return [text.get_text() for text in texts(figure)]


EDGES = np.geomspace(10, 5e5, 100)
GRID = (EDGES[1:] + EDGES[:-1]) / 2
LAW = {"inside": 0.6, "outside": 2.0, "radius_m": 2000.0}


def cities(n=600, pool=None, seed=1):
    rng = np.random.default_rng(seed)
    inside, outside = rng.normal(-0.6, 0.2, n), rng.normal(-2, 0.2, n)
    if pool:
        inside, outside = (rng.choice(values[:pool], n) for values in (inside, outside))
    radius = rng.lognormal(7.7, 0.7, n)
    snapped = GRID[np.abs(np.log(GRID[:, None] / radius)).argmin(axis=0)]
    return pd.DataFrame({"inside": inside, "outside": outside, "radius_m": snapped})


def town(name="1", n=20_000, seed=1, law=LAW):
    rng, width = np.random.default_rng(seed), np.diff(EDGES)
    density = np.minimum(GRID, 3e4) * np.exp(-GRID / 2e5)
    t = np.log(GRID / law["radius_m"])
    cost = np.exp(-np.where(t < 0, law["inside"], law["outside"]) * t)
    share = density * cost * width
    moves = rng.multinomial(n, share / share.sum()) / n / width
    ratio = np.where(moves > 0, moves / density, np.nan)
    return pd.DataFrame(
        {"town": name, "r_m": GRID, "moves": moves, "pairs": density, "ratio": ratio}
    )


@pytest.fixture(scope="module")
def towns():
    return read_towns(pd.concat([town("1"), town("2", 3000, seed=2)]))


def test_exponents_are_positive_where_the_cost_falls():
    table = statistics(cities(), planted={"inside": 0.6}).set_index("quantity")
    assert abs(table.loc["inside", "mean"] - 0.6) < 4 * table.loc["inside", "standard_error"]
    assert abs(table.loc["outside", "mean"] - 2) < 4 * table.loc["outside", "standard_error"]
    assert table.loc["inside", "planted"] == 0.6
    assert np.isnan(table.loc["outside", "published_mean"])


def test_a_sample_with_replacement_tells_the_size_of_its_pool():
    table = repeats(cities(n=1000, pool=900)).set_index(["quantity", "times"])
    assert table.loc[("inside", 1), "pool"] == pytest.approx(900, rel=0.12)
    for times in (1, 2):
        seen, expected = table.loc[("inside", times), ["observed", "expected"]]
        assert abs(seen - expected) < 4 * np.sqrt(expected)


def test_values_without_repeats_have_no_pool():
    table = repeats(cities())
    assert table["pool"].isna().all()
    assert (table.loc[table["times"] == 1, "observed"] == 600).all()
    assert table["correlation"].abs().max() < 0.2


def test_the_law_of_the_radii_is_found_with_and_without_the_smallest():
    table = radius_laws(cities(), {"lognormal": 1.0})
    for name, part in table.groupby("set"):
        assert part.iloc[0]["law"] == "lognormal", name
        assert part["difference"].min() == 0
    assert table.loc[table["law"] == "lognormal", "published_aic"].notna().sum() == 1
    assert (table["aicc"] > table["aic"]).all()


def test_radii_piled_up_at_the_smallest_value_change_the_ranking():
    piled = cities(1200)
    piled.loc[:19, "radius_m"] = GRID[20]
    best = radius_laws(piled).groupby("set")["law"].first()
    assert best["without the smallest radius"] == "lognormal"
    assert best["all"] != "lognormal"


def test_a_tail_of_radii_on_a_grid_is_found_with_a_fair_p():
    rng = np.random.default_rng(5)
    radius = 1000 * (1 - rng.random(1500)) ** (-1 / 2)
    table = cities(1500)
    table["radius_m"] = GRID[np.abs(np.log(GRID[:, None] / radius)).argmin(axis=0)]
    tail = radius_tail(table, 2000.0, draws=50, seed=1).set_index("start")
    row = tail.loc["published"]
    assert row["low_m"] == 2000
    best = tail.loc["smallest distance"]
    assert abs(best["exponent"] - 3) < 5 * best["error"] + 0.1
    assert best["ks"] <= row["ks"] + 1e-12
    assert best["p"] > 0.02


def test_unusable_cities_are_named():
    with pytest.raises(ValueError, match="lack the column radius_m"):
        values_of(cities().drop(columns="radius_m"))
    with pytest.raises(ValueError, match=r"cities\.inside: 2 values"):
        values_of(cities().head(2))
    with pytest.raises(ValueError, match="radii are positive"):
        values_of(cities().assign(radius_m=-1.0))


@pytest.mark.parametrize("smallest", [1, 3, 7])
def test_numbers_are_recovered_from_shares(smallest):
    counts = np.array([0, smallest, smallest + 2, smallest + 5, 300, 4000])
    np.testing.assert_array_equal(numbers(counts / counts.sum()), counts)


def test_shares_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="no numbers"):
        numbers(np.array([0.1, 0.1 * np.pi, 0.1 * np.e, 0.1 * np.sqrt(7)]))


def test_both_methods_find_the_planted_law_of_a_town(towns):
    table = town_fits(towns, planted={"1": LAW}, starts=(0.0,)).set_index(["town", "method"])
    assert table.loc[("1", "likelihood"), "moves"] == 20_000
    # Segments lose bins without moves, mostly short ones, and so are biased inside.
    for method, wide in (("likelihood", 1.0), ("segments", 4.0)):
        row = table.loc[("1", method)]
        assert row["inside"] == pytest.approx(0.6, abs=0.03 * wide)
        assert row["outside"] == pytest.approx(2.0, abs=0.03 * wide)
        assert row["radius_m"] == pytest.approx(2000, rel=0.06 * wide)
    row = table.loc[("1", "likelihood")]
    assert row["radius_low_m"] < row["radius_m"] < row["radius_high_m"]
    assert row["gain"] > 1000
    assert row["planted_radius_m"] == 2000
    assert np.isnan(table.loc[("2", "segments"), "planted_inside"])


def test_two_pieces_beat_the_other_laws_of_a_town(towns):
    table = town_laws(towns)
    assert (table[table["law"] == "two_pieces"]["aic_difference"] == 0).all()
    assert (table[table["law"] != "two_pieces"]["aic_difference"] > 0).all()


def test_the_likelihood_recovers_with_less_scatter_than_segments(towns):
    table = town_recovery(towns[1:], LAW, draws=6, seed=1)
    table = table.set_index(["quantity", "method"])
    assert abs(table.loc[("outside", "likelihood"), "mean"] - 2) < 0.05
    assert table.loc[("outside", "likelihood"), "sd"] < table.loc[("outside", "segments"), "sd"]
    assert town_recovery(towns, LAW, draws=0, seed=1).empty


def test_towns_without_a_column_are_named():
    with pytest.raises(ValueError, match="lack the column ratio"):
        read_towns(town().drop(columns="ratio"))


def test_the_figure_names_towns_laws_and_pools(towns):
    arrays = cities(n=1000, pool=900)
    fitted = town_fits(towns, planted={"1": LAW, "2": LAW})
    made = published_cities(
        arrays,
        statistics(arrays, planted={"inside": 0.6, "outside": 2.0}),
        radius_laws(arrays),
        repeats(arrays),
        fitted,
        town_curves(towns, fitted),
        synthetic=True,
    )
    words = words_of(made)
    assert "Town 1, 20,000 moves" in words
    assert any("a pool of" in word for word in words)
    assert any(word.startswith("planted 0.60, 2.00, 2.00 km") for word in words)
    with pytest.raises(ValueError, match="1 towns, two are drawn"):
        published_cities(
            arrays, statistics(arrays), radius_laws(arrays), repeats(arrays), fitted,
            town_curves(towns[:1], fitted),
        )  # fmt: skip
