"""Small synthetic worlds for tests, written from scratch into a folder of the test's own."""

from movelaws import adapters, synthetic
from movelaws.allocation import MODELS
from movelaws.od import build_pairs

SMALL = {
    "abidjan_d4d": {"antennas": 30, "trips": 15_000},
    "china_weibo": {"cities": 30, "trips": 15_000},
    "denmark_moves": {"municipalities": 30, "residents": 2_000_000},
    "england_commuting": {"districts": 24, "workers": 1_000_000},
    "flowsr": {"zones": 30, "people": 1_500_000},
    "gowalla": {"zones": 30, "trips": 15_000},
    "sf_taxi": {"cells": 30, "trips": 15_000},
    "south_sudan": {
        "counties": 14,
        "people": 4000,
        "residents": 2_000_000,
        "inequality": {"variable": "flood", "share": 0.2, "delta_minus_1": 1e-5},
    },
    "us_commuting": {"counties": 40, "states": 3, "commuters": 2_000_000},
    "us_migration": {"residents": 20_000_000},
}
"""Options that make each world small."""


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def made_in(factory, names):
    """Each world once, small: folder and truth by name."""
    worlds = {}
    for name in names:
        folder = factory.mktemp(name)
        worlds[name] = folder, synthetic.write(name, folder, 1, SMALL[name])
    return worlds


def canonical(world, folder, truth, options=None):
    names = synthetic.files_of(world, options or {})
    files = {role: folder / name for role, name in names.items()}
    return adapters.read(synthetic.adapter(world), files, truth["adapter_options"])


def planted_pairs(tables, truth, support="observed"):
    model = truth["law"]["model"]
    return build_pairs(
        tables.zones,
        tables.flows,
        tables.places,
        population=truth["population"],
        support=support,
        circle=model in MODELS and MODELS[model].needs_circle,
    )
