"""One independent random stream per job, all from the one seed of the config."""

import hashlib

import numpy as np


def stream(seed: int, *job: str) -> np.random.Generator:
    """Random generator of one job, named by strings such as the step and the dataset.

    Equal seeds and names give equal streams, whatever else runs, in what order and on how many
    cores; different names give independent streams (``numpy.random.SeedSequence.spawn_key``).
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=_key(job)))


def number(seed: int, *job: str) -> int:
    """Integer seed in [0, 2^32) of one job, for functions that take a number."""
    return int(np.random.SeedSequence(seed, spawn_key=_key(job)).generate_state(1)[0])


def _key(job: tuple[str, ...]) -> tuple[int, ...]:
    digest = hashlib.sha256("\0".join(job).encode()).digest()
    return tuple(int.from_bytes(digest[k : k + 4], "big") for k in range(0, 16, 4))
