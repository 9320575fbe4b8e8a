"""Forecasts without a model, which a model has to beat.

- ``persistence`` keeps the last known slot;
- ``previous_day`` takes the values of an earlier day;
- ``previous_change`` adds the changes of the earlier day to the last known slot;
- ``damped`` takes the values of the earlier day, and of what the last known slot has beside them a
  part that halves every HALVING hours: previous_change at first, previous_day later on. One earlier
  day can not tell how fast such differences fade; the time is a choice, not fitted to anything;
- ``historical_average`` takes the mean of q over the earlier days that are known, the usual
  benchmark of forecasters: the scatter of single days averages out;
- ``damped_average`` goes from the last known slot to that mean as ``damped`` does to one day;
- ``line_to_end`` goes in a straight line from the last known slot to the last of the day, which no
  forecast knows: an oracle. It knows what the paper's target mu tells its model.
"""

import numpy as np

PERSISTENCE, PREVIOUS, CHANGE = "persistence", "previous_day", "previous_change"
DAMPED, LINE = "damped", "line_to_end"
AVERAGE, DAMPED_AVERAGE = "historical_average", "damped_average"
RULES = (PERSISTENCE, PREVIOUS, CHANGE, DAMPED, AVERAGE, DAMPED_AVERAGE, LINE)
ORACLES = (LINE,)
WITH_EARLIER_DAY = (PREVIOUS, CHANGE, DAMPED)
WITH_HISTORY = (AVERAGE, DAMPED_AVERAGE)
HALVING = 4.0
"""Hours (steps, where there are no clocks)."""


def rule_path(
    name: str,
    truth: np.ndarray,
    previous: np.ndarray | None,
    average: np.ndarray | None,
    origin: int,
    steps: int,
    hour: float,
) -> np.ndarray | None:
    """(steps, N) forecast of q after ``origin`` by a simple rule; None without its earlier days.

    Parameters
    ----------
    name : one of RULES.
    truth : (T + 1, N) q of the day that is predicted, of which slots up to ``origin`` are used
        (and the last one, by the oracle).
    previous : (T + 1, N) q of an earlier day.
    average : (T + 1, N) mean of q over earlier days.
    origin : last time point that is known.
    steps : how many to go.
    hour : hours in a step.

    Raises
    ------
    ValueError
        For a name that is none of the rules.
    """
    if name not in RULES:
        raise ValueError(f"rule = {name!r}: one of {', '.join(RULES)}")
    earlier = average if name in WITH_HISTORY else previous
    if name in (*WITH_EARLIER_DAY, *WITH_HISTORY) and earlier is None:
        return None
    known, lead = truth[origin], np.arange(1, steps + 1)[:, np.newaxis]
    if name == PERSISTENCE:
        return np.broadcast_to(known, (steps, known.size)).copy()
    if name == LINE:
        return known + lead / (len(truth) - 1 - origin) * (truth[-1] - known)
    then = earlier[origin + 1 : origin + 1 + steps]
    fading = 0.5 ** (lead * hour / HALVING)
    kept = {PREVIOUS: 0.0, AVERAGE: 0.0, CHANGE: 1.0}.get(name, fading)
    return then + kept * (known - earlier[origin])
