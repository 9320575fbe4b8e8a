"""The science of movelaws: models, inference and data contracts, free of the workflow engine."""

import hashlib
import os
import sys
from pathlib import Path


def _kernel_cache() -> str:
    """Folder of compiled kernels, by the content of all modules that hold kernels.

    Numba looks only at the file of a cached kernel: after an edit of a kernel in another file that
    it calls, it would go on running the old code. One folder per state of the sources prevents it.
    """
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        source = path.read_bytes()
        if b"numba" in source:
            digest.update(path.relative_to(folder).as_posix().encode() + source)
    return str(folder / "__pycache__" / f"kernels-{digest.hexdigest()[:12]}")


os.environ.setdefault("NUMBA_CACHE_DIR", _kernel_cache())
if "numba" in sys.modules:  # it read the environment when it was imported
    sys.modules["numba"].config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]
