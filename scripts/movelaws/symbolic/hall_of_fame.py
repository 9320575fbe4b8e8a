"""Hall of fame: the best distinct laws of every complexity, and the front they form."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from movelaws.symbolic import tokens
from movelaws.symbolic.tokens import Program

SAME = 1e-7  # laws whose losses differ by less, relatively, allocate alike
COLUMNS = ("complexity", "rank", "program", "constants", "n_constants", "loss")

_SYMBOLS = {
    tokens.CONSTANT: "constant",
    tokens.ADD: "+",
    tokens.SUBTRACT: "-",
    tokens.MULTIPLY: "*",
    tokens.DIVIDE: "/",
    tokens.POWER: "^",
    tokens.EXP: "exp",
    tokens.LOG: "ln",
    tokens.BASE: "base",
}


class Law(NamedTuple):
    """A program with its constants fitted, its complexity and its loss on all rows."""

    complexity: int
    loss: float
    program: Program


class HallOfFame:
    """The ``keep`` best distinct laws of every complexity.

    Two laws of one complexity are the same if their losses differ by at most 1e-7 of the smaller
    one; the one with fewer constants stays. Which laws are in does not depend on the order in
    which they come (but for losses that tie within rounding).

    Parameters
    ----------
    keep : laws per complexity, at least 1.

    Raises
    ------
    ValueError
        If ``keep`` is less than 1.

    Examples
    --------
    >>> import numpy as np
    >>> from movelaws.symbolic.tokens import CONSTANT, DIVIDE, POWER, Program
    >>> hall = HallOfFame()
    >>> hall.add(Program(np.array([0, 1, DIVIDE], np.int8), np.array([])), 9.0)
    True
    >>> gravity = Program(np.array([0, 1, CONSTANT, POWER, DIVIDE], np.int8), np.array([2.1]))
    >>> hall.add(gravity, 4.0)
    True
    >>> [(law.complexity, law.loss) for law in hall.front()]
    [(3, 9.0), (5, 4.0)]
    """

    def __init__(self, keep: int = 3) -> None:
        if keep < 1:
            raise ValueError(f"keep = {keep}: at least one law per complexity is needed")
        self.keep = keep
        self._levels: dict[int, list[Law]] = {}

    def __len__(self) -> int:
        return sum(len(level) for level in self._levels.values())

    @property
    def laws(self) -> list[Law]:
        """All laws, by complexity and then by loss."""
        return [law for c in sorted(self._levels) for law in self._levels[c]]

    def at(self, complexity: int) -> list[Law]:
        """The laws of one complexity, best first."""
        return list(self._levels.get(complexity, []))

    def add(self, program: Program, loss: float) -> bool:
        """Offer a law; returns whether it is in afterwards.

        A loss that is not finite never enters.
        """
        if not math.isfinite(loss):
            return False
        own = Program(
            np.array(program.code, dtype=np.int8), np.array(program.constants, dtype=np.float64)
        )
        law = Law(tokens.complexity(own.code), float(loss), own)
        level = _best_distinct([*self.at(law.complexity), law], self.keep)
        self._levels[law.complexity] = level
        return any(other is law for other in level)

    def merge(self, *others: "HallOfFame") -> "HallOfFame":
        """The hall of the laws of all halls, the same in whatever order they are given."""
        merged = HallOfFame(max(hall.keep for hall in (self, *others)))
        by_complexity: dict[int, list[Law]] = {}
        for hall in (self, *others):
            for law in hall.laws:
                by_complexity.setdefault(law.complexity, []).append(law)
        for complexity, laws in by_complexity.items():
            merged._levels[complexity] = _best_distinct(laws, merged.keep)
        return merged

    def front(self) -> list[Law]:
        """Pareto front: the best law of each complexity that beats all simpler ones."""
        front: list[Law] = []
        for complexity in sorted(self._levels):
            best = min(self._levels[complexity], key=lambda law: law.loss)
            if not front or best.loss < front[-1].loss - SAME * abs(front[-1].loss):
                front.append(best)
        return front

    def to_table(self, names: Sequence[str]) -> pd.DataFrame:
        """Table with a row per law: complexity, rank, program, constants, n_constants, loss.

        Parameters
        ----------
        names : names of the variables, in the order of their tokens.

        Returns
        -------
        DataFrame; ``program`` is the expression in postfix notation, ``constants`` are joined by
        ";" with all digits, so that ``from_table`` gives the same hall back.
        """
        rows = []
        for complexity in sorted(self._levels):
            for rank, law in enumerate(self._levels[complexity], start=1):
                code, constants = law.program
                row = (
                    complexity,
                    rank,
                    postfix(code, names),
                    ";".join(repr(float(c)) for c in constants),
                    len(constants),
                    law.loss,
                )
                rows.append(row)
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @classmethod
    def from_table(
        cls, table: pd.DataFrame, names: Sequence[str], keep: int | None = None
    ) -> "HallOfFame":
        """The hall of a table that ``to_table`` made.

        Raises
        ------
        ValueError
            If a column is missing, a token is unknown, or the number of constants is wrong.
        """
        missing = [c for c in ("program", "constants", "loss", "rank") if c not in table.columns]
        if missing:
            raise ValueError(f"the table of the hall of fame lacks the columns {missing}")
        hall = cls(keep or max([1, *table["rank"].astype(int)]))
        laws = zip(table["program"], table["constants"], table["loss"], strict=True)
        for text, joined, loss in laws:
            program = from_postfix(text, joined, names)
            law = Law(tokens.complexity(program.code), float(loss), program)
            hall._levels.setdefault(law.complexity, []).append(law)
        for complexity, level in hall._levels.items():
            hall._levels[complexity] = _best_distinct(level, hall.keep)
        return hall


def postfix(code: np.ndarray, names: Sequence[str]) -> str:
    """Tokens as words, such as ``"w_j d constant ^ /"``."""
    return " ".join(names[t] if t >= 0 else _SYMBOLS[int(t)] for t in code if t != tokens.END)


def from_postfix(text: str, constants: str | float, names: Sequence[str]) -> Program:
    """The program of words as ``postfix`` writes them and of constants joined by ";".

    Raises
    ------
    ValueError
        If a word is unknown or the number of constants is not that of the words "constant".
    """
    known = {name: k for k, name in enumerate(names)}
    known |= {symbol: token for token, symbol in _SYMBOLS.items()}
    unknown = [word for word in text.split() if word not in known]
    if unknown:
        raise ValueError(f"program {text!r}: {unknown} is none of {sorted(known)}")
    code = np.array([known[word] for word in text.split()], dtype=np.int8)
    # an empty cell of a CSV file comes back as nan, a single constant as a number
    blank = constants == "" or (isinstance(constants, float) and math.isnan(constants))
    values = np.array([] if blank else [float(c) for c in str(constants).split(";")])
    if values.size != tokens.n_constants(code):
        raise ValueError(
            f"program {text!r} has {tokens.n_constants(code)} constants, given are {values.size}"
        )
    return Program(code, values)


def _order(law: Law) -> tuple:
    code, constants = law.program
    return law.loss, constants.size, code.tobytes(), tuple(constants.tolist())


def _best_distinct(laws: Iterable[Law], keep: int) -> list[Law]:
    """The best laws, one of each group with equal losses: the one with the fewest constants."""
    groups: list[list[Law]] = []
    for law in sorted(laws, key=_order):
        lowest = groups[-1][0].loss if groups else None
        if groups and law.loss - lowest <= SAME * abs(lowest):
            groups[-1].append(law)
        elif len(groups) == keep:
            break
        else:
            groups.append([law])
    return [min(group, key=lambda law: law.program.constants.size) for group in groups]
