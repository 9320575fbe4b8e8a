"""What a crowd costs: congestion on the way and crowding at the destination."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import wrightomega

from movelaws.game.checks import real_number

Form = Literal["none", "logarithmic", "linear", "power"]

FORMS = ("none", "logarithmic", "linear", "power")
"""The forms a term may have."""

_LARGEST_EXPONENT = 600.0


@dataclass(frozen=True)
class Term:
    """A cost that grows with the number x of people, in units of utility.

    Attributes
    ----------
    form : "none" (0), "logarithmic" (coefficient ln x, the law of Weber and Fechner), "linear"
        (coefficient x) or "power" (coefficient x^exponent).
    coefficient : >= 0.
    exponent : > 0, of the form "power" only.

    Raises
    ------
    ValueError
        If the form is unknown, the coefficient negative, the exponent not positive, or either no
        real number.
    """

    form: Form = "none"
    coefficient: float = 1.0
    exponent: float = 1.0

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise ValueError(f"form = {self.form!r} is none of {', '.join(FORMS)}")
        for name in ("coefficient", "exponent"):
            real_number(f"{name} of a {self.form} term", getattr(self, name))
        if not (np.isfinite(self.coefficient) and self.coefficient >= 0):
            raise ValueError(
                f"coefficient = {self.coefficient} of a {self.form} term must be finite and >= 0: "
                "people do not draw others to where they are"
            )
        if not (np.isfinite(self.exponent) and self.exponent > 0):
            raise ValueError(f"exponent = {self.exponent} of a term must be finite and > 0")
        if self.form != "power" and self.exponent != 1:
            raise ValueError(
                f"exponent = {self.exponent} means nothing to a {self.form} term; "
                "choose the form 'power' or leave the exponent out"
            )

    @property
    def increasing(self) -> bool:
        """Whether one more traveller always costs more."""
        return self.form != "none" and self.coefficient > 0

    def value(self, people: np.ndarray) -> np.ndarray:
        """Cost at ``people``; that of a logarithm is -inf where there is nobody."""
        x = np.asarray(people, dtype=float)
        if not self.increasing:
            return np.zeros_like(x)
        if self.form == "logarithmic":
            with np.errstate(divide="ignore"):
                return self.coefficient * np.log(x)
        return self.coefficient * x**self.exponent

    def slope(self, people: np.ndarray) -> np.ndarray:
        """Derivative of the cost by the number of people, where there is somebody."""
        x = np.asarray(people, dtype=float)
        if not self.increasing:
            return np.zeros_like(x)
        if self.form == "logarithmic":
            return self.coefficient / x
        return self.coefficient * self.exponent * x ** (self.exponent - 1)

    def integral(self, people: np.ndarray) -> np.ndarray:
        """Integral of the cost from 0 to ``people``, the term's share of the potential."""
        x = np.asarray(people, dtype=float)
        if not self.increasing:
            return np.zeros_like(x)
        if self.form == "logarithmic":
            return self.coefficient * (np.where(x > 0, x * np.log(np.where(x > 0, x, 1)), 0) - x)
        return self.coefficient * x ** (self.exponent + 1) / (self.exponent + 1)

    def balance(self, log_drawn: np.ndarray, unit: float) -> np.ndarray:
        """ln D at which the cost deters all but D of those drawn: D exp(cost(D) / unit) = drawn.

        Closed forms: a power of the drawn for a logarithmic cost, Wright's omega for others.
        """
        if not self.increasing:
            return log_drawn
        ratio = self.coefficient / unit
        if self.form == "logarithmic":
            return log_drawn / (1 + ratio)
        scaled = ratio * self.exponent
        cost = wrightomega(self.exponent * log_drawn + np.log(scaled)) / self.exponent
        return log_drawn - cost

    def cost_at_log(self, log_people: np.ndarray) -> np.ndarray:
        """``value`` at exp(log_people), without leaving the logarithm where that suffices."""
        if not self.increasing:
            return np.zeros_like(log_people)
        if self.form == "logarithmic":
            return self.coefficient * log_people
        return self.coefficient * np.exp(np.minimum(self.exponent * log_people, _LARGEST_EXPONENT))
