"""Steps of paper 5 as Snakemake runs them, and what their tests have in common."""

import importlib.util
import runpy
from pathlib import Path
from types import SimpleNamespace

from tests.running import ROOT

STEPS = ROOT / "scripts" / "choice"
DATASET = "us_migration"
MODELS = ["DCG", "GMPow2", "GMPow", "IO", "RM", "PWO", "GMPowDC"]
GAMMAS = [0, 1, 3]


def step(name: str):
    """A step script as a module."""
    spec = importlib.util.spec_from_file_location(name, STEPS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Named(list):
    """Inputs or outputs of a rule: by place, by name, or as attributes, as Snakemake hands them."""

    def __init__(self, **named):
        super().__init__(named.values())
        self.__dict__.update(named)

    def __getitem__(self, key):
        return getattr(self, key) if isinstance(key, str) else super().__getitem__(key)


def run(name: str, folder: Path, given: dict, made: dict, **params):
    """Run a whole step as a rule does; its outputs by name, and its log."""
    folder.mkdir(parents=True, exist_ok=True)
    outputs = {key: str(folder / file) for key, file in made.items()}
    log = folder / f"{name}.log"
    rule = SimpleNamespace(
        input=Named(**given),
        output=Named(**outputs),
        params=Named(**params),
        wildcards=SimpleNamespace(dataset=DATASET),
        threads=1,
        log=[str(log)],
    )
    runpy.run_path(str(STEPS / f"{name}.py"), init_globals={"snakemake": rule}, run_name="__main__")
    return Named(**outputs), log.read_text()
