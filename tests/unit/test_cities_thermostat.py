import numpy as np
import pytest
from scipy.stats import gamma, kstest

from movelaws.cities.thermostat import StochasticBerendsen, factor
from movelaws.seeds import stream

BATH = StochasticBerendsen(temperature=2.0, relaxation=0.5)
DEGREES = 30


def chain(kinetic, steps, step, seed):
    noise = BATH.noise(steps, DEGREES, stream(seed, "noise"))
    values = np.empty(steps)
    for t, (normal, others) in enumerate(noise):
        kinetic *= factor(kinetic, BATH.temperature, BATH.decay(step), normal, others) ** 2
        values[t] = kinetic
    return values


def test_kinetic_energy_becomes_canonical():
    values = chain(1.0, 4000, step=1.5, seed=1)[5:]
    assert kstest(values, gamma(DEGREES / 2, scale=2.0).cdf).pvalue > 0.01


def test_short_steps_sample_the_same_ensemble():
    # Steps of tau / 50 are correlated over 50 steps; every 200th is independent.
    values = chain(30.0, 100_000, step=0.01, seed=2)[200::200]
    assert kstest(values, gamma(DEGREES / 2, scale=2.0).cdf).pvalue > 0.01


def test_a_deviation_decays_at_the_relaxation_time():
    starts, step = 3000, 0.25
    noise = BATH.noise(starts, DEGREES, stream(3, "noise"))
    ended = [90 * factor(90.0, 2.0, BATH.decay(step), *row) ** 2 for row in noise]
    expected = 30 + (90 - 30) * np.exp(-step / 0.5)
    assert np.mean(ended) == pytest.approx(expected, rel=0.01)


def test_no_noise_is_the_deterministic_berendsen_thermostat():
    # With R_1 = 0 and the mean N_f of the squares only the pull to the mean is left.
    square = factor(90.0, 2.0, BATH.decay(0.1), 0.0, float(DEGREES)) ** 2
    decay = np.exp(-0.2)
    assert square == pytest.approx(decay + (1 - decay) * 30 / 90)


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf])
def test_settings_are_positive(bad):
    with pytest.raises(ValueError, match="temperature ="):
        StochasticBerendsen(bad, 1.0)
    with pytest.raises(ValueError, match="relaxation ="):
        StochasticBerendsen(1.0, bad)
    with pytest.raises(ValueError, match="degrees = 1"):
        BATH.noise(3, 1, stream(1))
