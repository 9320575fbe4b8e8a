# Places as matter: houses as particles, cities of patches, positions of towns.
# Takes:  results/<run>/points/<dataset>/{points,land}.parquet
# Makes:  results/<run>/pairdist/matter.{csv,md}                short-range order (Fig. 2d, claim P7)
#         results/<run>/pairdist/nucleus.{csv,md}               when a city freezes (Fig. 14)
#         results/<run>/pairdist/matter/*                       curves, energies, configurations
#         results/<run>/pairdist/patches.{csv,md}               growth of p(r) (claim P8)
#         results/<run>/pairdist/patches/*                      curves, layers, areas, a city
#         results/<run>/pairdist/<dataset>/positions*.{csv,md}  where towns lie (claim P9)
#         results/<run>/pairdist/figures/*.{svg,png}            Figs 2d-f, 12 to 15, 22 to 25

MATTER = PAIRDIST / "matter"
PATCHES = PAIRDIST / "patches"
MATTER_DATASETS = pairdist_some("matter")
POSITIONS_DATASETS = pairdist_some("positions")
MATTER_FIGURES = {
    "correlation": "Fig. 2d",
    "doors": "Fig. 15",
    "energies": "Fig. 12",
    "configurations": "Fig. 13",
    "nucleus": "Fig. 14",
}
PATCHES_FIGURES = {"nested": "Figs 2f, 24 and 25", "independent": "Fig. 23"}
POSITIONS_FIGURES = {"positions": "Fig. 2e", "weighted": "Fig. 22"}


rule pairdist_matter:
    input:
        points=[pointset(d)["points"] for d in MATTER_DATASETS],
        truths=pairdist_truths(MATTER_DATASETS),
    output:
        orders=report(
            PAIRDIST / "matter.csv",
            caption="../report/pairdist_matter.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 2d", "dataset": "all"},
        ),
        orders_md=PAIRDIST / "matter.md",
        nucleus=PAIRDIST / "nucleus.csv",
        nucleus_md=PAIRDIST / "nucleus.md",
        curves=MATTER / "curves.csv",
        energies=MATTER / "energies.csv",
        profiles=MATTER / "profiles.csv",
        configurations=MATTER / "configurations.parquet",
    log:
        LOGS / "pairdist" / "matter.log",
    benchmark:
        TIMES / "pairdist" / "matter.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="4GB",
        runtime="60m",
    params:
        datasets=MATTER_DATASETS,
        matter={k: v for k, v in config["pairdist"]["matter"].items() if k != "datasets"},
        density=config["pairdist"]["settlement"]["density"],
        source=source_of(MATTER_DATASETS),
        synthetic=bool(SYNTHETIC & set(MATTER_DATASETS)),
        seed=config["seed"],
        code=module_digest(
            "movelaws.pairdist.matter", "movelaws.pairdist.matter_places", "movelaws.tables"
        ),
    message:
        "Simulating houses as particles"
    script:
        "../../scripts/pairdist/matter.py"


rule pairdist_patches:
    output:
        growth=report(
            PAIRDIST / "patches.csv",
            caption="../report/pairdist_patches.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 2f", "dataset": "all"},
        ),
        growth_md=PAIRDIST / "patches.md",
        areas=PATCHES / "areas.csv",
        curves=PATCHES / "curves.csv",
        layers=PATCHES / "layers.csv",
        city=PATCHES / "city.parquet",
    log:
        LOGS / "pairdist" / "patches.log",
    benchmark:
        TIMES / "pairdist" / "patches.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="60m",
    params:
        patches=config["pairdist"]["patches"],
        seed=config["seed"],
        code=module_digest("movelaws.pairdist.patches", "movelaws.tables"),
    message:
        "Growing cities of patches"
    script:
        "../../scripts/pairdist/patches.py"


rule pairdist_positions:
    input:
        **pointset("{dataset}"),
        truths=lambda wildcards: pairdist_truths([wildcards.dataset]),
    output:
        summary=report(
            PAIRDIST / "{dataset}" / "positions.csv",
            caption="../report/pairdist_positions_table.rst",
            category="Paper 3: pair distribution",
            labels={"result": "Fig. 2e", "dataset": "{dataset}"},
        ),
        summary_md=PAIRDIST / "{dataset}" / "positions.md",
        curves=PAIRDIST / "{dataset}" / "positions_curves.csv",
        towns=PAIRDIST / "{dataset}" / "positions_towns.csv",
    log:
        LOGS / "pairdist" / "positions-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "positions-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="60m",
    params:
        dataset="{dataset}",
        positions={k: v for k, v in config["pairdist"]["positions"].items() if k != "datasets"},
        density=config["pairdist"]["settlement"]["density"],
        label=lambda wildcards: LABELS[wildcards.dataset],
        source=lambda wildcards: source_of([wildcards.dataset]),
        synthetic=lambda wildcards: wildcards.dataset in SYNTHETIC,
        seed=config["seed"],
        code=module_digest(
            "movelaws.pairdist.positions",
            "movelaws.pairdist.matter_places",
            "movelaws.pointsets.frames",
            "movelaws.tables",
        ),
    message:
        "Setting the towns of {wildcards.dataset} beside random ones"
    script:
        "../../scripts/pairdist/positions.py"


rule pairdist_figure_matter:
    input:
        curves=rules.pairdist_matter.output.curves,
        energies=rules.pairdist_matter.output.energies,
        configurations=rules.pairdist_matter.output.configurations,
        profiles=rules.pairdist_matter.output.profiles,
        nucleus=rules.pairdist_matter.output.nucleus,
    output:
        **matter_drawn(MATTER_FIGURES, "matter_{name}.x"),
    log:
        LOGS / "pairdist" / "figure_matter.log",
    benchmark:
        TIMES / "pairdist" / "figure_matter.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels={d: LABELS[d] for d in MATTER_DATASETS},
        source=source_of(MATTER_DATASETS),
        synthetic=bool(SYNTHETIC & set(MATTER_DATASETS)),
        code=module_digest(
            *(
                f"movelaws.plotting.pairdist.{name}"
                for name in ("matter", "matter_nucleus", "doors", "energy", "configurations")
            )
        ),
    message:
        "Drawing houses as particles"
    script:
        "../../scripts/pairdist/figure_matter.py"


rule pairdist_figure_patches:
    input:
        growth=rules.pairdist_patches.output.growth,
        curves=rules.pairdist_patches.output.curves,
        layers=rules.pairdist_patches.output.layers,
        areas=rules.pairdist_patches.output.areas,
        city=rules.pairdist_patches.output.city,
    output:
        **matter_drawn(PATCHES_FIGURES, "patches_{name}.x"),
    log:
        LOGS / "pairdist" / "figure_patches.log",
    benchmark:
        TIMES / "pairdist" / "figure_patches.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        code=module_digest(
            "movelaws.plotting.pairdist.patches", "movelaws.plotting.pairdist.patches_independent"
        ),
    message:
        "Drawing cities of patches"
    script:
        "../../scripts/pairdist/figure_patches.py"


rule pairdist_figure_positions:
    input:
        curves=rules.pairdist_positions.output.curves,
        summary=rules.pairdist_positions.output.summary,
        towns=rules.pairdist_positions.output.towns,
        land=pointset("{dataset}")["land"],
    output:
        **matter_drawn(POSITIONS_FIGURES, "{name}_{{dataset}}.x", "{dataset}"),
    log:
        LOGS / "pairdist" / "figure_positions-{dataset}.log",
    benchmark:
        TIMES / "pairdist" / "figure_positions-{dataset}.jsonl"
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
        code=module_digest("movelaws.plotting.pairdist.positions"),
    message:
        "Drawing where the towns of {wildcards.dataset} lie"
    script:
        "../../scripts/pairdist/figure_positions.py"


PAIRDIST_OUTPUTS += [
    *(PAIRDIST / f"{name}.csv" for name in ("matter", "nucleus", "patches")),
    *(PAIRDIST / "figures" / f"matter_{name}.svg" for name in MATTER_FIGURES),
    *(PAIRDIST / "figures" / f"patches_{name}.svg" for name in PATCHES_FIGURES),
    *(PAIRDIST / d / "positions.csv" for d in POSITIONS_DATASETS),
    *(
        PAIRDIST / "figures" / f"{name}_{d}.svg"
        for d in POSITIONS_DATASETS
        for name in POSITIONS_FIGURES
    ),
]
