"""The steps of the search on a tiny world, one after the other, as Snakemake runs them."""

import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from movelaws import frames
from movelaws.allocation import predict
from movelaws.claims import read_findings
from movelaws.od import build_pairs
from movelaws.symbolic.baselines import fits
from movelaws.symbolic.observations import load

ROOT = Path(__file__).resolve().parents[2]
CITY = "us_county_commuting"
SETS = {"1": ["w_j", "d", "s_w"], "2": ["d", "w_j"]}
SIZES = {"populations": 2, "size": 12, "iterations": 1, "cycles": 5, "batch_origins": 20}
STARTS = [8, 12, 16, 16]
PUBLISHED = ROOT / "config" / "published"


class Files(SimpleNamespace):
    """Named files that can be asked for by attribute and by name, like Snakemake's."""

    def __getitem__(self, name: str):
        return getattr(self, name)


def run(name, folder, inputs=None, outputs=None, wildcards=None, **params):
    """Run one step script with a fake Snakemake object."""
    (folder / "logs").mkdir(exist_ok=True)
    fake = SimpleNamespace(
        input=Files(**(inputs or {})),
        output=Files(**{key: str(path) for key, path in (outputs or {}).items()}),
        params=SimpleNamespace(**params),
        wildcards=SimpleNamespace(**(wildcards or {})),
        log=[str(folder / "logs" / f"{name}.log")],
        threads=2,
    )
    runpy.run_path(
        str(ROOT / "scripts" / "symbolic" / f"{name}.py"),
        init_globals={"snakemake": fake},
        run_name="__main__",
    )


@pytest.fixture(scope="module")
def canonical(tmp_path_factory) -> Path:
    """Canonical tables of 18 counties of two states; exponential gravity, b = 0.03 per km."""
    rng = np.random.default_rng(3)
    n = 18
    x, y = rng.uniform(4e5, 5e5, (2, n))
    ids = [f"{('36', '06')[k % 2]}{k:03d}" for k in range(n)]
    zones = gpd.GeoDataFrame(
        {
            "zone_id": ids,
            "name": ids,
            "area_km2": 100.0,
            "residential_population": np.nan,
            "workplace_population": rng.integers(1000, 9000, n).astype(float),
            "x": x,
            "y": y,
        },
        geometry=[Point(p) for p in zip(x, y, strict=True)],
        crs="EPSG:27700",
    )
    places = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=ids)
    listed = [(a, b) for a in ids for b in ids if a != b]
    flows = pd.DataFrame(listed, columns=["origin", "destination"]).assign(flow=100.0)
    law = predict("GMExp", build_pairs(zones, flows, places), {"b": 0.03})
    flows["flow"] = rng.poisson(law).astype(float) + 1
    folder = tmp_path_factory.mktemp("canonical")
    frames.write(frames.check(frames.assemble(zones, flows, places)), folder)
    table = fits(build_pairs(zones, flows, places), ["GMZipf", "GMExp"], ["rmse"], 0.95, 10, 1)
    table.to_csv(folder / "fits.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def results(canonical, tmp_path_factory) -> Path:
    """All tables of the search of one dataset, made by the steps one after the other."""
    top = tmp_path_factory.mktemp("symbolic")
    folder = top / CITY
    folder.mkdir()
    seen = folder / "observations.npz"
    zones = {"zones": str(canonical / "zones.parquet")}
    run("observations", top, zones, {"observations": seen}, support="observed", named=["w_j"])
    for number, variables in SETS.items():
        out = {
            "hall": folder / f"certified_{number}.csv",
            "certificate": folder / f"certificate_{number}.csv",
            "landscape": folder / f"landscape_{number}.parquet",
            "equal": folder / f"equal_{number}.csv",
        }
        search = {"keep": 2, "starts": STARTS, "seed": 1, "variables": variables}
        kept = str(folder / f"checkpoint_{number}")
        # what a run of other code left when it was killed
        (folder / f"checkpoint_{number}-old").mkdir()
        (folder / f"checkpoint_{number}-old" / "complexity_3.npz").write_bytes(b"half")
        run("certify", top, {"observations": str(seen)}, out, {"dataset": CITY}, complexity=5,
            checkpoint=kept, code="new", **search)  # fmt: skip
        run(
            "evolve",
            top,
            {"observations": str(seen), "hall": str(out["hall"])},
            {"hall": folder / f"evolved_{number}_1.csv"},
            {"repeat": "1"},
            variables=variables,
            complexity=7,
            keep=2,
            sizes=SIZES,
            seed=1,
            checkpoint=str(folder / f"evolving_{number}"),
            code="new",
        )
    set_out(top, folder, canonical, published=True)
    run("laws", top, {"observations": str(seen), "front": str(folder / "front.csv")},
        {name: folder / f"{name}.csv" for name in ("constants", "losses")},
        confidence=0.95, seed=1)  # fmt: skip
    return top


def set_out(top, folder, canonical, published: bool) -> None:
    """Run the step that joins all searches."""
    parts = ("front", "models", "certificate", "equivalence")
    run(
        "front",
        top,
        {
            "observations": str(folder / "observations.npz"),
            "halls": [str(folder / f"certified_{n}.csv") for n in SETS]
            + [str(folder / f"evolved_{n}_1.csv") for n in SETS],
            "certificates": [str(folder / f"certificate_{n}.csv") for n in SETS],
            "landscapes": [str(folder / f"landscape_{n}.parquet") for n in SETS],
            "equal": [str(folder / f"equal_{n}.csv") for n in SETS],
            "fits": str(canonical / "fits.csv"),
            "published": [
                str(PUBLISHED / "symbolic_tableS3_S4_expressions.csv"),
                str(PUBLISHED / "symbolic_tableS2_S5_S6_expressions.csv"),
            ],
        },
        {name: folder / f"{name}.csv" for name in parts}
        | {"front_md": folder / "front.md"}
        | {name: folder / f"{name}.parquet" for name in ("landscape", "predictions")},
        {"dataset": CITY},
        keep=2,
        folds=3,
        seed=1,
        published=published,
    )


def table(results, name) -> pd.DataFrame:
    return pd.read_csv(results / CITY / f"{name}.csv")


def test_unknown_populations_leave_their_variables_out(results):
    assert load(results / CITY / "observations.npz").names == ("w_i", "w_j", "d", "s_w")


def test_the_planted_law_leads_at_its_complexity(results):
    front = table(results, "front").set_index(["complexity", "rank"])
    assert front.loc[(5, 1), "expression"].startswith("w_j / 1.03")
    assert front.loc[(5, 1), "pareto"]
    assert front.loc[(5, 1), "heldout_rmse"] >= front.loc[(5, 1), "rmse"]
    assert front.loc[(5, 1), "published_expression"] == "w_j / 1.04^d"
    assert front.loc[(5, 1), "published_rmse"] == 1309.9
    assert front.index.get_level_values("complexity").max() == 7


def test_only_a_search_over_all_variables_certifies(results):
    """The dataset has w_i too, which no set of variables here holds."""
    certificate = table(results, "certificate")
    assert set(certificate["variables"]) == {"w_j d s_w", "d w_j"}
    assert not table(results, "front")["certified"].any()
    points = pd.read_parquet(results / CITY / "landscape.parquet")
    assert not points["certified"].any()
    assert not points.duplicated(["complexity", "expression"]).any()


def test_a_front_is_certified_in_whatever_order_the_variables_stand(results, canonical):
    folder = results / CITY
    kept = (folder / "certificate_1.csv").read_text()
    try:
        changed = pd.read_csv(folder / "certificate_1.csv").assign(variables="d s_w w_j w_i")
        changed.to_csv(folder / "certificate_1.csv", index=False)
        set_out(results, folder, canonical, published=False)
        front = table(results, "front")
        assert (front["certified"] == (front["complexity"] <= 5)).all()
        assert front["published_rmse"].isna().all()  # not the data of the paper
        assert front["published_expression"].isna().all()
    finally:
        (folder / "certificate_1.csv").write_text(kept)
        set_out(results, folder, canonical, published=True)


def test_checkpoints_are_gone_at_the_end(results):
    assert not list((results / CITY).glob("checkpoint*"))
    assert not list((results / CITY).glob("evolving*"))


def test_models_classes_and_predictions_stand_beside_the_front(results):
    models = table(results, "models")
    assert models["model"].tolist() == ["GMZipf", "GMExp"]
    best = table(results, "front").set_index(["complexity", "rank"]).loc[(5, 1), "rmse"]
    assert best == pytest.approx(models["rmse"][1], rel=1e-6)
    classes = table(results, "equivalence")
    assert (classes.groupby("class").size() > 1).all()
    flows = pd.read_parquet(results / CITY / "predictions.parquet")
    assert flows["complexity_5"].sum() == pytest.approx(flows["flow"].sum())


def test_constants_and_other_losses(results):
    constants, losses = table(results, "constants"), table(results, "losses")
    row = constants[(constants["complexity"] == 5) & (constants["rank"] == 1)].iloc[0]
    assert row["low"] < row["value"] < row["high"]
    assert set(losses["loss"]) == {"mse", "poisson", "negbin"}


def test_laws_of_two_datasets_are_tried_on_each_other(results):
    folder = results / CITY
    run(
        "transfer",
        results,
        {"observations": [str(folder / "observations.npz")] * 2,
         "fronts": [str(folder / "front.csv")] * 2},
        {"csv": results / "transfer.csv", "md": results / "transfer.md"},
        datasets=[CITY, "twin"],
        seed=1,
    )  # fmt: skip
    found = pd.read_csv(results / "transfer.csv")
    assert set(found["fitted_on"]) == {CITY, "twin"}
    assert found["rmse_carried"].to_numpy() == pytest.approx(found["rmse_own"].to_numpy())


def test_noisy_samples_are_searched_and_joined(results, canonical):
    folder = results / CITY / "noise"
    folder.mkdir()
    for level, alpha in (("1", 1e-8), ("2", 0.5)):
        run(
            "noise_sample",
            results,
            {"zones": str(canonical / "zones.parquet"), "fits": str(canonical / "fits.csv")},
            {"noise": folder / f"GMExp_{level}.csv", "cpc": folder / f"GMExp_{level}_cpc.csv"},
            {"model": "GMExp", "level": level},
            population="workplace", alpha=alpha, samples=1, cpc_samples=2, smallest=3,
            certified=5, sizes=SIZES, starts=STARTS, seed=1,
        )  # fmt: skip
    for published, printed in ((True, 1), (False, 0)):
        run(
            "noise",
            results,
            {
                "noise": [str(folder / f"GMExp_{level}.csv") for level in "12"],
                "cpc": [str(folder / f"GMExp_{level}_cpc.csv") for level in "12"],
                "published": str(PUBLISHED / "symbolic_tableS8_noise_cpc.csv"),
            },
            {
                "noise": results / CITY / "noise.csv",
                "noise_md": results / CITY / "noise.md",
                "cpc": results / CITY / "noise_cpc.csv",
                "cpc_md": results / CITY / "noise_cpc.md",
            },
            published=published,
        )
        common = table(results, "noise_cpc")
        assert common["published_cpc"].notna().sum() == 2 * printed
        assert common["samples"].tolist() == [2, 2]
    assert table(results, "noise")["alpha"].tolist() == [1e-8, 0.5]
    assert table(results, "noise")["recovered"][0]


def test_regions_are_searched_and_joined(results):
    folder = results / CITY / "regions"
    folder.mkdir()
    names = ("Northeast", "South", "West")
    for region in names:
        run(
            "region",
            results,
            {"observations": str(results / CITY / "observations.npz"),
             "census": str(PUBLISHED / "us_census_regions.csv")},
            {"laws": folder / f"{region}.csv", "distances": folder / f"{region}_d.csv"},
            {"region": region},
            complexity=3, keep=2, starts=STARTS, seed=1,
        )  # fmt: skip
    run(
        "regions",
        results,
        {"laws": [str(folder / f"{r}.csv") for r in names],
         "distances": [str(folder / f"{r}_d.csv") for r in names]},
        {"laws": results / CITY / "regions.csv", "laws_md": results / CITY / "regions.md",
         "distances": results / CITY / "regions_distances.csv"},
    )  # fmt: skip
    laws = table(results, "regions")
    assert laws[laws["shown"]].groupby("origin_region").size().to_dict() == {
        "Northeast": 2,
        "West": 2,
    }
    assert "South" not in set(table(results, "regions_distances")["origin_region"])


def test_both_ends_are_constrained(results):
    run(
        "entropy",
        results,
        {"observations": str(results / CITY / "observations.npz")},
        {"csv": results / CITY / "entropy.csv", "md": results / CITY / "entropy.md"},
    )
    assert set(table(results, "entropy")["constraint"]) == {"production", "doubly"}


def test_answers_and_claims_are_read_off_the_tables(results):
    """With the tables that the tests above have left, if they ran."""

    def paths(name):
        path = results / CITY / f"{name}.csv"
        return [str(path)] if path.exists() else []

    inputs = {
        "fronts": paths("front"),
        "certificates": paths("certificate"),
        "models": paths("models"),
        "losses": paths("losses"),
        "noise": paths("noise"),
        "regions": paths("regions"),
        "scientists": [],
        "entropies": paths("entropy"),
        "transfer": [],
    }
    run(
        "answers",
        results,
        inputs,
        {"csv": results / "answers.csv", "md": results / "answers.md"},
        labels={CITY: "US counties"},
        planted={CITY: "GMExp"},
        synthetic=True,
    )
    answers = pd.read_csv(results / "answers.csv").set_index("question")["answer"]
    assert answers.str.startswith("In this synthetic run, ").all()
    assert not answers.str.contains("machine scientist|on another").any()
    found = answers["Do the existing models hold their place?"]
    assert "is the planted one in 1 of 1 dataset" in found
    assert not answers.str.contains("nan").any()
    found = judged(results, inputs | {"noise_cpc": paths("noise_cpc")})
    verdicts = {(one.id, one.dataset): one.verdict for one in found}
    assert verdicts["S5", f"{CITY} (synthetic)"] == "reproduced"
    assert verdicts["S9", f"{CITY} (synthetic)"] == "reproduced"
    assert {one for one, _ in verdicts} == {f"S{n}" for n in range(1, 19)}


def judged(results, inputs):
    """Findings of the step that holds the claims against tables."""
    world = results / "world" / CITY
    world.mkdir(parents=True, exist_ok=True)
    law = {"model": "GMExp", "parameters": {"b": 0.03}}
    (world / "truth.json").write_text(json.dumps({"law": law, "n_zones": 18, "n_pairs": 306}))
    models = table(results, "models").assign(
        dataset=CITY, source="synthetic", parameter="0.03", low="0.02", high="0.04",
        published_rmse=np.nan, published_cpc=np.nan,
    )  # fmt: skip
    models.to_csv(results / "baselines.csv", index=False)
    described = pd.DataFrame([{"dataset": CITY, "units": 18, "observations": 306}])
    described.to_csv(results / "datasets.csv", index=False)
    columns = ["dataset", "model", "reason"]
    pd.DataFrame(columns=columns).to_csv(results / "differences.csv", index=False)
    run(
        "claims",
        results,
        inputs
        | {
            "truths": [str(world / "truth.json")],
            "datasets": str(results / "datasets.csv"),
            "baselines": str(results / "baselines.csv"),
            "differences": str(results / "differences.csv"),
            "published": str(PUBLISHED / "symbolic_table2_baseline_rmse.csv"),
        },
        {"claims": results / "claims.csv"},
        published_datasets=[],
        absent={},
    )
    return read_findings(results / "claims.csv")
