# Raw files to canonical tables. After this no rule knows where a dataset came from.
# Takes:  resources/raw/<dataset>/<version>/<file>, or nothing for a synthetic world
# Makes:  results/<run>/raw/<dataset>/<file>                  raw files of synthetic worlds
#         results/<run>/od/<dataset>/{zones,flows,places}.parquet, notes.json


from movelaws.synthetic.flows import PLAYED
from movelaws.synthetic.inequality_law import UNEQUAL

for name, entry in OD.items():
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
                    *([PLAYED] if planted_law(name)["model"] == "DCG" else []),
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
