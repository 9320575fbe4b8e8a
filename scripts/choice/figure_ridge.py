"""Draw the similarity over alpha and gamma."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.ridge import ridge

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        table = pd.read_csv(given.parameters)
        game = table[
            (table["dataset"] == params.dataset)
            & (table["model"] == "DCG")
            & (table["objective"] == "ssi")
        ].set_index("parameter")
        drawn = ridge(
            pd.read_csv(given.surface),
            game["value"].to_dict(),
            label=params.label,
            published=game["published_value"].dropna().to_dict() or None,
            planted=game["planted_value"].dropna().to_dict() or None,
            synthetic=params.synthetic,
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
