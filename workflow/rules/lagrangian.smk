# Paper 1: Lagrangian dynamics of population distributions.
# Takes:  results/<run>/lattices/<dataset>/lattice.nc
#
# The rules of the chapter lie in files of their own, by what they are about:
#   lagrangian_fits.smk      reference dynamics, days of cities, fits, observables
#   lagrangian_tests.smk     settings, seeds, held-out days and hours
#   lagrangian_figures.smk   figures
#   lagrangian_results.smk   claims, answers, what the report shows

from movelaws.lagrangian import settings as settings_lagrangian

LAGRANGIAN = RUN / "lagrangian"
LAGRANGIAN_SETTINGS = config["lagrangian"]
LAGRANGIAN_REFERENCE = settings_lagrangian.chosen(
    LAGRANGIAN_SETTINGS["reference"]["cases"], LAGRANGIAN_SETTINGS["cases"]
)
LAGRANGIAN_ASKED = settings_lagrangian.chosen(
    LAGRANGIAN_SETTINGS["cities"], LAGRANGIAN_SETTINGS["cases"]
)
LAGRANGIAN_CITIES = {
    case: entry
    for case, entry in LAGRANGIAN_ASKED.items()
    if all(dataset in LATTICES for dataset in settings_lagrangian.datasets(entry))
}
LAGRANGIAN_ABSENT = {
    case: why if " " in why else runs.why_absent(REGISTRY, why)
    for case, why in LAGRANGIAN_SETTINGS["absent"].items()
    if why
} | {
    case: MISSING[dataset]
    for case, entry in LAGRANGIAN_ASKED.items()
    for dataset in settings_lagrangian.datasets(entry)
    if dataset in MISSING
}
LAGRANGIAN_CASES = [*LAGRANGIAN_REFERENCE, *LAGRANGIAN_CITIES]
LAGRANGIAN_LABELS = {
    case: entry["label"] for case, entry in (LAGRANGIAN_REFERENCE | LAGRANGIAN_CITIES).items()
}
LAGRANGIAN_DATASETS = list(
    dict.fromkeys(
        dataset
        for entry in LAGRANGIAN_CITIES.values()
        for dataset in settings_lagrangian.datasets(entry)
    )
)
LAGRANGIAN_SYNTHETIC = [
    case for case, entry in LAGRANGIAN_CITIES.items() if entry["dataset"] in SYNTHETIC
]
LAGRANGIAN_REAL = [
    case
    for case, entry in LAGRANGIAN_CITIES.items()
    if DATASETS[entry["dataset"]]["source"] == "published"
]
# Everything that the chapter makes; each of the files above adds its own.
LAGRANGIAN_OUTPUTS = []


def lagrangian_kind(case):
    """Whether a case is one of the reference dynamics or a city."""
    return "reference" if case in LAGRANGIAN_REFERENCE else "city"


def lagrangian_behind(cases):
    """The datasets behind some cases; reference dynamics need none."""
    found = [LAGRANGIAN_CITIES[case]["dataset"] for case in cases if case in LAGRANGIAN_CITIES]
    return list(dict.fromkeys(found))


def lagrangian_some(part):
    """The cases for which one part of the chapter is done."""
    named = LAGRANGIAN_SETTINGS[part]["cases"]
    return [case for case in LAGRANGIAN_CASES if named == "all" or case in named]


def lagrangian_tables(name, cases=None):
    """One table of several cases."""
    return [LAGRANGIAN / case / name for case in (LAGRANGIAN_CASES if cases is None else cases)]


def lagrangian_day(wildcards):
    """The day of a case that is fitted: the only one of the reference dynamics."""
    return LAGRANGIAN_CITIES.get(wildcards.case, {}).get("day", "0")


def lagrangian_lattice(wildcards):
    """The canonical lattice behind a city."""
    return lattice(LAGRANGIAN_CITIES[wildcards.case]["dataset"])["lattice"]


def lagrangian_lattice_ahead(wildcards):
    """The canonical lattice behind the forecasts of a city that has another one for them."""
    return lattice(LAGRANGIAN_CITIES[wildcards.case]["forecast_dataset"])["lattice"]


def lagrangian_populations_ahead(wildcards):
    """The populations that forecasts of a city are fitted to and judged by."""
    apart = "forecast_dataset" in LAGRANGIAN_CITIES[wildcards.case]
    return LAGRANGIAN / wildcards.case / f"populations{'_ahead' * apart}.nc"


def lagrangian_truth(wildcards):
    """What a synthetic world planted; nothing for other sources."""
    if wildcards.case not in LAGRANGIAN_SYNTHETIC:
        return {}
    return {"truth": RUN / "raw" / LAGRANGIAN_CITIES[wildcards.case]["dataset"] / "truth.json"}


def lagrangian_native(wildcards):
    """The canonical lattice of a city, for other ways to merge its cells; nothing otherwise."""
    known = wildcards.case in LAGRANGIAN_CITIES
    return {"lattice": lagrangian_lattice(wildcards)} if known else {}


def lagrangian_dynamics(case):
    """Growth and movement of one of the reference dynamics; nothing for cities."""
    if case not in LAGRANGIAN_REFERENCE:
        return {}
    common, own = LAGRANGIAN_SETTINGS["reference"], LAGRANGIAN_REFERENCE[case]
    return {
        "alpha": own["alpha"],
        "h": own["h"],
        "side": common["side"],
        "agents": common["agents"],
        "steps": common["steps"],
        "c": common["growth"]["C"],
        "radius": common["growth"]["R"],
        "bookkeeping": common["bookkeeping"],
    }


def lagrangian_merging(case):
    """How the cells of a city become its case, and which of its days are needed."""
    if case not in LAGRANGIAN_CITIES:
        return {}
    entry = LAGRANGIAN_CITIES[case]
    days = [entry["day"], *(day for pair in entry.get("forecasts", []) for day in pair)]
    return {
        "side": entry["side"],
        "days": list(dict.fromkeys(days)),
        "population": entry.get("population"),
    } | entry.get("options", {})


def lagrangian_printed(case):
    """The printed schedule and its further runs, at the learning rate of the case."""
    printed = LAGRANGIAN_SETTINGS["printed"]
    factor = LAGRANGIAN_CITIES.get(case, {}).get("rate_factor", 1)
    return printed | {"rate": [factor * part for part in printed["rate"]]}


def lagrangian_schedule(case):
    """The printed schedule of a case, without its further runs."""
    return {
        k: v
        for k, v in lagrangian_printed(case).items()
        if k not in ("long_iterations", "rate_factors")
    }


def lagrangian_varied(case):
    """The settings tried on a case: reference dynamics keep books, cities have days that end."""
    settings = LAGRANGIAN_SETTINGS["sensitivity"]["settings"]
    skipped = "closed_with" if case in LAGRANGIAN_REFERENCE else "bookkeeping"
    return {what: values for what, values in settings.items() if what != skipped}


def lagrangian_forecasting():
    """Variants, penalties and intervals of the forecasts."""
    part, summary = LAGRANGIAN_SETTINGS["forecast"], LAGRANGIAN_SETTINGS["summary"]
    exact = LAGRANGIAN_SETTINGS["exact"]
    return {
        "variants": part["variants"],
        "ridges": part["ridges"],
        "exact": {key: exact[key] for key in ("iterations", "smoothness")},
        "block": summary["block"],
        "replicates": part["replicates"],
        "level": summary["confidence"],
        "seed": config["seed"],
    }


def lagrangian_plants(case):
    """Whether the synthetic world behind a city has planted dynamics."""
    world = DATASETS[LAGRANGIAN_CITIES[case]["dataset"]]["world"]["name"]
    return "gamma_self" in synthetic.load(world).DEFAULTS


def lagrangian_drawn(stems, result, cases, **captions):
    """Figures of one job: each an SVG for the report with its PNG beside it.

    `stems` names the outputs; several files of one output are the pages of it.
    """
    drawn = {}
    for name, files in stems.items():
        paged = not isinstance(files, str)
        paths = [LAGRANGIAN / "figures" / f"{one}.svg" for one in (files if paged else [files])]
        pngs = [path.with_suffix(".png") for path in paths]
        drawn[name] = report(
            paths if paged else paths[0],
            caption=f"../report/lagrangian_{captions.get(name, name)}.rst",
            category="Paper 1: Lagrangian",
            labels={"result": result, "dataset": cases},
        )
        drawn["png" if name == "svg" else f"{name}_png"] = pngs if paged else pngs[0]
    return drawn


def lagrangian_pages(stem, cases, per_page):
    """Names of the pages of a figure that has room for a few cases on each."""
    return [f"{stem}_{page + 1}" for page in range(-(-len(cases) // per_page))]


def lagrangian_shown(cases):
    """Labels of some cases, in order."""
    return {case: LAGRANGIAN_LABELS[case] for case in cases}


def lagrangian_synthetic(cases):
    """Whether a figure of some cases shows synthetic days."""
    return any(case in LAGRANGIAN_SYNTHETIC for case in cases)


def lagrangian_base():
    """The settings of all other results, beside which others are tried."""
    printed = LAGRANGIAN_SETTINGS["printed"]
    kept = {k: v for k, v in printed.items() if k in ("rate_index", "bound", "smoothing")}
    common = {
        "floor": LAGRANGIAN_SETTINGS["floor"],
        "bookkeeping": LAGRANGIAN_SETTINGS["reference"]["bookkeeping"],
        "side": LAGRANGIAN_SETTINGS["reference"]["side"],
    }
    return {key: str(value) for key, value in (kept | common).items() if value is not None}
