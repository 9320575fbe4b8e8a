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
ASKED = runs.datasets(config)
runs.check_own_files(ASKED)

RUN = Path("results") / config["run"]
THREADS = config.get("threads", 1)
LOGS = Path("logs") / config["run"]
TIMES = Path("benchmarks") / config["run"]
RAW = Path("resources") / "raw"
# Relative, so that a project that was moved or copied does not rerun what it has.
PROJECT = Path(os.path.relpath(workflow.basedir))
PUBLISHED = PROJECT / "config" / "published"
MIRROR = runs.checked_mirror(os.environ.get("MOVELAWS_MIRROR") or config.get("mirror"))
REGISTRY = registry.load(Path(workflow.basedir) / "config" / "datasets.csv")

# A case whose raw data cannot be had is left out of the run and named in the report.
MISSING = runs.left_out(ASKED, REGISTRY, MIRROR, RAW)
DATASETS = {name: entry for name, entry in ASKED.items() if name not in MISSING}
OD = {name: entry for name, entry in DATASETS.items() if entry["section"] == "od"}
POINTS = {name: entry for name, entry in DATASETS.items() if entry["section"] == "points"}
BINS = {name: entry for name, entry in DATASETS.items() if entry["section"] == "bins"}
LATTICES = {name: entry for name, entry in DATASETS.items() if entry["section"] == "lattices"}
LABELS = {name: entry["label"] for name, entry in DATASETS.items()}
SYNTHETIC = {name for name, entry in DATASETS.items() if entry["source"] == "synthetic"}

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


def pointset(dataset):
    """The canonical tables of a point set."""
    folder = RUN / "points" / dataset
    tables = {part: folder / f"{part}.parquet" for part in ("points", "moves", "land")}
    return tables | {"notes": folder / "notes.json"}


def bins_tables(dataset):
    """The canonical tables of published bins."""
    folder = RUN / "bins" / dataset
    tables = {part: folder / f"{part}.csv" for part in ("bins", "cities", "towns")}
    return tables | {"notes": folder / "notes.json"}


def lattice(dataset):
    """The canonical lattice of a dataset."""
    folder = RUN / "lattices" / dataset
    return {"lattice": folder / "lattice.nc", "notes": folder / "notes.json"}


def raw_inputs(wildcards):
    """Raw files of a dataset by role."""
    return raw_files_of(wildcards.dataset)


def raw_files_of(dataset):
    """Raw files of a dataset by role. A retrieved file never changes, so it does not age."""
    entry = DATASETS[dataset]
    synthetic_files = {}
    if entry["source"] == "synthetic":
        synthetic_files = synthetic.files_of(
            entry["world"]["name"], entry["world"].get("options", {})
        )
    files = runs.raw_files(dataset, entry, RAW, RUN / "raw" / dataset, synthetic_files)
    if entry["source"] == "published":
        return {role: ancient(file) for role, file in files.items()}
    return files


def raw_contents(wildcards):
    """Which bytes the registry asks for: another file reruns, a file looked at again does not."""
    entry = DATASETS[wildcards.dataset]
    if entry["source"] != "published":
        return []
    rows = runs.registry_rows(wildcards.dataset, entry, REGISTRY)
    return [[role, row.name, row.sha256 or row.url] for role, row in rows.items()]


def planted_law(dataset):
    """The law behind a synthetic dataset, else None."""
    if DATASETS[dataset]["source"] != "synthetic":
        return None
    world = DATASETS[dataset]["world"]
    return (synthetic.load(world["name"]).DEFAULTS | world.get("options", {})).get("law")


def plants_inequality(dataset):
    """Whether the synthetic world behind a dataset has places that are worse off."""
    world = DATASETS[dataset]["world"]
    defaults = synthetic.load(world["name"]).DEFAULTS
    return bool((defaults | world.get("options", {})).get("inequality"))


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
    """What flows or moves of some datasets count: their common unit, else people or moves."""
    flows = any(DATASETS[dataset]["section"] == "od" for dataset in datasets)
    either = "people" if flows or not datasets else "moves"
    units = {DATASETS[dataset].get("unit", either) for dataset in datasets}
    return units.pop() if len(units) == 1 else either


def source_of(datasets):
    """Where results of some datasets come from: a synthetic one makes them synthetic.

    Without any dataset they are those of a model alone.
    """
    sources = {DATASETS[dataset]["source"] for dataset in datasets}
    return next((s for s in ("synthetic", "published", "own") if s in sources), "model")


def report_items(paper, datasets, groups=None, names=None):
    """Figures and tables of a paper for the report, as workflow/report/<paper>.yaml lists them.

    An entry of the list with {dataset} or {each} in its path stands for one item per member of a
    group: `each` names it, all datasets by default. `groups` gives for each group its members and
    the datasets behind each; an entry whose `needs` names an empty group is left out. `names` says
    how members are called in titles.
    """
    groups = {"dataset": {d: [d] for d in datasets}} | (groups or {})
    listed = Path(workflow.basedir) / "workflow" / "report" / f"{paper}.yaml"
    items = []
    for entry in yaml.safe_load(listed.read_text(encoding="utf-8")):
        only, needs = entry.pop("only", None), entry.pop("needs", "dataset")
        each = entry.pop("each", "dataset" if "{dataset}" in entry["path"] else None)
        together = dict.fromkeys(one for behind in groups[needs].values() for one in behind)
        members = groups[each] if each else {"": [*together]} if groups[needs] else {}
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
                    "title": entry["title"].format(each=(names or {}).get(one, one)),
                    "columns": {k: v.format(unit=unit_of(behind)) for k, v in headers.items()},
                    "dataset": single,
                    "label": LABELS[single] if single else "",
                    "source": source,
                    "synthetic": source == "synthetic",
                    "unit": unit_of(behind),
                }
            )
    return items


def grouped_by_case(items, cases):
    """Report items of paper 4, those of one case together, behind the ones of no case."""

    def place(item):
        path = Path(item["path"])
        for number, case in enumerate(cases):
            if path.parent.name == case or path.name.startswith(f"{case}_"):
                return 1 + number
        return 0 if path.parent in (INEQUALITY, INEQUALITY / "figures") else 1 + len(cases)

    return sorted(
        items, key=lambda item: 1 + len(cases) if "what_if" in item["path"] else place(item)
    )


def symbolic_base(dataset):
    """Population and support of the existing models of a dataset of paper 2."""
    section = config["symbolic"]
    population = section["populations"].get(dataset, section["population"])
    return {"population": population, "support": section["support"]}


def search_some(part):
    """The datasets of paper 2 for which one part of its search is done."""
    named = config["symbolic"][part]["datasets"]
    known = [d for d in config["symbolic"]["datasets"] if d in OD]
    return [d for d in known if named == "all" or d in named]


def search_sets(dataset):
    """By number, the variables that are searched in a dataset one set after the other."""
    sets = config["symbolic"]["search"]["variables"].get(dataset, ["all"])
    return {str(number): variables for number, variables in enumerate(sets, 1)}


def search_named(dataset):
    """The variables that the searches of a dataset ask for by name."""
    sets = search_sets(dataset).values()
    return sorted({name for variables in sets if variables != "all" for name in variables})


def search_variables(wildcards):
    """The variables of one search."""
    return search_sets(wildcards.dataset)[wildcards.number]


def search_certified(wildcards):
    """The complexity up to which one search tries every expression."""
    certified = config["symbolic"]["search"]["certified"]
    by_set = certified.get(wildcards.dataset, certified["default"])
    return by_set[min(int(wildcards.number), len(by_set)) - 1]


def search_halls(dataset):
    """The laws that all searches of a dataset found, the exhaustive ones first."""
    folder = SYMBOLIC / dataset / "searches"
    repeats = range(1, config["symbolic"]["search"]["repeats"] + 1)
    sets = search_sets(dataset)
    return [folder / f"certified_{number}.csv" for number in sets] + [
        folder / f"evolved_{number}_{repeat}.csv" for number in sets for repeat in repeats
    ]


def search_noise_samples():
    """Models and levels of noise, one job each; levels are numbered from 1."""
    noise = config["symbolic"]["noise"]
    levels = range(1, len(noise["alphas"]) + 1)
    return [f"{model}_{level}" for model in noise["models"] for level in levels]


def search_alpha(wildcards):
    """The dispersion of one level of noise."""
    return config["symbolic"]["noise"]["alphas"][int(wildcards.level) - 1]


def choice_some(part):
    """The datasets of paper 5 for which one part of its chapter is done."""
    named = CHOICE_SETTINGS[part]["datasets"]
    return [d for d in CHOICE_DATASETS if named == "all" or d in named]


def inequality_canonical(wildcards):
    """The canonical tables of a case of paper 4."""
    return canonical(INEQUALITY_CASES[wildcards.case]["dataset"])


def inequality_settings_of(case):
    """What movelaws.inequality.case.build needs to know of a case beside its tables."""
    keys = ("model", "population", "outflow", "share", "percentile")
    # units are for maps: another one reruns no model
    variables = {
        name: {key: value for key, value in entry.items() if key != "unit"}
        for name, entry in INEQUALITY_VARIABLES[case].items()
    }
    chosen = {key: INEQUALITY_CASES[case][key] for key in keys if key in INEQUALITY_CASES[case]}
    return chosen | {"variables": variables}


def inequality_settings(wildcards):
    """Settings of the case that a job is about."""
    return inequality_settings_of(wildcards.case)


def inequality_part(wildcards, *keys):
    """Further entries of a case in the config."""
    return {key: INEQUALITY_CASES[wildcards.case].get(key) for key in keys}


def inequality_span(wildcards):
    """First draw and number of draws of one batch: all as large as another, or one larger."""
    case = INEQUALITY_CASES[wildcards.case]
    bounds = [k * case["draws"] // case["batches"] for k in range(case["batches"] + 1)]
    first, last = bounds[int(wildcards.batch) - 1 : int(wildcards.batch) + 1]
    return [first, last - first]


def inequality_periods(wildcards):
    """The canonical tables of both periods of an out-of-sample test."""
    entry = INEQUALITY_HELDOUT[wildcards.name]
    return {
        f"{part}_{table}": path
        for part in ("fitted", "tested")
        for table, path in canonical(entry[part]).items()
    }


def inequality_heldout_settings(wildcards):
    """Settings of the case whose penalties are tried on another period."""
    return inequality_settings_of(INEQUALITY_HELDOUT[wildcards.name]["case"])


def inequality_heldout_evaluation(wildcards):
    """Penalties to choose from, and the number of random classes."""
    entry = INEQUALITY_HELDOUT[wildcards.name]
    keys = ("exponents", "drop_exact", "likelihood")
    case = INEQUALITY_CASES[entry["case"]]
    return {key: case[key] for key in keys} | {"draws": entry["draws"]}


def inequality_labels(case):
    """Name of each variable of a case for readers."""
    return {name: entry["label"] for name, entry in INEQUALITY_VARIABLES[case].items()}


def inequality_measures(case):
    """Name and unit of each variable of a case, for maps."""
    return {
        name: f"{entry['label']} ({entry['unit']})" if "unit" in entry else entry["label"]
        for name, entry in INEQUALITY_VARIABLES[case].items()
    }


def inequality_planted(case):
    """The penalty behind a synthetic case, by the variable it follows."""
    dataset = INEQUALITY_CASES[case]["dataset"]
    if dataset not in SYNTHETIC or not plants_inequality(dataset):
        return {}
    world = OD[dataset]["world"]
    law = (synthetic.load(world["name"]).DEFAULTS | world.get("options", {}))["inequality"]
    return {law["variable"]: law["delta_minus_1"] if "delta_minus_1" in law else law["Delta"]}


def inequality_settlements(wildcards):
    """The raw file of settlements behind a case, if its dataset has one (Fig. 2a)."""
    dataset = INEQUALITY_CASES[wildcards.case]["dataset"]
    return raw_files_of(dataset).get("settlements", [])


def inequality_struck_dataset(wildcards):
    """The dataset in which places are struck."""
    return INEQUALITY_CASES[INEQUALITY_WHAT_IFS[wildcards.name]["case"]]["dataset"]


def inequality_struck(wildcards):
    """The canonical tables of that dataset."""
    return canonical(inequality_struck_dataset(wildcards))


def inequality_what_if_settings(wildcards):
    """Settings of the case in which places are struck."""
    return inequality_settings_of(INEQUALITY_WHAT_IFS[wildcards.name]["case"])


def benchmark_script(wildcards):
    """Which script times a tool on a task."""
    whose = {"movelaws": "ours"} | dict.fromkeys(BENCHMARK_PUBLISHED, "published")
    whose = whose.get(wildcards.tool, "peer")
    return BENCHMARK_STEPS / f"{whose}{BENCHMARK_PAPERS.get(wildcards.task, '')}.py"


def benchmark_cities(wildcards):
    """The cities, or files of records, that a task is timed on."""
    kind = "records" if wildcards.task == "raster" else "city"
    return expand(BENCHMARKS / "worlds" / f"{kind}-{{n}}.npz", n=BENCHMARK_LATTICES[wildcards.task])


onstart:
    # Snakemake plans a further look at the ready jobs a second after each look, to keep to its limit
    # of 100 starts a second. Each finished job adds a look, and they never end: with 200 jobs done
    # they took a quarter of a core. On one machine nothing needs that limit.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


wildcard_constraints:
    dataset="[a-z0-9_]+",
    number=r"\d+",
    repeat=r"\d+",
    level=r"\d+",
    chain=r"\d+",
    batch=r"\d+",
    reading="[a-z0-9_]+",
