"""The Bayesian machine scientist: Markov chains over expressions for the logarithm of a flow.

Guimera et al. (2020), Science Advances 6, eaav6971; the run on commuting data is Table S9 of
paper 2. Written from the published description; the prior's numbers are theirs
(``config/published/symbolic_scientist_prior.csv``).
"""

from movelaws.symbolic.scientist.chain import Chain, Settings, run_chain
from movelaws.symbolic.scientist.prior import Prior, read

__all__ = ["Chain", "Prior", "Settings", "read", "run_chain"]
