"""What the config of paper 3 must hold beyond its schema."""

from collections.abc import Collection, Iterator, Mapping

from movelaws.nearest import check_known

NO_DATASET = "none"
"""In the place of one dataset: what needs it is left out."""
RESERVED = ("claims", "figures", "matter", "patches", "shapes")
"""Folders and files of the chapter itself, beside those of its datasets."""
FARTHEST_GROWTH_M = 100_000
"""Growth is read in bins of 1 m, whose number has an end."""
STEEPEST = 10
"""Powers of distance beyond it leave the numbers that a computer has."""
_NAMING_POINTS = (
    ("settlement", "places"),
    ("settlement", "published"),
    ("geographies", "density_towns"),
    ("cost", "lows_m"),
    ("cost", "published"),
    ("definition", "merged"),
)


def check_pairdist(section: Mapping, points: Mapping, bins: Mapping) -> None:
    """Names of datasets and ranges in the section ``pairdist``, which a schema cannot know.

    A part may name a point set that the chapter does not take: that part is then left out, so that
    a chapter about other point sets need not name them in every part.

    Parameters
    ----------
    section : ``pairdist`` of the config.
    points, bins : the datasets of the sections of those names.

    Raises
    ------
    ValueError
        Naming the key, the value and the nearest name, or the values, that it may have.
    """
    for name in section["datasets"]:
        check_known("pairdist.datasets", name, points)
    check_known("pairdist.bins", section["bins"], [*bins, NO_DATASET])
    for name in [*section["datasets"], section["bins"]]:
        if name in RESERVED:
            raise ValueError(
                f"config: pairdist: the dataset {name!r} would share paths with results of the "
                f"chapter: give it another name than {', '.join(RESERVED)}"
            )
    for part, entry in section.items():
        if not isinstance(entry, Mapping):
            continue
        named = entry.get("datasets", [])
        for name in [] if named == "all" else named:
            check_known(f"pairdist.{part}.datasets", name, points)
        if "dataset" in entry:
            check_known(f"pairdist.{part}.dataset", entry["dataset"], [*points, NO_DATASET])
    for part, key in _NAMING_POINTS:
        for name in section.get(part, {}).get(key, []):
            check_known(f"pairdist.{part}.{key}", name, points)
    _check_ranges(section)
    _check_exponents(section)


def check_growth_range(key: str, low: float, high: float) -> None:
    """Whether growth can be read between two distances, in bins of 1 m.

    Parameters
    ----------
    key : that gives the range, for the error.
    low, high : m.

    Raises
    ------
    ValueError
        If not 0 < low < high, or ``high`` is too far.
    """
    _check_range(key, low, high)
    if high > FARTHEST_GROWTH_M:
        raise ValueError(
            f"{key}: {low:g} to {high:g} m: growth is read in bins of 1 m, "
            f"{FARTHEST_GROWTH_M:,} m is the farthest it can go"
        )


def check_exponent(key: str, exponent: float) -> None:
    """Whether a power of distance can be computed.

    Raises
    ------
    ValueError
        If it lies beyond -10 to 10.
    """
    if not abs(exponent) <= STEEPEST:
        raise ValueError(f"{key} = {exponent:g}: from -{STEEPEST} to {STEEPEST}")


def taken_by_no_part(section: Mapping, points: Collection[str]) -> list[str]:
    """A sentence about each point set of the chapter that none of its parts takes.

    Parameters
    ----------
    section : ``pairdist`` of the config.
    points : those that the run has.
    """
    parts = [entry for entry in section.values() if isinstance(entry, Mapping)]
    taken = {entry.get("dataset") for entry in parts}
    for entry in parts:
        named = entry.get("datasets", [])
        taken |= set(section["datasets"] if named == "all" else named)
    keys = ", ".join(
        f"{part}.datasets" for part in ("cost", "growth", "towns", "models") if part in section
    )
    return [
        f"pairdist: only the pairs of {name!r} are counted, as no part of the chapter takes it: "
        f"name it in pairdist: {keys} ..."
        for name in section["datasets"]
        if name in points and name not in taken
    ]


def _check_ranges(section: Mapping) -> None:
    growth = section.get("growth", {})
    if "from_m" in growth:
        key = "config: pairdist.growth.from_m, to_m"
        check_growth_range(key, growth["from_m"], growth["to_m"])
    for number, one in enumerate(growth.get("ranges", [])):
        check_growth_range(f"config: pairdist.growth.ranges[{number}]", *one)
    if "growth_range_m" in section.get("models", {}):
        key = "config: pairdist.models.growth_range_m"
        _check_range(key, *section["models"]["growth_range_m"])
    for case, entry in section.get("published_bins", {}).get("cases", {}).items():
        if entry is not None:
            key = f"config: pairdist.published_bins.cases.{case}, low and high"
            _check_range(key, entry["low"], entry["high"])


def _check_range(key: str, low: float, high: float) -> None:
    if not 0 < low < high:
        raise ValueError(f"{key}: {low:g} to {high:g} m: give the shorter distance first, above 0")


def _check_exponents(section: Mapping) -> None:
    for key, exponent in _exponents(section):
        check_exponent(f"config: pairdist.{key}", exponent)


def _exponents(section: Mapping) -> Iterator[tuple[str, float]]:
    if "exponent" in section.get("models", {}):
        yield "models.exponent", section["models"]["exponent"]
    for part in ("geographies", "estimators"):
        for number, exponent in enumerate(section.get(part, {}).get("exponents", [])):
            yield f"{part}.exponents[{number}]", exponent
