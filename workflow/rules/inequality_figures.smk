# Figures of paper 4, and what the report shows of it.
# Takes:  the tables of inequality.smk
# Makes:  results/<run>/inequality/figures/*.{svg,png}


rule inequality_figure_two_cities:
    input:
        curves=rules.inequality_two_cities.output.curves,
        crossings=rules.inequality_two_cities.output.crossings,
    output:
        svg=report(
            INEQUALITY / "figures" / "two_cities.svg",
            caption="../report/inequality_two_cities.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Fig. 1d", "dataset": "all"},
        ),
        png=INEQUALITY / "figures" / "two_cities.png",
    log:
        LOGS / "inequality" / "figure_two_cities.log",
    benchmark:
        TIMES / "inequality" / "figure_two_cities.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        code=module_digest("movelaws.plotting.inequality.two_cities"),
    message:
        "Drawing two cities (Fig. 1d)"
    script:
        "../../scripts/inequality/figure_two_cities.py"


rule inequality_figure_small_network:
    input:
        limits=rules.inequality_two_cities.output.limits,
        network=rules.inequality_two_cities.output.network,
    output:
        svg=report(
            INEQUALITY / "figures" / "small_network.svg",
            caption="../report/inequality_small_network.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Fig. S1", "dataset": "all"},
        ),
        png=INEQUALITY / "figures" / "small_network.png",
    log:
        LOGS / "inequality" / "figure_small_network.log",
    benchmark:
        TIMES / "inequality" / "figure_small_network.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        code=module_digest("movelaws.plotting.inequality.small_network"),
    message:
        "Drawing a small network (Fig. S1)"
    script:
        "../../scripts/inequality/figure_small_network.py"


rule inequality_figure_classes:
    input:
        unpack(inequality_canonical),
        classes=rules.inequality_case.output.classes,
    output:
        svg=report(
            INEQUALITY / "figures" / "{case}_classes.svg",
            caption="../report/inequality_classes.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Fig. S3", "dataset": "{case}"},
        ),
        png=INEQUALITY / "figures" / "{case}_classes.png",
    log:
        LOGS / "inequality" / "figure_classes-{case}.log",
    benchmark:
        TIMES / "inequality" / "figure_classes-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        unit=lambda wildcards: unit_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        labels=lambda wildcards: inequality_measures(wildcards.case),
        code=module_digest("movelaws.plotting.inequality.class_maps"),
    message:
        "Mapping who is worse off in {wildcards.case} (Fig. S3)"
    script:
        "../../scripts/inequality/figure_classes.py"


rule inequality_figure_grid:
    input:
        tests=rules.inequality_tests.output.tests,
    output:
        svg=report(
            INEQUALITY / "figures" / "{case}_grid.svg",
            caption="../report/inequality_grid.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Figs 2d and 3a", "dataset": "{case}"},
        ),
        png=INEQUALITY / "figures" / "{case}_grid.png",
    log:
        LOGS / "inequality" / "figure_grid-{case}.log",
    benchmark:
        TIMES / "inequality" / "figure_grid-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        unit=lambda wildcards: unit_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        model=lambda wildcards: INEQUALITY_CASES[wildcards.case]["model"],
        code=module_digest("movelaws.plotting.inequality.verdict_grid"),
    message:
        "Drawing the verdicts of {wildcards.case}"
    script:
        "../../scripts/inequality/figure_grid.py"


rule inequality_figure_errors:
    input:
        unpack(inequality_canonical),
        tests=rules.inequality_tests.output.tests,
        flows=rules.inequality_case.output.flows,
        classes=rules.inequality_case.output.classes,
        settlements=inequality_settlements,
    output:
        svg=report(
            INEQUALITY / "figures" / "{case}_errors.svg",
            caption="../report/inequality_errors.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Fig. 2a-c", "dataset": "{case}"},
        ),
        png=INEQUALITY / "figures" / "{case}_errors.png",
    log:
        LOGS / "inequality" / "figure_errors-{case}.log",
    benchmark:
        TIMES / "inequality" / "figure_errors-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        unit=lambda wildcards: unit_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        shown=lambda wildcards: INEQUALITY_CASES[wildcards.case]["shown"],
        code=module_digest("movelaws.plotting.inequality.error_maps"),
    message:
        "Mapping the errors of both models in {wildcards.case}"
    script:
        "../../scripts/inequality/figure_errors.py"


rule inequality_figure_changes:
    input:
        unpack(inequality_canonical),
        changes=rules.inequality_case.output.changes,
        classes=rules.inequality_case.output.classes,
    output:
        svg=report(
            INEQUALITY / "figures" / "{case}_changes.svg",
            caption="../report/inequality_changes.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Fig. 3b and c", "dataset": "{case}"},
        ),
        png=INEQUALITY / "figures" / "{case}_changes.png",
    log:
        LOGS / "inequality" / "figure_changes-{case}.log",
    benchmark:
        TIMES / "inequality" / "figure_changes-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        unit=lambda wildcards: unit_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        shown=lambda wildcards: INEQUALITY_CASES[wildcards.case]["shown"],
        code=module_digest("movelaws.plotting.inequality.change_arrows"),
    message:
        "Mapping the flows that change most in {wildcards.case}"
    script:
        "../../scripts/inequality/figure_changes.py"


rule inequality_figure_ranks:
    input:
        flows=rules.inequality_case.output.flows,
    output:
        svg=report(
            INEQUALITY / "figures" / "{case}_ranks.svg",
            caption="../report/inequality_ranks.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Fig. S2", "dataset": "{case}"},
        ),
        png=INEQUALITY / "figures" / "{case}_ranks.png",
    log:
        LOGS / "inequality" / "figure_ranks-{case}.log",
    benchmark:
        TIMES / "inequality" / "figure_ranks-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        unit=lambda wildcards: unit_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        labels=lambda wildcards: inequality_labels(wildcards.case),
        shown=lambda wildcards: INEQUALITY_CASES[wildcards.case]["shown"],
        code=module_digest("movelaws.plotting.inequality.rank_comparison"),
    message:
        "Comparing flows by rank in {wildcards.case} (Fig. S2)"
    script:
        "../../scripts/inequality/figure_ranks.py"


rule inequality_figure_sensitivity:
    input:
        sensitivity=rules.inequality_sensitivity.output.csv,
    output:
        svg=report(
            INEQUALITY / "figures" / "{case}_sensitivity.svg",
            caption="../report/inequality_sensitivity.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Other thresholds", "dataset": "{case}"},
        ),
        png=INEQUALITY / "figures" / "{case}_sensitivity.png",
    log:
        LOGS / "inequality" / "figure_sensitivity-{case}.log",
    benchmark:
        TIMES / "inequality" / "figure_sensitivity-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        unit=lambda wildcards: unit_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        model=lambda wildcards: INEQUALITY_CASES[wildcards.case]["model"],
        code=module_digest("movelaws.plotting.inequality.sensitivity"),
    message:
        "Drawing other thresholds in {wildcards.case}"
    script:
        "../../scripts/inequality/figure_sensitivity.py"


rule inequality_figure_likelihood:
    input:
        likelihood=rules.inequality_likelihood.output.csv,
        profiles=rules.inequality_likelihood.output.profiles,
    output:
        svg=report(
            INEQUALITY / "figures" / "{case}_likelihood.svg",
            caption="../report/inequality_likelihood.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Penalty by likelihood", "dataset": "{case}"},
        ),
        png=INEQUALITY / "figures" / "{case}_likelihood.png",
    log:
        LOGS / "inequality" / "figure_likelihood-{case}.log",
    benchmark:
        TIMES / "inequality" / "figure_likelihood-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        unit=lambda wildcards: unit_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        model=lambda wildcards: INEQUALITY_CASES[wildcards.case]["model"],
        planted=lambda wildcards: inequality_planted(wildcards.case),
        code=module_digest("movelaws.plotting.inequality.likelihood"),
    message:
        "Drawing the likelihood of penalties in {wildcards.case}"
    script:
        "../../scripts/inequality/figure_likelihood.py"


rule inequality_figure_exact:
    input:
        exact=rules.inequality_exact.output.csv,
    output:
        svg=report(
            INEQUALITY / "figures" / "{case}_exact.svg",
            caption="../report/inequality_exact.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "Exact and linearised", "dataset": "{case}"},
        ),
        png=INEQUALITY / "figures" / "{case}_exact.png",
    log:
        LOGS / "inequality" / "figure_exact-{case}.log",
    benchmark:
        TIMES / "inequality" / "figure_exact-{case}.jsonl"
    wildcard_constraints:
        case="|".join(INEQUALITY_CASES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        unit=lambda wildcards: unit_of([INEQUALITY_CASES[wildcards.case]["dataset"]]),
        code=module_digest("movelaws.plotting.inequality.linearisation"),
    message:
        "Drawing the linearised beside the exact model in {wildcards.case}"
    script:
        "../../scripts/inequality/figure_exact.py"


rule inequality_figure_what_if:
    input:
        unpack(inequality_struck),
        changes=rules.inequality_what_if.output.flows,
        destinations=rules.inequality_what_if.output.destinations,
        summary=rules.inequality_what_if.output.summary,
    output:
        svg=report(
            INEQUALITY / "figures" / "what_if_{name}.svg",
            caption="../report/inequality_what_if_figure.rst",
            category=INEQUALITY_CATEGORY,
            labels={"result": "What if", "dataset": "{name}"},
        ),
        png=INEQUALITY / "figures" / "what_if_{name}.png",
    log:
        LOGS / "inequality" / "figure_what_if-{name}.log",
    benchmark:
        TIMES / "inequality" / "figure_what_if-{name}.jsonl"
    wildcard_constraints:
        name="|".join(INEQUALITY_WHAT_IFS) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="5m",
    params:
        source=lambda wildcards: source_of([inequality_struck_dataset(wildcards)]),
        unit=lambda wildcards: unit_of([inequality_struck_dataset(wildcards)]),
        title=lambda wildcards: INEQUALITY_WHAT_IFS[wildcards.name]["title"],
        code=module_digest("movelaws.plotting.inequality.what_if_map"),
    message:
        "Mapping what if: {wildcards.name}"
    script:
        "../../scripts/inequality/figure_what_if.py"


rule inequality:
    input:
        expand(
            INEQUALITY / "{case}" / "{file}",
            case=INEQUALITY_CASES,
            file=["tests.csv", "flows.parquet", "classes.csv", "changes.csv", "outflow.csv"],
        ),
        [
            INEQUALITY / case / file
            for case, entry in INEQUALITY_CASES.items()
            for part, files in INEQUALITY_PARTS.items()
            if entry.get(part)
            for file in files
        ],
        [
            INEQUALITY / "figures" / f"{case}_{part}.{form}"
            for case, entry in INEQUALITY_CASES.items()
            for part in (
                *INEQUALITY_FIGURES,
                *(part for part in INEQUALITY_DRAWN_PARTS if entry.get(part)),
            )
            for form in ("svg", "png")
        ],
        expand(INEQUALITY / "heldout" / "{name}.csv", name=INEQUALITY_HELDOUT),
        expand(
            INEQUALITY / "figures" / "what_if_{name}.{form}",
            name=INEQUALITY_WHAT_IFS,
            form=["svg", "png"],
        ),
        rules.inequality_figure_two_cities.output,
        rules.inequality_figure_small_network.output,
        rules.inequality_claims.output,
        rules.inequality_answers.output,


# What the report shows of this paper; report.smk lists the fields.
CLAIM_FILES.append(rules.inequality_claims.output.claims)
REPORT_ITEMS.extend(
    grouped_by_case(
        report_items(
            "inequality",
            INEQUALITY_DATASETS,
            {
                "case": {case: [entry["dataset"]] for case, entry in INEQUALITY_CASES.items()},
                **{
                    part: {
                        case: [entry["dataset"]]
                        for case, entry in INEQUALITY_CASES.items()
                        if entry.get(part)
                    }
                    for part in INEQUALITY_PARTS
                },
                "heldout": {
                    name: [entry["fitted"], entry["tested"]]
                    for name, entry in INEQUALITY_HELDOUT.items()
                },
                "what_if": {
                    name: [INEQUALITY_CASES[entry["case"]]["dataset"]]
                    for name, entry in INEQUALITY_WHAT_IFS.items()
                },
            },
            INEQUALITY_LABELS
            | {name: name.replace("_", " ") for name in INEQUALITY_HELDOUT}
            | {name: entry["title"] for name, entry in INEQUALITY_WHAT_IFS.items()},
        ),
        INEQUALITY_CASES,
    )
)
LEFT_OUT.extend(
    {"case": case, "reason": reason, "paper": "inequality"}
    for case, reason in INEQUALITY_ABSENT.items()
)
NOTES_FILES.extend(
    RUN / "od" / dataset / "notes.json"
    for dataset in INEQUALITY_DATASETS
    if RUN / "od" / dataset / "notes.json" not in NOTES_FILES
)
