# Geographies of paper 3: one cost through three of them, toy shapes, gravity against radiation.
# Takes:  results/<run>/points/<dataset>/{points,moves,land}.parquet
# Makes:  results/<run>/pairdist/<dataset>/geographies*.{csv,md,parquet}   Fig. 1e-i, claim P10
#         results/<run>/pairdist/<dataset>/models*.{csv,md}                Fig. 7, claim P13
#         results/<run>/pairdist/shapes/*.{csv,md}                         Figs 1a-d, 8, 9
#         results/<run>/pairdist/figures/{circles,shapes}.{svg,png}
#         results/<run>/pairdist/figures/<dataset>_{geographies,models,places}.{svg,png}

GEOGRAPHIES_DATASETS = pairdist_some("geographies")
MODELS_DATASETS = pairdist_some("models")
MAPS_DATASETS = pairdist_some("places_map")
SHAPES_DATASETS = pairdist_one("shapes")


rule pairdist_geographies:
    input:
        **pointset("{dataset}"),
    output:
        table=report(
            PAIRDIST / "{dataset}" / "geographies.csv",
            caption="../report/pairdist_geographies.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 1i", "dataset": "{dataset}"},
        ),
        table_md=PAIRDIST / "{dataset}" / "geographies.md",
        curves=PAIRDIST / "{dataset}" / "geographies_curves.parquet",
        bands=PAIRDIST / "{dataset}" / "geographies_bands.csv",
        maps=PAIRDIST / "{dataset}" / "geographies_maps.parquet",
        summary=PAIRDIST / "{dataset}" / "geographies_summary.csv",
    log:
        LOGS / "pairdist" / "geographies-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "geographies-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="6GB",
        runtime="4h",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        settings=lambda wildcards: geographies_settings("geographies", wildcards.dataset),
        seed=config["seed"],
        code=module_digest("movelaws.pairdist.geographies", "movelaws.tables"),
    message:
        "Moving through three geographies of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/geographies.py"


rule pairdist_figure_geographies:
    input:
        curves=rules.pairdist_geographies.output.curves,
        exponents=rules.pairdist_geographies.output.table,
        maps=rules.pairdist_geographies.output.maps,
        summary=rules.pairdist_geographies.output.summary,
        land=pointset("{dataset}")["land"],
    output:
        svg=report(
            PAIRDIST / "figures" / "{dataset}_geographies.svg",
            caption="../report/pairdist_geographies_figure.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 1e-i", "dataset": "{dataset}"},
        ),
        png=PAIRDIST / "figures" / "{dataset}_geographies.png",
    log:
        LOGS / "pairdist" / "figure_geographies-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_geographies-{dataset}.jsonl"
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
        code=module_digest("movelaws.plotting.pairdist.geographies"),
    message:
        "Drawing the geographies of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/figure_geographies.py"


rule pairdist_models:
    input:
        unpack(pairdist_planted),
        **pointset("{dataset}"),
    output:
        table=report(
            PAIRDIST / "{dataset}" / "models.csv",
            caption="../report/pairdist_models.rst",
            category="Paper 3: pair distribution",
            labels={"result": "SI 8.1", "dataset": "{dataset}"},
        ),
        table_md=PAIRDIST / "{dataset}" / "models.md",
        curves=PAIRDIST / "{dataset}" / "models_curves.csv",
    log:
        LOGS / "pairdist" / "models-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "models-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="60m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        settings=lambda wildcards: geographies_settings("models", wildcards.dataset),
        seed=config["seed"],
        code=module_digest("movelaws.pairdist.models", "movelaws.tables"),
    message:
        "Gravity against radiation on {wildcards.dataset}"
    script:
        "../../scripts/pairdist/models.py"


rule pairdist_figure_models:
    input:
        curves=rules.pairdist_models.output.curves,
        numbers=rules.pairdist_models.output.table,
    output:
        svg=report(
            PAIRDIST / "figures" / "{dataset}_models.svg",
            caption="../report/pairdist_models_figure.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 7", "dataset": "{dataset}"},
        ),
        png=PAIRDIST / "figures" / "{dataset}_models.png",
    log:
        LOGS / "pairdist" / "figure_models-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_models-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        dataset="{dataset}",
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        code=module_digest("movelaws.plotting.pairdist.models"),
    message:
        "Drawing the models of {wildcards.dataset}"
    script:
        "../../scripts/pairdist/figure_models.py"


if SHAPES_DATASETS:

    rule pairdist_shapes:
        input:
            **pointset(SHAPES_DATASETS[0]),
        output:
            table=report(
                PAIRDIST / "shapes" / "checks.csv",
                caption="../report/pairdist_shapes.rst",
                category="Paper 3: pair distribution",
                labels={"result": "SI 6.1", "dataset": "all"},
            ),
            table_md=PAIRDIST / "shapes" / "checks.md",
            places=PAIRDIST / "shapes" / "places.csv",
            pairs=PAIRDIST / "shapes" / "pairs.csv",
            ring=PAIRDIST / "shapes" / "ring.csv",
            circles_places=PAIRDIST / "shapes" / "circles_places.csv",
            circles_seen=PAIRDIST / "shapes" / "circles_seen.csv",
            circles_moves=PAIRDIST / "shapes" / "circles_moves.csv",
        log:
            LOGS / "pairdist" / "shapes.log",
        benchmark:
            TIMES / "pairdist" / "shapes.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="1GB",
            runtime="10m",
        params:
            dataset=SHAPES_DATASETS[0],
            source=source_of(SHAPES_DATASETS),
            synthetic=bool(SYNTHETIC & set(SHAPES_DATASETS)),
            settings=geographies_part("shapes"),
            seed=config["seed"],
            code=module_digest("movelaws.pairdist.shapes", "movelaws.tables"),
        message:
            "Drawing toy geographies"
        script:
            "../../scripts/pairdist/shapes.py"

    rule pairdist_figure_shapes:
        input:
            places=rules.pairdist_shapes.output.places,
            pairs=rules.pairdist_shapes.output.pairs,
            ring=rules.pairdist_shapes.output.ring,
            circles_places=rules.pairdist_shapes.output.circles_places,
            circles_seen=rules.pairdist_shapes.output.circles_seen,
            circles_moves=rules.pairdist_shapes.output.circles_moves,
        output:
            circles=report(
                PAIRDIST / "figures" / "circles.svg",
                caption="../report/pairdist_circles.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Fig. 1a-d", "dataset": "all"},
            ),
            circles_png=PAIRDIST / "figures" / "circles.png",
            shapes=report(
                PAIRDIST / "figures" / "shapes.svg",
                caption="../report/pairdist_shapes_figure.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Figs 8, 9", "dataset": "all"},
            ),
            shapes_png=PAIRDIST / "figures" / "shapes.png",
        log:
            LOGS / "pairdist" / "figure_shapes.log",
        benchmark:
            TIMES / "pairdist" / "figure_shapes.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="1GB",
            runtime="5m",
        params:
            source=source_of(SHAPES_DATASETS),
            synthetic=bool(SYNTHETIC & set(SHAPES_DATASETS)),
            code=module_digest(
                "movelaws.plotting.pairdist.circles", "movelaws.plotting.pairdist.shapes"
            ),
        message:
            "Drawing circles, shapes and the ring"
        script:
            "../../scripts/pairdist/figure_shapes.py"


if MAPS_DATASETS:

    rule pairdist_figure_places_map:
        input:
            points=[pointset(d)["points"] for d in MAPS_DATASETS],
            land=[pointset(d)["land"] for d in MAPS_DATASETS],
        output:
            svg=report(
                [PAIRDIST / "figures" / f"{d}_places.svg" for d in MAPS_DATASETS],
                caption="../report/pairdist_places_map.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Fig. 10", "dataset": "all"},
            ),
            png=[PAIRDIST / "figures" / f"{d}_places.png" for d in MAPS_DATASETS],
        log:
            LOGS / "pairdist" / "figure_places_map.log",
        benchmark:
            TIMES / "pairdist" / "figure_places_map.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="4GB",
            runtime="10m",
        params:
            datasets=MAPS_DATASETS,
            labels={d: LABELS[d] for d in MAPS_DATASETS},
            cells=config["pairdist"]["places_map"]["cells"],
            source=source_of(MAPS_DATASETS),
            synthetic=sorted(SYNTHETIC & set(MAPS_DATASETS)),
            code=module_digest(
                "movelaws.pairdist.geographies_places", "movelaws.plotting.pairdist.places_map"
            ),
        message:
            "Mapping the places"
        script:
            "../../scripts/pairdist/figure_places_map.py"


PAIRDIST_OUTPUTS += [
    *(PAIRDIST / d / f"geographies.{end}" for d in GEOGRAPHIES_DATASETS for end in ("csv", "md")),
    *(PAIRDIST / "figures" / f"{d}_geographies.svg" for d in GEOGRAPHIES_DATASETS),
    *(PAIRDIST / d / f"models.{end}" for d in MODELS_DATASETS for end in ("csv", "md")),
    *(PAIRDIST / "figures" / f"{d}_models.svg" for d in MODELS_DATASETS),
    *(PAIRDIST / "figures" / f"{d}_places.svg" for d in MAPS_DATASETS),
]
if SHAPES_DATASETS:
    PAIRDIST_OUTPUTS += [
        PAIRDIST / "shapes" / "checks.md",
        *(PAIRDIST / "figures" / f"{name}.svg" for name in ("circles", "shapes")),
    ]
