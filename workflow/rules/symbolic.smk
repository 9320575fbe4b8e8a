# Paper 2: distilling human mobility models with symbolic regression.
# Takes:  results/<run>/od/<dataset>/{zones,flows,places}.parquet
# Makes:  results/<run>/symbolic/datasets.csv                   Table 1
#         results/<run>/symbolic/baselines.csv                  Tables 2 and S7
#         results/<run>/symbolic/calibrations.csv               the same models by CPC and likelihood
#         results/<run>/symbolic/sensitivity.csv                other readings of the data
#         results/<run>/symbolic/differences.csv                why the last digits differ
#         results/<run>/symbolic/figures/*.{svg,png}

from movelaws.symbolic.claims import RMSE_TOLERANCE

SYMBOLIC = RUN / "symbolic"
SYMBOLIC_DATASETS = [d for d in config["symbolic"]["datasets"] if d in OD]
# Datasets whose existing models get readings, maps and curves of their own.
SYMBOLIC_DETAILED = [d for d in SYMBOLIC_DATASETS if d not in config["symbolic"]["brief"]]
SYMBOLIC_READINGS = [(d, r) for d in SYMBOLIC_DETAILED for r in config["symbolic"]["readings"]]
SYMBOLIC_SOURCES = {d: OD[d]["source"] for d in SYMBOLIC_DATASETS}
# Only a dataset of the paper itself has printed numbers to explain.
SYMBOLIC_PRINTED = [
    d for d in SYMBOLIC_DATASETS if OD[d]["source"] == "published" and d in RMSE_TOLERANCE
]
SYMBOLIC_ABSENT = {
    case: runs.why_absent(REGISTRY, dataset)
    for case, dataset in config["symbolic"]["absent"].items()
} | {d: MISSING[d] for d in config["symbolic"]["datasets"] if d in MISSING}
SYMBOLIC_PARAMETERS = {
    name: f"${p.latex}$" + (f" ({p.unit})" if p.unit else "")
    for name in config["symbolic"]["models"]
    for p in MODELS[name].parameters[:1]
}


rule symbolic_fit:
    input:
        **canonical("{dataset}"),
        notes=RUN / "od" / "{dataset}" / "notes.json",
    output:
        fits=SYMBOLIC / "fits" / "{dataset}.csv",
        predictions=SYMBOLIC / "predictions" / "{dataset}.parquet",
        curves=SYMBOLIC / "curves" / "{dataset}.csv",
    log:
        LOGS / "symbolic" / "fit-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "fit-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="1GB",
        runtime="30m",
    params:
        models=config["symbolic"]["models"],
        objectives=config["symbolic"]["objectives"],
        population=lambda wildcards: symbolic_base(wildcards.dataset)["population"],
        support=config["symbolic"]["support"],
        confidence=config["symbolic"]["confidence"],
        bootstraps=config["symbolic"]["bootstraps"],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.baselines", "movelaws.readings", "movelaws.frames"),
    message:
        "Calibrating {params.models} on {wildcards.dataset}"
    script:
        "../../scripts/symbolic/fit.py"


rule symbolic_tables:
    input:
        zones=[canonical(d)["zones"] for d in SYMBOLIC_DATASETS],
        flows=[canonical(d)["flows"] for d in SYMBOLIC_DATASETS],
        fits=[SYMBOLIC / "fits" / f"{d}.csv" for d in SYMBOLIC_DATASETS],
        published=[
            PUBLISHED / f"symbolic_{name}.csv"
            for name in (
                "table1_datasets",
                "table2_baseline_rmse",
                "tableS7_baseline_cpc",
                "parameters",
            )
        ],
    output:
        datasets=report(
            SYMBOLIC / "datasets.csv",
            caption="../report/symbolic_datasets.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Table 1", "dataset": "all"},
        ),
        datasets_md=SYMBOLIC / "datasets.md",
        baselines=report(
            SYMBOLIC / "baselines.csv",
            caption="../report/symbolic_baselines.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Tables 2 and S7", "dataset": "all"},
        ),
        baselines_md=SYMBOLIC / "baselines.md",
        calibrations=SYMBOLIC / "calibrations.csv",
    log:
        LOGS / "symbolic" / "tables.log",
    benchmark:
        TIMES / "symbolic" / "tables.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        datasets=SYMBOLIC_DATASETS,
        sources=SYMBOLIC_SOURCES,
        source=source_of(SYMBOLIC_DATASETS),
        synthetic=bool(SYNTHETIC & set(SYMBOLIC_DATASETS)),
        code=module_digest("movelaws.symbolic.tables", "movelaws.tables"),
    message:
        "Setting Tables 1, 2 and S7 beside the published ones"
    script:
        "../../scripts/symbolic/tables.py"


rule symbolic_reading:
    input:
        **canonical("{dataset}"),
        notes=RUN / "od" / "{dataset}" / "notes.json",
    output:
        reading=SYMBOLIC / "readings" / "{dataset}" / "{reading}.csv",
    log:
        LOGS / "symbolic" / "reading-{dataset}-{reading}.log",
    benchmark:
        TIMES / "symbolic" / "reading-{dataset}-{reading}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="2GB",
        runtime="60m",
    params:
        models=config["symbolic"]["models"],
        base=lambda wildcards: symbolic_base(wildcards.dataset),
        choices=lambda wildcards: config["symbolic"]["readings"][wildcards.reading],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.sensitivity", "movelaws.seeds"),
    message:
        "Reading {wildcards.dataset} as {wildcards.reading}"
    script:
        "../../scripts/symbolic/reading.py"


rule symbolic_centroids:
    input:
        **canonical("{dataset}"),
        notes=RUN / "od" / "{dataset}" / "notes.json",
        predictions=rules.symbolic_fit.output.predictions,
        baselines=rules.symbolic_tables.output.baselines,
    output:
        moves=SYMBOLIC / "centroids" / "{dataset}.csv",
    log:
        LOGS / "symbolic" / "centroids-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "centroids-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="1GB",
        runtime="10m",
    params:
        base=lambda wildcards: symbolic_base(wildcards.dataset),
        code=module_digest("movelaws.symbolic.sensitivity"),
    message:
        "Asking how far the points of {wildcards.dataset} would have to move"
    script:
        "../../scripts/symbolic/centroids.py"


rule symbolic_sensitivity:
    input:
        readings=[SYMBOLIC / "readings" / d / f"{r}.csv" for d, r in SYMBOLIC_READINGS],
        moves=[SYMBOLIC / "centroids" / f"{d}.csv" for d in SYMBOLIC_PRINTED],
        baselines=rules.symbolic_tables.output.baselines,
    output:
        csv=report(
            SYMBOLIC / "sensitivity.csv",
            caption="../report/symbolic_sensitivity.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Readings of the data", "dataset": "all"},
        ),
        md=SYMBOLIC / "sensitivity.md",
        differences=report(
            SYMBOLIC / "differences.csv",
            caption="../report/symbolic_differences.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Reasons for the differences", "dataset": "all"},
        ),
        differences_md=SYMBOLIC / "differences.md",
    log:
        LOGS / "symbolic" / "sensitivity.log",
    benchmark:
        TIMES / "symbolic" / "sensitivity.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        cases=SYMBOLIC_READINGS,
        published=SYMBOLIC_PRINTED,
        source=source_of(SYMBOLIC_DETAILED),
        synthetic=bool(SYNTHETIC & set(SYMBOLIC_DETAILED)),
        code=module_digest("movelaws.symbolic.sensitivity", "movelaws.tables"),
    message:
        "Comparing the readings of the data"
    script:
        "../../scripts/symbolic/sensitivity.py"


rule symbolic_figure_flow_map:
    input:
        zones=canonical("{dataset}")["zones"],
        predictions=rules.symbolic_fit.output.predictions,
        baselines=rules.symbolic_tables.output.baselines,
    output:
        svg=report(
            SYMBOLIC / "figures" / "{dataset}_flow_map.svg",
            caption="../report/symbolic_flow_map.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Flow map", "dataset": "{dataset}"},
        ),
        png=SYMBOLIC / "figures" / "{dataset}_flow_map.png",
    log:
        LOGS / "symbolic" / "figure_flow_map-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "figure_flow_map-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        panels=config["symbolic"]["flow_map"],
        label=lambda wildcards: LABELS[wildcards.dataset],
        titles={
            name: MODELS[name].formula_latex
            for name in config["symbolic"]["flow_map"]
            if name in MODELS
        },
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.flow_map"),
    message:
        "Drawing the flow map of {wildcards.dataset}"
    script:
        "../../scripts/symbolic/figure_flow_map.py"


rule symbolic_figure_decay:
    input:
        predictions=rules.symbolic_fit.output.predictions,
    output:
        svg=report(
            SYMBOLIC / "figures" / "{dataset}_decay.svg",
            caption="../report/symbolic_decay.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Distance decay", "dataset": "{dataset}"},
        ),
        png=SYMBOLIC / "figures" / "{dataset}_decay.png",
    log:
        LOGS / "symbolic" / "figure_decay-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "figure_decay-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        models=config["symbolic"]["models"],
        label=lambda wildcards: LABELS[wildcards.dataset],
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.decay"),
    message:
        "Drawing the distances travelled in {wildcards.dataset}"
    script:
        "../../scripts/symbolic/figure_decay.py"


rule symbolic_figure_calibration:
    input:
        curves=rules.symbolic_fit.output.curves,
        baselines=rules.symbolic_tables.output.baselines,
    output:
        svg=report(
            SYMBOLIC / "figures" / "{dataset}_calibration.svg",
            caption="../report/symbolic_calibration.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Calibration", "dataset": "{dataset}"},
        ),
        png=SYMBOLIC / "figures" / "{dataset}_calibration.png",
    log:
        LOGS / "symbolic" / "figure_calibration-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "figure_calibration-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        dataset="{dataset}",
        parameters=SYMBOLIC_PARAMETERS,
        confidence=config["symbolic"]["confidence"],
        label=lambda wildcards: LABELS[wildcards.dataset],
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.calibration"),
    message:
        "Drawing the calibration of the models on {wildcards.dataset}"
    script:
        "../../scripts/symbolic/figure_calibration.py"


rule symbolic_figure_agreement:
    input:
        baselines=rules.symbolic_tables.output.baselines,
    output:
        svg=report(
            SYMBOLIC / "figures" / "agreement.svg",
            caption="../report/symbolic_agreement.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Tables 2 and S7 as a figure", "dataset": "all"},
        ),
        png=SYMBOLIC / "figures" / "agreement.png",
    log:
        LOGS / "symbolic" / "figure_agreement.log",
    benchmark:
        TIMES / "symbolic" / "figure_agreement.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in SYMBOLIC_DATASETS},
        planted={d: law["model"] for d in SYMBOLIC_DATASETS if (law := planted_law(d))},
        tolerance_percent={
            d: 100 * share for d, share in RMSE_TOLERANCE.items() if d in SYMBOLIC_DATASETS
        },
        unit=unit_of(SYMBOLIC_DATASETS),
        source=source_of(SYMBOLIC_DATASETS),
        synthetic=bool(SYNTHETIC & set(SYMBOLIC_DATASETS)),
        code=module_digest("movelaws.plotting.agreement"),
    message:
        "Drawing the published accuracy beside ours"
    script:
        "../../scripts/symbolic/figure_agreement.py"
