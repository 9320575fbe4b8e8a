"""Every config parses and plans; a mistake in one stops the run with its name."""

import re

import pandas as pd
import pytest
import yaml

from tests.running import DryRuns, copy_checkout, run_snakemake

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
# All that the adapter needs but a register.
SOUTH_SUDAN = {
    "boundaries": "south_sudan_context/at_hand/SS_adm2.shp",
    "boundaries_dbf": "south_sudan_context/at_hand/SS_adm2.dbf",
    "boundaries_prj": "south_sudan_context/at_hand/SS_adm2.prj",
    "boundaries_shx": "south_sudan_context/at_hand/SS_adm2.shx",
    "settlements": "south_sudan_context/at_hand/output_settlements.csv",
    "population": "south_sudan_context/at_hand/demographics_2020.xlsx",
}
TARGETS = ["all", "symbolic", "inequality", "choice", "report", "ledger"]


def what_if(intervention: dict, **entry) -> dict:
    """A config with one more counterfactual."""
    case = {"dataset": "sf_taxi", "title": "What if", "interventions": [intervention]}
    return {"choice": {"counterfactuals": {"mine": case | entry}}}


def of_case(**change) -> dict:
    """A change of a case of paper 4."""
    return {"inequality": {"cases": {"south_sudan": change}}}


CLOSED = {"destinations": {"largest": 1}, "closed": True}


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory):
    """Dry runs in a fresh copy of the checkout."""
    runs = DryRuns(copy_checkout(tmp_path_factory.mktemp("plans") / "checkout"))
    yield runs
    runs.close()


@pytest.fixture
def dry_run_with(dry_run, tmp_path):
    """A dry run of the default with some of its settings changed."""

    def run(change: dict):
        mine = tmp_path / "mine.yaml"
        mine.write_text(yaml.safe_dump(change))
        return dry_run("--configfile", str(mine))

    return run


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_every_config_plans_for_all_targets(dry_run, config):
    done = dry_run(*TARGETS, *config)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_benchmarks_plan(dry_run):
    done = dry_run("benchmarks")
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
        # Of the search here only what is told by name; the rest is in tests/unit.
        ({"symbolic": {"search": {"keeep": 3}}}, "key 'keeep' is unknown; did you mean 'keep'?"),
        ({"symbolic": {"noise": {"dataset": "atlantis"}}}, "symbolic.noise.dataset: 'atlantis'"),
        ({"symbolic": {"search": {"complexity": 8}}}, "search.complexity = 8"),
        ({"symbolic": {"noise": {"samples": 99}}}, "at least as many as samples = 99"),
        ({"choice": {"datasets": ["atlantis"]}}, "choice.datasets: 'atlantis' is unknown"),
        ({"choice": {"modles": ["DCG"]}}, "modles"),
        ({"choice": {"models": ["DCG", "GMPow3"]}}, "GMPow3"),
        ({"choice": {"models": ["GMPow2"]}}, "choice.models"),
        ({"choice": {"objectives": ["poisson"]}}, "choice.objectives"),
        ({"choice": {"attraction": {"sf_taxi": "jobs"}}}, "jobs"),
        ({"choice": {"attraction": {"atlantis": "arrivals"}}}, "choice.attraction: 'atlantis'"),
        ({"choice": {"heldout": {"datasets": ["atlantis"]}}}, "choice.heldout.datasets: 'atlant"),
        ({"choice": {"solver": {"datasets": ["sf_taksi"]}}}, "did you mean 'sf_taxi'?"),
        ({"choice": {"profiles": {"gammas": [0, 2, 1]}}}, "[0, 2, 1]: give them rising from 0"),
        ({"choice": {"profiles": {"gammas": [1, 2]}}}, "[1, 2]: give them rising from 0"),
        ({"choice": {"heldout": {"folds": 1}}}, "choice.heldout.folds"),
        ({"choice": {"absent": {"oslo": "atlantis"}}}, "has no dataset 'atlantis'"),
        (what_if(CLOSED, dataset="atlantis"), "choice.counterfactuals.mine.dataset: 'atlantis'"),
        (what_if(CLOSED | {"closd": 1}), "key 'closd' is unknown; did you mean 'closed'?"),
        (what_if({"destinations": {"largest": 1}}), "choice.counterfactuals.mine"),
        (what_if(CLOSED, titel="What if"), "key 'titel' is unknown"),
        (what_if(CLOSED | {"charge": 2}), "intervention 1 has 2 actions"),
        (what_if(CLOSED | {"destinations": {"larges": 1}}), "did you mean 'largest'?"),
        (
            {"choice": what_if(CLOSED, objective="cpc")["choice"] | {"objectives": ["ssi"]}},
            "choice.counterfactuals.mine.objective: 'cpc'",
        ),
        # Of paper 4 here only what is told by name; the rest is in tests/unit.
        (of_case(shar=0.2), "key 'shar' is unknown; did you mean 'share'?"),
        (
            of_case(variables={"both": {"union": ["conflict", "floods"]}}),
            "variables.both.union: 'floods' is unknown; did you mean 'flood'?",
        ),
        (of_case(shown={"exponent": -9}), "shown.exponent = -9: choose one of"),
        (of_case(likelihood={"lowest": -1, "highest": -2}), "lowest = -1 must be below highest"),
        ({"inequality": {"active": ["sudan"]}}, "inequality.active: 'sudan' is unknown"),
        (
            {"inequality": {"heldout": {"next_year": {"tested": "south_sudan_2022"}}}},
            "inequality.heldout.next_year.tested: 'south_sudan_2022'",
        ),
        (
            {"inequality": {"what_ifs": {"floods": {"case": "sudan"}}}},
            "inequality.what_ifs.floods.case: 'sudan'",
        ),
        (
            {"inequality": {"what_ifs": {"floods": {"penalty": -1}}}},
            "inequality.what_ifs.floods.penalty: -1",
        ),
        ({"od": {"us_migration": MIGRATION | {"files": CAPITALS | {"flows": "x.csv"}}}}, "x.csv"),
        (
            {"od": {"us_migration": MIGRATION | {"files": CAPITALS | {"flows": "no/such/file"}}}},
            "no/such/file",
        ),
        ({"od": {"us_migration": MIGRATION | {"files": CAPITALS}}}, "'flows' is missing"),
        (
            {"od": {"south_sudan": {"source": "published", "files": SOUTH_SUDAN}}},
            "od.south_sudan: adapter 'south_sudan': give one at least of the file roles 'register_",
        ),
    ],
)
def test_a_mistake_in_the_config_is_named(dry_run_with, change, named):
    done = dry_run_with(change)
    assert done.returncode != 0
    assert named in done.stdout


def test_a_case_without_data_is_left_out_with_its_reason(dry_run_with):
    """Without mirror and address the England case goes, the others stay."""
    change = {"od": {"england_mlad_commuting": {"source": "published", "files": ENGLAND}}}
    done = dry_run_with(change)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "od/us_county_commuting/zones.parquet" in done.stdout
    assert "od/england_mlad_commuting/zones.parquet" not in done.stdout


def test_a_run_whose_chapter_has_no_data_still_gives_a_report(checkout):
    """Nothing of paper 2 can be had, of papers 1, 3 and 4 nothing is asked for: it says why."""
    change = {
        "run": "empty",
        "od": {"england_mlad_commuting": {"source": "published", "files": ENGLAND}},
        "lagrangian": {"cases": []},
        "symbolic": {"datasets": ["england_mlad_commuting"]},
        "pairdist": {"datasets": [], "bins": "none"},
        "inequality": {"active": []},
        "choice": {"datasets": ["denmark_moves"]},
    }
    (checkout / "mine.yaml").write_text(yaml.safe_dump(change))
    done = run_snakemake(checkout, "--cores", "1", "--configfile", "mine.yaml")
    assert done.returncode == 0, done.stdout[-3000:]
    report = (checkout / "results" / "empty" / "report.html").read_text()
    assert "england_commuting_2011/at_hand/" in report
    assert "this run has no case of this chapter" in report
    made = checkout / "results" / "empty" / "inequality"
    assert {path.name for path in made.iterdir() if path.is_dir()} == {"figures"}
    verdicts = pd.read_csv(made / "claims.csv").set_index("id")["verdict"]
    assert verdicts.pop("I1") == "reproduced"  # of two cities, without data
    assert set(verdicts) == {"not testable"}


def test_forecasts_of_a_city_may_have_a_lattice_of_their_own(dry_run_with):
    phones = {"label": "Phones, over midnight", "unit": "users", "adapter": "yjmob100k",
              "source": "synthetic", "world": {"name": "yjmob100k"},
              "options": {"carry": "over_midnight"}}  # fmt: skip
    change = {
        "lattices": {"phones": phones},
        "lagrangian": {"cities": {"japan": {"forecast_dataset": "phones"}}},
    }
    done = dry_run_with(change)
    assert done.returncode == 0, done.stdout[-3000:]
    folder = "results/demo/lagrangian"
    # the fit is of the one, the forecast of the other; other cities have one for both
    for job, given in {
        "Merging the cells of japan": "results/demo/lattices/yjmob/lattice.nc",
        "Merging the cells of japan for its forecasts": "results/demo/lattices/phones/lattice.nc",
        "Predicting days and hours of japan that": f"{folder}/japan/populations_ahead.nc",
        "Predicting days and hours of helsinki that": f"{folder}/helsinki/populations.nc",
    }.items():
        said = rf"{job}( were not fitted)?\nReason: .*Input files updated by another job: (.*)"
        assert re.search(said, done.stdout)[2] == given


def test_a_counterfactual_may_be_left_out_and_a_part_be_done_for_all(dry_run_with):
    change = {
        "choice": {"counterfactuals": {"full_city": None}, "heldout": {"datasets": "all"}},
    }
    done = dry_run_with(change)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "counterfactuals/downtown_charge/" in done.stdout
    assert "counterfactuals/full_city/" not in done.stdout
    assert "choice/heldout/sf_taxi.csv" in done.stdout


def test_the_game_without_any_data_is_left_out_with_its_reason(dry_run_with):
    """What nobody outside can have: the chapter goes, the others stay."""
    files = {
        "checkins": "abidjan_d4d/published/POS_SAMPLE_0.TSV",
        "places": "abidjan_d4d/published/ANT_POS.TSV",
    }
    change = {
        "od": {"abidjan": {"source": "published", "files": files}},
        "choice": {"datasets": ["abidjan"]},
    }
    done = dry_run_with(change)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "symbolic_fit" in done.stdout
    assert "choice_" not in done.stdout
