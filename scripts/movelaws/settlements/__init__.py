"""Settlements: geographies made from real ones, and towns found from the places alone."""

from movelaws.settlements.agreement import (
    agreement,
    definition_table,
    merged_units,
    scan_dbscan,
    scan_hdbscan,
)
from movelaws.settlements.clustering import dbscan_towns, hdbscan_towns
from movelaws.settlements.geographies import (
    RURAL,
    Geography,
    checked_geography,
    disk_geography,
    plain_disk,
    plain_land,
    plain_ring,
    plain_square,
    uniform_geography,
)
from movelaws.settlements.outlines import town_outlines

__all__ = [
    "RURAL",
    "Geography",
    "agreement",
    "checked_geography",
    "dbscan_towns",
    "definition_table",
    "disk_geography",
    "hdbscan_towns",
    "merged_units",
    "plain_disk",
    "plain_land",
    "plain_ring",
    "plain_square",
    "scan_dbscan",
    "scan_hdbscan",
    "town_outlines",
    "uniform_geography",
]
