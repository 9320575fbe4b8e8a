"""The self-contained HTML report: claims ledger, one section per paper, how it was made."""

from movelaws.report.items import Item, LeftOut
from movelaws.report.page import build
from movelaws.report.sections import Paper, read_sections

__all__ = ["Item", "LeftOut", "Paper", "build", "read_sections"]
