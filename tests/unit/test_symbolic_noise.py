"""Noise on the flows of known laws: its distribution, and which laws count as found again."""

import numpy as np
import pytest
from scipy import stats

from movelaws.metrics import cpc
from movelaws.symbolic.noise import (
    GENERATORS,
    best_recovered,
    expected_flows,
    noise_cpc,
    noisy_flows,
    noisy_observations,
    recovered,
    resembles,
)
from movelaws.symbolic.parsing import parse
from tests.unit.random_world import random_pairs


@pytest.fixture(scope="module")
def pairs():
    world = random_pairs(20)
    world.flow[:] = np.random.default_rng(3).integers(0, 2000, world.n_pairs)
    return world


@pytest.mark.parametrize("alpha", [1e-8, 1e-5, 0.25, 1.0, 2.0])
@pytest.mark.parametrize("mu", [0.3, 4.0, 60.0])
def test_noise_has_the_negative_binomial_distribution(alpha, mu):
    drawn = noisy_flows(np.full(200_000, mu), alpha, np.random.default_rng(5))
    exact = stats.nbinom(1 / alpha, 1 / (1 + alpha * mu)) if alpha > 1e-6 else stats.poisson(mu)
    cut = int(exact.ppf(0.98))
    seen = np.bincount(np.minimum(drawn, cut + 1).astype(int), minlength=cut + 2)
    expected = np.append(exact.pmf(np.arange(cut + 1)), exact.sf(cut)) * drawn.size
    rare = expected < 5
    seen, expected = (np.append(x[~rare], x[rare].sum()) for x in (seen, expected))
    usable = expected > 0
    assert stats.chisquare(seen[usable], expected[usable]).pvalue > 1e-4


def test_equal_seeds_give_equal_whole_flows():
    mu = np.geomspace(1e-9, 1e6, 1000)
    first, again = (noisy_flows(mu, 0.5, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, np.round(first))
    assert (noisy_flows(np.zeros(5), 2.0, np.random.default_rng(1)) == 0).all()
    assert np.isfinite(noisy_flows(mu, 0.0, np.random.default_rng(1))).all()


@pytest.mark.parametrize(
    ("mu", "alpha", "message"),
    [([-1.0], 1.0, "expected flows"), ([np.nan], 1.0, "expected flows"), ([1.0], -1, "alpha = -1")],
)
def test_impossible_noise_is_refused(mu, alpha, message):
    with pytest.raises(ValueError, match=message):
        noisy_flows(np.array(mu), alpha, np.random.default_rng(0))


@pytest.mark.parametrize("model", ["GMPow", "GMExp", "RM"])
def test_expected_flows_share_out_the_real_outflows(pairs, model):
    parameters = {"GMPow": {"b": 2.0}, "GMExp": {"b": 0.04}, "RM": {}}[model]
    mu = expected_flows(model, pairs, parameters)
    i = 7
    rows = slice(pairs.start[i], pairs.start[i + 1])
    m, d, s = pairs.mass[pairs.destination[rows]], pairs.distance_km[rows], pairs.intervening[rows]
    own = pairs.mass[i]
    f = {"GMPow": m / d**2, "GMExp": m * np.exp(-0.04 * d), "RM": m / ((own + s) * (own + s + m))}
    np.testing.assert_allclose(mu[rows], pairs.outflow[i] * f[model] / f[model].sum())


def test_expected_flows_need_all_pairs_and_a_known_model(pairs):
    with pytest.raises(ValueError, match="model = 'IO'"):
        expected_flows("IO", pairs, {"b": 1e-6})
    with pytest.raises(ValueError, match="support='all'"):
        expected_flows("RM", pairs.subset([0, 1]))


def test_the_search_sees_flows_of_at_least_three(pairs):
    mu = expected_flows("GMPow", pairs, {"b": 4.0})
    noisy = noisy_flows(mu, 1.0, np.random.default_rng(2))
    seen = noisy_observations(pairs, noisy)
    kept = noisy >= 3
    assert 0 < seen.n_rows < pairs.n_pairs
    assert seen.names == ("w_i", "w_j", "d", "s_w")
    np.testing.assert_array_equal(seen.flow, noisy[kept])
    np.testing.assert_array_equal(seen.zone[seen.origin], pairs.origin[kept])
    np.testing.assert_array_equal(seen.destination, pairs.destination[kept])
    np.testing.assert_allclose(seen.columns[0], pairs.mass[pairs.origin[kept]] / 1e4)
    np.testing.assert_allclose(seen.columns[1], pairs.mass[pairs.destination[kept]] / 1e4)
    np.testing.assert_allclose(seen.columns[3], pairs.intervening[kept] / 1e4)
    with pytest.raises(ValueError, match="nothing is left"):
        noisy_observations(pairs, np.zeros(pairs.n_pairs))
    with pytest.raises(ValueError, match="noisy has shape"):
        noisy_observations(pairs, np.ones(3))


def test_common_part_over_the_pairs_that_the_search_sees(pairs):
    mu = expected_flows("GMPow", pairs, {"b": 4.0})
    noisy = noisy_flows(mu, 0.5, np.random.default_rng(2))
    kept = noisy >= 3
    assert noise_cpc(mu, noisy) == cpc(mu[kept], noisy[kept])
    assert noise_cpc(mu, noisy, 0) == cpc(mu, noisy)
    assert noise_cpc(np.full(4, 9.0), np.full(4, 9.0)) == 1
    levels = [noise_cpc(mu, noisy_flows(mu, a, np.random.default_rng(2))) for a in (1e-8, 0.5, 2)]
    assert levels == sorted(levels, reverse=True)
    with pytest.raises(ValueError, match="no noisy flow is at least 3"):
        noise_cpc(mu, np.ones_like(mu))


@pytest.mark.parametrize(
    ("law", "model"),
    [
        ("w_j / d^2.1", "GMPow"),
        ("w_j * d^-1.7", "GMPow"),
        ("w_j / 1.05^d", "GMExp"),
        ("w_j * exp(-0.03 * d)", "GMExp"),
        ("w_j / ((w_i + s_w) * (w_i + s_w + w_j))", "RM"),
        ("w_j / (s_w + w_j + w_i) / (s_w + w_i)", "RM"),
        ("w_i * w_j / ((w_i + s_w) * (w_i + s_w + w_j))", "RM"),
    ],
)
def test_a_law_is_recovered_however_it_is_written(law, model):
    assert recovered(parse(law), model)
    assert resembles(parse(law), model)
    others = set(GENERATORS) - {model}
    assert not any(recovered(parse(law), other) for other in others)


def test_a_bent_law_resembles_its_generator_without_being_it():
    bent = parse("w_j / ((w_i + s_w)^1.03 * (w_i + s_w + w_j))")
    assert not recovered(bent, "RM")
    assert resembles(bent, "RM")
    assert not resembles(bent, "RM", tolerance=0.01)
    assert not resembles(parse("w_j / (w_i + s_w)^1.9"), "RM")


def test_the_verdict_looks_at_the_complexity_of_the_generator():
    assert {name: g.complexity for name, g in GENERATORS.items()} == {
        "GMPow": 5,
        "GMExp": 5,
        "RM": 11,
    }
    laws = {3: parse("w_j / d"), 5: parse("w_j / d^2.04"), 7: parse("w_j / (d^2.1 + 0.3)")}
    found = best_recovered(laws, "GMPow")
    assert found["recovered"]
    assert found["recovered_at"] == 5
    assert found["expression"] == laws[5]
    missed = best_recovered(laws, "RM")
    assert missed["expression"] is None
    assert not missed["recovered"]
    wide = best_recovered({5: parse("w_j / (d + 0.4)^2")}, "GMPow")
    assert not wide["recovered"]
    assert wide["contains"]
