from dataclasses import replace

import numba
import numpy as np
import pytest

from movelaws.allocation import MODELS, log_weights, predict, prepare
from movelaws.allocation import prepared as prepared_module
from movelaws.od import Pairs
from tests.unit.random_world import PLANTED, random_pairs

ALL = {name: PLANTED.get(name, {}) for name in MODELS}


@pytest.fixture(scope="module")
def pairs():
    return random_pairs(25, seed=3, share=0.8)


@pytest.fixture
def three_zones():
    """A (10 people), B (20), C (30) on a line at 0, 1 and 3 km; 100 trips leave A, 60 leave B."""
    return Pairs(
        zone_ids=np.array(["A", "B", "C"], dtype=object),
        start=np.array([0, 2, 4, 4]),
        destination=np.array([1, 2, 0, 2], dtype=np.int32),
        flow=np.array([100.0, 0, 60, 0]),
        distance_km=np.array([1.0, 3, 1, 2]),
        mass=np.array([10.0, 20, 30]),
        intervening=np.array([0.0, 20, 0, 10]),
        circle=np.array([30.0, 60, 30, 50]),
    )


def share_of_first(model, pairs, parameters=None):
    """F_AB / O_A."""
    return predict(model, pairs, parameters)[0] / 100


def test_every_parametric_model_is_tested():
    assert set(PLANTED) == {name for name, model in MODELS.items() if model.parameters}


@pytest.mark.parametrize(("model", "parameters"), ALL.items())
def test_rows_sum_to_the_outflow_and_follow_the_weights(pairs, model, parameters):
    flows = predict(model, pairs, parameters)
    np.testing.assert_allclose(np.add.reduceat(flows, pairs.start[:-1]), pairs.outflow, rtol=1e-12)
    weights = np.exp(log_weights(model, pairs, parameters))
    direct = weights * (pairs.outflow / np.add.reduceat(weights, pairs.start[:-1]))[pairs.origin]
    np.testing.assert_allclose(flows, direct, rtol=1e-11, atol=1e-300)


@pytest.mark.parametrize("model", sorted(set(MODELS) - {"IO", "RMExt"}))
def test_the_unit_of_mass_does_not_matter(pairs, model):
    scaled = replace(
        pairs,
        mass=pairs.mass * 1e-4,
        intervening=pairs.intervening * 1e-4,
        circle=pairs.circle * 1e-4,
    )
    expected = predict(model, pairs, ALL[model])
    np.testing.assert_allclose(predict(model, scaled, ALL[model]), expected, rtol=1e-9)


def test_opportunities_absorb_alike_if_rate_and_mass_scale_together(pairs):
    scaled = replace(pairs, mass=pairs.mass * 10, intervening=pairs.intervening * 10)
    expected = predict("IO", pairs, {"b": 1e-5})
    np.testing.assert_allclose(predict("IO", scaled, {"b": 1e-6}), expected, rtol=1e-12)


def test_formulas_by_hand(three_zones):
    assert share_of_first("GMZipf", three_zones) == pytest.approx(20 / (20 + 10))
    assert share_of_first("GMPow", three_zones, {"b": 2}) == pytest.approx(20 / (20 + 30 / 9))
    e = np.exp
    assert share_of_first("GMExp", three_zones, {"b": 0.5}) == pytest.approx(
        20 * e(-0.5) / (20 * e(-0.5) + 30 * e(-1.5))
    )
    assert share_of_first("GMExpPow", three_zones, {"a": 0.5}) == pytest.approx(
        20 * e(-1) / (20 * e(-1) + 30 * e(-np.sqrt(3)))
    )
    assert share_of_first("GMExpPow2", three_zones, {"a": 2, "d0": 2}) == pytest.approx(
        20 * e(-1 / 4) / (20 * e(-1 / 4) + 30 * e(-9 / 4))
    )
    assert share_of_first("GMPow2", three_zones, {"a": 2, "b": 1}) == pytest.approx(
        400 / (400 + 300)
    )
    assert share_of_first("GMExp2", three_zones, {"a": 0.5, "b": 1}) == pytest.approx(
        20**0.5 * e(-1) / (20**0.5 * e(-1) + 30**0.5 * e(-3))
    )
    # A sees B first (s = 0), then C behind B's 20 people
    near, far = 20 / (10 * 30), 30 / (30 * 60)
    assert share_of_first("RM", three_zones) == pytest.approx(near / (near + far))
    near, far = 20 / 30, 30 / 60
    assert share_of_first("OPS", three_zones) == pytest.approx(near / (near + far))
    near, far = 1 - e(-2), e(-2) - e(-5)
    assert share_of_first("IO", three_zones, {"b": 0.1}) == pytest.approx(near / (near + far))
    near, far = 1 / 101 - 1 / 901, 1 / 901 - 1 / 3601
    assert share_of_first("RMExt", three_zones, {"alpha": 2}) == pytest.approx(near / (near + far))
    # B's circle through A holds A and B; C's holds everybody, so nobody goes there
    assert share_of_first("PWO", three_zones) == 1
    near, far = 10 * (1 / 30 - 1 / 60), 30 * (1 / 50 - 1 / 60)
    expected = 60 * near / (near + far)
    assert predict("PWO", three_zones)[2] == pytest.approx(expected)


def test_power_of_exponential_with_exponent_one_is_exponential(pairs):
    expected = predict("GMExp", pairs, {"b": 0.05})
    found = predict("GMExpPow2", pairs, {"a": 1.0, "d0": 20.0})
    np.testing.assert_allclose(found, expected, rtol=1e-11)
    np.testing.assert_allclose(
        predict("GMExpPow", pairs, {"a": 0.6}),
        predict("GMExpPow2", pairs, {"a": 0.6, "d0": 1.0}),
        rtol=1e-12,
    )


def test_a_mass_exponent_of_one_changes_nothing(pairs):
    for plain, extended in (("GMPow", "GMPow2"), ("GMExp", "GMExp2")):
        expected = predict(plain, pairs, {"b": 0.7})
        np.testing.assert_allclose(predict(extended, pairs, {"a": 1, "b": 0.7}), expected, 1e-12)


def test_extended_radiation_at_one_is_radiation_with_one_more_person_at_the_origin(pairs):
    # 1/(x + 1) - 1/(x + m + 1) = m / ((x + 1)(x + 1 + m)), x = m_i + s: adding 1 to s adds it to x
    one_more = replace(pairs, intervening=pairs.intervening + 1)
    expected = predict("RM", one_more)
    np.testing.assert_allclose(predict("RMExt", pairs, {"alpha": 1}), expected, rtol=1e-10)


def test_opportunities_become_masses_as_nobody_is_absorbed(pairs):
    no_distance = predict("GMPow", pairs, {"b": 0.0})
    np.testing.assert_allclose(predict("IO", pairs, {"b": 1e-16}), no_distance, rtol=1e-9)


def test_weights_too_small_for_a_float_still_allocate(three_zones):
    far = replace(three_zones, distance_km=three_zones.distance_km * 1000)
    flows = predict("GMExp", far, {"b": 2.0})
    np.testing.assert_array_equal(flows, [100, 0, 60, 0])
    alike = replace(three_zones, distance_km=np.array([1e4, 1e4, 1e4, 1e4]))
    np.testing.assert_allclose(predict("GMExp", alike, {"b": 2.0})[:2], [40, 60], rtol=1e-12)


def test_extended_radiation_holds_at_large_masses_and_exponents(three_zones):
    large = replace(
        three_zones, mass=three_zones.mass * 1e7, intervening=three_zones.intervening * 1e7
    )
    near, far = 1 / 10 - 1 / 30, 1 / 30 - 1 / 60
    assert share_of_first("RMExt", large, {"alpha": 1}) == pytest.approx(near / (near + far), 1e-7)
    # 10^-a dwarfs 30^-a
    assert share_of_first("RMExt", large, {"alpha": 80}) == pytest.approx(1, abs=1e-12)
    low = log_weights("RMExt", large, {"alpha": 80})
    np.testing.assert_allclose(low[1] - low[0], -80 * np.log(3), rtol=1e-10)


def test_a_destination_without_mass_receives_nobody(three_zones):
    empty = replace(three_zones, mass=np.array([10.0, 0, 30]), flow=np.array([0.0, 100, 0, 0]))
    for model, parameters in {**ALL, "GMPow2": {"a": 0.0, "b": 1.0}}.items():
        if model == "PWO":  # the circle around C through A holds everybody
            continue
        np.testing.assert_array_equal(predict(model, empty, parameters)[:2], [0, 100], model)


def test_extended_radiation_allows_an_origin_without_anybody(three_zones):
    empty = replace(three_zones, mass=np.array([0.0, 20, 30]))
    near, far = 1 - 1 / 21, 1 / 21 - 1 / 51
    assert share_of_first("RMExt", empty, {"alpha": 1}) == pytest.approx(near / (near + far))


def test_origins_that_send_nobody_are_never_asked(three_zones):
    empty = replace(three_zones, mass=np.array([0.0, 20, 30]), flow=np.array([0.0, 0, 60, 0]))
    np.testing.assert_array_equal(predict("RM", empty)[:2], [0, 0])


def test_infinite_weights_name_the_origin(three_zones):
    empty = replace(three_zones, mass=np.array([0.0, 20, 30]))
    with pytest.raises(ValueError, match=r"RM: origin 'A': a weight is infinite.*mass"):
        predict("RM", empty)


def test_an_origin_with_nowhere_to_go_is_named(three_zones):
    empty = replace(three_zones, mass=np.array([10.0, 0, 0]))
    with pytest.raises(ValueError, match=r"GMZipf: origin 'A': all its weights are 0"):
        predict("GMZipf", empty)


@pytest.mark.parametrize("model", MODELS)
def test_an_only_destination_gets_everybody_whatever_its_weight(three_zones, model):
    # A's people go to C, with all within the circle around it, and none living there or 30
    rows = {"start": [0, 1, 1, 1], "destination": [2], "flow": [100.0], "distance_km": [3.0]}
    rows = {name: np.array(values) for name, values in rows.items()}
    for mass in (30.0, 0.0):
        lone = replace(
            three_zones,
            **rows,
            mass=np.array([10.0, 20, mass]),
            intervening=np.array([20.0]),
            circle=np.array([30.0 + mass]),
        )
        np.testing.assert_array_equal(predict(model, lone, ALL[model]), [100])
        prepared = prepare(model, lone)
        theta = np.array(list(ALL[model].values()))
        np.testing.assert_array_equal(prepared.sums(theta)[0], [[0, 100, 0, 1]])
        for likelihood in (True, False):
            gradient, hessian = prepared.derivatives(theta, likelihood)
            assert not gradient.any()
            assert not hessian.any()


def test_an_empty_destination_in_an_empty_circle_receives_nobody(three_zones):
    empty = replace(
        three_zones, mass=np.array([0.0, 0, 30]), circle=np.array([0.0, 20, 0, 20])
    ).subset([0])
    np.testing.assert_array_equal(predict("PWO", empty), [0, 100])


@pytest.mark.parametrize(
    ("column", "value"),
    [("mass", np.nan), ("mass", -1), ("distance_km", np.nan), ("flow", -1), ("flow", np.inf)],
)
def test_values_that_cannot_be_used_are_named(three_zones, column, value):
    values = getattr(three_zones, column).copy()
    values[1] = value
    with pytest.raises(ValueError, match=rf"pairs\.{column}\[1\] = {value}"):
        predict("GMExp", replace(three_zones, **{column: values}), {"b": 0.1})


def test_unknown_names_are_refused(three_zones):
    with pytest.raises(ValueError, match=r"model = 'GMExpp': choose one of GMZipf, GMPow"):
        predict("GMExpp", three_zones, {"b": 1})
    with pytest.raises(ValueError, match=r"GMExp has the parameters \['b'\], got \['beta'\]"):
        predict("GMExp", three_zones, {"beta": 1})
    with pytest.raises(ValueError, match=r"GMExp: b = -1\.0 must be positive and finite"):
        predict("GMExp", three_zones, {"b": -1})
    with pytest.raises(ValueError, match="2 values"):
        predict("GMExp", three_zones, np.array([1.0, 2.0]))


def test_population_weighted_opportunities_need_their_circle(three_zones):
    with pytest.raises(ValueError, match=r"circle=True"):
        predict("PWO", replace(three_zones, circle=None))
    wide = replace(three_zones, circle=three_zones.circle + 100)
    with pytest.raises(ValueError, match=r"pairs\.circle\[0\] = 130.*at most the total mass 60"):
        predict("PWO", wide)
    full = replace(three_zones, circle=np.full(4, 60.0))
    with pytest.raises(
        ValueError, match=r"PWO: origin 'A' \(and 1 more .*leave PWO out, or spread"
    ):
        predict("PWO", full)


def test_no_pairs_are_refused(three_zones):
    with pytest.raises(ValueError, match="pairs holds no pair"):
        predict("GMZipf", three_zones.subset(np.empty(0, dtype=int)))


def test_the_number_of_threads_changes_no_bit(pairs, monkeypatch):
    monkeypatch.setattr(prepared_module, "_FEW_PAIRS", 0)  # else these few pairs use one thread

    def everything():
        found = []
        for model, parameters in ALL.items():
            prepared = prepare(model, pairs)
            theta = np.array(list(parameters.values()))
            found += [predict(model, pairs, parameters), prepared.sums(theta)[0]]
            if parameters:
                found += prepared.derivatives(theta, likelihood=True)
        return found

    threads = numba.get_num_threads()
    several = everything()
    numba.set_num_threads(1)
    try:
        single = everything()
    finally:
        numba.set_num_threads(threads)
    for a, b in zip(several, single, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("likelihood", [True, False])
@pytest.mark.parametrize(("model", "parameters"), PLANTED.items())
def test_derivatives_are_those_of_the_sums(pairs, model, parameters, likelihood):
    prepared = prepare(model, pairs)
    theta = np.array(list(parameters.values()))
    gradient, hessian = prepared.derivatives(theta, likelihood)

    def value(at):
        totals = prepared.sums(at)[0]
        return totals[:, 2] if likelihood else totals[:, 0] / 2

    for a in range(theta.size):
        step = np.zeros(theta.size)
        step[a] = 1e-5 * theta[a]
        slope = (value(theta + step) - value(theta - step)) / (2 * step[a])
        scale = np.abs(gradient[:, a]).max()
        np.testing.assert_allclose(gradient[:, a], slope, rtol=1e-5, atol=1e-6 * scale)
        upper, lower = (prepared.derivatives(theta + s, likelihood)[0] for s in (step, -step))
        bend = (upper - lower) / (2 * step[a])
        scale = np.abs(hessian[:, a]).max()
        np.testing.assert_allclose(hessian[:, a], bend, rtol=1e-5, atol=1e-6 * scale)
