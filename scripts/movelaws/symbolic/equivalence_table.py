"""Expressions that look different and share out flows alike."""

from collections.abc import Iterable
from math import isfinite

import pandas as pd

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.expressions import Expression
from movelaws.symbolic.fronts import refitted
from movelaws.symbolic.hall_of_fame import SAME
from movelaws.symbolic.printing import text
from movelaws.symbolic.programs import from_program, to_program
from movelaws.symbolic.tokens import complexity

COLUMNS = ["class", "complexity", "expression", "rmse"]
DIGITS = 3


def equivalence_table(laws: Iterable[Expression], evaluator: Evaluator) -> pd.DataFrame:
    """Classes of laws whose losses, fitted to all rows, agree to one in ten million.

    Returns
    -------
    DataFrame: class (from 1, by rising RMSE), complexity, expression, rmse. Only classes in which
    at least two expressions differ as they are written.
    """
    names = evaluator.observations.names
    rows = sorted(
        (loss, complexity(program.code), text(from_program(program, names), DIGITS))
        for program, loss in refitted([to_program(law, names) for law in laws], evaluator)
        if isfinite(loss)
    )
    groups: list[list[tuple[float, int, str]]] = []
    for row in rows:
        if groups and row[0] - groups[-1][0][0] <= SAME * abs(row[0]):
            groups[-1].append(row)
        else:
            groups.append([row])
    classes = [(sorted({(size, law) for _, size, law in group}), group[0][0]) for group in groups]
    several = [(members, loss) for members, loss in classes if len(members) > 1]
    return pd.DataFrame(
        [
            (number, size, law, (loss / evaluator.n_rows) ** 0.5)
            for number, (members, loss) in enumerate(several, 1)
            for size, law in members
        ],
        columns=COLUMNS,
    )
