# Pair distributions of all point sets, their growth at the scale of neighbourhoods, towns.
# Takes:  results/<run>/points/<dataset>/{points,land}.parquet
# Makes:  results/<run>/pairdist/<dataset>/pairs.parquet       all pairs by distance
#         results/<run>/pairdist/<dataset>/regimes.csv         the same in equal ratios, local growth
#         results/<run>/pairdist/<dataset>/growth.csv          exponents of parts and towns
#         results/<run>/pairdist/<dataset>/growth_sensitivity.csv   by range and estimator
#         results/<run>/pairdist/<dataset>/growth_curves.parquet
#         results/<run>/pairdist/<dataset>/towns.csv           R and m of every town
#         results/<run>/pairdist/<dataset>/radii.csv           tail of R, growth that it implies
#         results/<run>/pairdist/<dataset>/{town_curves.parquet,rings.csv}
#         results/<run>/pairdist/figures/{regimes,growth_towns_*,town_*}.{svg,png}

from movelaws.plotting.pairdist.towns import PER_PAGE as TOWNS_PER_PAGE

GROWTH_DATASETS = pairdist_some("growth")
TOWN_DATASETS = [d for d in pairdist_some("towns") if d in GROWTH_DATASETS]
TOWN_PAGES = range(1, -(-config["pairdist"]["towns"]["largest"] // TOWNS_PER_PAGE) + 1)


rule pairdist_pairs:
    input:
        points=lambda wildcards: pointset(wildcards.dataset)["points"],
    output:
        pairs=PAIRDIST / "{dataset}" / "pairs.parquet",
        regimes=PAIRDIST / "{dataset}" / "regimes.csv",
    log:
        LOGS / "pairdist" / "pairs-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "pairs-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="30m",
    params:
        dataset="{dataset}",
        accuracy=config["pairdist"]["pairs"]["accuracy"],
        seed=config["seed"],
        code=module_digest("movelaws.pairdist.pairs"),
    message:
        "Counting all pairs of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/pairs.py"


rule pairdist_growth:
    input:
        unpack(pairdist_planted),
        points=lambda wildcards: pointset(wildcards.dataset)["points"],
        published=PUBLISHED / "pairdist_town_growth.csv",
    output:
        growth=report(
            PAIRDIST / "{dataset}" / "growth.csv",
            caption="../report/pairdist_growth.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 16", "dataset": "{dataset}"},
        ),
        growth_md=PAIRDIST / "{dataset}" / "growth.md",
        sensitivity=report(
            PAIRDIST / "{dataset}" / "growth_sensitivity.csv",
            caption="../report/pairdist_growth_sensitivity.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Growth by estimator", "dataset": "{dataset}"},
        ),
        sensitivity_md=PAIRDIST / "{dataset}" / "growth_sensitivity.md",
        curves=PAIRDIST / "{dataset}" / "growth_curves.parquet",
    log:
        LOGS / "pairdist" / "growth-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "growth-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="6GB",
        runtime="60m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        settings=config["pairdist"]["growth"],
        settlement=config["pairdist"]["settlement"],
        place=pairdist_place,
        compared=lambda wildcards: pairdist_compared(wildcards.dataset),
        code=module_digest("movelaws.pairdist.growth", "movelaws.pairdist.towns_published"),
    message:
        "Fitting the growth of the pair distribution of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/growth.py"


rule pairdist_towns:
    input:
        points=lambda wildcards: pointset(wildcards.dataset)["points"],
        land=lambda wildcards: pointset(wildcards.dataset)["land"],
        growth=PAIRDIST / "{dataset}" / "growth.csv",
        published=PUBLISHED / "pairdist_town_radii.csv",
    output:
        towns=report(
            PAIRDIST / "{dataset}" / "towns.csv",
            caption="../report/pairdist_towns.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Radii of towns", "dataset": "{dataset}"},
        ),
        towns_md=PAIRDIST / "{dataset}" / "towns.md",
        radii=report(
            PAIRDIST / "{dataset}" / "radii.csv",
            caption="../report/pairdist_town_tail.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 21, tail", "dataset": "{dataset}"},
        ),
        radii_md=PAIRDIST / "{dataset}" / "radii.md",
        curves=PAIRDIST / "{dataset}" / "town_curves.parquet",
        rings=PAIRDIST / "{dataset}" / "rings.csv",
    log:
        LOGS / "pairdist" / "towns-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "towns-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="6GB",
        runtime="60m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        settings=config["pairdist"]["towns"],
        settlement=config["pairdist"]["settlement"],
        place=pairdist_place,
        compared=lambda wildcards: pairdist_compared(wildcards.dataset),
        seed=config["seed"],
        code=module_digest("movelaws.pairdist.towns", "movelaws.pairdist.towns_published"),
    message:
        "Fitting the towns of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/towns.py"


rule pairdist_figure_regimes:
    input:
        regimes=[PAIRDIST / d / "regimes.csv" for d in GROWTH_DATASETS],
        growth=[PAIRDIST / d / "growth.csv" for d in GROWTH_DATASETS],
        published=PUBLISHED / "pairdist_town_growth.csv",
    output:
        svg=report(
            PAIRDIST / "figures" / "regimes.svg",
            caption="../report/pairdist_regimes.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Figs 2a and 11", "dataset": "all"},
        ),
        png=PAIRDIST / "figures" / "regimes.png",
    log:
        LOGS / "pairdist" / "figure_regimes.log",
    benchmark:
        TIMES / "pairdist" / "figure_regimes.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        datasets=GROWTH_DATASETS,
        labels={d: LABELS[d] for d in GROWTH_DATASETS},
        source=source_of(GROWTH_DATASETS),
        synthetic=bool(SYNTHETIC & set(GROWTH_DATASETS)),
        compared=any(pairdist_compared(d) for d in GROWTH_DATASETS),
        code=module_digest("movelaws.plotting.pairdist.regimes"),
    message:
        "Drawing the regimes of the pair distribution"
    script:
        "../../scripts/pairdist/figure_regimes.py"


rule pairdist_figure_growth_towns:
    input:
        growth=rules.pairdist_growth.output.growth,
        curves=rules.pairdist_growth.output.curves,
    output:
        svg=report(
            PAIRDIST / "figures" / "growth_towns_{dataset}.svg",
            caption="../report/pairdist_growth_towns.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Figs 16, 17 and 18", "dataset": "{dataset}"},
        ),
        png=PAIRDIST / "figures" / "growth_towns_{dataset}.png",
    log:
        LOGS / "pairdist" / "figure_growth_towns-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_growth_towns-{dataset}.jsonl"
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
        code=module_digest("movelaws.plotting.pairdist.growth"),
    message:
        "Drawing the growth of the towns of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/figure_growth_towns.py"


rule pairdist_figure_town_density:
    input:
        towns=rules.pairdist_towns.output.towns,
        rings=rules.pairdist_towns.output.rings,
    output:
        svg=report(
            PAIRDIST / "figures" / "town_density_{dataset}.svg",
            caption="../report/pairdist_town_density.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Figs 2b and 2c", "dataset": "{dataset}"},
        ),
        png=PAIRDIST / "figures" / "town_density_{dataset}.png",
    log:
        LOGS / "pairdist" / "figure_town_density-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_town_density-{dataset}.jsonl"
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
        code=module_digest("movelaws.plotting.pairdist.towns"),
    message:
        "Drawing the density of the towns of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/figure_town_density.py"


rule pairdist_figure_town_pairs:
    input:
        towns=rules.pairdist_towns.output.towns,
        curves=rules.pairdist_towns.output.curves,
    output:
        svg=report(
            [PAIRDIST / "figures" / f"town_pairs_{{dataset}}_{page}.svg" for page in TOWN_PAGES],
            caption="../report/pairdist_town_pairs.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Figs 19 and 20", "dataset": "{dataset}"},
        ),
        png=[PAIRDIST / "figures" / f"town_pairs_{{dataset}}_{page}.png" for page in TOWN_PAGES],
    log:
        LOGS / "pairdist" / "figure_town_pairs-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_town_pairs-{dataset}.jsonl"
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
        code=module_digest("movelaws.plotting.pairdist.towns"),
    message:
        "Drawing the pair distributions of the towns of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/figure_town_pairs.py"


rule pairdist_figure_town_radii:
    input:
        towns=rules.pairdist_towns.output.towns,
        curves=rules.pairdist_towns.output.curves,
        radii=rules.pairdist_towns.output.radii,
        published=PUBLISHED / "pairdist_town_radii.csv",
    output:
        svg=report(
            PAIRDIST / "figures" / "town_radii_{dataset}.svg",
            caption="../report/pairdist_town_radii.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 21", "dataset": "{dataset}"},
        ),
        png=PAIRDIST / "figures" / "town_radii_{dataset}.png",
    log:
        LOGS / "pairdist" / "figure_town_radii-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_town_radii-{dataset}.jsonl"
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
        compared=lambda wildcards: pairdist_compared(wildcards.dataset),
        code=module_digest("movelaws.plotting.pairdist.towns_radii"),
    message:
        "Drawing the radii of the towns of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/figure_town_radii.py"


PAIRDIST_OUTPUTS += expand(rules.pairdist_pairs.output.pairs, dataset=PAIRDIST_DATASETS)
if GROWTH_DATASETS:
    PAIRDIST_OUTPUTS += [rules.pairdist_figure_regimes.output.svg]
PAIRDIST_OUTPUTS += expand(
    [rules.pairdist_growth.output.growth, rules.pairdist_figure_growth_towns.output.svg],
    dataset=GROWTH_DATASETS,
)
PAIRDIST_OUTPUTS += expand(
    [
        rules.pairdist_towns.output.towns,
        rules.pairdist_figure_town_density.output.svg,
        *rules.pairdist_figure_town_pairs.output.svg,
        rules.pairdist_figure_town_radii.output.svg,
    ],
    dataset=TOWN_DATASETS,
)
