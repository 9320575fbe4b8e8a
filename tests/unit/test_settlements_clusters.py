import numpy as np
import pytest
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score

from movelaws.pairs import checked_points
from movelaws.seeds import stream
from movelaws.settlements import (
    agreement,
    dbscan_towns,
    definition_table,
    hdbscan_towns,
    merged_units,
    scan_dbscan,
    scan_hdbscan,
)


def country():
    """Six towns, two of which nearly touch (3 and 4), and rural places; with official labels."""
    rng = stream(1, "clusters")
    size = np.array([600, 300, 200, 150, 150, 80])
    label = np.repeat(np.arange(6), size)
    middle = np.array([[0, 9, 0, 9, 9.6, 18], [0, 0, 9, 9, 9, 9]]) * 1000.0
    spread = 8 * np.sqrt(size)
    x, y = middle[:, label] + spread[label] * rng.normal(size=(2, label.size))
    rural = rng.random((2, 60)) * 18_000
    points = checked_points(np.append(x, rural[0]), np.append(y, rural[1]))
    return points, np.append(label, np.full(60, -1))


@pytest.mark.parametrize("snap", [None, 5.0])
def test_dbscan_finds_the_towns(snap):
    points, official = country()
    found = dbscan_towns(points, reach=200.0, min_places=8, snap=snap)
    result = agreement(found, official)
    assert result["nmi"] > 0.85
    assert result["towns_found"] in (5, 6)
    assert result["towns_official"] == 6
    assert result["places"] == len(points)


def test_dbscan_is_that_of_scikit_learn_with_repeated_places():
    points, _ = country()
    doubled = checked_points(np.tile(points.x, 3), np.tile(points.y, 3))
    ours = dbscan_towns(doubled, reach=150.0, min_places=9)
    theirs = DBSCAN(eps=150.0, min_samples=9).fit(np.column_stack([doubled.x, doubled.y])).labels_
    np.testing.assert_array_equal(ours == -1, theirs == -1)
    assert adjusted_rand_score(ours, theirs) > 0.99
    weighted = checked_points(points.x, points.y, np.full(len(points), 3))
    once = dbscan_towns(weighted, reach=150.0, min_places=9)
    np.testing.assert_array_equal(once, ours[: len(points)])


def test_towns_are_numbered_by_their_first_place():
    points, _ = country()
    turned = checked_points(points.x[::-1], points.y[::-1])
    for found in (
        dbscan_towns(turned, reach=200.0, min_places=8),
        hdbscan_towns(turned, min_cluster_size=40, min_samples=10),
    ):
        names, first = np.unique(found[found >= 0], return_index=True)
        np.testing.assert_array_equal(names, np.arange(names.size))
        assert (np.diff(first) > 0).all()


def test_hdbscan_finds_towns_of_differing_density():
    points, official = country()
    found = hdbscan_towns(points, min_cluster_size=40, min_samples=10)
    assert agreement(found, official, over="both")["nmi"] > 0.9


def test_merged_units_agree_better_where_towns_have_grown_together():
    """Tables 3 and 4: a region merged in the official units, as clusters have it."""
    points, official = country()
    merged = merged_units(official, [[3, 4]])
    np.testing.assert_array_equal(np.unique(merged), [-1, 0, 1, 2, 3, 5])
    assert (merged[np.isin(official, [3, 4])] == 3).all()
    names = merged_units(np.array(["Copenhagen", "Frederiksberg", ""]),
                         [["Copenhagen", "Frederiksberg"]])  # fmt: skip
    assert names.tolist() == ["Copenhagen", "Copenhagen", ""]
    found = {
        "DBSCAN": dbscan_towns(points, reach=400.0, min_places=8),
        "HDBSCAN": hdbscan_towns(points, min_cluster_size=60, min_samples=10),
    }
    table = definition_table(found, {"merged": merged, "separate": official}, over=["all"])
    assert table.columns[:5].tolist() == ["units", "algorithm", "over", "nmi", "ami"]
    nmi = table.pivot(index="algorithm", columns="units", values="nmi")
    assert nmi.loc["DBSCAN", "merged"] > nmi.loc["DBSCAN", "separate"]


def test_agreement_of_equal_and_of_unrelated_labels():
    rng = stream(2, "labels")
    official = rng.integers(0, 30, 3000)
    same = agreement((official * 7) % 31, official)
    assert same["nmi"] == pytest.approx(1)
    assert same["ami"] == pytest.approx(1)
    chance = agreement(rng.integers(0, 30, 3000), official)
    # Unrelated labels still share information by chance, which AMI takes away.
    assert chance["nmi"] > 0.03
    assert abs(chance["ami"]) < 0.02


def test_nmi_has_the_geometric_mean_of_the_entropies():
    found, official = np.repeat([0, 0, 1, 2], 5), np.repeat([0, 1, 1, 1], 5)
    entropy = lambda p: -(p * np.log(p)).sum()  # noqa: E731
    joint = entropy(np.full(4, 0.25))
    one, two = entropy(np.array([0.5, 0.25, 0.25])), entropy(np.array([0.25, 0.75]))
    expected = (one + two - joint) / np.sqrt(one * two)
    assert agreement(found, official)["nmi"] == pytest.approx(expected)


def test_places_looked_at():
    found, official = np.array([0, 0, -1, 1, 1]), np.array([4, 4, 4, -1, 5])
    looked = {over: agreement(found, official, over=over) for over in ("all", "official", "both")}
    assert [looked[over]["places"] for over in looked] == [5, 4, 3]
    assert looked["both"]["nmi"] == pytest.approx(1)
    assert looked["all"]["towns_official"] == 2
    names = np.array(["a", "a", "a", "", "b"])
    assert agreement(found, names, rural="", over="official")["places"] == 4


def test_scans_put_the_best_parameters_first():
    points, official = country()
    table = scan_hdbscan(points, official, [20, 60], [5, 20])
    assert len(table) == 4
    assert table["nmi"].is_monotonic_decreasing
    table = scan_dbscan(points, official, [50.0, 200.0], [8])
    assert table.loc[0, "reach"] == 200.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p, o: dbscan_towns(p, reach=0.0, min_places=5), "reach = 0"),
        (lambda p, o: dbscan_towns(p, reach=200.0, min_places=0), "min_places = 0"),
        (lambda p, o: dbscan_towns(p, reach=200.0, min_places=5, snap=150.0), "snap = 150"),
        (lambda p, o: hdbscan_towns(p, min_cluster_size=1), "min_cluster_size = 1"),
        (lambda p, o: hdbscan_towns(p, min_cluster_size=5, min_samples=9999), "min_samples = 9999"),
        (lambda p, o: agreement(o[:5], o), r"found has shape \(5,\)"),
        (lambda p, o: agreement(o, o, over="towns"), "over = 'towns'"),
        (lambda p, o: agreement(np.full(o.size, -1), o, over="both"), "no place is left"),
        (lambda p, o: merged_units(o, [[77]]), "no place has the label 77"),
        (lambda p, o: merged_units(o, [[1], [1, 2]]), "1 is there twice"),
        (lambda p, o: scan_hdbscan(p, o, [], [5]), "no parameters"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(*country())


def test_degrees_and_too_many_places_are_refused():
    degrees = checked_points([10.0, 11.0], [50.0, 51.0], metric="great_circle")
    for call in (
        lambda: dbscan_towns(degrees, reach=200.0, min_places=5),
        lambda: hdbscan_towns(degrees, min_cluster_size=2),
    ):
        with pytest.raises(ValueError, match="projected metres"):
            call()
    many = checked_points(np.arange(100_001.0) + 1e5, np.zeros(100_001))
    with pytest.raises(ValueError, match="100,001 places, HDBSCAN takes 100,000"):
        hdbscan_towns(many, min_cluster_size=5)
