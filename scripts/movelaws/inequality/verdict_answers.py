"""The tests of paper 4 in sentences: against the standard model, random places, other shares."""

import numpy as np
import pandas as pd

from movelaws.inequality.answer_words import exponents, fewest, meaning, passing, whole
from movelaws.phrases import counted, ends, listed, number, percent

_MOST = 0.5


def better(tests: pd.DataFrame, level: float) -> list[str]:
    """With which variables the modified model is better, and what it has wrong at best."""
    if tests.empty:
        return []
    significant = tests["significant"].astype(bool)
    said = [_better_with(tests, significant), _wrong(tests, significant)]
    others = tests[~significant]
    passed = int(passing(others, level).sum())
    if not len(others):
        return said
    rest = "the other " if significant.any() else "the "
    which = f"{rest}{len(others)} combination{'s' if len(others) > 1 else ''} of variable and n"
    if passed:
        said.append(
            f"Of {which}, {passed} {'pass' if passed > 1 else 'passes'} both tests against the "
            "standard model, but not against random places"
        )
    else:
        said.append(f"None of {which} passes both tests against the standard model")
    return said


def _better_with(tests: pd.DataFrame, significant: pd.Series) -> str:
    found, others = [], []
    for _, rows in tests.groupby("variable", sort=False):
        label = rows["label"].iloc[0]
        at = rows.loc[significant[rows.index], "exponent"]
        if len(at):
            found.append(f"{label} ({exponents(at, rows['exponent'])})")
        else:
            others.append(label)
    beats = (
        f"The modified model, {meaning(tests)}, beats both the standard one and random places, by "
        "both tests,"
    )
    if not found:
        return f"{beats} at no n with {listed(others)}"
    return f"{beats} with {listed(found)}" + (f"; not with {listed(others)}" if others else "")


def _wrong(tests: pd.DataFrame, significant: pd.Series) -> str:
    rows = tests[significant] if significant.any() else tests
    best = rows.loc[rows["hamming"].idxmin()]
    where = "where it beats both, at best" if significant.any() else "at best"
    return (
        f"Of {whole(best['n_pairs'])} pairs, the standard model has "
        f"{whole(best['hamming_standard'])} wrong; the modified one has, {where}, "
        f"{whole(best['hamming'])} ({best['label']}, n = {best['exponent']:g})"
    )


def elsewhere(tests: pd.DataFrame, level: float) -> list[str]:
    """How often as many places drawn at random have as few wrong pairs as those of the data."""
    tests = tests[tests["p_random_hamming"].notna()] if len(tests) else tests
    if tests.empty:
        return []
    # p_random counts the tested class among the draws
    draws = tests["n_draws"]
    tests = tests.assign(as_good=(tests["p_random_hamming"] * (draws + 1) - 1).round().astype(int))
    best = fewest(tests)
    told = [
        f"{number(row.as_good)} of {number(row.n_draws)} draws with {row.label}"
        for row in best.itertuples()
    ]
    rare = list(best.loc[best["p_random_hamming"] < level, "label"])
    said = [
        f"At the n with the fewest wrong pairs, as many random places have as few or fewer in "
        f"{listed(told)}; the share is below {percent(100 * level)} with "
        f"{listed(rare) if rare else 'none'}"
    ]
    return said + _quantiles(best, level) + _most(tests)


def _quantiles(best: pd.DataFrame, level: float) -> list[str]:
    by_size = best.sort_values("n_penalised").groupby("n_penalised")["hamming_random_q05"].max()
    sizes = {size: f"{size} places" for size in by_size.index}
    # counts are whole, their quantile may lie between two
    reached = ends(np.floor(by_size), sizes, whole)
    return [
        f"There, the best {percent(100 * level)} of random places have at most {reached} wrong; "
        f"the standard model has {whole(best['hamming_standard'].iloc[0])}"
    ]


def _most(tests: pd.DataFrame) -> list[str]:
    """Whether most random classes beat the standard model, as far as the tests can tell.

    Classes as good as one that beats the standard model beat it too.
    """
    ahead = tests[tests["hamming"] < tests["hamming_standard"]]
    share = ahead["as_good"] / ahead["n_draws"]
    if not (share > _MOST).any():
        return []
    row = ahead.loc[share.idxmax()]
    return [
        f"Random places lower the number too: at n = {row['exponent']:g}, "
        f"{percent(100 * share.max())} of the draws of {row['n_penalised']} places have at most "
        f"{whole(row['hamming'])}"
    ]


def robust(sensitivity: pd.DataFrame) -> list[str]:
    """Whether a variable has the same verdict at every share of penalised places."""
    if sensitivity.empty or sensitivity["share"].nunique() < 2:
        return []
    table = sensitivity.assign(significant=sensitivity["significant"].astype(bool))
    always, never, changing = [], [], []
    for _, rows in table.groupby("variable", sort=False):
        label, at = rows["label"].iloc[0], rows.groupby("share")["significant"].any()
        if at.all():
            always.append(label)
        elif not at.any():
            never.append(label)
        else:
            changing.append(f"{label} (yes at {listed(map(_share, at.index[at]))})")
    same, n = len(always) + len(never), table["variable"].nunique()
    told = {"always": always, "never": never}
    which = "; ".join(f"{word} with {listed(labels)}" for word, labels in told.items() if labels)
    said = [
        f"The shares {listed(map(_share, sorted(table['share'].unique())))} of the places were "
        "penalised in turn",
        "Whether the modified model beats both the standard one and random places at some n is the "
        f"same at every share for {counted(same, n, 'variable')}" + (f": {which}" if which else ""),
    ]
    return said + ([f"It changes with the share for {listed(changing)}"] if changing else [])


def _share(share: float) -> str:
    return percent(100 * share)
