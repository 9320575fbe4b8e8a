"""The step that writes a synthetic world: its files, the truth beside them, and errors."""

import importlib.util
import json

import pytest

from movelaws import synthetic

OPTIONS = {"residents": 5_000_000, "law": {"model": "GMPow", "parameters": {"b": 1.1}}}


@pytest.fixture
def step(root):
    path = root / "scripts/prepare/synthesise.py"
    spec = importlib.util.spec_from_file_location("synthesise", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_step_writes_the_files_and_the_truth(step, tmp_path, capsys):
    truth = step.synthesise("us_migration", OPTIONS, 3, tmp_path / "raw")
    files = {path.name for path in (tmp_path / "raw").iterdir()}
    assert files == {*synthetic.load("us_migration").FILES.values(), "truth.json"}
    assert json.loads((tmp_path / "raw" / "truth.json").read_text()) == truth
    assert truth["law"] == {"model": "GMPow", "parameters": {"b": 1.1}}
    assert "n_zones: 51" in capsys.readouterr().out


def test_the_step_repeats_itself(step, tmp_path):
    for folder in ("a", "b"):
        step.synthesise("us_migration", OPTIONS, 3, tmp_path / folder)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("world", "options", "message"),
    [
        ("atlantis", {}, "world = 'atlantis' is unknown"),
        ("us_migration", {"people": 3}, "option 'people' is unknown; there are residents"),
        ("us_migration", {"residents": 3}, "residents = 3: must be a whole number from 510000"),
    ],
)
def test_the_step_stops_before_it_writes(step, world, options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        step.synthesise(world, options, 1, tmp_path / "raw")
    assert not (tmp_path / "raw").exists()
