# Figures of paper 1, drawn from saved results.
# Takes:  the tables and arrays of the cases
# Makes:  results/<run>/lagrangian/figures/*.{svg,png}

from movelaws.plotting.lagrangian.energy import PER_PAGE as ENERGY_PER_PAGE
from movelaws.plotting.lagrangian.fits import PER_PAGE as FITS_PER_PAGE
from movelaws.plotting.lagrangian.sensitivity import PER_PAGE as SENSITIVITY_PER_PAGE

# Reference dynamics and cities each have their figures: their shapes differ too much for one.
LAGRANGIAN_KINDS = {
    kind: cases
    for kind, cases in {
        "reference": list(LAGRANGIAN_REFERENCE),
        "cities": list(LAGRANGIAN_CITIES),
    }.items()
    if cases
}
LAGRANGIAN_FIT_PAGES = {
    kind: lagrangian_pages(f"fit_{kind}", cases, FITS_PER_PAGE)
    for kind, cases in LAGRANGIAN_KINDS.items()
}
LAGRANGIAN_ENERGY_PAGES = lagrangian_pages("energy", LAGRANGIAN_CASES, ENERGY_PER_PAGE)
LAGRANGIAN_SENSITIVITY_PAGES = lagrangian_pages(
    "sensitivity", LAGRANGIAN_SENSITIVITY, SENSITIVITY_PER_PAGE
)


for kind, cases in LAGRANGIAN_KINDS.items():

    rule:
        name:
            f"lagrangian_figure_fit_{kind}"
        input:
            fits=lagrangian_tables("fit.nc", cases),
            exact=lagrangian_tables("fit_exact.nc", cases),
            populations=lagrangian_tables("populations.nc", cases),
        output:
            **lagrangian_drawn({"svg": LAGRANGIAN_FIT_PAGES[kind]}, "Fig. 2", kind, svg="fit"),
        log:
            LOGS / "lagrangian" / f"figure_fit_{kind}.log",
        benchmark:
            TIMES / "lagrangian" / f"figure_fit_{kind}.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(cases),
            synthetic=lagrangian_synthetic(cases),
            source=source_of(lagrangian_behind(cases)),
            window="centre" if kind == "reference" else "fullest",
            code=module_digest("movelaws.plotting.lagrangian.fits"),
        message:
            "Drawing nine cells over time"
        script:
            "../../scripts/lagrangian/figure_fit.py"

    rule:
        name:
            f"lagrangian_figure_susceptibility_{kind}"
        input:
            susceptibility=lagrangian_tables("susceptibility.nc", cases),
            fits=lagrangian_tables("fit.nc", cases),
            summary=lagrangian_tables("summary.csv", cases),
            populations=lagrangian_tables("populations.nc", cases),
        output:
            **lagrangian_drawn(
                {"psi": f"susceptibility_{kind}", "chi": f"chi_{kind}"},
                "Figs 6 and 7",
                kind,
                psi="susceptibility",
            ),
        log:
            LOGS / "lagrangian" / f"figure_susceptibility_{kind}.log",
        benchmark:
            TIMES / "lagrangian" / f"figure_susceptibility_{kind}.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(cases),
            synthetic=lagrangian_synthetic(cases),
            source=source_of(lagrangian_behind(cases)),
            method="printed",
            code=module_digest("movelaws.plotting.lagrangian.susceptibility"),
        message:
            "Drawing maps of the susceptibilities"
        script:
            "../../scripts/lagrangian/figure_susceptibility.py"


if LAGRANGIAN_CASES:

    rule lagrangian_figure_distributions:
        input:
            observables=lagrangian_tables("observables.csv"),
            summary=lagrangian_tables("summary.csv"),
            histogram=lagrangian_tables("parameter_histogram.csv"),
            parameters=lagrangian_tables("parameters.csv"),
            fits=lagrangian_tables("fit.nc"),
            seeds=[rules.lagrangian_seeds.output.seeds] if LAGRANGIAN_SEEDS else [],
        output:
            **lagrangian_drawn(
                {
                    "parameters": "distributions_parameters",
                    "inertia": "distributions_inertia",
                    "flows": "distributions_flows",
                },
                "Figs 3 to 5",
                "all",
                parameters="distributions_parameters",
            ),
        log:
            LOGS / "lagrangian" / "figure_distributions.log",
        benchmark:
            TIMES / "lagrangian" / "figure_distributions.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(LAGRANGIAN_CASES),
            synthetic=lagrangian_synthetic(LAGRANGIAN_CASES),
            source=source_of(lagrangian_behind(LAGRANGIAN_CASES)),
            kinds={case: lagrangian_kind(case) for case in LAGRANGIAN_CASES},
            method="printed",
            level=LAGRANGIAN_SETTINGS["summary"]["confidence"],
            code=module_digest(
                "movelaws.plotting.lagrangian.parameters",
                "movelaws.plotting.lagrangian.inertia",
                "movelaws.plotting.lagrangian.flows",
            ),
        message:
            "Drawing distributions of parameters and observables"
        script:
            "../../scripts/lagrangian/figure_distributions.py"

    rule lagrangian_figure_convergence:
        input:
            convergence=lagrangian_tables("convergence.csv"),
            methods=lagrangian_tables("methods.csv"),
        output:
            **lagrangian_drawn({"svg": "convergence"}, "Methods", "all", svg="convergence"),
        log:
            LOGS / "lagrangian" / "figure_convergence.log",
        benchmark:
            TIMES / "lagrangian" / "figure_convergence.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(LAGRANGIAN_CASES),
            synthetic=lagrangian_synthetic(LAGRANGIAN_CASES),
            source=source_of(lagrangian_behind(LAGRANGIAN_CASES)),
            start=LAGRANGIAN_SETTINGS["exact"]["start"],
            code=module_digest("movelaws.plotting.lagrangian.convergence"),
        message:
            "Drawing errors against wall time"
        script:
            "../../scripts/lagrangian/figure_convergence.py"

    rule lagrangian_figure_energy:
        input:
            energy=lagrangian_tables("energy.csv"),
            fits=lagrangian_tables("fit.nc"),
        output:
            **lagrangian_drawn({"svg": LAGRANGIAN_ENERGY_PAGES}, "Energy", "all", svg="energy"),
        log:
            LOGS / "lagrangian" / "figure_energy.log",
        benchmark:
            TIMES / "lagrangian" / "figure_energy.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(LAGRANGIAN_CASES),
            synthetic=lagrangian_synthetic(LAGRANGIAN_CASES),
            source=source_of(lagrangian_behind(LAGRANGIAN_CASES)),
            made_up=LAGRANGIAN_SYNTHETIC,
            method="printed",
            code=module_digest("movelaws.plotting.lagrangian.energy"),
        message:
            "Drawing energies and entropy production"
        script:
            "../../scripts/lagrangian/figure_energy.py"


if LAGRANGIAN_REFERENCE:

    rule lagrangian_figure_drift:
        input:
            drift=lagrangian_tables("drift.csv", LAGRANGIAN_REFERENCE),
        output:
            **lagrangian_drawn({"svg": "drift"}, "Drift", "reference", svg="drift_figure"),
        log:
            LOGS / "lagrangian" / "figure_drift.log",
        benchmark:
            TIMES / "lagrangian" / "figure_drift.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(list(LAGRANGIAN_REFERENCE)),
            synthetic=lagrangian_synthetic(list(LAGRANGIAN_REFERENCE)),
            source=source_of(lagrangian_behind(list(LAGRANGIAN_REFERENCE))),
            code=module_digest("movelaws.plotting.lagrangian.drift"),
        message:
            "Drawing the totals of the reference dynamics"
        script:
            "../../scripts/lagrangian/figure_drift.py"


if LAGRANGIAN_SENSITIVITY:

    rule lagrangian_figure_sensitivity:
        input:
            sensitivity=lagrangian_tables("sensitivity.csv", LAGRANGIAN_SENSITIVITY),
        output:
            **lagrangian_drawn(
                {"svg": LAGRANGIAN_SENSITIVITY_PAGES},
                "Sensitivity",
                "all",
                svg="sensitivity_figure",
            ),
        log:
            LOGS / "lagrangian" / "figure_sensitivity.log",
        benchmark:
            TIMES / "lagrangian" / "figure_sensitivity.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(LAGRANGIAN_SENSITIVITY),
            synthetic=lagrangian_synthetic(LAGRANGIAN_SENSITIVITY),
            source=source_of(lagrangian_behind(LAGRANGIAN_SENSITIVITY)),
            base=lagrangian_base(),
            code=module_digest("movelaws.plotting.lagrangian.sensitivity"),
        message:
            "Drawing the settings that the paper leaves open"
        script:
            "../../scripts/lagrangian/figure_sensitivity.py"


if LAGRANGIAN_SEEDS:

    rule lagrangian_figure_seeds:
        input:
            seeds=rules.lagrangian_seeds.output.seeds,
            summary=lagrangian_tables("summary.csv", LAGRANGIAN_SEEDS),
            fits=lagrangian_tables("fit.nc", LAGRANGIAN_SEEDS),
        output:
            **lagrangian_drawn({"svg": "seeds"}, "Seeds", "all", svg="seeds"),
        log:
            LOGS / "lagrangian" / "figure_seeds.log",
        benchmark:
            TIMES / "lagrangian" / "figure_seeds.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(LAGRANGIAN_SEEDS),
            synthetic=lagrangian_synthetic(LAGRANGIAN_SEEDS),
            source=source_of(lagrangian_behind(LAGRANGIAN_SEEDS)),
            code=module_digest("movelaws.plotting.lagrangian.seeds"),
        message:
            "Drawing other cities, agents and days"
        script:
            "../../scripts/lagrangian/figure_seeds.py"


if LAGRANGIAN_FORECAST:

    rule lagrangian_figure_prediction:
        input:
            summary=lagrangian_tables("prediction_summary.csv", LAGRANGIAN_FORECAST),
            curves=lagrangian_tables("prediction.csv", LAGRANGIAN_FORECAST),
            populations=lagrangian_tables("populations.nc", LAGRANGIAN_FORECAST),
        output:
            **lagrangian_drawn(
                {name: name for name in ("prediction", "horizon", "parsimony")},
                "Prediction",
                "cities",
            ),
        log:
            LOGS / "lagrangian" / "figure_prediction.log",
        benchmark:
            TIMES / "lagrangian" / "figure_prediction.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(LAGRANGIAN_FORECAST),
            synthetic=lagrangian_synthetic(LAGRANGIAN_FORECAST),
            source=source_of(lagrangian_behind(LAGRANGIAN_FORECAST)),
            level=LAGRANGIAN_SETTINGS["summary"]["confidence"],
            code=module_digest(
                "movelaws.plotting.lagrangian.prediction",
                "movelaws.plotting.lagrangian.horizon",
                "movelaws.plotting.lagrangian.parsimony",
            ),
        message:
            "Drawing what the model predicts"
        script:
            "../../scripts/lagrangian/figure_prediction.py"


if LAGRANGIAN_PLANTED:

    rule lagrangian_figure_planted:
        input:
            planted=lagrangian_tables("planted.csv", LAGRANGIAN_PLANTED),
        output:
            **lagrangian_drawn({"svg": "planted"}, "Planted", "cities", svg="planted_figure"),
        log:
            LOGS / "lagrangian" / "figure_planted.log",
        benchmark:
            TIMES / "lagrangian" / "figure_planted.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            labels=lagrangian_shown(LAGRANGIAN_PLANTED),
            synthetic=lagrangian_synthetic(LAGRANGIAN_PLANTED),
            source=source_of(lagrangian_behind(LAGRANGIAN_PLANTED)),
            code=module_digest("movelaws.plotting.lagrangian.planted"),
        message:
            "Drawing planted parameters"
        script:
            "../../scripts/lagrangian/figure_planted.py"


rule lagrangian_figure_populations:
    input:
        populations=LAGRANGIAN / "{case}" / "populations.nc",
    output:
        **lagrangian_drawn(
            {"svg": "populations_{case}"}, "Populations", "{case}", svg="populations"
        ),
    log:
        LOGS / "lagrangian" / "figure_populations-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "figure_populations-{case}.jsonl"
    wildcard_constraints:
        case="|".join(LAGRANGIAN_CITIES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        case="{case}",
        day=lagrangian_day,
        label=lambda wildcards: LAGRANGIAN_LABELS[wildcards.case],
        synthetic=lambda wildcards: lagrangian_synthetic([wildcards.case]),
        source=lambda wildcards: source_of(lagrangian_behind([wildcards.case])),
        code=module_digest("movelaws.plotting.lagrangian.populations"),
    message:
        "Drawing the population of {wildcards.case} through the day"
    script:
        "../../scripts/lagrangian/figure_populations.py"


LAGRANGIAN_FIGURES = [
    *(page for pages in LAGRANGIAN_FIT_PAGES.values() for page in pages),
    *(f"{stem}_{kind}" for kind in LAGRANGIAN_KINDS for stem in ("susceptibility", "chi")),
    *(f"populations_{case}" for case in LAGRANGIAN_CITIES),
    *(LAGRANGIAN_ENERGY_PAGES if LAGRANGIAN_CASES else []),
    *(["convergence"] if LAGRANGIAN_CASES else []),
    *(
        f"distributions_{stem}"
        for stem in (("parameters", "inertia", "flows") if LAGRANGIAN_CASES else ())
    ),
    *(["drift"] if LAGRANGIAN_REFERENCE else []),
    *(LAGRANGIAN_SENSITIVITY_PAGES if LAGRANGIAN_SENSITIVITY else []),
    *(["seeds"] if LAGRANGIAN_SEEDS else []),
    *(["prediction", "horizon", "parsimony"] if LAGRANGIAN_FORECAST else []),
    *(["planted"] if LAGRANGIAN_PLANTED else []),
]
LAGRANGIAN_OUTPUTS += [
    LAGRANGIAN / "figures" / f"{name}.{suffix}"
    for name in LAGRANGIAN_FIGURES
    for suffix in ("svg", "png")
]
