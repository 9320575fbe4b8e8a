"""The verdict grid as tables for readers: which columns, in which order, in which words."""

import numpy as np
import pandas as pd
import pytest
import yaml

from movelaws.inequality import tables as readable
from movelaws.inequality.grid import evaluate, judge
from movelaws.inequality.random_classes import drawn
from tests.running import ROOT
from tests.unit.inequality_case import built

EXPONENTS = [-6, -4]


@pytest.fixture(scope="module")
def tests():
    case = built()
    random = drawn(case, EXPONENTS, first=0, count=20, seed=1, job=("test",), drop_exact=False)
    judged = judge(evaluate(case, EXPONENTS, drop_exact=False), random, 0.05)
    judged.loc[[1, 4], "significant"] = True
    return judged


def shown(path: str) -> dict:
    items = yaml.safe_load((ROOT / "workflow/report/inequality.yaml").read_text())
    return next(item for item in items if item["path"] == path)["columns"]


def test_the_columns_of_the_tests_are_those_of_the_paper_in_order(tests):
    table = readable.test_table(tests)
    assert table.columns.tolist() == [
        "variable",
        "n",
        "penalised",
        "u",
        "effect",
        "effect_random",
        "p_mw",
        "hamming",
        "hamming_random",
        "hamming_standard",
        "p_binomial",
        "significant",
        "printed",
    ]
    assert table["variable"].unique().tolist() == ["Deaths", "Flood", "Either"]
    assert table["n"].tolist() == EXPONENTS * 3
    assert table["u"].tolist() == tests["U"].tolist()


def test_a_verdict_is_yes_or_no(tests):
    wanted = ["yes" if one else "no" for one in tests["significant"]]
    assert "yes" in wanted and "no" in wanted
    assert readable.test_table(tests)["significant"].tolist() == wanted


def test_tables_read_back_from_disk_are_arranged_alike(tests, tmp_path):
    tests.to_csv(tmp_path / "tests.csv", index=False)
    again = pd.read_csv(tmp_path / "tests.csv")
    pd.testing.assert_frame_equal(
        readable.test_table(again), readable.test_table(tests), check_dtype=False
    )


def test_akaike_is_above_zero_where_the_modified_model_is_preferred(tests):
    table = readable.further_table(tests)
    known = [name for name in readable.FURTHER if name in tests or name.endswith("_gain")]
    assert table.columns.tolist() == [readable.FURTHER[name] for name in known]
    for name in ("flows", "squares", "wrong_pairs"):
        preferred = tests[f"aic_{name}_modified"] < tests[f"aic_{name}_standard"]
        assert (table[f"aic_{name}"] > 0).tolist() == preferred.tolist()
    assert table["spearman_standard"].tolist() == tests["spearman_standard"].tolist()


def test_the_share_stands_behind_the_variable_in_percent(tests):
    shares = np.array([0.05, 0.07, 0.1, 0.15, 0.29, 0.3])
    table = readable.sensitivity_table(tests.assign(share=shares))
    assert table.columns.tolist()[:3] == ["variable", "share_percent", "n"]
    assert table["share_percent"].tolist() == [5, 7, 10, 15, 29, 30]
    assert table.drop(columns="share_percent").equals(readable.test_table(tests))


def test_the_report_shows_columns_that_are_there(tests):
    """Headings of columns that do not exist would be passed over in silence."""
    for path, table in (
        ("{each}/table_tests.csv", readable.test_table(tests)),
        ("{each}/table_further.csv", readable.further_table(tests)),
        ("{each}/table_sensitivity.csv", readable.sensitivity_table(tests.assign(share=0.1))),
    ):
        assert set(shown(path)) == set(table.columns)


def test_the_tests_are_left_as_they_are(tests):
    before = tests.copy()
    readable.test_table(tests), readable.further_table(tests)
    readable.sensitivity_table(tests.assign(share=0.1))
    pd.testing.assert_frame_equal(tests, before)
