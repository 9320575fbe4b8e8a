import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

from movelaws.powerlaw._radius_forms import FORMS
from movelaws.powerlaw.radii import RADIUS_LAWS, RadiusLaw, fit_radius_law, radius_table

PARAMETERS = {
    "power_pareto": {"tail": 3.05, "core": 0.6, "peak": 2500.0},
    "power_pareto_equal": {"tail": 2.3, "core": 2.3, "peak": 1600.0},
    "uniform_pareto": {"tail": 3.0, "core": 0.0, "peak": 3000.0},
    "exponential_pareto": {"tail": 2.7, "core": -2.0, "peak": 2000.0},
    "exponential_pareto_equal": {"tail": 4.0, "core": 4.0, "peak": 9000.0},
    "pareto": {"tail": 2.2, "low": 800.0},
    "lognormal": {"mu": 7.7, "sigma": 0.75},
}


def law_of(name):
    return RadiusLaw(name, PARAMETERS[name], FORMS[name].count, 0.0, 1)


def drawn(name, n, seed):
    """Radii by inverting the distribution function on a fine grid."""
    grid = np.geomspace(PARAMETERS[name].get("low", 1e-2), 1e12, 400_001)
    cdf = law_of(name).cdf(grid)
    inner = np.flatnonzero(np.diff(cdf) > 0)
    u = np.random.default_rng(seed).random(n)
    return np.exp(np.interp(u, cdf[inner], np.log(grid[inner])))


@pytest.mark.parametrize("name", RADIUS_LAWS)
def test_density_integrates_to_the_distribution_function(name):
    law, parameters = law_of(name), PARAMETERS[name]
    start = math.log(parameters.get("low", 1e-9))
    middle = math.log(parameters.get("peak", 2000.0))
    area = 0.0
    for low, high in ((start, middle), (middle, middle + 2), (middle + 2, 60.0)):
        area += quad(lambda t: math.exp(law.logpdf(math.exp(t)) + t), low, high, limit=200)[0]
        assert law.cdf(math.exp(high)) == pytest.approx(area, abs=1e-7)
    assert area == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize("name", RADIUS_LAWS)
def test_core_and_tail_meet(name):
    if "peak" in PARAMETERS[name]:
        law = law_of(name)
        peak = PARAMETERS[name]["peak"]
        below, above = law.logpdf(np.array([peak * (1 - 1e-9), peak * (1 + 1e-9)]))
        assert below == pytest.approx(above, abs=1e-6)


@pytest.mark.parametrize("name", RADIUS_LAWS)
def test_planted_parameters_are_recovered(name):
    fits = [fit_radius_law(name, drawn(name, 2000, seed)) for seed in range(3)]
    for key, value in PARAMETERS[name].items():
        found = np.mean([fit.parameters[key] for fit in fits])
        assert found == pytest.approx(value, rel=0.08, abs=0.05)


@pytest.mark.parametrize("name", RADIUS_LAWS)
def test_no_other_parameters_are_likelier(name):
    r = drawn(name, 300, 3)
    law, form = fit_radius_law(name, r), FORMS[name]
    assert law.loglik == pytest.approx(law.logpdf(r).sum(), rel=1e-12)
    fixed = {"low": law.parameters["low"]} if "low" in law.parameters else {}

    def loss(theta):
        parameters = form.tied(dict(zip(form.names, theta, strict=True)) | fixed)
        if not form.allowed(parameters):
            return np.inf
        return -RadiusLaw(name, parameters, 0, 0.0, 1).logpdf(r).sum()

    start = np.array([law.parameters[key] for key in form.names])
    for factor in (0.93, 1.08):
        best = minimize(loss, start * factor, method="Nelder-Mead", options={"maxfev": 4000})
        assert law.loglik >= -best.fun - 1e-3


def test_the_true_law_leads_the_table():
    for name in ("power_pareto", "lognormal"):
        table = radius_table(drawn(name, 2000, 7))
        assert table.loc[0, "law"] == name
        assert table["difference"].is_monotonic_increasing
        assert set(table["law"]) == set(RADIUS_LAWS)


def test_criteria_by_hand():
    law = RadiusLaw("power_pareto", PARAMETERS["power_pareto"], 3, -100.0, 20)
    assert law.aic == 206
    assert law.aicc == pytest.approx(206 + 24 / 16)


def test_laws_with_fewer_parameters_are_no_likelier():
    r = drawn("lognormal", 500, 1)
    logliks = {name: fit_radius_law(name, r).loglik for name in RADIUS_LAWS}
    for nested in ("power_pareto_equal", "uniform_pareto"):
        assert logliks[nested] <= logliks["power_pareto"] + 1e-9
    assert logliks["exponential_pareto_equal"] <= logliks["exponential_pareto"] + 1e-6


def test_radii_keep_their_unit():
    r = drawn("power_pareto", 500, 2)
    metres, kilometres = fit_radius_law("power_pareto", r), fit_radius_law("power_pareto", r / 1e3)
    assert kilometres.parameters["tail"] == pytest.approx(metres.parameters["tail"], rel=1e-6)
    assert kilometres.parameters["peak"] == pytest.approx(metres.parameters["peak"] / 1e3, rel=1e-6)
    assert kilometres.loglik == pytest.approx(metres.loglik + 500 * math.log(1e3))


@pytest.mark.parametrize("name", ["power_pareto", "power_pareto_equal", "lognormal", "pareto"])
def test_fine_cells_give_the_estimate_of_exact_radii(name):
    r = drawn(name, 2000, 4)
    cells = np.geomspace(r.min() * 0.999, r.max() * 1.001, 800)
    exact, binned = fit_radius_law(name, r), fit_radius_law(name, r, cells)
    for key in FORMS[name].names:
        assert binned.parameters[key] == pytest.approx(exact.parameters[key], rel=0.02, abs=0.02)


def test_cells_undo_the_grid_that_radii_were_read_on():
    r = drawn("power_pareto", 4000, 5)
    r = r[(r > 50) & (r < 1e5)]
    cells = np.geomspace(50, 1e5, 45)
    at = np.searchsorted(cells, r) - 1
    on_grid = np.sqrt(cells[at] * cells[at + 1])
    law = fit_radius_law("power_pareto", on_grid, cells)
    for key, value in PARAMETERS["power_pareto"].items():
        assert law.parameters[key] == pytest.approx(value, rel=0.1)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="name = 'gamma'"):
        fit_radius_law("gamma", [1.0, 2.0, 3.0, 4.0])
    with pytest.raises(ValueError, match="3 different radii"):
        fit_radius_law("lognormal", [1.0, 2.0, 3.0, 3.0])
    with pytest.raises(ValueError, match=r"r\[1\] = 0.0"):
        fit_radius_law("lognormal", [1.0, 0.0, 3.0, 3.0])
    with pytest.raises(ValueError, match="1 radii lie outside the cells"):
        fit_radius_law("lognormal", [1.0, 2.0, 3.0, 9.0], cells=[0.5, 1.5, 4.0])
