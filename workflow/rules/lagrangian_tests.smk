# How far the results depend on settings and on chance, and whether the model predicts.
# Takes:  results/<run>/lagrangian/<case>/populations.nc
# Makes:  results/<run>/lagrangian/<case>/sensitivity.csv
#         results/<run>/lagrangian/<case>/{prediction,prediction_summary}.csv
#         results/<run>/lagrangian/<case>/planted.csv            synthetic cities
#         results/<run>/lagrangian/seeds.csv

LAGRANGIAN_SENSITIVITY = lagrangian_some("sensitivity")
LAGRANGIAN_FORECAST = [c for c in lagrangian_some("forecast") if c in LAGRANGIAN_CITIES]
LAGRANGIAN_SEEDS = lagrangian_some("seeds")
LAGRANGIAN_PLANTED = [c for c in LAGRANGIAN_SYNTHETIC if lagrangian_plants(c)]


rule lagrangian_sensitivity:
    input:
        unpack(lagrangian_native),
        populations=LAGRANGIAN / "{case}" / "populations.nc",
    output:
        sensitivity=LAGRANGIAN / "{case}" / "sensitivity.csv",
    log:
        LOGS / "lagrangian" / "sensitivity-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "sensitivity-{case}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="60m",
    params:
        case="{case}",
        day=lagrangian_day,
        dynamics=lambda wildcards: lagrangian_dynamics(wildcards.case),
        city=lambda wildcards: lagrangian_merging(wildcards.case),
        settings=lambda wildcards: lagrangian_varied(wildcards.case),
        base=lambda wildcards: lagrangian_schedule(wildcards.case),
        floor=LAGRANGIAN_SETTINGS["floor"],
        permutations=LAGRANGIAN_SETTINGS["summary"]["permutations"],
        seed=config["seed"],
        code=module_digest("movelaws.lagrangian.resampling", "movelaws.lattices.coarsen"),
    message:
        "Fitting {wildcards.case} under other settings"
    script:
        "../../scripts/lagrangian/sensitivity.py"


rule lagrangian_forecast:
    input:
        populations=lagrangian_populations_ahead,
    output:
        curves=LAGRANGIAN / "{case}" / "prediction.csv",
        summary=LAGRANGIAN / "{case}" / "prediction_summary.csv",
    log:
        LOGS / "lagrangian" / "forecast-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "forecast-{case}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="60m",
    params:
        case="{case}",
        day=lagrangian_day,
        forecasts=lambda wildcards: LAGRANGIAN_CITIES[wildcards.case].get("forecasts", []),
        floor=LAGRANGIAN_SETTINGS["floor"],
        hours_share=LAGRANGIAN_SETTINGS["forecast"]["hours_share"],
        leads_hours=LAGRANGIAN_SETTINGS["forecast"]["leads_hours"],
        settings=lagrangian_forecasting(),
        code=module_digest("movelaws.lagrangian.prediction", "movelaws.lattices.populations"),
    message:
        "Predicting days and hours of {wildcards.case} that were not fitted"
    script:
        "../../scripts/lagrangian/forecast.py"


rule lagrangian_planted:
    input:
        unpack(lagrangian_truth),
        populations=LAGRANGIAN / "{case}" / "populations.nc",
    output:
        planted=LAGRANGIAN / "{case}" / "planted.csv",
    log:
        LOGS / "lagrangian" / "planted-{case}.log",
    benchmark:
        TIMES / "lagrangian" / "planted-{case}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="1GB",
        runtime="10m",
    params:
        case="{case}",
        floor=LAGRANGIAN_SETTINGS["floor"],
        level=LAGRANGIAN_SETTINGS["summary"]["confidence"],
        code=module_digest("movelaws.lagrangian.planted", "movelaws.lattices.populations"),
    message:
        "Looking for the planted parameters of {wildcards.case}"
    script:
        "../../scripts/lagrangian/planted.py"


rule lagrangian_seeds:
    input:
        populations=[
            LAGRANGIAN / case / "populations.nc"
            for case in LAGRANGIAN_SEEDS
            if case in LAGRANGIAN_CITIES
        ],
    output:
        seeds=LAGRANGIAN / "seeds.csv",
    log:
        LOGS / "lagrangian" / "seeds.log",
    benchmark:
        TIMES / "lagrangian" / "seeds.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="2GB",
        runtime="60m",
    params:
        reference={
            case: lagrangian_dynamics(case)
            for case in LAGRANGIAN_SEEDS
            if case in LAGRANGIAN_REFERENCE
        },
        days={
            case: LAGRANGIAN_CITIES[case]["day"]
            for case in LAGRANGIAN_SEEDS
            if case in LAGRANGIAN_CITIES
        },
        couplings=LAGRANGIAN_SETTINGS["seeds"]["couplings"],
        repeats=LAGRANGIAN_SETTINGS["seeds"]["repeats"],
        base={case: lagrangian_schedule(case) for case in LAGRANGIAN_SEEDS},
        floor=LAGRANGIAN_SETTINGS["floor"],
        permutations=LAGRANGIAN_SETTINGS["summary"]["permutations"],
        seed=config["seed"],
        code=module_digest("movelaws.lagrangian.resampling", "movelaws.lattices.populations"),
    message:
        "Fitting other grown cities, other agents and other days"
    script:
        "../../scripts/lagrangian/seeds.py"


LAGRANGIAN_OUTPUTS += lagrangian_tables("sensitivity.csv", LAGRANGIAN_SENSITIVITY)
LAGRANGIAN_OUTPUTS += lagrangian_tables("prediction_summary.csv", LAGRANGIAN_FORECAST)
LAGRANGIAN_OUTPUTS += lagrangian_tables("planted.csv", LAGRANGIAN_PLANTED)
if LAGRANGIAN_SEEDS:
    LAGRANGIAN_OUTPUTS += [rules.lagrangian_seeds.output.seeds]
