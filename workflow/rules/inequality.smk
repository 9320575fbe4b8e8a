# Paper 4: the role of inequalities.
# Takes:  results/<run>/od/<dataset>/{zones,flows,places}.parquet, notes.json
# Makes:  results/<run>/inequality/<case>/tests.csv          every variable at every penalty, judged
#         results/<run>/inequality/<case>/flows.parquet      observed and both models
#         results/<run>/inequality/<case>/{classes,changes,outflow}.csv
#         results/<run>/inequality/<case>/{sensitivity,likelihood,profiles,exact,benefits}.csv
#         results/<run>/inequality/{two_cities,crossings,limits}.csv          Figs 1d and S1
#         results/<run>/inequality/heldout/<name>.csv
#         results/<run>/inequality/what_ifs/<name>/{flows,destinations,summary}.csv
#         results/<run>/inequality/claims.csv                claims I1-I10
#         results/<run>/inequality/answers.csv               the results in sentences

# Memory is stated for 3,108 counties, 9.7 million pairs.

INEQUALITY = RUN / "inequality"
INEQUALITY_SETTINGS = config["inequality"]
INEQUALITY_ACTIVE = {
    name: entry
    for name, entry in INEQUALITY_SETTINGS["cases"].items()
    if entry and (INEQUALITY_SETTINGS["active"] == "all" or name in INEQUALITY_SETTINGS["active"])
}
INEQUALITY_CASES = {
    name: entry for name, entry in INEQUALITY_ACTIVE.items() if entry["dataset"] in OD
}
INEQUALITY_VARIABLES = {
    name: {key: entry for key, entry in case["variables"].items() if entry}
    for name, case in INEQUALITY_CASES.items()
}
INEQUALITY_HELDOUT = {
    name: entry
    for name, entry in INEQUALITY_SETTINGS["heldout"].items()
    if entry and entry["case"] in INEQUALITY_CASES and {entry["fitted"], entry["tested"]} <= set(OD)
}
INEQUALITY_WHAT_IFS = {
    name: entry
    for name, entry in INEQUALITY_SETTINGS["what_ifs"].items()
    if entry and entry["case"] in INEQUALITY_CASES
}
INEQUALITY_DATASETS = list(
    dict.fromkeys(
        [case["dataset"] for case in INEQUALITY_CASES.values()]
        + [entry[part] for entry in INEQUALITY_HELDOUT.values() for part in ("fitted", "tested")]
    )
)
INEQUALITY_SYNTHETIC = sorted(SYNTHETIC & set(INEQUALITY_DATASETS))
INEQUALITY_ABSENT = {
    what: reason for what, reason in INEQUALITY_SETTINGS["absent"].items() if reason
} | {
    name: MISSING[entry["dataset"]]
    for name, entry in INEQUALITY_ACTIVE.items()
    if entry["dataset"] in MISSING
}
INEQUALITY_LABELS = {name: LABELS[entry["dataset"]] for name, entry in INEQUALITY_CASES.items()}
# Parts of a case that the config may leave out, and the tables they make.
INEQUALITY_PARTS = {
    "sensitivity": ["sensitivity.csv"],
    "likelihood": ["likelihood.csv", "profiles.csv"],
    "exact": ["exact.csv"],
    "benefits": ["benefits.csv"],
    "readings": ["readings.csv"],
}
INEQUALITY_CLAIMED = ["sensitivity", "likelihood", "readings", "exact"]
INEQUALITY_FIGURES = ["classes", "grid", "errors", "changes", "ranks"]
INEQUALITY_DRAWN_PARTS = ["sensitivity", "likelihood", "exact"]
INEQUALITY_CATEGORY = "Paper 4: inequality-aware radiation"


rule inequality_case:
    input:
        unpack(inequality_canonical),
    output:
        grid=INEQUALITY / "{case}" / "grid.parquet",
        flows=INEQUALITY / "{case}" / "flows.parquet",
        classes=INEQUALITY / "{case}" / "classes.csv",
        changes=INEQUALITY / "{case}" / "changes.csv",
        outflow=INEQUALITY / "{case}" / "outflow.csv",
    log:
        LOGS / "inequality" / "case-{case}.log",
    benchmark:
        TIMES / "inequality" / "case-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="4GB",
        runtime="60m",
    params:
        settings=inequality_settings,
        evaluation=lambda wildcards: inequality_part(wildcards, "exponents", "drop_exact", "shown"),
        code=module_digest("movelaws.inequality.grid", "movelaws.inequality.flows"),
    message:
        "Standard and modified radiation in the case {wildcards.case}"
    script:
        "../../scripts/inequality/case.py"


rule inequality_draws:
    input:
        unpack(inequality_canonical),
    output:
        draws=INEQUALITY / "{case}" / "draws" / "{batch}.parquet",
    log:
        LOGS / "inequality" / "draws-{case}-{batch}.log",
    benchmark:
        TIMES / "inequality" / "draws-{case}-{batch}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="4GB",
        runtime="120m",
    params:
        settings=inequality_settings,
        evaluation=lambda wildcards: inequality_part(wildcards, "exponents", "drop_exact"),
        span=inequality_span,
        seed=config["seed"],
        code=module_digest("movelaws.inequality.random_classes", "movelaws.inequality.case"),
    message:
        "Random classes in the case {wildcards.case}, part {wildcards.batch}"
    script:
        "../../scripts/inequality/draws.py"


rule inequality_tests:
    input:
        grid=rules.inequality_case.output.grid,
        draws=lambda wildcards: [
            INEQUALITY / wildcards.case / "draws" / f"{batch}.parquet"
            for batch in range(1, INEQUALITY_CASES[wildcards.case]["batches"] + 1)
        ],
    output:
        tests=report(
            INEQUALITY / "{case}" / "tests.csv",
            caption="../report/inequality_tests.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Tests", "dataset": "{case}"},
        ),
        tests_md=INEQUALITY / "{case}" / "tests.md",
        main=INEQUALITY / "{case}" / "table_tests.csv",
        main_md=INEQUALITY / "{case}" / "table_tests.md",
        further=INEQUALITY / "{case}" / "table_further.csv",
        further_md=INEQUALITY / "{case}" / "table_further.md",
    log:
        LOGS / "inequality" / "tests-{case}.log",
    benchmark:
        TIMES / "inequality" / "tests-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        level=INEQUALITY_SETTINGS["level"],
        code=module_digest("movelaws.inequality.grid", "movelaws.inequality.tables"),
    message:
        "Judging the modified model in the case {wildcards.case}"
    script:
        "../../scripts/inequality/tests.py"


rule inequality_sensitivity:
    input:
        unpack(inequality_canonical),
    output:
        csv=report(
            INEQUALITY / "{case}" / "sensitivity.csv",
            caption="../report/inequality_sensitivity.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Sensitivity to the threshold", "dataset": "{case}"},
        ),
        table=INEQUALITY / "{case}" / "table_sensitivity.csv",
        table_md=INEQUALITY / "{case}" / "table_sensitivity.md",
    log:
        LOGS / "inequality" / "sensitivity-{case}.log",
    benchmark:
        TIMES / "inequality" / "sensitivity-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="60m",
    params:
        settings=inequality_settings,
        evaluation=lambda wildcards: inequality_part(
            wildcards, "exponents", "drop_exact", "sensitivity"
        ),
        level=INEQUALITY_SETTINGS["level"],
        seed=config["seed"],
        code=module_digest("movelaws.inequality.sensitivity", "movelaws.inequality.tables"),
    message:
        "Other shares of penalised places in the case {wildcards.case}"
    script:
        "../../scripts/inequality/sensitivity.py"


rule inequality_likelihood:
    input:
        unpack(inequality_canonical),
    output:
        csv=report(
            INEQUALITY / "{case}" / "likelihood.csv",
            caption="../report/inequality_likelihood.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Penalty by likelihood", "dataset": "{case}"},
        ),
        md=INEQUALITY / "{case}" / "likelihood.md",
        profiles=INEQUALITY / "{case}" / "profiles.csv",
    log:
        LOGS / "inequality" / "likelihood-{case}.log",
    benchmark:
        TIMES / "inequality" / "likelihood-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="120m",
    params:
        settings=inequality_settings,
        evaluation=lambda wildcards: inequality_part(wildcards, "likelihood"),
        seed=config["seed"],
        code=module_digest(
            "movelaws.inequality.likelihood",
            "movelaws.inequality.random_gain",
            "movelaws.inequality.case",
        ),
    message:
        "Estimating the penalty by likelihood in the case {wildcards.case}"
    script:
        "../../scripts/inequality/likelihood.py"


rule inequality_exact:
    input:
        unpack(inequality_canonical),
    output:
        csv=report(
            INEQUALITY / "{case}" / "exact.csv",
            caption="../report/inequality_exact.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Exact and linearised", "dataset": "{case}"},
        ),
        md=INEQUALITY / "{case}" / "exact.md",
    log:
        LOGS / "inequality" / "exact-{case}.log",
    benchmark:
        TIMES / "inequality" / "exact-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="120m",
    params:
        settings=inequality_settings,
        evaluation=lambda wildcards: inequality_part(wildcards, "exact", "drop_exact"),
        code=module_digest("movelaws.inequality.linearisation", "movelaws.inequality.case"),
    message:
        "The linearised beside the exact model in the case {wildcards.case}"
    script:
        "../../scripts/inequality/exact.py"


rule inequality_benefits:
    input:
        unpack(inequality_canonical),
    output:
        csv=report(
            INEQUALITY / "{case}" / "benefits.csv",
            caption="../report/inequality_benefits.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Other benefit distributions", "dataset": "{case}"},
        ),
        md=INEQUALITY / "{case}" / "benefits.md",
    log:
        LOGS / "inequality" / "benefits-{case}.log",
    benchmark:
        TIMES / "inequality" / "benefits-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="60m",
    params:
        settings=inequality_settings,
        evaluation=lambda wildcards: inequality_part(wildcards, "benefits", "drop_exact"),
        code=module_digest("movelaws.inequality.other_benefits", "movelaws.inequality.case"),
    message:
        "Other distributions of benefits in the case {wildcards.case}"
    script:
        "../../scripts/inequality/benefits.py"


rule inequality_readings:
    input:
        unpack(inequality_canonical),
    output:
        csv=report(
            INEQUALITY / "{case}" / "readings.csv",
            caption="../report/inequality_readings.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Other readings", "dataset": "{case}"},
        ),
        md=INEQUALITY / "{case}" / "readings.md",
    log:
        LOGS / "inequality" / "readings-{case}.log",
    benchmark:
        TIMES / "inequality" / "readings-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="4GB",
        runtime="60m",
    params:
        settings=inequality_settings,
        evaluation=lambda wildcards: inequality_part(wildcards, "readings", "drop_exact"),
        seed=config["seed"],
        code=module_digest("movelaws.inequality.readings"),
    message:
        "Other readings of the case {wildcards.case}"
    script:
        "../../scripts/inequality/readings.py"


rule inequality_heldout:
    input:
        unpack(inequality_periods),
    output:
        csv=report(
            INEQUALITY / "heldout" / "{name}.csv",
            caption="../report/inequality_heldout.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Out of sample", "dataset": "{name}"},
        ),
        md=INEQUALITY / "heldout" / "{name}.md",
    log:
        LOGS / "inequality" / "heldout-{name}.log",
    benchmark:
        TIMES / "inequality" / "heldout-{name}.jsonl"
    wildcard_constraints:
        name="|".join(INEQUALITY_HELDOUT) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="60m",
    params:
        settings=inequality_heldout_settings,
        evaluation=inequality_heldout_evaluation,
        seed=config["seed"],
        code=module_digest("movelaws.inequality.heldout", "movelaws.inequality.case"),
    message:
        "A penalty of one period tried on another: {wildcards.name}"
    script:
        "../../scripts/inequality/heldout.py"


rule inequality_what_if:
    input:
        unpack(inequality_struck),
    output:
        flows=INEQUALITY / "what_ifs" / "{name}" / "flows.csv",
        destinations=report(
            INEQUALITY / "what_ifs" / "{name}" / "destinations.csv",
            caption="../report/inequality_what_if.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "What if", "dataset": "{name}"},
        ),
        destinations_md=INEQUALITY / "what_ifs" / "{name}" / "destinations.md",
        summary=INEQUALITY / "what_ifs" / "{name}" / "summary.csv",
        summary_md=INEQUALITY / "what_ifs" / "{name}" / "summary.md",
        range=INEQUALITY / "what_ifs" / "{name}" / "range.csv",
        range_md=INEQUALITY / "what_ifs" / "{name}" / "range.md",
        largest=INEQUALITY / "what_ifs" / "{name}" / "table_flows.csv",
        largest_md=INEQUALITY / "what_ifs" / "{name}" / "table_flows.md",
    log:
        LOGS / "inequality" / "what_if-{name}.log",
    benchmark:
        TIMES / "inequality" / "what_if-{name}.jsonl"
    wildcard_constraints:
        name="|".join(INEQUALITY_WHAT_IFS) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="20m",
    params:
        settings=inequality_what_if_settings,
        struck=lambda wildcards: INEQUALITY_WHAT_IFS[wildcards.name]["struck"],
        penalty=lambda wildcards: INEQUALITY_WHAT_IFS[wildcards.name]["penalty"],
        others=lambda wildcards: INEQUALITY_WHAT_IFS[wildcards.name].get("others", []),
        unit=lambda wildcards: unit_of([inequality_struck_dataset(wildcards)]),
        code=module_digest("movelaws.inequality.what_if", "movelaws.tables"),
    message:
        "What if places are struck: {wildcards.name}"
    script:
        "../../scripts/inequality/what_if.py"


rule inequality_two_cities:
    output:
        curves=INEQUALITY / "two_cities.csv",
        crossings=INEQUALITY / "crossings.csv",
        limits=INEQUALITY / "limits.csv",
        network=INEQUALITY / "network.csv",
    log:
        LOGS / "inequality" / "two_cities.log",
    benchmark:
        TIMES / "inequality" / "two_cities.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="10m",
    params:
        code=module_digest("movelaws.inequality.two_cities", "movelaws.inequality.limits"),
    message:
        "Two cities (Fig. 1d) and a small network (Fig. S1)"
    script:
        "../../scripts/inequality/two_cities.py"


rule inequality_claims:
    input:
        tests=[INEQUALITY / case / "tests.csv" for case in INEQUALITY_CASES],
        parts=[
            INEQUALITY / case / file
            for case, entry in INEQUALITY_CASES.items()
            for file in (
                "outflow.csv",
                "changes.csv",
                "flows.parquet",
                *(f"{part}.csv" for part in INEQUALITY_CLAIMED if entry.get(part)),
            )
        ],
        truths=[
            RUN / "raw" / entry["dataset"] / "truth.json"
            for entry in INEQUALITY_CASES.values()
            if entry["dataset"] in SYNTHETIC
        ],
        crossings=rules.inequality_two_cities.output.crossings,
    output:
        claims=INEQUALITY / "claims.csv",
    log:
        LOGS / "inequality" / "claims.log",
    benchmark:
        TIMES / "inequality" / "claims.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        cases={
            case: {
                "source": OD[entry["dataset"]]["source"],
                "shown": entry["shown"],
                "share": entry.get("share"),
                **{part: bool(entry.get(part)) for part in INEQUALITY_CLAIMED},
                "truth": (
                    str(RUN / "raw" / entry["dataset"] / "truth.json")
                    if entry["dataset"] in SYNTHETIC
                    else ""
                ),
            }
            for case, entry in INEQUALITY_CASES.items()
        },
        absent=INEQUALITY_ABSENT,
        code=module_digest("movelaws.inequality.claims"),
    message:
        "Holding claims I1-I10 against the results"
    script:
        "../../scripts/inequality/claims.py"


rule inequality_answers:
    input:
        tests=[INEQUALITY / case / "tests.csv" for case in INEQUALITY_CASES],
        parts=[
            INEQUALITY / case / file
            for case, entry in INEQUALITY_CASES.items()
            for part, files in INEQUALITY_PARTS.items()
            if entry.get(part)
            for file in files
        ],
        heldout=[INEQUALITY / "heldout" / f"{name}.csv" for name in INEQUALITY_HELDOUT],
        crossings=rules.inequality_two_cities.output.crossings,
        summaries=[INEQUALITY / "what_ifs" / name / "summary.csv" for name in INEQUALITY_WHAT_IFS],
        destinations=[
            INEQUALITY / "what_ifs" / name / "destinations.csv" for name in INEQUALITY_WHAT_IFS
        ],
        ranges=[INEQUALITY / "what_ifs" / name / "range.csv" for name in INEQUALITY_WHAT_IFS],
    output:
        csv=report(
            INEQUALITY / "answers.csv",
            caption="../report/inequality_answers.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "The results in short", "dataset": "all"},
        ),
        md=INEQUALITY / "answers.md",
    log:
        LOGS / "inequality" / "answers.log",
    benchmark:
        TIMES / "inequality" / "answers.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels=INEQUALITY_LABELS,
        level=INEQUALITY_SETTINGS["level"],
        synthetic=[
            case for case, entry in INEQUALITY_CASES.items() if entry["dataset"] in SYNTHETIC
        ],
        titles={name: entry["title"] for name, entry in INEQUALITY_WHAT_IFS.items()},
        code=module_digest("movelaws.inequality.answers", "movelaws.tables"),
    message:
        "Putting the results of paper 4 in sentences"
    script:
        "../../scripts/inequality/answers.py"
