"""Laws written out under a front: where each label goes, and its leader."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from movelaws.plotting import QUIET
from movelaws.plotting.symbolic.formulas import formula

ROW = 4.0  # mm
_ROWS = 9  # under the front at most
_WIDEST = 62.0  # mm of a label


def label_rows(
    x: np.ndarray, widths: list[float], mm: float, limits: tuple[float, float]
) -> list[tuple[float, int]]:
    """Left end and row (0 is highest) of a label under each point, its leader free of others.

    A leader falls from its point to its label; no label lies over another or over a leader.

    Parameters
    ----------
    x : (n,) increasing.
    widths : of the labels, in mm; what is wider than 62 mm gets the row -1: no label.
    mm : of one unit of ``x``.
    limits : of the axis.
    """
    placed: list[tuple[float, int]] = [(0.0, -1)] * len(x)
    done: list[tuple[float, float, float, int]] = []  # point, left and right end, row
    for number in range(len(x) - 1, -1, -1):
        if widths[number] > _WIDEST:
            continue
        long = (widths[number] + 2.0) / mm
        left = max(min(x[number] - 1.0 / mm, limits[1] - long), limits[0])
        right = left + long
        for row in range(_ROWS):
            clear = all(
                not (other == row and left < end and start < right)
                and not (other < row and start <= x[number] <= end)
                and not (other > row and left <= point <= right)
                for point, start, end, other in done
            )
            if clear:
                placed[number] = (left + 1.0 / mm, row)
                done.append((x[number], left, right, row))
                break
    return placed


def write_laws(
    axes: Axes, best: pd.DataFrame, placed: list[tuple[float, int]], height: float
) -> None:
    """Laws under the front, each at the end of a leader from its point; ``height`` in mm."""
    low, high = np.log(axes.get_ylim())
    lowest = best["rmse"].min()
    share = (np.log(lowest) - low) / (high - low)
    for row, (left, at) in zip(best.to_dict("records"), placed, strict=True):
        if at < 0:
            continue
        y = share - (3.5 + ROW * at) / height
        foot = np.exp(low + (y + 1.3 / height) * (high - low))
        axes.plot([row["complexity"]] * 2, [row["rmse"], foot], color=QUIET, lw=0.45, zorder=2.5)
        axes.text(
            left,
            y,
            f"${formula(row['expression'])}$",
            transform=axes.get_xaxis_transform(),
            va="center_baseline",
            gid="law",
            zorder=6,
        )
