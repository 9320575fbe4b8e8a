"""Where the files of FlowSR lie: by role, or inside the archive under their published names.

Beijing-Tianjin-Hebei: ``BTH_county_flow.pkl``, ``_dist.pkl``, ``_io.pkl``, ``_attr.xlsx``.
Guangdong, for example: ``gd_commute_flow_matrix_intercounty.npy``, ``_ids_mapping_``, ``_dist_``,
``_attr_``, ``_opportunity_intercounty_res.csv`` and ``_work.csv``. Any ending of the kind fits.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from movelaws import archives

OTHER_ROLES = (
    "distances",
    "opportunities_residential",
    "opportunities_workplace",
    "zone_numbers",
    "attributes",
    "points",
    "places",
)
_NUMBERS = (".pkl", ".npy", ".csv")
_TABLES = (".xlsx", ".csv")
_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")


@contextmanager
def opened(
    files: Mapping[str, Path], region: str, level: str, kind: str
) -> Iterator[dict[str, Path]]:
    """Paths by role; members of the archive lie in a folder that goes away again.

    A file given by its role replaces the member of the archive.

    Raises
    ------
    ValueError
        If a member or a file that is needed is missing, or a member is there twice. Errors about a
        member, also those raised by the caller, name the archive and the member.
    """
    archive = files["flows"]
    if archive.suffix.lower() not in _ARCHIVES:
        yield _complete(dict(files), None, region, level, kind)
        return
    with tempfile.TemporaryDirectory() as folder:
        names = _members(archive, region, level, kind)
        wanted = set(names.values())
        archives.extract(archive, folder, wanted.__contains__)
        found = {role: Path(folder) / name for role, name in names.items()}
        others = {role: path for role, path in files.items() if role != "flows"}
        try:
            yield _complete(found | others, archive, region, level, kind)
        except ValueError as error:
            text = str(error).replace(f"{folder}/", f"{archive}, member ")
            raise ValueError(text) from error


def _members(archive: Path, region: str, level: str, kind: str) -> dict[str, str]:
    """Member of the archive by role, for the roles that have one."""
    every = [member.name for member in archives.members(archive)]
    by_name: dict[str, list[str]] = {}
    for name in every:
        by_name.setdefault(PurePosixPath(name).name.casefold(), []).append(name)
    found = {}
    for role, candidates in published_names(region, level, kind).items():
        for candidate in candidates:
            members = by_name.get(candidate.casefold(), [])
            if len(members) > 1:
                raise ValueError(
                    f"{archive}: {role}: {candidate} is there {len(members)} times "
                    f"({', '.join(members)}): give one of them under the role {role!r}"
                )
            if members:
                found[role] = members[0]
                break
    return found


def published_names(region: str, level: str, kind: str) -> dict[str, list[str]]:
    """Names that the file of each role may have, the first one found is taken."""
    if region == "bth":
        stems = {
            "flows": (["BTH_county_flow"], _NUMBERS),
            "distances": (["BTH_county_dist"], _NUMBERS),
            "opportunities_residential": (["BTH_county_io", "BTH_county_iores"], _NUMBERS),
            "attributes": (["BTH_county_attr"], _TABLES),
        }
    else:
        stems = _guangdong(level, kind)
    return {
        role: [stem + ending for stem in some for ending in endings]
        for role, (some, endings) in stems.items()
    }


def _guangdong(level: str, kind: str) -> dict[str, tuple[list[str], tuple[str, ...]]]:
    stem, where = f"gd_{'commute' if kind == 'commuting' else kind}", f"inter{level}"
    # Tables of the Python scripts first, then the matrices of the Julia scripts.
    table, matrix = f"{stem}_opportunity_{where}", f"{stem}_opportunity_matrix_{where}"
    residents = [f"{table}_res", f"{matrix}_home_pop"] if kind == "commuting" else [table]
    stems = {
        "flows": ([f"{stem}_flow_matrix_{where}", f"{stem}_flow_{where}"], _NUMBERS),
        "distances": ([f"{stem}_dist_{where}", f"{stem}_dist_matrix_{where}"], _NUMBERS),
        "opportunities_residential": ([*residents, f"{matrix}_pop"], _NUMBERS),
        "zone_numbers": ([f"{stem}_ids_mapping_{where}"], (".pkl",)),
        "attributes": ([f"{stem}_attr_{where}"], _TABLES),
    }
    if kind == "commuting":
        stems["opportunities_workplace"] = ([f"{table}_work", f"{matrix}_work_pop"], _NUMBERS)
    if level == "county":
        stems["places"] = ([f"{stem}_attr_intersubdistrict"], _TABLES)
    return stems


def _complete(
    paths: dict[str, Path], archive: Path | None, region: str, level: str, kind: str
) -> dict[str, Path]:
    names = published_names(region, level, kind)
    for role in ("flows", "attributes"):
        if role in paths:
            continue
        if archive is None:
            raise ValueError(
                f"adapter 'flowsr': the file role {role!r} is missing: give it beside the flows, "
                "or give the archive of both as flows"
            )
        raise ValueError(
            f"{archive}: no member {' or '.join(names[role][:2])} ({role} of {region}, level "
            f"{level!r}, kind {kind!r}): choose the level and kind that the archive holds, or "
            f"give the files by role"
        )
    return paths
