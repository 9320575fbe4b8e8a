"""Draw the intrinsic cost of distance seen from single towns (Figs 3f-3i, 26, 28-35)."""

import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.pairdist.cost_towns import PER_PAGE, island, towns
from movelaws.plotting.pairdist.cost_towns_tests import ratios

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        fits, curves = pd.read_csv(given.fits), pd.read_csv(given.curves)
        for page, paths in enumerate(zip(made.svg, made.png, strict=True)):
            shown = fits.iloc[page * PER_PAGE : (page + 1) * PER_PAGE]
            save(towns(curves, shown, synthetic=params.synthetic), paths)
        save(island(curves, fits, synthetic=params.synthetic), [made.island, made.island_png])
        drawn = ratios(fits, published=params.published, synthetic=params.synthetic)
        save(drawn, [made.ratios, made.ratios_png])
        print(f"drawn: {len(made.svg)} pages of towns, {made.island}, {made.ratios}")
