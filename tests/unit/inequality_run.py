"""Small tables of a run of paper 4, as its claims are held against: all of them agree with it."""

from collections.abc import Mapping

import pandas as pd

from movelaws.claims.findings import check_findings
from movelaws.inequality.claims import COMMUTING, MIGRATION, Evidence, findings

CROSSINGS = pd.DataFrame(
    {
        "benefit": ["uniform", "uniform", "exponential"],
        "n1": [1e4, 1e5, 1e4],
        "n2": [1e6, 1e7, 1e6],
        "delta_minus_1": [6.8e-5, 6.8e-6, 0.5],
    }
)
EXPONENTS = (-5.0, -4.0)


def judged(significant: Mapping[str, tuple]) -> pd.DataFrame:
    """Rows of ``tests.csv``: by variable, the exponents at which it is significant."""
    rows = [
        {
            "variable": variable,
            "label": variable.capitalize(),
            "exponent": exponent,
            "significant": exponent in at,
            "significant_U": exponent in at,
            "significant_hamming": True,
            "exact_share": 0.62,
            "exact_share_standard": 0.55,
            "p_random_hamming": 0.02,
        }
        for variable, at in significant.items()
        for exponent in EXPONENTS
    ]
    return pd.DataFrame(rows)


def by_share(verdicts: Mapping[float, Mapping[str, tuple]]) -> pd.DataFrame:
    """``sensitivity.csv``: by share, as for :func:`judged`."""
    return pd.concat([judged(at).assign(share=share) for share, at in verdicts.items()])


FOUND = {"conflict": (), "flood": (-4.0,), "both": (-5.0, -4.0)}


def outflow(pairs: int = 965, r_squared: float = 0.49) -> pd.DataFrame:
    """``outflow.csv``."""
    return pd.DataFrame({"pairs": [pairs], "fraction": [0.0775], "r_squared": [r_squared]})


def flows() -> pd.DataFrame:
    """``flows.parquet``: nine trips in ten end within 50 km, one flow is long and overestimated."""
    return pd.DataFrame(
        {
            "distance_km": [50.0] * 10 + [400.0, 900.0],
            "flow": [90] * 10 + [60, 30],
            "standard": [90] * 6 + [95] * 4 + [60, 40],
        }
    )


def changes(n: int = 10, **other) -> pd.DataFrame:
    """``changes.csv``: long, too large, penalised and put right; ``other`` in the first rows."""
    table = pd.DataFrame(
        {
            "distance_km": [400.0] * n,
            "error_standard": [3] * n,
            "error_modified": [0] * n,
            "change_percent": [-100.0] * n,
            "penalised_origin": [True] * n,
            "penalised_destination": [False] * n,
        }
    )
    for column, values in other.items():
        table.loc[: len(values) - 1, column] = values
    return table


def migration(**changed) -> Evidence:
    """South Sudan as the paper has it."""
    robust = by_share({0.05: FOUND, 0.1: FOUND, 0.2: FOUND})
    given = {
        "source": "published",
        "tests": judged(FOUND),
        "outflow": outflow(),
        "changes": changes(),
        "flows": flows(),
        "sensitivity": robust,
        "likelihood": None,
        "shown": {"variable": "both", "exponent": -4},
        "share": 0.1,
        "truth": None,
    }
    return Evidence(**(given | changed))


def commuting(**changed) -> Evidence:
    """The counties of the United States as the paper has them."""
    found = {"gini": (-5.0,), "poverty": (-5.0, -4.0), "rent": (-4.0,), "unemployment": ()}
    given = {
        "tests": judged(found),
        "outflow": outflow(pairs=100000),
        "sensitivity": None,
        "shown": {"variable": "gini", "exponent": -7},
        "share": None,
    }
    return migration(**(given | changed))


def planted(variable: str | None, **law) -> dict:
    """``truth.json`` of a world with 965 flows."""
    return {"n_pairs": 965} | ({"inequality": {"variable": variable} | law} if variable else {})


def run(**changed) -> dict[str, Evidence]:
    """Both cases; ``south_sudan`` or ``us_commuting`` replace one, None leaves it out."""
    cases = {MIGRATION: migration(), COMMUTING: commuting()} | changed
    return {name: case for name, case in cases.items() if case is not None}


SOUTH_SUDAN, US = "south_sudan", "us_commuting"


def found(absent=None, where=CROSSINGS, **cases) -> dict:
    """Findings by claim and dataset, after the checks that writing them makes."""
    listed = findings(run(**cases), where, absent or {})
    check_findings(listed)
    return {(finding.id, finding.dataset): finding for finding in listed}


def one(claim: str, dataset: str, **given):
    return found(**given)[claim, dataset]


def counties(**significant) -> pd.DataFrame:
    usual = {"gini": (-5.0,), "poverty": (-5.0,), "rent": (-4.0,), "unemployment": ()}
    return judged(usual | significant)
