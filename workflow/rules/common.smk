# What every rules file shares: the checked config, folders, the registry and the cases of a run.

import os
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from movelaws import registry, runs, synthetic
from movelaws.allocation.models import MODELS
from movelaws.digest import module_digest

runs.check_schema(config, Path(workflow.basedir) / "workflow/schemas/config.schema.yaml")
runs.check_names(config, MODELS)
runs.check_own_files(config["od"])

RUN = Path("results") / config["run"]
LOGS = Path("logs") / config["run"]
TIMES = Path("benchmarks") / config["run"]
RAW = Path("resources") / "raw"
# Relative, so that a project that was moved or copied does not rerun what it has.
PROJECT = Path(os.path.relpath(workflow.basedir))
PUBLISHED = PROJECT / "config" / "published"
MIRROR = runs.checked_mirror(os.environ.get("MOVELAWS_MIRROR") or config.get("mirror"))
REGISTRY = registry.load(Path(workflow.basedir) / "config" / "datasets.csv")

# A case whose raw data cannot be had is left out of the run and named in the report.
MISSING = runs.left_out(config["od"], REGISTRY, MIRROR, RAW)
OD = {name: entry for name, entry in config["od"].items() if name not in MISSING}
LABELS = {name: entry["label"] for name, entry in OD.items()}
SYNTHETIC = {name for name, entry in OD.items() if entry["source"] == "synthetic"}

# Filled by the rules file of each paper, read by report.smk (which says what they hold).
CLAIM_FILES = []
REPORT_ITEMS = []
LEFT_OUT = []
UNCHECKED = {}
NOTES_FILES = []


def canonical(dataset):
    """The canonical tables of an origin-destination dataset."""
    folder = RUN / "od" / dataset
    return {part: folder / f"{part}.parquet" for part in ("zones", "flows", "places")}


def raw_inputs(wildcards):
    """Raw files of a dataset by role. A retrieved file never changes, so it does not age."""
    entry = OD[wildcards.dataset]
    synthetic_files = {}
    if entry["source"] == "synthetic":
        synthetic_files = synthetic.files_of(
            entry["world"]["name"], entry["world"].get("options", {})
        )
    files = runs.raw_files(
        wildcards.dataset, entry, RAW, RUN / "raw" / wildcards.dataset, synthetic_files
    )
    if entry["source"] == "published":
        return {role: ancient(file) for role, file in files.items()}
    return files


def raw_contents(wildcards):
    """Which bytes the registry asks for: another file reruns, a file looked at again does not."""
    entry = OD[wildcards.dataset]
    if entry["source"] != "published":
        return []
    rows = runs.registry_rows(wildcards.dataset, entry, REGISTRY)
    return [[role, row.name, row.sha256 or row.url] for role, row in rows.items()]


def planted_law(dataset):
    """The law behind a synthetic dataset, else None."""
    if OD[dataset]["source"] != "synthetic":
        return None
    world = OD[dataset]["world"]
    return world.get("options", {}).get("law", synthetic.load(world["name"]).DEFAULTS["law"])


def files_shown():
    """Every file that the report embeds; the PNG beside an SVG stands in where that is large."""
    paths = [Path(item["path"]) for item in REPORT_ITEMS]
    return paths + [path.with_suffix(".png") for path in paths if path.suffix == ".svg"]


def cases_left_out():
    """The cases of the papers, then the datasets that are missing and belong to none of them."""
    named = {case["case"] for case in LEFT_OUT}
    return LEFT_OUT + [
        {"case": dataset, "reason": reason}
        for dataset, reason in MISSING.items()
        if dataset not in named
    ]


def unit_of(datasets):
    """What the flows of some datasets count: their common unit, else people."""
    units = {OD[dataset].get("unit", "people") for dataset in datasets}
    return units.pop() if len(units) == 1 else "people"


def source_of(datasets):
    """Where results of some datasets come from: a synthetic one makes them synthetic."""
    sources = {OD[dataset]["source"] for dataset in datasets}
    return next((s for s in ("synthetic", "published", "own") if s in sources), "own")


def report_items(paper, datasets, groups=None):
    """Figures and tables of a paper for the report, as workflow/report/<paper>.yaml lists them.

    An entry of the list with {dataset} or {each} in its path stands for one item per member of a
    group: `each` names it, all datasets by default. `groups` gives for each group its members and
    the datasets behind each; an entry whose `needs` names an empty group is left out.
    """
    groups = {"dataset": {d: [d] for d in datasets}} | (groups or {})
    listed = Path(workflow.basedir) / "workflow" / "report" / f"{paper}.yaml"
    items = []
    for entry in yaml.safe_load(listed.read_text(encoding="utf-8")):
        only, needs = entry.pop("only", None), entry.pop("needs", "dataset")
        each = entry.pop("each", "dataset" if "{dataset}" in entry["path"] else None)
        members = groups[each] if each else {"": datasets} if groups[needs] else {}
        for one, behind in members.items():
            source = source_of(behind)
            if only not in (None, source):
                continue
            path = RUN / paper / entry["path"].format(dataset=one, each=one)
            headers = entry.get("columns", {})
            single = behind[0] if each and len(behind) == 1 else ""
            items.append(
                entry
                | {
                    "paper": paper,
                    "kind": "figure" if path.suffix == ".svg" else "table",
                    "path": str(path),
                    "title": entry["title"].format(each=one),
                    "columns": {k: v.format(unit=unit_of(behind)) for k, v in headers.items()},
                    "dataset": single,
                    "label": LABELS[single] if single else "",
                    "source": source,
                    "synthetic": source == "synthetic",
                    "unit": unit_of(behind),
                }
            )
    return items


def choice_some(part):
    """The datasets of paper 5 for which one part of its chapter is done."""
    named = CHOICE_SETTINGS[part]["datasets"]
    return [d for d in CHOICE_DATASETS if named == "all" or d in named]


def benchmark_script(wildcards):
    """Which script times a tool on a task."""
    if wildcards.tool in BENCHMARK_PUBLISHED:
        return BENCHMARK_STEPS / "published.py"
    if wildcards.tool != "movelaws":
        return BENCHMARK_STEPS / "peer.py"
    choice = BENCHMARK_OURS[wildcards.task] is BENCHMARK_GAME
    return BENCHMARK_STEPS / ("ours_choice.py" if choice else "ours.py")


wildcard_constraints:
    dataset="[a-z0-9_]+",
    reading="[a-z0-9_]+",
