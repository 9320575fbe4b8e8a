"""What a counterfactual comes to in sentences, each number with its range."""

from dataclasses import dataclass

import pandas as pd

from movelaws.choice.counterfactual_tables import FACTOR
from movelaws.phrases import between, number, people, percent

ARRIVALS, MOVED = "arrivals at changed destinations", "travellers who change destination"
AS_WELL = "fits as well"
_UNCHANGED = 0.0005
_CLOSED = 1e6  # times as far


@dataclass(frozen=True)
class WhatIf:
    """A counterfactual of the run.

    Attributes
    ----------
    title : what is changed, and ``label`` the dataset on which.
    unit : what its flows count.
    summary, sensitivity : of ``scripts/choice/counterfactual.py``. If ``sensitivity`` has a column
        ``case``, only its rows "fits as well" are other readings of the same data.
    synthetic : whether its dataset is made.
    """

    title: str
    label: str
    unit: str
    summary: pd.DataFrame
    sensitivity: pd.DataFrame
    synthetic: bool = False

    @property
    def question(self) -> str:
        """The title as a question, with its dataset."""
        return f"What if: {self.title} ({self.label})?"


def what_if(one: WhatIf) -> list[str]:
    """Arrivals where something was changed, how many go elsewhere, and what it is worth."""
    summary = one.summary.set_index("quantity")[["before", "after"]].astype(float)
    others = one.sensitivity
    chosen = "case" in others.columns
    others = others[others["case"] == AS_WELL] if chosen else others
    before, after = summary.loc[ARRIVALS]
    spread = "" if others.empty else (
        f" ({between(others['arrivals_before'], people)} before and "
        f"{between(others['arrivals_after'], people)} after)"
    )  # fmt: skip
    goes = "go from" if people(before) != people(after) else "stay what they are, from"
    said = [
        f"The arrivals at the changed destinations {goes} {people(before)} to {people(after)} "
        f"{one.unit}{spread}"
    ]
    moved = _ranged(100 * summary.loc[MOVED, "after"], 100 * others["moved_share"], percent)
    said.append(f"Of the travellers, {moved} change destination")
    factors = others["equivalent_distance_factor"].dropna()
    factor = summary.loc[FACTOR, "after"]
    if pd.notna(factor):
        said.append(_worth(factor, _ranged(factor, factors, lambda v: number(v, 3))))
    return [*said, _meaning(len(others), chosen)]


def _ranged(value: float, others: pd.Series, text) -> str:
    return text(value) + ("" if others.empty else f" ({between(others, text)})")


def _worth(factor: float, text: str) -> str:
    if abs(factor - 1) < _UNCHANGED:
        return f"In the mean nothing is lost: it is as if distances were {text} times as long"
    if not factor < _CLOSED:
        return "For the mean traveller it is as if every destination were practically closed"
    side = "loss" if factor > 1 else "gain"
    return f"The mean {side} of utility is that of distances {text} times as long"


def _meaning(n: int, chosen: bool) -> str:
    if not n:
        return "No other strength of crowding fits as well" if chosen else ""
    which = "that fit as well" if chosen else "tried, also those that fit worse"
    return f"In brackets, the range over {n} strengths of crowding {which}"
