"""What the compiled kernels work on: data in blocks of whole origins, and scratch memory.

Origins stand in the order of their squared flows, largest first: those are the ones that a bad
law fails on, so that a loss that may not exceed a limit is given up after a block or two.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, types
from numba.core.cgutils import pack_array
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from movelaws.symbolic.tokens import LONGEST

MSE, POISSON, NEGBIN = 0, 1, 2
LOSSES = {"mse": MSE, "poisson": POISSON, "negbin": NEGBIN}

BLOCK_ROWS = 1024  # three operands of a block fit into 32 KB, all of an expression into L2
DEEPEST = (LONGEST + 1) // 2  # operands that wait on the stack of a program
N_SLOTS = 2 * DEEPEST  # two per place on the stack, as no loop writes over what it reads
MOST_CONSTANTS = DEEPEST


class Data(NamedTuple):
    """Observations as the kernels read them; origins sorted, see the module.

    columns : (2 n_variables, n_rows) the variables, then their logarithms (nan below 0).
    positive : (n_variables,) whether a variable is >= 0 everywhere.
    start : (n_origins + 1,) first row of each origin.
    flow, outflow : (1, n_rows) as a table that views are taken of; (n_origins,).
    blocks : (n_blocks + 1,) first origin of each block.
    floor : (n_blocks + 1,) least loss that the blocks from b on can have, whatever the law.
    size : what a loss is small against: sum F^2 for mse, sum F for the likelihoods.
    sample : (n_variables, n) variables in a few rows, half of them drawn by their flow.
    loss, dispersion : see ``LOSSES``; alpha of the negative binomial, 0 for the others.
    kernels : (n_kernels,) addresses of kernels, see ``kernels_links``.
    """

    columns: np.ndarray
    positive: np.ndarray
    start: np.ndarray
    flow: np.ndarray
    outflow: np.ndarray
    blocks: np.ndarray
    floor: np.ndarray
    size: float
    sample: np.ndarray
    loss: int
    dispersion: float
    kernels: np.ndarray


class Planning(NamedTuple):
    """Scratch memory to plan a program in, and the plan.

    plan : (LONGEST, 4) instructions: what, operands, where to.
    scalars : (LONGEST,) the scalar operand of each instruction.
    slopes : (LONGEST, MOST_CONSTANTS) its derivatives by the constants.
    stack, stack_scalars, stack_slopes : the same of what lies on the stack during planning.
    """

    plan: np.ndarray
    scalars: np.ndarray
    slopes: np.ndarray
    stack: np.ndarray
    stack_scalars: np.ndarray
    stack_slopes: np.ndarray


class Work(NamedTuple):
    """Scratch memory of one thread.

    planning : the plan of the program at hand.
    slots : (N_SLOTS, width) values of subexpressions in the rows of a block.
    tangents : (N_SLOTS * MOST_CONSTANTS, width) their derivatives by each constant.
    partials : (2, width) derivatives of one operation by its operands.
    depends : (N_SLOTS, MOST_CONSTANTS) whether the values of a slot depend on a constant.
    """

    planning: Planning
    slots: np.ndarray
    tangents: np.ndarray
    partials: np.ndarray
    depends: np.ndarray


@njit(cache=True)
def scratch(data):
    """Scratch memory for programs over ``data``; one per thread, for any number of programs."""
    longest = 0
    for b in range(data.blocks.size - 1):
        rows = data.start[data.blocks[b + 1]] - data.start[data.blocks[b]]
        longest = max(longest, rows)
    # An odd number of cache lines beyond a whole number of pages, lest slots share cache sets.
    width = (longest + 511) // 512 * 512 + 72
    planning = Planning(
        np.empty((LONGEST, 4), dtype=np.int64),
        np.empty(LONGEST),
        np.empty((LONGEST, MOST_CONSTANTS)),
        np.empty(LONGEST, dtype=np.int64),
        np.empty(LONGEST),
        np.empty((LONGEST, MOST_CONSTANTS)),
    )
    return Work(
        planning,
        np.empty((N_SLOTS, width)),
        np.empty((N_SLOTS * MOST_CONSTANTS, width)),
        np.empty((2, width)),
        np.empty((N_SLOTS, MOST_CONSTANTS), dtype=np.bool_),
    )


@intrinsic
def view(typing_context, table, row, first, n):
    """``table[row, first : first + n]`` for a table in C order, without counting a reference.

    Threads that count references to one array wait for one another at each slice. The table has
    to outlive the view, and the limits are not checked.
    """
    if not (isinstance(table, types.Array) and table.ndim == 2 and table.layout == "C"):
        return None
    result = types.Array(table.dtype, 1, "C")
    integer = types.intp

    def build(context, builder, signature, arguments):
        source = make_array(table)(context, builder, arguments[0])
        row, first, n = (
            context.cast(builder, value, kind, integer)
            for value, kind in zip(arguments[1:], signature.args[1:], strict=True)
        )
        columns = builder.extract_value(source.shape, 1)
        offset = builder.add(builder.mul(row, columns), first)
        size = context.get_constant(
            integer, context.get_abi_sizeof(context.get_data_type(table.dtype))
        )
        made = make_array(result)(context, builder)
        populate_array(
            made,
            data=builder.gep(source.data, [offset]),
            shape=pack_array(builder, [n]),
            strides=pack_array(builder, [size]),
            itemsize=size,
            meminfo=None,
        )
        return made._getvalue()

    return result(table, row, first, n), build
