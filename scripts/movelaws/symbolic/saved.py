"""Saved tables of the search, read back."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd


def by_dataset(paths: Iterable[str | Path]) -> dict[str, pd.DataFrame]:
    """Tables by dataset, the name of the folder that each lies in."""
    return {Path(path).parent.name: pd.read_csv(path) for path in paths}
