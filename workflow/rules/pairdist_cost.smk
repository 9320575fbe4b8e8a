# Moves and the intrinsic cost of distance: f(r) = p(r) pi(r), whole and by town, and what each
# estimator makes of moves whose cost is known.
# Takes:  results/<run>/points/<dataset>/{points,moves,land}.parquet
# Makes:  results/<run>/pairdist/<dataset>/cost.csv             Figs 3a, 3b, 4
#         results/<run>/pairdist/<dataset>/fits.csv             Tables 1 and 2
#         results/<run>/pairdist/<dataset>/town_fits.csv        Figs 3f-3i, 33-35
#         results/<run>/pairdist/<dataset>/town_curves.csv      Figs 26, 28-32
#         results/<run>/pairdist/<dataset>/estimators.csv, estimator_draws.csv
#         results/<run>/pairdist/figures/{cost_*,cost_towns_*,cost_island,cost_town_ratios,estimators}

from movelaws.plotting.pairdist.cost import PER_PAGE as COST_PER_PAGE
from movelaws.plotting.pairdist.cost_towns import PER_PAGE as COST_TOWNS_PER_PAGE

COST_DATASETS = pairdist_some("cost")
COST_TOWNS = pairdist_one("town_cost")
COST_ESTIMATORS = pairdist_one("estimators")
COST_PAGES = range(1, -(-len(COST_DATASETS) // COST_PER_PAGE) + 1)
# One town more than asked for may come from an island.
COST_TOWNS_MOST = config["pairdist"]["town_cost"]["most_towns"] + 1
COST_TOWNS_PAGES = range(1, -(-COST_TOWNS_MOST // COST_TOWNS_PER_PAGE) + 1)
# The paper's mean and standard deviation over the Danish towns (claim P3).
COST_TOWNS_PUBLISHED = {"inside": (0.60, 0.20), "outside": (2.02, 0.22)}


rule pairdist_cost:
    input:
        unpack(lambda wildcards: pointset(wildcards.dataset)),
        unpack(pairdist_planted),
        published=PUBLISHED / "pairdist_table1_powerlaw.csv",
    output:
        cost=PAIRDIST / "{dataset}" / "cost.csv",
        fits=report(
            PAIRDIST / "{dataset}" / "fits.csv",
            caption="../report/pairdist_cost_fits.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Tables 1 and 2", "dataset": "{dataset}"},
        ),
    log:
        LOGS / "pairdist" / "cost-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "cost-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="60m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        low=pairdist_cost_setting("low"),
        per_decade=config["pairdist"]["cost"]["per_decade"],
        level=config["pairdist"]["cost"]["level"],
        replicates=config["pairdist"]["cost"]["replicates"],
        draws=config["pairdist"]["cost"]["draws"],
        joint_pairs=config["pairdist"]["cost"]["joint_pairs"],
        published=lambda wildcards: (
            config["pairdist"]["cost"]["published"].get(wildcards.dataset, "")
            if DATASETS[wildcards.dataset]["source"] == "published"
            else ""
        ),
        seed=config["seed"],
        code=module_digest("movelaws.pairdist.cost_fits", "movelaws.pointsets.frames"),
    message:
        "Dividing the moves of {wildcards.dataset} by its pairs of places"
    script:
        "../../scripts/pairdist/cost.py"


if COST_DATASETS:

    rule pairdist_figure_cost:
        input:
            cost=[PAIRDIST / d / "cost.csv" for d in COST_DATASETS],
            fits=[PAIRDIST / d / "fits.csv" for d in COST_DATASETS],
        output:
            svg=report(
                [PAIRDIST / "figures" / f"cost_{page}.svg" for page in COST_PAGES],
                caption="../report/pairdist_cost.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Figs 3a, 3b, 4", "dataset": "all"},
            ),
            png=[PAIRDIST / "figures" / f"cost_{page}.png" for page in COST_PAGES],
        log:
            LOGS / "pairdist" / "figure_cost.log",
        benchmark:
            TIMES / "pairdist" / "figure_cost.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels={d: LABELS[d] for d in COST_DATASETS},
            units={d: unit_of([d]) for d in COST_DATASETS},
            unit=unit_of(COST_DATASETS),
            level=config["pairdist"]["cost"]["level"],
            source=source_of(COST_DATASETS),
            synthetic=bool(SYNTHETIC & set(COST_DATASETS)),
            code=module_digest("movelaws.plotting.pairdist.cost"),
        message:
            "Drawing the intrinsic cost of distance"
        script:
            "../../scripts/pairdist/figure_cost.py"


rule pairdist_town_cost:
    input:
        unpack(lambda wildcards: pointset(wildcards.dataset)),
        unpack(pairdist_planted),
    output:
        fits=report(
            PAIRDIST / "{dataset}" / "town_fits.csv",
            caption="../report/pairdist_cost_town_fits.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Piecewise laws", "dataset": "{dataset}"},
        ),
        curves=PAIRDIST / "{dataset}" / "town_curves.csv",
    log:
        LOGS / "pairdist" / "town_cost-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "town_cost-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="4h",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        unit=lambda wildcards: unit_of([wildcards.dataset]),
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        settings={
            "low": config["pairdist"]["town_cost"]["low_m"],
            "per_decade": config["pairdist"]["town_cost"]["per_decade"],
            "fewest_moves": config["pairdist"]["town_cost"]["fewest_moves"],
            "most_towns": config["pairdist"]["town_cost"]["most_towns"],
            "draws": config["pairdist"]["town_cost"]["draws"],
            "level": config["pairdist"]["town_cost"]["level"],
            "seed": config["seed"],
        },
        code=module_digest("movelaws.pairdist.town_cost", "movelaws.pointsets.frames"),
    message:
        "Fitting two power laws to the moves of each town of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/town_cost.py"


for dataset in COST_TOWNS:

    rule pairdist_figure_cost_towns:
        input:
            fits=PAIRDIST / dataset / "town_fits.csv",
            curves=PAIRDIST / dataset / "town_curves.csv",
        output:
            svg=report(
                [PAIRDIST / "figures" / f"cost_towns_{page}.svg" for page in COST_TOWNS_PAGES],
                caption="../report/pairdist_cost_towns.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Figs 3f, 3g, 28-32", "dataset": dataset},
            ),
            png=[PAIRDIST / "figures" / f"cost_towns_{page}.png" for page in COST_TOWNS_PAGES],
            island=report(
                PAIRDIST / "figures" / "cost_island.svg",
                caption="../report/pairdist_cost_island.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Fig. 26", "dataset": dataset},
            ),
            island_png=PAIRDIST / "figures" / "cost_island.png",
            ratios=report(
                PAIRDIST / "figures" / "cost_town_ratios.svg",
                caption="../report/pairdist_cost_town_ratios.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Figs 3h, 3i, 33-35", "dataset": dataset},
            ),
            ratios_png=PAIRDIST / "figures" / "cost_town_ratios.png",
        log:
            LOGS / "pairdist" / "figure_cost_towns.log",
        benchmark:
            TIMES / "pairdist" / "figure_cost_towns.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            dataset=dataset,
            label=LABELS[dataset],
            unit=unit_of([dataset]),
            level=config["pairdist"]["town_cost"]["level"],
            published=COST_TOWNS_PUBLISHED if source_of([dataset]) == "published" else {},
            source=source_of([dataset]),
            synthetic=dataset in SYNTHETIC,
            code=module_digest("movelaws.plotting.pairdist.cost_towns_tests"),
        message:
            "Drawing the cost of distance of single towns"
        script:
            "../../scripts/pairdist/figure_cost_towns.py"


rule pairdist_estimators:
    input:
        unpack(lambda wildcards: pointset(wildcards.dataset)),
    output:
        summary=report(
            PAIRDIST / "{dataset}" / "estimators.csv",
            caption="../report/pairdist_estimators.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Estimators", "dataset": "{dataset}"},
        ),
        draws=PAIRDIST / "{dataset}" / "estimator_draws.csv",
    log:
        LOGS / "pairdist" / "estimators-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "estimators-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="2h",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        settings={
            name.removesuffix("_m"): value
            for name, value in config["pairdist"]["estimators"].items()
            if name != "dataset"
        }
        | {"seed": config["seed"]},
        code=module_digest("movelaws.pairdist.estimators", "movelaws.pointsets.frames"),
    message:
        "Trying each estimator on moves whose cost is known"
    script:
        "../../scripts/pairdist/estimators.py"


for dataset in COST_ESTIMATORS:

    rule pairdist_figure_estimators:
        input:
            summary=PAIRDIST / dataset / "estimators.csv",
        output:
            svg=report(
                PAIRDIST / "figures" / "estimators.svg",
                caption="../report/pairdist_estimators.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Estimators", "dataset": dataset},
            ),
            png=PAIRDIST / "figures" / "estimators.png",
        log:
            LOGS / "pairdist" / "figure_estimators.log",
        benchmark:
            TIMES / "pairdist" / "figure_estimators.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            dataset=dataset,
            label=LABELS[dataset],
            moves=config["pairdist"]["estimators"]["moves"],
            level=config["pairdist"]["estimators"]["level"],
            source=source_of([dataset]),
            synthetic=dataset in SYNTHETIC,
            code=module_digest("movelaws.plotting.pairdist.estimators"),
        message:
            "Drawing the estimators"
        script:
            "../../scripts/pairdist/figure_estimators.py"


PAIRDIST_OUTPUTS += [
    *(PAIRDIST / d / f"{name}.csv" for d in COST_DATASETS for name in ("cost", "fits")),
    *(PAIRDIST / d / f"town_{name}.csv" for d in COST_TOWNS for name in ("fits", "curves")),
    *(PAIRDIST / d / "estimators.csv" for d in COST_ESTIMATORS),
]
if COST_DATASETS:
    PAIRDIST_OUTPUTS += rules.pairdist_figure_cost.output
if COST_TOWNS:
    PAIRDIST_OUTPUTS += rules.pairdist_figure_cost_towns.output
if COST_ESTIMATORS:
    PAIRDIST_OUTPUTS += rules.pairdist_figure_estimators.output
