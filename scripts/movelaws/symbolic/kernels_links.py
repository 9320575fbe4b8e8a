"""Calls of kernels by address, so that each large one is compiled only once (private).

Numba copies all that a function calls into it and optimises the whole anew, for each function on
the way up from the loops to the parallel drivers, which took over a minute of compilation. The
largest kernels are therefore compiled on their own, and called by addresses that travel with the
data. Addresses hold for one process only: who sends data to another process has to renew them.
"""

from numba import types
from numba.core.cgutils import if_unlikely, unpack_tuple
from numba.extending import intrinsic

from movelaws.symbolic.kernels_data import Data, Planning, Work

_FLOATS = types.Array(types.float64, 1, "C")
_TABLE = types.Array(types.float64, 2, "C")
_CUBES = types.Array(types.float64, 3, "C")
_INTEGERS = types.Array(types.int64, 1, "C")
_BOOLEANS = types.Array(types.boolean, 1, "C")
_BOOLEAN_TABLE = types.Array(types.boolean, 2, "C")
_INTEGER_TABLE = types.Array(types.int64, 2, "C")
# What is not written to: arrays that may be written to are taken as well.
_CODE = types.Array(types.int8, 1, "C", readonly=True)
_CONSTANTS = types.Array(types.float64, 1, "C", readonly=True)

_DATA = types.NamedTuple(
    (
        _TABLE,
        _BOOLEANS,
        _INTEGERS,
        _TABLE,
        _FLOATS,
        _INTEGERS,
        _FLOATS,
        types.float64,
        _TABLE,
        types.int64,
        types.float64,
        _INTEGERS,
    ),
    Data,
)
_PLANNING = types.NamedTuple(
    (_INTEGER_TABLE, _FLOATS, _TABLE, _INTEGERS, _FLOATS, _TABLE), Planning
)
_WORK = types.NamedTuple((_PLANNING, _TABLE, _TABLE, _TABLE, _BOOLEAN_TABLE), Work)

# Places of the addresses in ``Data.kernels``, and the signatures in this order.
PLAN, RUN, LOSS, DERIVATIVES, FIT = range(5)
# The same in the table that the fits are handed.
STARTS, FIT_BEST, SEARCH = range(5, 8)
SIGNATURES = (
    types.Tuple((types.int64, types.int64, types.float64, types.int64))(
        _CODE, _CONSTANTS, _BOOLEANS, _PLANNING, types.boolean
    ),
    types.void(
        types.int64,
        types.int64,
        _INTEGER_TABLE,
        _FLOATS,
        _TABLE,
        _TABLE,
        types.int64,
        types.int64,
    ),
    types.float64(_CODE, _CONSTANTS, _DATA, _WORK, types.float64),
    types.float64(_CODE, _CONSTANTS, _DATA, _WORK, _FLOATS, _TABLE),
    types.Tuple((types.float64, types.boolean))(_CODE, _FLOATS, _DATA, _WORK, types.int64),
    types.void(_CODE, _TABLE, _TABLE, _TABLE),
    types.Tuple((types.float64, types.boolean))(
        _CODE, _TABLE, _DATA, _WORK, types.int64, types.int64, _FLOATS
    ),
    types.float64(
        _CODE,
        _CUBES,
        _INTEGERS,
        _DATA,
        _WORK,
        types.int64,
        types.int64,
        types.float64,
        _TABLE,
        _FLOATS,
        _INTEGERS,
    ),
)


def _call(place):
    signature = SIGNATURES[place]
    result, parameters = signature.return_type, signature.args

    @intrinsic
    def call(typing_context, address, arguments):
        """Call the kernel at an address with a tuple of arguments."""

        def build(context, builder, signature, values):
            convention = context.call_conv
            kind = convention.get_function_type(result, parameters)
            function = builder.inttoptr(values[0], kind.as_pointer())
            status, value = convention.call_function(
                builder, function, result, parameters, unpack_tuple(builder, values[1])
            )
            with if_unlikely(builder, status.is_error):
                convention.return_status_propagate(builder, status)
            return value

        return result(types.int64, types.Tuple(parameters)), build

    return call


call_plan, call_run, call_loss, call_derivatives, call_fit = (_call(place) for place in range(5))
call_starts, call_fit_best, call_search = (_call(place) for place in range(5, 8))


def address(kernel, place: int) -> int:
    """Address of a Numba function, compiled for its signature or read from the cache."""
    parameters = SIGNATURES[place].args
    kernel.compile(parameters)
    made = kernel.overloads[parameters]
    found = made.library.get_pointer_to_function(made.fndesc.llvm_func_name)
    if found == 0 or made.signature.return_type != SIGNATURES[place].return_type:
        raise RuntimeError(f"{kernel.__name__}: cannot be called by address as {made.signature}")
    return found
