import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.claims import findings

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
def reasons():
    rows = [(US, "GMPow", "moved zones"), (US, "GMExp", "equal to the last printed digit")]
    return pd.DataFrame(rows, columns=["dataset", "model", "reason"])


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


def test_agreement_within_the_tolerance_is_reproduced(datasets, reasons, table_2):
    ours = baselines({"GMPow": 1338.9, "GMExp": 1309.9, "GMExpPow": 1188.6})
    found = by_claim(findings(datasets, ours, reasons, table_2, {}, {"far": "not public"}))
    assert found["S1", US].verdict == "reproduced"
    assert found["S3", US].verdict == "reproduced"
    assert found["S4", US].verdict == "reproduced"
    assert found["S7", US].verdict == "reproduced"
    assert found["S8", US].verdict == "reproduced"
    assert found["S3", "far"].verdict == "not testable"


def test_the_largest_difference_within_the_tolerance_is_explained(datasets, reasons, table_2):
    ours = baselines({"GMPow": 1338.9, "GMExp": 1309.92, "GMExpPow": 1188.6})
    found = by_claim(findings(datasets, ours, reasons, table_2, {}, {}))
    assert found["S3", US].reason == "largest difference GMPow +0.090 %: moved zones"


def test_a_wrong_number_differs_with_its_reason(datasets, reasons, table_2):
    ours = baselines({"GMPow": 1400.0, "GMExp": 1309.9, "GMExpPow": 1250.0})
    found = by_claim(findings(datasets, ours, reasons, table_2, {}, {}))
    assert found["S3", US].verdict == "differs"
    assert "GMPow: moved zones" in found["S3", US].reason
    assert "GMExp:" not in found["S3", US].reason
    assert found["S7", US].verdict == "differs"


def test_a_wrong_count_differs(datasets, reasons, table_2):
    ours = baselines({"GMPow": 1337.7, "GMExp": 1309.9, "GMExpPow": 1188.6})
    found = by_claim(findings(datasets.assign(units=3107), ours, reasons, table_2, {}, {}))
    assert found["S1", US].verdict == "differs"


def test_a_planted_law_is_judged_by_its_parameter(datasets, reasons, table_2):
    ours = baselines({"GMPow": 9.0, "GMExp": 7.0, "GMExpPow": 8.0}, source="synthetic")
    law = {"model": "GMExp", "parameters": {"b": 0.0425}}
    truth = {US: {"law": law, "n_zones": 3108, "n_pairs": 131391}}
    found = by_claim(findings(datasets, ours, reasons, table_2, truth, {}))
    name = f"{US} (synthetic)"
    assert found["S1", name].verdict == "reproduced"
    assert found["S3", name].verdict == "reproduced"
    assert found["S3", name].published.startswith("planted GMExp b")
    assert found["S7", name].verdict == "reproduced"
    assert found["S8", "all"].verdict == "not testable"
    law["parameters"]["b"] = 0.05
    found = by_claim(findings(datasets, ours, reasons, table_2, truth, {}))
    assert found["S3", name].verdict == "differs"


def test_a_run_without_the_papers_datasets_still_answers_every_claim(datasets, reasons, table_2):
    ours = baselines({"GMPow": 9.0, "GMExp": 7.0}, source="own", dataset="my_city")
    found = findings(datasets.assign(dataset="my_city"), ours, reasons, table_2, {}, {})
    assert {finding.id for finding in found} == {"S1", "S2", "S3", "S4", "S7", "S8"}
    assert {finding.verdict for finding in found} == {"not testable"}
