# Paper 5: the destination choice game.
# Takes:  results/<run>/od/<dataset>/{zones,flows,places}.parquet, notes.json
# Makes:  results/<run>/choice/fits.csv                 every model, calibrated three ways
#         results/<run>/choice/datasets.csv             Table 1
#         results/<run>/choice/parameters.csv           Table S1, with intervals
#         results/<run>/choice/statistics.csv           Figs 3 and S4, Tables S2 and S3
#         results/<run>/choice/{heldout,readings,solver,toy,sensitivity}.csv
#         results/<run>/choice/{profiles,surfaces,convergence}/<dataset>.csv
#         results/<run>/choice/counterfactuals/<name>/{destinations,origins,flows,summary}.csv
#         results/<run>/choice/figures/*.{svg,png}
#         results/<run>/choice/claims.csv               claims C1-C8
#         results/<run>/choice/answers.csv              the results in sentences

# Memory is stated for the largest dataset, 3,108 counties, where one is fitted (1.4 GB measured).

CHOICE = RUN / "choice"
CHOICE_SETTINGS = config["choice"]
CHOICE_DATASETS = [d for d in CHOICE_SETTINGS["datasets"] if d in OD]
CHOICE_SOURCES = {d: OD[d]["source"] for d in CHOICE_DATASETS}
CHOICE_SYNTHETIC = sorted(SYNTHETIC & set(CHOICE_DATASETS))
CHOICE_ATTRACTION = {d: CHOICE_SETTINGS["attraction"].get(d, "arrivals") for d in CHOICE_DATASETS}
CHOICE_PLANTED = {
    d: law["parameters"]
    for d in CHOICE_DATASETS
    if (law := planted_law(d)) and law["model"] == "DCG"
}
CHOICE_ABSENT = {
    case: reason if " " in reason else runs.why_absent(REGISTRY, reason)
    for case, reason in CHOICE_SETTINGS["absent"].items()
    if reason
} | {d: MISSING[d] for d in CHOICE_SETTINGS["datasets"] if d in MISSING}
CHOICE_UNASKED = {
    case: f"a counterfactual of {entry['dataset']}, which this chapter does not have in this run"
    for case, entry in CHOICE_SETTINGS["counterfactuals"].items()
    if entry and entry["dataset"] not in CHOICE_DATASETS
}
CHOICE_COUNTERFACTUALS = {
    name: entry
    for name, entry in CHOICE_SETTINGS["counterfactuals"].items()
    if entry and entry["dataset"] in CHOICE_DATASETS
}


# Fig. 2 and S1-S3 show three datasets each.
CHOICE_PAGES = {
    str(k // 3 + 1): CHOICE_DATASETS[k : k + 3] for k in range(0, len(CHOICE_DATASETS), 3)
}
CHOICE_CATEGORY = "Paper 5: destination choice game"


rule choice_fit:
    input:
        **canonical("{dataset}"),
    output:
        fits=CHOICE / "fits" / "{dataset}.csv",
        parameters=CHOICE / "fitted" / "{dataset}.csv",
        predictions=CHOICE / "predictions" / "{dataset}.parquet",
        distances=CHOICE / "distances" / "{dataset}.csv",
        arrivals=CHOICE / "arrivals" / "{dataset}.csv",
    log:
        LOGS / "choice" / "fit-{dataset}.log",
    benchmark:
        TIMES / "choice" / "fit-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="60m",
    params:
        attraction=lambda wildcards: CHOICE_ATTRACTION[wildcards.dataset],
        seed=config["seed"],
        models=CHOICE_SETTINGS["models"],
        objectives=CHOICE_SETTINGS["objectives"],
        confidence=CHOICE_SETTINGS["confidence"],
        code=module_digest(
            "movelaws.choice.fits", "movelaws.choice.intervals", "movelaws.choice.saved"
        ),
    message:
        "Calibrating the game and its rivals on {wildcards.dataset}"
    script:
        "../../scripts/choice/fit.py"


rule choice_profile:
    input:
        **canonical("{dataset}"),
    output:
        profile=CHOICE / "profiles" / "{dataset}.csv",
    log:
        LOGS / "choice" / "profile-{dataset}.log",
    benchmark:
        TIMES / "choice" / "profile-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="60m",
    params:
        attraction=lambda wildcards: CHOICE_ATTRACTION[wildcards.dataset],
        seed=config["seed"],
        gammas=CHOICE_SETTINGS["profiles"]["gammas"],
        code=module_digest("movelaws.choice.profiles"),
    message:
        "Fitting {wildcards.dataset} at each strength of crowding"
    script:
        "../../scripts/choice/profile.py"


rule choice_ridge:
    input:
        **canonical("{dataset}"),
    output:
        surface=CHOICE / "surfaces" / "{dataset}.csv",
    log:
        LOGS / "choice" / "ridge-{dataset}.log",
    benchmark:
        TIMES / "choice" / "ridge-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="60m",
    params:
        attraction=lambda wildcards: CHOICE_ATTRACTION[wildcards.dataset],
        seed=config["seed"],
        size=CHOICE_SETTINGS["ridge"]["size"],
        code=module_digest("movelaws.choice.profiles"),
    message:
        "Mapping the similarity over alpha and gamma on {wildcards.dataset}"
    script:
        "../../scripts/choice/ridge.py"


rule choice_heldout:
    input:
        **canonical("{dataset}"),
    output:
        scores=CHOICE / "heldout" / "{dataset}.csv",
    log:
        LOGS / "choice" / "heldout-{dataset}.log",
    benchmark:
        TIMES / "choice" / "heldout-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="60m",
    params:
        seed=config["seed"],
        knowledge=CHOICE_SETTINGS["heldout"]["attraction"],
        folds=CHOICE_SETTINGS["heldout"]["folds"],
        models=CHOICE_SETTINGS["models"],
        code=module_digest("movelaws.choice.heldout"),
    message:
        "Predicting held-out origins of {wildcards.dataset}"
    script:
        "../../scripts/choice/heldout.py"


rule choice_reading:
    input:
        **canonical("{dataset}"),
    output:
        reading=CHOICE / "readings" / "{dataset}.csv",
    log:
        LOGS / "choice" / "reading-{dataset}.log",
    benchmark:
        TIMES / "choice" / "reading-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="60m",
    params:
        confidence=CHOICE_SETTINGS["confidence"],
        seed=config["seed"],
        code=module_digest("movelaws.choice.readings"),
    message:
        "Measuring the attraction of {wildcards.dataset} otherwise"
    script:
        "../../scripts/choice/reading.py"


rule choice_solver:
    input:
        **canonical("{dataset}"),
        fits=CHOICE / "fits" / "{dataset}.csv",
    output:
        convergence=CHOICE / "convergence" / "{dataset}.csv",
        report=CHOICE / "solver" / "{dataset}.csv",
    log:
        LOGS / "choice" / "solver-{dataset}.log",
    benchmark:
        TIMES / "choice" / "solver-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="10m",
    params:
        attraction=lambda wildcards: CHOICE_ATTRACTION[wildcards.dataset],
        code=module_digest("movelaws.choice.convergence", "movelaws.choice.identities"),
    message:
        "Comparing solvers on {wildcards.dataset}"
    script:
        "../../scripts/choice/solver.py"


rule choice_toy:
    output:
        csv=report(
            CHOICE / "toy.csv",
            caption="../report/choice_toy.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Example of Fig. 1", "dataset": "all"},
        ),
        md=CHOICE / "toy.md",
    log:
        LOGS / "choice" / "toy.log",
    benchmark:
        TIMES / "choice" / "toy.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        code=module_digest("movelaws.choice.toy", "movelaws.tables"),
    message:
        "Solving the example of Fig. 1"
    script:
        "../../scripts/choice/toy.py"


rule choice_sensitivity:
    input:
        **canonical("us_migration"),
        parameters=PUBLISHED / "choice_tableS1_parameters.csv",
        statistics=PUBLISHED / "choice_tableS2_S3_ks.csv",
    output:
        csv=report(
            CHOICE / "sensitivity.csv",
            caption="../report/choice_sensitivity.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Readings of the text", "dataset": "us_migration"},
        ),
        md=CHOICE / "sensitivity.md",
        readings=CHOICE / "sensitivity_readings.csv",
    log:
        LOGS / "choice" / "sensitivity.log",
    benchmark:
        TIMES / "choice" / "sensitivity.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="10m",
    params:
        code=module_digest("movelaws.choice.sensitivity", "movelaws.tables"),
    message:
        "Trying readings of the text on US migration"
    script:
        "../../scripts/choice/sensitivity.py"


rule choice_tables:
    input:
        zones=[canonical(d)["zones"] for d in CHOICE_DATASETS],
        flows=[canonical(d)["flows"] for d in CHOICE_DATASETS],
        notes=[RUN / "od" / d / "notes.json" for d in CHOICE_DATASETS],
        fits=[CHOICE / "fits" / f"{d}.csv" for d in CHOICE_DATASETS],
        parameters=[CHOICE / "fitted" / f"{d}.csv" for d in CHOICE_DATASETS],
        predictions=[CHOICE / "predictions" / f"{d}.parquet" for d in CHOICE_DATASETS],
        heldout=[CHOICE / "heldout" / f"{d}.csv" for d in choice_some("heldout")],
        readings=[CHOICE / "readings" / f"{d}.csv" for d in choice_some("readings")],
        solver=[CHOICE / "solver" / f"{d}.csv" for d in choice_some("solver")],
        published=[
            PUBLISHED / f"choice_{name}.csv"
            for name in ("table1_datasets", "tableS1_parameters", "tableS2_S3_ks")
        ],
    output:
        datasets=report(
            CHOICE / "datasets.csv",
            caption="../report/choice_datasets.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Table 1", "dataset": "all"},
        ),
        datasets_md=CHOICE / "datasets.md",
        parameters=report(
            CHOICE / "parameters.csv",
            caption="../report/choice_parameters.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Table S1", "dataset": "all"},
        ),
        parameters_md=CHOICE / "parameters.md",
        table_s1=CHOICE / "table_s1.csv",
        table_s1_md=CHOICE / "table_s1.md",
        statistics=report(
            CHOICE / "statistics.csv",
            caption="../report/choice_statistics.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Tables S2 and S3", "dataset": "all"},
        ),
        statistics_md=CHOICE / "statistics.md",
        fits=CHOICE / "fits.csv",
        heldout=CHOICE / "heldout.csv",
        heldout_md=CHOICE / "heldout.md",
        readings=CHOICE / "readings.csv",
        readings_md=CHOICE / "readings.md",
        solver=CHOICE / "solver.csv",
        solver_md=CHOICE / "solver.md",
    log:
        LOGS / "choice" / "tables.log",
    benchmark:
        TIMES / "choice" / "tables.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        datasets=CHOICE_DATASETS,
        attraction=CHOICE_ATTRACTION,
        planted=CHOICE_PLANTED,
        sources=CHOICE_SOURCES,
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        code=module_digest("movelaws.choice.tables", "movelaws.choice.flux", "movelaws.tables"),
    message:
        "Setting Tables 1 and S1-S3 beside the published ones"
    script:
        "../../scripts/choice/tables.py"


rule choice_counterfactual:
    input:
        unpack(lambda wildcards: canonical(CHOICE_COUNTERFACTUALS[wildcards.case]["dataset"])),
        fits=lambda wildcards: CHOICE
        / "fits"
        / f"{CHOICE_COUNTERFACTUALS[wildcards.case]['dataset']}.csv",
        fitted=lambda wildcards: CHOICE
        / "fitted"
        / f"{CHOICE_COUNTERFACTUALS[wildcards.case]['dataset']}.csv",
        profile=lambda wildcards: CHOICE
        / "profiles"
        / f"{CHOICE_COUNTERFACTUALS[wildcards.case]['dataset']}.csv",
    output:
        destinations=report(
            CHOICE / "counterfactuals" / "{case}" / "destinations.csv",
            caption="../report/choice_counterfactual.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "Counterfactual", "dataset": "{case}"},
        ),
        origins=CHOICE / "counterfactuals" / "{case}" / "origins.csv",
        flows=CHOICE / "counterfactuals" / "{case}" / "flows.csv",
        summary=CHOICE / "counterfactuals" / "{case}" / "summary.csv",
        sensitivity=CHOICE / "counterfactuals" / "{case}" / "sensitivity.csv",
        calibration=CHOICE / "counterfactuals" / "{case}" / "calibration.json",
    log:
        LOGS / "choice" / "counterfactual-{case}.log",
    benchmark:
        TIMES / "choice" / "counterfactual-{case}.jsonl"
    wildcard_constraints:
        case="|".join(CHOICE_COUNTERFACTUALS) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="10m",
    params:
        case=lambda wildcards: CHOICE_COUNTERFACTUALS[wildcards.case],
        attraction=lambda wildcards: CHOICE_ATTRACTION[
            CHOICE_COUNTERFACTUALS[wildcards.case]["dataset"]
        ],
        unit=lambda wildcards: unit_of([CHOICE_COUNTERFACTUALS[wildcards.case]["dataset"]]),
        code=module_digest("movelaws.choice.counterfactual"),
    message:
        "What if: {wildcards.case}"
    script:
        "../../scripts/choice/counterfactual.py"


rule choice_claims:
    input:
        datasets=rules.choice_tables.output.datasets,
        parameters=rules.choice_tables.output.parameters,
        statistics=rules.choice_tables.output.statistics,
        solver=rules.choice_tables.output.solver,
        toy=rules.choice_toy.output.csv,
        truths=[RUN / "raw" / d / "truth.json" for d in CHOICE_SYNTHETIC],
    output:
        claims=CHOICE / "claims.csv",
    log:
        LOGS / "choice" / "claims.log",
    benchmark:
        TIMES / "choice" / "claims.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        laws={d: law["model"] for d in CHOICE_SYNTHETIC if (law := planted_law(d))},
        confidence=CHOICE_SETTINGS["confidence"],
        absent=CHOICE_ABSENT,
        code=module_digest("movelaws.choice.claims"),
    message:
        "Holding claims C1-C8 against the results"
    script:
        "../../scripts/choice/claims.py"


rule choice_answers:
    input:
        fits=rules.choice_tables.output.fits,
        datasets=rules.choice_tables.output.datasets,
        parameters=rules.choice_tables.output.parameters,
        statistics=rules.choice_tables.output.statistics,
        heldout=rules.choice_tables.output.heldout,
        readings=rules.choice_tables.output.readings,
        solver=rules.choice_tables.output.solver,
        summaries=[
            CHOICE / "counterfactuals" / case / "summary.csv" for case in CHOICE_COUNTERFACTUALS
        ],
        sensitivities=[
            CHOICE / "counterfactuals" / case / "sensitivity.csv"
            for case in CHOICE_COUNTERFACTUALS
        ],
    output:
        csv=report(
            CHOICE / "answers.csv",
            caption="../report/choice_answers.rst",
            category=CHOICE_CATEGORY,
            labels={"result": "The results in short", "dataset": "all"},
        ),
        md=CHOICE / "answers.md",
    log:
        LOGS / "choice" / "answers.log",
    benchmark:
        TIMES / "choice" / "answers.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in CHOICE_DATASETS},
        units={d: unit_of([d]) for d in CHOICE_DATASETS},
        source=source_of(CHOICE_DATASETS),
        synthetic=bool(CHOICE_SYNTHETIC),
        made=CHOICE_SYNTHETIC,
        cases={
            case: {"title": entry["title"], "dataset": entry["dataset"]}
            for case, entry in CHOICE_COUNTERFACTUALS.items()
        },
        code=module_digest("movelaws.choice.answers", "movelaws.tables"),
    message:
        "Putting the results of paper 5 in sentences"
    script:
        "../../scripts/choice/answers.py"
