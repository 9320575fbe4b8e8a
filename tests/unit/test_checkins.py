"""The check-in adapter: four formats, one meaning; what is dropped is counted or refused."""

import bz2
import gzip
import json
import lzma

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box as rectangle

from movelaws import adapters, frames
from tests.unit.raw_files import flows_of, read, write

# Two users in three places: ann a-b-a-a-c, bob b-a and c long after.
VISITS = [
    ("ann", "2010-01-01T08:00:00Z", "a"),
    ("ann", "2010-01-01T09:00:00Z", "b"),
    ("ann", "2010-01-01T10:00:00Z", "a"),
    ("ann", "2010-01-01T11:00:00Z", "a"),
    ("ann", "2010-01-01T12:00:00Z", "c"),
    ("bob", "2010-01-01T08:30:00Z", "b"),
    ("bob", "2010-01-01T08:45:00Z", "a"),
    ("bob", "2010-02-01T00:00:00Z", "c"),
]
PLACES = {"a": (59.91, 10.75), "b": (59.93, 10.70), "c": (59.95, 10.80)}
FLOWS = {("a", "b"): 1, ("b", "a"): 2, ("a", "c"): 2}
BOX = [10.6, 59.85, 10.9, 60.0]


def seconds(when):
    return int(pd.Timestamp(when).timestamp())


def lines(rows, sep="\t"):
    return "".join(sep.join(map(str, row)) + "\n" for row in rows)


def snap(visits=VISITS):
    # newest first, as SNAP has it
    return lines((u, t, *PLACES[p], p) for u, t, p in reversed(visits))


def formats(folder):
    """The same visits in every format: (files, options) by name."""
    where = lines((p, *PLACES[p]) for p in PLACES)
    turned = lines((p, PLACES[p][1], PLACES[p][0]) for p in PLACES)
    header = "place,latitude,longitude\n"
    packed = folder / "s.txt.gz"
    packed.write_bytes(gzip.compress(snap().encode()))
    plain = {
        "sample": lines((u, p, f"{seconds(t)}.0") for u, t, p in VISITS),
        "d4d": lines((u, t.replace("T", " ").strip("Z"), p) for u, t, p in VISITS),
        "named": "user,time,place\n" + lines(VISITS, ","),
        "located": "user;time;lat;lon\n" + lines(((u, t, *PLACES[p]) for u, t, p in VISITS), ";"),
    }
    plain = {name: write(folder / f"{name}.txt", text) for name, text in plain.items()}
    plain = {name: path.rename(path.with_suffix(".csv")) for name, path in plain.items()}
    parquet = folder / "t.parquet"
    table = pd.DataFrame(VISITS, columns=["who", "time", "spot"])
    table.assign(time=pd.to_datetime(table["time"])).to_parquet(parquet)
    places = {
        "sample": write(folder / "places.txt", where),
        "d4d": write(folder / "ANT_POS.TSV", turned),
        "csv": write(folder / "places.csv", header + where.replace("\t", ",")),
        "spot": write(
            folder / "spot.csv", header.replace("place", "spot") + where.replace("\t", ",")
        ),
    }
    return {
        "snap": ({"checkins": write(folder / "s.txt", snap())}, {"format": "snap"}),
        "snap packed": ({"checkins": packed}, {"format": "snap"}),
        "sample": (
            {"checkins": plain["sample"], "places": places["sample"]},
            {"format": "sample"},
        ),
        "d4d": ({"checkins": plain["d4d"], "places": places["d4d"]}, {"format": "d4d"}),
        "named": ({"checkins": plain["named"], "places": places["csv"]}, {"format": "table"}),
        "located": ({"checkins": plain["located"]}, {"format": "table", "delimiter": ";"}),
        "parquet": (
            {"checkins": parquet, "places": places["spot"]},
            {"format": "table", "user": "who", "place": "spot"},
        ),
    }


@pytest.mark.parametrize(
    "name", ["snap", "snap packed", "sample", "d4d", "named", "located", "parquet"]
)
def test_every_format_gives_the_same_trips(tmp_path, name):
    files, options = formats(tmp_path)[name]
    canonical = read("checkins", files, **options)
    named = dict(zip(canonical.zones["zone_id"], "abc", strict=True))  # south to north, as a to c
    flows = {(named[o], named[d]): flow for (o, d), flow in flows_of(canonical).items()}
    assert flows == FLOWS
    assert canonical.zones["workplace_population"].tolist() == [4, 2, 2]
    assert canonical.zones["residential_population"].tolist() == [2, 2, 2]
    assert canonical.zones["y"].tolist() == [59.91, 59.93, 59.95]
    notes = canonical.notes
    assert (notes["trips"], notes["users with a trip"], notes["unit"]) == (5, 2, "trips")
    assert notes["check-ins in the zones"] == 8 and notes["steps within a zone"] == 1


def small(folder, text=None, **options):
    path = write(folder / "c.txt", snap() if text is None else text)
    return read("checkins", {"checkins": path}, **options)


def test_max_gap_and_limits_per_zone(tmp_path):
    brief = small(tmp_path, max_gap_hours=24)
    assert flows_of(brief) == FLOWS | {("a", "c"): 1}
    assert brief.notes["steps of more than 24 hours"] == 1
    many = small(tmp_path, min_trips=3)
    assert flows_of(many) == {("a", "b"): 1, ("b", "a"): 2}
    assert many.notes["zones with fewer than 3 trips dropped"] == 1
    assert flows_of(small(tmp_path, min_trips=2)) == FLOWS
    with pytest.raises(ValueError, match="no zone has 1 check-ins and 99 trips"):
        small(tmp_path, min_trips=99)
    with pytest.raises(ValueError, match="no zone has 2 check-ins and 4 trips"):
        # without c nothing is left that has four trips: dropping goes on until it stands still
        small(tmp_path, min_checkins=2, min_trips=4)


@pytest.mark.parametrize("outside", ["break", "skip"])
def test_outside_of_a_box(tmp_path, outside):
    south = small(tmp_path, box=[10.7, 59.9, 10.9, 59.96], outside=outside)
    assert flows_of(south) == FLOWS  # b lies on the edge
    without = small(tmp_path, box=[10.72, 59.9, 10.9, 59.96], outside=outside)
    assert flows_of(without) == {("a", "c"): 2}
    north = {"box": [10.6, 59.92, 10.9, 59.96], "outside": outside}  # a lies outside
    if outside == "skip":
        assert flows_of(small(tmp_path, **north)) == {("b", "c"): 2}
    else:
        with pytest.raises(ValueError, match="no zone has 1 check-ins and 1 trips"):
            small(tmp_path, **north)


def test_squares_clusters_cities_and_polygons(tmp_path):
    squares = small(tmp_path, zones="squares", cell_km=1, box=BOX)
    assert sorted(flows_of(squares).values()) == [1, 2, 2]
    assert squares.zones.crs.is_projected and squares.zones["area_km2"].tolist() == [1, 1, 1]
    clusters = small(tmp_path, zones="clusters", link_km=4)
    assert clusters.zones["zone_id"].tolist() == ["1", "2"]  # a with b, and c
    assert flows_of(clusters) == {("1", "2"): 2}
    assert clusters.zones["workplace_population"].tolist() == [6, 2]
    shapes = [rectangle(10.6, 59.9, 10.72, 60), rectangle(10.72, 59.9, 11, 59.94)]
    layer = gpd.GeoDataFrame({"code": ["w", "e"]}, geometry=shapes, crs="EPSG:4326")
    layer.to_file(tmp_path / "z.gpkg")
    files = {"checkins": write(tmp_path / "c.txt", snap()), "polygons": tmp_path / "z.gpkg"}
    polygons = read("checkins", files, zones="polygons", zone="code")
    assert flows_of(polygons) == {("e", "w"): 1, ("w", "e"): 2}
    assert polygons.notes["check-ins outside of all zones"] == 2
    with pytest.raises(ValueError, match=r"z\.gpkg: no column with the identifier .*option zone"):
        read("checkins", files, zones="polygons")


def test_cities_of_the_places(tmp_path):
    where = "place,lat,lon,town\n" + lines(
        ((p, *PLACES[p], "north" if p == "c" else "south") for p in PLACES), ","
    )
    files = {
        "checkins": write(tmp_path / "c.csv", "user,time,place\n" + lines(VISITS, ",")),
        "places": write(tmp_path / "p.csv", where),
    }
    canonical = read("checkins", files, format="table", zones="cities", city="town")
    assert flows_of(canonical) == {("south", "north"): 2}
    centre = canonical.zones.set_index("zone_id").loc["south", "y"]
    assert centre == pytest.approx((4 * 59.91 + 2 * 59.93) / 6, abs=1e-4)


# ---------------------------------------------------------------- rows that cannot be used

BAD = [
    ("ann\t2010-13-01T08:00:00Z\t59.91\t10.75\ta", "without a usable time"),
    ("ann\t\t59.91\t10.75\ta", "without a usable time"),
    ("\t2010-01-01T08:00:00Z\t59.91\t10.75\ta", "without a user"),
    ("ann\t2010-01-01T08:00:00Z\t95.1\t10.75\ta", "without a usable latitude"),
    ("ann\t2010-01-01T08:00:00Z\t59,91\t10.75\ta", "without a usable latitude"),
    ("ann\t2010-01-01T08:00:00Z\t59.91\t-412\ta", "without a usable longitude"),
    ("ann\t2010-01-01T08:00:00Z\t0.0\t0\ta", "at 0, 0"),
    ("ann\t2010-01-01T08:00:00Z\t59.91\t10.75\t", "without a place"),
    ("ann\t2010-01-01T08:00:00Z\t59.91", "with another number of columns"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_few_bad_rows_are_counted_many_are_refused(tmp_path, bad, reason):
    good = snap().splitlines()
    text = "\n".join([*good[:2], "", bad, *good[2:]]) + "\n\n"
    canonical = small(tmp_path, text, max_unusable=0.2)
    assert flows_of(canonical) == FLOWS
    assert canonical.notes[f"check-ins {reason} dropped"] == 1
    with pytest.raises(ValueError, match=r"c\.txt: line 4, column .*1 of 9 rows.*max_unusable"):
        small(tmp_path, text)


def test_lines_are_counted_past_broken_and_blank_ones(tmp_path):
    rows = snap().splitlines()
    text = "\n".join(["x\ty", *rows[:3], "", "z", *rows[3:], "ann\tnever\t1\t1\ta"])
    with pytest.raises(ValueError, match=r"line 1, .*3 of 11 rows .*2 with another number of"):
        small(tmp_path, text)
    later = "\n".join([*rows[:3], "", *rows[3:], "ann\tnever\t1\t1\ta"])
    with pytest.raises(ValueError, match=r"line 10, column '2 \(time\)': 'never' is the first"):
        small(tmp_path, later)


def test_unknown_antennas_are_dropped_and_unknown_places_counted(tmp_path):
    files, options = formats(tmp_path)["d4d"]
    text = files["checkins"].read_text()
    unknown = "ann\t2010-01-01 08:10:00\t-1\n" * 5
    write(files["checkins"], unknown + text)
    canonical = read("checkins", files, **options)
    assert flows_of(canonical) == FLOWS
    assert canonical.notes["check-ins at an unknown antenna dropped"] == 5
    write(files["checkins"], text + "ann\t2010-01-01 08:10:00\t77\n")
    with pytest.raises(ValueError, match=r"line 9, column '3 \(place\)': '77' .*ANT_POS\.TSV"):
        read("checkins", files, **options)
    more = read("checkins", files, **options, max_unusable=0.2)
    assert more.notes["check-ins at a place without a position dropped"] == 1


def test_places_may_be_repeated_or_lack_a_position(tmp_path):
    files, options = formats(tmp_path)["sample"]
    good = files["places"].read_text()
    write(files["places"], good + "a\t1.0\t1.0\nd\t0\t0\n")
    canonical = read("checkins", files, **options, max_unusable=0.3)
    assert flows_of(canonical) == FLOWS
    assert canonical.notes["rows of repeated places dropped"] == 1
    assert canonical.notes["places at 0, 0 dropped"] == 1
    with pytest.raises(ValueError, match=r"places\.txt: line 5, .*at 0, 0"):
        read("checkins", files, **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("\n\n", "no line has the 5 columns"),
        ("a,b,c,d,e\n", "no line has the 5 columns .* line 1: 'a,b,c,d,e'"),
        ("ann\0\0", r"byte 3 is 0x00, in 'ann\\x00\\x00': give text in UTF-8"),
    ],
)
def test_files_that_are_no_checkins(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        small(tmp_path, text)


def test_text_that_is_not_unicode_is_named(tmp_path):
    path = tmp_path / "c.txt"
    path.write_bytes(snap().replace("ann", "änn").encode("latin-1"))
    said = r"c\.txt: cannot be read as tab-separated text: byte \d+ is 0xe4, in '.*\ufffdnn"
    with pytest.raises(ValueError, match=said):
        read("checkins", {"checkins": path})
    # a character of two bytes lies across the first block of 1 MB, and a wrong byte in the second
    good = b"x" * ((1 << 20) - 1) + "\u00f8\n".encode()
    path.write_bytes(good + "bj\u00f8rn\n".encode("latin-1"))
    with pytest.raises(ValueError, match=rf"byte {len(good) + 2} is 0xf8, in '.*bj\ufffdrn"):
        read("checkins", {"checkins": path})


@pytest.mark.parametrize("format", ["snap", "table"])
@pytest.mark.parametrize(
    ("pack", "message"),
    [
        (gzip.compress, r"c\.txt: the content is compressed by gzip: call it c\.txt\.gz"),
        (bz2.compress, r"c\.txt: the content is compressed by bzip2: call it c\.txt\.bz2"),
        (lzma.compress, r"c\.txt: the content is compressed by xz: call it c\.txt\.xz"),
        (lambda text: b"PK\x03\x04" + text, r"c\.txt: the content is a zip archive or a workbook"),
        (lambda text: b"PAR1" + text, r"c\.txt: the content is Parquet"),
    ],
)
def test_packed_content_under_the_name_of_text_is_named(tmp_path, format, pack, message):
    path = tmp_path / "c.txt"
    path.write_bytes(pack(snap().encode()))
    with pytest.raises(ValueError, match=message):
        read("checkins", {"checkins": path}, format=format)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError, match=r"checkins: .* is a folder: give a file in it"):
        read("checkins", {"checkins": tmp_path})


def test_antennas_that_are_all_unknown_are_named(tmp_path):
    files, options = formats(tmp_path)["d4d"]
    write(files["checkins"], "ann\t2010-01-01 08:10:00\t-1\n" * 5)
    with pytest.raises(
        ValueError, match=r"d4d\.csv: all 5 check-ins are at an unknown antenna \(-1"
    ):
        read("checkins", files, **options)


# ---------------------------------------------------------------- tables: times, places, CRS

README = {"format": "table", "user": "id", "time": "when", "latitude": "lat", "longitude": "lon"}


def table(folder, extra=(), times=None, **options):
    """The visits as the example of the README has them, with further columns."""
    head = ",".join(["id", "when", "lat", "lon", *[name for name, _ in extra]])
    when = times or [t for _, t, _ in VISITS]
    rows = [
        (u, when[i], *PLACES[p], *[cells[i] for _, cells in extra])
        for i, (u, _, p) in enumerate(VISITS)
    ]
    path = write(folder / "c.csv", head + "\n" + lines(rows, ","))
    return read("checkins", {"checkins": path}, **README | options)


CATEGORY = ("place", ["cafe", "bar", "cafe", "bar", "cafe", "bar", "cafe", "bar"])
SQUARES = {"zones": "squares", "cell_km": 1, "box": BOX}


@pytest.mark.parametrize("options", [SQUARES, {"zones": "places"}, {"zones": "clusters"}])
def test_a_column_called_place_changes_nothing_unless_it_is_named(tmp_path, options):
    plain = table(tmp_path, **options)
    other = table(tmp_path, [CATEGORY], **options)
    assert flows_of(other) == flows_of(plain)
    assert other.zones["x"].tolist() == plain.zones["x"].tolist()
    assert other.notes == plain.notes


def test_the_own_coordinates_count_for_squares_and_polygons(tmp_path):
    plain = table(tmp_path, **SQUARES)
    assert flows_of(table(tmp_path, [CATEGORY], place="place", **SQUARES)) == flows_of(plain)
    moved = "".join(f"{u}\t{t}\t{PLACES[p][0]}\t{PLACES[p][1]}\tx\n" for u, t, p in VISITS)
    assert flows_of(small(tmp_path, moved, **SQUARES)) == flows_of(plain)


@pytest.mark.parametrize("zones", ["places", "clusters"])
def test_places_that_move_are_refused_beyond_the_limit(tmp_path, zones):
    said = (
        r"c\.csv: line 4, column 'place': 'cafe' is at 59\.91, 10\.75, but first at 59\.93, 10\.7 "
        r"\(5 of 8 check-ins .*option place.*max_unusable"
    )
    category = ("place", ["bar", "cafe", "cafe", *CATEGORY[1][3:]])
    with pytest.raises(ValueError, match=said):
        table(tmp_path, [category], place="place", zones=zones)
    names = ("place", [p for _, _, p in VISITS[:-1]] + ["a"])
    one = table(tmp_path, [names], place="place", max_unusable=0.2)
    assert one.notes["check-ins at another position than the first of their place"] == 1


def test_a_places_file_needs_to_know_which_column_to_look_up(tmp_path):
    where = "place,latitude,longitude\n" + lines(((p, *PLACES[p]) for p in PLACES), ",")
    files = {
        "checkins": write(tmp_path / "c.csv", "user,time,place\n" + lines(VISITS, ",")),
        "places": write(tmp_path / "p.csv", where),
    }
    assumed = read("checkins", files, format="table")
    assert assumed.notes["column of the places, none being named"] == "place"
    named = read("checkins", files, format="table", place="place")
    assert "column of the places, none being named" not in named.notes
    assert flows_of(assumed) == flows_of(named)
    text = "user,time,place,lat,lon\n" + lines(((*row, 59.9, 10.7) for row in VISITS), ",")
    write(files["checkins"], text)
    with pytest.raises(
        ValueError, match=r"c\.csv: .*\['lat', 'lon'\], and .*p\.csv .*option place"
    ):
        read("checkins", files, format="table")
    assert flows_of(read("checkins", files, format="table", place="place")) == flows_of(named)


@pytest.mark.parametrize("number", ["20100101", "2010", "40470.5"])
def test_numbers_that_are_no_times_are_refused(tmp_path, number):
    said = (
        rf"c\.csv: line 2, column 'when': '{number}' is the first with a number that is no time in "
        r"seconds since 1970 \(8 of 8 rows .*seconds since 1970 or ISO 8601"
    )
    with pytest.raises(ValueError, match=said):
        table(tmp_path, times=[number] * 8)


def test_unix_seconds_may_hold_an_early_one_and_iso_a_stray_number(tmp_path):
    unix = [seconds(t) for _, t, _ in VISITS]
    assert flows_of(table(tmp_path, times=unix)) == flows_of(table(tmp_path))
    early = table(tmp_path, times=[86_400, *unix[1:]])
    assert early.notes["check-ins read"] == 8
    stray = table(tmp_path, times=["2010", *[t for _, t, _ in VISITS[1:]]], max_unusable=0.2)
    reason = "check-ins with a number that is no time in seconds since 1970 dropped"
    assert stray.notes[reason] == 1


@pytest.mark.parametrize(
    "when", ["9999-12-31", "1582-01-01", "0001-01-01T00:00:00Z", "253402214400", "-62135596800"]
)
def test_a_time_that_stands_for_none_is_one_row_lost(tmp_path, when):
    times = [t for _, t, _ in VISITS]
    # nanoseconds beside it must not overflow either
    times[0], times[7] = "2010-01-01T08:00:00.123456789Z", when
    canonical = table(tmp_path, times=times, max_unusable=0.2)
    assert canonical.notes["check-ins without a usable time dropped"] == 1
    assert sorted(flows_of(canonical).values()) == [1, 1, 2]
    with pytest.raises(ValueError, match=rf"line 9, .*'{when}' is the first without a usable time"):
        table(tmp_path, times=times)


def test_the_crs_of_polygons_comes_from_the_file_or_the_option(tmp_path):
    shapes = [rectangle(10.6, 59.9, 10.72, 60), rectangle(10.72, 59.9, 11, 59.94)]
    layer = gpd.GeoDataFrame({"zone_id": ["w", "e"]}, geometry=shapes, crs="EPSG:4326")
    metres = json.loads(layer.to_crs("EPSG:25832").to_json(drop_id=True))
    metres.pop("crs", None)
    files = {"checkins": write(tmp_path / "c.txt", snap()), "polygons": tmp_path / "z.geojson"}
    write(files["polygons"], json.dumps(metres))
    with pytest.raises(ValueError, match=r"z\.geojson: .*off the globe .*option crs"):
        read("checkins", files, zones="polygons")
    given = read("checkins", files, zones="polygons", crs="EPSG:25832")
    assert flows_of(given) == {("e", "w"): 1, ("w", "e"): 2}
    assert given.zones.crs == "EPSG:25832"
    stated = metres | {"crs": {"type": "name", "properties": {"name": "EPSG:25832"}}}
    write(files["polygons"], json.dumps(stated))
    for crs in (None, 25832, "EPSG:32632"):  # the last is the same to a metre
        same = read("checkins", files, zones="polygons", crs=crs)
        assert flows_of(same) == flows_of(given)
    with pytest.raises(
        ValueError, match=r"z\.geojson: crs=4326, but the file states .*UTM zone 32N"
    ):
        read("checkins", files, zones="polygons", crs=4326)


def test_swapped_coordinates_and_empty_boxes_are_named(tmp_path):
    with pytest.raises(ValueError, match="none of 8 check-ins lies in a zone"):
        small(tmp_path, box=[0, 0, 1, 1])
    with pytest.raises(ValueError, match="none of 8 check-ins lies in a zone"):
        small(tmp_path, zones="squares", box=[0, 0, 1, 1])


@pytest.mark.parametrize(
    ("roles", "options", "message"),
    [
        (["checkins"], {"format": "sample"}, "format 'sample': the file role 'places' is missing"),
        (["checkins"], {"zones": "polygons"}, "the file role 'polygons' is missing"),
        (["checkins"], {"box": [10, 0, 5, 1]}, r"give \[west, south, east, north\] in degrees"),
        (["checkins"], {"min_places": 0}, "a whole number >= 1"),
        (["checkins"], {"max_unusable": 2}, "a share from 0 to 1"),
        (["checkins"], {"outside": "stop"}, "'break' or 'skip'"),
        (["checkins"], {"cell_km": 0}, r"a number >= 0\.001 \(km\)"),
        (["checkins"], {"cell_km": 1e-9}, r"a number >= 0\.001 \(km\)"),
        (["checkins"], {"crs": "EPSG:999999"}, "one such as 'EPSG:25832'"),
        (["checkins"], {"crs": 0}, "one such as 'EPSG:25832'"),
    ],
)
def test_requests_are_checked_before_files_are_read(roles, options, message):
    with pytest.raises(ValueError, match=message):
        adapters.check_request("checkins", roles, options)


def test_the_gowalla_sample(mirror):
    folder = mirror / "checkins_gowalla_sample"
    files = {
        "checkins": folder / "Gowalla_3_Gowalla_checkins.txt",
        "places": folder / "Gowalla_3_Gowalla_poi_coos.txt",
    }
    options = {"format": "sample", "zones": "squares", "box": [-97.80, 30.22, -97.69, 30.31]}
    canonical = frames.check(adapters.read("checkins", files, options))
    assert canonical.notes["check-ins read"] == 157_251 - 18
    assert canonical.notes["users read"] == 1000
    assert len(canonical.zones) == 84 and canonical.notes["trips"] == 15_858
    assert np.isclose(canonical.flows["flow"].sum(), 15_858)
