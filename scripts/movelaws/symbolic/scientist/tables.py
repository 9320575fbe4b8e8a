"""What chains found, as tables: one row per chain, and how the chains ran (Table S9)."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from movelaws.metrics import cpc, rmse
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.scientist.chain import Chain
from movelaws.symbolic.scientist.fit import predictions
from movelaws.symbolic.scientist.printing import complexity, latex, renumbered, text

JOINED = ";"
COLUMNS = [
    *("chain", "expression", "latex", "complexity", "description_length", "bic", "prior"),
    *("n_constants", "constants", "n_pairs", "steps", "accepted", "rmse_log"),
    *("rmse", "cpc", "rmse_allocated", "cpc_allocated", "undefined"),
]


def row(chain: Chain, observations: Observations, number: int) -> dict:
    """The law of a chain, and how it does on all observed pairs.

    Parameters
    ----------
    chain : as run on a sample of ``observations``.
    observations : all observed pairs.
    number : of the chain, from 1.

    Returns
    -------
    dict with ``COLUMNS``: the law with constants c1, c2, ... in the order in which they stand and
    their values joined by ";"; rmse_log of ln F on the sample (natural logarithm); rmse (flow
    units) and cpc of exp(law) as flows, and of the same weights allocated to the destinations of
    each origin, F^_ij = O_i f_ij / sum_k f_ik, as all other laws are judged; undefined, the
    number of pairs where the law has no finite value (then the four are nan).
    """
    best, language = chain.best, chain.language
    used = language.constants(best.tree)
    law = renumbered(best.tree, language)
    return {
        "chain": number,
        "expression": text(law, language),
        "latex": latex(law, language),
        "complexity": complexity(law),
        "description_length": best.description_length,
        "bic": best.bic,
        "prior": best.prior,
        "n_constants": len(used),
        "constants": JOINED.join(repr(float(best.constants[k])) for k in used),
        "n_pairs": chain.n_pairs,
        "steps": chain.description_length.size,
        "accepted": chain.accepted,
        "rmse_log": float(np.sqrt(best.squares / chain.n_pairs)),
        **agreement(chain, observations),
    }


def agreement(chain: Chain, observations: Observations) -> dict[str, float]:
    """RMSE and CPC of the chain's law on all pairs, as flows and as an allocation."""
    columns = observations.of_variables(chain.language.variables).columns
    logarithm = predictions(chain.best.tree, chain.best.constants, columns)
    undefined = int((~np.isfinite(logarithm)).sum())
    found = dict.fromkeys(("rmse", "cpc", "rmse_allocated", "cpc_allocated"), np.nan)
    if undefined == 0:
        with np.errstate(over="ignore"):
            flows = np.exp(logarithm)
        if np.isfinite(flows).all():
            found |= {"rmse": rmse(observations.flow, flows), "cpc": cpc(observations.flow, flows)}
        flows = allocated(logarithm, observations)
        found["rmse_allocated"] = rmse(observations.flow, flows)
        found["cpc_allocated"] = cpc(observations.flow, flows)
    return {**found, "undefined": undefined}


def allocated(logarithm: np.ndarray, observations: Observations) -> np.ndarray:
    """Flows O_i f / sum f over the rows of each origin, from ln f (n_rows,), finite."""
    first, origin = observations.start[:-1], observations.origin
    # the largest weight of each origin becomes 1: no exponential can overflow
    weights = np.exp(logarithm - np.maximum.reduceat(logarithm, first)[origin])
    return (observations.outflow / np.add.reduceat(weights, first))[origin] * weights


def trace(chain: Chain, number: int, every: int = 10) -> pd.DataFrame:
    """Description length and complexity after each ``every`` steps.

    Returns
    -------
    DataFrame with chain, step (from 1), description_length, complexity.
    """
    if every < 1:
        raise ValueError(f"every = {every}: at least 1 is needed")
    steps = np.arange(every, chain.description_length.size + 1, every)
    return pd.DataFrame(
        {
            "chain": number,
            "step": steps,
            "description_length": chain.description_length[steps - 1],
            "complexity": chain.complexity[steps - 1],
        }
    )


def join(
    rows: Iterable[Mapping], traces: Iterable[pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables scientist.csv and scientist_traces.csv from the rows and traces of all chains.

    Raises
    ------
    ValueError
        If there is no chain, a number stands twice, or rows and traces are of different chains.
    """
    table = pd.DataFrame(list(rows))
    traces = list(traces)
    if table.empty or not traces:
        raise ValueError("rows, traces: at least one chain is needed")
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise ValueError(f"rows lack the columns {missing}")
    if table["chain"].duplicated().any():
        twice = table.loc[table["chain"].duplicated(), "chain"].iloc[0]
        raise ValueError(f"rows: chain {twice} stands twice")
    steps = pd.concat(traces).sort_values(["chain", "step"], ignore_index=True)
    if set(steps["chain"]) != set(table["chain"]):
        raise ValueError(
            f"traces of chains {sorted(set(steps['chain']))} beside rows of chains "
            f"{sorted(set(table['chain']))}"
        )
    return table[COLUMNS].sort_values("chain", ignore_index=True), steps
