"""The alphabet of programs: expressions as postfix codes that the compiled kernels run.

A token >= 0 pushes the variable of that index. ``CONSTANT`` pushes the next constant, counted in
the order in which constants stand in the code. ``BASE`` takes k and x, in this order, and gives
exp(k x): it stands for the power c^x with k = ln c, which is smooth in k and never leaves the
real numbers, unlike c^x in c.
"""

from typing import NamedTuple

import numpy as np

CONSTANT = -1
ADD = -2
SUBTRACT = -3
MULTIPLY = -4
DIVIDE = -5
POWER = -6
EXP = -7
LOG = -8
BASE = -9
END = -10  # fills the rest of a row of a table of codes

BINARY = (ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, BASE)
UNARY = (EXP, LOG)

LONGEST = 31  # tokens of one program; complexity 19 has at most 19


class Program(NamedTuple):
    """An expression ready to run.

    code : (n_tokens,) int8, postfix.
    constants : (n_constants,) float64, in the order of their tokens.
    """

    code: np.ndarray
    constants: np.ndarray


def complexity(code: np.ndarray) -> int:
    """Length of the expression behind ``code``: exp and ln count 2, everything else 1.

    ``END`` counts nothing. With exp as e^x and ln as a logarithm to the base e, this is the number
    of nodes of a full binary tree (paper 2, Sec. 2.1 and Fig. 2).
    """
    code = np.asarray(code)
    code = code[code != END]
    return int(code.size + np.isin(code, UNARY).sum())


def n_constants(code: np.ndarray) -> int:
    """Number of constants that ``code`` asks for."""
    return int((np.asarray(code) == CONSTANT).sum())


def stacked(programs: list[Program]) -> tuple[np.ndarray, np.ndarray]:
    """Programs as one table of codes (n, longest), padded by END, and constants (n, most), by 1."""
    longest = max((p.code.size for p in programs), default=1)
    most = max((p.constants.size for p in programs), default=0)
    codes = np.full((len(programs), longest), END, dtype=np.int8)
    constants = np.ones((len(programs), most))
    for row, program in enumerate(programs):
        codes[row, : program.code.size] = program.code
        constants[row, : program.constants.size] = program.constants
    return codes, constants
