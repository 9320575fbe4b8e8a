"""Does the size of the penalty mean the same under another distribution of benefits?"""

from collections.abc import Mapping, Sequence

import pandas as pd

from movelaws.inequality.benefits import Benefit
from movelaws.inequality.case import Case
from movelaws.inequality.comparison import compare
from movelaws.inequality.gain import gain_per_person
from movelaws.inequality.quadrature import probabilities
from movelaws.inequality.standard import standard


def under_benefits(
    case: Case,
    variable: str,
    penalties: Mapping[str, tuple[Benefit, Sequence[float]]],
    *,
    drop_exact: bool,
    relative: float = 1e-6,
) -> pd.DataFrame:
    """The tests of one variable under several distributions of benefits, by quadrature.

    Parameters
    ----------
    case : dataset and variables.
    variable : of the case.
    penalties : by name of the distribution, itself and the values of delta - 1.
    drop_exact : as for the tests of the case.
    relative : error allowed in each probability.

    Returns
    -------
    DataFrame: benefit, delta_minus_1, hamming, hamming_standard, p_binomial, U, p_mw,
    gain_per_person (log-likelihood beyond the standard model; -inf where an observed flow is
    impossible), largest_error (relative, of the integrals). The standard model does not depend
    on the distribution.

    Raises
    ------
    ValueError
        If the case has no such variable, there is no penalty, or a flow is not a whole number.
    """
    if variable not in case.shapes:
        raise ValueError(f"variable = {variable!r}: the case has {', '.join(case.shapes)}")
    if not any(len(values) for _, values in penalties.values()):
        raise ValueError("penalties: give at least one delta - 1 of one distribution")
    around = case.surroundings
    observed, baseline, plain = around.flow.ravel(), case.standard().ravel(), standard(around)
    rows = []
    for name, (benefit, values) in penalties.items():
        for penalty in values:
            p, error = probabilities(
                around, penalty * case.shapes[variable], benefit, relative=relative
            )
            predicted = case.flows_of(p).ravel()
            found = compare(observed, baseline, predicted, drop_exact=drop_exact)
            rows.append(
                {
                    "benefit": name,
                    "delta_minus_1": penalty,
                    "hamming": found.hamming,
                    "hamming_standard": found.hamming_standard,
                    "p_binomial": found.p_binomial,
                    "U": found.u,
                    "p_mw": found.p_mw,
                    "gain_per_person": gain_per_person(around.flow, p, plain),
                    "largest_error": error,
                }
            )
    return pd.DataFrame(rows)
