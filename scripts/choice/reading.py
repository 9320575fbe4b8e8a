"""Is there crowding when attraction is measured otherwise?"""

from pathlib import Path

from movelaws.choice.readings import attraction_readings
from movelaws.frames import read
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        data = read(Path(snakemake.input.zones).parent)
        table, skipped = attraction_readings(
            data.zones,
            data.flows,
            confidence=snakemake.params.confidence,
            seed=snakemake.params.seed,
        )
        print(table.to_string())
        for attraction, why in skipped.items():
            print(f"{attraction} left out: {why}")
        table.insert(0, "dataset", snakemake.wildcards.dataset)
        table.to_csv(snakemake.output.reading, index=False)
