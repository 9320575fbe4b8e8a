"""What a flow model is: its weights, its parameters, where it comes from."""

from dataclasses import dataclass

from movelaws.allocation.attraction import AttractionLaw
from movelaws.allocation.deterrence import BY_DISTANCE, Deterrence


@dataclass(frozen=True)
class Parameter:
    """A free parameter: where calibration searches, and on which scale.

    ``low`` and ``high`` bound the search only; a model can be evaluated beyond them. On the log
    scale the parameter is positive.
    """

    name: str
    unit: str
    low: float
    high: float
    scale: str
    latex: str

    def __post_init__(self):
        if self.scale not in ("linear", "log"):
            raise ValueError(f"{self.name}: scale = {self.scale!r}: choose 'linear' or 'log'")


@dataclass(frozen=True)
class FlowModel:
    """A production-constrained law F^_ij = O_i f_ij / sum_k f_ik, named by its weights f_ij.

    Factors of f_ij that depend on the origin alone cancel and are left out. The log weight is an
    attraction, which depends on the destination, plus a deterrence, which depends on the pair.

    Attributes
    ----------
    name, label, formula_latex, source : how it is called and where it comes from.
    parameters : the free ones: those of the attraction, then those of the deterrence.
    attraction, deterrence : see ``movelaws.allocation.attraction`` and ``.deterrence``.
    fixed : values of the last parameters of the deterrence where these are not free.

    Raises
    ------
    ValueError
        If the number of parameters is not what the attraction and the deterrence take.
    """

    name: str
    label: str
    formula_latex: str
    parameters: tuple[Parameter, ...]
    source: str
    attraction: AttractionLaw
    deterrence: Deterrence
    fixed: tuple[float, ...] = ()

    def __post_init__(self):
        for part, kind in ((self.attraction, AttractionLaw), (self.deterrence, Deterrence)):
            if not isinstance(part, kind):
                hint = "; wrap a function in deterrence.written" if kind is Deterrence else ""
                raise TypeError(f"{self.name}: {part!r} must be of type {kind.__name__}{hint}")
        taken = self.attraction.parameters + self.deterrence.parameters
        if len(self.parameters) + len(self.fixed) != taken:
            raise ValueError(
                f"{self.name}: {len(self.parameters)} parameters and {len(self.fixed)} fixed "
                f"values, but its attraction takes {self.attraction.parameters} and its "
                f"deterrence {self.deterrence.parameters}"
            )

    @property
    def log_linear(self) -> bool:
        """Whether the log weight is linear in the parameters (its second derivatives are 0)."""
        return self.attraction.linear and self.deterrence.linear

    @property
    def by_distance(self) -> bool:
        """Whether the weight depends on the pair through its distance only, not on s_ij."""
        columns = set(self.deterrence.columns)
        return bool(columns) and columns <= BY_DISTANCE

    @property
    def needs_circle(self) -> bool:
        """Whether the weight depends on the population around the destination, S_ji."""
        return "circle" in self.deterrence.columns
