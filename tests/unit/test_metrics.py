import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import ks_2samp

from movelaws.metrics import cpc, ks_attraction, ks_distance, nrmse, rmse, srmse, ssi, ssi_nonzero

OBSERVED = np.array([3.0, 0.0, 5.0, 2.0])
PREDICTED = np.array([1.0, 0.0, 6.0, 3.0])

flows = arrays(float, 6, elements=st.floats(0, 1e6, allow_subnormal=False))


def test_values_by_hand():
    assert rmse(OBSERVED, PREDICTED) == pytest.approx(np.sqrt(6 / 4))
    assert nrmse(OBSERVED, PREDICTED) == pytest.approx(np.sqrt(6 / 10))
    assert srmse(OBSERVED, PREDICTED) == pytest.approx(np.sqrt(6 / 4) / 2.5)
    assert cpc(OBSERVED, PREDICTED) == pytest.approx(2 * (1 + 5 + 2) / 20)
    similar = 2 * 1 / 4 + 2 * 5 / 11 + 2 * 2 / 5
    assert ssi_nonzero(OBSERVED, PREDICTED) == pytest.approx(similar / 3)
    assert ssi(OBSERVED, PREDICTED, n_zones=3) == pytest.approx(similar / 9)


@given(observed=flows, predicted=flows, factor=st.floats(1e-3, 1e3))
def test_similarities_are_symmetric_shares_free_of_units(observed, predicted, factor):
    if observed.sum() + predicted.sum() == 0:
        return
    for similarity in (cpc, ssi_nonzero, lambda a, b: ssi(a, b, 3)):
        value = similarity(observed, predicted)
        assert 0 <= value <= 1 + 1e-12
        assert similarity(predicted, observed) == pytest.approx(value)
        scaled = similarity(factor * observed, factor * predicted)
        assert scaled == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert ssi(observed, predicted, 3) <= ssi_nonzero(observed, predicted) + 1e-12


def test_similarity_is_one_only_for_equal_flows():
    for similarity in (cpc, ssi_nonzero):
        assert similarity(OBSERVED, OBSERVED) == 1
        assert similarity(OBSERVED, PREDICTED) < 1


def test_ssi_counts_absent_pairs_as_different():
    # 3 of 9 pairs carry a flow: a perfect prediction reaches a third only
    assert ssi(OBSERVED, OBSERVED, n_zones=3) == pytest.approx(3 / 9)


def test_cpc_is_one_minus_half_the_misplaced_share_for_equal_totals():
    predicted = PREDICTED * OBSERVED.sum() / PREDICTED.sum()
    misplaced = np.abs(OBSERVED - predicted).sum() / OBSERVED.sum()
    assert cpc(OBSERVED, predicted) == pytest.approx(1 - misplaced / 2)


def test_ks_distance_by_hand_with_ties():
    distance = np.array([1.0, 2.0, 2.0, 3.0])
    # shares up to 1 km: 0.3 and 0.1; up to 2 km: 0.8 and 0.7; the ties enter together
    assert ks_distance(OBSERVED, PREDICTED, distance) == pytest.approx(0.2)
    assert ks_distance([0, 5, 0], [0, 0, 5], np.array([1.0, 2.0, 2.0])) == 0
    assert ks_distance([5, 0], [0, 5], np.array([1.0, 2.0])) == 1


def test_ks_distance_of_whole_trips_is_that_of_two_samples():
    rng = np.random.default_rng(1)
    observed, predicted = rng.integers(0, 5, (2, 40)).astype(float)
    distance = rng.integers(1, 15, 40).astype(float)
    trips = [np.repeat(distance, flow.astype(int)) for flow in (observed, predicted)]
    expected = ks_2samp(*trips).statistic
    assert ks_distance(observed, predicted, distance) == pytest.approx(expected)
    order = rng.permutation(40)
    shuffled = ks_distance(observed[order], predicted[order], distance[order])
    assert shuffled == pytest.approx(expected)


def test_ks_attraction_is_that_of_the_arrivals():
    rng = np.random.default_rng(2)
    destination = rng.integers(0, 12, 80)
    observed, predicted = rng.integers(0, 4, (2, 80)).astype(float)
    arrivals = [np.bincount(destination, flow, minlength=12) for flow in (observed, predicted)]
    found = ks_attraction(observed, predicted, destination, 12)
    assert found == pytest.approx(ks_2samp(*arrivals).statistic)


@pytest.mark.parametrize("metric", [rmse, nrmse, srmse, cpc, ssi_nonzero])
def test_bad_flows_are_named(metric):
    with pytest.raises(ValueError, match=r"predicted\[1\] = -2"):
        metric([1, 2], [1, -2])
    with pytest.raises(ValueError, match=r"observed\[0\] = nan"):
        metric([np.nan, 2], [1, 2])
    with pytest.raises(ValueError, match="observed has 2 pairs, predicted 3"):
        metric([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="no pair"):
        metric([], [])
    with pytest.raises(ValueError, match="one-dimensional"):
        metric([[1.0]], [[1.0]])


@pytest.mark.parametrize("metric", [nrmse, srmse, cpc, ssi_nonzero])
def test_nothing_but_zeros_is_undefined(metric):
    with pytest.raises(ValueError, match=r"all flows are 0: .* undefined"):
        metric([0, 0], [0, 0])


def test_sizes_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="n_zones = 1 is too small for 4 pairs"):
        ssi(OBSERVED, PREDICTED, 1)
    with pytest.raises(ValueError, match="distance_km has 1 pairs, observed 4"):
        ks_distance(OBSERVED, PREDICTED, np.array([1.0]))
    with pytest.raises(ValueError, match=r"destination must lie in 0 \.\.\. 2"):
        ks_attraction(OBSERVED, PREDICTED, np.array([0, 1, 2, 3]), 3)
    with pytest.raises(ValueError, match="destination has 2 pairs, observed 4"):
        ks_attraction(OBSERVED, PREDICTED, np.array([0, 1]), 3)
    with pytest.raises(ValueError, match="undefined"):
        ks_distance(OBSERVED, 0 * PREDICTED, np.ones(4))
