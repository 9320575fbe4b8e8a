"""OpenStreetMap extracts: addresses, buildings, and files made to harm."""

import bz2
import functools
import gzip
import zipfile

import numpy as np
import pytest
from pyproj import Transformer
from shapely import Polygon

from movelaws import archives
from tests.unit.point_files import read, write

UTM = Transformer.from_crs("EPSG:4326", "EPSG:32632", always_xy=True)


def node(number, lon, lat, **tags):
    inner = "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
    return f'<node id="{number}" lat="{lat}" lon="{lon}">{inner}</node>'


def way(number, refs, kind="way", **tags):
    inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    inner += "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
    return f'<{kind} id="{number}">{inner}</{kind}>'


CORNERS = {1: (10.0, 55.0), 2: (10.002, 55.0), 3: (10.002, 55.001), 4: (10.001, 55.002)}
CORNERS |= {5: (10.0, 55.001)}
PARTS = [
    *(node(k, *at) for k, at in CORNERS.items()),
    node(10, 10.01, 55.01, addr__housenumber="1", addr__city="Tranebjerg"),
    node(11, 10.011, 55.01, addr__housenumber="2A", addr__place="Nordby", addr__postcode="8305"),
    node(12, 10.012, 55.01, amenity="pub"),
    way(20, [1, 2, 3, 4, 5, 1], building="house", addr__housenumber="3"),
    way(21, [1, 2, 3], building="yes"),
    way(22, [1, 2, 3, 1], building="no"),
    way(23, [1, 2, 99, 3, 1], building="yes", addr__housenumber="4"),
    way(24, [2, 3, 4, 2], building="shed"),
    way(30, [], kind="relation", building="yes", type="multipolygon"),
]


def osm(*parts, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f'{head}<osm version="0.6"><note>x</note>{"".join(parts)}</osm>'


@pytest.fixture
def extract(tmp_path):
    return write(tmp_path / "x.osm", osm(*PARTS))


def test_addresses_are_nodes_and_ways_with_a_house_number(extract):
    made = read("osm", {"extract": extract})
    assert made.crs == "EPSG:32632"
    assert made.points["place_id"].tolist() == ["node/10", "node/11", "way/20", "way/23"]
    assert made.points["town"].tolist() == ["Tranebjerg", "Nordby", "", ""]
    mean = np.mean([*CORNERS.values()], axis=0)
    np.testing.assert_allclose(made.points.loc[2, ["x", "y"]].tolist(), UTM.transform(*mean))
    assert made.notes["ways with a node outside the extract"] == 1
    assert (made.notes["places that are nodes"], made.notes["places that are ways"]) == (2, 2)
    codes = read("osm", {"extract": extract}, town="postcode").points["town"]
    assert codes.tolist() == ["", "8305", "", ""]


def test_buildings_are_the_centroids_of_closed_ways(extract):
    made = read("osm", {"extract": extract}, what="buildings", max_unusable=0.5)
    assert made.points["place_id"].tolist() == ["way/20", "way/24"]
    for row, corners in enumerate(([1, 2, 3, 4, 5], [2, 3, 4])):
        plane = Polygon([UTM.transform(*CORNERS[k]) for k in corners]).centroid
        np.testing.assert_allclose(
            made.points.loc[row, ["x", "y"]].tolist(), plane.coords[0], atol=0.01
        )
    assert made.notes["open ways with building left out"] == 1
    assert made.notes["relations with building left out"] == 1
    assert made.notes["ways tagged as no building left out"] == 1
    assert made.notes["places without any node in the extract dropped"] == 1
    with pytest.raises(ValueError, match="1 of 3 buildings"):
        read("osm", {"extract": extract}, what="buildings")


def test_a_building_without_area_lies_at_the_mean_of_its_corners(tmp_path):
    line = [node(1, 10.0, 55.0), node(2, 10.001, 55.001), node(3, 10.002, 55.002)]
    parts = [*line, way(7, [1, 2, 3, 1], building="yes"), way(8, [3, 2, 1, 3], building="yes")]
    parts += [node(4, 10.1, 55.0), way(9, [4, 1, 3, 4], building="yes")]
    made = read("osm", {"extract": write(tmp_path / "x.osm", osm(*parts))}, what="buildings")
    np.testing.assert_allclose(
        made.points.loc[0, ["x", "y"]].tolist(), UTM.transform(10.001, 55.001), atol=0.01
    )


@pytest.mark.parametrize("ending", [".osm.gz", ".osm.bz2", ".osm.zip"])
def test_packed_extracts_read_the_same(extract, tmp_path, ending):
    packed = tmp_path / f"packed{ending}"
    content = extract.read_bytes()
    if ending == ".osm.zip":
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("x.osm", content)
            archive.writestr("readme.txt", "x")
    else:
        packed.write_bytes({".osm.gz": gzip.compress, ".osm.bz2": bz2.compress}[ending](content))
    expected = read("osm", {"extract": extract}).points
    assert read("osm", {"extract": packed}).points.equals(expected)


def test_a_node_that_is_there_twice_counts_once_and_a_deleted_one_not(tmp_path):
    gone = node(3, 10.2, 55.0, addr__housenumber="9").replace("<node", '<node visible="false"')
    parts = [node(1, 10.0, 55.0, addr__housenumber="1"), node(2, 10.1, 55.0, addr__housenumber="2")]
    parts += [gone, node(1, 10.05, 55.0, addr__housenumber="1")]
    made = read("osm", {"extract": write(tmp_path / "x.osm", osm(*parts))})
    assert made.points["place_id"].tolist() == ["node/1", "node/2"]
    np.testing.assert_allclose(made.points.loc[0, "x"], UTM.transform(10.05, 55.0)[0])


BOMB = '<!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE osm [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
ELSEWHERE = '<!DOCTYPE osm SYSTEM "http://localhost:9/x.dtd">'


@pytest.mark.parametrize("head", [BOMB, FILE, ELSEWHERE, "<!DOCTYPE osm>"])
def test_a_document_type_is_refused_before_it_is_read(tmp_path, head):
    path = write(tmp_path / "x.osm", osm(*PARTS, head=head))
    with pytest.raises(ValueError, match=r"x\.osm: line 1: .*a document type or an entity"):
        read("osm", {"extract": path})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("<html><body/></html>", "the document is <html>, not <osm>"),
        ("<osm><node id='1' lat='55' lon='10'>", "line 1: cannot be read as OpenStreetMap XML"),
        ("id,lat,lon\n1,55,10\n", "cannot be read as OpenStreetMap XML"),
        (osm(node(1, 610000, 6100000)), "lon '610000' is no position on the globe"),
        (osm(node("x", 10, 55)), "invalid literal"),
        (osm("<node id='1' lon='10'/>"), "node 1: lat None"),
        (osm("<a>" * 12 + "</a>" * 12), "nested more than 8 deep"),
        (osm(node(1, 10, 55, addr__housenumber="&undefined;")), "cannot be read as"),
        (osm(node(1, 10, 55)), "no node or way is tagged with 'addr:housenumber'"),
        (osm(node(1, 10, 55, addr__housenumber="1")), "1 places, at least 2"),
    ],
)
def test_files_that_are_no_extract(tmp_path, text, said):
    path = write(tmp_path / "x.osm", text)
    with pytest.raises(ValueError, match=said) as error:
        read("osm", {"extract": path})
    assert "x.osm" in str(error.value)


def test_archives_that_unpack_too_far_or_hold_no_extract(tmp_path, monkeypatch):
    big = tmp_path / "x.osm.gz"
    big.write_bytes(gzip.compress(b"<osm>" + b" " * 10**7, 9))
    small = functools.partial(archives.Limits, unpacked=5 * 10**6)
    monkeypatch.setattr(archives, "Limits", small)
    with pytest.raises(ValueError, match="unpacks to more than"):
        read("osm", {"extract": big})
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(ValueError, match=r"expected one \.osm or \.xml in the archive"):
        read("osm", {"extract": packed})
    pbf = write(tmp_path / "x.osm.pbf", "\x00")
    with pytest.raises(ValueError, match="convert it to XML"):
        read("osm", {"extract": pbf})
