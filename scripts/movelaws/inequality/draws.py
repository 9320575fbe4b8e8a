"""Comparison with random classes: is it the places, or would any other places do as well?

The classes of a variable are dealt out again at random among the zones, the model is run with
them, and its errors are compared with the standard model's as those of the variable were. One
draw serves all scales. Ranks come from a table of the standard errors, never from sorting.
"""

from typing import Literal

import numpy as np
import pandas as pd

from movelaws.inequality import _draw_linear, _draw_two_class
from movelaws.inequality._draw_scores import (
    BELOW,
    BOTH,
    WEIGHTED,
    WRONG,
    prepared_observed,
    prepared_rows,
)
from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.classes import MANY_CLASSES, TWO_CLASSES
from movelaws.inequality.ranks import rank_table, whole_numbers
from movelaws.inequality.standard import standard
from movelaws.inequality.surroundings import Surroundings
from movelaws.seeds import stream

Model = Literal["two_class", "linear"]

COLUMNS = ("draw", "scale", "u", "n_mw", "effect_mw", "hamming", "weighted_hamming")


class RandomClasses:
    """One dataset made ready for any number of variables, scales and draws.

    Parameters
    ----------
    surroundings : of n zones, with observed flows that are whole numbers.
    outflow : (n,) people who leave each zone in both models, finite, >= 0.

    Raises
    ------
    ValueError
        If an observed flow is not a whole number, or ``outflow`` cannot be used.
    """

    def __init__(self, surroundings: Surroundings, outflow: np.ndarray) -> None:
        p = standard(surroundings)
        self._zone_ids = surroundings.zone_ids
        flow = np.ascontiguousarray(surroundings.flow, dtype=float)
        whole_numbers(flow.ravel(), "surroundings.flow")
        errors = np.abs(rounded(allocate(p, outflow)) - flow)
        self._table = rank_table(errors.ravel())
        self._observed = prepared_observed(flow, errors == 0, self._table.below)
        self._rows = prepared_rows(surroundings, np.asarray(outflow, dtype=float), p)

    def draws(
        self,
        shape: np.ndarray,
        scales: np.ndarray,
        *,
        model: Model,
        first: int,
        count: int,
        seed: int,
        job: tuple[str, ...],
        drop_exact: bool = False,
    ) -> pd.DataFrame:
        """Statistics of draws ``first`` to ``first + count - 1``; see :func:`class_draws`."""
        shape = np.asarray(shape, dtype=float)
        if shape.shape != self._zone_ids.shape:
            raise ValueError(f"shape has shape {shape.shape}, expected {self._zone_ids.shape}")
        self._checked_shapes(shape[None], model)
        if first < 0 or count < 1:
            raise ValueError(f"first = {first}, count = {count}: from 0, and at least 1 draw")
        if isinstance(job, str):
            raise ValueError(f"job = {job!r}: give a tuple of names, ({job!r},)")
        shapes = np.stack(
            [stream(seed, *job, str(k)).permutation(shape) for k in range(first, first + count)]
        )
        return self.statistics(shapes, scales, model=model, first=first, drop_exact=drop_exact)

    def statistics(
        self,
        shapes: np.ndarray,
        scales: np.ndarray,
        *,
        model: Model,
        first: int = 0,
        drop_exact: bool = False,
    ) -> pd.DataFrame:
        """Statistics of given classes, those of the variable itself for one.

        Parameters
        ----------
        shapes : (n_draws, n) in [0, 1]; 0 or 1 for the two-class model.
        first : number of the first of them in the column ``draw``.
        scales, model, drop_exact : as for :func:`class_draws`.

        Returns
        -------
        pd.DataFrame as of :func:`class_draws`.

        Raises
        ------
        ValueError
            If the model is unknown, or a shape or a scale is not allowed.
        """
        shapes, scales = self._checked_shapes(shapes, model), _checked_scales(scales)
        kernels = _draw_linear if model == MANY_CLASSES else _draw_two_class
        score = kernels.scores(self._rows, self._observed, shapes, scales)
        u, wrong, both, weighted = (score[:, :, kind] for kind in (BELOW, WRONG, BOTH, WEIGHTED))
        size = np.full(u.shape, self._table.size)
        if drop_exact:
            u, size = self._table.without_exact(u, wrong, both)
        with np.errstate(invalid="ignore"):
            effect = u / size.astype(float) ** 2
        columns = (
            np.repeat(np.arange(first, first + len(shapes)), scales.size),
            np.tile(scales, len(shapes)),
            u.ravel(),
            size.astype(np.int64).ravel(),
            effect.ravel(),
            wrong.astype(np.int64).ravel(),
            weighted.ravel(),
        )
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))

    def _checked_shapes(self, shapes: np.ndarray, model: Model) -> np.ndarray:
        if model not in (TWO_CLASSES, MANY_CLASSES):
            raise ValueError(f"model = {model!r}: choose {TWO_CLASSES!r} or {MANY_CLASSES!r}")
        shapes, n = np.asarray(shapes, dtype=float), self._zone_ids.size
        if shapes.ndim != 2 or shapes.shape[1] != n or not len(shapes):
            raise ValueError(f"shapes is {shapes.shape}, expected one row or more of {n} zones")
        allowed, which = (shapes >= 0) & (shapes <= 1), "between 0 and 1"
        if model == TWO_CLASSES:
            allowed, which = (shapes == 0) | (shapes == 1), "0 or 1 in the two-class model"
        if not allowed.all():
            row, zone = np.argwhere(~allowed)[0]
            raise ValueError(
                f"shape of zone {self._zone_ids[zone]!r} is {shapes[row, zone]}: it must be {which}"
            )
        return shapes


def class_draws(
    surroundings: Surroundings,
    outflow: np.ndarray,
    shape: np.ndarray,
    scales: np.ndarray,
    *,
    model: Model,
    first: int,
    count: int,
    seed: int,
    job: tuple[str, ...],
    drop_exact: bool = False,
) -> pd.DataFrame:
    """Statistics of the modified model when the classes are dealt out at random.

    Draw k permutes ``shape`` among the zones, with a random stream of its own, so that any split
    of the draws into batches gives the same rows, on any number of threads. For several variables
    of one dataset prepare :class:`RandomClasses` once.

    Parameters
    ----------
    surroundings : of n zones, with observed flows that are whole numbers.
    outflow : (n,) people who leave each zone in both models.
    shape : (n,) in [0, 1], see :mod:`movelaws.inequality.classes`; 0 or 1 in the two-class model.
    scales : (k,) values of delta - 1 (two classes) or Delta (many), finite, >= 0; the excess of a
        zone is scale * shape.
    model : "two_class", the exact closed form, or "linear", clipped to [0, 1].
    first, count : the draws first, first + 1, ..., first + count - 1.
    seed, job : the stream of draw k is ``movelaws.seeds.stream(seed, *job, str(k))``.
    drop_exact : leave the pairs that both models predict exactly out of the Mann-Whitney test.

    Returns
    -------
    pd.DataFrame, one row a draw and scale, draws first:
        draw, scale
        u : Mann-Whitney U of the draw's errors against the standard model's, small if they are
            smaller; NaN if no pair is left
        n_mw, effect_mw : pairs in each sample, and u / n_mw^2
        hamming : number of wrong pairs
        weighted_hamming : sum over pairs of |T - T'| / max(T, T')

    Raises
    ------
    ValueError
        If an argument has another shape or a value that is not allowed.

    References
    ----------
    Paper, Methods, "Statistical test for South Sudan" and "Statistical tests for the United
    States".
    """
    return RandomClasses(surroundings, outflow).draws(
        shape,
        scales,
        model=model,
        first=first,
        count=count,
        seed=seed,
        job=job,
        drop_exact=drop_exact,
    )


def _checked_scales(scales: np.ndarray) -> np.ndarray:
    scales = np.asarray(scales, dtype=float)
    if scales.ndim != 1 or not scales.size:
        raise ValueError(f"scales has shape {scales.shape}: one or more in one row are needed")
    bad = ~(np.isfinite(scales) & (scales >= 0))
    if bad.any():
        raise ValueError(f"scales[{int(np.argmax(bad))}] = {scales[bad][0]}: finite and >= 0")
    return scales
