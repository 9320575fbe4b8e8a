"""Write the raw files of one synthetic world, and beside them the truth that they hide."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from movelaws import synthetic
from movelaws.log import logged


def synthesise(
    world: str, options: Mapping[str, Any], seed: int, folder: str | Path
) -> dict[str, Any]:
    """Write the raw files of ``world`` and ``truth.json`` into ``folder``; returns the truth."""
    folder = Path(folder)
    truth = synthetic.write(world, folder, seed, options)
    text = json.dumps(truth, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
    for name, value in truth.items():
        print(f"{name}: {value}")
    return truth


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        synthesise(
            snakemake.params.world,
            snakemake.params.options,
            snakemake.params.seed,
            Path(snakemake.output.truth).parent,
        )
