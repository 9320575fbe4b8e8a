import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import curve_fit
from scipy.special import gamma

from movelaws.symbolic.scientist.alphabet import OPERATIONS, Language, arity, end_of, symbol
from movelaws.symbolic.scientist.canonical import key
from movelaws.symbolic.scientist.fit import Fitter, bic, predictions
from movelaws.symbolic.scientist.kernels import run, scratch
from movelaws.symbolic.scientist.moves import Moves
from movelaws.symbolic.scientist.printing import complexity, latex, renumbered, text
from movelaws.symbolic.scientist.prior import Prior, read

PRIOR = read(Path(__file__).parents[2] / "config/published/symbolic_scientist_prior.csv")
LANGUAGE = Language(("w_i", "w_j", "d"), 6)
LEAVES = {"w_i": 0, "w_j": 1, "d": 2, **{f"c{k + 1}": 3 + k for k in range(6)}}


def tree(written: str) -> tuple[int, ...]:
    """Tree from names in prefix order, such as ``"* c1 w_j"``."""
    return tuple(LEAVES[w] if w in LEAVES else symbol(w) for w in written.split())


def random_trees(n: int, seed: int = 1) -> list[tuple[int, ...]]:
    """Trees as a chain without data would meet them."""
    moves, rng = Moves(Language(LANGUAGE.variables, 6, longest=15)), np.random.default_rng(seed)
    at, found = (0,), []
    while len(found) < n:
        proposal = moves.propose(at, rng)
        at = proposal[0] if proposal else at
        found.append(at)
    return found


# The prior


def test_prior_energy_is_that_of_a_hand_count():
    law = tree("+ * c1 exp d * c2 exp w_j")
    counts = {"+": 1, "*": 2, "exp": 2}
    by_hand = sum(PRIOR.linear[o] * n + PRIOR.quadratic[o] * n**2 for o, n in counts.items())
    assert PRIOR.energy(law) == pytest.approx(by_hand, rel=1e-14)
    assert PRIOR.energy(law) == pytest.approx(24.85, abs=0.02)  # 5.51 + 2*4.44 + 4*.035 + 2*5.15


def test_the_published_prior_knows_all_operations_and_leaves_are_free():
    assert PRIOR.operations == OPERATIONS
    assert PRIOR.energy(tree("c1")) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("operation,linear\n+,1\n", r"columns \['quadratic'\] are missing"),
        ("operation,linear,quadratic\n+,1,0\n+,1,0\n", "'\\+' stands twice"),
        ("operation,linear,quadratic\nsec,1,0\n", "'sec' is none of"),
        ("operation,linear,quadratic\n+,inf,0\n", "must be finite"),
    ],
)
def test_a_bad_prior_table_is_named(tmp_path, content, message):
    path = tmp_path / "prior.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match=message) as error:
        read(path)
    assert "prior.csv" in str(error.value)


def test_prior_needs_its_file_and_both_terms(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such table"):
        read(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="only one of the terms"):
        Prior({"+": 1.0}, {})


# Description length


def test_bic_is_that_of_the_normal_likelihood():
    residuals = np.random.default_rng(0).normal(0.3, 2.0, 500)
    squares = float(residuals @ residuals)
    likelihood = stats.norm.logpdf(residuals, 0, math.sqrt(squares / 500)).sum()
    assert bic(squares, 500, 3) == pytest.approx(4 * math.log(500) - 2 * likelihood, rel=1e-12)
    assert bic(math.inf, 500, 3) == math.inf


def test_constants_agree_with_scipy():
    rng = np.random.default_rng(2)
    x = rng.uniform(0.5, 5.0, (3, 700))
    y = 1.5 * np.exp(-0.4 * x[2]) + 0.7 * np.log(x[1] + 2.0) + rng.normal(0, 0.1, 700)
    law = tree("+ * c1 exp * c2 d * c3 log + w_j c4")

    def model(_, a, b, c, e):
        return a * np.exp(b * x[2]) + c * np.log(x[1] + e)

    expected, _ = curve_fit(model, None, y, p0=[1, -1, 1, 1], xtol=1e-14, ftol=1e-14)
    found = Fitter(x, y, LANGUAGE, PRIOR).fit(law, np.array([1.0, -1, 1, 1, 1, 1]))
    assert found.constants[:4] == pytest.approx(expected, rel=1e-3)
    assert found.squares == pytest.approx(((y - model(None, *expected)) ** 2).sum(), rel=1e-8)
    assert found.description_length == found.bic / 2 + PRIOR.energy(law)


def test_a_constant_at_several_leaves_is_one_constant():
    rng = np.random.default_rng(3)
    x = rng.uniform(0.5, 5.0, (3, 300))
    y = 0.8 * x[1] + 0.8 / x[2]
    found = Fitter(x, y, LANGUAGE, PRIOR).fit(tree("+ * c2 w_j / c2 d"), np.ones(6))
    assert found.constants[1] == pytest.approx(0.8, rel=1e-6)
    assert found.bic == bic(found.squares, 300, 1)


def test_undefined_laws_and_perfect_fits_stay_numbers():
    x = np.array([[1.0, 2, 3, 4], [1, 1, 2, 2], [-1, 1, 2, 3]])
    fitter = Fitter(x, x[0], LANGUAGE, PRIOR)
    assert fitter.fit(tree("log d"), np.ones(6)).description_length == math.inf
    assert fitter.fit(tree("/ c1 + d - d"), np.ones(6)).bic == math.inf
    assert math.isfinite(fitter.fit(tree("w_i"), np.ones(6)).bic)


# The compiled kernels


FUNCTIONS = {
    "+": np.add,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "-": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "pow2": np.square,
    "pow3": lambda x: x**3,
    "abs": np.abs,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "fac": lambda x: gamma(x + 1),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_values_and_slopes_of_every_operation(operation):
    x = np.random.default_rng(4).uniform(0.2, 3.0, (3, 600))
    constants = np.array([0.7, 1.3, 1, 1, 1, 1])
    two = arity(symbol(operation)) == 2
    law = tree(f"{operation} * c1 w_j" + (" + c2 d" if two else ""))

    def value(a, b):
        arguments = [a * x[1], b + x[2]][: 2 if two else 1]
        return FUNCTIONS[operation](*arguments)

    assert predictions(law, constants, x) == pytest.approx(value(0.7, 1.3), rel=1e-12)
    work = scratch()
    run(np.array(law, dtype=np.int8), constants, x, 300, 500, True, work)
    for k, (da, db) in enumerate([(1e-6, 0), (0, 1e-6)][: 2 if two else 1]):
        numeric = (value(0.7 + da, 1.3 + db) - value(0.7 - da, 1.3 - db)) / 2e-6
        assert work[1][0, k, :200] == pytest.approx(numeric[300:500], rel=1e-6, abs=1e-6)


def test_powers_of_negative_numbers():
    x = np.array([[-2.0, -2.0, 0.0, 0.0], [3.0, 0.5, 2.0, 0.0], [1, 1, 1, 1]])
    found = predictions(tree("** w_i w_j"), np.ones(6), x)
    assert found == pytest.approx([-8.0, np.nan, 0.0, 1.0], nan_ok=True)


# Printing


def test_text_says_what_the_tree_computes():
    rng = np.random.default_rng(5)
    x, constants = rng.uniform(0.5, 2.0, (3, 20)), rng.uniform(0.5, 1.5, 6)
    names = {"w_i": x[0], "w_j": x[1], "d": x[2], "ln": np.log, "fac": FUNCTIONS["fac"]}
    names |= {f"c{k + 1}": c for k, c in enumerate(constants)}
    names |= {f: getattr(np, f) for f in FUNCTIONS if hasattr(np, f)}
    for law in random_trees(400):
        with np.errstate(all="ignore"):
            written = eval(text(law, LANGUAGE).replace("^", "**"), names)
        computed = predictions(law, constants, x)
        same = np.isclose(computed, written, rtol=1e-8) | ~np.isfinite(written)
        assert same.all() | (np.abs(computed) > 1e6).any(), text(law, LANGUAGE)


def test_text_and_latex_of_a_law_of_table_s9():
    law = tree("* ** * w_i w_j c1 exp * ** * c1 d c2 + c3 d")
    assert text(law, LANGUAGE) == "(w_i * w_j)^c1 * exp((c1 * d)^c2 * (c3 + d))"
    assert latex(law, LANGUAGE) == (
        r"\left(w_{i} w_{j}\right)^{c_{1}} "
        r"e^{\left(c_{1} d\right)^{c_{2}} \left(c_{3} + d\right)}"
    )
    assert complexity(law) == 17  # 8 leaves, 7 binary operators, exp


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/ w_j d", 3),
        ("exp d", 3),
        ("tanh d", 3),
        ("pow2 d", 3),
        ("sqrt d", 3),
        ("- d", 3),
        ("+ w_j - d", 3),
        ("+ - w_j d", 3),
        ("+ - w_j - d", 5),
        ("/ w_j ** c1 d", 5),
    ],
)
def test_complexity_counts_nodes_of_a_binary_tree(written, expected):
    assert complexity(tree(written)) == expected


def test_constants_are_renumbered_in_the_order_of_their_leaves():
    law = renumbered(tree("+ * c5 d + c2 c5"), LANGUAGE)
    assert text(law, LANGUAGE) == "c1 * d + c2 + c1"


# One key per formula


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+ c1 * c2 d", "+ * c4 d c3"),
        ("* d d", "pow2 d"),
        ("/ w_j d", "* w_j / d pow2 d"),
        ("+ w_j w_j", "+ + w_j pow2 w_j + w_j - * w_j w_j"),
        ("exp + d w_j", "* exp w_j exp d"),
        ("pow2 sqrt d", "d"),
        ("- - d", "d"),
        ("/ c1 / c2 d", "/ * d c3 c1"),
        ("** * w_i + c2 c1 c1", "** * + c3 c5 w_i c3"),
    ],
)
def test_equal_formulas_have_equal_keys(one, other):
    assert key(tree(one), LANGUAGE) == key(tree(other), LANGUAGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [("* c1 d", "* d d"), ("+ c1 c1", "+ c1 c2"), ("* w_i d", "* w_j d"), ("exp d", "sinh d")],
)
def test_different_formulas_have_different_keys(one, other):
    assert key(tree(one), LANGUAGE) != key(tree(other), LANGUAGE)


def test_keys_do_not_depend_on_names_of_constants():
    shuffled = {3 + k: 3 + (k + 2) % 6 for k in range(6)}
    for law in random_trees(300, seed=7):
        other = tuple(shuffled.get(s, s) for s in law)
        used = Counter(s for s in law if s >= 3)
        if len(used) <= 1:
            assert key(law, LANGUAGE) == key(other, LANGUAGE)


def test_equal_keys_mean_equal_values():
    rng = np.random.default_rng(8)
    x, constants = rng.uniform(0.5, 2.0, (3, 10)), np.full(6, 0.9)
    seen: dict[str, np.ndarray] = {}
    for law in random_trees(3000, seed=9):
        values = predictions(law, constants, x)  # equal constants: names cannot matter
        before = seen.setdefault(key(law, LANGUAGE), values)
        good = np.isfinite(values) & np.isfinite(before) & (np.abs(values) < 1e6)
        assert values[good] == pytest.approx(before[good], rel=1e-6, abs=1e-9)
    assert len(seen) > 500


# The language


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((), 1), "at least one"),
        ((("d", "d"), 1), "no name twice"),
        ((("d",), 7), "n_constants = 7"),
        ((("d",), 1, ("sec",)), "'sec' is unknown"),
        ((("d",), 1, ("+",), 61), "longest = 61"),
    ],
)
def test_a_bad_language_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Language(*arguments)


def test_subtrees_end_where_they_should():
    law = tree("+ * c1 exp d w_j")
    assert [end_of(law, k) for k in range(len(law))] == [6, 5, 3, 5, 5, 6]
