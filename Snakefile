# movelaws: five papers on human mobility, rebuilt from the raw public data.
#   snakemake --cores 2                                  every result of the embedded default
#   snakemake --cores 2 --configfile config/paper.yaml   the published datasets
#   snakemake --cores 2 symbolic                         one paper

from snakemake.utils import min_version

min_version("9.20")


configfile: workflow.source_path("config/config.yaml")


include: "workflow/rules/common.smk"
include: "workflow/rules/retrieve.smk"
include: "workflow/rules/prepare.smk"
include: "workflow/rules/prepare_lattices.smk"
include: "workflow/rules/lagrangian.smk"
include: "workflow/rules/lagrangian_fits.smk"
include: "workflow/rules/lagrangian_tests.smk"
include: "workflow/rules/lagrangian_figures.smk"
include: "workflow/rules/lagrangian_results.smk"
include: "workflow/rules/symbolic.smk"
include: "workflow/rules/symbolic_search.smk"
include: "workflow/rules/symbolic_figures.smk"
include: "workflow/rules/pairdist.smk"
include: "workflow/rules/pairdist_pairs.smk"
include: "workflow/rules/pairdist_geographies.smk"
include: "workflow/rules/pairdist_matter.smk"
include: "workflow/rules/pairdist_cost.smk"
include: "workflow/rules/pairdist_bins.smk"
include: "workflow/rules/pairdist_definition.smk"
include: "workflow/rules/pairdist_results.smk"
include: "workflow/rules/inequality.smk"
include: "workflow/rules/inequality_figures.smk"
include: "workflow/rules/choice.smk"
include: "workflow/rules/choice_figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/benchmarks.smk"


rule all:
    default_target: True
    input:
        rules.lagrangian.input,
        rules.symbolic.input,
        rules.pairdist.input,
        rules.inequality.input,
        rules.choice.input,
        rules.ledger.output,
        rules.report.output,
