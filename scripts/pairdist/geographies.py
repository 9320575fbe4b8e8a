"""Draw moves with one intrinsic cost through three geographies of a point set (claim P10)."""

from pathlib import Path

from movelaws.files import replacing
from movelaws.log import logged
from movelaws.pairdist.geographies import study
from movelaws.pointsets import frames
from movelaws.seeds import number
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        pointset = frames.read(Path(snakemake.input.points).parent)
        seed = number(params.seed, "pairdist", "geographies", params.dataset)
        found = study(pointset, **params.settings, seed=seed)
        print(found.summary.T.to_string(header=False))
        print(found.exponents.to_string())
        write_table(found.exponents, made.table, made.table_md)
        found.bands.to_csv(made.bands, index=False)
        found.summary.to_csv(made.summary, index=False)
        for table, path in ((found.curves, made.curves), (found.maps, made.maps)):
            with replacing(path) as temporary:
                table.to_parquet(temporary, index=False)
