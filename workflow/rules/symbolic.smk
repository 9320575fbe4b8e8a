# Paper 2: distilling human mobility models with symbolic regression.
# Takes:  results/<run>/od/<dataset>/{zones,flows,places}.parquet
# Makes:  results/<run>/symbolic/datasets.csv                   Table 1
#         results/<run>/symbolic/baselines.csv                  Tables 2 and S7
#         results/<run>/symbolic/calibrations.csv               the same models by CPC and likelihood
#         results/<run>/symbolic/sensitivity.csv                other readings of the data
#         results/<run>/symbolic/figures/*.{svg,png}
#         results/<run>/symbolic/claims.csv                     claims S1-S4, S7, S8

SYMBOLIC = RUN / "symbolic"
SYMBOLIC_DATASETS = [d for d in config["symbolic"]["datasets"] if d in OD]
SYMBOLIC_READINGS = [(d, r) for d in SYMBOLIC_DATASETS for r in config["symbolic"]["readings"]]
SYMBOLIC_SOURCES = {d: OD[d]["source"] for d in SYMBOLIC_DATASETS}
LABELS = {d: entry["label"] for d, entry in config["od"].items()}


def planted_law(dataset):
    """The law behind a synthetic dataset, else None."""
    entry = OD[dataset]
    options = entry.get("world", {}).get("options", {})
    return options.get("law") if entry["source"] == "synthetic" else None


rule symbolic_fit:
    message:
        "Calibrating {params.models} on {wildcards.dataset}"
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
    threads: 2
    resources:
        mem="2GB",
        runtime="30m",
    params:
        models=config["symbolic"]["models"],
        objectives=config["symbolic"]["objectives"],
        population=config["symbolic"]["population"],
        support=config["symbolic"]["support"],
        confidence=config["symbolic"]["confidence"],
        bootstraps=config["symbolic"]["bootstraps"],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.baselines", "movelaws.readings", "movelaws.frames"),
    conda:
        "../../envs/environment.yaml"
    script:
        "../../scripts/symbolic/fit.py"


rule symbolic_tables:
    message:
        "Setting Tables 1, 2 and S7 beside the published ones"
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
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        datasets=SYMBOLIC_DATASETS,
        sources=SYMBOLIC_SOURCES,
        code=module_digest("movelaws.symbolic.tables", "movelaws.plotting.tables"),
    conda:
        "../../envs/environment.yaml"
    script:
        "../../scripts/symbolic/tables.py"


rule symbolic_reading:
    message:
        "Reading {wildcards.dataset} as {wildcards.reading}"
    input:
        **canonical("{dataset}"),
        notes=RUN / "od" / "{dataset}" / "notes.json",
    output:
        reading=SYMBOLIC / "readings" / "{dataset}" / "{reading}.csv",
    log:
        LOGS / "symbolic" / "reading-{dataset}-{reading}.log",
    benchmark:
        TIMES / "symbolic" / "reading-{dataset}-{reading}.jsonl"
    threads: 2
    resources:
        mem="4GB",
        runtime="60m",
    params:
        models=config["symbolic"]["models"],
        base={k: config["symbolic"][k] for k in ("population", "support")},
        choices=lambda wildcards: config["symbolic"]["readings"][wildcards.reading],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.sensitivity", "movelaws.seeds"),
    conda:
        "../../envs/environment.yaml"
    script:
        "../../scripts/symbolic/reading.py"


rule symbolic_sensitivity:
    message:
        "Comparing the readings of the data"
    input:
        readings=[SYMBOLIC / "readings" / d / f"{r}.csv" for d, r in SYMBOLIC_READINGS],
        baselines=rules.symbolic_tables.output.baselines,
    output:
        csv=report(
            SYMBOLIC / "sensitivity.csv",
            caption="../report/symbolic_sensitivity.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Readings of the data", "dataset": "all"},
        ),
        md=SYMBOLIC / "sensitivity.md",
    log:
        LOGS / "symbolic" / "sensitivity.log",
    benchmark:
        TIMES / "symbolic" / "sensitivity.jsonl"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        keys=SYMBOLIC_READINGS,
        code=module_digest("movelaws.symbolic.sensitivity", "movelaws.plotting.tables"),
    conda:
        "../../envs/environment.yaml"
    script:
        "../../scripts/symbolic/sensitivity.py"


rule symbolic_claims:
    message:
        "Holding claims S1-S4, S7 and S8 against the results"
    input:
        datasets=rules.symbolic_tables.output.datasets,
        baselines=rules.symbolic_tables.output.baselines,
        sensitivity=rules.symbolic_sensitivity.output.csv,
        truths=[RUN / "raw" / d / "truth.json" for d in SYMBOLIC_DATASETS if d in SYNTHETIC],
        published=PUBLISHED / "symbolic_table2_baseline_rmse.csv",
    output:
        claims=SYMBOLIC / "claims.csv",
    log:
        LOGS / "symbolic" / "claims.log",
    benchmark:
        TIMES / "symbolic" / "claims.jsonl"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        datasets=SYMBOLIC_DATASETS,
        synthetic=sorted(SYNTHETIC & set(SYMBOLIC_DATASETS)),
        absent={
            case: registry.reason(REGISTRY, dataset)
            for case, dataset in config["symbolic"]["absent"].items()
        }
        | {d: LEFT_OUT[d] for d in config["symbolic"]["datasets"] if d in LEFT_OUT},
        code=module_digest("movelaws.symbolic.claims"),
    conda:
        "../../envs/environment.yaml"
    script:
        "../../scripts/symbolic/claims.py"


CLAIM_FILES.append(rules.symbolic_claims.output.claims)
