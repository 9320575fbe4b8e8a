"""Saved tables of the chapter, read back for its claims and answers."""

from typing import Any

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
    "drift",
)


def tables_of(files: Any) -> Tables:
    """Tables from the files of a job by the name of their part; a part may have no file."""
    return Tables(**{part: by_dataset(_listed(files[part])) for part in BY_CASE})


def _listed(files: Any) -> list[str]:
    return [files] if isinstance(files, str) else list(files)
