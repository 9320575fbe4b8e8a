"""Pairs made ready for the kernels of one model."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numba
import numpy as np

from movelaws.allocation import sums
from movelaws.allocation.law import FlowModel
from movelaws.allocation.models import find_model
from movelaws.allocation.written import Written
from movelaws.od import Pairs
from movelaws.threads import share_out


class Columns(NamedTuple):
    """What the kernels read; columns that the model does not use are empty."""

    start: np.ndarray
    destination: np.ndarray
    distance_km: np.ndarray
    log_distance: np.ndarray
    intervening: np.ndarray
    circle: np.ndarray
    log_inner: np.ndarray
    log_ratio: np.ndarray
    written: np.ndarray
    written_slope: np.ndarray
    written_bend: np.ndarray
    mass: np.ndarray
    total: float


_SPARE = np.full(4, np.nan)  # what a kernel finds that reads more parameters than it states
_FEW_PAIRS = 200_000


@contextlib.contextmanager
def threads_for(n_pairs: int) -> Iterator[None]:
    """One thread for few pairs, where others save little and cost much on a busy machine.

    A pass over 131,000 pairs takes 2 ms on one core and 1 ms on two idle ones, but 15 ms if
    another process holds one of the two.
    """
    before = numba.get_num_threads()
    numba.set_num_threads(1 if n_pairs < _FEW_PAIRS else before)
    try:
        yield
    finally:
        numba.set_num_threads(before)


@dataclass(frozen=True)
class Prepared:
    """A model on the pairs of one dataset, ready to be evaluated at many parameter vectors.

    ``origins`` are the origins that send somebody out; sums are taken over these.
    """

    model: FlowModel
    pairs: Pairs
    columns: Columns
    flow: np.ndarray
    outflow: np.ndarray
    origins: np.ndarray
    function: Written | None

    def arguments(self, theta: np.ndarray) -> tuple[int, np.ndarray, np.ndarray, Columns]:
        """What the kernels take: code, own parameters, log attraction (n_zones,), columns."""
        whole, own = self._whole(theta)
        columns = self.columns
        if self.function is not None:
            columns = columns._replace(written=self.function.value(own))
        attraction = self.model.attraction(columns.mass, whole).value
        return self.model.deterrence.code, np.append(own, _SPARE), attraction, columns

    def _whole(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All parameters, with those held fixed, and those of the deterrence."""
        whole = np.append(theta, self.model.fixed)
        return whole, whole[self.model.attraction.parameters :]

    def sums(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Per origin sums (n_origins, 4), see ``sums.origin_sums``, and status (n_origins,)."""
        out = np.empty((self.origins.size, 4))
        status = np.empty(self.origins.size, dtype=np.int64)
        with threads_for(self.pairs.n_pairs):
            share_out(
                sums.origin_sums,
                self.origins.size,
                *self.arguments(theta),
                self.flow,
                self.outflow,
                self.origins,
                out,
                status,
            )
        return out, status

    def derivatives(self, theta: np.ndarray, likelihood: bool) -> tuple[np.ndarray, np.ndarray]:
        """Per origin gradient (n_origins, k) and Hessian (n_origins, k, k).

        Of sum F log p where ``likelihood`` is true, else of half the sum of squared errors.
        """
        whole, own = self._whole(theta)
        k, linear = whole.size, self.model.log_linear
        gradient = np.empty((self.origins.size, k))
        hessian = np.empty((self.origins.size, k, k))
        code, padded, value, columns = self.arguments(theta)
        _, slope, bend = self.model.attraction(columns.mass, whole)
        if self.function is not None:
            slopes, bends = self.function.derivatives(own, columns.written, linear)
            columns = columns._replace(written_slope=slopes, written_bend=bends)
        with threads_for(self.pairs.n_pairs):
            share_out(
                sums.origin_derivatives,
                self.origins.size,
                code,
                padded,
                value,
                slope,
                bend,
                self.model.attraction.parameters,
                columns,
                self.flow,
                self.outflow,
                self.origins,
                likelihood,
                linear,
                gradient,
                hessian,
            )
        return gradient[:, : theta.size], hessian[:, : theta.size, : theta.size]

    def restricted(self, origins: np.ndarray) -> "Prepared":
        """The same, with sums over these origins only."""
        if self.function is None:
            return replace(self, origins=origins)
        # a written function is called for all pairs that there are
        return prepare(self.model, self.pairs.subset(origins))


def prepare(model: str | FlowModel, pairs: Pairs) -> Prepared:
    """Check that the pairs carry what the model needs and lay it out for the kernels.

    Raises
    ------
    ValueError
        If the model is unknown, there are no pairs, or a column that the model needs is missing
        or holds values that it cannot use.
    """
    model = find_model(model)
    if pairs.n_pairs == 0:
        raise ValueError("pairs holds no pair: there is nothing to allocate")
    mass = np.array(pairs.mass, dtype=float)  # kernels would be compiled for read-only ones too
    _require(mass, "pairs.mass")
    _require(pairs.distance_km, "pairs.distance_km")
    total = float(mass.sum())
    columns = Columns(
        start=np.ascontiguousarray(pairs.start, dtype=np.int64),
        destination=np.ascontiguousarray(pairs.destination, dtype=np.int32),
        **_columns_read(model, pairs, mass, total),
        written=np.empty(0),
        written_slope=np.empty((0, 0)),
        written_bend=np.empty((0, 0, 0)),
        mass=mass,
        total=total,
    )
    flow = np.ascontiguousarray(pairs.flow, dtype=float)
    _require(flow, "pairs.flow")
    outflow = _row_sums(columns.start, flow)
    function = Written(model, pairs) if model.deterrence.function else None
    return Prepared(model, pairs, columns, flow, outflow, np.flatnonzero(outflow > 0), function)


def _columns_read(
    model: FlowModel, pairs: Pairs, mass: np.ndarray, total: float
) -> dict[str, np.ndarray]:
    """The columns of pairs, those that the deterrence does not read left empty."""
    reads = model.deterrence.columns
    names = ("distance_km", "log_distance", "intervening", "circle", "log_inner", "log_ratio")
    unknown = sorted(set(reads) - set(names))
    if unknown:
        raise ValueError(f"{model.name}: its deterrence reads {unknown}: choose from {names}")
    columns = dict.fromkeys(names, np.empty(0))
    if "distance_km" in reads:
        columns["distance_km"] = np.ascontiguousarray(pairs.distance_km, dtype=float)
    if "log_distance" in reads:
        with np.errstate(divide="ignore"):
            columns["log_distance"] = np.log(pairs.distance_km)
    if "intervening" in reads:
        columns["intervening"] = np.ascontiguousarray(pairs.intervening, dtype=float)
        _require(columns["intervening"], "pairs.intervening")
    if "circle" in reads:
        columns["circle"] = _circle(model, pairs, total)
    if "log_inner" in reads or "log_ratio" in reads:
        columns["log_inner"], columns["log_ratio"] = _radiation_logs(pairs, mass)
    return columns


def _radiation_logs(pairs: Pairs, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log(m_i + s_ij) and log(1 + m_j / (m_i + s_ij)); log m_j for the latter if that sum is 0."""
    inner = mass[pairs.origin] + pairs.intervening
    outer = mass[pairs.destination]
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.where(inner > 0, np.log1p(outer / inner), np.log(outer))
        log_ratio[outer == 0] = 0.0
        return np.log(inner), log_ratio


def _row_sums(start: np.ndarray, flow: np.ndarray) -> np.ndarray:
    filled = np.flatnonzero(np.diff(start))
    total = np.zeros(start.size - 1)
    total[filled] = np.add.reduceat(flow, start[filled])
    return total


def _circle(model: FlowModel, pairs: Pairs, total: float) -> np.ndarray:
    if pairs.circle is None:
        raise ValueError(f"{model.name} needs pairs.circle: call build_pairs(..., circle=True)")
    circle = np.ascontiguousarray(pairs.circle, dtype=float)
    _require(circle, "pairs.circle")
    allowed = f"at most the total mass {total:g} of the zones"
    _reject(circle > total * (1 + 1e-9), circle, "pairs.circle", allowed)
    return circle


def _require(values: np.ndarray, name: str) -> None:
    # a nan makes the least value nan: two passes without a temporary settle the usual case
    if values.min() >= 0 and values.max() < np.inf:
        return
    _reject(~(np.isfinite(values) & (values >= 0)), values, name, "finite and >= 0")


def _reject(bad: np.ndarray, values: np.ndarray, name: str, allowed: str) -> None:
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}] = {values[at]}: values must be {allowed}")


def raise_for_status(prepared: Prepared, origins: np.ndarray, status: np.ndarray) -> None:
    """Raise a ValueError that names the first origin that cannot be allocated, if there is one."""
    failed = np.flatnonzero(status != sums.OK)
    if failed.size == 0:
        return
    origin, kind = int(origins[failed[0]]), int(status[failed[0]])
    nowhere = "give a destination mass, or drop the origin"
    if prepared.model.needs_circle:
        nowhere = (
            "the circles around its destinations hold everybody; leave "
            f'{prepared.model.name} out, or spread flows over all pairs (support "all")'
        )
    reason = {
        sums.EMPTY: f"all its weights are 0, so that its trips have nowhere to go; {nowhere}",
        sums.UNDEFINED: "a weight is not a number; check its masses and distances, and, of a "
        "new model, that its deterrence states what it reads and is written out in rows.py",
        sums.INFINITE: "a weight is infinite (m_i + s_ij = 0 or d_ij = 0); give the origin a "
        "mass and its destinations a distance, or drop it",
    }[kind]
    name = prepared.pairs.zone_ids[origin]
    more = f" (and {failed.size - 1} more origins)" if failed.size > 1 else ""
    raise ValueError(f"{prepared.model.name}: origin {str(name)!r}{more}: {reason}")
