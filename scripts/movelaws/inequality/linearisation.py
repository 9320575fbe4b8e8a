"""How far the linearised model is from the exact one, and what its clipping does."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.case import Case
from movelaws.inequality.comparison import compare
from movelaws.inequality.linear import linear
from movelaws.inequality.many_class import many_class


def against_exact(case: Case, exponents: Sequence[float], *, drop_exact: bool) -> pd.DataFrame:
    """The linearised beside the exact model of many classes, for every variable and penalty.

    Parameters
    ----------
    case : dataset and variables; its outflows are shared out by both models.
    exponents : n of the penalties 10^n.
    drop_exact : as for the tests of the case.

    Returns
    -------
    DataFrame: variable, label, exponent, scale; clipped_low_share and clipped_high_share (of all
    pairs, below 0 and above 1 before clipping); moved_share (of the people, whom the linearised
    model does not send where the exact one does); differing_pairs (rounded flows that differ) and
    largest_difference (people, unrounded); hamming_standard, and for each model hamming_*, U_*,
    p_mw_*.

    Raises
    ------
    ValueError
        If a flow is not a whole number.

    References
    ----------
    Boldini et al. (the linearised form of the section "Closed-form results for two classes").
    """
    around, outflow = case.surroundings, case.leaving.outflow
    observed = around.flow.ravel()
    baseline = case.standard().ravel()
    rows = []
    for variable, shape in case.shapes.items():
        for exponent in exponents:
            excess = 10.0**exponent * shape
            near = linear(around, excess)
            flows = {
                "linear": allocate(near.p, outflow).ravel(),
                "exact": allocate(many_class(around, excess), outflow).ravel(),
            }
            difference = flows["exact"] - flows["linear"]
            people = flows["exact"].sum()
            whole = {name: rounded(values) for name, values in flows.items()}
            row = {
                "variable": variable,
                "label": case.labels[variable],
                "exponent": exponent,
                "scale": 10.0**exponent,
                "clipped_low_share": near.n_low / observed.size,
                "clipped_high_share": near.n_high / observed.size,
                "moved_share": float(np.maximum(difference, 0).sum() / people) if people else 0.0,
                "differing_pairs": int(np.count_nonzero(whole["linear"] != whole["exact"])),
                "largest_difference": float(np.abs(difference).max()),
            }
            for name, predicted in whole.items():
                found = compare(observed, baseline, predicted, drop_exact=drop_exact)
                row["hamming_standard"] = found.hamming_standard
                row |= {
                    f"hamming_{name}": found.hamming,
                    f"U_{name}": found.u,
                    f"p_mw_{name}": found.p_mw,
                }
            rows.append(row)
    return pd.DataFrame(rows)
