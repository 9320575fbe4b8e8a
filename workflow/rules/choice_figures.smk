# Figures of paper 5, and what the report shows of it.
# Takes:  the tables of choice.smk
# Makes:  results/<run>/choice/figures/*.{svg,png}


rule choice_figure_toy:
    input:
        toy=rules.choice_toy.output.csv,
    output:
        svg=report(
            CHOICE / "figures" / "toy.svg",
            caption="../report/choice_toy.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Fig. 1", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "toy.png",
    log:
        LOGS / "choice" / "figure_toy.log",
    benchmark:
        TIMES / "choice" / "figure_toy.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        code=module_digest("movelaws.plotting.choice.toy"),
    message:
        "Drawing the example of Fig. 1"
    script:
        "../../scripts/choice/figure_toy.py"


rule choice_figure_distributions:
    input:
        predictions=lambda wildcards: [
            CHOICE / "predictions" / f"{d}.parquet" for d in CHOICE_PAGES[wildcards.page]
        ],
        distances=lambda wildcards: [
            CHOICE / "distances" / f"{d}.csv" for d in CHOICE_PAGES[wildcards.page]
        ],
        arrivals=lambda wildcards: [
            CHOICE / "arrivals" / f"{d}.csv" for d in CHOICE_PAGES[wildcards.page]
        ],
    output:
        svg=report(
            CHOICE / "figures" / "distributions_{page}.svg",
            caption="../report/choice_distributions.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Fig. 2 and S1-S3, page {page}", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "distributions_{page}.png",
    log:
        LOGS / "choice" / "figure_distributions-{page}.log",
    benchmark:
        TIMES / "choice" / "figure_distributions-{page}.jsonl"
    wildcard_constraints:
        page=r"\d+",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        datasets=lambda wildcards: CHOICE_PAGES[wildcards.page],
        units={d: unit_of([d]) for d in CHOICE_DATASETS},
        code=module_digest("movelaws.plotting.choice.distributions"),
    message:
        "Drawing distances, arrivals and fluxes, page {wildcards.page}"
    script:
        "../../scripts/choice/figure_distributions.py"


rule choice_figure_similarity:
    input:
        statistics=rules.choice_tables.output.statistics,
    output:
        svg=report(
            CHOICE / "figures" / "similarity.svg",
            caption="../report/choice_similarity.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Figs 3 and S4", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "similarity.png",
    log:
        LOGS / "choice" / "figure_similarity.log",
    benchmark:
        TIMES / "choice" / "figure_similarity.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        code=module_digest("movelaws.plotting.choice.similarity"),
    message:
        "Drawing the similarity of the models"
    script:
        "../../scripts/choice/figure_similarity.py"


rule choice_figure_distances:
    input:
        distances=[CHOICE / "distances" / f"{d}.csv" for d in CHOICE_DATASETS],
        statistics=rules.choice_tables.output.statistics,
    output:
        svg=report(
            CHOICE / "figures" / "distances.svg",
            caption="../report/choice_distances.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Fig. S5", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "distances.png",
    log:
        LOGS / "choice" / "figure_distances.log",
    benchmark:
        TIMES / "choice" / "figure_distances.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        datasets=CHOICE_DATASETS,
        code=module_digest("movelaws.plotting.choice.distances"),
    message:
        "Drawing how far people travel in every dataset"
    script:
        "../../scripts/choice/figure_distances.py"


rule choice_figure_attraction:
    input:
        arrivals=[CHOICE / "arrivals" / f"{d}.csv" for d in CHOICE_DATASETS],
        statistics=rules.choice_tables.output.statistics,
    output:
        svg=report(
            CHOICE / "figures" / "attraction.svg",
            caption="../report/choice_attraction.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Fig. S6", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "attraction.png",
    log:
        LOGS / "choice" / "figure_attraction.log",
    benchmark:
        TIMES / "choice" / "figure_attraction.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        datasets=CHOICE_DATASETS,
        code=module_digest("movelaws.plotting.choice.attraction"),
    message:
        "Drawing how many arrive in every dataset"
    script:
        "../../scripts/choice/figure_attraction.py"


rule choice_figure_parameters:
    input:
        parameters=rules.choice_tables.output.parameters,
    output:
        svg=report(
            CHOICE / "figures" / "parameters.svg",
            caption="../report/choice_parameters.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Table S1 as a figure", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "parameters.png",
    log:
        LOGS / "choice" / "figure_parameters.log",
    benchmark:
        TIMES / "choice" / "figure_parameters.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        code=module_digest("movelaws.plotting.choice.parameters"),
    message:
        "Drawing the parameters beside the printed or planted ones"
    script:
        "../../scripts/choice/figure_parameters.py"


rule choice_figure_profiles:
    input:
        profiles=[CHOICE / "profiles" / f"{d}.csv" for d in choice_some("profiles")],
    output:
        svg=report(
            CHOICE / "figures" / "profiles.svg",
            caption="../report/choice_profiles.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Profiles over gamma", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "profiles.png",
    log:
        LOGS / "choice" / "figure_profiles.log",
    benchmark:
        TIMES / "choice" / "figure_profiles.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        datasets=choice_some("profiles"),
        code=module_digest("movelaws.plotting.choice.profiles"),
    message:
        "Drawing the profiles over the strength of crowding"
    script:
        "../../scripts/choice/figure_profiles.py"


rule choice_figure_ridge:
    input:
        surface=CHOICE / "surfaces" / "{dataset}.csv",
        parameters=rules.choice_tables.output.parameters,
    output:
        svg=report(
            CHOICE / "figures" / "{dataset}_ridge.svg",
            caption="../report/choice_ridge.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Ridge of alpha and gamma", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "{dataset}_ridge.png",
    log:
        LOGS / "choice" / "figure_ridge-{dataset}.log",
    benchmark:
        TIMES / "choice" / "figure_ridge-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        dataset="{dataset}",
        code=module_digest("movelaws.plotting.choice.ridge"),
    message:
        "Drawing the ridge of {wildcards.dataset}"
    script:
        "../../scripts/choice/figure_ridge.py"


rule choice_figure_heldout:
    input:
        heldout=rules.choice_tables.output.heldout,
    output:
        svg=report(
            CHOICE / "figures" / "heldout.svg",
            caption="../report/choice_heldout.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Held-out origins", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "heldout.png",
    log:
        LOGS / "choice" / "figure_heldout.log",
    benchmark:
        TIMES / "choice" / "figure_heldout.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        code=module_digest("movelaws.plotting.choice.heldout"),
    message:
        "Drawing the prediction of held-out origins"
    script:
        "../../scripts/choice/figure_heldout.py"


rule choice_figure_crowding:
    input:
        readings=rules.choice_tables.output.readings,
    output:
        svg=report(
            CHOICE / "figures" / "crowding.svg",
            caption="../report/choice_crowding.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Is there crowding?", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "crowding.png",
    log:
        LOGS / "choice" / "figure_crowding.log",
    benchmark:
        TIMES / "choice" / "figure_crowding.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        planted={d: law["gamma"] for d, law in CHOICE_PLANTED.items()},
        synthetic=bool(CHOICE_SYNTHETIC),
        code=module_digest("movelaws.plotting.choice.crowding"),
    message:
        "Drawing the crowding under other measures of attraction"
    script:
        "../../scripts/choice/figure_crowding.py"


rule choice_figure_convergence:
    input:
        convergence=[CHOICE / "convergence" / f"{d}.csv" for d in choice_some("solver")],
    output:
        svg=report(
            CHOICE / "figures" / "convergence.svg",
            caption="../report/choice_convergence.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Convergence", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "convergence.png",
    log:
        LOGS / "choice" / "figure_convergence.log",
    benchmark:
        TIMES / "choice" / "figure_convergence.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        datasets=choice_some("solver"),
        code=module_digest("movelaws.plotting.choice.convergence"),
    message:
        "Drawing the convergence of the solvers"
    script:
        "../../scripts/choice/figure_convergence.py"


rule choice_figure_counterfactual:
    input:
        zones=lambda wildcards: canonical(CHOICE_COUNTERFACTUALS[wildcards.case]["dataset"])[
            "zones"
        ],
        destinations=CHOICE / "counterfactuals" / "{case}" / "destinations.csv",
        origins=CHOICE / "counterfactuals" / "{case}" / "origins.csv",
        flows=CHOICE / "counterfactuals" / "{case}" / "flows.csv",
        summary=CHOICE / "counterfactuals" / "{case}" / "summary.csv",
        sensitivity=CHOICE / "counterfactuals" / "{case}" / "sensitivity.csv",
        calibration=CHOICE / "counterfactuals" / "{case}" / "calibration.json",
    output:
        svg=report(
            CHOICE / "figures" / "counterfactual_{case}.svg",
            caption="../report/choice_counterfactual.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Counterfactual {case}", "dataset": "all"},
        ),
        png=CHOICE / "figures" / "counterfactual_{case}.png",
    log:
        LOGS / "choice" / "figure_counterfactual-{case}.log",
    benchmark:
        TIMES / "choice" / "figure_counterfactual-{case}.jsonl"
    wildcard_constraints:
        case="|".join(CHOICE_COUNTERFACTUALS) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        case=lambda wildcards: CHOICE_COUNTERFACTUALS[wildcards.case],
        unit=lambda wildcards: unit_of([CHOICE_COUNTERFACTUALS[wildcards.case]["dataset"]]),
        label=lambda wildcards: LABELS[CHOICE_COUNTERFACTUALS[wildcards.case]["dataset"]],
        source=lambda wildcards: source_of([CHOICE_COUNTERFACTUALS[wildcards.case]["dataset"]]),
        synthetic=lambda wildcards: (CHOICE_COUNTERFACTUALS[wildcards.case]["dataset"] in SYNTHETIC),
        code=module_digest("movelaws.plotting.choice.counterfactual"),
    message:
        "Drawing the counterfactual {wildcards.case}"
    script:
        "../../scripts/choice/figure_counterfactual.py"


from movelaws.plotting.choice.names import NAMES as CHOICE_NAMES

# Which figures there are depends on what the config asks for.
CHOICE_FIGURES = [
    "toy",
    *(f"distributions_{page}" for page in CHOICE_PAGES),
    "similarity",
    "distances",
    "attraction",
    "parameters",
    *(part for part in ("profiles", "heldout") if choice_some(part)),
    *(["crowding"] if choice_some("readings") else []),
    *(["convergence"] if choice_some("solver") else []),
    *(f"{dataset}_ridge" for dataset in choice_some("ridge")),
    *(f"counterfactual_{case}" for case in CHOICE_COUNTERFACTUALS),
]
# The printed numbers are those of the real migration data.
CHOICE_READINGS_OF_TEXT = (
    rules.choice_sensitivity.output if CHOICE_SOURCES.get("us_migration") == "published" else []
)
CHOICE_RESULTS = [
    *rules.choice_tables.output,
    *rules.choice_claims.output,
    *rules.choice_answers.output,
    *CHOICE_READINGS_OF_TEXT,
    *(
        CHOICE / "figures" / f"{figure}.{suffix}"
        for figure in CHOICE_FIGURES
        for suffix in ("svg", "png")
    ),
]


rule choice:
    input:
        CHOICE_RESULTS if CHOICE_DATASETS else [],
    message:
        "Paper 5 is done"


CHOICE_GROUPS = {
    "page": CHOICE_PAGES,
    "profiles": {"all": choice_some("profiles")} if choice_some("profiles") else {},
    "heldout": {"all": choice_some("heldout")} if choice_some("heldout") else {},
    "readings": {"all": choice_some("readings")} if choice_some("readings") else {},
    "solver": {"all": choice_some("solver")} if choice_some("solver") else {},
    "ridge": {d: [d] for d in choice_some("ridge")},
    "counterfactual": {c: [e["dataset"]] for c, e in CHOICE_COUNTERFACTUALS.items()},
    "text": {"us_migration": ["us_migration"]} if CHOICE_READINGS_OF_TEXT else {},
}
if CHOICE_DATASETS:
    CLAIM_FILES.append(rules.choice_claims.output.claims)
    NOTES_FILES += [
        note for d in CHOICE_DATASETS if (note := RUN / "od" / d / "notes.json") not in NOTES_FILES
    ]
    for item in report_items("choice", CHOICE_DATASETS, CHOICE_GROUPS):
        facts = {
            "models": CHOICE_SETTINGS["models"],
            "confidence": CHOICE_SETTINGS["confidence"],
            "names": LABELS | CHOICE_NAMES,
        }
        case = Path(item["path"]).stem.removeprefix("counterfactual_")
        if case == "destinations":
            case = Path(item["path"]).parent.name
        if case in CHOICE_COUNTERFACTUALS:
            facts["title"] = item["title"].replace(case, CHOICE_COUNTERFACTUALS[case]["title"])
        REPORT_ITEMS.append(item | facts)
else:
    UNCHECKED["choice"] = "none of the datasets of this chapter can be had in this run"
LEFT_OUT += [
    {"case": case, "reason": reason, "paper": "choice"}
    for case, reason in (CHOICE_ABSENT | CHOICE_UNASKED).items()
]
