"""Where the fit of constants begins, by what each constant is for (compiled, private).

A point of the unit cube becomes one start: each coordinate says where in the range of a constant
it lies. The range follows from the constant's role and from the values of the operand beside it
in a few rows: an exponent is 0.25 to 4 of either sign, the k of exp(k x) 0.03 to 30 over x, what
is added to x lies within two decades of x, a factor makes its product comparable with what it is
added to, or of order 1 as an argument of exp and ln.

Some programs are defined for few constants only, such as ln(c - x), which asks for c beyond the
largest x. For these there are starts in ranges that keep each operation within its domain as far
as its constants can: what is added lies beyond all values of its operand, an exponent and the k
of exp(k x) are small enough not to overflow anywhere.
"""

import math

import numpy as np
from numba import njit

from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    END,
    EXP,
    LOG,
    LONGEST,
    MULTIPLY,
    POWER,
    SUBTRACT,
)
from movelaws.symbolic.vector_math import exp, log, power

SETTLED = -1
_NEGATIVE_SHARE = 0.3  # of the starts of additive constants and factors
_OVERFLOW = 600.0  # an argument of exp that still leaves a finite sum
_LARGEST_EXPONENT = 6.0  # a power within e^-6 .. e^6 leaves room for another on top


@njit(cache=True, error_model="numpy")
def spread(u, share_negative, low, high):
    """A number of size low to high, evenly in logarithm, negative for the first part of u."""
    if u < share_negative:
        return -low * (high / low) ** (u / share_negative)
    return low * (high / low) ** ((u - share_negative) / (1 - share_negative))


@njit(cache=True, error_model="numpy")
def parse(code, parent, sibling, begin):
    """Parent and sibling token of each token (-1 if none); their number."""
    n = 0
    for t in range(code.size):
        token = code[t]
        if token == END:
            break
        n += 1
        parent[t] = -1
        sibling[t] = -1
        begin[t] = t
        if token >= CONSTANT:
            continue
        second = t - 1
        if token in (EXP, LOG):
            parent[second] = t
            begin[t] = begin[second]
            continue
        first = begin[second] - 1
        parent[first] = t
        parent[second] = t
        sibling[first] = second
        sibling[second] = first
        begin[t] = begin[first]
    return n


@njit(cache=True, error_model="numpy")
def _median_size(values, buffer):
    """Median of |values| over those that are finite and not 0; 1 if there are none."""
    n = 0
    for value in values:
        size = abs(value)
        if size > 0 and size < math.inf:
            at = n
            while at > 0 and buffer[at - 1] > size:
                buffer[at] = buffer[at - 1]
                at -= 1
            buffer[at] = size
            n += 1
    return buffer[n // 2] if n > 0 else 1.0


@njit(cache=True, error_model="numpy")
def _constant(u, token, is_second, size, context, beside):
    """A start for a constant that ``token`` joins to an operand of the given size.

    ``context`` is the parent of the operation, and ``beside`` the size of what it joins to it.
    """
    if token == POWER and is_second and context == POWER:  # (x^c)^v is exp(c v ln x)
        return spread(u, 0.5, 0.03, 30.0) / (beside * max(abs(math.log(size)), 1.0))
    if token == POWER and is_second:
        return spread(u, 0.5, 0.25, 4.0)
    if token == POWER:
        return math.exp(spread(u, 0.5, 0.03, 30.0) / size)
    if token == BASE:
        return spread(u, 0.5, 0.03, 30.0) / size
    if token in (ADD, SUBTRACT):
        return spread(u, _NEGATIVE_SHARE, 1e-2 * size, 1e2 * size)
    # size of the product that is wanted
    wanted = 1.0
    low, high = 1e-2, 1e2
    if context in (ADD, SUBTRACT):
        wanted = beside
    elif context in (BASE, MULTIPLY):
        wanted = 1.0 / beside if context == BASE else 1.0
    if context in (EXP, BASE):
        low, high = 0.03, 30.0
    if context == POWER:  # (c x)^v, of a large v: c x is close to 1
        number = spread(u, 0.0, 0.1, 10.0)
    else:
        number = spread(u, _NEGATIVE_SHARE if context != EXP else 0.5, low, high)
    if token == MULTIPLY:
        return number * wanted / size
    return number * size / wanted if is_second else number * size * wanted


@njit(cache=True, error_model="numpy")
def _extremes(values):
    """Lowest, highest and smallest size but 0 of the finite values; 1 if there are none."""
    low, high, least = math.inf, -math.inf, math.inf
    for value in values:
        if abs(value) < math.inf:
            low = min(low, value)
            high = max(high, value)
            least = min(least, abs(value) if value != 0 else math.inf)
    if low > high:
        return 1.0, 1.0, 1.0
    return low, high, (least if least < math.inf else 1.0)


@njit(cache=True, error_model="numpy")
def _largest(values):
    low, high, _ = _extremes(values)
    size = max(abs(low), abs(high))
    return size if size > 0 else 1.0


@njit(cache=True, error_model="numpy")
def _safe_constant(u, token, is_second, values, context, beside):
    """As ``_constant``, from all ``values`` of the operand, within the domain of what is around.

    ``beside`` is the largest size of what the parent joins to the operation.
    """
    low, high, least = _extremes(values)
    largest = max(abs(low), abs(high), least)
    if token == POWER and is_second:
        most = max(abs(math.log(largest)), abs(math.log(least)), _LARGEST_EXPONENT / 4.0)
        most *= beside if context == POWER else 1.0
        return spread(u, 0.3, 0.02, 1.0) * _LARGEST_EXPONENT / most
    if token == POWER:
        return math.exp(spread(u, 0.5, 0.03, 30.0) / largest)
    if token == BASE:
        above, overflow = math.log1p(beside) / least, _OVERFLOW / largest
        if context in (ADD, SUBTRACT) and above < overflow:  # larger than what it joins
            return spread(u, _NEGATIVE_SHARE, above, overflow)
        return spread(u, 0.5, 0.03, 30.0) / largest
    if token in (ADD, SUBTRACT):
        width = high - low if high > low else largest
        gap = spread(u, _NEGATIVE_SHARE, 1e-3, 1e2) * width
        if token == SUBTRACT:  # c - x > 0, or < 0 everywhere; x - c the other way round
            side = gap if not is_second else -gap
            return high + side if side > 0 else low + side
        return -low + gap if gap > 0 else -high + gap
    if context in (ADD, SUBTRACT):  # larger than what it joins, in all rows
        if token == MULTIPLY:
            size = 1.0 / least
        else:
            size = least if is_second else largest
        return spread(u, _NEGATIVE_SHARE, 1.0, 1e2) * beside * size
    if token == MULTIPLY:
        size = 1.0 / largest
    else:
        size = largest if is_second else least
    if context == POWER:  # (c x)^v: c x below 1 in some rows and above in others
        share = (largest / least) ** u
        return share / largest if token == MULTIPLY else share * least
    if context in (EXP, BASE):
        return spread(u, 0.5, 0.03, 30.0) * size
    return spread(u, _NEGATIVE_SHARE, 1e-2, 1e2) * size


@njit(cache=True, error_model="numpy")
def _apply(token, a, b, out):
    for i in range(out.size):
        x, y = a[i], b[i]
        if token == ADD:
            out[i] = x + y
        elif token == SUBTRACT:
            out[i] = x - y
        elif token == MULTIPLY:
            out[i] = x * y
        elif token == DIVIDE:
            out[i] = x / y
        elif token == POWER:
            out[i] = power(x, y)
        elif token == EXP:
            out[i] = exp(x)
        elif token == LOG:
            out[i] = log(x)
        else:
            out[i] = exp(x * y)


@njit(cache=True, error_model="numpy")
def _settle(code, n, point, sample, tree, sizes, stack, pending, buffer, constants, safe):
    """One pass over a program that settles each constant when its operation is reached.

    Where ``safe``, by the extremes of all rows in place of the median of some.
    """
    parent, sibling = tree[0], tree[1]
    top = -1
    seen = 0
    for t in range(n):
        token = code[t]
        if token >= CONSTANT:
            top += 1
            pending[top] = SETTLED
            if token >= 0:
                for i in range(sample.shape[1]):
                    stack[top, i] = sample[token, i]
            else:
                pending[top] = seen
                seen += 1
        else:
            binary = token != EXP and token != LOG
            if binary:
                top -= 1
            up = parent[t]
            context = code[up] if up >= 0 else END
            beside = sizes[sibling[t]] if sibling[t] >= 0 else 1.0
            for second in range(2 if binary else 1):
                c = pending[top + second]
                if c == SETTLED:
                    continue
                known = binary and (second == 1 or pending[top + 1] == SETTLED)
                u = point[c]
                if binary and safe:
                    # of a constant beside a constant, nothing is known
                    values = stack[top + 1 - second] if known else buffer[:0]
                    constants[c] = _safe_constant(u, token, second == 1, values, context, beside)
                elif binary:
                    other = _median_size(stack[top + 1 - second], buffer) if known else 1.0
                    constants[c] = _constant(u, token, second == 1, other, context, beside)
                else:
                    constants[c] = spread(u, _NEGATIVE_SHARE, 1e-2, 1e2)
                stack[top + second, :] = constants[c]
                pending[top + second] = SETTLED
            _apply(token, stack[top], stack[top + 1 if binary else top], stack[top])
        sizes[t] = 1.0
        if pending[top] == SETTLED:
            sizes[t] = _largest(stack[top]) if safe else _median_size(stack[top], buffer)
    if pending[0] != SETTLED:  # the program is a constant
        constants[0] = spread(point[0], 0.0, 1e-2, 1e2)


@njit(cache=True, error_model="numpy")
def starts_into(code, points, sample, out):
    """Fill ``out`` (n_starts, >= n_constants) with starts from points (n_starts, n_constants).

    Parameters
    ----------
    sample : (n_variables, n) values of the variables in some rows.
    """
    _starts(code, points, sample, out, False)


@njit(cache=True, error_model="numpy")
def safe_starts_into(code, points, columns, out):
    """The same from the values (>= n_variables, n_rows) of all rows, within domains."""
    _starts(code, points, columns, out, True)


@njit(cache=True, error_model="numpy")
def _starts(code, points, sample, out, safe):
    tree = np.empty((3, LONGEST), dtype=np.int64)
    n = parse(code, tree[0], tree[1], tree[2])
    sizes = np.ones(LONGEST)
    stack = np.empty((LONGEST, sample.shape[1]))
    pending = np.empty(LONGEST, dtype=np.int64)
    buffer = np.empty(sample.shape[1] + 1)
    # A first pass in the middle of all ranges sizes up what later passes meet to the right.
    middle = np.full(points.shape[1], 0.7)
    first = np.empty(out.shape[1])
    _settle(code, n, middle, sample, tree, sizes, stack, pending, buffer, first, safe)
    for s in range(points.shape[0]):
        _settle(code, n, points[s], sample, tree, sizes, stack, pending, buffer, out[s], safe)
