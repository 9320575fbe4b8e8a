"""Penalties chosen on one period and tried on another, where one was planted and where none was."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.gain import gain_per_person
from movelaws.inequality.heldout import HAMMING, LIKELIHOOD, out_of_sample
from movelaws.inequality.likelihood import origin_log_likelihood, penalty_grid
from tests.unit.inequality_case import built, moving, with_flow

PLANTED = 1e-4
GRID = penalty_grid(-6, -2, 5, True)
EXPONENTS = [-2, -4, -3]
COLUMNS = [
    "variable",
    "label",
    "chosen_by",
    "delta_minus_1",
    "train_hamming",
    "train_hamming_standard",
    "test_hamming",
    "test_hamming_standard",
    "p_mw",
    "p_binomial",
    "p_random_hamming",
    "gain_per_person",
]


def period(seed: int, penalty: float = PLANTED, model: str = "two_class", **changes):
    """One period of a world in which the zones with most deaths are penalised."""
    case = built(model, **changes)
    people = np.round(0.05 * case.surroundings.mass) + 5
    return moving(case, case.exact("deaths")(penalty), people, seed)


def tried(fitted, tested, **changes) -> pd.DataFrame:
    settings = {"draws": 40, "seed": 1, "job": ("test",), "drop_exact": False}
    rng = np.random.default_rng(0)
    return out_of_sample(fitted, tested, GRID, EXPONENTS, rng=rng, **(settings | changes))


@pytest.fixture(scope="module")
def planted() -> pd.DataFrame:
    return tried(period(1), period(2))


def test_there_is_a_row_per_variable_and_way_of_choosing(planted):
    assert planted.columns.tolist() == COLUMNS
    ways = list(zip(planted["variable"], planted["chosen_by"], strict=True))
    assert ways == [(v, w) for v in ("deaths", "flood", "either") for w in (LIKELIHOOD, HAMMING)]
    assert planted["label"].tolist()[::2] == ["Deaths", "Flood", "Either"]


def test_the_planted_penalty_is_found_and_helps_in_the_other_period(planted):
    row = planted.query("variable == 'deaths' and chosen_by == @LIKELIHOOD").iloc[0]
    assert row["delta_minus_1"] == pytest.approx(PLANTED, rel=0.3)
    assert row["gain_per_person"] > 0.01
    assert row["test_hamming"] < row["test_hamming_standard"]
    assert row["p_random_hamming"] == pytest.approx(1 / 41)


def test_the_planted_variable_helps_more_than_another(planted):
    gain = planted[planted["chosen_by"] == LIKELIHOOD].set_index("variable")["gain_per_person"]
    assert gain["deaths"] > 2 * max(gain["flood"], 0)


def test_the_hamming_distance_takes_the_best_of_its_grid(planted):
    case = period(1)
    row = planted.query("variable == 'deaths' and chosen_by == @HAMMING").iloc[0]
    observed = case.surroundings.flow
    wrong = {
        penalty: np.count_nonzero(case.modified("deaths", penalty)[0] != observed)
        for penalty in (0.0, 1e-4, 1e-3, 1e-2)
    }
    assert row["train_hamming"] == min(wrong.values()) == wrong[row["delta_minus_1"]]


def test_where_nothing_is_planted_nothing_is_gained():
    table = tried(period(3, 0.0), period(4, 0.0))
    by_likelihood = table[table["chosen_by"] == LIKELIHOOD]
    assert by_likelihood["gain_per_person"].max() < 1e-3
    assert by_likelihood["delta_minus_1"].abs().max() < PLANTED / 5


def test_a_world_that_the_standard_model_predicts_leaves_the_penalty_at_zero():
    case = with_flow(built(), built().standard())
    row = tried(case, case).iloc[1]
    assert row["delta_minus_1"] == 0
    assert row["test_hamming"] == row["test_hamming_standard"]
    assert row["gain_per_person"] == 0
    assert np.isnan(row["p_random_hamming"])


def test_the_advantage_of_a_place_is_kept_apart_from_random_classes():
    row = tried(period(5, -5e-5), period(6, -5e-5)).iloc[0]
    assert row["delta_minus_1"] == pytest.approx(-5e-5, rel=0.4)
    assert row["gain_per_person"] > 0
    assert np.isnan(row["p_random_hamming"])


def test_the_tested_period_is_given_the_classes_and_its_own_places():
    """A tested case with other values and flows: only the latter may have an effect."""
    fitted, tested = period(1), period(2)
    other = replace(tested, shapes={k: 1 - v for k, v in tested.shapes.items()}, labels={})
    pd.testing.assert_frame_equal(tried(fitted, other), tried(fitted, tested))
    row = tried(fitted, other).iloc[0]
    weights = replace(other, shapes=fitted.shapes).exact("deaths")
    flow = other.surroundings.flow
    expected = origin_log_likelihood(flow, weights(row["delta_minus_1"])).sum()
    expected -= origin_log_likelihood(flow, weights(0.0)).sum()
    assert row["gain_per_person"] == pytest.approx(expected / flow.sum(), rel=1e-9)


def test_many_classes_are_tried_in_their_linear_form():
    fitted, tested = (period(seed, 1e-6, "linear") for seed in (1, 2))
    table = tried(fitted, tested, drop_exact=True)
    row = table.query("variable == 'flood' and chosen_by == @HAMMING").iloc[0]
    predicted = tested.modified("flood", row["delta_minus_1"])[0]
    assert row["test_hamming"] == np.count_nonzero(predicted != tested.surroundings.flow)


def test_other_zones_or_another_model_are_an_error():
    with pytest.raises(ValueError, match="different zones"):
        tried(period(1), period(1, n=19))
    with pytest.raises(ValueError, match="'two_class' is fitted, 'linear' tested"):
        tried(period(1), period(1, model="linear"))


def test_other_points_or_populations_are_an_error_that_names_a_zone():
    fitted, tested = period(1), period(2)
    around = tested.surroundings
    near = replace(around, distance_km=around.distance_km * (1 + 1e-12))
    tried(fitted, replace(tested, surroundings=near), draws=20)
    moved = around.distance_km.copy()
    moved[4, 2:] += 1.0
    with pytest.raises(ValueError, match=r"other distances from zone 'z004': .* same points"):
        tried(fitted, replace(tested, surroundings=replace(around, distance_km=moved)))
    mass = around.mass.copy()
    mass[7] += 1
    with pytest.raises(ValueError, match=r"zone 'z007' has \d+ people .* the same population"):
        tried(fitted, replace(tested, surroundings=replace(around, mass=mass)))


def test_half_a_person_is_an_error():
    case = period(1)
    broken = with_flow(case, case.surroundings.flow + 0.5)
    with pytest.raises(ValueError, match="whole numbers"):
        tried(case, broken)


def test_a_flow_that_no_penalty_allows_says_nothing():
    flow = np.array([[5.0, 3.0, 2.0], [1.0, 4.0, 0.0]])
    plain = np.array([[0.5, 0.0, 0.2], [0.3, 0.3, 0.4]])
    p = np.array([[0.3, 0.0, 0.3], [0.1, 0.8, 0.1]])
    shares = [q / q.sum(axis=1, keepdims=True) for q in (p, plain)]
    possible = [(0, 0), (0, 2), (1, 0), (1, 1)]
    by_hand = sum(flow[k] * np.log(shares[0][k] / shares[1][k]) for k in possible)
    assert gain_per_person(flow, p, plain) == pytest.approx(by_hand / 12, rel=1e-12)


def test_a_flow_that_the_penalty_forbids_is_impossible():
    flow, plain = np.array([[1.0, 1.0]]), np.array([[0.5, 0.5]])
    assert gain_per_person(flow, np.array([[1.0, 0.0]]), plain) == -np.inf
    assert gain_per_person(flow, np.zeros((1, 2)), plain) == -np.inf
    assert np.isnan(gain_per_person(np.zeros((1, 2)), plain, plain))
