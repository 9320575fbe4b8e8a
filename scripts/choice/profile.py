"""The best similarity at each strength of crowding."""

from pathlib import Path

from movelaws.choice.masses import choice_pairs
from movelaws.choice.profiles import gamma_profile
from movelaws.frames import read
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        data = read(Path(snakemake.input.zones).parent)
        pairs = choice_pairs(
            data.zones, data.flows, data.places, snakemake.params.attraction, circle=False
        )
        profile = gamma_profile(pairs, "ssi", snakemake.params.gammas, snakemake.params.seed)
        print(profile.to_string())
        profile.to_csv(snakemake.output.profile, index=False)
