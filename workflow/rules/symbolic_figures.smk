# Figures of the search of paper 2, its claims, and what the report shows of it.
# Takes:  the tables of symbolic.smk and symbolic_search.smk
# Makes:  results/<run>/symbolic/figures/*.{svg,png}
#         results/<run>/symbolic/claims.csv                     claims S1-S18
#         results/<run>/symbolic/answers.csv                    the results in sentences


rule symbolic_figure_fronts:
    input:
        fronts=[SYMBOLIC / d / "front.csv" for d in SEARCH_DATASETS],
        models=[SYMBOLIC / d / "models.csv" for d in SEARCH_DATASETS],
    output:
        svg=report(
            [SYMBOLIC / "figures" / f"fronts_{page}.svg" for page in SEARCH_PAGES],
            caption="../report/symbolic_fronts.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Fig. 3", "dataset": "all"},
        ),
        png=[SYMBOLIC / "figures" / f"fronts_{page}.png" for page in SEARCH_PAGES],
    log:
        LOGS / "symbolic" / "figure_fronts.log",
    benchmark:
        TIMES / "symbolic" / "figure_fronts.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        datasets=SEARCH_DATASETS,
        labels={d: LABELS[d] for d in SEARCH_DATASETS},
        unit=unit_of(SEARCH_DATASETS),
        source=source_of(SEARCH_DATASETS),
        synthetic=bool(SYNTHETIC & set(SEARCH_DATASETS)),
        code=module_digest("movelaws.plotting.symbolic.fronts"),
    message:
        "Drawing the fronts"
    script:
        "../../scripts/symbolic/figure_fronts.py"


rule symbolic_figure_landscape:
    input:
        landscape=rules.symbolic_front.output.landscape,
        front=rules.symbolic_front.output.front,
        models=rules.symbolic_front.output.models,
    output:
        svg=report(
            SYMBOLIC / "figures" / "{dataset}_landscape.svg",
            caption="../report/symbolic_landscape.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "All expressions", "dataset": "{dataset}"},
        ),
        png=SYMBOLIC / "figures" / "{dataset}_landscape.png",
    log:
        LOGS / "symbolic" / "figure_landscape-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "figure_landscape-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.symbolic.landscape"),
    message:
        "Drawing every expression tried on {wildcards.dataset}"
    script:
        "../../scripts/symbolic/figure_landscape.py"


rule symbolic_figure_law_map:
    input:
        zones=canonical("{dataset}")["zones"],
        predictions=rules.symbolic_front.output.predictions,
        front=rules.symbolic_front.output.front,
    output:
        svg=report(
            SYMBOLIC / "figures" / "{dataset}_law_map.svg",
            caption="../report/symbolic_law_map.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Figs S2-S6", "dataset": "{dataset}"},
        ),
        png=SYMBOLIC / "figures" / "{dataset}_law_map.png",
    log:
        LOGS / "symbolic" / "figure_law_map-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "figure_law_map-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        label=lambda wildcards: LABELS[wildcards.dataset],
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.symbolic.law_map"),
    message:
        "Drawing the laws of {wildcards.dataset} on a map"
    script:
        "../../scripts/symbolic/figure_law_map.py"


rule symbolic_figure_intervals:
    input:
        constants=[SYMBOLIC / d / "constants.csv" for d in SEARCH_DETAILED],
    output:
        svg=report(
            SYMBOLIC / "figures" / "intervals.svg",
            caption="../report/symbolic_intervals.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Constants", "dataset": "all"},
        ),
        png=SYMBOLIC / "figures" / "intervals.png",
    log:
        LOGS / "symbolic" / "figure_intervals.log",
    benchmark:
        TIMES / "symbolic" / "figure_intervals.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        confidence=config["symbolic"]["confidence"],
        datasets=SEARCH_DETAILED,
        labels={d: LABELS[d] for d in SEARCH_DETAILED},
        source=source_of(SEARCH_DETAILED),
        synthetic=bool(SYNTHETIC & set(SEARCH_DETAILED)),
        code=module_digest("movelaws.plotting.symbolic.intervals"),
    message:
        "Drawing the constants of the laws"
    script:
        "../../scripts/symbolic/figure_intervals.py"


rule symbolic_figure_losses:
    input:
        losses=rules.symbolic_laws.output.losses,
    output:
        svg=report(
            SYMBOLIC / "figures" / "{dataset}_losses.svg",
            caption="../report/symbolic_losses.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Other losses", "dataset": "{dataset}"},
        ),
        png=SYMBOLIC / "figures" / "{dataset}_losses.png",
    log:
        LOGS / "symbolic" / "figure_losses-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "figure_losses-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        label=lambda wildcards: LABELS[wildcards.dataset],
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.symbolic.losses"),
    message:
        "Drawing the laws of {wildcards.dataset} under other losses"
    script:
        "../../scripts/symbolic/figure_losses.py"


rule symbolic_figure_transfer:
    input:
        transfer=rules.symbolic_transfer.output.csv,
    output:
        svg=report(
            SYMBOLIC / "figures" / "transfer.svg",
            caption="../report/symbolic_transfer.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Laws elsewhere", "dataset": "all"},
        ),
        png=SYMBOLIC / "figures" / "transfer.png",
    log:
        LOGS / "symbolic" / "figure_transfer.log",
    benchmark:
        TIMES / "symbolic" / "figure_transfer.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in SEARCH_DETAILED},
        source=source_of(SEARCH_DETAILED),
        synthetic=bool(SYNTHETIC & set(SEARCH_DETAILED)),
        code=module_digest("movelaws.plotting.symbolic.transfer"),
    message:
        "Drawing the laws of each dataset on the others"
    script:
        "../../scripts/symbolic/figure_transfer.py"


rule symbolic_figure_noise:
    input:
        noise=rules.symbolic_noise.output.noise,
        cpc=rules.symbolic_noise.output.cpc,
        models=SYMBOLIC / SEARCH_NOISE["dataset"] / "models.csv",
    output:
        svg=report(
            SYMBOLIC / "figures" / "noise.svg",
            caption="../report/symbolic_noise.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Fig. 5", "dataset": SEARCH_NOISE["dataset"]},
        ),
        png=SYMBOLIC / "figures" / "noise.png",
    log:
        LOGS / "symbolic" / "figure_noise.log",
    benchmark:
        TIMES / "symbolic" / "figure_noise.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        label=LABELS.get(SEARCH_NOISE["dataset"], ""),
        source=source_of([d for d in [SEARCH_NOISE["dataset"]] if d in OD]),
        synthetic=SEARCH_NOISE["dataset"] in SYNTHETIC,
        code=module_digest("movelaws.plotting.symbolic.noise", "movelaws.symbolic.noise_levels"),
    message:
        "Drawing how noise hides a law"
    script:
        "../../scripts/symbolic/figure_noise.py"


rule symbolic_figure_regions:
    input:
        regions=rules.symbolic_regions.output.laws,
    output:
        svg=report(
            SYMBOLIC / "figures" / "regions.svg",
            caption="../report/symbolic_regions.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Fig. 4b", "dataset": SEARCH_REGIONS["dataset"]},
        ),
        png=SYMBOLIC / "figures" / "regions.png",
    log:
        LOGS / "symbolic" / "figure_regions.log",
    benchmark:
        TIMES / "symbolic" / "figure_regions.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        regions=REGIONS,
        label=LABELS.get(SEARCH_REGIONS["dataset"], ""),
        source=source_of([d for d in [SEARCH_REGIONS["dataset"]] if d in OD]),
        synthetic=SEARCH_REGIONS["dataset"] in SYNTHETIC,
        code=module_digest("movelaws.plotting.symbolic.regions"),
    message:
        "Drawing the laws of the regions"
    script:
        "../../scripts/symbolic/figure_regions.py"


rule symbolic_figure_region_distances:
    input:
        distances=rules.symbolic_regions.output.distances,
    output:
        svg=report(
            SYMBOLIC / "figures" / "region_distances.svg",
            caption="../report/symbolic_region_distances.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Fig. 4a", "dataset": SEARCH_REGIONS["dataset"]},
        ),
        png=SYMBOLIC / "figures" / "region_distances.png",
    log:
        LOGS / "symbolic" / "figure_region_distances.log",
    benchmark:
        TIMES / "symbolic" / "figure_region_distances.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        regions=REGIONS,
        unit=unit_of(SEARCH_REGIONS_DATASET),
        label=LABELS.get(SEARCH_REGIONS["dataset"], ""),
        source=source_of([d for d in [SEARCH_REGIONS["dataset"]] if d in OD]),
        synthetic=SEARCH_REGIONS["dataset"] in SYNTHETIC,
        code=module_digest("movelaws.plotting.symbolic.region_distances"),
    message:
        "Drawing the distances between regions"
    script:
        "../../scripts/symbolic/figure_region_distances.py"


rule symbolic_figure_scientist:
    input:
        traces=rules.symbolic_scientist.output.traces,
        scientist=rules.symbolic_scientist.output.table,
        front=rules.symbolic_front.output.front,
    output:
        svg=report(
            SYMBOLIC / "figures" / "{dataset}_scientist.svg",
            caption="../report/symbolic_scientist_figure.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Table S9 as a figure", "dataset": "{dataset}"},
        ),
        png=SYMBOLIC / "figures" / "{dataset}_scientist.png",
    log:
        LOGS / "symbolic" / "figure_scientist-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "figure_scientist-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.symbolic.scientist"),
    message:
        "Drawing the machine scientist's laws of {wildcards.dataset}"
    script:
        "../../scripts/symbolic/figure_scientist.py"


rule symbolic_figure_entropy:
    input:
        entropy=[SYMBOLIC / d / "entropy.csv" for d in SEARCH_ENTROPY_DATASETS],
    output:
        svg=report(
            SYMBOLIC / "figures" / "entropy.svg",
            caption="../report/symbolic_entropy_figure.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Appendix A", "dataset": "all"},
        ),
        png=SYMBOLIC / "figures" / "entropy.png",
    log:
        LOGS / "symbolic" / "figure_entropy.log",
    benchmark:
        TIMES / "symbolic" / "figure_entropy.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        datasets=SEARCH_ENTROPY_DATASETS,
        unit=unit_of(SEARCH_ENTROPY_DATASETS),
        labels={d: LABELS[d] for d in SEARCH_ENTROPY_DATASETS},
        source=source_of(SEARCH_ENTROPY_DATASETS),
        synthetic=bool(SYNTHETIC & set(SEARCH_ENTROPY_DATASETS)),
        code=module_digest("movelaws.plotting.symbolic.entropy"),
    message:
        "Drawing both constraints"
    script:
        "../../scripts/symbolic/figure_entropy.py"


rule symbolic_claims:
    input:
        datasets=rules.symbolic_tables.output.datasets,
        baselines=rules.symbolic_tables.output.baselines,
        differences=rules.symbolic_sensitivity.output.differences,
        truths=[RUN / "raw" / d / "truth.json" for d in SYMBOLIC_DATASETS if d in SYNTHETIC],
        published=PUBLISHED / "symbolic_table2_baseline_rmse.csv",
        fronts=[SYMBOLIC / d / "front.csv" for d in SEARCH_DATASETS],
        models=[SYMBOLIC / d / "models.csv" for d in SEARCH_DATASETS],
        noise=[SYMBOLIC / d / "noise.csv" for d in SEARCH_NOISE_DATASET],
        noise_cpc=[SYMBOLIC / d / "noise_cpc.csv" for d in SEARCH_NOISE_DATASET],
        regions=[SYMBOLIC / d / "regions.csv" for d in SEARCH_REGIONS_DATASET],
        scientists=[SYMBOLIC / d / "scientist.csv" for d in SEARCH_SCIENTIST_DATASETS],
    output:
        claims=SYMBOLIC / "claims.csv",
    log:
        LOGS / "symbolic" / "claims.log",
    benchmark:
        TIMES / "symbolic" / "claims.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        datasets=SYMBOLIC_DATASETS,
        synthetic=sorted(SYNTHETIC & set(SYMBOLIC_DATASETS)),
        published_datasets=[d for d in SEARCH_DATASETS if OD[d]["source"] == "published"],
        absent=SYMBOLIC_ABSENT,
        code=module_digest("movelaws.symbolic.claims", "movelaws.symbolic.search_claims"),
    message:
        "Holding claims S1-S18 against the results"
    script:
        "../../scripts/symbolic/claims.py"


rule symbolic_answers:
    input:
        baselines=rules.symbolic_tables.output.baselines,
        fronts=[SYMBOLIC / d / "front.csv" for d in SEARCH_DATASETS],
        certificates=[SYMBOLIC / d / "certificate.csv" for d in SEARCH_DATASETS],
        models=[SYMBOLIC / d / "models.csv" for d in SEARCH_DATASETS],
        losses=[SYMBOLIC / d / "losses.csv" for d in SEARCH_DETAILED],
        transfer=[rules.symbolic_transfer.output.csv] if len(SEARCH_DETAILED) > 1 else [],
        noise=[SYMBOLIC / d / "noise.csv" for d in SEARCH_NOISE_DATASET],
        regions=[SYMBOLIC / d / "regions.csv" for d in SEARCH_REGIONS_DATASET],
        scientists=[SYMBOLIC / d / "scientist.csv" for d in SEARCH_SCIENTIST_DATASETS],
        entropies=[SYMBOLIC / d / "entropy.csv" for d in SEARCH_ENTROPY_DATASETS],
    output:
        csv=report(
            SYMBOLIC / "answers.csv",
            caption="../report/symbolic_answers.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "The results in short", "dataset": "all"},
        ),
        md=SYMBOLIC / "answers.md",
    log:
        LOGS / "symbolic" / "answers.log",
    benchmark:
        TIMES / "symbolic" / "answers.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels=LABELS,
        planted={d: law["model"] for d in SEARCH_DATASETS if (law := planted_law(d))},
        synthetic=bool(SYNTHETIC & set(SEARCH_DATASETS)),
        code=module_digest("movelaws.symbolic.answers", "movelaws.tables"),
    message:
        "Putting the results of paper 2 in sentences"
    script:
        "../../scripts/symbolic/answers.py"


# Without a parameter there is no calibration to draw.
SYMBOLIC_FIGURES = ["flow_map", "decay", *(["calibration"] if SYMBOLIC_PARAMETERS else [])]
SEARCH_FIGURES = {
    **{f"fronts_{page}": SEARCH_DATASETS for page in SEARCH_PAGES},
    "intervals": SEARCH_DETAILED,
    "noise": SEARCH_NOISE_DATASET,
    "regions": SEARCH_REGIONS_DATASET,
    "region_distances": SEARCH_REGIONS_DATASET,
    "entropy": SEARCH_ENTROPY_DATASETS,
    # a law is tried elsewhere only if there is an elsewhere
    "transfer": SEARCH_DETAILED[1:],
} | {
    f"{dataset}_{figure}": datasets
    for figure, datasets in {
        "landscape": SEARCH_DETAILED,
        "law_map": SEARCH_DATASETS,
        "losses": SEARCH_DETAILED,
        "scientist": SEARCH_SCIENTIST_DATASETS,
    }.items()
    for dataset in datasets
}
SYMBOLIC_RESULTS = [
    *rules.symbolic_tables.output,
    *(rules.symbolic_settings.output if SEARCH_DATASETS else []),
    *rules.symbolic_sensitivity.output,
    *rules.symbolic_claims.output,
    *rules.symbolic_answers.output,
    *rules.symbolic_figure_agreement.output,
    *(
        SYMBOLIC / "figures" / f"{dataset}_{figure}.{suffix}"
        for dataset in SYMBOLIC_DETAILED
        for figure in SYMBOLIC_FIGURES
        for suffix in ("svg", "png")
    ),
    *(
        SYMBOLIC / "figures" / f"{figure}.{suffix}"
        for figure, datasets in SEARCH_FIGURES.items()
        for suffix in ("svg", "png")
        if datasets
    ),
]


rule symbolic:
    input:
        SYMBOLIC_RESULTS if SYMBOLIC_DATASETS else [],
    message:
        "Paper 2 is done"


# What captions need to know beyond the dataset: which models, readings and smallest flow are shown.
SYMBOLIC_FACTS = {
    "symbolic_flow_map.rst": {"models": config["symbolic"]["flow_map"]},
    "symbolic_calibration.rst": {"models": list(SYMBOLIC_PARAMETERS)},
    "symbolic_sensitivity.rst": {"readings": list(config["symbolic"]["readings"])},
}
SYMBOLIC_GROUPS = {
    "detailed": {d: [d] for d in SYMBOLIC_DETAILED},
    "searched": {d: [d] for d in SEARCH_DATASETS},
    "page": {page: SEARCH_DATASETS for page in SEARCH_PAGES},
    "searched_detailed": {d: [d] for d in SEARCH_DETAILED},
    "transferred": {d: [d] for d in SEARCH_DETAILED[1:]},
    "noise": {d: [d] for d in SEARCH_NOISE_DATASET},
    "regions": {d: [d] for d in SEARCH_REGIONS_DATASET},
    "scientist": {d: [d] for d in SEARCH_SCIENTIST_DATASETS},
    "entropy": {d: [d] for d in SEARCH_ENTROPY_DATASETS},
}
if SYMBOLIC_DATASETS:
    CLAIM_FILES.append(rules.symbolic_claims.output.claims)
    NOTES_FILES += [RUN / "od" / d / "notes.json" for d in SYMBOLIC_DATASETS]
    for item in report_items("symbolic", SYMBOLIC_DATASETS, SYMBOLIC_GROUPS):
        if item["caption"] == "symbolic_calibration.rst" and not SYMBOLIC_PARAMETERS:
            continue
        facts = {
            "models": config["symbolic"]["models"],
            "confidence": config["symbolic"]["confidence"],
            "names": LABELS,
        } | SYMBOLIC_FACTS.get(item["caption"], {})
        if item["caption"] == "symbolic_decay.rst":
            facts["min_flow"] = OD[item["dataset"]].get("options", {}).get("min_flow", 1)
        REPORT_ITEMS.append(item | facts)
else:
    UNCHECKED["symbolic"] = "none of the datasets of this chapter can be had in this run"
LEFT_OUT += [{"case": c, "reason": r, "paper": "symbolic"} for c, r in SYMBOLIC_ABSENT.items()]
