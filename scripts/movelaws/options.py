"""Options from a config held against the function that takes them, before anything runs.

The keyword-only parameters of a function are its options; their annotations are the rules. Beside
plain types these are ``Literal``, ``Sequence``, ``Mapping``, unions and, for rules no type can
express, ``Annotated[type, Rule(...)]``.
"""

import collections.abc
import inspect
import math
import numbers
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

_UNIONS = (typing.Union, types.UnionType)
_LISTS = (list, tuple, collections.abc.Sequence)


@dataclass(frozen=True)
class Rule:
    """What a value must be beyond its type.

    Attributes
    ----------
    test : whether a value of the right type is allowed.
    give : what to give, for the message, such as "a number > 0".
    """

    test: Callable[[Any], bool]
    give: str


NotNegative = Annotated[float, Rule(lambda value: value >= 0, "a number >= 0")]
Positive = Annotated[float, Rule(lambda value: value > 0, "a number > 0")]


def check(function: Callable, options: Mapping[str, Any], where: str) -> None:
    """Hold options against the keyword-only parameters of a function.

    Parameters
    ----------
    function : that will be called with ``**options``; every keyword-only parameter needs an
        annotation.
    options : values by name, as a config gives them. A number is finite, ``True`` is no number
        and "no" is not False.
    where : beginning of the messages, such as "adapter 'table'".

    Raises
    ------
    ValueError
        For an unknown option (with the nearest known one), one that is missing, or a value that
        its annotation does not allow (with what to give instead).
    TypeError
        If an annotation is of a kind that this function does not know.
    """
    parameters = {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    for option in options:
        if option not in parameters:
            raise ValueError(
                f"{where}, option {option!r} is unknown; {nearest(option, parameters)}"
            )
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty and name not in options:
            raise ValueError(f"{where}, option {name!r} is missing")
    hints = typing.get_type_hints(function, include_extras=True)
    for option, value in options.items():
        wanted = _broken(value, hints[option])
        if wanted:
            raise ValueError(f"{where}, option {option!r} = {value!r}: give {wanted}")


def nearest(name: object, known: Iterable[str]) -> str:
    """The known name that may be meant, or else all of them."""
    close = get_close_matches(str(name), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known) or 'none'}"


def _broken(value: Any, hint: Any) -> str:
    """What to give instead of ``value``; empty if the annotation allows it."""
    kind, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if kind is Annotated:
        rules = [rule for rule in inner[1:] if isinstance(rule, Rule)]
        unfit = _broken(value, inner[0])
        return next((rule.give for rule in rules if unfit or not rule.test(value)), unfit)
    if kind in _UNIONS:
        wanted = [_broken(value, member) for member in inner]
        return "" if "" in wanted else " or ".join(wanted)
    if kind is typing.Literal:
        same = any(value == one and type(value) is type(one) for one in inner)
        return "" if same else " or ".join(map(repr, inner))
    if kind in _LISTS:
        return _broken_list(value, inner)
    if kind in (dict, Mapping):
        return "" if isinstance(value, Mapping) else "names with values (a mapping)"
    return _broken_plain(value, kind)


def _broken_list(value: Any, inner: tuple) -> str:
    wanted = f"a list, each item {_item(inner[0])}" if inner else "a list"
    if not isinstance(value, list | tuple):
        return wanted
    return wanted if inner and any(_broken(item, inner[0]) for item in value) else ""


def _item(hint: Any) -> str:
    """What an item is to be, asked with a value that no annotation allows."""
    return _broken(..., hint) or "anything"


def _broken_plain(value: Any, kind: Any) -> str:
    if kind in (Any, object):
        return ""
    if kind in (None, types.NoneType):
        return "" if value is None else "null"
    if kind is bool:
        return "" if isinstance(value, bool) else "true or false, without quotes"
    if kind is int:
        whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
        return "" if whole else "a whole number"
    if kind is float:
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        return "" if number and math.isfinite(value) else "a finite number"
    if kind is str:
        return "" if isinstance(value, str) else "text (in quotes where it looks like a number)"
    raise TypeError(f"options of type {kind!r} are not known to movelaws.options")
