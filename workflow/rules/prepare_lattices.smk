# Raw files to canonical lattices: populations of cells in time.
# Takes:  resources/raw/<dataset>/<version>/<file> or results/<run>/raw/<dataset>/<file>
# Makes:  results/<run>/lattices/<dataset>/{lattice.nc,notes.json}


rule prepare_lattice:
    input:
        unpack(raw_inputs),
    output:
        lattice=RUN / "lattices" / "{dataset}" / "lattice.nc",
        notes=RUN / "lattices" / "{dataset}" / "notes.json",
    log:
        LOGS / "prepare" / "lattice-{dataset}.log",
    benchmark:
        TIMES / "prepare" / "lattice-{dataset}.jsonl"
    wildcard_constraints:
        dataset="|".join(LATTICES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="30m",
    params:
        adapter=lambda wildcards: LATTICES[wildcards.dataset]["adapter"],
        options=lambda wildcards: LATTICES[wildcards.dataset].get("options", {}),
        contents=raw_contents,
        code=lambda wildcards: module_digest(
            f"movelaws.lattices.adapters.{LATTICES[wildcards.dataset]['adapter']}"
        ),
    message:
        "Reading {wildcards.dataset} into a canonical lattice"
    script:
        "../../scripts/prepare/lattice.py"


rule lattices:
    input:
        [lattice(name)["notes"] for name in LATTICES],
    message:
        "Every lattice of the config is in canonical form"
