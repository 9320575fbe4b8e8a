"""Time symbolic regression by gplearn and pyoperon, in an environment of their own.

Both evaluate the same laws as movelaws with the same loss: gplearn as a custom fitness, pyoperon,
which has none, by NumPy from the values that it returns in float32. Each is given the laws in the
form it is fastest in: gplearn has NumPy's own division and power, unprotected against zeros,
pyoperon takes powers as exponentials of logarithms.
"""

import time
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
from laws import (
    LAWS,
    NEAR,
    PLANTED,
    SEED,
    VARIABLES,
    Law,
    Rows,
    laws,
    loss,
    n_rows,
    observed_rows,
    rate,
    reached,
    single,
    values,
)
from measure import Task, main

POPULATION, GENERATIONS = 1000, 20


class Timed(NamedTuple):
    """Loss of each law, and the quickest seconds so far, of the losses and the values alone."""

    losses: np.ndarray
    seconds: float
    values_seconds: float


class Prepared(NamedTuple):
    """Rows as the tool wants them, the laws in its own form, and the seconds so far."""

    rows: Rows
    data: Any
    programs: list
    seconds: list[tuple[float, float]]


def gplearn_evaluation() -> Task:
    """Programs of gplearn scored by a fitness that allocates the outflow of every origin."""
    from gplearn._program import _Program

    functions = gplearn_functions()

    def read(world: dict) -> Prepared:
        rows = observed_rows(world)
        metric = allocating(rows)
        made = [
            _Program(
                list(functions.values()), {}, (2, 6), "half and half", len(VARIABLES), (-1.0, 1.0),
                metric, 0.05, 0.0, np.random.RandomState(0), program=_prefix(law, functions),
            )
            for law in laws(LAWS, SEED)
        ]  # fmt: skip
        return Prepared(rows, np.ascontiguousarray(rows.columns.T), made, [])

    def run(inputs: Prepared) -> Timed:
        begin = time.perf_counter()
        rows, table, programs, seconds = inputs
        losses = [program.raw_fitness(table, rows.flow, None) for program in programs]
        seconds.append((time.perf_counter() - begin, np.nan))
        return Timed(np.array(losses), *min(seconds))

    return Task(version("gplearn"), read, run, lambda timed, _: timed.losses, _rates, LAWS)


def gplearn_functions() -> dict[str, Any]:
    """Operators of the laws as gplearn's functions, unprotected."""
    from gplearn.functions import _Function

    ufuncs = {"+": np.add, "*": np.multiply, "/": np.divide, "^": np.power, "exp": np.exp}
    return {name: _Function(f, name, f.nin) for name, f in ufuncs.items()}


def allocating(rows: Rows) -> Any:
    """The loss as a custom fitness of gplearn; what has none is worst."""
    from gplearn.fitness import _Fitness

    def fitness(y: np.ndarray, f: np.ndarray, weight: np.ndarray | None) -> float:
        with np.errstate(all="ignore"):
            found = loss(f, rows)
        return found if np.isfinite(found) else 1e300

    return _Fitness(fitness, greater_is_better=False)


def _prefix(law: Law, functions: dict) -> list:
    if isinstance(law, str):
        return [VARIABLES.index(law)]
    if isinstance(law, float):
        return [law]
    operator, left, right = law
    parts = [*_prefix(left, functions), *_prefix(right, functions)]
    if operator == "base":
        return [functions["exp"], functions["*"], *parts]
    return [functions[operator], *parts]


def pyoperon_evaluation() -> Task:
    """Trees of pyoperon, evaluated one after the other; their loss by NumPy in float32."""
    import pyoperon

    def read(world: dict) -> Prepared:
        rows = single(observed_rows(world))
        data = pyoperon.Dataset(np.asfortranarray(rows.columns.T))
        names = dict(zip(VARIABLES, data.VariableHashes, strict=True))
        trees = [
            pyoperon.Tree(_reversed_postfix(law, names, pyoperon.Node)).UpdateNodes()
            for law in laws(LAWS, SEED)
        ]
        return Prepared(rows, data, trees, [])

    def run(inputs: Prepared) -> Timed:
        rows, data, trees, seconds = inputs
        every = pyoperon.Range(0, rows.flow.size)
        primitives = pyoperon.DispatchTable()
        values_seconds, losses = 0.0, []
        whole = time.perf_counter()
        for tree in trees:
            begin = time.perf_counter()
            f = pyoperon.Evaluate(primitives, tree, data, every)
            values_seconds += time.perf_counter() - begin
            losses.append(loss(f, rows))
        seconds.append((time.perf_counter() - whole, values_seconds))
        return Timed(np.array(losses), *min(seconds))

    return Task(version("pyoperon"), read, run, lambda timed, _: timed.losses, _rates, LAWS)


def _reversed_postfix(law: Law, names: dict[str, int], node: Any) -> list:
    """Nodes of a law; pyoperon takes the last operand as the first."""
    if isinstance(law, str):
        variable = node.Variable(1.0)
        variable.HashValue = names[law]
        return [variable]
    if isinstance(law, float):
        return [node.Constant(law)]
    operator, left, right = law
    parts = [*_reversed_postfix(right, names, node), *_reversed_postfix(left, names, node)]
    if operator == "base":
        return [*parts, node.Mul(), node.Exp()]
    if operator == "^":  # exp(c ln x), five times as fast here as a power
        return [*parts, node.Log(), node.Mul(), node.Exp()]
    return [*parts, {"+": node.Add, "*": node.Mul, "/": node.Div}[operator]()]


def _rates(timed: Timed, world: dict) -> str:
    told = f"{n_rows(world):,} rows, {rate(world, timed.seconds)}"
    if np.isfinite(timed.values_seconds):
        told += f" in float32, without the loss {rate(world, timed.values_seconds)}"
    return told


def gplearn_evolution() -> Task:
    """gplearn's symbolic regression with the custom fitness, until it is near the planted law.

    With its own protected functions, and a power and an exponential protected in the same way.
    """
    from gplearn.functions import make_function
    from gplearn.genetic import SymbolicRegressor

    functions = ["add", "sub", "mul", "div", "log"]
    for name, protected, operands in (("exp", _exp, 1), ("pow", _power, 2)):
        functions.append(make_function(function=protected, name=name, arity=operands, wrap=False))

    def run(rows: Rows) -> tuple[float, str]:
        search = SymbolicRegressor(
            population_size=POPULATION, generations=GENERATIONS, random_state=SEED,
            function_set=functions, metric=allocating(rows),
            stopping_criteria=loss(values(PLANTED, rows.columns), rows) * NEAR**2,
            parsimony_coefficient=0.0, init_depth=(2, 4), low_memory=True,
        )  # fmt: skip
        search.fit(np.ascontiguousarray(rows.columns.T), rows.flow)
        passed = len(search.run_details_["generation"])
        return search._program.raw_fitness_, f"{passed} generations of {POPULATION:,}"

    return Task(
        version("gplearn"), observed_rows, run,
        lambda found, world: np.sqrt([found[0] / n_rows(world)]),
        lambda found, world: reached(*found, world),
    )  # fmt: skip


def _exp(x: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(x, 50.0))


def _power(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.abs(x) ** np.clip(y, -5.0, 5.0))


TASKS = {
    ("gplearn", "evaluation"): gplearn_evaluation,
    ("pyoperon", "evaluation"): pyoperon_evaluation,
    ("gplearn", "evolution"): gplearn_evolution,
}


if __name__ == "__main__":
    main(lambda tool, task, threads: TASKS[tool, task]())
