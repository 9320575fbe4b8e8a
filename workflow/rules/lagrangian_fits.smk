# Reference dynamics, days of cities, the fits and what they say of each site.
# Takes:  results/<run>/lattices/<dataset>/lattice.nc
# Makes:  results/<run>/lagrangian/<case>/populations.nc         agents by day, time and site
#         results/<run>/lagrangian/<case>/populations_ahead.nc   those for forecasts, where others
#         results/<run>/lagrangian/<case>/drift.csv              totals of the reference dynamics
#         results/<run>/lagrangian/<case>/fit.nc, fit_exact.nc   parameters, q, v, error
#         results/<run>/lagrangian/<case>/{methods,convergence}.csv
#         results/<run>/lagrangian/<case>/{observables,parameters,parameter_histogram,summary}.csv
#         results/<run>/lagrangian/<case>/susceptibility.nc
#         results/<run>/lagrangian/<case>/{energy,integrators}.csv


rule lagrangian_reference:
    output:
        populations=LAGRANGIAN / "{case}" / "populations.nc",
        drift=LAGRANGIAN / "{case}" / "drift.csv",
    log:
        LOGS / "lagrangian" / "reference-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "reference-{case}.jsonl"
    wildcard_constraints:
        case="|".join(LAGRANGIAN_REFERENCE) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="10m",
    params:
        case="{case}",
        dynamics=lambda wildcards: lagrangian_dynamics(wildcards.case),
        seed=config["seed"],
        code=module_digest(
            "movelaws.lagrangian.reference_dynamics",
            "movelaws.lagrangian.growth",
            "movelaws.lattices.populations",
        ),
    message:
        "Growing a city and moving its people to the centre: {wildcards.case}"
    script:
        "../../scripts/lagrangian/reference.py"


rule lagrangian_populations:
    input:
        lattice=lagrangian_lattice,
    output:
        populations=LAGRANGIAN / "{case}" / "populations.nc",
    log:
        LOGS / "lagrangian" / "populations-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "populations-{case}.jsonl"
    wildcard_constraints:
        case="|".join(LAGRANGIAN_CITIES) or "none",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="10m",
    params:
        settings=lambda wildcards: lagrangian_merging(wildcards.case),
        where="lagrangian.cities.{case}: side, day, forecasts and options",
        code=module_digest("movelaws.lattices.coarsen", "movelaws.lattices.populations"),
    message:
        "Merging the cells of {wildcards.case}"
    script:
        "../../scripts/lagrangian/populations.py"


use rule lagrangian_populations as lagrangian_populations_for_forecasts with:
    input:
        lattice=lagrangian_lattice_ahead,
    output:
        populations=LAGRANGIAN / "{case}" / "populations_ahead.nc",
    log:
        LOGS / "lagrangian" / "populations_ahead-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "populations_ahead-{case}.jsonl"
    wildcard_constraints:
        case="|".join(c for c, e in LAGRANGIAN_CITIES.items() if "forecast_dataset" in e) or "none",
    message:
        "Merging the cells of {wildcards.case} for its forecasts"


rule lagrangian_fit:
    input:
        populations=LAGRANGIAN / "{case}" / "populations.nc",
    output:
        fit=LAGRANGIAN / "{case}" / "fit.nc",
        exact=LAGRANGIAN / "{case}" / "fit_exact.nc",
        methods=LAGRANGIAN / "{case}" / "methods.csv",
        convergence=LAGRANGIAN / "{case}" / "convergence.csv",
    log:
        LOGS / "lagrangian" / "fit-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "fit-{case}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="60m",
    params:
        case="{case}",
        day=lagrangian_day,
        floor=LAGRANGIAN_SETTINGS["floor"],
        printed=lambda wildcards: lagrangian_printed(wildcards.case),
        exact=LAGRANGIAN_SETTINGS["exact"],
        code=module_digest("movelaws.lagrangian.methods", "movelaws.lattices.populations"),
    message:
        "Fitting the Lagrangian dynamics to {wildcards.case}"
    script:
        "../../scripts/lagrangian/fit.py"


rule lagrangian_observables:
    input:
        fit=LAGRANGIAN / "{case}" / "fit.nc",
        exact=LAGRANGIAN / "{case}" / "fit_exact.nc",
    output:
        observables=LAGRANGIAN / "{case}" / "observables.csv",
        parameters=LAGRANGIAN / "{case}" / "parameters.csv",
        histogram=LAGRANGIAN / "{case}" / "parameter_histogram.csv",
        susceptibility=LAGRANGIAN / "{case}" / "susceptibility.nc",
        summary=LAGRANGIAN / "{case}" / "summary.csv",
        energy=LAGRANGIAN / "{case}" / "energy.csv",
        integrators=LAGRANGIAN / "{case}" / "integrators.csv",
    log:
        LOGS / "lagrangian" / "observables-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "observables-{case}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="30m",
    params:
        case="{case}",
        block=LAGRANGIAN_SETTINGS["summary"]["block"],
        replicates=LAGRANGIAN_SETTINGS["summary"]["replicates"],
        level=LAGRANGIAN_SETTINGS["summary"]["confidence"],
        permutations=LAGRANGIAN_SETTINGS["summary"]["permutations"],
        seed=config["seed"],
        code=module_digest(
            "movelaws.lagrangian.energy",
            "movelaws.lagrangian.integrators",
            "movelaws.lagrangian.observables",
            "movelaws.lagrangian.parameters",
            "movelaws.lagrangian.summary",
            "movelaws.lagrangian.susceptibility",
        ),
    message:
        "Observables, susceptibilities and energies of {wildcards.case}"
    script:
        "../../scripts/lagrangian/observables.py"


LAGRANGIAN_OUTPUTS += lagrangian_tables("fit.nc")
LAGRANGIAN_OUTPUTS += lagrangian_tables("methods.csv")
LAGRANGIAN_OUTPUTS += lagrangian_tables("observables.csv")
LAGRANGIAN_OUTPUTS += lagrangian_tables("susceptibility.nc")
LAGRANGIAN_OUTPUTS += lagrangian_tables("energy.csv")
