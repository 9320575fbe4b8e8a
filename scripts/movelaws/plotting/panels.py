"""What panels share: letters, log axes with decades, the tag of synthetic data, round numbers."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter

from movelaws.plotting import MM_PER_INCH, POINTS_PER_MM, QUIET, TITLE_SIZE

_TAG_STRIP = 3.6


def require_columns(table: pd.DataFrame, columns: list[str], name: str) -> None:
    """Raise a ValueError that names the columns which ``table`` lacks and those it has."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(
            f"{name}: no column {', '.join(map(repr, missing))}; "
            f"there are {', '.join(map(str, table.columns))}"
        )


def axes_mm(
    figure: Figure, left: float, top: float, width: float, height: float, **options: object
) -> Axes:
    """Axes placed in millimetres from the upper left corner of the figure."""
    wide, tall = figure.get_size_inches() * MM_PER_INCH
    box = (left / wide, 1 - (top + height) / tall, width / wide, height / tall)
    return figure.add_axes(box, **options)


def letter(axes: Axes, number: int, title: str = "", *, above_mm: float = 1.5) -> None:
    """Panel letter in bold, then its title, above the upper left corner.

    Parameters
    ----------
    above_mm : how far above the axes, to leave room for lines of text between.
    """
    for text, right, options in (
        (chr(ord("a") + number), 0.0, {"fontsize": TITLE_SIZE, "fontweight": "bold"}),
        (title, 3.8, {}),
    ):
        axes.annotate(
            text,
            (0, 1),
            (right * POINTS_PER_MM, above_mm * POINTS_PER_MM),
            xycoords="axes fraction",
            textcoords="offset points",
            va="baseline",
            annotation_clip=False,
            **options,
        )


def decades(axis: Axis, least: int = 2) -> None:
    """Ticks of a log axis at every decade, with numbers written out where they are short.

    An axis of few decades gets ticks at round numbers between, and one that spans hardly any
    range evenly spaced ones. The limits are taken as they are now.

    Parameters
    ----------
    least : labelled ticks wanted.
    """
    low, high = sorted(axis.get_view_interval())
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    between = np.multiply.outer(powers, np.arange(2, 10)).ravel()
    short = low >= 0.01 and high <= 1e6
    for steps in (
        (1,),
        (1, 2, 5) if short else (1, 3),
        (1, 2, 5),
        (1, 1.5, 2, 3, 4, 5, 7),
        np.arange(1, 10, 0.5),
        None,
    ):
        if steps is None:
            ticks = MaxNLocator(nbins=4, min_n_ticks=least).tick_values(low, high)
        else:
            ticks = np.multiply.outer(powers, steps).ravel()
        ticks = ticks[(ticks >= low * (1 - 1e-9)) & (ticks <= high * (1 + 1e-9))]
        if len(ticks) >= least:
            break
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(FixedLocator(between))
    axis.set_minor_formatter(NullFormatter())
    if short:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    else:
        axis.set_major_formatter(FuncFormatter(lambda value, _: power_of_ten(value)))


def power_of_ten(value: float) -> str:
    """Mathtext of a number as a multiple of a power of ten: 0.005 is 5 x 10^-3."""
    exponent = int(np.floor(np.log10(value) + 1e-9))
    factor = f"{value / 10.0**exponent:g}"
    lead = "" if factor == "1" else rf"{factor}\times"
    return rf"${lead}10^{{{exponent}}}$"


def tag_synthetic(figure: Figure, synthetic: bool) -> None:
    """Discreet words in the upper right corner of a figure made from synthetic data.

    The figure grows by a strip for them, so that they meet no header: call this last.
    """
    if not synthetic:
        return
    add_strip(figure, _TAG_STRIP)
    figure.text(
        0.997, 0.995, "synthetic data", ha="right", va="top", color=QUIET, fontstyle="italic"
    )


def add_strip(figure: Figure, height_mm: float) -> None:
    """Make a figure taller by an empty strip above; all that is drawn keeps its size.

    Legends outside the axes are left where they are in relative terms: put them at the bottom.

    Parameters
    ----------
    height_mm : of the strip.
    """
    wide, tall = figure.get_size_inches()
    grown = tall + height_mm / MM_PER_INCH
    share = tall / grown
    figure.set_size_inches(wide, grown)
    for text in figure.texts:
        x, y = text.get_position()
        text.set_position((x, y * share))
    engine = figure.get_layout_engine()
    if engine is None:
        for axes in figure.axes:
            box = axes.get_position()
            axes.set_position((box.x0, box.y0 * share, box.width, box.height * share))
    else:
        left, bottom, width, height = engine.get()["rect"]
        engine.set(rect=(left, bottom * share, width, height * share))


def spread(
    positions: np.ndarray, gap: float, low: float = -np.inf, high: float = np.inf
) -> np.ndarray:
    """Positions of labels in the same order, at least ``gap`` apart, moved as little as it takes.

    Least squares under the order: blocks of labels that touch are centred on the mean of the
    positions wanted (pool adjacent violators).

    Parameters
    ----------
    positions : (n,) wanted.
    gap : smallest distance between neighbours, in the same units.
    low, high : keep all positions between these; ``low`` comes first if there is no room.
    """
    order = np.argsort(positions, kind="stable")
    blocks: list[tuple[float, int]] = []  # mean place and number of labels
    for place in np.asarray(positions, dtype=float)[order] - gap * np.arange(len(order)):
        blocks.append((place, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (above, many), (below, few) = blocks[-2], blocks.pop()
            blocks[-1] = ((above * many + below * few) / (many + few), many + few)
    pooled = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    result = np.empty(len(order))
    pooled = np.maximum(np.minimum(pooled, high - gap * (len(order) - 1)), low)
    result[order] = pooled + gap * np.arange(len(order))
    return result
