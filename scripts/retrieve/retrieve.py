"""Put one raw file in place: from the mirror if there is one, else from its address."""

import os
import sys
from pathlib import Path
from typing import IO

from movelaws.log import logged
from movelaws.registry import Row
from movelaws.retrieve import RetrievalError, Retrieved, receipt_path, retrieve


def fetch(
    row: dict[str, str | int | None],
    destination: str | Path,
    mirror: str | None = None,
    progress: IO[str] | None = None,
) -> Retrieved:
    """Retrieve the file of one registry row and say in the log how it went."""
    found = retrieve(Row.from_params(row), destination, mirror or None, progress=progress)
    print(found.sentence)
    print(f"receipt: {receipt_path(destination)}")
    return found


if __name__ == "__main__":
    terminal = sys.stderr
    # The mirror comes through the environment: where a copy lay changes nothing in the file, so
    # it must not be a parameter that Snakemake would rerun the rule for.
    mirror = os.environ.get("MOVELAWS_MIRROR")
    try:
        with logged(snakemake.log[0]):
            fetch(snakemake.params.row, snakemake.output.file, mirror, terminal)
    except RetrievalError:
        sys.exit(1)  # `logged` has said why; a traceback on the terminal would only bury it
