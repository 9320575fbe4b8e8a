"""Tables, claims and readings of paper 5 from the steps before them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.running import ROOT
from tests.scripts.choice.steps import DATASET, MODELS, Named, run
from tests.unit.crowded_world import TRUTH

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
