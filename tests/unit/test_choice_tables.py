"""Tables 1 and S1-S3: our numbers, the printed ones beside them, planted ones in a made world."""

import numpy as np
import pandas as pd
import pytest

from movelaws import frames
from movelaws.choice.tables import (
    IO_UNIT,
    PRINTED_MODELS,
    PRINTED_PARAMETERS,
    describe,
    parameters,
    statistics,
    table_s1,
)
from tests.unit.crowded_world import country, played

SOURCES = {"us_migration": "published", "made": "synthetic", "mine": "own"}


@pytest.fixture(scope="module")
def published(root):
    names = ("table1_datasets", "tableS1_parameters", "tableS2_S3_ks")
    return [pd.read_csv(root / f"config/published/choice_{name}.csv") for name in names]


@pytest.fixture(scope="module")
def data():
    zones, flows = country(9)
    whole = frames.assemble(zones, played(zones, flows), None, {"users with a trip": 77})
    fewer = frames.assemble(zones, whole.flows.iloc[:10])
    return {"us_migration": whole, "made": fewer}


@pytest.fixture(scope="module")
def described(data, published):
    attraction = {"us_migration": "arrivals", "made": "workplace"}
    return describe(data, attraction, published[0], SOURCES).set_index("dataset")


def fitted() -> pd.DataFrame:
    """Parameters of every model and two objectives, for a published, a made and an own dataset."""
    own = {"DCG": ("alpha", "beta", "gamma"), "GMPow2": ("a", "b"), "GMPow": ("b",)}
    own |= {"IO": ("b",), "GMPowDC": ("beta",)}
    rows = [
        (dataset, model, objective, name, 0.5)
        for dataset in SOURCES
        for objective in ("ssi", "poisson")
        for model, names in own.items()
        for name in names
    ]
    columns = ["dataset", "model", "objective", "parameter", "value"]
    return pd.DataFrame(rows, columns=columns).assign(low=0.4, high=0.6)


def scores() -> pd.DataFrame:
    """The columns of fits.csv that the statistics are made of."""
    rows = [
        (dataset, model, objective, 0.1, 0.2, 0.3, 0.4, 0.5)
        for dataset in SOURCES
        for objective in ("ssi", "cpc")
        for model in (*PRINTED_MODELS.values(), "GMPowDC")
    ]
    measured = ["ssi", "ssi_nonzero", "cpc", "ks_distance", "ks_attraction"]
    return pd.DataFrame(rows, columns=["dataset", "model", "objective", *measured])


# ---------------------------------------------------------------- Table 1


def test_a_dataset_is_described_by_what_was_counted(data, described):
    flows = data["us_migration"].flows
    row = described.loc["us_migration"]
    assert row["movements"] == flows["flow"].sum()
    assert (row["locations"], row["pairs"]) == (9, len(flows))
    assert row["filled_percent"] == pytest.approx(100 * len(flows) / 72)
    assert row["individuals"] == 77
    assert described["attraction"].tolist() == ["arrivals", "workplace"]


def test_individuals_that_nobody_counted_are_unknown(described):
    assert np.isnan(described.loc["made", "individuals"])


def test_only_published_data_stand_beside_the_print(described):
    printed = described.filter(like="published_")
    assert printed.loc["us_migration", "published_movements"] == 2498464
    assert printed.loc["us_migration", "published_locations"] == 51
    assert np.isnan(printed.loc["us_migration", "published_individuals"])
    assert printed.loc["made"].isna().all()


# ---------------------------------------------------------------- Table S1


@pytest.fixture(scope="module")
def beside(published):
    planted = {"made": {"alpha": 2.0, "beta": 1.0, "gamma": 0.5}}
    return parameters(fitted(), published[1], planted, SOURCES)


def test_every_printed_parameter_stands_beside_its_fit_by_ssi(beside, published):
    printed = beside.dropna(subset="published_value")
    assert set(printed["dataset"]) == {"us_migration"}
    assert set(printed["objective"]) == {"ssi"}
    found = {(row.model, row.parameter): row.published_value for row in printed.itertuples()}
    row = published[1].set_index("dataset").loc["us_migration"]
    wanted = {(m, p): row[column] * unit for column, (m, p, unit) in PRINTED_PARAMETERS.items()}
    assert found == wanted
    assert found["IO", "b"] == pytest.approx(7.73 * IO_UNIT)


def test_planted_parameters_stand_beside_every_fit_of_the_game(beside):
    planted = beside.dropna(subset="planted_value")
    assert set(zip(planted["dataset"], planted["model"], strict=True)) == {("made", "DCG")}
    assert planted.set_index(["objective", "parameter"])["planted_value"].to_dict() == {
        (objective, name): value
        for objective in ("ssi", "poisson")
        for name, value in {"alpha": 2.0, "beta": 1.0, "gamma": 0.5}.items()
    }


def test_nothing_of_the_fits_is_lost_or_changed(beside):
    pd.testing.assert_frame_equal(beside[fitted().columns], fitted())
    assert beside["source"].tolist() == fitted()["dataset"].map(SOURCES).tolist()


def test_table_s1_has_the_fits_by_ssi_and_the_interval_of_the_game(beside):
    rows = table_s1(beside)
    assert set(rows.loc[rows["objective"] == "poisson", "model"]) == {"DCG"}
    assert set(rows.loc[rows["objective"] == "ssi", "model"]) == {"DCG", "GMPow2", "GMPow", "IO"}
    assert rows.index.tolist() == list(range(len(rows)))


def test_every_column_of_the_printed_table_is_understood(published):
    assert set(published[1].columns) - {"dataset"} == set(PRINTED_PARAMETERS)


# ---------------------------------------------------------------- Tables S2 and S3


def test_the_statistics_are_of_the_fits_by_ssi_beside_the_print(published):
    table = statistics(scores(), published[2], SOURCES, {"made": {"DCG": 0.8}})
    assert len(table) == 3 * 7  # datasets, models
    ours = table[table["dataset"] == "us_migration"].set_index("model")
    for statistic in ("ks_distance", "ks_attraction"):
        row = published[2].set_index(["statistic", "dataset"]).loc[statistic, "us_migration"]
        wanted = row.rename(PRINTED_MODELS).to_dict()
        assert ours[f"published_{statistic}"].dropna().to_dict() == wanted
    known = table.dropna(subset="bins_on_diagonal")
    assert known[["dataset", "model", "bins_on_diagonal"]].to_numpy().tolist() == [
        ["made", "DCG", 0.8]
    ]
    others = table[table["dataset"] != "us_migration"]
    assert others.filter(like="published_").isna().all(axis=None)


def test_every_model_of_the_printed_statistics_is_understood(published):
    assert set(published[2].columns) - {"statistic", "dataset"} == set(PRINTED_MODELS)
