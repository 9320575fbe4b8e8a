"""Options against annotations: what passes, and what the messages say to give instead."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pytest

from movelaws import options


def world(
    folder,
    seed,
    *,
    size: int,
    share: options.NotNegative = 0.5,
    law: Mapping[str, object] = {},
    kind: Literal["a", "b", 1] | None = None,
    ids: Sequence[str] = (),
    pair: list[int] | float = 1.0,
    flag: bool = True,
    rest: Any = None,
):
    pass


def check(**given):
    options.check(world, {"size": 3} | given, "world 'w'")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"size": np.int64(4), "share": 0, "flag": False},
        {"share": np.float64(2.5), "law": {"model": "x"}, "kind": None},
        {"kind": 1, "ids": ["x", "y"], "pair": [1, 2], "rest": object()},
        {"kind": "b", "ids": (), "pair": 2},
    ],
)
def test_values_that_fit_pass(given):
    check(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sizes": 1}, "world 'w', option 'sizes' is unknown; did you mean 'size'?"),
        ({"seed": 1}, "option 'seed' is unknown; there are size, share, law"),
        ({"size": 1.0}, "world 'w', option 'size' = 1.0: give a whole number"),
        ({"size": True}, "'size' = True: give a whole number"),
        ({"size": None}, "'size' = None: give a whole number"),
        ({"share": -0.1}, "give a number >= 0"),
        ({"share": True}, "give a number >= 0"),
        ({"share": np.nan}, "'share' = nan: give a number >= 0"),
        ({"law": "GMExp"}, "give names with values"),
        ({"kind": "c"}, "give 'a' or 'b' or 1 or null"),
        ({"kind": True}, "give 'a' or 'b' or 1 or null"),
        ({"ids": "x"}, "give a list, each item text"),
        ({"ids": [1]}, "give a list, each item text"),
        ({"pair": ["1"]}, "give a list, each item a whole number or a finite number"),
        ({"pair": np.inf}, "or a finite number"),
        ({"flag": "no"}, "'flag' = 'no': give true or false, without quotes"),
        ({"flag": 0}, "give true or false"),
    ],
)
def test_values_that_do_not_fit_are_named_with_what_to_give(given, message):
    with pytest.raises(ValueError) as error:
        check(**given)
    assert message in str(error.value)


def test_a_missing_option_is_named():
    with pytest.raises(ValueError, match="world 'w', option 'size' is missing"):
        options.check(world, {}, "world 'w'")


def test_an_annotation_of_an_unknown_kind_is_an_error_of_the_programmer():
    def odd(*, path: complex = 1j):
        pass

    with pytest.raises(TypeError, match="complex"):
        options.check(odd, {"path": 2}, "odd")
