"""Compile the kernels of the searches, so that the jobs of a search find them compiled."""

from movelaws import threads
from movelaws.log import logged
from movelaws.symbolic.compilation import compile_scientist, compile_search
from movelaws.symbolic.scientist import read

if __name__ == "__main__":
    threads.use(snakemake.threads)
    with logged(snakemake.log[0]):
        compile_search()
        print("compiled: the exhaustive search and the evolution of laws")
        if snakemake.params.scientist:
            compile_scientist(read(snakemake.input.prior))
            print("compiled: the machine scientist")
