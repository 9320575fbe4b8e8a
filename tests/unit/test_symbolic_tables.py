import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from movelaws.frames import Canonical
from movelaws.symbolic.tables import BASELINE_COLUMNS, baselines, describe, read_published


@pytest.fixture
def fitted() -> pd.DataFrame:
    rows = [("GMZipf", "", 10.0, 0.5), ("GMExp", "0.04", 8.0, 0.7)]
    table = pd.DataFrame(rows, columns=["model", "parameter", "rmse", "cpc"])
    for column in BASELINE_COLUMNS:
        if column not in table and not column.startswith(("published", "rmse_d", "cpc_d")):
            table[column] = np.nan
    return table.drop(columns=["dataset", "source"]).assign(objective="rmse")


def printed(metric: str, value: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"dataset": ["city"], "model": ["GMExp"], "metric": [metric], "value": [value]}
    )


def table_of(fitted: pd.DataFrame, source: str) -> pd.DataFrame:
    table = baselines(
        {"city": fitted},
        printed("rmse", 8.1),
        printed("cpc", 0.69),
        pd.DataFrame(
            {
                "dataset": ["city", "city"],
                "model": ["GMExp", "GMZipf"],
                "value": [0.039, np.nan],
                "low": [0.0385, np.nan],
                "high": [0.0395, np.nan],
                "rmse": [8.2, 9.9],
                "cpc": [0.68, 0.51],
            }
        ),
        {"city": source},
    )
    return table.set_index("model")


def test_the_first_columns_are_the_stable_ones(fitted):
    first = ["dataset", "model", "parameter", "rmse", "cpc", "published_rmse", "published_cpc"]
    assert list(table_of(fitted, "published").reset_index()[BASELINE_COLUMNS].columns[:7]) == first


def test_published_numbers_stand_beside_ours(fitted):
    row = table_of(fitted, "published").loc["GMExp"]
    assert (row["published_rmse"], row["published_cpc"]) == (8.1, 0.69)
    assert row["rmse_difference_percent"] == pytest.approx(100 * (8 / 8.1 - 1))
    assert row["cpc_difference"] == pytest.approx(0.01)
    assert row["published_parameter"] == 0.039


def test_tables_s3_and_s4_fill_in_where_table_2_has_no_number(fitted):
    row = table_of(fitted, "published").loc["GMZipf"]
    assert (row["published_rmse"], row["published_cpc"]) == (9.9, 0.51)


def test_a_synthetic_world_is_never_set_beside_the_paper(fitted):
    table = table_of(fitted, "synthetic")
    published = [c for c in table.columns if c.startswith("published")]
    assert table[published].isna().all(axis=None)


def test_only_calibrations_by_rmse_enter_the_table(fitted):
    both = pd.concat([fitted, fitted.assign(objective="cpc", rmse=1.0)])
    assert (table_of(both, "own")["rmse"] > 1).all()


def test_table_1_counts_zones_and_pairs():
    zones = gpd.GeoDataFrame(
        {
            "zone_id": list("abc"),
            "area_km2": [1.0, 5.0, np.nan],
            "residential_population": [10.0, 20.0, 60.0],
        },
        geometry=[Point(0, 0)] * 3,
        crs="EPSG:4326",
    )
    flows = pd.DataFrame({"origin": ["a", "b"], "destination": ["b", "c"], "flow": [2.0, 3.0]})
    data = Canonical(zones=zones, flows=flows, places=pd.DataFrame())
    paper = pd.DataFrame(
        [("city", 3, 2, 4.0, 21.0)],
        columns=["dataset", "units", "observations", "median_area_km2", "median_population"],
    )
    row = describe({"city": data}, paper, {"city": "published"}).iloc[0]
    assert (row["units"], row["observations"], row["movements"]) == (3, 2, 5)
    assert (row["median_area_km2"], row["median_population"]) == (3, 20)
    assert row["published_units"] == 3
    synthetic = describe({"city": data}, paper, {"city": "synthetic"}).iloc[0]
    assert np.isnan(synthetic["published_units"])


def test_a_missing_published_table_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv"):
        read_published(tmp_path, "nothing")


def test_every_published_table_of_the_paper_can_be_read(root):
    for name in ("table1_datasets", "table2_baseline_rmse", "tableS7_baseline_cpc", "parameters"):
        assert len(read_published(root / "config" / "published", f"symbolic_{name}"))
