"""Saved tables of the chapter, read back for its claims and answers."""

from typing import Any

import pandas as pd

from movelaws.pairdist.claims import Tables
from movelaws.symbolic.saved import by_dataset

BY_DATASET = (
    "growth",
    "towns",
    "radii",
    "positions",
    "definition",
    "geographies",
    "models",
    "fits",
    "town_fits",
    "table1",
    "sensitivity",
    "cities",
    "city_radii",
    "aggregate",
)
SIMULATED = ("matter", "patches")


def tables_of(files: Any) -> Tables:
    """Tables from the files of a job by the name of their part; a part may have no file."""
    simulated = {
        part: pd.concat([pd.read_csv(path) for path in paths])
        for part in SIMULATED
        if (paths := _listed(files[part]))
    }
    return Tables(**{part: by_dataset(_listed(files[part])) for part in BY_DATASET}, **simulated)


def _listed(files: Any) -> list[str]:
    return [files] if isinstance(files, str) else list(files)
