"""The nine variants of the model: what is free, how it becomes parameters of Eqs 12 and 13.

By form, "full" has a number for each step and link, "time_independent" one for each link,
"homogeneous" one for all sites and one for all links between sites. Each comes as printed, without
dissipation (Gamma = 0) and without inertia, a first-order model:

    q_a(n+1) = q_a(n) - dt sum_b K_ab(n) (q_b(n) - mu_b)

It is the model of Eqs 12 and 13 with Gamma_aa = 1 / dt, which forgets the velocity in each step,
Gamma_ab = 0 otherwise, and Lambda = K / dt. It is kept in this form, so that whatever reads or runs
a fit needs to know of one model only. K = dt Lambda is what is free, bounded and penalised.
"""

from dataclasses import dataclass

import numpy as np

from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.stencil import LINKS, neighbours

FORMS = ("full", "time_independent", "homogeneous")
_NAMES = ("gamma_self", "gamma_link", "lambda_self", "lambda_link")


@dataclass(frozen=True)
class Variant:
    """One of the nine models.

    Attributes
    ----------
    form : one of ``FORMS``.
    inertia, dissipation : False for the first-order model, for Gamma = 0.
    """

    form: str
    inertia: bool = True
    dissipation: bool = True

    @property
    def name(self) -> str:
        """As in ``VARIANTS``."""
        if not self.inertia:
            return f"{self.form}_no_inertia"
        return self.form if self.dissipation else f"{self.form}_no_dissipation"

    @property
    def groups(self) -> int:
        """2 where Gamma and Lambda are free, else 1."""
        return 2 if self.inertia and self.dissipation else 1

    @property
    def names(self) -> tuple[str, ...]:
        """Of the numbers of a homogeneous variant."""
        if not self.inertia:
            return ("k_self", "k_link")
        return _NAMES if self.dissipation else _NAMES[2:]

    def count(self, shape: tuple[int, int], steps: int) -> int:
        """Number of free parameters."""
        links = int(np.count_nonzero(neighbours(shape) >= 0))
        each = {"full": steps * links, "time_independent": links, "homogeneous": 2}[self.form]
        return self.groups * each

    def parts(self, shape: tuple[int, int], steps: int) -> tuple[int, ...]:
        """Shape of the free numbers: (groups, steps or 1, 5, N), or (groups, 2)."""
        if self.form == "homogeneous":
            return self.groups, 2
        leading = steps if self.form == "full" else 1
        return self.groups, leading, len(LINKS), shape[0] * shape[1]

    def unpack(
        self, free: np.ndarray, shape: tuple[int, int], dt: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Gamma and Lambda, (steps or 1, 5, N) each, of free numbers shaped as ``parts``."""
        last = self._spread(free[-1], shape)
        if not self.inertia:
            forget = np.zeros((1, *last.shape[1:]))
            forget[:, 0] = 1 / dt
            return forget, last / dt
        if not self.dissipation:
            return np.zeros((1, *last.shape[1:])), last
        return self._spread(free[0], shape), last

    def pack(self, gamma: np.ndarray, lam: np.ndarray, shape: tuple, dt: float) -> np.ndarray:
        """Free numbers of given parameters (of a homogeneous variant: their means)."""
        lam = lam if self.inertia else lam * dt
        parts = [gamma, lam] if self.groups == 2 else [lam]
        return np.stack([self._gather(part, shape) / self._weights(shape) for part in parts])

    def pull(self, gamma: np.ndarray, lam: np.ndarray, shape: tuple, dt: float) -> np.ndarray:
        """Gradient by the free numbers from that by Gamma and Lambda (the transpose of unpack)."""
        lam = lam if self.inertia else lam / dt
        parts = [gamma, lam] if self.groups == 2 else [lam]
        return np.stack([self._gather(part, shape) for part in parts])

    def multiplicity(self, shape: tuple[int, int]) -> np.ndarray | float:
        """In how many links a free number appears."""
        return self._weights(shape)

    def _spread(self, part: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        if self.form != "homogeneous":
            return part
        wide = (neighbours(shape) >= 0).astype(float)
        wide[0] *= part[0]
        wide[1:] *= part[1]
        return wide[np.newaxis]

    def _gather(self, part: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        if self.form != "homogeneous":
            return part
        inside = neighbours(shape) >= 0
        own = part[:, 0].sum() / part.shape[0]
        links = (part[:, 1:] * inside[1:]).sum() / part.shape[0]
        return np.array([own, links])

    def _weights(self, shape: tuple[int, int]) -> np.ndarray | float:
        if self.form != "homogeneous":
            return 1.0
        inside = neighbours(shape) >= 0
        return np.array([inside[0].sum(), max(1, inside[1:].sum())], dtype=float)


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        *(Variant(form) for form in FORMS),
        *(Variant(form, inertia=False) for form in FORMS),
        *(Variant(form, dissipation=False) for form in FORMS),
    )
}


def variant_of(name: str) -> Variant:
    """Variant of this name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in VARIANTS:
        raise ValueError(f"variant = {name!r}: one of {', '.join(VARIANTS)}")
    return VARIANTS[name]


def held(parameters: np.ndarray, steps: int) -> np.ndarray:
    """Parameters of ``steps`` steps: of (1, 5, N) as they are, else the last are held."""
    if parameters.shape[0] in (1, steps):
        return parameters
    return parameters[np.minimum(np.arange(steps), parameters.shape[0] - 1)]


def forecast(
    parameters: Fit | tuple[np.ndarray, np.ndarray],
    q0: np.ndarray,
    v0: np.ndarray,
    mu: np.ndarray,
    shape: tuple[int, int],
    dt: float,
    steps: int,
    *,
    first: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Trajectory of fitted parameters from another state, on another day or beyond the fit.

    Time-dependent parameters are those of the same time of day; beyond the last there are, the
    last are held.

    Parameters
    ----------
    parameters : a fit of any variant, or (gamma, lambda), (T or 1, 5, N).
    q0, v0 : (N,) state at time point ``first``.
    mu, shape, dt : as in ``simulate``.
    steps : how many to go.
    first : time point of the day at which the forecast begins.

    Returns
    -------
    q, v : (steps + 1, N); not finite from where the dynamics has left the range of numbers.
    """
    pair = (parameters.gamma, parameters.lam) if isinstance(parameters, Fit) else parameters
    late = (each if each.shape[0] == 1 else held(each, first + steps)[first:] for each in pair)
    return simulate(q0, v0, *late, mu, shape, dt, steps)
