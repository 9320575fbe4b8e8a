"""How plausible an expression is before any data: its operations, counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.symbolic.scientist.alphabet import OPERATIONS, Tree, name

COLUMNS = ["operation", "linear", "quadratic"]


@dataclass(frozen=True)
class Prior:
    """Prior energy -ln p(f) = sum over operations of alpha_o n_o + beta_o n_o^2 + constant.

    n_o is how often operation o stands in f; leaves cost nothing.

    Attributes
    ----------
    linear, quadratic : alpha and beta by name of operation.

    References
    ----------
    Guimera et al. (2020), Science Advances 6, eaav6971: alpha and beta were fitted so that
    the mean and variance of the counts are those of the equations named in Wikipedia, for given
    numbers of variables and constants.
    """

    linear: Mapping[str, float]
    quadratic: Mapping[str, float]

    def __post_init__(self) -> None:
        for field in ("linear", "quadratic"):
            for operation, value in getattr(self, field).items():
                if operation not in OPERATIONS:
                    raise ValueError(f"{field}: operation {operation!r} is none of {OPERATIONS}")
                if not np.isfinite(value):
                    raise ValueError(f"{field}[{operation!r}] = {value}: must be finite")
        if set(self.linear) != set(self.quadratic):
            odd = sorted(set(self.linear) ^ set(self.quadratic))
            raise ValueError(f"operations {odd} have only one of the terms linear and quadratic")

    @property
    def operations(self) -> tuple[str, ...]:
        """Operations that the prior knows, in the order of the alphabet."""
        return tuple(o for o in OPERATIONS if o in self.linear)

    def energy(self, tree: Tree) -> float:
        """-ln p of ``tree``, up to the constant that normalises."""
        counts = Counter(symbol for symbol in tree if symbol < 0)
        # sorted: sums of floats depend on the order, and equal counts must cost the same
        return sum(
            self.linear[name(s)] * n + self.quadratic[name(s)] * n * n
            for s, n in sorted(counts.items())
        )


def read(path: str | Path) -> Prior:
    """Prior from a CSV file with the columns operation, linear and quadratic.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file or one of the columns is missing, an operation is unknown or stands twice, or a
        number is not finite.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such table of the prior")
    table = pd.read_csv(path)
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise ValueError(f"{path}: columns {missing} are missing, there are {list(table.columns)}")
    if table["operation"].duplicated().any():
        twice = table.loc[table["operation"].duplicated(), "operation"].iloc[0]
        raise ValueError(f"{path}: operation {twice!r} stands twice")
    try:
        return Prior(
            dict(zip(table["operation"], table["linear"].astype(float), strict=True)),
            dict(zip(table["operation"], table["quadratic"].astype(float), strict=True)),
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
