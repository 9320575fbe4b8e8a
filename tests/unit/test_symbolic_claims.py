import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.claims import explanations, findings

US = "us_county_commuting"


def baselines(rmse: dict[str, float], source: str = "published", dataset: str = US):
    printed = {"GMPow": 1337.7, "GMExp": 1309.9, "GMExpPow": np.nan}
    parameter = {"GMPow": "2.05", "GMExp": "0.042", "GMExpPow": "0.42"}
    table = pd.DataFrame({"model": list(rmse), "rmse": list(rmse.values())})
    table["published_rmse"] = table["model"].map(printed) if source == "published" else np.nan
    table["published_cpc"] = 0.7 if source == "published" else np.nan
    table["parameter"] = table["model"].map(parameter)
    table["rmse_difference_percent"] = 100 * (table["rmse"] / table["published_rmse"] - 1)
    table["cpc"] = 0.7002
    return table.assign(dataset=dataset, source=source, low=0.0, high=1.0)


@pytest.fixture
def datasets():
    return pd.DataFrame(
        [(US, 3108, 131391, 3108, 131391)],
        columns=["dataset", "units", "observations", "published_units", "published_observations"],
    )


@pytest.fixture
def readings():
    return pd.DataFrame(
        [
            (US, "GMPow", "moved_zones", 1330.0, 1350.0),
            (US, "GMExp", "moved_zones", 1309.0, 1311.0),
        ],
        columns=["dataset", "model", "reading", "rmse_lowest", "rmse_highest"],
    )


@pytest.fixture
def table_2():
    rows = [
        (US, "GMPow", 1337.7),
        (US, "GMExp", 1309.9),
        ("far", "GMPow", 12.5),
        ("far", "GMExp", 10),
    ]
    return pd.DataFrame(rows, columns=["dataset", "model", "value"])


def by_claim(found):
    return {(finding.id, finding.dataset): finding for finding in found}


def test_agreement_within_the_tolerance_is_reproduced(datasets, readings, table_2):
    ours = baselines({"GMPow": 1338.9, "GMExp": 1309.9, "GMExpPow": 1188.6})
    found = by_claim(findings(datasets, ours, readings, table_2, {}, {"far": "not public"}))
    assert found["S1", US].verdict == "reproduced"
    assert found["S3", US].verdict == "reproduced"
    assert found["S4", US].verdict == "reproduced"
    assert found["S7", US].verdict == "reproduced"
    assert found["S8", US].verdict == "reproduced"
    assert found["S3", "far"].verdict == "not testable"


def test_a_difference_in_the_last_digits_is_explained(datasets, readings, table_2):
    ours = baselines({"GMPow": 1338.9, "GMExp": 1309.92, "GMExpPow": 1188.6})
    reason = by_claim(findings(datasets, ours, readings, table_2, {}, {}))["S3", US].reason
    assert "GMPow +0.090 %" in reason
    assert "moved zones alone give 1330.00 to 1350.00" in reason
    assert "GMExp" not in reason  # equal to the last printed digit


def test_a_wrong_number_differs_and_says_that_no_reading_explains_it(datasets, readings, table_2):
    ours = baselines({"GMPow": 1400.0, "GMExp": 1309.9, "GMExpPow": 1250.0})
    readings[["rmse_lowest", "rmse_highest"]] = [[1390.0, 1410.0], [1309.0, 1311.0]]
    found = by_claim(findings(datasets, ours, readings, table_2, {}, {}))
    assert found["S3", US].verdict == "differs"
    assert "GMPow +4.657 %: no other reading of the data explains it" in found["S3", US].reason
    assert found["S7", US].verdict == "differs"


def test_a_reading_that_comes_closer_is_named(readings):
    printed = pd.DataFrame(
        {"rmse": [1338.9], "published_rmse": [1337.7], "rmse_difference_percent": [0.09]},
        index=["GMPow"],
    )
    readings[["rmse_lowest", "rmse_highest"]] = [[1338.1, 1338.1], [1309.0, 1311.0]]
    assert "moved zones alone give 1338.10, which is closer" in explanations(printed, readings)


def test_a_wrong_count_differs(datasets, readings, table_2):
    ours = baselines({"GMPow": 1337.7, "GMExp": 1309.9, "GMExpPow": 1188.6})
    found = by_claim(findings(datasets.assign(units=3107), ours, readings, table_2, {}, {}))
    assert found["S1", US].verdict == "differs"


def test_printed_digits_are_explained_only_beyond_their_rounding(readings):
    printed = pd.DataFrame(
        {"rmse": [2370.049], "published_rmse": [2370.0], "rmse_difference_percent": [0.002]},
        index=["OPS"],
    )
    assert explanations(printed, readings) == ""
    assert explanations(printed.assign(rmse=2370.07), readings).startswith("OPS")


def test_a_planted_law_is_judged_by_its_parameter(datasets, readings, table_2):
    ours = baselines({"GMPow": 9.0, "GMExp": 7.0, "GMExpPow": 8.0}, source="synthetic")
    law = {"model": "GMExp", "parameters": {"b": 0.0425}}
    truth = {US: {"law": law, "n_zones": 3108, "n_pairs": 131391}}
    found = by_claim(findings(datasets, ours, readings, table_2, truth, {}))
    name = f"{US} (synthetic)"
    assert found["S1", name].verdict == "reproduced"
    assert found["S3", name].verdict == "reproduced"
    assert found["S3", name].published.startswith("planted GMExp b")
    assert found["S7", name].verdict == "reproduced"
    assert found["S8", "all"].verdict == "not testable"
    law["parameters"]["b"] = 0.05
    found = by_claim(findings(datasets, ours, readings, table_2, truth, {}))
    assert found["S3", name].verdict == "differs"


def test_a_run_without_the_papers_datasets_still_answers_every_claim(datasets, readings, table_2):
    ours = baselines({"GMPow": 9.0, "GMExp": 7.0}, source="own", dataset="my_city")
    found = findings(datasets.assign(dataset="my_city"), ours, readings, table_2, {}, {})
    assert {finding.id for finding in found} == {"S1", "S2", "S3", "S4", "S7", "S8"}
    assert {finding.verdict for finding in found} == {"not testable"}
