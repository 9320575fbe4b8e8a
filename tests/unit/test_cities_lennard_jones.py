import numba
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.spatial.distance import pdist
from scipy.stats import gamma, kstest

from movelaws import threads
from movelaws.cities.forms import Erlang
from movelaws.cities.lennard_jones import LennardJones, simulate, start
from movelaws.seeds import stream

MODEL = LennardJones()
GAS = LennardJones(sigma=1e-3, epsilon=0.0, slope=0.5)


def brute_force_energy(model, x, y):
    r = pdist(np.c_[x, y])
    cut = model.cutoff * model.sigma

    def v(r):
        return 4 * model.epsilon * ((model.sigma / r) ** 12 - (model.sigma / r) ** 6)

    return np.sum(v(r[r < cut]) - v(cut)) + model.slope * np.hypot(x, y).sum()


@pytest.fixture(scope="module")
def city():
    return start(MODEL, 120, 5.0, stream(1, "city"))


@pytest.fixture(scope="module")
def without_thermostat(city):
    return simulate(
        MODEL, state=city, steps=2000, relaxation=None, record_every=10, rng=stream(1, "nve")
    )


def test_energy_is_the_sum_over_all_pairs(city):
    x, y, _, _ = city
    assert MODEL.energy(x, y) == pytest.approx(brute_force_energy(MODEL, x, y), rel=1e-12)


def test_forces_are_minus_the_gradient_of_the_energy(city):
    x, y = city[0][:40], city[1][:40]
    force, h = MODEL.forces(x, y), 1e-5
    for axis, coordinates in enumerate((x, y)):
        for i in range(0, 40, 3):
            moved = coordinates.copy()
            ends = []
            for sign in (1, -1):
                moved[i] = coordinates[i] + sign * h
                ends.append(MODEL.energy(*((moved, y) if axis == 0 else (x, moved))))
            slope = (ends[0] - ends[1]) / (2 * h)
            assert force[axis, i] == pytest.approx(-slope, rel=1e-5, abs=1e-5)


def test_two_particles_rest_at_the_minimum():
    far = 1e6
    x = np.array([far, far + MODEL.diameter])
    force = MODEL.forces(x, np.zeros(2))
    np.testing.assert_allclose(force[0], [-MODEL.slope] * 2, atol=1e-6)
    bound = MODEL.energy(x, np.zeros(2)) - MODEL.slope * x.sum()
    cut = 4 * MODEL.epsilon * (3.0**-12 - 3.0**-6)
    assert bound == pytest.approx(-MODEL.epsilon - cut, abs=1e-6)
    assert MODEL.energy([far, far + 30.0001], [0, 0]) == MODEL.slope * (2 * far + 30.0001)
    assert (MODEL.forces([0.0], [0.0]) == 0).all()


def test_energy_is_conserved_without_thermostat(without_thermostat):
    table = without_thermostat.energies
    drift = np.ptp(table["total"]) / table["kinetic"].mean()
    assert drift < 2e-3
    assert np.ptp(table["kinetic"]) / table["kinetic"].mean() > 0.05
    assert (table["heat"] == 0).all()


def test_recorded_energies_are_those_of_the_state(without_thermostat):
    run, last = without_thermostat, without_thermostat.energies.iloc[-1]
    assert last["time"] == pytest.approx(20.0)
    assert last["kinetic"] == pytest.approx(0.5 * (run.u**2 + run.v**2).sum())
    assert last["interaction"] + last["external"] == pytest.approx(MODEL.energy(run.x, run.y))
    assert last["temperature"] == pytest.approx(last["kinetic"] / 120)


def test_the_error_falls_with_the_square_of_the_time_step(city):
    def error(step):
        run = simulate(
            MODEL, state=city, steps=round(0.64 / step), step=step, relaxation=None,
            record_every=1, rng=stream(1),
        )  # fmt: skip
        return run.energies["total"].std()

    assert error(0.02) / error(0.01) == pytest.approx(4, rel=0.3)


def test_paths_agree_with_a_general_solver():
    x = np.array([0.0, 11.0, -4.0, 6.0, 17.0]) + 40
    y = np.array([0.0, 1.0, 12.0, 11.0, 9.0]) + 30
    u, v = stream(2, "speeds").normal(0, 2, (2, 5))

    def slope(_, s):
        return np.concatenate([s[10:], MODEL.forces(s[:5], s[5:10]).ravel()])

    state = np.concatenate([x, y, u, v])
    exact = solve_ivp(slope, (0, 3), state, method="DOP853", rtol=1e-10, atol=1e-10).y[:, -1]
    run = simulate(MODEL, state=(x, y, u, v), steps=3000, step=0.001, relaxation=None,
                   rng=stream(1))  # fmt: skip
    np.testing.assert_allclose(np.concatenate([run.x, run.y]), exact[:10], atol=2e-3)


def test_the_thermostat_reaches_its_temperature(city):
    x, y, u, v = city
    run = simulate(
        MODEL, state=(x, y, 3 * u, 3 * v), steps=20_000, relaxation=0.5, record_every=50,
        rng=stream(3, "cool"),
    )  # fmt: skip
    table = run.energies
    assert table["temperature"].iloc[0] > 20
    late = table[table["time"] > 50]
    assert late["temperature"].mean() == pytest.approx(12.5, rel=0.01)
    # Gamma(n, kT): variance n (kT)^2.
    assert late["kinetic"].var() == pytest.approx(120 * 12.5**2, rel=0.35)
    conserved = table["total"] - table["heat"]
    assert np.ptp(conserved) / table["kinetic"].mean() < 0.02


def test_the_ideal_gas_is_canonical():
    run = simulate(
        GAS, 20, steps=200_000, step=0.02, relaxation=0.2, rms_speed=1.0, record_every=100,
        rng=stream(4, "gas"),
    )  # fmt: skip
    kinetic = run.energies["kinetic"].to_numpy()
    assert kstest(kinetic[10:], gamma(20, scale=0.5).cdf).pvalue > 0.01
    # Mean external energy 2 kT per particle, whose distance is Erlang of scale kT / g.
    assert run.energies["external"].mean() / 20 == pytest.approx(2 * 0.5, rel=0.1)


def test_the_start_is_an_ideal_gas_without_overlaps():
    x, y, u, v = start(MODEL, 200, 5.0, stream(5, "start"))
    assert pdist(np.c_[x, y]).min() > 0.989 * MODEL.diameter
    assert (u**2 + v**2).mean() == pytest.approx(25, rel=0.2)
    x, y, _, _ = start(GAS, 20_000, 1.0, stream(5, "start"))
    assert kstest(np.hypot(x, y), Erlang(GAS.scale(0.5)).cumulative).pvalue > 0.01


def test_runs_repeat_bit_for_bit(city):
    def run(every, seed=6):
        return simulate(MODEL, state=city, steps=5000, record_every=every, rng=stream(seed))

    one, before = run(100), numba.get_num_threads()
    threads.use(1)
    other = run(7)
    threads.use(before)
    assert one.x.tobytes() == other.x.tobytes()
    assert one.v.tobytes() == other.v.tobytes()
    assert one.x.tobytes() != run(100, seed=7).x.tobytes()
    both = one.energies.merge(other.energies, on="time")
    assert (both["total_x"] == both["total_y"]).all()
    assert len(one.energies) == 50


def test_a_crystal_forms_where_the_gas_is_too_dense():
    assert MODEL.nucleus_radius(10, 12.5) == 0
    r = MODEL.nucleus_radius(2000, 12.5)
    inside = 2000 * Erlang(MODEL.scale(12.5)).cumulative(r)
    disks = np.pi / (2 * np.sqrt(3)) * r**2 / (MODEL.diameter / 2) ** 2
    assert inside == pytest.approx(disks)
    assert MODEL.nucleus_radius(4000, 12.5) > r


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sigma": 0}, "sigma = 0"),
        ({"epsilon": -1}, "epsilon = -1"),
        ({"slope": np.nan}, "slope = nan"),
        ({"cutoff": 1.1}, r"cutoff = 1\.1: it must lie beyond the minimum"),
    ],
)
def test_what_is_no_potential_is_named(settings, message):
    with pytest.raises(ValueError, match=message):
        LennardJones(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "either n or state"),
        ({"n": 1}, "n = 1: a whole number of at least 2"),
        ({"n": 5, "steps": 0}, "steps = 0"),
        ({"n": 5, "step": -1}, "step = -1"),
        ({"n": 5, "relaxation": 0}, "relaxation = 0"),
        ({"n": 5, "rms_speed": 0}, "rms_speed = 0"),
        ({"n": 5, "record_every": 0}, "record_every = 0"),
        ({"state": (np.zeros(2),) * 3}, "state has 3 parts"),
        ({"state": (np.zeros(1),) * 4}, "state holds 1 particles"),
        ({"state": (np.zeros(2), np.array([0, np.inf]), np.zeros(2), np.zeros(2))}, "y of state"),
        ({"state": (np.zeros(3),) * 4}, "no longer finite after 3 steps"),
    ],
)
def test_what_cannot_run_is_named(settings, message):
    with pytest.raises(ValueError, match=message):
        simulate(MODEL, **{"steps": 3, "rng": stream(1), **settings})
