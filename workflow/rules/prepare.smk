# Raw files to canonical tables. After this no rule knows where a dataset came from.
# Takes:  resources/raw/<dataset>/<version>/<file>, or nothing for a synthetic world
# Makes:  results/<run>/raw/<dataset>/<file>                  raw files of synthetic worlds
#         results/<run>/od/<dataset>/{zones,flows,places}.parquet, notes.json
#         results/<run>/points/<dataset>/{points,moves,land}.parquet, notes.json
#         results/<run>/bins/<dataset>/{bins,cities,towns}.csv, notes.json


from movelaws.synthetic.flows import PLAYED
from movelaws.synthetic.inequality_law import UNEQUAL

for name, entry in DATASETS.items():
    if entry["source"] == "synthetic":

        rule:
            name:
                f"synthesise_{name}"
            output:
                **{
                    role: RUN / "raw" / name / file
                    for role, file in synthetic.files_of(
                        entry["world"]["name"], entry["world"].get("options", {})
                    ).items()
                },
                truth=RUN / "raw" / name / "truth.json",
            log:
                LOGS / "prepare" / f"synthesise-{name}.log",
            benchmark:
                TIMES / "prepare" / f"synthesise-{name}.jsonl"
            conda:
                "../../envs/environment.yaml"
            threads: 1
            resources:
                mem="1GB",
                runtime="5m",
            params:
                world=entry["world"]["name"],
                options=entry["world"].get("options", {}),
                seed=config["seed"],
                code=module_digest(
                    f"movelaws.synthetic.{entry['world']['name']}",
                    *([PLAYED] if (planted_law(name) or {}).get("model") == "DCG" else []),
                    *([UNEQUAL] if plants_inequality(name) else []),
                ),
            message:
                f"Writing the raw files of the synthetic world behind {name}"
            script:
                "../../scripts/prepare/synthesise.py"


rule prepare_od:
    input:
        unpack(raw_inputs),
    output:
        zones=RUN / "od" / "{dataset}" / "zones.parquet",
        flows=RUN / "od" / "{dataset}" / "flows.parquet",
        places=RUN / "od" / "{dataset}" / "places.parquet",
        notes=RUN / "od" / "{dataset}" / "notes.json",
    log:
        LOGS / "prepare" / "od-{dataset}.log",
    benchmark:
        TIMES / "prepare" / "od-{dataset}.jsonl"
    wildcard_constraints:
        dataset="|".join(OD) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="10m",
    params:
        adapter=lambda wildcards: OD[wildcards.dataset]["adapter"],
        options=lambda wildcards: OD[wildcards.dataset].get("options", {}),
        contents=raw_contents,
        code=lambda wildcards: module_digest(
            f"movelaws.adapters.{OD[wildcards.dataset]['adapter']}"
        ),
    message:
        "Reading {wildcards.dataset} into canonical zones, flows and places"
    script:
        "../../scripts/prepare/od.py"


rule od:
    input:
        [RUN / "od" / name / "notes.json" for name in OD],
    message:
        "Every origin-destination dataset of the config is in canonical form"


rule prepare_points:
    input:
        unpack(raw_inputs),
    output:
        points=RUN / "points" / "{dataset}" / "points.parquet",
        moves=RUN / "points" / "{dataset}" / "moves.parquet",
        land=RUN / "points" / "{dataset}" / "land.parquet",
        notes=RUN / "points" / "{dataset}" / "notes.json",
    log:
        LOGS / "prepare" / "points-{dataset}.log",
    benchmark:
        TIMES / "prepare" / "points-{dataset}.jsonl"
    wildcard_constraints:
        dataset="|".join(POINTS) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="4GB",
        runtime="30m",
    params:
        adapter=lambda wildcards: POINTS[wildcards.dataset]["adapter"],
        options=lambda wildcards: POINTS[wildcards.dataset].get("options", {}),
        contents=raw_contents,
        code=lambda wildcards: module_digest(
            f"movelaws.pointsets.adapters.{POINTS[wildcards.dataset]['adapter']}"
        ),
    message:
        "Reading {wildcards.dataset} into canonical places, moves and land"
    script:
        "../../scripts/prepare/points.py"


rule prepare_bins:
    input:
        unpack(raw_inputs),
    output:
        bins=RUN / "bins" / "{dataset}" / "bins.csv",
        cities=RUN / "bins" / "{dataset}" / "cities.csv",
        towns=RUN / "bins" / "{dataset}" / "towns.csv",
        notes=RUN / "bins" / "{dataset}" / "notes.json",
    log:
        LOGS / "prepare" / "bins-{dataset}.log",
    benchmark:
        TIMES / "prepare" / "bins-{dataset}.jsonl"
    wildcard_constraints:
        dataset="|".join(BINS) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        adapter=lambda wildcards: BINS[wildcards.dataset]["adapter"],
        options=lambda wildcards: BINS[wildcards.dataset].get("options", {}),
        contents=raw_contents,
        code=lambda wildcards: module_digest(
            f"movelaws.pointsets.adapters.{BINS[wildcards.dataset]['adapter']}"
        ),
    message:
        "Reading the published bins of {wildcards.dataset}"
    script:
        "../../scripts/prepare/bins.py"


rule points:
    input:
        [pointset(name)["notes"] for name in POINTS],
        [bins_tables(name)["notes"] for name in BINS],
    message:
        "Every point set and every table of bins of the config is in canonical form"
