"""The results of paper 1 in plain sentences, whichever way the tables of a run say they went."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from movelaws.lagrangian.answers_fit import energy_kept, follows, parameters_needed, settings_matter
from movelaws.lagrangian.answers_forecast import inertia_helps, predicts, recovered
from movelaws.lagrangian.answers_sites import comparable, laplace, susceptible
from movelaws.phrases import sentences

COLUMNS = ["question", "answer"]
_MADE = (
    "The days of this run were made by a model of four numbers, so that such a model can predict "
    "them: that tests the workflow, not the world"
)


def answers(tables: Any, labels: Mapping[str, str], synthetic: bool) -> pd.DataFrame:
    """What a run answers to the questions of this chapter.

    Parameters
    ----------
    tables : of the run, ``movelaws.lagrangian.claims.Tables``; what is empty leaves its sentences
        out.
    labels : name of each case for readers.
    synthetic : whether the days of the cities are made; the sentences then say so.

    Returns
    -------
    DataFrame: question, answer. No row where nothing is known.
    """
    asked = {
        "Does the model predict a day that it has not seen?": [
            *predicts(tables.prediction, labels),
            *([_MADE] if synthetic and tables.prediction else []),
        ],
        "Does it follow the day that it was fitted to?": follows(tables.methods, labels),
        "Does inertia matter?": [
            *inertia_helps(tables.prediction, labels),
            *comparable(tables.summary, tables.seeds, labels),
        ],
        "How many parameters does a day need?": parameters_needed(tables.methods, labels),
        "How are the parameters distributed?": laplace(tables.parameters, labels),
        "Which sites move the others most?": susceptible(tables.summary, labels),
        "Does the energy add up?": energy_kept(
            tables.energy, tables.integrators, tables.drift, labels
        ),
        "How far do settings that the paper leaves open matter?": settings_matter(
            tables.sensitivity, labels
        ),
        "Are planted parameters found again?": recovered(tables.planted, labels),
    }
    rows = [(question, sentences(answer, synthetic)) for question, answer in asked.items()]
    return pd.DataFrame([row for row in rows if row[1]], columns=COLUMNS)
