"""Map the density of the places of all point sets (Fig. 10)."""

from pathlib import Path

from movelaws.log import logged
from movelaws.pairdist.geographies_places import density_map, placed
from movelaws.plotting import save
from movelaws.plotting.pairdist.places_map import places_map
from movelaws.pointsets import frames

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        jobs = zip(params.datasets, snakemake.input.points, made.svg, made.png, strict=True)
        for dataset, points, svg, png in jobs:
            pointset = frames.read(Path(points).parent)
            places = placed(pointset)
            drawn = places_map(
                density_map(places, params.cells),
                pointset.land.geometry,
                label=params.labels[dataset],
                counted="places" if places.weight is None else "weight (dwellings or people)",
                synthetic=dataset in params.synthetic,
            )
            save(drawn, [svg, png])
            print(f"drawn: {svg}, {png}")
