"""Files in the layout of FlowSR that cannot be used: file, pair or row, value and remedy."""

import os
import pickle

import pytest

from movelaws.restricted_pickle import UnsafePickleError
from tests.unit import flowsr_files as raw
from tests.unit.raw_files import read, write


class Code:
    def __reduce__(self):
        return os.system, ("touch owned",)


def changed_flow(value, origin=110101, destination=110102):
    return {o: dict(row) for o, row in raw.FLOWS.items()} | {origin: {destination: value}}


def changed_row(**values):
    header, first, *rest = raw.attributes()
    return [header, [values.get(name, v) for name, v in zip(header, first, strict=True)], *rest]


@pytest.mark.parametrize(
    ("flows", "message"),
    [
        (changed_flow("many"), r"\['110101'\]\['110102'\] = 'many' is not a number"),
        (changed_flow(True), r"\['110101'\]\['110102'\] = True is not a number"),
        (changed_flow(None), r"= None is not a number: write numbers, and leave out"),
        (changed_flow(float("nan")), r"= nan is not finite: correct it or leave out the pair"),
        (changed_flow(float("inf")), r"= inf is not finite"),
        (changed_flow(-3), r"\['110101'\]\['110102'\] = -3 is below 0: correct it"),
        (changed_flow(10**400), r"\['110101'\]: a number is too large"),
        (
            changed_flow(5, 110199),
            r"\['110199'\]\['110102'\] = 5 has a zone that is not in the att",
        ),
        (changed_flow(5, 110101, 7), r"\['7'\] = 5 has a zone .*BTH_county_attr\.xlsx.*columns"),
        ({110101: {110102: 1, "110102": 2}}, r"= 2 is a pair that occurs before"),
        ({110101: 5}, r"\['110101'\] is a int: it must be a dictionary of values by dest"),
        ({(1, 2): {110101: 5}}, r"\(1, 2\) is no code of a zone"),
        ({1.5: {110101: 5}}, r"1\.5 is no code of a zone"),
        ({}, r"holds nothing: it must be a nested dictionary, value\[origin\]\[destination\]"),
        ([1, 2], r"holds a list: it must be a nested dictionary"),
    ],
)
def test_unusable_flows_are_named(flows, message, tmp_path):
    where = r"FlowSR-BTH\.zip, member Data/BTH_county_flow\.pkl: .*"
    with pytest.raises(ValueError, match=where + message):
        raw.read_bth(tmp_path, flow=flows)


def test_all_flows_within_zones_leave_nothing(tmp_path):
    with pytest.raises(ValueError, match="no flow between two different zones was kept"):
        raw.read_bth(tmp_path, flow={110101: {110101: 5}})


@pytest.mark.parametrize("name", ["flow", "dist", "io"])
def test_a_pickle_with_code_is_refused_and_not_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = pickle.dumps({110101: Code()})
    with pytest.raises(ValueError, match=rf"BTH_county_{name}\.pkl: it asks for .*system") as error:
        raw.read_bth(tmp_path, **{name: code})
    assert not (tmp_path / "owned").exists()
    (tmp_path / "flows.pkl").write_bytes(code)
    (tmp_path / "attr.xlsx").write_bytes(raw.workbook(raw.attributes()))
    with pytest.raises(UnsafePickleError):
        read("flowsr", {"flows": tmp_path / "flows.pkl", "attributes": tmp_path / "attr.xlsx"})
    assert error.value.__cause__ is not None


@pytest.mark.parametrize("data", [b"", b"no pickle", pickle.dumps(raw.FLOWS)[:40]])
def test_damaged_pickles_are_named(data, tmp_path):
    with pytest.raises(ValueError, match=r"BTH_county_flow\.pkl: damaged or not a pickle"):
        raw.read_bth(tmp_path, flow=data)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (changed_row(code=110102), r"column 'code': '110102' is a zone that occurs before"),
        (changed_row(pop=-5), r"row 2, column 'pop': '-5' is below 0"),
        (changed_row(pop=None), r"row 2, column 'pop': '' is missing"),
        (changed_row(pop="many"), r"column 'pop': 'many' is not a number"),
        (changed_row(code=None), r"column 'code': '' is blank"),
        (changed_row(lon=None), r"column 'lon': '' is missing"),
        (changed_row(lon=1164), r"longitude lies in \[-180, 180\]|must be finite|between"),
        (changed_row(lon=116.36, lat=39.95), r"'110101' and '110102' have the same point"),
        ([["code", "lon"], [110101, 116.4]], r"no row .* has the columns \['code', 'pop'\]"),
        (b"no workbook", r"BTH_county_attr\.xlsx"),
    ],
)
def test_unusable_attributes_are_named(attributes, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        raw.read_bth(tmp_path, attr=attributes)


def test_one_coordinate_is_none(tmp_path):
    rows = [row[:6] + row[7:] for row in raw.attributes()]
    with pytest.raises(ValueError, match=r"column 'lon' has no partner: coordinates need both"):
        raw.read_bth(tmp_path, attr=rows)


def test_distances_that_make_no_points_are_named(tmp_path):
    rows = [row[:5] + row[7:] for row in raw.attributes()]
    with pytest.raises(ValueError, match=r"no coordinates, and no distances: give coordinates"):
        raw.read_bth(tmp_path, attr=rows, dist=None)
    for value, what in ((0.0, "is 0"), (None, "is missing")):
        d = raw.distances()
        for a, b in ((110101, 110102), (110102, 110101)):
            d[a].pop(b) if value is None else d[a].update({b: value})
        with pytest.raises(ValueError, match=rf"\['110101'\]\['110102'\] {what} \(2 such pairs\)"):
            raw.read_bth(tmp_path, attr=rows, dist=d)
    d = raw.distances()
    d[110101][110102] = d[110102][110101] = 4000.0
    with pytest.raises(ValueError, match=r"no points of the plane have these distances"):
        raw.read_bth(tmp_path, attr=rows, dist=d)


def test_given_distances_must_be_usable(tmp_path):
    for value, what in ((0.0, "is 0 between two zones"), (-1.0, "is below 0")):
        d = raw.distances()
        d[110101][110102] = value
        with pytest.raises(ValueError, match=rf"BTH_county_dist\.pkl: .*{what}"):
            raw.read_bth(tmp_path, dist=d)
    d = raw.distances()
    del d[110101][110102]
    assert len(raw.read_bth(tmp_path, dist=d).flows) == 8
    with pytest.raises(ValueError, match=r"distance_km of \['110101'\]\['110102'\].* is missing"):
        raw.read_bth(tmp_path, {"carry": "always"}, dist=d)


def test_missing_members_and_roles_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"FlowSR-BTH\.zip: no member BTH_county_flow\.pkl or"):
        raw.read_bth(tmp_path, flow=None)
    with pytest.raises(ValueError, match=r"no member BTH_county_attr\.xlsx .* give the files by"):
        raw.read_bth(tmp_path, attr=None)
    with pytest.raises(ValueError, match=r"no member gd_mobility_flow_matrix_intercounty\.pkl"):
        raw.read_bth(tmp_path, {"region": "guangdong"})
    (tmp_path / "flows.pkl").write_bytes(pickle.dumps(raw.FLOWS))
    with pytest.raises(ValueError, match=r"the file role 'attributes' is missing"):
        read("flowsr", {"flows": tmp_path / "flows.pkl"})
    (tmp_path / "flows.npy").write_bytes(b"")
    write(tmp_path / "attr.csv", "code,pop\n1,5\n2,6\n")
    files = {"flows": tmp_path / "flows.npy", "attributes": tmp_path / "attr.csv"}
    with pytest.raises(ValueError, match=r"flows\.npy: a matrix needs the role 'zone_numbers'"):
        read("flowsr", files)


def test_bad_archives_are_refused(tmp_path):
    files = raw.members()
    twice = files | {"copy/BTH_county_flow.pkl": files["Data/BTH_county_flow.pkl"]}
    with pytest.raises(ValueError, match=r"flows: BTH_county_flow\.pkl is there 2 times"):
        read("flowsr", {"flows": raw.archive(tmp_path, twice)})
    climbing = files | {"../BTH_county_flow.pkl": b""}
    with pytest.raises(ValueError, match="would lie outside the archive"):
        read("flowsr", {"flows": raw.archive(tmp_path, climbing)})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": "subdistrict"}, "'bth' has county mobility only"),
        ({"kind": "commuting"}, "'bth' has county mobility only"),
        ({"crs": "EPSG:0"}, "crs='EPSG:0' is unknown"),
        ({"population_unit": 0}, "population_unit' = 0: give a number > 0"),
        ({"region": "hebei"}, "'region' = 'hebei': give 'guangdong' or 'bth'"),
    ],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        raw.read_bth(tmp_path, options)
