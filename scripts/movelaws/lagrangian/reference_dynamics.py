"""The synthetic reference dynamics: drivers on links on their way to one place (paper Sec. II).

Loads rho and fluxes f of directed links a -> b follow Eqs 1 to 4, without any randomness. What has
entered a link at n' leaves it at n with the probability P(n - n'; tau(n')) of a Poisson law whose
mean tau = L + h rho(n') is set by the load at the time of entry.

Book-keeping
------------
Eq. 3 takes f(n) off a link at n + 1, so the load rho(n), and with it M_a(n), still holds f(n).
The printed M_D(n) = M_D(n - 1) + sum_a f_aD(n) counts these drivers at the destination too: the
total at n is M + sum_a f_aD(n), too large by what arrives at n (and so M again once all is over).
"conserving" takes M_D(n) = M_D(n - 1) + sum_a f_aD(n - 1), the arrivals that the loads have let
go, and the total is M at all times. Loads and fluxes are the same in both.

"At n = 0 the fluxes are 0": the part P(0; tau) = exp(-tau) of the first load that Eq. 4 would let
out at once is never let out, and stays (4.5e-5 of it for tau = 10).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.special import gammaln

from movelaws.lagrangian.growth import centre
from movelaws.lagrangian.stencil import checked_shape, neighbours

BOOKKEEPINGS = ("printed", "conserving")


@dataclass(frozen=True)
class Movement:
    """Populations of the reference dynamics, made by :func:`move`.

    Attributes
    ----------
    population : (T + 1, ny, nx) agents, those on the links a -> b counting at a.
    load, flux : (T + 1, 4, N) agents on, and leaving, the links from a to the north, south, west
        and east; 0 where there is none.
    arrivals : (T + 1,) sum of the fluxes into the destination.
    destination : (y, x).
    """

    population: np.ndarray
    load: np.ndarray
    flux: np.ndarray
    arrivals: np.ndarray
    destination: tuple[int, int]

    @property
    def total(self) -> np.ndarray:
        """(T + 1,) agents on the lattice."""
        return self.population.sum(axis=(1, 2))

    @property
    def drift(self) -> np.ndarray:
        """(T + 1,) total(n) / total(0) - 1."""
        total = self.total
        return total / total[0] - 1


def move(
    start: np.ndarray,
    *,
    alpha: float,
    h: float,
    steps: int,
    bookkeeping: str = "printed",
    destination: tuple[int, int] | None = None,
) -> Movement:
    """Reference dynamics from an initial population to a destination.

    Parameters
    ----------
    start : (ny, nx) agents >= 0 at n = 0.
    alpha : >= 0, preference for the neighbour that is closer to the destination (Eq. 1).
    h : >= 0, waiting time per agent on a link (Eq. 2), steps.
    steps : T >= 1.
    bookkeeping : "printed" or "conserving" (see the module).
    destination : (y, x); None for the centre, (L / 2, L / 2).

    Raises
    ------
    ValueError
        If an argument is out of its range, or nobody is there.

    References
    ----------
    Benam and Ramezanpour (2025), Sec. II, Eqs 1 to 4; after Li, Saad and Lokhov (2020), Phys. Rev.
    Research 2, 032059.
    """
    start = np.asarray(start, dtype=float)
    shape = checked_shape(start.shape)
    destination = centre(shape) if destination is None else destination
    _check(start, alpha, h, steps, bookkeeping, destination)
    goal = destination[0] * shape[1] + destination[1]
    ends = neighbours(shape)[1:]
    share = choice(shape, destination, alpha)
    degree = np.count_nonzero(ends >= 0, axis=0)
    first = np.where(ends >= 0, start.ravel() / degree, 0.0)
    first[:, goal] = 0.0
    load, flux = _move(
        np.ascontiguousarray(ends),
        share,
        first,
        goal,
        float(max(shape)),
        float(h),
        gammaln(np.arange(1, steps + 2)),
    )
    load, flux = (np.moveaxis(values, -1, 0) for values in (load, flux))
    arrivals = np.sum(flux, axis=(1, 2), where=ends == goal)
    gone = arrivals if bookkeeping == "printed" else np.append(0.0, arrivals[:-1])
    population = load.sum(axis=1)
    population[:, goal] = start[destination] + np.cumsum(gone)
    return Movement(
        population=population.reshape(-1, *shape),
        load=load,
        flux=flux,
        arrivals=arrivals,
        destination=(int(destination[0]), int(destination[1])),
    )


def choice(shape: tuple[int, int], destination: tuple[int, int], alpha: float) -> np.ndarray:
    """(4, N) probabilities p_{a->b} of the neighbours of each site, Eq. 1; 0 where none is."""
    ends = neighbours(shape)[1:]
    y, x = np.divmod(np.arange(ends.shape[1]), shape[1])
    distance = np.abs(y - destination[0]) + np.abs(x - destination[1])
    inside = ends >= 0
    nearer = distance - distance[ends]
    # From the best neighbour on, so that no exponential leaves the range of numbers.
    best = np.max(nearer, axis=0, where=inside, initial=-1)
    weight = np.where(inside, np.exp(alpha * np.minimum(nearer - best, 0)), 0.0)
    return weight / weight.sum(axis=0)


@njit(cache=True, error_model="numpy")
def _move(ends, share, first, goal, side, h, log_factorial):
    """Loads and fluxes, (4, N, T + 1) each; what is still to leave is kept in the fluxes."""
    links, sites = ends.shape
    points = log_factorial.size
    load, flux = np.zeros((links, sites, points)), np.zeros((links, sites, points))
    inflow = np.empty(sites)
    for n in range(points):
        inflow[:] = 0.0
        if n > 0:
            for link in range(links):
                for c in range(sites):
                    if ends[link, c] >= 0 and c != goal:
                        inflow[ends[link, c]] += flux[link, c, n - 1]
        for link in range(links):
            for a in range(sites):
                if ends[link, a] < 0 or a == goal:
                    continue
                if n == 0:
                    entering = first[link, a]
                    load[link, a, 0] = entering
                else:
                    entering = share[link, a] * inflow[a]
                    # Not below 0, where rounding would take a link that has emptied.
                    stayed = max(load[link, a, n - 1] - flux[link, a, n - 1], 0.0)
                    load[link, a, n] = entering + stayed
                if entering > 0:
                    tau = side + h * load[link, a, n]
                    log_tau = np.log(tau)
                    # f(0) = 0: nothing leaves at n = 0.
                    for wait in range(0 if n > 0 else 1, points - n):
                        chance = np.exp(wait * log_tau - tau - log_factorial[wait])
                        flux[link, a, n + wait] += entering * chance
    return load, flux


def _check(
    start: np.ndarray,
    alpha: float,
    h: float,
    steps: int,
    bookkeeping: str,
    destination: tuple[int, int],
) -> None:
    if not (np.isfinite(start) & (start >= 0)).all() or start.sum() == 0:
        raise ValueError("start: finite numbers of agents >= 0, not all 0, are needed")
    for name, value in (("alpha", alpha), ("h", h)):
        if not 0 <= value < np.inf:
            raise ValueError(f"{name} = {value}: a finite number >= 0 is needed")
    if steps < 1:
        raise ValueError(f"steps = {steps}: at least 1 is needed")
    if bookkeeping not in BOOKKEEPINGS:
        raise ValueError(f"bookkeeping = {bookkeeping!r}: one of {BOOKKEEPINGS} is needed")
    if any(not 0 <= at < side for at, side in zip(destination, start.shape, strict=True)):
        raise ValueError(f"destination = {destination}: outside of the lattice {start.shape}")
