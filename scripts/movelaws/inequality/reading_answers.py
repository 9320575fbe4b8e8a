"""Would the opposite penalty, or another reading, have passed the tests? In sentences."""

import pandas as pd

from movelaws.inequality.answer_words import whole
from movelaws.inequality.readings import AS_READ, OUTFLOW, POPULATION, REVERSED
from movelaws.phrases import listed

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
    readings : of :func:`movelaws.inequality.readings.readings`; empty for none.
    level : of the tests.
    """
    if readings.empty:
        return []
    passed = readings[(readings["p_mw"] < level) & (readings["p_binomial"] < level)]
    said = []
    for reading in readings["reading"].unique():
        rows = passed[passed["reading"] == reading]
        if rows.empty:
            said.append(f"{_WORDS[reading].capitalize().rstrip(',')} no variable passes both tests")
            continue
        best = rows.loc[rows.groupby("variable", sort=False)["hamming"].idxmin()]
        parts = [
            f"{row.label} ({whole(row.hamming)} wrong pairs against "
            f"{whole(row.hamming_standard)} at a penalty of {row.penalty:.0e})"
            for row in best.itertuples()
        ]
        verb = "passes" if len(parts) == 1 else "pass"
        said.append(f"{_WORDS[reading].capitalize()} {listed(parts)} {verb} both tests")
    return [*said, "Random classes were not drawn for these"]
