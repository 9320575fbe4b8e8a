"""Draw the toy geographies and hold their pairs against what shapes make them."""

from pathlib import Path

from movelaws.log import logged
from movelaws.pairdist.geographies_places import land_of
from movelaws.pairdist.shapes import toys
from movelaws.pointsets import frames
from movelaws.seeds import number
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        land, source = land_of(frames.read(Path(snakemake.input.points).parent))
        print(f"land of {params.dataset}, from: {source}")
        seed = number(params.seed, "pairdist", "shapes")
        found = toys(land, **params.settings, seed=seed)
        print(found.checks.to_string())
        write_table(found.checks, made.table, made.table_md)
        for name in ("places", "pairs", "ring"):
            getattr(found, name).to_csv(getattr(made, name), index=False)
        for name in ("places", "seen", "moves"):
            getattr(found.circles, name).to_csv(getattr(made, f"circles_{name}"), index=False)
