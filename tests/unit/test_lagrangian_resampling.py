"""Agents drawn anew, further cities, and the spread of the numbers over them."""

import numpy as np
import pandas as pd
import pytest

from movelaws.lagrangian import resampling as module
from movelaws.lagrangian.printed import fit_printed
from movelaws.lagrangian.state import reference
from tests.unit.lagrangian_small_fit import walk

BASE = {"iterations": 20}


def movement(population):
    """Agents that must have changed their cell, as a share."""
    return np.abs(np.diff(population, axis=0)).sum() / 2 / population[:-1].sum()


@pytest.mark.parametrize("coupling", module.COUPLINGS)
def test_draws_have_the_given_agents_and_shares_on_average(coupling):
    population = walk(agents=2000.0)
    rng = np.random.default_rng(1)
    draws = np.array([module.redrawn(population, rng, coupling) for _ in range(300)])
    assert draws.shape[1:] == population.shape
    assert (draws.sum(axis=(2, 3)) == 2000).all()
    assert (draws == np.round(draws)).all() and (draws >= 0).all()
    spread = np.sqrt(population * (1 - population / 2000))
    np.testing.assert_array_less(np.abs(draws.mean(axis=0) - population), 4.5 * spread / 17)
    np.testing.assert_allclose(draws.std(axis=0), spread, rtol=0.25)  # of a multinomial law


def test_staying_adds_the_least_movement_and_strangers_the_most():
    population = walk(agents=2000.0)
    rng = np.random.default_rng(2)
    drawn = {name: module.redrawn(population, rng, name) for name in module.COUPLINGS}
    true = movement(population)
    assert movement(drawn["staying"]) < 1.1 * true
    assert movement(drawn["independent"]) > 1.3 * true


def test_where_nobody_moves_nobody_is_moved():
    population = np.repeat(walk()[:1], 6, axis=0)
    drawn = module.redrawn(population, np.random.default_rng(3))
    assert (drawn == drawn[0]).all()
    assert not (module.redrawn(population, np.random.default_rng(3), "independent") == drawn).all()


def test_shares_of_another_total_are_drawn_as_those_agents():
    population = walk(agents=500.0)
    population[3:] *= 1.2  # such as arrivals counted twice
    assert (module.redrawn(population, np.random.default_rng(4)).sum(axis=(1, 2)) == 500).all()


def test_populations_that_cannot_be_drawn_from():
    rng = np.random.default_rng(5)
    with pytest.raises(ValueError, match="coupling = 'pairs'"):
        module.redrawn(walk(), rng, "pairs")
    empty = walk()
    empty[2] = 0
    with pytest.raises(ValueError, match="0 agents in a slot"):
        module.redrawn(empty, rng)
    with pytest.raises(ValueError, match="0 at n = 0"):
        module.redrawn(walk(agents=0.2), rng)


def test_further_cities_differ_and_are_the_same_for_every_rule_of_choice():
    seeds = module.city_seeds(1, 3)
    assert len(set(seeds)) == 3 and seeds == module.city_seeds(1, 5)[:3]
    assert seeds != module.city_seeds(2, 3)
    world = {"side": 4, "agents": 200, "steps": 20}
    slow, fast = (module.grown(seeds[0], alpha=a, h=0.0, **world) for a in (1.0, 10.0))
    assert slow.shape == (21, 4, 4)
    np.testing.assert_allclose(slow[0], fast[0])
    assert not np.allclose(slow[-1], fast[-1])
    assert not np.allclose(slow[0], module.grown(seeds[1], alpha=1.0, h=0.0, **world)[0])


def test_shuffled_days_hold_the_same_maps_in_another_order():
    population = walk(steps=30)
    found = dict(module.shuffles("toy", population, 20, 5))
    assert [*found] == list(range(module.SHUFFLES)) == [0, 1, 2]
    assert [*dict(module.shuffles("toy", population, 2, 5))] == [0, 1]
    for day in found.values():
        order = [int(np.argmax((population == here).all(axis=(1, 2)))) for here in day]
        assert sorted(order) == list(range(31)) and order != list(range(31))
        assert order[:2] == [0, 1]  # the model is given q(0) and v(0)
        assert movement(day) > 2 * movement(population)
    assert not np.array_equal(found[0], found[1])
    again = dict(module.shuffles("toy", population, 1, 5))
    np.testing.assert_array_equal(again[0], found[0])
    other = dict(module.shuffles("town", population, 1, 5))
    assert not np.array_equal(other[0], found[0])


def test_rows_are_quantities_of_the_printed_fits():
    cities = [("a", walk()), ("b", walk(seed=7))]
    options = {"floor": 1.0, "permutations": 9, "seed": 1}
    table = module.seed_rows("toy", "growth", cities, BASE, **options)
    assert tuple(table.columns) == module.SEEDS_COLUMNS
    fit = fit_printed(reference(walk(seed=7), 1.0), **BASE)
    rows = table[table["seed"] == "b"].set_index("quantity")["value"]
    assert rows["rms"] == fit.rms and rows["diverged"] == 0
    assert rows["laplace_beats_normal"] in (0.0, 1.0)
    names = {"median_inertia_ratio", "pearson_psi", "moran_p_psi_v0", "rms_inhabited"}
    assert names <= set(rows.index)
    assert module.seed_rows("toy", "growth", cities, BASE, **options).equals(table)
    assert module.seed_rows("toy", "growth", [], BASE, **options).empty


def test_a_schedule_that_diverges_is_counted(capsys):
    wild = {"iterations": 60, "rate": (1e147, 0.0), "bound": 1e300, "smoothing": False}
    options = {"floor": 1.0, "permutations": 9, "seed": 1}
    table = module.seed_rows("toy", "days", [("mon", walk())], wild, **options)
    assert table[["quantity", "value"]].to_numpy().tolist() == [["diverged", 1.0]]
    assert "use a smaller rate" in capsys.readouterr().out


def test_spread_is_that_of_the_seeds_with_a_value():
    values = np.arange(101.0)
    table = pd.DataFrame({"case": "toy", "resampled": "growth", "seed": range(101),
                          "quantity": "rms", "value": values})  # fmt: skip
    table.loc[:9, "value"] = np.nan
    found = module.spread(table, 0.8).iloc[0]
    assert found["median"] == 55 and found["low"] == 19 and found["high"] == 91
    assert found["n"] == 91
    assert tuple(module.spread(table.iloc[:0]).columns) == module.SPREAD_COLUMNS
