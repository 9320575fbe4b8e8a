# Time and memory of the Lagrangian dynamics (paper 1) on cities of up to the size of YJMob100K, and
# of the raster of a file of its records.
# Makes:  results/benchmarks/lattices.{csv,md}           seconds, ns per site and step, memory
#         results/benchmarks/lattices_growth.{csv,md}    growth exponents

# Sites of square lattices, from that of the paper to that of YJMob100K, and rows of records.
BENCHMARK_LATTICES = {
    "schedule": [100, 400, 2_500, 10_000, 40_000],
    "gradient": [100, 400, 2_500, 10_000, 40_000],
    "raster": [1_000_000, 5_000_000, 20_000_000],
}
BENCHMARK_LATTICE_LIMITS = BENCHMARK_LIMITS | {"least_growth": 1, "places": "sites or rows"}
BENCHMARK_LATTICE_RUNS = [
    f"{task}-{tool}-{threads}"
    for task, tool, choices in (
        ("schedule", "movelaws", (1, 2)),
        ("schedule", "numpy", (1,)),
        ("gradient", "movelaws", (1, 2)),
        ("gradient", "numpy", (1,)),
        ("raster", "movelaws", (1,)),
        ("raster", "decoding", (1,)),
    )
    for threads in choices
]


rule benchmarks_city:
    output:
        world=temp(BENCHMARKS / "worlds" / "city-{n}.npz"),
    log:
        Path("logs") / "benchmarks" / "city-{n}.log",
    wildcard_constraints:
        n=r"\d+",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        seed=config["seed"],
        code=module_digest("movelaws.benchmark_lattices"),
    message:
        "Drawing a city of {wildcards.n} sites"
    script:
        "../../scripts/benchmarks/lattices.py"


rule benchmarks_records:
    output:
        world=temp(BENCHMARKS / "worlds" / "records-{n}.npz"),
        records=temp(BENCHMARKS / "worlds" / "records-{n}.csv"),
    log:
        Path("logs") / "benchmarks" / "records-{n}.log",
    wildcard_constraints:
        n=r"\d+",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="3GB",
        runtime="20m",
        disk="2GB",
    params:
        seed=config["seed"],
        code=module_digest("movelaws.benchmark_lattices", "movelaws.synthetic.yjmob100k"),
    message:
        "Writing {wildcards.n} records of users"
    script:
        "../../scripts/benchmarks/records.py"


rule benchmarks_lattices_run:
    input:
        worlds=benchmark_cities,
        records=branch(
            lambda wildcards: wildcards.task == "raster",
            then=expand(rules.benchmarks_records.output.records, n=BENCHMARK_LATTICES["raster"]),
            otherwise=[],
        ),
        script=branch(
            lambda wildcards: wildcards.tool == "movelaws",
            then=BENCHMARK_STEPS / "ours_lattices.py",
            otherwise=BENCHMARK_STEPS / "published_lattices.py",
        ),
        shared=BENCHMARK_STEPS / "published_lattices.py",
        clock=BENCHMARK_STEPS / "measure.py",
    output:
        runs=BENCHMARKS / "lattices" / "{task}-{tool}-{threads}.jsonl",
        values=BENCHMARKS / "lattices" / "{task}-{tool}-{threads}.npz",
    log:
        Path("logs") / "benchmarks" / "lattices-{task}-{tool}-{threads}.log",
    wildcard_constraints:
        task="|".join(BENCHMARK_LATTICES),
        tool="movelaws|numpy|decoding",
        threads=r"\d+",
    conda:
        "../../envs/environment.yaml"
    # All cores given, whatever is used of them: jobs side by side would time each other.
    threads: os.cpu_count()
    resources:
        mem=f"{BENCHMARK_LATTICE_LIMITS['memory_gb']}GB",
        runtime="60m",
    params:
        sizes=lambda wildcards: BENCHMARK_LATTICES[wildcards.task],
        limits=BENCHMARK_LATTICE_LIMITS,
        code=lambda wildcards: (
            module_digest(
                "movelaws.benchmark_lattices",
                "movelaws.lagrangian.printed",
                "movelaws.lagrangian.adjoint",
                "movelaws.lattices.adapters.yjmob100k",
            )
            if wildcards.tool == "movelaws"
            else ""
        ),
    message:
        "Timing {wildcards.task} by {wildcards.tool} with {wildcards.threads} threads"
    script:
        "../../scripts/benchmarks/run.py"


rule benchmarks_lattices_table:
    input:
        runs=expand(BENCHMARKS / "lattices" / "{run}.jsonl", run=BENCHMARK_LATTICE_RUNS),
        values=expand(BENCHMARKS / "lattices" / "{run}.npz", run=BENCHMARK_LATTICE_RUNS),
    output:
        csv=report(
            BENCHMARKS / "lattices.csv",
            caption="../report/benchmarks_lattices.rst",
            category="Benchmarks",
            labels={"result": "Lagrangian dynamics: time and memory"},
        ),
        md=BENCHMARKS / "lattices.md",
        growth=BENCHMARKS / "lattices_growth.csv",
        growth_md=BENCHMARKS / "lattices_growth.md",
    log:
        Path("logs") / "benchmarks" / "lattices_table.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        code=module_digest("movelaws.benchmark_lattices", "movelaws.tables"),
    message:
        "Gathering the timings of the Lagrangian dynamics"
    script:
        "../../scripts/benchmarks/lattices_table.py"
