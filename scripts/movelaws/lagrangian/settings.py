"""What the config of paper 1 must hold beyond its schema."""

from collections.abc import Collection, Mapping

from movelaws import options
from movelaws.lagrangian.variants import VARIANTS
from movelaws.lattices import coarsen
from movelaws.nearest import check_known

RESERVED = ("claims", "figures", "seeds", "answers")
"""Files and folders of the chapter itself, beside those of its cases."""
_OF_THE_CASE = {"side": "side", "days": "day and forecasts", "population": "population"}
"""Options of ``coarsen.case`` that a city has keys of its own for."""


def chosen(entries: Mapping[str, Mapping | None], cases: str | Collection[str]) -> dict:
    """The entries that a run has: not null, and among the cases it asks for ("all" or names)."""
    return {
        case: entry
        for case, entry in entries.items()
        if entry is not None and (cases == "all" or case in cases)
    }


def datasets(city: Mapping) -> list[str]:
    """The lattices behind a city: that of its fits, and that of its forecasts if it is another."""
    return [city[key] for key in ("dataset", "forecast_dataset") if key in city]


def check_lagrangian(section: Mapping, lattices: Mapping) -> None:
    """Names of datasets and cases in the section ``lagrangian``, which a schema cannot know.

    Parameters
    ----------
    section : ``lagrangian`` of the config.
    lattices : the datasets of the section of that name.

    Raises
    ------
    ValueError
        Naming the key, the value and the nearest name that is known, or what is taken.
    """
    reference, cities = section["reference"]["cases"], section["cities"]
    for case in cities:
        if case in reference:
            raise ValueError(
                f"config: lagrangian.cities.{case}: reference.cases has a case of this name; "
                "choose another"
            )
    for case in [*reference, *cities]:
        if case in RESERVED:
            raise ValueError(
                f"config: lagrangian: the case {case!r} would share paths with results of the "
                f"chapter: give it another name than {', '.join(RESERVED)}"
            )
    for case, entry in cities.items():
        if entry is not None:
            _check_datasets(case, entry, lattices)
            _check_options(case, entry.get("options", {}))
            _check_pairs(case, entry.get("forecasts", []))
    _check_blocks(section)
    parts = {"": section, **{f".{p}": section[p] for p in ("sensitivity", "forecast", "seeds")}}
    for part, entry in parts.items():
        for case in [] if entry["cases"] == "all" else entry["cases"]:
            check_known(f"lagrangian{part}.cases", case, [*reference, *cities])
    for variant in section["forecast"]["variants"]:
        check_known("lagrangian.forecast.variants", variant, list(VARIANTS))


def _check_datasets(case: str, entry: Mapping, lattices: Mapping) -> None:
    """Whether there are such lattices; one of real people has no synthetic forecasts."""
    check_known(f"lagrangian.cities.{case}.dataset", entry["dataset"], lattices)
    if "forecast_dataset" in entry:
        where, other = f"lagrangian.cities.{case}.forecast_dataset", entry["forecast_dataset"]
        check_known(where, other, lattices)
        sources = [lattices[name]["source"] for name in datasets(entry)]
        if len({*sources}) > 1:
            raise ValueError(
                f"config: {where} = {other!r}: its source is {sources[1]}, that of "
                f"{entry['dataset']!r} is {sources[0]}: take lattices of one source"
            )


def _check_options(case: str, given: Mapping) -> None:
    """Whether the cells can be merged so; nothing said here overrides what the case says."""
    where = f"config: lagrangian.cities.{case}.options"
    for option in given:
        if option in _OF_THE_CASE:
            raise ValueError(
                f"{where}, option {option!r}: say it in lagrangian.cities.{case} "
                f"({_OF_THE_CASE[option]}) and leave it out here"
            )
    options.check(coarsen.case, given, where)


def _check_blocks(section: Mapping) -> None:
    """Intervals come from resampled blocks of cells, of which a lattice needs two."""
    block, wanted = section["summary"]["block"], section["cases"]
    sides = {
        f"cities.{case}.side": entry["side"]
        for case, entry in chosen(section["cities"], wanted).items()
    }
    if chosen(section["reference"]["cases"], wanted):
        sides["reference.side"] = section["reference"]["side"]
    for key, side in sides.items():
        if side is not None and side <= block:
            raise ValueError(
                f"config: lagrangian.summary.block = {block} covers the whole lattice of "
                f"lagrangian.{key} = {side}: give a smaller block, or a larger side"
            )


def _check_pairs(case: str, pairs: list) -> None:
    for number, (fitted, tested) in enumerate(pairs):
        if [fitted, tested] in [[*pair] for pair in pairs[:number]]:
            raise ValueError(
                f"config: lagrangian.cities.{case}.forecasts[{number}]: {fitted!r} to {tested!r} "
                "is given twice; leave it out here"
            )
        if fitted == tested:
            raise ValueError(
                f"config: lagrangian.cities.{case}.forecasts[{number}]: the day {fitted!r} is "
                "fitted and predicted; give two days"
            )
