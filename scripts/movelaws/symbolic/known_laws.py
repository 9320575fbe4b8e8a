"""The existing models of paper 2, Fig. 3e, as expressions, to start searches from."""

from collections.abc import Sequence

from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import to_program
from movelaws.symbolic.tokens import Program

MODEL_COMPLEXITY = {"GMZipf": 3, "GMPow": 5, "GMExp": 5, "OPS": 7, "IO": 9, "RM": 11}
"""Complexity of each model, counted as in Fig. 2 (IO as a difference of two powers)."""

_LAWS = {
    "GMZipf": "{m}_j / d",
    "GMPow": "{m}_j / d^2",
    "GMExp": "{m}_j / 1.05^d",
    "GMExpPow": "{m}_j / exp(d^0.5)",
    "OPS": "{m}_j / ({m}_i + s_{m} + {m}_j)",
    "RM": "{m}_j / (({m}_i + s_{m}) * ({m}_i + s_{m} + {m}_j))",
}


def known_laws(names: Sequence[str]) -> dict[str, Program]:
    """The existing models that can be written with the variables ``names``, by name.

    Workplaces stand for the mass where they are among the variables, else residents. Constants
    are rough: a search fits them.
    """
    mass = "w" if "w_j" in names else "r"
    laws = {model: parse(text.format(m=mass)) for model, text in _LAWS.items()}
    return {
        model: to_program(law, names)
        for model, law in laws.items()
        if set(law.variables) <= set(names)
    }
