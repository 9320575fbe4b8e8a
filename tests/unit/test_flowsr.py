"""The layout of FlowSR (Guangdong, Beijing-Tianjin-Hebei): what is read, repaired and carried."""

import io
import pickle

import numpy as np
import pandas as pd
import pytest

from movelaws import frames
from movelaws.od import build_pairs
from movelaws.readings import pairs_under
from tests.unit import flowsr_files as raw
from tests.unit.raw_files import read, write

CARRIES = hasattr(frames, "GIVEN_COLUMNS")
needs_carrying = pytest.mark.skipif(not CARRIES, reason="flows have no columns for given values")


def without_coordinates():
    return [[value for k, value in enumerate(row) if k not in (5, 6)] for row in raw.attributes()]


def test_the_archive_of_beijing_tianjin_hebei(tmp_path):
    tables = raw.read_bth(tmp_path)
    assert list(tables.zones["zone_id"]) == [str(code) for code in raw.CODES]
    assert list(tables.zones["name"]) == [
        "Zone 110101",
        "Zone 110102",
        "Zone 120101",
        "Zone 130101",
    ]
    assert list(tables.zones["residential_population"]) == raw.POP
    assert tables.zones["workplace_population"].isna().all()
    assert tables.zones.crs == "EPSG:4326"
    expected = {(str(o), str(d)): v for o, row in raw.FLOWS.items() for d, v in row.items()}
    assert {(o, d): f for o, d, f in tables.flows.iloc[:, :3].itertuples(index=False)} == expected
    assert tables.notes["origins with one destination"] == 1
    for column in ("distance_km", "opportunities_residential"):
        assert tables.notes[f"given {column}, pairs more than 1 % from the coordinates"] == 0
    assert tables.notes["given distance_km"] == "checked, not used"


@needs_carrying
def test_given_opportunities_of_counties_without_places_are_used(tmp_path, capsys):
    changed = raw.opportunities()
    changed[110101][130101] = 2e6
    tables = raw.read_bth(tmp_path, io=changed)
    assert tables.notes["given opportunities_residential"] == "used"
    assert "1 of 8 pairs" in capsys.readouterr().out
    choice = {"population": "residential", "circle": False}
    pairs = pairs_under(tables.zones, tables.flows, tables.places, **choice)
    assert pairs.intervening[2] == 2e6
    jittered = {"jitter_places_m": 1e-3, "rng": np.random.default_rng(1)}
    again = pairs_under(tables.zones, tables.flows, tables.places, **choice, **jittered)
    assert again.intervening[2] == 1.3e6
    assert "opportunities_residential" not in raw.read_bth(tmp_path, {"carry": "never"}).flows


@needs_carrying
def test_given_values_survive_on_disk(tmp_path):
    tables = raw.read_bth(tmp_path, {"carry": "always"})
    frames.write(tables, tmp_path / "tables")
    again = frames.read(tmp_path / "tables")
    pd.testing.assert_frame_equal(again.flows, tables.flows)
    assert list(again.flows.columns[3:]) == ["distance_km", "opportunities_residential"]


def test_points_are_made_from_distances(tmp_path):
    tables = raw.read_bth(tmp_path, attr=without_coordinates())
    assert "arbitrary" in tables.notes["coordinates"]
    assert tables.zones.crs.name == "plane of points made from distances"
    pairs = build_pairs(tables.zones, tables.flows, tables.places, population="residential")
    given = [
        raw.distances()[int(o)][int(d)]
        for o, d in zip(tables.flows["origin"], tables.flows["destination"], strict=True)
    ]
    np.testing.assert_allclose(pairs.distance_km, given, rtol=1e-3)
    frames.write(tables, tmp_path / "tables")
    assert frames.read(tmp_path / "tables").zones.crs == tables.zones.crs


def test_points_may_come_from_a_table_of_their_own(tmp_path):
    rows = "\n".join(f"{c},{x},{y}" for c, x, y in zip(raw.CODES, raw.LON, raw.LAT, strict=True))
    points = write(tmp_path / "points.csv", f"code,lon,lat\n{rows}\n")
    tables = raw.read_bth(tmp_path, others={"points": points}, attr=without_coordinates())
    assert list(tables.zones["x"]) == raw.LON
    short = write(tmp_path / "short.csv", "code,lon,lat\n110101,116.4,39.9\n")
    with pytest.raises(
        ValueError, match=r"short\.csv: no point for zone '110102' \(3 such zones\)"
    ):
        raw.read_bth(tmp_path, others={"points": short}, attr=without_coordinates())


def test_files_can_be_given_by_role_and_columns_by_name(tmp_path):
    (tmp_path / "flows.pkl").write_bytes(pickle.dumps(raw.FLOWS, protocol=2))
    header, *rows = raw.attributes()
    header = [{"code": "PAC", "pop": "registered"}.get(name, name) for name in header]
    (tmp_path / "attr.xlsx").write_bytes(raw.workbook([header, *rows]))
    files = {"flows": tmp_path / "flows.pkl", "attributes": tmp_path / "attr.xlsx"}
    tables = read("flowsr", files, columns={"zone": "PAC", "residents": "registered"})
    assert len(tables.flows) == 8
    with pytest.raises(ValueError, match=r"attr\.xlsx: no row .* has the columns \['code'"):
        read("flowsr", files)
    with pytest.raises(
        ValueError, match=r"option 'columns' = .*give headers by column, zone, name"
    ):
        read("flowsr", files, columns={"zones": "PAC"})


def test_tens_of_thousands_metres_and_small_flows(tmp_path):
    header, *rows = raw.attributes()
    wan = [[*header[:-1], "pop_wan"], *([*row[:-1], row[-1] / 1e4] for row in rows)]
    in_wan = {a: {b: s / 1e4 for b, s in row.items()} for a, row in raw.opportunities().items()}
    metres = {a: {b: 1000 * d for b, d in row.items()} for a, row in raw.distances().items()}
    options = {"distance_unit": "m", "min_flow": 11}
    tables = raw.read_bth(tmp_path, options, attr=wan, io=in_wan, dist=metres)
    assert list(tables.zones["residential_population"]) == raw.POP
    assert tables.notes["flows below 11 dropped"] == 2 and len(tables.flows) == 6
    with pytest.raises(ValueError, match=r"distance_km is .*: set the option distance_unit"):
        raw.read_bth(tmp_path, attr=wan, io=in_wan, dist=metres)
    with pytest.raises(ValueError, match=r"BTH_county_io\.pkl: opp.* is 0.0001 times .*unit"):
        raw.read_bth(tmp_path, io=in_wan)


def test_a_population_that_seems_to_count_tens_of_thousands_is_remarked(tmp_path, capsys):
    header, *rows = raw.attributes()
    wan = [header, *([*row[:-1], row[-1] / 1e4] for row in rows)]
    raw.read_bth(tmp_path, attr=wan, io=None)
    assert "fewer than 65 residents: if 'pop' counts tens of" in capsys.readouterr().out
    tables = raw.read_bth(tmp_path, {"population_unit": 10_000, "opportunity_unit": 1}, attr=wan)
    assert list(tables.zones["residential_population"]) == raw.POP
    assert "tens of" not in capsys.readouterr().out


def test_repairs_are_counted(tmp_path):
    flows = raw.FLOWS | {120101: {110101: 40, 120101: 900, 130101: 0}, 130101: {}}
    d = raw.distances()
    d[999999] = {110101: 5.0}
    d[110101][110101] = float("nan")
    tables = raw.read_bth(tmp_path, flow=flows, dist=d)
    assert tables.notes["flows within a zone dropped"] == 1
    assert tables.notes["flows of 0 dropped"] == 1
    assert tables.notes["zones that nobody leaves"] == 1
    assert tables.notes["BTH_county_dist.pkl: pairs of unknown zones left out"] == 1
    header, *rows = raw.attributes()
    rows[3][-1] = 0
    tables = raw.read_bth(tmp_path, attr=[header, *rows])
    assert tables.notes["zones without residential population"] == 1


def guangdong(folder, matrix, numbers, level="county"):
    stem = f"Commuting_{level}/gd_commute"
    out = io.BytesIO()
    np.save(out, matrix)
    zones = "".join(
        f"{c},{x},{y},{p},{p // 2}\n"
        for c, x, y, p in zip(raw.CODES, raw.LON, raw.LAT, raw.POP, strict=True)
    )
    places = "street_num,county,lon,lat,home_pop,work_pop\n" + "".join(
        f"{c}{k:03d},{c},{x + k / 50},{y},{p // 2},{p // 4}\n"
        for c, x, y, p in zip(raw.CODES, raw.LON, raw.LAT, raw.POP, strict=True)
        for k in (0, 1)
    )
    files = {
        f"{stem}_flow_matrix_inter{level}.npy": out.getvalue(),
        f"{stem}_ids_mapping_inter{level}.pkl": pickle.dumps(numbers),
        f"{stem}_attr_inter{level}.csv": f"county,lon,lat,home_pop,work_pop\n{zones}",
        "Commuting_subdistrict/gd_commute_attr_intersubdistrict.csv": places,
    }
    return raw.archive(folder, files, "guangdong.zip")


OPTIONS = {"region": "guangdong", "kind": "commuting"}


def test_the_matrix_of_guangdong_and_its_places(tmp_path):
    matrix = np.arange(16.0).reshape(4, 4)
    path = guangdong(tmp_path, matrix, dict(enumerate(raw.CODES[::-1])))
    tables = read("flowsr", {"flows": path}, **OPTIONS)
    found = {(o, d): f for o, d, f in tables.flows.iloc[:, :3].itertuples(index=False)}
    assert found["130101", "120101"] == 1 and found["110101", "130101"] == 12
    assert len(found) == 12
    assert list(tables.zones["workplace_population"]) == [p // 2 for p in raw.POP]
    assert len(tables.places) == 8
    assert set(tables.places["zone_id"]) == {str(code) for code in raw.CODES}


@pytest.mark.parametrize(
    ("matrix", "numbers", "message"),
    [
        (np.ones((4, 3)), {}, r"shape \(4, 3\) of float64: it must be a square matrix"),
        (np.ones((4, 4)), {0: 110101}, r"row 1 of 4 has no zone in zone_numbers \(3 such rows\)"),
        (np.ones((2, 2)), {0: 110101, 1: "110101"}, r"zone '110101' stands for 2 rows"),
        (np.ones((2, 2)), {"0": 110101}, r"row '0' is no whole number"),
        (np.ones((2, 2)), [110101], r"must be a dictionary from the row"),
        (np.full((4, 4), np.nan), dict(enumerate(raw.CODES)), r"\['110101'\] = nan is not finite"),
        (np.array([["a"]]), {0: 110101}, r"shape \(1, 1\) of <U1"),
        (np.array([[None]]), {0: 110101}, r"no NumPy matrix of numbers"),
    ],
)
def test_unusable_matrices_are_named(matrix, numbers, message, tmp_path):
    path = guangdong(tmp_path, matrix, numbers or dict(enumerate(raw.CODES)))
    with pytest.raises(ValueError, match=rf"guangdong\.zip, member .*{message}"):
        read("flowsr", {"flows": path}, **OPTIONS)
