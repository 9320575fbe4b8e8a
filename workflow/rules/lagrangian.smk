# Paper 1: Lagrangian dynamics of population distributions.
# Takes:  results/<run>/lattices/<dataset>/lattice.nc
#
# The rules of the chapter lie in files of their own, by what they are about:
#   lagrangian_fits.smk      reference dynamics, days of cities, fits, observables
#   lagrangian_tests.smk     settings, seeds, held-out days and hours
#   lagrangian_figures.smk   figures
#   lagrangian_results.smk   claims, answers, what the report shows

LAGRANGIAN = RUN / "lagrangian"
LAGRANGIAN_SETTINGS = config["lagrangian"]
LAGRANGIAN_REFERENCE = {
    case: entry for case, entry in LAGRANGIAN_SETTINGS["reference"]["cases"].items() if entry
}
LAGRANGIAN_ASKED = {case: entry for case, entry in LAGRANGIAN_SETTINGS["cities"].items() if entry}
LAGRANGIAN_CITIES = {
    case: entry for case, entry in LAGRANGIAN_ASKED.items() if entry["dataset"] in LATTICES
}
LAGRANGIAN_ABSENT = {
    case: why if " " in why else runs.why_absent(REGISTRY, why)
    for case, why in LAGRANGIAN_SETTINGS["absent"].items()
    if why
} | {
    case: MISSING[entry["dataset"]]
    for case, entry in LAGRANGIAN_ASKED.items()
    if entry["dataset"] in MISSING
}
LAGRANGIAN_CASES = [*LAGRANGIAN_REFERENCE, *LAGRANGIAN_CITIES]
LAGRANGIAN_LABELS = {
    case: entry["label"] for case, entry in (LAGRANGIAN_REFERENCE | LAGRANGIAN_CITIES).items()
}
LAGRANGIAN_DATASETS = list(
    dict.fromkeys(entry["dataset"] for entry in LAGRANGIAN_CITIES.values())
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


def lagrangian_truth(wildcards):
    """What a synthetic world planted; nothing for other sources."""
    if wildcards.case not in LAGRANGIAN_SYNTHETIC:
        return {}
    return {"truth": RUN / "raw" / LAGRANGIAN_CITIES[wildcards.case]["dataset"] / "truth.json"}
