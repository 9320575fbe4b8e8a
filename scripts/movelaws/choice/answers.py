"""The results of paper 5 in plain sentences, whichever way the tables of a run say they went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from movelaws.choice.fit_answers import close, crowding, fixed, follow
from movelaws.choice.further_answers import apart, solved, unseen
from movelaws.choice.what_if_answers import WhatIf, what_if
from movelaws.phrases import sentences

COLUMNS = ["question", "answer"]


@dataclass(frozen=True)
class Tables:
    """Tables of one run; one that is empty leaves its question out.

    Attributes
    ----------
    fits, datasets, parameters, statistics, heldout, readings, solver : of ``scripts/choice``.
    what_ifs : by name of the counterfactual, what became of it.
    """

    fits: pd.DataFrame
    datasets: pd.DataFrame
    parameters: pd.DataFrame
    statistics: pd.DataFrame
    heldout: pd.DataFrame
    readings: pd.DataFrame
    solver: pd.DataFrame
    what_ifs: Mapping[str, WhatIf] = field(default_factory=dict)


def answers(tables: Tables, labels: Mapping[str, str], synthetic: bool) -> pd.DataFrame:
    """What a run answers to the questions of this chapter.

    Parameters
    ----------
    tables : of the run.
    labels : name of each dataset for readers.
    synthetic : whether the data of the run are made; the sentences then say so.

    Returns
    -------
    DataFrame: question, answer (one to four sentences each). No row where nothing is known.

    Raises
    ------
    ValueError
        If a table names a dataset that has no label.
    """
    for name in ("fits", "parameters", "statistics", "heldout", "readings", "solver"):
        table = getattr(tables, name)
        unknown = set(table["dataset"] if len(table) else []) - set(labels)
        if unknown:
            raise ValueError(f"{name} has dataset {min(unknown)!r}: labels has {sorted(labels)}")
    asked = {
        "How close do the models come?": lambda: close(tables.statistics, labels),
        "Is it crowding, or knowing the arrivals?": lambda: crowding(
            tables.fits, tables.statistics, tables.datasets, labels
        ),
        "What do the data fix?": lambda: fixed(tables.parameters, labels),
        "Do distances and arrivals follow?": lambda: follow(tables.statistics, labels),
        "Is there crowding when attraction is measured apart?": lambda: apart(
            tables.readings, labels
        ),
        "Who predicts origins that were not seen?": lambda: unseen(tables.heldout, labels),
        "How fast is the game solved?": lambda: solved(tables.solver, labels),
    }
    rows = [(question, sentences(answer(), synthetic)) for question, answer in asked.items()]
    rows += [
        (one.question, sentences(what_if(one), one.synthetic)) for one in tables.what_ifs.values()
    ]
    return pd.DataFrame([row for row in rows if row[1]], columns=COLUMNS)
