"""The published tables of paper 2 from the real raw files, through the whole workflow."""

from pathlib import Path

import pandas as pd
import pytest

from tests.running import copy_checkout, run_snakemake

CONFIG = ["--configfile", "config/paper.yaml", "config/at_hand.yaml"]


@pytest.fixture(scope="session")
def paper(mirror, tmp_path_factory) -> Path:
    """Results folder of `make paper` with the mirror, without the other readings of the data."""
    folder = copy_checkout(tmp_path_factory.mktemp("paper") / "checkout")
    done = run_snakemake(
        folder,
        "--cores",
        "2",
        "results/paper/symbolic/datasets.csv",
        "results/paper/symbolic/baselines.csv",
        "results/paper/symbolic/figures/us_county_commuting_flow_map.png",
        *CONFIG,
        environment={"MOVELAWS_MIRROR": str(mirror.resolve())},
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return folder / "results" / "paper"


@pytest.fixture(scope="session")
def baselines(paper) -> pd.DataFrame:
    return pd.read_csv(paper / "symbolic" / "baselines.csv").set_index(["dataset", "model"])


@pytest.mark.parametrize(
    ("dataset", "tolerance"), [("us_county_commuting", 0.1), ("england_mlad_commuting", 0.2)]
)
def test_every_published_rmse_is_met(baselines, dataset, tolerance):
    table = baselines.loc[dataset].dropna(subset="published_rmse")
    assert len(table) == 7  # six of Table 2, the exponential-power form of Tables S3 and S4
    difference = 100 * (table["rmse"] / table["published_rmse"] - 1)
    assert difference.abs().max() <= tolerance, table.to_string()


@pytest.mark.parametrize("dataset", ["us_county_commuting", "england_mlad_commuting"])
def test_every_published_cpc_is_met(baselines, dataset):
    table = baselines.loc[dataset].dropna(subset="published_cpc")
    assert len(table) == 7
    assert (table["cpc"] - table["published_cpc"]).abs().max() <= 0.001, table.to_string()


def test_printed_parameters_lie_in_our_intervals_or_round_to_ours(baselines):
    """The printed constants are rounded to two or three digits."""
    table = baselines.dropna(subset="published_parameter").astype({"parameter": float})
    assert len(table) >= 5
    off = (table["parameter"] / table["published_parameter"] - 1).abs()
    inside = (table["low"] <= table["published_parameter"]) & (
        table["published_parameter"] <= table["high"]
    )
    assert (inside | (off < 0.01)).all(), table.to_string()


def test_table_1_is_met(paper):
    table = pd.read_csv(paper / "symbolic" / "datasets.csv")
    for column in ("units", "observations"):
        assert (table[column] == table[f"published_{column}"]).all()
    for column in ("median_area_km2", "median_population"):
        assert (table[column].round() - table[f"published_{column}"]).abs().max() <= 1


def test_the_flow_map_of_the_country_was_drawn(paper):
    figure = paper / "symbolic" / "figures" / "us_county_commuting_flow_map.png"
    assert figure.stat().st_size > 100_000
