"""The results of paper 2 in plain sentences, whichever way the tables of a run say they went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from movelaws.phrases import sentences
from movelaws.symbolic.answers_fronts import best_short, certain, existing, found_again, longer
from movelaws.symbolic.answers_trials import (
    both_ends,
    by_region,
    elsewhere,
    other_losses,
    scientist,
    under_noise,
)

COLUMNS = ["question", "answer"]


@dataclass(frozen=True)
class Tables:
    """Tables of one run by dataset; what is empty leaves its sentences out."""

    fronts: Mapping[str, pd.DataFrame]
    certificates: Mapping[str, pd.DataFrame]
    models: Mapping[str, pd.DataFrame]
    losses: Mapping[str, pd.DataFrame]
    noise: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    regions: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    scientists: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    entropies: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    transfer: pd.DataFrame = field(default_factory=pd.DataFrame)


def answers(
    tables: Tables, labels: Mapping[str, str], planted: Mapping[str, str], synthetic: bool
) -> pd.DataFrame:
    """What a run answers to the questions of this chapter.

    Six short paragraphs at most, however many datasets there are: what all of them share is said
    once, and only what is different somewhere is said of one place.

    Parameters
    ----------
    tables : of the run.
    labels : name of each dataset for readers.
    planted : by synthetic dataset, the model that its flows were made from.
    synthetic : whether the data of the run are made; the sentences then say so.

    Returns
    -------
    DataFrame: question, answer. No row where nothing is known.
    """
    fronts = tables.fronts
    asked = {
        "Which short law is best, and is that certain?": [
            *best_short(fronts, labels),
            *certain(tables.certificates),
        ],
        "Does a longer law pay?": longer(fronts, labels),
        "Do the existing models hold their place?": [
            *existing(fronts, tables.models),
            *found_again(fronts, labels, planted),
        ],
        "Does the law depend on the place or the loss?": [
            *elsewhere(tables.transfer),
            *by_region(tables.regions),
            *other_losses(tables.losses),
        ],
        "How much noise hides a law?": under_noise(tables.noise),
        "What do other methods find?": [
            *scientist(tables.scientists, fronts, labels),
            *both_ends(tables.entropies, labels),
        ],
    }
    rows = [(question, sentences(answer, synthetic)) for question, answer in asked.items()]
    return pd.DataFrame([row for row in rows if row[1]], columns=COLUMNS)
