"""What the config of paper 3 must hold beyond its schema."""

from collections.abc import Mapping

from movelaws.nearest import check_known

NO_DATASET = "none"
"""In the place of one dataset: what needs it is left out."""


def check_pairdist(section: Mapping, points: Mapping, bins: Mapping) -> None:
    """Names of datasets in the section ``pairdist``, which a schema cannot know.

    A part may name a point set that the chapter does not take: that part is then left out, so that
    a chapter about other point sets need not name them in every part.

    Parameters
    ----------
    section : ``pairdist`` of the config.
    points, bins : the datasets of the sections of those names.

    Raises
    ------
    ValueError
        Naming the key, the value and the nearest name that is known.
    """
    for name in section["datasets"]:
        check_known("pairdist.datasets", name, points)
    check_known("pairdist.bins", section["bins"], [*bins, NO_DATASET])
    for part, entry in section.items():
        if not isinstance(entry, Mapping):
            continue
        named = entry.get("datasets", [])
        for name in [] if named == "all" else named:
            check_known(f"pairdist.{part}.datasets", name, points)
        if "dataset" in entry:
            check_known(f"pairdist.{part}.dataset", entry["dataset"], [*points, NO_DATASET])
