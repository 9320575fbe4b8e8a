"""The answers of a chapter: a question, the sentence that answers it, and what follows folded."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from movelaws.report.digits import prose

COLUMNS = ("question", "answer")
_WHOLE = 360  # characters of an answer that stands without folding
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])")


@dataclass(frozen=True)
class Answer:
    """One question with the first sentence of its answer and the sentences that follow."""

    question: str
    lead: str
    rest: tuple[str, ...]


def read_answers(path: str | Path) -> tuple[Answer, ...]:
    """Answers in the order of their CSV, columns ``COLUMNS``.

    Raises
    ------
    ValueError
        If the file has no such columns.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        needed = " and ".join(COLUMNS)
        raise ValueError(f"{path}: answers need the columns {needed}, {missing[0]} is missing")
    return tuple(
        _answer(question, answer)
        for question, answer in zip(table["question"], table["answer"], strict=True)
    )


def _answer(question: str, text: str) -> Answer:
    text = prose(text)
    if len(text) <= _WHOLE:
        return Answer(question, text, ())
    lead, *rest = _SENTENCE.split(text)
    return Answer(question, lead, tuple(rest))
