from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, poisson
from scipy.stats import t as student

from movelaws.allocation import MODELS, predict
from movelaws.calibrate import calibrate
from movelaws.calibrate.intervals import effective_origins
from movelaws.metrics import cpc, rmse
from tests.unit.random_world import PLANTED, planted, random_pairs

ONE = {name: value for name, value in PLANTED.items() if len(value) == 1}
TWO = {name: value for name, value in PLANTED.items() if len(value) == 2}


@pytest.fixture(scope="module")
def pairs():
    return random_pairs(40, seed=5)


def holds(found, parameters):
    return all(found.low[name] <= value <= found.high[name] for name, value in parameters.items())


def width_of(found, name):
    """Of the interval, as wide as if its quantile were the normal one: of the standard error."""
    width = found.high[name] - found.low[name]
    if found.interval != "sandwich":
        return width
    tail = (1 + found.confidence) / 2
    return width * norm.ppf(tail) / student.ppf(tail, max(1, found.effective_origins - 1))


@pytest.mark.parametrize("objective", ["rmse", "cpc", "poisson"])
@pytest.mark.parametrize(("model", "parameters"), ONE.items())
def test_planted_parameters_lie_in_the_interval(pairs, model, parameters, objective):
    # 99.9 %: 24 such tests fail by chance once in 40 worlds; the seed is not searched for
    found = calibrate(
        model, planted(pairs, model, parameters), objective, confidence=0.999, replicates=1000
    )
    assert found.converged
    assert not found.at_bound
    assert holds(found, parameters)
    for name, value in parameters.items():
        assert 0 < width_of(found, name) < 0.2 * value


@pytest.mark.parametrize("objective", ["rmse", "cpc", "poisson"])
@pytest.mark.parametrize(("model", "parameters"), TWO.items())
def test_two_planted_parameters_lie_in_the_interval(pairs, model, parameters, objective):
    found = calibrate(
        model, planted(pairs, model, parameters), objective, confidence=0.999, replicates=60
    )
    assert found.converged
    for name, value in parameters.items():
        width = found.high[name] - found.low[name]
        # 60 replicates do not reach a tail of 1 in 2,000: widen the bootstrap's range by half
        slack = 0.5 * width if objective == "cpc" else 0
        assert found.low[name] - slack <= value <= found.high[name] + slack
        assert 0 < width_of(found, name) < 0.2 * value


@pytest.mark.parametrize(
    ("objective", "interval"),
    [
        ("rmse", "sandwich"),
        ("rmse", "bootstrap"),
        ("cpc", "bootstrap"),
        ("poisson", "information"),
        ("poisson", "quasi"),
        ("poisson", "sandwich"),
        ("poisson", "bootstrap"),
    ],
)
def test_intervals_cover_as_often_as_they_say(objective, interval):
    small = random_pairs(30, seed=8, people=2e5)
    covered = sum(
        holds(
            calibrate(
                "GMPow",
                planted(small, "GMPow", {"b": 1.5}, seed),
                objective,
                interval=interval,
                confidence=0.8,
                replicates=200,
                bounds={"b": (0.5, 3)},
            ),
            {"b": 1.5},
        )
        for seed in range(60)
    )
    # 80 % of 60 is 48 with standard deviation 3.1; resampling 30 origins covers somewhat less
    assert 36 <= covered <= 58


@pytest.mark.parametrize(("model", "parameters"), PLANTED.items())
def test_flows_without_noise_give_the_parameters_back(pairs, model, parameters):
    exact = replace(pairs, flow=predict(model, pairs, parameters))
    for objective in ("rmse", "poisson", "cpc"):
        found = calibrate(model, exact, objective, interval=None)
        tolerance = 1e-5 if objective == "cpc" else 1e-7
        assert found.parameters == pytest.approx(parameters, rel=tolerance), objective
        assert found.cpc == pytest.approx(1, abs=1e-4)


def test_no_value_on_a_fine_grid_is_better(pairs):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    grid = np.linspace(0.01, 4, 400)
    predicted = [predict("GMExp", flows, {"b": b}) for b in np.geomspace(1e-3, 1, 400)]
    best = calibrate("GMExp", flows, "rmse", interval=None)
    assert best.value <= min(rmse(flows.flow, p) for p in predicted) + 1e-12
    best = calibrate("GMExp", flows, "cpc", interval=None)
    assert best.value >= max(cpc(flows.flow, p) for p in predicted) - 1e-12
    best = calibrate("GMPow", flows, "rmse", interval=None)
    assert best.value <= min(rmse(flows.flow, predict("GMPow", flows, {"b": b})) for b in grid)


@pytest.mark.parametrize("model", sorted(MODELS))
def test_reported_agreement_is_that_of_the_prediction(pairs, model):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    found = calibrate(model, flows, "rmse", interval=None)
    predicted = predict(model, flows, found.parameters)
    assert found.rmse == pytest.approx(rmse(flows.flow, predicted), rel=1e-12)
    assert found.value == found.rmse
    assert found.cpc == pytest.approx(cpc(flows.flow, predicted), rel=1e-12)
    with np.errstate(divide="ignore"):
        likelihood = poisson.logpmf(flows.flow, predicted).sum()
        saturated = poisson.logpmf(flows.flow, flows.flow).sum()
    assert found.log_likelihood == pytest.approx(likelihood, rel=1e-10)
    assert found.deviance == pytest.approx(2 * (saturated - likelihood), rel=1e-9)


def test_dispersion_is_one_for_multinomial_flows_and_grows_with_clumping(pairs):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    assert calibrate("GMPow", flows, "poisson").dispersion == pytest.approx(1, abs=0.15)
    in_fives = replace(pairs, flow=np.round(pairs.flow / 5))
    clumped = planted(in_fives, "GMPow", {"b": 2.0})
    clumped = replace(clumped, flow=5 * clumped.flow)
    found = calibrate("GMPow", clumped, "poisson")
    assert found.dispersion == pytest.approx(5, rel=0.15)
    plain = calibrate("GMPow", clumped, "poisson", interval="information")
    ratio = (found.high["b"] - found.low["b"]) / (plain.high["b"] - plain.low["b"])
    assert ratio == pytest.approx(np.sqrt(found.dispersion))


def test_parameters_on_a_bound_are_reported(pairs):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    for objective in ("rmse", "cpc", "poisson"):
        found = calibrate("GMPow", flows, objective, bounds={"b": (0.5, 1.0)})
        assert found.at_bound
        assert found.bounds_hit == ("b",)
        assert found.parameters["b"] == pytest.approx(1.0, rel=1e-6)
    assert np.isnan(found.low["b"])


def test_models_without_parameters_are_only_evaluated(pairs):
    flows = planted(pairs, "GMPow", {"b": 1.0})
    found = calibrate("RM", flows, "rmse")
    assert found.parameters == {} == found.low == found.high
    assert found.interval is None
    assert found.converged
    assert found.evaluations == 1
    # Zipf's law is the power law at 1, and the likelihood knows
    zipf = calibrate("GMZipf", flows, "poisson").value
    power = calibrate("GMPow", flows, "poisson", interval=None)
    assert zipf <= power.value <= zipf + 10


def test_equal_seeds_give_equal_intervals(pairs):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    first, again = (calibrate("GMPow", flows, "cpc", seed=4) for _ in range(2))
    other = calibrate("GMPow", flows, "cpc", seed=5)
    assert first == again
    assert other.low != first.low
    assert other.parameters == first.parameters


def test_bootstrap_and_sandwich_agree(pairs):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    sandwich = calibrate("GMPow", flows, "poisson", interval="sandwich")
    bootstrap = calibrate("GMPow", flows, "poisson", interval="bootstrap", replicates=2000)
    width = sandwich.high["b"] - sandwich.low["b"]
    assert bootstrap.high["b"] - bootstrap.low["b"] == pytest.approx(width, rel=0.25)
    assert bootstrap.low["b"] == pytest.approx(sandwich.low["b"], abs=0.25 * width)


def test_observed_pairs_and_single_destinations_are_calibrated(pairs):
    sparse = planted(random_pairs(40, seed=5, share=0.1), "GMPow", {"b": 2.0})
    found = calibrate("GMPow", sparse, "poisson", confidence=0.999)
    assert holds(found, {"b": 2.0})


def test_a_single_origin_has_no_cluster_interval(pairs):
    lone = planted(pairs, "GMPow", {"b": 2.0}).subset([7])
    for objective in ("rmse", "cpc"):
        found = calibrate("GMPow", lone, objective)
        assert np.isnan(found.low["b"])
        assert found.n_origins == 1


def heavy_tailed(seed):
    """A world in which a handful of the 60 origins send most people out, and planted flows."""
    world = random_pairs(60, seed=21)
    rng = np.random.default_rng(21)
    size = np.round(np.exp(2.0 * rng.standard_normal(60)) * 2e4) + 50
    sent = np.zeros(world.n_pairs)
    sent[world.start[:-1]] = size
    return planted(replace(world, flow=sent), "GMPow", {"b": 2.0}, seed)


def test_few_large_origins_count_as_few():
    found = [calibrate("GMPow", heavy_tailed(seed), "rmse", confidence=0.9) for seed in range(60)]
    effective = np.array([f.effective_origins for f in found])
    assert (effective >= 1).all()
    assert np.median(effective) < 6
    covered = sum(holds(f, {"b": 2.0}) for f in found)
    # 90 % of 60 is 54 with standard deviation 2.3
    assert covered >= 47
    for f in found:
        assert 0 <= f.low["b"] <= f.parameters["b"] <= f.high["b"] <= 10


def test_effective_origins_count_equal_contributions():
    hessian = np.ones((8, 1, 1))
    equal = np.array([1.0, -1] * 4)[:, None]
    assert effective_origins(equal, hessian) == pytest.approx(8)
    alone = np.array([7.0, 0, 0, 0, 0, 0, 0, 0])[:, None]
    assert effective_origins(alone, hessian) == pytest.approx(1)
    half = np.array([2.0, 2, 2, 2, 0, 0, 0, 0])[:, None]
    assert effective_origins(half * 1e-200, hessian) == pytest.approx(4)
    assert np.isnan(effective_origins(equal, np.zeros((8, 1, 1)))).all()
    # of one parameter at a time: the second only stirs the last origin
    both = np.column_stack([equal[:, 0], np.eye(8)[7]])
    found = effective_origins(both, np.tile(np.eye(2), (8, 1, 1)))
    assert found == pytest.approx([8, 1])


def test_intervals_stay_within_the_range_searched(pairs):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    for objective in ("rmse", "poisson"):
        found = calibrate("GMPow", flows, objective, confidence=1 - 1e-12, bounds={"b": (1.9, 2.1)})
        assert 1.9 <= found.low["b"] <= found.high["b"] <= 2.1 + 1e-12
    found = calibrate("GMPow", flows, "rmse", confidence=1 - 1e-12, bounds={"b": (1.9, 2.1)})
    assert found.low["b"] == pytest.approx(1.9)
    assert np.isnan(calibrate("GMPow", flows, "cpc", interval=None).effective_origins)
    assert np.isnan(calibrate("RM", flows).effective_origins)


def test_arguments_that_do_not_fit_are_named(pairs):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    with pytest.raises(ValueError, match="model = 'Gravity': choose one of"):
        calibrate("Gravity", flows)
    with pytest.raises(ValueError, match="objective = 'mse': choose one of rmse, cpc, poisson"):
        calibrate("GMPow", flows, "mse")
    with pytest.raises(ValueError, match="interval = 'wald': choose one of"):
        calibrate("GMPow", flows, interval="wald")
    with pytest.raises(ValueError, match="does not fit objective 'cpc': choose bootstrap"):
        calibrate("GMPow", flows, "cpc", interval="sandwich")
    with pytest.raises(ValueError, match="confidence = 95"):
        calibrate("GMPow", flows, confidence=95)
    with pytest.raises(ValueError, match="replicates = 1"):
        calibrate("GMPow", flows, "cpc", replicates=1)
    with pytest.raises(ValueError, match=r"bounds names \['beta'\], but GMPow has \['b'\]"):
        calibrate("GMPow", flows, bounds={"beta": (0, 1)})
    with pytest.raises(ValueError, match="low < high"):
        calibrate("GMPow", flows, bounds={"b": (1, 1)})
    with pytest.raises(ValueError, match="need low > 0"):
        calibrate("GMExp", flows, bounds={"b": (0, 1)})


def test_data_that_cannot_be_used_are_named(pairs):
    flows = planted(pairs, "GMPow", {"b": 2.0})
    with pytest.raises(ValueError, match="0 everywhere"):
        calibrate("GMPow", replace(flows, flow=np.zeros(flows.n_pairs)))
    with pytest.raises(ValueError, match="no pair"):
        calibrate("GMPow", flows.subset(np.zeros(flows.n_zones, dtype=bool)))
    nobody = flows.mass.copy()
    nobody[3] = 0
    with pytest.raises(ValueError, match=r"GMPow gives weight 0 to pairs with observed flow"):
        calibrate("GMPow", replace(flows, mass=nobody), "poisson")
    assert calibrate("GMPow", replace(flows, mass=nobody), "rmse").log_likelihood == -np.inf
    with pytest.raises(ValueError, match=r"origin 'z000' \(and 39 more origins\): all its weights"):
        calibrate("GMPow", replace(flows, mass=np.zeros(flows.n_zones)))
