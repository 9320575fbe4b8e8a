"""Check-ins in tables of one's own: which column is the place, and which numbers are times."""

import pytest

from tests.unit.raw_files import flows_of, read, write
from tests.unit.visits import BOX, PLACES, VISITS, lines, seconds, small

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
