"""Towns found by density against official ones: planted towns, halves, scores by another way."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import completeness_score, homogeneity_score, normalized_mutual_info_score

from movelaws.pairdist.definition import compare
from movelaws.pairdist.definition_clusters import RULE, clusterings, thinned, without_small
from movelaws.pairdist.definition_scores import (
    READINGS,
    contingency,
    ground,
    looked_at,
    matched,
    scores,
)
from movelaws.pairdist.definition_units import cut, largest_city, versions
from movelaws.pairs import checked_points

SETTINGS = {
    "hdbscan": {"min_cluster_size": [10, 30], "min_samples": [5]},
    "dbscan": {"reach_m": [60.0, 150.0], "min_places": [3, 8]},
    "rule": {"reach_m": 150.0, "least_places": 20},
    "built_up": {"within_m": 100.0, "least": 5},
    "merge": {"within_m": 150.0, "share": 0.05},
    "merged": [],
    "cut": 3,
    "splits": 5,
    "most_places": 5000,
}
PUBLISHED = pd.DataFrame(
    {
        "copenhagen": ["merged", "merged", "separate", "separate"],
        "algorithm": ["DBSCAN", "HDBSCAN"] * 2,
        "nmi": [0.88, 0.91, 0.71, 0.67],
        "ami": [0.87, 0.89, 0.67, 0.65],
    }
)


def country(sizes=(120, 60, 50, 40, 40, 30), farms=60, seed=4):
    """Round towns 2 km apart, farms between them."""
    rng = np.random.default_rng(seed)
    x, y, town = [], [], []
    for k, size in enumerate(sizes):
        radius, angle = 15 * np.sqrt(size * rng.random(size)), 2 * np.pi * rng.random(size)
        x.append(6e5 + 2000 * (k % 3) + radius * np.cos(angle))
        y.append(6.1e6 + 2000 * (k // 3) + radius * np.sin(angle))
        town += [f"town {k}"] * size
    x.append(6e5 + rng.uniform(-1000, 5000, farms))
    y.append(6.1e6 + rng.uniform(-1000, 3000, farms))
    points = pd.DataFrame({"x": np.concatenate(x), "y": np.concatenate(y)})
    # Farms that happen to lie in a town would not be farms.
    points["town"] = town + [""] * farms
    near = points["town"].eq("").to_numpy() & (
        np.hypot(
            (points["x"] - 6e5 + 1000) % 2000 - 1000, (points["y"] - 6.1e6 + 1000) % 2000 - 1000
        )
        < 400
    )
    return points[~near].reset_index(drop=True)


def arrays(points):
    town = pd.factorize(points["town"].mask(points["town"].eq("")), sort=True)[0]
    return points[["x", "y"]].to_numpy(), town


@pytest.fixture(scope="module")
def found():
    return compare(country(), "made_up", SETTINGS, published=PUBLISHED, planted=True, seed=1)


def test_planted_towns_are_found_and_the_places_of_towns_agree_with_them(found):
    table = found.table[found.table["units"] == "merged"].set_index(["reading", "algorithm"])
    for algorithm in ("DBSCAN", RULE):
        assert table.loc[("built_up", algorithm), "nmi"] == pytest.approx(1, abs=0.02)
        assert table.loc[("all", algorithm), "nmi"] > 0.9
        assert table.loc[("all", algorithm), "towns_matched"] == 6
    assert table.loc[("official", "HDBSCAN"), "nmi"] > 0.9
    assert (table["planted_towns"] == 6).all()
    assert (table["towns_official"] == 6).all()
    assert (table["kind"] == "towns").all()


def test_a_largest_town_that_stands_alone_is_cut_and_then_agrees_less(found):
    table = found.table.set_index(["units", "reading", "algorithm"])["nmi"]
    for algorithm in ("DBSCAN", RULE):
        whole, parted = (table[u, "official", algorithm] for u in ("merged", "separate"))
        assert parted < whole - 0.05
    notes = found.table.groupby("units")["note"].first()
    assert notes["separate"] == "town 0 cut into 3 parts"
    assert "town 0" in notes["merged"]


def test_the_chosen_parameters_are_the_best_of_the_scan_and_the_labels_are_theirs(found):
    scan = found.scan[(found.scan["units"] == "merged") & (found.scan["reading"] == "all")]
    rows = found.table[(found.table["units"] == "merged") & (found.table["reading"] == "all")]
    for row in rows.to_dict("records"):
        tried = scan[scan["algorithm"] == row["algorithm"]]
        assert row["nmi"] == tried["nmi"].max()
        labels = found.clusters[row["algorithm"].lower().replace(" ", "_")]
        by_hand = normalized_mutual_info_score(
            found.clusters["official"], labels, average_method="geometric"
        )
        assert row["nmi"] == pytest.approx(by_hand, abs=1e-12)


def test_printed_numbers_stand_beside_the_readings_that_the_paper_could_mean(found):
    table = found.table[found.table["published_nmi"].notna()]
    assert set(table["reading"]) == {"all", "official"}
    row = table[(table["units"] == "separate") & (table["algorithm"] == "HDBSCAN")].iloc[0]
    assert (row["published_nmi"], row["published_ami"]) == (0.67, 0.65)
    assert len(table) == 2 * 2 * 2


def test_equal_seeds_give_equal_tables(found):
    again = compare(country(), "made_up", SETTINGS, published=PUBLISHED, planted=True, seed=1)
    pd.testing.assert_frame_equal(again.table, found.table)
    pd.testing.assert_frame_equal(again.clusters, found.clusters)


@pytest.mark.parametrize("reading", READINGS)
def test_scores_are_those_of_scikit_learn_on_all_towns_and_on_some(reading):
    points = country()
    xy, town = arrays(points)
    under = ground(xy, town, 100.0, 5)
    rng = np.random.default_rng(2)
    # Towns in part mixed up, so that no score is 0 or 1.
    cluster = np.where(rng.random(len(xy)) < 0.3, rng.integers(-1, 9, len(xy)), town)
    table = contingency(under, cluster)
    half = np.arange(under.n_towns) % 2 == 0
    for towns in (None, half):
        kept = looked_at(under, cluster, reading)
        if towns is not None:
            kept &= towns[under.nearest]
        labels = under.town[kept], cluster[kept]
        found = scores(table, reading, towns)
        for name, method in (("nmi", "geometric"), ("nmi_arithmetic", "arithmetic")):
            by_hand = normalized_mutual_info_score(*labels, average_method=method)
            assert found[name] == pytest.approx(by_hand, abs=1e-12)
        assert found["homogeneity"] == pytest.approx(homogeneity_score(*labels), abs=1e-12)
        assert found["completeness"] == pytest.approx(completeness_score(*labels), abs=1e-12)
        assert found["nmi"] ** 2 == pytest.approx(found["homogeneity"] * found["completeness"])


def test_towns_of_one_part_agree_fully_and_say_nothing_of_several():
    xy = np.array([[0.0, 0], [1, 0], [2, 0]])
    one = ground(xy, np.zeros(3, dtype=int), 10.0, 1)
    assert scores(contingency(one, np.zeros(3, dtype=int)), "all")["nmi"] == 1
    assert scores(contingency(one, np.array([0, 1, 1])), "all")["nmi"] == 0
    assert scores(contingency(one, np.full(3, -1)), "both") is None


def test_a_town_is_matched_by_a_cluster_that_shares_more_than_half():
    xy = np.zeros((8, 2))
    town = np.array([0, 0, 0, 0, 1, 1, 1, -1])
    under = ground(xy, town, 1.0, 1)
    assert matched(contingency(under, np.array([0, 0, 0, -1, 1, 1, 1, 1]))) == 2
    assert matched(contingency(under, np.array([0, 0, 1, 1, 1, 1, 1, 1]))) == 0
    assert matched(contingency(under, np.full(8, -1))) == 0


def test_a_choice_on_one_half_is_no_better_on_the_other_than_its_own_best():
    """Towns of two kinds of density: what is best for one kind is not for the other."""
    rng = np.random.default_rng(8)
    parts = []
    for k in range(8):
        spread = 25.0 if k % 2 else 200.0
        xy = rng.normal([3000 * (k % 4) + 6e5, 3000 * (k // 4) + 6e6], spread, (50, 2))
        parts.append(pd.DataFrame(xy, columns=["x", "y"]).assign(town=f"t{k}"))
    points = pd.concat(parts, ignore_index=True)
    made = compare(points, "two_kinds", SETTINGS | {"cut": 0}, seed=3).table
    rows = made[made["heldout_nmi"].notna()]
    assert len(rows) > 0
    assert (rows["heldout_low"] <= rows["heldout_nmi"] + 1e-12).all()
    assert (rows["heldout_nmi"] <= rows["heldout_high"] + 1e-12).all()
    own = rows[rows["reading"] != "both"]
    assert (own["half_nmi"] >= own["heldout_nmi"] - 1e-12).all()
    assert (own["half_nmi"] > own["heldout_nmi"]).any()
    assert set(made["kind"].dropna()) == {"districts"}
    left_out = made[made["units"] == "separate"]
    assert len(left_out) == 1
    assert left_out["note"].iloc[0].startswith("left out: no other unit borders on")


def test_a_city_is_a_chain_of_units_that_have_grown_together():
    x = np.concatenate(
        [np.arange(0, 100, 5), np.arange(100, 150, 5), np.arange(150, 180, 5), [900]]
    )
    town = np.repeat([0, 1, 2, 3], [20, 10, 6, 1])
    xy = np.column_stack([x, np.zeros(x.size)])
    under = ground(xy, town, 20.0, 1)
    assert largest_city(xy, under, within_m=10.0, share=0.1).tolist() == [0, 1, 2]
    assert largest_city(xy, under, within_m=10.0, share=0.9).tolist() == [0]
    names = np.array(["A", "B", "C", "D"], dtype=object)
    asked = {"merged": [], "merge": {"within_m": 10.0, "share": 0.1}, "cut": 2}
    made = versions(xy, under, names, asked, seed=0)
    assert made["merged"].how == "A, B, C as one"
    assert made["merged"].under.n_towns == 2
    assert made["separate"].how == "as given"
    listed = versions(xy, under, names, asked | {"merged": ["A", "D"]}, seed=0)
    assert listed["merged"].under.n_towns == 3
    with pytest.raises(ValueError, match="official unit 'Z'"):
        versions(xy, under, names, asked | {"merged": ["A", "Z"]}, seed=0)


def test_a_cut_parts_one_unit_and_the_farms_around_it_only():
    xy, town = arrays(country())
    under = ground(xy, town, 100.0, 5)
    parted = cut(xy, under, 0, 4, seed=0)
    assert parted.n_towns == under.n_towns + 3
    other = under.town != 0
    np.testing.assert_array_equal(parted.town[other], under.town[other])
    assert np.unique(parted.town[~other]).size == 4
    farms = (under.nearest == 0) & (under.town == -1)
    assert set(parted.nearest[farms]) <= set(parted.town[~other])


def test_many_places_are_thinned_to_cells_and_every_place_keeps_its_cell():
    xy, _ = arrays(country())
    points = checked_points(*xy.T)
    row, kept, cell = thinned(points, 100)
    assert len(kept) <= 100
    assert cell >= 10
    assert row.max() == len(kept) - 1
    assert np.hypot(points.x - kept.x[row], points.y - kept.y[row]).max() <= cell * np.sqrt(2)
    same, everyone, none = thinned(points, len(points))
    assert none == 0
    assert everyone is points
    assert same.tolist() == list(range(len(points)))


def test_small_clusters_dissolve_and_the_others_are_numbered_without_gaps():
    cluster = np.array([0, 0, 1, 2, 2, 2, -1])
    assert without_small(cluster, 2).tolist() == [0, 0, -1, 1, 1, 1, -1]
    assert without_small(cluster, 9).tolist() == [-1] * 7
    assert without_small(np.full(3, -1), 2).tolist() == [-1] * 3


def test_what_cannot_be_compared_is_refused_with_its_remedy():
    points = country()
    with pytest.raises(ValueError, match="column 'town' is empty for all"):
        compare(points.assign(town=""), "nameless", SETTINGS)
    empty = SETTINGS | {"dbscan": {"reach_m": [], "min_places": [3]}}
    with pytest.raises(ValueError, match="reach_m is empty"):
        compare(points, "made_up", empty)
    xy, town = arrays(points)
    with pytest.raises(ValueError, match="no place is in an official unit"):
        ground(xy, np.full(town.size, -1), 100.0, 5)
    with pytest.raises(ValueError, match="most_places = 1"):
        thinned(checked_points(*xy.T), 1)
    with pytest.raises(ValueError, match="reading = 'some'"):
        looked_at(ground(xy, town, 100.0, 5), town, "some")


def test_the_number_of_places_given_to_hdbscan_is_bounded():
    xy, _ = arrays(country())
    asked = [SETTINGS[name] for name in ("hdbscan", "dbscan", "rule")]
    made = clusterings(checked_points(*xy.T), *asked, most_places=150)
    assert {c.algorithm for c in made} == {"HDBSCAN", "DBSCAN", RULE}
    assert len(made) == 2 + 4 + 1
    assert all(c.cell_m > 0 and c.cluster.size == len(xy) for c in made)


def test_values_larger_than_the_set_are_passed_over_and_counted(capsys):
    points = country(sizes=(12, 8), farms=0)
    points["town"] = points["town"].where(points["town"].ne(""), "")
    grid = SETTINGS | {"hdbscan": {"min_cluster_size": [5, 100], "min_samples": [2, 50]}}
    few = compare(points, "few", grid, seed=1)
    assert "3 of 4 values of definition.hdbscan passed over" in capsys.readouterr().out
    tried = few.scan[few.scan["algorithm"] == "HDBSCAN"]
    assert set(tried["min_cluster_size"]) == {5}
    assert few.table["note"].str.contains("only").sum() == 0


def test_where_no_value_is_left_a_row_says_why():
    points = country(sizes=(12, 8), farms=0)
    grid = SETTINGS | {"hdbscan": {"min_cluster_size": [100], "min_samples": [5]}}
    few = compare(points, "few", grid, seed=1)
    row = few.table[few.table["algorithm"] == "HDBSCAN"]
    assert row["note"].tolist() == [
        "left out: there are only 20 places, fewer than each value to try"
    ]
    assert row["nmi"].isna().all()
    assert (few.clusters["hdbscan"] == -1).all()
    assert few.table.loc[few.table["algorithm"] == "DBSCAN", "nmi"].notna().all()
