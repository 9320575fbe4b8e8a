"""Words that several answers of paper 4 share: penalties, exponents, the best of a variable."""

from collections.abc import Iterable

import pandas as pd

from movelaws.phrases import listed, number

TWO, MANY = "delta - 1", "Delta"
"""What the penalty is called: of two classes, and of many at the largest value."""

_ALIKE = 1e-6


def symbol(tests: pd.DataFrame) -> str:
    """What a case calls its penalty; that of two classes where there are no tests to tell."""
    if tests.empty:
        return TWO
    return MANY if (tests["delta_or_Delta"] - tests["scale"]).abs().max() < _ALIKE else TWO


def meaning(tests: pd.DataFrame) -> str:
    """What n stands for in a case."""
    return "Delta = 10^n" if symbol(tests) == MANY else "delta = 1 + 10^n"


def penalty(value: float) -> str:
    """A penalty with two digits.

    >>> [penalty(v) for v in (3.533e-07, 0.1, -5.07e-07, 0.0)]
    ['3.5×10⁻⁷', '0.1', '-5.1×10⁻⁷', '0']
    """
    return number(value, 3 if abs(value) < 1 else 2)


def exponents(at: Iterable[float], tried: Iterable[float]) -> str:
    """Some of the exponents that were tried, as a range where none is left out between them.

    >>> exponents([-5, -4, -3], [-6, -5, -4, -3]), exponents([-6, -4], [-6, -5, -4])
    ('n = -5 to -3', 'n = -6 and -4')
    """
    at, tried = sorted(set(at)), sorted(set(tried))
    first, last = tried.index(at[0]), tried.index(at[-1])
    if len(at) > 2 and tried[first : last + 1] == at:
        return f"n = {at[0]:g} to {at[-1]:g}"
    return f"n = {listed(f'{n:g}' for n in at)}"


def whole(value: float) -> str:
    """A count with all its digits."""
    return number(value, 9)


def fewest(tests: pd.DataFrame) -> pd.DataFrame:
    """Row of each variable with the fewest wrong pairs, the smallest penalty among equals."""
    ordered = tests.sort_values("scale", kind="stable")
    best = ordered.groupby("variable", sort=False)["hamming"].idxmin()
    return tests.loc[best.reindex(tests["variable"].unique())]


def distinct(tests: pd.DataFrame) -> pd.DataFrame:
    """Rows whose results differ, the smallest penalty of each.

    From some penalty on more of it changes no flow: such rows are one result, not several.
    """
    # as the false discovery rates of the tests tell them apart
    columns = ("variable", "hamming", "U", "p_random_U", "p_random_hamming")
    results = [name for name in columns if name in tests]
    return tests.sort_values("scale", kind="stable").drop_duplicates(results).sort_index()


def passing(tests: pd.DataFrame, level: float) -> pd.Series:
    """Which rows pass both tests against the standard model, whatever random places reach."""
    return (tests["p_mw"] < level) & (tests["p_binomial"] < level)
