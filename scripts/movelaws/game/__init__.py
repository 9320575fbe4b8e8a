"""The destination choice game: equilibria of travellers who crowd each other out.

>>> from movelaws.game import Game, Term, solve
>>> log = Term("logarithmic")
>>> equal = solve(Game([30.0], [[0.0, 0.0]], congestion=log, crowding=log))
>>> equal.flow.round(6).tolist()
[[15.0, 15.0]]
"""

from movelaws.game.averaging import successive_averages
from movelaws.game.balanced import FamilyEquilibrium, NotConvergedError
from movelaws.game.family import DestinationChoice, doubly_constrained
from movelaws.game.problem import Game, potential
from movelaws.game.solver import Equilibrium, solve
from movelaws.game.spectrum import Stability, stability
from movelaws.game.terms import FORMS, Form, Term

__all__ = [
    "FORMS",
    "DestinationChoice",
    "Equilibrium",
    "FamilyEquilibrium",
    "Form",
    "Game",
    "NotConvergedError",
    "Stability",
    "Term",
    "doubly_constrained",
    "potential",
    "solve",
    "stability",
    "successive_averages",
]
