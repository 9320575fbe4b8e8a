"""The steps of paper 2 on a tiny world."""

import importlib.util
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from movelaws import frames
from movelaws.allocation import predict
from movelaws.od import build_pairs

ROOT = Path(__file__).resolve().parents[2]


def step(name: str):
    """A step script as a module."""
    spec = importlib.util.spec_from_file_location(
        name, ROOT / "scripts" / "symbolic" / f"{name}.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Canonical tables of 25 zones whose flows follow exponential gravity, b = 0.03 per km."""
    rng = np.random.default_rng(3)
    n = 25
    x, y = rng.uniform(4e5, 5e5, (2, n))
    zones = gpd.GeoDataFrame(
        {
            "zone_id": [f"z{k:02d}" for k in range(n)],
            "name": [f"Zone {k}" for k in range(n)],
            "area_km2": 100.0,
            "residential_population": rng.integers(1000, 9000, n).astype(float),
            "workplace_population": rng.integers(1000, 9000, n).astype(float),
            "x": x,
            "y": y,
        },
        geometry=[Point(p) for p in zip(x, y, strict=True)],
        crs="EPSG:27700",
    )
    places = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=zones["zone_id"])
    ids = zones["zone_id"].to_numpy()
    all_pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    flows = pd.DataFrame(
        {
            "origin": [ids[i] for i, _ in all_pairs],
            "destination": [ids[j] for _, j in all_pairs],
            "flow": 100.0,
        }
    )
    law = predict("GMExp", build_pairs(zones, flows, places), {"b": 0.03})
    flows["flow"] = rng.poisson(law).astype(float) + 1
    folder = tmp_path_factory.mktemp("city")
    frames.write(frames.check(frames.assemble(zones, flows, places)), folder)
    return folder


@pytest.fixture(scope="module")
def fitted(folder):
    arguments = ("workplace", "observed", 0.95, 30, 1)
    return step("fit").fit(str(folder), ["GMZipf", "GMExp"], ["rmse", "poisson"], *arguments)


def test_a_model_without_parameters_is_fitted_once(fitted):
    table = fitted[0]
    assert list(zip(table["model"], table["objective"], strict=True)) == [
        ("GMZipf", "rmse"),
        ("GMExp", "rmse"),
        ("GMExp", "poisson"),
    ]


def test_the_planted_decay_is_recovered(fitted):
    table = fitted[0].query("model == 'GMExp'").astype({"parameter": float})
    assert table["parameter"].to_numpy() == pytest.approx(0.03, rel=0.05)


def test_predictions_keep_the_outflow_of_each_origin(fitted):
    flows = fitted[1]
    sums = flows.groupby("origin", observed=True)[["flow", "GMZipf", "GMExp"]].sum()
    assert np.allclose(sums["GMExp"], sums["flow"])
    assert np.allclose(sums["GMZipf"], sums["flow"])


def test_the_curve_has_its_least_rmse_at_the_fit(fitted):
    table, _, curves = fitted
    best = curves.loc[curves.query("model == 'GMExp'")["rmse"].idxmin()]
    row = table.query("model == 'GMExp' and objective == 'rmse'").iloc[0]
    assert best["parameter"] == pytest.approx(float(row["parameter"]))
    assert best["rmse"] == pytest.approx(row["rmse"])


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"zones\.parquet is missing"):
        step("fit").fit(str(tmp_path), ["RM"], ["rmse"], "workplace", "observed", 0.95, 30, 1)


def test_a_reading_has_a_row_per_model_and_repeat(folder):
    base = {"population": "workplace", "support": "observed"}
    choices = {"jitter_zones_m": 500, "repeats": 3}
    table = step("reading").reading(str(folder), ["RM", "GMExp"], base, choices, 1, "city/moved")
    assert len(table) == 6
    assert table.groupby("model")["rmse"].nunique().eq(3).all()
    again = step("reading").reading(str(folder), ["RM", "GMExp"], base, choices, 1, "city/moved")
    pd.testing.assert_frame_equal(table, again)


def test_a_reading_without_its_population_is_left_out(folder, capsys):
    data = frames.read(folder)
    data.zones["residential_population"] = np.nan
    from movelaws.symbolic.sensitivity import under_reading

    base = {"population": "workplace", "support": "observed"}
    choices = {"population": "residential"}
    assert under_reading(data, ["RM"], base, choices, np.random.default_rng(1)).empty
    assert "left out" in capsys.readouterr().out


def test_the_tables_stand_beside_the_published_ones(folder, fitted):
    described, table = step("tables").tables(
        {"us_county_commuting": str(folder)},
        {"us_county_commuting": fitted[0]},
        str(ROOT / "config" / "published"),
        {"us_county_commuting": "published"},
    )
    assert described["published_units"].tolist() == [3108]
    assert table.set_index("model").loc["GMExp", "published_rmse"] == 1309.9


def test_the_sensitivity_gives_the_range_of_each_reading(folder, tmp_path):
    base = {"population": "workplace", "support": "observed"}
    table = step("reading").reading(
        str(folder), ["RM"], base, {"jitter_zones_m": 500, "repeats": 3}, 1, "x"
    )
    table.to_csv(tmp_path / "moved.csv", index=False)
    baselines = pd.DataFrame(
        {
            "dataset": ["city"],
            "model": ["RM"],
            "rmse": [10.0],
            "published_rmse": [11.0],
            "rmse_difference_percent": [-9.1],
        }
    )
    found, reasons = step("sensitivity").sensitivity(
        {"city": {"moved": tmp_path / "moved.csv"}}, {}, baselines
    )
    assert reasons[["dataset", "model"]].to_numpy().tolist() == [["city", "RM"]]
    row = found.iloc[0]
    assert row["rmse_lowest"] == table["rmse"].min()
    assert row["rmse_highest"] == table["rmse"].max()
    assert row["shift_percent"] == pytest.approx(100 * (table["rmse"].mean() / 10 - 1))


def test_without_a_dataset_in_detail_there_is_no_sensitivity():
    found, reasons = step("sensitivity").sensitivity({}, {}, pd.DataFrame({"dataset": ["city"]}))
    assert found.empty
    assert {"dataset", "model", "reason"} <= set(reasons.columns)


def test_the_moves_say_how_far_points_must_go_for_the_printed_rmse(folder, fitted):
    from movelaws.symbolic.sensitivity import moves

    table, flows, _ = fitted
    ours = table[table["objective"] == "rmse"]
    reference = ours.assign(published_rmse=ours["rmse"] * 1.001)
    base = {"population": "workplace", "support": "observed"}
    found = moves(frames.read(folder), flows, reference, base).set_index("model")
    assert set(found.index) == {"GMZipf", "GMExp"}
    assert (found["rmse_per_metre"] > 0).all()
    assert 0 < found["largest_move_m"].iloc[0] < 1000
    assert found["worst_origin"].str.startswith("Zone").all()


def test_flows_that_do_not_decay_with_distance_are_fitted_too(folder):
    from movelaws.readings import pairs_under
    from movelaws.symbolic.baselines import curves, fits

    data = frames.read(folder)
    flows = data.flows.assign(flow=data.flows["destination"].map(len) * 0 + 7.0)
    pairs = pairs_under(data.zones, flows, data.places)
    table = fits(pairs, ["GMPow"], ["rmse"], 0.95, 30, 1)
    lines = curves(pairs, table)
    assert (lines["parameter"] >= 0).all()
    assert (
        lines["rmse"].idxmin() == (lines["parameter"] - float(table["parameter"][0])).abs().idxmin()
    )


def test_a_zone_without_people_stops_only_the_models_that_divide_by_them(folder, capsys):
    from movelaws.readings import pairs_under
    from movelaws.symbolic.baselines import fits

    data = frames.read(folder)
    workers = data.zones["workplace_population"].where(data.zones["zone_id"] != "z03", 0.0)
    zones = data.zones.assign(workplace_population=workers)
    places = data.places.assign(workplace_population=workers)
    pairs = pairs_under(zones, data.flows, places)
    table = fits(pairs, ["GMExp", "RM"], ["rmse", "poisson"], 0.95, 30, 1)
    assert table[["model", "objective"]].to_numpy().tolist() == [["GMExp", "rmse"]]
    said = capsys.readouterr().out
    assert "RM by rmse left out: RM: origin 'z03'" in said
    assert "GMExp by poisson left out: GMExp gives weight 0 to pairs with observed flow" in said
    with pytest.raises(
        ValueError, match=r"none of symbolic\.models = \['RM'\] can be fitted by rmse"
    ):
        fits(pairs, ["RM"], ["rmse"], 0.95, 30, 1)


def test_a_reading_goes_on_without_a_model_that_it_stops(folder, tmp_path, capsys):
    data = frames.read(folder)
    workers = data.zones["workplace_population"].where(data.zones["zone_id"] != "z03", 0.0)
    zones = data.zones.assign(workplace_population=workers)
    places = data.places.assign(workplace_population=workers)
    notes = {"zones without workplace population": 1}
    frames.write(frames.assemble(zones, data.flows, places, notes), tmp_path)
    base = {"population": "workplace", "support": "observed"}
    ask = ({"jitter_zones_m": 500, "repeats": 2}, 1, "x")
    table = step("reading").reading(str(tmp_path), ["RM", "GMZipf"], base, *ask)
    alone = step("reading").reading(str(tmp_path), ["GMZipf"], base, *ask)
    pd.testing.assert_frame_equal(table, alone)
    assert "RM left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("population", "law"),
    [("workplace", "w_j / (w_i + s_w)"), ("residential", "r_j / (r_i + s_r)")],
)
def test_the_flows_under_noise_have_the_masses_of_the_fits(
    folder, fitted, monkeypatch, population, law
):
    module, masses = step("noise_sample"), []

    def levels(pairs, *_):
        masses.append(pairs.mass)
        return pd.DataFrame({"expression": ["w_j / (w_i + s_w)"]}), pd.DataFrame()

    monkeypatch.setattr(module, "noise_levels", levels)
    fits = fitted[0].astype({"parameter": str})
    sizes = {"samples": 1, "cpc_samples": 1}
    found, _ = module.noise_sample(str(folder), fits, "GMExp", population, 1.0, 1, **sizes)
    assert masses[0].tolist() == frames.read(folder).zones[f"{population}_population"].tolist()
    assert found["expression"].tolist() == [law]
    with pytest.raises(ValueError, match="IO has no fit by RMSE"):
        module.noise_sample(str(folder), fits, "IO", population, 1.0, 1, **sizes)


def test_folds_are_at_most_the_origins(capsys):
    from movelaws.symbolic.parsing import parse
    from movelaws.symbolic.programs import to_program
    from tests.unit.symbolic_worlds import world

    held_out = step("front").held_out
    seen = world(2, sizes=[4, 4, 4])
    laws = [to_program(parse("w_j / d"), seen.names)]
    assert held_out(laws, seen, 5, 1).notna().all(axis=None)
    assert "symbolic.heldout.folds = 5: 3, one for each origin" in capsys.readouterr().out
    alone = held_out(laws, seen.of_origins(np.array([0])), 5, 1)
    assert alone.shape == (1, 4)
    assert alone.isna().all(axis=None)


def test_fronts_of_exact_laws_are_drawn_level(tmp_path):
    path = tmp_path / "models.csv"
    pd.DataFrame({"rmse": [0.0, 0.0], "normalised_rmse": [np.nan, np.nan]}).to_csv(path)
    assert step("figure_fronts").normalised(str(path))["normalised_rmse"].tolist() == [1.0, 1.0]
