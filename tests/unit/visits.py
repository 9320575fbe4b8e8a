"""Visits of two users in three places, in every format of check-ins."""

import gzip

import pandas as pd

from tests.unit.raw_files import read, write

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


def small(folder, text=None, **options):
    path = write(folder / "c.txt", snap() if text is None else text)
    return read("checkins", {"checkins": path}, **options)
