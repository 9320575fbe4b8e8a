from pathlib import Path

import pytest
import yaml

from movelaws.runs import check_schema, raw_files
from movelaws.symbolic.settings import check_search

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


OD = {
    "us_county_commuting": {"adapter": "us_commuting"},
    "england_mlad_commuting": {"adapter": "england_commuting"},
}


@pytest.fixture
def search(root):
    """The section on paper 2 of the default config, with two datasets."""
    section = yaml.safe_load((root / "config" / "config.yaml").read_text())["symbolic"]
    return section | {
        "brief": [],
        "search": section["search"] | {"variables": {"us_county_commuting": ["all"]}},
    }


def test_the_search_of_the_default_config_is_right(search):
    check_search(search, OD)


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("noise", {"dataset": "us_county"}, r"symbolic\.noise\.dataset: 'us_county' is unknown"),
        ("regions", {"dataset": "mars"}, r"symbolic\.regions\.dataset: 'mars' is unknown"),
        ("search", {"datasets": ["mars"]}, r"symbolic\.search\.datasets: 'mars'"),
        ("entropy", {"datasets": ["mars"]}, r"symbolic\.entropy\.datasets: 'mars'"),
        ("scientist", {"datasets": ["mars"]}, r"symbolic\.scientist\.datasets: 'mars'"),
        ("search", {"variables": {"mars": ["all"]}}, r"search\.variables: 'mars' is unknown"),
        ("search", {"certified": {"default": [5], "mars": [5]}}, r"search\.certified: 'mars' is"),
        ("search", {"complexity": 8}, r"search\.complexity = 8: .* take 7 or 9"),
        ("search", {"certified": {"default": [5, 6]}}, r"certified\.default\.1 = 6: .* 5 or 7"),
        ("noise", {"certified": 4}, r"noise\.certified = 4"),
        ("regions", {"complexity": 2}, r"regions\.complexity = 2"),
        (
            "regions",
            {"dataset": "england_mlad_commuting"},
            r"regions\.dataset = 'england_mlad_commuting' with adapter 'england_commuting'",
        ),
        (
            "search",
            {"variables": {"us_county_commuting": ["all", ["w_i"]]}},
            r"search\.variables\.us_county_commuting\.1 = \['w_i'\]: .* such as w_j",
        ),
        (
            "search",
            {"certified": {"default": [5], "us_county_commuting": [3, 5]}},
            r"search\.certified\.us_county_commuting = \[3, 5\]: .* which has 1",
        ),
        ("noise", {"samples": 9}, r"noise\.cpc_samples = 5: at least as many as samples = 9"),
    ],
)
def test_a_fault_in_the_search_is_named(search, part, change, message):
    with pytest.raises(ValueError, match=message):
        check_search(search | {part: search[part] | change}, OD)


def test_noise_needs_models_that_are_fitted_where_it_is_searched(search):
    few = search | {"models": ["GMExp", "GMZipf"]}
    with pytest.raises(ValueError, match=r"symbolic\.noise\.models: 'GMPow' is not among"):
        check_search(few, OD)
    check_search(few | {"datasets": ["england_mlad_commuting"]}, OD)
    check_search(few | {"search": few["search"] | {"datasets": ["england_mlad_commuting"]}}, OD)


def test_an_unknown_brief_dataset_is_named(search):
    with pytest.raises(ValueError, match=r"symbolic\.brief .* 'mars' is unknown"):
        check_search(search | {"brief": ["mars"]}, OD)


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("search", {"keeep": 3}, "key 'keeep' is unknown; did you mean 'keep'"),
        ("search", {"starts": [8, 8, 8]}, r"symbolic\.search\.starts"),
        ("search", {"variables": {"us": [["w_j", "w_j"]]}}, r"symbolic\.search\.variables\.us"),
        (
            "search",
            {"variables": {"us": [["w_j", "x"]]}},
            r"variables\.us\.0: \['w_j', 'x'\] is not allowed: .* r_j, d, s_w and s_r",
        ),
        (
            "search",
            {"variables": {"us": ["w_j", "d"]}},
            r"variables\.us\.0: 'w_j' is not allowed: .* in brackets of its own",
        ),
        ("noise", {"models": ["OPS"]}, r"symbolic\.noise\.models\.0: 'OPS'"),
        ("noise", {"alphas": [0]}, r"symbolic\.noise\.alphas\.0: 0"),
        ("heldout", {"folds": 1}, r"symbolic\.heldout\.folds: 1"),
        ("regions", {"complexity": 99}, r"symbolic\.regions\.complexity"),
    ],
)
def test_the_schema_names_what_it_does_not_allow(root, part, change, message):
    config = yaml.safe_load((root / "config" / "config.yaml").read_text())
    config["symbolic"][part] |= change
    with pytest.raises(ValueError, match=message):
        check_schema(config, root / "workflow" / "schemas" / "config.schema.yaml")
