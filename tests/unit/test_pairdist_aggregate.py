"""The cost of a country from that of its towns, and two towns at a distance."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from movelaws.cities.forms import Disk
from movelaws.pairdist import aggregate as agg
from movelaws.pairdist import aggregate_table, two_cities
from movelaws.pairdist.aggregate_simulated import placed, simulated, town_pairs
from movelaws.plotting.pairdist.aggregate import aggregate as drawn_aggregate
from movelaws.plotting.pairdist.two_cities import two_cities as drawn_two_cities
from movelaws.seeds import stream
from tests.unit.drawn_world import texts


def words_of(figure):
    return [text.get_text() for text in texts(figure)]


EDGES = aggregate_table.edges_of()
SIMULATION = {"towns": 60, "area_km2": 4000.0, "packing": 0.2, "points": 300, "replicates": 2}


def radii(n=400, seed=1):
    return np.random.default_rng(seed).lognormal(7.7, 0.7, n)


def test_one_kind_of_town_gives_back_its_own_cost():
    curve = agg.mean_field(EDGES, np.full(5, 3000.0), agg.Towns())
    r = curve["r_m"].to_numpy()
    for low, high, exponent in ((20, 2000, 0.6), (5000, 5e5, 2.0)):
        assert agg.slope(r, curve["cost"].to_numpy(), low, high) == pytest.approx(exponent)


@pytest.mark.parametrize("wanted", [0.8, 1.0, 1.4])
def test_weights_that_fall_as_a_power_of_the_radius_set_the_exponent(wanted):
    # With equal moves per address the weight of a radius is its frequency, R^-b: exponent b - 1.
    n, b = 4000, wanted + 1
    low, high = 1.0, 1e6
    u = (np.arange(n) + 0.5) / n
    edge = low ** (1 - b) + u * (high ** (1 - b) - low ** (1 - b))
    radius = edge ** (1 / (1 - b))
    weighted = agg.mean_field(
        np.geomspace(1, 1e6, 121), radius, agg.Towns(outside=3.0, norm="moves per address")
    )
    r, cost = weighted["r_m"].to_numpy(), weighted["cost"].to_numpy()
    assert agg.slope(r, cost, 10, 300) == pytest.approx(wanted, abs=0.07)


def test_the_exponent_climbs_from_inside_to_outside_across_the_radii():
    radius = radii()
    curve = agg.mean_field(EDGES, radius, agg.Towns())
    known = agg.exponents(curve, radius)
    assert known["decade_1"] == pytest.approx(0.6, abs=0.02)
    assert known["decade_5"] == pytest.approx(2.0, abs=0.01)
    assert 0.6 < known["between_radii"] < 2
    assert known["lowest_local"] < 0.75
    assert known["highest_local"] > 1.8
    assert (np.diff(curve["exponent"].to_numpy()[2:-2]) > -0.02).all()


@pytest.mark.parametrize("norm", agg.NORMS)
def test_every_norm_ends_at_the_outer_exponent(norm):
    curve = agg.mean_field(EDGES, radii(), agg.Towns(norm=norm))
    assert curve["exponent"].iloc[-3] == pytest.approx(2.0, abs=0.02)


def test_relative_pairs_are_continuous_and_linear_beyond_the_radius():
    towns = agg.Towns(shape=3.0, background=0.1)
    radius = np.array([1000.0])
    r = np.array([999.999, 1000.001, 3000.0, 5000.0, 7000.0])
    (values,) = agg.relative_pairs(r, radius, towns)
    assert values[0] == pytest.approx(values[1], rel=1e-4)
    assert values[4] - values[3] == pytest.approx(values[3] - values[2])
    assert values[3] - values[2] == pytest.approx(0.1 * 2000)


def test_quantiles_of_fitted_laws_have_the_moments_of_the_radii():
    radius = radii(2000)
    drawn = agg.radii_of(radius, "lognormal", 500)
    assert np.log(drawn).mean() == pytest.approx(np.log(radius).mean(), abs=0.01)
    assert np.log(drawn).std() == pytest.approx(np.log(radius).std(), rel=0.03)
    np.testing.assert_array_equal(agg.radii_of(radius, "as given", 5000), np.sort(radius))


def test_placed_towns_cover_the_share_and_do_not_overlap():
    radius = radii(60)
    disks = placed(radius, 4e9, 0.2, stream(1, "t"))
    hard = disks.radius * math.sqrt(0.2 * 4e9 / (math.pi * float(radius @ radius)))
    gap = np.hypot(disks.x[:, None] - disks.x, disks.y[:, None] - disks.y)
    reach = hard[:, None] + hard
    np.fill_diagonal(gap, np.inf)
    assert (gap >= reach * (1 - 1e-12)).all()
    assert math.pi * float(hard @ hard) == pytest.approx(0.2 * 4e9)


def test_pairs_of_placed_towns_are_those_of_all_their_addresses():
    radius = radii(60)
    disks = placed(radius, 4e9, 0.2, stream(1, "t"))
    edges = np.geomspace(0.1, 1e7, 161)
    pairs = town_pairs(edges, disks, agg.Towns(), 300, stream(2, "t"))
    weight = radius**2
    np.testing.assert_allclose(pairs @ np.diff(edges), weight * weight.sum(), rtol=1e-6)
    with pytest.raises(ValueError, match="one factor"):
        town_pairs(np.linspace(1, 10, 9), disks, agg.Towns(), 300, stream(2, "t"))


def test_simulated_countries_agree_with_the_mean_field_where_towns_are_alike():
    radius = np.full(80, 2000.0)
    towns = agg.Towns(norm="one at the radius")
    table = simulated(EDGES, radius, {"simulated": towns}, area_km2=8000.0, packing=0.1,
                      points=800, replicates=1, seed=1)  # fmt: skip
    r, cost = table["r_m"].to_numpy(), table["cost"].to_numpy()
    assert agg.slope(r, cost, 20, 1500) == pytest.approx(0.6, abs=1e-6)
    assert agg.slope(r, cost, 3000, 60_000) == pytest.approx(2.0, abs=1e-6)


def test_every_variant_has_its_row_and_equal_seeds_give_equal_tables():
    radius = radii(120)
    made = [
        aggregate_table.curves(radius, agg.Towns(), quantiles=200, simulation=SIMULATION, seed=1)
        for _ in range(2)
    ]
    pd.testing.assert_frame_equal(*made)
    published = pd.DataFrame({"r_m": EDGES[:-1], "cost": 1 / EDGES[:-1]})
    table = aggregate_table.table(made[0], radius, published).set_index("model")
    assert table.loc["the paper's curve", "between_radii"] == pytest.approx(1)
    assert {"base", "radii: lognormal", "norm: one at the radius", "simulated"} <= set(table.index)
    assert table.loc["simulated", "replicates"] == 2
    assert table.loc["inside: 0.4", "decade_1"] == pytest.approx(0.4, abs=0.02)
    nothing = dict(SIMULATION, replicates=0)
    small = aggregate_table.curves(radius, agg.Towns(), quantiles=50, simulation=nothing, seed=1)
    assert "simulated" not in set(small["model"])
    words = words_of(
        drawn_aggregate(made[0], table.reset_index(), radius, published, synthetic=True)
    )
    assert "The paper’s simulated curve" in words


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: agg.Towns(norm="x"), "norm = 'x'"),
        (lambda: agg.Towns(pairs="x"), "pairs = 'x'"),
        (lambda: agg.Towns(shape=0), "shape = 0"),
        (lambda: agg.mean_field(EDGES, np.array([1.0, -1.0]), agg.Towns()), "positive radii"),
        (lambda: agg.mean_field(EDGES[::-1], radii(), agg.Towns()), "positive and increasing"),
        (lambda: agg.radii_of(radii(), "weibull", 10), "law = 'weibull'"),
        (lambda: placed(radii(), 1e9, 0.7, stream(1)), "packing = 0.7"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("first", "second", "distance"), [(1, 0.4, 3), (1, 1, 2), (1, 1, 0.7), (1, 0.3, 0.5)]
)
def test_distances_between_disks_are_those_of_random_points(first, second, distance):
    rng = np.random.default_rng(1)

    def disk(radius):
        return radius * np.sqrt(rng.random(200_000)) * np.exp(2j * np.pi * rng.random(200_000))

    r = np.abs(disk(first) - disk(second) - distance)
    edges = np.linspace(0, distance + first + second, 11)
    share = two_cities.between(edges, first, second, distance)
    assert share.sum() == pytest.approx(1)
    np.testing.assert_allclose(share, np.histogram(r, edges)[0] / r.size, atol=0.004)
    for exponent in (-1.0, 0.6, 1.0):
        mean = two_cities.mean_power(first, second, distance, exponent)
        assert mean == pytest.approx(np.mean((r / distance) ** -exponent), rel=0.01)


def test_disks_upon_each_other_are_one_disk():
    edges = np.linspace(0, 2, 21)
    near = two_cities.between(edges, 1.0, 1.0, 1e-6)
    np.testing.assert_allclose(near, Disk(1.0).mass(edges), atol=1e-6)


def test_far_towns_follow_the_product_of_masses_to_second_order():
    for exponent in (0.6, 1.0, 2.0):
        exact = two_cities.mean_power(1.0, 0.5, 40.0, exponent) - 1
        assert exact == pytest.approx(
            two_cities.second_order(1.0, 0.5, 40.0, exponent) - 1, rel=0.01
        )
    assert math.isinf(two_cities.mean_power(1.0, 1.0, 1.5, 2.0))


def test_error_of_the_gravity_law_and_its_figure():
    table = two_cities.errors(np.array([2.0, 5.0, 50.0]))
    one = table[(table["exponent"] == 1) & (table["size"] == 1)].set_index("ratio")["error"]
    assert -10 < one[2.0] < one[5.0] < one[50.0] < 0
    shapes = two_cities.shapes((2.5, 30.0))
    for _, part in shapes.groupby("ratio"):
        step = part["x"].iloc[1] - part["x"].iloc[0]
        assert part["density"].sum() * step == pytest.approx(1, rel=1e-6)
    system = two_cities.system(np.geomspace(0.05, 33, 301), 1.0, 1.2, 30.0, (1200, 2000))
    assert system["between"].sum() == pytest.approx(1200 * 2000)
    made = drawn_two_cities(
        system, shapes, table, radii=(1.0, 1.2), distance=30, addresses=(1200, 2000), seed=1
    )
    assert any("2,400,000 pairs" in word for word in words_of(made))


def test_a_variant_changes_one_thing():
    base = agg.Towns()
    for name, (towns, law) in aggregate_table.variants(base).items():
        changed = [f.name for f in dataclasses.fields(base)
                   if getattr(towns, f.name) != getattr(base, f.name)]  # fmt: skip
        assert len(changed) + (law != "as given") == (name != aggregate_table.BASE)
