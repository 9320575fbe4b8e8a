"""Pair distribution of a point set over all distances, and what counts as one place."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist

from movelaws.pairdist.pairs import COLUMNS, countings, pair_table, regimes, stacked

CORNER = 5e5


def places(n=400, side=3000.0, seed=1, weight=None):
    x, y = np.random.default_rng(seed).uniform(CORNER, CORNER + side, (2, n))
    return pd.DataFrame({"x": x, "y": y, "weight": 1.0 if weight is None else weight})


def test_every_pair_counts_once_in_its_bin():
    points = places()
    table = pair_table(points)
    assert tuple(table.columns) == COLUMNS
    assert table["count"].sum() == 400 * 399 / 2
    assert (table["relative_error"] == 0).all()
    edges = np.append(table["r_low"], table["r_high"].iloc[-1])
    distances = pdist(points[["x", "y"]].to_numpy())
    np.testing.assert_array_equal(table["count"], np.histogram(distances, edges)[0])


def test_density_is_a_share_per_metre():
    table = pair_table(places())
    assert (table["density"] * (table["r_high"] - table["r_low"])).sum() == pytest.approx(1)


def test_addresses_of_one_building_count_as_so_many_places():
    one_by_one = pd.concat([places(60)] * 3, ignore_index=True)
    weighted = places(60, weight=3.0)
    apart = [pair_table(p).query("r_low >= 1")["count"].sum() for p in (one_by_one, weighted)]
    assert apart[0] == apart[1] == 9 * 60 * 59 / 2


def test_joined_bins_hold_the_same_pairs():
    table = pair_table(places())
    joined = regimes(table)
    assert joined["count"].sum() == table["count"].sum()
    assert (joined["r_low"].to_numpy()[1:] == joined["r_high"].to_numpy()[:-1]).all()
    share = joined["density"] * (joined["r_high"] - joined["r_low"])
    assert share.sum() == pytest.approx(1)


def test_independent_places_in_a_plane_grow_with_exponent_one():
    joined = regimes(pair_table(places(4000, side=20_000.0)))
    middle = joined[joined["r"].between(100, 700)]
    # Borders take a few per cent of the neighbours at a thirtieth of the side.
    assert middle["exponent"].mean() == pytest.approx(1, abs=0.06)


def test_bins_with_few_pairs_give_no_slope():
    joined = regimes(pair_table(places(30)))
    few = joined["count"].shift(1).lt(25) | joined["count"].shift(-1).lt(25)
    assert joined.loc[few, "exponent"].isna().all()


def test_places_at_one_position_are_one_building():
    points = pd.DataFrame(
        {"x": [1e5, 1e5, 2e5], "y": [1e5, 1e5, 2e5], "weight": [1.0, 2.0, 1.0], "town": list("abc")}
    )
    positions = stacked(points)
    assert positions["weight"].tolist() == [3.0, 1.0]
    assert positions["places"].tolist() == [2, 1]
    assert positions["town"].tolist() == ["a", "c"]


def test_addresses_and_buildings_are_told_apart_only_where_they_differ():
    assert list(countings(stacked(places(100)), "addresses")) == ["addresses"]
    stacks = pd.concat([places(100), places(100).iloc[:50]])
    found = countings(stacked(stacks))
    assert list(found) == ["addresses", "buildings"]
    assert found["addresses"]["weight"].sum() == 150
    assert found["buildings"]["weight"].sum() == 100
