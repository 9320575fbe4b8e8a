"""Fingerprints of the code that a result depends on."""

import ast
import functools
import hashlib
import re
from pathlib import Path

_FOLDER = Path(__file__).parent


def module_digest(*names: str) -> str:
    """Digest of the named modules and of every movelaws module they import.

    Snakemake reruns a rule when its script changes, not when a module that the script imports
    does: a rule that carries this digest among its ``params`` does both.

    Parameters
    ----------
    *names : dotted names, such as ``"movelaws.metrics"``.

    Returns
    -------
    str of 16 hexadecimal digits, independent of the order of the names.

    Raises
    ------
    ModuleNotFoundError
        If a named module does not exist: a typo must not freeze a result for ever.
    """
    sources: dict[str, bytes] = {}
    for name in names:
        if not _is_module(name):
            raise ModuleNotFoundError(f"module_digest: there is no module {name!r}")
    todo = list(names)
    while todo:
        name = todo.pop()
        if name in sources:
            continue
        source = _file(_FOLDER, name).read_bytes()
        sources[name] = source
        todo += _movelaws_imports(source)
        todo += [name.rpartition(".")[0]] if "." in name else []
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(name.encode() + b"\0" + sources[name] + b"\0")
    return digest.hexdigest()[:16]


def _movelaws_imports(source: bytes) -> list[str]:
    return [name for name in _names_imported(source) if _is_module(name)]


# Statements that import from movelaws, over as many lines as their brackets need.
_IMPORT = re.compile(
    rb"^[ \t]*((?:from[ \t]+movelaws[\w.]*[ \t]+import|import[ \t]+movelaws)"
    rb"(?:[^\n(]*\([^)]*\)|[^\n]*))",
    re.MULTILINE,
)


@functools.cache  # a workflow asks for a hundred digests, and most modules belong to many
def _names_imported(source: bytes) -> tuple[str, ...]:
    """What a source imports from movelaws: modules, and names that may be modules.

    Only the import statements are parsed: parsing all modules took a third of the time in which
    Snakemake reads the workflow.
    """
    found = []
    for statement in _IMPORT.findall(source):
        for node in ast.parse(statement).body:
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(name for name in dict.fromkeys(found) if name.split(".")[0] == "movelaws")


def _is_module(name: str) -> bool:
    return _file(_FOLDER, name) is not None


@functools.cache
def _file(folder: Path, name: str) -> Path | None:
    """Where a module of movelaws is; to be told by importlib, its packages would be loaded."""
    package, *parts = name.split(".")
    if package != "movelaws":
        return None
    path = folder.joinpath(*parts)
    files = path / "__init__.py", path.with_name(f"{path.name}.py")
    return next((file for file in files if file.is_file()), None)
