"""A model of one's own: as the README says, and safe against what one forgets."""

import re
import sys
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from movelaws.allocation import MODELS, FlowModel, Parameter, log_weights, models, predict, rows
from movelaws.allocation import attraction as attractions
from movelaws.allocation import deterrence as deterrences
from movelaws.calibrate import calibrate
from tests.unit.random_world import random_pairs

ROOT = Path(__file__).parents[2]
RATE = Parameter("b", "1/km", 1e-6, 10.0, "log", "b")
SHAPE = Parameter("a", "", 0.01, 3.0, "log", "a")


@pytest.fixture(scope="module")
def pairs():
    return random_pairs(30, seed=12)


@pytest.fixture(scope="module")
def noisy(pairs):
    """Flows that no model explains."""
    rng = np.random.default_rng(1)
    flow = np.round(rng.lognormal(1, 1.5, pairs.n_pairs) * predict("GMExp", pairs, {"b": 0.02}))
    return replace(pairs, flow=flow)


def readme_section():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.search(r"^## Change a model\n(.*?)^## ", text, re.S | re.M)[1]


@pytest.fixture
def tanner(monkeypatch):
    """MODELS after the steps of the README, taken from its text."""
    section = readme_section()
    new = types.ModuleType("movelaws.allocation.tanner")
    exec(re.search(r"```python\n(.*?)```", section, re.S)[1], new.__dict__)
    monkeypatch.setitem(sys.modules, new.__name__, new)
    steps = re.search(r"add `(from [^`]+)` to.*?and `([^`]+)` to\s+its list", section, re.S)
    line, entry = steps.groups()
    source = Path(models.__file__).read_text(encoding="utf-8")
    changed = source.replace("\n_ALL = (\n", f"\n{line}\n\n_ALL = (\n    {entry}\n")
    assert changed.count(line) == changed.count(f"\n    {entry}\n") == 1
    listed = types.ModuleType("changed_models")
    monkeypatch.setitem(sys.modules, listed.__name__, listed)
    exec(changed, listed.__dict__)
    assert set(listed.MODELS) == {"Tanner", *MODELS}
    return listed.MODELS["Tanner"]


@pytest.mark.parametrize("objective", ["rmse", "poisson", "cpc"])
def test_the_model_of_the_readme_finds_its_planted_parameters(tanner, pairs, objective):
    truth = {"b": 1.0, "c": 0.02}
    assert repr(truth).strip("{}").replace("'", '"') in readme_section()
    weights = log_weights(tanner, pairs, truth)
    d = pairs.distance_km
    np.testing.assert_allclose(
        weights, np.log(pairs.mass[pairs.destination] * d**-1.0 * np.exp(-0.02 * d)), atol=1e-12
    )
    found = calibrate(tanner, replace(pairs, flow=predict(tanner, pairs, truth)), objective)
    assert found.converged
    assert found.parameters == pytest.approx(truth, rel=1e-4 if objective == "cpc" else 1e-7)


def test_the_model_of_the_readme_is_no_worse_than_what_it_nests(tanner, noisy):
    for objective, sign in (("rmse", -1), ("poisson", 1)):
        best = sign * calibrate(tanner, noisy, objective).value
        for nested in ("GMPow", "GMExp"):
            other = sign * calibrate(nested, noisy, objective, interval=None).value
            assert best >= other - 1e-9 * abs(other)


@pytest.mark.parametrize("objective", ["rmse", "cpc", "poisson"])
@pytest.mark.parametrize(
    ("nested", "nesting"),
    [
        ("GMZipf", "GMPow"),
        ("GMPow", "GMPow2"),
        ("GMExp", "GMExp2"),
        ("GMExp", "GMExpPow2"),
        ("GMExpPow", "GMExpPow2"),
    ],
)
def test_a_model_is_no_worse_than_one_it_nests(noisy, nested, nesting, objective):
    sign = -1 if objective == "rmse" else 1
    wide, narrow = (
        sign * calibrate(name, noisy, objective, interval=None).value for name in (nesting, nested)
    )
    assert wide >= narrow - 1e-9 * abs(narrow)


@pytest.mark.parametrize("linear", [True, False])
@pytest.mark.parametrize("objective", ["rmse", "poisson"])
def test_a_written_model_is_the_compiled_one(noisy, objective, linear):
    def decay(pairs, b):
        return -b * pairs.distance_km

    law = deterrences.written(decay, linear=linear)
    for name in ("GMExp", "GMExp2"):
        found = calibrate(replace(MODELS[name], deterrence=law), noisy, objective)
        expected = calibrate(name, noisy, objective)
        assert found.parameters == pytest.approx(expected.parameters, rel=1e-7)
        assert found.low == pytest.approx(expected.low, rel=1e-4)
        assert found.value == pytest.approx(expected.value, rel=1e-12)


def test_a_curved_written_model_is_the_compiled_one(noisy):
    def stretched(pairs, a, d0):
        return -((pairs.distance_km / d0) ** a)

    model = replace(MODELS["GMExpPow2"], deterrence=deterrences.written(stretched))
    for objective in ("rmse", "poisson"):
        found, expected = (calibrate(m, noisy, objective) for m in (model, "GMExpPow2"))
        assert found.parameters == pytest.approx(expected.parameters, rel=1e-6)
        for name, value in expected.high.items():
            assert found.high[name] == pytest.approx(value, rel=1e-3, nan_ok=True)


def test_a_written_model_reads_what_it_states(noisy):
    def radiation(pairs):
        inner = pairs.mass[pairs.origin] + pairs.intervening
        return -np.log(inner * (inner + pairs.mass[pairs.destination]))

    silent, stating = (
        FlowModel("Mine", "", "", (), "", attractions.mass, deterrences.written(radiation, reads))
        for reads in ((), ("intervening",))
    )
    np.testing.assert_allclose(predict(stating, noisy), predict("RM", noisy), rtol=1e-12)
    assert not stating.by_distance
    with pytest.raises(AttributeError, match=r"Mine: the weight reads pairs\.intervening: add it"):
        predict(silent, noisy)
    with pytest.raises(ValueError, match=r"reads = \('flow',\): name some of distance_km"):
        deterrences.written(radiation, ("flow",))


def model_of(deterrence, *parameters, attraction=attractions.mass):
    return FlowModel("New", "", "", parameters, "", attraction, deterrence)


@pytest.mark.parametrize(
    "forgetful",
    [
        replace(deterrences.EXPONENTIAL, code=99),
        replace(deterrences.EXPONENTIAL, columns=()),
        replace(deterrences.POWER, columns=("distance_km",)),
        replace(deterrences.STRETCHED, columns=()),
        replace(deterrences.OPPORTUNITIES, columns=()),
        replace(deterrences.EXTENDED_RADIATION, columns=("intervening",)),
        replace(deterrences.SCALED_STRETCHED, parameters=1),
        replace(deterrences.EXPONENTIAL, code=rows.WRITTEN),
    ],
)
def test_what_a_deterrence_forgets_is_an_error(noisy, forgetful):
    model = model_of(forgetful, RATE)
    with pytest.raises(ValueError, match=r"New: origin 'z000'.*a weight is not a number"):
        predict(model, noisy, {"b": 0.1})
    for objective in ("rmse", "poisson", "cpc"):
        with pytest.raises(ValueError, match=r"New: origin .*not a number"):
            calibrate(model, noisy, objective)


@attractions.law(parameters=1, linear=True)
def without_slope(mass, theta):
    """a ln m_j without its derivative."""
    right = attractions.mass_power(mass, theta)
    return right._replace(slope=np.zeros_like(right.slope))


@pytest.mark.parametrize("objective", ["rmse", "poisson"])
@pytest.mark.parametrize(
    ("model", "which"),
    [
        (model_of(deterrences.EXPONENTIAL, SHAPE, RATE, attraction=without_slope), "first"),
        (model_of(replace(deterrences.STRETCHED, linear=True), SHAPE), "second"),
        (model_of(replace(deterrences.EXTENDED_RADIATION, linear=True), SHAPE), "second"),
        (
            model_of(
                deterrences.written(lambda pairs, a: -(pairs.distance_km**a), linear=True), SHAPE
            ),
            "second",
        ),
    ],
)
def test_wrong_derivatives_are_an_error(noisy, model, which, objective):
    with pytest.raises(ValueError, match=rf"derivatives of model New disagree .*\({which} ones\)"):
        calibrate(model, noisy, objective)


def test_a_parameter_that_changes_nothing_never_converges(noisy):
    idle = model_of(deterrences.written(lambda pairs, a: 0 * pairs.distance_km), SHAPE)
    for objective in ("rmse", "poisson"):
        found = calibrate(idle, noisy, objective)
        assert not found.converged
        assert np.isnan(found.low["a"])


def test_the_number_of_parameters_is_stated_once():
    with pytest.raises(ValueError, match=r"New: 1 parameters and 0 fixed values, .* deterrence 2"):
        model_of(deterrences.SCALED_STRETCHED, SHAPE)
    with pytest.raises(TypeError, match=r"wrap a function in deterrence\.written"):
        model_of(lambda pairs: pairs.distance_km)
    with pytest.raises(ValueError, match=r"write it as function\(pairs, first, second"):
        deterrences.written(lambda pairs, *parameters: 0)
    with pytest.raises(ValueError, match="b: scale = 'logarithmic': choose 'linear' or 'log'"):
        replace(RATE, scale="logarithmic")


def test_a_weight_for_every_pair_is_needed(noisy):
    for result in (lambda pairs: 0.0, lambda pairs: pairs.mass, lambda pairs: 1j * pairs.origin):
        with pytest.raises(ValueError, match=r"New: the weight must be an array of 870 real"):
            predict(model_of(deterrences.written(result)), noisy)


def test_every_deterrence_has_its_own_code():
    stated = [d for d in vars(deterrences).values() if isinstance(d, deterrences.Deterrence)]
    assert len({d.code for d in stated}) == len(stated) == 10
