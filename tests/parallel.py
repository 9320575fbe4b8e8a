"""Which tests share a process when they run in parallel (pytest-xdist)."""

import functools
import re

from xdist.scheduler import LoadScopeScheduling

from tests.running import ROOT

EMBEDDED = "embedded"
_ASKS = re.compile(r"^def \w+\([^)]*\bembedded(_copy)?\b", re.M)


@functools.cache
def group(file: str) -> str:
    """Group of a test file, given from the root: its own, but one for all of the embedded run."""
    return EMBEDDED if _ASKS.search((ROOT / file).read_text(encoding="utf-8")) else file


class ByFile(LoadScopeScheduling):
    """Tests of one file share their fixtures, those of the embedded run make it once."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.split("::", 1)[0])
