"""Moves and the intrinsic cost of distance: f(r) = p(r) pi(r).

``table`` divides observed moves by pairs and reads the exponent, ``joint`` and ``stepwise`` need
all places but no pair distribution, ``simulate`` draws moves with a planted cost, ``zones`` has
moves between municipalities and ``models`` holds gravity against radiation.
"""

from movelaws.distance_cost.joint import (
    JointFit,
    JointMoves,
    fit_joint,
    joint_moves,
)
from movelaws.distance_cost.models import Comparison, compare_models, radiation_from
from movelaws.distance_cost.moves import Moves, checked_moves
from movelaws.distance_cost.simulate import distances, simulate_moves
from movelaws.distance_cost.stepwise import joint_cost
from movelaws.distance_cost.table import (
    bootstrap_exponents,
    cost_exponent,
    cost_table,
    error_by_origin,
    redrawn_counts,
)
from movelaws.distance_cost.zones import zone_moves, zone_places

__all__ = [
    "Comparison",
    "JointFit",
    "JointMoves",
    "Moves",
    "bootstrap_exponents",
    "checked_moves",
    "compare_models",
    "cost_exponent",
    "cost_table",
    "distances",
    "error_by_origin",
    "fit_joint",
    "joint_cost",
    "joint_moves",
    "radiation_from",
    "redrawn_counts",
    "simulate_moves",
    "zone_moves",
    "zone_places",
]
