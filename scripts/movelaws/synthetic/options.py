"""Options of the worlds: checked before a file is written, with errors that name the option."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from movelaws.allocation import MODELS, parameter_vector
from movelaws.seeds import stream

DCG = "DCG"
"""The destination choice game, whose allocation is an equilibrium (``movelaws.game``)."""

LAWS = (*MODELS, DCG)
"""Models that can be planted."""

_GAME_PARAMETERS = ("alpha", "beta", "gamma")


@dataclass(frozen=True)
class Law:
    """A model of ``LAWS`` and the values of its parameters."""

    model: str
    parameters: dict[str, float]


@dataclass(frozen=True)
class Plan:
    """What every world starts from: its name, the planted law and the source of randomness."""

    world: str
    seed: int
    law: Law
    dispersion: float
    rng: np.random.Generator

    def truth(self, population: str, adapter_options: Mapping, **sums: object) -> dict[str, object]:
        """The truth behind the files.

        Parameters
        ----------
        population : the mass of the law, the column ``<population>_population`` of the zones.
        adapter_options : how the adapter gives back the zones and flows that were planted.
        sums : sizes and sums that the canonical tables must give back.
        """
        return {
            "world": self.world,
            "seed": self.seed,
            "law": {"model": self.law.model, "parameters": self.law.parameters},
            "population": population,
            "dispersion": self.dispersion,
            "adapter_options": dict(adapter_options),
            **sums,
        }


def plan(world: str, seed: int, law: Mapping[str, object], dispersion: float = 0.0) -> Plan:
    """Check the options that every world has, and start its random stream.

    Raises
    ------
    ValueError
        If the law or the dispersion cannot be used.
    """
    planted = checked_law(law)
    dispersion = check_number("dispersion", dispersion, 0, 10)
    return Plan(world, seed, planted, dispersion, stream(seed, "synthetic", world))


def checked_law(law: Mapping[str, object]) -> Law:
    """Read the option ``law``, {"model": "GMExp", "parameters": {"b": 0.04}}.

    Raises
    ------
    ValueError
        If a key is unknown or missing, the model unknown, or a parameter missing or impossible.
    """
    if not isinstance(law, Mapping) or not {"model"} <= set(law) <= {"model", "parameters"}:
        raise ValueError(
            f"law = {law!r}: give a model and its parameters, "
            'such as {"model": "GMExp", "parameters": {"b": 0.04}}'
        )
    name, parameters = law["model"], law.get("parameters") or {}
    if name not in LAWS:
        raise ValueError(f"law: model = {name!r} is unknown; choose one of {', '.join(LAWS)}")
    if not isinstance(parameters, Mapping):
        raise ValueError(f"law: parameters = {parameters!r} must give each parameter by name")
    if name == DCG:
        return Law(DCG, _game_parameters(parameters))
    try:
        values = parameter_vector(MODELS[name], parameters)
    except (TypeError, ValueError) as error:
        raise ValueError(f"law: {error}") from error
    names = [parameter.name for parameter in MODELS[name].parameters]
    return Law(str(name), dict(zip(names, values.tolist(), strict=True)))


def _game_parameters(parameters: Mapping[str, object]) -> dict[str, float]:
    if set(parameters) != set(_GAME_PARAMETERS):
        raise ValueError(
            f"law: {DCG} has the parameters {list(_GAME_PARAMETERS)}, got {sorted(parameters)}"
        )
    return {
        name: check_number(f"law: {name}", parameters[name], 0, 20) for name in _GAME_PARAMETERS
    }


def check_whole(name: str, value: object, low: int, high: int) -> int:
    """The option as an integer between ``low`` and ``high``, or a ValueError that names it."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not low <= value <= high:
        raise ValueError(f"{name} = {value!r}: must be a whole number from {low} to {high}")
    return int(value)


def check_number(name: str, value: object, low: float, high: float) -> float:
    """The option as a float between ``low`` and ``high``, or a ValueError that names it."""
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise ValueError(f"{name} = {value!r}: must be a number from {low} to {high}")
    return float(value)


def check_choice(name: str, value: object, choices: Sequence[str]) -> str:
    """The option as one of the choices, or a ValueError that names it."""
    if value not in choices:
        raise ValueError(f"{name} = {value!r}: choose one of {', '.join(choices)}")
    return str(value)
