"""Fictional names of places and streets with Danish letters, and identifiers of addresses."""

import numpy as np
import pyarrow as pa

_BEGINNINGS = (
    *("Sønder", "Nørre", "Øster", "Vester", "Ær", "Lille", "Store", "Sejl", "Rød", "Hav"),
    *("Birke", "Bøge", "Eg", "Ful", "Gam", "Hede", "Ild", "Jel", "Kær", "Lund", "Mose", "Næs"),
    *("Ode", "Pil", "Rav", "Skov", "Sø", "Tor", "Ul", "Vind", "Ø", "Å", "Brøn", "Dal", "Elm"),
)
_ENDINGS = ("by", "købing", "rup", "sted", "lev", "borg", "ø", "bæk", "næs", "ager", "holt", "um")
_STREETS = ("vej", "gade", "vænget", "parken", "alle", "stien", "toften", "bakken")
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def towns(rng: np.random.Generator, n: int) -> list[str]:
    """Different names of ``n`` towns."""
    names = np.array([a + b for a in _BEGINNINGS for b in _ENDINGS])
    drawn = names[rng.permutation(names.size)].tolist()
    rounds = ("", "-Nørreland", "-Sønderland", "-Østerland", "-Vesterland")
    while len(drawn) * len(rounds) < n:
        rounds = (*rounds, f" {len(rounds)}")
    return [name + more for more in rounds for name in drawn][:n]


def streets() -> list[str]:
    """Names of streets; those of a town repeat in others."""
    return [a + b for b in _STREETS for a in _BEGINNINGS]


def identifiers(rows: np.ndarray, seed: int) -> pa.Array:
    """Identifiers like those of the address register, a function of row and seed (Arrow text).

    Different rows have different ones: the first word is a bijection of the row (the finaliser of
    splitmix64), so millions need not be kept.
    """
    rows = np.asarray(rows, dtype=np.uint64)
    keys = _mixed(np.array([2 * seed, 2 * seed + 1], dtype=np.uint64))
    words = [_mixed(rows + key) for key in keys]
    raw = np.column_stack(words).astype(">u8").view(np.uint8).reshape(rows.size, 16)
    digits = np.empty((rows.size, 32), np.uint8)
    digits[:, ::2], digits[:, 1::2] = _HEX[raw >> 4], _HEX[raw & 15]
    text = np.full((rows.size, 36), ord("-"), np.uint8)
    for start, end, at in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
        text[:, at : at + end - start] = digits[:, start:end]
    offsets = np.arange(0, text.size + 1, 36, dtype=np.int32)
    return pa.StringArray.from_buffers(rows.size, pa.py_buffer(offsets), pa.py_buffer(text))


def _mixed(word: np.ndarray) -> np.ndarray:
    word = (word ^ (word >> np.uint64(30))) * _FIRST
    word = (word ^ (word >> np.uint64(27))) * _SECOND
    return word ^ (word >> np.uint64(31))
