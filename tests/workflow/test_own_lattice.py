"""A user's own lattice by config alone, as the README tells it."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from movelaws.synthetic.lagrangian_days import plant
from tests.running import run_snakemake

PLANTED = {"gamma_self": 12.0, "gamma_link": -0.8, "lambda_self": 60.0, "lambda_link": -8.0}
SIDE, CELL_M = 12, 500.0
DAYS = ("2026-05-04", "2026-05-11")


def asked_in_readme(checkout) -> dict:
    """The example of the README as it stands there."""
    guide = (checkout / "README.md").read_text()
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.S)
    return yaml.safe_load(next(text for text in blocks if "lattice_table" in text))


@pytest.fixture
def city(checkout):
    """Two days of 12 x 12 cells, of planted dynamics."""
    days = plant(
        np.random.default_rng(4), DAYS, side=SIDE, slots=24, parameters=PLANTED, level=0.35,
        contrast=8.0,
    )  # fmt: skip
    d, n, y, x = (part.ravel() for part in np.indices(days.q.shape))
    table = pd.DataFrame(
        {
            "date": np.take(DAYS, d),
            "hour": n,
            "east": 700_000 + CELL_M * x,
            "north": 6_170_000 + CELL_M * y,
            "people": 1e6 * np.exp(days.q).ravel(),
        }
    )
    (checkout / "data").mkdir()
    table.to_csv(checkout / "data" / "populations.csv", index=False)
    asked = asked_in_readme(checkout)
    # What takes long in the default is not what is tried here.
    asked["lagrangian"]["forecast"] |= {"variants": ["homogeneous"], "ridges": [1e-8]}
    asked["lagrangian"]["cities"]["my_city"]["side"] = SIDE
    (checkout / "lattice.yaml").write_text(yaml.safe_dump(asked))
    return checkout


def run(folder, *targets):
    return run_snakemake(folder, "--cores", "2", "--configfile", "lattice.yaml", "--", *targets)


def test_an_own_lattice_is_fitted_and_predicted(city):
    made = city / "results" / "mine" / "lagrangian"
    asked = ["my_city/methods.csv", "my_city/prediction_summary.csv", "figures/prediction.svg"]
    done = run(city, *(f"results/mine/lagrangian/{name}" for name in asked))
    assert done.returncode == 0, done.stdout[-5000:]
    rms = pd.read_csv(made / "my_city" / "methods.csv").set_index("method")["rms"]
    assert rms["printed"] < rms["persistence"]
    table = pd.read_csv(made / "my_city" / "prediction_summary.csv")
    day = table[table["task"] == "day"].set_index("variant")["skill"]
    assert day["homogeneous"] > 0.9
    # the default's cities are no part of it
    assert not (city / "results" / "mine" / "lattices" / "yjmob").exists()


def test_a_negative_population_is_named(city):
    path = city / "data" / "populations.csv"
    table = pd.read_csv(path)
    table.loc[5, "people"] = -3
    table.to_csv(path, index=False)
    done = run(city, "results/mine/lattices/my_city/lattice.nc")
    assert done.returncode != 0
    for part in ("data/populations.csv", "people"):
        assert part in done.stdout
    assert not (city / "results/mine/lattices/my_city/lattice.nc").exists()
