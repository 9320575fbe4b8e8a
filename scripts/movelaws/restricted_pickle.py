"""Read pickles of plain data and nothing else.

A pickle is a program: unpickling an untrusted file can run anything. Published mobility data come
as pickles nevertheless (nested dictionaries of flows and distances, NumPy arrays). Here a pickle
may build dict, list, tuple, str, int, float, bool, None, and NumPy scalars and arrays of numbers
or text. NumPy's own constructors are never called with what the file says: stand-ins collect it,
check it, and build the array from its bytes.
"""

import math
import pickle
import re
from collections.abc import Hashable
from pathlib import Path
from typing import IO, Any

import numpy as np

_DTYPE = re.compile(r"[<>|=]?(?:[biufc][1248]|[fc]16|c8|[SU]\d{1,6}|\?)")
_ATOMS = (str, int, float, bool, type(None), np.generic)


class UnsafePickleError(ValueError):
    """The pickle asks for something other than plain data; the text names what."""


def load(path: str | Path, *, largest: int = 2 * 10**9) -> Any:
    """Read a pickle that holds only plain data.

    Parameters
    ----------
    path : pickle file of any protocol.
    largest : bytes; a larger file is refused.

    Returns
    -------
    dict, list, tuple, str, int, float, bool, None, or a NumPy scalar or array, nested at will.

    Raises
    ------
    UnsafePickleError
        If the file asks for any other type or function, is damaged, or is too large.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > largest:
        raise UnsafePickleError(f"{path} has {size:,} bytes, more than the {largest:,} allowed")
    with path.open("rb") as stream:
        try:
            return loads(stream)
        except UnsafePickleError as error:
            raise UnsafePickleError(f"{path}: {error}") from error


def loads(stream: IO[bytes]) -> Any:
    """Like ``load``, from an open binary stream."""
    try:
        return _plain(_Unpickler(stream, encoding="latin1").load())
    except UnsafePickleError:
        raise
    except Exception as error:  # a damaged pickle can fail in any way
        raise UnsafePickleError(f"damaged or not a pickle ({type(error).__name__}: {error})") from (
            error
        )


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        stand_in = _STAND_INS.get((module, name))
        if stand_in is None:
            raise UnsafePickleError(
                f"it asks for {module}.{name}; only dict, list, str, int, float and NumPy "
                "scalars and arrays are read"
            )
        return stand_in

    def persistent_load(self, pid: Any) -> Any:
        raise UnsafePickleError(f"it refers to something outside the file ({pid!r})")


class _Call:
    """A function that a pickle may call; without a dict, so that BUILD cannot alter it."""

    __slots__ = ("_function",)

    def __init__(self, function):
        object.__setattr__(self, "_function", function)

    def __call__(self, *arguments):
        return self._function(*arguments)

    def __setattr__(self, name, value):
        raise UnsafePickleError(f"it tries to change how it is read ({name})")


class _Dtype:
    """What numpy.dtype(...) and its state say, checked."""

    __slots__ = ("value",)

    def __init__(self, spec: str):
        self.value = np.dtype(spec)

    def __setstate__(self, state: tuple) -> None:
        order, rest = state[1], state[2:5]
        if order not in ("<", ">", "|", "=") or any(part is not None for part in rest):
            raise UnsafePickleError(f"it describes a structured or unknown dtype {state!r}")
        if order in "<>":
            self.value = self.value.newbyteorder(order)


class _Array:
    """An array under construction: numpy fills it through its state."""

    __slots__ = ("value",)

    def __init__(self):
        self.value = None

    def __setstate__(self, state: tuple) -> None:
        _, shape, dtype, fortran, data = state
        if isinstance(data, str):
            data = data.encode("latin1")
        self.value = _array(data, dtype, shape, "F" if fortran else "C")


def _make_dtype(spec: Any, *_flags: Any) -> _Dtype:
    if not isinstance(spec, str) or not _DTYPE.fullmatch(spec):
        raise UnsafePickleError(f"it asks for arrays of {spec!r}; only numbers and text are read")
    return _Dtype(spec)


def _reconstruct(kind: Any, _shape: Any, _code: Any) -> _Array:
    if kind is not _NDARRAY:
        raise UnsafePickleError(f"it asks for a subclass of ndarray ({kind!r})")
    return _Array()


def _frombuffer(data: Any, dtype: Any, shape: Any, order: Any) -> _Array:
    array = _Array()
    array.value = _array(data, dtype, shape, order)
    return array


def _array(data: Any, dtype: Any, shape: Any, order: Any) -> np.ndarray:
    if not isinstance(dtype, _Dtype) or not isinstance(data, bytes | bytearray):
        raise UnsafePickleError("it holds an array of objects; only numbers and text are read")
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise UnsafePickleError(f"it holds an array of the impossible shape {shape!r}")
    if len(data) != math.prod(shape) * dtype.value.itemsize or order not in ("C", "F"):
        raise UnsafePickleError(
            f"it holds an array of shape {shape} and type {dtype.value} in {len(data)} bytes"
        )
    if dtype.value.itemsize == 0:
        return np.empty(shape, dtype.value)
    return np.frombuffer(data, dtype.value).reshape(shape, order=order).copy(order=order)


def _scalar(dtype: Any, data: Any) -> np.generic:
    if isinstance(data, str):
        data = data.encode("latin1")
    return _array(data, dtype, (1,), "C")[0]


def _encode(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str) or encoding != "latin1":
        raise UnsafePickleError(f"it asks to encode in {encoding!r}")
    return text.encode("latin1")


def _no_bytes(*arguments: Any) -> bytes:
    if arguments:
        raise UnsafePickleError("it asks for bytes other than none")
    return b""


_NDARRAY = _Call(_no_bytes)
_STAND_INS = {
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy", "dtype"): _Call(_make_dtype),
    ("_codecs", "encode"): _Call(_encode),
    ("builtins", "bytes"): _Call(_no_bytes),
    ("__builtin__", "bytes"): _Call(_no_bytes),
}
for _module in ("numpy.core", "numpy._core"):
    _STAND_INS |= {
        (f"{_module}.multiarray", "_reconstruct"): _Call(_reconstruct),
        (f"{_module}.multiarray", "scalar"): _Call(_scalar),
        (f"{_module}.numeric", "_frombuffer"): _Call(_frombuffer),
    }


def _plain(root: Any, done: dict[int, Any] | None = None, keep: list | None = None) -> Any:
    """Put the arrays in the place of their stand-ins; refuse every other type.

    ``done`` remembers what was seen by its id, so that shared parts are visited once; ``keep``
    holds those objects, since only the id of a living object is its own.
    """
    done, keep = ({}, []) if done is None else (done, keep)
    top = [root]
    todo: list[tuple[Any, Any]] = [(top, 0)]
    while todo:
        holder, place = todo.pop()
        value = holder[place]
        kind = type(value)
        if kind in (dict, list):
            if id(value) not in done:
                done[id(value)] = value
                keep.append(value)
                for key in value if kind is dict else ():
                    _check_key(key)
                todo += [(value, key) for key in (value if kind is dict else range(len(value)))]
        elif kind is tuple:
            if id(value) not in done:
                done[id(value)] = tuple(_plain(part, done, keep) for part in value)
                keep.append(value)
            holder[place] = done[id(value)]
        elif kind is _Array:
            if value.value is None:
                raise UnsafePickleError("it holds an array without content")
            holder[place] = value.value
        elif not isinstance(value, _ATOMS):
            name = {_Call: "function or type", _Dtype: "numpy.dtype"}.get(kind, kind.__name__)
            raise UnsafePickleError(f"it holds a {name}; only plain data are read")
    return top[0]


def _check_key(key: Hashable) -> None:
    for part in key if type(key) is tuple else (key,):
        if not isinstance(part, _ATOMS):
            raise UnsafePickleError(f"it holds a key of type {type(part).__name__}")
