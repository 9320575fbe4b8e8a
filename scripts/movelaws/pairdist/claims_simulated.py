"""Claims P7 and P8: places as matter, and cities of patches, both simulated."""

from dataclasses import replace
from typing import Any

import pandas as pd

from movelaws.claims import Finding, compare_many, statement
from movelaws.pairdist.matter_curves import CORE

PATCH_TOLERANCE = 0.1
_MODELS = {"lennard_jones": "Lennard-Jones", "hard_disks": "hard disks"}


def simulated_findings(tables: Any) -> list[Finding]:
    """Findings on simulations, which take no data."""
    found = [] if tables.matter.empty else _oscillation(tables.matter)
    return found + ([] if tables.patches.empty else [_patches(tables.patches)])


def _oscillation(table: pd.DataFrame) -> list[Finding]:
    """P7: below 1 under one diameter, a peak above 1 near it and a fall after it, in both models.

    Disks of unequal size have a soft edge: what is tested is ``CORE`` diameters.
    """
    models = table[(table["source"].isin(_MODELS)) & (table["place"] == "centre")]
    # Against the gas of a whole town the level of g is not to be trusted.
    places = table[~table["source"].isin(_MODELS) & (table["reference"] == "local")]
    shows = bool(models["shows"].astype(bool).all())
    finding = statement(
        "P7",
        "simulation",
        "both models show the oscillation",
        "; ".join(
            f"{_MODELS[row.source]}: at most {row.below:.2f} ± {row.below_error:.2f} up to "
            f"{row.tested_m:.1f} m ({CORE:g} diameters), {_peak_and_trough(row)}"
            for row in models.itertuples()
        ),
        shows,
        criterion=f"g below 1 up to {CORE:g} diameters, a peak above 1 within two diameters and a "
        "trough lower than it after it, each by two standard errors",
        reason="one of the models has no such dip, peak or trough",
        evidence="pairdist/matter.csv",
    )
    return [finding, *(_places(row) for _, row in places.iterrows())]


def _places(row: pd.Series) -> Finding:
    """Peak, trough and rise in the places of a dataset, against places as dense without order.

    Their diameter is not known, so that g below 1 under it is no test.
    """
    lacks = {"peaks": "peak above 1", "falls": "trough after it", "rises": "rise after that"}
    lacking = [said for column, said in lacks.items() if not row[column]]
    return statement(
        "P7",
        row["source"],
        "places show the oscillation",
        f"{_peak_and_trough(row)}, then {row['rise']:.2f} ± {row['rise_error']:.2f} at "
        f"{row['rise_m']:.1f} m",
        bool(row["shows"]),
        criterion="a peak above 1 and a trough lower than it by two standard errors, and a rise "
        "after that by 3.5, as clusters alone let g fall",
        reason="beyond the errors there is no " + ", no ".join(lacking),
        evidence="pairdist/matter.csv",
    )


def _peak_and_trough(row: Any) -> str:
    return (
        f"peak {row.peak:.2f} ± {row.peak_error:.2f} at {row.peak_m:.1f} m, trough "
        f"{row.trough:.2f} ± {row.trough_error:.2f} at {row.trough_m:.1f} m"
    )


def _patches(table: pd.DataFrame) -> Finding:
    """P8: growth of simulated nested patches against the saddle point.

    In cities of few layers the exponent depends on the range of the fit and differs from that of
    the sum of the paper over the same range: both are said beside the verdict.
    """
    nested = table[(table["model"] == "nested") & (table["form"] == "simulated")]
    finding = compare_many(
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
    others = "; ".join(
        f"b = {row.branching:g}: {row.to_city:.3f} to R_n, {row.doubled:.3f} from 2 R_1 to "
        f"2 R_(n-1), the finite sum of the paper over the stated range {row.expected:.3f}"
        for row in nested.itertuples()
    )
    gap = nested[["to_city", "doubled"]].sub(nested["predicted"], axis=0).abs().max(axis=1)
    beyond = [f"b = {b:g}" for b in nested["branching"][gap > PATCH_TOLERANCE]]
    return replace(
        finding,
        reproduced=f"{finding.reproduced}, fitted from R_1 to R_(n-1). Other ranges: {others}. "
        f"Outside the tolerance at one of them: {', '.join(beyond) or 'none'}",
        tolerance=f"{finding.tolerance}, at the range R_1 to R_(n-1)",
    )
