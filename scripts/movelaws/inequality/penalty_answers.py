"""The size of the penalty in sentences: by likelihood, beside the tests, and in another period."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from movelaws.inequality.answer_words import MANY, fewest, passing, penalty, symbol, whole
from movelaws.inequality.heldout import HAMMING, LIKELIHOOD
from movelaws.phrases import counted, ends, listed, number, percent

_SAME = 1e-3  # of a penalty, in relative terms: it is on the grid of the profile


def size(
    likelihood: pd.DataFrame, profiles: pd.DataFrame, tests: pd.DataFrame, level: float = 0.05
) -> list[str]:
    """Estimates with their intervals by sign, what random classes gain, where the search ended."""
    if likelihood.empty:
        return []
    sides = {
        "above 0, the places worse off, with": likelihood["low"] > 0,
        "below 0, the places better off, with": likelihood["high"] < 0,
    }
    # below an edge at 0 nothing was tried, so an estimate there has not been told from anything
    first = (likelihood["delta_minus_1"] == 0) & _from_zero(likelihood, profiles)
    sides["at 0, where the values tried begin, with"] = first
    sides["not told from 0 with"] = ~np.logical_or.reduce([*sides.values()])
    told = [
        f"{words} {listed(_estimate(row) for row in likelihood[chosen].itertuples())}"
        for words, chosen in sides.items()
        if chosen.any()
    ]
    said = [f"At the greatest likelihood, {symbol(tests)} is {'; '.join(told)}"]
    said.append(
        "In brackets are 95 % bootstrap intervals over origins; per person who moves, the "
        f"log-likelihood gains {_spread(likelihood, 'gain_per_person', _gain)}"
    )
    return said + _special(likelihood, level) + _searched(likelihood, profiles)


def _from_zero(likelihood: pd.DataFrame, profiles: pd.DataFrame) -> pd.Series:
    """Whether only penalties from 0 on were tried with each variable."""
    if profiles.empty:
        return pd.Series(False, index=likelihood.index)
    smallest = profiles.groupby("variable")["delta_minus_1"].min()
    return likelihood["variable"].map(smallest) >= 0


def _special(likelihood: pd.DataFrame, level: float) -> list[str]:
    """An interval away from 0 is common among random classes: how common."""
    if "p_random_gain" not in likelihood:
        return []
    away = (likelihood["low"] > 0) | (likelihood["high"] < 0)
    known = likelihood[away & likelihood["p_random_gain"].notna()]
    if known.empty:
        return []
    told = [f"{percent(100 * row.p_random_gain)} with {row.label}" for row in known.itertuples()]
    rare = list(known.loc[known["p_random_gain"] < level, "label"])
    special = f"special is what fewer than {percent(100 * level)} reach: {listed(rare or ['none'])}"
    return [
        "An interval away from 0 says little by itself: of random classes of the same size, as "
        f"many as {listed(told)} gain as much ({special})"
    ]


def _estimate(row) -> str:
    low, high = penalty(row.low), penalty(row.high)
    return f"{row.label}: {penalty(row.delta_minus_1)} ({low} to {high})"


def _spread(rows: pd.DataFrame, column: str, text: Callable[[float], str]) -> str:
    """Smallest and largest of a column, each with its variable."""
    by_variable = rows.set_index("variable")
    return ends(by_variable[column].astype(float), by_variable["label"], text)


def _gain(value: float) -> str:
    return number(value, 3)


def _searched(likelihood: pd.DataFrame, profiles: pd.DataFrame) -> list[str]:
    if profiles.empty:
        return []
    found = likelihood.set_index("variable")["delta_minus_1"]
    tried = profiles.groupby("variable")["delta_minus_1"].agg(["min", "max"]).reindex(found.index)
    at_edge = (found != 0) & ((found <= tried["min"]) | (found >= tried["max"]))
    edge = list(likelihood.set_index("variable").loc[at_edge, "label"])
    said = [f"The search ends at an edge of the penalties tried with {listed(edge)}"]
    said = said if edge else []
    if (tried["min"] >= 0).all() and (likelihood["low"] <= 0).any():
        said.append("Only values from 0 on were tried, so places that are better off show as 0")
    return said


def pairs_and_people(
    tests: pd.DataFrame, likelihood: pd.DataFrame, profiles: pd.DataFrame, level: float
) -> list[str]:
    """Whether the likelihood agrees where the tests call the modified model better."""
    if tests.empty or likelihood.empty or profiles.empty:
        return []
    significant = tests["significant"].astype(bool)
    passed, called = (
        (significant, "that beat the standard model and random places")
        if significant.any()
        else (passing(tests, level), "that pass both tests against the standard model")
    )
    if not passed.any():
        return [_by_likelihood_only(likelihood)]
    gains = _gains(tests[passed], profiles)
    if gains.empty:
        return []
    n, below, never = len(gains), int((gains < 0).sum()), int(np.isneginf(gains).sum())
    exact = "the exact model" if symbol(tests) == MANY else "the modified model"
    unknown = int(passed.sum()) - n
    outside = f" ({unknown} more: likelihood not computed)" if unknown else ""
    tail = f", in {never} of them because an observed flow is impossible" if never else ""
    side = "above" if not below else "below"
    found = counted(below or n, n, "combination")
    said = [
        f"The likelihood of {exact} is {side} that of the standard one in {found} of variable and "
        f"n {called}{outside}{tail}"
    ]
    said.append(_apart(tests[passed], likelihood, tests))
    return [*said, "The tests count every pair once, the likelihood every person"]


def _by_likelihood_only(likelihood: pd.DataFrame) -> str:
    found = [
        f"{row['label']}{_as_much(row)}" for _, row in likelihood[likelihood["low"] > 0].iterrows()
    ]
    none = "The modified model passes both tests against the standard one at no n"
    if not found:
        return f"{none}, and the likelihood finds no penalty above 0 either"
    return f"{none}, yet by likelihood the penalty is above 0 with {listed(found)}"


def _as_much(row: pd.Series) -> str:
    share = row.get("p_random_gain")
    return "" if pd.isna(share) else f" ({percent(100 * share)} of random classes gain as much)"


def _gains(rows: pd.DataFrame, profiles: pd.DataFrame) -> pd.Series:
    """Gain per person at the penalties of some tests; without those the profile does not have."""
    by_variable = {name: part for name, part in profiles.groupby("variable")}
    found = {}
    for index, row in rows.iterrows():
        profile = by_variable.get(row["variable"], profiles.iloc[:0])
        near = profile[np.isclose(profile["delta_minus_1"], row["scale"], rtol=_SAME, atol=0)]
        if len(near):
            found[index] = float(near["gain_per_person"].iloc[0])
    return pd.Series(found, dtype=float)


def _apart(passed: pd.DataFrame, likelihood: pd.DataFrame, tests: pd.DataFrame) -> str:
    """The penalty with the fewest wrong pairs beside the most likely one, where both exist."""
    best = fewest(passed).set_index("variable")
    told = [
        f"{penalty(best.loc[row.variable, 'scale'])} and {penalty(row.delta_minus_1)} "
        f"with {row.label}"
        for row in likelihood.itertuples()
        if row.variable in best.index
    ]
    return (
        f"The fewest wrong pairs and the greatest likelihood are at {symbol(tests)} = "
        f"{listed(told)}"
        if told
        else ""
    )


def next_period(heldout: pd.DataFrame, level: float) -> list[str]:
    """What a penalty chosen on one period does to the wrong pairs and likelihood of another."""
    said = []
    ways = {HAMMING: "for the fewest wrong pairs", LIKELIHOOD: "for the greatest likelihood"}
    for way, words in ways.items():
        rows = heldout[heldout["chosen_by"] == way] if len(heldout) else heldout
        if rows.empty:
            continue
        said += [_fewer(rows, words, level), _likelier(rows)]
    return said


def _fewer(rows: pd.DataFrame, words: str, level: float) -> str:
    n, standard = len(rows), rows["test_hamming_standard"].iloc[0]
    fewer = int((rows["test_hamming"] < standard).sum())
    ahead = passing(rows, level)
    rare = list(rows.loc[ahead & (rows["p_random_hamming"] < level), "label"])
    said = (
        f"Chosen on one period {words}, the penalty leaves {_spread(rows, 'test_hamming', whole)} "
        f"wrong in the other, the standard model {whole(standard)}: fewer with "
        f"{counted(fewer, n, 'variable')}"
    )
    if not ahead.any():
        return said + (", by both tests with none" if fewer else "")
    beaten = listed(rare) if rare else "none"
    return f"{said}, by both tests with {int(ahead.sum())}, and beside random places with {beaten}"


def _likelier(rows: pd.DataFrame) -> str:
    n, gain = len(rows), rows["gain_per_person"]
    possible = rows[np.isfinite(gain)]
    never, notes = n - len(possible), []
    if len(possible):
        notes.append(f"gain per person {_spread(possible, 'gain_per_person', _gain)}")
    if never:
        notes.append(f"an observed flow is impossible with {counted(never, n, 'variable')}")
    raised = counted(int((gain > 0).sum()), n, "variable")
    return f"It raises the likelihood there with {raised} ({'; '.join(notes)})"
