"""Which expressions are one law: equal allocation, with given or with free constants.

Two laws are equal if p_ij = f_ij / sum_k f_ik are, which a constant factor of f and a factor of the
origin leave alone. What the normal form does not settle is settled by numbers, at random points
arranged as origins with several destinations: different laws are told apart there unless they agree
to 1e-9, and equal ones are found equal unless rounding errors exceed that.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import least_squares

from movelaws.symbolic.canonical import allocation_form, allocation_key
from movelaws.symbolic.expressions import (
    Binary,
    Constant,
    Expression,
    Unary,
    Variable,
    evaluate,
)
from movelaws.symbolic.observations import ORIGIN_ONLY

TOLERANCE = 1e-9  # relative, of p
FIT_TOLERANCE = 1e-8  # of p beside the largest p of the origin
_RANGES = ((0.2, 5.0), (0.05, 20.0), (1.0, 100.0))  # of all variables, one draw each
_FIT_RANGES = ((0.3, 3.0), (0.2, 4.0))  # to fit and to confirm
_ORIGINS, _DESTINATIONS = 8, 7
_CANCELLED = 1e-5  # a sum this small beside its terms has lost too many digits to compare
_HUGE = 1e250
_SCANNED, _REFINED = 96, 10  # starts of a fit: looked at, and followed
_DEFINED = 2  # origins at which a law must be defined to be a target
_TETHER = 1e-7
_LARGEST = 1e4  # a fitted constant beyond this runs off to a limit that is no member of the family


def same_law(a: Expression, b: Expression) -> bool:
    """Whether two laws allocate equally with the constants that they have.

    First by the normal form, which decides wherever both are real numbers; then by three random
    draws of positive points, at which p must agree to a relative 1e-9 and one law must be a real
    number where the other is. Laws that are no real number anywhere are equal only as texts.
    """
    first, last = allocation_key(a), allocation_key(b)
    if first is not None and first == last:
        return True
    return _equal(a, b, _marks(a), _marks(b))


def classes(expressions: Sequence[Expression]) -> list[int]:
    """Number of the class of each expression under ``same_law``, from 0 in order of appearance.

    About a millisecond per expression: only neighbours in a numerical fingerprint are compared.
    """
    found: dict[object, int] = {}
    keys = []
    for at, expression in enumerate(expressions):
        key = allocation_key(expression)
        keys.append(("key", key) if key is not None else ("text", expression))
        found.setdefault(keys[-1], at)
    leaders = sorted(found.values())
    marks = {at: _marks(expressions[at]) for at in leaders}
    prints = {at: _fingerprint(marks[at]) for at in leaders}
    parent = {at: at for at in leaders}
    order = sorted(leaders, key=lambda at: (prints[at], at))
    for place, at in enumerate(order):
        for other in order[place + 1 :]:
            if prints[other] - prints[at] > 1e-7 * (1 + abs(prints[at])):
                break
            if _equal(expressions[at], expressions[other], marks[at], marks[other]):
                low, high = sorted((_root(parent, at), _root(parent, other)))
                parent[high] = low
    number: dict[int, int] = {}
    return [number.setdefault(_root(parent, found[key]), len(number)) for key in keys]


def _root(parent: dict[int, int], at: int) -> int:
    while parent[at] != at:
        at = parent[at]
    return at


def _fingerprint(marks: list[np.ndarray]) -> float:
    """One number that equal laws share up to rounding."""
    weights = np.sin(1.0 + np.arange(_ORIGINS * _DESTINATIONS)).reshape(_ORIGINS, _DESTINATIONS)
    # arcsinh tames shares far from [0, 1], which laws of both signs may have.
    known = [np.where(np.isfinite(p), np.arcsinh(p), 0.0) for p in marks]
    return float(sum((weights * p).sum() for p in known))


def _points(names: Sequence[str], low: float, high: float) -> dict[str, np.ndarray]:
    """Positive columns, (origins, destinations), log-uniform; the same for a name every time."""
    columns = {}
    for name in names:
        random = np.random.default_rng([*name.encode(), round(1000 * low)])
        shape = (_ORIGINS, 1) if name in ORIGIN_ONLY else (_ORIGINS, _DESTINATIONS)
        column = np.exp(random.uniform(np.log(low), np.log(high), shape))
        columns[name] = np.broadcast_to(column, (_ORIGINS, _DESTINATIONS))
    return columns


def _shares(weight: np.ndarray) -> np.ndarray:
    """p of each origin, (origins, destinations); nan where f is undefined, inf where digits fail.

    Overflow, underflow and sums that cancel depend on how a law is written, not on the law.
    """
    with np.errstate(all="ignore"):
        total = weight.sum(axis=1, keepdims=True)
        size = np.abs(weight).sum(axis=1, keepdims=True)
        shares = weight / total
        lost = (size > _HUGE) | (size < 1 / _HUGE) | (np.abs(total) < _CANCELLED * size)
    shares[lost[:, 0]] = np.inf
    shares[np.isnan(weight).any(axis=1)] = np.nan
    return shares


def _marks(expression: Expression) -> list[np.ndarray]:
    if not expression.variables:
        expression = Binary("+", expression, Constant(0.0))
    found = []
    for low, high in _RANGES:
        columns = _points((*expression.variables, "d"), low, high)
        found.append(_shares(evaluate(expression, columns)))
    return found


def _equal(a: Expression, b: Expression, first: list[np.ndarray], last: list[np.ndarray]) -> bool:
    seen = False
    for p, q in zip(first, last, strict=True):
        if (np.isnan(p) != np.isnan(q)).any():
            return False
        usable = np.isfinite(p) & np.isfinite(q)
        p, q = p[usable], q[usable]
        # Below 1e-200 weights may have lost digits on the way to zero.
        close = np.abs(p - q) <= TOLERANCE * np.maximum(np.abs(p), np.abs(q)) + 1e-200
        if not close.all():
            return False
        seen |= bool(usable.any())
    return seen or a == b


def same_family(a: Expression, b: Expression) -> bool:
    """Whether two laws are equal up to the values of their constants: each contains the other."""
    return contains(a, b) and contains(b, a)


def contains(general: Expression, special: Expression) -> bool:
    """Whether ``general`` with some constants is ``special``, whatever constants that one has.

    Equal structure decides. Otherwise the constants of ``general`` are fitted, from many starts, to
    the allocation of ``special`` with its constants shifted at random, and a fit to 1e-8 that holds
    at other points as well is a yes. A limit such as an infinite constant is not a member. A no may
    rarely be wrong, if no start leads to the solution; a yes is right to the tolerance.
    """
    if _skeleton(general) == _skeleton(special):
        return True
    if not set(allocation_form(special).variables) <= set(general.variables):
        return False
    model, target = _Parametric(general), _Parametric(special)
    columns = [
        _points({*general.variables, *special.variables, "d"}, low, high)
        for low, high in _FIT_RANGES
    ]
    tried = 0
    for values in _shifted(target.values):
        wanted = [target.shares(values, at) for at in columns]
        enough = all(np.isfinite(p).all(axis=1).sum() >= _DEFINED for p in wanted)
        if tried == 2 or not enough:
            continue
        tried += 1
        if not _fits(model, values, columns, wanted):
            return False
    return tried > 0


def _shifted(values: np.ndarray) -> list[np.ndarray]:
    """Constants shifted at random, twice, and as they are, should the others be undefined."""
    if not values.size:
        return [values]
    random = np.random.default_rng(11)
    return [*(values * np.exp(random.uniform(-0.3, 0.3, (2, values.size)))), values]


def _fits(
    model: "_Parametric",
    other: np.ndarray,
    columns: list[dict[str, np.ndarray]],
    wanted: list[np.ndarray],
) -> bool:
    """Whether constants of the model give the shares wanted; ``other`` is a start worth a try."""

    def off(values: np.ndarray, at: int = 0) -> np.ndarray:
        usable = np.isfinite(wanted[at]).all(axis=1)
        target = wanted[at][usable]
        p = model.shares(values, columns[at])[usable]
        difference = (p - target) / np.abs(target).max(axis=1, keepdims=True)
        return np.where(np.isfinite(difference), np.clip(difference, -1e3, 1e3), 1e3).ravel()

    k = model.values.size
    if not k:
        return bool(np.abs(off(model.values)).max() <= FIT_TOLERANCE)
    random = np.random.default_rng(7)
    starts = [
        *([other] if other.size == k else []),
        *random.uniform(-2.5, 2.5, (_SCANNED // 2, k)),
        *np.exp(random.uniform(-2.5, 2.0, (_SCANNED // 2, k))),
    ]
    starts.sort(key=lambda start: float(np.square(off(start)).sum()))
    for start in [model.values, *starts[:_REFINED]]:

        def tethered(values: np.ndarray, start: np.ndarray = start) -> np.ndarray:
            # Constants that cancel would wander off: a faint pull holds them.
            return np.concatenate([off(values), _TETHER * (values - start)])

        found = least_squares(tethered, start, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15).x
        if (
            np.abs(found).max() <= _LARGEST
            and np.abs(off(found)).max() <= FIT_TOLERANCE
            and np.abs(off(found, 1)).max() <= 100 * FIT_TOLERANCE
        ):
            return True
    return False


class _Parametric:
    """A law as a function of its constants; c^x is exp(k x) with k = ln c, which is smoother."""

    def __init__(self, law: Expression) -> None:
        found: list[float] = []
        self.form = self._walk(law, found)
        self.values = np.array(found)

    def shares(self, values: np.ndarray, columns: dict[str, np.ndarray]) -> np.ndarray:
        named = {_parameter(at): np.float64(value) for at, value in enumerate(values)}
        return _shares(evaluate(self.form, columns | named))

    def _walk(self, node: Expression, found: list[float]) -> Expression:
        match node:
            case Constant(value):
                found.append(value)
                return Variable(_parameter(len(found) - 1))
            case Binary("^", Constant(base), exponent) if base > 0:
                found.append(float(np.log(base)))
                rate = Variable(_parameter(len(found) - 1))
                return Unary("exp", Binary("*", rate, self._walk(exponent, found)))
            case Binary(op, left, right):
                first = self._walk(left, found)
                return Binary(op, first, self._walk(right, found))
            case Unary(op, child):
                return Unary(op, self._walk(child, found))
        return node


def _parameter(at: int) -> str:
    return f"constant_{at}"


def _skeleton(node: Expression) -> tuple:
    """The tree without the values of its constants, operands of + and * in one order."""
    match node:
        case Constant():
            return ("constant",)
        case Variable(name):
            return ("variable", name)
        case Unary(op, child):
            return (op, _skeleton(child))
    sides = [_skeleton(node.left), _skeleton(node.right)]
    return (node.op, *(sorted(sides, key=str) if node.op in "+*" else sides))
