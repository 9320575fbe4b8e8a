"""Synthetic Guangdong and Beijing-Tianjin-Hebei: from a law to raw files and back to the law."""

import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from movelaws import adapters, restricted_pickle, synthetic
from movelaws.calibrate import calibrate
from movelaws.symbolic.variables import observe
from tests.unit.synthetic_worlds import contents, planted_pairs

LAW = {"model": "GMExp", "parameters": {"b": 0.03}}
CASES = {
    "bth_county_mobility": {},
    "guangdong_county_mobility": {"region": "guangdong"},
    "guangdong_county_commuting": {"region": "guangdong", "kind": "commuting"},
    "guangdong_subdistrict_mobility": {"region": "guangdong", "level": "subdistrict"},
    "guangdong_subdistrict_commuting": {
        "region": "guangdong",
        "level": "subdistrict",
        "kind": "commuting",
        "law": {"model": "GMExp", "parameters": {"b": 0.1}},
    },
}
"""Options of the world for the five cases of Table 1."""


def world(folder, **options):
    options = {"zones": 60, **options}
    truth = synthetic.write("flowsr", folder, 1, options)
    names = synthetic.files_of("flowsr", options)
    files = {role: folder / name for role, name in names.items()}
    return truth, adapters.read("flowsr", files, truth["adapter_options"])


@pytest.fixture(scope="module", params=CASES)
def case(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, folder, *world(folder, **CASES[request.param])


def test_the_tables_are_those_planted(case):
    name, _, truth, tables = case
    assert len(tables.zones) == truth["n_zones"] == 60
    assert len(tables.flows) == truth["n_pairs"]
    assert tables.flows["flow"].sum() == truth["total_flow"]
    assert tables.zones["residential_population"].sum() == truth["residential_population"]
    assert tables.zones["workplace_population"].sum() == truth["workplace_population"]
    assert tables.zones["workplace_population"].isna().all() == ("mobility" in name)
    west, south, east, north = tables.zones.total_bounds
    if name.startswith("bth"):
        assert west > 112 and east < 121 and south > 35.5 and north < 43
    else:
        assert west > 109 and east < 118 and south > 20 and north < 26.5
    finer = name.startswith("guangdong_county")
    assert (len(tables.places) > 4 * len(tables.zones)) == finer


def test_given_values_agree_with_the_coordinates(case):
    _, _, _, tables = case
    off = {k: v for k, v in tables.notes.items() if "more than 1 %" in k}
    assert len(off) >= 2 and not any(off.values())


def test_the_planted_law_comes_back(case):
    _, _, truth, tables = case
    found = calibrate("GMExp", planted_pairs(tables, truth), "rmse", interval=None)
    assert found.parameters["b"] == pytest.approx(truth["law"]["parameters"]["b"], rel=0.02)


def test_the_search_gets_the_variables_of_table_s1(case):
    name, _, truth, tables = case
    seen = observe(tables, "observed")
    mobility = ("r_i", "r_j", "d", "s_r")
    both = ("w_i", "w_j", "r_i", "r_j", "d", "s_w", "s_r")
    assert seen.names == (mobility if "mobility" in name else both)
    assert seen.n_rows == truth["n_pairs"]


def test_the_law_comes_back_without_coordinates(tmp_path):
    for options in ({}, {"region": "guangdong"}):
        truth, tables = world(tmp_path, coordinates=False, **options)
        assert "arbitrary" in tables.notes["coordinates"]
        found = calibrate("GMExp", planted_pairs(tables, truth), "rmse", interval=None)
        assert found.parameters["b"] == pytest.approx(0.03, rel=0.02)


@pytest.mark.parametrize("model", ["RM", "OPS", "PWO"])
def test_other_laws_can_be_planted_in_finer_places(model, tmp_path):
    options = {"region": "guangdong", "kind": "commuting", "law": {"model": model}}
    truth, tables = world(tmp_path, **options)
    pairs = planted_pairs(tables, truth)
    planted = calibrate(model, pairs, "rmse", interval=None)
    assert planted.rmse < 1.5 * np.sqrt(pairs.flow.mean())
    assert planted.cpc > 0.9


def test_archives_have_the_published_layout(tmp_path):
    world(tmp_path)
    with zipfile.ZipFile(tmp_path / "FlowSR-BTH.zip") as archive:
        names = {f"BTH_county_{part}" for part in ("flow.pkl", "dist.pkl", "io.pkl", "attr.xlsx")}
        assert set(archive.namelist()) == names
        flows = restricted_pickle.loads(io.BytesIO(archive.read("BTH_county_flow.pkl")))
        sheet = pd.read_excel(io.BytesIO(archive.read("BTH_county_attr.xlsx")), sheet_name="attr")
    assert archive_is_nested(flows)
    # The published scripts read the code from the fifth column, people from the eighth or ninth.
    assert list(sheet.columns[[4, 7, 8]]) == ["code", "pop", "pop_wan"]
    assert set(sheet["code"]) == set(flows)
    world(tmp_path, region="guangdong", kind="commuting")
    with zipfile.ZipFile(tmp_path / "guangdong.zip") as archive:
        assert sorted(archive.namelist()) == [
            "Commuting_county/gd_commute_attr_intercounty.csv",
            "Commuting_county/gd_commute_dist_intercounty.csv",
            "Commuting_county/gd_commute_flow_matrix_intercounty.npy",
            "Commuting_county/gd_commute_ids_mapping_intercounty.pkl",
            "Commuting_county/gd_commute_opportunity_intercounty_res.csv",
            "Commuting_county/gd_commute_opportunity_intercounty_work.csv",
            "Commuting_subdistrict/gd_commute_attr_intersubdistrict.csv",
        ]


def archive_is_nested(flows):
    return all(
        type(o) is int and all(type(d) is int and type(f) is int and f > 0 for d, f in row.items())
        for o, row in flows.items()
    )


def test_a_seed_makes_the_same_bytes(tmp_path):
    for options in ({"zones": 20}, {"zones": 20, "region": "guangdong", "dispersion": 0.3}):
        folders = [tmp_path / f"{len(options)}_{k}" for k in range(3)]
        for folder, seed in zip(folders, (1, 1, 2), strict=True):
            synthetic.write("flowsr", folder, seed, options)
        first, again, other = map(contents, folders)
        assert first == again and first != other


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"region": "hebei"}, "region = 'hebei': choose one of bth, guangdong"),
        ({"level": "street"}, "level = 'street': choose one of county, subdistrict"),
        ({"kind": "calls"}, "kind = 'calls': choose one of mobility, commuting"),
        ({"kind": "commuting"}, "'bth' has county mobility only, not county commuting"),
        ({"zones": 3}, "zones = 3: must be a whole number from 8 to 2100"),
        ({"people": 5}, "people = 5: must be a whole number from 10000 to"),
        ({"outflow_share": 21}, "outflow_share = 21: must be a number from 0.001 to 20"),
        (
            {"region": "guangdong", "kind": "commuting", "outflow_share": 2},
            "outflow_share = 2: must be a number from 0.001 to 0.9",
        ),
        ({"coordinates": "no"}, "coordinates = 'no': must be true or false"),
        ({"law": {"model": "Gravity"}}, "law: model = 'Gravity' is unknown"),
        ({"zone": 3}, "option 'zone' is unknown; did you mean 'zones'"),
    ],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write("flowsr", tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()


def test_the_archive_depends_on_the_region():
    assert synthetic.files_of("flowsr", {}) == {"flows": "FlowSR-BTH.zip"}
    assert synthetic.files_of("flowsr", {"region": "guangdong"}) == {"flows": "guangdong.zip"}
    with pytest.raises(ValueError, match="region = 'mars'"):
        synthetic.files_of("flowsr", {"region": "mars"})
