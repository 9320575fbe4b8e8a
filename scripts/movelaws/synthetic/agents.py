"""Agents on a lattice whose numbers are given at each moment; they move as little as need be.

Each block has seats, each in one of its fine cells. At any moment the first seats of a block are
taken, as many as it has agents. From one moment to the next only the surplus of a block gets up,
last come, first gone, and sits down in blocks that lack agents, near ones first. So an agent who
stays in his block stays in his cell, and the cells of a block share its agents as planted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

_NEAR = 2
"""Blocks that far away each way are filled by distance, those beyond by their number."""
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Moves:
    """Who sat down where, in order of agent and moment.

    Attributes
    ----------
    agent, moment, cell : (n,) integers. The first row of each agent is his start, at moment 0.
    """

    agent: np.ndarray
    moment: np.ndarray
    cell: np.ndarray


def whole_numbers(share: np.ndarray, agents: int) -> np.ndarray:
    """Agents in each block, the whole numbers nearest to shares by the largest remainders.

    Parameters
    ----------
    share : (n_moments, n_blocks), each row of sum 1.

    Returns
    -------
    (n_moments, n_blocks) int64, each row of sum ``agents``.
    """
    exact = share * agents
    count = np.floor(exact).astype(np.int64)
    left = agents - count.sum(axis=1)
    order = np.argsort(count - exact, axis=1, kind="stable")
    more = (np.arange(share.shape[1]) < left[:, None]).astype(np.int64)
    np.put_along_axis(count, order, np.take_along_axis(count, order, axis=1) + more, axis=1)
    return count


def seats(rng: np.random.Generator, most: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Fine cell of each seat, all seats of the first block first.

    Any first seats of a block are spread over its cells nearly as their shares, since they follow
    a sequence of low discrepancy.

    Parameters
    ----------
    most : (n_blocks,) seats of each block.
    share : (n_blocks, n_cells) of the cells in their block, each row of sum 1.

    Returns
    -------
    (sum of most,) int64, number of the cell in its block.
    """
    number = _ranges(np.zeros(most.size, dtype=np.int64), most)
    block = np.repeat(np.arange(most.size), most)
    at = (rng.random(most.size)[block] + number * _GOLDEN) % 1
    # One search serves all blocks: block b has the numbers from b to b + 1.
    edges = (np.cumsum(share, axis=1) + np.arange(most.size)[:, None]).ravel()
    found = np.searchsorted(edges, at + block, side="right")
    last = share.shape[1] - 1
    return np.clip(found - block * share.shape[1], 0, last)


def moves(rng: np.random.Generator, count: np.ndarray, cell: np.ndarray, side: int) -> Moves:
    """Let agents move so that each block always has as many as planted.

    Parameters
    ----------
    count : (n_moments, side^2) agents in each block, each row of the same sum.
    cell : fine cell of each seat; a block has as many seats as it ever has agents.
    """
    first = np.cumsum(count.max(axis=0)) - count.max(axis=0)
    agents = int(count[0].sum())
    taken = _ranges(first, count[0])
    sitting = np.full(cell.size, -1, dtype=np.int64)
    sitting[taken] = rng.permutation(agents)
    found = [(sitting[taken], np.zeros(agents, dtype=np.int64), cell[taken])]
    for moment in range(1, len(count)):
        old, new = count[moment - 1], count[moment]
        up = _ranges(first + new, np.maximum(old - new, 0))
        down = _ranges(first + old, np.maximum(new - old, 0))
        origin, destination = _nearest(old - new, side)
        agent = np.empty(up.size, dtype=np.int64)
        agent[np.argsort(origin, kind="stable")] = sitting[up]
        by_seat = agent[np.argsort(destination, kind="stable")]
        sitting[up] = -1
        sitting[down] = by_seat
        found.append((by_seat, np.full(up.size, moment), cell[down]))
    agent, moment, cells = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(agent * len(count) + moment, kind="stable")
    return Moves(agent[order], moment[order], cells[order])


def _nearest(surplus: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Block that each moving agent leaves and the one he goes to.

    Blocks give to neighbours at one distance after the other; all pairs of one shift at once,
    since a block is in one of them only. What is left after the nearest goes in order of number.
    """
    leaving = np.maximum(surplus, 0).reshape(side, side)
    missing = np.maximum(-surplus, 0).reshape(side, side)
    number = np.arange(side * side).reshape(side, side)
    origin, destination = [], []
    for dy, dx in _shifts():
        here = slice(max(0, -dy), side - max(0, dy)), slice(max(0, -dx), side - max(0, dx))
        there = slice(max(0, dy), side + min(0, dy)), slice(max(0, dx), side + min(0, dx))
        go = np.minimum(leaving[here], missing[there])
        if go.any():
            origin.append(np.repeat(number[here], go.ravel()))
            destination.append(np.repeat(number[there], go.ravel()))
            leaving[here] -= go
            missing[there] -= go
    origin.append(np.repeat(number, leaving.ravel()))
    destination.append(np.repeat(number, missing.ravel()))
    return np.concatenate(origin), np.concatenate(destination)


def _shifts() -> Iterator[tuple[int, int]]:
    """Shifts (dy, dx) to the blocks nearby, nearest first."""
    reach = range(-_NEAR, _NEAR + 1)
    near = [(dy, dx) for dy in reach for dx in reach if dy or dx]
    yield from sorted(near, key=lambda shift: (shift[0] ** 2 + shift[1] ** 2, shift))


def _ranges(start: np.ndarray, length: np.ndarray) -> np.ndarray:
    """The numbers start, ..., start + length - 1 of each range, one range after the other."""
    before = np.cumsum(length) - length
    return np.arange(length.sum()) + np.repeat(start - before, length)
