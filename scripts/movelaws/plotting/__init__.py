"""The project's look: sizes, type, and figures written whole and equal to the last byte.

Figures are drawn inside :func:`style` on :func:`figure` and written by :func:`save`. No pyplot is
used, so nothing is kept between figures and a user's matplotlibrc changes nothing.
"""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from matplotlib import style as matplotlib_style
from matplotlib.figure import Figure

from movelaws.files import replacing
from movelaws.plotting.files import compact_images

WIDTH_SINGLE = 89.0
WIDTH_DOUBLE = 183.0
MM_PER_INCH = 25.4
POINTS_PER_MM = 72 / MM_PER_INCH
DPI = 300
DPI_OF_LAYERS = 400  # of what is an image inside a vector file
FONT_SIZE = 7.0
TITLE_SIZE = 8.0
INK = "#222222"
QUIET = "#6b6b6b"
HAIRLINE = 0.5

# DejaVu Sans comes with matplotlib: the same face, and the same bytes, on every machine.
# Text becomes outlines: still vector, and a report opened elsewhere cannot swap the face and
# push labels into each other, as references to a font by name do.
_RC = {
    "font.family": ["DejaVu Sans"],
    "font.size": FONT_SIZE,
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",
    "svg.hashsalt": "movelaws",
    "text.color": INK,
    "axes.titlesize": FONT_SIZE,
    "axes.labelsize": FONT_SIZE,
    "axes.labelcolor": INK,
    "axes.labelpad": 2.5,
    "axes.edgecolor": INK,
    "axes.linewidth": HAIRLINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.labelsize": FONT_SIZE,
    "ytick.labelsize": FONT_SIZE,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": HAIRLINE,
    "ytick.major.width": HAIRLINE,
    "xtick.minor.width": 0.35,
    "ytick.minor.width": 0.35,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.4,
    "ytick.minor.size": 1.4,
    "xtick.major.pad": 2.0,
    "ytick.major.pad": 2.0,
    "lines.linewidth": 1.1,
    "lines.markersize": 4.0,
    "patch.linewidth": HAIRLINE,
    "legend.fontsize": FONT_SIZE,
    "legend.frameon": False,
    "legend.handlelength": 1.5,
    "figure.dpi": DPI,
    "path.simplify": True,
}

_METADATA = {
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw in the project's look, whatever the user's matplotlibrc says; also a decorator."""
    with matplotlib_style.context(["default", _RC]):
        yield


def figure(width_mm: float, height_mm: float, *, constrained: bool = False) -> Figure:
    """Empty figure of a size in millimetres, outside pyplot's global list.

    Parameters
    ----------
    width_mm, height_mm : size on paper; widths in print are 89 (one column) or 183 (two).
    constrained : let matplotlib place the panels so that no text overlaps.

    Raises
    ------
    ValueError
        If a size is not positive.
    """
    if not (width_mm > 0 and height_mm > 0):
        raise ValueError(f"figure: {width_mm} x {height_mm} mm: sizes are positive")
    made = Figure(
        figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH),
        layout="constrained" if constrained else None,
    )
    if constrained:
        made.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0.04, hspace=0.05)
    return made


def save(figure: Figure, paths: Iterable[str | Path]) -> None:
    """Write a figure to every path, the format taken from the suffix.

    Equal figures give equal bytes: no dates, no version of the software, fixed ids. Each file is
    written beside its place and renamed, so that a killed run leaves no half of a figure.

    Parameters
    ----------
    figure : what to write.
    paths : files that end in .svg, .png or .pdf.

    Raises
    ------
    ValueError
        If a path has another suffix.
    """
    for path in map(Path, paths):
        if path.suffix not in _METADATA:
            known = ", ".join(_METADATA)
            raise ValueError(f"save: {path} ends in {path.suffix!r}: use one of {known}")
        with style(), replacing(path) as temporary:
            dpi = DPI if path.suffix == ".png" else DPI_OF_LAYERS
            figure.savefig(temporary, dpi=dpi, metadata=_METADATA[path.suffix])
            if path.suffix == ".svg":
                drawn = temporary.read_text(encoding="utf-8")
                temporary.write_text(compact_images(drawn), encoding="utf-8", newline="\n")
