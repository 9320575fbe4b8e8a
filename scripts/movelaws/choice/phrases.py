"""Words for the results in short: models, counts, ranges and leads as the tables have them."""

from collections.abc import Mapping

import pandas as pd

from movelaws.phrases import counted, ends, percent

GAME, GRAVITY_2, GRAVITY_1, REFERENCE = "DCG", "GMPow2", "GMPow", "GMPowDC"
OPPORTUNITIES = ("IO", "PWO", "RM")
SIX = (GAME, GRAVITY_2, GRAVITY_1, *OPPORTUNITIES)
NAMES = {
    GAME: "the game",
    GRAVITY_2: "gravity 2",
    GRAVITY_1: "gravity 1",
    REFERENCE: "doubly constrained gravity",
    "IO": "intervening opportunities",
    "PWO": "population-weighted opportunities",
    "RM": "radiation",
}
LEVEL_PERCENT = 0.05
"""A difference below this is called level: it would not show in three digits."""


def leads(game: pd.Series, rival: pd.Series) -> pd.Series:
    """By how many percent of the rival's score the game is ahead, by dataset, where both have one.

    Not where the rival's is 0, of which there are no percents.
    """
    return (100 * (game / rival.where(rival > 0) - 1)).dropna()


def led(lead: pd.Series, rival: str, labels: Mapping[str, str] | None = None) -> str:
    """Ahead, level or behind, on how many datasets and by how much.

    Parameters
    ----------
    lead : percent by dataset (:func:`leads`), not empty.
    rival : its name.
    labels : names of datasets; left out without.
    """
    n = len(lead)
    ahead, behind = int((lead > LEVEL_PERCENT).sum()), int((lead < -LEVEL_PERCENT).sum())
    if n in (ahead, behind):
        where = f" on {counted(n, n)}" if n > 1 else ""
        side = "ahead of" if ahead else "behind"
        return f"{side} {rival}{where}, by {ends(lead.abs(), labels, percent)}"
    if not ahead and not behind:
        return f"level with {rival} on {counted(n, n)}"
    return (
        f"ahead of {rival} on {counted(ahead, n)} and behind on {behind}; "
        f"its lead is {ends(lead, labels, percent)}"
    )
