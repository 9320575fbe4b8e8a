"""The inner loop of evolution, compiled: populations side by side, no Python per candidate.

Whatever calls the kernels of evaluation is inlined into one function: Numba optimises the kernels
anew for each compiled function that they are in, which takes most of the compilation. For the same
reason Python's threads run the populations: a parallel loop of Numba would be one function more.

References
----------
M. Cranmer (2023), arXiv:2305.01582, Algorithms 1 to 3: tournaments with adaptive parsimony,
replacement of the oldest, simulated annealing.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numba import get_num_threads, njit

from movelaws.copying import copy_into
from movelaws.symbolic._evolution_mutations import CROSSOVER, OPTIMISE, crossed, mutated
from movelaws.symbolic._evolution_random import below, choice, uniform
from movelaws.symbolic._evolution_reduction import reduced
from movelaws.symbolic._surgery import (
    Limits,
    complexity_between,
    is_valid,
    length_of,
    packed,
    spare_program,
    unpacked,
)
from movelaws.symbolic.kernels import evaluate_below, fit, scratch
from movelaws.symbolic.tokens import END, LONGEST

ATTEMPTS = 10  # at a valid mutation of one parent
ALIKE = 1e-9  # relative difference of the losses of two members that are the same law


class Rules(NamedTuple):
    """Settings as the compiled loop reads them; see ``EvolutionSettings``."""

    complexity_max: int
    argument_max: int
    constants_max: int
    weights: np.ndarray  # (n_mutations,) cumulative
    origin_only: np.ndarray  # (n_variables,)
    tournament: int
    selection: float
    parsimony: float
    annealing: float
    fitted_share: float
    fit_iterations: int
    final_share: float
    final_iterations: int
    cycles: int


@njit(cache=True)
def limits_of(rules):
    """The limits of programs."""
    return Limits(rules.complexity_max, rules.argument_max, rules.constants_max)


class Populations(NamedTuple):
    """Members of P populations of N: programs, losses on the batch, ages; and random states."""

    codes: np.ndarray  # (P, N, LONGEST) int8, END after the last token
    values: np.ndarray  # (P, N, LONGEST)
    losses: np.ndarray  # (P, N)
    births: np.ndarray  # (P, N) int64
    frequency: np.ndarray  # (P, complexity_max + 1), share of recent members
    clock: np.ndarray  # (P,) int64: candidates scored so far
    random: np.ndarray  # (P, 4) uint64


class Finds(NamedTuple):
    """The best distinct laws of each complexity that a population saw on its batch."""

    codes: np.ndarray  # (P, complexity_max + 1, H, LONGEST) int8
    values: np.ndarray  # (P, complexity_max + 1, H, LONGEST)
    losses: np.ndarray  # (P, complexity_max + 1, H), rising, inf where empty


def run(populations, finds, data, rules):
    """One iteration of every population; each is on its own, so threads change nothing."""

    def one(p):
        _evolve(
            Populations(*(array[p : p + 1] for array in populations)),
            Finds(*(array[p : p + 1] for array in finds)),
            data,
            rules,
        )

    with ThreadPoolExecutor(get_num_threads()) as pool:
        list(pool.map(one, range(len(populations.losses))))


@njit(cache=True, error_model="numpy", nogil=True)
def _evolve(populations, finds, data, rules):
    work = scratch(data)
    child, spare = spare_program(), spare_program()
    size = populations.losses.shape[1]
    state = populations.random[0]
    for member in range(size):  # the batch is new, so are the losses
        n = _copied(populations, member, child)
        loss = _scored(child, n, data, work, math.inf)
        populations.losses[0, member] = loss
        _found(finds, child, n, loss)
    steps = max(1, size // rules.tournament)
    for cycle in range(rules.cycles):
        temperature = rules.annealing * (1.0 - cycle / rules.cycles)
        for _ in range(steps):
            _step(populations, finds, temperature, data, work, rules, child, spare)
    for member in range(size):
        if uniform(state) < rules.final_share:
            n = _copied(populations, member, child)
            loss = _fitted(child, n, data, work, rules.final_iterations)
            if loss < populations.losses[0, member]:
                populations.losses[0, member] = loss
                copy_into(child.value, populations.values[0, member])
                _found(finds, child, n, loss)


@njit(cache=True, error_model="numpy", inline="always")  # see the module
def _step(populations, finds, temperature, data, work, rules, child, spare):
    """Breed one candidate, score it, and put it in the place of the oldest if it is accepted."""
    state = populations.random[0]
    parent = _tournament(populations, data, rules)
    kind = choice(state, rules.weights)
    n = _bred(kind, parent, populations, data, rules, child, spare)
    if n < 0:
        return
    populations.clock[0] += 1
    old_loss = populations.losses[0, parent]
    old_frequency = populations.frequency[0, _complexity(populations, parent)]
    complexity = complexity_between(child.code, 0, n)
    # u < exp(-(ln e' - ln e) / T) q / q' for the excess losses e and frequencies q, solved for
    # e', so that the evaluation can stop as soon as a candidate is too bad
    odds = (1.0 - uniform(state)) * (populations.frequency[0, complexity] + 1e-3)
    exponent = -temperature * math.log(odds / (old_frequency + 1e-3))
    floor = data.floor[0]
    limit = floor + (old_loss - floor) * math.exp(min(max(exponent, -20.0), 20.0))
    if kind == CROSSOVER or not limit < math.inf:
        limit = math.inf
    worst = finds.losses[0, complexity, -1]
    if kind == OPTIMISE or (kind > 0 and uniform(state) < rules.fitted_share):
        loss = _fitted(child, n, data, work, rules.fit_iterations)
    else:
        loss = _scored(child, n, data, work, max(limit, worst))
    if not loss < math.inf:
        return
    if loss < worst:
        _found(finds, child, n, loss)
    if loss <= limit:
        _inserted(populations, child, n, loss, complexity)


@njit(cache=True, error_model="numpy")
def _bred(kind, parent, populations, data, rules, child, spare):
    """A valid reduced candidate in ``child``; returns its number of tokens, -1 for none."""
    state = populations.random[0]
    n_variables = rules.origin_only.size
    for _ in range(ATTEMPTS):
        n = _copied(populations, parent, child)
        if kind == CROSSOVER:
            other = _tournament(populations, data, rules)
            code, value = populations.codes[0, other], populations.values[0, other]
            n = crossed(child.code, child.value, n, code, value, length_of(code), state, spare)
        elif kind != OPTIMISE:
            most = rules.complexity_max
            n = mutated(kind, child.code, child.value, n, n_variables, most, state, spare)
        if n < 1 or not _well_formed(child, n, rules):
            continue
        n = reduced(child.code, child.value, n, rules.origin_only, spare.code, spare.value)
        if is_valid(child.code, child.value, n, limits_of(rules)):
            child.code[n:] = END
            return n
    return -1


@njit(cache=True, error_model="numpy")
def _well_formed(child, n, rules):
    """The grammar, with room for what reduction takes off."""
    room = Limits(rules.complexity_max + 4, rules.argument_max + 4, LONGEST)
    return n <= LONGEST and is_valid(child.code, child.value, n, room)


@njit(cache=True, error_model="numpy")
def _tournament(populations, data, rules):
    """The best of a few random members; complexities that are frequent count as worse."""
    state = populations.random[0]
    size = populations.losses.shape[1]
    best = below(state, size)
    if uniform(state) >= rules.selection:
        return best
    lowest = _score(populations, best, data, rules)
    for _ in range(rules.tournament - 1):
        member = below(state, size)
        score = _score(populations, member, data, rules)
        if score < lowest:
            best, lowest = member, score
    return best


@njit(cache=True, error_model="numpy")
def _score(populations, member, data, rules):
    excess = populations.losses[0, member] - data.floor[0]
    frequency = populations.frequency[0, _complexity(populations, member)]
    return math.log(max(excess, 1e-300)) + rules.parsimony * frequency


@njit(cache=True, error_model="numpy")
def _complexity(populations, member):
    code = populations.codes[0, member]
    return complexity_between(code, 0, length_of(code))


@njit(cache=True, error_model="numpy")
def _copied(populations, member, child):
    copy_into(populations.codes[0, member], child.code)
    copy_into(populations.values[0, member], child.value)
    return length_of(child.code)


@njit(cache=True, error_model="numpy", inline="always")  # see the module
def _scored(child, n, data, work, limit):
    packed(child.code, child.value, n, child.packed)
    loss = evaluate_below(child.code, child.packed, data, work, limit)
    return loss if loss <= limit else math.inf


@njit(cache=True, error_model="numpy", inline="always")  # see the module
def _fitted(child, n, data, work, iterations):
    count = packed(child.code, child.value, n, child.packed)
    if count == 0:
        return evaluate_below(child.code, child.packed, data, work, math.inf)
    loss, _ = fit(child.code, child.packed[:count], data, work, iterations)
    unpacked(child.code, child.value, n, child.packed)
    return loss


@njit(cache=True, error_model="numpy")
def _inserted(populations, child, n, loss, complexity):
    """Replace the oldest member; a law that is in already only becomes young again."""
    births = populations.births[0]
    losses = populations.losses[0]
    oldest = 0
    for member in range(births.size):
        if abs(losses[member] - loss) <= ALIKE * abs(loss):
            if _complexity(populations, member) <= complexity:
                births[member] = populations.clock[0]
                return
            oldest = member  # the same law in a longer form gives way
            break
        if births[member] < births[oldest]:
            oldest = member
    births[oldest] = populations.clock[0]
    losses[oldest] = loss
    copy_into(child.code, populations.codes[0, oldest])
    copy_into(child.value, populations.values[0, oldest])
    frequency = populations.frequency[0]
    frequency *= 1.0 - 1.0 / (4 * births.size)
    frequency[complexity] += 1.0 / (4 * births.size)


@njit(cache=True, error_model="numpy")
def _found(finds, child, n, loss):
    """Sort a law into those of its complexity, unless one with this loss is there."""
    complexity = complexity_between(child.code, 0, n)
    losses = finds.losses[0, complexity]
    if not loss < losses[-1]:
        return
    place = losses.size - 1
    for k in range(losses.size):
        if abs(losses[k] - loss) <= ALIKE * abs(loss):
            return
        if loss < losses[k]:
            place = k
            break
    for k in range(losses.size - 1, place, -1):
        losses[k] = losses[k - 1]
        copy_into(finds.codes[0, complexity, k - 1], finds.codes[0, complexity, k])
        copy_into(finds.values[0, complexity, k - 1], finds.values[0, complexity, k])
    losses[place] = loss
    copy_into(child.code, finds.codes[0, complexity, place])
    copy_into(child.value, finds.values[0, complexity, place])
