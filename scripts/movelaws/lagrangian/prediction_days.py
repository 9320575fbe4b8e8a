"""Which days are known before a day is predicted, by the names that days have."""

from collections.abc import Iterable, Sequence
from datetime import date

Pair = tuple[str, str]
"""(fitted, predicted) day."""


def in_order(days: Iterable[str]) -> list[str]:
    """Days by time: numbers by value, dates (YYYY-MM-DD) by date, others as they come."""
    days = list(dict.fromkeys(days))
    for read in (int, date.fromisoformat):
        try:
            return sorted(days, key=read)
        except ValueError:
            continue
    return days


def third_day(
    fitted: str, predicted: str, pairs: Sequence[Pair], days: Iterable[str]
) -> str | None:
    """A day by whose forecasts the penalty is chosen; None where none is known by then.

    Only days before the predicted one are: those that are fitted for another pair, the last before
    ``fitted`` first, then the next after it, and after them those that another pair predicts.

    Parameters
    ----------
    pairs : of the case.
    days : all days, as they come in the data.
    """
    order = in_order(days)
    before = order[: order.index(predicted)]
    at = order.index(fitted)
    nearest = [day for day in [*order[:at][::-1], *order[at + 1 :]] if day in before]
    learnt = {day for day, _ in pairs}
    tested = {day for _, day in pairs}
    for group in (learnt, tested):
        for day in nearest:
            if day in group:
                return day
    return None


def history(
    fitted: str, predicted: str, pairs: Sequence[Pair], days: Iterable[str]
) -> tuple[str, ...]:
    """The fitted days of a case that lie before a predicted one, for the historical average.

    The day ``fitted`` is always one of them. A case none of whose pairs has two such days has no
    history, as the average would be the previous day under another name. Where only some pairs have
    two, the others keep their single day: left out, they would be missing of every mean over pairs.

    Parameters
    ----------
    pairs : of the case.
    days : all days, as they come in the data.
    """
    order = in_order(days)

    def known(own: str, tested: str) -> tuple[str, ...]:
        learnt = {day for day, _ in pairs}
        before = order[: order.index(tested)]
        return tuple(day for day in order if day == own or (day in learnt and day in before))

    if max((len(known(*pair)) for pair in pairs), default=0) < 2:
        return ()
    return known(fitted, predicted)
