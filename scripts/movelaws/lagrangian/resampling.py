"""Would another city grown by the same rules, other agents or another day give the same numbers?

The paper shows one realisation. Here the printed schedule is fitted to several: reference cities
grown with other seeds, the agents of a city drawn anew, and the days of a file that has several.

Drawing agents needs more than the counts: who is where at n and who at n + 1 may be the same
person. ``independent`` draws every slot for itself (as if all were strangers), which adds movement
that nobody made. ``staying`` lets as many stay as the counts allow, and draws where the others go:
the least movement that the counts allow. The truth lies between.

``shuffled`` is a null: the same day with its time points in random order. Every map of people is
one that there was, but no moment has anything to do with the one before. A number that comes out
of shuffled days as well (such as a median I_a of about 1: the friction that the schedule infers
answers to whatever acceleration it is given) says nothing about how people move. The first two
time points stay, since they are the start, q(0) and v(0), that the model is given: a v(0) by Eq. 10
between two moments of chance is so large that the schedule diverges on most such days.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from movelaws.lagrangian.growth import grow
from movelaws.lagrangian.reference_dynamics import move
from movelaws.lagrangian.sensitivity import fit_values
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.tuning import printed_or_none
from movelaws.seeds import number, stream

COUPLINGS = ("staying", "independent")
SHUFFLED = "shuffled"
SHUFFLES = 3
"""Shuffled days at most: the null is far from the day, so that a few tell."""
_START = 2
"""Time points that q(0) and v(0) are made of."""
SEEDS_COLUMNS = ("case", "resampled", "seed", "quantity", "value")
SPREAD_COLUMNS = ("case", "resampled", "quantity", "median", "low", "high", "n")


def redrawn(
    population: np.ndarray, rng: np.random.Generator, coupling: str = "staying"
) -> np.ndarray:
    """Populations of the same number of agents, drawn again from their shares.

    Parameters
    ----------
    population : (T + 1, ny, nx) agents; the total of n = 0, rounded, is that of all n.
    coupling : "staying" or "independent", see the module.

    Returns
    -------
    (T + 1, ny, nx) whole numbers of agents; each slot has the shares of ``population`` on average.

    Raises
    ------
    ValueError
        If there is no such coupling, or a slot or the rounded total is empty.
    """
    if coupling not in COUPLINGS:
        raise ValueError(f"coupling = {coupling!r}: one of {', '.join(COUPLINGS)} is needed")
    population = np.asarray(population, dtype=float)
    flat = population.reshape(population.shape[0], -1)
    totals = flat.sum(axis=1)
    agents = round(float(totals[0]))
    if agents < 1 or not (totals > 0).all():
        raise ValueError(
            f"population has {totals.min():g} agents in a slot and {agents} at n = 0: at least 1 "
            "is needed to draw from"
        )
    shares = flat / totals[:, None]
    drawn = [rng.multinomial(agents, shares[0])]
    for before, after in itertools.pairwise(shares):
        if coupling == "independent":
            drawn.append(rng.multinomial(agents, after))
        else:
            drawn.append(_moved(drawn[-1], before, after, rng))
    return np.array(drawn, dtype=float).reshape(population.shape)


def grown(
    seed: int,
    *,
    alpha: float,
    h: float,
    side: int,
    agents: int,
    steps: int,
    c: float = 0.5,
    radius: int = 1,
    bookkeeping: str = "printed",
) -> np.ndarray:
    """Populations of the reference dynamics in a city grown from ``seed``, (steps + 1, L, L).

    Arguments as those of ``growth.grow`` and ``reference_dynamics.move``.
    """
    start = grow(side, agents, seed=seed, c=c, radius=radius)
    return move(start, alpha=alpha, h=h, steps=steps, bookkeeping=bookkeeping).population


def shuffles(
    case: str, population: np.ndarray, count: int, seed: int
) -> Iterator[tuple[int, np.ndarray]]:
    """``count`` times, SHUFFLES at most, the day with its time points n >= 2 in random order.

    Parameters
    ----------
    case : name, for the stream of random numbers.
    population : (T + 1, ny, nx) agents.

    Yields
    ------
    Number of the draw, and (T + 1, ny, nx) the same maps in another order.
    """
    for k in range(min(count, SHUFFLES)):
        rng = stream(seed, "lagrangian", SHUFFLED, case, str(k))
        yield k, np.concatenate([population[:_START], rng.permutation(population[_START:])])


def city_seeds(seed: int, count: int) -> list[int]:
    """Seeds of the growth of further cities; the k-th is the same for every (alpha, h)."""
    return [number(seed, "lagrangian", "further city", str(k)) for k in range(count)]


def seed_rows(
    case: str,
    resampled: str,
    populations: Iterable[tuple[int | str, np.ndarray]],
    base: Mapping[str, Any],
    *,
    floor: float,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Every quantity of the printed fit of each population.

    Parameters
    ----------
    case, resampled : names, for the first columns; the second says what was drawn anew
        ("growth", "staying", "independent", "days", "shuffled").
    populations : (name, (T + 1, ny, nx) agents) each; the name stands in the column ``seed``.
    base : arguments of ``fit_printed``.
    floor : agents.
    permutations, seed : of Moran's I.

    Returns
    -------
    DataFrame with SEEDS_COLUMNS; quantities as in ``sensitivity.fit_values``, and diverged: 1
    where the schedule diverged (see ``tuning.printed_or_none``), which has no other quantity then,
    else 0.
    """
    parts = []
    for name, population in populations:
        fit = printed_or_none(reference(population, floor), base)
        rng = stream(seed, "lagrangian", "seeds", "moran")
        values = {"diverged": float(fit is None)}
        if fit is not None:
            values |= fit_values(fit, permutations=permutations, rng=rng)
        parts.append(pd.DataFrame({"quantity": values.keys(), "value": values.values()}))
        parts[-1] = parts[-1].assign(case=case, resampled=resampled, seed=str(name))
    if not parts:
        return pd.DataFrame(columns=list(SEEDS_COLUMNS))
    return pd.concat(parts, ignore_index=True)[list(SEEDS_COLUMNS)]


def spread(table: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Median of each quantity over the seeds, and the interval that holds ``level`` of them.

    Parameters
    ----------
    table : rows of :func:`seed_rows`.

    Returns
    -------
    DataFrame with SPREAD_COLUMNS, sorted by the first three; n is the number of seeds with a value.
    """
    known = table.dropna(subset=["value"])
    groups = known.groupby(list(SPREAD_COLUMNS[:3]))["value"]
    if not len(groups):
        return pd.DataFrame(columns=list(SPREAD_COLUMNS))
    found = pd.DataFrame({
        "median": groups.median(),
        "low": groups.quantile((1 - level) / 2),
        "high": groups.quantile((1 + level) / 2),
        "n": groups.size(),
    })  # fmt: skip
    return found.reset_index()[list(SPREAD_COLUMNS)]


def _moved(here, before, after, rng):
    """Agents a slot later, if as many as possible stay where they are.

    One at a cell of share m stays with probability min(m, m') / m; the others go to cells that
    gain, by their gain. On average the next shares are then m', whatever those of the draw are.
    """
    stay = np.divide(np.minimum(before, after), before, out=np.zeros_like(before), where=before > 0)
    staying = rng.binomial(here, np.clip(stay, 0, 1))
    moving = int(here.sum() - staying.sum())
    gain = np.clip(after - before, 0, None)
    if not moving or gain.sum() == 0:
        return here
    return staying + rng.multinomial(moving, gain / gain.sum())
