"""Draw noisy flows of a known law and search for it, at one level of noise."""

from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.log import logged
from movelaws.readings import pairs_under
from movelaws.symbolic.baselines import parameters
from movelaws.symbolic.noise_search import noise_levels


def noise_sample(
    folder: str, fits: pd.DataFrame, model: str, alpha: float, seed: int, **sizes
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of noise.csv and noise_cpc.csv of one model and dispersion."""
    data = read(folder)
    pairs = pairs_under(data.zones, data.flows, data.places, support="all", circle=False)
    fitted = fits[(fits["objective"] == "rmse") & (fits["model"] == model)].iloc[0]
    samples, cpc_samples = sizes.pop("samples"), sizes.pop("cpc_samples")
    known = parameters(model, fitted["parameter"])
    return noise_levels(pairs, model, known, alpha, samples, cpc_samples, seed, sizes)


if __name__ == "__main__":
    threads.use(snakemake.threads)
    p = snakemake.params
    with logged(snakemake.log[0]):
        found, common = noise_sample(
            str(Path(snakemake.input.zones).parent),
            pd.read_csv(snakemake.input.fits, dtype={"parameter": str}),
            snakemake.wildcards.model,
            p.alpha,
            p.seed,
            samples=p.samples,
            cpc_samples=p.cpc_samples,
            smallest=p.smallest,
            certified=p.certified,
            sizes=p.sizes,
            starts=p.starts,
        )
        print(found.to_string())
        found.to_csv(snakemake.output.noise, index=False)
        common.to_csv(snakemake.output.cpc, index=False)
