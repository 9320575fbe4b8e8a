"""Saved tables of the chapter, read back for its claims and answers."""

from typing import Any

import pandas as pd

from movelaws.lagrangian.claims import Tables
from movelaws.symbolic.saved import by_dataset

BY_CASE = (
    "methods",
    "convergence",
    "summary",
    "parameters",
    "sensitivity",
    "prediction",
    "planted",
    "energy",
    "integrators",
    "observables",
    "drift",
)


def tables_of(files: Any) -> Tables:
    """Tables from the files of a job by the name of their part; a part may have no file."""
    seeds = _listed(files["seeds"])
    return Tables(
        **{part: by_dataset(_listed(files[part])) for part in BY_CASE},
        seeds=pd.read_csv(seeds[0]) if seeds else pd.DataFrame(),
    )


def _listed(files: Any) -> list[str]:
    return [files] if isinstance(files, str) else list(files)
