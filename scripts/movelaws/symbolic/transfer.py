"""Laws found on one dataset tried on another, as they are and with their constants refitted."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.expressions import Expression
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.printing import text
from movelaws.symbolic.programs import from_program, to_program
from movelaws.symbolic.refits import fitted

COLUMNS = (
    "fitted_on",
    "tried_on",
    "complexity",
    "expression",
    "rmse_carried",
    "rmse_refitted",
    "rmse_own",
    "cpc_carried",
    "cpc_refitted",
    "expression_refitted",
)


def transfer_table(
    observations: Mapping[str, Observations],
    fronts: Mapping[str, Sequence[Expression]],
    seed: int = 0,
) -> pd.DataFrame:
    """transfer.csv: every law of every front on every other dataset.

    Parameters
    ----------
    observations : by dataset. Variables have one unit throughout (km and 10^4 people), without
        which constants could not be carried over.
    fronts : laws by dataset, constants at full precision, as from ``front.csv``.
    seed : of the starts of the refits.

    Returns
    -------
    DataFrame with a row per pair of datasets and law: fitted_on, tried_on, complexity, expression
    (3 digits), rmse_carried and cpc_carried (constants as they come), rmse_refitted and
    cpc_refitted, rmse_own (the least RMSE of tried_on's own laws up to this complexity; nan if it
    has none) and expression_refitted. Values are nan where tried_on lacks a variable of the law,
    and the RMSE is inf where the law is invalid there.

    Raises
    ------
    ValueError
        If a front has no observations.
    """
    for dataset in fronts:
        if dataset not in observations:
            raise ValueError(f"fronts: {dataset!r} has no observations")
    evaluators = {dataset: Evaluator(observations[dataset]) for dataset in fronts}
    own = {dataset: _errors(fronts[dataset], evaluators[dataset]) for dataset in fronts}
    rows = []
    for source, laws in fronts.items():
        for target, evaluator in evaluators.items():
            if source == target:
                continue
            for law in laws:
                reached = [rmse for size, rmse in own[target] if size <= law.complexity]
                rows.append(
                    {
                        "fitted_on": source,
                        "tried_on": target,
                        "complexity": law.complexity,
                        "expression": text(law, 3),
                        "rmse_own": min(reached, default=np.nan),
                        **carried(law, evaluator, seed),
                    }
                )
    return pd.DataFrame(rows, columns=COLUMNS)


def carried(law: Expression, evaluator: Evaluator, seed: int = 0) -> dict[str, float | str]:
    """One law on other observations, as it is and refitted: the values of a row of the table."""
    names = evaluator.observations.names
    if not set(law.variables) <= set(names):
        nothing = dict.fromkeys(
            ("rmse_carried", "cpc_carried", "rmse_refitted", "cpc_refitted"), np.nan
        )
        return {**nothing, "expression_refitted": ""}
    program = to_program(law, names)
    better = fitted(program, evaluator, seed)
    values = {}
    for name, tried in (("carried", program), ("refitted", better)):
        values[f"rmse_{name}"] = evaluator.rmse(tried)
        valid = np.isfinite(values[f"rmse_{name}"])
        values[f"cpc_{name}"] = evaluator.cpc(tried) if valid else np.nan
    return {**values, "expression_refitted": text(from_program(better, names), 3)}


def _errors(laws: Sequence[Expression], evaluator: Evaluator) -> list[tuple[int, float]]:
    names = evaluator.observations.names
    return [(law.complexity, evaluator.rmse(to_program(law, names))) for law in laws]
