"""Planted days and the agents that live them, and worlds that are in two sections of the config."""

import json

import numpy as np
import pytest

from movelaws import synthetic
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.stencil import neighbours
from movelaws.lattices import adapters
from movelaws.synthetic import agents, lagrangian_days
from tests.unit.synthetic_worlds import SMALL

PARAMETERS = {**lagrangian_days.GAMMA, **lagrangian_days.LAMBDA}
SETTINGS = {"side": 6, "slots": 24, "parameters": PARAMETERS, "level": 0.35, "contrast": 8}


def planted(**changed):
    return lagrangian_days.plant(np.random.default_rng(3), ["one", "two"], **SETTINGS | changed)


def test_days_follow_the_model_dynamics_of_the_paper():
    days, shape = planted(), (6, 6)
    table = neighbours(shape)
    gamma, lam = np.zeros((1, *table.shape)), np.zeros((1, *table.shape))
    for array, kind in ((gamma, "gamma"), (lam, "lambda")):
        array[0, 0] = PARAMETERS[f"{kind}_self"]
        array[0, 1:] = np.where(table[1:] >= 0, PARAMETERS[f"{kind}_link"], 0)
    for q, v in zip(days.q.reshape(2, 24, 36), days.v.reshape(2, 24, 36), strict=True):
        again = simulate(q[0], v[0], gamma, lam, days.mu.ravel(), shape, 1 / 23, 23)
        np.testing.assert_allclose(again[0], q, atol=1e-12)
        np.testing.assert_allclose(again[1], v, atol=1e-12)


def test_populations_tell_the_velocity_at_the_start_and_the_target():
    days = planted()
    population = np.exp(days.q)
    read = 23 * (population[:, 1] - population[:, 0]) / population[:, 0]
    np.testing.assert_allclose(read, days.v[:, 0], atol=1e-8)
    assert np.abs(days.q[:, -1] - days.mu).max() < 0.02 * np.abs(days.q[:, 0] - days.mu).max()


def test_the_total_stays_near_one_and_shares_have_exactly_that():
    days = planted()
    total = np.exp(days.q).sum(axis=(2, 3))
    np.testing.assert_allclose(total[:, 0], 1, atol=1e-12)
    np.testing.assert_allclose(total, 1, atol=0.05)
    np.testing.assert_allclose(days.share.sum(axis=(2, 3)), 1, atol=1e-12)
    assert np.exp(np.ptp(days.mu)) == pytest.approx(8)


def test_days_differ_in_level_and_have_something_in_common():
    one, two = (q[0] - planted().mu for q in planted().q)
    assert 0.4 < np.corrcoef(one.ravel(), two.ravel())[0, 1] < 0.99
    assert abs(one.std() / two.std() - 1) > 0.05


def test_the_truth_draws_the_planted_shares_again():
    days = planted()
    truth = json.loads(json.dumps(days.truth()))
    assert truth["gamma_self"] == 12 and truth["steps"] == 23 and truth["days"] == ["one", "two"]
    again = lagrangian_days.planted_shares(truth, "two")
    np.testing.assert_allclose(again, days.share[1], rtol=1e-4)
    with pytest.raises(ValueError, match="day = 'three': choose one of one, two"):
        lagrangian_days.planted_shares(truth, "three")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"side": 3}, "side = 3: must be a whole number from 4 to 50"),
        ({"level": 0}, "level = 0: must be a number from 0.01 to 2"),
        ({"level": 2}, "level, gamma_self = 12, .*: for day one no velocity .* take a lower level"),
        ({"contrast": 0.5}, "contrast = 0.5: must be a number from 1 to"),
        ({"parameters": PARAMETERS | {"gamma_link": "x"}}, "gamma_link = 'x': must be a number"),
        ({"parameters": PARAMETERS | {"gamma_self": 0}}, "larger gamma_self"),
        (
            {"parameters": PARAMETERS | {"lambda_self": 4, "lambda_link": 0}},
            "lambda_self = 4, .*: after the 23 steps of day one the largest distance",
        ),
    ],
)
def test_days_that_cannot_be_planted_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        planted(**changed)


def test_whole_numbers_of_agents_are_the_nearest_that_add_up():
    share = planted().share.reshape(48, 36)
    count = agents.whole_numbers(share, 1000)
    assert (count.sum(axis=1) == 1000).all()
    assert np.abs(count - 1000 * share).max() < 1


def test_any_first_seats_of_a_block_are_spread_as_its_cells_share_them():
    share = np.array([[0.5, 0.3, 0.2, 0.0], [0.1, 0.0, 0.6, 0.3]])
    most = np.array([400, 250])
    seat = agents.seats(np.random.default_rng(1), most, share)
    for cells, weight in zip(np.split(seat, [400]), share, strict=True):
        for first in (40, 200, cells.size):
            found = np.bincount(cells[:first], minlength=4) / first
            np.testing.assert_allclose(found, weight, atol=3 / first)


@pytest.fixture(scope="module")
def lived():
    """Agents in blocks, seats that are their own blocks, and the moves between them."""
    count = agents.whole_numbers(planted(slots=48).share.reshape(96, 36), 500)
    block = np.repeat(np.arange(36), count.max(axis=0))
    return count, agents.moves(np.random.default_rng(1), count, block, 6)


def test_agents_are_where_they_must_be_at_every_moment(lived):
    count, moves = lived
    where = np.full((500, 96), -1)
    where[moves.agent, moves.moment] = moves.cell
    for moment in range(1, 96):
        stayed = where[:, moment] < 0
        where[stayed, moment] = where[stayed, moment - 1]
    for moment in range(96):
        assert (np.bincount(where[:, moment], minlength=36) == count[moment]).all()


def test_no_agent_moves_without_need(lived):
    count, moves = lived
    needed = np.maximum(np.diff(count, axis=0), 0).sum(axis=1)
    assert (np.bincount(moves.moment, minlength=96)[1:] == needed).all()
    order = moves.agent * 96 + moves.moment
    assert (np.diff(order) > 0).all()


def test_the_surplus_goes_to_near_blocks_first():
    count = np.zeros((2, 64), dtype=np.int64)
    count[0, 0], count[0, 63] = 5, 3
    count[1, 1], count[1, 10], count[1, 56] = 2, 3, 3
    cell = np.repeat(np.arange(64), count.max(axis=0))
    moves = agents.moves(np.random.default_rng(1), count, cell, 8)
    came = moves.cell[moves.moment == 1].tolist()
    start = moves.cell[moves.moment == 0].tolist()
    assert sorted(zip(start, came, strict=True)) == [(0, 1)] * 2 + [(0, 10)] * 3 + [(63, 56)] * 3


def test_a_world_may_be_in_two_sections_with_an_adapter_for_each(tmp_path):
    assert "sf_taxi" in synthetic.available("od") and "sf_taxi" in synthetic.available("lattices")
    assert synthetic.available().count("sf_taxi") == 1
    assert synthetic.adapter("sf_taxi") == synthetic.adapter("sf_taxi", "od") == "sf_taxi"
    assert synthetic.adapter("sf_taxi", "lattices") == "active_cabs"
    assert synthetic.adapter("yjmob100k", "lattices") == "yjmob100k"
    with pytest.raises(ValueError, match="'yjmob100k' has no adapter in the section od; choose"):
        synthetic.adapter("yjmob100k", "od")
    law = {"model": "GMExp", "parameters": {"b": 0.2}}  # quicker than the game
    synthetic.write("sf_taxi", tmp_path, 1, SMALL["sf_taxi"] | {"law": law})
    files = {role: tmp_path / name for role, name in synthetic.files_of("sf_taxi", {}).items()}
    lattice = adapters.read(synthetic.adapter("sf_taxi", "lattices"), files, {})
    assert lattice.population.any() and lattice.days


@pytest.mark.parametrize("world", synthetic.available("lattices"))
def test_every_role_of_the_adapter_has_its_file(world):
    module = synthetic.load(world)
    adapter = adapters.load(synthetic.adapter(world, "lattices"))
    for files in getattr(module, "FILES_BY_FORM", {"": module.FILES}).values():
        assert set(adapter.REQUIRED) <= set(files) <= {*adapter.REQUIRED, *adapter.OPTIONAL}
