"""Words for results in sentences: counts, ranges and lists as the tables of a run have them."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from movelaws.tables import format_number, format_percent


def number(value: float, digits: int = 4) -> str:
    """A number with ``digits`` significant digits, one less below 1.

    >>> [number(v) for v in (0.70800031, 5.4237, 1.6288659310248477e-10)]
    ['0.708', '5.424', '1.63×10⁻¹⁰']
    """
    return format_number(value, digits)


def people(value: float) -> str:
    """A number of travellers, whole from 100 on.

    >>> [people(v) for v in (266024.63, 12.345)]
    ['266,025', '12.3']
    """
    return f"{value:,.0f}" if abs(value) >= 100 else number(value, 3)


def percent(value: float) -> str:
    """A percentage with its sign: ``5.37 %``."""
    return f"{format_percent(value)} %"


def counted(k: int, n: int, noun: str = "dataset") -> str:
    """How many of how many.

    >>> [counted(*kn) for kn in ((3, 3), (0, 3), (1, 3), (1, 1))]
    ['all 3 datasets', 'none of 3 datasets', '1 of 3 datasets', '1 of 1 dataset']
    """
    nouns = noun if n == 1 else f"{noun}s"
    if n > 1 and k in (0, n):
        return f"all {n} {nouns}" if k else f"none of {n} {nouns}"
    return f"{k} of {n} {nouns}"


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them; semicolons where they have commas of their own.

    >>> listed(["a", "b", "c"]), listed(["Austin, check-ins", "US"])
    ('a, b and c', 'Austin, check-ins; US')
    """
    *first, last = list(words) or [""]
    if any("," in word for word in (*first, last)):
        return "; ".join([*first, last])
    return f"{', '.join(first)} and {last}" if first else last


def ends(
    values: pd.Series,
    labels: Mapping[str, str] | None = None,
    text: Callable[[float], str] = number,
) -> str:
    """Smallest and largest of some numbers, each with its dataset.

    Parameters
    ----------
    values : finite, indexed by dataset, not empty.
    labels : names of datasets; left out without.
    text : number -> words.
    """
    at = [values.idxmin(), values.idxmax()]
    low, high = (text(float(values[d])) for d in at)
    if low == high and len(values) > 1:
        return low
    if labels is not None:
        low, high = f"{low} ({labels[at[0]]})", f"{high} ({labels[at[1]]})"
    return low if len(values) == 1 else f"{low} to {high}"


def between(values: pd.Series, text: Callable[[float], str] = number) -> str:
    """``low to high``, or the one number if both read the same."""
    low, high = text(float(values.min())), text(float(values.max()))
    return low if low == high else f"{low} to {high}"


def sentences(parts: Iterable[str], synthetic: bool) -> str:
    """Parts that are not empty as one text, which says when the data are made.

    The first sentence must begin with a word that can follow a comma.
    """
    kept = [part for part in parts if part]
    if kept and synthetic:
        kept[0] = f"In this synthetic run, {kept[0][:1].lower()}{kept[0][1:]}"
    return " ".join(f"{part}." for part in kept)
