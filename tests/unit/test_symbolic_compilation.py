import sys
from pathlib import Path

from numba.core.dispatcher import Dispatcher

from movelaws.symbolic.compilation import compile_scientist, compile_search
from movelaws.symbolic.scientist import Settings, read, run_chain
from movelaws.symbolic.searches import evolved, exhaust, hall_of
from tests.unit.symbolic_worlds import world

PRIOR = Path(__file__).parents[2] / "config" / "published" / "symbolic_scientist_prior.csv"
SIZES = {"populations": 2, "size": 16, "iterations": 2, "cycles": 5, "batch_origins": 20}


def kernels_compiled():
    """How often each kernel of the searches has been compiled or loaded."""
    return {
        f"{name}.{kernel}": len(found.signatures)
        for name, module in sys.modules.items()
        if name.startswith("movelaws.symbolic.")
        for kernel, found in vars(module).items()
        if isinstance(found, Dispatcher)
    }


def test_a_search_finds_its_kernels_compiled():
    compile_search()
    before = kernels_compiled()
    assert before["movelaws.symbolic._evolution_cycle._evolve"] == 1
    seen = world(3)
    front = exhaust(seen, 5, 3, (4, 4, 4, 4), seed=2)
    evolved(seen, hall_of(front, 3), 7, 3, SIZES, seed=2, run="1")
    assert kernels_compiled() == before


def test_a_chain_of_the_scientist_finds_its_kernels_compiled():
    prior = read(PRIOR)
    compile_scientist(prior)
    before = kernels_compiled()
    assert before["movelaws.symbolic.scientist.least_squares.predict"] == 1
    run_chain(world(4), Settings(prior, steps=50, sample=500), seed=3)
    assert kernels_compiled() == before
