"""The tests of paper 4 in sentences: against the standard model, random places, other shares."""

import numpy as np
import pandas as pd

from movelaws.inequality.answer_words import (
    distinct,
    exponents,
    fewest,
    meaning,
    passing,
    whole,
)
from movelaws.phrases import between, counted, ends, listed, number, percent

_MOST = 0.5

_MEASURES = {
    "z": (lambda rows: rows["z"] < 0, "the mean error", "smaller"),
    "spearman": (
        lambda rows: rows["spearman"] > rows["spearman_standard"],
        "the rank correlation",
        "higher",
    ),
    "weighted_hamming": (
        lambda rows: rows["weighted_hamming"] < rows["weighted_hamming_standard"],
        "the weighted Hamming distance",
        "lower",
    ),
}
"""Column: whether it speaks for the modified model, its name, and how it is if it does."""


def better(tests: pd.DataFrame, level: float) -> list[str]:
    """With which variables the modified model is better, and what it has wrong at best."""
    if tests.empty:
        return []
    significant = tests["significant"].astype(bool)
    said = [
        _better_with(tests, significant),
        _wrong(tests, significant),
        *_at_once(tests, level),
        *_neighbours(tests[significant]),
    ]
    others = distinct(tests[~significant])
    passed = int(passing(others, level).sum())
    if not len(others):
        return said
    rest = "the other " if significant.any() else "the "
    which = f"{rest}{len(others)} distinct result{'s' if len(others) > 1 else ''} of variable and n"
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


def _at_once(tests: pd.DataFrame, level: float) -> list[str]:
    """Which variables are still significant with all tests of the case looked at together."""
    found = tests[tests["significant"].astype(bool)]
    if "significant_fdr" not in tests or found.empty:
        return []
    found = found.assign(stays=found["significant_fdr"].eq(True))
    kept = found.groupby("variable", sort=False)["stays"].any()
    labels = found.groupby("variable", sort=False)["label"].first()
    which = f"that still holds with {listed(labels[kept])}" if kept.any() else "none of that holds"
    without = "" if kept.all() or not kept.any() else f", no longer with {listed(labels[~kept])}"
    return [
        f"With the false discoveries among the {len(distinct(tests))} distinct results held at "
        f"{percent(100 * level)}, {which}{without}"
    ]


def _neighbours(found: pd.DataFrame) -> list[str]:
    """Penalised places lie together: how often groups that do so are as good."""
    if "p_near_hamming" not in found or found.empty:
        return []
    best = fewest(found)
    best = best[best["p_near_hamming"].notna()]
    told = [
        f"{percent(100 * row.p_near_hamming)} do as well as {row.label} (n = {row.exponent:g})"
        for row in best.itertuples()
    ]
    return [f"Of groups of neighbouring places of the same number, {listed(told)}"] if told else []


def other_measures(tests: pd.DataFrame) -> list[str]:
    """What z, Spearman's correlation and the weighted Hamming distance say of the best results.

    Of all that are significant; where none is, of the fewest wrong pairs of each variable.
    """
    known = [name for name in _MEASURES if name in tests]
    if tests.empty or not known:
        return []
    significant = tests["significant"].astype(bool)
    rows = distinct(tests[significant]) if significant.any() else fewest(tests)
    rows = rows[rows[known].notna().all(axis=1)]
    if rows.empty:
        return []
    better_by = pd.DataFrame({name: _MEASURES[name][0](rows) for name in known})
    if significant.any():
        many = len(rows) > 1
        which = (
            f"In the {len(rows)} distinct results that beat" if many else "In the one that beats"
        )
        where = f"{which} both the standard model and random places"
    else:
        where = (
            "Nothing beats both the standard model and random places; at the fewest wrong pairs of "
            "each variable"
        )
    told = [
        f"{name} is {better} in {counted(int(better_by[column].sum()), len(rows), 'result')} "
        f"({_values(rows, column)})"
        for column, (_, name, better) in _MEASURES.items()
        if column in known
    ]
    return [f"{where}, {'; '.join(told)}", _agreeing(rows, better_by, tests)]


def _values(rows: pd.DataFrame, column: str) -> str:
    if column == "z":
        return f"z {between(rows['z'], lambda value: number(value, 3))}"

    def text(value: float) -> str:
        return number(value, 5)

    return f"{between(rows[column], text)} against {text(rows[f'{column}_standard'].iloc[0])}"


def _agreeing(rows: pd.DataFrame, better_by: pd.DataFrame, tests: pd.DataFrame) -> str:
    """Which measures call which results better."""
    told = []
    for pattern, part in rows.groupby([better_by[name] for name in better_by], sort=False):
        names = [_MEASURES[name][1] for name in better_by.columns[list(pattern)]]
        if len(names) == better_by.shape[1]:
            words = "all of these call the modified model better"
        elif names:
            verb = "calls" if len(names) == 1 else "call"
            words = f"only {listed(names)} {verb} the modified model better"
        else:
            words = "none of these calls the modified model better"
        results = [
            f"{one['label'].iloc[0]} ({exponents(one['exponent'], tests['exponent'])})"
            for _, one in part.groupby("variable", sort=False)
        ]
        told.append(f"{words} for {listed(results)}")
    said = "; ".join(told)
    return said[:1].upper() + said[1:]


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
