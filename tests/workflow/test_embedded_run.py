"""The embedded default from raw bytes to report, and what a change reruns."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.running import planned_jobs, run_snakemake

# The leading columns of choice/fits.csv that readers may build upon.
PROMISED = [
    "dataset",
    "model",
    "objective",
    "parameters",
    "ssi",
    "ssi_nonzero",
    "cpc",
    "ks_distance",
    "ks_attraction",
    "converged",
    "iterations",
    "seconds",
]
# Those of symbolic/<dataset>/front.csv.
FRONT = (
    "complexity",
    "rank",
    "expression",
    "latex",
    "constants",
    "rmse",
    "cpc",
    "certified",
    "heldout_rmse",
)
MODELS = {"DCG", "GMPow2", "GMPow", "IO", "RM", "PWO", "GMPowDC"}
WIDENED = 1.5  # from a 95 % interval to one of three that hold together with 99 %


def planned(folder: Path, *arguments: str) -> set[str]:
    """Rules that Snakemake would run now."""
    return set(planned_jobs(folder, *arguments))


def test_the_stable_outputs_are_there(embedded):
    run = embedded / "results" / "demo"
    table = pd.read_csv(run / "symbolic" / "baselines.csv")
    first = ["dataset", "model", "parameter", "rmse", "cpc", "published_rmse", "published_cpc"]
    assert list(table.columns[: len(first)]) == first
    assert set(table["source"]) == {"synthetic"}
    assert table["published_rmse"].isna().all()  # a synthetic world is not the paper's country
    chapter = yaml.safe_load((embedded / "config" / "config.yaml").read_text())["symbolic"]
    assert list(table["dataset"].unique()) == chapter["datasets"]
    for dataset in chapter["datasets"]:
        front = pd.read_csv(run / "symbolic" / dataset / "front.csv")
        assert set(FRONT) <= set(front.columns)
        assert front["certified"].any()
        drawn = ["law_map"] + ["flow_map", "landscape"] * (dataset not in chapter["brief"])
        for name in drawn:
            for suffix in ("svg", "png"):
                figure = run / "symbolic" / "figures" / f"{dataset}_{name}.{suffix}"
                assert figure.stat().st_size > 10_000
    assert (run / "report.html").stat().st_size > 100_000


@pytest.fixture(scope="session")
def game(embedded) -> Path:
    """Results of the chapter on the destination choice game."""
    return embedded / "results" / "demo" / "choice"


@pytest.fixture(scope="session")
def settings(embedded) -> dict:
    """What the config asks of that chapter."""
    return yaml.safe_load((embedded / "config" / "config.yaml").read_text())["choice"]


def test_the_stable_table_of_the_game_is_there(game, settings):
    table = pd.read_csv(game / "fits.csv")
    assert list(table.columns[: len(PROMISED)]) == PROMISED
    assert list(table["dataset"].unique()) == settings["datasets"]
    assert table["converged"].all()
    by_ssi = table[table["objective"] == "ssi"].set_index(["dataset", "model"])
    for dataset in settings["datasets"]:
        assert set(by_ssi.loc[dataset].index) == MODELS
        parameters = json.loads(by_ssi.loc[(dataset, "DCG"), "parameters"])
        assert list(parameters) == ["alpha", "beta", "gamma"]
    assert by_ssi[["ssi", "ssi_nonzero", "cpc"]].apply(lambda s: s.between(0, 1)).all(axis=None)


def test_every_figure_of_the_game_is_drawn(game, settings):
    pages = (len(settings["datasets"]) + 2) // 3
    expected = ["toy", "similarity", "distances", "attraction", "parameters", "profiles"]
    expected += ["heldout", "crowding", "convergence"]
    expected += [f"distributions_{page + 1}" for page in range(pages)]
    expected += [f"{dataset}_ridge" for dataset in settings["ridge"]["datasets"]]
    expected += [f"counterfactual_{case}" for case in settings["counterfactuals"]]
    assert {path.stem for path in (game / "figures").iterdir()} == set(expected)
    for name in expected:
        for suffix in ("svg", "png"):
            assert (game / "figures" / f"{name}.{suffix}").stat().st_size > 10_000, name


def test_every_game_that_was_planted_is_found_again(embedded, game, settings):
    """All worlds of the chapter play the game; the ledger says of each that it was recovered."""
    ledger = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    mine = ledger[(ledger["paper"] == "choice") & (ledger["id"] == "C3")].set_index("dataset")
    for dataset in settings["datasets"]:
        row = mine.loc[f"{dataset} (synthetic)"]
        assert row["verdict"] == "reproduced", row.to_string()
    table = pd.read_csv(game / "parameters.csv")
    table = table[(table["model"] == "DCG") & (table["objective"] == "poisson")]
    assert len(table) == 3 * len(settings["datasets"])
    half = (table["high"] - table["low"]) / 2
    off = (table["value"] - table["planted_value"]).abs()
    assert (off <= WIDENED * half).all(), table.to_string()  # also where no number came out
    assert not table["at_bound"].any()


def test_every_claim_about_the_game_has_a_verdict(embedded):
    ledger = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    mine = ledger[ledger["paper"] == "choice"]
    assert set(mine["id"]) == {f"C{number}" for number in range(1, 9)}
    assert mine["verdict"].isin(["reproduced", "differs", "not testable"]).all()
    # What is independent of anybody's data holds in every run.
    for claim in ("C5", "C6", "C7"):
        assert set(mine.loc[mine["id"] == claim, "verdict"]) == {"reproduced"}
    # The printed statistics are of real data.
    assert set(mine.loc[mine["id"] == "C4", "verdict"]) == {"not testable"}


def test_a_counterfactual_keeps_everybody_and_says_what_changed(game, settings):
    for case in settings["counterfactuals"]:
        table = pd.read_csv(game / "counterfactuals" / case / "destinations.csv")
        assert table["after"].sum() == pytest.approx(table["before"].sum(), rel=1e-8)
        changed = table["intervention"].notna()
        assert changed.any() and not changed.all()
        assert (table.loc[changed, "change"] < 0).all()  # both take something away
        assert table.loc[~changed, "change"].sum() > 0


def test_the_planted_laws_are_recovered(embedded):
    ledger = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    planted = ledger[ledger["published"].astype(str).str.startswith("planted")]
    assert len(planted) >= 6
    assert (planted["verdict"] == "reproduced").all(), planted.to_string()


def test_every_claim_of_the_papers_has_a_verdict(embedded):
    ledger = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    claims = pd.read_csv(embedded / "config" / "published" / "claims.csv")
    assert set(ledger["id"]) == set(claims["id"])
    assert set(ledger["verdict"]) <= {"reproduced", "differs", "not testable"}
    assert ledger.loc[ledger["verdict"] != "reproduced", "reason"].notna().all()


def test_logs_are_not_empty(embedded):
    for chapter in ("symbolic", "choice"):
        logs = list((embedded / "logs" / "demo" / chapter).glob("fit-*.log"))
        assert logs
        assert all(log.stat().st_size > 0 for log in logs)


def test_a_second_run_does_nothing(embedded):
    assert planned(embedded) == set()


def test_an_edited_model_refits_what_depends_on_it(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "allocation" / "__init__.py"
    module.write_text(module.read_text() + "\n# changed\n")
    rules = planned(embedded_copy)
    assert {"symbolic_fit", "symbolic_tables", "report"} <= rules
    assert "prepare_od" not in rules or any(rule.startswith("synthesise") for rule in rules)


def test_an_edited_plot_style_redraws_and_refits_nothing(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "plotting" / "__init__.py"
    module.write_text(module.read_text() + "\n# changed\n")
    rules = planned(embedded_copy)
    assert "symbolic_figure_flow_map" in rules
    assert not rules & {"symbolic_fit", "symbolic_reading", "symbolic_tables", "prepare_od"}
    assert not rules & {"choice_fit", "choice_profile", "choice_tables", "choice_counterfactual"}


def test_an_edited_game_refits_the_game_only(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "game" / "solver.py"
    module.write_text(module.read_text() + "\n# changed\n")
    rules = planned(embedded_copy)
    assert {"choice_solver", "choice_toy", "choice_counterfactual", "report"} <= rules
    assert not rules & {"symbolic_fit", "symbolic_tables"}


def test_another_what_if_is_solved_without_fitting_again(embedded_copy):
    change = "choice: {counterfactuals: {full_city: {title: Another heading}}}\n"
    (embedded_copy / "mine.yaml").write_text(change)
    rules = planned(embedded_copy, "--configfile", "mine.yaml")
    assert {"choice_counterfactual", "choice_figure_counterfactual"} <= rules
    assert not rules & {"choice_fit", "choice_profile", "choice_tables", "symbolic_fit"}


def test_an_edited_setting_reruns_what_reads_it(embedded_copy):
    (embedded_copy / "mine.yaml").write_text("symbolic: {confidence: 0.9}\n")
    rules = planned(embedded_copy, "--configfile", "mine.yaml")
    assert "symbolic_fit" in rules
    assert not rules & {"prepare_od", "symbolic_reading"}


def test_one_figure_can_be_made_alone(embedded_copy):
    target = "results/demo/symbolic/figures/us_county_commuting_flow_map.svg"
    (embedded_copy / target).unlink()
    assert planned(embedded_copy, target) == {"symbolic_figure_flow_map"}


def without_times(folder: Path, path: Path) -> bytes:
    """A result as bytes, less the one column that no seed fixes: how long a search took."""
    if path.name != "fits.csv" and path.parent != Path("choice/fits"):
        return (folder / path).read_bytes()
    table = pd.read_csv(folder / path, dtype=str, keep_default_na=False)
    return table.drop(columns="seconds").to_csv(index=False).encode()


# Every kind of step of the chapters on a dataset or two: the whole run again would take minutes.
ON_ONE_CORE = [
    "symbolic/fits/england_mlad_commuting.csv",
    "symbolic/predictions/england_mlad_commuting.parquet",
    "symbolic/readings/england_mlad_commuting/moved_zones.csv",
    "symbolic/figures/england_mlad_commuting_decay.svg",
    "choice/fits/us_migration.csv",
    "choice/predictions/us_migration.parquet",
    "choice/profiles/us_migration.csv",
    "choice/surfaces/us_migration.csv",
    "choice/heldout/us_migration.csv",
    "choice/readings/us_migration.csv",
    "choice/convergence/us_migration.csv",
    "choice/fits/gowalla_cities.csv",
    "choice/figures/profiles.svg",
    "choice/counterfactuals/full_city/summary.csv",
    "inequality/us_commuting/draws/1.parquet",
    "inequality/south_sudan/tests.csv",
    "inequality/south_sudan/likelihood.csv",
    "inequality/heldout/next_year.csv",
    "inequality/figures/south_sudan_grid.svg",
]


def test_equal_seeds_give_equal_bytes_on_one_core_and_two(embedded, checkout):
    targets = [str(Path("results") / "demo" / file) for file in ON_ONE_CORE]
    done = run_snakemake(checkout, "--cores", "1", *targets)
    assert done.returncode == 0, done.stdout[-3000:]
    ours, theirs = (f / "results" / "demo" for f in (embedded, checkout))
    made = sorted(p.relative_to(theirs) for p in theirs.rglob("*") if p.is_file())
    assert len(made) > len(ON_ONE_CORE)
    assert [str(p) for p in made if without_times(ours, p) != without_times(theirs, p)] == []
