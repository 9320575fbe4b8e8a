"""Claim P12 on real addresses: villages of Samso, postal districts of Bornholm."""

import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest
from pyproj import Transformer

from movelaws.pairdist.definition import compare

SETTINGS = {
    "hdbscan": {"min_cluster_size": [20, 100], "min_samples": [1, 10]},
    "dbscan": {"reach_m": [150.0, 200.0, 300.0], "min_places": [2, 10]},
    "rule": {"reach_m": 200.0, "least_places": 90},
    "built_up": {"within_m": 100.0, "least": 10},
    "merge": {"within_m": 200.0, "share": 0.05},
    "merged": [],
    "cut": 8,
    "splits": 5,
    "most_places": 6000,
}


def by_reading(made, units="merged"):
    table = made.table[made.table["units"] == units]
    return table.set_index(["reading", "algorithm"])


@pytest.fixture(scope="module")
def samsoe(mirror):
    """Addresses with their supplementary town name, which names the village and not the farms."""
    rows = []
    with (
        zipfile.ZipFile(mirror / "denmark_samsoe/samsoe.osm.zip") as archive,
        archive.open(archive.namelist()[0]) as file,
    ):
        for _, element in ElementTree.iterparse(file):
            if element.tag == "node":
                tags = {tag.get("k"): tag.get("v") for tag in element if tag.tag == "tag"}
                if "addr:housenumber" in tags:
                    place = tags.get("addr:place", "")
                    rows.append((float(element.get("lon")), float(element.get("lat")), place))
                element.clear()
    points = pd.DataFrame(rows, columns=["lon", "lat", "town"])
    project = Transformer.from_crs(4326, 25832, always_xy=True).transform
    points["x"], points["y"] = project(points["lon"], points["lat"])
    return compare(points[["x", "y", "town"]], "samsoe", SETTINGS, seed=1)


def test_villages_of_samso_agree_as_published_where_like_is_compared_with_like(samsoe):
    table = by_reading(samsoe)
    assert (table["kind"] == "towns").all()
    assert table["places"].max() == 4596
    assert table["rural_share"].iloc[0] == pytest.approx(0.343, abs=0.001)
    for algorithm in ("DBSCAN", "HDBSCAN"):
        # Published 0.88 and 0.91 for all Denmark.
        assert table.loc[("official", algorithm), "nmi"] == pytest.approx(0.85, abs=0.03)
        assert table.loc[("built_up", algorithm), "nmi"] > 0.93
        # A third of the addresses have no village, though most of them stand near others.
        assert table.loc[("all", algorithm), "nmi"] == pytest.approx(0.62, abs=0.03)


def test_cutting_the_largest_village_lowers_the_agreement(samsoe):
    whole, parted = (by_reading(samsoe, units)["nmi"] for units in ("merged", "separate"))
    for algorithm in ("DBSCAN", "HDBSCAN"):
        assert parted["official", algorithm] < whole["official", algorithm] - 0.04


def test_postal_districts_of_bornholm_are_no_towns(mirror):
    points = pd.read_csv(mirror / "denmark_bornholm/bornholm_addresses.csv")
    points = points.rename(columns={"x_utm32": "x", "y_utm32": "y", "city": "town"})
    made = compare(points[["x", "y", "town"]], "bornholm", SETTINGS, seed=1)
    table = by_reading(made)
    assert (table["kind"] == "districts").all()
    assert (table["towns_official"] == 9).all()
    assert table.loc[("all", "DBSCAN"), "nmi"] == pytest.approx(0.73, abs=0.01)
    # Towns lie within one district each; a district holds several.
    rule = table.loc[("built_up", "distance rule")]
    assert rule["homogeneity"] > 0.98
    assert rule["completeness"] < 0.8
    assert rule["nmi"] == pytest.approx(0.846, abs=0.02)
