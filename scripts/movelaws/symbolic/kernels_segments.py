"""Sums over the rows of one origin after the other, in vectors of eight (compiled, private).

Origins have some forty rows. The compiler's own loops take that many rows to get going and leave
the rest to one entry at a time, so that sums took longer than the values they were of. Here the
last vector of an origin is loaded under a mask, and no branch depends on the data. Written in
LLVM's own terms, as Numba has no words for vectors; any processor runs it.
"""

from collections.abc import Callable
from functools import partial

from llvmlite import ir
from numba import types
from numba.core.cgutils import alloca_once_value, for_range, pack_array
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

LANES = 8

_DOUBLE, _INTEGER = ir.DoubleType(), ir.IntType(64)
_VECTOR, _MASK = ir.VectorType(_DOUBLE, LANES), ir.VectorType(ir.IntType(1), LANES)
_INTEGERS = ir.VectorType(_INTEGER, LANES)
_ZEROS = ir.Constant(_VECTOR, [0.0] * LANES)
_ANY_ORDER = ("reassoc", "contract")

_FLOATS = types.Array(types.float64, 1, "C")
_INTEGERS_1D = types.Array(types.int64, 1, "C")


class _Writer:
    """Writes vector code for rows first..first + n of arrays."""

    def __init__(self, context, builder) -> None:
        self.context, self.builder = context, builder

    def pointer(self, kind, array):
        """Address of the first entry of a Numba array."""
        return make_array(kind)(self.context, self.builder, array).data

    def spread(self, value, vector=_VECTOR):
        """A vector of equal entries."""
        one = self.builder.insert_element(
            ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
        )
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return self.builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)

    def total(self, vector):
        """Sum of the entries of a vector."""
        reduce = self._function("llvm.vector.reduce.fadd.v8f64", _DOUBLE, [_DOUBLE, _VECTOR])
        zero = ir.Constant(_DOUBLE, 0.0)
        return self.builder.call(reduce, [zero, vector], fastmath=_ANY_ORDER)

    def load(self, pointer, row, mask):
        """Eight entries from ``row`` on; 0 where a mask is given and false."""
        builder = self.builder
        place = builder.gep(pointer, [row])
        if mask is None:
            return builder.load(builder.bitcast(place, _VECTOR.as_pointer()), align=8)
        kinds = [_VECTOR.as_pointer(), ir.IntType(32), _MASK, _VECTOR]
        masked = self._function("llvm.masked.load.v8f64.p0", _VECTOR, kinds)
        place = builder.bitcast(place, _VECTOR.as_pointer())
        return builder.call(masked, [place, ir.Constant(ir.IntType(32), 8), mask, _ZEROS])

    def store(self, vector, pointer, row, mask):
        """Write eight entries from ``row`` on, only where a mask that is given is true."""
        builder = self.builder
        place = builder.bitcast(builder.gep(pointer, [row]), _VECTOR.as_pointer())
        if mask is None:
            builder.store(vector, place, align=8)
            return
        kinds = [_VECTOR, _VECTOR.as_pointer(), ir.IntType(32), _MASK]
        masked = self._function("llvm.masked.store.v8f64.p0", ir.VoidType(), kinds)
        builder.call(masked, [vector, place, ir.Constant(ir.IntType(32), 8), mask])

    def rows(self, first, n, body: Callable) -> None:
        """``body(row, mask)`` for each vector of the rows first..first + n."""
        builder = self.builder
        whole = builder.lshr(n, ir.Constant(_INTEGER, 3))
        with for_range(builder, whole) as loop:
            body(builder.add(first, builder.shl(loop.index, ir.Constant(_INTEGER, 3))), None)
        left = builder.and_(n, ir.Constant(_INTEGER, 7))
        lanes = ir.Constant(_INTEGERS, list(range(LANES)))
        mask = builder.icmp_signed("<", lanes, self.spread(left, _INTEGERS))
        body(builder.add(first, builder.shl(whole, ir.Constant(_INTEGER, 3))), mask)

    def sum_rows(self, first, n, term: Callable):
        """Vector of eight partial sums of ``term(row, mask)``, a vector that is 0 off the mask."""
        builder = self.builder
        place = alloca_once_value(builder, _ZEROS)
        builder.store(_ZEROS, place)

        def add(row, mask):
            value = term(row, mask)
            builder.store(builder.fadd(builder.load(place), value, flags=_ANY_ORDER), place)

        self.rows(first, n, add)
        return builder.load(place)

    def residuals(self, f, flow, scale, row, mask):
        """scale f - F; 0 off the mask."""
        product = self.builder.fmul(scale, self.load(f, row, mask), flags=_ANY_ORDER)
        return self.builder.fsub(product, self.load(flow, row, mask), flags=_ANY_ORDER)

    def _function(self, name, result, kinds):
        module = self.builder.module
        if name in module.globals:
            return module.globals[name]
        return ir.Function(module, ir.FunctionType(result, kinds), name)


@intrinsic
def sum_of(typing_context, f, first, n):
    """Sum of f[first : first + n]."""

    def build(context, builder, signature, arguments):
        write = _Writer(context, builder)
        pointer = write.pointer(_FLOATS, arguments[0])
        return write.total(write.sum_rows(*arguments[1:], partial(write.load, pointer)))

    return types.float64(_FLOATS, types.int64, types.int64), build


@intrinsic
def squares_of_block(typing_context, f, flow, start, outflow, first_origin, last_origin):
    """Sum of squared errors of origins, and the lowest and highest of their sums of f.

    ``f`` and ``flow`` begin at the first row of the first origin, ``start`` and ``outflow`` are
    those of all origins. A sum that is nan, or 0, makes the errors nan or inf.
    """
    result = types.UniTuple(types.float64, 3)

    def build(context, builder, signature, arguments):
        write = _Writer(context, builder)
        f, flow = (write.pointer(_FLOATS, array) for array in arguments[:2])
        start = write.pointer(_INTEGERS_1D, arguments[2])
        outflow = write.pointer(_FLOATS, arguments[3])
        first_origin, last_origin = arguments[4:]
        shift = builder.load(builder.gep(start, [first_origin]))
        errors = alloca_once_value(builder, _ZEROS)
        builder.store(_ZEROS, errors)
        low, high = (alloca_once_value(builder, ir.Constant(_DOUBLE, 0.0)) for _ in range(2))
        builder.store(ir.Constant(_DOUBLE, float("inf")), low)
        builder.store(ir.Constant(_DOUBLE, float("-inf")), high)
        with for_range(builder, last_origin, start=first_origin) as loop:
            begin = builder.load(builder.gep(start, [loop.index]))
            after = builder.add(loop.index, ir.Constant(_INTEGER, 1))
            n = builder.sub(builder.load(builder.gep(start, [after])), begin)
            first = builder.sub(begin, shift)
            total = write.total(write.sum_rows(first, n, partial(write.load, f)))
            for place, sign in ((low, "<"), (high, ">")):
                old = builder.load(place)
                builder.store(
                    builder.select(builder.fcmp_ordered(sign, total, old), total, old), place
                )
            scale = builder.fdiv(builder.load(builder.gep(outflow, [loop.index])), total)
            scales = write.spread(scale)

            def square(row, mask, scales=scales):
                residual = write.residuals(f, flow, scales, row, mask)
                return builder.fmul(residual, residual, flags=_ANY_ORDER)

            found = write.sum_rows(first, n, square)
            builder.store(builder.fadd(builder.load(errors), found, flags=_ANY_ORDER), errors)
        values = [write.total(builder.load(errors)), builder.load(low), builder.load(high)]
        return pack_array(builder, values)

    arrays = (_FLOATS, _FLOATS, _INTEGERS_1D, _FLOATS)
    return result(*arrays, types.int64, types.int64), build


@intrinsic
def normalise(typing_context, tangent, f, first, n, scale, share):
    """tangent = scale (tangent - share f) in the rows first..first + n."""

    def build(context, builder, signature, arguments):
        write = _Writer(context, builder)
        tangent, f = (write.pointer(_FLOATS, array) for array in arguments[:2])
        scale, share = (write.spread(value) for value in arguments[4:])

        def change(row, mask):
            part = builder.fmul(share, write.load(f, row, mask), flags=_ANY_ORDER)
            rest = builder.fsub(write.load(tangent, row, mask), part, flags=_ANY_ORDER)
            write.store(builder.fmul(scale, rest, flags=_ANY_ORDER), tangent, row, mask)

        rows = arguments[2:4]
        write.rows(*rows, change)
        return context.get_dummy_value()

    numbers = (types.int64, types.int64, types.float64, types.float64)
    return types.void(_FLOATS, _FLOATS, *numbers), build


@intrinsic
def residuals_into(typing_context, f, flow, first, n, scale, out):
    """out = scale f - F in the rows first..first + n."""

    def build(context, builder, signature, arguments):
        write = _Writer(context, builder)
        f, flow = (write.pointer(_FLOATS, array) for array in arguments[:2])
        out = write.pointer(_FLOATS, arguments[5])
        scale = write.spread(arguments[4])

        def change(row, mask):
            write.store(write.residuals(f, flow, scale, row, mask), out, row, mask)

        write.rows(*arguments[2:4], change)
        return context.get_dummy_value()

    numbers = (types.int64, types.int64, types.float64)
    return types.void(_FLOATS, _FLOATS, *numbers, _FLOATS), build
