"""Tables of places of the user's own: what is kept, counted, refused."""

import gzip
import inspect

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer
from shapely import box

from movelaws.pointsets import adapters
from movelaws.pointsets.adapters import _positions
from tests.unit.point_files import read, table

UTM = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)


# ---------------------------------------------------------------- the adapters as a family


def test_every_adapter_states_its_roles_options_and_format():
    names = adapters.available()
    assert names == [
        "address_table",
        "authors_bins",
        "ban",
        "checkins_moves",
        "dawa",
        "insee",
        "osm",
        "taxi_trips",
        "zone_moves",
    ]
    for name in names:
        module = adapters.load(name)
        known = {*module.REQUIRED, *module.OPTIONAL}
        assert not set(module.REQUIRED) & set(module.OPTIONAL)
        assert all(set(group) <= known for group in getattr(module, "ONE_OF", ()))
        if name not in ("authors_bins", "zone_moves"):
            assert all(role in module.__doc__ for role in known)
        options = [*inspect.signature(module.read).parameters.values()][1:]
        assert all(o.kind is o.KEYWORD_ONLY and o.default is not o.empty for o in options)


def test_requests_are_checked_before_any_file(tmp_path):
    for name in ("dwa", "../ban", "_places", ""):
        with pytest.raises(ValueError, match="adapter"):
            adapters.load(name)
    check = adapters.check_request
    with pytest.raises(ValueError, match="role 'adresses' is unknown; did you mean 'addresses'"):
        check("dawa", ["adresses"], {})
    with pytest.raises(ValueError, match="role 'places' is missing"):
        check("checkins_moves", ["checkins"], {"format": "sample"})
    with pytest.raises(ValueError, match="role 'municipalities' is missing"):
        check("zone_moves", ["flows"], {})
    with pytest.raises(ValueError, match="one at least of the file roles 'communes', 'addresses'"):
        check("insee", ["moves"], {})
    for towns in (
        {"by": "kmeans"},
        {"by": "dbscan", "reach": -1},
        {"reach": 200},
        {"by": "hdbscan", "x": 1},
    ):
        with pytest.raises(ValueError, match=r"option 'towns'.*by: dbscan"):
            check("dawa", ["addresses"], {"towns": towns})
    for crs in ("EPSG:4326", "EPSG:2263", "nonsense"):
        with pytest.raises(ValueError, match=r"option 'projected_crs'.*in metres"):
            check("osm", ["extract"], {"projected_crs": crs})
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read("ban", {"addresses": tmp_path / "none.csv"})


# ---------------------------------------------------------------- any table


@pytest.fixture
def spots():
    rng = np.random.default_rng(5)
    return np.column_stack([12 + 0.02 * rng.random(8), 55 + 0.02 * rng.random(8)])


@pytest.fixture
def own(tmp_path, spots):
    rows = [(f"h{k}", *at, k % 3, f"T{k % 2}") for k, at in enumerate(spots.tolist())]
    return {"points": table(tmp_path / "own.csv", ["id", "lon", "lat", "people", "city"], rows)}


DEGREES = {"x": "lon", "y": "lat"}


def test_degrees_become_metres_of_their_utm_zone(own, spots):
    made = read("address_table", own, **DEGREES)
    east, north = Transformer.from_crs(4326, 32633, always_xy=True).transform(*spots.T)
    assert made.crs == "EPSG:32633"  # from 12 degrees of longitude on
    np.testing.assert_allclose(made.points[["x", "y"]], np.column_stack([east, north]), atol=1e-6)
    assert made.points["place_id"].tolist() == [str(k) for k in range(1, 9)]
    assert (made.points["weight"] == 1).all() and (made.points["town"] == "").all()
    chosen = read("address_table", own, **DEGREES, projected_crs=25832)
    np.testing.assert_allclose(chosen.points["x"], UTM.transform(*spots.T)[0], atol=1e-6)


def test_the_utm_zone_south_of_the_equator_and_the_widest_extent():
    assert _positions.utm(np.array([-70.6]), np.array([-33.4])) == "EPSG:32719"
    assert _positions.utm(np.array([180.0]), np.array([1.0])) == "EPSG:32601"
    far = np.array([2.0, 2.1, 30.0])
    with pytest.raises(ValueError, match=r"27 degrees of longitude away.*projected_crs"):
        _positions.projected(far, np.full(3, 48.0), "EPSG:4326", None, {})


def test_weights_identifiers_and_towns_come_from_the_columns_named(own):
    made = read(
        "address_table", own, **DEGREES, place_id="id", weight="people", towns_column="city"
    )
    assert made.points["place_id"].tolist() == ["h1", "h2", "h4", "h5", "h7"]
    assert made.points["weight"].tolist() == [1, 2, 1, 2, 1]
    assert made.points["town"].tolist() == ["T1", "T0", "T0", "T1", "T1"]
    assert made.notes["places of weight 0 left out"] == 3


def test_parquet_and_gzip_and_other_delimiters_read_the_same(own, tmp_path):
    expected = read("address_table", own, **DEGREES, place_id="id").points
    frame = pd.read_csv(own["points"])
    frame.to_parquet(tmp_path / "own.parquet")
    with gzip.open(tmp_path / "own.csv.gz", "wb") as packed:
        packed.write(frame.to_csv(index=False, sep=";").encode("latin-1"))
    for name, options in (
        ("own.parquet", {}),
        ("own.csv.gz", {"delimiter": ";", "encoding": "latin-1"}),
    ):
        made = read(
            "address_table", {"points": tmp_path / name}, **DEGREES, place_id="id", **options
        )
        pd.testing.assert_frame_equal(made.points, expected)


def test_moves_by_identifier_are_rows_of_the_places(own, tmp_path):
    rows = [("h0", "h3", 2), ("h0", "h3", 1), ("h2", "h2", 5), ("h7", "h1", 0.5), ("h1", "h0", 0)]
    own["moves"] = table(tmp_path / "m.csv", ["origin", "destination", "n"], rows)
    made = read("address_table", own, **DEGREES, place_id="id", moves="n")
    assert made.moves.to_numpy().tolist() == [[0, 3, 3.0], [7, 1, 0.5]]
    assert made.notes["moves from a place to itself dropped"] == 5
    assert made.notes["rows of 0 moves left out"] == 1
    one_each = read("address_table", own, **DEGREES, place_id="id")
    assert one_each.moves["moves"].tolist() == [2, 1, 1]


def test_unknown_ends_of_moves_are_counted_up_to_a_limit(own, tmp_path):
    rows = [("h0", "h1")] * 9 + [("h0", "nowhere")]
    own["moves"] = table(tmp_path / "m.csv", ["origin", "destination"], rows)
    made = read("address_table", own, **DEGREES, place_id="id", max_unusable=0.1)
    assert made.notes["moves with an unknown destination dropped"] == 1
    with pytest.raises(
        ValueError, match=r"m\.csv: line 11.*'nowhere' is the first with an unknown"
    ):
        read("address_table", own, **DEGREES, place_id="id")


def test_moves_by_coordinates_end_at_the_nearest_place(own, spots, tmp_path):
    off = spots + 1e-4  # some 13 m
    rows = [(*off[0], *off[5]), (*off[3], *off[1]), (*off[1], 13.5, 55.0)]
    own["moves"] = table(tmp_path / "m.csv", ["ax", "ay", "bx", "by"], rows)
    pairs = {"origin_xy": ["ax", "ay"], "destination_xy": ["bx", "by"]}
    made = read("address_table", own, **DEGREES, **pairs, max_unusable=0.5)
    assert made.moves[["origin", "destination"]].to_numpy().tolist() == [[0, 5], [3, 1]]
    with pytest.raises(ValueError, match=r"over 50 m from any place.*option match_m"):
        read("address_table", own, **DEGREES, **pairs)
    with pytest.raises(ValueError, match="belong together"):
        read("address_table", own, **DEGREES, origin_xy=["ax", "ay"])


def test_places_at_one_spot_stay_or_are_stacked_with_their_moves(tmp_path):
    rows = [("a", 5e5, 6e6), ("b", 5e5, 6e6), ("c", 500300, 6e6), ("d", 5e5 + 0.001, 6e6)]
    files = {"points": table(tmp_path / "p.csv", ["id", "x", "y"], rows)}
    moves = [("a", "b"), ("b", "c"), ("d", "c")]
    files["moves"] = table(tmp_path / "m.csv", ["origin", "destination"], moves)
    options = {"crs": "EPSG:25832", "place_id": "id"}
    apart = read("address_table", files, **options)
    assert len(apart.points) == 4 and apart.notes["places at the position of an earlier one"] == 1
    stacked = read("address_table", files, **options, stack=True)
    assert stacked.points["place_id"].tolist() == ["a", "c"]
    assert stacked.points["weight"].tolist() == [3, 1]
    assert stacked.moves.to_numpy().tolist() == [[0, 1, 2.0]]
    assert stacked.notes["places stacked on one at the same position"] == 2
    assert stacked.notes["moves from a place to itself dropped"] == 1


def test_towns_and_land_of_polygons(own, spots, tmp_path):
    west, east = box(11.99, 54.9, 12.01, 55.1), box(12.01, 54.9, 12.03, 55.1)
    isle = box(13.0, 54.9, 13.1, 55.0)
    layer = gpd.GeoDataFrame({"name": ["W", "E", "isle"]}, geometry=[west, east, isle], crs=4326)
    for role in ("towns", "land"):
        own[role] = tmp_path / f"{role}.geojson"
        layer.to_file(own[role])
    made = read("address_table", own, **DEGREES)
    assert made.points["town"].tolist() == np.where(spots[:, 0] < 12.01, "W", "E").tolist()
    assert len(made.land) == 1 and made.notes["parts of the land without places left out"] == 1
    assert len(read("address_table", own, **DEGREES, land_parts="all").land) == 2


def test_towns_found_by_density(tmp_path):
    rng = np.random.default_rng(1)
    centres = np.repeat([[5e5, 6e6], [5.1e5, 6e6]], 40, axis=0)
    spots = np.vstack([centres + rng.normal(0, 60, (80, 2)), [[5.3e5, 6.01e6]]])
    files = {"points": table(tmp_path / "p.csv", ["x", "y"], spots.tolist())}
    made = read("address_table", files, crs=25832, towns={"by": "dbscan", "reach": 200})
    assert made.points["town"].tolist() == ["town 0"] * 40 + ["town 1"] * 40 + [""]
    assert made.notes["towns"] == "found by dbscan (reach 200, min_places 10)"
    assert made.notes["places in no town"] == 1
    other = read("address_table", files, crs=25832, towns={"by": "hdbscan", "min_cluster_size": 20})
    assert other.points["town"].nunique() in (2, 3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"x": "lon", "y": "lat", "crs": 25832}, r"look like degrees.*EPSG:4326"),
        ({"x": "e", "y": "n"}, r"state the projected CRS of these metres, or are the two"),
        ({"x": "longitude", "y": "lat"}, r"no column 'longitude' among .*name the column"),
        ({"x": "lon", "y": "lat", "delimiter": ";"}, r"separated by a comma .* delimiter: ','"),
        ({"x": "lon", "y": "lat", "place_id": "same"}, r"'s' occurs more than once \(2 such"),
        ({"x": "lon", "y": "lat", "weight": "none"}, r"all weights are 0"),
        ({"x": "lon", "y": "lat", "weight": "e", "crs": "EPSG:2263x"}, r"option 'crs'"),
    ],
)
def test_what_does_not_fit_names_file_field_and_remedy(tmp_path, options, said):
    names = ["lon", "lat", "e", "n", "same", "none"]
    rows = [(12 + k / 100, 55, 6e5 + k, 6e6, "s", 0) for k in range(3)]
    with pytest.raises(ValueError, match=said):
        read("address_table", {"points": table(tmp_path / "p.csv", names, rows)}, **options)


def test_rows_without_a_position_are_counted_up_to_a_limit(tmp_path):
    rows = [(12 + k / 100, 55) for k in range(9)] + [("", 55)]
    files = {"points": table(tmp_path / "p.csv", ["x", "y"], rows)}
    assert len(read("address_table", files, max_unusable=0.1).points) == 9
    for bad in ("", "nan", "inf", "x", "1,2"):
        files = {
            "points": table(
                tmp_path / "p.csv", ["x", "y"], [(12, 55), (12.1, 55), (f'"{bad}"', 55)]
            )
        }
        with pytest.raises(ValueError, match=r"p\.csv: line 4, column 'x'"):
            read("address_table", files)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"x,y\n", "a header but no rows"),
        (b"x,y\n1,2,3\n", "cannot be read as utf-8 text separated by ','"),
        (b"x,x,y\n12,12,55\n", "occurs twice"),
        ("x,y,æ\n".encode("latin-1"), "not utf-8"),
        (b"\x1f\x8b\x08\x00abc", "is compressed by gzip"),
        (b"\nx,y\n1,2\n", "the first line is empty"),
        (b"x,y\n12,55\n", "1 places, at least 2"),
    ],
)
def test_files_that_are_no_tables(tmp_path, content, said):
    path = tmp_path / "p.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=said) as error:
        read("address_table", {"points": path})
    assert "p.csv" in str(error.value)
