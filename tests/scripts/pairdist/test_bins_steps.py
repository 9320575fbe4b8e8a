"""Steps of the authors' bins: what lies in the scripts, and one run through all of them."""

import importlib.util
import runpy
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from movelaws.pointsets.adapters import authors_bins as adapter
from movelaws.synthetic import authors_bins as world

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = ROOT / "config" / "published"


class Named(SimpleNamespace):
    """Files by name, as Snakemake hands them to a script."""

    def get(self, name, default=None):
        return getattr(self, name, default)


def load(name):
    path = ROOT / "scripts" / "pairdist" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"pairdist_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(name, folder, given, made, **params):
    job = SimpleNamespace(
        input=Named(**given),
        output=Named(**{key: str(folder / file) for key, file in made.items()}),
        params=SimpleNamespace(**params),
        log=[str(folder / f"{name}.log")],
    )
    script = ROOT / "scripts" / "pairdist" / f"{name}.py"
    runpy.run_path(str(script), {"snakemake": job}, run_name="__main__")


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Tables of a small synthetic publication, and its truth."""
    folder = tmp_path_factory.mktemp("bins")
    truth = world.write(folder, 1, towns=200)
    files = {role: folder / file for role, file in world.FILES.items()}
    data = adapter.read(files)
    for name in ("bins", "cities", "towns"):
        getattr(data, name).to_csv(folder / f"{name}.csv", index=False)
    return folder, truth


def test_the_truth_is_read_by_case_and_town(raw):
    _, truth = raw
    exponents = load("bins").planted_exponents(truth)
    assert exponents["denmark"] == 1.0
    assert set(exponents) == {"denmark", "france", "houston", "san_francisco", "singapore"}
    means, towns = load("cities").planted_values(truth)
    assert means["inside"] == 0.6
    assert towns["51018355"] == {"radius_m": 3900.0, "inside": 0.65, "outside": 1.9}
    assert load("bins").planted_exponents({}) == {}


def test_own_bins_need_not_have_the_cases_of_the_paper(capsys):
    settings = {"denmark": {"moves": 10}, "mine": {"low": 20}}
    assert load("bins").settings_of(settings, {"mine"}) == {"mine": {"low": 20}}
    assert "case denmark are not used" in capsys.readouterr().out


def test_the_planted_laws_come_back_through_the_steps(raw, tmp_path):
    folder, truth = raw
    (folder / "truth.json").write_text(pd.Series(truth).to_json(), encoding="utf-8")
    tables = {"table1": "t1.csv", "table1_md": "t1.md", "table2": "t2.csv", "table2_md": "t2.md",
              "fits": "fits.csv", "curves": "curves.csv", "sensitivity": "s.csv",
              "sensitivity_md": "s.md", "readings": "r.csv", "summary": "m.csv",
              "summary_md": "m.md"}  # fmt: skip
    table = pd.read_csv(folder / "bins.csv")
    few = table[table["case"].isin(["houston", "san_francisco"])]
    few.to_csv(tmp_path / "bins.csv", index=False)
    cases = {name: {"moves": truth[f"moves_{name}"]} for name in set(few["case"])}
    given = {"bins": tmp_path / "bins.csv", "truth": folder / "truth.json"}
    run("bins", tmp_path, given, tables, cases=cases, draws=5, few=20, pieces_draws=0, seed=1)
    table = pd.read_csv(tmp_path / "t1.csv")
    assert (abs(table["cost_exponent"] - table["planted"]) < 6 * table["cost_error"] + 0.01).all()
    assert "0.95" in (tmp_path / "t1.md").read_text(encoding="utf-8")
    fits = pd.read_csv(tmp_path / "fits.csv")
    assert {"dataset", "model", "exponent", "xmin", "xmax", "ks", "p", "loglik", "aic"} <= set(fits)


def test_published_numbers_stand_beside_ours_and_no_truth_is_needed(raw, tmp_path):
    folder, _ = raw
    made = {"statistics": "c.csv", "statistics_md": "c.md", "repeats": "p.csv", "radii": "r.csv",
            "radii_md": "r.md", "tail": "t.csv", "towns": "w.csv", "towns_md": "w.md",
            "laws": "l.csv", "curves": "u.csv", "recovery": "y.csv"}  # fmt: skip
    given = {
        "cities": folder / "cities.csv",
        "towns": folder / "towns.csv",
        "published_statistics": PUBLISHED / "pairdist_cities.csv",
        "published_towns": PUBLISHED / "pairdist_towns.csv",
        "published_aic": PUBLISHED / "pairdist_radius_aic.csv",
    }
    run("cities", tmp_path, given, made, draws=5, tail_start=0, town_draws=0,
        known={"inside": 0.6, "outside": 2.0, "radius_m": 2849.0}, seed=1)  # fmt: skip
    cities = pd.read_csv(tmp_path / "c.csv").set_index("quantity")
    assert cities.loc["outside", "published_mean"] == 2.02
    towns = pd.read_csv(tmp_path / "w.csv", dtype={"town": str}).set_index("town")
    assert towns.loc["84910847", "published_radius_m"].iloc[0] == 1970.737
    assert pd.read_csv(tmp_path / "y.csv").empty


def test_a_country_and_two_towns_are_put_together(raw, tmp_path):
    folder, _ = raw
    made = {"curves": "a.csv", "table": "b.csv", "table_md": "b.md", "system": "c.csv",
            "shapes": "d.csv", "errors": "e.csv"}  # fmt: skip
    run(
        "aggregate",
        tmp_path,
        {"cities": folder / "cities.csv", "published": PUBLISHED / "pairdist_simulated_cost.csv"},
        made,
        towns={"inside": 0.6, "outside": 2.0, "shape": 2.0},
        quantiles=100,
        simulation={"towns": 40, "area_km2": 42925, "packing": 0.2, "points": 200,
                    "replicates": 1},
        two_cities={"radii_km": [1.0, 1.2], "distance_km": 30, "addresses": [12, 20],
                    "shown": [5]},
        seed=1,
    )  # fmt: skip
    table = pd.read_csv(tmp_path / "b.csv").set_index("model")
    assert 0.6 < table.loc["base", "between_radii"] < 2
    # The curve that the paper's authors publish is close to 1/r from 100 m to 100 km.
    assert table.loc["the paper's curve", "decade_2"] == pytest.approx(1.0, abs=0.02)
    assert pd.read_csv(tmp_path / "c.csv")["between"].sum() == pytest.approx(240, rel=1e-3)


@pytest.mark.parametrize(
    "name", ["published_cost", "sensitivity", "published_cities", "aggregate", "two_cities"]
)
def test_the_figures_can_be_loaded(name):
    assert load(f"figure_{name}").save
