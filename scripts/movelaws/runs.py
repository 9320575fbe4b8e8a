"""Which cases a run computes: raw files of each dataset, and the cases that cannot be had."""

from collections.abc import Mapping
from pathlib import Path

from movelaws import registry


def raw_files(
    name: str, entry: Mapping, raw: Path, world_folder: Path, world_files: Mapping[str, str]
) -> dict[str, Path]:
    """Paths of the raw files of one dataset by role.

    Parameters
    ----------
    name : of the dataset, for error messages.
    entry : its entry in the config, with ``source`` and ``files``.
    raw : folder that retrieved files lie in, as <dataset>/<version>/<file>.
    world_folder, world_files : where a synthetic world writes, and its file names by role.

    Raises
    ------
    ValueError
        If a published file is not given as <dataset>/<version>/<file>.
    """
    if entry["source"] == "synthetic":
        return {role: world_folder / file for role, file in world_files.items()}
    chosen = {role: file for role, file in entry["files"].items() if file is not None}
    if entry["source"] == "own":
        return {role: Path(file) for role, file in chosen.items()}
    return {role: raw.joinpath(*registry_key(name, role, file)) for role, file in chosen.items()}


def registry_key(name: str, role: str, file: str) -> tuple[str, str, str]:
    """Split <dataset>/<version>/<file> of a config entry into its three parts."""
    parts = tuple(file.split("/"))
    if len(parts) != 3 or not all(parts):
        raise ValueError(
            f"config: od.{name}.files.{role} = {file!r}: with source: published, give "
            "<dataset>/<version>/<file> of config/datasets.csv; for a path of yours set source: own"
        )
    return parts


def left_out(
    datasets: Mapping[str, Mapping], rows: registry.Registry, mirror: str | None, raw: Path
) -> dict[str, str]:
    """Datasets whose raw files cannot all be had, each with a sentence that says why.

    A missing file of the user's own is not left out but an error of Snakemake that names it:
    who points at a file expects it to be read.
    """
    reasons = {}
    for name, entry in datasets.items():
        if entry["source"] != "published":
            continue
        for role, file in entry["files"].items():
            if file is None:
                continue
            row = registry.find(rows, *registry_key(name, role, file))
            state, why = registry.status(row, mirror, raw)
            if state in ("restricted", "unavailable"):
                reasons[name] = f"{role} ({file}): {why}"
                break
    return reasons
