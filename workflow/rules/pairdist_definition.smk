# What a city is: official units against towns found by density (SI 9).
# Takes:  results/<run>/points/<dataset>/points.parquet
# Makes:  results/<run>/pairdist/<dataset>/definition.{csv,md}              Tables 3 and 4
#         results/<run>/pairdist/<dataset>/definition_scan.csv              every parameter tried
#         results/<run>/pairdist/<dataset>/definition_clusters.parquet      labels of all places
#         results/<run>/pairdist/figures/<dataset>_definition_{map,scan}.{svg,png}   Figs 36, 37

DEFINITION_DATASETS = pairdist_some("definition")

DEFINITION = {k: v for k, v in config["pairdist"]["definition"].items() if k != "datasets"}
# The official units of the largest city are listed by dataset.
DEFINITION_SETTINGS = {
    d: DEFINITION | {"merged": DEFINITION["merged"].get(d, [])} for d in DEFINITION_DATASETS
}


rule pairdist_definition:
    input:
        points=pointset("{dataset}")["points"],
        published=PUBLISHED / "pairdist_tables3_4_city_definition.csv",
    output:
        table=report(
            PAIRDIST / "{dataset}" / "definition.csv",
            caption="../report/pairdist_definition.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Tables 3 and 4", "dataset": "{dataset}"},
        ),
        table_md=PAIRDIST / "{dataset}" / "definition.md",
        scan=PAIRDIST / "{dataset}" / "definition_scan.csv",
        clusters=PAIRDIST / "{dataset}" / "definition_clusters.parquet",
    log:
        LOGS / "pairdist" / "definition-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "definition-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="4GB",
        runtime="60m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        settings=lambda wildcards: DEFINITION_SETTINGS[wildcards.dataset],
        seed=config["seed"],
        code=module_digest("movelaws.pairdist.definition", "movelaws.tables"),
    message:
        "Looking for the towns of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/definition.py"


rule pairdist_figure_definition_map:
    input:
        clusters=rules.pairdist_definition.output.clusters,
        table=rules.pairdist_definition.output.table,
        land=pointset("{dataset}")["land"],
    output:
        svg=report(
            PAIRDIST / "figures" / "{dataset}_definition_map.svg",
            caption="../report/pairdist_definition_map.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 36", "dataset": "{dataset}"},
        ),
        png=PAIRDIST / "figures" / "{dataset}_definition_map.png",
    log:
        LOGS / "pairdist" / "figure_definition_map-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_definition_map-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="10m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.pairdist.definition_map"),
    message:
        "Drawing the towns found in {wildcards.dataset}"
    script:
        "../../scripts/pairdist/figure_definition_map.py"


rule pairdist_figure_definition_scan:
    input:
        scan=rules.pairdist_definition.output.scan,
        table=rules.pairdist_definition.output.table,
    output:
        svg=report(
            PAIRDIST / "figures" / "{dataset}_definition_scan.svg",
            caption="../report/pairdist_definition_scan.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 37", "dataset": "{dataset}"},
        ),
        png=PAIRDIST / "figures" / "{dataset}_definition_scan.png",
    log:
        LOGS / "pairdist" / "figure_definition_scan-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_definition_scan-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.pairdist.definition_scan"),
    message:
        "Drawing the parameters tried on {wildcards.dataset}"
    script:
        "../../scripts/pairdist/figure_definition_scan.py"


DEFINITION_TABLES = expand(rules.pairdist_definition.output.table, dataset=DEFINITION_DATASETS)
PAIRDIST_OUTPUTS += DEFINITION_TABLES
PAIRDIST_OUTPUTS += [
    path
    for figure in (rules.pairdist_figure_definition_map, rules.pairdist_figure_definition_scan)
    for path in expand([figure.output.svg, figure.output.png], dataset=DEFINITION_DATASETS)
]
