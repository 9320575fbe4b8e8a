"""Planted parameters of synthetic days, looked for on the merged lattice."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.uncertainty import homogeneous_errors

COLUMNS = ("case", "parameter", "planted", "value", "low", "high", "days")
VARIANT = "homogeneous"
"""The variant of the form that the synthetic worlds have."""
FARTHEST = 1e4
"""Bound of the four numbers, which the paper's, the number of sites, might cut off."""


def planted(
    case: str,
    days: Mapping[str, np.ndarray],
    truth: Mapping[str, Any],
    *,
    floor: float,
    level: float,
) -> pd.DataFrame:
    """The four numbers of the dynamics from all days together, beside those that were planted.

    Parameters
    ----------
    case : for the first column.
    days : (T + 1, ny, nx) agents by day.
    truth : of the synthetic world, with gamma_self, gamma_link, lambda_self and lambda_link.
    floor : agents.
    level : of the intervals.

    Returns
    -------
    DataFrame with COLUMNS, one row per parameter.
    """
    references = [reference(population, floor) for population in days.values()]
    fit = fit_exact(references, variant=VARIANT, bound=FARTHEST)
    table = homogeneous_errors(fit, references, level=level)
    table["planted"] = [float(truth[name]) for name in table["parameter"]]
    return table.assign(case=case, days=len(references))[list(COLUMNS)]
