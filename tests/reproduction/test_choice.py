"""Paper 5 on the real data of the mirror: counts, similarities, and what the searches reach."""

import numpy as np
import pandas as pd
import pytest

from movelaws import adapters, metrics
from movelaws.choice.fits import fit_models
from movelaws.choice.identities import fixed_attraction, without_crowding
from movelaws.choice.masses import choice_pairs
from movelaws.choice.predictors import predictor

MIGRATION = {
    "flows": "us_migration_irs/stateoutflow1415.csv",
    "capitals": "us_migration_irs/us-state-capitals.json",
}
DENMARK = {
    "flows": "denmark_moves_2024/fly66_2024_municipality_od.csv",
    "municipalities": "denmark_municipalities/municipalities.geojson",
    "population": "denmark_moves_2024/FOLK1AM.xlsx",
}
GOWALLA = {
    "checkins": "checkins_gowalla_sample/Gowalla_3_Gowalla_checkins.txt",
    "places": "checkins_gowalla_sample/Gowalla_3_Gowalla_poi_coos.txt",
}
TAXI = {"traces": "sf_cabspotting/cabspottingdata.tar.xz"}
AUSTIN = {
    "format": "sample",
    "zones": "squares",
    "cell_km": 1,
    "box": [-97.80, 30.22, -97.69, 30.31],
}
MODELS = ["DCG", "GMPow2", "GMPow", "IO", "RM", "PWO"]


@pytest.fixture(scope="module")
def canonical(mirror):
    def read(name, files, **options):
        return adapters.read(name, {role: mirror / path for role, path in files.items()}, options)

    return read


@pytest.fixture(scope="module")
def migration(canonical):
    return canonical("us_migration", MIGRATION)


@pytest.fixture(scope="module")
def pairs(migration):
    return choice_pairs(migration.zones, migration.flows, migration.places)


@pytest.fixture(scope="module")
def fits(pairs):
    return {found.model: found for found in fit_models(pairs, MODELS, ["ssi"], seed=20260101)}


# ---------------------------------------------------------------- counts


def test_migration_has_the_printed_movements_and_locations(migration, root):
    printed = pd.read_csv(root / "config/published/choice_table1_datasets.csv")
    printed = printed.set_index("dataset").loc["us_migration"]
    assert len(migration.zones) == printed["locations"] == 51
    assert migration.flows["flow"].sum() == printed["movements"] == 2498464


def test_moves_between_danish_municipalities(canonical):
    denmark = canonical("denmark_moves", DENMARK)
    assert len(denmark.zones) == 99
    assert len(denmark.flows) == 8084
    assert denmark.flows["flow"].sum() == 321396
    assert denmark.zones["residential_population"].notna().all()


def test_taxi_trips_between_busy_cells(canonical):
    taxi = canonical("sf_taxi", TAXI, min_trips=100)
    assert len(taxi.zones) > 100
    assert taxi.flows["flow"].sum() == 370655


def test_trips_between_squares_of_austin(canonical):
    austin = canonical("checkins", GOWALLA, **AUSTIN)
    assert len(austin.zones) == 84
    assert austin.flows["flow"].sum() == 15858


# ---------------------------------------------------------------- similarities of US migration


@pytest.mark.parametrize(
    ("model", "ssi"), [("GMPow2", 0.736), ("GMPow", 0.721), ("PWO", 0.595), ("RM", 0.307)]
)
def test_the_best_similarity_is_the_known_one(fits, model, ssi):
    assert fits[model].agreement["ssi"] == pytest.approx(ssi, abs=0.002)


def test_the_game_is_the_most_similar(fits):
    """C2, with alpha at the edge of the paper's box, which the fit has to say."""
    assert fits["DCG"].agreement["ssi"] >= 0.78
    ssi = [fits[model].agreement["ssi"] for model in MODELS[:3]]
    assert ssi[0] > ssi[1] >= ssi[2]
    assert ssi[2] > max(fits[model].agreement["ssi"] for model in MODELS[3:])
    assert "alpha" in fits["DCG"].bounds_hit


def ssi_by_hand(pairs, flows) -> float:
    both = pairs.flow + flows
    share = np.divide(
        2 * np.minimum(pairs.flow, flows), both, where=both > 0, out=np.zeros_like(both)
    )
    return share.sum() / pairs.n_zones**2


def test_the_similarity_is_the_printed_formula(pairs, fits):
    for found in fits.values():
        flows = found.flows(pairs)
        assert found.agreement["ssi"] == pytest.approx(ssi_by_hand(pairs, flows), rel=1e-12)
        assert found.value == pytest.approx(metrics.ssi(pairs.flow, flows, pairs.n_zones))


def gravity(pairs, a: float, b: float) -> np.ndarray:
    """Gravity 2 on every pair, written out."""
    weight = pairs.mass[pairs.destination] ** a * pairs.distance_km**-b
    total = np.bincount(pairs.origin, weights=weight, minlength=pairs.n_zones)
    return weight * (pairs.outflow / total)[pairs.origin]


def test_the_search_reaches_a_dense_grid_of_gravity_2(pairs, fits):
    """The grid has the step of the paper, 0.01, around the best of a coarse one over its box."""

    def best(a_grid, b_grid):
        scored = [(ssi_by_hand(pairs, gravity(pairs, a, b)), a, b) for a in a_grid for b in b_grid]
        return max(scored)

    _, a, b = best(np.arange(0, 10.1, 0.25), np.arange(0, 10.1, 0.25))
    value, a, b = best(np.arange(a - 0.3, a + 0.3, 0.01), np.arange(b - 0.3, b + 0.3, 0.01))
    found = fits["GMPow2"]
    assert found.value >= value - 1e-9
    assert found.value - value < 1e-3
    assert found.parameters["a"] == pytest.approx(a, abs=0.02)
    assert found.parameters["b"] == pytest.approx(b, abs=0.02)


def test_the_search_reaches_a_grid_of_the_game(pairs, fits):
    """A coarse grid of the paper's box; the game at gamma = 0 is gravity 2."""
    game = predictor("DCG", pairs)
    assert game.flows(np.array([1.2, 0.9, 0.0])) == pytest.approx(
        gravity(pairs, 1.2, 0.9), rel=1e-6
    )
    axes = (np.linspace(0.5, 10, 9), np.linspace(0.5, 2, 7), np.linspace(0, 10, 9))
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 3)
    best = max(ssi_by_hand(pairs, game.flows(theta)) for theta in grid)
    assert fits["DCG"].value >= best


def test_the_limits_of_the_game_hold_on_real_flows(pairs):
    """C5 and C6."""
    assert without_crowding(pairs, 1.25, 0.9) < 1e-6
    assert fixed_attraction(pairs, 0.9) < 1e-6
