"""What readers of this chapter call the models, in the order of the paper's Fig. 3."""

NAMES = {
    "DCG": "DCG",
    "GMPow2": "Gravity 2",
    "GMPow": "Gravity 1",
    "IO": "IO",
    "PWO": "PWO",
    "RM": "Radiation",
    "GMPowDC": "Doubly constr.",
}
REFERENCE = "GMPowDC"
"""Beyond the paper: given the arrivals as well as the departures."""


def ordered(models: list[str]) -> list[str]:
    """Those of ``models`` that belong to this chapter, in its order."""
    return [model for model in NAMES if model in models]
