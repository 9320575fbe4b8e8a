"""Claims P7 and P8: places as matter, and cities of patches, both simulated."""

from typing import Any

import pandas as pd

from movelaws.claims import Finding, compare_many, statement

PATCH_TOLERANCE = 0.1
_MODELS = {"lennard_jones": "Lennard-Jones", "hard_disks": "hard disks"}


def simulated_findings(tables: Any) -> list[Finding]:
    """Findings on simulations, which take no data."""
    found = [] if tables.matter.empty else _oscillation(tables.matter)
    return found + ([] if tables.patches.empty else [_patches(tables.patches)])


def _oscillation(table: pd.DataFrame) -> list[Finding]:
    """P7: below 1 under one diameter, then a peak above 1 near it, in both models."""
    models = table[(table["source"].isin(_MODELS)) & (table["place"] == "centre")]
    # Against the gas of a whole town the level of g is not to be trusted.
    places = table[~table["source"].isin(_MODELS) & (table["reference"] == "local")]
    shows = bool(models["shows"].astype(bool).all())
    finding = statement(
        "P7",
        "simulation",
        "both models show the oscillation",
        "; ".join(
            f"{_MODELS[row.source]}: {row.below:.2f} below {row.diameter_m:.1f} m, peak "
            f"{row.peak:.2f} ± {row.peak_error:.2f} at {row.peak_m:.1f} m"
            for row in models.itertuples()
        ),
        shows,
        criterion="g below 1 under one diameter and a peak above 1 near it, beyond their errors",
        reason="one of the models has no such dip or no such peak",
        evidence="pairdist/matter.csv",
    )
    return [finding, *(_places(row) for _, row in places.iterrows())]


def _places(row: pd.Series) -> Finding:
    """The same in the places of a dataset, against places as dense but without order.

    Their diameter is not known: it is taken for the distance at which g crosses 1.
    """
    return statement(
        "P7",
        row["source"],
        "places show the oscillation",
        f"g crosses 1 at {row['crossing_m']:.1f} m; peak {row['peak']:.2f} ± "
        f"{row['peak_error']:.2f} at {row['peak_m']:.1f} m",
        bool(row["shows"]),
        criterion="a dip at short distances and a peak above 1, beyond their errors",
        reason="the dip or the peak is missing",
        evidence="pairdist/matter.csv",
    )


def _patches(table: pd.DataFrame) -> Finding:
    """P8: growth of simulated nested patches against the saddle point."""
    nested = table[(table["model"] == "nested") & (table["form"] == "simulated")]
    return compare_many(
        "P8",
        "simulation",
        {
            f"b = {row.branching:g}, phi = {row.packing:g}:": (
                round(row.predicted, 4),
                round(row.growth, 4),
            )
            for row in nested.itertuples()
        },
        absolute=PATCH_TOLERANCE,
        evidence="pairdist/patches.csv",
    )
