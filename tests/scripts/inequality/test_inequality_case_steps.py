"""One case of paper 4: its statistics, random classes and verdicts, and other thresholds."""

from pathlib import Path

import pandas as pd
import pytest

from movelaws import frames
from movelaws.inequality.grid import STABLE
from tests.scripts.inequality.steps import EVALUATION, MANY_CLASSES, TWO_CLASSES, run


def test_the_case_is_saved_for_tests_figures_and_claims(cased, zones):
    observed = frames.read(Path(zones["zones"]).parent).flows
    grid, flows = pd.read_parquet(cased.grid), pd.read_parquet(cased.flows)
    assert list(zip(grid["variable"], grid["exponent"], strict=True)) == [
        (variable, n) for variable in ("conflict", "flood", "both") for n in (-5, -4)
    ]
    assert flows["flow"].sum() == observed["flow"].sum()
    assert pd.read_csv(cased.classes)["shape_flood"].sum() == 4
    row = pd.read_csv(cased.outflow).iloc[0]
    assert row["pairs"] == len(observed)
    assert row["people"] == observed["flow"].sum()
    assert row["fraction"] == pytest.approx(0.05, abs=0.002)
    assert row["r_squared"] > 0.99


def test_what_is_shown_is_what_the_grid_says_of_it(cased):
    grid, flows = pd.read_parquet(cased.grid), pd.read_parquet(cased.flows)
    row = grid.query("variable == 'both' and exponent == -4").iloc[0]
    assert (flows["modified"] != flows["flow"]).sum() == row["hamming"]
    assert (flows["standard"] != flows["flow"]).sum() == row["hamming_standard"]
    changes = pd.read_csv(cased.changes)
    assert len(changes) == 10
    assert {"error_standard", "penalised_origin", "change_percent"} <= set(changes.columns)


def test_the_planted_variable_is_significant(judged):
    tests = pd.read_csv(judged.tests)
    assert tests.columns.tolist()[: len(STABLE)] == STABLE
    assert (tests["n_draws"] == 39).all()
    assert tests.query("variable == 'flood' and exponent == -4")["significant"].all()
    assert not tests.query("variable == 'conflict'")["significant"].any()


def test_the_tables_for_readers_stand_beside_the_tests(judged):
    tests, main = pd.read_csv(judged.tests), pd.read_csv(judged.main)
    assert (main["significant"] == "yes").tolist() == tests["significant"].tolist()
    assert main["hamming_random"].tolist() == tests["hamming_random_q05"].tolist()
    assert len(pd.read_csv(judged.further)) == len(tests)
    for name in (judged.main_md, judged.further_md, judged.tests_md):
        assert len(Path(name).read_text().splitlines()) == 2 + len(tests)


def test_batches_are_parts_of_one_whole(drawn, zones, tmp_path):
    out, _ = run(
        "draws",
        tmp_path,
        zones,
        {"draws": "d.parquet"},
        settings=TWO_CLASSES,
        evaluation=EVALUATION,
        span=[0, 39],
        seed=1,
    )
    keys = ["null", "variable", "exponent", "draw"]
    whole = pd.read_parquet(out.draws).sort_values(keys, ignore_index=True)
    parts = pd.concat([pd.read_parquet(path) for path in drawn])
    pd.testing.assert_frame_equal(parts.sort_values(keys, ignore_index=True), whole)


def test_the_first_batch_holds_the_contiguous_classes(drawn, judged):
    first, second = (pd.read_parquet(path) for path in drawn)
    near = first[first["null"] == "contiguous"]
    assert (near.groupby(["variable", "exponent"])["draw"].nunique() == 20).all()
    assert (second["null"] == "scattered").all()
    tests = pd.read_csv(judged.tests)
    assert (tests["n_near"] == 20).all()
    assert tests[["p_near_U", "p_near_hamming", "hamming_near_q05"]].notna().all(axis=None)
    # no other patch of zones does as well as those that the penalty was planted in
    planted = tests.query("variable == 'flood' and exponent == -4").iloc[0]
    assert planted["p_near_hamming"] == 1 / 21
    # 39 draws are too few for a false discovery rate: none of six P values is below 1 / 40
    assert planted["p_all"] == tests["p_all"].min() == 1 / 40
    assert not tests["significant_fdr"].any()


def test_a_grid_without_its_draws_is_an_error(cased, drawn, tmp_path):
    table = pd.read_parquet(drawn[0])
    table[table["variable"] != "both"].to_parquet(tmp_path / "d.parquet")
    given = {"grid": cased.grid, "draws": [str(tmp_path / "d.parquet")]}
    with pytest.raises(ValueError, match=r"no random classes were drawn for.*both"):
        run("tests", tmp_path, given, {"tests": "t.csv"}, level=0.05)


def test_other_thresholds_are_judged_each_by_its_own_draws(zones, tmp_path):
    made = {"csv": "s.csv", "table": "t.csv", "table_md": "t.md"}
    out, log = run(
        "sensitivity",
        tmp_path,
        zones,
        made,
        settings=TWO_CLASSES,
        evaluation=EVALUATION,
        level=0.05,
        seed=1,
    )
    table, readable = pd.read_csv(out.csv), pd.read_csv(out.table)
    assert table.groupby("share").size().to_dict() == {0.1: 6, 0.2: 6, 0.3: 6}
    assert (table["n_draws"] == 20).all()
    assert readable["share_percent"].unique().tolist() == [10, 20, 30]
    assert "significant" in log


def test_a_column_that_the_zones_lack_is_named(zones, tmp_path):
    wrong = {"rain": {"label": "Rain", "column": "rain"}}
    with pytest.raises(ValueError, match=r"no column 'rain'.*deaths, flooded"):
        run(
            "case",
            tmp_path,
            zones,
            {},
            settings=TWO_CLASSES | {"variables": wrong},
            evaluation=EVALUATION,
        )
    assert "no column 'rain'" in (tmp_path / "case.log").read_text()


def test_outflows_by_one_fraction_and_many_classes(zones, tmp_path):
    made = {name: f"{name}.csv" for name in ("changes", "classes", "outflow")}
    made["grid"] = "grid.parquet"
    out, _ = run(
        "case",
        tmp_path,
        zones,
        made | {"flows": "flows.parquet"},
        settings=MANY_CLASSES,
        evaluation=EVALUATION,
    )
    grid = pd.read_parquet(out.grid)
    assert grid["delta_or_Delta"].tolist() == [1e-5, 1e-4] * 3
    assert (grid["clipped_share"] > 0).all()
