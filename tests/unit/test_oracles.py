"""Agreement with PyTDLM, an independent implementation (test environment only)."""

import numpy as np
import pytest

from movelaws.allocation import predict
from movelaws.calibrate import calibrate
from movelaws.metrics import cpc, ks_distance, nrmse
from movelaws.od import Pairs
from tests.unit.random_world import planted, random_pairs

tdlm = pytest.importorskip("TDLM.tdlm")

LAWS = {
    "GMExp": ("GravExp", "b", 0.05),
    "GMPow": ("GravPow", "b", 1.8),
    "RM": ("Rad", None, 1.0),
    "RMExt": ("RadExt", "alpha", 0.6),
    "IO": ("Schneider", "b", 2e-6),
}
QUIET = {"processes": 1, "verbose": False}


def square(pairs: Pairs, values: np.ndarray) -> np.ndarray:
    matrix = np.zeros((pairs.n_zones, pairs.n_zones))
    matrix[pairs.origin, pairs.destination] = values
    return matrix


@pytest.fixture(scope="module")
def pairs():
    return random_pairs(30, seed=11)


def peer_flows(pairs, law, exponent):
    """Expected flows of TDLM's production constrained model.

    ``average`` gives the expectation instead of multinomial draws. Its laws carry factors of the
    origin (m_i, or a normalisation over the row), which its constrained model divides out again.
    """
    distance = square(pairs, pairs.distance_km)
    np.fill_diagonal(distance, 1)
    found = tdlm.run_law_model(
        law,
        pairs.mass,
        pairs.mass,
        distance,
        opportunity=square(pairs, pairs.intervening),
        exponent=exponent,
        model="PCM",
        out_trips=pairs.outflow,
        average=True,
        **QUIET,
    )
    return np.asarray(found)[0][pairs.origin, pairs.destination]


@pytest.mark.parametrize("model", LAWS)
def test_flows_agree_with_tdlm(pairs, model):
    law, name, exponent = LAWS[model]
    ours = predict(model, pairs, {} if name is None else {name: exponent})
    # Schneider's law and the extended radiation subtract nearly equal numbers there
    tolerance = 1e-8 if model in ("IO", "RMExt") else 1e-12
    np.testing.assert_allclose(ours, peer_flows(pairs, law, exponent), rtol=tolerance)


def test_opportunities_of_the_test_world_agree_with_tdlm(pairs):
    distance = square(pairs, pairs.distance_km)
    found = tdlm.extract_opportunities(pairs.mass, distance, **QUIET)
    # TDLM counts d_ik <= d_ij, we d_ik < d_ij: the same where no two distances are equal
    np.testing.assert_allclose(found[pairs.origin, pairs.destination], pairs.intervening)


def test_measures_agree_with_tdlm(pairs):
    observed, predicted = (predict("GMExp", pairs, {"b": b}) for b in (0.03, 0.05))
    # TDLM's KS compares in the midst of equal distances: break the symmetry of d_ij
    distance = pairs.distance_km * (1 + 1e-3 * np.random.default_rng(0).random(pairs.n_pairs))
    found = tdlm.gof(
        square(pairs, predicted)[None],
        square(pairs, observed),
        square(pairs, distance),
        measures=["CPC", "KS_stat", "RMSE"],
        **QUIET,
    ).iloc[0]
    assert cpc(observed, predicted) == pytest.approx(found["CPC"], rel=1e-12)
    assert nrmse(observed, predicted) == pytest.approx(found["RMSE"], rel=1e-12)
    assert ks_distance(observed, predicted, distance) == pytest.approx(found["KS_stat"], rel=1e-12)


def test_calibration_reaches_at_least_the_cpc_of_tdlm(pairs):
    flows = planted(pairs, "GMPow", {"b": 1.4})
    distance = square(flows, flows.distance_km)
    np.fill_diagonal(distance, 1)
    found = tdlm.run_optimization(
        flows.mass,
        flows.mass,
        distance,
        square(flows, flows.flow),
        law="GravExp",
        model="PCM",
        out_trips=flows.outflow,
        average=True,
        measure="CPC",
        **QUIET,
    ).iloc[0]
    ours = calibrate("GMExp", flows, "cpc", interval=None)
    assert ours.value >= abs(found["CPC"]) - 1e-9
    assert ours.parameters["b"] == pytest.approx(found["Exponent"], rel=1e-2)
