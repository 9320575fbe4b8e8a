"""A user's own places and moves, by config alone, as the README tells it."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from movelaws.distance_cost import simulate_moves
from movelaws.pairs import checked_points
from tests.running import run_snakemake

PLANTED = 1.2
QUARTERS = ["Old town", "Harbour", "Heights"]


def asked_in_readme(checkout) -> dict:
    """The example of the README as it stands there."""
    guide = (checkout / "README.md").read_text()
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.S)
    return yaml.safe_load(next(text for text in blocks if "my_town:" in text))


@pytest.fixture
def town(checkout):
    """Three clouds of houses with moves between them, whose cost is known."""
    rng = np.random.default_rng(12)
    centres, n = [(0, 0), (3000, 500), (900, 4200)], 150
    places = pd.concat(
        pd.DataFrame({"east": rng.normal(x, 400, n), "north": rng.normal(y, 400, n)})
        for x, y in centres
    )
    places["east"] += 700_000
    places["north"] += 6_170_000
    places["quarter"] = np.repeat(QUARTERS, n)
    places.insert(0, "id", [f"h{k}" for k in range(len(places))])
    points = checked_points(places["east"].to_numpy(), places["north"].to_numpy())
    moves = simulate_moves(points, PLANTED, 4000, seed=3, low=10.0, high=6000.0)
    ids = places["id"].to_numpy()
    (checkout / "data").mkdir()
    places.to_csv(checkout / "data" / "addresses.csv", index=False)
    drawn = pd.DataFrame({"from": ids[moves.origin], "to": ids[moves.destination]})
    drawn.to_csv(checkout / "data" / "moves.csv", index=False)
    (checkout / "town.yaml").write_text(yaml.safe_dump(asked_in_readme(checkout)))
    return checkout


def run(folder, *targets):
    return run_snakemake(folder, "--cores", "2", "--configfile", "town.yaml", "--", *targets)


def test_own_places_give_pairs_costs_and_growth(town):
    made = town / "results" / "mine" / "pairdist"
    asked = ["my_town/fits.csv", "my_town/town_fits.csv", "my_town/growth.csv"]
    asked += ["my_town/pairs.parquet", "figures/cost_1.svg"]
    done = run(town, *(f"results/mine/pairdist/{name}" for name in asked))
    assert done.returncode == 0, done.stdout[-5000:]
    law = pd.read_csv(made / "my_town" / "fits.csv").set_index("model").loc["power_law"]
    assert law["origins_low"] < PLANTED < law["origins_high"]
    assert pd.isna(law["planted"])  # what was drawn is not known to the run
    assert set(pd.read_csv(made / "my_town" / "town_fits.csv")["town"]) <= set(QUARTERS)
    assert set(pd.read_csv(made / "my_town" / "growth.csv")["town"].dropna()) >= set(QUARTERS)
    # the default's point sets are no part of it
    assert not (town / "results" / "mine" / "points" / "denmark").exists()


def test_degrees_in_the_place_of_metres_are_named(town):
    path = town / "data" / "addresses.csv"
    table = pd.read_csv(path)
    table["east"], table["north"] = 10 + table["east"] / 1e7, 55 + table["north"] / 1e9
    table.to_csv(path, index=False)
    done = run(town, "results/mine/points/my_town/points.parquet")
    assert done.returncode != 0
    for part in ("data/addresses.csv", "degrees"):
        assert part in done.stdout
    assert not (town / "results/mine/points/my_town/points.parquet").exists()
