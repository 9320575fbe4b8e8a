"""Steps that draw paper 1: from saved files to figures, a page at a time."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from movelaws.lattices.populations import Populations, write
from movelaws.plotting.lagrangian.saved import by_case, cell_sizes, listed, pages
from tests.unit import lagrangian_drawn as drawn

STEPS = Path(__file__).resolve().parents[3] / "scripts" / "lagrangian"
CASES = {"alpha1_h0": "α = 1, h = 0", "helsinki": "Helsinki"}
TABLES = ("methods", "convergence", "observables", "parameters", "parameter_histogram", "summary",
          "energy", "sensitivity", "prediction", "prediction_summary", "planted")  # fmt: skip


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    """Pixels cost time and are not what is tested."""
    for name in ("DPI", "DPI_OF_LAYERS"):
        monkeypatch.setattr(f"movelaws.plotting.{name}", 60)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Folder per case with everything that the figures read."""
    root = tmp_path_factory.mktemp("lagrangian")
    for case in CASES:
        folder = root / case
        folder.mkdir()
        for name in TABLES:
            getattr(drawn, name)(case).to_csv(folder / f"{name}.csv", index=False)
        drawn.fit(case, 0.3).to_netcdf(folder / "fit.nc")
        drawn.fit(case, 0.03).to_netcdf(folder / "fit_exact.nc")
        drawn.susceptibility(case).to_netcdf(folder / "susceptibility.nc")
        found = drawn.populations(case)
        attrs = {"cell_m": 250.0, "slot_minutes": 60.0, "repairs": {}}
        days = ["saturday", "workdays", "sunday"]
        write(Populations(found["population"].to_numpy(), days, attrs), folder / "populations.nc")
    drawn.drift().to_csv(root / "alpha1_h0" / "drift.csv", index=False)
    drawn.seeds(tuple(CASES)).to_csv(root / "seeds.csv", index=False)
    return root


def run(name, tmp_path, given, params, made):
    """The step with a stand-in for the object that Snakemake gives it."""
    outputs = {
        key: [str(tmp_path / one) for one in value] if isinstance(value, list)
        else str(tmp_path / value)
        for key, value in made.items()
    }  # fmt: skip
    snakemake = SimpleNamespace(
        input=SimpleNamespace(**given),
        params=SimpleNamespace(synthetic=True, **params),
        output=SimpleNamespace(**outputs),
        log=[str(tmp_path / "log")],
    )
    runpy.run_path(
        str(STEPS / f"figure_{name}.py"), init_globals={"snakemake": snakemake}, run_name="__main__"
    )
    for value in outputs.values():
        for path in listed(value):
            assert Path(path).stat().st_size > 3000, path


def files(saved, name, cases=CASES):
    return [str(saved / case / name) for case in cases]


def pair(*names):
    return {key: name for one in names for key, name in ((one, f"{one}.svg"),
            (f"{one}_png", f"{one}.png"))}  # fmt: skip


def test_fits_are_drawn_page_by_page(saved, tmp_path):
    given = {"fits": files(saved, "fit.nc"), "exact": files(saved, "fit_exact.nc"),
             "populations": files(saved, "populations.nc")}  # fmt: skip
    run("fit", tmp_path, given, {"labels": CASES, "window": "fullest"},
        {"svg": ["fit_1.svg"], "png": ["fit_1.png"]})  # fmt: skip


def test_distributions_are_three_figures(saved, tmp_path):
    given = {"histogram": files(saved, "parameter_histogram.csv"), "fits": files(saved, "fit.nc")}
    given |= {name: files(saved, f"{name}.csv") for name in ("parameters", "observables",
              "summary")}  # fmt: skip
    params = {"labels": CASES, "kinds": drawn.KINDS, "method": "printed"}
    run("distributions", tmp_path, given, params, pair("parameters", "inertia", "flows"))
    given["seeds"] = str(saved / "seeds.csv")
    run("distributions", tmp_path, given, params, pair("parameters", "inertia", "flows"))


def test_susceptibilities_are_two_figures(saved, tmp_path):
    given = {"fits": files(saved, "fit.nc"), "susceptibility": files(saved, "susceptibility.nc"),
             "summary": files(saved, "summary.csv"),
             "populations": files(saved, "populations.nc")}  # fmt: skip
    run("susceptibility", tmp_path, given, {"labels": CASES, "method": "exact"},
        pair("psi", "chi"))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "params"),
    [
        ("convergence", {"convergence": "convergence.csv", "methods": "methods.csv"}, {}),
        ("planted", {"planted": "planted.csv"}, {}),
    ],
)
def test_tables_become_one_figure(name, given, params, saved, tmp_path):
    given = {key: files(saved, file) for key, file in given.items()}
    run(name, tmp_path, given, {"labels": CASES} | params, {"svg": "a.svg", "png": "a.png"})


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("energy", {"method": "exact", "made_up": ["helsinki"]}),
        ("sensitivity", {"base": {"floor": 1.0}}),
    ],
)
def test_tables_become_pages(name, params, saved, tmp_path):
    given = {name: files(saved, f"{name}.csv"), "fits": files(saved, "fit.nc")}
    made = {"svg": [f"{name}_1.svg"], "png": [f"{name}_1.png"]}
    run(name, tmp_path, given, {"labels": CASES} | params, made)


def test_predictions_are_three_figures(saved, tmp_path):
    given = {"curves": files(saved, "prediction.csv"),
             "summary": files(saved, "prediction_summary.csv"),
             "populations": files(saved, "populations.nc")}  # fmt: skip
    run("prediction", tmp_path, given, {"labels": CASES},
        pair("prediction", "horizon", "parsimony"))  # fmt: skip

    pages = {"prediction": ["p_1.svg", "p_2.svg"], "prediction_png": ["p_1.png", "p_2.png"]}
    run("prediction", tmp_path, given, {"labels": CASES}, pages | pair("horizon", "parsimony"))


def test_the_fitted_day_comes_first_in_the_maps(saved, tmp_path):
    given = {"populations": files(saved, "populations.nc")[1]}
    params = {"case": "helsinki", "label": "Helsinki", "day": "workdays"}
    run("populations", tmp_path, given, params, {"svg": "p.svg", "png": "p.png"})


def test_totals_and_seeds(saved, tmp_path):
    one = {"alpha1_h0": CASES["alpha1_h0"]}
    made = {"svg": "a.svg", "png": "a.png"}
    run("drift", tmp_path, {"drift": files(saved, "drift.csv", one)}, {"labels": one}, made)
    given = {"seeds": str(saved / "seeds.csv"), "summary": files(saved, "summary.csv"),
             "fits": files(saved, "fit.nc")}  # fmt: skip
    run("seeds", tmp_path, given, {"labels": CASES}, made)


def test_files_and_cases_go_together():
    assert by_case("a.csv", {"japan": "Japan"}) == {"japan": "a.csv"}
    with pytest.raises(ValueError, match="1 files for 2 cases"):
        by_case(["a.csv"], CASES)
    assert [len(page) for page in pages(drawn.LABELS, 3)] == [3, 3, 2]


def test_lattices_that_count_in_cells_have_no_scale_bar():
    found = {name: Populations([[[[1.0]]]], ["0"], {"cell_m": size})
             for name, size in {"grown": 1.0, "city": 250.0}.items()}  # fmt: skip
    assert cell_sizes(found) == {"grown": 0.0, "city": 250.0}
