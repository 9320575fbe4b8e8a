# The authors' published bins and arrays: how their exponents come about, what a likelihood makes of
# them, the towns given in full, and the cost of a country from that of its towns.
# Takes:  results/<run>/bins/<dataset>/{bins,cities,towns}.csv
# Makes:  results/<run>/pairdist/<bins>/table1.csv, table2.csv        Tables 1 and 2
#         results/<run>/pairdist/<bins>/fits.csv                      every law, every case
#         results/<run>/pairdist/<bins>/sensitivity.csv, summary.csv  ranges, weights, estimators
#         results/<run>/pairdist/<bins>/readings.csv, curves.csv      for the figures
#         results/<run>/pairdist/<bins>/cities.csv, radii.csv         Figs 3h, 3i, Table 1 (last row)
#         results/<run>/pairdist/<bins>/radius_tail.csv, repeats.csv
#         results/<run>/pairdist/<bins>/town_*.csv                    Figs 3f, 3g, 28-35 of two towns
#         results/<run>/pairdist/<bins>/aggregate.csv                 Fig. 27
#         results/<run>/pairdist/<bins>/two_cities_*.csv              Figs 3c-3e
#         results/<run>/pairdist/figures/{published_cost,sensitivity,published_cities,aggregate,two_cities}


for bins in PAIRDIST_BINS:
    BINS_MADE = PAIRDIST / bins
    BINS_FIGURES = PAIRDIST / "figures"
    BINS_SAYS = {
        "dataset": bins,
        "label": LABELS[bins],
        "unit": unit_of([bins]),
        "source": source_of([bins]),
        "synthetic": bins in SYNTHETIC,
    }

    rule pairdist_bins:
        input:
            **bins_input(bins, published="pairdist_table1_powerlaw.csv"),
            bins=bins_tables(bins)["bins"],
        output:
            table1=report(
                BINS_MADE / "table1.csv",
                caption="../report/pairdist_table1.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Table 1", "dataset": bins},
            ),
            table1_md=BINS_MADE / "table1.md",
            table2=report(
                BINS_MADE / "table2.csv",
                caption="../report/pairdist_table2.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Table 2", "dataset": bins},
            ),
            table2_md=BINS_MADE / "table2.md",
            fits=BINS_MADE / "fits.csv",
            curves=BINS_MADE / "curves.csv",
            sensitivity=BINS_MADE / "sensitivity.csv",
            sensitivity_md=BINS_MADE / "sensitivity.md",
            readings=BINS_MADE / "readings.csv",
            summary=BINS_MADE / "summary.csv",
            summary_md=BINS_MADE / "summary.md",
        log:
            LOGS / "pairdist" / f"bins-{bins}.log",
        benchmark:
            TIMES / "pairdist" / f"bins-{bins}.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="20m",
        params:
            **BINS_SAYS,
            cases=config["pairdist"]["published_bins"]["cases"],
            draws=config["pairdist"]["published_bins"]["draws"],
            few=config["pairdist"]["published_bins"]["few"],
            pieces_draws=config["pairdist"]["published_bins"]["pieces_draws"],
            seed=config["seed"],
            code=module_digest(
                "movelaws.pairdist.published_bins_laws",
                "movelaws.pairdist.published_bins_sensitivity",
            ),
        message:
            f"Reading the exponents of {LABELS[bins]}"
        script:
            "../../scripts/pairdist/bins.py"

    rule pairdist_cities:
        input:
            **bins_input(
                bins,
                published_statistics="pairdist_cities.csv",
                published_towns="pairdist_towns.csv",
                published_aic="pairdist_radius_aic.csv",
            ),
            cities=bins_tables(bins)["cities"],
            towns=bins_tables(bins)["towns"],
        output:
            statistics=BINS_MADE / "cities.csv",
            statistics_md=BINS_MADE / "cities.md",
            repeats=BINS_MADE / "repeats.csv",
            radii=BINS_MADE / "radii.csv",
            radii_md=BINS_MADE / "radii.md",
            tail=BINS_MADE / "radius_tail.csv",
            towns=BINS_MADE / "town_fits.csv",
            towns_md=BINS_MADE / "town_fits.md",
            laws=BINS_MADE / "town_laws.csv",
            curves=BINS_MADE / "town_curves.csv",
            recovery=BINS_MADE / "town_recovery.csv",
        log:
            LOGS / "pairdist" / f"cities-{bins}.log",
        benchmark:
            TIMES / "pairdist" / f"cities-{bins}.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="20m",
        params:
            **BINS_SAYS,
            draws=config["pairdist"]["published_cities"]["draws"],
            tail_start=config["pairdist"]["published_cities"]["tail_start_m"],
            town_draws=config["pairdist"]["published_cities"]["town_draws"],
            known=config["pairdist"]["published_cities"]["known"],
            seed=config["seed"],
            code=module_digest(
                "movelaws.pairdist.published_cities", "movelaws.pairdist.published_cities_towns"
            ),
        message:
            f"Reading the cities of {LABELS[bins]}"
        script:
            "../../scripts/pairdist/cities.py"

    rule pairdist_aggregate:
        input:
            **(
                {"published": PUBLISHED / "pairdist_simulated_cost.csv"}
                if DATASETS[bins]["source"] == "published"
                else {}
            ),
            cities=bins_tables(bins)["cities"],
        output:
            curves=BINS_MADE / "aggregate_curves.csv",
            table=report(
                BINS_MADE / "aggregate.csv",
                caption="../report/pairdist_aggregate_table.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Fig. 27", "dataset": bins},
            ),
            table_md=BINS_MADE / "aggregate.md",
            system=BINS_MADE / "two_cities_system.csv",
            shapes=BINS_MADE / "two_cities_shapes.csv",
            errors=BINS_MADE / "two_cities_errors.csv",
        log:
            LOGS / "pairdist" / f"aggregate-{bins}.log",
        benchmark:
            TIMES / "pairdist" / f"aggregate-{bins}.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="1GB",
            runtime="20m",
        params:
            **BINS_SAYS,
            towns=config["pairdist"]["aggregate"]["towns"],
            quantiles=config["pairdist"]["aggregate"]["quantiles"],
            simulation=config["pairdist"]["aggregate"]["simulation"],
            two_cities=config["pairdist"]["aggregate"]["two_cities"],
            seed=config["seed"],
            code=module_digest("movelaws.pairdist.aggregate_table", "movelaws.pairdist.two_cities"),
        message:
            "Putting the cost of a country together from that of its towns"
        script:
            "../../scripts/pairdist/aggregate.py"

    rule pairdist_figure_published_cost:
        input:
            curves=rules.pairdist_bins.output.curves,
            table=rules.pairdist_bins.output.table1,
        output:
            svg=report(
                BINS_FIGURES / "published_cost.svg",
                caption="../report/pairdist_published_cost.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Figs 3a, 3b, 4", "dataset": bins},
            ),
            png=BINS_FIGURES / "published_cost.png",
        log:
            LOGS / "pairdist" / "figure_published_cost.log",
        benchmark:
            TIMES / "pairdist" / "figure_published_cost.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            **BINS_SAYS,
            code=module_digest("movelaws.plotting.pairdist.published_cost"),
        message:
            "Drawing the cost of distance in the authors' bins"
        script:
            "../../scripts/pairdist/figure_published_cost.py"

    rule pairdist_figure_sensitivity:
        input:
            sensitivity=rules.pairdist_bins.output.sensitivity,
            readings=rules.pairdist_bins.output.readings,
        output:
            svg=report(
                BINS_FIGURES / "sensitivity.svg",
                caption="../report/pairdist_sensitivity.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Every reading", "dataset": bins},
            ),
            png=BINS_FIGURES / "sensitivity.png",
        log:
            LOGS / "pairdist" / "figure_sensitivity.log",
        benchmark:
            TIMES / "pairdist" / "figure_sensitivity.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            **BINS_SAYS,
            code=module_digest("movelaws.plotting.pairdist.sensitivity"),
        message:
            "Drawing every reading of the exponents"
        script:
            "../../scripts/pairdist/figure_sensitivity.py"

    rule pairdist_figure_published_cities:
        input:
            cities=bins_tables(bins)["cities"],
            statistics=rules.pairdist_cities.output.statistics,
            radii=rules.pairdist_cities.output.radii,
            repeats=rules.pairdist_cities.output.repeats,
            towns=rules.pairdist_cities.output.towns,
            curves=rules.pairdist_cities.output.curves,
        output:
            svg=report(
                BINS_FIGURES / "published_cities.svg",
                caption="../report/pairdist_published_cities.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Figs 3f-3i", "dataset": bins},
            ),
            png=BINS_FIGURES / "published_cities.png",
        log:
            LOGS / "pairdist" / "figure_published_cities.log",
        benchmark:
            TIMES / "pairdist" / "figure_published_cities.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            **BINS_SAYS,
            code=module_digest("movelaws.plotting.pairdist.published_cities"),
        message:
            "Drawing the exponents and radii of the paper's cities"
        script:
            "../../scripts/pairdist/figure_published_cities.py"

    rule pairdist_figure_aggregate:
        input:
            **(
                {"published": PUBLISHED / "pairdist_simulated_cost.csv"}
                if DATASETS[bins]["source"] == "published"
                else {}
            ),
            cities=bins_tables(bins)["cities"],
            curves=rules.pairdist_aggregate.output.curves,
            table=rules.pairdist_aggregate.output.table,
        output:
            svg=report(
                BINS_FIGURES / "aggregate.svg",
                caption="../report/pairdist_aggregate.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Fig. 27", "dataset": bins},
            ),
            png=BINS_FIGURES / "aggregate.png",
        log:
            LOGS / "pairdist" / "figure_aggregate.log",
        benchmark:
            TIMES / "pairdist" / "figure_aggregate.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            **BINS_SAYS,
            code=module_digest("movelaws.plotting.pairdist.aggregate"),
        message:
            "Drawing the cost of a country put together from towns"
        script:
            "../../scripts/pairdist/figure_aggregate.py"

    rule pairdist_figure_two_cities:
        input:
            system=rules.pairdist_aggregate.output.system,
            shapes=rules.pairdist_aggregate.output.shapes,
            errors=rules.pairdist_aggregate.output.errors,
        output:
            svg=report(
                BINS_FIGURES / "two_cities.svg",
                caption="../report/pairdist_two_cities.rst",
                category="Paper 3: pair distribution",
                labels={"result": "Figs 3c-3e", "dataset": "none"},
            ),
            png=BINS_FIGURES / "two_cities.png",
        log:
            LOGS / "pairdist" / "figure_two_cities.log",
        benchmark:
            TIMES / "pairdist" / "figure_two_cities.jsonl"
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem="500MB",
            runtime="5m",
        params:
            **BINS_SAYS,
            two_cities=config["pairdist"]["aggregate"]["two_cities"],
            seed=config["seed"],
            code=module_digest("movelaws.plotting.pairdist.two_cities"),
        message:
            "Drawing two towns at a distance"
        script:
            "../../scripts/pairdist/figure_two_cities.py"

    PAIRDIST_OUTPUTS += [
        *rules.pairdist_bins.output,
        *rules.pairdist_cities.output,
        *rules.pairdist_aggregate.output,
        *rules.pairdist_figure_published_cost.output,
        *rules.pairdist_figure_sensitivity.output,
        *rules.pairdist_figure_published_cities.output,
        *rules.pairdist_figure_aggregate.output,
        *rules.pairdist_figure_two_cities.output,
    ]
