"""What the config of paper 2 must hold beyond its schema."""

from collections.abc import Mapping

from movelaws.nearest import check_known
from movelaws.symbolic.observations import ORIGIN_ONLY

COUNTIES = "us_commuting"
"""The adapter whose zones are US counties under their FIPS codes. Others have five digits too, such
as German municipalities, and would be taken for counties of some state."""


def check_search(section: Mapping, od: Mapping) -> None:
    """Names and numbers of the section ``symbolic`` that a schema cannot know.

    Parameters
    ----------
    section : ``symbolic`` of the config.
    od : its datasets by name.

    Raises
    ------
    ValueError
        Naming the key, the value and the remedy: an unknown dataset, an even complexity, more
        samples searched than measured, a set of variables that can make no law, complexities
        without a set, noise on a model that is not fitted, regions of zones that are no counties.
    """
    for part in ("search", "scientist", "entropy"):
        named = section[part]["datasets"]
        for name in [] if named == "all" else named:
            check_known(f"symbolic.{part}.datasets", name, od)
    for part in ("noise", "regions"):
        check_known(f"symbolic.{part}.dataset", section[part]["dataset"], od)
    for name in [*section["brief"], *section["search"]["variables"]]:
        check_known("symbolic.brief or symbolic.search.variables", name, od)
    for name in set(section["search"]["certified"]) - {"default"}:
        check_known("symbolic.search.certified", name, od)
    _check_sets(section["search"])
    _check_parts(section, od)
    sizes = {
        "search.complexity": section["search"]["complexity"],
        "noise.certified": section["noise"]["certified"],
        "regions.complexity": section["regions"]["complexity"],
    }
    for name, by_set in section["search"]["certified"].items():
        sizes |= {f"search.certified.{name}.{n}": c for n, c in enumerate(by_set)}
    for key, size in sizes.items():
        if size % 2 == 0:
            raise ValueError(
                f"config: symbolic.{key} = {size}: expressions have an odd complexity, "
                f"take {size - 1} or {size + 1}"
            )
    if section["noise"]["cpc_samples"] < section["noise"]["samples"]:
        raise ValueError(
            f"config: symbolic.noise.cpc_samples = {section['noise']['cpc_samples']}: at least as "
            f"many as samples = {section['noise']['samples']}"
        )


def _check_sets(search: Mapping) -> None:
    """Each set of variables can make a law, and none has a certified complexity to no effect."""
    for name, sets in search["variables"].items():
        for number, variables in enumerate(sets):
            if variables != "all" and set(variables) <= set(ORIGIN_ONLY):
                raise ValueError(
                    f"config: symbolic.search.variables.{name}.{number} = {list(variables)}: "
                    "variables of the origin alone send equal flows everywhere; add one of the "
                    "destination or of the pair, such as w_j, r_j, d, s_w or s_r"
                )
    for name, by_set in search["certified"].items():
        sets = search["variables"].get(name, ["all"])
        if name != "default" and len(by_set) > len(sets):
            raise ValueError(
                f"config: symbolic.search.certified.{name} = {list(by_set)}: one number for each "
                f"set of symbolic.search.variables.{name}, which has {len(sets)} ({sets})"
            )


def _check_parts(section: Mapping, od: Mapping) -> None:
    """Noise is added to models that are fitted, and regions are those of US counties."""
    noise, regions = section["noise"], section["regions"]["dataset"]
    named = section["search"]["datasets"]
    noisy = noise["dataset"] in section["datasets"] and (
        named == "all" or noise["dataset"] in named
    )
    for model in noise["models"]:
        if noisy and model not in section["models"]:
            raise ValueError(
                f"config: symbolic.noise.models: {model!r} is not among symbolic.models, whose "
                "fit it needs: add it there, or take it out here"
            )
    adapter = od[regions].get("adapter")
    if adapter != COUNTIES:
        raise ValueError(
            f"config: symbolic.regions.dataset = {regions!r} with adapter {adapter!r}: census "
            f"regions are told by the state codes of US counties, which only adapter {COUNTIES!r} "
            "is known to give; name a dataset of that adapter (without effect unless the dataset "
            "is in symbolic.datasets)"
        )
