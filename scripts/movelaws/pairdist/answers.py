"""The results of paper 3 in plain sentences, whichever way the tables of a run say they went."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from movelaws.pairdist.answers_cost import cost_of_distance, one_law, other_models, through_maps
from movelaws.pairdist.answers_places import (
    clusters,
    growth_of_pairs,
    houses,
    town_forms,
    towns_lie,
)
from movelaws.pairdist.answers_published import country_of_towns, printed_exponents, printed_towns
from movelaws.phrases import sentences

COLUMNS = ["question", "answer"]


def answers(tables: Any, labels: Mapping[str, str], synthetic: bool) -> pd.DataFrame:
    """What a run answers to the questions of this chapter.

    Parameters
    ----------
    tables : of the run, ``movelaws.pairdist.claims.Tables``; what is empty leaves its sentences
        out.
    labels : name of each dataset for readers.
    synthetic : whether the data of the run are made; the sentences then say so.

    Returns
    -------
    DataFrame: question, answer. No row where nothing is known.
    """
    asked = {
        "What does distance cost?": cost_of_distance(tables.fits, labels),
        "Is the cost one power law?": one_law(tables.fits, labels),
        "How do the exponents of the paper follow from its bins?": [
            *printed_exponents(tables.table1),
            *printed_towns(tables.cities, tables.city_radii),
        ],
        "Do towns of two exponents make a country of one?": country_of_towns(tables.aggregate),
        "Does the same cost give the same moves everywhere?": through_maps(
            tables.geographies, labels
        ),
        "Gravity or radiation?": other_models(tables.models, labels),
        "How does the number of pairs grow with distance?": [
            *growth_of_pairs(tables.growth, labels),
            *houses(tables.matter, labels),
        ],
        "What do towns look like, and where do they lie?": [
            *town_forms(tables.radii, labels),
            *towns_lie(tables.positions, labels),
        ],
        "What is a city?": clusters(tables.definition, labels),
    }
    rows = [(question, sentences(answer, synthetic)) for question, answer in asked.items()]
    return pd.DataFrame([row for row in rows if row[1]], columns=COLUMNS)
