"""The option ``inequality`` of the worlds: benefits that differ among the zones (paper 4).

The models behind it are called by name, so that a change of their code rewrites the worlds that
plant an inequality and no others: ``UNEQUAL`` names the module whose digest those worlds need.
"""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd

from movelaws.synthetic.options import Law, check_choice, check_number

UNEQUAL = "movelaws.synthetic.unequal"
"""The module behind worlds in which an inequality is planted."""

TWO_CLASS, LINEAR = "two_class", "linear"
"""Kinds of inequality: one penalised class, or excess that grows with the variable."""

_RADIATION = "RM"
_KEYS = {TWO_CLASS: ("share", "delta_minus_1"), LINEAR: ("percentile", "Delta")}
_CUT = {TWO_CLASS: (0.001, 0.9), LINEAR: (1.0, 99.9)}
_SCALE = (1e-12, 10.0)
_EXAMPLES = (
    "{variable: flood, share: 0.1, delta_minus_1: 1.0e-5} or "
    "{variable: gini, percentile: 90, Delta: 1.0e-7}"
)


@dataclass(frozen=True)
class Inequality:
    """Which zones offer worse living conditions, and by how much.

    Attributes
    ----------
    variable : what the classes are made from; larger is worse.
    kind : ``TWO_CLASS`` or ``LINEAR``.
    cut : share of the zones that are penalised, or percentile at which the excess is 0.
    scale : excess delta - 1 of the penalised zones, or Delta at the largest value.
    """

    variable: str
    kind: str
    cut: float
    scale: float

    def option(self) -> dict[str, object]:
        """As the option is given in a config."""
        cut, scale = _KEYS[self.kind]
        return {"variable": self.variable, cut: self.cut, scale: self.scale}

    def truth(self, zone_ids: Iterable[str], excess: np.ndarray) -> dict[str, object]:
        """The option, how many zones are penalised, and the excess of each of those.

        Parameters
        ----------
        zone_ids : (n_zones,) as the canonical tables give them back.
        excess : (n_zones,) delta - 1, as ``planted_inequality`` gives it.
        """
        by_zone = {zone: float(e) for zone, e in zip(zone_ids, excess, strict=True) if e > 0}
        return self.option() | {"penalised": len(by_zone), "excess": dict(sorted(by_zone.items()))}


def checked_inequality(
    option: Mapping[str, object] | None, variables: Sequence[str], law: Law | None = None
) -> Inequality | None:
    """Read the option ``inequality``; None plants none.

    Parameters
    ----------
    option : {"variable": "flood", "share": 0.1, "delta_minus_1": 1e-5} for two classes,
        {"variable": "gini", "percentile": 90, "Delta": 1e-7} for many, or None.
    variables : those that the world has.
    law : the planted one, which must be the radiation model, for it is what benefits that differ
        are a form of; None leaves it unchecked.

    Raises
    ------
    ValueError
        If a key is unknown or missing, the variable unknown, a number out of range, or the law
        another one.
    """
    if option is None:
        return None
    keys = set(option) if isinstance(option, Mapping) else set()
    kind = next((kind for kind, names in _KEYS.items() if keys == {"variable", *names}), None)
    if kind is None:
        raise ValueError(f"inequality = {option!r}: give null, {_EXAMPLES}")
    cut, scale = _KEYS[kind]
    inequality = Inequality(
        check_choice("inequality: variable", option["variable"], variables),
        kind,
        check_number(f"inequality: {cut}", option[cut], *_CUT[kind]),
        check_number(f"inequality: {scale}", option[scale], *_SCALE),
    )
    if law is not None and law.model != _RADIATION:
        raise ValueError(
            f"law: model = {law.model!r}: an inequality is planted in the radiation model, "
            f'so give {{"model": "{_RADIATION}"}}, or inequality: null'
        )
    return inequality


def planted_inequality(
    inequality: Inequality,
    zones: geopandas.GeoDataFrame,
    places: pd.DataFrame,
    values: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Excess of the zones, and where trips go by the inequality-aware radiation model.

    Parameters
    ----------
    inequality : as planted.
    zones, places : tables as ``movelaws.od.build_pairs`` takes them, the places being the zones;
        ``workplace_population`` is the population of the model.
    values : (n_zones,) the variable.

    Returns
    -------
    excess : (n_zones,) delta - 1, 0 where nothing is worse.
    share : (n_zones, n_zones) rows that sum to 1, with an empty diagonal.

    Raises
    ------
    ValueError
        If the numbers penalise no zone; the message begins with the name of the option.
    """
    unequal = importlib.import_module(UNEQUAL)
    try:
        excess = unequal.planted_excess(values, inequality.kind, inequality.cut, inequality.scale)
    except ValueError as error:
        raise ValueError(f"inequality: {error}") from error
    return excess, unequal.shares(zones, places, excess)
