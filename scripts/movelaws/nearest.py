"""Names in a config that must be known, and errors that offer the one that was meant."""

from collections.abc import Collection
from difflib import get_close_matches


def check_known(key: str, name: str | None, known: Collection[str]) -> None:
    """Whether a name is known.

    Parameters
    ----------
    key : of the config that gives the name.
    name : as given.
    known : all that may be named.

    Raises
    ------
    ValueError
        Naming the key, the name and the nearest that is known.
    """
    if name not in known:
        raise ValueError(f"config: {key}: {name!r} is unknown{near(name, list(known))}")


def near(name: str | None, known: list[str]) -> str:
    """The end of an error: the known name that is nearest, or all of them."""
    found = get_close_matches(str(name), known, n=1)
    return f"; did you mean {found[0]!r}?" if found else f"; there are {', '.join(sorted(known))}"
