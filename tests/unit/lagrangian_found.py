"""Made-up tables of a run of paper 1, as its steps write them."""

import pandas as pd

from movelaws.lagrangian.claims import Tables

QUANTITIES = {
    "median_inertia_ratio": 1.0,
    "variance_inertia_ratio": 0.5,
    "share_negative_dissipation": 0.1,
    "median_dissipation": 2.0,
    "median_flow": 1e-4,
    "median_time": 0.5,
    "median_abs_lambda": 0.4,
    "pearson_psi": 0.9,
    "moran_psi_q0": 0.4,
    "moran_psi_v0": 0.4,
    "moran_p_psi_q0": 0.01,
    "moran_p_psi_v0": 0.01,
}


def methods(note: str | float = float("nan"), **rms: float) -> pd.DataFrame:
    """``note`` is that of the printed schedule; an empty one is read as nan."""
    rms = {"persistence": 0.5, "printed": 0.3, "interpolation": 0.0, "exact": 0.01} | rms
    table = pd.DataFrame({"method": rms.keys(), "rms": rms.values()})
    table["note"] = [note if method == "printed" else float("nan") for method in rms]
    return table


def convergence(first: float = 2.0, last: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame({"method": "printed", "iteration": [0, 10], "error": [first, last]})


def summary(**values: float) -> pd.DataFrame:
    rows = QUANTITIES | values
    table = pd.DataFrame({"quantity": rows.keys(), "value": rows.values()})
    return table.assign(low=table["value"] * 0.9, high=table["value"] * 1.1, method="printed")


def parameters(gain: float = 5.0) -> pd.DataFrame:
    table = pd.DataFrame({"parameter": ["gamma", "lambda"], "laplace_loglik": [gain, gain]})
    return table.assign(
        method="printed", link_kind="all", normal_loglik=0.0, share_at_bound=0.01, case="x"
    )


def prediction(**rms: float) -> pd.DataFrame:
    rms = {
        "persistence": 0.2,
        "previous_day": 0.3,
        "time_independent": 0.15,
        "time_independent_no_inertia": 0.18,
        "homogeneous": 0.1,
        "homogeneous_no_inertia": 0.12,
    } | rms
    table = pd.DataFrame({"variant": rms.keys(), "rms": rms.values(), "task": "day"})
    table["skill"] = 1 - table["rms"] / rms["persistence"]
    table = table.assign(low=table["skill"] - 0.1, high=table["skill"] + 0.1)
    table = table.assign(fit_day="a", test_day="b", validation=table["rms"], hours=float("nan"))
    return table.assign(fit_rms=0.05, tv=0.1, tv_skill=0.1, parameters=4, case="x")


def planted(value: float = 12.3) -> pd.DataFrame:
    table = pd.DataFrame({"parameter": ["gamma_self"], "planted": [12.0], "value": [value]})
    return table.assign(low=value - 1, high=value + 1)


def energy() -> pd.DataFrame:
    table = pd.DataFrame({"method": "printed", "dissipated": [1.0, 2.0]})
    return table.assign(imbalance=[0.0, 0.5], hamiltonian=[4.0, 5.0])


def integrators() -> pd.DataFrame:
    table = pd.DataFrame({"steps_factor": [1, 2], "max_difference_q": [0.6, 0.3]})
    return table.assign(method="printed", integrator="euler_cromer")


def drift() -> pd.DataFrame:
    return pd.DataFrame({"bookkeeping": ["printed", "conserving"], "drift": [0.007, 0.0]})


def sensitivity() -> pd.DataFrame:
    return pd.DataFrame({
        "what": ["base", "floor", "rate"], "value": [None, 2, 100], "rms": [0.1, 0.4, 1e9],
        "median_inertia_ratio": [1.0, 1.1, 50.0], "persistence_rms": 0.5,
    })  # fmt: skip


def tables(reference=("alpha1_h0", "alpha10_h005"), cities=("japan", "helsinki"), **changed):
    """Tables of some cases; ``changed`` gives whole parts by case anew."""
    cases = [*reference, *cities]
    parts = {
        "methods": {case: methods() for case in cases},
        "convergence": {case: convergence() for case in cases},
        "summary": {case: summary() for case in cases},
        "parameters": {case: parameters().assign(case=case) for case in cases},
        "prediction": {case: prediction() for case in cities},
        "energy": {case: energy() for case in cases},
        "integrators": {case: integrators() for case in cases},
        "drift": {case: drift() for case in reference},
        "sensitivity": {case: sensitivity() for case in cases[:1]},
    }
    for name, tables_of in changed.items():
        parts[name] = parts.get(name, {}) | tables_of
    return Tables(**parts)
