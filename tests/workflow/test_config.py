"""Every config parses and plans; a mistake in one stops the run with its name."""

import pytest
import yaml

from tests.running import run_snakemake

CONFIGS = {
    "embedded default": [],
    "published datasets": ["--configfile", "config/paper.yaml"],
    "published datasets at hand": ["--configfile", "config/paper.yaml", "config/at_hand.yaml"],
}
MIGRATION = {"source": "published"}
CAPITALS = {"capitals": "us_migration_irs/at_hand/us-state-capitals.json"}
# Files of England that only a mirror holds.
ENGLAND = {
    "flows": "england_commuting_2011/at_hand/wu01ew_lad_pairs_union.csv",
    "boundaries": "england_commuting_2011/at_hand/lad11_bsc.json",
}
TARGETS = ["all", "symbolic", "report", "ledger"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_every_config_and_target_plans(checkout, config, target):
    done = run_snakemake(checkout, "--dry-run", "--cores", "1", target, *config)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_benchmarks_plan(checkout):
    done = run_snakemake(checkout, "--dry-run", "--cores", "2", "benchmarks")
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"sede": 1}, "sede"),
        ({"symbolic": {"modles": ["RM"]}}, "modles"),
        ({"run": "My Run"}, "My Run"),
        ({"symbolic": {"support": "some"}}, "some"),
        ({"symbolic": {"models": ["GMxyz"]}}, "GMxyz"),
        ({"symbolic": {"datasets": ["atlantis"]}}, "atlantis"),
        ({"symbolic": {"flow_map": ["flow", "Gravity"]}}, "Gravity"),
        ({"od": {"us_migration": {"adapter": "us_migratoin"}}}, "us_migratoin"),
        ({"od": {"us_migration": {"world": {"name": "utopia"}}}}, "utopia"),
        ({"od": {"us_migration": {"options": {"conut": 1}}}}, "conut"),
        ({"od": {"us_migration": {"world": {"options": {"law": {"model": "GMFoo"}}}}}}, "GMFoo"),
        ({"symbolic": {"confidence": float("nan")}}, "symbolic.confidence"),
        ({"od": {"us_migration": MIGRATION | {"files": CAPITALS | {"flows": "x.csv"}}}}, "x.csv"),
        (
            {"od": {"us_migration": MIGRATION | {"files": CAPITALS | {"flows": "no/such/file"}}}},
            "no/such/file",
        ),
        ({"od": {"us_migration": MIGRATION | {"files": CAPITALS}}}, "'flows' is missing"),
    ],
)
def test_a_mistake_in_the_config_is_named(checkout, change, named):
    (checkout / "mine.yaml").write_text(yaml.safe_dump(change))
    done = run_snakemake(checkout, "--dry-run", "--cores", "1", "--configfile", "mine.yaml")
    assert done.returncode != 0
    assert named in done.stdout


def test_a_case_without_data_is_left_out_with_its_reason(checkout):
    """Without mirror and address the England case goes, the others stay."""
    change = {"od": {"england_mlad_commuting": {"source": "published", "files": ENGLAND}}}
    (checkout / "mine.yaml").write_text(yaml.safe_dump(change))
    done = run_snakemake(checkout, "--dry-run", "--cores", "1", "--configfile", "mine.yaml")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "od/us_county_commuting/zones.parquet" in done.stdout
    assert "od/england_mlad_commuting/zones.parquet" not in done.stdout


def test_a_run_whose_chapter_has_no_data_still_gives_a_report(checkout):
    """Nothing of paper 2 can be had: its section of the report says why, nothing fails."""
    change = {
        "run": "empty",
        "od": {"england_mlad_commuting": {"source": "published", "files": ENGLAND}},
        "symbolic": {"datasets": ["england_mlad_commuting"]},
    }
    (checkout / "mine.yaml").write_text(yaml.safe_dump(change))
    done = run_snakemake(checkout, "--cores", "1", "--configfile", "mine.yaml")
    assert done.returncode == 0, done.stdout[-3000:]
    report = (checkout / "results" / "empty" / "report.html").read_text()
    assert "england_commuting_2011/at_hand/" in report
