# Paper 1 as a whole: its claims, its results in sentences, and what the report shows of it.
# Takes:  the tables of the other rules files of this chapter
# Makes:  results/<run>/lagrangian/claims.csv                     claims L1-L12
#         results/<run>/lagrangian/answers.csv                    the results in sentences
#         results/<run>/lagrangian/{methods,summary,parameters,sensitivity,forecasts,planted}.csv

LAGRANGIAN_TABLES = {
    "methods": lagrangian_tables("methods.csv"),
    "convergence": lagrangian_tables("convergence.csv"),
    "summary": lagrangian_tables("summary.csv"),
    "parameters": lagrangian_tables("parameters.csv"),
    "sensitivity": lagrangian_tables("sensitivity.csv", LAGRANGIAN_SENSITIVITY),
    "prediction": lagrangian_tables("prediction_summary.csv", LAGRANGIAN_FORECAST),
    "planted": lagrangian_tables("planted.csv", LAGRANGIAN_PLANTED),
    "energy": lagrangian_tables("energy.csv"),
    "integrators": lagrangian_tables("integrators.csv"),
    "observables": lagrangian_tables("observables.csv"),
    "seeds": [rules.lagrangian_seeds.output.seeds] if LAGRANGIAN_SEEDS else [],
    "drift": lagrangian_tables("drift.csv", LAGRANGIAN_REFERENCE),
}
# Tables of all cases side by side, of the parts that this run has.
LAGRANGIAN_SHOWN = ["methods", "summary", "parameters", "integrators"]
LAGRANGIAN_SHOWN += ["sensitivity"] if LAGRANGIAN_SENSITIVITY else []
LAGRANGIAN_SHOWN += ["forecasts"] if LAGRANGIAN_FORECAST else []
LAGRANGIAN_SHOWN += ["planted"] if LAGRANGIAN_PLANTED else []


rule lagrangian_tables:
    input:
        **LAGRANGIAN_TABLES,
    output:
        **{
            f"{name}_csv": report(
                LAGRANGIAN / f"{name}.csv",
                caption=f"../report/lagrangian_{name}.rst",
                category="Paper 1: Lagrangian",
                labels={"result": name, "dataset": "all"},
            )
            for name in LAGRANGIAN_SHOWN
        },
        **{f"{name}_md": LAGRANGIAN / f"{name}.md" for name in LAGRANGIAN_SHOWN},
    log:
        LOGS / "lagrangian" / "tables.log",
    benchmark:
        TIMES / "lagrangian" / "tables.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        source=source_of(LAGRANGIAN_DATASETS),
        synthetic=bool(LAGRANGIAN_SYNTHETIC),
        code=module_digest("movelaws.lagrangian.tables", "movelaws.tables"),
    message:
        "Putting the tables of all cases side by side"
    script:
        "../../scripts/lagrangian/tables.py"


rule lagrangian_claims:
    input:
        **LAGRANGIAN_TABLES,
    output:
        claims=LAGRANGIAN / "claims.csv",
    log:
        LOGS / "lagrangian" / "claims.log",
    benchmark:
        TIMES / "lagrangian" / "claims.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        reference=list(LAGRANGIAN_REFERENCE),
        synthetic=LAGRANGIAN_SYNTHETIC,
        published=LAGRANGIAN_REAL,
        absent=LAGRANGIAN_ABSENT,
        code=module_digest("movelaws.lagrangian.saved"),
    message:
        "Holding claims L1-L12 against the results"
    script:
        "../../scripts/lagrangian/claims.py"


rule lagrangian_answers:
    input:
        **LAGRANGIAN_TABLES,
    output:
        csv=report(
            LAGRANGIAN / "answers.csv",
            caption="../report/lagrangian_answers.rst",
            category="Paper 1: Lagrangian",
            labels={"result": "The results in short", "dataset": "all"},
        ),
        md=LAGRANGIAN / "answers.md",
    log:
        LOGS / "lagrangian" / "answers.log",
    benchmark:
        TIMES / "lagrangian" / "answers.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        labels=LAGRANGIAN_LABELS,
        synthetic=bool(LAGRANGIAN_SYNTHETIC),
        source=source_of(LAGRANGIAN_DATASETS),
        code=module_digest(
            "movelaws.lagrangian.answers", "movelaws.lagrangian.saved", "movelaws.tables"
        ),
    message:
        "Putting the results of paper 1 in sentences"
    script:
        "../../scripts/lagrangian/answers.py"


LAGRANGIAN_OUTPUTS += rules.lagrangian_tables.output
LAGRANGIAN_OUTPUTS += [*rules.lagrangian_claims.output, *rules.lagrangian_answers.output]


rule lagrangian:
    input:
        LAGRANGIAN_OUTPUTS if LAGRANGIAN_CASES else [],
    message:
        "Paper 1 is done"


# The reference dynamics belong to every run: what is said of a city's data is not said of them.
LAGRANGIAN_GROUPS = {
    "reference": {case: [] for case in LAGRANGIAN_REFERENCE},
    "cities": {case: lagrangian_behind([case]) for case in LAGRANGIAN_CITIES},
    "sensitivity": {case: LAGRANGIAN_DATASETS for case in LAGRANGIAN_SENSITIVITY},
    "forecast": {case: lagrangian_behind([case]) for case in LAGRANGIAN_FORECAST},
    "planted": {case: lagrangian_behind([case]) for case in LAGRANGIAN_PLANTED},
    "seeds": {case: LAGRANGIAN_DATASETS for case in LAGRANGIAN_SEEDS},
    **{
        f"fit_{kind}": {page: lagrangian_behind(LAGRANGIAN_KINDS[kind]) for page in pages}
        for kind, pages in LAGRANGIAN_FIT_PAGES.items()
    },
    "sensitivity_page": {
        page: lagrangian_behind(LAGRANGIAN_SENSITIVITY) for page in LAGRANGIAN_SENSITIVITY_PAGES
    },
    "energy_page": {
        page: lagrangian_behind(LAGRANGIAN_CASES[n * ENERGY_PER_PAGE : (n + 1) * ENERGY_PER_PAGE])
        for n, page in enumerate(LAGRANGIAN_ENERGY_PAGES)
    },
}
for kind in ("reference", "cities"):
    LAGRANGIAN_GROUPS.setdefault(f"fit_{kind}", {})
LAGRANGIAN_WORDS = LAGRANGIAN_LABELS | {
    "printed_long": "printed, longer",
    "printed_tuned": "printed, best rate",
    "exact_best": "exact, nearest start",
    "ahead": "another day, from each slot",
    "damped": "way back to the other day",
    "line_to_end": "straight to the known end",
    "previous_day": "previous day",
    "previous_change": "previous day's changes",
    "historical_average": "mean of the earlier days",
    "damped_average": "way back to that mean",
    "time_independent": "constant in time",
    "full_no_inertia": "full, no inertia",
    "full_no_dissipation": "full, no dissipation",
    "time_independent_no_inertia": "constant, no inertia",
    "time_independent_no_dissipation": "constant, no dissipation",
    "homogeneous": "four numbers",
    "homogeneous_no_inertia": "two numbers, no inertia",
    "homogeneous_no_dissipation": "two numbers, no dissipation",
    "day": "another day",
    "hours": "rest of the day",
    "hours_earlier": "rest of the day, from another",
    "rate_index": "n of the learning rate",
    "gamma": "Γ",
    "lambda": "Λ",
    "gamma_self": "Γ, itself",
    "gamma_link": "Γ, neighbours",
    "lambda_self": "Λ, itself",
    "lambda_link": "Λ, neighbours",
}
if LAGRANGIAN_CASES:
    CLAIM_FILES.append(rules.lagrangian_claims.output.claims)
    NOTES_FILES += [lattice(d)["notes"] for d in LAGRANGIAN_DATASETS]
    REPORT_ITEMS += [
        item | {"names": LAGRANGIAN_WORDS}
        for item in report_items(
            "lagrangian", LAGRANGIAN_DATASETS, LAGRANGIAN_GROUPS, LAGRANGIAN_LABELS
        )
    ]
else:
    UNCHECKED["lagrangian"] = "this run has no case of this chapter"
LEFT_OUT += [{"case": c, "reason": r, "paper": "lagrangian"} for c, r in LAGRANGIAN_ABSENT.items()]
