"""Random expressions, and points to try them at."""

from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.symbolic.expressions import Binary, Constant, Expression, Unary, Variable

NAMES = ("w_i", "w_j", "d", "s_w")
WHOLE = (-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0)  # constants that make terms meet and cancel
MODELS = {
    "GMZipf": "w_j / d",
    "GMPow": "w_j / d^2.05",
    "GMExp": "w_j / 1.04^d",
    "RM": "w_j / ((w_i + s_w) * (w_i + s_w + w_j))",
    "IO": "exp(-0.1 * s_w) - exp(-0.1 * (s_w + w_j))",
    "OPS": "w_j / (w_i + s_w + w_j)",
}


def random_expression(rng: np.random.Generator, depth: int, digits: int = 3) -> Expression:
    """A tree of at most ``depth`` levels of operators."""
    if depth == 0 or rng.random() < 0.15:
        if rng.random() < 0.6:
            return Variable(NAMES[rng.integers(len(NAMES))])
        if rng.random() < 0.6:
            return Constant(WHOLE[rng.integers(len(WHOLE))])
        return Constant(round(2 * rng.normal(), digits))
    kind = rng.random()
    if kind < 0.24:
        return Unary("exp" if kind < 0.12 else "ln", random_expression(rng, depth - 1, digits))
    left, right = (random_expression(rng, depth - 1, digits) for _ in range(2))
    return Binary("+-*/^"[rng.integers(5)], left, right)


def random_expressions(n: int, seed: int, depth: int = 4) -> list[Expression]:
    """Trees of complexity 3 to 19."""
    rng, found = np.random.default_rng(seed), []
    while len(found) < n:
        tree = random_expression(rng, int(rng.integers(1, depth + 1)))
        if 3 <= tree.complexity <= 19:
            found.append(tree)
    return found


def random_points(seed: int, origins: int = 20, destinations: int = 6) -> dict[str, np.ndarray]:
    """Positive columns (origins * destinations,), rows of an origin together, w_i its own."""
    rng = np.random.default_rng(seed)
    columns = {name: np.exp(rng.normal(0, 0.6, origins * destinations)) for name in NAMES}
    columns["w_i"] = np.repeat(columns["w_i"][:origins], destinations)
    return columns


def shares(weight: np.ndarray, destinations: int = 6) -> np.ndarray:
    """f_ij / sum_k f_ik, nan for origins whose sum is undefined or has cancelled away."""
    weight = weight.reshape(-1, destinations)
    with np.errstate(all="ignore"):
        total = weight.sum(axis=1, keepdims=True)
        size = np.abs(weight).sum(axis=1, keepdims=True)
        usable = (
            np.isfinite(size) & (np.abs(total) > 1e-6 * size) & (size > 1e-200) & (size < 1e200)
        )
        return np.where(usable, weight / total, np.nan)


def published() -> pd.DataFrame:
    """Expressions of Tables S2 to S6 as printed, with their complexities."""
    folder = Path(__file__).parents[2] / "config" / "published"
    files = ("symbolic_tableS2_S5_S6_expressions.csv", "symbolic_tableS3_S4_expressions.csv")
    return pd.concat([pd.read_csv(folder / file) for file in files], ignore_index=True)
