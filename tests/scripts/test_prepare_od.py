"""The prepare step on tiny data: four files, a log that tells the repairs, errors that stop it."""

import importlib.util

import pytest

from movelaws import frames


@pytest.fixture
def step(root):
    spec = importlib.util.spec_from_file_location("prepare_od", root / "scripts/prepare/od.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def files(tmp_path):
    flows, zones = tmp_path / "flows.csv", tmp_path / "zones.csv"
    flows.write_text("origin,destination,flow\na,b,3\nb,a,1\na,a,7\n")
    zones.write_text("zone_id,lon,lat,population\na,0,50,10\nb,1,50,20\n")
    return {"flows": flows, "zones": zones}


def test_the_step_writes_the_four_files_and_prints_the_notes(step, files, tmp_path, capsys):
    step.prepare("table", files, {"min_flow": 2}, tmp_path / "od")
    assert sorted(path.name for path in (tmp_path / "od").iterdir()) == sorted(frames.FILES)
    canonical = frames.check(frames.read(tmp_path / "od"))
    assert canonical.flows["flow"].tolist() == [3]
    printed = capsys.readouterr().out
    assert "2 zones, 1 flows that sum to 3, 2 places" in printed
    assert "flows within a zone dropped: 1" in printed
    assert "flows of 0 or below 2 dropped: 1" in printed


def test_nothing_is_written_when_the_tables_break_the_contract(step, files, tmp_path):
    named = r"flows .*flows\.csv, zones .*zones\.csv\): flows: the table is empty"
    with pytest.raises(ValueError, match=named):
        step.prepare("table", files, {"min_flow": 4}, tmp_path / "od")
    assert not (tmp_path / "od").exists()


def test_zones_without_population_are_told(step, files, tmp_path, capsys):
    files["zones"].write_text("zone_id,lon,lat,population\na,0,50,0\nb,1,50,20\n")
    step.prepare("table", files, {}, tmp_path / "od")
    assert "zones without workplace population: 1" in capsys.readouterr().out
    assert frames.read(tmp_path / "od").notes["zones without workplace population"] == 1


def test_a_wrong_option_names_itself(step, files, tmp_path):
    with pytest.raises(ValueError, match="option 'min_flows' is unknown; did you mean 'min_flow'"):
        step.prepare("table", files, {"min_flows": 4}, tmp_path / "od")
