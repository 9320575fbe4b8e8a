"""Steps of paper 4 as Snakemake runs them, and what their tests have in common."""

import runpy
from pathlib import Path
from types import SimpleNamespace

from tests.running import ROOT
from tests.scripts.choice.steps import Named

STEPS = ROOT / "scripts" / "inequality"
PLANTED = 1e-4
VARIABLES = {
    "conflict": {"label": "Conflict", "column": "deaths"},
    "flood": {"label": "Flood", "column": "flooded"},
    "both": {"label": "Either", "union": ["conflict", "flood"]},
}
TWO_CLASSES = {
    "variables": VARIABLES,
    "model": "two_class",
    "population": "residential",
    "outflow": "observed",
    "share": 0.2,
}
MANY_CLASSES = TWO_CLASSES | {"model": "linear", "percentile": 80, "outflow": "regression"}
LIKELIHOOD = {"lowest": -6, "highest": -2, "per_decade": 5, "bootstraps": 60, "advantage": True}
EVALUATION = {
    "exponents": [-5, -4],
    "drop_exact": False,
    "shown": {"variable": "both", "exponent": -4},
    "exact": [-9, -5],
    "sensitivity": {"shares": [0.1, 0.2, 0.3], "draws": 20},
    "likelihood": LIKELIHOOD,
    "benefits": {"variable": "flood", "exponential": [0.1], "pareto": []},
    "draws": 20,
}


def run(name: str, folder: Path, given: dict, made: dict, *, wildcards=None, **params):
    """Run a whole step as a rule does; its outputs by name, and its log."""
    folder.mkdir(parents=True, exist_ok=True)
    outputs = {key: str(folder / file) for key, file in made.items()}
    log = folder / f"{name}.log"
    rule = SimpleNamespace(
        input=Named(**given),
        output=Named(**outputs),
        params=Named(**params),
        wildcards=SimpleNamespace(**(wildcards or {"case": "south_sudan"})),
        threads=1,
        log=[str(log)],
    )
    runpy.run_path(str(STEPS / f"{name}.py"), init_globals={"snakemake": rule}, run_name="__main__")
    return Named(**outputs), log.read_text()
