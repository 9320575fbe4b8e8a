"""Flows of known laws with noise, to see which laws a search finds again (Sec. 3.3, Fig. 5).

Expected flows mu_ij share out real outflows by a law over all other zones; noisy flows T_ij come
from a negative binomial of mean mu and variance mu + alpha mu^2 (Eqs. 8 and 9).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import numpy as np

from movelaws.allocation import predict
from movelaws.metrics import cpc
from movelaws.od import Pairs
from movelaws.symbolic.canonical import canonical
from movelaws.symbolic.equivalence import contains, same_family
from movelaws.symbolic.expressions import Expression
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.variables import observations

VARIABLES = ("w_i", "w_j", "d", "s_w")
SMALLEST = 3.0  # flows under this are dropped before the search
POISSON_LIMIT = 1e-6  # below, alpha mu is too small to matter and 1 / alpha too large to draw with


class Generator(NamedTuple):
    """A law that makes flows: model of ``movelaws.allocation``, complexity, form to be found."""

    model: str
    complexity: int
    form: Expression


GENERATORS: Mapping[str, Generator] = {
    name: Generator(name, form.complexity, form)
    for name, form in (
        ("GMPow", parse("w_j / d^2")),
        ("GMExp", parse("w_j / 1.04^d")),
        ("RM", parse("w_j / ((w_i + s_w) * (w_i + s_w + w_j))")),
    )
}


def find_generator(model: str) -> Generator:
    """The generator of that name.

    Raises
    ------
    ValueError
        If there is none; the message lists those there are.
    """
    if model not in GENERATORS:
        raise ValueError(f"model = {model!r}: choose one of {', '.join(GENERATORS)}")
    return GENERATORS[model]


def expected_flows(
    model: str, pairs: Pairs, parameters: Mapping[str, float] | None = None
) -> np.ndarray:
    """mu_ij = O_i f_ij / sum_k f_ik over all pairs given (Eq. 4).

    Parameters
    ----------
    model : GMPow, GMExp or RM.
    pairs : all ordered pairs of zones (support "all"), workplace population, recorded flows; only
        their sums O_i enter.
    parameters : of the model, by name, as calibrated on the real flows.

    Returns
    -------
    (n_pairs,) float64, people.

    Raises
    ------
    ValueError
        If the model is none of the three, its parameters do not fit, or pairs are missing.
    """
    find_generator(model)
    if pairs.n_pairs != pairs.n_zones * (pairs.n_zones - 1):
        raise ValueError(
            f"pairs: {pairs.n_pairs} for {pairs.n_zones} zones, but noise is drawn for all "
            f"{pairs.n_zones * (pairs.n_zones - 1)}: build them with support='all'"
        )
    return predict(model, pairs, parameters)


def noisy_flows(expected: np.ndarray, alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Independent draws from the negative binomial of mean mu and variance mu + alpha mu^2.

    Drawn as a Poisson number whose mean is mu times a gamma variable of mean 1 and variance alpha,
    which is this distribution and, unlike NumPy's parametrisation by a success probability, stays
    exact for tiny alpha; below 1e-6 the gamma variable is taken as 1. Draws are whole numbers, so
    that the paper's rounding changes nothing.

    Parameters
    ----------
    expected : (n_pairs,) mu, finite and >= 0.
    alpha : dispersion >= 0 (the paper's rho is 1 / alpha).

    Returns
    -------
    (n_pairs,) float64 whole numbers.

    Raises
    ------
    ValueError
        If ``expected`` or ``alpha`` is negative or not finite.
    """
    expected = np.asarray(expected, dtype=float)
    if not (np.isfinite(expected).all() and (expected >= 0).all()):
        raise ValueError("expected flows must be finite and >= 0")
    if not (np.isfinite(alpha) and alpha >= 0):
        raise ValueError(f"alpha = {alpha}: a dispersion is finite and >= 0")
    mean = expected
    if alpha >= POISSON_LIMIT:
        mean = expected * rng.gamma(1 / alpha, alpha, size=expected.shape)
    return rng.poisson(mean).astype(float)


def noise_cpc(expected: np.ndarray, noisy: np.ndarray, smallest: float = SMALLEST) -> float:
    """Common part of the flows without and with noise (Table S8).

    Over the pairs that the search sees, those with a noisy flow of at least ``smallest``. Of the
    readings of the paper's text this one gives all 27 values of its table to 0.01. Over all pairs
    (``smallest`` 0) power-law gravity has 0.948 instead of 0.972 at the least dispersion, as 5.7 %
    of its commuters go where fewer than three are expected.

    Raises
    ------
    ValueError
        If the shapes differ or no noisy flow is large enough.
    """
    expected, noisy = np.asarray(expected, dtype=float), np.asarray(noisy, dtype=float)
    if expected.shape != noisy.shape:
        raise ValueError(f"expected has shape {expected.shape}, noisy {noisy.shape}")
    kept = noisy >= smallest
    if not kept.any():
        raise ValueError(f"no noisy flow is at least {smallest:g}")
    return cpc(expected[kept], noisy[kept])


def noisy_observations(pairs: Pairs, noisy: np.ndarray, smallest: float = SMALLEST) -> Observations:
    """What the search sees: flows of at least ``smallest``, with w_i, w_j, d and s_w (Table S1).

    Parameters
    ----------
    pairs : as for ``expected_flows``.
    noisy : (n_pairs,) flows.
    smallest : flows under this are dropped; so are origins that none is left of. The outflow O_i
        is the sum of the flows that are left.

    Raises
    ------
    ValueError
        If ``noisy`` does not fit the pairs or no flow is large enough.
    """
    noisy = np.asarray(noisy, dtype=float)
    if noisy.shape != (pairs.n_pairs,):
        raise ValueError(f"noisy has shape {noisy.shape}, not ({pairs.n_pairs},)")
    kept = (noisy >= smallest) & (noisy > 0)
    if not kept.any():
        raise ValueError(f"no noisy flow is at least {smallest:g}: nothing is left to search in")
    return observations(_kept(pairs, kept, noisy), variables=VARIABLES)


def recovered(law: Expression, generator: Generator | str) -> bool:
    """Whether a law is the generator's form up to the values of its constants.

    This is the paper's criterion ("the correct form of the generation model"), put to the best law
    at the generator's complexity. Laws count as the same if they allocate alike, however written.
    """
    generator = find_generator(generator) if isinstance(generator, str) else generator
    return same_family(law, generator.form)


def resembles(law: Expression, generator: Generator | str, tolerance: float = 0.1) -> bool:
    """Whether a law becomes the generator's form when constants near whole numbers are rounded.

    A law such as w_j / ((w_i + s_w)^1.03 * (w_i + s_w + w_j)) is not recovered but resembles
    radiation: the noise has bent it a little.

    Parameters
    ----------
    tolerance : how far a constant may lie from the whole number that takes its place.
    """
    generator = find_generator(generator) if isinstance(generator, str) else generator
    laws = _rounded(law, tolerance)
    return any(same_family(canonical(near), generator.form) for near in laws)


def best_recovered(laws: Mapping[int, Expression], model: str) -> dict[str, object]:
    """What the best laws by complexity say about the generator that made the flows.

    Parameters
    ----------
    laws : best law by complexity.

    Returns
    -------
    dict: complexity (the generator's), expression of the best law there or None, recovered,
    resembles, contains (whether the best law has the generator as a special case, however far its
    constants are from it) and recovered_at, the least complexity at which the form stands, or None.
    """
    generator = find_generator(model)
    law = laws.get(generator.complexity)
    at = [size for size in sorted(laws) if recovered(laws[size], generator)]
    return {
        "complexity": generator.complexity,
        "expression": law,
        "recovered": law is not None and recovered(law, generator),
        "resembles": law is not None and resembles(law, generator),
        "contains": law is not None and contains(law, generator.form),
        "recovered_at": at[0] if at else None,
    }


def _kept(pairs: Pairs, kept: np.ndarray, flow: np.ndarray) -> Pairs:
    """The pairs where ``kept`` (n_pairs,) is true, with other flows."""
    before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return replace(
        pairs,
        start=before[pairs.start],
        destination=pairs.destination[kept],
        flow=flow[kept],
        distance_km=pairs.distance_km[kept],
        intervening=pairs.intervening[kept],
        circle=None,
    )


def _rounded(law: Expression, tolerance: float) -> Iterator[Expression]:
    """The law with any of its constants that lie near a whole number at that number."""
    choices = []
    for value in law.constants:
        whole = float(round(value))
        near = abs(value - whole) <= tolerance
        choices.append((value, whole) if near and whole != value else (value,))
    for values in product(*choices):
        yield law.replace_constants(values)
