"""How well each estimator of the distance cost finds a cost that is known."""

from pathlib import Path

from movelaws.log import logged
from movelaws.pairdist.estimators import drawn_estimates, summary
from movelaws.pointsets import frames

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        drawn = drawn_estimates(
            frames.read(Path(snakemake.input.points).parent), params.dataset, **params.settings
        )
        drawn.to_csv(made.draws, index=False)
        table = summary(drawn, params.settings["moves"])
        print(table.to_string())
        table.to_csv(made.summary, index=False)
