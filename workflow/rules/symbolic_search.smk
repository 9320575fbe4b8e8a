# Paper 2, the search: expressions tried exhaustively, evolved beyond, and what their laws say.
# Takes:  results/<run>/od/<dataset>/{zones,flows,places}.parquet, the fits of symbolic.smk
# Makes:  results/<run>/symbolic/<dataset>/front.csv            Tables S2-S6, Fig. 3
#         results/<run>/symbolic/<dataset>/{models,certificate,equivalence,constants,losses}.csv
#         results/<run>/symbolic/<dataset>/{landscape,predictions}.parquet
#         results/<run>/symbolic/<dataset>/{noise,noise_cpc}.csv          Fig. 5, Table S8
#         results/<run>/symbolic/<dataset>/{regions,regions_distances}.csv  Fig. 4
#         results/<run>/symbolic/<dataset>/scientist{,_traces}.csv        Table S9
#         results/<run>/symbolic/<dataset>/entropy.csv                    Appendix A
#         results/<run>/symbolic/{settings,transfer}.csv               Table S1

from movelaws.symbolic.pages import PER_PAGE

SEARCH = config["symbolic"]["search"]
SEARCH_DATASETS = search_some("search")
SEARCH_DETAILED = [d for d in SEARCH_DATASETS if d in SYMBOLIC_DETAILED]
SEARCH_PAGES = [str(page + 1) for page in range(-(-len(SEARCH_DATASETS) // PER_PAGE))]
SEARCH_NOISE = config["symbolic"]["noise"]
SEARCH_NOISE_DATASET = [d for d in SEARCH_DATASETS if d == SEARCH_NOISE["dataset"]]
SEARCH_REGIONS = config["symbolic"]["regions"]
SEARCH_REGIONS_DATASET = [d for d in SEARCH_DATASETS if d == SEARCH_REGIONS["dataset"]]
SEARCH_SCIENTIST_DATASETS = [d for d in search_some("scientist") if d in SEARCH_DATASETS]
SEARCH_ENTROPY_DATASETS = search_some("entropy")
SEARCH_CHAINS = [str(chain) for chain in range(1, config["symbolic"]["scientist"]["chains"] + 1)]
REGIONS = ("Northeast", "Midwest", "South", "West")
# Awaited, not read: a later compilation reruns no search.
SEARCH_COMPILED = ancient(SYMBOLIC / "compiled")


rule symbolic_settings:
    output:
        csv=report(
            SYMBOLIC / "settings.csv",
            caption="../report/symbolic_settings.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Table S1", "dataset": "all"},
        ),
        md=SYMBOLIC / "settings.md",
    log:
        LOGS / "symbolic" / "settings.log",
    benchmark:
        TIMES / "symbolic" / "settings.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        sets={d: list(search_sets(d).values()) for d in SEARCH_DATASETS},
        certified={
            d: SEARCH["certified"].get(d, SEARCH["certified"]["default"]) for d in SEARCH_DATASETS
        },
        search={key: SEARCH[key] for key in ("complexity", "keep", "repeats", "evolution")},
        source=source_of(SEARCH_DATASETS),
        code=module_digest("movelaws.symbolic.search_settings", "movelaws.tables"),
    message:
        "Writing down how each dataset is searched"
    script:
        "../../scripts/symbolic/settings.py"


rule symbolic_observations:
    input:
        **canonical("{dataset}"),
    output:
        observations=SYMBOLIC / "{dataset}" / "observations.npz",
    log:
        LOGS / "symbolic" / "observations-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "observations-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="10m",
    params:
        support=config["symbolic"]["support"],
        named=lambda wildcards: search_named(wildcards.dataset),
        code=module_digest("movelaws.symbolic.variables"),
    message:
        "Laying out the variables of {wildcards.dataset}"
    script:
        "../../scripts/symbolic/observations.py"


rule symbolic_compilation:
    input:
        prior=PUBLISHED / "symbolic_scientist_prior.csv",
    output:
        touch(SYMBOLIC / "compiled"),
    log:
        LOGS / "symbolic" / "compilation.log",
    benchmark:
        TIMES / "symbolic" / "compilation.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="1GB",
        runtime="10m",
    params:
        scientist=bool(SEARCH_SCIENTIST_DATASETS),
        code=module_digest("movelaws.symbolic.compilation"),
    message:
        "Compiling the kernels of the searches once for all their jobs"
    script:
        "../../scripts/symbolic/compilation.py"


rule symbolic_certify:
    input:
        observations=rules.symbolic_observations.output.observations,
        compiled=SEARCH_COMPILED,
    output:
        hall=SYMBOLIC / "{dataset}" / "searches" / "certified_{number}.csv",
        certificate=SYMBOLIC / "{dataset}" / "searches" / "certificate_{number}.csv",
        landscape=SYMBOLIC / "{dataset}" / "searches" / "landscape_{number}.parquet",
        equal=SYMBOLIC / "{dataset}" / "searches" / "equal_{number}.csv",
    log:
        LOGS / "symbolic" / "certify-{dataset}-{number}.log",
    benchmark:
        TIMES / "symbolic" / "certify-{dataset}-{number}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="4h",
    params:
        # Not an output: Snakemake would delete it when the job is killed.
        checkpoint=str(SYMBOLIC / "{dataset}" / "searches" / "checkpoints" / "certified_{number}"),
        variables=search_variables,
        complexity=search_certified,
        keep=SEARCH["keep"],
        starts=SEARCH["starts"],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.searches"),
    message:
        "Trying every expression up to complexity {params.complexity} on {wildcards.dataset}"
    script:
        "../../scripts/symbolic/certify.py"


rule symbolic_evolve:
    input:
        observations=rules.symbolic_observations.output.observations,
        hall=rules.symbolic_certify.output.hall,
    output:
        hall=SYMBOLIC / "{dataset}" / "searches" / "evolved_{number}_{repeat}.csv",
    log:
        LOGS / "symbolic" / "evolve-{dataset}-{number}-{repeat}.log",
    benchmark:
        TIMES / "symbolic" / "evolve-{dataset}-{number}-{repeat}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="1GB",
        runtime="8h",
    params:
        checkpoint=str(
            SYMBOLIC / "{dataset}" / "searches" / "checkpoints" / "evolved_{number}_{repeat}"
        ),
        variables=search_variables,
        complexity=SEARCH["complexity"],
        keep=SEARCH["keep"],
        sizes=SEARCH["evolution"],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.searches"),
    message:
        "Evolving laws of {wildcards.dataset}, set {wildcards.number}, run {wildcards.repeat}"
    script:
        "../../scripts/symbolic/evolve.py"


rule symbolic_front:
    input:
        observations=rules.symbolic_observations.output.observations,
        halls=lambda wildcards: search_halls(wildcards.dataset),
        certificates=lambda wildcards: [
            SYMBOLIC / wildcards.dataset / "searches" / f"certificate_{number}.csv"
            for number in search_sets(wildcards.dataset)
        ],
        landscapes=lambda wildcards: [
            SYMBOLIC / wildcards.dataset / "searches" / f"landscape_{number}.parquet"
            for number in search_sets(wildcards.dataset)
        ],
        equal=lambda wildcards: [
            SYMBOLIC / wildcards.dataset / "searches" / f"equal_{number}.csv"
            for number in search_sets(wildcards.dataset)
        ],
        fits=SYMBOLIC / "fits" / "{dataset}.csv",
        published=[
            PUBLISHED / "symbolic_tableS3_S4_expressions.csv",
            PUBLISHED / "symbolic_tableS2_S5_S6_expressions.csv",
        ],
    output:
        front=report(
            SYMBOLIC / "{dataset}" / "front.csv",
            caption="../report/symbolic_front.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Laws by complexity (Tables S2-S6)", "dataset": "{dataset}"},
        ),
        front_md=SYMBOLIC / "{dataset}" / "front.md",
        models=SYMBOLIC / "{dataset}" / "models.csv",
        certificate=SYMBOLIC / "{dataset}" / "certificate.csv",
        equivalence=SYMBOLIC / "{dataset}" / "equivalence.csv",
        landscape=SYMBOLIC / "{dataset}" / "landscape.parquet",
        predictions=SYMBOLIC / "{dataset}" / "predictions.parquet",
    log:
        LOGS / "symbolic" / "front-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "front-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="2GB",
        runtime="30m",
    params:
        keep=SEARCH["keep"],
        folds=config["symbolic"]["heldout"]["folds"],
        seed=config["seed"],
        published=lambda wildcards: OD[wildcards.dataset]["source"] == "published",
        code=module_digest("movelaws.symbolic.equivalence_table", "movelaws.symbolic.heldout"),
    message:
        "Setting out the front of {wildcards.dataset}"
    script:
        "../../scripts/symbolic/front.py"


rule symbolic_laws:
    input:
        observations=rules.symbolic_observations.output.observations,
        front=rules.symbolic_front.output.front,
    output:
        constants=SYMBOLIC / "{dataset}" / "constants.csv",
        losses=SYMBOLIC / "{dataset}" / "losses.csv",
    log:
        LOGS / "symbolic" / "laws-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "laws-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="1GB",
        runtime="60m",
    params:
        confidence=config["symbolic"]["confidence"],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.profiles", "movelaws.symbolic.refits"),
    message:
        "Asking how sure the constants are and which laws other losses choose in {wildcards.dataset}"
    script:
        "../../scripts/symbolic/laws.py"


rule symbolic_transfer:
    input:
        observations=[SYMBOLIC / d / "observations.npz" for d in SEARCH_DETAILED],
        fronts=[SYMBOLIC / d / "front.csv" for d in SEARCH_DETAILED],
    output:
        csv=SYMBOLIC / "transfer.csv",
        md=SYMBOLIC / "transfer.md",
    log:
        LOGS / "symbolic" / "transfer.log",
    benchmark:
        TIMES / "symbolic" / "transfer.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="2GB",
        runtime="60m",
    params:
        datasets=SEARCH_DETAILED,
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.transfer"),
    message:
        "Trying the laws of each dataset on the others"
    script:
        "../../scripts/symbolic/transfer.py"


rule symbolic_noise_sample:
    input:
        **canonical(SEARCH_NOISE["dataset"]),
        fits=SYMBOLIC / "fits" / f"{SEARCH_NOISE['dataset']}.csv",
        compiled=SEARCH_COMPILED,
    output:
        noise=SYMBOLIC / SEARCH_NOISE["dataset"] / "noise" / "{model}_{level}.csv",
        cpc=SYMBOLIC / SEARCH_NOISE["dataset"] / "noise" / "{model}_{level}_cpc.csv",
    log:
        LOGS / "symbolic" / "noise-{model}-{level}.log",
    benchmark:
        TIMES / "symbolic" / "noise-{model}-{level}.jsonl"
    wildcard_constraints:
        model="[A-Za-z0-9]+",
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="4GB",
        runtime="4h",
    params:
        alpha=search_alpha,
        population=symbolic_base(SEARCH_NOISE["dataset"])["population"],
        samples=SEARCH_NOISE["samples"],
        cpc_samples=SEARCH_NOISE["cpc_samples"],
        smallest=SEARCH_NOISE["smallest"],
        certified=SEARCH_NOISE["certified"],
        sizes=SEARCH_NOISE["evolution"],
        starts=SEARCH["starts"],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.noise_search", "movelaws.readings"),
    message:
        "Searching for {wildcards.model} in flows with noise of dispersion {params.alpha}"
    script:
        "../../scripts/symbolic/noise_sample.py"


rule symbolic_noise:
    input:
        noise=[
            SYMBOLIC / SEARCH_NOISE["dataset"] / "noise" / f"{sample}.csv"
            for sample in search_noise_samples()
        ],
        cpc=[
            SYMBOLIC / SEARCH_NOISE["dataset"] / "noise" / f"{sample}_cpc.csv"
            for sample in search_noise_samples()
        ],
        published=PUBLISHED / "symbolic_tableS8_noise_cpc.csv",
    output:
        noise=report(
            SYMBOLIC / SEARCH_NOISE["dataset"] / "noise.csv",
            caption="../report/symbolic_noise.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Laws found under noise", "dataset": SEARCH_NOISE["dataset"]},
        ),
        noise_md=SYMBOLIC / SEARCH_NOISE["dataset"] / "noise.md",
        cpc=report(
            SYMBOLIC / SEARCH_NOISE["dataset"] / "noise_cpc.csv",
            caption="../report/symbolic_noise_cpc.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Table S8", "dataset": SEARCH_NOISE["dataset"]},
        ),
        cpc_md=SYMBOLIC / SEARCH_NOISE["dataset"] / "noise_cpc.md",
    log:
        LOGS / "symbolic" / "noise.log",
    benchmark:
        TIMES / "symbolic" / "noise.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        published=OD.get(SEARCH_NOISE["dataset"], {}).get("source") == "published",
        code=module_digest("movelaws.symbolic.noise_levels", "movelaws.tables"),
    message:
        "Counting how often the laws behind noisy flows were found"
    script:
        "../../scripts/symbolic/noise.py"


rule symbolic_region:
    input:
        observations=SYMBOLIC / SEARCH_REGIONS["dataset"] / "observations.npz",
        compiled=SEARCH_COMPILED,
        census=PUBLISHED / "us_census_regions.csv",
    output:
        laws=SYMBOLIC / SEARCH_REGIONS["dataset"] / "regions" / "{region}.csv",
        distances=SYMBOLIC / SEARCH_REGIONS["dataset"] / "regions" / "{region}_distances.csv",
    log:
        LOGS / "symbolic" / "region-{region}.log",
    benchmark:
        TIMES / "symbolic" / "region-{region}.jsonl"
    wildcard_constraints:
        region="|".join(REGIONS),
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="2GB",
        runtime="4h",
    params:
        complexity=SEARCH_REGIONS["complexity"],
        keep=SEARCH["keep"],
        starts=SEARCH["starts"],
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.region_search"),
    message:
        "Searching in the flows that leave the {wildcards.region}"
    script:
        "../../scripts/symbolic/region.py"


rule symbolic_regions:
    input:
        laws=[SYMBOLIC / SEARCH_REGIONS["dataset"] / "regions" / f"{r}.csv" for r in REGIONS],
        distances=[
            SYMBOLIC / SEARCH_REGIONS["dataset"] / "regions" / f"{r}_distances.csv"
            for r in REGIONS
        ],
    output:
        laws=report(
            SYMBOLIC / SEARCH_REGIONS["dataset"] / "regions.csv",
            caption="../report/symbolic_regions.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Fig. 4b", "dataset": SEARCH_REGIONS["dataset"]},
        ),
        laws_md=SYMBOLIC / SEARCH_REGIONS["dataset"] / "regions.md",
        distances=SYMBOLIC / SEARCH_REGIONS["dataset"] / "regions_distances.csv",
    log:
        LOGS / "symbolic" / "regions.log",
    benchmark:
        TIMES / "symbolic" / "regions.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        code=module_digest("movelaws.tables"),
    message:
        "Joining the laws of the regions"
    script:
        "../../scripts/symbolic/regions.py"


rule symbolic_scientist_chain:
    input:
        observations=rules.symbolic_observations.output.observations,
        compiled=SEARCH_COMPILED,
        prior=PUBLISHED / "symbolic_scientist_prior.csv",
    output:
        law=SYMBOLIC / "{dataset}" / "scientist" / "{chain}.csv",
        trace=SYMBOLIC / "{dataset}" / "scientist" / "{chain}_trace.csv",
    log:
        LOGS / "symbolic" / "scientist-{dataset}-{chain}.log",
    benchmark:
        TIMES / "symbolic" / "scientist-{dataset}-{chain}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="60m",
    params:
        chain=lambda wildcards: int(wildcards.chain),
        settings={
            key: config["symbolic"]["scientist"][key]
            for key in ("steps", "sample", "temperatures")
        },
        every=10,
        seed=config["seed"],
        code=module_digest("movelaws.symbolic.scientist", "movelaws.symbolic.scientist.tables"),
    message:
        "Walking chain {wildcards.chain} of the machine scientist on {wildcards.dataset}"
    script:
        "../../scripts/symbolic/scientist.py"


rule symbolic_scientist:
    input:
        laws=[SYMBOLIC / "{dataset}" / "scientist" / f"{c}.csv" for c in SEARCH_CHAINS],
        traces=[SYMBOLIC / "{dataset}" / "scientist" / f"{c}_trace.csv" for c in SEARCH_CHAINS],
    output:
        table=report(
            SYMBOLIC / "{dataset}" / "scientist.csv",
            caption="../report/symbolic_scientist.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Table S9", "dataset": "{dataset}"},
        ),
        md=SYMBOLIC / "{dataset}" / "scientist.md",
        traces=SYMBOLIC / "{dataset}" / "scientist_traces.csv",
    log:
        LOGS / "symbolic" / "scientist-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "scientist-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        code=module_digest("movelaws.symbolic.scientist.tables", "movelaws.tables"),
    message:
        "Joining the chains of {wildcards.dataset}"
    script:
        "../../scripts/symbolic/scientist_tables.py"


rule symbolic_entropy:
    input:
        observations=rules.symbolic_observations.output.observations,
    output:
        csv=report(
            SYMBOLIC / "{dataset}" / "entropy.csv",
            caption="../report/symbolic_entropy.rst",
            category="Paper 2: symbolic regression",
            labels={"result": "Appendix A", "dataset": "{dataset}"},
        ),
        md=SYMBOLIC / "{dataset}" / "entropy.md",
    log:
        LOGS / "symbolic" / "entropy-{dataset}.log",
    benchmark:
        TIMES / "symbolic" / "entropy-{dataset}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: THREADS
    resources:
        mem="2GB",
        runtime="60m",
    params:
        code=module_digest("movelaws.symbolic.entropy"),
    message:
        "Constraining {wildcards.dataset} at both ends"
    script:
        "../../scripts/symbolic/entropy.py"
