"""The results of paper 4 in plain sentences, whichever way the tables of a run say they went."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from movelaws.inequality.model_answers import Struck, by_itself, linear_form, struck
from movelaws.inequality.penalty_answers import next_period, pairs_and_people, size
from movelaws.inequality.reading_answers import other_readings
from movelaws.inequality.verdict_answers import better, elsewhere, other_measures, robust
from movelaws.phrases import sentences

COLUMNS = ["question", "answer"]
_NOTHING = pd.DataFrame()


@dataclass(frozen=True)
class Tables:
    """Tables of one run; one that is empty or absent leaves its question out.

    Attributes
    ----------
    tests, sensitivity, likelihood, profiles, exact, benefits, readings : by case, of
        ``scripts/inequality``.
    heldout : by name of the comparison.
    crossings : of :func:`movelaws.inequality.two_cities.crossings`.
    what_ifs : by name, what becomes of the places that are struck.
    """

    tests: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    sensitivity: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    likelihood: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    profiles: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    exact: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    benefits: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    readings: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    heldout: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    crossings: pd.DataFrame = field(default_factory=pd.DataFrame)
    what_ifs: Mapping[str, Struck] = field(default_factory=dict)


BY_CASE = ("tests", "sensitivity", "likelihood", "profiles", "exact", "benefits", "readings")


def answers(
    tables: Tables, labels: Mapping[str, str], synthetic: Collection[str], level: float = 0.05
) -> pd.DataFrame:
    """What a run answers to the questions of this chapter.

    Parameters
    ----------
    tables : of the run.
    labels : name of each case for readers; a question says its case where there are several.
    synthetic : cases whose data are made; their sentences say so.
    level : of the tests and of the quantile of the random classes, in (0, 1).

    Returns
    -------
    DataFrame: question, answer (a few sentences each). No row where nothing is known.

    Raises
    ------
    ValueError
        If a table is of a case that has no label.
    """
    for name in BY_CASE:
        unknown = set(getattr(tables, name)) - set(labels)
        if unknown:
            raise ValueError(f"{name} has case {min(unknown)!r}: labels has {sorted(labels)}")
    rows = []
    for case, label in labels.items():
        of = {name: getattr(tables, name).get(case, _NOTHING) for name in BY_CASE}
        rows += [
            (_named(question, label, labels), sentences(said, case in synthetic))
            for question, said in _of_case(of, level).items()
        ]
    several = tables.heldout
    rows += [
        (
            _named("Does a penalty of one period help in the next?", _plain(name), several),
            _of_run(next_period(table, level), labels, synthetic),
        )
        for name, table in tables.heldout.items()
    ]
    where = {
        case: f"{label} (synthetic)" if case in synthetic else label
        for case, label in labels.items()
    }
    rows.append(
        (
            "Does the size of the penalty mean anything by itself?",
            sentences(by_itself(tables.crossings, tables.benefits, where), False),
        )
    )
    rows += [
        (f"What if: {one.title}?", _of_run(struck(one), labels, synthetic))
        for one in tables.what_ifs.values()
    ]
    return pd.DataFrame([row for row in rows if row[1]], columns=COLUMNS)


def _of_case(of: Mapping[str, pd.DataFrame], level: float) -> dict[str, list[str]]:
    """Questions to one case, with the parts of their answers."""
    tests, likelihood, profiles = (of[name] for name in ("tests", "likelihood", "profiles"))
    return {
        "Is the modified model better than the standard one?": better(tests, level),
        "Would any other places have done as well?": elsewhere(tests, level),
        "Do other measures agree?": other_measures(tests),
        "How large is the penalty?": size(likelihood, profiles, tests, level),
        "Do pairs and people say the same?": pairs_and_people(tests, likelihood, profiles, level),
        "Does it hold for other thresholds?": robust(of["sensitivity"]),
        "Would another reading change it?": other_readings(of["readings"], level),
        "How far is the linear form from the exact one?": linear_form(of["exact"]),
    }


def _named(question: str, name: str, several: Iterable) -> str:
    return f"{question[:-1]} ({name})?" if len(list(several)) > 1 else question


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _of_run(parts: list[str], labels: Mapping[str, str], synthetic: Collection[str]) -> str:
    """Sentences whose case is not said: made if all cases are, and perhaps made if some are."""
    made = [case in synthetic for case in labels]
    if parts and any(made) and not all(made):
        first, *rest = parts
        parts = [f"In this run, which is synthetic in part, {first[:1].lower()}{first[1:]}", *rest]
    return sentences(parts, bool(made) and all(made))
