"""A small country in which the game is played, and what the first steps of paper 5 make of it."""

from pathlib import Path

import pandas as pd
import pytest

from movelaws import frames
from tests.scripts.choice.steps import DATASET, GAMMAS, MODELS, run, step
from tests.unit.crowded_world import country, played


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """Canonical tables of 16 zones; people go by the game, by the jobs of a zone."""
    zones, flows = country(16)
    folder = tmp_path_factory.mktemp("country")
    frames.write(frames.check(frames.assemble(zones, played(zones, flows))), folder)
    return folder


@pytest.fixture(scope="session")
def zones(folder) -> dict:
    return {"zones": str(folder / "zones.parquet")}


@pytest.fixture(scope="session")
def fitted(folder):
    return step("fit").fit(str(folder), DATASET, "workplace", MODELS, ["ssi", "poisson"], 0.95, 1)


@pytest.fixture(scope="session")
def fits(fitted, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("fits") / f"{DATASET}.csv"
    fitted[0].to_csv(path, index=False)
    return str(path)


@pytest.fixture(scope="session")
def profile(zones, tmp_path_factory) -> pd.DataFrame:
    out, _ = run(
        "profile",
        tmp_path_factory.mktemp("profile"),
        zones,
        {"profile": "profile.csv"},
        attraction="workplace",
        gammas=GAMMAS,
        seed=1,
    )
    return pd.read_csv(out.profile)


@pytest.fixture(scope="session")
def solved(folder, fits):
    return step("solver").solve(str(folder), DATASET, "workplace", fits)
