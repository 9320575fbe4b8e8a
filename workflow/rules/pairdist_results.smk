# Paper 3 as a whole: its claims, its results in sentences, and what the report shows of it.
# Takes:  the tables of the other rules files of this chapter
# Makes:  results/<run>/pairdist/claims.csv                     claims P1-P13
#         results/<run>/pairdist/answers.csv                    the results in sentences

PAIRDIST_SYNTHETIC = sorted(SYNTHETIC & {*PAIRDIST_DATASETS, *PAIRDIST_BINS})
PAIRDIST_REAL = [
    d for d in [*PAIRDIST_DATASETS, *PAIRDIST_BINS] if DATASETS[d]["source"] == "published"
]
PAIRDIST_TABLES = {
    "growth": [PAIRDIST / d / "growth.csv" for d in GROWTH_DATASETS],
    "towns": [PAIRDIST / d / "towns.csv" for d in TOWN_DATASETS],
    "radii": [PAIRDIST / d / "radii.csv" for d in TOWN_DATASETS],
    "positions": [PAIRDIST / d / "positions.csv" for d in POSITIONS_DATASETS],
    "definition": [PAIRDIST / d / "definition.csv" for d in DEFINITION_DATASETS],
    "geographies": [PAIRDIST / d / "geographies.csv" for d in GEOGRAPHIES_DATASETS],
    "models": [PAIRDIST / d / "models.csv" for d in MODELS_DATASETS],
    "fits": [PAIRDIST / d / "fits.csv" for d in COST_DATASETS],
    "town_fits": [PAIRDIST / d / "town_fits.csv" for d in COST_TOWNS],
    "table1": [PAIRDIST / d / "table1.csv" for d in PAIRDIST_BINS],
    "sensitivity": [PAIRDIST / d / "sensitivity.csv" for d in PAIRDIST_BINS],
    "cities": [PAIRDIST / d / "cities.csv" for d in PAIRDIST_BINS],
    "city_radii": [PAIRDIST / d / "radii.csv" for d in PAIRDIST_BINS],
    "aggregate": [PAIRDIST / d / "aggregate.csv" for d in PAIRDIST_BINS],
    "matter": PAIRDIST / "matter.csv",
    "patches": PAIRDIST / "patches.csv",
}


rule pairdist_claims:
    input:
        **PAIRDIST_TABLES,
    output:
        claims=PAIRDIST / "claims.csv",
    log:
        LOGS / "pairdist" / "claims.log",
    benchmark:
        TIMES / "pairdist" / "claims.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        synthetic=PAIRDIST_SYNTHETIC,
        published=PAIRDIST_REAL,
        absent=PAIRDIST_ABSENT,
        code=module_digest("movelaws.pairdist.saved"),
    message:
        "Holding claims P1-P13 against the results"
    script:
        "../../scripts/pairdist/claims.py"


rule pairdist_answers:
    input:
        **PAIRDIST_TABLES,
    output:
        csv=report(
            PAIRDIST / "answers.csv",
            caption="../report/pairdist_answers.rst",
            category="Paper 3: pair distribution",
            labels={"result": "The results in short", "dataset": "all"},
        ),
        md=PAIRDIST / "answers.md",
    log:
        LOGS / "pairdist" / "answers.log",
    benchmark:
        TIMES / "pairdist" / "answers.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels=LABELS,
        synthetic=bool(PAIRDIST_SYNTHETIC),
        source=source_of([*PAIRDIST_DATASETS, *PAIRDIST_BINS]),
        code=module_digest(
            "movelaws.pairdist.answers", "movelaws.pairdist.saved", "movelaws.tables"
        ),
    message:
        "Putting the results of paper 3 in sentences"
    script:
        "../../scripts/pairdist/answers.py"


PAIRDIST_OUTPUTS += [*rules.pairdist_claims.output, *rules.pairdist_answers.output]


rule pairdist:
    input:
        PAIRDIST_OUTPUTS if PAIRDIST_DATASETS or PAIRDIST_BINS else [],
    message:
        "Paper 3 is done"


PAIRDIST_GROUPS = {
    "maps": {d: [d] for d in MAPS_DATASETS},
    "growth": {d: [d] for d in GROWTH_DATASETS},
    "towns": {d: [d] for d in TOWN_DATASETS},
    "town_pages": {f"{d}_{page}": [d] for d in TOWN_DATASETS for page in TOWN_PAGES},
    "geographies": {d: [d] for d in GEOGRAPHIES_DATASETS},
    "models": {d: [d] for d in MODELS_DATASETS},
    "shapes": {d: [d] for d in SHAPES_DATASETS},
    "positions": {d: [d] for d in POSITIONS_DATASETS},
    "cost": {d: [d] for d in COST_DATASETS},
    "cost_page": {str(page): COST_DATASETS for page in COST_PAGES},
    "town_cost": {d: [d] for d in COST_TOWNS},
    "cost_towns_page": {str(page): COST_TOWNS for page in COST_TOWNS_PAGES} if COST_TOWNS else {},
    "estimators": {d: [d] for d in COST_ESTIMATORS},
    "definition": {d: [d] for d in DEFINITION_DATASETS},
    "bins": {d: [d] for d in PAIRDIST_BINS},
}
PAIRDIST_NAMES = LABELS | {
    f"{d}_{page}": f"page {page}" for d in TOWN_DATASETS for page in TOWN_PAGES
}
# How tables call what their cells name by a key.
PAIRDIST_CASES = {
    "denmark": "Denmark",
    "france": "France",
    "houston": "Houston",
    "san_francisco": "San Francisco",
    "singapore": "Singapore",
}
PAIRDIST_WORDS = {
    **{f"{town:,}": f"town {town}" for town in (84910847, 51018355)},
    "lennard_jones": "Lennard-Jones",
    "hard_disks": "hard disks",
    "power_law": "power law",
    "sample_space": "bin centres (the paper's)",
    "least_squares": "least squares",
    "joint": "all places (joint)",
    "lognormal": "log-normal",
    "piecewise": "two power laws",
    "power_pareto": "power-Pareto",
    "power_pareto_equal": "power-Pareto, core = tail",
    "exponential_pareto": "exponential Pareto",
    "uniform_pareto": "uniform core, Pareto",
    "two_pieces": "two power laws",
    "built_up": "built-up",
    "radius_m": "radius (m)",
}
if PAIRDIST_DATASETS or PAIRDIST_BINS:
    CLAIM_FILES.append(rules.pairdist_claims.output.claims)
    NOTES_FILES += [pointset(d)["notes"] for d in PAIRDIST_DATASETS]
    NOTES_FILES += [bins_tables(d)["notes"] for d in PAIRDIST_BINS]
    for item in report_items(
        "pairdist", [*PAIRDIST_DATASETS, *PAIRDIST_BINS], PAIRDIST_GROUPS, PAIRDIST_NAMES
    ):
        of_bins = item["dataset"] in PAIRDIST_BINS
        REPORT_ITEMS.append(
            item | {"names": PAIRDIST_WORDS | (PAIRDIST_CASES if of_bins else LABELS)}
        )
else:
    UNCHECKED["pairdist"] = "none of the datasets of this chapter can be had in this run"
LEFT_OUT += [{"case": c, "reason": r, "paper": "pairdist"} for c, r in PAIRDIST_ABSENT.items()]
