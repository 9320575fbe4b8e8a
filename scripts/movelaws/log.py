"""What a step prints goes to its log file as well as to the terminal's error stream."""

import contextlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from threadpoolctl import threadpool_limits


class _Tee:
    def __init__(self, *streams):
        self._streams = streams

    def write(self, text: str) -> int:
        for stream in self._streams:
            stream.write(text)
        return len(text)

    def flush(self) -> None:
        for stream in self._streams:
            stream.flush()

    def isatty(self) -> bool:
        return all(stream.isatty() for stream in self._streams)


@contextlib.contextmanager
def logged(path: str | Path) -> Iterator[None]:
    """Redirect standard output and error to the file at ``path``; errors also reach the terminal.

    The traceback of a failing step is written to the log before it is raised, so that the file
    named by Snakemake tells the whole story. Within it linear algebra has one thread: sums over
    more of them end in other last digits, and a result must not depend on the number of cores.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", buffering=1) as log:
        terminal = sys.stderr
        with (
            contextlib.redirect_stdout(log),
            contextlib.redirect_stderr(_Tee(log)),
            threadpool_limits(1, user_api="blas"),
        ):
            try:
                yield
            except BaseException as error:
                traceback.print_exc()
                print(f"{type(error).__name__}: {error}", file=terminal)
                raise
