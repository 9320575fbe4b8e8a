"""Time pair counts by TreeCorr, in an environment of its own.

``TreeCorr`` is as it comes, with cells that may straddle an edge by a share of a bin (bin_slop);
``TreeCorr-exact`` allows no such share (bin_slop = 0).
"""

import treecorr
from counting import HIGH_M, LOW_M, N_BINS, counts, places
from measure import Task, main
from numpy import ndarray


def find(tool: str, task: str, threads: int) -> Task:
    """Counts of pairs in logarithmic bins, catalogue and tree made on the clock."""
    treecorr.set_omp_threads(threads)
    options = {"bin_slop": 0} if tool == "TreeCorr-exact" else {}

    def run(inputs: dict) -> ndarray:
        catalogue = treecorr.Catalog(x=inputs["x"], y=inputs["y"])
        found = treecorr.NNCorrelation(
            min_sep=LOW_M, max_sep=HIGH_M, nbins=N_BINS, num_threads=threads, **options
        )
        found.process(catalogue)
        return found.npairs

    def told(found: ndarray, world: dict) -> str:
        return "bin_slop = 0" if options else "default bin_slop"

    return Task(treecorr.__version__, places, run, counts, told)


if __name__ == "__main__":
    main(find)
