# What every rules file shares: the checked config, folders, the registry and the cases of a run.

import os
import sys
from pathlib import Path

from snakemake.utils import validate

# Two roads to one package: this process reads sys.path, the processes of scripts PYTHONPATH.
SCRIPTS = str(Path(workflow.basedir) / "scripts")
sys.path.insert(0, SCRIPTS)
os.environ["PYTHONPATH"] = os.pathsep.join([SCRIPTS, *filter(None, [os.environ.get("PYTHONPATH")])])

from movelaws import adapters, registry, runs, synthetic
from movelaws.allocation.models import MODELS
from movelaws.digest import module_digest

validate(config, workflow.source_path("../schemas/config.schema.yaml"))
runs.check_names(config, MODELS, adapters.available(), synthetic.available())

RUN = Path("results") / config["run"]
LOGS = Path("logs") / config["run"]
TIMES = Path("benchmarks") / config["run"]
RAW = Path("resources") / "raw"
PUBLISHED = Path(workflow.basedir) / "config" / "published"
MIRROR = os.environ.get("MOVELAWS_MIRROR") or config.get("mirror")
REGISTRY = registry.load(Path(workflow.basedir) / "config" / "datasets.csv")

# A case whose raw data cannot be had is left out of the run and named in the report.
MISSING = runs.left_out(config["od"], REGISTRY, MIRROR, RAW)
OD = {name: entry for name, entry in config["od"].items() if name not in MISSING}
SYNTHETIC = {name for name, entry in OD.items() if entry["source"] == "synthetic"}

# Filled by the rules file of each paper, read by report.smk (which says what they hold).
CLAIM_FILES = []
REPORT_ITEMS = []
LEFT_OUT = []
UNCHECKED = {}


def canonical(dataset):
    """The canonical tables of an origin-destination dataset."""
    folder = RUN / "od" / dataset
    return {part: folder / f"{part}.parquet" for part in ("zones", "flows", "places")}


wildcard_constraints:
    dataset="[a-z0-9_]+",
    reading="[a-z0-9_]+",
