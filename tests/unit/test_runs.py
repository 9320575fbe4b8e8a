from pathlib import Path

import pytest
import yaml

from movelaws.runs import check_schema, raw_files

RAW, WORLD = Path("resources/raw"), Path("results/demo/raw/city")


def test_raw_files_of_a_synthetic_world_lie_in_its_folder():
    files = raw_files("city", {"source": "synthetic"}, RAW, WORLD, {"flows": "od.csv"})
    assert files == {"flows": WORLD / "od.csv"}


def test_raw_files_of_the_registry_lie_by_dataset_and_version():
    entry = {"source": "published", "files": {"flows": "city/v1/od.csv", "extra": None}}
    assert raw_files("city", entry, RAW, WORLD, {}) == {"flows": RAW / "city" / "v1" / "od.csv"}


def test_own_files_are_taken_as_they_are():
    entry = {"source": "own", "files": {"flows": "data/od.csv"}}
    assert raw_files("city", entry, RAW, WORLD, {}) == {"flows": Path("data/od.csv")}


@pytest.mark.parametrize("file", ["od.csv", "a/b", "a/b/c/d", "a//c", "/a/b"])
def test_a_wrong_registry_key_names_the_config_entry(file):
    with pytest.raises(ValueError, match=r"od\.city\.files\.flows") as error:
        raw_files("city", {"source": "published", "files": {"flows": file}}, RAW, WORLD, {})
    assert "source: own" in str(error.value)


def test_a_typo_in_the_config_is_named_with_the_key_that_was_meant(root):
    schema = root / "workflow" / "schemas" / "config.schema.yaml"
    config = yaml.safe_load((root / "config" / "config.yaml").read_text())
    check_schema(config, schema)
    with pytest.raises(ValueError, match="top level: key 'sede' is unknown; did you mean 'seed'"):
        check_schema(config | {"sede": 1}, schema)
    config["symbolic"]["confidence"] = 1.5
    with pytest.raises(ValueError, match=r"symbolic\.confidence: 1\.5"):
        check_schema(config, schema)
