import numpy as np
import pytest
from scipy.stats import binom, multinomial, norm

from movelaws.inequality.information import (
    Akaike,
    akaike_multinomial,
    akaike_squares,
    akaike_wrong_pairs,
)

OBSERVED = np.array([5, 0, 2, 3])
STANDARD = np.array([4, 1, 2, 3])
MODIFIED = np.array([5, 0, 2, 2])
UNIFORM = np.full(4, 0.25)
BETTER = np.array([0.5, 0.05, 0.2, 0.25])


def test_the_multinomial_difference_is_that_of_scipy():
    result = akaike_multinomial(OBSERVED, UNIFORM, BETTER)
    log_likelihood = [multinomial.logpmf(OBSERVED, 10, p) for p in (UNIFORM, BETTER)]
    assert result.log_evidence == pytest.approx(log_likelihood[1] - log_likelihood[0] - 2)
    assert result.standard == pytest.approx(-2 * 10 * np.log(0.25))
    assert (result.n_impossible_standard, result.n_impossible_modified) == (0, 0)


def test_a_flow_that_a_model_calls_impossible():
    never = np.array([0, 0.2, 0.4, 0.4])
    result = akaike_multinomial(OBSERVED, UNIFORM, never)
    assert result.modified == np.inf
    assert (result.n_impossible_standard, result.n_impossible_modified) == (0, 1)
    assert (result.log_evidence, result.weight) == (-np.inf, 0)
    # an impossible pair without a flow is no contradiction
    assert np.isfinite(akaike_multinomial(OBSERVED, UNIFORM, [0.4, 0, 0.3, 0.3]).modified)
    both = akaike_multinomial(OBSERVED, never, never)
    assert np.isnan([both.log_evidence, both.weight]).all()


def test_squares_are_the_normal_likelihood_at_its_best_variance():
    result = akaike_squares(OBSERVED, STANDARD, MODIFIED)
    best = []
    for predicted in (STANDARD, MODIFIED):
        scale = np.sqrt(np.mean((predicted - OBSERVED) ** 2))
        best.append(norm.logpdf(OBSERVED, predicted, scale).sum())
    assert result.log_evidence == pytest.approx(best[1] - best[0] - 2)
    assert result.standard == pytest.approx(4 * np.log(2 / 4))


def test_squares_of_a_perfect_model_have_no_bound():
    result = akaike_squares(OBSERVED, STANDARD, OBSERVED)
    assert (result.modified, result.log_evidence, result.weight) == (-np.inf, np.inf, 1)


def test_large_errors_do_not_overflow():
    observed = np.zeros(4, np.int64)
    result = akaike_squares(observed, observed + 2**40, observed + 2**39)
    assert result.log_evidence == pytest.approx(4 * np.log(2) - 2)


def test_wrong_pairs_are_a_bernoulli_likelihood():
    result = akaike_wrong_pairs(OBSERVED, STANDARD, MODIFIED, n_parameters=1)
    coefficient = np.log([6, 4])
    expected = [
        -2 * (binom.logpmf(wrong, 4, wrong / 4) - coefficient[k]) + 2 * parameters
        for k, (wrong, parameters) in enumerate([(2, 1), (1, 3)])
    ]
    assert (result.standard, result.modified) == pytest.approx(tuple(expected))
    perfect = akaike_wrong_pairs(OBSERVED, STANDARD, OBSERVED)
    assert perfect.modified == 4


def test_wrong_pairs_above_one_half_reward_errors_as_documented():
    observed = np.zeros(10, np.int64)
    seven, nine = (np.arange(10) < n for n in (7, 9))
    result = akaike_wrong_pairs(observed, seven.astype(int), nine.astype(int))
    assert result.modified - 4 < result.standard


@pytest.mark.parametrize("criterion", [akaike_multinomial, akaike_squares, akaike_wrong_pairs])
def test_equal_models_differ_by_the_two_extra_parameters(criterion):
    model = UNIFORM if criterion is akaike_multinomial else STANDARD
    result = criterion(OBSERVED, model, model, n_parameters=3)
    assert result.modified - result.standard == pytest.approx(4)
    assert result.log_evidence == pytest.approx(-2)
    assert result.weight == pytest.approx(1 / (1 + np.exp(2)))
    order = [2, 0, 3, 1]
    shuffled = criterion(OBSERVED[order], model[order], model[order], n_parameters=3)
    assert shuffled.standard == pytest.approx(result.standard)


def test_overwhelming_evidence_does_not_overflow():
    assert Akaike(1e6, 0.0).weight == 1
    assert Akaike(0.0, 1e6).weight == 0
    assert Akaike(1e6, 0.0).log_evidence == 5e5


@pytest.mark.parametrize("criterion", [akaike_multinomial, akaike_squares, akaike_wrong_pairs])
def test_input_that_cannot_be_is_named(criterion):
    model = UNIFORM if criterion is akaike_multinomial else STANDARD
    with pytest.raises(ValueError, match="n_parameters = -1"):
        criterion(OBSERVED, model, model, n_parameters=-1)
    with pytest.raises(ValueError, match="modified"):
        criterion(OBSERVED, model, model[:3])
    with pytest.raises(ValueError, match=r"observed\[0\] = -1"):
        criterion(np.array([-1, 0, 2, 3]), model, model)
    with pytest.raises(ValueError, match=r"standard\[3\]"):
        criterion(OBSERVED, model - [0, 0, 0, 9], model)


def test_probabilities_above_one_are_named():
    with pytest.raises(ValueError, match=r"modified\[2\] = 1.5: probabilities"):
        akaike_multinomial(OBSERVED, UNIFORM, [0.1, 0.1, 1.5, 0.1])
    with pytest.raises(ValueError, match=r"modified\[0\] = nan"):
        akaike_multinomial(OBSERVED, UNIFORM, [np.nan, 0.1, 0.5, 0.1])
