"""The growth model: what it keeps, and what it draws."""

import numpy as np
import pytest

from movelaws.lagrangian.growth import centre, grow


def test_all_agents_are_there_and_the_same_seed_gives_the_same_city():
    city = grow(10, 10_000, seed=1)
    assert city.shape == (10, 10) and city.sum() == 10_000
    assert np.array_equal(city, grow(10, 10_000, seed=1))
    assert not np.array_equal(city, grow(10, 10_000, seed=2))


def test_the_first_agent_is_at_the_centre():
    assert centre((10, 10)) == (5, 5) and centre((7, 4)) == (3, 2)
    assert np.argwhere(grow(9, 1, seed=1)).tolist() == [[4, 4]]


@pytest.mark.parametrize("radius", [1, 2])
def test_the_city_grows_in_one_piece(radius):
    """Taken back in time, each populated site has another one within the radius."""
    city = grow(30, 400, seed=5, radius=radius)
    populated = np.argwhere(city)
    assert 20 < len(populated) < 900
    seen, todo = set(), [centre(city.shape)]
    sites = {tuple(site) for site in populated.tolist()}
    while todo:
        y, x = todo.pop()
        seen.add((y, x))
        near = {
            (y + i, x + j) for i in range(-radius, radius + 1) for j in range(-radius, radius + 1)
        }
        todo += list((near & sites) - seen)
    assert seen == sites


def test_draws_have_the_weights_of_the_model():
    """Where the second and third units of a row of three sites go, against the exact chances."""
    c, runs = 0.5, 6000
    cities = np.array([grow(3, 3, seed=seed, c=c).ravel() for seed in range(runs)])
    # The second unit: weight 1 + C at the centre, C at each of the 8 sites around.
    stay = (1 + c) / (1 + 9 * c)
    third = (2 + c) / (2 + 9 * c)
    all_at_centre = stay * third
    one_pair_elsewhere = (1 - stay) * (1 + c) / (2 + 9 * c)
    for found, chance in (
        (np.mean(cities[:, 4] == 3), all_at_centre),
        (np.mean((cities == 2).any(1) & (cities[:, 4] == 1)), one_pair_elsewhere),
    ):
        assert found == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / runs))


def test_a_large_c_spreads_people_out_and_a_small_one_does_not():
    shares = [grow(10, 5000, seed=3, c=c).max() / 5000 for c in (0.01, 1000.0)]
    assert shares[0] > 5 * shares[1]
    assert shares[1] < 0.02


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"side": 1}, "shape"),
        ({"agents": 0}, "agents = 0"),
        ({"c": 0.0}, "c = 0"),
        ({"radius": 0}, "radius = 0"),
        ({"radius": 1.5}, "radius = 1.5"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        grow(**({"side": 5, "agents": 10, "seed": 1} | arguments))
