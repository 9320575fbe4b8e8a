"""Loss, predictions and derivatives of programs on observed flows (public edge of the kernels)."""

import numbers

import numba
import numpy as np

from movelaws import metrics
from movelaws.symbolic import kernels
from movelaws.symbolic.kernels_data import (
    BLOCK_ROWS,
    DEEPEST,
    LOSSES,
    MSE,
    NEGBIN,
    Data,
)
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import BINARY, CONSTANT, END, LONGEST, UNARY, Program

_SAMPLE = 8  # rows by flow, and as many evenly over all, that starting constants are sized on


class Evaluator:
    """Programs held against observations.

    A program f predicts F^ = O f / S, with O the outflow of the origin and S the sum of f over its
    rows (production-constrained allocation; paper 2, Eq. 2). It is valid if every S is finite
    and not 0, of whatever sign: a factor of the origin cancels, -1 too.

    Parameters
    ----------
    observations : variables and flows of the pairs.
    loss : "mse" (sum of squared errors of the flows), "poisson" or "negbin" (minus log
        likelihood of the flows given F^, without the terms that do not depend on the program).
    dispersion : alpha > 0 of the negative binomial, of variance F^ + alpha F^^2; 0 for the others.

    Raises
    ------
    ValueError
        If the loss is unknown or the dispersion does not go with it.
    """

    def __init__(
        self, observations: Observations, loss: str = "mse", dispersion: float = 0.0
    ) -> None:
        if loss not in LOSSES:
            raise ValueError(f"loss = {loss!r}: choose from {list(LOSSES)}")
        if not np.isfinite(dispersion) or (dispersion > 0) != (loss == "negbin") or dispersion < 0:
            allowed = "a finite number > 0" if loss == "negbin" else "0"
            raise ValueError(f"dispersion = {dispersion} with loss {loss!r}: only {allowed} goes")
        self.observations = observations
        self.loss_name = loss
        self.dispersion = float(dispersion)
        self._order, self._rows = _by_weight(observations)
        self.data = _prepare(observations, self._order, self._rows, LOSSES[loss], self.dispersion)
        self._work = None

    @property
    def n_rows(self) -> int:
        """Number of pairs."""
        return self.observations.n_rows

    def losses(self, codes: np.ndarray, constants: np.ndarray, limit: float = np.inf) -> np.ndarray:
        """Loss of many programs, in parallel.

        Parameters
        ----------
        codes, constants : (n, longest) int8, END at the end of the shorter ones; (n, most).
        limit : a loss above it may come out as any lower bound above it, which is far quicker.

        Returns
        -------
        (n,) losses, inf where a program is invalid.

        Raises
        ------
        ValueError
            If a code is no program or there are too few constants.
        """
        codes, constants = self.checked(codes, constants)
        if len(codes) == 0:
            return np.empty(0)
        return kernels.losses(codes, constants, self.data, float(limit), numba.get_num_threads())

    def loss(self, program: Program) -> float:
        """Loss of one program, inf if it is invalid."""
        return float(kernels.evaluate(*self._one(program), self.data, self._scratch()))

    def derivatives(self, program: Program) -> tuple[float, np.ndarray, np.ndarray]:
        """Loss, gradient (k,) by the constants, and curvature (k, k).

        The curvature is that of Gauss and Newton for mse (2 J'J) and the Fisher information for
        the likelihoods. An invalid program has loss inf and derivatives of no meaning.
        """
        code, constants = self._one(program)
        k = constants.size
        gradient, curvature = np.zeros(k), np.zeros((k, k))
        loss = kernels.evaluate_derivatives(
            code, constants, self.data, self._scratch(), gradient, curvature
        )
        return float(loss), gradient, curvature

    def weights(self, program: Program) -> np.ndarray:
        """(n_rows,) values f of the program, not finite where it is not defined."""
        out = np.empty(self.n_rows)
        out[self._rows] = kernels.weights(*self._one(program), self.data, self._scratch())
        return out

    def predict(self, program: Program) -> np.ndarray:
        """(n_rows,) predicted flows O f / S.

        Raises
        ------
        ValueError
            If the program is invalid on these observations.
        """
        f = self.weights(program)
        start = self.observations.start[:-1]
        with np.errstate(all="ignore"):
            sums = np.add.reduceat(f, start)
            scale = self.observations.outflow / sums
        if not (np.isfinite(scale).all() and np.isfinite(sums).all()):
            raise ValueError(
                "program is invalid on these observations: its values must have finite sums, "
                "not 0, over the destinations of every origin"
            )
        return f * np.repeat(scale, np.diff(self.observations.start))

    def rmse(self, program: Program) -> float:
        """Root mean squared error of the flows, inf if the program is invalid."""
        f = self._losses_by_origin(program, MSE)
        return float(np.sqrt(f.sum() / self.n_rows))

    def cpc(self, program: Program) -> float:
        """Common part of commuters, with flows below 0 (of a program of both signs) taken as 0.

        Raises
        ------
        ValueError
            If the program is invalid on these observations.
        """
        return metrics.cpc(self.observations.flow, np.maximum(self.predict(program), 0.0))

    def origin_losses(self, program: Program) -> np.ndarray:
        """(n_origins,) the loss of each origin, inf for all if the program is invalid."""
        return self._losses_by_origin(program, self.data.loss)

    def _losses_by_origin(self, program: Program, loss: int) -> np.ndarray:
        data = self.data._replace(loss=loss)
        f = kernels.weights(*self._one(program), data, self._scratch())
        out = np.empty(self.observations.n_origins)
        out[self._order] = kernels.origin_losses(f, data)
        return out

    def checked(self, codes: np.ndarray, constants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``codes`` and ``constants`` as the kernels take them.

        Raises
        ------
        ValueError
            If a code is no program over these variables or there are too few constants.
        """
        codes = checked_codes(codes, len(self.observations.names))
        constants = np.ascontiguousarray(constants, dtype=np.float64)
        needed = int((codes == CONSTANT).sum(axis=1).max()) if len(codes) else 0
        if constants.ndim != 2 or len(constants) != len(codes) or constants.shape[1] < needed:
            raise ValueError(
                f"constants has shape {constants.shape}: {len(codes)} rows of at least {needed} "
                "are needed"
            )
        return codes, constants

    def _one(self, program: Program) -> tuple[np.ndarray, np.ndarray]:
        constants = np.asarray(program.constants, dtype=np.float64)
        codes, constants = self.checked(np.asarray(program.code)[None], constants[None])
        return codes[0], constants[0]

    def _scratch(self) -> kernels.Work:
        if self._work is None:
            self._work = kernels.scratch(self.data)
        return self._work

    def __getstate__(self) -> dict:
        """Without scratch memory and addresses, so that evaluators travel between processes."""
        return {**self.__dict__, "_work": None, "data": self.data._replace(kernels=None)}

    def __setstate__(self, state: dict) -> None:
        """With the addresses of the kernels in this process."""
        self.__dict__.update(state)
        self.data = self.data._replace(kernels=kernels.addresses())


def checked_codes(codes: np.ndarray, n_variables: int) -> np.ndarray:
    """``codes`` (n, longest) as int8 in C order.

    Raises
    ------
    ValueError
        If a row is no postfix program over ``n_variables`` variables; the message says which and
        why.
    """
    codes = np.asarray(codes)
    if codes.ndim != 2 or not np.issubdtype(codes.dtype, np.integer):
        raise ValueError(
            f"codes has shape {codes.shape} and type {codes.dtype}: a table of integers"
        )
    if codes.shape[1] > LONGEST:
        raise ValueError(
            f"codes has {codes.shape[1]} columns: at most {LONGEST} tokens are allowed"
        )
    _raise_at(
        (codes < END) | (codes >= n_variables), codes, f"a token outside {END}..{n_variables - 1}"
    )
    ended = codes == END
    _raise_at(
        ended[:, :1] if codes.shape[1] else np.ones((len(codes), 1), bool), codes, "no tokens"
    )
    _raise_at(ended[:, :-1] & ~ended[:, 1:], codes, "a token after END")
    grows = np.where(codes >= CONSTANT, 1, 0) - np.isin(codes, BINARY)
    depth = np.cumsum(grows, axis=1)
    needed = np.where(np.isin(codes, BINARY) | np.isin(codes, UNARY), 1, 0)
    _raise_at(depth < np.maximum(needed, ~ended), codes, "an operation without its operands")
    _raise_at(depth[:, -1:] != 1, codes, "more than one result")
    _raise_at(depth > DEEPEST, codes, f"more than {DEEPEST} operands waiting")
    return np.ascontiguousarray(codes, dtype=np.int8)


def _raise_at(wrong: np.ndarray, codes: np.ndarray, why: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong.any(axis=1))[0])
        raise ValueError(f"codes[{row}] = {codes[row].tolist()} is no program: {why}")


def _by_weight(observations: Observations) -> tuple[np.ndarray, np.ndarray]:
    """Origins by their squared flows, largest first, and the rows in that order."""
    start = observations.start
    squares = np.add.reduceat(observations.flow**2, start[:-1])
    order = np.argsort(-squares, kind="stable")
    sizes = np.diff(start)[order]
    shift = start[:-1][order] - (np.cumsum(sizes) - sizes)
    return order, np.repeat(shift, sizes) + np.arange(observations.n_rows)


def _prepare(
    observations: Observations, order: np.ndarray, rows: np.ndarray, loss: int, dispersion: float
) -> Data:
    variables = np.ascontiguousarray(observations.columns, dtype=np.float64)[:, rows]
    with np.errstate(all="ignore"):
        columns = np.concatenate([variables, np.log(variables)])
    flow = np.ascontiguousarray(observations.flow[rows], dtype=np.float64)
    start = np.concatenate([[0], np.cumsum(np.diff(observations.start)[order])]).astype(np.int64)
    blocks = _blocks(start)
    floor = np.add.reduceat(_least(flow, loss, dispersion), start[blocks[:-1]])
    by_flow = np.searchsorted(np.cumsum(flow), (np.arange(_SAMPLE) + 0.5) / _SAMPLE * flow.sum())
    evenly = ((np.arange(_SAMPLE) + 0.5) / _SAMPLE * flow.size).astype(np.int64)
    chosen = np.minimum(np.concatenate([by_flow, evenly]), flow.size - 1)
    return Data(
        columns=np.ascontiguousarray(columns),
        positive=(variables >= 0).all(axis=1),
        start=start,
        flow=flow[None],
        outflow=np.add.reduceat(flow, start[:-1]),
        blocks=blocks,
        floor=np.append(np.cumsum(floor[::-1])[::-1], 0.0),
        size=float((flow**2).sum() if loss == MSE else flow.sum()),
        sample=np.ascontiguousarray(variables[:, chosen]),
        loss=loss,
        dispersion=dispersion,
        kernels=kernels.addresses(),
    )


def _blocks(start: np.ndarray) -> np.ndarray:
    """First origin of each block: as many whole origins as fit, but at least one."""
    first = [0]
    while first[-1] < len(start) - 1:
        last = int(np.searchsorted(start, start[first[-1]] + BLOCK_ROWS, side="right")) - 1
        first.append(max(last, first[-1] + 1))
    return np.array(first, dtype=np.int64)


def _least(flow: np.ndarray, loss: int, dispersion: numbers.Real) -> np.ndarray:
    """(n_rows,) the loss at F^ = F: what is left of it if a program predicts perfectly."""
    if loss == MSE:
        return np.zeros(flow.size)
    least = -flow * np.log(np.where(flow > 0, flow, 1.0))
    if loss == NEGBIN:
        least += (flow + 1 / dispersion) * np.log1p(dispersion * flow)
    return least
