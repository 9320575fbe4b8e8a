# Paper 3: the pair distribution of places and the intrinsic cost of distance.
# Takes:  results/<run>/points/<dataset>/{points,moves,land}.parquet
#         results/<run>/bins/<dataset>/{bins,cities,towns}.csv
#
# The rules of the chapter lie in files of their own, by what they are about:
#   pairdist_pairs.smk         pair distributions, growth, towns
#   pairdist_geographies.smk   three geographies, shapes, other models
#   pairdist_matter.smk        places as particles, patches, positions of towns
#   pairdist_cost.smk          moves and their intrinsic cost
#   pairdist_bins.smk          the authors' bins and cities
#   pairdist_definition.smk    what a city is
#   pairdist_results.smk       claims, answers, what the report shows

from movelaws.pairdist import settings

PAIRDIST = RUN / "pairdist"
PAIRDIST_DATASETS = [d for d in config["pairdist"]["datasets"] if d in POINTS]
PAIRDIST_BINS = [d for d in [config["pairdist"]["bins"]] if d in BINS]
PAIRDIST_ABSENT = {
    case: why if " " in why else runs.why_absent(REGISTRY, why)
    for case, why in config["pairdist"]["absent"].items()
} | {
    d: MISSING[d]
    for d in [*config["pairdist"]["datasets"], config["pairdist"]["bins"]]
    if d in MISSING
}
# Everything that the chapter makes; each of the files above adds its own.
PAIRDIST_OUTPUTS = []

# Jobs read these files again: only the first reading says it.
if workflow.is_main_process:
    for words in settings.taken_by_no_part(config["pairdist"], POINTS):
        logger.warning(words)


def pairdist_some(part):
    """The point sets of paper 3 for which one part of its chapter is done."""
    named = config["pairdist"][part]["datasets"]
    return [d for d in PAIRDIST_DATASETS if named == "all" or d in named]


def pairdist_one(part):
    """The point set of a part of paper 3 that takes one, in a list that is empty without it."""
    return [d for d in [config["pairdist"][part]["dataset"]] if d in PAIRDIST_DATASETS]


def pairdist_place(wildcards):
    """What one place of a point set is."""
    return config["pairdist"]["settlement"]["places"].get(wildcards.dataset, "places")


def pairdist_planted(wildcards):
    """What a synthetic world planted; nothing for other sources."""
    known = wildcards.dataset in SYNTHETIC
    return {"truth": RUN / "raw" / wildcards.dataset / "truth.json"} if known else {}


def pairdist_compared(dataset):
    """Whether the paper has towns of this point set, and the data are the real ones."""
    known = config["pairdist"]["settlement"]["published"]
    return dataset in known and DATASETS[dataset]["source"] == "published"


def geographies_part(part):
    """Settings of a part of this file, without the point sets it is for."""
    left_out = ("dataset", "datasets", "density_towns")
    return {k: v for k, v in config["pairdist"][part].items() if k not in left_out}


def geographies_settings(part, dataset):
    """Settings of a part of this file, with how the towns of a point set are found."""
    density = config["pairdist"]["settlement"]["density"]
    named = dataset not in config["pairdist"]["geographies"]["density_towns"]
    towns = {"reach_m": density["reach"], "min_places": density["min_places"], "named": named}
    return geographies_part(part) | {"towns": towns}


def pairdist_truths(datasets):
    """What synthetic worlds planted; nothing for other sources."""
    return [RUN / "raw" / d / "truth.json" for d in datasets if d in SYNTHETIC]


def matter_drawn(figures, stem, dataset="all"):
    """The figures of one job: SVG for the report, PNG beside it."""
    paths = {}
    for name, result in figures.items():
        path = PAIRDIST / "figures" / stem.format(name=name)
        paths[name] = report(
            path.with_suffix(".svg"),
            caption=f"../report/pairdist_{name}.rst",
            category="Paper 3: pair distribution",
            labels={"result": result, "dataset": dataset},
        )
        paths[f"{name}_png"] = path.with_suffix(".png")
    return paths


def pairdist_cost_setting(name):
    """A setting of the part `cost` for a dataset: its own where it has one."""

    def setting(wildcards):
        part = config["pairdist"]["cost"]
        return part[f"{name}s_m"].get(wildcards.dataset, part[f"{name}_m"])

    return setting


def bins_input(dataset, **published):
    """The truth behind synthetic bins, or the paper's numbers beside published ones."""
    source = DATASETS[dataset]["source"]
    if source == "synthetic":
        return {"truth": RUN / "raw" / dataset / "truth.json"}
    if source == "published":
        return {name: PUBLISHED / file for name, file in published.items()}
    return {}
