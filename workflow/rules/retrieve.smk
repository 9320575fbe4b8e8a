# Raw data: from the mirror if there is one, else from the address in config/datasets.csv.
# Takes:  nothing (the mirror is read through the environment variable MOVELAWS_MIRROR)
# Makes:  resources/raw/<dataset>/<version>/<file>
#         resources/raw/<dataset>/<version>/receipts/<file>.json   (bytes, sha256, verified or not)
#
# A raw file never changes once it is verified. Both outputs are marked `update`, so Snakemake
# leaves what is there in place while the job runs: a file put there by hand is verified instead
# of deleted, a good file is kept without another download, and a failure costs nothing. The rule
# carries no digest of the code that retrieves: which bytes are right is said by the registry's
# sha256, not by that code. Rules that read raw files take them as `ancient` and put the rows'
# `content` among their params: then they rerun when the registry asks for another file, not when
# a file was merely looked at again.

import os

if MIRROR:
    os.environ.update(MOVELAWS_MIRROR=str(Path(MIRROR).absolute()))


rule retrieve:
    output:
        file=update(ensure(RAW / "{dataset}" / "{version}" / "{file}", non_empty=True)),
        receipt=update(RAW / "{dataset}" / "{version}" / "receipts" / "{file}.json"),
    log:
        "logs/retrieve/{dataset}-{version}-{file}.log",
    wildcard_constraints:
        dataset="[a-z0-9_]+",
        version="[a-z0-9_]+",
        file="[^/.][^/]*",
    retries: 1
    localrule: True
    conda:
        "../../envs/environment.yaml"
    params:
        row=lambda wildcards: REGISTRY.find(
            wildcards.dataset, wildcards.version, wildcards.file
        ).as_params(),
    message:
        "Retrieving {wildcards.file} of {wildcards.dataset} ({wildcards.version})"
    script:
        "../../scripts/retrieve/retrieve.py"
