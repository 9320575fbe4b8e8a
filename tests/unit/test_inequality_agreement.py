import numpy as np
import pytest
from scipy.stats import binom, spearmanr, ttest_rel

from movelaws.inequality.agreement import (
    absolute_errors,
    binomial_p,
    paired_z,
    spearman,
    weighted_hamming,
    wrong_pairs,
)

OBSERVED = np.array([0, 0, 4, 10, 3, 1])
PREDICTED = np.array([0, 2, 4, 5, 4, 0])


def flows(seed, size=2000):
    rng = np.random.default_rng(seed)
    observed = rng.negative_binomial(0.2, 0.01, size)
    return observed, rng.poisson(0.7 * observed + 0.2)


def test_values_by_hand():
    assert absolute_errors(OBSERVED, PREDICTED).tolist() == [0, 2, 0, 5, 1, 1]
    wrong = wrong_pairs(OBSERVED, PREDICTED)
    assert (wrong.n_pairs, wrong.over, wrong.under, wrong.hamming) == (6, 2, 2, 4)
    assert wrong.exact_share == pytest.approx(2 / 6)
    assert weighted_hamming(OBSERVED, PREDICTED) == pytest.approx(1 + 5 / 10 + 1 / 4 + 1)


def test_a_perfect_prediction():
    wrong = wrong_pairs(OBSERVED, OBSERVED)
    assert (wrong.hamming, wrong.exact_share) == (0, 1)
    assert weighted_hamming(OBSERVED, OBSERVED) == 0
    assert spearman(OBSERVED, OBSERVED) == pytest.approx(1, abs=1e-15)


def test_weighted_hamming_lies_between_zero_and_the_hamming_distance():
    observed, predicted = flows(1)
    weighted = weighted_hamming(observed, predicted)
    assert 0 < weighted < wrong_pairs(observed, predicted).hamming
    assert weighted_hamming(predicted, observed) == weighted
    assert weighted_hamming(3 * observed, 3 * predicted) == pytest.approx(weighted)


def test_exchanging_the_flows_exchanges_over_and_under():
    observed, predicted = flows(2)
    there, back = wrong_pairs(observed, predicted), wrong_pairs(predicted, observed)
    assert (there.over, there.under) == (back.under, back.over)


def test_binomial_p_is_the_lower_tail():
    assert binomial_p(1, 2, 4) == pytest.approx(0.5**4 + 4 * 0.5**4)
    assert binomial_p(2600, 2707, 6006) == binom.cdf(2600, 6006, 2707 / 6006)
    assert binomial_p(0, 0, 10) == binomial_p(3, 0, 10) == 1
    assert binomial_p(10, 10, 10) == 1
    assert binomial_p(9, 10, 10) == 0


def test_binomial_p_of_no_improvement_is_about_one_half():
    assert binomial_p(2707, 2707, 6006) == pytest.approx(0.5, abs=0.01)


def test_binomial_type_one_rate_with_the_rate_known_and_estimated():
    rng = np.random.default_rng(3)
    known = [binomial_p(h, 1800, 6000) for h in rng.binomial(6000, 0.3, 200)]
    assert 0.01 < np.mean(np.array(known) < 0.05) < 0.10
    # Phi(-1.645 / sqrt 2) = 12 %: the standard model's rate is as uncertain as the other
    both = rng.binomial(6000, 0.3, (2000, 2))
    estimated = [binomial_p(a, b, 6000) for a, b in both]
    assert np.mean(np.array(estimated) < 0.05) == pytest.approx(0.122, abs=0.03)


def test_paired_z_is_that_of_the_paired_t_test():
    observed, predicted = flows(4)
    standard = absolute_errors(observed, predicted)
    modified = absolute_errors(observed, np.roll(predicted, 1))
    z, p = paired_z(modified=modified, standard=standard)
    reference = ttest_rel(modified, standard, alternative="less")
    assert z == pytest.approx(reference.statistic, rel=1e-12)
    assert p == pytest.approx(reference.pvalue, abs=1e-3)
    swapped = paired_z(modified=standard, standard=modified)
    assert swapped == (pytest.approx(-z), pytest.approx(1 - p))
    # errors that both models have in common do not matter
    assert paired_z(modified=modified + 9, standard=standard + 9) == (z, p)


def test_paired_z_without_spread():
    ones = np.ones(4, np.int64)
    assert paired_z(modified=ones, standard=ones) == (0, 1)
    assert paired_z(modified=0 * ones, standard=ones) == (-np.inf, 0)
    assert paired_z(modified=2 * ones, standard=ones) == (np.inf, 1)
    assert np.isnan(paired_z(modified=np.array([1]), standard=np.array([3]))).all()


def test_paired_z_type_one_rate():
    rng = np.random.default_rng(5)
    shared = rng.poisson(4, (200, 600))
    p = [
        paired_z(modified=a, standard=b)[1]
        for a, b in zip(
            shared + rng.integers(0, 3, shared.shape),
            shared + rng.integers(0, 3, shared.shape),
            strict=True,
        )
    ]
    assert 0.01 < np.mean(np.array(p) < 0.05) < 0.10


@pytest.mark.parametrize("seed", range(4))
def test_spearman_equals_scipy(seed):
    observed, predicted = flows(seed)
    observed[:2] = 3_000_000
    expected = spearmanr(observed, predicted).statistic
    assert spearman(observed, predicted) == pytest.approx(expected, abs=1e-12)
    order = np.random.default_rng(seed).permutation(observed.size)
    assert spearman(observed[order], predicted[order]) == pytest.approx(expected, abs=1e-12)
    assert spearman(observed**2, 5 * predicted + 1) == pytest.approx(expected, abs=1e-12)


def test_spearman_of_reversed_flows_is_minus_one():
    assert spearman(np.arange(9), 20 - np.arange(9)) == pytest.approx(-1, abs=1e-15)


def test_spearman_of_constant_flows_is_undefined():
    assert np.isnan(spearman(OBSERVED, np.full(6, 2)))
    assert np.isnan(spearman(np.zeros(6, int), PREDICTED))


@pytest.mark.parametrize("statistic", [absolute_errors, wrong_pairs, weighted_hamming, spearman])
def test_flows_that_cannot_be_are_named(statistic):
    with pytest.raises(ValueError, match="observed has 6 pairs, predicted 5"):
        statistic(OBSERVED, PREDICTED[:5])
    with pytest.raises(ValueError, match=r"predicted\[5\] = -1"):
        statistic(OBSERVED, PREDICTED - [0, 0, 0, 0, 0, 1])
    with pytest.raises(ValueError, match=r"predicted\[0\] = 0.5"):
        statistic(OBSERVED, PREDICTED + 0.5)
    with pytest.raises(ValueError, match="at least one pair"):
        statistic(OBSERVED[:0], PREDICTED[:0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 2, 0), "n_pairs = 0"),
        ((5, 2, 4), "hamming_modified = 5"),
        ((1, -2, 4), "hamming_standard = -2"),
    ],
)
def test_counts_out_of_range_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        binomial_p(*arguments)
