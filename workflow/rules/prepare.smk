# Raw files to canonical tables. After this no rule knows where a dataset came from.
# Takes:  resources/raw/<dataset>/<version>/<file>, or nothing for a synthetic world
# Makes:  results/<run>/raw/<dataset>/<file>                  raw files of synthetic worlds
#         results/<run>/od/<dataset>/{zones,flows,places}.parquet, notes.json


for name, entry in OD.items():
    if entry["source"] == "synthetic":

        rule:
            name:
                f"synthesise_{name}"
            message:
                f"Writing the raw files of the synthetic world behind {name}"
            output:
                truth=RUN / "raw" / name / "truth.json",
                **{
                    role: RUN / "raw" / name / file
                    for role, file in synthetic.load(entry["world"]["name"]).FILES.items()
                },
            log:
                LOGS / "prepare" / f"synthesise-{name}.log",
            benchmark:
                TIMES / "prepare" / f"synthesise-{name}.jsonl"
            threads: 1
            resources:
                mem="1GB",
                runtime="5m",
            params:
                world=entry["world"]["name"],
                options=entry["world"].get("options", {}),
                seed=config["seed"],
                code=module_digest(f"movelaws.synthetic.{entry['world']['name']}"),
            conda:
                "../../envs/environment.yaml"
            script:
                "../../scripts/prepare/synthesise.py"


def raw_files(wildcards):
    """Raw files of a dataset by role, wherever they come from."""
    entry = OD[wildcards.dataset]
    world = entry["source"] == "synthetic" and synthetic.load(entry["world"]["name"])
    return runs.raw_files(
        wildcards.dataset,
        entry,
        RAW,
        RUN / "raw" / wildcards.dataset,
        world.FILES if world else {},
    )


rule prepare_od:
    message:
        "Reading {wildcards.dataset} into canonical zones, flows and places"
    input:
        unpack(raw_files),
    output:
        zones=RUN / "od" / "{dataset}" / "zones.parquet",
        flows=RUN / "od" / "{dataset}" / "flows.parquet",
        places=RUN / "od" / "{dataset}" / "places.parquet",
        notes=RUN / "od" / "{dataset}" / "notes.json",
    log:
        LOGS / "prepare" / "od-{dataset}.log",
    benchmark:
        TIMES / "prepare" / "od-{dataset}.jsonl"
    threads: 1
    resources:
        mem="2GB",
        runtime="10m",
    wildcard_constraints:
        dataset="|".join(OD) or "none",
    params:
        adapter=lambda wildcards: OD[wildcards.dataset]["adapter"],
        options=lambda wildcards: OD[wildcards.dataset].get("options", {}),
        code=lambda wildcards: module_digest(
            f"movelaws.adapters.{OD[wildcards.dataset]['adapter']}"
        ),
    conda:
        "../../envs/environment.yaml"
    script:
        "../../scripts/prepare/od.py"
