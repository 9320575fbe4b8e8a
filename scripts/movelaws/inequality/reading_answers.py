"""Would the opposite penalty, or another reading, have passed the tests? In sentences."""

import pandas as pd

from movelaws.inequality.answer_words import passing, whole
from movelaws.inequality.readings import AS_READ, OUTFLOW, POPULATION, REVERSED
from movelaws.phrases import listed, percent

_WORDS = {
    OUTFLOW: "with the other kind of outflows",
    POPULATION: "with the other population as mass",
    REVERSED: "with the penalty reversed, so that these places are better off,",
    AS_READ: "as the config reads it",
}


def other_readings(readings: pd.DataFrame, level: float) -> list[str]:
    """Which variables pass both tests against the standard model under each reading.

    Parameters
    ----------
    readings : of :func:`movelaws.inequality.readings.readings`; empty for none. Where it has them,
        ``p_random_hamming`` (NaN where nothing was drawn), ``n_draws``, ``q_mw`` and
        ``q_binomial`` are told too.
    level : of the tests and of the false discovery rate.
    """
    if readings.empty:
        return []
    said = [
        _under(reading, rows, level) for reading, rows in readings.groupby("reading", sort=False)
    ]
    return [*said, *_discoveries(readings, level), *_not_drawn(readings)]


def _under(reading: str, rows: pd.DataFrame, level: float) -> str:
    words, passed = _WORDS[reading].capitalize(), rows[passing(rows, level)]
    if passed.empty:
        return f"{words.rstrip(',')} no variable passes both tests"
    best = passed.loc[passed.groupby("variable", sort=False)["hamming"].idxmin()]
    parts = [
        f"{row['label']} ({whole(row['hamming'])} wrong pairs against "
        f"{whole(row['hamming_standard'])} at a penalty of {row['penalty']:.0e}"
        f"{_beside_random(row)})"
        for _, row in best.iterrows()
    ]
    return f"{words} {listed(parts)} {'passes' if len(parts) == 1 else 'pass'} both tests"


def _beside_random(row: pd.Series) -> str:
    share = row.get("p_random_hamming")
    if pd.isna(share):
        return ""
    draws = row.get("n_draws")
    number = "" if pd.isna(draws) else f"{whole(draws)} "
    alike = f"{number}random classes treated alike"
    return f"; of {alike}, as many as {percent(100 * share)} do as well"


def _discoveries(readings: pd.DataFrame, level: float) -> list[str]:
    """Which of those that pass still do with all tests of the table looked at together."""
    known = [name for name in ("q_mw", "q_binomial") if name in readings]
    passed = readings[passing(readings, level)]
    if not known or passed.empty:
        return []
    kept = passed[(passed[known] < level).all(axis=1)]
    labels = [
        f"{rows['label'].iloc[0]} ({reading})"
        for (reading, _), rows in kept.groupby(["reading", "variable"], sort=False)
    ]
    among = f"With the false discoveries among all these tests held at {percent(100 * level)}"
    verb = "stands" if len(labels) == 1 else "stand"
    return [f"{among}, {listed(labels)} {verb}" if labels else f"{among}, none stands"]


def _not_drawn(readings: pd.DataFrame) -> list[str]:
    if "p_random_hamming" not in readings:
        return ["Random classes were not drawn for these"]
    drawn = readings["p_random_hamming"].notna().groupby(readings["reading"]).any()
    if drawn.all():
        return []
    return [f"Random classes were not drawn for {'the other readings' if drawn.any() else 'these'}"]
