"""The steps of paper 5 on a small country in which the game is played."""

import importlib.util
import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from movelaws import frames
from tests.unit.crowded_world import TRUTH, country, played

ROOT = Path(__file__).resolve().parents[2]
STEPS = ROOT / "scripts" / "choice"
DATASET = "us_migration"
MODELS = ["DCG", "GMPow2", "GMPow", "IO", "RM", "PWO", "GMPowDC"]
WITHOUT_PARAMETERS = ["RM", "PWO"]
GAMMAS = [0, 1, 3]
CLOSED = {
    "title": "One is closed",
    "interventions": [{"destinations": {"largest": 1}, "closed": True}],
}
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
BESIDE = ["value", "at_bound", "evaluations", "coarse_best", "local_spread"]


def step(name: str):
    """A step script as a module."""
    spec = importlib.util.spec_from_file_location(name, STEPS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Named(list):
    """Inputs or outputs of a rule: by place, by name, or as attributes, as Snakemake hands them."""

    def __init__(self, **named):
        super().__init__(named.values())
        self.__dict__.update(named)

    def __getitem__(self, key):
        return getattr(self, key) if isinstance(key, str) else super().__getitem__(key)


def run(name: str, folder: Path, given: dict, made: dict, **params):
    """Run a whole step as a rule does; its outputs by name, and its log."""
    folder.mkdir(parents=True, exist_ok=True)
    outputs = {key: str(folder / file) for key, file in made.items()}
    log = folder / f"{name}.log"
    rule = SimpleNamespace(
        input=Named(**given),
        output=Named(**outputs),
        params=Named(**params),
        wildcards=SimpleNamespace(dataset=DATASET),
        threads=1,
        log=[str(log)],
    )
    runpy.run_path(str(STEPS / f"{name}.py"), init_globals={"snakemake": rule}, run_name="__main__")
    return Named(**outputs), log.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Canonical tables of 16 zones; people go by the game, by the jobs of a zone."""
    zones, flows = country(16)
    folder = tmp_path_factory.mktemp("country")
    frames.write(frames.check(frames.assemble(zones, played(zones, flows))), folder)
    return folder


@pytest.fixture(scope="module")
def zones(folder) -> dict:
    return {"zones": str(folder / "zones.parquet")}


@pytest.fixture(scope="module")
def fitted(folder):
    return step("fit").fit(str(folder), DATASET, "workplace", MODELS, ["ssi", "poisson"], 0.95, 1)


@pytest.fixture(scope="module")
def fits(fitted, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("fits") / f"{DATASET}.csv"
    fitted[0].to_csv(path, index=False)
    return str(path)


# ---------------------------------------------------------------- fit


def test_every_model_is_fitted_by_every_objective_that_it_can_be(fitted):
    table = fitted[0]
    wanted = [(m, "ssi") for m in MODELS]
    wanted += [(m, "poisson") for m in MODELS if m not in WITHOUT_PARAMETERS]
    assert sorted(zip(table["model"], table["objective"], strict=True)) == sorted(wanted)
    assert table.columns.tolist() == PROMISED + BESIDE
    assert table["converged"].all()


def test_the_planted_game_is_recovered(fitted):
    mine = fitted[1].query("model == 'DCG' and objective == 'poisson'").set_index("parameter")
    assert mine["value"].to_numpy() == pytest.approx(TRUTH, rel=0.15)
    half = (mine["high"] - mine["low"]) / 2
    assert ((mine["value"] - TRUTH).abs() < 2 * half).all()


def test_the_game_is_nowhere_below_the_models_it_holds(fitted):
    best = fitted[0].set_index(["objective", "model"])["value"]
    for objective in ("ssi", "poisson"):
        assert best[objective, "DCG"] >= best[objective, "GMPow2"] >= best[objective, "GMPow"]


def test_what_the_figures_read_adds_up(fitted, folder):
    saved, flows = fitted[2], frames.read(folder).flows
    assert saved.predictions["flow"].sum() == flows["flow"].sum()
    assert saved.predictions.columns.tolist()[4:] == MODELS
    assert saved.arrivals[MODELS].sum().to_numpy() == pytest.approx(flows["flow"].sum())
    shares = saved.distances.groupby("model")["share"].sum()
    assert set(shares.index) == {"flow", *MODELS}
    assert shares.to_numpy() == pytest.approx(1.0)


def test_the_step_writes_its_five_tables(zones, fitted, tmp_path):
    made = {
        "fits": "fits.csv",
        "parameters": "parameters.csv",
        "predictions": "p.parquet",
        "distances": "d.csv",
        "arrivals": "a.csv",
    }
    params = {"attraction": "workplace", "models": ["GMPow2", "DCG"], "objectives": ["ssi"]}
    out, log = run("fit", tmp_path, zones, made, **params, confidence=0.95, seed=1)
    again = pd.read_csv(out.fits).set_index("model")
    first = fitted[0].query("objective == 'ssi'").set_index("model")
    for model in ("DCG", "GMPow2"):
        assert json.loads(again.loc[model, "parameters"]) == json.loads(
            first.loc[model, "parameters"]
        )
    assert pd.read_parquet(out.predictions).columns.tolist()[-2:] == ["GMPow2", "DCG"]
    assert "zones without attraction (receive nobody): 0" in log


def test_the_order_of_the_objectives_does_not_lose_a_model(folder):
    _, _, saved = step("fit").fit(
        str(folder), DATASET, "workplace", ["GMPow", "RM"], ["poisson", "ssi"], 0.95, 1
    )
    assert {"GMPow", "RM"} <= set(saved.predictions.columns)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"zones\.parquet is missing"):
        step("fit").fit(str(tmp_path), DATASET, "arrivals", ["RM"], ["ssi"], 0.95, 1)


# ---------------------------------------------------------------- profile, ridge, heldout, reading


@pytest.fixture(scope="module")
def profile(zones, tmp_path_factory) -> pd.DataFrame:
    out, _ = run(
        "profile",
        tmp_path_factory.mktemp("profile"),
        zones,
        {"profile": "profile.csv"},
        attraction="workplace",
        gammas=GAMMAS,
        seed=1,
    )
    return pd.read_csv(out.profile)


def test_the_profile_is_best_near_the_planted_crowding(profile, fitted):
    assert profile["gamma"].tolist() == [*GAMMAS, np.inf, np.inf]
    assert profile.loc[profile["value"].idxmax(), "gamma"] == TRUTH[2] == 1
    best = fitted[0].set_index(["objective", "model"])["value"]["ssi", "DCG"]
    assert (profile["value"] <= best + 1e-6).all()


def test_the_profile_begins_with_gravity_2(profile, fitted):
    gravity = fitted[0].set_index(["objective", "model"])["value"]["ssi", "GMPow2"]
    assert profile["value"].iloc[0] == pytest.approx(gravity, abs=1e-5)


def test_the_ridge_is_nowhere_above_the_optimum(zones, fitted, tmp_path):
    out, _ = run(
        "ridge", tmp_path, zones, {"surface": "s.csv"}, attraction="workplace", seed=1, size=4
    )
    found = pd.read_csv(out.surface)
    assert len(found) == 16
    assert found["alpha"].unique().tolist() == pytest.approx([0, 10 / 3, 20 / 3, 10])
    best = fitted[0].set_index(["objective", "model"])["value"]["ssi", "DCG"]
    assert (found["value"].dropna() <= best + 1e-6).all()
    assert found["value"].max() > best / 2


def test_every_origin_is_predicted_once_under_each_attraction(zones, folder, tmp_path):
    out, log = run(
        "heldout",
        tmp_path,
        zones,
        {"scores": "h.csv"},
        models=["DCG", "GMPow2", "RM"],
        folds=2,
        knowledge=["all", "training"],
        seed=1,
        attraction="workplace",
    )
    table = pd.read_csv(out.scores)
    assert len(table) == 2 * 2 * 3
    assert set(table["dataset"]) == {DATASET}
    one = table.query("model == 'RM' and attraction == 'all'")
    assert one["n_pairs"].sum() == len(frames.read(folder).flows)
    assert table[["ssi", "ssi_nonzero", "cpc"]].apply(lambda s: s.between(0, 1)).all(axis=None)
    assert "training" in log


def test_crowding_is_seen_where_attraction_is_counted_otherwise(zones, tmp_path):
    out, _ = run("reading", tmp_path, zones, {"reading": "r.csv"}, confidence=0.95, seed=1)
    table = pd.read_csv(out.reading).set_index(["attraction", "model", "objective"])
    assert set(table["dataset"]) == {DATASET}
    assert set(table.index.get_level_values(0)) == {"arrivals", "workplace", "residential"}
    game = table.loc[("workplace", "DCG", "poisson")]
    assert game["p_value"] < 1e-6
    assert game["gamma"] == pytest.approx(TRUTH[2], rel=0.2)


# ---------------------------------------------------------------- solver, counterfactual


@pytest.fixture(scope="module")
def solved(folder, fits):
    return step("solver").solve(str(folder), DATASET, "workplace", fits)


def test_the_solvers_agree_and_the_limits_hold(solved, fits):
    convergence, report = solved
    assert report["method"].tolist() == ["anderson", "fixed point", "averaging 0.25"]
    assert report["converged"].all()
    assert (report[["without_crowding", "fixed_attraction"]] < 1e-6).all(axis=None)
    assert set(convergence["method"]) == {*report["method"], "averaging 1/n"}
    game = pd.read_csv(fits).query("model == 'DCG' and objective == 'ssi'")["parameters"].iloc[0]
    assert report["gamma"].tolist() == [json.loads(game)["gamma"]] * 3


def test_a_counterfactual_takes_the_fit_of_its_objective(folder, fits, fitted, profile):
    what_if = step("counterfactual").what_if
    table, known = pd.read_csv(fits), fitted[1]
    by_ssi, similar = what_if(
        str(folder), CLOSED | {"objective": "ssi"}, "workplace", table, known, profile
    )
    by_chance, likely = what_if(str(folder), CLOSED, "workplace", table, known, profile)
    changed = by_ssi.destinations["intervention"] == "closed"
    assert changed.sum() == 1
    assert by_ssi.destinations.loc[changed, "after"].tolist() == [0]
    assert by_ssi.destinations["after"].sum() == pytest.approx(by_ssi.destinations["before"].sum())
    moved = [
        found.destinations.sort_values("zone_id")["before"].to_numpy()
        for found in (by_ssi, by_chance)
    ]
    assert not np.allclose(*moved, rtol=1e-6)
    for others in (similar, likely):
        assert np.isfinite(others["gamma"]).all()  # a limit does not respond, it is left out
        assert others["case"].iloc[0] == "without crowding"
        assert (others["arrivals_after"] == 0).all()
    gamma = known.query("model == 'DCG' and objective == 'poisson' and parameter == 'gamma'")
    range_of = likely.loc[likely["case"] == "fits as well", "gamma"]
    assert range_of.min() == pytest.approx(gamma["low"].iloc[0])
    assert range_of.max() == pytest.approx(gamma["high"].iloc[0])


def test_the_counterfactual_writes_its_tables_and_what_it_rests_on(
    zones, fits, fitted, profile, tmp_path
):
    given = zones | {"fits": fits}
    for name, table in {"profile": profile, "fitted": fitted[1]}.items():
        given[name] = str(tmp_path / f"{name}.csv")
        table.to_csv(given[name], index=False)
    names = ("destinations", "origins", "flows", "summary", "sensitivity")
    out, log = run(
        "counterfactual",
        tmp_path,
        given,
        {name: f"{name}.csv" for name in names} | {"calibration": "calibration.json"},
        case=CLOSED,
        attraction="workplace",
        unit="trips",
    )
    assert all(len(pd.read_csv(out[name])) for name in names)
    assert "One is closed" in log
    facts = json.loads(Path(out["calibration"]).read_text())
    assert (facts["objective"], facts["attraction"]) == ("poisson", "workplace")
    assert set(facts["parameters"]) == {"alpha", "beta", "gamma"}
    drawn, _ = run(
        "figure_counterfactual",
        tmp_path,
        {name: out[name] for name in (*names, "calibration")} | {"zones": zones["zones"]},
        {"svg": "page.svg", "png": "page.png"},
        case=CLOSED,
        unit="trips",
        synthetic=True,
    )
    assert "Calibrated by likelihood" in Path(drawn["svg"]).read_text()


# ---------------------------------------------------------------- tables, claims, toy, sensitivity


PUBLISHED = [
    str(ROOT / f"config/published/choice_{name}.csv")
    for name in ("table1_datasets", "tableS1_parameters", "tableS2_S3_ks")
]
TABLES = ("datasets", "parameters", "table_s1", "statistics", "heldout", "readings", "solver")


@pytest.fixture(scope="module")
def tabled(zones, fits, fitted, solved, tmp_path_factory) -> Named:
    folder = tmp_path_factory.mktemp("tables")
    fitted[1].to_csv(folder / "fitted.csv", index=False)
    solved[1].to_csv(folder / "solved.csv", index=False)
    fitted[2].predictions.to_parquet(folder / "p.parquet")
    given = {"zones": [zones["zones"]], "fits": [fits], "parameters": [str(folder / "fitted.csv")]}
    given |= {"solver": [str(folder / "solved.csv")], "heldout": [], "readings": []}
    given["predictions"] = [str(folder / "p.parquet")]
    made = {name: f"{name}.csv" for name in TABLES}
    made |= {f"{name}_md": f"{name}.md" for name in TABLES} | {"fits": "all_fits.csv"}
    out, _ = run(
        "tables",
        folder,
        given | {"published": PUBLISHED},
        made,
        datasets=[DATASET],
        attraction={DATASET: "workplace"},
        planted={DATASET: dict(zip(("alpha", "beta", "gamma"), TRUTH.tolist(), strict=True))},
        sources={DATASET: "published"},
    )
    return out


def test_the_tables_stand_beside_the_published_ones(tabled):
    assert pd.read_csv(tabled.datasets)["published_movements"].tolist() == [2498464]
    table = pd.read_csv(tabled.parameters).dropna(subset="published_value")
    assert set(table["model"]) == {"DCG", "GMPow2", "GMPow", "IO"}
    ks = pd.read_csv(tabled.statistics).set_index("model")
    assert ks["published_ks_distance"].notna().sum() == 6
    assert np.isnan(ks.loc["GMPowDC", "published_ks_distance"])
    assert ks.loc[MODELS, "bins_on_diagonal"].between(0, 1).all()


def test_the_stable_table_keeps_every_fit_and_its_columns(tabled, fitted):
    table = pd.read_csv(tabled.fits)
    assert table.columns.tolist() == fitted[0].columns.tolist()
    assert len(table) == len(fitted[0])


def test_a_part_that_was_not_asked_for_is_an_empty_table(tabled):
    for part in ("heldout", "readings"):
        table = pd.read_csv(tabled[part])
        assert table.empty and table.columns.tolist() == ["dataset"]
        assert Path(tabled[f"{part}_md"]).exists()


def test_the_claims_of_a_made_world_are_answered(tabled, tmp_path):
    truth = tmp_path / DATASET / "truth.json"
    described = pd.read_csv(tabled.datasets).assign(source="synthetic")
    described.to_csv(tmp_path / "datasets.csv", index=False)
    row = described.iloc[0]
    truth.parent.mkdir()
    truth.write_text(
        json.dumps({"n_zones": int(row["locations"]), "total_flow": int(row["movements"])})
    )
    _, log = run("toy", tmp_path, {}, {"csv": "toy.csv", "md": "toy.md"})
    assert "spread of utilities" in log
    given = {name: tabled[name] for name in ("parameters", "statistics", "solver")}
    given |= {"datasets": str(tmp_path / "datasets.csv"), "toy": str(tmp_path / "toy.csv")}
    given |= {"truths": [str(truth)]}
    out, log = run(
        "claims",
        tmp_path,
        given,
        {"claims": "claims.csv"},
        laws={DATASET: "DCG"},
        confidence=0.95,
        absent={"oslo": "no such data"},
    )
    ledger = pd.read_csv(out.claims)
    assert set(ledger["id"]) == {f"C{k}" for k in range(1, 9)}
    judged = ledger[ledger["dataset"] == f"{DATASET} (synthetic)"].set_index("id")["verdict"]
    assert judged[["C1", "C2", "C3"]].tolist() == ["reproduced"] * 3, ledger.to_string()
    assert "C7 toy: reproduced" in log


def test_readings_of_the_text_stand_beside_the_printed_numbers(zones, tmp_path):
    out, _ = run(
        "sensitivity",
        tmp_path,
        zones | {"parameters": PUBLISHED[1], "statistics": PUBLISHED[2]},
        {"csv": "s.csv", "md": "s.md", "readings": "r.csv"},
    )
    assert pd.read_csv(out.csv)["reading"].is_unique
    table = pd.read_csv(out.readings)
    assert set(table["model"]) == {"DCG", "GMPow2", "GMPow", "IO", "RM", "PWO"}
