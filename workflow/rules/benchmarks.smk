# Time and memory of movelaws, of its peers and of published methods, on random zones and places.
# Takes:  envs/bench-{peers,symbolic,pairs}.txt, from which it makes .venv-bench/<the same>
# Makes:  results/benchmarks/benchmarks.{csv,md}     seconds, memory, agreement with ours
#         results/benchmarks/growth.{csv,md}         growth exponents
#         results/benchmarks/scaling.{svg,png}
#         results/benchmarks/pairs.{csv,md,svg,png}          the same for counts of pairs of places
#         results/benchmarks/pairs_{growth,errors}.csv       growth beside n log n, errors by bin
# Lattices have a file of their own, benchmarks_lattices.smk.

BENCHMARKS = Path("results") / "benchmarks"
BENCHMARK_STEPS = PROJECT / "scripts" / "benchmarks"
# Numbers of zones; those of the destination choice game and of the modified radiation model are
# near their papers' datasets, but for 100, where an integral for each pair ends in time.
BENCHMARK_SIZES = {
    "opportunities": [500, 1000, 2000, 3000, 7201],
    "radiation": [500, 1000, 2000, 3000, 7201],
    "calibration": [500, 1000, 2000, 3000, 7201],
    "equilibrium": [340, 1000, 3108, 7201],
    "choice": [51, 340],
    "randomclasses": [500, 1000, 3108],
    "manyclass": [100, 500, 1000, 3108],
    # 42 rows for each zone: a batch of 100 origins, ..., the size of US county commuting.
    "evaluation": [100, 340, 1000, 3108],
    "certified": [100, 340, 1000],
    "evolution": [100, 340, 1000],
}
BENCHMARK_LIMITS = {
    "limit_s": 200,
    "memory_gb": 16,
    "repeats": 3,
    "patience_s": 10,
    "start_s": 120,
}
# Threads that each tool is timed with; scikit-mobility, spint and plain NumPy know one way only.
BENCHMARK_RUNS = [
    (task, tool, threads)
    for task, tool, choices in (
        ("opportunities", "movelaws", (1, 2)),
        ("opportunities", "PyTDLM", (1, 2)),
        ("radiation", "movelaws", (1, 2)),
        ("radiation", "PyTDLM", (1, 2)),
        ("radiation", "scikit-mobility", (1,)),
        ("calibration", "movelaws", (1, 2)),
        ("calibration", "spint", (1,)),
        ("equilibrium", "movelaws", (1, 2)),
        ("equilibrium", "averaging", (1,)),
        ("choice", "movelaws", (1, 2)),
        ("choice", "grid", (1,)),
        ("randomclasses", "movelaws", (1, 2)),
        ("randomclasses", "ranking", (1,)),
        ("manyclass", "movelaws", (1, 2)),
        ("manyclass", "quadrature", (1,)),
        ("evaluation", "movelaws", (1, 2)),
        ("evaluation", "gplearn", (1,)),
        ("evaluation", "pyoperon", (1,)),
        ("certified", "movelaws", (1, 2)),
        ("evolution", "movelaws", (1, 2)),
        ("evolution", "gplearn", (1,)),
    )
    for threads in choices
]
BENCHMARK_NAMES = ["-".join(map(str, run)) for run in BENCHMARK_RUNS]
# Modules on the clock. Published methods run in this project's environment, but none of its code.
BENCHMARK_PAIRS = [
    "movelaws.benchmarks",
    "movelaws.allocation",
    "movelaws.calibrate",
    "movelaws.opportunities",
]
BENCHMARK_GAME = ["movelaws.benchmarks", "movelaws.game", "movelaws.choice.fits"]
BENCHMARK_CLASSES = [
    "movelaws.benchmarks",
    "movelaws.inequality.draws",
    "movelaws.inequality.many_class",
]
BENCHMARK_LAWS = [
    "movelaws.benchmarks",
    "movelaws.symbolic.evolution",
    "movelaws.symbolic.exhaustive",
]
BENCHMARK_OURS = {
    "opportunities": BENCHMARK_PAIRS,
    "radiation": BENCHMARK_PAIRS,
    "calibration": BENCHMARK_PAIRS,
    "equilibrium": BENCHMARK_GAME,
    "choice": BENCHMARK_GAME,
    "randomclasses": BENCHMARK_CLASSES,
    "manyclass": BENCHMARK_CLASSES,
    "evaluation": BENCHMARK_LAWS,
    "certified": BENCHMARK_LAWS,
    "evolution": BENCHMARK_LAWS,
}
# Scripts of movelaws, of peers and of published methods: ours.py, peer.py and, with these endings,
# those of a paper.
BENCHMARK_PAPERS = {
    "equilibrium": "_choice",
    "choice": "_choice",
    "randomclasses": "_classes",
    "manyclass": "_classes",
    "evaluation": "_symbolic",
    "certified": "_symbolic",
    "evolution": "_symbolic",
}
BENCHMARK_PUBLISHED = ["averaging", "grid", "ranking", "quadrature"]
BENCHMARK_SEARCHERS = ["gplearn", "pyoperon"]

# Pair counts: numbers of places up to the addresses of France, which the paper has.
BENCHMARK_PLACES = [10_000, 100_000, 1_000_000, 3_300_000, 10_000_000, 34_000_000]
# By which growth a run is judged before: counting on grids or trees grows nearly as n, looking at
# all pairs as n^2; memory leaps where grids begin.
BENCHMARK_PAIR_LIMITS = BENCHMARK_LIMITS | {
    "limit_s": 900,
    "least_growth": 1,
    "most_growth": 2,
    "places": "places",
}
BENCHMARK_PAIR_RUNS = [
    f"{tool}-{threads}"
    for tool, choices in (
        ("movelaws", (1, 2)),
        ("movelaws-exact", (1, 2)),
        ("brute", (1, 2)),
        ("cKDTree", (1,)),
        ("TreeCorr", (1, 2)),
        ("TreeCorr-exact", (1, 2)),
    )
    for threads in choices
]


rule benchmarks_environment:
    input:
        lock=PROJECT / "envs" / "bench-{peers}.txt",
    output:
        stamp=Path(".venv-bench") / "{peers}" / "made.json",
    log:
        Path("logs") / "benchmarks" / "environment-{peers}.log",
    wildcard_constraints:
        peers="peers|symbolic|pairs",
    localrule: True
    conda:
        "../../envs/environment.yaml"
    resources:
        mem="1GB",
        runtime="20m",
    message:
        "Setting up an environment of peers, {wildcards.peers} (a minute or two)"
    script:
        "../../scripts/benchmarks/environment.py"


rule benchmarks_world:
    output:
        world=temp(BENCHMARKS / "worlds" / "{n}.npz"),
    log:
        Path("logs") / "benchmarks" / "world-{n}.log",
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
        code=module_digest("movelaws.benchmarks"),
    message:
        "Drawing {wildcards.n} random zones"
    script:
        "../../scripts/benchmarks/world.py"


rule benchmarks_run:
    input:
        worlds=lambda wildcards: expand(
            rules.benchmarks_world.output.world, n=BENCHMARK_SIZES[wildcards.task]
        ),
        script=benchmark_script,
        clock=BENCHMARK_STEPS / "measure.py",
        zones=branch(
            lambda wildcards: wildcards.tool == "movelaws",
            then=BENCHMARK_STEPS / "zones.py",
            otherwise=[],
        ),
        laws=branch(
            lambda wildcards: BENCHMARK_PAPERS.get(wildcards.task) == "_symbolic",
            then=[BENCHMARK_STEPS / "laws.py", BENCHMARK_STEPS / "machine.py"],
            otherwise=[],
        ),
        stamp=branch(
            lambda wildcards: wildcards.tool in ["movelaws", *BENCHMARK_PUBLISHED],
            then=[],
            otherwise=lambda wildcards: expand(
                rules.benchmarks_environment.output.stamp,
                peers="symbolic" if wildcards.tool in BENCHMARK_SEARCHERS else "peers",
            )[0],
        ),
    output:
        runs=BENCHMARKS / "runs" / "{task}-{tool}-{threads}.jsonl",
        values=BENCHMARKS / "runs" / "{task}-{tool}-{threads}.npz",
    log:
        Path("logs") / "benchmarks" / "{task}-{tool}-{threads}.log",
    wildcard_constraints:
        task="[a-z]+",
        tool="[A-Za-z-]+",
        threads=r"\d+",
    conda:
        "../../envs/environment.yaml"
    # All cores given, whatever is used of them: jobs side by side would time each other.
    threads: os.cpu_count()
    resources:
        mem=f"{BENCHMARK_LIMITS['memory_gb']}GB",
        runtime="60m",
    params:
        sizes=lambda wildcards: BENCHMARK_SIZES[wildcards.task],
        limits=BENCHMARK_LIMITS,
        code=lambda wildcards: (
            module_digest(*BENCHMARK_OURS[wildcards.task]) if wildcards.tool == "movelaws" else ""
        ),
    message:
        "Timing {wildcards.task} by {wildcards.tool} with {wildcards.threads} threads"
    script:
        "../../scripts/benchmarks/run.py"


rule benchmarks_table:
    input:
        runs=expand(BENCHMARKS / "runs" / "{name}.jsonl", name=BENCHMARK_NAMES),
        values=expand(BENCHMARKS / "runs" / "{name}.npz", name=BENCHMARK_NAMES),
    output:
        csv=report(
            BENCHMARKS / "benchmarks.csv",
            caption="../report/benchmarks.rst",
            category="Benchmarks",
            labels={"result": "Time and memory"},
        ),
        md=BENCHMARKS / "benchmarks.md",
        growth=BENCHMARKS / "growth.csv",
        growth_md=BENCHMARKS / "growth.md",
    log:
        Path("logs") / "benchmarks" / "table.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        code=module_digest("movelaws.benchmarks", "movelaws.tables"),
    message:
        "Gathering the timings"
    script:
        "../../scripts/benchmarks/table.py"


rule benchmarks_figure:
    input:
        table=rules.benchmarks_table.output.csv,
        growth=rules.benchmarks_table.output.growth,
    output:
        svg=report(
            BENCHMARKS / "scaling.svg",
            caption="../report/benchmarks.rst",
            category="Benchmarks",
            labels={"result": "Growth with the number of zones"},
        ),
        png=BENCHMARKS / "scaling.png",
    log:
        Path("logs") / "benchmarks" / "figure.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        memory_gb=BENCHMARK_LIMITS["memory_gb"],
        code=module_digest("movelaws.plotting.scaling"),
    message:
        "Drawing the timings"
    script:
        "../../scripts/benchmarks/figure.py"


rule benchmarks_places:
    output:
        world=temp(BENCHMARKS / "worlds" / "places-{n}.npz"),
    log:
        Path("logs") / "benchmarks" / "places-{n}.log",
    wildcard_constraints:
        n=r"\d+",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="10GB",
        runtime="10m",
    params:
        seed=config["seed"],
        code=module_digest("movelaws.benchmark_places"),
    message:
        "Drawing {wildcards.n} places"
    script:
        "../../scripts/benchmarks/places.py"


rule benchmarks_pairs_run:
    input:
        worlds=expand(rules.benchmarks_places.output.world, n=BENCHMARK_PLACES),
        script=branch(
            lambda wildcards: wildcards.tool.startswith("TreeCorr"),
            then=BENCHMARK_STEPS / "peer_pairs.py",
            otherwise=BENCHMARK_STEPS / "ours_pairs.py",
        ),
        clock=BENCHMARK_STEPS / "measure.py",
        counting=BENCHMARK_STEPS / "counting.py",
        stamp=branch(
            lambda wildcards: wildcards.tool.startswith("TreeCorr"),
            then=lambda wildcards: expand(
                rules.benchmarks_environment.output.stamp, peers="pairs"
            )[0],
            otherwise=[],
        ),
    output:
        runs=BENCHMARKS / "pairs" / "{tool}-{threads}.jsonl",
        values=BENCHMARKS / "pairs" / "{tool}-{threads}.npz",
    log:
        Path("logs") / "benchmarks" / "pairs-{tool}-{threads}.log",
    wildcard_constraints:
        tool="[A-Za-z-]+",
        threads=r"\d+",
    conda:
        "../../envs/environment.yaml"
    # All cores given, whatever is used of them: jobs side by side would time each other.
    threads: os.cpu_count()
    resources:
        mem=f"{BENCHMARK_PAIR_LIMITS['memory_gb']}GB",
        runtime="120m",
    params:
        task="pairs",
        sizes=BENCHMARK_PLACES,
        limits=BENCHMARK_PAIR_LIMITS,
        code=lambda wildcards: (
            module_digest("movelaws.pairs") if wildcards.tool.startswith("movelaws") else ""
        ),
    message:
        "Timing pair counts by {wildcards.tool} with {wildcards.threads} threads"
    script:
        "../../scripts/benchmarks/run.py"


rule benchmarks_pairs_table:
    input:
        runs=expand(BENCHMARKS / "pairs" / "{run}.jsonl", run=BENCHMARK_PAIR_RUNS),
        values=expand(BENCHMARKS / "pairs" / "{run}.npz", run=BENCHMARK_PAIR_RUNS),
    output:
        csv=report(
            BENCHMARKS / "pairs.csv",
            caption="../report/benchmarks_pairs.rst",
            category="Benchmarks",
            labels={"result": "Pair counts: time, memory and errors"},
        ),
        md=BENCHMARKS / "pairs.md",
        errors=BENCHMARKS / "pairs_errors.csv",
        growth=BENCHMARKS / "pairs_growth.csv",
        growth_md=BENCHMARKS / "pairs_growth.md",
    log:
        Path("logs") / "benchmarks" / "pairs_table.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="5m",
    params:
        code=module_digest("movelaws.benchmark_places", "movelaws.tables"),
    message:
        "Gathering the timings of pair counts"
    script:
        "../../scripts/benchmarks/pairs_table.py"


rule benchmarks_pairs_figure:
    input:
        table=rules.benchmarks_pairs_table.output.csv,
        growth=rules.benchmarks_pairs_table.output.growth,
        errors=rules.benchmarks_pairs_table.output.errors,
    output:
        svg=report(
            BENCHMARKS / "pairs.svg",
            caption="../report/benchmarks_pairs.rst",
            category="Benchmarks",
            labels={"result": "Pair counts: growth with the number of places"},
        ),
        png=BENCHMARKS / "pairs.png",
    log:
        Path("logs") / "benchmarks" / "pairs_figure.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        memory_gb=BENCHMARK_LIMITS["memory_gb"],
        code=module_digest("movelaws.plotting.pair_scaling"),
    message:
        "Drawing the timings of pair counts"
    script:
        "../../scripts/benchmarks/pairs_figure.py"


include: "benchmarks_lattices.smk"


rule benchmarks:
    input:
        rules.benchmarks_table.output,
        rules.benchmarks_figure.output,
        rules.benchmarks_pairs_table.output,
        rules.benchmarks_pairs_figure.output,
        rules.benchmarks_lattices_table.output,
