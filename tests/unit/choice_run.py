"""Tables of a run as the claims of paper 5 read them, like the print or with a planted game."""

import numpy as np
import pandas as pd

from movelaws.choice import toy
from movelaws.choice.claims import Tables

US = "us_migration"
SSI = {"DCG": 0.785, "GMPow2": 0.736, "GMPow": 0.721, "IO": 0.69, "PWO": 0.595, "RM": 0.307}
PRINTED = {
    ("DCG", "alpha"): 4.45,
    ("DCG", "beta"): 0.60,
    ("DCG", "gamma"): 2.88,
    ("GMPow2", "a"): 1.19,
    ("GMPow2", "b"): 0.56,
    ("GMPow", "b"): 0.59,
    ("IO", "b"): 7.73e-7,
}
LAW = {"alpha": 2.0, "beta": 1.0, "gamma": 0.5}
KS = {
    "ks_distance": {"DCG": 0.031, "GMPow": 0.023, "GMPow2": 0.031},
    "ks_attraction": {"DCG": 0.137, "GMPow": 0.098, "GMPow2": 0.157},
}


def datasets(name=US, source="published", movements=2498464.0):
    printed = 2498464.0 if source == "published" and name == US else np.nan
    row = (name, movements, 51, printed, source)
    columns = ["dataset", "movements", "locations", "published_movements", "source"]
    return pd.DataFrame([row], columns=columns)


def statistics(name=US, source="published", ssi=SSI, ks=(0.031, 0.137), flux=0.9, **changed):
    """Like the print: similarities in the order of the paper, statistics of the print."""
    table = pd.DataFrame({"dataset": name, "model": list(ssi), "ssi": list(ssi.values())})
    for (statistic, printed), own in zip(KS.items(), ks, strict=True):
        shown = table["model"].map(printed)
        table[statistic] = shown.fillna(0.3)
        table.loc[table["model"] == "DCG", statistic] = own
        table[f"published_{statistic}"] = shown if source == "published" else np.nan
    table["bins_on_diagonal"] = np.where(table["model"] == "DCG", flux, 0.75)
    return table.assign(source=source, **changed)


def parameters(name=US, source="published", off=0.0, planted=None, half=0.1):
    """By SSI beside the print; by likelihood alpha, beta, gamma = 2, 1, 0.5 within ``half``."""
    rows = [
        (name, model, "ssi", parameter, value + off * (1e-7 if model == "IO" else 1.0), value)
        for (model, parameter), value in PRINTED.items()
    ]
    columns = ["dataset", "model", "objective", "parameter", "value", "published_value"]
    ours = pd.DataFrame(rows, columns=columns)
    if source != "published":
        ours["published_value"] = np.nan
    likely = pd.DataFrame(
        {
            "dataset": name,
            "model": "DCG",
            "objective": "poisson",
            "parameter": ["alpha", "beta", "gamma"],
            "value": [2.0, 1.0, 0.5],
            "published_value": np.nan,
        }
    )
    likely["low"], likely["high"] = likely["value"] - half, likely["value"] + half
    likely["planted_value"] = likely["parameter"].map(planted or {})
    return pd.concat([ours, likely], ignore_index=True).assign(source=source)


SOLVER = pd.DataFrame(
    {"dataset": [US, US], "without_crowding": [1e-15, 1e-12], "fixed_attraction": [1e-9, 1e-10]}
)


def tables(**changed) -> Tables:
    given = {
        "datasets": datasets(),
        "parameters": parameters(),
        "statistics": statistics(),
        "solver": SOLVER,
        "toy": toy.table(),
        "laws": {},
        "truths": {},
        "confidence": 0.95,
    }
    return Tables(**(given | changed))


def made(planted=None, **changed) -> Tables:
    """A synthetic world with the game planted in it."""
    given = {
        "datasets": datasets("made", "synthetic"),
        "parameters": parameters("made", "synthetic", planted=planted or LAW),
        "statistics": statistics("made", "synthetic"),
        "laws": {"made": "DCG"},
        "truths": {"made": {"n_zones": 51, "total_flow": 2498464}},
    }
    return tables(**(given | changed))


def by_claim(found):
    named = {(finding.id, finding.dataset): finding for finding in found}
    assert len(named) == len(found)
    return named
