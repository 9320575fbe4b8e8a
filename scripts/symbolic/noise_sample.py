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
    folder: str,
    fits: pd.DataFrame,
    model: str,
    population: str,
    alpha: float,
    seed: int,
    **sizes,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of noise.csv and noise_cpc.csv of one model and dispersion.

    The masses are those of ``population``, by which the model was fitted. Flows are drawn for all
    pairs whatever the support of the fits (Sec. 3.3): noise decides which ones are observed.
    """
    of_model = fits[(fits["objective"] == "rmse") & (fits["model"] == model)]
    if of_model.empty:
        raise ValueError(
            f"{model} has no fit by RMSE on this dataset, so its flows cannot be drawn: take it "
            "out of symbolic.noise.models, or see in the log of symbolic_fit why it was left out"
        )
    fitted = of_model.iloc[0]
    data = read(folder)
    pairs = pairs_under(
        data.zones, data.flows, data.places, population=population, support="all", circle=False
    )
    samples, cpc_samples = sizes.pop("samples"), sizes.pop("cpc_samples")
    known = parameters(model, fitted["parameter"])
    found, common = noise_levels(pairs, model, known, alpha, samples, cpc_samples, seed, sizes)
    if population == "residential":  # the search calls any masses w
        found["expression"] = found["expression"].map(_of_residents)
    return found, common


def _of_residents(law: str) -> str:
    return law.replace("w_", "r_").replace("s_w", "s_r")


if __name__ == "__main__":
    threads.use(snakemake.threads)
    p = snakemake.params
    with logged(snakemake.log[0]):
        found, common = noise_sample(
            str(Path(snakemake.input.zones).parent),
            pd.read_csv(snakemake.input.fits, dtype={"parameter": str}),
            snakemake.wildcards.model,
            p.population,
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
