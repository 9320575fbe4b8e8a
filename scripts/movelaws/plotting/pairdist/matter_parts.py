"""What the figures of houses as particles share: colours, names, axes, bands."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from movelaws.plotting import INK, QUIET, colours

# Paul Tol's "bright" and "vibrant" schemes, told apart under every common colour blindness.
MODELS = {
    "lennard_jones": ("Lennard-Jones", "#0077BB", "-"),
    "hard_disks": ("hard disks", "#EE7733", "-"),
}
PLACES = {
    "centre": ("centre", "#0077BB"),
    "within": ("anywhere in the disk", "#009988"),
    "rim": ("on the rim", "#CC3311"),
}
# Dotted is the ideal gas, dashed what has to do with the gases of towns, in every panel.
IDEAL = {"potential": ":", "local": ":", "town": (0, (4, 1.5))}
ERRORS = 2.0


def name_and_colour(source: str, labels: Mapping[str, str]) -> tuple[str, str]:
    """How a model or a dataset is called and drawn."""
    if source in MODELS:
        return MODELS[source][:2]
    return labels.get(source, source), colours.dataset(source).colour


def middle(curve: pd.DataFrame) -> np.ndarray:
    """(n,) middles of the bins, m."""
    return (curve["r_low"].to_numpy() + curve["r_high"].to_numpy()) / 2


def draw_g(axes: Axes, curve: pd.DataFrame, colour: str, **options: object) -> None:
    """g(r) as a line, two standard errors either way as a band."""
    r, g, error = middle(curve), curve["g"].to_numpy(), curve["g_error"].to_numpy()
    axes.fill_between(
        r, g - ERRORS * error, g + ERRORS * error, color=colour, alpha=0.2, lw=0, zorder=1.5
    )
    axes.plot(r, g, color=colour, **({"lw": 1.0, "zorder": 2.5} | options))


def finish_g(axes: Axes, reach: float, top: float) -> None:
    """Axes of a pair correlation, with the ideal gas at 1."""
    axes.axhline(1, color=QUIET, lw=0.6, ls=":", zorder=1)
    axes.set_xlim(0, reach)
    axes.set_ylim(0, top)
    axes.set_xlabel("Distance r (m)")
    axes.set_ylabel("Pair correlation g(r)")


def key(axes: Axes, **options: object) -> None:
    """Legend of what was drawn, one entry per name."""
    handles, names = axes.get_legend_handles_labels()
    first = {name: handle for handle, name in zip(handles, names, strict=True)}
    axes.legend(
        first.values(), first.keys(),
        **({"handlelength": 1.4, "labelspacing": 0.25, "borderaxespad": 0.2} | options),
    )  # fmt: skip


def nothing_to_say(axes: Axes, words: str) -> None:
    """Words in the place of what there is no data for."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", color=INK, transform=axes.transAxes)
